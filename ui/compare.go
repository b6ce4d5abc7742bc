package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// pairing is which runs are compared: nil leaves it to [Model.sides].
type pairing struct {
	a, b *run
	onB  bool // the right side has the cursor: y and enter concern it
}

// sides are the runs that are compared: those that were chosen, else the newest two that have an answer. One may be nil.
func (m *Model) sides() (a, b *run) {
	if m.pair.a != nil && m.pair.b != nil {
		return m.pair.a, m.pair.b
	}
	for _, r := range slices.Backward(m.runs) {
		switch {
		case !r.compared():
		case b == nil:
			b = r
		case a == nil:
			a = r
		}
	}
	if a == nil {
		return b, nil
	}
	return a, b
}

// compared reports whether a run has come far enough to be laid beside another.
func (r *run) compared() bool {
	return r.answered() || r.story.Newest(story.AccessToken) != nil || r.err != nil && r.cancel == nil && r.touched() && !errors.Is(r.err, context.Canceled) || r.session == nil && r.touched()
}

func (m *Model) whyNotCompare() string {
	if a, b := m.sides(); a != nil && b != nil {
		return ""
	}
	if m.opt.Opened != nil {
		return "one session is open: authscope open A --compare B lays two beside each other"
	}
	return m.whyNotRun()
}

// compare shows the comparison, and makes the runs that it needs where nobody has to sign in. In the comparison it chooses the runs.
func (m *Model) compare() tea.Cmd {
	if m.view == compareView && (m.opt.Opened == nil || len(m.opt.Logins) > 2) {
		return m.askPair()
	}
	m.view, m.onMenu = compareView, false
	if m.target == nil || m.target.Agent == nil {
		return nil
	}
	return m.comparePair()
}

// comparePair starts the next run that a comparison lacks: one as the settings are, then one with, or without, offline_access.
func (m *Model) comparePair() tea.Cmd {
	if m.whyNotRun() != "" || m.comparing() {
		return nil
	}
	switch a, b := m.sides(); {
	case a == nil:
		cfg := m.cfg
		if cfg.Grant == trace.GrantCode {
			cfg.Scope = with(cfg.Scope)
		}
		return m.runBeside(cfg, nil, nil)
	case b == nil && a.settings().Grant == trace.GrantClientCredentials:
		return m.askChange()
	case b == nil:
		cfg := a.cfg
		cfg.Scope = cfg.ToggleScope("offline_access")
		return m.runBeside(cfg, a, nil)
	}
	return nil
}

// with adds what the left side of a first comparison has.
func with(scope string) string {
	for _, name := range []string{"openid", "offline_access"} {
		if !slices.Contains(strings.Fields(scope), name) {
			scope = strings.TrimSpace(scope + " " + name)
		}
	}
	return scope
}

// runBeside makes a run to be compared with base, which may be nil: by itself on the embedded tenant, with a person's sign-in elsewhere. The
// settings of later runs stay. Alter changes each request before it leaves, or is nil.
func (m *Model) runBeside(cfg flow.Config, base *run, alter func(trace.Draft) (trace.Draft, bool)) tea.Cmd {
	if err := cfg.Validate(); err != nil {
		m.toast = err.Error()
		return nil
	}
	m.cur.close() // a run that stands half-way, or waits no more, would keep the redirect URI
	before := m.cfg
	m.cfg = cfg
	r := m.newRun()
	m.cfg = before
	r.alter = alter
	if base != nil {
		m.pair = pairing{a: base, b: r}
		m.panes[compareView] = pane{}
	}
	g := newGate()
	if m.target.Agent == nil {
		m.cur, m.view, m.onMenu = r, flowView, true
		m.stage, m.followed = trace.Authorize, trace.Discover
		m.panes[flowView] = pane{}
		g.back = cfg.Grant == trace.GrantCode
		m.toast = "sign in for this run; it is compared when it has its tokens"
		return m.walk(r, flow.LoginFor(cfg.Settings), g)
	}
	m.view, m.onMenu = compareView, false
	g.choose("agent")
	g.all, r.silent = true, true
	return m.walk(r, flow.LoginFor(cfg.Settings), g)
}

// comparing reports whether a run for the comparison is under way.
func (m *Model) comparing() bool {
	return slices.ContainsFunc(m.runs, func(r *run) bool { return r.silent && r.cancel != nil })
}

