package diagnose_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose/faulty"
)

// openFunc is how a URL is handed over.
type openFunc = func(context.Context, string) (string, error)

// wait has something happen between the making of the URL and its being followed.
func wait(open openFunc, first func()) openFunc {
	return func(ctx context.Context, url string) (string, error) {
		first()
		return open(ctx, url)
	}
}

// fault is one thing that goes wrong, and all that is to be said of it, in order.
type fault struct {
	name   string
	tenant demo.Options // what is switched on
	change []func(*flow.Config)
	break_ func(*faulty.World)
	stages [][]flow.Stage
	want   []string // every finding but infos
	info   []string
	says   []string // parts of the first finding
}

func login() [][]flow.Stage        { return [][]flow.Stage{flow.Login} }
func loginRefresh() [][]flow.Stage { return [][]flow.Stage{flow.Login, flow.Refresh} }
func loginRevoke() [][]flow.Stage  { return [][]flow.Stage{flow.Login, flow.Revoke} }

const (
	discovery = "/.well-known/openid-configuration"
	rfc8414   = "/.well-known/oauth-authorization-server"
	authorize = "/oauth2/authorize"
	token     = "/oauth2/token"
	jwks      = "/oauth2/jwks"
	userinfo  = "/oauth2/userinfo"
	revoke    = "/oauth2/revoke"
)

// alter has f change what comes from path.
func alter(path string, f func(*faulty.Answer)) func(*faulty.World) {
	return func(w *faulty.World) { w.Alter(path, f) }
}

// say has path answer with this alone.
func say(path string, status int, mediaType, body string) func(*faulty.World) {
	return alter(path, func(a *faulty.Answer) { a.Say(status, mediaType, body) })
}

// swap replaces a part of what comes from path.
func swap(path, old, new string) func(*faulty.World) {
	return alter(path, func(a *faulty.Answer) { a.Swap(old, new) })
}

// idToken changes the ID token of the sign-in.
func idToken(change func(header, claims map[string]any)) func(*faulty.World) {
	return alter(token, faulty.IDToken(change))
}

// onRefresh alters the answer to a refresh only.
func onRefresh(f func(*faulty.Answer)) func(*faulty.World) {
	return alter(token, func(a *faulty.Answer) {
		if a.Request.Form.Get("grant_type") == "refresh_token" {
			f(a)
		}
	})
}

// answer has the tenant send the browser back with query, in which STATE stands for the state.
func answer(query string) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Replace(authorize, func(out http.ResponseWriter, req *http.Request) {
			q := strings.ReplaceAll(query, "STATE", req.FormValue("state"))
			http.Redirect(out, req, req.FormValue("redirect_uri")+"?"+q, http.StatusSeeOther)
		})
	}
}

func oauthError(code, description string) string {
	return `{"error":"` + code + `","error_description":"` + description + `"}`
}

func TestFaults(t *testing.T) {
	for _, list := range [][]fault{discoveryFaults(), preflightFaults(), deviceFaults(), apiFaults(), otherFaults(), authorizeFaults(), exchangeFaults(), tokenFaults(), claimFaults(), laterFaults()} {
		for _, f := range list {
			t.Run(f.name, func(t *testing.T) {
				faulty.InWith(t, f.tenant, func(w *faulty.World) { f.test(w.T, w) })
			})
		}
	}
}

func (f fault) test(t *testing.T, w *faulty.World) {
	if f.break_ != nil {
		f.break_(w)
	}
	s := w.Session(f.change...)
	stages := f.stages
	if stages == nil {
		stages = login()
	}
	w.Run(s, stages...)
	fs := read(t, s)
	show(t, fs)
	var got, info []string
	for _, x := range fs {
		if x.Severity == "info" {
			info = append(info, x.ID)
		} else {
			got = append(got, x.ID)
		}
	}
	if !slices.Equal(got, f.want) {
		t.Errorf("findings %v, want %v", got, f.want)
	}
	if !slices.Equal(info, f.info) {
		t.Errorf("good to know: %v, want %v", info, f.info)
	}
	if len(fs) == 0 {
		return
	}
	text := fs[0].Seen + " " + fs[0].Means + " " + fs[0].Do
	for _, part := range f.says {
		if !strings.Contains(text, part) {
			t.Errorf("%s does not say %q: %s", fs[0].ID, part, text)
		}
	}
}

