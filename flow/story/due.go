package story

import (
	"fmt"
	"time"

	"authscope/flow/trace"
)

// NeededAfter is how much of expires_in must be over before Authgear's SDK refreshes: EXPIRE_IN_PERCENTAGE of its
// refreshAccessTokenIfNeeded.
const NeededAfter = 0.9

// The pauses between refreshes that nobody asked for, where the ones before failed.
const (
	leastPause = time.Second
	firstRetry = 10 * time.Second
	lastRetry  = 5 * time.Minute
)

// MaxKeptAlive is how many refreshes keeping alive makes by itself in one session: a trace only grows, and what it
// takes, some 25 KB a refresh in each story of it, of which the screen has two, is to stay bounded. At Authgear's 30 minutes that
// is three months.
const MaxKeptAlive = 5_000

// Due says when the next refresh is due, and why.
type Due struct {
	Mode  trace.RefreshMode
	At    time.Time // zero: none will be
	Why   string
	Never bool // no refresh is possible; Why says why not
}

// By reports whether the refresh is due at now.
func (d Due) By(now time.Time) bool { return !d.Never && !d.At.IsZero() && !now.Before(d.At) }

// RefreshMode returns how tokens are refreshed, as it was last chosen.
func (s *Story) RefreshMode() trace.RefreshMode { return s.mode }

// Due tells when the newest session is to be refreshed. It needs no now: the answer changes only with an event.
func (s *Story) Due() Due {
	d := Due{Mode: s.mode}
	f := s.Family()
	at, rt := f.Newest(AccessToken), f.Newest(RefreshToken)
	if d.Why = s.whyNever(f, at, rt); d.Why != "" {
		d.Never = true
		return d
	}
	switch {
	case s.mode == trace.KeepAlive && f.Refreshes >= MaxKeptAlive:
		d.Never, d.Why = true, fmt.Sprintf("it has been kept alive %d times, which is as much as one recording holds: a new run goes on", f.Refreshes)
		return d
	case at == nil:
		d.At, d.Why = rt.IssuedAt, "there is no access token yet"
	case at.ExpiresAt.IsZero() && s.mode == trace.KeepAlive:
		d.Never, d.Why = true, "the server does not say how long the access token lives, so there is nothing to keep time by"
		return d
	case at.ExpiresAt.IsZero():
		d.At, d.Why = at.IssuedAt, "the server does not say how long the access token lives, so every use asks for a new one"
	default:
		life := at.Lifetime()
		d.At = at.IssuedAt.Add(time.Duration(float64(life) * NeededAfter))
		d.Why = fmt.Sprintf("90 %% of %s, %s of %s", orElse(at.Source, "its life"), Lifetime(time.Duration(float64(life)*NeededAfter)), Lifetime(life))
	}
	if rt.ExpiresAt.After(rt.IssuedAt) {
		if end := rt.IssuedAt.Add(time.Duration(float64(rt.Lifetime()) * NeededAfter)); end.Before(d.At) {
			d.At, d.Why = end, "90 % of the refresh token's life, which ends before the access token's"
		}
	}
	s.afterFailure(&d, f)
	return d
}

// whyNever says why there will be no refresh, or "".
func (s *Story) whyNever(f *Family, at, rt *Token) string {
	switch {
	case at == nil && rt == nil:
		return "there are no tokens yet"
	case rt == nil:
		return "there is no refresh token: when the access token expires, the person must sign in again"
	case !rt.DeadAt.IsZero():
		return "the refresh token is of no use any more (" + rt.DeadWhy + "): the person must sign in again"
	}
	if t := f.lastTurn(); t != nil && t.Call.Experiment == nil && t.Failed && t.With == rt && t.Call.Response != nil && t.Call.Response.Status/100 == 4 && t.Call.Response.Status != 429 {
		return "the last refresh was refused with " + statusText(t.Call) + ", and would be again"
	}
	return ""
}

func (f *Family) lastTurn() *Turn {
	if f == nil || len(f.Turns) == 0 {
		return nil
	}
	return f.Turns[len(f.Turns)-1]
}

// afterFailure puts a refresh off that has just failed for a reason that may pass: no answer, 429, 5xx.
func (s *Story) afterFailure(d *Due, f *Family) {
	c := s.refreshed
	if c == nil || c.Turn == nil || c.Turn.Family != f {
		return
	}
	pause, why := leastPause, ""
	if n := s.failedInRow; n > 0 {
		pause = min(firstRetry<<min(n-1, 10), lastRetry)
		why = fmt.Sprintf("%s after a refresh that failed, the %s in a row", Lifetime(pause), ordinal(n))
	}
	if next := c.DoneAt.Add(pause); next.After(d.At) {
		d.At = next
		if why != "" {
			d.Why = why
		}
	}
}

func ordinal(n int) string {
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		return itoa(n) + "st"
	case n%10 == 2:
		return itoa(n) + "nd"
	case n%10 == 3:
		return itoa(n) + "rd"
	}
	return itoa(n) + "th"
}
