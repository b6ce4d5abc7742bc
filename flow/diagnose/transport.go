package diagnose

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

var transportRules = []rule{
	{id: "cross-origin-blocked", catalogue: "D36", open: true, read: crossOrigin, Text: Text{
		Severity: jwtview.Error,
		Title:    "The browser gave the page no answer",
		Causes: []string{"the server does not allow that origin (CORS), so the browser keeps its answer from the page, though the server may have carried the request out;",
			"an extension or a policy blocked it;", "the connection failed."},
		Do:   "Look at the browser's console: it names the cause. Register the origin for this client (Web Origins, Allowed Origins, a client of the type SPA), or exchange at a server of yours.",
		Spec: "Fetch Standard §3.2 (CORS)",
	}},
	unreachableBy("unreachable-dns", trace.ErrDNS, false),
	unreachableBy("unreachable-refused", trace.ErrRefused, false),
	unreachableBy("unreachable-tls", trace.ErrTLS, false),
	unreachableBy("unreachable-timeout", trace.ErrTimeout, true),
	unreachableBy("unreachable-cut", trace.ErrCut, true),
	unreachableBy("unreachable", trace.ErrOther, false),
	{id: "body-cut", catalogue: "D35", read: bodyCut, Text: Text{
		Severity: jwtview.Error,
		Title:    "The answer was cut off",
		Means:    "What came is in the view Wire and is not used: half an answer cannot be trusted. Usual causes are a proxy's limit, a crash on the server, or a wrong Content-Length.",
		Do:       "Press n for a new run; if it is cut at the same place again, look in the logs of the proxy and the server.",
		Spec:     "RFC 9112 §8",
	}},
	{id: "body-too-long", catalogue: "D35", read: bodyTooLong, Text: Text{
		Severity: jwtview.Error,
		Title:    "The answer does not end",
		Means:    "No answer of this protocol is that long: the address is that of a download or a stream, or the server repeats itself.",
		Do:       "Look at the beginning of the body in the view Wire, and correct the endpoint.",
		Spec:     "RFC 6749 §5.1",
	}},
	{id: "rate-limited", catalogue: "D39", read: rateLimited, Text: Text{
		Severity: jwtview.Error,
		Title:    "Too many requests",
		Means:    "The server counts requests and refuses more for now. It says nothing about client, code or token.",
		Do:       "Wait until Retry-After is over, or a minute. Then press n: a code is not exchanged twice automatically.",
		Spec:     "RFC 6585 §4, RFC 9110 §10.2.3",
	}},
	{id: "server-error", catalogue: "D39", open: true, read: serverError, Text: Text{
		Severity: jwtview.Error,
		Title:    "The server failed",
		Means:    "The fault lies on the server's side.",
		Causes:   []string{"it is overloaded or just starting;", "a proxy does not reach it (502, 504);", "a hook or a script of the tenant fails."},
		Do:       "Try again with n in a moment; if it stays, look in the server's log.",
		Spec:     "RFC 9110 §15.6",
	}},
	{id: "not-an-oauth-answer", catalogue: "D35", read: notOAuth, Text: Text{
		Severity: jwtview.Error,
		Title:    "This is not the answer of an OAuth endpoint",
		Means:    "The protocol has a JSON object here. Something else answers at this address, as a proxy, a firewall, a sign-in page, or the server's own error page. A redirect is never followed with a code, a token or a secret in the request.",
		Do:       "Compare the address with the one in the metadata (stage Discover), and open it in a browser: what stands there tells who answers.",
		Spec:     "RFC 6749 §5.1, §5.2",
	}},
	{id: "content-type-odd", catalogue: "D35", read: contentTypeOdd, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The token response does not call itself JSON",
		Means:    "authscope reads it all the same. Many libraries go by the content type and fail here, x/oauth2 of Go for text/plain and forms among them.",
		Do:       "Have the server send Content-Type: application/json.",
		Spec:     "RFC 6749 §5.1",
	}},
}

// ours are the classes of calls that authscope makes itself.
var ours = []story.Class{story.Discovery, story.CodeExchange, story.JWKS, story.UserInfoCall, story.TokenRefresh, story.OtherGrant, story.Revocation, story.Probe,
	story.DeviceRequest, story.DeviceToken, story.ClientToken, story.Introspection, story.APICall}

