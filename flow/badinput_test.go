package flow_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// bad is one thing that a login can meet.
type bad struct {
	name   string
	change func(*flow.Config)
	fault  func(*faulty.World)
	stages [][]flow.Stage // nil: a login
	stage  trace.StageID  // that fails
	says   []string       // what the error names
	keeps  string         // bytes that must be found in the trace
	passes bool           // it is odd, and no failure
}

const (
	metadataPath  = "/.well-known/openid-configuration"
	authorizePath = "/oauth2/authorize"
	tokenPath     = "/oauth2/token"
	userInfoPath  = "/oauth2/userinfo"
	revokePath    = "/oauth2/revoke"
	keysPath      = "/oauth2/jwks"
)

// TestBadInput holds what the issue lists: a clear error in the right stage, and nothing received is lost.
func TestBadInput(t *testing.T) {
	for _, list := range [][]bad{badDiscovery(), badCallback(), badToken(), badLater()} {
		for _, b := range list {
			t.Run(b.name, func(t *testing.T) {
				faulty.In(t, func(w *faulty.World) { b.test(w) })
			})
		}
	}
}

func (b bad) test(w *faulty.World) {
	t := w.T
	if b.fault != nil {
		b.fault(w)
	}
	s := w.Session(func(c *flow.Config) {
		if b.change != nil {
			b.change(c)
		}
	})
	stages := b.stages
	if stages == nil {
		stages = [][]flow.Stage{flow.Login}
	}
	began := time.Now()
	err := w.Run(s, stages...)
	if took := time.Since(began); took > 2*time.Minute {
		t.Errorf("it took %s to find out", took)
	}
	if b.keeps != "" && !inTrace(s, b.keeps) {
		t.Errorf("%q was received and is not in the trace", b.keeps)
	}
	if b.passes {
		if err != nil {
			t.Errorf("it is odd and no failure, and yet: %v", err)
		}
		return
	}
	if err == nil {
		t.Fatal("nothing failed")
	}
	st := failedStage(faulty.Read(s))
	if st == nil || st.ID != b.stage || st.Status != trace.Failed {
		t.Fatalf("failed: %+v, want stage %s (%v)", st, b.stage, err)
	}
	for _, want := range append(b.says, string(b.stage)+": ") {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "internal error") || strings.Contains(err.Error(), "goroutine") || len(err.Error()) > 1200 {
		t.Errorf("no clear sentence: %v", err)
	}
}

func failedStage(st *story.Story) *story.Stage {
	for _, s := range st.Stages() {
		if s.Status == trace.Failed {
			return s
		}
	}
	return nil
}

// inTrace reports whether something that was received holds text.
func inTrace(s *flow.Session, text string) bool {
	for _, e := range s.Log.Since(0) {
		switch d := e.Data.(type) {
		case trace.Body:
			if bytes.Contains(d.Bytes, []byte(text)) {
				return true
			}
		case trace.Head:
			for _, f := range d.Header {
				if strings.Contains(f[1], text) {
					return true
				}
			}
		case trace.CallbackIn:
			if strings.Contains(d.URL, text) || bytes.Contains(d.Body, []byte(text)) {
				return true
			}
		}
	}
	return false
}

func say(path string, status int, mediaType, body string) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Alter(path, func(a *faulty.Answer) { a.Say(status, mediaType, body) })
	}
}

func swap(path, old, new string) func(*faulty.World) {
	return func(w *faulty.World) { w.Alter(path, func(a *faulty.Answer) { a.Swap(old, new) }) }
}

func issuerIs(url string) func(*flow.Config) { return func(c *flow.Config) { c.Issuer = url } }

// cutOff announces more than it sends.
func cutOff(path, body string) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Replace(path, func(o http.ResponseWriter, _ *http.Request) {
			o.Header().Set("Content-Type", "application/json")
			o.Header().Set("Content-Length", "1000")
			io.WriteString(o, body)
		})
	}
}

