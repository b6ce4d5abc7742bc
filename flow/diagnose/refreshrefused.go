package diagnose

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"authscope/flow/story"
	"authscope/jwtview"
)

// refusedRefreshRules speak of a refresh token that was not accepted: the causes that this session knows for certain
// first, then what remains.
var refusedRefreshRules = []rule{
	{id: "refresh-race", catalogue: "D07", read: refreshRace, Text: Text{
		Severity: jwtview.Error,
		Title:    "Two requests used one refresh token at once",
		Means:    "With rotation the second is taken for theft, and a server may end the whole family over it (RFC 9700 §4.14.2). Tabs, parallel retries after a 401, and two processes that share a store do that.",
		Do:       "Let one request at a time refresh: single flight within a process, a lock across tabs. Ask for a reuse interval where the server has one. Here press n.",
		Spec:     "RFC 6749 §10.4; RFC 9700 §4.14.2",
	}},
	{id: "refresh-token-reused", catalogue: "D06", also: []string{"D07"}, read: tokenRefusal("refresh-token-reused", refreshReused), Text: Text{
		Severity: jwtview.Error,
		Title:    "The refresh token was replaced before",
		Means:    "With rotation a refresh token works once; the old one is dead as soon as the new one is out. A server may take its use for theft and end the whole session.",
		Do:       "Always use the newest one: authscope does with r. In an application store it before anything else, and let one request at a time refresh.",
		Spec:     "RFC 6749 §6, §10.4; RFC 9700 §4.14.2",
	}},
	{id: "refresh-token-of-another-client", catalogue: "D06", read: tokenRefusal("refresh-token-of-another-client", refreshOtherClient), Text: Text{
		Severity: jwtview.Error,
		Title:    "The refresh token was issued to another client",
		Means:    "A refresh token is bound to the client that it was issued to; another one cannot use it.",
		Do:       "Use the client that signed in, with --client-id, and press n.",
		Spec:     "RFC 6749 §6, §10.4",
	}},
	{id: "refresh-refused", catalogue: "D06", also: []string{"D08"}, open: true, read: tokenRefusal("refresh-refused", refreshRefused), Text: Text{
		Severity: jwtview.Error,
		Title:    "The refresh token is not accepted",
		Means:    "invalid_grant covers a dozen causes, and servers seldom say which. What this session knows strikes most of them out: the age of the token, its line, and the client.",
		Causes: []string{"the session was ended at the server: sign-out, a new password, an administrator, a sign-in elsewhere where only one session is allowed;", "it expired: an idle time or a longest life of the session;",
			"another program used it and rotation replaced it;", "the person was disabled or took back the consent."},
		Do:   "Press n and sign in again: no other way leads back. The tenant's log or session list tells the causes apart.",
		Spec: "RFC 6749 §5.2, §6, §10.4; RFC 9700 §4.14.2",
	}},
}

// ageOf begins what is known of the refresh token that c handed in.
func ageOf(t *story.Token, c *story.Call) string {
	return fmt.Sprintf("Refresh token #%d was %s old", t.Generation, span(c.SentAt.Sub(t.IssuedAt)))
}

// reused reports whether the refresh token of c had been replaced when it was handed in.
func (r *reading) reused(c *story.Call) bool {
	t := r.used(c)
	return t != nil && t.Replaced != nil && t.Replaced.Call.ID < c.ID
}

// sameClient reports whether c names the client that signed in.
func (r *reading) sameClient(c *story.Call) bool {
	id := c.Request.Form().Get("client_id")
	return r.login == nil || id == "" || id == r.login.Params.Get("client_id")
}

func refreshReused(r *reading, c *story.Call) jwtview.Finding {
	t := r.used(c)
	f := jwtview.Finding{Seen: fmt.Sprintf("%s, and #%d had taken its place %s before.", ageOf(t, c), t.Replaced.Generation, span(c.SentAt.Sub(t.Replaced.IssuedAt)))}
	if p := r.provider.Preset; p != nil {
		f.Means = strings.TrimSpace(r.text.Means + " " + cmp.Or(p.Refresh.Reuse, p.Refresh.Rotation))
	}
	return f
}

func refreshOtherClient(r *reading, c *story.Call) jwtview.Finding {
	var f jwtview.Finding
	if t := r.used(c); t != nil {
		f.Seen = ageOf(t, c) + " and the newest of its line."
	}
	if id := c.Request.Form().Get("client_id"); !r.sameClient(c) {
		f.Seen = strings.TrimSpace(f.Seen + " The client that signed in is " + lit(r.login.Params.Get("client_id")) + ", and the refresh names " + lit(id) + ".")
	}
	if p := r.provider.Preset; p != nil && p.ID == "authgear" {
		f.Means = r.text.Means + " On Authgear such a try destroys the token if the other client rotates."
	}
	return f
}

