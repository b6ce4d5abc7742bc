package ui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// The view Session: what becomes of a session after the sign-in. Its list names its parts.

// sessionPart is one part of the view.
type sessionPart int

const (
	lineagePart sessionPart = iota
	clocksPart
	linePart
	diagramPart
	experimentsPart
)

// parts are all of them, in the order of the list.
var parts = []struct {
	title string
	right func(*Model) string
	fill  func(*Model, *sheet)
}{
	lineagePart:     {"Lineage", (*Model).lineageRight, (*Model).fillLineage},
	clocksPart:      {"Clocks", (*Model).clocksRight, (*Model).fillClocks},
	linePart:        {"Time line", (*Model).lineRight, (*Model).fillLine},
	diagramPart:     {"Diagram", (*Model).diagramRight, (*Model).fillDiagram},
	experimentsPart: {"Experiments", (*Model).experimentsRight, (*Model).fillExperiments},
}

// sessionEntries lists the parts.
func (m *Model) sessionEntries() (out []entry) {
	for i, p := range parts {
		e := entry{mark: theme.Between, markSt: m.th.Dim, title: p.title, right: p.right(m), selected: sessionPart(i) == m.chapter}
		if e.selected {
			e.mark, e.markSt = theme.Current, m.th.Active
		}
		e.choose = func(m *Model) tea.Cmd { m.choosePart(sessionPart(i)); m.onMenu = true; return nil }
		out = append(out, e)
	}
	return out
}

func (m *Model) choosePart(p sessionPart) {
	if p = max(0, min(p, sessionPart(len(parts)-1))); p != m.chapter {
		m.chapter, m.panes[sessionView] = p, pane{}
	}
}

// fillSession draws the selected part.
func (m *Model) fillSession(s *sheet) { parts[m.chapter].fill(m, s) }

// noSession says what a part will show, where there are no tokens yet.
func (m *Model) noSession(s *sheet, title, what string) bool {
	if m.cur.story.Family() != nil {
		return false
	}
	s.title(title)
	s.gap()
	s.text(m.th.Text, 0, what)
	s.gap()
	if m.opt.Opened == nil {
		s.text(m.th.Dim, 0, "There are no tokens yet: f walks the login to its end.")
	}
	return true
}

// modeWords are the refresh modes, in the words of the screen.
var modeWords = map[trace.RefreshMode]string{trace.ByHand: "by hand", trace.IfNeeded: "if needed", trace.KeepAlive: "keep alive"}

var modeHelp = map[trace.RefreshMode]string{
	trace.ByHand:    "tokens are refreshed by hand: r",
	trace.IfNeeded:  "tokens are refreshed when something asks and 90 % of expires_in are over, as Authgear's SDK does it: u asks UserInfo",
	trace.KeepAlive: "tokens are refreshed by themselves as soon as 90 % of expires_in are over; K ends that",
}

// underSession stands below the parts: how tokens are refreshed, and what can be done.
func (m *Model) underSession(room int) (out []string) {
	if m.opt.Opened != nil {
		return nil
	}
	hint := func(st theme.Style, key, text string) {
		var c cells
		c.space(3)
		c.put(m.th.Key, key)
		c.put(st, " "+text)
		out = append(out, c.String())
	}
	out = append(out, "", "   "+m.th.Dim.Render("refresh"))
	hint(m.th.Text, "K", modeWords[m.cur.story.RefreshMode()])
	out = append(out, "", "   "+m.th.Dim.Render("then"))
	for _, key := range []string{"r", "u", "x", "n"} {
		if c := commandOf(key); c.disabled(m) == "" {
			hint(m.th.Dim, key, c.name)
		}
	}
	return out[:min(len(out), max(0, room))]
}

