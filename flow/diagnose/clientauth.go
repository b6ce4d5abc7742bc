package diagnose

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

var clientAuthRules = []rule{
	{id: "client-authentication-not-advertised", catalogue: "D32", also: []string{"D63"}, read: notAdvertised, Text: Text{
		Severity: jwtview.Info,
		Title:    "The server takes a client authentication that it does not list",
		Means:    "The metadata is incomplete. A library that goes by it chooses another method, and may fail where this run did not.",
		Do:       "Have the server list the method in token_endpoint_auth_methods_supported, or set the method by hand in your library.",
		Spec:     "RFC 8414 §2, OpenID Connect Discovery §3",
	}},
	{id: "client-secret-short", catalogue: "D32", read: secretShort, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The key is too short for the algorithm",
		Means:    "authscope signs with it all the same. Many libraries refuse to, and so do many servers.",
		Do:       "Have the server make a longer secret for this client, or make an RSA key of 2048 bits or more and register it.",
		Spec:     "RFC 7518 §3.2, §3.3, §3.5",
	}},
}

// clientAuthentication says what was sent to prove the client, beside what the server lists.
func clientAuthentication(r *reading, c *story.Call) jwtview.Finding {
	_, text := c.OAuthError()
	method := r.SentAuth(c)
	f := jwtview.Finding{}
	seen := []string{"The client authenticated with " + string(method) + "."}
	authgear := r.Metadata().IsAuthgear()
	switch {
	case has(text, "invalid client id", "unknown client", "client not found"):
		f.Means = "The server does not know this client id, or cannot read it. " + candidates("the client id belongs to another tenant;", "it has a space or a line break at its end.")
		f.Do = "Compare --client-id with the tenant's settings."
	case method == "":
		seen[0] = "How the client authenticated is not in the recording."
		f.Means = candidates(append([]string{"no secret was sent, and the server wants one;"}, secretCauses...)...)
		f.Do = "Look at the request in the application: which secret it sends, and whether in the header or in the body."
	case method == trace.AuthNone:
		seen[0] = "The client sent no secret."
		f.Means = "No secret was sent, and the server wants one: this is a confidential client."
		f.Do = "Start again with --client-auth " + r.otherMethod("none") + " --client-secret-file FILE."
	case authgear && has(text, "invalid client secret"):
		f.Means = "The secret is wrong. Authgear says invalid_request here, where RFC 6749 §5.2 has invalid_client; it is the same thing. " + candidates(secretCauses...)
		f.Do = "Copy the secret anew into the file of --client-secret-file. Authgear takes both --client-auth basic and post."
	case authgear && has(text, "client secret is required"):
		f.Means = "Authgear found no secret. It reads the form first, and Basic only where the form has neither client_id nor client_secret: with a client_id in the form, a secret in Basic is not seen."
		f.Do = "Send both in one place, with --client-auth post or basic, and take --token-param client_id=… away."
	case method.Assertion():
		seen = append(seen, r.assertionRefused(c, &f)...)
	case method.MutualTLS():
		seen = append(seen, certificateRefused(r, c, &f)...)
	default:
		f.Means = candidates(append(slices.Clone(secretCauses), "the server wants another method than this one.")...)
		f.Do = "Try --client-auth " + r.otherMethod(method) + ", and copy the secret anew. Not too often: some servers lock a client out."
	}
	if method != "" {
		seen = append(seen, r.advertised(method))
	}
	if c.Class == story.TokenRefresh {
		if x := r.exchange(); x != nil && r.SentAuth(x) != method {
			seen = append(seen, "The code exchange, which worked, used "+string(r.SentAuth(x))+".")
		}
	}
	f.Seen = strings.TrimSpace(strings.Join(seen, " "))
	return f
}

var secretCauses = []string{"it is another client's secret, an old one, or its id instead of its value;", "a space or a line break was copied with it;",
	"it holds characters such as + / : = %, which Basic wants form-encoded first (RFC 6749 §2.3.1) and half the servers read raw: --client-auth basic-raw sends it so;"}

// advertised is what the metadata lists, for whoever compares it with what was sent.
func (r *reading) advertised(method trace.AuthMethod) string {
	m := r.Metadata()
	switch {
	case m == nil:
		return ""
	case m.TokenAuthMethods == nil:
		return "The metadata has no token_endpoint_auth_methods_supported, which means client_secret_basic alone."
	case slices.Contains(m.TokenAuthMethods, method.Registered()):
		return "The metadata lists " + list(m.TokenAuthMethods, 8) + "."
	}
	return "The metadata lists " + list(m.TokenAuthMethods, 8) + ", and this method is not among them."
}

