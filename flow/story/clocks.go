package story

import (
	"errors"
	"fmt"
	"time"

	"authscope/flow/trace"
)

// Ticking says how a clock stands.
type Ticking string

// How a clock can stand.
const (
	Running Ticking = "running"
	RunOut  Ticking = "run_out"  // its time is over
	Stopped Ticking = "stopped"  // what it counted for was used up, or ended before its time
	Untold  Ticking = "not_told" // the server did not say when it ends
	Unset   Ticking = "none"     // there is nothing to count
)

// Clock is the life of something that expires.
type Clock struct {
	What   string // "authorization code", "access token", …
	Token  *Token // or nil
	Began  time.Time
	Ends   time.Time // zero: not told
	Source string    // of Ends: "expires_in", "exp", "refresh_expires_in"
	Maybe  string    // where Ends is not told, what is usual
	State  Ticking
	Note   string // what there is to know besides
}

// Left is the time until the clock runs out, not below zero.
func (c Clock) Left(now time.Time) time.Duration {
	if c.Ends.IsZero() || c.State != Running {
		return 0
	}
	return max(0, c.Ends.Sub(now))
}

// Life is all of its time, 0 if it is not told.
func (c Clock) Life() time.Duration {
	if c.Ends.IsZero() {
		return 0
	}
	if c.Own() {
		return c.Token.Lifetime()
	}
	return max(0, c.Ends.Sub(c.Began))
}

// Own reports whether the clock is that of its token alone. What limits a session goes on when its refresh token is rotated.
func (c Clock) Own() bool {
	return c.Token != nil && (c.Ends.Equal(c.Token.ExpiresAt) && !c.Ends.IsZero() || c.State == Stopped)
}

// Clocks returns all that expires in the newest session, as of now: code, device code, and the newest token of each kind.
func (s *Story) Clocks(now time.Time) []Clock {
	out := make([]Clock, 0, 6)
	if c, ok := s.codeClock(now); ok {
		out = append(out, c)
	}
	if c, ok := s.deviceClock(now); ok {
		out = append(out, c)
	}
	f := s.Family()
	if f == nil {
		return out
	}
	for _, k := range []Kind{AccessToken, IDToken} {
		if t := f.Newest(k); t != nil {
			out = append(out, s.tokenClock(t, now))
		}
	}
	return append(out, s.refreshClocks(f, now)...)
}

// codeClock is that of the authorization code, whose life no answer tells (RFC 6749 §4.1.2).
func (s *Story) codeClock(now time.Time) (Clock, bool) {
	l := s.Login()
	if l == nil || l.Answer == nil {
		return Clock{}, false
	}
	c := Clock{What: "authorization code", Began: l.Answer.Call.DoneAt, State: Untold, Maybe: "RFC 6749 §4.1.2 recommends 10 min at most"}
	if s.metadata.IsAuthgear() {
		c.Maybe = "Authgear gives 5 min"
	}
	switch x := l.Exchange; {
	case x != nil && x.Response != nil && x.OK():
		c.State, c.Note = Stopped, "used once, "+age(x.SentAt.Sub(c.Began))+" after it came"
	case x != nil && x.Response != nil:
		c.Note = "an exchange with it was refused"
	default:
		c.Note = "not used for " + age(now.Sub(c.Began))
	}
	return c, true
}

// age writes how long something took or stood, as people say it.
func age(d time.Duration) string {
	if d < time.Second {
		return "less than 1 s"
	}
	return Lifetime(d)
}

// deviceClock is that of the device code (RFC 8628 §3.2).
func (s *Story) deviceClock(now time.Time) (Clock, bool) {
	d := s.Device()
	if d == nil || d.Code.IsZero() {
		return Clock{}, false
	}
	c := Clock{What: "device code", Began: d.Call.DoneAt, Ends: d.ExpiresAt, Source: "expires_in"}
	switch {
	case d.Ended == "token":
		c.State, c.Note = Stopped, "used: the person agreed"
	case d.Ended != "":
		c.State, c.Note = Stopped, "ended by "+clip(d.Ended, 60)
	case d.ExpiresAt.IsZero():
		c.State, c.Source = Untold, ""
	case !now.Before(d.ExpiresAt):
		c.State = RunOut
	default:
		c.State = Running
	}
	return c, true
}

// tokenClock is that of an access token or an ID token.
func (s *Story) tokenClock(t *Token, now time.Time) Clock {
	c := Clock{What: map[Kind]string{AccessToken: "access token", IDToken: "ID token", RefreshToken: "refresh token"}[t.Kind],
		Token: t, Began: t.IssuedAt, Ends: t.ExpiresAt, Source: t.Source, State: Running}
	switch t.Life(now) {
	case Dead:
		c.State, c.Note = Stopped, t.Fate(now).Known
	case Expired:
		c.State = RunOut
	case NotTold:
		c.State, c.Maybe = Untold, unreadLife(t)
	}
	switch f := t.Fate(now); {
	case c.State == Running && t.Kind == AccessToken && f.Cause != "":
		c.Note = f.Known + "; " + f.Cause
	case c.State == Running && !t.ExpJWT.IsZero() && t.ExpJWT.Sub(t.ExpiresAt).Abs() > 2*time.Second:
		c.Note = fmt.Sprintf("its own exp says %s %s", age(t.ExpJWT.Sub(t.ExpiresAt).Abs()), sooner(t.ExpJWT.Before(t.ExpiresAt)))
	case c.State == Running && t.Source == "exp" && s.skew.Seen():
		c.Note = fmt.Sprintf("by the server's clock %s %s", age(s.skew.Offset.Abs().Round(time.Second)), sooner(s.skew.Offset > 0))
	}
	return c
}

