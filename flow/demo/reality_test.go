package demo

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// leftOut is what Authgear does at the authorization and token endpoints and the tenant does not, with the reason.
var leftOut = map[string]string{
	"DPoP: proofs, dpop_jkt, invalid_dpop_proof":                        "the program around the tenant sends no proofs",
	"m2m clients: refused at the authorization endpoint; their tokens":  "a walk with a browser is not theirs",
	"device_sso where enabled: device_secret, ds_hash":                  "no built-in client has it; what a client without it gets is here",
	"pre-authenticated-url after device_sso":                            "belongs to device_sso",
	"x_ parameters: x_sso_enabled, x_max_concurrent_session, x_page, …": "switches of Authgear's own SDKs",
	"token-exchange with the requested_token_type":                      "belongs to device_sso",
	"grants anonymous, biometric, app2app, id-token, settings-action":   "of Authgear's mobile SDKs; answered as unsupported",
	"resources: client_credentials with a known resource":               "the tenant has none; every resource is unknown",
	"login_hint of type anonymous or app_session_token":                 "of Authgear's mobile SDKs",
	"redirect_uri omitted with exactly one registered":                  "every client has two or more",
	"response_type settings-action":                                     "opens Authgear's own settings",
	"response_mode cookie":                                              "undeclared, belongs to pre-authenticated-url",
	"session cookies csp_nonce, visitor_id, authgear_web_session":       "Authgear's own pages use them",
}

func TestLeftOutHasReasons(tt *testing.T) {
	for what, why := range leftOut {
		if why == "" {
			tt.Errorf("%s is left out without a reason", what)
		}
	}
}

