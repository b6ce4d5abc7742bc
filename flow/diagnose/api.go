package diagnose

import (
	"fmt"
	"net/url"
	"slices"

	"authscope/flow/story"
	"authscope/jwtview"
)

// apiRules speak of a call with the access token to an address that the person gave. Which one applies follows from the
// WWW-Authenticate header (RFC 6750 §3) and the status.
var apiRules = []rule{
	{id: "api-step-up", catalogue: "D57", read: apiRefusal("api-step-up", apiStepUp), Text: Text{
		Severity: jwtview.Error,
		Title:    "The API wants a stronger or more recent sign-in",
		Means:    "The access token is good, and the sign-in behind it is not enough for this call.",
		Do:       "Sign in again with the acr_values or max_age that the API names, with --param.",
		Spec:     "RFC 9470 §3, §4",
	}},
	{id: "api-wants-dpop", catalogue: "D37", also: []string{"D57"}, read: apiRefusal("api-wants-dpop", apiDPoP), Text: Text{
		Severity: jwtview.Error,
		Title:    "The API wants a proof of possession (DPoP)",
		Means:    "It takes access tokens that are bound to a key, together with a proof made with that key for this very request. A bearer token has none.",
		Do:       "authscope sends bearer tokens: ask the API whether it takes those, or get a DPoP-bound token with your application.",
		Spec:     "RFC 9449 §7.1, §8, §9",
	}},
	{id: "api-scope-missing", catalogue: "D57", read: apiRefusal("api-scope-missing", apiScope), Text: Text{
		Severity: jwtview.Error,
		Title:    "The token's scope does not reach",
		Means:    "The token is good, and was not granted what this call needs.",
		Do:       "Find in the API's documentation which scope the call needs, and sign in again with --scope.",
		Spec:     "RFC 6750 §3.1",
	}},
	{id: "api-token-refused", catalogue: "D43", also: []string{"D56", "D41"}, open: true, read: apiRefusal("api-token-refused", apiToken), Text: Text{
		Severity: jwtview.Error,
		Title:    "The API does not accept the access token",
		Means:    "The API does not take this token; whether the token or the API is the cause, UserInfo tells.",
		Causes:   []string{"it has expired;", "its audience is another API: some servers want --param resource=URI or audience=URI;", "the API trusts another issuer or other keys;", "the session was ended;", "a gateway before the API wants something else."},
		Do:       "Ask with the same token at UserInfo: if it works there, the token lives, and the API's audience, issuer or keys are the cause.",
		Spec:     "RFC 6750 §3.1",
	}},
	{id: "api-other-scheme", catalogue: "D56", read: apiRefusal("api-other-scheme", apiScheme), Text: Text{
		Severity: jwtview.Error,
		Title:    "The API wants another way of authentication",
		Means:    "An access token is not what this address asks for: it is another API, or a gateway before it.",
		Do:       "Compare the address with the API's documentation.",
		Spec:     "RFC 9110 §11.6.1, RFC 6750 §3",
	}},
	{id: "api-forbidden", catalogue: "D57", open: true, read: apiRefusal("api-forbidden", apiForbidden), Text: Text{
		Severity: jwtview.Error,
		Title:    "The API forbids this call",
		Means:    "Whoever this is was understood, and may not do that.",
		Causes:   []string{"the person or client lacks a role or a right in the API;", "a scope is missing, and the API does not say so by the book (insufficient_scope);", "a firewall refuses the call."},
		Do:       "Look in the API's own log for the reason.",
		Spec:     "RFC 9110 §15.5.4",
	}},
	{id: "api-redirected", catalogue: "D56", read: apiRefusal("api-redirected", apiRedirected), Text: Text{
		Severity: jwtview.Error,
		Title:    "The API answers with a redirect",
		Means:    "An access token is sent only to the address that you gave. Usual causes: http in place of https, a slash at the end, or a sign-in page for browsers.",
		Do:       "If you trust the other address, call that.",
		Spec:     "RFC 9110 §15.4",
	}},
	{id: "api-not-served", catalogue: "D56", open: true, read: apiRefusal("api-not-served", apiNotServed), Text: Text{
		Severity: jwtview.Error,
		Title:    "The API did not serve the call",
		Means:    "This says nothing about the token.",
		Causes:   []string{"the address is wrong (404);", "it takes no GET (405);", "the call lacks something else (400)."},
		Do:       "Compare the address with the API's documentation; any address that a GET with a token answers will do.",
		Spec:     "RFC 9110 §15.5",
	}},
}

