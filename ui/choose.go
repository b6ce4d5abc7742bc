package ui

import (
	tea "charm.land/bubbletea/v2"

	"authscope/ui/safe"
	"authscope/ui/theme"
)

// option is one of several to choose from.
type option struct {
	name  string
	spec  string
	notes [][2]string // a label or "", and a paragraph
	warn  string      // what speaks against it
	on    bool        // it is what holds now
}

// chooser is a modal in which one of a few options is chosen.
type chooser struct {
	p       pane
	title   string
	about   string
	options []option
	plain   bool   // none of the options holds now: each is something to do
	enter   string // what enter does
	pick    func(*Model, int) tea.Cmd
}

// choose opens a chooser, with the option that holds now selected.
func (m *Model) choose(c *chooser) tea.Cmd {
	for i, o := range c.options {
		if o.on {
			c.p.sel = i
		}
	}
	m.modal = c
	return nil
}

func (c *chooser) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "q":
		m.modal = nil
	case "up", "k":
		c.p.move(-1)
		c.p.show(m.bodyHeight())
	case "down", "j":
		c.p.move(1)
		c.p.show(m.bodyHeight())
	case "enter", "space":
		m.modal = nil
		return c.pick(m, c.p.sel)
	}
	return nil
}

func (c *chooser) other(*Model, tea.Msg) tea.Cmd { return nil }
func (c *chooser) cursor(*Model) *tea.Cursor     { return nil }

func (c *chooser) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: c.p.sel, focused: true, m: m}
	s.title(c.title)
	if c.about != "" {
		s.text(m.th.Dim, 0, c.about)
	}
	for _, o := range c.options {
		s.gap()
		selected, th := s.add(item{name: o.name})
		l := begin(th, selected)
		l.space(1)
		mark, st := theme.Off, th.Dim
		if o.on {
			mark, st = theme.On, th.OK
		}
		if c.plain {
			mark, st = theme.Sent, th.Key
		}
		l.put(st, mark)
		l.put(th.Strong, " "+safe.Cut(safe.Line(o.name), s.w-4))
		if room := s.w - l.w - 3; room > 12 {
			l.end(th.Dim, safe.Cut(o.spec, room), s.w-1)
		}
		l.to(s.w)
		s.itemLine(l.String())
		for _, n := range o.notes {
			s.itemText(m.th.Dim, m.th.Text, n[0], n[1])
		}
		if o.warn != "" {
			s.itemText(m.th.Dim, m.th.Warn, "", theme.Finding+" "+o.warn)
		}
	}
	s.into(&c.p, m.bodyHeight())
	return &c.p
}

// itemText appends words to the item begun last, wrapped, behind a label if there is one.
func (s *sheet) itemText(ls, ts theme.Style, label, words string) {
	indent := 3
	if label != "" {
		indent += 9
	}
	for i, line := range safe.Wrap(safe.Text(words), s.w-indent) {
		var c cells
		c.space(3)
		if i == 0 {
			c.put(ls, label)
		}
		c.to(indent)
		c.put(ts, line)
		s.itemLine(c.String())
	}
}

func (c *chooser) hints(*Model) [][2]string {
	return [][2]string{{"enter", c.enter}, {"esc", "leave it"}}
}