// TestAuthorizeReality holds every row of the authorization endpoint's table that was seen on a real server.
func TestAuthorizeReality(tt *testing.T) {
	const fullAccess = "openid https://authgear.com/scopes/full-access"
	page, redirect := http.StatusBadRequest, http.StatusSeeOther
	for _, row := range []struct {
		mistake     string
		pairs       []string
		status      int
		code, descr string
	}{
		{"unknown client_id", []string{"client_id", "nope"}, page, "unauthorized_client", "invalid client ID"},
		{"missing client_id", []string{"client_id", "-"}, page, "unauthorized_client", "invalid client ID"},
		{"redirect_uri: port", []string{"redirect_uri", "http://127.0.0.1:9999/callback"}, page, "invalid_request", "redirect URI is not allowed"},
		{"redirect_uri: host", []string{"redirect_uri", "http://[::1]:8976/callback"}, page, "invalid_request", "redirect URI is not allowed"},
		{"redirect_uri: host case", []string{"redirect_uri", "http://LOCALHOST:8976/callback"}, page, "invalid_request", "redirect URI is not allowed"},
		{"redirect_uri: trailing slash", []string{"redirect_uri", testCallback + "/"}, page, "invalid_request", "redirect URI is not allowed"},
		{"redirect_uri: query", []string{"redirect_uri", testCallback + "?a=b"}, page, "invalid_request", "redirect URI is not allowed"},
		{"redirect_uri omitted", []string{"redirect_uri", "-"}, page, "invalid_request", "redirect URI is not allowed"},
		{"response_type missing", []string{"response_type", "-"}, redirect, "unauthorized_client", "response type is not allowed for this client"},
		{"response_type id_token", []string{"response_type", "id_token"}, redirect, "unauthorized_client", "response type is not allowed for this client"},
		{"response_type code id_token", []string{"response_type", "code id_token"}, redirect, "unauthorized_client", "response type is not allowed for this client"},
		{"response_type token", []string{"response_type", "token"}, redirect, "unsupported_response_type", "response_type: token is not supported"},
		{"prompt none and another", []string{"prompt", "none login"}, redirect, "invalid_request", "prompt cannot have other values when none is set"},
		{"prompt none and max_age", []string{"prompt", "none", "max_age", "0"}, redirect, "invalid_request", "max_age could imply prompt=login so max_age cannot be present when prompt=none"},
		{"scope missing", []string{"scope", "-"}, redirect, "invalid_request", "scope is required"},
		{"no code_challenge", []string{"code_challenge", "-", "code_challenge_method", "-"}, redirect, "invalid_request", "PKCE code challenge is required for public clients"},
		{"method plain", []string{"code_challenge_method", "plain"}, redirect, "invalid_request", "only 'S256' PKCE transform is supported"},
		{"method omitted", []string{"code_challenge_method", "-"}, redirect, "invalid_request", "only 'S256' PKCE transform is supported"},
		{"method plain, confidential", []string{"client_id", "workshop-web", "code_challenge_method", "plain"}, redirect, "invalid_request", "only 'S256' PKCE transform is supported"},
		{"offline_access alone", []string{"scope", "offline_access"}, redirect, "invalid_scope", "must request 'openid' scope"},
		{"profile alone", []string{"scope", "profile"}, redirect, "invalid_scope", "must request 'openid' scope"},
		{"unknown scope", []string{"scope", "openid bogus"}, redirect, "invalid_scope", "specified scope is not allowed: bogus"},
		{"two spaces", []string{"scope", "openid  offline_access"}, redirect, "invalid_scope", "specified scope is not allowed: "},
		{"%2B", []string{"scope", "openid+offline_access"}, redirect, "invalid_scope", "specified scope is not allowed: openid+offline_access"},
		{"full-access, confidential", []string{"client_id", "workshop-web", "scope", fullAccess}, redirect, "invalid_scope", "full access is not allowed for this client"},
		{"full-access, third party", []string{"client_id", "third-party", "scope", fullAccess}, redirect, "invalid_scope", "full access is not allowed for this client"},
		{"device_sso", []string{"scope", "openid device_sso"}, redirect, "invalid_scope", "device_sso is not allowed for this client"},
		{"pre-authenticated-url", []string{"scope", "openid " + scopePreAuth}, redirect, "invalid_scope", "device_sso must be requested when using pre-authenticated url"},
		{"prompt none, no session", []string{"prompt", "none"}, redirect, "login_required", "authentication required"},
		{"bad id_token_hint", []string{"id_token_hint", "abc"}, redirect, "server_error", "internal server error"},
		{"login_hint", []string{"login_hint", "abc"}, redirect, "invalid_request", "invalid login_hint: abc"},
		// the order of the checks
		{"client before redirect_uri", []string{"client_id", "nope", "redirect_uri", "x"}, page, "unauthorized_client", "invalid client ID"},
		{"response type before scope", []string{"response_type", "-", "scope", "-"}, redirect, "unauthorized_client", "response type is not allowed for this client"},
		{"prompt before scope", []string{"prompt", "none login", "scope", "-"}, redirect, "invalid_request", "prompt cannot have other values when none is set"},
		{"scope before PKCE", []string{"scope", "-", "code_challenge", "-"}, redirect, "invalid_request", "scope is required"},
		{"PKCE before scopes", []string{"scope", "bogus", "code_challenge", "-"}, redirect, "invalid_request", "PKCE code challenge is required for public clients"},
		{"unknown before openid", []string{"scope", "bogus"}, redirect, "invalid_scope", "specified scope is not allowed: bogus"},
		{"scopes before login_hint", []string{"scope", "bogus", "login_hint", "abc"}, redirect, "invalid_scope", "specified scope is not allowed: bogus"},
	} {
		tt.Run(row.mistake, func(tt *testing.T) {
			t := newTestTenant(Options{})
			for method, a := range map[string]answer{
				"GET":  send(tt, t, authorizeURL(row.pairs...), nil),
				"POST": send(tt, t, "/oauth2/authorize", authorizeForm(row.pairs...)),
			} {
				if a.status != row.status {
					tt.Fatalf("%s: status %d, want %d: %s", method, a.status, row.status, a.body)
				}
				if row.status == page {
					want := "Invalid OAuth authorization request:\nerror: " + row.code + "\nerror_description: " + row.descr + "\n"
					if a.body != want || a.header.Get("Content-Type") != "text/plain; charset=utf-8" || a.header.Get("Location") != "" {
						tt.Errorf("%s: got %q (%v), want the text %q and no redirect", method, a.body, a.header, want)
					}
					continue
				}
				want := testCallback + "?" + url.Values{"error": {row.code}, "error_description": {row.descr}, "state": {"st1"}}.Encode()
				if got := a.header.Get("Location"); got != want {
					tt.Errorf("%s: Location\n got %s\nwant %s", method, got, want)
				}
				if !strings.Contains(a.body, `http-equiv="refresh"`) {
					tt.Errorf("%s: the redirect's body has no meta refresh: %q", method, a.body)
				}
			}
		})
	}
}