// refusedCall is a call that an API did not serve.
type refusedCall struct {
	*story.Call
	challenges []story.AuthChallenge
}

// challenge returns the first challenge of scheme.
func (c refusedCall) challenge(scheme string) (story.AuthChallenge, bool) {
	i := slices.IndexFunc(c.challenges, func(a story.AuthChallenge) bool { return a.Is(scheme) })
	if i < 0 {
		return story.AuthChallenge{}, false
	}
	return c.challenges[i], true
}

//go:noinline
func apiRefusal(id string, say func(*reading, refusedCall) jwtview.Finding) func(*reading) []Finding {
	return func(r *reading) []Finding {
		c := r.last[story.APICall]
		if !answered(c) || c.OK() || c.Response.Status >= 500 || c.Response.Status == 429 {
			return nil
		}
		rc := refusedCall{c, story.Challenges(c.Response.Header)}
		if whyAPI(rc) != id {
			return nil
		}
		f := say(r, rc)
		f.Severity = jwtview.Error
		f.Seen = place(c) + fmt.Sprintf(" answered status %d. ", c.Response.Status) + f.Seen
		return at(c, f)
	}
}

func whyAPI(c refusedCall) string {
	bearer, offered := c.challenge("Bearer")
	dpop, wantsDPoP := c.challenge("DPoP")
	code := bearer.Get("error")
	if code == "" {
		code = dpop.Get("error")
	}
	if code == "" {
		code, _ = c.OAuthError()
	}
	status := c.Response.Status
	switch {
	case code == "insufficient_user_authentication":
		return "api-step-up"
	case wantsDPoP && (!offered || code == "use_dpop_nonce" || code == "invalid_dpop_proof"):
		return "api-wants-dpop"
	case code == "insufficient_scope":
		return "api-scope-missing"
	case status/100 == 3:
		return "api-redirected"
	case status == 401 && len(c.challenges) > 0 && !offered:
		return "api-other-scheme"
	case status == 401, code == "invalid_token":
		return "api-token-refused"
	case status == 403:
		return "api-forbidden"
	}
	return "api-not-served"
}

// words are the server's own, wherever they stand.
func (c refusedCall) words() string {
	for _, a := range c.challenges {
		if code := a.Get("error"); code != "" {
			return "It says " + said(code, a.Get("error_description")) + "."
		}
	}
	if code, desc := c.OAuthError(); code != "" {
		return "It says " + said(code, desc) + "."
	}
	if len(c.challenges) == 0 {
		return "It sent no WWW-Authenticate that would say why."
	}
	return "Its WWW-Authenticate names " + lit(c.challenges[0].Scheme) + " and no error."
}

func apiStepUp(r *reading, c refusedCall) jwtview.Finding {
	f := jwtview.Finding{Seen: c.words(), Means: "The access token is good, and the sign-in behind it is not enough for this call."}
	do := ""
	for _, a := range c.challenges {
		if v := a.Get("acr_values"); v != "" {
			do += " --param \"acr_values=" + wire(v) + "\""
		}
		if v := a.Get("max_age"); v != "" {
			do += " --param max_age=" + wire(v)
		}
	}
	if do == "" {
		f.Means += " It does not say with acr_values or max_age what would be."
		f.Do = "Find in the API's documentation which acr_values or max_age it wants, and sign in again with --param acr_values=…"
		return f
	}
	f.Do = "Sign in again with" + do + ", and call again with the new token."
	return f
}

