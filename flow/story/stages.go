package story

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Stage is one run of a stage.
type Stage struct {
	trace.Stage
	N      int
	Order  int // among all runs of all stages, from 0
	Status trace.Status
	Reason string // why it was skipped or cancelled, or what failed
	Err    string
	Calls  []*Call
	Began  time.Time

	began, ended time.Duration
	total        time.Duration // of the calls that are over
	implied      bool          // no event said that it began: read from a call alone
	idTokens     []*Token      // that a refresh brought
	story        *Story
}

// Duration is how long the stage took, without the time for which it was held.
func (st *Stage) Duration() time.Duration {
	return st.total
}

// took adds a call that is over.
func (st *Stage) took(c *Call) {
	if st != nil && !c.Front && !c.Inbound {
		st.total += c.Duration()
	}
}

// Checks returns the comparisons that were made in this stage.
func (st *Stage) Checks() []jwtview.Check {
	var out []jwtview.Check
	for _, subject := range st.subjects() {
		out = append(out, st.story.checks[subject]...)
	}
	return out
}

// Failed returns the first check that failed.
func (st *Stage) Failed() (jwtview.Check, bool) {
	for _, c := range st.Checks() {
		if c.Status == jwtview.Failed {
			return c, true
		}
	}
	return jwtview.Check{}, false
}

// subjects names what was checked in the stage.
func (st *Stage) subjects() []string {
	own := subject(string(st.ID), st.N)
	switch st.ID {
	case trace.Verify:
		if st.Status == trace.Skipped {
			return nil
		}
		if first := st.story.firstIDs; len(first) > 0 {
			return []string{first[min(st.N, len(first))-1].subject()}
		}
	case trace.Refresh:
		out := []string{own}
		for _, t := range st.idTokens {
			out = append(out, t.subject())
		}
		return out
	}
	return []string{own}
}

// Stages returns every run of every stage, in the order in which they began.
func (s *Story) Stages() []*Stage { return s.stages }

// StageRun returns the n-th run of a stage, or nil; n 0 is the newest.
func (s *Story) StageRun(id trace.StageID, n int) *Stage {
	if n == 0 {
		return s.latest[id]
	}
	for _, st := range slices.Backward(s.stages) { // it is nearly always one of the last
		if st.ID == id && st.N == n {
			return st
		}
	}
	return nil
}

// stageBegan begins a stage, or tells that the one that a call has begun is running: a browser can bring the
// answer while its opening is still waited for.
func (s *Story) stageBegan(e trace.Event, d trace.StageBegan) {
	if st := s.latest[d.Stage]; st != nil && st.implied && st.N == d.N {
		st.implied, st.Status, st.Reason = false, trace.Running, ""
		return
	}
	s.newStage(e, d.Stage, d.N, false)
}

func (s *Story) newStage(e trace.Event, id trace.StageID, n int, implied bool) *Stage {
	n = max(1, n) // a damaged file may say anything
	st := &Stage{Stage: trace.StageOf(id), N: n, Order: len(s.stages), Status: trace.Running, Began: e.At, began: e.Mono, implied: implied, story: s}
	s.stages = append(s.stages, st)
	s.counts[id] = max(s.counts[id], n)
	s.latest[id] = st
	return st
}

func (s *Story) stageEnded(e trace.Event, d trace.StageEnded) {
	st := s.latest[d.Stage]
	if st == nil || st.N != max(1, d.N) {
		st = s.newStage(e, d.Stage, d.N, false)
	}
	st.Status, st.Reason, st.Err, st.ended = d.Status, d.Reason, d.Err, e.Mono
	if d.Stage == trace.Experiment {
		s.trying = nil
	}
}

// inShort says how a call failed, in a few words: its error, or its status.
func (c *Call) inShort() string {
	if c.Response == nil {
		return c.Err
	}
	if code, desc := c.OAuthError(); code != "" {
		return strings.TrimSpace(code + " " + clip(desc, 120))
	}
	return "status " + strconv.Itoa(c.Response.Status)
}

// attach puts a call into the stage that it belongs to; without stage events the call
// itself begins one.
func (s *Story) attach(c *Call, e trace.Event) {
	if c.Experiment != nil || s.try(c) {
		return
	}
	c.Stage = stageOf[c.Class]
	if c.Class == Probe && s.Logout() != nil && s.Logout().Return != nil && s.Logout().newer(s.latest[trace.Revoke]) {
		c.Stage = trace.Logout
	}
	if c.Class == JWKS && len(s.tokens) == 0 {
		c.Stage = "" // keys that somebody looks at: there is nothing yet to verify with them
	}
	if c.Stage == "" || c.stage != nil && c.stage.ID == c.Stage {
		return // nothing to put it into, or it was changed before it was sent
	}
	st := s.latest[c.Stage]
	if st == nil || st.implied && begins(c.Class) {
		st = s.newStage(e, c.Stage, s.counts[c.Stage]+1, true)
	}
	c.N, c.stage = st.N, st
	st.Calls = append(st.Calls, c)
}

// begins reports whether each call of a class is a stage of its own.
func begins(c Class) bool {
	switch c {
	case Authorization, CodeExchange, TokenRefresh, Revocation, DeviceRequest, ClientToken, APICall, LogoutPage:
		return true
	}
	return false
}

// conclude sets the status of a stage that no event tells about, from its checks.
func (s *Story) conclude(st *Stage) {
	if st == nil || !st.implied {
		return
	}
	st.Status = trace.Passed
	if c, ok := st.Failed(); ok {
		st.Status, st.Reason = trace.Failed, c.ID+": "+c.Detail
	}
	if st.ID == trace.Preflight { // an error page is not an answer by the book: its check decides
		return
	}
	if st.ID == trace.DevicePoll && s.Device() != nil { // most polls are answered with an error, as they should be
		if s.Device().Pending() {
			st.Status = trace.Running
		}
	}
	for _, c := range slices.Backward(st.Calls) {
		if c.Class == Probe { // that it is refused is what a revocation is for
			continue
		}
		if c.State == Broken || c.Response != nil && c.Response.Status >= 400 {
			st.Status = trace.Failed
			if st.Reason == "" {
				st.Reason = c.inShort()
			}
		}
		break
	}
}