// endless never stops sending.
func endless(path string) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Replace(path, func(o http.ResponseWriter, _ *http.Request) {
			o.Header().Set("Content-Type", "application/json")
			chunk := bytes.Repeat([]byte("endless "), 8<<10)
			for range 1000 { // 64 MB, if anybody read so far
				if _, err := o.Write(chunk); err != nil {
					return
				}
			}
		})
	}
}

// hanging says nothing until the caller goes.
func hanging(path string) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Replace(path, func(_ http.ResponseWriter, req *http.Request) {
			io.Copy(io.Discard, req.Body) // before that net/http does not notice that the caller goes
			<-req.Context().Done()
		})
	}
}

func redirecting(path, to string, status int) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Replace(path, func(o http.ResponseWriter, req *http.Request) { http.Redirect(o, req, to, status) })
	}
}

// escapes are sequences that a terminal would obey, C1 and bidi characters among them.
const escapes = "\x1b]0;owned\x07\x1b[2J\u009b31m\u202egnp"

func badDiscovery() []bad {
	const d = trace.Discover
	return []bad{
		{name: "issuer is no URL", change: issuerIs("my tenant"), stage: d, says: []string{"my%20tenant"}},
		{name: "issuer cannot be parsed", change: issuerIs("http://[::1"), stage: d, says: []string{"[::1"}},
		{name: "issuer does not answer", change: issuerIs("http://localhost:9999"), stage: d, says: []string{"localhost:9999", "refused"}},
		{name: "issuer answers HTML", fault: say(metadataPath, 200, "text/html", "<title>Sign in"+escapes+"</title>"), stage: d, says: []string{"metadata", "text/html", "Sign in"}, keeps: escapes},
		{name: "issuer redirects to a page", fault: func(w *faulty.World) {
			redirecting(metadataPath, "/sso", 302)(w)
			w.Replace("/sso", func(o http.ResponseWriter, _ *http.Request) { io.WriteString(o, "<title>SSO</title>") })
		}, stage: d, says: []string{"SSO"}, keeps: "SSO"},
		{name: "issuer redirects in a circle", fault: redirecting(metadataPath, metadataPath, 302), stage: d, says: []string{"redirect", "not followed"}},
		{name: "issuer is cut off", fault: cutOff(metadataPath, `{"issuer":"http://lo`), stage: d, says: []string{"cut off after 20 bytes"}, keeps: `{"issuer":"http://lo`},
		{name: "issuer is slow", fault: hanging(metadataPath), stage: d, says: []string{"localhost:8975", "deadline"}},
		{name: "issuer never ends", fault: endless(metadataPath), stage: d, says: []string{"metadata"}, keeps: "endless"},
		{name: "metadata of another issuer", fault: swap(metadataPath, `"issuer":"http://localhost:8975"`, `"issuer":"https://else.example"`), stage: d, says: []string{"issuer", "another issuer"}, keeps: "else.example"},
		{name: "metadata is an array", fault: say(metadataPath, 200, "application/json", `["a"]`), stage: d, says: []string{"metadata"}, keeps: `["a"]`},
		{name: "metadata of wrong types", fault: say(metadataPath, 200, "application/json", `{"issuer":1,"token_endpoint":{},"scopes_supported":"x"}`), stage: d, says: []string{"issuer"}, keeps: "scopes_supported"},
		{name: "metadata without authorization_endpoint", fault: swap(metadataPath, `"authorization_endpoint"`, `"ae"`), stage: d, says: []string{"authorization_endpoint"}},
		{name: "404 everywhere", change: issuerIs(faulty.Issuer + "/realm"), stage: d, says: []string{"404"}},
	}
}

// sendBack has the tenant send the browser to the redirect URI with query; STATE stands for the state.
func sendBack(query string) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Replace(authorizePath, func(o http.ResponseWriter, req *http.Request) {
			http.Redirect(o, req, req.FormValue("redirect_uri")+"?"+strings.ReplaceAll(query, "STATE", req.FormValue("state")), http.StatusSeeOther)
		})
	}
}