// TestAuthorizeAccepts holds what looks like a mistake and is none, and that ignored parameters are.
func TestAuthorizeAccepts(tt *testing.T) {
	for _, pairs := range [][]string{
		{},
		{"prompt", "bogus"},
		{"prompt", "consent"},
		{"max_age", "0"},
		{"state", "-", "nonce", "-"},
		{"response_type", "none", "code_challenge", "-"},
		{"scope", "openid " + scopeFullAccess},
		{"scope", "openid " + scopeFullUserInfo},
		{"client_id", "third-party", "scope", "openid " + scopeFullUserInfo},
		{"client_id", "workshop-web", "code_challenge", "-", "code_challenge_method", "-"},
		{"login_hint", "https://authgear.com/login_hint?type=login_id&username=alice"},
		{"acr_values", "x", "claims", "{", "request", "x", "request_uri", "x", "display", "x", "resource", "x", "audience", "x"},
		{"response_mode", "web_message"}, // refused only when there is something to answer
	} {
		a := send(tt, newTestTenant(Options{}), authorizeURL(pairs...), nil)
		if a.status != http.StatusFound || !strings.HasPrefix(a.header.Get("Location"), testIssuer+"/_internals/oauth_entrypoint?client_id=") {
			tt.Errorf("%v: got %d %s %s, want 302 to the entry point", pairs, a.status, a.header.Get("Location"), a.body)
		}
	}
}

// TestResponseModes holds the three modes, the encoding mistake of fragment included, and those that are refused.
func TestResponseModes(tt *testing.T) {
	const state = "a b&c=d"
	for mode, want := range map[string]string{
		"":          testCallback + "?error=invalid_scope&error_description=specified+scope+is+not+allowed%3A+x&state=a+b%26c%3Dd",
		"query":     testCallback + "?error=invalid_scope&error_description=specified+scope+is+not+allowed%3A+x&state=a+b%26c%3Dd",
		"fragment":  testCallback + "#error=invalid_scope&error_description=specified+scope+is+not+allowed%253A+x&state=a+b%2526c%253Dd",
		"form_post": "",
	} {
		a := send(tt, newTestTenant(Options{}), authorizeURL("scope", "x", "state", state, "response_mode", mode), nil)
		if got := a.header.Get("Location"); got != want {
			tt.Errorf("response_mode %q: Location\n got %s\nwant %s", mode, got, want)
		}
		if mode != "form_post" {
			continue
		}
		doc := readDocument([]byte(a.body))
		if a.status != 200 || len(doc.forms) != 1 || doc.forms[0].action != testCallback || doc.forms[0].method != "POST" {
			tt.Fatalf("form_post: got %d %s, want a page with one form to the redirect URI", a.status, a.body)
		}
		got := map[string]string{}
		for _, f := range doc.forms[0].fields {
			got[f.name] = f.value
		}
		if got["state"] != state || got["error"] != "invalid_scope" {
			tt.Errorf("form_post: fields %v, want state %q", got, state)
		}
	}
	for _, mode := range []string{"web_message", "jwt"} {
		a := send(tt, newTestTenant(Options{}), authorizeURL("scope", "x", "response_mode", mode), nil)
		if want := "oauth: invalid response_mode " + mode + "\n"; a.status != 400 || a.body != want {
			tt.Errorf("response_mode %s: got %d %q, want 400 %q", mode, a.status, a.body, want)
		}
	}
}

