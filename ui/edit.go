package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
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

// here is the part of the request that the selection stands in, as an index of addable. The address stands for that in which
// the parameters are.
func (ed *editor) here() int {
	if ed.p.sel < len(ed.rows) && ed.rows[ed.p.sel] < 0 {
		return -1 - ed.rows[ed.p.sel]
	}
	if i := ed.at(); i >= 0 {
		for n, a := range addable {
			if a.where == ed.parts[i].Where || a.where == trace.InForm && ed.parts[i].Where == trace.InURL && ed.has(trace.InForm) {
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