// each applies f to the newest call of each class that authscope makes.
func (r *reading) each(f func(*story.Call) []Finding) (out []Finding) {
	for _, class := range ours {
		if c := r.last[class]; c != nil {
			out = append(out, f(c)...)
		}
	}
	return out
}

// noAnswers says what each class of failure means and what helps.
var noAnswers = map[trace.ErrKind]Text{
	trace.ErrDNS: {Title: "The host name is not known",
		Means: "No address could be found for this name: a typing error, a name that only a VPN or a company's network knows, or no network.",
		Do:    "Compare --issuer letter by letter with the tenant's settings, and try the name in a browser on this machine.", Spec: "RFC 9110 §4.2"},
	trace.ErrRefused: {Title: "Nobody listens there",
		Means: "The machine was reached and refused the connection: the server is not running, or it listens on another port.",
		Do:    "Start the server, or correct host and port in --issuer.", Spec: "RFC 9110 §4.2"},
	trace.ErrTLS: {Title: "The certificate is not accepted",
		Means: "TLS is always verified, and this connection did not pass: the authority is not known here, the certificate is out of its time or of another name, or the server wants a certificate of the client.",
		Do:    "Read the reason; a private authority is given with --ca-file FILE, a client's certificate with --client-cert-file FILE.", Spec: "RFC 9110 §4.3.4"},
	trace.ErrTimeout: {Title: "No answer in time",
		Causes: []string{"the server is slow or hangs;", "a firewall drops the packets;", "a proxy is needed that this program was not told of (HTTPS_PROXY)."},
		Do:     "Press enter to try again. Try the address in a browser on this machine: if it answers there, a proxy stands between.", Spec: "RFC 9110 §15.5.9"},
	trace.ErrCut: {Title: "The connection broke",
		Causes: []string{"the server crashed or was restarted over this request;", "a proxy or a firewall closed the connection;", "the port speaks something else than HTTP."},
		Do:     "Press enter to try again; if it breaks at the same place, look in the server's log.", Spec: "RFC 9112 §8"},
	trace.ErrOther: {Title: "The request could not be made",
		Means: "The request did not get as far as an answer; the reason stands above in the words of the network library.",
		Do:    "Correct the address, as with --issuer, and press n for a new run.", Spec: "RFC 9110 §4.2"},
}

// unreachableBy makes the rule of one class of failure.
//
//go:noinline
func unreachableBy(id string, kind trace.ErrKind, open bool) rule {
	text := noAnswers[kind]
	text.Severity = jwtview.Error
	return rule{id: id, catalogue: "D38", open: open, read: unreachable(kind), Text: text}
}

//go:noinline
func unreachable(kind trace.ErrKind) func(*reading) []Finding {
	return func(r *reading) []Finding {
		return r.each(func(c *story.Call) []Finding {
			if c.State != story.Broken || c.Response != nil || c.ErrClass != kind || r.recorded() && barred(c) {
				return nil
			}
			n := noAnswers[kind]
			f := jwtview.Finding{Means: n.means(), Do: n.Do, Seen: fmt.Sprintf("%s %s: %s.", wire(c.Request.Method), place(c), wire(c.Err))}
			if kind == trace.ErrTLS {
				f.Title, f.Means, f.Do = certificate(c)
				f.Seen = strings.TrimSpace(f.Seen + " " + shownBy(c))
			}
			if (kind == trace.ErrCut || kind == trace.ErrOther) && c.TLS != nil && c.TLS.Client == trace.CertificateMissing {
				f.Means += " The server had asked the client for a certificate and got none; it may have hung up for that."
				f.Do += " A client's certificate is given with --client-cert-file FILE."
			}
			if kind == trace.ErrOther && has(c.Err, "malformed", "transport connection broken", "response headers exceeded", "1xx") {
				f.Title, f.Means = "What answered does not speak HTTP as it is written", "The server was reached and answered, but what came is no HTTP response, or one without end: another service at this port, or a broken server or proxy."
				f.Do, f.Spec = "Ask what listens at this port; else look in the log of the server and of what stands before it.", "RFC 9112 §2"
			}
			if c.Proxy != "" {
				throughProxy(c, &f)
			}
			if c.Request.Method == http.MethodPost && (kind == trace.ErrTimeout || kind == trace.ErrCut) {
				f.Means += " The request may have been carried out all the same: " + spent(c)
			}
			return at(c, f)
		})
	}
}