func discoveryFaults() []fault {
	issuer := func(url string) []func(*flow.Config) {
		return []func(*flow.Config){func(c *flow.Config) { c.Issuer = url }}
	}
	return []fault{
		{name: "issuer no URL", change: issuer("my tenant"), want: []string{"issuer-not-a-url", "unreachable"}, says: []string{"my tenant", "--issuer"}},
		{name: "refused", change: issuer("http://localhost:9999"), want: []string{"unreachable-refused"}, says: []string{"localhost:9999"}},
		{name: "not found", change: issuer(faulty.Issuer + "/realm"), want: []string{"discovery-not-found"},
			says: []string{"/realm/.well-known/openid-configuration`: 404", "/.well-known/oauth-authorization-server/realm`: 404"}},
		{name: "html", break_: say(discovery, 200, "text/html", "<title>Sign in</title>"), want: []string{"discovery-not-json"}, says: []string{"Sign in", "text/html"}},
		{name: "server error", break_: say(discovery, 502, "text/html", "<h1>Bad Gateway"), want: []string{"server-error"}, says: []string{"502"}},
		{name: "redirect to a sign-in page", break_: func(w *faulty.World) {
			w.Replace(discovery, http.RedirectHandler("/sso", http.StatusFound).ServeHTTP)
			w.Replace("/sso", func(o http.ResponseWriter, _ *http.Request) { io.WriteString(o, "<title>SSO</title>") })
		}, want: []string{"discovery-not-json"}, says: []string{"SSO", "began at"}},
		{name: "redirect in a circle", break_: func(w *faulty.World) {
			w.Replace(discovery, http.RedirectHandler(discovery, http.StatusFound).ServeHTTP)
		},
			want: []string{"discovery-not-json"}, says: []string{"circle"}},
		{name: "another issuer", break_: swap(discovery, `"issuer":"http://localhost:8975"`, `"issuer":"http://localhost:8975/"`), want: []string{"issuer-differs"},
			says: []string{"slash at the end", "byte 22", "--issuer http://localhost:8975/"}},
		{name: "no issuer", break_: swap(discovery, `"issuer":`, `"publisher":`), want: []string{"issuer-differs"}},
		{name: "no token endpoint", break_: swap(discovery, `"token_endpoint":`, `"tokens":`), want: []string{"endpoint-missing"}, says: []string{"token_endpoint"}},
		{name: "cut off", break_: cutOff(discovery), want: []string{"body-cut"}, says: []string{"of 1000 announced"}},
		{name: "slow", break_: func(w *faulty.World) { w.Replace(discovery, hang) }, want: []string{"unreachable-timeout"}},
		{name: "broken", break_: func(w *faulty.World) {
			w.Replace(discovery, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		},
			want: []string{"unreachable-cut"}},
	}
}

// hang answers when the caller has gone.
func hang(_ http.ResponseWriter, req *http.Request) {
	io.Copy(io.Discard, req.Body) // before that net/http does not notice that the caller goes
	<-req.Context().Done()
}

func cutOff(path string) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Replace(path, func(o http.ResponseWriter, _ *http.Request) {
			o.Header().Set("Content-Type", "application/json")
			o.Header().Set("Content-Length", "1000")
			io.WriteString(o, `{"issuer":"http://loc`)
		})
	}
}

func authorizeFaults() []fault {
	scope := func(s string) []func(*flow.Config) { return []func(*flow.Config){faulty.Scope(s)} }
	return []fault{
		{name: "offline_access alone", change: scope("offline_access"), want: []string{"offline-access-alone"},
			says: []string{"Or just scope=offline_access", "must request 'openid' scope", "openid offline_access"}},
		{name: "no openid", change: scope("profile"), want: []string{"invalid-scope"}, says: []string{"wants `openid`"}},
		{name: "commas", change: scope("openid,offline_access"), want: []string{"invalid-scope"}, says: []string{"separated by spaces"}},
		{name: "plus", change: scope("openid+offline_access"), want: []string{"invalid-scope"}, says: []string{"%2B"}},
		{name: "unknown scope", change: scope("openid offline.access"), want: []string{"invalid-scope"}, says: []string{"`offline.access`", "looks like `offline_access`"}},
		{name: "access denied", break_: answer("error=access_denied&error_description=authorization+denied&state=STATE"), want: []string{"access-denied"}, says: []string{"authorization denied"}},
		{name: "unauthorized client", break_: answer("error=unauthorized_client&state=STATE"), want: []string{"client-not-accepted"}, says: []string{"workshop-spa", "--client-id"}},
		{name: "login required", change: []func(*flow.Config){func(c *flow.Config) { c.Params = c.SetParam("prompt", "none") }}, want: []string{"prompt-none"}, says: []string{"expected answer"}},
		{name: "consent required", break_: answer("error=consent_required&state=STATE"), want: []string{"consent-required"}, says: []string{"Press P", "--param prompt=consent"}},
		{name: "pkce", break_: answer("error=invalid_request&error_description=only+'S256'+PKCE+transform+is+supported&state=STATE"), want: []string{"pkce-method"}},
		{name: "something else", break_: answer("error=invalid_request&error_description=ui_locales+%1b%5b31m&state=STATE"), want: []string{"authorization-refused"}},
		{name: "wrong state", break_: answer("code=abc&state=STATEx"), want: []string{"state-mismatch"}, says: []string{"go on waiting"}},
		{name: "state encoded twice", break_: answer("code=abc&state=%2553%2554"), want: []string{"state-mismatch"}},
		{name: "encoded twice", change: []func(*flow.Config){faulty.Scope("profile"), func(c *flow.Config) { c.ResponseMode = "fragment" }},
			want: []string{"invalid-scope"}, info: []string{"answer-encoded-twice"}},
		{name: "no state", break_: answer("code=abc"), want: []string{"state-missing"}},
		{name: "no code", break_: answer("state=STATE"), want: []string{"answer-without-code"}, says: []string{"paste"}},
		{name: "another iss", break_: answer("code=abc&state=STATE&iss=http://localhost:8975/"), want: []string{"iss-mismatch"}, says: []string{"slash"}},
		{name: "iss absent", break_: func(w *faulty.World) {
			w.Alter(discovery, func(a *faulty.Answer) { a.Swap(`{"`, `{"authorization_response_iss_parameter_supported":true,"`) })
		}, want: []string{"iss-missing"}},
	}
}