func apiDPoP(r *reading, c refusedCall) jwtview.Finding {
	a, _ := c.challenge("DPoP")
	f := jwtview.Finding{Seen: c.words(), Means: "It takes access tokens that are bound to a key, together with a proof made with that key for this very request. A bearer token has none."}
	if algs := a.Get("algs"); algs != "" {
		f.Seen += " It takes proofs with " + lit(algs) + "."
	}
	if a.Get("error") == "use_dpop_nonce" {
		f.Means += " This server also wants its own nonce in the proof, which it sends in the header DPoP-Nonce."
	}
	return f
}

func apiScope(r *reading, c refusedCall) jwtview.Finding {
	f := jwtview.Finding{Seen: c.words(), Means: "The token is good, and was not granted what this call needs."}
	if a, _ := c.challenge("Bearer"); a.Get("scope") != "" {
		f.Seen += " It needs " + lit(a.Get("scope")) + "."
		if missing := beyond(a.Get("scope"), r.grantedScope()); len(missing) > 0 && r.login != nil {
			f.Means += " Not among the scopes of this sign-in: " + list(missing, 5) + "."
		}
		f.Do = "Sign in again with these among the scopes, here with --scope. If they are refused, the client must be allowed them first."
	}
	return f
}

func apiToken(r *reading, c refusedCall) jwtview.Finding {
	f := jwtview.Finding{Seen: c.words()}
	t := r.bearerOf(c.Call)
	if t != nil && !t.ExpiresAt.IsZero() && !c.SentAt.Before(t.ExpiresAt) {
		f.Means = fmt.Sprintf("The access token had expired at %s, %s before.", r.clock(t.ExpiresAt), span(c.SentAt.Sub(t.ExpiresAt)))
		f.Do = "Refresh (r), and call again."
		return f
	}
	audience := "the token is for another API: it names no audience that can be read here;"
	if t != nil && t.View.Format == jwtview.FormatJWT {
		audience = r.audienceOf(t, c.Call)
	}
	f.Means = candidates(audience, "the API trusts another issuer or other keys;", "the session was ended;", "a gateway before the API wants something else.")
	if t != nil && t.View.Format != jwtview.FormatJWT {
		f.Means += " The token is opaque: an API cannot read it, and has to ask the tenant."
		if r.Metadata().IsAuthgear() {
			f.Means += " Authgear gives JWTs only where issue_jwt_access_token is on for the client."
		}
	}
	f.Do = "Ask with the same token at UserInfo: if it works there, the token lives, and the API's audience, issuer or keys are the cause. Some servers want --param resource=URI or audience=URI for an API."
	return f
}

// audienceOf compares the token's audience with the address that was called.
func (r *reading) audienceOf(t *story.Token, c *story.Call) string {
	aud := t.View.Audience()
	u, err := url.Parse(c.Request.URL)
	if err != nil || len(aud) == 0 {
		return "the token has no audience (aud), and the API wants one;"
	}
	for _, a := range aud {
		if au, err := url.Parse(a); err == nil && au.Host != "" && au.Host == u.Host {
			return ""
		}
	}
	return "the token's audience is " + list(aud, 3) + ", and the API may want its own name there;"
}

func apiScheme(r *reading, c refusedCall) jwtview.Finding {
	return jwtview.Finding{Seen: "Its WWW-Authenticate names " + lit(c.challenges[0].Scheme) + ", and not Bearer."}
}

func apiForbidden(r *reading, c refusedCall) jwtview.Finding {
	return jwtview.Finding{Seen: c.words()}
}

func apiRedirected(r *reading, c refusedCall) jwtview.Finding {
	return jwtview.Finding{Seen: "It points to " + lit(bare(c.Response.Header.Get("Location"))) + " and was not followed."}
}

func apiNotServed(r *reading, c refusedCall) jwtview.Finding {
	return jwtview.Finding{
		Seen:  c.words(),
		Means: "This says nothing about the token: " + lowerFirst(candidates("the address is wrong (404);", "it takes no GET (405);", "the call lacks something else (400).")),
	}
}
