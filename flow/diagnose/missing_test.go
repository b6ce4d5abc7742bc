package diagnose_test

import (
	"slices"
	"strings"
	"testing"

	"authscope/flow/diagnose"
	"authscope/flow/diagnose/provider"
	"authscope/flow/trace"
)

// issuers are where each provider of the table is recognised by itself, or by its metadata.
var issuers = map[string]struct {
	issuer   string
	metadata map[string]any
}{
	"authgear": {"https://app.authgear.cloud", nil}, "auth0": {"https://dev.eu.auth0.com", nil}, "okta": {"https://dev.okta.com/oauth2/default", nil},
	"entra": {"https://login.microsoftonline.com/t/v2.0", nil}, "entra-external": {"https://t.ciamlogin.com/t/v2.0", nil}, "google": {"https://accounts.google.com", nil},
	"keycloak": {"https://sso.example/realms/dev", nil}, "cognito": {"https://cognito-idp.eu-west-1.amazonaws.com/p", nil}, "dex": {"https://id.example/dex", nil},
	"zitadel": {"https://x.zitadel.cloud", nil}, "hydra": {"https://x.projects.oryapis.com", nil}, "gitlab": {"https://gitlab.com", nil}, "github": {"https://github.com", nil},
	"node-oidc-provider": {"https://id.example", map[string]any{"authorization_endpoint": "https://id.example/auth", "token_endpoint": "https://id.example/token", "userinfo_endpoint": "https://id.example/me", "jwks_uri": "https://id.example/jwks"}},
	"duende": {"https://id.example", map[string]any{"authorization_endpoint": "https://id.example/connect/authorize", "token_endpoint": "https://id.example/connect/token",
		"end_session_endpoint": "https://id.example/connect/endsession", "jwks_uri": "https://id.example/.well-known/openid-configuration/jwks"}},
	"logto": {"https://x.logto.app/oidc", nil}, "authentik": {"https://sso.example/application/o/app", nil},
	"authelia":   {"https://id.example", map[string]any{"authorization_endpoint": "https://id.example/api/oidc/authorization", "token_endpoint": "https://id.example/api/oidc/token"}},
	"spring":     {"https://id.example", map[string]any{"authorization_endpoint": "https://id.example/oauth2/authorize", "token_endpoint": "https://id.example/oauth2/token", "jwks_uri": "https://id.example/oauth2/jwks", "end_session_endpoint": "https://id.example/connect/logout"}},
	"fusionauth": {"https://x.fusionauth.io", nil}, "x": {"https://api.x.com", nil}, "facebook": {"https://www.facebook.com", nil}, "coinbase": {"https://login.coinbase.com", nil},
	"better-auth": {"https://id.example", map[string]any{"authorization_endpoint": "https://id.example/api/auth/oauth2/authorize", "token_endpoint": "https://id.example/api/auth/oauth2/token"}},
	"openiddict":  {"", nil}, // is recognised by its error texts alone
}

// run is one way to be without a refresh token.
type run struct {
	params   map[string]string
	metadata map[string]any
	answer   map[string]any
	auth     bool // the client authenticates
}

func (r run) tape(issuer string, metadata map[string]any) *tape {
	m := map[string]any{}
	for _, from := range []map[string]any{metadata, r.metadata} {
		for k, v := range from {
			m[k] = v
		}
	}
	p := newTape(issuer, func(s *trace.Settings) {
		s.ClientAuth = trace.AuthNone
		if r.auth {
			s.ClientAuth = trace.AuthPost
		}
	}).discover(m)
	answer := map[string]any{"refresh_token": nil, "id_token": nil}
	for k, v := range r.answer {
		answer[k] = v
	}
	fields := map[string]string{}
	if r.auth {
		fields["client_secret"] = "the-secret-of-this-client"
	}
	return p.signIn(r.params).token(fields, 200, tokens(answer))
}

