package ui

import (
	"slices"

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
		return m.openEvidence()
	case tenantView:
		if m.waitsForDiscovery() {
			m.cur.gate.release(m.cur.held().ID)
			return nil
		}
		m.onMenu = !m.onMenu
		return nil
	case tokensView, sessionView, wireView:
		if m.inExperiments() {
			return m.enterExperiment()
		}
		m.onMenu = !m.onMenu
		return nil
	}
	held := m.cur.held()
	switch {
	case held != nil && held.Stage != m.stage && held.Stage != "":
		m.selectStage(held.Stage)
	case held != nil && held.Class == story.DevicePage:
		return m.signIn("person")
	case held != nil && held.Front:
		return m.signIn("")
	case held != nil:
		m.cur.gate.release(held.ID)
	case m.pageClass() == story.DevicePage && m.stage == trace.DevicePoll && m.target.Agent != nil:
		return m.signIn("agent")
	case m.cur.cancel != nil:
		m.eager = true
		if st := m.running(); st != "" {
			m.selectStage(st)
		}
	case m.cur.failed != "":
		if from, _ := m.cur.retry(); from != "" {
			m.selectStage(from)
			return m.walk(m.cur, flow.RestOf(m.loginStages(), from), newGate())
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

func (m *Model) whyNotEdit() string { return m.whyNotRun() }

// enterDoes says what enter will do, for the footer; "" if nothing.
func (m *Model) enterDoes() string {
	switch m.view {
	case compareView:
		return m.pairOffer()
	case tokensView, sessionView, tenantView, wireView:
		if m.view == tenantView && m.waitsForDiscovery() {
			return "send the request"
		}
		if m.inExperiments() {
			return "try it"
		}
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
		return m.pageDoes(held.Class)
	case held != nil && held.Class == story.Revocation:
		return "revoke"
	case held != nil:
		return "send"
	case m.pageClass() == story.DevicePage && m.stage == trace.DevicePoll && m.target.Agent != nil:
		return "agree here"
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
	if m.cur.beside {
		return
	}
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
	var ids []trace.StageID
	for _, st := range m.loginStages() {
		if st.ID != trace.Preflight || m.cur.story.StageRun(st.ID, 0) != nil || !m.pastAhead() {
			ids = append(ids, st.ID)
		}
	}
	for _, st := range trace.Stages {
		if !slices.Contains(ids, st.ID) && m.cur.story.StageRun(st.ID, 0) != nil {
			ids = append(ids, st.ID)
		}
	}
	return ids
}

// pastAhead reports whether the run has gone on without a look ahead, as one for a comparison does.
func (m *Model) pastAhead() bool {
	s := &m.cur.story
	return m.cur.session == nil && len(s.Stages()) > 0 || s.StageRun(trace.Authorize, 0) != nil
}

// stageRun is the newest run of a stage, or nil if it has not begun in this attempt: a login that
// goes on from an earlier stage has what follows still before it.
func (m *Model) stageRun(id trace.StageID) *story.Stage {
	st := m.cur.story.StageRun(id, 0)
	if st == nil || !m.inLogin(id) {
		return st
	}
	for _, before := range m.loginStages() {
		if before.ID == id {
			break
		}
		if b := m.cur.story.StageRun(before.ID, 0); b != nil && b.Order > st.Order {
			return nil
		}
	}
	return st
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

func (m *Model) whyNotCancel() string {
	if m.cur.cancel == nil && !m.comparing() {
		return "nothing runs"
	}
	return ""
}

// cancel gives up what runs. What the server still answers is recorded.
func (m *Model) cancel() tea.Cmd {
	for _, r := range m.runs {
		if r.cancel != nil && (r == m.cur || r.silent) {
			r.cancel()
		}
	}
	return nil
}

func (m *Model) quit() tea.Cmd {
	for _, r := range m.runs {
		r.close()
	}
	return tea.Quit
}