// throughProxy says what a proxy has to do with it that nothing came: that it was not reached or refused is known only
// before the request was written.
func throughProxy(c *story.Call, f *jwtview.Finding) {
	const around = "NO_PROXY=HOST goes past it, for a host that can be reached directly."
	f.Seen += " The request was to go through the proxy " + wire(c.Proxy) + "."
	switch {
	case has(c.Err, "proxyconnect"):
		f.Title, f.Means = "The proxy cannot be reached", "HTTPS_PROXY or HTTP_PROXY in the environment names this proxy, and no connection to it could be made: the tenant was not asked."
		f.Do, f.Spec = "Correct the variable, or unset it. "+around, "RFC 9110 §3.7"
	case has(c.Err, "proxy authentication required"):
		f.Title, f.Means = "The proxy wants a password", "The proxy answered 407 to the request to connect: the tenant was not asked."
		f.Do, f.Spec = "Give it in the variable: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT. It is not shown here. "+around, "RFC 9110 §15.5.8"
	case c.SentAt.IsZero() && c.ErrClass == trace.ErrOther:
		f.Title, f.Means = "The proxy does not let the request through", "The proxy answered the request to connect with a refusal, which is quoted above: the tenant was not asked."
		f.Do, f.Spec = "Ask who runs the proxy to allow this host. "+around, "RFC 9110 §9.3.6"
	case c.ErrClass == trace.ErrTLS:
		f.Means += " A proxy that opens TLS shows a certificate of its own: that may be this one."
	default:
		f.Means += " The proxy that stands between may be the cause."
		f.Do += " " + around
	}
}

// spent says what an unanswered request may have used up.
func spent(c *story.Call) string {
	switch c.Class {
	case story.CodeExchange:
		return "then the code is used up, and a new run is needed."
	case story.TokenRefresh:
		return "then, with rotation, the refresh token is used up."
	}
	return "its effect is not known."
}

func bodyCut(r *reading) []Finding {
	return r.each(func(c *story.Call) []Finding {
		if c.Response == nil || c.Response.Err == "" {
			return nil
		}
		seen := fmt.Sprintf("%s answered status %d, and the connection broke within the body", place(c), c.Response.Status)
		if c.Response.Declared > 0 {
			seen += fmt.Sprintf(", before all of the %d bytes announced had come", c.Response.Declared)
		}
		return at(c, jwtview.Finding{Seen: seen + ": " + wire(c.Response.Err) + "."})
	})
}

func bodyTooLong(r *reading) []Finding {
	return r.each(func(c *story.Call) []Finding {
		if c.Response == nil || !c.Response.Cut {
			return nil
		}
		return at(c, jwtview.Finding{Seen: fmt.Sprintf("%s sent more than the %d MiB that are read.", place(c), trace.MaxBody>>20)})
	})
}

func rateLimited(r *reading) []Finding {
	return r.each(func(c *story.Call) []Finding {
		code, _ := c.OAuthError()
		if !answered(c) || r.whyTokenRefused(c) != "rate-limited" && c.Response.Status != http.StatusTooManyRequests && !slices.Contains([]string{"slow_down", "x_rate_limited"}, code) || c.Class == story.DeviceToken && code == "slow_down" {
			return nil
		}
		do := "Wait a minute before the next try."
		if after := c.Response.Header.Get("Retry-After"); after != "" {
			do = "Wait until Retry-After: " + wire(after) + " is over (seconds, or a date)."
		}
		means := "The server counts requests and refuses more for now. It says nothing about client, code or token."
		if c.Class == story.CodeExchange {
			means += " The code may still be good, but not for long."
			do += " Then press n: a code is not exchanged twice automatically."
		}
		return at(c, jwtview.Finding{Seen: place(c) + " answered " + saidBy(c) + ".", Means: means, Do: do})
	})
}

func serverError(r *reading) []Finding {
	return r.each(func(c *story.Call) []Finding {
		if !answered(c) || c.Response.Status < 500 {
			return nil
		}
		return at(c, jwtview.Finding{Seen: place(c) + " answered " + saidBy(c) + ".", Do: "Try again with n in a moment; if it stays, look in the server's log at " + r.clock(c.HeadAt) + "."})
	})
}

