package ui

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// fillFlow shows the selected stage: what is sent, what came back, what was checked, and why.
func (m *Model) fillFlow(s *sheet) {
	st := m.stageRun(m.stage)
	m.welcome(s)
	m.stageHeading(s, st)
	if st == nil || len(st.Calls) == 0 && st.Status != trace.Failed || st.ID == trace.Callback && st.Status == trace.Running {
		m.stageToCome(s, st)
	}
	if st == nil {
		m.whys(s, m.stage, 0)
		return
	}
	if st.ID == trace.Preflight {
		m.ahead(s, st)
	}
	if st.Status == trace.Failed || st.Status == trace.Cancelled || st.Status == trace.Skipped {
		if st.ID != trace.Preflight || st.Status != trace.Failed || len(st.Calls) == 0 { // the sentence has said it
			m.stageEnd(s, st)
		}
		m.whys(s, st.ID, st.N)
	}
	switch {
	case st.ID == trace.Verify:
		m.checks(s, st)
	case st.ID == trace.Refresh && st.Status == trace.Running && m.deadRefresh():
		s.text(m.th.Warn, 0, theme.Finding+" This refresh token was revoked or refused: expect invalid_grant. n begins a new run.")
	case st.ID == trace.Revoke && st.Status == trace.Running:
		m.revoking(s)
	case st.ID == trace.DevicePoll:
		m.device(s, st)
	case st.ID == trace.Logout && st.Status == trace.Running:
		m.loggingOut(s)
	case st.ID == trace.Logout && st.Status == trace.Passed:
		m.whatDied(s, "the tokens now")
	case st.ID == trace.Revoke:
		m.whatDied(s, "what died")
	}
	m.calls(s, st)
	if st.Status == trace.Passed || st.Status == trace.Running && len(st.Calls) > 0 {
		m.whys(s, st.ID, st.N)
	}
	if st.ID != trace.Verify {
		m.checks(s, st)
	}
}

// maxCalls is how many calls of one stage Flow shows: a stage seldom has more than two.
const maxCalls = 8

// roomy is how many rows a pane needs for an answer and its reason to be in sight together.
const roomy = 24

// welcome stands above the first stage until something was sent.
func (m *Model) welcome(s *sheet) {
	if m.opt.Opened != nil || m.stage != trace.Discover || m.cur.touched() || m.cur.n > 1 {
		return
	}
	switch {
	case m.startErr != nil:
		s.text(m.th.Bad, 0, theme.Failed+" There is no tenant to talk to: "+m.startErr.Error())
		s.gap()
		return
	case m.target != nil && m.cfg.Embedded == nil:
		s.text(m.th.Text, 0, "A login with OAuth 2.0 and OpenID Connect, request by request, at "+m.cfg.Issuer+".")
	default:
		s.text(m.th.Text, 0, "OAuth 2.0 and OpenID Connect, request by request, on a tenant inside this program.")
	}
	var c cells
	c.put(m.th.Text, "Press ")
	c.put(m.th.Key, "enter")
	c.put(m.th.Text, safe.Cut(" to send the first request: it stands below as it will leave.", s.w-c.w))
	s.line(c.String())
	if e := m.cfg.Embedded; e != nil && e.Note != "" {
		s.text(m.th.Warn, 0, e.Note)
	}
	s.gap()
}

// stageHeading names the stage, and what became of its call.
func (m *Model) stageHeading(s *sheet, st *story.Stage) {
	var c cells
	c.put(m.th.Title, trace.StageOf(m.stage).Long)
	if st != nil && st.N > 1 {
		c.put(m.th.Dim, fmt.Sprintf("  attempt %d", st.N))
	}
	if st != nil && len(st.Calls) > 0 {
		call := st.Calls[len(st.Calls)-1]
		if st.ID == trace.Revoke || st.ID == trace.Logout || st.ID == trace.DevicePoll && st.Status == trace.Running {
			call = st.Calls[0] // the other asks whether it worked
		}
		right := m.callState(call)
		if at := s.w - right.w; at > c.w {
			c.to(at)
			c.b = append(c.b, right.b...)
			c.w += right.w
		}
	}
	s.line(c.String())
	if st != nil && len(st.Calls) == 1 && st.ID != trace.DevicePoll {
		m.requestLine(s, st.Calls[0])
	}
	s.gap()
	if h := m.cur.held(); h != nil && h.Stage == m.stage && m.stage != trace.DevicePoll {
		s.text(m.th.Dim, 0, trace.StageOf(m.stage).What)
		s.gap()
	}
}

// requestLine is the request in one line: the method and where it goes.
func (m *Model) requestLine(s *sheet, c *story.Call) {
	var l cells
	if c.Inbound {
		l.put(m.th.Dim, theme.Received+" ")
		m.inbound(&l, c, s.w)
		s.line(l.String())
		return
	}
	l.put(m.th.Dim, theme.Sent+" "+safe.Line(c.Request.Method)+" ")
	l.put(m.th.Dim, safe.Cut(safe.Line(bareURL(c.Request.URL)), s.w-l.w))
	s.line(l.String())
}

// bareURL is a URL without its query: the parameters stand below it.
func bareURL(raw string) string {
	bare, _, _ := strings.Cut(raw, "?")
	return bare
}

func path(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Path
	}
	return "?"
}

