package story

import (
	"fmt"
	"strings"
	"time"
)

// Fate is what is known of a token's life, and how. Where Proved is false, State is what follows from what was seen,
// and no answer of a server has shown it: a candidate.
type Fate struct {
	State  Life
	Proved bool
	Known  string // one sentence: how it is known
	Cause  string // a possible cause that the wire does not prove, or ""
}

// Fate judges the token as of now. Life is the same in one word.
func (t *Token) Fate(now time.Time) Fate {
	f := Fate{State: t.Life(now)}
	switch f.State {
	case Dead:
		t.deadFate(&f)
	case Expired:
		f.Known = "expired by " + t.Source
		if t.LastUse != nil && t.LastUse.OK() && t.LastUse.DoneAt.After(t.ExpiresAt) {
			f.Known += fmt.Sprintf(", yet %s was answered with %d after that", t.UsedBy(), t.LastUse.Response.Status)
			f.Cause = "the server may forgive a few seconds, or its clock may differ"
		} else if t.LastUse != nil && t.LastUse.DoneAt.After(t.ExpiresAt) && !t.LastUse.OK() && t.LastUse.Response != nil {
			f.Proved, f.Known = true, f.Known+fmt.Sprintf(", and refused after that: %d to %s", t.LastUse.Response.Status, t.UsedBy())
		}
	case Replaced:
		t.replacedFate(&f)
	default:
		t.aliveFate(&f)
	}
	return f
}

// deadFate says of a token that ended before its time how that is known.
func (t *Token) deadFate(f *Fate) {
	rev := t.revocation()
	switch {
	case t.DeadBy != nil && t.Kind == RefreshToken:
		_, desc := t.DeadBy.OAuthError()
		f.Proved = true
		f.Known = strings.TrimSpace("the server answered invalid_grant " + desc)
		f.Known += " to " + stageName(t.DeadBy)
		switch {
		case t.Replaced != nil && t.Replaced.Call.ID < t.DeadBy.ID:
			f.Cause = fmt.Sprintf("#%d had taken its place: with rotation the old one may end at once", t.Replaced.Generation)
		case rev != nil && rev.ID < t.DeadBy.ID:
			f.Cause = "it was revoked before: " + stageName(rev) + " was answered with " + statusText(rev)
		case t.Family.reusedBefore(t.DeadBy) != nil:
			old := t.Family.reusedBefore(t.DeadBy)
			f.Cause = fmt.Sprintf("refresh token #%d had been handed in again after it was replaced: a server that takes that for a theft ends the session (RFC 9700 §4.14.2)", old.Generation)
		default:
			f.Cause = "why is not told: it may have expired, been idle for too long, or the session may have been ended elsewhere"
		}
	case t.DeadBy != nil && rev != nil && rev.ID < t.DeadBy.ID:
		f.Proved = true
		f.Known = fmt.Sprintf("revoked with the session: %s of the revocation, and 401 of UserInfo after it", statusText(rev))
		if rev == t.RevokedBy {
			f.Known = fmt.Sprintf("revoked: %s of the revocation, and 401 of UserInfo after it", statusText(rev))
		}
	case t.DeadBy != nil:
		f.Proved, f.Known = true, "the server answered 401 to "+stageName(t.DeadBy)
		f.Cause = "why is not told: the session may have been ended elsewhere"
	case t.RevokedBy != nil:
		f.Known = fmt.Sprintf("revoked: the revocation endpoint answered %s", statusText(t.RevokedBy))
		f.Cause = "that answer proves nothing, since an unknown token gets it too (RFC 7009 §2.2)"
		if at := t.Family.refusedAfter(t.RevokedBy); at != nil {
			f.Proved, f.Cause = true, ""
			f.Known = fmt.Sprintf("revoked with the session: %s of the revocation, and %d to access token #%d after it", statusText(t.RevokedBy), at.DeadBy.Response.Status, at.Generation)
		}
	default:
		f.Known = orElse(t.DeadWhy, "it was ended")
	}
}

// reusedBefore returns a refresh token that was refused before a call, when another one had taken its place; or nil.
func (f *Family) reusedBefore(c *Call) *Token {
	if f == nil {
		return nil
	}
	for i := len(f.Turns) - 1; i >= 0 && i >= len(f.Turns)-64; i-- {
		if t := f.Turns[i]; t.Failed && t.With != nil && t.Call.ID < c.ID && t.With.DeadBy == t.Call && t.With.Replaced != nil && t.With.Replaced.Call.ID < t.Call.ID {
			return t.With
		}
	}
	return nil
}

