package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// faults is the modal that makes the embedded tenant do things wrong, on purpose.
type faults struct {
	p    pane
	of   *flow.Faults
	find string
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
	case "esc", "q", "F":
		m.modal = nil
	case "enter":
		return f.run(m)
	case "/":
		f.search(m)
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
			f.pane(m).show(h) // what is on takes a line
		}
	case "0":
		for _, name := range f.of.On() {
			f.set(m, name, false)
		}
		m.toast = "no fault is on"
	}
	return nil
}

// run walks a login to its end with what is on, and to where that shows: some faults need a refresh, or a parameter. With none
// on, the selected one is.
func (f *faults) run(m *Model) tea.Cmd {
	if len(f.of.On()) == 0 && f.p.sel < len(f.of.All) {
		f.toggle(m, f.of.All[f.p.sel])
	}
	m.modal = nil
	on, refreshes := f.of.On(), 0
	for _, fault := range f.of.All {
		if !slices.Contains(on, fault.Name) {
			continue
		}
		if fault.Client != "" && fault.Client != m.cfg.ClientID && f.of.AsClient != nil {
			m.cfg = f.of.AsClient(m.cfg, fault.Client)
		}
		what, value, _ := strings.Cut(fault.Needs, " ")
		switch what {
		case "--refresh":
			n, _ := strconv.Atoi(value)
			refreshes = max(refreshes, min(n, 3))
		case "--param":
			name, value, _ := strings.Cut(value, "=")
			m.cfg.Params = m.cfg.SetParam(name, value)
		}
	}
	cmd := m.againTo(refreshes)
	m.view, m.onMenu, m.toast = flowView, true, "this run is with "+strings.Join(on, ", ")
	return cmd
}

// search goes to the next fault that has a text in its name or in what it does.
func (f *faults) search(m *Model) {
	about := "Names, and what they do."
	if f.find != "" {
		about += " Enter alone finds the next `" + safe.Line(f.find) + "`."
	}
	in := m.newField("Find a fault", about, "", "find", func(m *Model, text string) tea.Cmd {
		if text = strings.ToLower(strings.TrimSpace(text)); text == "" {
			text = f.find
		}
		at := f.p.sel
		if text == f.find {
			at++ // on to the next
		}
		f.find = text
		for k := range f.of.All {
			n := (at + k) % len(f.of.All)
			if x := f.of.All[n]; text != "" && contains(x.Name+" "+x.What+" "+x.Group, text) {
				f.p.sel = n
				f.pane(m).show(m.bodyHeight())
				return nil
			}
		}
		m.toast = "no fault has: " + text
		return nil
	})
	in.back = f
	m.modal = in
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
		m.toast = fault.Name + " is off"
	case fault.Client != "" && fault.Client != m.cfg.ClientID:
		m.toast = fault.Name + " is on, for the client " + fault.Client
	case strings.HasPrefix(fault.Needs, "--refresh"):
		m.toast = fault.Name + " is on; a refresh shows it"
	default:
		m.toast = fault.Name + " is on"
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
	s.text(m.th.Dim, 0, "Each takes effect with the next request, at the tenant or in what is sent to it. Several can be on. None is the way of an Authgear server.")
	on := f.of.On()
	if len(on) > 0 {
		s.text(m.th.Warn, 0, "on: "+strings.Join(on, ", "))
	}
	width, group := 0, ""
	for _, fault := range f.of.All {
		width = max(width, min(safe.Width(fault.Name), s.w*3/8)) // a longer name takes of what stands beside it
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
		l.put(th.Text, " "+safe.Cut(fault.Name, s.w*3/5))
		l.to(max(width+6, l.w+2))
		short := safe.Width(fault.What) <= s.w-l.w
		l.fit(th.Dim, fault.What, s.w-l.w)
		l.to(s.w)
		s.itemLine(l.String())
		if selected {
			f.about(m, s, fault, short)
		}
	}
	s.into(&f.p, m.bodyHeight())
	return &f.p
}

// about says below the selected fault what its line had no room for.
func (f *faults) about(m *Model, s *sheet, fault flow.Fault, said bool) {
	text := fault.What + "."
	if said {
		text = ""
	}
	if fault.Works {
		text += " A login must work all the same."
	}
	if fault.Client != "" {
		text += " It shows with the client " + fault.Client + "."
	}
	if fault.Needs != "" {
		text += " It needs " + fault.Needs + ", which enter does too."
	}
	if text == "" {
		return
	}
	for _, line := range safe.Wrap(safe.Text(strings.TrimSpace(text)), s.w-4) {
		s.itemLine("   " + m.th.Text.Render(line))
	}
}

func (f *faults) hints(*Model) [][2]string {
	enter := "run with it"
	if n := len(f.of.On()); n > 1 {
		enter = fmt.Sprintf("run with these %d", n)
	} else if n == 1 {
		enter = "run with " + f.of.On()[0]
	}
	return [][2]string{{"space", "on or off"}, {"enter", enter}, {"/", "search"}, {"0", "all off"}, {"esc", "close"}}
}

// faultsOn says in the header of every view that something is wrong on purpose, in a word where there is little room.
func (m *Model) faultsOn(room int) string {
	if m.target == nil || m.target.Faults == nil {
		return ""
	}
	on := m.target.Faults.On()
	switch text := "fault on: " + strings.Join(on, ", "); {
	case len(on) == 0:
		return ""
	case len(on) == 1 && safe.Width(text) <= room:
		return text
	case len(on) == 1:
		return "1 fault on"
	}
	return fmt.Sprintf("%d faults on", len(on))
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