// TestMissingByProvider walks the search for every provider of the table: whatever was asked, exactly one finding
// answers why, in the words of that provider's rule.
func TestMissingByProvider(t *testing.T) {
	ends := []string{"no-refresh-token", "offline-access-dropped", "refresh-token-first-consent-only", "refresh-token-missing-though-asked", "refresh-token-by-design"}
	for _, p := range provider.Default().Presets() {
		at, ok := issuers[p.ID]
		if !ok {
			t.Errorf("%s: the table has no issuer for it", p.ID)
		}
		if at.issuer == "" {
			continue
		}
		without := "no-refresh-token" // step 3
		switch {
		case p.Refresh.Never:
			without = "refresh-token-by-design"
		case p.Refresh.Scope == "":
			without = "refresh-token-missing-though-asked"
		}
		for name, c := range map[string]struct {
			run
			want string
		}{
			"scope not asked (3)":  {run{params: map[string]string{"scope": "openid"}}, without},
			"dropped (4)":          {run{params: map[string]string{"scope": scopeFor(p)}, answer: map[string]any{"scope": "openid"}}, or(p.Refresh.Never, "refresh-token-by-design", "offline-access-dropped")},
			"asked, silence (5)":   {run{params: map[string]string{"scope": scopeFor(p)}}, or(p.Refresh.Never, "refresh-token-by-design", "refresh-token-missing-though-asked")},
			"implicit (2)":         {run{params: map[string]string{"response_type": "token"}}, ""},
			"with parameters (7)":  {run{params: withNeeds(p)}, or(p.Refresh.Never, "refresh-token-by-design", "refresh-token-missing-though-asked")},
			"authenticated (8)":    {run{params: map[string]string{"scope": scopeFor(p)}, auth: true}, or(p.Refresh.Never, "refresh-token-by-design", "refresh-token-missing-though-asked")},
			"with an audience (9)": {run{params: map[string]string{"scope": scopeFor(p), "audience": "https://api.example"}}, or(p.Refresh.Never, "refresh-token-by-design", "refresh-token-missing-though-asked")},
		} {
			t.Run(p.ID+"/"+name, func(t *testing.T) {
				tp := c.tape(at.issuer, at.metadata)
				if c.want == "" { // the answer brings a token and no code
					tp = newTape(at.issuer).discover(at.metadata).authorize(c.params).callback(1e9, "access_token=the-access-token-of-this-run&token_type=Bearer&state=the-state-of-this-run")
					c.want = "refresh-token-by-design"
				}
				fs := tp.read(t)
				var got []string
				for _, f := range fs {
					if slices.Contains(ends, f.ID) {
						got = append(got, f.ID)
					}
				}
				if !slices.Equal(got, []string{c.want}) {
					t.Fatalf("why there is no refresh token is answered by %v, want %s alone (of %v)", got, c.want, ids(fs))
				}
				f := find(fs, c.want)
				if f.Provider != p.ID {
					t.Errorf("the finding speaks of provider %q, want %s", f.Provider, p.ID)
				}
				if name != "implicit (2)" && !strings.Contains(f.Means, p.Refresh.When) {
					t.Errorf("the provider's rule is not said: %s", f.Means)
				}
				if f.ID == "refresh-token-missing-though-asked" && !strings.Contains(f.Means, "(2)") && p.ID != "facebook" {
					t.Errorf("fewer than two candidates, where nothing proves one: %s", f.Means)
				}
			})
		}
	}
}

