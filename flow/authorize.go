package flow

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"golang.org/x/oauth2"

	"authscope/flow/trace"
)

// authorize makes the authorization request (RFC 6749 §4.1.1) with PKCE (RFC 7636 §4.3), state and
// nonce, listens at the redirect URI, and hands the URL over.
func authorize(ctx context.Context, r *runner) error {
	m := r.metadata()
	if m.AuthorizationEndpoint == "" {
		return errors.New("the metadata has no authorization_endpoint, so there is nowhere to send the browser")
	}
	url, verifier := r.authorizationURL(m.AuthorizationEndpoint)
	r.mu.Lock()
	r.verifier = trace.NewSecret(verifier)
	r.mu.Unlock()
	r.listen() // before the URL is shown: whoever follows it at once must find somebody

	call := r.Log.NewCall()
	d := trace.Draft{Call: call, Front: true, Method: http.MethodGet, URL: url}
	d, err := r.ready(ctx, d)
	if err != nil {
		return err
	}
	return r.handOver(ctx, call, d.URL)
}

// authorizationURL makes the URL of an authorization request with a state, a nonce and a verifier of its own.
func (r *runner) authorizationURL(endpoint string) (url, verifier string) {
	verifier = oauth2.GenerateVerifier()
	opts := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", rand.Text())}
	if r.cfg.ResponseMode != "" {
		opts = append(opts, oauth2.SetAuthURLParam("response_mode", r.cfg.ResponseMode))
	}
	for _, p := range r.cfg.Params {
		opts = append(opts, oauth2.SetAuthURLParam(p.Name, p.Value))
	}
	return r.oauth2(endpoint, "").AuthCodeURL(rand.Text(), opts...), verifier
}

// handOver gives the URL to the browser. That there is none is no failure: the person can copy
// the URL.
func (r *runner) handOver(ctx context.Context, call trace.CallID, url string) error {
	via := "person"
	var failed error
	r.await(true)
	if r.hooks.Open != nil {
		v, err := r.hooks.Open(ctx, url)
		if v != "" {
			via = v
		}
		failed = err
	}
	out := trace.RedirectOut{Via: via}
	if failed != nil {
		if ctx.Err() != nil {
			r.await(false)
			return ctx.Err()
		}
		out.Via = "person"
		r.Log.Append(0, trace.Choice{What: "browser", Value: failed.Error()})
	}
	r.Log.Append(call, out)
	return nil
}