// listed reports whether the metadata lists a method. An absent list means Basic (Discovery §3).
func listed(m *story.Metadata, method trace.AuthMethod) bool {
	if m == nil {
		return true
	}
	if m.TokenAuthMethods == nil {
		return method.Registered() == string(trace.AuthBasic)
	}
	return slices.Contains(m.TokenAuthMethods, method.Registered())
}

// assertionRefused says what is known of the assertion, and with it which of the usual causes it is.
func (r *reading) assertionRefused(c *story.Call, f *jwtview.Finding) (seen []string) {
	f.Spec = "RFC 7523 §3, OpenID Connect Core §9"
	a, ok := c.Assertion()
	if !ok {
		f.Means = "The client assertion that was sent is no JWT that can be read."
		f.Do = "Press n: authscope makes a new one for every request."
		return nil
	}
	m := r.Metadata()
	left, skew := r.lifeAtServer(c, a)
	seen = append(seen, fmt.Sprintf("The assertion has alg %s, kid %s, iss %s, sub %s, aud %s and lives %s.", lit(a.Alg), lit(a.KeyID), lit(a.Issuer), lit(a.Sub), list(a.Audience, 3), span(a.Ends.Sub(a.Issued))))
	if !skew.IsZero() {
		seen = append(seen, fmt.Sprintf("By the server's clock it was %s old when the answer was written, and %s.", span(max(0, skew.Sub(a.Issued))), leftWords(left)))
	}
	f.Do = "Compare with what is registered for this client, then press n."
	switch {
	case m != nil && m.TokenAuthAlgs != nil && !slices.Contains(m.TokenAuthAlgs, a.Alg):
		f.Means = "The server lists " + list(m.TokenAuthAlgs, 8) + " for assertions, and this one has another alg."
		f.Do = "Choose one of them with --client-assertion-alg ALG, or use a key of another type with --client-key-file FILE."
	case !skew.IsZero() && left <= 0:
		f.Means = "The assertion was over by the server's clock: the two clocks are apart, or the request was long on its way. This machine's clock says what iat and exp are."
		f.Do = "Set this machine's clock by a time server, and press n."
	case !skew.IsZero() && a.Issued.After(skew.Add(2*time.Second)):
		f.Means = fmt.Sprintf("By the server's clock the assertion was made %s in the future: this machine's clock is ahead, and strict servers refuse that.", span(a.Issued.Sub(skew)))
		f.Do = "Set this machine's clock by a time server, and press n."
	case m != nil && !slices.Contains(a.Audience, m.TokenEndpoint) && !slices.Contains(a.Audience, m.Issuer):
		f.Means = "The audience is neither the token endpoint nor the issuer of this server, so the assertion is for somebody else."
		f.Do = "Take --client-assertion-aud away, or use --client-assertion-aud issuer."
	default:
		f.Means = candidates(assertionCauses(a, m)...)
		f.Do = "Compare with what is registered for this client. Then try " + otherAudience(a, m) + ". Not too often: some servers lock a client out."
	}
	return seen
}

// assertionCauses are what the wire does not prove.
func assertionCauses(a story.Assertion, m *story.Metadata) []string {
	causes := []string{"another key is registered for this client, or the key was changed and the server has an old copy of the JWK set;", "the key is registered under another kid;"}
	if a.KeyID == "" {
		causes[1] = "the server wants a kid: --client-key-id KID names it;"
	}
	if strings.HasPrefix(a.Alg, "HS") {
		causes = []string{"the secret is another one than the registered one, or was copied with a space or a line break;", "the server wants a secret of 32 bytes or more for HS256 (RFC 7518 §3.2);"}
	}
	if m != nil && slices.Contains(a.Audience, m.TokenEndpoint) {
		causes = append(causes, "the server wants its issuer as the only audience, as the revision of RFC 7523 demands;")
	} else {
		causes = append(causes, "the server wants its token endpoint as audience (RFC 7523 §3);")
	}
	return append(causes, "the client is registered for another method.")
}

func otherAudience(a story.Assertion, m *story.Metadata) string {
	if m != nil && slices.Contains(a.Audience, m.TokenEndpoint) {
		return "--client-assertion-aud issuer"
	}
	return "--client-assertion-aud token_endpoint"
}

// lifeAtServer says how long an assertion still had by the server's clock, and what that clock said: zero where the
// answer does not tell.
func (r *reading) lifeAtServer(c *story.Call, a story.Assertion) (left time.Duration, clock time.Time) {
	if c.Response == nil || c.Response.Header.Get("Age") != "" {
		return 0, time.Time{}
	}
	clock, err := http.ParseTime(c.Response.Header.Get("Date"))
	if err != nil || a.Ends.IsZero() {
		return 0, time.Time{}
	}
	return a.Ends.Sub(clock), clock
}

