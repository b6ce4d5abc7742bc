package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// callRows draws the explained rows of a call, section by section.
func (m *Model) callRows(s *sheet, c *story.Call) {
	name, value := m.columns(s.w, c.Sections)
	for _, sec := range c.Sections {
		s.gap()
		title := sec.Title
		if title == "sent" && c.State == story.Held {
			title = "will be sent"
		} else if title == "sent" && c.State == story.NotSent {
			title = "would have been sent"
		}
		s.line("  " + m.th.Dim.Render(title))
		for i := range sec.Rows {
			m.rowLine(s, c, &sec.Rows[i], name, value)
		}
	}
	s.gap()
}

// columns divides the width among name, value and note. A note is short and is to be read; a
// value is often random and is cut first.
func (m *Model) columns(w int, sections []story.Section) (name, value int) {
	var needed, notes int
	for _, sec := range sections {
		for i := range sec.Rows {
			r := &sec.Rows[i]
			if !strings.Contains(r.Name, "://") { // the end of a URL says enough
				name = max(name, safe.Width(r.Name))
			} else {
				name = max(name, 25)
			}
			v := safe.Width(m.visible(r))
			if r.Short != "" {
				v += safe.Width(r.Short) + 2
			}
			needed, notes = max(needed, v), max(notes, safe.Width(m.rowNote(r)))
		}
	}
	name = max(14, min(name+2, w*2/5))
	rest := w - 2 - name
	least := 31
	if rest < 52 {
		least = 26
	}
	return name, min(60, max(min(needed, least), min(needed, rest-notes-2))) + 2
}

// nameText is a name that fits; of a URL its end is kept.
func nameText(name string, width int) string {
	name = safe.Line(name)
	if over := safe.Width(name) - width + 1; over > 0 && strings.Contains(name, "://") && len(name) == safe.Width(name) {
		return theme.More + name[over:]
	}
	return name
}

// rowLine draws one parameter or member.
func (m *Model) rowLine(s *sheet, c *story.Call, r *story.Row, name, value int) {
	it := item{name: r.Name, value: r.Value, secret: r.Secret, kind: r.Kind, stage: c.Stage, n: c.N, call: c.ID}
	selected, th := s.add(it)
	l := begin(th, selected)
	if r.Edit != "" {
		l.put(th.Warn, theme.Edited)
	}
	l.to(2)
	l.fit(th.Dim, nameText(r.Name, name-1), name-1)
	l.to(name + 2)
	m.rowValue(&l, th, r, selected, value)
	l.to(name + 2 + value)
	if room := s.w - l.w; room > 6 {
		l.fit(th.Dim, m.rowNote(r), room)
	}
	l.to(s.w)
	s.itemLine(l.String())
	if m.expanded[it.id()] || r.Secret != "" && m.revealed[r.Value] {
		m.rowWhole(s, r, name)
	}
}

// rowValue draws the value, hidden if it is a secret, and what it is.
func (m *Model) rowValue(l *cells, th *theme.Theme, r *story.Row, selected bool, width int) {
	if r.Edit == trace.WasRemoved {
		l.put(th.Dim, theme.Skipped+" not sent")
		return
	}
	if r.Absent && r.Normal {
		l.put(th.Dim, theme.Skipped+" not in the response")
		return
	}
	if r.Absent {
		l.put(th.Warn, theme.Failed+" not in the response")
		return
	}
	st := th.Text
	if r.Kind != "" {
		st = th.Value(r.Kind)
		if !selected && m.marks(r) {
			st = m.th.Marked(r.Kind)
		}
	}
	if r.Bad {
		st = th.Bad
	}
	text := m.visible(r)
	short := r.Short
	if r.Secret != "" && short == "" && !m.shown(r.Value) {
		short = fmt.Sprintf("%d characters", m.lengthOf(r))
	}
	room := width - 1
	if short != "" && safe.Width(short) < room-4 {
		room -= safe.Width(short) + 2
		l.put(st, safe.Cut(text, room))
		l.put(th.Dim, "  "+safe.Line(short))
		return
	}
	if text == "" && short != "" {
		l.put(th.Dim, safe.Cut(safe.Line(short), width-1))
		return
	}
	l.put(st, safe.Cut(text, room))
}

// visible is a row's value as it may be seen, safe and in one line.
func (m *Model) visible(r *story.Row) string {
	if r.Secret != "" && !m.shown(r.Value) {
		return safe.Line(trace.Mask(r.Secret, r.Value))
	}
	value, more := r.Value, ""
	if len(value) > maxShown {
		value, more = strings.ToValidUTF8(value[:maxShown], ""), theme.More
	}
	if r.Secret == "" && !m.revealAll {
		value = m.cur.known.Hide(value + more)
		more = ""
	}
	return safe.Line(value) + more
}

// maxShown bounds what is drawn of one value, in bytes; y copies all of it.
const maxShown = 4096

// lengthOf is how many characters a secret has; of one that was redacted, had.
func (m *Model) lengthOf(r *story.Row) int {
	if n, ok := m.cur.story.AliasLength(r.Value); ok {
		return n
	}
	return utf8.RuneCountInString(r.Value)
}

