package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// faults is the modal that makes the embedded tenant do things wrong, on purpose.
type faults struct {
	p  pane
	of *flow.Faults
}

func (m *Model) whyNotFaults() string {
	switch {
	case m.opt.Opened != nil:
		return "a saved session is only looked at"
	case m.target == nil || m.target.Faults == nil:
		return "only the embedded tenant does things wrong on purpose"
	}
	return ""
}

func (m *Model) askFaults() tea.Cmd {
	m.modal = &faults{of: m.target.Faults}
	return nil
}

func (f *faults) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	h := m.bodyHeight()
	switch msg.String() {
	case "esc", "q", "F", "enter":
		m.modal = nil
	case "up", "k":
		f.move(-1, h)
	case "down", "j":
		f.move(1, h)
	case "pgup", "ctrl+u":
		f.move(2-h, h)
	case "pgdown", "ctrl+d":
		f.move(h-2, h)
	case "home", "g":
		f.move(-1<<20, h)
	case "end", "G":
		f.move(1<<20, h)
	case "space", "x":
		if f.p.sel < len(f.of.All) {
			f.toggle(m, f.of.All[f.p.sel])
		}
	case "0":
		for _, name := range f.of.On() {
			f.set(m, name, false)
		}
		m.toast = "no fault is on"
	}
	return nil
}

func (f *faults) move(n, height int) {
	f.p.move(n)
	f.p.show(height)
}

func (f *faults) toggle(m *Model, fault flow.Fault) {
	on := !slices.Contains(f.of.On(), fault.Name)
	f.set(m, fault.Name, on)
	switch {
	case !on:
		m.toast = fault.Name + " is off, from the next request on"
	case fault.Client != "" && fault.Client != m.cfg.ClientID:
		m.toast = fault.Name + " is on; it shows with the client " + fault.Client + ": start with --demo-client " + fault.Client
	case strings.HasPrefix(fault.Needs, "--refresh"):
		m.toast = fault.Name + " is on; a refresh shows it: r after the login"
	case fault.Needs != "":
		m.toast = fault.Name + " is on, from the next request on; to see it: " + fault.Needs
	default:
		m.toast = fault.Name + " is on, from the next request on"
	}
}

// set switches a fault, and notes it in the session: whoever reads it later must not take it for the tenant's way.
func (f *faults) set(m *Model, name string, on bool) {
	if err := f.of.Set(name, on); err != nil {
		m.toast = err.Error()
		return
	}
	value := name + " off"
	if on {
		value = name + " on"
	}
	m.cur.log.Append(0, trace.Choice{What: "fault", Value: value})
}

func (f *faults) other(*Model, tea.Msg) tea.Cmd { return nil }
func (f *faults) cursor(*Model) *tea.Cursor     { return nil }

func (f *faults) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: f.p.sel, focused: true, m: m}
	s.title("What goes wrong on purpose")
	s.text(m.th.Dim, 0, "Each takes effect with the next request, at the tenant or in what is sent to it. Several can be on.")
	on := f.of.On()
	width, group := 0, ""
	for _, fault := range f.of.All {
		width = max(width, min(safe.Width(fault.Name), s.w/2))
	}
	for _, fault := range f.of.All {
		if fault.Group != group {
			group = fault.Group
			s.gap()
			s.title(group)
		}
		selected, th := s.add(item{name: fault.Name})
		l := begin(th, selected)
		l.space(1)
		mark, st := theme.Off, th.Dim
		if slices.Contains(on, fault.Name) {
			mark, st = theme.On, th.Warn
		}
		l.put(st, mark)
		l.put(th.Text, " "+safe.Cut(fault.Name, width))
		l.to(width + 6)
		l.fit(th.Dim, fault.What, s.w-l.w)
		l.to(s.w)
		s.itemLine(l.String())
	}
	s.into(&f.p, m.bodyHeight())
	return &f.p
}

func (f *faults) hints(*Model) [][2]string {
	return [][2]string{{"space", "on or off"}, {"0", "all off"}, {"esc", "close"}}
}

// faultLines name what is on below the stages, so that nobody forgets it.
func (m *Model) faultLines() (out []string) {
	if m.target == nil || m.target.Faults == nil {
		return nil
	}
	for _, name := range m.target.Faults.On() {
		out = append(out, "   "+m.th.Warn.Render(safe.Cut("fault "+name, menuWidth-4)))
	}
	return out
}
