package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/profile"
	"authscope/flow/trace"
)

func (f *form) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	if f.busy != "" {
		if msg.String() == "esc" {
			f.cancel()
			f.busy = ""
			m.toast = "given up: the tenant stays"
		}
		return nil
	}
	f.sync(m)
	switch k := msg.String(); k {
	case "esc":
		return f.escape(m)
	case "pgdown", "pgup":
		h := m.bodyHeight()
		f.p.scroll(map[string]int{"pgdown": h - 2, "pgup": 2 - h}[k], h)
	case "ctrl+s":
		f.field(inSave).n = 0
		return f.submit(m)
	case "tab", "down":
		f.onward(m)
	case "shift+tab", "up":
		f.goTo(m, f.at-1)
	case "enter":
		if f.at == len(f.visible())-1 {
			return f.submit(m)
		}
		f.onward(m)
	default:
		return f.other(m, msg)
	}
	return f.flush()
}

// sync follows a click, which moves the selection and nothing else.
func (f *form) sync(m *Model) {
	if f.p.sel != f.at && f.p.sel < len(f.visible()) {
		f.goTo(m, f.p.sel)
	}
}

// flush hands out what leaving fields asked for.
func (f *form) flush() tea.Cmd {
	cmd := tea.Batch(f.todo...)
	f.todo = nil
	return cmd
}

// onward goes to the next field. What was read in the first one is to be seen, so if it was more than an issuer that stays.
func (f *form) onward(m *Model) {
	x := f.current()
	before := f.read
	f.leave(m, x)
	if x.id == inTenant && (x.err != "" || f.read != before && f.guess.Kind != profile.KindIssuer) {
		f.follow = true
		return
	}
	f.at = min(f.at+1, len(f.visible())-1)
	f.focus()
}

// escape leaves the form, and asks once if something would be lost.
func (f *form) escape(m *Model) tea.Cmd {
	if !f.dirty {
		return f.close(m)
	}
	m.modal = &question{title: "Leave the form?", yes: "leave it", back: f, text: "What was typed is saved nowhere.", do: f.close}
	return nil
}

// close goes back to the list, which is read again if there is more in it now.
func (f *form) close(m *Model) tea.Cmd {
	if f.saved {
		return m.askTenants()
	}
	m.modal = f.below
	return nil
}

// maxTyped bounds what is pasted into one field, in bytes.
const maxTyped = 16 << 10

// other hands on what is typed or pasted.
func (f *form) other(m *Model, msg tea.Msg) tea.Cmd {
	if f.busy != "" {
		return nil
	}
	f.sync(m)
	x := f.current()
	if key, ok := msg.(tea.KeyPressMsg); ok && !x.typed() {
		f.choose(m, x, key.String())
		return nil
	}
	if p, ok := msg.(tea.PasteMsg); ok {
		if !x.typed() || !f.paste(x, p.Content) {
			f.follow = true
			return nil
		}
		msg = tea.PasteMsg{Content: strings.Join(strings.FieldsFunc(p.Content, func(r rune) bool { return r == '\n' || r == '\r' }), "")}
	}
	before := x.input.Value()
	var cmd tea.Cmd
	x.input, cmd = x.input.Update(msg)
	if x.input.Value() != before {
		f.dirty, f.follow, x.err = true, true, ""
	}
	return cmd
}

// choose changes a choice.
func (f *form) choose(m *Model, x *formField, key string) {
	step := map[string]int{"space": 1, "right": 1, "left": -1}[key]
	switch {
	case step == 0:
		return
	case x.id == inScope:
		m.modal = f.newScopes()
		return
	}
	x.n = (x.n + step + len(x.choices)) % len(x.choices)
	x.err, x.warn, f.dirty, f.follow = "", "", true, true
}

// paste takes pasted text in, and reports whether it is to be put where the cursor is.
func (f *form) paste(x *formField, text string) bool {
	f.dirty = true
	if whole := strings.ContainsAny(text, " \r\n{") || strings.Contains(text, "://"); x.id == inTenant && (whole || x.input.Value() == "") {
		// What cannot be read is left to be mended, unless a secret would come to stand there.
		return f.take(x, text) != nil && len(text) < 2048 && len(trace.Secrets(text)) == 0 && !strings.ContainsAny(text, " \r\n{")
	}
	if len(text) > maxTyped {
		x.err = "what was pasted has " + many(len(text), "byte") + ", more than this can have: it was not taken"
		return false
	}
	return true
}

// started takes the answer to submit.
func (f *form) started(msg switched) bool {
	if msg.saved { // it is there now, whether it could be started, was given up, or not
		f.entry.Name, f.saved, f.dirty = msg.name, true, false
	}
	if f.busy == "" {
		return false
	}
	f.busy, f.failed, f.follow, f.tail = "", msg.err, true, true
	return msg.err == nil
}

func (f *form) hints(m *Model) [][2]string {
	if f.busy != "" {
		return [][2]string{{"esc", "give up"}}
	}
	out := [][2]string{{"enter", "go on"}}
	if x := f.current(); x.id == inScope {
		out = append(out, [2]string{"space", "choose"})
	} else if !x.typed() {
		out = append(out, [2]string{"space", "another"})
	}
	if f.at == len(f.visible())-1 {
		out[0][1] = "start"
	}
	if f.p.height() > m.bodyHeight() {
		out = append(out, [2]string{"pgdown", "scroll"})
	}
	return append(out, [2]string{"ctrl+s", "save and start"}, [2]string{"tab", "next"}, [2]string{"esc", "leave it"})
}
