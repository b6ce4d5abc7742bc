package flow

import (
	"context"
	"errors"
	"net/url"

	"authscope/flow/trace"
)

// clientCredentials asks for an access token in the client's own name (RFC 6749 §4.4.2). OpenID Connect has no part in
// it, so openid and offline_access are not asked for: there is nobody to sign in.
func clientCredentials(ctx context.Context, r *runner) error {
	m := r.metadata()
	if m.TokenEndpoint == "" {
		return errors.New("the metadata has no token_endpoint, so there is nowhere to ask for a token")
	}
	form := url.Values{"grant_type": {"client_credentials"}}
	if scope := r.cfg.ClientScope(); scope != "" {
		form.Set("scope", scope)
	}
	return r.token(ctx, trace.ClientCredentials, func(ctx context.Context) error {
		return r.postGrant(ctx, m.TokenEndpoint, form, r.cfg.TokenParams)
	})
}