// callState says how a call stands: ready, sent, or its status and how long it took.
func (m *Model) callState(call *story.Call) (c cells) {
	switch {
	case call.Inbound:
	case call.State == story.Held:
		c.put(m.th.Active, "ready, not sent yet")
	case call.Front && call.Class == story.DevicePage && call.Stage == m.running():
		c.put(m.th.Active, "waiting")
	case call.Front:
		via := map[string]string{"agent": "handed to the built-in user agent", "browser": "handed to the browser", "person": "yours to open", "recording": "the browser went there"}[call.Via]
		c.put(m.th.Dim, via)
	case call.Response != nil:
		c.put(m.statusStyle(call.Response.Status), fmt.Sprint(call.Response.Status))
		if t := took(call.Duration()); t != "" {
			c.put(m.th.Dim, " "+theme.Between+" "+t)
		}
	case call.State == story.InFlight:
		c.put(m.th.Active, "sent, waiting for the answer")
	case call.State == story.Abandoned:
		c.put(m.th.Warn, "given up; the answer may still come")
	case call.State == story.Broken:
		c.put(m.th.Bad, theme.Failed+" no answer")
	default:
		c.put(m.th.Dim, "not sent")
	}
	return c
}

func (m *Model) statusStyle(status int) theme.Style {
	switch {
	case status >= 400:
		return m.th.Bad
	case status >= 300:
		return m.th.Warn
	}
	return m.th.OK
}

func (m *Model) callHeading(s *sheet, i int, c *story.Call) {
	s.gap()
	var l cells
	l.put(m.th.Strong, fmt.Sprintf("%d  ", i+1))
	if c.Inbound {
		m.inbound(&l, c, s.w)
	} else {
		l.put(m.th.Text, safe.Cut(safe.Line(c.Request.Method+" "+bareURL(c.Request.URL)), s.w-40))
	}
	right := m.callState(c)
	l.to(s.w - right.w)
	l.b = append(l.b, right.b...)
	s.line(l.String())
}

// stageToCome says what a stage will do that has not begun, or what is waited for.
func (m *Model) stageToCome(s *sheet, st *story.Stage) {
	if m.stage == trace.Callback && st != nil && st.Status == trace.Running {
		m.waiting(s)
		return
	}
	switch {
	case st == nil:
		s.text(m.th.Text, 0, trace.StageOf(m.stage).What)
	case st.Status == trace.Running:
		s.text(m.th.Dim, 0, "under way…")
	default:
		return
	}
	s.gap()
	s.text(m.th.Dim, 0, trace.StageOf(m.stage).Spec)
	s.gap()
}

// stageEnd says how a stage ended that did not pass.
func (m *Model) stageEnd(s *sheet, st *story.Stage) {
	switch st.Status {
	case trace.Failed:
		s.text(m.th.Bad, 0, theme.Failed+" "+m.words(st.Reason))
	case trace.Cancelled:
		s.text(m.th.Warn, 0, theme.Skipped+" "+givenUp(st))
	default:
		s.text(m.th.Dim, 0, theme.Skipped+" skipped: "+st.Reason)
	}
	s.gap()
}

// givenUp says what a cancelled stage means: a request that was sent may have had its effect.
func givenUp(st *story.Stage) string {
	if slices.ContainsFunc(st.Calls, func(c *story.Call) bool { return c.State != story.NotSent }) || len(st.Calls) == 0 {
		return "Given up here. What the tenant still answers is recorded."
	}
	return "Given up before anything was sent."
}

func (m *Model) deadRefresh() bool {
	t := m.cur.story.Newest(story.RefreshToken)
	return t != nil && t.Life(m.now) == story.Dead
}

// whatDied lists what is known of each token after a revocation or a logout.
func (m *Model) whatDied(s *sheet, title string) {
	s.gap()
	s.title(title)
	tokens := m.cur.story.Tokens()
	for _, t := range tokens[max(0, len(tokens)-12):] {
		var c cells
		c.space(2)
		c.put(m.th.Value(string(t.Kind)), fmt.Sprintf("%s #%d", t.Kind.Short(), t.Generation))
		c.to(16)
		st, text := m.lifeText(t)
		c.put(st, safe.Cut(text, s.w-18))
		s.line(c.String())
	}
}

// lifeText says in one line what is known of a token's life.
func (m *Model) lifeText(t *story.Token) (theme.Style, string) {
	switch t.Life(m.now) {
	case story.Dead:
		return m.th.Bad, theme.Failed + " " + safe.Line(t.DeadWhy)
	case story.Expired:
		return m.th.Bad, theme.Failed + " expired at " + clockTime(t.ExpiresAt, m.now)
	case story.Replaced:
		return m.th.Dim, fmt.Sprintf("%s replaced by #%d", theme.Skipped, t.Replaced.Generation)
	case story.NotTold:
		return m.th.Text, theme.On + " the server did not say how long it lives"
	}
	text := theme.On + " lives " + clockText(t.Left(m.now)) + " more"
	if l := t.Login; l != nil && t.AliveAt.After(l.RevokedAt) && !l.RevokedAt.IsZero() {
		return m.th.Warn, theme.On + " still accepted by UserInfo after the revocation"
	}
	if l := t.Login; l != nil && !l.RevokedAt.IsZero() && t.Kind == story.IDToken {
		text += "; nobody asks the tenant about it"
	}
	return m.th.Text, text
}
