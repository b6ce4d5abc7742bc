package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

var refreshRules = []rule{
	{id: "refresh-scope-refused", catalogue: "D11", read: tokenRefusal("refresh-scope-refused", refreshScopeRefused), Text: Text{
		Severity: jwtview.Error,
		Title:    "The refresh asked for a scope that was not granted",
		Means:    "A refresh may ask for less than the sign-in was granted, never for more.",
		Do:       "Leave scope out of --refresh-param, or name scopes of the sign-in alone. For more, press n and sign in with them.",
		Spec:     "RFC 6749 §6",
	}},
	{id: "refresh-scope-ignored", catalogue: "D11", read: refreshScopeIgnored, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The narrower scope was not taken",
		Means:    "The new access token can do more than was asked for: the server does not narrow at a refresh.",
		Do:       "Do not count on it: for a token that can do less, sign in with fewer scopes.",
		Spec:     "RFC 6749 §6, §5.1",
	}},
	{id: "answer-after-cancel", catalogue: "D07", read: answerAfterCancel, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The answer came after the request was cancelled",
		Means:    "Cancelling stops the waiting, not the server: what was asked may have been carried out, and a refresh may have used up the refresh token.",
		Do:       "Go on with what the late answer brought: authscope keeps it. In an application let a refresh finish, also when the page is left.",
		Spec:     "RFC 6749 §6, §10.4",
	}},
	refreshedClaim("iss"), refreshedClaim("sub"), refreshedClaim("aud"), refreshedClaim("azp"),
	refreshedClaim("iat"), refreshedClaim("auth_time"), refreshedClaim("nonce"),
	{id: "refresh-token-kept", catalogue: "D05", read: refreshTokenKept, Text: Text{
		Severity: jwtview.Info,
		Title:    "The refresh token stays the same",
		Means:    "A server may issue a new one and need not: without rotation the old one goes on working.",
		Do:       "Keep the one you have: an application must not overwrite it with nothing.",
		Spec:     "RFC 6749 §6",
	}},
	{id: "refresh-without-id-token", catalogue: "D09", read: refreshWithoutIDToken, Text: Text{
		Severity: jwtview.Info,
		Title:    "The refresh brought no ID token",
		Means:    "That is allowed: a refresh response might not contain one. Who signed in has not changed.",
		Do:       "Keep the claims of the first ID token, or ask UserInfo.",
		Spec:     "OpenID Connect Core 1.0 §12.2",
	}},
	{id: "access-token-expired", catalogue: "D50", read: accessTokenExpired, Text: Text{
		Severity: jwtview.Info,
		Title:    "The access token has expired",
		Means:    "APIs refuse it from now on. With a refresh token the session goes on; without one it is over for this client.",
		Do:       "Press r for a new one, or n to sign in again. An application refreshes a little before the end, as 10 s.",
		Spec:     "RFC 6749 §1.5, §6; RFC 6750 §3.1",
	}},
}

// used returns the refresh token that a refresh handed in, or nil.
func (r *reading) used(c *story.Call) *story.Token {
	value := c.Request.Form().Get("refresh_token")
	for _, t := range slices.Backward(r.Tokens()) {
		if t.Kind == story.RefreshToken && t.Value.Reveal() == value {
			return t
		}
	}
	return nil
}

// answerAfterCancel speaks of a request that the person gave up and the server carried out all the same.
func answerAfterCancel(r *reading) (out []Finding) {
	for _, class := range []story.Class{story.CodeExchange, story.TokenRefresh, story.Revocation} {
		c := r.last[class]
		if !answered(c) || !c.Late {
			continue
		}
		f := jwtview.Finding{Seen: fmt.Sprintf("The request was given up, and %s after it was sent the server answered status %d.", span(c.DoneAt.Sub(c.SentAt)), c.Response.Status)}
		f.Means, f.Do = lateMeans(r, c)
		out = append(out, at(c, f)...)
	}
	return out
}

func lateMeans(r *reading, c *story.Call) (means, do string) {
	switch {
	case c.Class == story.Revocation:
		return "Cancelling stops the waiting, not the server: the session was revoked.", "Press n to sign in again."
	case c.Class == story.CodeExchange && c.OK():
		return "Cancelling stops the waiting, not the server: the code is used up. The tokens that came are kept here.", "Press n for a new run, or go on with the tokens: r and x use them."
	case c.Class == story.TokenRefresh && c.OK() && tokenOf(r, c, story.RefreshToken) != nil:
		return "Cancelling stops the waiting, not the server: the refresh used up the old refresh token. authscope has kept the new one from the late answer; an application that drops it is signed out.",
			"Press r: it uses the new one. In an application let a refresh finish, also when the page is left."
	case c.OK():
		return "Cancelling stops the waiting, not the server: the refresh was carried out. A cancelled refresh may have used up the refresh token; this server did not rotate it.", "Press r when you need new tokens."
	}
	return "Cancelling stops the waiting, not the server: it looked at the request and refused it.", "Look at the answer in the view Wire."
}

