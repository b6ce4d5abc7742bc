package ui

import (
	"fmt"
	"time"

	"authscope/flow/story"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

func roundSecond(d time.Duration) time.Duration { return d.Round(time.Second) }

func (m *Model) clocksRight() string {
	t := m.cur.story.Newest(story.AccessToken)
	if t == nil || t.ExpiresAt.IsZero() {
		return ""
	}
	switch t.Life(m.now) {
	case story.Expired:
		return "expired"
	case story.Dead:
		return "ended"
	}
	return clockText(t.Left(m.now))
}

// fillClocks shows all that expires, and by whose clock.
func (m *Model) fillClocks(s *sheet) {
	if m.cur.story.Device() == nil && m.noSession(s, "Clocks", "Everything that expires stands here, with where its end is known from: code, access token, ID token, refresh token, device code.") {
		return
	}
	var c cells
	c.put(m.th.Title, "Clocks")
	s.line(c.String())
	m.dueLine(s)
	m.offer(s)
	s.gap()
	for _, c := range m.cur.story.Clocks(m.now) {
		m.clockRow(s, c)
	}
	s.gap()
	m.wallClocks(s)
}

// clockRow is one clock: its bar, what is left, when it ends, and below it where that is known from.
func (m *Model) clockRow(s *sheet, k story.Clock) {
	kind := ""
	if k.Token != nil {
		kind = string(k.Token.Kind)
	}
	it := item{name: k.What, path: "clock " + k.What}
	if k.Token != nil {
		it.value, it.secret, it.kind, it.call = k.Token.Value.Reveal(), kind, kind, k.Token.Call.ID
		it.stage, it.n, it.generation = k.Token.Call.Stage, k.Token.Call.N, k.Token.Generation
	}
	selected, th := s.add(it)
	l := begin(th, selected)
	l.space(1)
	name := k.What
	if k.Own() {
		name += fmt.Sprintf(" #%d", k.Token.Generation)
	}
	l.fit(th.Value(kind), name, 23)
	const tail = 28 // of what is left, and when it ends
	width := max(8, min(40, s.w-l.w-tail))
	left := 0.0
	if life := k.Life(); life > 0 {
		left = float64(k.Left(m.now)) / float64(life)
	}
	m.clockBar(&l, th, k, kind, width, left, s.w)
	l.to(s.w)
	s.itemLine(l.String())
	m.clockNote(s, k)
}

// clockBar draws what is left of a clock, or says why there is nothing to draw.
func (m *Model) clockBar(l *cells, th *theme.Theme, k story.Clock, kind string, width int, left float64, w int) {
	put := func(st theme.Style, text string) { l.put(st, safe.Cut(text, max(0, w-l.w))) }
	switch k.State {
	case story.Running, story.RunOut:
		over := theme.Failed + " expired at " + clockTime(k.Ends, m.now)
		if k.State == story.RunOut {
			width = max(8, min(width, w-l.w-1-safe.Width(over)))
		}
		full, rest := theme.Bar(width, left)
		l.put(th.Value(kind), full)
		l.put(th.Faint, rest)
		l.space(1)
		if k.State == story.RunOut {
			put(th.Bad, over)
			return
		}
		st := th.Text
		if left < 0.1 {
			st = th.Warn
		}
		l.fit(st, clockText(k.Left(m.now)), 9)
		until := clockTime(k.Ends, m.now)
		if k.Left(m.now) >= 48*time.Hour { // as what is left is told in days
			until = k.Ends.In(m.now.Location()).Format(time.DateOnly)
		}
		put(th.Dim, "until "+until)
	case story.Stopped:
		if k.Token == nil {
			put(th.OK, theme.Passed+" "+safe.Line(k.Note))
			return
		}
		put(th.Bad, theme.Failed+" ended at "+clockTime(k.Token.DeadAt, m.now))
	case story.Unset:
		put(th.Warn, theme.Skipped+" "+k.Note)
	default:
		put(th.Dim, theme.Skipped+" not told by the server")
		if k.Note != "" {
			put(th.Text, "   "+safe.Line(k.Note))
		}
	}
}

// clockNote says below a clock where its end is known from.
func (m *Model) clockNote(s *sheet, k story.Clock) {
	var parts []string
	switch {
	case k.State == story.Running || k.State == story.RunOut:
		parts = append(parts, fmt.Sprintf("from %s: %s", k.Source, story.Lifetime(roundSecond(k.Life()))))
		if k.Source == "expires_in" && k.Token != nil {
			parts[0] += " from the answer at " + clockTime(k.Began, m.now)
		}
		parts = append(parts, k.Note)
	case k.State == story.Stopped && k.Token != nil:
		parts = append(parts, k.Note)
	case k.State == story.Untold:
		parts = append(parts, k.Maybe)
	}
	for _, p := range parts {
		if p == "" {
			continue
		}
		for _, line := range safe.Wrap(m.words(p), s.w-24) {
			var c cells
			c.to(24)
			c.put(m.th.Dim, line)
			s.itemLine(c.String())
		}
	}
}

// offer names what can be done now that something has ended.
func (m *Model) offer(s *sheet) {
	at := m.cur.story.Newest(story.AccessToken)
	if at == nil || m.opt.Opened != nil {
		return
	}
	life := at.Life(m.now)
	if life != story.Expired && life != story.Dead {
		return
	}
	var c cells
	c.fit(m.th.Do, "do", 14)
	if m.whyNotRefresh() == "" && !m.cur.story.Due().Never {
		c.put(m.th.Key, "r")
		c.put(m.th.Text, " refreshes: the person notices nothing")
	} else {
		c.put(m.th.Key, "n")
		c.put(m.th.Text, " signs in again: nothing else brings new tokens")
	}
	s.line(c.String())
}

// wallClocks says by whose clock all of that is counted, and what happened to it.
func (m *Model) wallClocks(s *sheet) {
	row := func(label string, st theme.Style, text string) {
		for i, line := range safe.Wrap(text, s.w-14) {
			var c cells
			if i == 0 {
				c.put(m.th.Dim, label)
			}
			c.to(14)
			c.put(st, line)
			s.line(c.String())
		}
	}
	s.title("By whose clock")
	if m.opt.Opened == nil {
		row("this machine", m.th.Text, clockTime(m.now, m.now))
	}
	k := m.cur.story.Skew()
	switch {
	case k.At.IsZero():
		row("the server", m.th.Dim, "not measured: no answer carried a Date that could be used")
	case !k.Seen():
		row("the server", m.th.OK, fmt.Sprintf("no difference seen: %s, give or take %s, by the Date of an answer at %s", signed(k.Offset), exact(k.Error), clockTime(k.At, m.now)))
	default:
		row("the server", m.th.Warn, fmt.Sprintf("%s %s this one, give or take %s, by the Date of an answer at %s", exact(k.Offset.Abs()), aheadOrBehind(k.Offset), exact(k.Error), clockTime(k.At, m.now)))
		row("", m.th.Dim, "expires_in is counted from the answer, and does not mind; exp is compared with this machine's clock, as a library does")
	}
	gaps := m.cur.story.Suspends()
	for _, g := range gaps[max(0, len(gaps)-3):] {
		if g.Gap > 0 {
			row("noticed", m.th.Warn, fmt.Sprintf("%s before %s: the clock on the wall went on by %s more than the time that passed: the machine slept, or its clock was set forward", theme.Finding, clockTime(g.At, m.now), story.Lifetime(g.Gap)))
		} else {
			row("noticed", m.th.Warn, fmt.Sprintf("%s before %s: the clock on the wall was set back by %s: lives that it counts seem longer than they are", theme.Finding, clockTime(g.At, m.now), story.Lifetime(-g.Gap)))
		}
		if !k.At.IsZero() && k.At.Before(g.At) {
			row("", m.th.Dim, "the server's clock was measured before that")
		}
	}
	if len(gaps) == 0 {
		row("noticed", m.th.Dim, "no sleep of the machine and no step of its clock")
	}
}

func aheadOrBehind(d time.Duration) string {
	if d < 0 {
		return "behind"
	}
	return "ahead of"
}

// exact writes a short length with a decimal.
func exact(d time.Duration) string {
	if d < 100*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return story.Lifetime(d)
}

func signed(d time.Duration) string {
	if d < 0 {
		return "−" + exact(-d)
	}
	return "+" + exact(d)
}
