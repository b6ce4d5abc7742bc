package flow

import (
	"context"
	"errors"
	"net/url"

	"golang.org/x/oauth2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// exchange hands in the code (RFC 6749 §4.1.3) with the verifier (RFC 7636 §4.5).
func exchange(ctx context.Context, r *runner) error {
	var code string
	r.Read(func(s *story.Story) {
		if l := s.Login(); l != nil && l.Answer != nil {
			code = l.Answer.Params.Get("code")
		}
	})
	m := r.metadata()
	switch {
	case code == "":
		return errors.New("there is no code to exchange")
	case m.TokenEndpoint == "":
		return errors.New("the metadata has no token_endpoint, so there is nowhere to exchange the code")
	}
	r.mu.Lock()
	verifier := r.verifier
	r.mu.Unlock()
	opts := []oauth2.AuthCodeOption{oauth2.VerifierOption(verifier.Reveal())}
	for _, p := range r.cfg.TokenParams {
		opts = append(opts, oauth2.SetAuthURLParam(p.Name, p.Value))
	}
	return r.token(ctx, trace.Exchange, func(ctx context.Context) error {
		if _, more := once(r.cfg.TokenParams); !r.libraryCan() || len(more) > 0 {
			form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {r.cfg.RedirectURI}, "code_verifier": {verifier.Reveal()}}
			return r.postGrant(ctx, m.TokenEndpoint, form, r.cfg.TokenParams)
		}
		_, err := r.oauth2("", m.TokenEndpoint).Exchange(ctx, code, opts...)
		return err
	})
}

// refresh hands in the refresh token (RFC 6749 §6). What comes is held against the first ID
// token (OpenID Connect Core §12.2).
func refresh(ctx context.Context, r *runner, ps []trace.Param) error {
	if err := r.alone(ctx); err != nil {
		return err
	}
	defer r.done()
	var old string
	r.Read(func(s *story.Story) {
		if t := s.Newest(story.RefreshToken); t != nil {
			old = t.Value.Reveal()
		}
	})
	m := r.metadata()
	switch {
	case old == "":
		return skipped{"there is no refresh token: the login did not give one"}
	case m.TokenEndpoint == "":
		return errors.New("the metadata has no token_endpoint, so there is nowhere to refresh")
	}
	err := r.token(ctx, trace.Refresh, func(ctx context.Context) error {
		if len(ps) > 0 || !r.libraryCan() {
			return r.postGrant(ctx, m.TokenEndpoint, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {old}}, ps)
		}
		_, err := r.oauth2("", m.TokenEndpoint).TokenSource(ctx, &oauth2.Token{RefreshToken: old}).Token()
		return err
	})
	if err != nil && !isUnknownKid(err) {
		return err
	}
	if err := r.freshKeys(ctx); err != nil {
		return err
	}
	return r.problem(trace.Refresh)
}

// token makes a token request and reads the recorded bytes. What x/oauth2 thinks of them does
// not decide: it takes an odd expires_in for a failure.
func (r *runner) token(ctx context.Context, id trace.StageID, send func(context.Context) error) error {
	var call trace.CallID
	ctx = trace.WithCall(context.WithValue(ctx, oauth2.HTTPClient, r.http), &call)
	err := send(ctx)
	c, err := r.recorded(call, err)
	if err != nil {
		return err
	}
	if !c.OK() || !c.Response.IsJSON || c.Response.JSON.Kind != jwtview.Object {
		return wrongAnswer(c, "a token response, as JSON,")
	}
	if code, desc := c.OAuthError(); code != "" { // some servers report errors with 200
		return &ProtocolError{code, desc, c.Response.Status}
	}
	return r.problem(id)
}
