package ui

import (
	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/theme"
)

// askGrant chooses the way to tokens.
func (m *Model) askGrant() tea.Cmd {
	c := &chooser{title: "How to get tokens", about: "Each way is a run of its own, from the metadata on.", enter: "run this way", pick: func(m *Model, i int) tea.Cmd { return m.setGrant(trace.Grants[i].Grant) }}
	for _, g := range trace.Grants {
		o := option{name: g.Title, on: g.Grant == m.cfg.Grant, spec: g.Spec, notes: [][2]string{{"", g.What}, {"returns", g.Returns}}}
		if g.Lacks != "" {
			o.notes = append(o.notes, [2]string{"not", g.Lacks})
		}
		switch {
		case m.target.ForGrant != nil && g.Grant == trace.GrantDevice:
			o.warn = "Authgear does not have it: the embedded tenant switches it on for this."
		case m.target.ForGrant == nil:
			if why := m.cur.story.Metadata().NotListed(g.Grant); why != "" {
				o.warn = "This tenant may not have it: " + why + "."
			}
		}
		c.options = append(c.options, o)
	}
	return m.choose(c)
}

// setGrant begins anew by another grant. Nothing is skipped: its stages are other ones.
func (m *Model) setGrant(g trace.Grant) tea.Cmd {
	if m.target.ForGrant != nil {
		m.cfg = m.target.ForGrant(m.cfg, g)
	} else {
		m.cfg.Grant = g
	}
	if m.changing != nil {
		return m.changed()
	}
	cmd := m.again(false)
	m.view, m.onMenu = flowView, true
	m.toast = "tokens are now got by: " + trace.GrantOf(g).Title
	return cmd
}

func (m *Model) whyNotAhead() string {
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if m.cfg.Grant != trace.GrantCode {
		return "only a login with the authorization code is tried out first"
	}
	return ""
}

// toggleAhead switches the look ahead off or on, from the next run on.
func (m *Model) toggleAhead() tea.Cmd {
	m.cfg.NoPreflight = !m.cfg.NoPreflight
	m.toast = "look ahead is on again: authscope tries the request out before the browser opens"
	if m.cfg.NoPreflight {
		m.toast = "look ahead is off: the browser is the first that learns what the tenant says"
	}
	if m.cur.touched() {
		m.toast += ", from the next run on (n)"
		return nil
	}
	toast := m.toast
	cmd := m.again(false)
	m.toast = toast
	return cmd
}

// askMode chooses the way by which the answer comes back.
func (m *Model) askMode() tea.Cmd {
	c := &chooser{title: "How the answer comes back", about: "It is sent as response_mode. A change runs the login again.", enter: "run this way", pick: func(m *Model, i int) tea.Cmd {
		m.cfg.ResponseMode = trace.ResponseModes[i].Mode
		return m.rerun("answer by: " + orDefault(m.cfg.ResponseMode))
	}}
	for _, r := range trace.ResponseModes {
		o := option{name: orDefault(r.Mode), on: r.Mode == m.cfg.ResponseMode, spec: r.Spec, notes: [][2]string{{"", r.What}}}
		if why := m.cur.story.Metadata().ModeNotListed(r.Mode); why != "" {
			o.warn = "This tenant may not have it: " + why + "."
		}
		c.options = append(c.options, o)
	}
	return m.choose(c)
}

func orDefault(mode string) string {
	if mode == "" {
		return "as the server does by itself"
	}
	return mode
}

// loginStages are those by which the current run gets its tokens.
func (m *Model) loginStages() []flow.Stage { return flow.LoginFor(m.cur.settings()) }

// inLogin reports whether a stage is one of those by which the current run gets its tokens.
func (m *Model) inLogin(id trace.StageID) bool { return flow.RestOf(m.loginStages(), id) != nil }

// ahead says what the look ahead found, in a sentence.
func (m *Model) ahead(s *sheet, st *story.Stage) {
	p := m.cur.story.Preflight()
	if p == nil || p.Call.State == story.Held || st.Status == trace.Running && p.Call.Response == nil {
		return
	}
	after := ""
	style, mark := m.th.OK, theme.Passed
	switch p.Verdict {
	case story.Refused:
		style, mark = m.th.Bad, theme.Failed
		after = " No browser was opened: what a person would see is this answer. enter goes on all the same, n begins anew."
	case story.Unclear:
		style, mark = m.th.Dim, theme.Skipped
	}
	s.text(style, 0, mark+" "+m.words(p.Sentence())+".")
	s.text(m.th.Dim, 0, "authscope asked this itself, without cookies. Nothing of it is used."+after)
	s.gap()
}