// refusedAfter returns an access token of the family that was refused after a revocation, or nil.
func (f *Family) refusedAfter(rev *Call) *Token {
	if f == nil {
		return nil
	}
	at := f.Newest(AccessToken)
	if at == nil || at.DeadBy == nil || at.DeadBy.ID < rev.ID || at.DeadBy.Response == nil {
		return nil
	}
	return at
}

// revocation is the one that should have ended the token: its own, or that of its session's refresh token.
func (t *Token) revocation() *Call {
	if t.RevokedBy != nil {
		return t.RevokedBy
	}
	if t.Family != nil {
		return t.Family.revoked
	}
	return nil
}

// replacedFate says what a newer token means for this one: of an access token nothing, of a refresh token maybe its end.
func (t *Token) replacedFate(f *Fate) {
	n := t.Replaced
	if t.Kind != RefreshToken {
		f.Known = fmt.Sprintf("#%d came with %s; this one goes on until it expires", n.Generation, n.Turn.By())
		if t.Kind == AccessToken {
			t.besidesFate(f)
		}
		return
	}
	f.Known = fmt.Sprintf("replaced: a new refresh token came with %s, #%d", n.Turn.By(), n.Generation)
	f.Cause = "it may have ended with that: nobody has tried it since"
	if t.LastUse != nil && t.LastUse.OK() && t.LastUse.ID > n.Call.ID {
		f.Cause = "it still works: " + t.UsedBy() + " used it after that"
	}
}

// besidesFate says of an access token that has a successor whether it still works. No specification says so (RFC 6749 §6).
func (t *Token) besidesFate(f *Fate) {
	came := fmt.Sprintf("#%d came with %s", t.Replaced.Generation, t.Replaced.Turn.By())
	switch {
	case t.Family != nil && t.Family.revoked != nil && t.Family.revoked.DoneAt.After(t.IssuedAt) && !t.AliveAt.After(t.Family.revoked.DoneAt):
		f.Known, f.Cause = came, "it may have ended with the revocation: nobody has tried it since"
	case t.Family.refusedSince(t) != nil:
		f.Known, f.Cause = came, "it may have ended with the session: nobody has tried it since the refresh token was refused"
	case t.AliveAt.After(t.Replaced.IssuedAt):
		f.Proved, f.Known = true, came+"; "+t.UsedBy()+" accepted this one after that"
	default:
		f.Known, f.Cause = came, "it may go on until it expires: nobody has tried it since"
	}
}

// refusedSince returns the newest refresh token of the family if it was refused after an access token was last seen alive.
func (f *Family) refusedSince(at *Token) *Token {
	rt := f.Newest(RefreshToken)
	if rt == nil || rt.DeadBy == nil || rt.DeadBy.Class != TokenRefresh || !rt.DeadAt.After(at.IssuedAt) || at.AliveAt.After(rt.DeadAt) {
		return nil
	}
	return rt
}

// aliveFate says of a token that nothing speaks against what speaks for it.
func (t *Token) aliveFate(f *Fate) {
	if rev := t.revocation(); rev != nil && rev.DoneAt.After(t.IssuedAt) {
		if t.AliveAt.After(rev.DoneAt) {
			f.Proved, f.Known = true, fmt.Sprintf("%s of the revocation, and UserInfo still accepted it after that", statusText(rev))
			return
		}
		f.Known = "its session was revoked by " + stageName(rev)
		f.Cause = "it may have ended with that: nobody has tried it since"
		if t.Kind == IDToken {
			f.Known, f.Cause = f.Known+"; whoever only checks its signature and exp does not notice", ""
		}
		return
	}
	if rt := t.Family.refusedSince(t); t.Kind == AccessToken && rt != nil {
		f.Known = fmt.Sprintf("refresh token #%d of its session was refused by %s", rt.Generation, stageName(rt.DeadBy))
		f.Cause = "it may have ended with the session: nobody has tried it since"
		return
	}
	switch {
	case t.LastUse != nil && t.LastUse.OK():
		f.Proved, f.Known = true, "accepted by "+t.UsedBy()
	case t.Kind == IDToken:
		f.Known = "its exp has not come; nobody asks the server about it"
	case f.State == NotTold:
		f.Known = "the server did not say how long it lives; it was not used yet"
	default:
		f.Known = "not used yet"
	}
}