// marks reports whether a row has the value that is selected elsewhere.
func (m *Model) marks(r *story.Row) bool {
	it := m.pane().at()
	return it != nil && !m.onMenu && it.kind != "" && it.value == r.Value
}

func (m *Model) rowNote(r *story.Row) string {
	note := r.Note
	if !r.Until.IsZero() {
		if note != "" {
			note += ", "
		}
		note += "until " + clockTime(r.Until, m.now)
	}
	return safe.Line(note)
}

// rowWhole writes a row out in full, below it.
func (m *Model) rowWhole(s *sheet, r *story.Row, name int) {
	indent := min(name+1, 20)
	write := func(st theme.Style, text string) {
		for _, line := range safe.Wrap(text, s.w-indent) {
			var c cells
			c.space(indent)
			c.put(st, line)
			s.itemLine(c.String())
		}
	}
	if r.List {
		for _, word := range strings.Fields(r.Value) {
			write(m.th.Text, safe.Line(word))
		}
	} else if v := m.visible(r); v != "" {
		write(m.th.Value(r.Kind), v)
	}
	if n := m.rowNote(r); n != "" {
		write(m.th.Dim, n)
	}
	if full := story.Meaning(r.Name); full != "" && full != r.Note {
		write(m.th.Dim, r.Name+": "+full)
	}
}

// checks draws the comparisons of a stage, a line each, with both values.
func (m *Model) checks(s *sheet, st *story.Stage) {
	cs := st.Checks()
	if h := m.cur.held(); len(cs) == 0 || h != nil && h.Stage == st.ID {
		return // what is still to be sent may change them
	}
	s.gap()
	m.checkLines(s, cs, st.ID, st.N)
	s.gap()
}

func (m *Model) checkLines(s *sheet, cs []jwtview.Check, id trace.StageID, n int) {
	name := 14
	for _, c := range cs {
		name = max(name, safe.Width(c.ID)+1)
	}
	col := (s.w - 4 - name) / 2
	var h cells
	h.put(m.th.Title, "checks")
	h.to(4 + name)
	h.fit(m.th.Dim, "expected", col)
	h.put(m.th.Dim, "seen")
	s.line(h.String())
	for _, c := range cs {
		it := item{name: c.ID, value: c.Got, stage: id, n: n}
		selected, th := s.add(it)
		l := begin(th, selected)
		l.space(2)
		mark, st := m.checkMark(th, c.Status)
		l.put(st, mark)
		l.space(1)
		l.fit(th.Text, safe.Line(c.ID), name)
		text := th.Text
		if c.Status == jwtview.NotApplicable {
			text = th.Dim
		}
		if c.Status == jwtview.NotApplicable { // why it does not apply says more than what it would be
			l.fit(text, safe.Line(c.Detail), 2*col)
		} else {
			l.fit(th.Dim, safe.Line(c.Want), col-1)
			l.space(1)
			l.fit(text, safe.Line(c.Got), col)
		}
		l.to(s.w)
		s.itemLine(l.String())
		if m.expanded[it.id()] || c.Status == jwtview.Failed {
			m.checkWhole(s, c, m.expanded[it.id()])
		}
	}
}

func (m *Model) checkMark(th *theme.Theme, st jwtview.Status) (string, theme.Style) {
	switch st {
	case jwtview.Passed:
		return theme.Passed, th.OK
	case jwtview.Failed:
		return theme.Failed, th.Bad
	}
	return theme.Skipped, th.Dim
}

// checkWhole says what a check means, and, unfolded, writes both values out.
func (m *Model) checkWhole(s *sheet, c jwtview.Check, all bool) {
	write := func(st theme.Style, text string) {
		for _, line := range safe.Wrap(safe.Line(text), s.w-6) {
			var l cells
			l.space(6)
			l.put(st, line)
			s.itemLine(l.String())
		}
	}
	if all {
		write(m.th.Dim, "expected  "+c.Want)
		write(m.th.Text, "seen      "+c.Got)
	}
	write(m.th.Text, c.Detail)
	if all {
		write(m.th.Dim, c.Spec)
	}
}

// whys draws the findings that belong to a stage: why, and what to do.
func (m *Model) whys(s *sheet, id trace.StageID, n int) {
	for _, f := range m.cur.findings {
		if f.Stage == id && (f.N == 0 || n == 0 || f.N == n) {
			s.gap()
			if s.why == 0 {
				s.why = len(s.rows) + 1
			}
			m.finding(s, f)
		}
	}
}

func (m *Model) finding(s *sheet, f diagnose.Finding) {
	m.findingTitle(s, f)
	m.findingText(s, f)
}

// findingTitle is the headline of a finding, with the symbol of its severity.
func (m *Model) findingTitle(s *sheet, f diagnose.Finding) {
	var c cells
	m.severityWord(&c, f.Severity)
	c.put(m.severity(f.Severity), ": ")
	c.put(m.th.Strong, safe.Cut(safe.Line(f.Title), s.w-c.w))
	s.line(c.String())
}
