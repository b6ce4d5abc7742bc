package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

func (ed *editor) other(*Model, tea.Msg) tea.Cmd { return nil }
func (ed *editor) cursor(*Model) *tea.Cursor     { return nil }

func (ed *editor) hints(m *Model) [][2]string {
	out := [][2]string{{"enter", "change"}, {"a", "add"}, {"d", "delete"}, {"u", "undo all"}, {"ctrl+s", "take it"}, {"esc", "leave it"}}
	if i := ed.at(); i >= 0 && ed.secret(i) != "" {
		out = slices.Insert(out, 3, [2]string{"v", "reveal"})
	}
	return out
}

func (ed *editor) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: ed.p.sel, focused: true, m: m}
	ed.rows = ed.rows[:0]
	s.title("Edit before sending: " + ed.class)
	if ed.why != "" {
		s.text(m.th.Bad, 0, theme.Failed+" "+safe.Line(ed.why))
	} else {
		s.text(m.th.Dim, 0, "Nothing is sent from here: ^S takes the changes to the request, and enter sends it there. "+theme.Edited+" marks what you changed.")
	}
	s.gap()
	width := 14
	for _, p := range ed.parts {
		width = max(width, min(safe.Width(safe.Line(p.Name)), s.w/3))
	}
	ed.section(m, s, trace.InURL, "address", width)
	for n, a := range addable {
		if ed.has(a.where) {
			ed.section(m, s, a.where, a.title, width)
			ed.addRow(s, n)
		}
	}
	ed.section(m, s, trace.InBody, "body", width)
	s.into(&ed.p, m.bodyHeight())
	ed.p.show(m.bodyHeight())
	return &ed.p
}

// section lists the parts of one place.
func (ed *editor) section(m *Model, s *sheet, where trace.Where, title string, width int) {
	first := true
	for i, p := range ed.parts {
		if p.Where != where {
			continue
		}
		if first {
			s.line("  " + m.th.Dim.Render(title))
			first = false
		}
		ed.rows = append(ed.rows, i)
		ed.partRow(m, s, p, width)
	}
	if first && where != trace.InBody {
		s.line("  " + m.th.Dim.Render(title))
	}
}

func (ed *editor) partRow(m *Model, s *sheet, p trace.Part, width int) {
	_, th := s.add(item{name: p.Name, value: p.Value})
	l := begin(th, len(s.items)-1 == s.sel)
	mark := " "
	if p.Changed() {
		mark = theme.Edited
	}
	l.space(1)
	l.put(th.Warn, mark)
	l.space(1)
	l.fit(th.Dim, safe.Line(p.Name), width)
	l.space(2)
	value := trace.MaskPart(p.Where, p.Name, p.Value)
	if m.shown(p.Value) {
		value = p.Value
	}
	note, st := "", th.Text
	switch {
	case p.Removed:
		note, st = "will not be sent", th.Dim
	case p.Added:
		note = "added"
	case p.Changed():
		note = "changed"
	}
	l.fit(st, safe.Line(value[:min(len(value), maxShown)]), s.w-l.w-safe.Width(note)-2)
	l.space(1)
	l.put(th.Warn, note)
	l.to(s.w)
	s.itemLine(l.String())
}

func (ed *editor) addRow(s *sheet, n int) {
	ed.rows = append(ed.rows, -1-n)
	_, th := s.add(item{name: "add " + addable[n].what})
	l := begin(th, len(s.items)-1 == s.sel)
	l.space(3)
	l.put(th.Dim, "+ "+addable[n].what)
	l.to(s.w)
	s.itemLine(l.String())
}
