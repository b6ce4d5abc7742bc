package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// laid is a comparison with what it was made from, and its list.
type laid struct {
	a, b   *run
	at, bt int // how much of their traces had been read
	fa, fb int // and how much had been found
	c      story.Comparison

	list         diffList
	width, folds int  // with which the list was made
	inList       bool // the time line stands in it
}

// compared is the comparison of two runs, made anew only when one of them has grown.
func (m *Model) compared(a, b *run) *laid {
	if l := &m.laid; l.a != a || l.b != b || l.at != a.folded || l.bt != b.folded || l.fa != len(a.findings) || l.fb != len(b.findings) {
		m.laid = laid{a: a, b: b, at: a.folded, bt: b.folded, fa: len(a.findings), fb: len(b.findings),
			c: diagnose.Compare(&a.story, &b.story, a.findings, b.findings), folds: -1}
	}
	return &m.laid
}

// tallFrom is how high the screen's body must be for the time line to stand below all, whatever is scrolled to.
const tallFrom = 30

// fillCompare lays two runs side by side: the differences first.
func (m *Model) fillCompare(s *sheet) {
	a, b := m.sides()
	if a == nil || b == nil {
		m.compareMissing(s, a)
		return
	}
	l := m.compared(a, b)
	m.compareHead(s, l)
	line := &sheet{th: m.th, w: s.w, m: m}
	m.compareTimeLine(line, a, b)
	inList := m.bodyHeight() < tallFrom
	if l.folds != m.folds || l.width != s.w || l.inList != inList || inList && len(l.list.lanes) != len(line.rows) {
		l.folds, l.width, l.inList = m.folds, s.w, inList
		lanes := 0
		if inList {
			lanes = len(line.rows)
		}
		l.list = m.layDiffs(l, s.w, lanes)
	}
	l.list.lanes = line.rows
	if !inList && len(line.rows) > 0 {
		s.foot = append(s.foot, m.th.Faint.Render(theme.Rule(s.w)))
		for _, r := range line.rows {
			s.foot = append(s.foot, r.text)
		}
	}
	s.list = &l.list
}

// compareMissing says which run is still to be made.
func (m *Model) compareMissing(s *sheet, a *run) {
	s.title("Compare two runs, side by side")
	s.text(m.th.Dim, 0, "Requests, responses, claims, checks and time lines of both: the differences first, what is equal or new in every run folded.")
	s.gap()
	line := func(have bool, text string) {
		mark, st := theme.Pending, m.th.Dim
		if have {
			mark, st = theme.Passed, m.th.OK
		}
		s.line("  " + st.Render(mark) + " " + m.th.Text.Render(safe.Cut(text, s.w-4)))
	}
	first, second := "a run", "another run, such as the same with offline_access"
	if a != nil {
		first = "run " + a.title() + ", " + story.GrantTitle(a.settings())
		if a.settings().HasScope("offline_access") {
			second = "another run, such as the same without offline_access"
		}
	}
	line(a != nil, first)
	line(false, second)
	s.gap()
	switch {
	case m.opt.Opened != nil:
		s.text(m.th.Dim, 0, "One session is open. authscope open A --compare B lays two beside each other.")
	case m.comparing():
		s.text(m.th.Active, 0, "running…")
	case m.target == nil:
		s.text(m.th.Dim, 0, "The tenant is still starting.")
	default:
		s.text(m.th.Text, 0, "Press enter to make the run that is missing.")
		s.text(m.th.Dim, 0, "Or N: change one thing of your choice, and run again.")
	}
}

// diffColumns are where the names end and where the right side begins.
func diffColumns(w int) (left, right int) {
	left = max(18, min(34, w/4))
	return left, left + (w-left)/2
}

// compareHead says which runs are compared, what was changed between them and how much differs.
func (m *Model) compareHead(s *sheet, l *laid) {
	left, right := diffColumns(s.w)
	name := func(c *cells, letter string, r *run, on bool, width int) {
		mark, st := " ", m.th.Strong
		if on {
			mark, st = theme.Current, m.th.Active
		}
		c.put(st, mark+letter+" ")
		text := r.title() + "  " + story.GrantTitle(r.settings())
		if r.name == "" && r == m.cur && m.wide() {
			text += ", the present run"
		}
		c.put(m.th.Strong, safe.Cut(text, width-3))
	}
	var c cells
	c.put(m.th.Title, "Compare")
	c.to(left - 1)
	name(&c, "A", l.a, !m.pair.onB, right-left-1)
	c.to(right - 1)
	name(&c, "B", l.b, m.pair.onB, s.w-right)
	s.line(c.String())
	m.outcomes(s, l, left, right)
	m.changedLines(s, l, left, right)
	m.counts(s, l)
	s.gap()
}

func (m *Model) outcomes(s *sheet, l *laid, left, right int) {
	var c cells
	for i, r := range []*run{l.a, l.b} {
		c.to([]int{left, right}[i] + 2)
		text := r.outcome()
		mark, st := theme.Failed, m.th.Bad
		if text == "tokens" {
			mark, st = theme.Passed, m.th.OK
		}
		c.put(st, mark+" ")
		c.put(m.th.Dim, safe.Cut(safe.Line(text), right-left-6))
	}
	s.line(c.String())
}

