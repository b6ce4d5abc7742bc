package diagnose

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"authscope/flow/story"
	"authscope/jwtview"
)

var exchangeRules = []rule{
	{"redirect-uri-differs", "D30", false, tokenRefusal("redirect-uri-differs", redirectDiffers)},
	{"client-authentication-failed", "D32", true, tokenRefusal("client-authentication-failed", clientAuthentication)},
	{"grant-not-allowed", "D34", true, tokenRefusal("grant-not-allowed", grantNotAllowed)},
	{"code-rejected", "D28", true, tokenRefusal("code-rejected", codeRejected)},
	{"token-request-refused", "D35", true, tokenRefusal("token-request-refused", tokenRequestRefused)},
}

// tokenRefusal makes a rule of what to say where the token endpoint refused, by the book, for the reason called id.
func tokenRefusal(id string, say func(*reading, *story.Call) jwtview.Finding) func(*reading) []Finding {
	return func(r *reading) (out []Finding) {
		for _, class := range []story.Class{story.CodeExchange, story.TokenRefresh, story.DeviceToken, story.ClientToken} {
			c := r.last[class]
			if c == nil || r.whyTokenRefused(c) != id {
				continue
			}
			f := say(r, c)
			f.Severity = jwtview.Error
			f.Seen = strings.TrimSpace("The token endpoint answered " + saidBy(c) + ". " + f.Seen)
			out = append(out, at(c, f)...)
		}
		return out
	}
}

// whyTokenRefused goes by endpoint, grant, error and the server's words: Authgear reports a wrong secret and another
// redirect URI as invalid_request, Dex a dead refresh token, and Cognito another redirect URI as unauthorized_client.
func (r *reading) whyTokenRefused(c *story.Call) string {
	code, text := c.OAuthError()
	if !answered(c) || code == "" || c.Response.Status == http.StatusTooManyRequests || c.Response.Status >= 500 || code == "slow_down" || code == "x_rate_limited" || code == "authorization_pending" {
		return ""
	}
	_, redirect := failed(r.checksOf(c), "redirect_uri")
	switch {
	case code == "invalid_client", has(text, "client secret", "client_secret", "client authentication"):
		return "client-authentication-failed"
	case c.Class == story.CodeExchange && (redirect || has(text, "redirect uri", "redirect_uri", "redirect url")):
		return "redirect-uri-differs"
	case c.Class == story.DeviceToken && code == "access_denied":
		return "device-denied"
	case c.Class == story.DeviceToken && code == "expired_token":
		return "device-expired"
	case c.Class == story.DeviceToken && code == "invalid_grant":
		return "device-code-rejected"
	case code == "unauthorized_client", code == "unsupported_grant_type", code == "invalid_target":
		return "grant-not-allowed"
	case c.Class == story.TokenRefresh && code == "invalid_scope":
		return "refresh-scope-refused"
	case c.Class == story.TokenRefresh && (code == "invalid_grant" || has(text, "refresh token", "refresh_token")):
		return "refresh-refused"
	case c.Class == story.ClientToken:
		return "token-request-refused"
	case code == "invalid_grant", has(text, "code_verifier", "code verifier"):
		return "code-rejected"
	}
	return "token-request-refused"
}

