package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
)

// params is the modal that lists what the person adds to the requests.
type params struct{ p pane }

// part is one request that parameters can be added to.
type part struct {
	request string
	title   string
	about   string
	at      *[]trace.Param
}

// parts are the requests of the grant that is chosen.
func (m *Model) parts() []part {
	login := part{trace.RequestAuthorize, "authorization request", "where the browser is sent to", &m.cfg.Params}
	if m.cfg.Grant == trace.GrantDevice {
		login.title, login.about = "device authorization request", "that asks for the codes"
	}
	token := part{trace.RequestToken, "token request", "for the code, and for refreshes too", &m.cfg.TokenParams}
	refresh := part{trace.RequestRefresh, "refresh", "for refreshes alone; scope asks for less than was granted", &m.cfg.RefreshParams}
	if m.cfg.Grant == trace.GrantClientCredentials {
		token.about = "for the client's token"
		return []part{token}
	}
	return []part{login, token, refresh}
}

// line is one line of the list: a parameter, or the place for another.
type line struct {
	part
	i int // in the part's parameters; as many as there are: another
}

func (m *Model) paramLines() (out []line) {
	for _, p := range m.parts() {
		for i := range len(*p.at) + 1 {
			out = append(out, line{p, i})
		}
	}
	return out
}

func (m *Model) askParams() tea.Cmd {
	m.modal = &params{}
	return nil
}

// askRefreshWith opens the list at what is added to refreshes.
func (m *Model) askRefreshWith() tea.Cmd {
	ps := &params{}
	for i, l := range m.paramLines() {
		if l.request == trace.RequestRefresh {
			ps.p.sel = i
			break
		}
	}
	m.modal = ps
	return nil
}

func (ps *params) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	lines := m.paramLines()
	at := lines[min(ps.p.sel, len(lines)-1)]
	switch k := msg.String(); k {
	case "esc", "q", "+":
		m.modal = nil
	case "up", "k", "down", "j":
		ps.p.move(map[string]int{"up": -1, "k": -1, "down": 1, "j": 1}[k])
		ps.p.show(m.bodyHeight())
	case "x", "delete", "backspace":
		if at.i < len(*at.at) {
			*at.at = slices.Delete(slices.Clone(*at.at), at.i, at.i+1)
		}
	case "enter":
		if at.i < len(*at.at) {
			return m.askValue(ps, at, (*at.at)[at.i].Name, (*at.at)[at.i].Value)
		}
		return m.askParam(ps, at)
	case "n":
		if why := m.whyNotRun(); why != "" {
			m.toast = why
			return nil
		}
		m.modal = nil
		return m.rerun("runs with these parameters from now on")
	case "r":
		if why := m.whyNotRefresh(); why != "" {
			m.toast = why
			return nil
		}
		m.modal = nil
		return m.refresh()
	}
	return nil
}

func (ps *params) other(*Model, tea.Msg) tea.Cmd { return nil }
func (ps *params) cursor(*Model) *tea.Cursor     { return nil }

func (ps *params) hints(m *Model) [][2]string {
	out := [][2]string{{"enter", "add or change"}, {"x", "take out"}, {"n", "run again"}}
	if m.whyNotRefresh() == "" {
		out = append(out, [2]string{"r", "refresh"})
	}
	return append(out, [2]string{"esc", "close"})
}

func (ps *params) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: ps.p.sel, focused: true, m: m}
	s.title("Parameters")
	s.text(m.th.Dim, 0, "They are added to what authscope sends by itself. They hold from the next run on; those of refreshes at once.")
	request := ""
	for _, l := range m.paramLines() {
		if l.request != request {
			request = l.request
			s.gap()
			var c cells
			c.put(m.th.Title, l.title)
			c.put(m.th.Dim, safe.Cut("  "+l.about, s.w-c.w))
			s.line(c.String())
		}
		m.paramLine(s, l)
	}
	s.into(&ps.p, m.bodyHeight())
	return &ps.p
}

// paramLine draws one parameter with what it is for.
func (m *Model) paramLine(s *sheet, l line) {
	selected, th := s.add(item{name: l.request})
	c := begin(th, selected)
	c.space(1)
	if l.i == len(*l.at) {
		c.put(th.Key, "+")
		c.put(th.Dim, " add one")
		c.to(s.w)
		s.itemLine(c.String())
		return
	}
	p := (*l.at)[l.i]
	value := p.Value
	if trace.SecretName(p.Name) != "" {
		value = trace.Mask(trace.SecretName(p.Name), value)
	}
	c.space(2)
	c.put(th.Text, safe.Cut(safe.Line(p.Name+"="+value), s.w/2))
	c.to(max(s.w/2, 28))
	if h := m.paramHelp(l.request, p.Name); h != nil {
		c.fit(th.Dim, h.What, s.w-c.w)
	}
	c.to(s.w)
	s.itemLine(c.String())
}