func exchangeFaults() []fault {
	web := func(secret string) []func(*flow.Config) {
		return []func(*flow.Config){faulty.Client("workshop-web"), secretOf(secret)}
	}
	return []fault{
		{name: "code rejected", break_: say(token, 400, "application/json", oauthError("invalid_grant", "invalid authorization code")), want: []string{"code-rejected"},
			says: []string{"first use", "S256 of the verifier is the challenge", "redirect URI is identical", "client is the same", "Candidates:"}},
		{name: "another verifier", change: []func(*flow.Config){tokenParam("code_verifier", strings.Repeat("v", 43))}, want: []string{"code-rejected"}, says: []string{"is not the code_challenge"}},
		{name: "another redirect URI", change: []func(*flow.Config){tokenParam("redirect_uri", "http://127.0.0.1:8976/other")}, want: []string{"redirect-uri-differs"},
			says: []string{"http://127.0.0.1:8976/callback", "http://127.0.0.1:8976/other", "byte 23"}},
		{name: "wrong secret", change: web("wrong"), want: []string{"client-authentication-failed"}, says: []string{"Authgear says invalid_request", "client_secret_basic"}},
		{name: "no secret", change: []func(*flow.Config){faulty.Client("workshop-web"), func(c *flow.Config) { c.ClientAuth = "none" }}, want: []string{"client-authentication-failed"},
			says: []string{"confidential client", "--client-auth post"}},
		{name: "invalid_client", break_: say(token, 401, "application/json", oauthError("invalid_client", "")), change: web("a+b"), want: []string{"client-authentication-failed"}, says: []string{"form-encoded"}},
		{name: "grant not allowed", break_: say(token, 400, "application/json", oauthError("unauthorized_client", "grant type is not allowed for this client")), want: []string{"grant-not-allowed"}},
		{name: "unsupported grant", break_: say(token, 400, "application/json", oauthError("unsupported_grant_type", "")), want: []string{"grant-not-allowed"}},
		{name: "other error", break_: say(token, 400, "application/json", oauthError("invalid_request", "bad\\u001b[31m")), want: []string{"token-request-refused"}},
		{name: "error with 200", break_: say(token, 200, "application/json", oauthError("bad_verification_code", "")), want: []string{"token-request-refused"}},
		{name: "html", break_: say(token, 200, "text/html", "<html><title>Sign in</title>"), want: []string{"not-an-oauth-answer"}, says: []string{"Sign in"}},
		{name: "html 404", break_: say(token, 404, "text/html", "<h1>not here</h1>"), want: []string{"not-an-oauth-answer"}, says: []string{"404"}},
		{name: "empty", break_: say(token, 200, "application/json", ""), want: []string{"not-an-oauth-answer"}, says: []string{"an empty body"}},
		{name: "a form", break_: say(token, 200, "application/x-www-form-urlencoded", "access_token=abc&token_type=bearer"), want: []string{"not-an-oauth-answer"}},
		{name: "redirect", break_: func(w *faulty.World) {
			w.Replace(token, http.RedirectHandler("https://evil.example/token?x=1", http.StatusTemporaryRedirect).ServeHTTP)
		},
			want: []string{"not-an-oauth-answer"}, says: []string{"`https://evil.example/token`", "not followed"}},
		{name: "rate limited", break_: say(token, 429, "application/json", oauthError("x_rate_limited", "rate limit exceeded")), want: []string{"rate-limited"}},
		{name: "503", break_: say(token, 503, "text/plain", "no"), want: []string{"server-error"}},
		{name: "cut off", break_: cutOff(token), want: []string{"body-cut"}},
		{name: "no end", break_: say(token, 200, "application/json", strings.Repeat(" ", 5<<20)), want: []string{"body-too-long"}},
		{name: "timeout", break_: func(w *faulty.World) { w.Replace(token, hang) }, want: []string{"unreachable-timeout"}, says: []string{"code is used up"}},
		{name: "no access token", break_: say(token, 200, "application/json", `{"data":{}}`), want: []string{"access-token-missing"}},
	}
}

func secretOf(s string) func(*flow.Config) {
	return func(c *flow.Config) { c.ClientSecret = newSecret(s) }
}

func tokenParam(name, value string) func(*flow.Config) {
	return func(c *flow.Config) { c.TokenParams = append(c.TokenParams, param(name, value)) }
}
