package ui

import (
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/profile"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

func (st *startScreen) other(*Model, tea.Msg) tea.Cmd { return nil }
func (st *startScreen) cursor(*Model) *tea.Cursor     { return nil }

func (st *startScreen) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: st.p.sel, focused: true, m: m}
	s.title("Tenants")
	s.text(m.th.Dim, 0, "Where logins are tried, and as which client. Another one ends the present run.")
	s.gap()
	name := 16
	for _, e := range st.entries {
		name = max(name, min(safe.Width(e.Name)+2, 28))
	}
	st.line(m, s, m.cfg.Embedded != nil, "embedded tenant", "answers as an Authgear server does, on this machine, with a demo user", name+2)
	for i := range st.entries {
		st.entry(m, s, &st.entries[i], name+2)
	}
	switch {
	case !st.listed:
		s.text(m.th.Dim, 3, "reading the profiles"+theme.More)
	case st.err != nil:
		s.gap()
		s.labelled("why", m.th.Why, m.th.Text, "The saved profiles cannot be listed: "+st.err.Error())
	}
	s.gap()
	st.line(m, s, false, "new tenant", "from its URL, or from an authorize URL of your application", name+2)
	st.fate(m, s)
	s.into(&st.p, m.bodyHeight())
	return &st.p
}

// fate says what is being started, or what could not be.
func (st *startScreen) fate(m *Model, s *sheet) {
	s.gap()
	switch {
	case st.starting != "":
		s.text(m.th.Active, 0, theme.Current+" "+st.starting+" is being started"+theme.More)
	case st.why != nil:
		s.text(m.th.Strong, 0, theme.Failed+" "+st.failed+" cannot be used")
		s.labelled("why", m.th.Why, m.th.Text, m.words(st.why.Error()))
		s.labelled("do", m.th.Do, m.th.Text, st.advice())
	}
}

// advice says what to do about a tenant that could not be started.
func (st *startScreen) advice() string {
	if e := st.at(); e != nil && e.Err != nil {
		return "mend the file `" + e.Path + "` with any editor, then come back here. The present tenant stays; the other profiles are not touched."
	}
	return "e changes the profile, enter tries again. The present tenant stays."
}

// entry draws a saved profile; a broken one with where it is broken.
func (st *startScreen) entry(m *Model, s *sheet, e *profile.Entry, col int) {
	if e.Err != nil {
		selected, th := s.add(item{name: e.Name})
		c := begin(th, selected)
		c.put(th.Bad, " "+theme.Failed+" ")
		c.fit(th.Text, safe.Line(e.Name), col-1)
		c.space(1)
		c.fit(th.Warn, safe.Line(broken(e.Err)), s.w-c.w)
		s.itemLine(c.String())
		return
	}
	p := &e.Profile
	about := p.Issuer
	if about == "" {
		about = p.Endpoints.Authorization
	}
	about += "  " + p.ClientID
	if p.Title != "" {
		about = p.Title + "  " + about
	}
	st.line(m, s, m.cfg.Embedded == nil && m.cfg.Profile == e.Name, e.Name, about, col)
	if len(e.Warnings) > 0 {
		var c cells
		c.space(3 + col)
		c.fit(m.th.Warn, theme.Finding+" "+safe.Line(strings.Join(e.Warnings, "; ")), s.w-c.w)
		s.line(c.String())
	}
}

// broken says first where a file is broken, since the line may be cut.
func broken(err error) string {
	var at *profile.SyntaxError
	if !errors.As(err, &at) {
		return err.Error()
	}
	return fmt.Sprintf("line %d, column %d: %s", at.Line, at.Col, at.Msg)
}

// line draws one tenant.
func (st *startScreen) line(_ *Model, s *sheet, now bool, name, about string, col int) {
	selected, th := s.add(item{name: name})
	c := begin(th, selected)
	mark := " "
	if now {
		mark = theme.On
	}
	c.put(th.OK, " "+mark+" ")
	c.fit(th.Text, safe.Line(name), col-1)
	c.space(1)
	c.fit(th.Dim, safe.Line(about), s.w-c.w)
	c.to(s.w)
	s.itemLine(c.String())
}

func (st *startScreen) hints(*Model) [][2]string {
	if st.starting != "" {
		return [][2]string{{"esc", "give up"}}
	}
	out := [][2]string{{"enter", "use it"}, {"n", "new tenant"}}
	if e := st.at(); e != nil {
		if e.Err == nil {
			out = append(out, [2]string{"e", "change it"})
		}
		out = append(out, [2]string{"d", "remove it"})
	}
	return append(out, [2]string{"esc", "close"})
}