// afterRun goes on with a comparison when one of its runs has ended.
func (m *Model) afterRun(r *run) tea.Cmd {
	if !r.silent {
		if m.pair.b == r && r.compared() && r == m.cur && m.view == flowView && !r.beside && !r.met {
			r.met, m.view, m.onMenu = true, compareView, false
		}
		return nil
	}
	if r.failed == trace.Preflight && flow.RestOf(flow.LoginFor(r.settings()), trace.Authorize) != nil { // what the tenant tells the browser is looked at too
		g := newGate()
		g.choose("agent")
		g.all = true
		return m.walk(r, flow.RestOf(flow.LoginFor(r.settings()), trace.Authorize), g)
	}
	if r.undo != nil {
		r.undo()
		r.undo = nil
	}
	if r.session != nil {
		r.session.Close()
	}
	if !m.cur.answered() {
		m.cur = r
	}
	if !r.compared() { // the next would end the same way
		if m.pair.b == r {
			m.pair = pairing{}
		}
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
	a, b := m.sides()
	switch {
	case a != nil && b != nil:
		if m.laid.list.l != nil && m.laid.list.diffAt(m.pane().sel) == nil {
			return "unfold"
		}
		return "go there"
	case m.whyNotRun() != "" || m.comparing():
		return ""
	case a == nil:
		return "make both runs"
	case a.settings().HasScope("offline_access"):
		return "run without offline_access"
	}
	return "run with offline_access"
}

// turn goes to the other side of the comparison.
func (m *Model) turn(toB bool) { m.pair.onB = toB }

func (m *Model) whyNotSwap() string {
	if a, b := m.sides(); m.view != compareView || a == nil || b == nil {
		return "two runs are compared in Compare (4)"
	}
	return ""
}

// swap puts the left run on the right.
func (m *Model) swap() tea.Cmd {
	a, b := m.sides()
	m.pair.a, m.pair.b, m.pair.onB = b, a, !m.pair.onB
	return nil
}

// askPair chooses the runs to compare, the left one first.
func (m *Model) askPair() tea.Cmd {
	a, b := m.sides()
	return m.choose(m.pickRun("Compare which run?", "It stands on the left. What makes a run different is told against the first one.", a, nil, func(m *Model, r *run) tea.Cmd {
		if b == r {
			b = a
		}
		return m.choose(m.pickRun(fmt.Sprintf("Compare %s with which?", r.title()), "It stands on the right.", b, r, func(m *Model, with *run) tea.Cmd {
			m.pair = pairing{a: r, b: with}
			m.panes[compareView] = pane{}
			return nil
		}))
	}))
}

// pickRun lists the runs, but for one. Last stands a run that is still to be made.
func (m *Model) pickRun(title, about string, on, but *run, pick func(*Model, *run) tea.Cmd) *chooser {
	c := &chooser{title: title, about: about, enter: "take it"}
	var listed []*run
	for _, r := range m.runs {
		if r == but || !r.compared() {
			continue
		}
		o := option{name: r.title() + "  " + story.GrantTitle(r.settings()), spec: r.outcome(), on: r == on}
		if changed := m.changedFrom(r); changed != "" {
			o.notes = append(o.notes, [2]string{"changed", changed})
		} else if s := r.settings().Scope; s != "" {
			o.notes = append(o.notes, [2]string{"", "scope " + s})
		}
		listed, c.options = append(listed, r), append(c.options, o)
	}
	if m.whyNotRun() == "" {
		c.options = append(c.options, option{name: "a new run", notes: [][2]string{{"", "Change one thing and run again: N, too."}}})
	}
	c.pick = func(m *Model, i int) tea.Cmd {
		if i >= len(listed) {
			if but != nil {
				m.pair.a = but
			}
			return m.askChange()
		}
		return pick(m, listed[i])
	}
	return c
}

// title is how a run is called.
func (r *run) title() string {
	if r.name != "" {
		return r.name
	}
	return fmt.Sprintf("#%d", r.n)
}

// changedFrom says what makes a run different from the first one, "" if nothing does.
func (m *Model) changedFrom(r *run) string {
	first := m.runs[0]
	for _, x := range m.runs {
		if x.compared() {
			first = x
			break
		}
	}
	if first == r {
		return ""
	}
	return changedWords(story.Changes(&first.story, &r.story))
}

// changedWords writes what was changed in the second of two runs.
func changedWords(changes []story.DiffRow) string {
	var out []string
	for _, d := range changes {
		value := "none"
		if d.B != nil && !d.B.Absent {
			value = trace.MaskPart(trace.InQuery, d.B.Name, d.B.Value)
		}
		out = append(out, d.Name+" "+value)
	}
	return strings.Join(out, "; ")
}

// outcome says in a few words how a run ended.
func (r *run) outcome() string {
	switch text, tokens := r.story.Outcome(); {
	case tokens:
		return "tokens"
	case r.cancel != nil:
		return "under way"
	case text != "":
		return text
	}
	return "no tokens"
}
