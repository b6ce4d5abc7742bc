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
	if scope := clientScope(r.cfg.Settings); scope != "" {
		form.Set("scope", scope)
	}
	return r.token(ctx, trace.ClientCredentials, func(ctx context.Context) error {
		return r.postGrant(ctx, m.TokenEndpoint, form, r.cfg.TokenParams)
	})
}

// clientScope is the scope without what concerns a person.
func clientScope(s trace.Settings) string {
	for _, name := range []string{"openid", "offline_access"} {
		if s.HasScope(name) {
			s.Scope = s.ToggleScope(name)
		}
	}
	return s.Scope
}