func or(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

func scopeFor(p *provider.Preset) string {
	if p.Refresh.Scope != "" {
		return "openid " + p.Refresh.Scope
	}
	return "openid offline_access"
}

func withNeeds(p *provider.Preset) map[string]string {
	m := map[string]string{"scope": scopeFor(p)}
	for _, n := range p.Refresh.Needs {
		m[n.Param] = n.Value
	}
	return m
}

// TestMissingSteps: each step adds the cause that it is about, or strikes it out.
func TestMissingSteps(t *testing.T) {
	asked := func(more map[string]string) map[string]string {
		if more == nil {
			more = map[string]string{}
		}
		return more
	}
	for name, c := range map[string]struct {
		at     string // a provider of issuers, or ""
		run    run
		want   string
		says   []string
		silent []string
	}{
		"4 lists the reasons":           {"", run{params: asked(nil), answer: map[string]any{"scope": "openid"}}, "offline-access-dropped", []string{"says scope `openid`", "prompt=consent", "did not grant"}, nil},
		"4 strikes prompt=consent":      {"", run{params: asked(map[string]string{"prompt": "login consent"}), answer: map[string]any{"scope": "openid"}}, "offline-access-dropped", []string{"Ruled out: prompt=consent was sent"}, []string{"(1) the server grants offline access only if"}},
		"5 cannot tell":                 {"", run{params: asked(nil)}, "refresh-token-missing-though-asked", []string{"no scope, which may be left out"}, nil},
		"5 goes on, on Authgear":        {"authgear", run{params: asked(nil)}, "refresh-token-missing-though-asked", []string{"Authgear never returns one", "machine-to-machine", "Candidates"}, []string{"prompt=consent"}},
		"5 scope still there":           {"", run{params: asked(nil), answer: map[string]any{"scope": "openid offline_access"}}, "refresh-token-missing-though-asked", []string{"still has what it takes"}, nil},
		"6 scope not listed":            {"", run{params: asked(nil), metadata: map[string]any{"scopes_supported": []string{"openid"}}}, "refresh-token-missing-though-asked", []string{"scopes_supported of its metadata does not list offline_access"}, nil},
		"6 grant not listed":            {"okta", run{params: asked(nil), metadata: map[string]any{"grant_types_supported": []string{"authorization_code"}}}, "refresh-token-missing-though-asked", []string{"does not list the grant refresh_token"}, nil},
		"6 both listed":                 {"", run{params: asked(nil), metadata: map[string]any{"grant_types_supported": []string{"refresh_token"}, "scopes_supported": []string{"offline_access"}}}, "refresh-token-missing-though-asked", nil, []string{"metadata"}},
		"7 Google without access_type":  {"google", run{params: map[string]string{"scope": "openid"}}, "refresh-token-missing-though-asked", []string{"access_type=offline was not sent"}, nil},
		"7 Google without prompt":       {"google", run{params: map[string]string{"scope": "openid", "access_type": "offline"}}, "refresh-token-first-consent-only", []string{"access_type=offline was sent, and prompt=consent was not", "with P"}, nil},
		"7 Google with both":            {"google", run{params: map[string]string{"scope": "openid", "access_type": "offline", "prompt": "consent"}}, "refresh-token-missing-though-asked", []string{"Ruled out: prompt=consent was sent, so that is not the cause; access_type=offline was sent"}, []string{"was not sent"}},
		"7 node-oidc-provider":          {"node-oidc-provider", run{params: asked(nil)}, "refresh-token-missing-though-asked", []string{"this looks like node-oidc-provider", "(1) node-oidc-provider takes offline_access out", "Press P"}, nil},
		"7 node-oidc-provider, sent":    {"node-oidc-provider", run{params: asked(map[string]string{"prompt": "consent"})}, "refresh-token-missing-though-asked", []string{"Ruled out: prompt=consent"}, []string{"(1) node-oidc-provider takes", "Press P"}},
		"8 a public client":             {"", run{params: asked(nil)}, "refresh-token-missing-though-asked", []string{"a public client gets none here (Spring"}, nil},
		"8 a client that authenticates": {"", run{params: asked(nil), auth: true}, "refresh-token-missing-though-asked", []string{"the client authenticated, so it is no public one"}, []string{"a public client gets none"}},
		"8 Spring, public":              {"spring", run{params: asked(nil)}, "refresh-token-missing-though-asked", []string{"Spring Authorization Server gives a public client"}, nil},
		"8 Spring, confidential":        {"spring", run{params: asked(nil), auth: true}, "refresh-token-missing-though-asked", nil, []string{"gives a public client"}},
		"9 no audience":                 {"auth0", run{params: asked(nil)}, "refresh-token-missing-though-asked", []string{"Refresh Token grant"}, []string{"the API that audience names does not have"}},
		"9 an audience":                 {"auth0", run{params: asked(map[string]string{"audience": "https://api"})}, "refresh-token-missing-though-asked", []string{"the API that audience names does not have Allow Offline Access on", "In Auth0: Applications > APIs"}, nil},
		"9 a resource, elsewhere":       {"", run{params: asked(map[string]string{"resource": "https://api"})}, "refresh-token-missing-though-asked", []string{"Auth0: Allow Offline Access"}, nil},
		"10 Keycloak, the role":         {"keycloak", run{params: asked(nil)}, "refresh-token-missing-though-asked", []string{"realm role offline_access", "may be switched off"}, nil},
		"10 Keycloak, not asked":        {"keycloak", run{params: map[string]string{"scope": "openid"}}, "refresh-token-missing-though-asked", []string{"whatever the scope"}, []string{"realm role"}},
		"3 X wants a dot":               {"x", run{params: asked(nil)}, "no-refresh-token", []string{"offline.access", `--scope "openid offline_access offline.access"`}, []string{"Press o"}},
		"3 Hydra takes offline":         {"hydra", run{params: map[string]string{"scope": "openid offline"}}, "refresh-token-missing-though-asked", []string{"the consent application did not grant"}, nil},
		"3 Okta in the token request":   {"okta", run{params: map[string]string{"scope": "openid"}}, "no-refresh-token", []string{"in the request to /authorize, not in the one to /token"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			at := issuers[c.at]
			if c.at == "" {
				at.issuer = "https://id.example"
			}
			fs := c.run.tape(at.issuer, at.metadata).read(t)
			f := find(fs, c.want)
			if f == nil {
				t.Fatalf("findings %v, want %s", ids(fs), c.want)
			}
			hold([]diagnose.Finding{*f})
			for _, part := range c.says {
				if !strings.Contains(words(f), part) {
					t.Errorf("%q is not said: %s", part, words(f))
				}
			}
			for _, part := range c.silent {
				if strings.Contains(words(f), part) {
					t.Errorf("%q is said, though it was ruled out or is another's: %s", part, words(f))
				}
			}
		})
	}
}

// TestMissingTwiceFast: at Google an answer that came at once tells that nobody was asked.
func TestMissingTwiceFast(t *testing.T) {
	p := newTape("https://accounts.google.com").discover(nil).authorize(map[string]string{"scope": "openid", "access_type": "offline"}).
		callback(200e6, "code=the-code-of-this-run&state=the-state-of-this-run").token(nil, 200, tokens(map[string]any{"refresh_token": nil}))
	f := find(p.read(t), "refresh-token-first-consent-only")
	if f == nil || !strings.Contains(f.Seen, "200ms after the browser was sent: nobody was asked") {
		t.Errorf("that nobody was asked is not said: %+v", f)
	}
}