// changedLines says what was changed: the rest follows from it.
func (m *Model) changedLines(s *sheet, l *laid, left, right int) {
	if len(l.c.Changed) == 0 {
		s.line(m.th.Dim.Render("the settings of both are the same"))
		return
	}
	const most = 4
	for i, d := range l.c.Changed {
		if i == most {
			s.line(m.th.Dim.Render(safe.Cut(fmt.Sprintf("  and %d more settings", len(l.c.Changed)-most), s.w)))
			return
		}
		var c cells
		c.put(m.th.Key, theme.Edited+" ")
		c.fit(m.th.Text, safe.Line(d.Name), left-3)
		c.to(left)
		c.space(2)
		m.diffSide(&c, l.a, d.A, d.B, right-left-5, true, "none")
		c.to(right - 2)
		c.put(m.th.Faint, theme.Vertical)
		c.space(3)
		m.diffSide(&c, l.b, d.B, d.A, s.w-right-2, true, "none")
		s.line(c.String())
	}
}

// counts sums the comparison up.
func (m *Model) counts(s *sheet, l *laid) {
	var c cells
	switch n := l.c.Differing(); n {
	case 0:
		c.put(m.th.OK, "no difference")
	default:
		c.put(m.th.Warn, count(n, "difference", "differences"))
	}
	for _, k := range []struct {
		class story.DiffClass
		text  string
	}{{story.Same, "equal"}, {story.FreshByDesign, "new in every run"}, {story.NotKnown, "not known"}} {
		if n := l.c.Count(k.class); n > 0 {
			c.put(m.th.Dim, safe.Cut(fmt.Sprintf(" %s %d %s", theme.Between, n, k.text), s.w-c.w))
		}
	}
	if m.comparing() {
		c.put(m.th.Active, safe.Cut("   running…", s.w-c.w))
	}
	s.line(c.String())
}

// seen is a row's value as it may be seen, with the secrets of its own run hidden.
func (m *Model) seen(r *run, row *story.Row) string {
	cur := m.cur
	m.cur = r
	defer func() { m.cur = cur }()
	if row.Secret == "" && !m.revealAll {
		if spans := trace.Secrets(clip(row.Value, maxShown)); len(spans) > 0 {
			return safe.Line(trace.Hide(clip(row.Value, maxShown), spans))
		}
	}
	return m.visible(row)
}

// openEvidence goes to where the selected row comes from, in the run on the side of the cursor.
func (m *Model) openEvidence() tea.Cmd {
	a, b := m.sides()
	if a == nil || b == nil {
		return m.comparePair()
	}
	d := m.laid.list.diffAt(m.pane().sel)
	if d == nil {
		return m.unfold()
	}
	onB := m.pair.onB
	if d.A == nil || d.B == nil { // there is one place to go to
		onB = d.A == nil
	}
	r, at, row := a, d.AtA, d.A
	if onB {
		r, at, row = b, d.AtB, d.B
	}
	if r != m.cur && m.cur.cancel != nil && !m.cur.silent {
		m.toast = "first finish what runs (f), or cancel it (esc); then run " + r.title() + " can be looked at"
		return nil
	}
	m.present(r)
	if i := slices.IndexFunc(r.findings, func(f diagnose.Finding) bool { return d.Part == "finding" && f.ID == d.Name }); i >= 0 {
		m.goToFinding(&r.findings[i])
	} else {
		m.goTo(at, row, d.Part)
	}
	if m.toast == "" {
		m.toast = "this is run " + r.title() + "; 4 goes back to the comparison"
	}
	return nil
}

// present makes r the run that the other views show.
func (m *Model) present(r *run) {
	if m.cur == r {
		return
	}
	cmp := m.panes[compareView]
	m.panes = [7]pane{}
	m.panes[compareView] = cmp
	m.cur, m.token, m.call = r, 0, 0
	if m.asOf = r.asOf; !m.asOf.IsZero() {
		m.now = m.asOf
	}
	m.stage = m.lastStage()
}

// goTo shows a place of the present run.
func (m *Model) goTo(at story.Evidence, row *story.Row, part string) {
	st := m.cur.story.StageRun(at.Stage, 0)
	switch {
	case at.Token != nil:
		for i, t := range m.cur.story.Tokens() {
			if t == at.Token {
				m.token, m.panes[tokensView] = i, pane{}
			}
		}
		m.view, m.onMenu = tokensView, false
	case at.Call != 0 && (part == "header" || part == "status" || st == nil || st.N != at.N):
		m.wireToCall(at.Call)
		m.view, m.onMenu = wireView, false
		return
	case at.Stage != "":
		m.view, m.onMenu = flowView, false
		m.selectStage(at.Stage)
	default:
		m.toast = "there is no place that shows this"
		return
	}
	m.fill()
	if p := m.pane(); row != nil && part != "finding" {
		name := row.Name
		if part == "check" {
			name = checkName(name)
		}
		for i := range p.count() {
			if it := p.itemAt(i); it.name == name && (part == "check" || row.Value == it.value || it.json != nil) {
				p.sel = i
				break
			}
		}
		p.show(m.paneHeight())
	}
}
