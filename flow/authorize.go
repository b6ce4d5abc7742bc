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
			return ctx.Err()
		}
		out.Via = "person"
		r.Log.Append(0, trace.Choice{What: "browser", Value: failed.Error()})
	}
	r.Log.Append(call, out)
	return nil
}

// oauth2 is the client's configuration for x/oauth2. AuthStyle is always set: with its zero value
// the library sends a token request twice, and reports the error of the second.
func (r *runner) oauth2(authURL, tokenURL string) *oauth2.Config {
	c := &oauth2.Config{
		ClientID: r.cfg.ClientID, RedirectURL: r.cfg.RedirectURI, Scopes: r.cfg.Scopes(),
		Endpoint: oauth2.Endpoint{AuthURL: authURL, TokenURL: tokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
	switch r.cfg.ClientAuth {
	case trace.AuthBasic:
		c.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
		c.ClientSecret = r.cfg.ClientSecret.Reveal()
	case trace.AuthPost:
		c.ClientSecret = r.cfg.ClientSecret.Reveal()
	}
	return c
}
