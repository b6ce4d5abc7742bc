package ui

import (
	"context"
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// maxRuns is how many runs are kept to be compared.
const maxRuns = 16

// run is one login with its session, as far as its trace was read.
type run struct {
	n        int
	session  *flow.Session // nil for a saved session
	log      *trace.Log
	story    story.Story
	known    trace.Known
	folded   int
	findings []diagnose.Finding
	why      whys            // the same, by what they speak of
	reader   diagnose.Reader // of findings
	next     time.Time       // when the findings change by themselves

	gate     *gate
	cancel   context.CancelFunc // nil when nothing runs
	failed   trace.StageID      // where the last walk ended badly
	err      error
	began    time.Time
	unfollow func() // ends what [Model.keepToken] began; nil if nothing

	edits map[trace.CallID][]trace.Part // what the person changed, to be changed further

	trying string                                // the experiment that runs, or ""
	missed struct{ name, why string }            // the experiment that could not begin, and why
	name   string                                // of the file that it was read from, or ""
	cfg    flow.Config                           // that it was started with
	asOf   time.Time                             // the end of a recording; zero: now is now
	alter  func(trace.Draft) (trace.Draft, bool) // changes each request, for a comparison; or nil
	undo   func()                                // when the run has ended; or nil
	met    bool                                  // the comparison that it was made for has been shown
	silent bool                                  // walks by itself, for a comparison
	beside bool                                  // what runs was not asked for at its stage: the selection stays

	stepsSeen int  // of the diagram, in which api was looked for
	api       bool // a protected API was called

	looking, looked bool               // the tenant is being asked for all that it publishes, or was
	stopLooking     context.CancelFunc // nil if it never was
}

// fold reads what has been added to the trace.
func (r *run) fold(now time.Time) bool {
	events := r.log.Since(r.folded)
	for _, e := range events {
		r.story.Add(e)
		r.known.Add(e)
	}
	r.folded += len(events)
	if len(events) > 0 || !r.next.IsZero() && !now.Before(r.next) {
		r.judge(now)
	}
	return len(events) > 0
}

// judge reads the findings, and when they change next.
func (r *run) judge(now time.Time) {
	r.findings = r.reader.Read(&r.story, now)
	r.why = sortWhys(r.findings)
	r.next = r.story.Next(now)
}

// held returns the request that waits to be released, or nil.
func (r *run) held() *story.Call {
	if r.cancel == nil {
		return nil
	}
	calls := r.story.Calls()
	for i := len(calls) - 1; i >= 0 && i >= len(calls)-256; i-- { // whoever knocks meanwhile stands behind it
		if c := calls[i]; c.State == story.Held && !c.Inbound {
			return c
		}
	}
	return nil
}

// settings are those that the run was started with.
func (r *run) settings() trace.Settings { s, _ := r.story.Settings(); return s }

// touched reports whether anything of the run has left.
func (r *run) touched() bool {
	return slices.ContainsFunc(r.story.Calls(), func(c *story.Call) bool { return c.State != story.Held })
}

// answered reports whether the run has got its tokens, or an error instead.
func (r *run) answered() bool {
	l := r.story.Login()
	return l != nil && (l.Exchange != nil || !l.SentAt.IsZero() && !l.Waiting())
}

// newRun makes a session with the present settings. It is not started.
func (m *Model) newRun() *run {
	cfg := m.cfg
	cfg.Run = m.numbered + 1
	cfg.Earlier = m.earlier()
	m.numbered++
	s := flow.NewSession(cfg, m.target.Env)
	r := &run{n: cfg.Run, session: s, log: s.Log, began: m.now, reader: m.opt.Reader, cfg: m.cfg}
	if m.mode != trace.ByHand {
		s.SetRefreshMode(m.mode)
	}
	m.runs = append(m.runs, r)
	if len(m.runs) > maxRuns {
		m.runs[0].close()
		m.runs = m.runs[1:]
	}
	return r
}

// earlier lists the states of runs before, so that a late answer to one is known to be that.
func (m *Model) earlier() (out []trace.EarlierRun) {
	for _, r := range m.runs {
		if l := r.story.Login(); l != nil && l.State != "" {
			out = append(out, trace.EarlierRun{Run: r.n, State: l.State, Began: r.began})
		}
	}
	return out
}

// close ends all that the run still does.
func (r *run) close() {
	if r.cancel != nil {
		r.cancel()
		r.cancel = nil
	}
	if r.stopLooking != nil {
		r.stopLooking()
	}
	if r.session != nil {
		r.session.Close()
	}
	if r.unfollow != nil {
		go r.unfollow()
		r.unfollow = nil
	}
}

// keepToken keeps what is kept of the session's refresh token up to date, which may block and so goes on beside the screen. A run
// for a comparison has other scopes: its token is not the one to keep.
func (m *Model) keepToken(r *run) {
	if m.target.Follow == nil || r.silent {
		return
	}
	log := r.log
	r.unfollow = m.target.Follow(m.ctx, r.session, func(said string) { log.Append(0, trace.Choice{What: "refresh token", Value: said}) })
}

// walk starts stages on r.
func (m *Model) walk(r *run, stages []flow.Stage, g *gate) tea.Cmd {
	ctx, cancel := context.WithCancel(m.ctx)
	first := r.gate == nil
	r.gate, r.cancel, r.err, r.failed, r.beside = g, cancel, nil, "", false
	session, hooks := r.session, g.hooks(ctx, m.target, r.session)
	hooks.Hold = r.altering(hooks.Hold)
	walking := func() tea.Msg { return runEnded{r, flow.Run(ctx, session, stages, hooks)} }
	if first {
		m.keepToken(r)
		return tea.Batch(walking, m.watch(r))
	}
	return walking
}

// altering changes each request of a run that is made to be compared, before anybody looks at it. What was changed is in the trace.
func (r *run) altering(hold trace.Hold) trace.Hold {
	if r.alter == nil {
		return hold
	}
	alter, log := r.alter, r.log
	return func(ctx context.Context, d trace.Draft) (trace.Draft, error) {
		if left, changed := alter(d); changed {
			log.Edit(d.Call, left)
			d = left
		}
		return hold(ctx, d)
	}
}

// watch waits for the trace to grow. One watch is under way for each run, as long as the
// program lives.
func (m *Model) watch(r *run) tea.Cmd {
	ctx, log, n := m.ctx, r.log, r.folded
	return func() tea.Msg {
		if log.Wait(ctx, n) != nil {
			return nil
		}
		return grown{r}
	}
}

// again starts a new run with the present settings and makes it the current one. Skip says
// that requests pass until the browser's URL is made.
func (m *Model) again(skip bool) tea.Cmd {
	if m.cur != nil {
		m.cur.close()
	}
	m.startOver()
	g := newGate()
	g.back = skip && m.cfg.Grant == trace.GrantCode // elsewhere a request of ours begins it, and nothing leaves unasked
	g.next = m.editNext
	if g.back {
		m.stage = trace.Authorize
	}
	return m.walk(m.cur, flow.LoginFor(m.cfg.Settings), g)
}

// startOver makes a new run the current one.
func (m *Model) startOver() {
	m.cur = m.newRun()
	m.stage, m.followed = trace.Discover, trace.Discover
	m.panes[flowView] = pane{}
	m.revealed = map[string]bool{}
}

// againTo starts a new run that goes by itself to the end of the login, and refreshes after it.
func (m *Model) againTo(refreshes int) tea.Cmd {
	m.cur.close()
	m.startOver()
	g := newGate()
	g.choose(m.defaultVia())
	g.open()
	stages := flow.LoginFor(m.cfg.Settings)
	for range refreshes {
		stages = slices.Concat(stages, flow.RefreshBy(m.cfg.RefreshParams))
	}
	return m.walk(m.cur, stages, g)
}

// ended notes how a walk ended.
func (m *Model) ended(msg runEnded) {
	r := msg.run
	r.fold(m.now)
	if r.cancel != nil {
		r.cancel()
	}
	tried := r.trying
	r.cancel, r.err, r.trying = nil, msg.err, ""
	if r == m.cur && msg.err == nil && r.gate.opened() && !r.beside {
		m.arrive()
	}
	var se *flow.StageError
	if errors.As(msg.err, &se) {
		if r.failed = se.Stage; se.Stage == trace.Experiment {
			r.failed = "" // that a tenant is weaker than it should be stops nothing
		} else if tried != "" && !errors.Is(msg.err, context.Canceled) {
			r.missed.name, r.missed.why = tried, trace.StageOf(se.Stage).Title+": "+flow.Reason(msg.err)
		}
		if r == m.cur && m.view == flowView && !r.beside {
			m.selectStage(se.Stage)
		}
	}
}

// arrive goes to where there is something to read after a walk that was not followed: a
// finding, or the last stage.
func (m *Model) arrive() {
	to := m.lastStage()
	for _, f := range m.cur.findings {
		if f.Stage != "" && f.Stage != to && m.cur.story.StageRun(f.Stage, 0) != nil {
			to = f.Stage
			break
		}
	}
	m.selectStage(to)
}

// retry says from which stage a failed login goes on: where its inputs still hold.
func (r *run) retry() (id trace.StageID, what string) {
	if grant := r.settings().Grant; grant != trace.GrantCode {
		return r.retryGrant(grant)
	}
	switch r.failed {
	case trace.Preflight:
		return trace.Authorize, "go on all the same"
	case trace.Callback:
		if cbs := r.story.Login(); cbs != nil && len(cbs.Callbacks) > 0 && cbs.Callbacks[len(cbs.Callbacks)-1].Fit == story.FitError {
			return trace.Authorize, "sign in again"
		}
		return trace.Callback, "go on waiting"
	case trace.Exchange:
		return trace.Authorize, "sign in again"
	}
	return r.sameAgain()
}

// sameAgain is the failed stage itself, if it is one of a login.
func (r *run) sameAgain() (id trace.StageID, what string) {
	if flow.RestOf(flow.LoginFor(r.settings()), r.failed) == nil {
		return "", ""
	}
	return r.failed, "try again: " + trace.StageOf(r.failed).Title
}

// retryGrant is retry for a login in which no browser comes back.
func (r *run) retryGrant(g trace.Grant) (id trace.StageID, what string) {
	if g == trace.GrantDevice && r.failed == trace.DevicePoll {
		return trace.Device, "ask for new codes"
	}
	return r.sameAgain()
}
