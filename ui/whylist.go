package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/diagnose"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// whyID names a finding across readings: the same thing said of the same place.
type whyID struct {
	id    string
	stage trace.StageID
	n     int
	call  trace.CallID
	of    diagnose.Subject
}

func idOf(f *diagnose.Finding) whyID { return whyID{f.ID, f.Stage, f.N, f.Call, f.Of} }

// whyList is the modal that lists all findings. It keeps its place when others come: what is selected has a name.
type whyList struct {
	p     pane
	at    whyID // selected
	drawn int   // where that stood when it was drawn; a click moves the pane's selection away from it
	open  map[whyID]bool
	find  string

	where map[whyID]string // each shows, as of so much of the trace
	asOf  int
}

// listedWhy is a finding of the list, with the run that it is of.
type listedWhy struct {
	*diagnose.Finding
	of *run
}

// entries are the findings of the run; in Tenant also the remarks on what it publishes, in Compare also those of the other run
// that this one has not.
func (l *whyList) entries(m *Model) (out []listedWhy) {
	for i := range m.cur.findings {
		out = append(out, listedWhy{&m.cur.findings[i], m.cur})
	}
	switch m.view {
	case tenantView:
		told := len(out)
		for i := range m.readTenant().findings {
			f := &m.tenant.findings[i]
			if !slices.ContainsFunc(out[:told], func(o listedWhy) bool { return o.ID == f.ID }) {
				out = append(out, listedWhy{f, m.cur})
			}
		}
	case compareView:
		m.compareWhys()
		for i, r := range m.apart.sides {
			if r != m.cur {
				out = append(out, listedWhy{&m.apart.here.all[i], r})
			}
		}
	}
	return out
}

// askFindings lists all findings, with the one that belongs to what is selected unfolded.
func (m *Model) askFindings() tea.Cmd {
	l := &whyList{open: map[whyID]bool{}}
	fs := l.entries(m)
	h := m.whyHere(m.pane().at())
	at := 0
	if f := h.first(); f != nil {
		at = max(0, slices.IndexFunc(fs, func(o listedWhy) bool { return o.ID == f.ID && o.Of == f.Of }))
	}
	if at < len(fs) {
		l.choose(fs[at].Finding)
	}
	m.modal = l
	return nil
}

func (l *whyList) choose(f *diagnose.Finding) {
	l.at = idOf(f)
	l.open[l.at] = true
}

// index finds the selected finding again. What is gone leaves its place to what stands there now.
func (l *whyList) index(fs []listedWhy) int {
	if l.p.sel != l.drawn && l.p.sel < len(fs) { // a click
		l.at = idOf(fs[l.p.sel].Finding)
	}
	if i := slices.IndexFunc(fs, func(f listedWhy) bool { return idOf(f.Finding) == l.at }); i >= 0 {
		return i
	}
	i := max(0, min(l.drawn, len(fs)-1))
	if i < len(fs) {
		l.at = idOf(fs[i].Finding)
	}
	return i
}

// selected returns the selected finding, or none.
func (l *whyList) selected(m *Model) (f listedWhy, ok bool) {
	fs := l.entries(m)
	if i := l.index(fs); i < len(fs) {
		return fs[i], true
	}
	return f, false
}

func (l *whyList) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	h := m.bodyHeight()
	switch k := msg.String(); k {
	case "esc", "q", "!":
		m.modal = nil
	case "up", "k":
		l.step(m, -1)
	case "down", "j":
		l.step(m, 1)
	case "home", "g":
		l.step(m, -1<<20)
	case "end", "G":
		l.step(m, 1<<20)
	case "pgup", "ctrl+u":
		l.p.scroll(2-h, h)
	case "pgdown", "ctrl+d":
		l.p.scroll(h-2, h)
	case "/":
		l.search(m)
	case "space", "enter", "y", "Y":
		if f, ok := l.selected(m); ok {
			return l.act(m, k, f)
		}
	}
	return nil
}

// act does with a finding what a key stands for.
func (l *whyList) act(m *Model, key string, f listedWhy) tea.Cmd {
	switch key {
	case "space":
		l.open[l.at] = !l.open[l.at]
		l.pane(m).show(m.bodyHeight())
	case "enter":
		m.modal = nil
		if f.of != m.cur {
			m.present(f.of)
			m.toast = "this is run " + f.of.title() + "; 4 goes back to the comparison"
		}
		m.goToFinding(f.Finding)
	case "y":
		return m.copy(m.findingAsText(f.Finding), "the finding "+f.ID+", without secrets")
	case "Y":
		c := f.of.story.Call(f.Call)
		if c == nil || c.Inbound {
			m.toast = "this finding speaks of no request that authscope sent"
			return nil
		}
		return m.copyCurlOf(c)
	}
	return nil
}

