package story

import (
	"strconv"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// refused notes that a refresh token was not accepted.
func (s *Story) refused(c *Call) {
	t := s.byValue[c.Request.form.Get("refresh_token")]
	if t == nil {
		return
	}
	t.LastUsedAt = c.DoneAt
	if code, desc := c.OAuthError(); code == "invalid_grant" && t.DeadAt.IsZero() {
		t.DeadAt, t.DeadWhy, t.DeadBy = c.DoneAt, "refused at a refresh: "+strings.TrimSpace(code+" "+desc), c
	}
}

// readRevocation reads what a revocation ended (RFC 7009 §2.1). Its 200 does not prove that
// the token was known; a call that is refused afterwards does.
func (s *Story) readRevocation(c *Call) {
	t := s.byValue[c.Request.form.Get("token")]
	check := jwtview.Check{ID: "status", Status: jwtview.Passed, Want: "200", Got: strconv.Itoa(c.Response.Status), Spec: "RFC 7009 §2.2",
		Detail: "Accepted; a server answers 200 for an unknown token too."}
	if c.Response.Status != 200 {
		check.Status, check.Detail = jwtview.Failed, "The server did not revoke the token."
	}
	if c.Experiment == nil {
		s.settle(subject(string(trace.Revoke), c.N), []jwtview.Check{check})
	}
	if t != nil && c.OK() {
		t.RevokedAt, t.RevokedBy = c.DoneAt, c
		t.revokedFamily(c)
		t.DeadAt, t.DeadWhy = c.DoneAt, "revoked: the revocation endpoint answered "+strconv.Itoa(c.Response.Status)
		if t.Kind == RefreshToken && t.Login != nil {
			t.Login.RevokedAt, t.Login.RevokedBy = c.DoneAt, c
		}
	}
	s.conclude(s.latest[trace.Revoke])
}

// readUserInfo reads an answer of the UserInfo endpoint (OpenID Connect Core §5.3).
func (s *Story) readUserInfo(c *Call) {
	t := s.byValue[bearer(c.Request.Header)]
	if t != nil {
		t.LastUsedAt = c.DoneAt
		switch {
		case c.Response.Status == 401 && t.DeadAt.IsZero():
			t.DeadAt, t.DeadWhy, t.DeadBy = c.DoneAt, "refused by UserInfo with 401", c
		case c.OK():
			t.AliveAt = c.DoneAt
			if c.Class == UserInfoCall || c.Class == Probe {
				t.Family.accepted(c.DoneAt)
			}
			t.DeadAt, t.DeadWhy, t.DeadBy = time.Time{}, "", nil // revoked or not, it works
		}
	}
	if c.Class == UserInfoCall && c.Experiment == nil {
		s.readSigned(c)
		s.settle(subject(string(trace.UserInfo), c.N), s.userInfoChecks(c))
	}
	s.conclude(c.stage)
}
