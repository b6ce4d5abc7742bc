package diagnose

import (
	"fmt"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

// refreshTokenRules answer the most repeated question: why is there no refresh token? Each speaks of one place at which
// the search (missing) can end.
var refreshTokenRules = []rule{
	{id: "offline-access-dropped", catalogue: "D02", open: true, setting: "refresh", read: missingAs("offline-access-dropped"), Text: Text{
		Severity: jwtview.Warning,
		Title:    "The server took offline_access out",
		Means:    "A server may grant less than was asked, and then issues no refresh token.",
		Causes:   []string{"the server grants offline access only if the person is asked, with prompt=consent (node-oidc-provider and what is built on it, Logto, authentik);", "the client may not use refresh tokens, or the scope is not assigned to it;", "the person, or the consent page, did not grant it;", "the API that audience or resource names does not allow offline access."},
		Do:       "Press P to add prompt=consent, or use --param prompt=consent, and run again: a refresh token then proves the first. Else look for the grant refresh_token and the scope offline_access in the client's settings.",
		Spec:     "OpenID Connect Core 1.0 §11; RFC 6749 §3.3, §5.1",
	}},
	{id: "refresh-token-first-consent-only", catalogue: "D04", read: missingAs("refresh-token-first-consent-only"), Text: Text{
		Severity: jwtview.Warning,
		Title:    "No refresh token, since this person has agreed before",
		Means:    "Google returns a refresh token at the first consent of an account to a client, and none later.",
		Do:       "Run again with --param prompt=consent, here with P; or take the app away in the Google Account, and sign in anew.",
		Spec:     "RFC 6749 §1.5, §5.1",
	}},
	{id: "refresh-token-missing-though-asked", catalogue: "D01", open: true, setting: "refresh", read: missingAs("refresh-token-missing-though-asked"), Text: Text{
		Severity: jwtview.Warning,
		Title:    "No refresh token, though offline_access was asked for",
		Means:    "The server may do so (RFC 6749 §1.5) and did not say why.",
		Causes:   []string{"the server grants offline access only if the person is asked, with prompt=consent (node-oidc-provider and what is built on it, Logto, authentik);", "the grant refresh_token is switched off for this client;", "the API that audience or resource names does not allow offline access (Auth0: Allow Offline Access);", "a public client gets none (Spring Authorization Server);", "the server issues one only the first time that a person agrees (Google)."},
		Do:       "Press P to add prompt=consent, or use --param prompt=consent, and run again: a refresh token then proves the first. Else look for the grant refresh_token in the client's settings.",
		Spec:     "OpenID Connect Core 1.0 §11; RFC 6749 §1.5, §5.1",
	}},
	{id: "no-refresh-token", catalogue: "D01", read: missingAs("no-refresh-token"), Text: Text{
		Severity: jwtview.Info,
		Title:    "No refresh token: offline_access was not asked for",
		Means:    "Issuing a refresh token is up to the server (RFC 6749 §1.5), so this is not an error. Most issue one only when `offline_access` is in the authorization request; in the token request it does not help.",
		Do:       "Press o to run again with offline_access, and c to compare the two.",
		Spec:     "OpenID Connect Core 1.0 §11; RFC 6749 §1.5, §5.1",
	}},
	{id: "refresh-token-by-design", catalogue: "D01", read: missingAs("refresh-token-by-design"), Text: Text{
		Severity: jwtview.Info,
		Title:    "No refresh token, by design",
		Means:    "The implicit grant must not give one (RFC 6749 §4.2.2), and client credentials should not (§4.4.3): whoever has the credentials can ask again at any time.",
		Do:       "Ask again in the same way when the access token expires. For a session that goes on, sign in with the code grant.",
		Spec:     "RFC 6749 §4.2.2, §4.4.3",
	}},
}

// missingAs makes the rule of one end of the search.
//
//go:noinline
func missingAs(id string) func(*reading) []Finding {
	return func(r *reading) []Finding {
		m := r.missing()
		if m == nil || m.id != id {
			return nil
		}
		f := jwtview.Finding{Title: m.title, Seen: strings.TrimSpace(m.seen + " " + struck(m.struck)), Means: m.means, Do: m.do}
		if len(m.causes) > 0 {
			f.Means = strings.TrimSpace(m.means + " " + candidates(ended(m.causes)...))
		}
		return at(m.call, f)
	}
}

// struck says what was ruled out.
func struck(facts []string) string {
	if len(facts) == 0 {
		return ""
	}
	return "Ruled out: " + strings.Join(facts, "; ") + "."
}

// ended gives the last of a list of causes its full stop.
func ended(causes []string) []string {
	if n := len(causes); n > 0 {
		causes[n-1] = strings.TrimRight(causes[n-1], ";.") + "."
	}
	return causes
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
