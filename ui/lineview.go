package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// window is the part of the time that the time line shows: from the sign-in past what comes next, or, zoomed in, a part of
// that around now.
func (m *Model) window() (from, until time.Time) {
	f := m.cur.story.Family()
	from = f.Began()
	now := m.now
	if m.opt.Opened != nil {
		now = m.cur.story.End()
	}
	until = now
	at := f.Newest(story.AccessToken)
	if at != nil && at.Lifetime() > 0 {
		until = maxOf(until, at.ExpiresAt).Add(max(at.Lifetime(), until.Sub(from)/6))
	}
	if until.Sub(from) < 10*time.Second {
		until = from.Add(10 * time.Second)
	}
	if m.zoom == 0 && m.pan == 0 {
		return from, until
	}
	whole := until.Sub(from)
	part := whole
	for range m.zoom {
		part = max(part/2, 5*time.Second)
	}
	begin := now.Add(-part * 2 / 3).Add(part / 4 * time.Duration(m.pan))
	if latest := until.Add(-part); begin.After(latest) {
		begin = latest
	}
	if begin.Before(from) {
		begin = from
	}
	return begin, begin.Add(part)
}

func (m *Model) lineRight() string {
	f := m.cur.story.Family()
	if f == nil {
		return ""
	}
	from, until := m.window()
	return spanText(until.Sub(from).Round(time.Second))
}

// fillLine draws the session on a time line: above with its refresh token, below as it is without one.
func (m *Model) fillLine(s *sheet) {
	if m.noSession(s, "Time line", "The lives of the tokens stand here as bars, with each refresh, and the point from which on the person must sign in again: with offline_access and without.") {
		return
	}
	from, until := m.window()
	a := newAxis(from, until, s.w)
	var c cells
	c.put(m.th.Title, "Time line")
	c.put(m.th.Dim, safe.Cut(fmt.Sprintf("   with and without offline_access, %s; + - 0 zoom, < > move", spanText(until.Sub(from).Round(time.Second))), s.w-c.w))
	s.line(c.String())
	m.dueLine(s)
	s.gap()
	m.scale(s, a, "")
	m.withAndWithout(s, a)
	m.nowMark(s, a)
	s.gap()
	m.laneKey(s)
	s.gap()
	m.lineWords(s)
}

// withAndWithout draws this session, and beside it one of the other kind: a run that was made, or else what follows from the
// access token of this one.
func (m *Model) withAndWithout(s *sheet, a axis) {
	f := m.cur.story.Family()
	names := map[bool]string{true: "with", false: "without"}
	has := f.Newest(story.RefreshToken) != nil
	mine := func() {
		m.lanesOf(s, a, names[has], m.cur)
		s.line("")
	}
	if has {
		mine()
	}
	if other := m.otherRun(has); other != nil {
		m.shifted(s, a, names[!has], other)
	} else if has {
		m.supposed(s, a)
	} else {
		m.supposedWith(s, a)
	}
	if !has {
		s.line("")
		mine()
	}
}

// otherRun is the newest run whose session has no refresh token where this one has, or has where this one has not.
func (m *Model) otherRun(has bool) *run {
	for i := len(m.runs) - 1; i >= 0; i-- {
		f := m.runs[i].story.Family()
		if r := m.runs[i]; r != m.cur && f != nil && f.Login != nil && f.Newest(story.AccessToken) != nil && (f.Newest(story.RefreshToken) != nil) != has {
			return r
		}
	}
	return nil
}

// shifted draws another run's session as if both had begun at the same time, so that they can be compared.
func (m *Model) shifted(s *sheet, a axis, label string, r *run) {
	f := r.story.Family()
	by := m.cur.story.Family().Began().Sub(f.Began())
	fr := story.Frame{From: a.From.Add(-by), Until: a.Until.Add(-by), Cells: a.Cells}
	m.lanes(s, a, label+", "+r.title(), f.TimeLine(fr, m.now.Add(-by), r.story.Due()))
}

// supposed draws the session as it would be without a refresh token: it ends with the first access token.
func (m *Model) supposed(s *sheet, a axis) {
	f := m.cur.story.Family()
	first := f.First(story.AccessToken)
	if first == nil || first.ExpiresAt.IsZero() {
		return
	}
	m.would(s, a, "without", f.Began(), first.Lifetime(), false)
}

// supposedWith draws the session as it would be with a refresh token: refreshes go on.
func (m *Model) supposedWith(s *sheet, a axis) {
	at := m.cur.story.Family().Newest(story.AccessToken)
	if at == nil || at.Lifetime() <= 0 {
		return
	}
	m.would(s, a, "with", m.cur.story.Family().Began(), at.Lifetime(), true)
}

// would draws a session that was not made, dashed.
func (m *Model) would(s *sheet, a axis, label string, from time.Time, life time.Duration, refreshed bool) {
	access := story.Lane{Kind: story.AccessToken, Cells: make([]story.Cell, a.Cells)}
	marks := story.Lane{Cells: make([]story.Cell, a.Cells)}
	end := from.Add(life)
	step := max(time.Duration(float64(life)*story.NeededAfter), time.Second)
	for i := range access.Cells {
		t := a.At(i)
		if refreshed || t.Before(end) {
			access.Cells[i] = story.CellForeseen
		}
		if since := t.Sub(from); refreshed && since > 0 && since%step+a.At(i+1).Sub(t) > step {
			marks.Cells[i] = story.CellForeseen
		}
	}
	if i, ok := a.Cell(end); ok && !refreshed {
		marks.Cells[i] = story.CellSignIn
	}
	m.lanes(s, a, label, []story.Lane{access, marks})
}

// lineWords says what the drawing means for the person who signed in.
func (m *Model) lineWords(s *sheet) {
	f := m.cur.story.Family()
	until := f.SignInAt(m.now)
	switch {
	case until.IsZero() && f.Newest(story.RefreshToken) != nil:
		s.text(m.th.Text, 0, "With a refresh token the session goes on, and the person notices nothing. Without one it ends with the first access token: then only a new sign-in helps.")
	case !until.IsZero() && until.After(m.now):
		s.text(m.th.Text, 0, fmt.Sprintf("%s The person must sign in again at %s: no refresh token brings another access token.", theme.Finding, clockTime(until, m.now)))
	case !until.IsZero():
		s.text(m.th.Bad, 0, fmt.Sprintf("%s The session is over since %s: the person must sign in again.", theme.Failed, clockTime(until, m.now)))
	}
	if m.otherRun(f.Newest(story.RefreshToken) != nil) == nil && m.whyNotCompare() == "" {
		s.labelled("c", m.th.Key, m.th.Dim, "makes the dashed session, which only follows from expires_in so far")
	}
}

// zoomed is the window of the time line: 0 shows all of the session, each step more half as much.
func (m *Model) zoomIn(n int) tea.Cmd {
	m.zoom = max(0, min(m.zoom+n, 24))
	if m.zoom == 0 {
		m.pan = 0
	}
	return nil
}

func (m *Model) panBy(n int) tea.Cmd { m.pan += n; return nil }

func (m *Model) whyNotZoom() string {
	if !m.onTimeLine() {
		return "the time line is in Session (3)"
	}
	return ""
}

func (m *Model) onTimeLine() bool { return m.view == sessionView && m.chapter == linePart }

// plus zooms in on the time line; elsewhere it asks for parameters.
func (m *Model) plus() tea.Cmd {
	if m.onTimeLine() {
		return m.zoomIn(1)
	}
	return m.askParams()
}

func (m *Model) whyNotPlus() string {
	if m.onTimeLine() {
		return ""
	}
	return m.whyNotRun()
}