// refreshRefused says what this session knows of the token, which strikes out most of the dozen causes.
func refreshRefused(r *reading, c *story.Call) jwtview.Finding {
	f := jwtview.Finding{}
	t := r.used(c)
	if t == nil {
		f.Means = "The token was not received in this recording, so nothing more is known of it. " + candidates(refreshCauses(r)...)
		return f
	}
	facts := []string{ageOf(t, c)}
	late := r.lateRefresh(t, c)
	switch {
	case t.Login != nil && t.Login.RevokedBy != nil && t.Login.RevokedBy.ID < c.ID:
		facts = append(facts, "and the session was revoked here "+span(c.SentAt.Sub(t.Login.RevokedAt))+" before")
		f.Means = "That is what a revocation is for: the refusal is right."
	case !t.ExpiresAt.IsZero() && !c.SentAt.Before(t.ExpiresAt):
		facts = append(facts, "and by what the server said it had expired "+span(c.SentAt.Sub(t.ExpiresAt))+" before")
		f.Means = "Its life was over; the refusal is right."
	case late != nil:
		facts = append(facts, "it is the newest, and an earlier refresh with it was given up before its answer came")
		f.Means = "That refresh may have used the token up: with rotation its answer brought the new one, and nobody took it."
		f.Do = "Press n and sign in again. In an application let a refresh finish, also when the page is left."
	default:
		facts = append(facts, "it is the newest of its line", "the client is the same")
		ruled := "Not reuse here, and not another client. "
		if c.SentAt.Sub(t.IssuedAt) < time.Hour {
			ruled = "Not reuse here, not another client, and at that age hardly expiry. "
		}
		f.Means = ruled + "The server did not say more. " + candidates(refreshCauses(r)...)
	}
	f.Seen = strings.Join(facts, ", ") + "."
	return f
}

// refreshCauses are what remains when nothing is known to be wrong on this side. What is known of the provider's limits
// stands in place of the general words on them.
func refreshCauses(r *reading) []string {
	ended, expired := "the session was ended at the server: sign-out, a new password, an administrator, a sign-in elsewhere where only one session is allowed;", []string{"it expired: an idle time or a longest life of the session;"}
	if own := r.ends(); len(own) > 0 {
		expired = own
	}
	return append(append([]string{ended}, expired...), "another program used it and rotation replaced it;", "the person was disabled or took back the consent.")
}

// refreshRace finds two refreshes with one token that were under way together, of which one was refused.
func refreshRace(r *reading) []Finding {
	c := r.last[story.TokenRefresh]
	if c == nil {
		return nil
	}
	lost, won := r.raced(c)
	if lost == nil {
		return nil
	}
	return at(lost, jwtview.Finding{Seen: fmt.Sprintf("Two requests used the same refresh token, %s apart, before either was answered: one got new tokens, the other %s.",
		lost.SentAt.Sub(won.SentAt).Abs().Round(time.Millisecond), saidBy(lost))})
}

// raced returns the refused and the granted one of two refreshes that were under way together, c being one of them.
func (r *reading) raced(c *story.Call) (lost, won *story.Call) {
	token := c.Request.Form().Get("refresh_token")
	if token == "" {
		return nil, nil
	}
	for _, o := range r.Calls() {
		if o == c || o.Class != story.TokenRefresh || o.SentAt.IsZero() || !together(o, c) || o.Request.Form().Get("refresh_token") != token {
			continue
		}
		lost, won = c, o
		if granted(c) {
			lost, won = o, c
		}
		code, _ := lost.OAuthError()
		if granted(won) && code != "" {
			return lost, won
		}
	}
	return nil, nil
}

// together reports whether two calls were under way at the same time.
func together(a, b *story.Call) bool { return a.SentAt.Before(b.DoneAt) && b.SentAt.Before(a.DoneAt) }

// lateRefresh returns an earlier refresh with the same token whose answer nobody waited for.
func (r *reading) lateRefresh(t *story.Token, c *story.Call) *story.Call {
	for _, o := range r.Calls() {
		if o.Class == story.TokenRefresh && o.ID < c.ID && (o.Late || o.State == story.Abandoned) && r.used(o) == t {
			return o
		}
	}
	return nil
}

// race reports whether c lost a race of refreshes.
func (r *reading) race(c *story.Call) bool {
	lost, _ := r.raced(c)
	return lost == c
}
