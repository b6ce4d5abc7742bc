package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/profile"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// scopePick is the modal over a form that chooses scopes.
type scopePick struct {
	p    pane
	form *form
	all  []string
	on   map[string]bool
	told bool // the tenant advertises them
}

// maxScopes bounds the list: a tenant can advertise no end of them.
const maxScopes = 60

func (f *form) newScopes() *scopePick {
	sp := &scopePick{form: f, on: map[string]bool{}}
	for _, s := range strings.Fields(f.field(inScope).text()) {
		sp.choose(s)
	}
	known := []string{"openid", "offline_access", "profile", "email", "phone", "address"}
	if f.probe != nil && f.probe.Metadata != nil && len(f.probe.Metadata.ScopesSupported) > 0 {
		known, sp.told = f.probe.Metadata.ScopesSupported, true
	}
	for _, s := range known[:min(len(known), maxScopes)] {
		if profile.CheckScope(s) == nil {
			sp.add(s)
		}
	}
	return sp
}

func (sp *scopePick) add(name string) {
	if name != "" && !slices.Contains(sp.all, name) {
		sp.all = append(sp.all, name)
	}
}

func (sp *scopePick) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch k := msg.String(); k {
	case "esc", "q":
		m.modal = sp.form
	case "up", "k", "down", "j":
		sp.p.move(map[string]int{"up": -1, "k": -1, "down": 1, "j": 1}[k])
		sp.p.show(m.bodyHeight())
	case "space", "x":
		if sp.p.sel < len(sp.all) {
			name := sp.all[sp.p.sel]
			sp.on[name] = !sp.on[name]
		}
	case "+", "a":
		m.askOtherScopes(sp)
	case "enter":
		m.modal = sp.form
		sp.apply()
	}
	return nil
}

// choosesScopes is a list of scopes that others can be added to.
type choosesScopes interface {
	modal
	choose(scope string)
}

// askOtherScopes asks for scopes that a list has not, and chooses them there.
func (m *Model) askOtherScopes(list choosesScopes) {
	in := m.newField("Other scopes", "With spaces between them. Servers know more scopes than they advertise.", "", "add them", func(m *Model, text string) tea.Cmd {
		m.modal = list
		if err := profile.CheckScope(text); err != nil {
			m.toast = err.Error()
			return nil
		}
		for _, s := range strings.Fields(text) {
			list.choose(s)
		}
		return nil
	})
	in.back = list
	m.modal = in
}

func (sp *scopePick) choose(scope string) {
	sp.add(scope)
	sp.on[scope] = true
}

func (sp *scopePick) apply() {
	var chosen []string
	for _, s := range sp.all {
		if sp.on[s] {
			chosen = append(chosen, s)
		}
	}
	f := sp.form
	x := f.field(inScope)
	x.input.SetValue(strings.Join(chosen, " "))
	f.dirty, f.follow = true, true
	x.err, x.warn = "", profile.ScopeWarning(x.text())
}

func (sp *scopePick) other(*Model, tea.Msg) tea.Cmd { return nil }
func (sp *scopePick) cursor(*Model) *tea.Cursor     { return nil }

func (sp *scopePick) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: sp.p.sel, focused: true, m: m}
	s.title("Scopes")
	about := "Those that the tenant advertises."
	if !sp.told {
		about = "The usual ones: the tenant has not said which it knows."
	}
	s.text(m.th.Dim, 0, about+" What a server makes of a scope is its own affair.")
	s.gap()
	width := 0
	for _, name := range sp.all {
		width = max(width, min(safe.Width(safe.Line(name)), s.w/2))
	}
	for _, name := range sp.all {
		gives, _ := profile.DescribeScope(name)
		s.scope(name, gives, sp.on[name], width)
	}
	s.into(&sp.p, m.bodyHeight())
	return &sp.p
}

// scope appends a scope of a list, on or off, whose names are width cells wide, and what it gives: of the selected one all of it.
func (s *sheet) scope(name, gives string, on bool, width int) {
	gives = safe.Line(gives)
	selected, th := s.add(item{name: name})
	l := begin(th, selected)
	l.space(1)
	mark, st := theme.Off, th.Dim
	if on {
		mark, st = theme.On, th.OK
	}
	l.put(st, mark)
	l.put(th.Text, " "+safe.Cut(safe.Line(name), width))
	l.to(width + 5)
	l.fit(th.Dim, gives, s.w-l.w)
	l.to(s.w)
	s.itemLine(l.String())
	if selected && safe.Width(gives) > s.w-width-5 {
		for _, line := range safe.Wrap(gives, s.w-6) {
			var c cells
			c.space(6)
			c.put(s.m.th.Text, line)
			s.itemLine(c.String())
		}
	}
}

func (sp *scopePick) hints(*Model) [][2]string {
	return [][2]string{{"space", "on or off"}, {"a", "another one"}, {"enter", "take these"}, {"esc", "leave it"}}
}