// unreadLife says of an access token's lifetime that was told, but is none, what was told.
func unreadLife(t *Token) string {
	if t.Kind != AccessToken || t.Call.Response == nil {
		return ""
	}
	switch d, err := ExpiresIn(t.Call.Response.JSON); {
	case errors.Is(err, ErrNoExpiresIn):
		return ""
	case err != nil:
		return err.Error() + " that could be counted"
	case d <= 0:
		return "expires_in is 0, which is no lifetime"
	}
	return ""
}

func sooner(yes bool) string {
	if yes {
		return "sooner"
	}
	return "later"
}

// toldEnd is an end of the refresh token that the server told.
type toldEnd struct{ at, ends time.Time }

// refreshEnds reads when a refresh token ends, where a token response tells: refresh_expires_in is Keycloak's member,
// refresh_token_expires_in that of GitHub, Azure AD B2C and others. RFC 6749 has neither.
func refreshEnds(c *Call) (ends time.Time, source string) {
	for _, name := range []string{"refresh_expires_in", "refresh_token_expires_in"} {
		if n, ok := number(c.Response.JSON, name); ok && n > 0 {
			return c.DoneAt.Add(seconds(n)), name
		}
	}
	return time.Time{}, ""
}

// extend notes what a token response says of the refresh token's end, also of one that stays.
func (s *Story) extend(c *Call) {
	t := s.newest[RefreshToken]
	if c.Turn == nil || t == nil || t.Family != c.Turn.Family {
		return
	}
	t.Family.accepted(c.DoneAt)
	ends, source := refreshEnds(c)
	if source != "" && t.Call != c && (c.Turn.Kept == t || c.Turn.With == t) {
		t.ExpiresAt, t.Source = ends, source
	}
	if source == "" && t.Call == c && !t.ExpiresAt.IsZero() {
		ends, source = t.ExpiresAt, t.Source // its own exp
	}
	if source != "" {
		f := t.Family
		f.told[0], f.told[1] = f.told[1], toldEnd{c.DoneAt, ends}
	}
}

// refreshClocks are those of the refresh token: how long it may be idle, and how long it may live at all. Few servers
// tell either (RFC 6749 §5.1 has no member for it).
func (s *Story) refreshClocks(f *Family, now time.Time) []Clock {
	t := f.Newest(RefreshToken)
	if t == nil {
		if f.Newest(AccessToken) == nil || f.Login == nil {
			return nil
		}
		return []Clock{{What: "refresh token", State: Unset, Note: "there is none: the session ends with the access token"}}
	}
	if life := t.Life(now); life == Dead {
		return []Clock{s.tokenClock(t, now)}
	}
	if !t.ExpiresAt.IsZero() {
		c := s.tokenClock(t, now)
		c.Note = f.slides()
		return []Clock{c}
	}
	used := f.lastUse()
	idle := Clock{What: "refresh token, idle", Token: t, Began: used, State: Untold, Note: "idle for " + age(now.Sub(used))}
	whole := Clock{What: "refresh token, at most", Token: t, Began: f.Began(), State: Untold, Note: "signed in " + age(now.Sub(f.Began())) + " ago"}
	if f.Login == nil {
		whole.Note = "when the person signed in is not in this recording"
	}
	if e := s.settings.Embedded; e != nil && e.RefreshIdle > 0 && e.RefreshWhole > 0 && f.Login != nil {
		return s.embeddedEnds(idle, whole, e, f, now)
	}
	if s.metadata.IsAuthgear() {
		idle.Maybe = "Authgear's default: 30 days, at worst half of it"
		whole.Maybe = "Authgear's default: 52 weeks from the sign-in"
	}
	return []Clock{idle, whole}
}

// embeddedEnds says when the session ends at the embedded tenant, whose settings are known. Authgear's count of idle time
// begins at the use before the last.
func (s *Story) embeddedEnds(idle, whole Clock, e *trace.Embedded, f *Family, now time.Time) []Clock {
	from := f.used[1]
	if from.IsZero() {
		from = f.used[0]
	}
	idle.Began, idle.Ends, idle.Source = from, from.Add(e.RefreshIdle), "the tenant's settings"
	idle.Note = "idle time counts from the use before the last, as at Authgear"
	whole.Ends, whole.Source = f.Began().Add(e.RefreshWhole), "the tenant's settings"
	whole.Note = "from the sign-in, however often it is refreshed"
	for _, c := range []*Clock{&idle, &whole} {
		if c.State = Running; !now.Before(c.Ends) {
			c.State = RunOut
		}
	}
	return []Clock{idle, whole}
}

// slides says whether the end that the server tells moves on with a refresh: then it limits how long the session may be
// idle, else how long it may live.
func (f *Family) slides() string {
	a, b := f.told[0], f.told[1]
	moved := b.ends.Sub(a.ends)
	switch {
	case a.at.IsZero():
		return "whether a refresh moves its end on will be seen at the next"
	case moved > 2*time.Second && (moved-b.at.Sub(a.at)).Abs() <= 2*time.Second:
		return "each refresh moves it on: it limits how long the session may be idle"
	case moved.Abs() <= 2*time.Second:
		return "refreshes do not move it: the session ends then, whatever is done"
	}
	return "its end moved with the last refresh by " + age(moved.Abs())
}

// lastUse is when the server last saw a token of the family.
func (f *Family) lastUse() time.Time {
	var last time.Time
	for _, k := range []Kind{AccessToken, RefreshToken} {
		t := f.Newest(k)
		if t == nil {
			continue
		}
		for _, at := range []time.Time{t.IssuedAt, t.LastUsedAt} {
			if at.After(last) {
				last = at
			}
		}
	}
	return last
}
