package ui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/trace"
)

// pairs are the comparisons that can be seen: a login with offline_access beside one without it, and beside
// the third case, which Authgear's documentation names and its server refuses.
var pairs = []struct {
	title string
	run   string // after "a run "
	want  func(trace.Settings) bool
	scope func(string) string
	about string
}{
	{"without offline_access", "without offline_access", func(s trace.Settings) bool { return s.HasScope("openid") && !s.HasScope("offline_access") },
		func(s string) string { return without(s, "offline_access") },
		"Without a refresh token the client can only start a new authorization when the access token expires. With one it asks the token endpoint again, and the person notices nothing."},
	{"offline_access alone", "with offline_access alone", func(s trace.Settings) bool { return !s.HasScope("openid") && s.HasScope("offline_access") },
		func(string) string { return "offline_access" },
		"Authgear's documentation says that scope=offline_access alone is enough. The server wants openid beside it, and answers invalid_scope."},
}

func without(scope, name string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(scope), func(s string) bool { return s == name }), " ")
}

// with adds what the left side of every comparison has.
func with(scope string) string {
	for _, name := range []string{"openid", "offline_access"} {
		if !slices.Contains(strings.Fields(scope), name) {
			scope = strings.TrimSpace(scope + " " + name)
		}
	}
	return scope
}

// sides finds the newest runs for the pair that is shown.
func (m *Model) sides() (a, b *run) {
	for i := len(m.runs) - 1; i >= 0; i-- {
		r := m.runs[i]
		s := r.settings()
		if !r.answered() || s.Grant != trace.GrantCode {
			continue
		}
		if a == nil && s.HasScope("openid") && s.HasScope("offline_access") {
			a = r
		}
		if b == nil && pairs[m.pair].want(s) {
			b = r
		}
	}
	return a, b
}

func (m *Model) whyNotCompare() string {
	if m.opt.Opened != nil {
		return savedOnly
	}
	if m.cfg.Grant != trace.GrantCode {
		return "what offline_access brings is compared by the authorization code: A chooses it"
	}
	return m.whyNotRun()
}

// compare shows the comparison, and makes the runs that it needs where nobody has to sign in.
func (m *Model) compare() tea.Cmd {
	m.view, m.onMenu = compareView, false
	if m.target.Agent == nil {
		return nil
	}
	return m.comparePair()
}

// comparePair starts the next run that the shown pair lacks.
func (m *Model) comparePair() tea.Cmd {
	if m.whyNotRun() != "" || m.comparing() {
		return nil
	}
	a, b := m.sides()
	switch {
	case a == nil:
		return m.sideRun(with(m.cfg.Scope))
	case b == nil:
		return m.sideRun(pairs[m.pair].scope(with(m.cfg.Scope)))
	}
	return nil
}

// sideRun makes a run with another scope for the comparison: by itself on the embedded tenant,
// with a person's sign-in elsewhere.
func (m *Model) sideRun(scope string) tea.Cmd {
	m.cur.close() // a run that stands half-way, or waits no more, would keep the redirect URI
	before := m.cfg.Scope
	m.cfg.Scope = scope
	r := m.newRun()
	m.cfg.Scope = before
	g := newGate()
	if m.target.Agent == nil {
		m.cur, m.view, m.onMenu = r, flowView, true
		m.stage, m.followed = trace.Authorize, trace.Discover
		m.panes[flowView] = pane{}
		g.back = true
		m.toast = "sign in for the second run; 4 shows the comparison then"
		return m.walk(r, flow.Login, g)
	}
	g.choose("agent")
	g.all, r.silent = true, true
	return m.walk(r, flow.Login, g)
}

// comparing reports whether a run for the comparison is under way.
func (m *Model) comparing() bool {
	return slices.ContainsFunc(m.runs, func(r *run) bool { return r.silent && r.cancel != nil })
}

// afterRun goes on with a comparison when one of its runs has ended.
func (m *Model) afterRun(r *run) tea.Cmd {
	if !r.silent {
		return nil
	}
	if r.session != nil {
		r.session.Close()
	}
	if !m.cur.answered() {
		m.cur = r
	}
	if !r.answered() { // the next would end the same way
		m.toast = "the comparison was cancelled"
		if !errors.Is(r.err, context.Canceled) {
			m.toast = "the comparison stopped: " + m.words(flow.Reason(r.err))
		}
		return nil
	}
	return m.comparePair()
}

// pairOffer says what enter will do in the comparison.
func (m *Model) pairOffer() string {
	if m.whyNotRun() != "" || m.comparing() {
		return ""
	}
	a, b := m.sides()
	switch {
	case a == nil:
		return "run with offline_access"
	case b == nil:
		return "run " + pairs[m.pair].run
	}
	return ""
}