func redirectDiffers(r *reading, c *story.Call) jwtview.Finding {
	f := jwtview.Finding{Title: "The redirect URI is not the one of the authorization request", Spec: "RFC 6749 §4.1.3",
		Do: "Use one redirect URI for both requests, here with --redirect-uri, and press n for a new code."}
	got := c.Request.Form().Get("redirect_uri")
	if check, bad := failed(r.checksOf(c), "redirect_uri"); bad {
		f.Seen = fmt.Sprintf("The authorization request had %s, the token request %s. %s", lit(check.Want), lit(check.Got), firstDifference(check.Want, check.Got))
		f.Means = "The two must be identical, character by character: that ties the code to the place it was sent to."
		return f
	}
	f.Seen = "Both requests of this run had " + lit(got) + "."
	f.Means = "What authscope sent is identical, so " + lowerFirst(candidates("the code belongs to another authorization request, as after a paste;", "a proxy changed one of the two requests;", "the server compares with a registered URI and not with the request."))
	f.Do = "Press n for a new run and let the answer come by itself. If it stays, compare with the redirect URIs registered for this client."
	return f
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func grantNotAllowed(r *reading, c *story.Call) jwtview.Finding {
	code, _ := c.OAuthError()
	f := jwtview.Finding{Title: "This client may not use this grant", Seen: "grant_type was " + lit(c.Request.Form().Get("grant_type")) + ".", Spec: "RFC 6749 §5.2",
		Means: "The metadata lists what the server can do, not what this client may. " + candidates("the grant is switched off for this client;", "the client is of another type, as machine-to-machine."),
		Do:    "Switch the grant on in the client's settings, or use another client with --client-id."}
	switch code {
	case "unsupported_grant_type":
		f.Title = "The server does not know this grant"
		f.Means = candidates("the grant is not supported here at all;", "the form did not arrive as one: a proxy changed the body or its content type.")
		f.Do = "Look at the request in the view Wire. If it is right, check that the address is the token endpoint of the metadata."
	case "invalid_target":
		f.Title, f.Spec = "The server wants to know for which API", "RFC 8707 §2"
		f.Means = "A resource is missing, unknown, or not tied to this client."
		f.Do = "Add it with --token-param resource=URI, as it stands in the tenant's settings."
	}
	return f
}

func tokenRequestRefused(r *reading, c *story.Call) jwtview.Finding {
	return jwtview.Finding{Title: "The token endpoint refused the request", Spec: "RFC 6749 §5.2",
		Means: "The server's own words stand above. The request reached a token endpoint, and it was not about the code, the refresh token or the client's secret as far as these words tell.",
		Do:    "Compare the request in the view Wire with the words; parameters are added with --token-param NAME=VALUE. Then press n."}
}

// codeRejected says what is known of the code, and with it which of the usual causes it is not.
func codeRejected(r *reading, c *story.Call) jwtview.Finding {
	f := jwtview.Finding{Title: "The code is not accepted", Spec: "RFC 6749 §4.1.2, §5.2; RFC 7636 §4.6", Do: "Press n for a new code."}
	k := r.aboutCode(c)
	f.Seen = k.facts
	switch {
	case k.unknown:
		f.Means = candidates("it was used before: a code works once, and a reload or a retry uses it again;", "it has expired: codes live for a minute to ten;", "the code_verifier is not the one of the code_challenge;",
			"the redirect URI or the client is not that of the authorization request;", "it is of another tenant or environment.") + " A recording of the whole login tells most of them apart."
		f.Do = "Record a login from its beginning and read that with authscope inspect, or walk it with authscope run."
	case k.uses > 1:
		f.Means = "A code works once. The server may now have revoked the tokens that the first exchange gave (RFC 6749 §10.5)."
		f.Do = "In an application look for what exchanges twice: a reload, a retry, an effect that runs two times. Here press n for a new code."
	case k.challengeBad:
		f.Means = "S256 of the verifier is not the code_challenge that was sent. Usual causes: the verifier of another run, a hex digest encoded in base64url (86 characters instead of 43), padding with =, or the verifier sent as the challenge."
		f.Do = "The challenge is base64url(SHA-256(verifier)) without padding, 43 characters. Press n: authscope makes a new pair."
	case k.verifierMissing:
		f.Means = "PKCE was used in the authorization request, and the token request has no code_verifier: the server cannot tell that both come from the same client."
		f.Do = "Send code_verifier with the code. authscope does: press n, and take a --token-param code_verifier=… away."
	case k.age > 10*time.Minute || r.Metadata().IsAuthgear() && k.age >= 5*time.Minute:
		f.Means = "The code is too old: Authgear's live 5 min, and RFC 6749 recommends 10 min at most."
		f.Do = "Press n and let the exchange follow at once."
	default:
		f.Means = "That leaves what the wire does not show. " + candidates(k.maybeExpired, "the token endpoint belongs to another tenant or environment than the authorization endpoint;",
			"another program, such as your application at the same redirect URI, has used the code before;", "the server lost it, as by a restart.")
		if r.Metadata().IsAuthgear() {
			f.Means += " Authgear has one text for all of these, for a wrong verifier too."
		}
		f.Do = "Press n for a new code. If it stays: compare the hosts of both endpoints in stage Discover, and stop whatever else listens for this redirect URI."
	}
	return f
}

// codeFacts is what authscope itself knows about a code.
type codeFacts struct {
	facts, maybeExpired           string
	age                           time.Duration
	uses                          int
	challengeBad, verifierMissing bool
	unknown                       bool // nothing is known of the login
}

func (r *reading) aboutCode(c *story.Call) (k codeFacts) {
	form := c.Request.Form()
	for _, o := range r.Calls() {
		if o.Class == story.CodeExchange && o.ID <= c.ID && o.Request.Form().Get("code") == form.Get("code") && !o.SentAt.IsZero() {
			k.uses++
		}
	}
	var facts []string
	if r.login == nil || r.login.Answer == nil {
		k.facts, k.unknown = "The authorization request is not in this recording, so nothing can be compared.", true
		return k
	}
	k.age = c.SentAt.Sub(r.login.Answer.Call.DoneAt)
	facts = append(facts, "The code was "+span(k.age)+" old")
	if k.age >= 30*time.Second {
		k.maybeExpired = "the code has expired: some servers give it a minute or less;"
	}
	if k.uses > 1 {
		facts = append(facts, fmt.Sprintf("this was its use number %d", k.uses))
	} else {
		facts = append(facts, "this was its first use here")
	}
	for _, check := range r.checksOf(c) {
		switch {
		case check.ID == "code_challenge" && check.Status == jwtview.Passed:
			facts = append(facts, "S256 of the verifier is the challenge that was sent")
		case check.ID == "code_challenge" && check.Status == jwtview.Failed:
			k.verifierMissing = !form.Has("code_verifier")
			k.challengeBad = !k.verifierMissing
		case check.ID == "redirect_uri" && check.Status == jwtview.Passed:
			facts = append(facts, "the redirect URI is identical")
		}
	}
	if id := form.Get("client_id"); id != "" && id == r.login.Params.Get("client_id") {
		facts = append(facts, "the client is the same")
	}
	k.facts = strings.Join(facts, ", ") + "."
	return k
}
