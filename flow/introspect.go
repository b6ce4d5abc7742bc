package flow

import (
	"context"
	"net/url"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Introspect returns the stage that asks the tenant what the newest tokens of these kinds are worth (RFC 7662). Without
// a kind it asks about the access token and the refresh token.
func Introspect(kinds ...story.Kind) []Stage {
	if len(kinds) == 0 {
		kinds = []story.Kind{story.AccessToken, story.RefreshToken}
	}
	return []Stage{stage(trace.Introspect, func(ctx context.Context, r *runner) error { return introspect(ctx, r, kinds) })}
}

func introspect(ctx context.Context, r *runner, kinds []story.Kind) error {
	m := r.metadata()
	if m.IntrospectionEndpoint == "" {
		what := "the metadata has no introspection_endpoint: only whoever calls an API, or UserInfo, learns whether a token works"
		if m.IsAuthgear() {
			what = "Authgear has no introspection endpoint: ask UserInfo, or the resolver beside your API"
		}
		if r.cfg.Embedded != nil {
			what += "; this tenant gets one with i, or --demo introspection"
		}
		return skipped{what}
	}
	asked := 0
	for _, kind := range kinds {
		token := r.newest(kind)
		if token == "" {
			continue
		}
		asked++
		req, err := r.newPOST(m.IntrospectionEndpoint, url.Values{"token": {token}, "token_type_hint": {string(kind)}})
		if err != nil {
			return err
		}
		c, err := r.call(ctx, req)
		if err != nil {
			return err
		}
		if !c.OK() || !c.Response.IsJSON || c.Response.JSON.Kind != jwtview.Object {
			return wrongAnswer(c, "an introspection response, as JSON,")
		}
	}
	if asked == 0 {
		return skipped{"there is no token to ask about"}
	}
	return r.problem(trace.Introspect)
}
