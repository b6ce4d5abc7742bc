package story

import (
	"net/http"
	"time"

	"authscope/flow/trace"
)

// Skew is how far the server's clock is from ours, measured from the Date of its answers.
type Skew struct {
	Offset time.Duration // server's clock minus ours
	Error  time.Duration // ± this much: half the round trip, and the second that Date is cut to
	At     time.Time     // when it was measured; zero if it never was
}

// Seen reports whether the clocks differ by more than the measurement can err.
func (k Skew) Seen() bool { return !k.At.IsZero() && k.Offset.Abs() > k.Error }

// Skew returns the latest measurement of the server's clock.
func (s *Story) Skew() Skew { return s.skew }

// measure reads Date of an answer that no cache kept (RFC 9110 §6.6.1).
func (s *Story) measure(c *Call) {
	date, err := http.ParseTime(c.Response.Header.Get("Date"))
	untimed := s.recording != nil && s.recording.Untimed
	if err != nil || c.Response.Header.Get("Age") != "" || c.SentAt.IsZero() || c.Response.Cached || untimed {
		return
	}
	rtt := max(0, c.HeadAt.Sub(c.SentAt))
	// Date is cut to the second: on average the server's clock stood half a second later.
	s.skew = Skew{Offset: date.Add(time.Second / 2).Sub(c.SentAt.Add(rtt / 2)), Error: rtt/2 + time.Second, At: c.HeadAt}
}

// Suspend is a gap that the wall clock saw and the monotonic clock did not: the machine slept,
// or its clock was set.
type Suspend struct {
	At  time.Time
	Gap time.Duration // positive: the wall clock went ahead
}

// Suspends returns the gaps that were noticed.
func (s *Story) Suspends() []Suspend { return s.suspends }

// Drifted reports whether the clock on the wall and the monotonic one, which stands still while a machine sleeps, went apart
// by more than they do by themselves.
func Drifted(wall, mono time.Duration) bool { return (wall - mono).Abs() > 2*time.Second }

// maxSuspends is how many gaps are remembered.
const maxSuspends = 1000

// clock notes when e happened, and whether the two clocks drifted apart before it.
func (s *Story) clock(e trace.Event) {
	if s.began.IsZero() {
		s.began, s.last, s.mono = e.At, e.At, e.Mono
		return
	}
	if wall, mono := e.At.Sub(s.last), e.Mono-s.mono; Drifted(wall, mono) && e.Mono > 0 {
		if len(s.suspends) >= maxSuspends { // a hostile recording may have one an event
			s.suspends = s.suspends[1:]
		}
		s.suspends = append(s.suspends, Suspend{e.At, wall - mono})
	}
	s.last, s.mono = e.At, e.Mono
}

// Patience is how long an answer at the redirect URI may take before its absence is spoken of.
const Patience = 20 * time.Second

// Next returns the next instant after now at which an answer of this story changes, or zero:
// a token expires, or an answer is overdue.
func (s *Story) Next(now time.Time) time.Time {
	var next time.Time
	consider := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, k := range Kinds {
		if t := s.newest[k]; t != nil && t.DeadAt.IsZero() {
			consider(t.ExpiresAt)
		}
	}
	if s.mode != trace.ByHand {
		consider(s.Due().At)
	}
	if l := s.Login(); l != nil && l.Waiting() {
		consider(l.SentAt.Add(Patience))
	}
	if d := s.Device(); d != nil && d.Pending() {
		consider(d.ExpiresAt)
	}
	if l := s.Logout(); l != nil && l.Return == nil && !l.Call.SentAt.IsZero() {
		consider(l.Call.SentAt.Add(Patience))
	}
	return next
}

// Waiting reports whether the login's URL was handed over and no answer was accepted yet.
func (l *Login) Waiting() bool {
	if l.SentAt.IsZero() || l.Answer != nil {
		return false
	}
	for _, cb := range l.Callbacks {
		if cb.Fit == FitError {
			return false
		}
	}
	return true
}
