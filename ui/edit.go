package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/textinput"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// editor is the modal that changes a request before it leaves. What is changed in it counts when it is handed over.
type editor struct {
	p     pane
	call  trace.CallID
	class string
	made  trace.Draft // as authscope made it
	parts []trace.Part
	rows  []int // what each item stands for: an index of parts, or -1-n for the n-th of addable
	why   string
}

// edit opens the editor on the request that stands ready, or has the next one held.
func (m *Model) edit() tea.Cmd {
	if held := m.cur.held(); held != nil && m.cur.gate.catch(held.ID) {
		m.openEditor(held)
		return nil
	}
	m.editNext = !m.editNext
	m.toast = "the next request will be held, to be edited; e once more takes that back"
	if !m.editNext {
		m.toast = "the next request is not held to be edited"
	}
	if g := m.cur.gate; g != nil && m.cur.cancel != nil {
		g.stopNext(m.editNext)
	}
	return nil
}

// editHeld opens the editor as soon as the request that was to be held stands ready.
func (m *Model) editHeld() {
	held := m.cur.held()
	if !m.editNext || m.modal != nil || held == nil || !m.cur.gate.catch(held.ID) {
		return
	}
	m.editNext = false
	m.cur.gate.stopNext(false)
	m.openEditor(held)
}

func (m *Model) openEditor(c *story.Call) {
	if c.Stage != "" {
		m.selectStage(c.Stage)
		m.followed = c.Stage
	}
	m.view = flowView
	ed := &editor{call: c.ID, made: c.MadeDraft(), class: trace.StageOf(c.Stage).Title}
	if ed.parts = slices.Clone(m.cur.edits[c.ID]); ed.parts == nil {
		ed.parts = trace.TakeApart(ed.made)
	}
	m.modal = ed
}

func (ed *editor) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	ed.why = ""
	switch msg.String() {
	case "esc", "q":
		m.modal = nil
	case "up", "k":
		ed.p.move(-1)
		ed.p.show(m.bodyHeight())
	case "down", "j":
		ed.p.move(1)
		ed.p.show(m.bodyHeight())
	case "home", "g":
		ed.p.move(-1 << 20)
		ed.p.show(m.bodyHeight())
	case "end", "G":
		ed.p.move(1 << 20)
		ed.p.show(m.bodyHeight())
	case "enter":
		ed.change(m)
	case "a":
		ed.add(m, ed.here())
	case "d":
		ed.remove()
	case "v":
		if i := ed.at(); i >= 0 && ed.secret(i) != "" {
			m.revealed[ed.parts[i].Value] = !m.revealed[ed.parts[i].Value]
		}
	case "u":
		ed.parts = trace.TakeApart(ed.made)
	case "ctrl+s":
		ed.accept(m)
	}
	return nil
}

// at is the part that is selected, or -1.
func (ed *editor) at() int {
	if ed.p.sel < len(ed.rows) && ed.rows[ed.p.sel] >= 0 {
		return ed.rows[ed.p.sel]
	}
	return -1
}

// addable are the parts of a request to which something can be added.
var addable = []struct {
	where        trace.Where
	title, what  string
	between, how string
}{
	{trace.InQuery, "query", "a parameter of the URL", "=", "name=value, as it is meant: it is encoded when it leaves"},
	{trace.InForm, "form", "a parameter of the form", "=", "name=value, as it is meant: it is encoded when it leaves"},
	{trace.InHeader, "header", "a header field", ":", "Name: value"},
}

// here is the part of the request that the selection stands in, as an index of addable.
func (ed *editor) here() int {
	if ed.p.sel < len(ed.rows) && ed.rows[ed.p.sel] < 0 {
		return -1 - ed.rows[ed.p.sel]
	}
	if i := ed.at(); i >= 0 {
		for n, a := range addable {
			if a.where == ed.parts[i].Where {
				return n
			}
		}
	}
	return 0
}

// has reports whether a request has room for the n-th of addable.
func (ed *editor) has(where trace.Where) bool {
	switch where {
	case trace.InForm:
		return slices.ContainsFunc(ed.parts, func(p trace.Part) bool { return p.Where == where })
	case trace.InHeader:
		return !ed.made.Front
	}
	return true
}

func (ed *editor) secret(i int) string {
	p := ed.parts[i]
	return trace.SecretPart(p.Where, p.Name, p.Value)
}