// TestTokenReality holds every row of the token endpoint's table that was seen on a real server.
func TestTokenReality(tt *testing.T) {
	const other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	web := func(pairs ...string) []string { return append([]string{"client_id", "workshop-web"}, pairs...) }
	secret := builtin("workshop-web").Secret
	for _, row := range []struct {
		mistake     string
		authorize   []string
		pairs       []string
		header      []string
		code, descr string
	}{
		{"code wrong", nil, []string{"code", other}, nil, "invalid_grant", "invalid authorization code"},
		{"code_verifier wrong", nil, []string{"code_verifier", strings.Repeat("x", 43)}, nil, "invalid_grant", "invalid authorization code"},
		{"code_verifier short", nil, []string{"code_verifier", "short"}, nil, "invalid_grant", "invalid authorization code"},
		{"code_verifier long", nil, []string{"code_verifier", strings.Repeat("x", 129)}, nil, "invalid_grant", "invalid authorization code"},
		{"code_verifier's characters", nil, []string{"code_verifier", strings.Repeat("+", 43)}, nil, "invalid_grant", "invalid authorization code"},
		{"verifier without challenge", web("code_challenge", "-"), web("client_secret", secret), nil, "invalid_grant", "invalid authorization code"},
		{"verifier missing, confidential", web(), web("client_secret", secret, "code_verifier", "-"), nil, "invalid_grant", "invalid authorization code"},
		{"verifier missing, public", nil, []string{"code_verifier", "-"}, nil, "invalid_request", "PKCE code verifier is required"},
		{"redirect_uri differs", nil, []string{"redirect_uri", "http://localhost:8976/callback"}, nil, "invalid_request", "invalid redirect URI"},
		{"redirect_uri missing", nil, []string{"redirect_uri", "-"}, nil, "invalid_request", "invalid redirect URI"},
		{"code missing", nil, []string{"code", "-"}, nil, "invalid_request", "code is required"},
		{"client_id unknown", nil, []string{"client_id", "nope"}, nil, "invalid_client", "invalid client ID"},
		{"client_id missing", nil, []string{"client_id", "-"}, nil, "invalid_client", "invalid client ID"},
		{"secret missing", web(), web(), nil, "invalid_client", "client secret is required"},
		{"secret wrong in the body", web(), web("client_secret", "bad"), nil, "invalid_request", "invalid client secret"},
		{"secret wrong in Basic", web(), []string{"client_id", "-"}, []string{"Authorization", "Basic d29ya3Nob3Atd2ViOmJhZA=="}, "invalid_request", "invalid client secret"},
		{"client_id in the body, secret in Basic", web(), web(), []string{"Authorization", "Basic d29ya3Nob3Atd2ViOmJhZA=="}, "invalid_client", "client secret is required"},
		{"grant_type missing", nil, []string{"grant_type", "-"}, nil, "unsupported_grant_type", "grant type is not supported"},
		{"grant_type unknown", nil, []string{"grant_type", "x"}, nil, "unsupported_grant_type", "grant type is not supported"},
		{"grant_type password", nil, []string{"grant_type", "password"}, nil, "unsupported_grant_type", "grant type is not supported"},
		{"grant_type device_code", nil, []string{"grant_type", "urn:ietf:params:oauth:grant-type:device_code"}, nil, "unsupported_grant_type", "grant type is not supported"},
		{"grant not for this client", nil, []string{"grant_type", "client_credentials", "resource", "https://api.example.com", "client_secret", "x"}, nil, "unauthorized_client", "grant type is not allowed for this client"},
		{"refresh_token missing", nil, []string{"grant_type", "refresh_token"}, nil, "invalid_request", "refresh token is required"},
		{"refresh_token garbage", nil, []string{"grant_type", "refresh_token", "refresh_token", "x.y"}, nil, "invalid_grant", "invalid refresh token"},
		{"client_credentials without resource", nil, []string{"grant_type", "client_credentials"}, nil, "invalid_target", "resource is required"},
		{"client_credentials, unknown resource", nil, web("grant_type", "client_credentials", "client_secret", secret, "resource", "https://api.example.com"), nil, "invalid_target", "resource not found"},
		{"token-exchange", nil, []string{"grant_type", grantTokenExchange}, nil, "invalid_request", "requested_token_type not supported"},
	} {
		tt.Run(row.mistake, func(tt *testing.T) {
			t := newTestTenant(Options{})
			form := codeForm(codeFor(tt, t, row.authorize...), row.pairs...)
			wantTokenError(tt, send(tt, t, "/oauth2/token", form, row.header...), http.StatusBadRequest, row.code, row.descr)
		})
	}
}

