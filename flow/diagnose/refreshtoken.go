package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

// refreshTokenRules answer the most repeated question: why is there no refresh token?
var refreshTokenRules = []rule{
	{id: "offline-access-dropped", catalogue: "D02", open: true, read: offlineAccessDropped, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The server took offline_access out",
		Means:    "A server may grant less than was asked, and then issues no refresh token.",
		Causes:   []string{"the server grants offline access only if the person is asked, with prompt=consent;", "the client may not use refresh tokens, or the scope is not assigned to it;", "the person, or the consent page, did not grant it."},
		Do:       "Press P to add prompt=consent, or use --param prompt=consent, and run again; else look for the grant refresh_token and the scope offline_access in the client's settings.",
		Spec:     "OpenID Connect Core 1.0 §11; RFC 6749 §3.3, §5.1",
	}},
	{id: "refresh-token-missing-though-asked", catalogue: "D01", open: true, read: missingThoughAsked, Text: Text{
		Severity: jwtview.Warning,
		Title:    "No refresh token, though offline_access was asked for",
		Means:    "The server may do so (RFC 6749 §1.5) and did not say why.",
		Causes:   []string{"the server grants offline access only if the person is asked, with prompt=consent;", "the grant refresh_token is switched off for this client;", "the API that audience or resource names does not allow offline access;", "a public client gets none;", "the server issues one only the first time that a person agrees."},
		Do:       "Press P to add prompt=consent, or use --param prompt=consent, and run again; else look for the grant refresh_token in the client's settings.",
		Spec:     "OpenID Connect Core 1.0 §11; RFC 6749 §1.5, §5.1",
	}},
	{id: "no-refresh-token", catalogue: "D01", read: noRefreshToken, Text: Text{
		Severity: jwtview.Info,
		Title:    "No refresh token: offline_access was not asked for",
		Means:    "Issuing a refresh token is up to the server (RFC 6749 §1.5), so this is not an error. Most issue one only when `offline_access` is in the authorization request; in the token request it does not help.",
		Do:       "Press o to run again with offline_access, and c to compare the two.",
		Spec:     "OpenID Connect Core 1.0 §11; RFC 6749 §1.5, §5.1",
	}},
}

// without returns the token response to the code if it has no refresh token and could have one.
func (r *reading) without() *story.Call {
	c := r.exchange()
	if c == nil || r.login == nil || !hasWord(r.login.Params.Get("response_type"), "code") {
		return nil
	}
	if token, _ := c.Response.JSON.Str("refresh_token"); token != "" {
		return nil
	}
	return c
}

// noRefreshToken is no error: who left offline_access out on purpose is told what that means, and no more.
func noRefreshToken(r *reading) []Finding {
	c := r.without()
	if c == nil || r.asked("offline_access") {
		return nil
	}
	f := jwtview.Finding{
		Seen: "The authorization request asked for " + lit(r.login.Scope) + " only.",
		Do:   "Press o to run again with offline_access, and c to compare the two; or use --scope " + fmt.Sprintf("%q", wire(strings.TrimSpace(r.login.Scope+" offline_access"))) + ".",
	}
	if r.Metadata().IsAuthgear() {
		f.Means = "Authgear issues a refresh token only when `offline_access` is in the authorization request. RFC 6749 §1.5 makes it optional, so this is not an error. " + r.sessionEnds(c)
		return at(c, f)
	}
	f.Means = "Issuing a refresh token is up to the server (RFC 6749 §1.5), so this is not an error. Many issue one only when `offline_access` is in the authorization request; in the token request it does not help. " + r.sessionEnds(c)
	if m := r.Metadata(); m != nil && len(m.ScopesSupported) > 0 && !slices.Contains(m.ScopesSupported, "offline_access") {
		f.Means += " This server's metadata does not list the scope, though: it may go by a setting of the client, or by a parameter of its own, as Google's access_type=offline."
	}
	return at(c, f)
}

// sessionEnds says what the missing refresh token means for this session, in a sentence that does not age.
func (r *reading) sessionEnds(c *story.Call) string {
	t := tokenOf(r, c, story.AccessToken)
	switch {
	case t == nil || t.ExpiresAt.IsZero():
		return "The session ends for this client when the access token expires; the server did not say when."
	case t.Life(r.now) == story.Expired:
		return fmt.Sprintf("The access token expired at %s, and with it this client's session ended.", r.clock(t.ExpiresAt))
	}
	return fmt.Sprintf("The session ends for this client when the access token expires, %s after it came, at %s.", span(t.Lifetime()), r.clock(t.ExpiresAt))
}

// consent says how prompt=consent stands, which is the first thing to try.
func (r *reading) consent() (sent bool, candidate string) {
	if hasWord(r.login.Params.Get("prompt"), "consent") {
		return true, ""
	}
	return false, "the server grants offline access only if the person is asked, with prompt=consent (node-oidc-provider and what is built on it, Logto, authentik);"
}

func (r *reading) doConsent(sent bool, rest string) string {
	if sent {
		return strings.ToUpper(rest[:1]) + rest[1:]
	}
	return "Press P to add prompt=consent, or use --param prompt=consent, and run again: a refresh token then proves the first. Else " + rest
}

func offlineAccessDropped(r *reading) []Finding {
	c := r.without()
	if c == nil || !r.asked("offline_access") || !r.login.GrantedOK || hasWord(r.login.Granted, "offline_access") {
		return nil
	}
	sent, first := r.consent()
	f := jwtview.Finding{
		Seen:  "Asked was " + lit(r.login.Scope) + ", and the token response says scope " + lit(r.login.Granted) + ".",
		Means: "A server may grant less than was asked, and then issues no refresh token. " + candidates(first, "the client may not use refresh tokens, or the scope is not assigned to it;", "the person, or the consent page, did not grant it."),
		Do:    r.doConsent(sent, "look for the grant refresh_token and the scope offline_access in the client's settings."),
	}
	if sent {
		f.Seen += " prompt=consent was sent, so that is not the cause."
	}
	return at(c, f)
}

func missingThoughAsked(r *reading) []Finding {
	c := r.without()
	if c == nil || !r.asked("offline_access") || r.login.GrantedOK && !hasWord(r.login.Granted, "offline_access") {
		return nil
	}
	sent, first := r.consent()
	f := jwtview.Finding{Seen: "The authorization request asked for " + lit(r.login.Scope) + "; the token response has no refresh_token"}
	if r.login.GrantedOK {
		f.Seen += ", and its scope still has offline_access."
	} else {
		f.Seen += " and no scope, which may be left out if nothing was taken away: what was granted cannot be told."
	}
	if sent {
		f.Seen += " prompt=consent was sent, so that is not the cause."
	}
	noGrant := "the grant refresh_token is switched off for this client;"
	if m := r.Metadata(); m != nil && len(m.GrantTypesSupported) > 0 && !slices.Contains(m.GrantTypesSupported, "refresh_token") {
		noGrant = "the server has no refresh tokens: its metadata does not list the grant refresh_token;"
	}
	api := ""
	if p := r.login.Params; p.Has("audience") || p.Has("resource") {
		api = "the API that audience or resource names does not allow offline access (Auth0: Allow Offline Access);"
	}
	public := ""
	if string(r.SentAuth(c)) == "none" {
		public = "a public client gets none here (Spring Authorization Server);"
	}
	f.Means = "The server may do so (RFC 6749 §1.5) and did not say why. " + candidates(first, noGrant, api, public, "the server issues one only the first time that a person agrees (Google).")
	f.Do = r.doConsent(sent, "look for the grant refresh_token in the client's settings.")
	return at(c, f)
}
