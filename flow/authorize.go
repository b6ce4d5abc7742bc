package flow

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/oauth2"

	"authscope/flow/trace"
)

// authorize makes the authorization request (RFC 6749 §4.1.1) with PKCE (RFC 7636 §4.3), state and
// nonce, listens at the redirect URI, and hands the URL over.
func authorize(ctx context.Context, r *runner) error { return authorizeAs(ctx, r, nil) }

// authorizeAs is authorize with a change of the URL's parameters, if it is not nil.
func authorizeAs(ctx context.Context, r *runner, change func(url.Values)) error {
	m := r.metadata()
	if m.AuthorizationEndpoint == "" {
		return errors.New("the metadata has no authorization_endpoint, so there is nowhere to send the browser")
	}
	address, verifier := r.authorizationURL(m.AuthorizationEndpoint)
	if u, err := url.Parse(address); err == nil && change != nil {
		q := u.Query()
		change(q)
		u.RawQuery = q.Encode()
		address = u.String()
	}
	r.mu.Lock()
	r.verifier = trace.NewSecret(verifier)
	r.mu.Unlock()
	r.listen() // before the URL is shown: whoever follows it at once must find somebody

	call := r.Log.NewCall()
	d := trace.Draft{Call: call, Front: true, Method: http.MethodGet, URL: address}
	d, err := r.ready(ctx, d)
	if err != nil {
		return err
	}
	return r.handOver(ctx, call, d.URL)
}

// authorizationURL makes the URL of an authorization request with a state, a nonce and a verifier of its own.
func (r *runner) authorizationURL(endpoint string) (address, verifier string) {
	verifier = oauth2.GenerateVerifier()
	opts := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("nonce", rand.Text())}
	if r.cfg.ResponseMode != "" {
		opts = append(opts, oauth2.SetAuthURLParam("response_mode", r.cfg.ResponseMode))
	}
	first, more := once(r.cfg.Params)
	for _, p := range first {
		opts = append(opts, oauth2.SetAuthURLParam(p.Name, p.Value))
	}
	address = r.oauth2(endpoint, "").AuthCodeURL(rand.Text(), opts...)
	for _, p := range more { // the library keeps one value of a name; RFC 8707 §2 has several
		address += "&" + url.QueryEscape(p.Name) + "=" + url.QueryEscape(p.Value)
	}
	return address, verifier
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

// once divides parameters into the first of each name, and the others.
func once(ps []trace.Param) (first, more []trace.Param) {
	for _, p := range ps {
		if slices.ContainsFunc(first, func(f trace.Param) bool { return f.Name == p.Name }) {
			more = append(more, p)
			continue
		}
		first = append(first, p)
	}
	return first, more
}
