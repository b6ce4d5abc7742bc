package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

const savedOnly = "this is a saved session: nothing is sent from it"

// whyNotRun says why no run can be started.
func (m *Model) whyNotRun() string {
	switch {
	case m.opt.Opened != nil:
		return savedOnly
	case m.startErr != nil:
		return "there is no tenant: " + m.startErr.Error()
	case m.target == nil:
		return "the tenant is still starting"
	}
	return ""
}

// enter sends what stands ready, or goes on.
func (m *Model) enter() tea.Cmd {
	switch m.view {
	case compareView:
		return m.comparePair()
	case tokensView, wireView:
		m.onMenu = !m.onMenu
		return nil
	}
	held := m.cur.held()
	switch {
	case held != nil && held.Stage != m.stage && held.Stage != "":
		m.selectStage(held.Stage)
	case held != nil && held.Front:
		return m.signIn("")
	case held != nil:
		m.cur.gate.release(held.ID)
	case m.cur.cancel != nil:
		m.eager = true
		if st := m.running(); st != "" {
			m.selectStage(st)
		}
	case m.cur.failed != "":
		if from, _ := m.cur.retry(); from != "" {
			m.selectStage(from)
			return m.walk(m.cur, flow.LoginFrom(from), newGate())
		}
	default:
		m.nextStage()
	}
	return nil
}

func (m *Model) whyNotEnter() string {
	if m.view != flowView || m.opt.Opened != nil {
		return ""
	}
	return m.whyNotRun()
}

// enterDoes says what enter will do, for the footer; "" if nothing.
func (m *Model) enterDoes() string {
	switch m.view {
	case compareView:
		return m.pairOffer()
	case tokensView, wireView:
		if !m.wide() {
			return ""
		}
		if m.onMenu {
			return "open"
		}
		return "back to the list"
	}
	held := m.cur.held()
	switch {
	case held != nil && held.Stage != m.stage && held.Stage != "":
		return "next: " + trace.StageOf(held.Stage).Title
	case held != nil && held.Front:
		if m.target.Agent != nil {
			return "sign in here"
		}
		if m.target.Browser != nil {
			return "open the browser"
		}
		return "wait for the answer"
	case held != nil:
		return "send"
	case m.cur.cancel != nil:
		return ""
	case m.cur.failed != "":
		_, what := m.cur.retry()
		return what
	case m.stage != m.lastStage():
		return "next stage"
	}
	return ""
}

// running is the stage that is under way.
func (m *Model) running() trace.StageID {
	stages := m.cur.story.Stages()
	for i := len(stages) - 1; i >= 0; i-- {
		if stages[i].Status == trace.Running {
			return stages[i].ID
		}
	}
	return ""
}

// follow moves the selection along where the walk goes on without a key: from the browser's
// URL to the waiting, and, when nothing is held, to wherever it is.
func (m *Model) follow() {
	now := m.running()
	if held := m.cur.held(); m.eager && held != nil && held.Stage != "" && held.Stage != m.stage {
		m.eager, m.followed = false, now
		m.selectStage(held.Stage)
		return
	}
	if now == "" || now == m.followed {
		return
	}
	was := m.followed
	m.followed = now
	switch {
	case was == trace.Authorize && m.stage == trace.Authorize:
		m.selectStage(trace.Callback) // its answer, though the walk may already be further
	case m.stage == was && m.cur.gate.opened():
		m.selectStage(now)
	}
}

func (m *Model) selectStage(id trace.StageID) {
	if m.stage != id {
		m.stage = id
		m.panes[flowView] = pane{}
	}
}

// stageList lists the stages of the current run: those of every login, and what came after.
func (m *Model) stageList() []trace.StageID {
	ids := []trace.StageID{trace.Discover, trace.Authorize, trace.Callback, trace.Exchange, trace.Verify, trace.UserInfo}
	for _, id := range []trace.StageID{trace.Refresh, trace.Revoke} {
		if m.cur.story.StageRun(id, 0) != nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// lastStage is the newest stage of the current run that has begun.
func (m *Model) lastStage() trace.StageID {
	for _, st := range slices.Backward(m.cur.story.Stages()) {
		if st.Status != trace.Skipped {
			return st.ID
		}
	}
	return trace.Discover
}

func (m *Model) nextStage() {
	list := m.stageList()
	for i, id := range list {
		if id == m.stage && i+1 < len(list) {
			m.selectStage(list[i+1])
			return
		}
	}
}

func (m *Model) whyNotFinish() string {
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if m.cur.cancel == nil {
		return "nothing is under way: n begins a new run"
	}
	return ""
}

// finish lets all the rest go.
func (m *Model) finish() tea.Cmd {
	m.cur.gate.choose(m.defaultVia())
	m.cur.gate.open()
	if held := m.cur.held(); held != nil {
		m.selectStage(held.Stage)
		m.followed = held.Stage
	}
	return nil
}

// defaultVia is how a person signs in who does not say.
func (m *Model) defaultVia() string {
	switch {
	case m.target == nil:
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
		m.selectStage(trace.Authorize)
		m.followed = trace.Authorize
		m.cur.gate.choose(via)
		m.cur.gate.release(held.ID)
		return nil
	}
	l := m.cur.story.Login()
	ctx, t, log, url := m.ctx, m.target, m.cur.log, l.Authorize.Request.URL
	return func() tea.Msg {
		if via == "agent" {
			agent(ctx, t, log, url)
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
	if held := m.cur.held(); held != nil && held.Front {
		return ""
	}
	if l := m.cur.story.Login(); l != nil && l.Waiting() && m.cur.cancel != nil {
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
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if l := m.cur.story.Login(); l == nil || m.running() != trace.Callback {
		return "pasting comes when an answer is waited for"
	}
	return ""
}

func (m *Model) whyNotCancel() string {
	if m.cur.cancel == nil {
		return "nothing runs"
	}
	return ""
}

// cancel gives up what runs. What the server still answers is recorded.
func (m *Model) cancel() tea.Cmd {
	m.cur.cancel()
	return nil
}

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
	m.view = flowView
	m.selectStage(trace.Refresh)
	m.followed = trace.Refresh
	return m.walk(m.cur, flow.Refresh, newGate())
}

func (m *Model) whyNotRevoke() string {
	if why := m.whyNotAfter(); why != "" {
		return why
	}
	if m.cur.story.Newest(story.AccessToken) == nil {
		return "there are no tokens yet"
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

// pasted takes pasted text to the field that is open, or, while an answer is waited for, as the
// answer.
func (m *Model) pasted(text string) tea.Cmd {
	if m.modal != nil {
		return m.modal.other(m, tea.PasteMsg{Content: text})
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

func (m *Model) quit() tea.Cmd {
	for _, r := range m.runs {
		r.close()
	}
	return tea.Quit
}
