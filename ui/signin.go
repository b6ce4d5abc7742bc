package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/trace"
)

// defaultVia is how a person signs in who does not say.
func (m *Model) defaultVia() string {
	switch {
	case m.target == nil:
		return "person"
	case m.cfg.Grant == trace.GrantDevice && m.target.Agent == nil: // the code is for another device
		return "person"
	case m.target.Agent != nil:
		return "agent"
	case m.target.Browser != nil:
		return "browser"
	}
	return "person"
}

// signIn hands the authorization URL over; while the answer is waited for, it does so again.
func (m *Model) signIn(via string) tea.Cmd {
	if via == "" {
		via = m.defaultVia()
	}
	if held := m.cur.held(); held != nil && held.Front {
		m.selectStage(held.Stage)
		m.followed = held.Stage
		m.cur.gate.choose(via)
		m.cur.gate.release(held.ID)
		return nil
	}
	ctx, t, log, url := m.ctx, m.target, m.cur.log, m.page().Request.URL
	return func() tea.Msg {
		switch via {
		case "agent":
			agent(ctx, t.Agent, log, url)
			return nil
		case "refuse":
			agent(ctx, t.Refuse, log, url)
			return nil
		}
		if err := t.Browser(ctx, url); err != nil {
			return said{err: err}
		}
		return said{text: "the browser was opened again"}
	}
}

// whyNotSignIn says why there is nothing to sign in to at the moment.
func (m *Model) whyNotSignIn() string {
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if m.page() != nil {
		return ""
	}
	return "signing in comes with the stage Authorize"
}

func (m *Model) whyNotAgent() string {
	if why := m.whyNotSignIn(); why != "" {
		return why
	}
	if m.target.Agent == nil {
		return "only the embedded tenant has a demo user: press b for the browser"
	}
	return ""
}

func (m *Model) whyNotBrowser() string {
	if why := m.whyNotSignIn(); why != "" {
		return why
	}
	if m.target.Browser == nil {
		return "there is no browser here: press y to copy the URL"
	}
	return ""
}

func (m *Model) whyNotPaste() string {
	if m.view == tokensView {
		return ""
	}
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if at := m.running(); at != trace.Callback && (at != trace.Logout || !m.cur.story.Logout().Waiting()) {
		return "pasting comes when an answer is waited for"
	}
	return ""
}

// pasted takes pasted text to the field that is open, or in Tokens as a token, or, while an answer is waited for, as
// the answer.
func (m *Model) pasted(text string) tea.Cmd {
	if m.modal != nil {
		return m.modal.other(m, tea.PasteMsg{Content: text})
	}
	if m.view == tokensView {
		return m.read(text)
	}
	if m.whyNotPaste() == "" {
		return m.paste(text)
	}
	return nil
}

func (m *Model) paste(text string) tea.Cmd {
	if strings.TrimSpace(text) == "" {
		m.toast = "nothing was pasted"
		return nil
	}
	if err := m.cur.session.Paste(text); err != nil {
		m.toast = err.Error()
	}
	return nil
}