// dueLine says when the next refresh is due, and why.
func (m *Model) dueLine(s *sheet) {
	d := m.cur.story.Due()
	var c cells
	c.fit(m.th.Dim, "next refresh", 14)
	switch {
	case d.Never:
		m.neverLine(s, c, d.Why)
		return
	case m.opt.Opened != nil:
		c.put(m.th.Dim, "a saved session is not refreshed")
		s.line(c.String())
		return
	}
	left := d.At.Sub(m.now)
	when := "in " + clockText(left) + ", at " + clockTime(d.At, m.now)
	if left <= 0 {
		when = "due since " + clockTime(d.At, m.now)
	}
	switch d.Mode {
	case trace.ByHand:
		c.put(m.th.Text, "by hand: ")
		c.put(m.th.Key, "r")
		why, _, _ := strings.Cut(d.Why, ", ")
		c.put(m.th.Dim, safe.Cut("   the SDK at "+clockTime(d.At, m.now)+": "+why, s.w-c.w))
	case trace.IfNeeded:
		c.put(m.th.Text, "when something asks, ")
		c.put(m.th.Refresh, safe.Cut(when, s.w-c.w))
		c.put(m.th.Dim, safe.Cut(": "+d.Why, s.w-c.w))
	default:
		if m.cur.cancel != nil && left <= 0 {
			when = "now"
		}
		c.put(m.th.Text, "keep alive: ")
		c.put(m.th.Refresh, safe.Cut(theme.Repeat+" "+when, s.w-c.w))
		c.put(m.th.Dim, safe.Cut(": "+d.Why, s.w-c.w))
	}
	s.line(c.String())
}

// neverLine says why no refresh is possible.
func (m *Model) neverLine(s *sheet, c cells, why string) {
	c.put(m.th.Warn, theme.Failed+" none: ")
	for _, line := range safe.Wrap(m.words(why), s.w-22) {
		c.to(22)
		c.put(m.th.Text, line)
		s.line(c.String())
		c = cells{}
	}
}

// nextMode goes on to the next refresh mode.
func (m *Model) nextMode() tea.Cmd {
	at := 0
	for i, mode := range trace.RefreshModes {
		if mode == m.cur.story.RefreshMode() {
			at = i
		}
	}
	m.mode = trace.RefreshModes[(at+1)%len(trace.RefreshModes)]
	m.cur.session.SetRefreshMode(m.mode)
	m.cur.fold(m.now)
	m.toast = modeHelp[m.mode]
	return nil
}

func (m *Model) whyNotMode() string {
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if m.cur.session == nil {
		return "there is no run yet"
	}
	return ""
}

// keepAlive begins the refresh that is due, where the tokens are to be kept alive and nothing else runs.
func (m *Model) keepAlive() tea.Cmd {
	r := m.cur
	if r.session == nil || r.cancel != nil || r.story.RefreshMode() != trace.KeepAlive || !r.story.Due().By(m.now) {
		return nil
	}
	return m.walkBeside(r, flow.RefreshBy(m.cfg.RefreshParams))
}

// keptAlive reports whether a refresh will come by itself.
func (r *run) keptAlive() bool {
	if r.session == nil || r.story.RefreshMode() != trace.KeepAlive {
		return false
	}
	return !r.story.Due().Never
}

// walkBeside walks stages without holding a request and without moving the selection: the person looks at something else.
func (m *Model) walkBeside(r *run, stages []flow.Stage) tea.Cmd {
	g := newGate()
	g.open()
	cmd := m.walk(r, stages, g)
	r.beside = true
	return cmd
}

func (m *Model) whyNotAsk() string {
	if why := m.whyNotAfter(); why != "" {
		return why
	}
	if m.cur.story.Newest(story.AccessToken) == nil {
		return "there are no tokens yet"
	}
	return ""
}

// ask asks UserInfo with the access token, after a refresh if one is needed: what an application does, in one key.
func (m *Model) ask() tea.Cmd {
	m.toast = "asking UserInfo"
	if len(m.cur.session.Needed(m.now)) == 0 {
		return m.walkBeside(m.cur, flow.UserInfo)
	}
	m.toast = "the access token is old: refreshing first, then asking UserInfo"
	return m.walkBeside(m.cur, slices.Concat(flow.RefreshBy(m.cfg.RefreshParams), flow.UserInfo))
}

// noticeDrift records that the clock on the wall and the monotonic one went apart since the last message: the story says
// what that means. Both are read with every message, so a sleep in which nothing ticked is noticed too.
func (m *Model) noticeDrift() {
	if m.opt.Mono == nil && m.opt.Opened != nil {
		return
	}
	mono := m.mono()
	wall := m.now.Round(0)
	if !m.wall.IsZero() && story.Drifted(wall.Sub(m.wall), mono-m.since) && m.cur.session != nil {
		m.cur.log.Append(0, trace.ClockRead{})
		m.cur.fold(m.now)
	}
	m.wall, m.since = wall, mono
}

// mono is the time since the program began, by the clock that stands still while the machine sleeps.
func (m *Model) mono() time.Duration {
	if m.opt.Mono != nil {
		return m.opt.Mono()
	}
	return m.now.Sub(m.began)
}