// change opens a field for the selected value. A secret that is hidden is not put into it.
func (ed *editor) change(m *Model) {
	i := ed.at()
	if i < 0 {
		ed.add(m, ed.here())
		return
	}
	p := ed.parts[i]
	if len(p.Value) > trace.MaxPartValue {
		ed.why = fmt.Sprintf("too long to be edited here: %d bytes, and %d are the most", len(p.Value), trace.MaxPartValue)
		return
	}
	value, about := p.Value, "Enter takes the new value; nothing leaves before the request is sent."
	if p.Where == trace.InURL {
		about = "Scheme, host and path. " + about
	}
	blind := ed.secret(i) != "" && !m.shown(p.Value)
	if blind {
		value, about = "", "It is a secret and hidden: what is typed takes its place, nothing leaves it as it is. To see and change it, esc, then v."
	}
	f := ed.field(m, "Change "+safe.Line(p.Name), about, value, "take it")
	if blind {
		f.input.EchoMode = textinput.EchoPassword
	}
	before := f.input.Value() // the field writes line breaks and tabs as blanks: unchanged is unchanged
	f.done = func(m *Model, text string) tea.Cmd {
		if text == before {
			return nil
		}
		q := p
		q.Value, q.Removed = text, false
		if err := ed.made.Check(q); err != nil {
			ed.why = err.Error()
			return nil
		}
		ed.parts[i] = q
		return nil
	}
	m.modal = f
}

// add opens a field for a new parameter or header field.
func (ed *editor) add(m *Model, n int) {
	a := addable[n]
	if !ed.has(a.where) {
		a = addable[0]
	}
	f := ed.field(m, "Add "+a.what, a.how, "", "add it")
	f.done = func(m *Model, text string) tea.Cmd {
		name, value, _ := strings.Cut(text, a.between)
		p := trace.Part{Where: a.where, Name: strings.TrimSpace(name), Value: value, Added: true}
		if a.where == trace.InHeader {
			p.Value = strings.TrimSpace(value)
		}
		if err := ed.made.Check(p); err != nil {
			ed.why = err.Error()
			return nil
		}
		if len(ed.parts) >= trace.MaxParts {
			ed.why = fmt.Sprintf("no more than %d parameters and fields", trace.MaxParts)
			return nil
		}
		ed.parts = append(ed.parts, p)
		return nil
	}
	m.modal = f
}

// field is one whose end leads back to the editor.
func (ed *editor) field(m *Model, title, about, value, enter string) *field {
	f := m.newField(title, about, value, enter, nil)
	f.back = ed
	return f
}

// remove takes the selected part out, or puts it back.
func (ed *editor) remove() {
	i := ed.at()
	if i < 0 {
		return
	}
	if ed.parts[i].Added {
		ed.parts = slices.Delete(ed.parts, i, i+1)
		return
	}
	q := ed.parts[i]
	q.Removed = !q.Removed
	if err := ed.made.Check(q); err != nil {
		ed.why = err.Error()
		return
	}
	ed.parts[i] = q
}

// accept hands the request over as it is now. It is sent when the person sends it.
func (ed *editor) accept(m *Model) {
	d, err := ed.made.With(ed.parts)
	if err != nil {
		ed.why = err.Error()
		return
	}
	m.modal = nil
	held := m.cur.held()
	if held == nil || held.ID != ed.call || !m.cur.gate.catch(held.ID) {
		m.toast = "the request is not held any more: nothing was changed"
		return
	}
	if len(trace.Edits(held.Draft(), d)) == 0 {
		m.toast = "nothing was changed"
		return
	}
	if m.cur.edits == nil {
		m.cur.edits = map[trace.CallID][]trace.Part{}
	}
	m.cur.edits[ed.call] = ed.parts
	m.cur.gate.change(ed.call, d)
	m.cur.log.Edit(ed.call, d)
	m.cur.fold(m.now)
	m.toast = "changed, not sent yet"
}

func (ed *editor) other(*Model, tea.Msg) tea.Cmd { return nil }
func (ed *editor) cursor(*Model) *tea.Cursor     { return nil }

func (ed *editor) hints(m *Model) [][2]string {
	out := [][2]string{{"enter", "change"}, {"a", "add"}, {"d", "delete"}, {"u", "undo all"}, {"ctrl+s", "take it"}, {"esc", "leave without a change"}}
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
		s.text(m.th.Dim, 0, "Nothing leaves here: ctrl+s goes back to the request, enter then sends it. "+theme.Edited+" is what you changed.")
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
