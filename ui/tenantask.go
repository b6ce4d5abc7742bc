package ui

import (
	"context"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// lookedAt says that a tenant was asked for all that it publishes.
type lookedAt struct {
	run *run
	err error
}

// waitsForDiscovery reports whether the request for the metadata stands ready.
func (m *Model) waitsForDiscovery() bool {
	held := m.cur.held()
	return held != nil && held.Class == story.Discovery && held.Stage == trace.Discover
}

// whyNotAskTenant says why the tenant is not asked for more.
func (m *Model) whyNotAskTenant() string {
	switch {
	case m.view != tenantView:
		return "D asks the tenant for more in the view Tenant: press 5"
	case m.opt.Opened != nil:
		return savedOnly
	case m.whyNotRun() != "":
		return m.whyNotRun()
	case m.cur.looking:
		return "the tenant is being asked"
	case m.waitsForDiscovery():
		return "the request for the metadata stands ready: enter sends it"
	case m.cur.settings().Issuer == "":
		return "there is no issuer to ask"
	case m.cur.looked && m.readTenant().tenant.KeySet != nil:
		return "all of it was asked for: the addresses are in the list"
	}
	return ""
}

// askTenant asks for all that the tenant publishes, beside whatever else goes on: a login that waits stays as it is.
func (m *Model) askTenant() tea.Cmd {
	r, ctx, session := m.cur, m.ctx, m.cur.session
	r.looking = true
	m.toast = "asking for metadata and keys"
	ctx, cancel := context.WithCancel(ctx)
	r.stopLooking = cancel
	return func() tea.Msg { defer cancel(); return lookedAt{r, flow.Look(ctx, session)} }
}

// gotTenant notes that the tenant was asked. What came stands in the trace.
func (m *Model) gotTenant(msg lookedAt) {
	msg.run.fold(m.now)
	msg.run.looking, msg.run.looked = false, true
	if msg.run != m.cur {
		return
	}
	m.toast = ""
	if msg.err != nil {
		m.toast = "not read: " + flow.Reason(msg.err)
	}
}

// selectedAttempt is the call that the selected address, document or key came with, or 0.
func (m *Model) selectedAttempt() trace.CallID {
	t := m.readTenant().tenant
	it := m.pane().at()
	if it == nil || m.onMenu && m.wide() {
		return 0
	}
	at := func(prefix string) int {
		rest, ok := strings.CutPrefix(it.path, prefix)
		rest, _, _ = strings.Cut(rest, ".")
		if n, err := strconv.Atoi(rest); ok && err == nil {
			return n
		}
		return -1
	}
	switch i, d := at("tenant.attempt."), at("tenant.document."); {
	case i >= 0 && i < len(t.Attempts):
		return t.Attempts[i].Call.ID
	case d >= 0 && d < len(t.Documents):
		return t.Documents[d].Call.ID
	case m.part == keysPart && t.KeySet != nil:
		return t.KeySet.Call.ID
	case t.Known() && strings.HasPrefix(it.path, "tenant."):
		return t.Documents[0].Call.ID
	}
	return 0
}
