package flow

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// userInfo asks who signed in (OpenID Connect Core §5.3).
func userInfo(ctx context.Context, r *runner) error {
	m := r.metadata()
	if m.UserInfoEndpoint == "" {
		return skipped{"the metadata has no userinfo_endpoint"}
	}
	var token string
	r.Read(func(s *story.Story) {
		if t := s.Newest(story.AccessToken); t != nil {
			token = t.Value.Reveal()
		}
	})
	switch {
	case token == "":
		return errors.New("there is no access token to ask with")
	case !(trace.Settings{Scope: r.askedScope()}).HasScope("openid"):
		return skipped{"openid was not asked, so UserInfo is not open to this token"}
	}
	c, err := r.bearer(ctx, m.UserInfoEndpoint, token)
	if err != nil {
		return err
	}
	if !c.OK() || !c.Response.IsJSON && c.Response.MediaType() != "application/jwt" {
		return wrongAnswer(c, "UserInfo, as JSON,")
	}
	return r.problem(trace.UserInfo)
}

// bearer calls url with an access token (RFC 6750 §2.1).
func (r *runner) bearer(ctx context.Context, url, token string) (*story.Call, error) {
	req, err := newGET(r.endpoint(url))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return r.call(ctx, req)
}

// revoke ends the session (RFC 7009) by its refresh token, or by the access token where there
// is none. Since the answer proves nothing, UserInfo is then asked with the access token.
func revoke(ctx context.Context, r *runner) error {
	m := r.metadata()
	if m.RevocationEndpoint == "" {
		return skipped{"the metadata has no revocation_endpoint"}
	}
	var access, refresh string
	r.Read(func(s *story.Story) {
		if t := s.Newest(story.AccessToken); t != nil {
			access = t.Value.Reveal()
		}
		if t := s.Newest(story.RefreshToken); t != nil {
			refresh = t.Value.Reveal()
		}
	})
	form := url.Values{"token": {refresh}, "token_type_hint": {"refresh_token"}}
	if refresh == "" {
		form = url.Values{"token": {access}, "token_type_hint": {"access_token"}}
	}
	if form.Get("token") == "" {
		return skipped{"there is no token to revoke"}
	}
	req, err := r.newPOST(m.RevocationEndpoint, form)
	if err != nil {
		return err
	}
	c, err := r.call(ctx, req)
	if err != nil {
		return err
	}
	if c.Response.Status != http.StatusOK {
		return wrongAnswer(c, "status 200")
	}
	if access != "" && m.UserInfoEndpoint != "" {
		if _, err := r.bearer(ctx, m.UserInfoEndpoint, access); err != nil {
			return err
		}
	}
	return r.problem(trace.Revoke)
}