// known are the parameters to offer for a request.
func (m *Model) known(request string) (out []trace.ParamHelp) {
	for _, h := range trace.ParamsFor(m.cur.story.Metadata().IsAuthgear()) {
		if slices.Contains(strings.Fields(h.On), request) {
			out = append(out, h)
		}
	}
	return out
}

func (m *Model) paramHelp(request, name string) *trace.ParamHelp {
	for _, h := range m.known(request) {
		if h.Name == name {
			return &h
		}
	}
	return nil
}

// askParam asks which parameter to add: one that is known, or any other.
func (m *Model) askParam(back *params, l line) tea.Cmd {
	var found []string
	f := m.newField("Add to the "+l.title, "A part of a name, or name=value of your own; ↑ ↓ choose.", "", "take it", nil)
	f.back = back
	f.list = func(m *Model, s *sheet, text string) {
		found = found[:0]
		offer := func(name, what string) {
			found = append(found, name)
			selected, th := s.add(item{name: name})
			c := begin(th, selected)
			c.space(1)
			c.fit(th.Text, safe.Line(name), min(30, s.w/2))
			c.fit(th.Dim, safe.Line(what), s.w-c.w)
			s.itemLine(c.String())
		}
		text = strings.TrimSpace(text)
		for _, h := range m.known(l.request) {
			if strings.Contains(strings.ToLower(h.Name), strings.ToLower(text)) {
				offer(h.Name, h.What)
			}
		}
		if text != "" && !slices.Contains(found, text) {
			offer(text, "as you wrote it")
		}
		s.window(f, m.bodyHeight())
	}
	f.done = func(m *Model, text string) tea.Cmd {
		if strings.Contains(text, "=") {
			return m.setParam(back, l, text)
		}
		if f.sel < len(found) {
			return m.askValue(back, l, found[f.sel], m.suggested(l.request, found[f.sel]))
		}
		m.modal = back
		return nil
	}
	m.modal = f
	return nil
}

// suggested is a value to begin with: on a refresh, the scopes that were granted, to take some out.
func (m *Model) suggested(request, name string) string {
	if t := m.cur.story.Newest(story.AccessToken); request == trace.RequestRefresh && name == "scope" && t != nil {
		return m.cfg.Scope
	}
	return ""
}

// askValue asks for the value of a parameter, and offers those that are defined.
func (m *Model) askValue(back *params, l line, name, value string) tea.Cmd {
	about := "Any value; it is sent as it stands here."
	h := m.paramHelp(l.request, name)
	if h != nil {
		about = h.Name + ": " + h.What + ". " + h.Spec
	}
	var found []string
	f := m.newField("The value of "+safe.Line(name), about, value, "set it", nil)
	f.back = back
	f.list = func(m *Model, s *sheet, text string) {
		found = found[:0]
		offer := func(value, what string) {
			found = append(found, value)
			selected, th := s.add(item{name: value})
			c := begin(th, selected)
			c.space(1)
			c.put(th.Text, safe.Cut(safe.Line(value), s.w-4))
			c.put(th.Dim, "  "+what)
			c.to(s.w)
			s.itemLine(c.String())
		}
		if text != "" || h == nil || len(h.Values) == 0 {
			offer(text, "as it stands above")
		}
		if h != nil {
			for _, v := range h.Values {
				if v != text {
					offer(v, "")
				}
			}
		}
		s.window(f, m.bodyHeight())
	}
	f.done = func(m *Model, text string) tea.Cmd {
		if f.sel < len(found) {
			text = found[f.sel]
		}
		return m.setParam(back, l, name+"="+text)
	}
	m.modal = f
	return nil
}

// setParam takes name=value in place of the line's parameter, or as another one.
func (m *Model) setParam(back *params, l line, text string) tea.Cmd {
	m.modal = back
	p, err := flow.ParseParam(text)
	if err == nil {
		err = flow.CheckParam(l.request, p)
	}
	if err != nil {
		m.toast = err.Error()
		return nil
	}
	list := slices.Clone(*l.at)
	if l.i < len(list) {
		list[l.i] = p
	} else {
		list = append(list, p)
	}
	*l.at = list
	return nil
}
