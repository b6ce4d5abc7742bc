package flow

import (
	"errors"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// Resume begins a session with a refresh token that an earlier run was given: nobody signs in. What the tenant grants
// is what it remembers of that login (RFC 6749 §6). [Session.HandIn] comes first.
var Resume = []Stage{stage(trace.Discover, discover), RefreshWith()[0], stage(trace.UserInfo, userInfo)}

// HandIn gives a session the refresh token to begin with, and says where it was kept. It is recorded like
// everything else, and redacted like every token.
func (s *Session) HandIn(refreshToken trace.Secret, from string) error {
	if refreshToken.IsZero() {
		return errors.New("there is no refresh token to resume with")
	}
	s.Log.Append(0, trace.HandedIn{Kind: string(story.RefreshToken), Token: refreshToken.Reveal(), From: from})
	return nil
}

// askedScope is the scope that the session's tokens were asked for with: that of the login, or the settings' where the
// login was another session's.
func (r *runner) askedScope() (scope string) {
	r.Read(func(s *story.Story) {
		if scope = s.AskedScope(); s.Login() == nil && s.Resumed() {
			scope = r.cfg.Scope
		}
	})
	return scope
}
