package diagnose

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

var exchangeRules = []rule{
	{id: "redirect-uri-differs", catalogue: "D30", also: []string{"D15"}, read: tokenRefusal("redirect-uri-differs", redirectDiffers), Text: Text{
		Severity: jwtview.Error,
		Title:    "The redirect URI is not the one of the authorization request",
		Means:    "The two must be identical, character by character: that ties the code to the place it was sent to.",
		Do:       "Use one redirect URI for both requests, here with --redirect-uri, and press n for a new code.",
		Spec:     "RFC 6749 §4.1.3",
	}},
	{id: "client-authentication-failed", catalogue: "D32", open: true, read: tokenRefusal("client-authentication-failed", clientAuthentication), Text: Text{
		Severity: jwtview.Error,
		Title:    "The client is not accepted at the token endpoint",
		Means:    "The token endpoint does not accept how the client proved itself.",
		Causes:   []string{"the secret is another client's, an old one, or its id instead of its value;", "a space or a line break was copied with it;", "it holds characters such as + / : =, which Basic wants form-encoded first (RFC 6749 §2.3.1) and half the servers read raw: --client-auth basic-raw sends it so;", "the client is registered for another method, or as one without a secret;", "the client id belongs to another tenant."},
		Do:       "Copy the secret anew, or try another --client-auth that the metadata lists. Not too often: some servers lock a client out.",
		Spec:     "RFC 6749 §2.3.1, §5.2",
	}},
	{id: "grant-not-allowed", catalogue: "D34", also: []string{"D33"}, open: true, read: tokenRefusal("grant-not-allowed", grantNotAllowed), Text: Text{
		Severity: jwtview.Error,
		Title:    "This client may not use this grant",
		Means:    "The metadata lists what the server can do, not what this client may.",
		Causes:   []string{"the grant is switched off for this client;", "the client is of another type, as machine-to-machine."},
		Do:       "Switch the grant on in the client's settings, or use another client with --client-id.",
		Spec:     "RFC 6749 §5.2",
	}},
	{id: "token-request-refused", catalogue: "D35", open: true, read: tokenRefusal("token-request-refused", tokenRequestRefused), Text: Text{
		Severity: jwtview.Error,
		Title:    "The token endpoint refused the request",
		Means:    "The server's own words stand above. The request reached a token endpoint, and it was not about the code, the refresh token or the client's secret as far as these words tell.",
		Causes:   []string{"a parameter is missing that this server wants;", "a value is not one that it takes;", "a rule or a hook of the tenant refused."},
		Do:       "Compare the request in the view Wire with the words; parameters are added with --token-param NAME=VALUE. Then press n.",
		Spec:     "RFC 6749 §5.2",
	}},
}

// tokenRefusal makes a rule of what to say where the token endpoint refused, by the book, for the reason called id.
//
//go:noinline
func tokenRefusal(id string, say func(*reading, *story.Call) jwtview.Finding) func(*reading) []Finding {
	return func(r *reading) (out []Finding) {
		for _, class := range []story.Class{story.CodeExchange, story.TokenRefresh, story.DeviceToken, story.ClientToken, story.OtherGrant} {
			c := r.last[class]
			if c == nil || r.whyTokenRefused(c) != id {
				continue
			}
			f := say(r, c)
			e, _ := r.tokenText(c)
			tell(&f, r.text, e)
			f.Severity = jwtview.Error
			f.Seen = strings.TrimSpace("The token endpoint answered " + saidBy(c) + ". " + f.Seen)
			out = append(out, at(c, f)...)
		}
		return out
	}
}

// tokenReasons are the findings that an answer of the token endpoint can lead to.
var tokenReasons = []string{"client-authentication-failed", "redirect-uri-differs", "device-denied", "device-expired", "device-code-rejected", "grant-not-allowed",
	"refresh-scope-refused", "refresh-refused", "refresh-token-reused", "refresh-token-of-another-client", "token-request-refused", "code-rejected", "code-used-twice", "code-too-old", "pkce-verifier-wrong",
	"pkce-verifier-missing", "token-request-not-a-form", "dpop-proof-refused", "entra-spa-redirect", "rate-limited"}

// whyTokenRefused goes by endpoint, grant, error and the server's words, those that are known of the provider first:
// Authgear reports a wrong secret and another redirect URI as invalid_request, Dex a dead refresh token, and Cognito another
// redirect URI as unauthorized_client. What authscope itself knows of the code or the token then makes it precise.
func (r *reading) whyTokenRefused(c *story.Call) string {
	why, known := r.why[c] // each of thirty rules asks, and the answer may look through the whole trace
	if !known {
		why = r.reasonOf(c)
		r.why[c] = why
	}
	return why
}

func (r *reading) reasonOf(c *story.Call) string {
	code, text := c.OAuthError()
	if !answered(c) || code == "" || c.Response.Status == http.StatusTooManyRequests || c.Response.Status >= 500 || code == "slow_down" || code == "x_rate_limited" || code == "authorization_pending" {
		return ""
	}
	why := r.tokenReason(c, code, text)
	if e, _ := r.tokenText(c); slices.Contains(tokenReasons, e.Finding) {
		why = e.Finding
	}
	switch {
	case why == "client-authentication-failed" && r.authDiffers(c):
		return "refresh-client-authentication-differs"
	case why == "code-rejected" && c.Class == story.CodeExchange:
		return r.aboutCode(c).why()
	case why == "refresh-refused" && r.race(c):
		return "refresh-race"
	case why == "refresh-refused" && r.reused(c):
		return "refresh-token-reused"
	case why == "refresh-refused" && (!r.sameClient(c) || has(text, "client id", "client_id", "client mismatch", "unmatching clients")):
		return "refresh-token-of-another-client"
	}
	return why
}

// tokenReason goes by the words that servers have in common.
func (r *reading) tokenReason(c *story.Call, code, text string) string {
	_, redirect := failed(r.checksOf(c), "redirect_uri")
	switch {
	case code == "use_dpop_nonce", code == "invalid_dpop_proof":
		return "dpop-proof-refused"
	case notAForm(c) && (code == "invalid_request" || code == "unsupported_grant_type" || code == "invalid_client"):
		return "token-request-not-a-form"
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

// notAForm reports whether a token request is none by its bytes (RFC 6749 §4.1.3, App. B).
func notAForm(c *story.Call) bool {
	media, _, _ := strings.Cut(strings.ToLower(c.Request.Header.Get("Content-Type")), ";")
	return c.Request.Method != http.MethodPost || media != "" && strings.TrimSpace(media) != "application/x-www-form-urlencoded"
}

func redirectDiffers(r *reading, c *story.Call) jwtview.Finding {
	f := jwtview.Finding{}
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
	f := jwtview.Finding{Seen: "grant_type was " + lit(c.Request.Form().Get("grant_type")) + "."}
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
	return jwtview.Finding{}
}
