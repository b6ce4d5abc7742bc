package ui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"authscope/flow/trace"
	"authscope/ui/safe"
)

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
		value, about = "", "It is a secret and hidden: what is typed takes its place, nothing leaves it as it is. To see it first: esc, then v."
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
