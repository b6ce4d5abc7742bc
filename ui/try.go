package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// toggleScope runs again with or without a scope.
func (m *Model) toggleScope(name string) tea.Cmd {
	m.cfg.Scope = m.cfg.ToggleScope(name)
	return m.rerun("scope is now: " + orNone(m.cfg.Scope))
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// rerun starts over with changed settings: up to the authorization request, if the run had left
// already, since that is where the change can be seen.
func (m *Model) rerun(toast string) tea.Cmd {
	if m.changing != nil {
		return m.changed()
	}
	skip := m.cur.touched()
	cmd := m.again(skip)
	m.view, m.onMenu = flowView, true
	m.toast = toast
	return cmd
}

func (m *Model) toggleConsent() tea.Cmd {
	on := "consent"
	if v, _ := m.cfg.Param("prompt"); v == "consent" {
		on = ""
	}
	m.cfg.Params = m.cfg.SetParam("prompt", on)
	if on == "" {
		return m.rerun("prompt=consent is not sent any more")
	}
	return m.rerun("prompt=consent is sent from now on")
}

func (m *Model) whyNotRefresh() string {
	if why := m.whyNotAfter(); why != "" {
		return why
	}
	switch rt := m.cur.story.Newest(story.RefreshToken); {
	case m.cur.story.Newest(story.AccessToken) == nil:
		return "there are no tokens yet"
	case rt == nil:
		return "there is no refresh token: offline_access was not granted (o runs again with it)"
	}
	return ""
}

// whyNotAfter says why nothing can be done with the tokens at the moment.
func (m *Model) whyNotAfter() string {
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if m.cur.cancel != nil {
		return "first finish what runs (enter), or cancel it (esc)"
	}
	return ""
}

// refresh makes a refresh request and shows it; enter sends it.
func (m *Model) refresh() tea.Cmd {
	if m.view == sessionView { // there the outcome is looked at, not the request
		m.toast = "refreshing"
		return m.walkBeside(m.cur, flow.RefreshBy(m.cfg.RefreshParams))
	}
	m.view = flowView
	m.selectStage(trace.Refresh)
	m.followed = trace.Refresh
	return m.walk(m.cur, flow.RefreshBy(m.cfg.RefreshParams), newGate())
}

func (m *Model) whyNotRevoke() string {
	if why := m.whyNotAfter(); why != "" {
		return why
	}
	switch at := m.cur.story.Newest(story.AccessToken); {
	case at == nil:
		return "there are no tokens yet"
	case at.Login != nil && !at.Login.RevokedAt.IsZero() && at.Life(m.now) == story.Dead:
		return "the session is revoked already: n begins a new run"
	}
	return ""
}

// revoke makes a revocation request and shows it: enter sends it, esc keeps the session. That is
// the one time that it asks.
func (m *Model) revoke() tea.Cmd {
	m.view = flowView
	m.selectStage(trace.Revoke)
	m.followed = trace.Revoke
	g := newGate()
	g.once = true
	return m.walk(m.cur, flow.Revoke, g)
}

func (m *Model) whyNotLifetime() string {
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if m.target.SetAccessLifetime == nil {
		return "only the embedded tenant's lifetimes can be changed"
	}
	return ""
}

// short is long enough to be read and short enough to be waited for.
const short = 20 * time.Second

// toggleLifetime makes access tokens short-lived from now on, or as long as Authgear's again.
func (m *Model) toggleLifetime() tea.Cmd {
	e := *m.cfg.Embedded
	if e.AccessLifetime == short {
		e.AccessLifetime = 1800 * time.Second
	} else {
		e.AccessLifetime = short
	}
	m.cfg.Embedded = &e
	m.target.SetAccessLifetime(e.AccessLifetime)
	m.toast = fmt.Sprintf("access tokens issued from now on live %s: n or r gets one", story.Lifetime(e.AccessLifetime))
	if e.AccessLifetime == short {
		m.toast += "; shorter than Authgear allows (300 s)"
	}
	m.cur.log.Append(0, trace.Choice{What: "access lifetime", Value: e.AccessLifetime.String()})
	return nil
}