// step moves the selection. What is longer than the screen is read to its end first.
func (l *whyList) step(m *Model, n int) {
	h := m.bodyHeight()
	p := l.pane(m)
	first, last := p.span()
	if n == 1 && last >= p.off+h || n == -1 && first >= 0 && first < p.off {
		p.scroll(n, h)
		return
	}
	p.move(n)
	if fs := l.entries(m); p.sel < len(fs) {
		l.at, l.drawn = idOf(fs[p.sel].Finding), p.sel
	}
	p.show(h)
}

func (l *whyList) other(*Model, tea.Msg) tea.Cmd { return nil }
func (l *whyList) cursor(*Model) *tea.Cursor     { return nil }

func (l *whyList) hints(m *Model) [][2]string {
	f, ok := l.selected(m)
	if !ok {
		return [][2]string{{"esc", "close"}}
	}
	fold := "unfold"
	if l.open[l.at] {
		fold = "fold"
	}
	out := [][2]string{{"enter", "show where"}, {"space", fold}, {"↑ ↓", "choose"}, {"y", "copy"}}
	if c := f.of.story.Call(f.Call); c != nil && !c.Inbound {
		out = append(out, [2]string{"Y", "copy as curl"})
	}
	return append(out, [2]string{"/", "search"}, [2]string{"esc", "close"})
}

// pane lists the findings, the root cause first: a line each, and of what is unfolded all there is to say.
func (l *whyList) pane(m *Model) *pane {
	fs := l.entries(m)
	l.drawn = l.index(fs)
	s := &sheet{th: m.th, w: m.paneWidth(), sel: l.drawn, focused: true, m: m}
	l.p.sel = l.drawn
	m.listHead(s, len(fs))
	for i, f := range fs {
		if i > 0 && (l.open[idOf(f.Finding)] || l.open[idOf(fs[i-1].Finding)]) {
			s.gap()
		}
		l.line(m, s, f)
		if l.open[idOf(f.Finding)] {
			text := &sheet{th: m.th, w: s.w - 4, m: m}
			m.findingText(text, *f.Finding)
			for _, r := range text.rows {
				s.itemLine("    " + r.text)
			}
		}
	}
	s.into(&l.p, m.bodyHeight())
	return &l.p
}

// listHead sums up; where nothing is wrong, it says that.
func (m *Model) listHead(s *sheet, n int) {
	var c cells
	c.put(m.th.Title, "findings")
	if n := m.counted(true); n.w > 0 {
		c.space(3)
		c.b, c.w = append(c.b, n.b...), c.w+n.w
	}
	s.line(c.String())
	s.gap()
	bad := m.cur.why.severity[jwtview.Error] + m.cur.why.severity[jwtview.Warning]
	switch {
	case bad > 0:
		return
	case !m.cur.touched():
		s.text(m.th.Text, 0, theme.Pending+" Nothing was sent yet, so there is nothing to find.")
	case n > 0:
		s.text(m.th.Text, 0, theme.Passed+" Nothing is wrong. What follows is only good to know.")
		s.gap()
	default:
		s.text(m.th.Text, 0, theme.Passed+" Nothing is wrong with what was seen so far, and nothing is odd.")
		s.gap()
		s.text(m.th.Dim, 0, "A finding says why something is missing, odd or wrong, and what to do about it.")
		if m.whyNotFaults() == "" {
			s.text(m.th.Dim, 0, "F lets something go wrong on purpose, to see one.")
		}
	}
}

// line is one finding in a line: how bad it is, what it is, and where it shows.
func (l *whyList) line(m *Model, s *sheet, f listedWhy) {
	selected, th := s.add(item{name: f.ID})
	c := begin(th, selected)
	mark, word := theme.Current, ""
	if l.open[idOf(f.Finding)] {
		mark = theme.Unfolded
	}
	c.put(th.Dim, mark+" ")
	for _, sev := range severityWords {
		if sev.severity == f.Severity {
			word = fmt.Sprintf("%s %-8s", sev.mark, sev.word)
		}
	}
	st := m.severity(f.Severity)
	if selected {
		st = th.Text
	}
	c.put(st, word)
	where := l.place(m, f)
	c.fit(th.Strong, safe.Line(f.Title), max(10, s.w-c.w-min(safe.Width(where), s.w/3)-2))
	c.space(2)
	c.put(th.Dim, safe.Cut(where, s.w-c.w))
	c.to(s.w)
	s.itemLine(c.String())
}

// place says where a finding shows. That is looked up once for so much of the trace: a session may be long.
func (l *whyList) place(m *Model, f listedWhy) string {
	if f.of != m.cur {
		return "run " + f.of.title()
	}
	if l.where == nil || l.asOf != m.cur.folded {
		l.where, l.asOf = map[whyID]string{}, m.cur.folded
	}
	id := idOf(f.Finding)
	if l.where[id] == "" {
		l.where[id] = m.evidence(f.Finding).label
	}
	return l.where[id]
}