// refreshedClaim makes the rule of one claim in a refreshed ID token (OpenID Connect Core §12.2).
//
//go:noinline
func refreshedClaim(id string) rule {
	read := func(r *reading) []Finding {
		t := r.refreshedID()
		if t == nil {
			return nil
		}
		c, bad := failed(t.Checks(), id)
		when, dated := t.View.Time(id)
		if !bad || id == "iat" && (!dated || when.After(t.IssuedAt)) || (id == "aud" || id == "azp") && !strings.Contains(c.Spec, "12.2") {
			return nil
		}
		return at(t.Call, jwtview.Finding{Seen: fmt.Sprintf("%s is %s; expected: %s.", id, lit(c.Got), lit(c.Want))})
	}
	return rule{id: "refreshed-id-token-" + strings.ReplaceAll(id, "_", "-"), catalogue: "D10", read: read, Text: Text{
		Severity: jwtview.Error,
		Title:    "The refreshed ID token has another " + id + " than the first",
		Means:    refreshedMeans[id] + " A client must reject this token and keep to the first.",
		Do:       "Sign in again with n. If it comes again, tell whoever runs the server: the check is right.",
		Spec:     "OpenID Connect Core 1.0 §12.2",
	}}
}

var refreshedMeans = map[string]string{
	"iss":       "A refresh goes on with the session of the same issuer; another name means another server, or one whose address was changed.",
	"sub":       "A refresh goes on with the same person; another sub would sign somebody else in.",
	"aud":       "A refresh goes on for the same client.",
	"azp":       "A refresh goes on for the same client.",
	"iat":       "A refreshed ID token says when it was issued itself; this one claims a time before the sign-in's token.",
	"auth_time": "auth_time is when the person signed in; a refresh does not repeat that. With the time of the refresh a client would take an old sign-in for a fresh one.",
	"nonce":     "After a refresh the nonce should be absent; if it is there, it must be that of the sign-in.",
}

func refreshTokenKept(r *reading) []Finding {
	c := r.last[story.TokenRefresh]
	if !granted(c) {
		return nil
	}
	if value, _ := c.Response.JSON.Str("refresh_token"); value != "" && value != c.Request.Form().Get("refresh_token") {
		return nil
	}
	t := r.used(c)
	seen := "The refresh worked and returned no new refresh token."
	if t != nil {
		seen = fmt.Sprintf("The refresh worked and returned no new refresh token. The one that is in use, #%d, came at %s.", t.Generation, r.clock(t.IssuedAt))
	}
	f := jwtview.Finding{Seen: seen}
	if p := r.provider.Preset; p != nil && p.Refresh.Rotation != "" {
		f.Means = r.text.Means + " " + p.Refresh.Rotation
	}
	return at(c, f)
}

func refreshWithoutIDToken(r *reading) []Finding {
	c := r.last[story.TokenRefresh]
	if !granted(c) || tokenOf(r, c, story.IDToken) != nil || len(r.idTokens()) == 0 {
		return nil
	}
	if _, has := c.Response.JSON.Str("id_token"); has {
		return nil
	}
	f := jwtview.Finding{Seen: "The sign-in had an ID token, the refresh has none."}
	if p := r.provider.Preset; p != nil && p.Refresh.IDToken != "" {
		f.Means = r.text.Means + " " + p.Refresh.IDToken
	}
	return at(c, f)
}

func accessTokenExpired(r *reading) []Finding {
	t := r.Newest(story.AccessToken)
	if t == nil || t.Login != r.login || t.Life(r.now) != story.Expired {
		return nil
	}
	f := jwtview.Finding{Seen: fmt.Sprintf("Access token #%d came at %s and lived %s, until %s.", t.Generation, r.clock(t.IssuedAt), span(t.Lifetime()), r.clock(t.ExpiresAt))}
	switch rt := r.Newest(story.RefreshToken); {
	case rt == nil || rt.Login != t.Login:
		f.Means, f.Do = "There is no refresh token, so for this client the session is over.", "Press n to sign in again, or o to do so with offline_access."
	case rt.Life(r.now) == story.Dead || rt.Life(r.now) == story.Expired:
		f.Means, f.Do = "The refresh token is of no use any more either: the session is over.", "Press n to sign in again."
	default:
		f.Means, f.Do = "APIs refuse it from now on. The session goes on: there is a refresh token.", "Press r for a new one. An application refreshes a little before the end, as 10 s."
	}
	return []Finding{{Finding: f, Stage: t.Call.Stage, N: t.Call.N, Call: t.Call.ID}}
}