func wantTokenError(tt *testing.T, a answer, status int, code, descr string) {
	tt.Helper()
	want := `{"error":"` + code + `","error_description":"` + descr + `"}` + "\n"
	if a.status != status || a.body != want {
		tt.Errorf("got %d %q, want %d %q", a.status, a.body, status, want)
	}
	for name, value := range map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache",
		"Www-Authenticate": "", "Retry-After": ""} {
		if got := a.header.Get(name); got != value {
			tt.Errorf("header %s is %q, want %q", name, got, value)
		}
	}
}

// TestTokenTolerance holds what a real token endpoint lets pass: failures do not use a code up, other clients may use
// it, its reuse kills nothing, and a public client's secret is not looked at.
func TestTokenTolerance(tt *testing.T) {
	t := newTestTenant(Options{})
	code := codeFor(tt, t)
	for _, pairs := range [][]string{
		{"code_verifier", strings.Repeat("x", 43)}, {"redirect_uri", "-"}, {"client_id", "nope"},
		{"client_id", "workshop-web"}, {"client_id", "workshop-web", "client_secret", "bad"},
	} {
		if a := send(tt, t, "/oauth2/token", codeForm(code, pairs...)); a.status != 400 {
			tt.Fatalf("%v: got %d, want 400", pairs, a.status)
		}
	}
	got := tokensOf(tt, t, codeForm(code, "client_id", "workshop-rotating", "client_secret", "whatever"))
	if _, payload := segments(tt, got.ID); !strings.Contains(payload, `"aud":["workshop-rotating"]`) {
		tt.Errorf("a code redeemed by another client: ID token %s, want that client's aud", payload)
	}
	wantTokenError(tt, send(tt, t, "/oauth2/token", codeForm(code)), 400, "invalid_grant", "invalid authorization code")
	if status := userInfoStatus(tt, t, got.Access); status != 200 {
		tt.Errorf("userinfo after the code was used again: %d, want 200", status)
	}

	web := builtin("workshop-web")
	inQuery := codeForm(codeFor(tt, t, "client_id", web.ID), "client_id", "-")
	a := send(tt, t, "/oauth2/token?"+inQuery.Encode(), url.Values{}, "Authorization", "Basic d29ya3Nob3Atd2ViOndvcmtzaG9wJTJEd2ViLXNlY3JldA==")
	if a.status != 200 {
		tt.Errorf("parameters in the query, form-encoded secret in Basic: got %d %s, want 200", a.status, a.body)
	}
	json := send(tt, t, "/oauth2/token", url.Values{}, "Content-Type", "application/json")
	wantTokenError(tt, json, 400, "invalid_client", "invalid client ID")
}

// TestTokenResponses holds the members and their order.
func TestTokenResponses(tt *testing.T) {
	for scope, want := range map[string][]string{
		"openid":                {"access_token", "expires_in", "id_token", "token_type"},
		"openid offline_access": {"access_token", "expires_in", "id_token", "refresh_token", "token_type"},
	} {
		t := newTestTenant(Options{})
		a := send(tt, t, "/oauth2/token", codeForm(codeFor(tt, t, "scope", scope)))
		if got := names(tt, a.body); !slices.Equal(got, want) {
			tt.Errorf("scope %q: members %v, want %v", scope, got, want)
		}
		if !strings.Contains(a.body, `"expires_in":1800,`) || !strings.Contains(a.body, `"token_type":"Bearer"`) {
			tt.Errorf("scope %q: %s, want expires_in 1800 and token_type Bearer", scope, a.body)
		}
	}
}

