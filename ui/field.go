package ui

import (
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"authscope/ui/safe"
)

// field is a modal with one line of text: a URL to paste, a name, a search.
type field struct {
	p     pane
	title string
	about string
	input textinput.Model
	enter string // what enter does
	done  func(*Model, string) tea.Cmd
	also  []alternative
	list  func(*Model, *sheet, string) // what stands below, for the text so far
	sel   int                          // in that list
	row   int                          // where the input stands in the pane
	back  modal                        // what lies below, and is there again after esc
}

// alternative is another way to end a field.
type alternative struct {
	key, name string
	done      func(*Model, string) tea.Cmd
}

// newField makes a field.
func (m *Model) newField(title, about, value, enter string, done func(*Model, string) tea.Cmd) *field {
	in := m.newInput(value, m.paneWidth()-4)
	in.Focus()
	return &field{title: title, about: about, input: in, enter: enter, done: done}
}

// newInput makes a line of text. Its cursor is the terminal's: a drawn one would blink, and each blink
// is a frame.
func (m *Model) newInput(value string, width int) textinput.Model {
	in := textinput.New()
	in.Prompt = "› "
	in.SetVirtualCursor(false)
	in.CharLimit = 64 << 10
	st := in.Styles()
	for _, part := range []*textinput.StyleState{&st.Focused, &st.Blurred} {
		part.Text = lipgloss.NewStyle().Foreground(m.th.Text.Color())
		part.Prompt = lipgloss.NewStyle().Foreground(m.th.Key.Color())
	}
	in.SetStyles(st)
	in.SetWidth(max(10, width))
	in.SetValue(value)
	in.CursorEnd()
	return in
}

func (f *field) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch k := msg.String(); k {
	case "esc":
		m.modal = f.back
		return nil
	case "enter":
		m.modal = f.back
		return f.done(m, f.input.Value())
	case "up", "down":
		if f.list != nil {
			f.sel += map[string]int{"up": -1, "down": 1}[k]
			f.sel = max(0, f.sel)
			return nil
		}
	default:
		for _, a := range f.also {
			if a.key == k {
				m.modal = f.back
				return a.done(m, f.input.Value())
			}
		}
	}
	return f.other(m, msg)
}

// other hands on what is typed or pasted; of a paste the line ends go, since a terminal wraps
// long lines.
func (f *field) other(_ *Model, msg tea.Msg) tea.Cmd {
	if p, ok := msg.(tea.PasteMsg); ok {
		p.Content = strings.Join(strings.FieldsFunc(p.Content, func(r rune) bool { return r == '\n' || r == '\r' }), "")
		msg = p
	}
	var cmd tea.Cmd
	before := f.input.Value()
	f.input, cmd = f.input.Update(msg)
	if f.input.Value() != before {
		f.sel = 0
	}
	return cmd
}

func (f *field) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: f.sel, focused: true, m: m}
	s.title(f.title)
	s.text(m.th.Dim, 0, f.about)
	s.gap()
	f.row = len(s.rows)
	s.line(f.input.View())
	s.gap()
	if f.list != nil {
		f.list(m, s, f.input.Value())
		f.sel = max(0, min(f.sel, len(s.items)-1))
	}
	s.into(&f.p, m.bodyHeight())
	f.p.off = 0
	return &f.p
}

// cursor places the terminal's cursor. The input counts characters, not cells.
func (f *field) cursor(m *Model) *tea.Cursor {
	c := f.input.Cursor()
	if c == nil || f.row >= m.bodyHeight() {
		return nil
	}
	value := []rune(f.input.Value())
	before := string(value[:min(f.input.Position(), len(value))])
	c.X = 2 + min(2+safe.Width(safe.Line(before)), m.paneWidth()-1)
	c.Y = 3 + f.row
	return c
}

func (f *field) hints(*Model) [][2]string {
	out := [][2]string{{"enter", f.enter}}
	for _, a := range f.also {
		out = append(out, [2]string{a.key, a.name})
	}
	return append(out, [2]string{"esc", "leave it"})
}