// notOAuth speaks of answers that are not in the form that the protocol has, at the endpoints that answer JSON.
func notOAuth(r *reading) []Finding {
	return r.each(func(c *story.Call) []Finding {
		if c.Class == story.Discovery || c.Class == story.JWKS || c.Class == story.Revocation || c.Class == story.Probe || c.Class == story.APICall || !answered(c) || c.Response.Cut ||
			c.Response.Status >= 500 || c.Response.Status == http.StatusTooManyRequests {
			return nil
		}
		code, _ := c.OAuthError()
		object := c.Response.IsJSON && c.Response.JSON.Kind == jwtview.Object
		refused := c.Response.Status == 401 || c.Response.Status == 403
		if code != "" || object && c.OK() || c.Class == story.UserInfoCall && (refused || c.Response.MediaType() == "application/jwt" && c.OK()) {
			return nil
		}
		return at(c, strange(r, c))
	})
}

// strange describes an answer that is none.
func strange(r *reading, c *story.Call) jwtview.Finding {
	what := "token endpoint"
	switch c.Class {
	case story.UserInfoCall:
		what = "UserInfo endpoint"
	case story.DeviceRequest:
		what = "device authorization endpoint"
	case story.Introspection:
		what = "introspection endpoint"
	}
	f := jwtview.Finding{Severity: jwtview.Error, Title: "This is not the answer of a " + what, Seen: place(c) + " answered " + saidBy(c) + ".", Spec: "RFC 6749 §5.1, §5.2",
		Means: "The protocol has a JSON object here. Something else answers at this address, as a proxy, a firewall, a sign-in page, or the server's own error page.",
		Do:    "Compare the address with the one in the metadata (stage Discover), and open it in a browser: what stands there tells who answers."}
	if m := r.Metadata(); m != nil && slices.Contains([]string{m.TokenEndpoint, m.UserInfoEndpoint, m.DeviceEndpoint}, c.Request.URL) {
		f.Do = "The metadata names exactly this address. Open it in a browser: what stands there tells who answers. Then ask whoever runs the server, or the proxy before it."
	}
	switch res := c.Response; {
	case res.Status/100 == 3:
		f.Title = "The " + what + " answered with a redirect"
		f.Seen = fmt.Sprintf("%s answered %d, a redirect to %s. It was not followed.", place(c), res.Status, lit(bare(res.Header.Get("Location"))))
		f.Means = "A request that carries a code, a token or a secret is never sent on to another place. Usual causes: http instead of https, another host name than the tenant's own, or a sign-in page in front of the server."
		f.Do = "Have the metadata name the address that answers itself; if the redirect goes to the tenant's own name, use that name with --issuer."
	case len(res.Body) == 0:
		f.Title = "The " + what + " answered with nothing"
		f.Means = "The status is all that came: there is no error to read. Usually a proxy answers in place of the server, or the server failed after it had begun."
		f.Do = "Look in the log of the proxy and of the server at " + r.clock(c.HeadAt) + "."
	case strings.HasPrefix(res.MediaType(), "application/x-www-form-urlencoded"):
		f.Title = "The token response is a form, not JSON"
		f.Means = "Some servers answer in the form of a query unless JSON is asked for; authscope asked with Accept: application/json. RFC 6749 knows JSON only."
		f.Do = "Look for a setting of the server that makes it follow RFC 6749; many libraries cannot read this answer."
	}
	return f
}

// contentTypeOdd speaks of a token response that is JSON and does not call itself so.
func contentTypeOdd(r *reading) []Finding {
	return r.each(func(c *story.Call) []Finding {
		if (c.Class != story.CodeExchange && c.Class != story.TokenRefresh) || !granted(c) {
			return nil
		}
		mt := c.Response.MediaType()
		if r.recorded() && len(c.Response.Header) == 0 { // it came without its header
			return nil
		}
		if mt == "application/json" || strings.HasSuffix(mt, "+json") {
			return nil
		}
		if mt == "" {
			mt = "none"
		}
		return at(c, jwtview.Finding{Seen: "The body is a JSON object, and its content type is " + lit(mt) + "."})
	})
}
