package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

var refreshRules = []rule{
	{"refresh-refused", "D06", true, tokenRefusal("refresh-refused", refreshRefused)},
	{"refresh-scope-refused", "D18", false, tokenRefusal("refresh-scope-refused", refreshScopeRefused)},
	{"refresh-scope-ignored", "D18", false, refreshScopeIgnored},
	{"answer-after-cancel", "D07", false, answerAfterCancel},
	{"refreshed-id-token-iss", "D10", false, refreshedClaim("iss")},
	{"refreshed-id-token-sub", "D10", false, refreshedClaim("sub")},
	{"refreshed-id-token-aud", "D10", false, refreshedClaim("aud")},
	{"refreshed-id-token-azp", "D10", false, refreshedClaim("azp")},
	{"refreshed-id-token-iat", "D10", false, refreshedClaim("iat")},
	{"refreshed-id-token-auth-time", "D10", false, refreshedClaim("auth_time")},
	{"refreshed-id-token-nonce", "D10", false, refreshedClaim("nonce")},
	{"refresh-token-kept", "D05", false, refreshTokenKept},
	{"refresh-without-id-token", "D09", false, refreshWithoutIDToken},
	{"access-token-expired", "D50", false, accessTokenExpired},
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

// refreshRefused says what this session knows of the token, which strikes out most of the dozen causes.
func refreshRefused(r *reading, c *story.Call) jwtview.Finding {
	f := jwtview.Finding{Title: "The refresh token is not accepted", Spec: "RFC 6749 §5.2, §6, §10.4; RFC 9700 §4.14.2",
		Do: "Press n and sign in again: no other way leads back."}
	_, text := c.OAuthError()
	t := r.used(c)
	if t == nil {
		f.Means = "The token was not received in this recording, so nothing more is known of it. " + candidates(refreshCauses(r)...)
		return f
	}
	age := c.SentAt.Sub(t.IssuedAt)
	facts := []string{fmt.Sprintf("Refresh token #%d was %s old", t.Generation, span(age))}
	sameClient := r.login != nil && (c.Request.Form().Get("client_id") == "" || c.Request.Form().Get("client_id") == r.login.Params.Get("client_id"))
	late := r.lateRefresh(t, c)
	switch {
	case t.Replaced != nil && t.Replaced.Call.ID < c.ID:
		facts = append(facts, fmt.Sprintf("and #%d had taken its place %s before", t.Replaced.Generation, span(c.SentAt.Sub(t.Replaced.IssuedAt))))
		f.Means = "With rotation a refresh token works once; the old one is dead as soon as the new one is out. A server may take its use for theft and end the whole session."
		f.Do = "Always use the newest one: authscope does with r. In an application store it before anything else, and let one request at a time refresh."
	case t.Login != nil && t.Login.RevokedBy != nil && t.Login.RevokedBy.ID < c.ID:
		facts = append(facts, "and the session was revoked here "+span(c.SentAt.Sub(t.Login.RevokedAt))+" before")
		f.Means = "That is what a revocation is for: the refusal is right."
	case late != nil:
		facts = append(facts, "it is the newest, and an earlier refresh with it was given up before its answer came")
		f.Means = "That refresh may have used the token up: with rotation its answer brought the new one, and nobody took it."
		f.Do = "Press n and sign in again. In an application let a refresh finish, also when the page is left."
	case has(text, "client id", "client_id", "client mismatch") || !sameClient:
		facts = append(facts, "it is the newest of its line")
		f.Means = "It was issued to another client than the one that handed it in. On Authgear such a try destroys the token if the other client rotates."
		f.Do = "Use the client that signed in, with --client-id, and press n."
	default:
		facts = append(facts, "it is the newest of its line", "the client is the same")
		f.Means = "Not reuse here, and not another client. The server did not say more. " + candidates(refreshCauses(r)...)
	}
	f.Seen = strings.Join(facts, ", ") + "."
	return f
}

// refreshCauses are what remains when nothing is known to be wrong on this side.
func refreshCauses(r *reading) []string {
	expired := "it expired: an idle time or a longest life of the session;"
	if r.Metadata().IsAuthgear() {
		expired = "it expired: by default Authgear ends a session that was idle for 30 days, or after 52 weeks; settings can make that short;"
	}
	return []string{"the session was ended at the server: sign-out, a new password, an administrator, a sign-in elsewhere where only one session is allowed;", expired,
		"another program used it and rotation replaced it;", "the person was disabled or took back the consent. The tenant's log or session list tells them apart."}
}

// lateRefresh returns an earlier refresh with the same token whose answer nobody waited for.
func (r *reading) lateRefresh(t *story.Token, c *story.Call) *story.Call {
	for _, o := range r.Calls() {
		if o.Class == story.TokenRefresh && o.ID < c.ID && (o.Late || o.State == story.Abandoned) && r.used(o) == t {
			return o
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
		f := jwtview.Finding{Severity: jwtview.Warning, Title: "The answer came after the request was cancelled", Spec: "RFC 6749 §6, §10.4",
			Seen: fmt.Sprintf("The request was given up, and %s after it was sent the server answered status %d.", span(c.DoneAt.Sub(c.SentAt)), c.Response.Status)}
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
func refreshedClaim(id string) func(*reading) []Finding {
	return func(r *reading) []Finding {
		t := r.refreshedID()
		if t == nil {
			return nil
		}
		c, bad := failed(t.Checks(), id)
		when, dated := t.View.Time(id)
		if !bad || id == "iat" && (!dated || when.After(t.IssuedAt)) || (id == "aud" || id == "azp") && !strings.Contains(c.Spec, "12.2") {
			return nil
		}
		return at(t.Call, jwtview.Finding{Severity: jwtview.Error, Title: "The refreshed ID token has another " + id + " than the first",
			Seen: fmt.Sprintf("%s is %s; expected: %s.", id, lit(c.Got), lit(c.Want)), Means: refreshedMeans[id] + " A client must reject this token and keep to the first.",
			Do: "Sign in again with n. If it comes again, tell whoever runs the server: the check is right.", Spec: "OpenID Connect Core 1.0 §12.2"})
	}
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
	means := "A server may issue a new one and need not: without rotation the old one goes on working."
	if r.Metadata().IsAuthgear() {
		means += " On Authgear that is the default; refresh_token_rotation_enabled in the client's settings changes it."
	}
	return at(c, jwtview.Finding{Severity: jwtview.Info, Title: "The refresh token stays the same", Seen: seen, Means: means,
		Do: "Keep the one you have: an application must not overwrite it with nothing.", Spec: "RFC 6749 §6"})
}

func refreshWithoutIDToken(r *reading) []Finding {
	c := r.last[story.TokenRefresh]
	if !granted(c) || tokenOf(r, c, story.IDToken) != nil || len(r.idTokens()) == 0 {
		return nil
	}
	if _, has := c.Response.JSON.Str("id_token"); has {
		return nil
	}
	return at(c, jwtview.Finding{Severity: jwtview.Info, Title: "The refresh brought no ID token", Seen: "The sign-in had an ID token, the refresh has none.",
		Means: "That is allowed: a refresh response might not contain one. Who signed in has not changed.",
		Do:    "Keep the claims of the first ID token, or ask UserInfo.", Spec: "OpenID Connect Core 1.0 §12.2"})
}

func accessTokenExpired(r *reading) []Finding {
	t := r.Newest(story.AccessToken)
	if t == nil || t.Login != r.login || t.Life(r.now) != story.Expired {
		return nil
	}
	f := jwtview.Finding{Severity: jwtview.Info, Title: "The access token has expired", Spec: "RFC 6749 §1.5, §6; RFC 6750 §3.1",
		Seen: fmt.Sprintf("Access token #%d came at %s and lived %s, until %s.", t.Generation, r.clock(t.IssuedAt), span(t.Lifetime()), r.clock(t.ExpiresAt))}
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
