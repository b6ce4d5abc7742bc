package ui

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// laid is a comparison with what it was made from.
type laid struct {
	a, b   *run
	at, bt int // how much of their traces had been read
	c      story.Comparison
}

// compared is the comparison of two runs, made anew only when one of them has grown.
func (m *Model) compared(a, b *run) story.Comparison {
	if l := m.laid; l.a != a || l.b != b || l.at != a.folded || l.bt != b.folded {
		m.laid = laid{a: a, b: b, at: a.folded, bt: b.folded, c: story.Compare(&a.story, &b.story)}
	}
	return m.laid.c
}

// fillCompare lays two runs side by side: the differences first.
func (m *Model) fillCompare(s *sheet) {
	a, b := m.sides()
	p := pairs[m.pair]
	if a == nil || b == nil {
		m.compareMissing(s, a, b)
		return
	}
	c := m.compared(a, b)
	m.compareHead(s, a, b)
	for _, sec := range c.Sections {
		m.compareSection(s, sec)
	}
	m.compareTimeLine(s, a, b)
	s.gap()
	s.labelled("why", m.th.Why, m.th.Text, p.about)
	s.labelled("", m.th.Dim, m.th.Dim, "RFC 6749 §1.5, §6 · OpenID Connect Core §11")
}

func (m *Model) compareMissing(s *sheet, a, b *run) {
	s.title("two runs side by side: with offline_access, and " + pairs[m.pair].title)
	s.gap()
	line := func(have bool, text string) {
		mark, st := theme.Pending, m.th.Dim
		if have {
			mark, st = theme.Passed, m.th.OK
		}
		s.line("  " + st.Render(mark) + " " + m.th.Text.Render(text))
	}
	line(a != nil, "a run with openid and offline_access")
	line(b != nil, "a run "+pairs[m.pair].run)
	s.gap()
	switch {
	case m.opt.Opened != nil:
		s.text(m.th.Dim, 0, "A saved session holds one run. authscope run --compare-scope makes two.")
	case m.comparing():
		s.text(m.th.Active, 0, "running…")
	case m.target == nil:
		s.text(m.th.Dim, 0, "The tenant is still starting.")
	default:
		s.text(m.th.Text, 0, "Press enter to make the run that is missing.")
	}
}

// half is where the right side begins.
func half(w int) int { return 18 + (w-18)/2 }

func (m *Model) compareHead(s *sheet, a, b *run) {
	var c cells
	c.to(18)
	c.fit(m.th.Strong, fmt.Sprintf("#%d with offline_access", a.n), half(s.w)-20)
	c.to(half(s.w))
	c.put(m.th.Strong, safe.Cut(fmt.Sprintf("#%d %s", b.n, pairs[m.pair].title), s.w-c.w))
	s.line(c.String())
	s.gap()
}

// compareSection draws the rows that differ, and counts the others.
func (m *Model) compareSection(s *sheet, sec story.DiffSection) {
	if left, right := sec.OneSided(); left || right {
		m.oneSided(s, sec, left)
		return
	}
	var differ, fresh, same int
	for _, r := range sec.Rows {
		switch {
		case r.Fresh:
			fresh++
		case r.Same:
			same++
		default:
			differ++
		}
	}
	var c cells
	c.put(m.th.Title, sec.Title)
	if differ == 0 {
		c.put(m.th.Dim, "  no difference")
	} else if differ == 1 {
		c.put(m.th.Warn, "  one difference")
	} else {
		c.put(m.th.Warn, fmt.Sprintf("  %d differences", differ))
	}
	s.line(c.String())
	all := m.expanded["fresh"] || sec.Title == "token response"
	for _, r := range sec.Rows {
		if !r.Same && !r.Fresh || all {
			m.diffLine(s, r)
		}
	}
	if !all && fresh+same > 0 {
		text := fmt.Sprintf("%d equal", same)
		if fresh > 0 {
			text += fmt.Sprintf(", %d fresh by design: %s", fresh, freshNames(sec))
		}
		s.line("  " + m.th.Dim.Render(safe.Cut(text+" (space shows them)", s.w-2)))
	}
	s.gap()
}

// oneSided says in a line that only one of the runs came so far.
func (m *Model) oneSided(s *sheet, sec story.DiffSection, left bool) {
	var c cells
	c.put(m.th.Title, sec.Title)
	c.to(18)
	there, missing := fmt.Sprintf("%d members", len(sec.Rows)), theme.Failed+" none: the run did not come so far"
	if left {
		c.put(m.th.Text, there)
		c.to(half(s.w))
		c.put(m.th.Warn, safe.Cut(missing, s.w-c.w))
	} else {
		c.put(m.th.Warn, safe.Cut(missing, half(s.w)-20))
		c.to(half(s.w))
		c.put(m.th.Text, there)
	}
	s.line(c.String())
	s.gap()
}

func freshNames(sec story.DiffSection) string {
	var names []string
	for _, r := range sec.Rows {
		if r.Fresh {
			names = append(names, r.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (m *Model) diffLine(s *sheet, r story.DiffRow) {
	differs := !r.Same && !r.Fresh
	var c cells
	c.space(1)
	mark := " "
	if differs {
		mark = theme.Differs
	}
	c.put(m.th.Warn, mark)
	c.space(1)
	c.fit(m.th.Dim, safe.Line(r.Name), 14)
	c.to(18)
	m.diffSide(&c, r.A, r.B, half(s.w)-20, differs)
	c.to(half(s.w) - 2)
	c.put(m.th.Faint, theme.Vertical)
	c.space(1)
	m.diffSide(&c, r.B, r.A, s.w-half(s.w), differs)
	s.line(c.String())
}

// diffSide draws one side; of a list it lifts out what the other side lacks.
func (m *Model) diffSide(c *cells, r, other *story.Row, width int, differs bool) {
	switch {
	case r == nil, r.Absent:
		if other != nil && !other.Absent {
			c.put(m.th.Warn, theme.Failed+" not there")
			return
		}
		c.put(m.th.Dim, "not there")
		return
	}
	if r.List && other != nil && differs {
		for i, word := range strings.Fields(r.Value) {
			st := m.th.Text
			if !slices.Contains(strings.Fields(other.Value), word) {
				st = m.th.Refresh
			}
			if i > 0 {
				c.space(1)
			}
			c.put(st, safe.Cut(safe.Line(word), width))
		}
		return
	}
	st := m.th.Text
	if r.Kind != "" {
		st = m.th.Value(r.Kind)
	} else if differs {
		st = m.th.Strong
	}
	text := safe.Cut(m.visible(r), width)
	c.put(st, text)
	short := r.Short
	if short == "" && r.Note != "" && differs {
		short = r.Note
	}
	if room := width - safe.Width(text) - 2; short != "" && room > 8 {
		c.put(m.th.Dim, "  "+safe.Cut(safe.Line(short), room))
	}
}