// TestDocumentedOfflineAccess holds the switch that makes the tenant do what Authgear's documentation says.
func TestDocumentedOfflineAccess(tt *testing.T) {
	t := newTestTenant(Options{AllowOfflineAccessAlone: true})
	a := send(tt, t, "/oauth2/token", codeForm(codeFor(tt, t, "scope", "offline_access")))
	want := []string{"access_token", "expires_in", "refresh_token", "token_type"}
	if got := names(tt, a.body); !slices.Equal(got, want) {
		tt.Errorf("members %v, want %v", got, want)
	}
	if a := send(tt, t, authorizeURL("scope", "profile"), nil); !strings.Contains(a.header.Get("Location"), "must+request") {
		tt.Errorf("scope=profile: %s, want the demand for openid still", a.header.Get("Location"))
	}
}

// TestRateLimit holds both limits: 60 a minute for a user, 120 for an address, with no Retry-After.
func TestRateLimit(tt *testing.T) {
	inBubble(tt, func(tt *testing.T) {
		t := newTestTenant(Options{})
		refresh := refreshForm(login(tt, t).Refresh)
		for i := range 59 {
			if a := send(tt, t, "/oauth2/token", refresh); a.status != 200 {
				tt.Fatalf("refresh %d: got %d %s, want 200", i+1, a.status, a.body)
			}
		}
		wantTokenError(tt, send(tt, t, "/oauth2/token", refresh), 429, "x_rate_limited", "rate limit exceeded, please try again later.")
		for range 59 { // 61 were counted for the address
			send(tt, t, "/oauth2/token", url.Values{})
		}
		wantTokenError(tt, send(tt, t, "/oauth2/token", url.Values{}), 429, "x_rate_limited", "rate limit exceeded, please try again later.")
		time.Sleep(time.Minute)
		if a := send(tt, t, "/oauth2/token", refresh); a.status != 200 {
			tt.Errorf("a minute later: got %d %s, want 200", a.status, a.body)
		}
	})
}

// TestEndpointReality holds what is common to the endpoints: methods, unknown paths, the wrong host, CORS.
func TestEndpointReality(tt *testing.T) {
	t := newTestTenant(Options{RedirectURIs: []string{"http://app.example:3000/cb"}})
	for _, path := range []string{"/oauth2/introspect", "/oauth2/device_authorization", "/oauth2/par", "/oauth2/register", "/nope", "/oauth2/token/"} {
		a := send(tt, t, path, url.Values{"token": {"x"}})
		if a.status != 404 || !strings.HasPrefix(a.body, "<!DOCTYPE html>") || a.header.Get("Cache-Control") != "no-store" {
			tt.Errorf("POST %s: got %d %s, want 404 with a page, not cached", path, a.status, cut(a.body, 80))
		}
	}
	if a := send(tt, t, "/oauth2/token", nil); a.status != 405 || a.body != "Method Not Allowed\n" || a.header.Get("Allow") != "OPTIONS, POST" {
		tt.Errorf("GET token: got %d %q Allow %q, want 405", a.status, a.body, a.header.Get("Allow"))
	}
	for method, want := range map[string]string{"GET": "http://localhost:3100/oauth2/token?a=b", "POST": "http://localhost:3100/oauth2/token?a=b"} {
		r, err := http.NewRequest(method, "http://127.0.0.1:3100/oauth2/token?a=b", http.NoBody)
		if err != nil {
			tt.Fatal(err)
		}
		if a := serve(t, r); a.status != 307 || a.header.Get("Location") != want {
			tt.Errorf("%s with another Host: got %d %s, want 307 %s", method, a.status, a.header.Get("Location"), want)
		}
	}
	for origin, want := range map[string]string{
		"http://localhost:3100": "http://localhost:3100", "http://127.0.0.1:8976": "http://127.0.0.1:8976",
		"http://app.example:3000": "http://app.example:3000", "http://evil.example": "",
	} {
		r, err := http.NewRequest("OPTIONS", testIssuer+"/oauth2/token", http.NoBody)
		if err != nil {
			tt.Fatal(err)
		}
		r.Header.Set("Origin", origin)
		a := serve(t, r)
		got := slices.DeleteFunc(slices.Collect(maps.Keys(a.header)), func(n string) bool { return !strings.HasPrefix(n, "Access-Control-") })
		if a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != want || want == "" && len(got) > 0 {
			tt.Errorf("preflight from %s: got %d %v, want 200 and Access-Control-Allow-Origin %q", origin, a.status, a.header, want)
		}
	}
}