func badCallback() []bad {
	const c = trace.Callback
	return []bad{
		{name: "callback with an error", fault: sendBack("error=access_denied&error_description=no+%1b%5b2J&state=STATE"), stage: c, says: []string{"access_denied"}, keeps: "access_denied"},
		{name: "callback without a code", fault: sendBack("state=STATE&x=1"), stage: c, says: []string{"neither a code nor an error"}, keeps: "x=1"},
		{name: "callback with a wrong state", fault: sendBack("code=abcdefgh&state=wrong"), stage: c, says: []string{"state"}, keeps: "state=wrong"},
		{name: "callback without a state", fault: sendBack("code=abcdefgh"), stage: c, says: []string{"no state"}, keeps: "code=abcdefgh"},
		{name: "callback of another issuer", fault: sendBack("code=abcdefgh&state=STATE&iss=https://else.example"), stage: c, says: []string{"iss"}, keeps: "else.example"},
	}
}

func badToken() []bad {
	const x = trace.Exchange
	expires := func(v string) func(*faulty.World) { return swap(tokenPath, `"expires_in":1800`, `"expires_in":`+v) }
	token := func(f func(string) string) func(*faulty.World) {
		return func(w *faulty.World) { w.Alter(tokenPath, faulty.RawIDToken(f)) }
	}
	return []bad{
		{name: "token error", fault: say(tokenPath, 400, "application/json", `{"error":"invalid_grant","error_description":"invalid authorization code"}`), stage: x, says: []string{"invalid_grant", "invalid authorization code"}, keeps: "invalid_grant"},
		{name: "token error with escapes", fault: say(tokenPath, 400, "application/json", `{"error":"bad","error_description":"\u001b]0;owned\u0007"}`), stage: x, says: []string{"bad"}, keeps: "owned"},
		{name: "token error with 200", fault: say(tokenPath, 200, "application/json", `{"error":"bad"}`), stage: x, says: []string{"bad"}},
		{name: "token HTML", fault: say(tokenPath, 200, "text/html", "<title>Oops</title>"), stage: x, says: []string{"text/html", "Oops"}, keeps: "Oops"},
		{name: "token HTML with 500", fault: say(tokenPath, 500, "text/html", "<title>Oops</title>"), stage: x, says: []string{"500", "Oops"}, keeps: "Oops"},
		{name: "token empty", fault: say(tokenPath, 200, "application/json", ""), stage: x, says: []string{"empty body"}},
		{name: "token JSON as text", fault: func(w *faulty.World) {
			w.Alter(tokenPath, func(a *faulty.Answer) { a.Header.Set("Content-Type", "text/plain") })
		}, passes: true},
		{name: "token JSON without content type", fault: func(w *faulty.World) {
			w.Alter(tokenPath, func(a *faulty.Answer) { a.Header["Content-Type"] = nil })
		}, passes: true},
		{name: "token form", fault: say(tokenPath, 200, "application/x-www-form-urlencoded", "access_token=abc&token_type=bearer"), stage: x, says: []string{"x-www-form-urlencoded"}, keeps: "access_token=abc"},
		{name: "token never ends", fault: endless(tokenPath), stage: x, says: []string{"token response"}, keeps: "endless"},
		{name: "token cut off", fault: cutOff(tokenPath, `{"access_token":"abc`), stage: x, says: []string{"cut off"}, keeps: `{"access_token":"abc`},
		{name: "token slow", fault: hanging(tokenPath), stage: x, says: []string{"deadline"}},
		{name: "token without access token", fault: say(tokenPath, 200, "application/json", `{"x":1}`), stage: x, says: []string{"access_token"}, keeps: `{"x":1}`},
		{name: "token of another type", fault: swap(tokenPath, `"Bearer"`, `"mac"`), stage: x, says: []string{"token_type"}},
		{name: "token without id_token", fault: swap(tokenPath, `"id_token"`, `"it"`), stage: x, says: []string{"id_token"}},
		{name: "expires_in missing", fault: swap(tokenPath, `"expires_in":1800,`, ""), passes: true},
		{name: "expires_in string", fault: expires(`"1800"`), passes: true, keeps: `"1800"`},
		{name: "expires_in word", fault: expires(`"30m"`), passes: true, keeps: `"30m"`},
		{name: "expires_in float", fault: expires(`1800.5`), passes: true, keeps: `1800.5`},
		{name: "expires_in huge", fault: expires(`1e300`), passes: true, keeps: `1e300`},
		{name: "expires_in null", fault: expires(`null`), passes: true},
		{name: "expires_in object", fault: expires(`{}`), passes: true},
		{name: "id_token no JWT", fault: token(func(string) string { return "no-jwt" }), stage: trace.Verify, says: []string{"no JWT"}, keeps: "no-jwt"},
		{name: "id_token with escapes", fault: token(func(string) string { return `\u001b]0;owned\u0007` }), stage: trace.Verify, says: []string{"no JWT"}, keeps: "owned"},
		{name: "id_token cut", fault: token(func(s string) string { return s[:100] }), stage: trace.Verify, says: []string{"signature"}},
		{name: "id_token unsigned", fault: token(faulty.Unsigned), stage: trace.Verify, says: []string{"not signed"}},
		{name: "keys HTML", fault: say(keysPath, 200, "text/html", "<title>Keys</title>"), stage: trace.Verify, says: []string{"keys", "Keys"}, keeps: "Keys"},
	}
}

