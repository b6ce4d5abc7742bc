package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// The why pane stands at the foot of every view: a rule with the worst that belongs to what is selected, and below it, where
// there is room, why it is so and what to do.

// Sizes of the why pane.
const (
	openFrom  = 24 // rows of a body that has room for the text
	leastOpen = 6  // rows that the text has at least
	mostOpen  = 14 // and at most
)

// whyOpen reports whether the text is shown, and not its headline alone: by itself where there is room, and not for a remark
// that does not speak of the selected row. Compare has it for a row of its own.
func (m *Model) whyOpen(h *whyHere) bool {
	room := m.bodyHeight() >= openFrom && (h.row > 0 || h.first().Severity != jwtview.Info)
	if m.view == compareView {
		room = room && h.row > 0
	}
	return room != m.whyOther
}

// whyFoot adds the pane to the foot of what was made. In Flow the text stands among the rows: there the pane is its headline, where
// that is out of sight.
func (m *Model) whyFoot(s *sheet) {
	h := m.whyHere(s.selected(m.view == sessionView))
	f := h.first()
	room := m.bodyHeight() - len(s.foot)
	if !m.wide() && m.view != compareView {
		room -= 2
	}
	if f == nil || room < leastOpen || m.view == flowView && s.why > 0 && m.inSight(s.why-1, room) ||
		m.view == compareView && h.row == 0 && f.Severity == jwtview.Info { // the comparison lists it, too

		return
	}
	open := m.view != flowView && m.whyOpen(&h)
	s.foot = append(s.foot, m.whyRule(s.w, h, open))
	if !open {
		return
	}
	s.foot = append(s.foot, m.whyText(s.w, h, max(leastOpen, min(mostOpen, room*2/5)))...)
}

// inSight reports whether a headline at a row is to be seen, with what stands right below it.
func (m *Model) inSight(row, room int) bool {
	off := m.pane().off
	return row >= off && row+2 < off+room
}

// selected is the item that is drawn as selected, or nil; with always, the one that is followed too while the list has the keys.
func (s *sheet) selected(always bool) *item {
	var it item
	switch i := s.sel - len(s.items); {
	case !s.focused && (!always || s.list == nil), s.sel < 0:
		return nil
	case i < 0:
		it = s.items[s.sel]
	case s.list != nil && i < s.list.count():
		it = s.list.item(i)
	default:
		return nil
	}
	return &it
}

// whyRule is the headline: how bad it is, what it is, and how to read on.
func (m *Model) whyRule(w int, h whyHere, open bool) string {
	f := h.first()
	right := cells{}
	right.put(m.th.Faint, " ")
	right.put(m.th.Key, "!")
	text := " all"
	if n := len(h.found); n > 1 {
		text = fmt.Sprintf(" all, %d of this", n)
	}
	right.put(m.th.Dim, text)
	if m.view != flowView {
		right.put(m.th.Key, "  W")
		right.put(m.th.Dim, map[bool]string{true: " fold", false: " why"}[open])
	}
	var c cells
	c.put(m.th.Faint, theme.Rule(2)+" ")
	c.put(m.th.Why, "why")
	c.space(1)
	m.severityWord(&c, f.Severity)
	c.put(m.severity(f.Severity), ": ")
	c.put(m.th.Strong, safe.Cut(safe.Line(m.whyTitle(h)), w-c.w-right.w-2))
	c.space(1)
	c.put(m.th.Faint, theme.Rule(max(0, w-c.w-right.w)))
	c.b = append(c.b, right.b...)
	return c.String()
}

// whyTitle is the title of the first finding; in Compare, with the run that it is of.
func (m *Model) whyTitle(h whyHere) string {
	if m.view == compareView {
		return "only " + m.apart.sides[h.found[0]].title() + ": " + h.first().Title
	}
	return h.first().Title
}

// whyText is what stands below the headline: all of the first finding, and the titles of the others as far as there is room.
func (m *Model) whyText(w int, h whyHere, room int) []string {
	s := &sheet{th: m.th, w: w, m: m}
	m.findingText(s, *h.first())
	if over := len(s.rows) - room; over > 0 {
		s.rows = s.rows[:room-1]
		s.line(m.th.Dim.Render(fmt.Sprintf("%s %d more: ! has all of it", theme.Down, over+1)))
	}
	for k, i := range h.found[1:] {
		if left := room - len(s.rows); left <= 1 && k+2 < len(h.found) || left == 0 {
			break
		}
		m.findingTitle(s, h.all[i])
	}
	out := make([]string, len(s.rows))
	for i, r := range s.rows {
		out[i] = r.text
	}
	return out
}

// foldWhy opens the why pane, or leaves its headline alone.
func (m *Model) foldWhy() tea.Cmd {
	m.whyOther = !m.whyOther
	return nil
}

func (m *Model) whyNotWhy() string {
	if len(m.cur.findings) == 0 {
		return "nothing is wrong: there is no finding to read"
	}
	return ""
}
