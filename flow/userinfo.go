package flow

import (
	"context"
	"errors"

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