func leftWords(left time.Duration) string {
	if left <= 0 {
		return "had been over for " + span(left)
	}
	return "good for " + span(left) + " more"
}

// certificateRefused says what is known of the client's certificate.
func certificateRefused(r *reading, c *story.Call, f *jwtview.Finding) (seen []string) {
	f.Spec = "RFC 8705 §2"
	cert, use := r.ClientAuth().Shown, trace.CertificateUse("")
	if c.TLS != nil {
		use = c.TLS.Client
		if c.TLS.Sent != nil {
			cert = c.TLS.Sent
		}
	}
	if cert != nil {
		seen = append(seen, "The client's certificate is "+describe(cert)+".")
	}
	switch {
	case c.TLS == nil:
		seen = append(seen, "The connection had no TLS.")
		f.Means = "Without TLS no certificate can be shown. " + candidates("the token endpoint in the metadata is http;", "a proxy of this machine opens TLS.")
		f.Do = "Use an https issuer."
	case use == trace.CertificateNotAsked:
		seen = append(seen, "The server did not ask for a certificate, so none was sent.")
		f.Means = "A client shows its certificate only to a server that asks. " + candidates("this address is not the one for mutual TLS, and the metadata names no other in mtls_endpoint_aliases;", "a proxy in front of the server ends TLS and does not ask;", "mutual TLS is switched off at the server.")
		f.Do = "Ask whoever runs the server for the address that has mutual TLS, and have it stand in mtls_endpoint_aliases."
	case cert != nil && c.SentAt.After(cert.NotAfter):
		seen = append(seen, "The server asked for a certificate, and it was sent.")
		f.Means = "The client's certificate is over by this machine's clock."
		f.Do = "Have it renewed, and give the new one with --client-cert-file FILE."
	default:
		asked := "The server asked for a certificate, and it was sent."
		if use == "" {
			asked = "Whether the server asked for a certificate was not seen."
		}
		seen = append(seen, asked)
		f.Means = candidates("another subject, or another certificate, is registered for this client;", "the server does not trust the authority that signed it;", "the client is registered for another method.")
		f.Do = "Compare subject and thumbprint with what is registered for this client, and give the right one with --client-cert-file FILE."
	}
	return seen
}

// otherMethod proposes a method that the metadata lists, or the usual one.
func (r *reading) otherMethod(used trace.AuthMethod) string {
	names := []struct {
		method trace.AuthMethod
		flag   string
	}{{trace.AuthPost, "post"}, {trace.AuthBasic, "basic"}}
	if r.Metadata() != nil {
		for _, n := range names {
			if n.method != used && slices.Contains(r.Metadata().TokenAuthMethods, string(n.method)) {
				return n.flag
			}
		}
	}
	if used == trace.AuthBasic {
		return "post"
	}
	return "basic"
}

// notAdvertised notes a method that works and is not in the list.
func notAdvertised(r *reading) []Finding {
	c := r.last[story.CodeExchange]
	if c == nil || !granted(c) {
		return nil
	}
	method := r.SentAuth(c)
	if method == trace.AuthNone || method == "" || listed(r.Metadata(), method) {
		return nil
	}
	return at(c, jwtview.Finding{Seen: "The client authenticated with " + string(method) + ", and the server accepted it. " + r.advertised(method)})
}

// secretShort speaks of a secret, or an RSA key, that is too short for the algorithm it signs with.
func secretShort(r *reading) []Finding {
	a := r.ClientAuth()
	c := r.last[story.CodeExchange]
	if c == nil || !r.SentAuth(c).Assertion() || a.KeyBits == 0 {
		return nil
	}
	need := map[string]int{"HS256": 256, "HS384": 384, "HS512": 512}[a.Alg]
	spec, what, do := "RFC 7518 §3.2", "The client secret", "Have the server make a longer secret for this client."
	if strings.HasPrefix(a.Alg, "RS") || strings.HasPrefix(a.Alg, "PS") {
		need, spec, what, do = 2048, "RFC 7518 §3.3, §3.5", "The RSA key", "Make a key of 2048 bits or more, and register it."
	}
	if a.KeyBits >= need {
		return nil
	}
	return at(c, jwtview.Finding{Title: what + " is too short for " + wire(a.Alg), Spec: spec, Seen: fmt.Sprintf("%s has %d bits; %s wants %d or more.", what, a.KeyBits, wire(a.Alg), need), Do: do})
}