func badLater() []bad {
	refresh, revoke := [][]flow.Stage{flow.Login, flow.Refresh}, [][]flow.Stage{flow.Login, flow.Revoke}
	onRefresh := func(f func(*faulty.Answer)) func(*faulty.World) {
		return func(w *faulty.World) {
			w.Alter(tokenPath, func(a *faulty.Answer) {
				if a.Request.Form.Get("grant_type") == "refresh_token" {
					f(a)
				}
			})
		}
	}
	var out []bad
	for _, c := range []struct {
		name, media, body, says string
		status                  int
	}{
		{"error", "application/json", `{"error":"invalid_grant","error_description":"invalid refresh token"}`, "invalid refresh token", 400},
		{"HTML", "text/html", "<title>Oops</title>", "Oops", 200}, {"nothing", "application/json", "", "empty body", 200},
		{"a redirect", "text/html", "", "redirect", 307}, {"an array", "application/json", "[1]", "token response", 200},
	} {
		out = append(out, bad{name: "refresh with " + c.name, stages: refresh, stage: trace.Refresh, says: []string{c.says}, keeps: c.body,
			fault: onRefresh(func(a *faulty.Answer) { a.Say(c.status, c.media, c.body) })})
	}
	return append(out,
		bad{name: "refresh with an odd expires_in", stages: refresh, passes: true, fault: onRefresh(func(a *faulty.Answer) { a.Swap(`1800`, `"30m"`) })},
		bad{name: "refresh for somebody else", stages: refresh, stage: trace.Refresh, says: []string{"sub"},
			fault: onRefresh(faulty.IDToken(func(_, c map[string]any) { c["sub"] = "somebody" }))},
		bad{name: "userinfo refused", fault: say(userInfoPath, 401, "application/json", `{"error":"invalid_token"}`), stage: trace.UserInfo, says: []string{"invalid_token"}},
		bad{name: "userinfo HTML", fault: say(userInfoPath, 200, "text/html", "<title>Hi</title>"), stage: trace.UserInfo, says: []string{"Hi"}, keeps: "Hi"},
		bad{name: "userinfo of somebody else", fault: swap(userInfoPath, `"sub":"`, `"sub":"x`), stage: trace.UserInfo, says: []string{"somebody else"}},
		bad{name: "userinfo never ends", fault: endless(userInfoPath), stage: trace.UserInfo, says: []string{"UserInfo"}, keeps: "endless"},
		bad{name: "revoke refused", stages: revoke, fault: say(revokePath, 400, "application/json", `{"error":"unsupported_token_type"}`), stage: trace.Revoke, says: []string{"unsupported_token_type"}},
		bad{name: "revoke redirected", stages: revoke, fault: redirecting(revokePath, "https://evil.example/", 307), stage: trace.Revoke, says: []string{"evil.example", "not followed"}},
		bad{name: "revoke slow", stages: revoke, fault: hanging(revokePath), stage: trace.Revoke, says: []string{"deadline"}},
	)
}
