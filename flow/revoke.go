package flow

import (
	"context"
	"net/http"
	"net/url"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// RevokeToken returns the stage that revokes the newest token of a kind (RFC 7009 §2.1). Without a kind it is the refresh
// token, which ends the session, or the access token where there is none.
func RevokeToken(kind story.Kind) []Stage {
	return []Stage{stage(trace.Revoke, func(ctx context.Context, r *runner) error { return revoke(ctx, r, kind) })}
}

// revoke revokes a token. Since the answer proves nothing, UserInfo is then asked with the access token.
func revoke(ctx context.Context, r *runner, kind story.Kind) error {
	m := r.metadata()
	if m.RevocationEndpoint == "" {
		return skipped{"the metadata has no revocation_endpoint: tokens of this server end by themselves"}
	}
	access, refresh := r.newest(story.AccessToken), r.newest(story.RefreshToken)
	if kind == story.AccessToken || kind == "" && refresh == "" {
		refresh = ""
	} else if refresh == "" {
		return skipped{"there is no refresh token to revoke"}
	}
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
	if err := r.probe(ctx, access); err != nil {
		return err
	}
	return r.problem(trace.Revoke)
}

// probe asks UserInfo whether an access token still works. What it says is in the trace.
func (r *runner) probe(ctx context.Context, access string) error {
	m := r.metadata()
	if access == "" || m.UserInfoEndpoint == "" {
		return nil
	}
	_, err := r.bearer(ctx, m.UserInfoEndpoint, access)
	return err
}

// newest returns the value of the newest token of a kind, or "".
func (r *runner) newest(kind story.Kind) (value string) {
	r.Read(func(s *story.Story) {
		if t := s.Newest(kind); t != nil {
			value = t.Value.Reveal()
		}
	})
	return value
}
