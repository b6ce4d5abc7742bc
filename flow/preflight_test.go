package flow_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// lookFirst is a login with the look ahead.
func lookFirst(w *faulty.World, s *flow.Session) error {
	w.T.Helper()
	return w.Run(s, flow.LoginFor(s.Settings()))
}

func page(status int, mediaType, body string) http.HandlerFunc {
	return func(o http.ResponseWriter, _ *http.Request) {
		o.Header().Set("Content-Type", mediaType)
		o.WriteHeader(status)
		io.WriteString(o, body)
	}
}

// sendTo redirects to where f says.
func sendTo(f func(q url.Values) string) http.HandlerFunc {
	return func(o http.ResponseWriter, req *http.Request) {
		http.Redirect(o, req, f(req.URL.Query()), http.StatusFound)
	}
}

func TestPreflight(t *testing.T) {
	back := func(query string) http.HandlerFunc {
		return sendTo(func(q url.Values) string {
			return q.Get("redirect_uri") + strings.ReplaceAll(query, "STATE", q.Get("state"))
		})
	}
	params := func(kv ...string) func(*flow.Config) {
		return func(c *flow.Config) { c.Params = append(c.Params, trace.Param{Name: kv[0], Value: kv[1]}) }
	}
	for _, c := range []struct {
		name    string
		change  func(*flow.Config)
		server  http.HandlerFunc // in place of the tenant's authorization endpoint
		verdict story.Verdict
		blames  story.Blame
		certain bool
		code    string
		status  trace.Status
		calls   int
	}{
		{name: "accepted", verdict: story.Accepted, status: trace.Passed, calls: 1},
		{name: "unknown client", change: func(c *flow.Config) { c.ClientID = "nobody" }, verdict: story.Refused, blames: story.BlameClient, certain: true, code: "unauthorized_client", status: trace.Failed, calls: 1},
		{name: "redirect URI", change: redirectTo("http://127.0.0.1:8976/callback/"), verdict: story.Refused, blames: story.BlameRedirect, certain: true, code: "invalid_request", status: trace.Failed, calls: 1},
		{name: "scope", change: faulty.Scope("offline_access"), verdict: story.Refused, code: "invalid_scope", status: trace.Failed, calls: 1},
		{name: "scope, in the fragment", change: both(faulty.Scope("profile"), params("response_mode", "fragment")), verdict: story.Refused, code: "invalid_scope", status: trace.Failed, calls: 1},
		{name: "scope, by form_post", change: both(faulty.Scope("profile"), params("response_mode", "form_post")), verdict: story.Refused, code: "invalid_scope", status: trace.Failed, calls: 1},
		{name: "response mode", change: params("response_mode", "web_message"), verdict: story.Accepted, status: trace.Passed, calls: 1}, // Authgear finds that out at the end
		{name: "prompt none", change: params("prompt", "none"), verdict: story.Accepted, status: trace.Passed, calls: 1},
		{name: "request_uri", change: params("request_uri", "urn:x"), status: trace.Skipped},
		{name: "request", change: params("request", "eyJ"), status: trace.Skipped},
		{name: "switched off", change: func(c *flow.Config) { c.NoPreflight = true }, status: ""},
		{name: "a code", server: back("?code=SplxlOBeZQQYbYS6WxSbIA&state=STATE"), verdict: story.Consented, status: trace.Passed, calls: 1},
		{name: "a code for somebody else", server: back("?code=SplxlOBeZQQYbYS6WxSbIA&state=x"), verdict: story.Unclear, status: trace.Skipped, calls: 1},
		{name: "access denied", server: back("?error=access_denied&state=STATE"), verdict: story.Accepted, status: trace.Passed, calls: 1},
		{name: "server error", server: back("?error=server_error&state=STATE"), verdict: story.Unclear, status: trace.Skipped, calls: 1},
		{name: "another host", server: sendTo(func(url.Values) string { return "https://login.example/?x=1" }), verdict: story.Accepted, status: trace.Passed, calls: 1},
		{name: "the same host over another port", server: sendTo(func(url.Values) string { return "http://localhost:9/" }), verdict: story.Accepted, status: trace.Passed, calls: 1},
		{name: "round and round", server: sendTo(func(q url.Values) string { return "/oauth2/authorize?client_id=x&response_type=code&n=1" + q.Get("n") }), verdict: story.Accepted, status: trace.Passed, calls: 6},
		{name: "an error in the address", server: sendTo(func(url.Values) string { return "/error?error=redirect_mismatch&client_id=x" }), verdict: story.Refused, blames: story.BlameRedirect, code: "redirect_mismatch", status: trace.Failed, calls: 1},
		{name: "a page that wants its cookie", server: func(o http.ResponseWriter, req *http.Request) {
			if req.URL.Query().Has("go") {
				page(400, "text/html", "<h1>invalid_request: session not found for client_id")(o, req)
				return
			}
			http.Redirect(o, req, req.URL.Path+"?error=&go=1", http.StatusSeeOther)
		}, verdict: story.Accepted, status: trace.Passed, calls: 2},
		{name: "an error page by another address", server: func(o http.ResponseWriter, req *http.Request) {
			if req.URL.Query().Has("authError") {
				page(400, "text/html", "<h1>Access blocked</h1><p>redirect_uri_mismatch")(o, req)
				return
			}
			http.Redirect(o, req, req.URL.Path+"?authError=AAA", http.StatusSeeOther)
		}, verdict: story.Refused, blames: story.BlameRedirect, status: trace.Failed, calls: 2},
		{name: "no address", server: page(302, "text/plain", ""), verdict: story.Unclear, status: trace.Skipped, calls: 1},
		{name: "a page at once", server: page(200, "text/html", "<title>Sign in</title><form>"), verdict: story.Accepted, status: trace.Passed, calls: 1},
		{name: "nothing", server: page(200, "text/html", ""), verdict: story.Unclear, status: trace.Skipped, calls: 1},
		{name: "JSON", server: page(400, "application/json", `{"error":"invalid_client","error_description":"Client authentication failed."}`), verdict: story.Refused, blames: story.BlameClient, certain: true, code: "invalid_client", status: trace.Failed, calls: 1},
		{name: "words", server: page(400, "text/html", "<h1>Error 400: redirect_uri_mismatch</h1><p>The redirect URI in the request did not match"), verdict: story.Refused, blames: story.BlameRedirect, status: trace.Failed, calls: 1},
		{name: "words in a script", server: page(403, "text/html", "<script>var redirect_uri='x'</script><p>Just a moment"), verdict: story.Unclear, status: trace.Skipped, calls: 1},
		{name: "no words", server: page(400, "text/html", "<h1>Oops"), verdict: story.Refused, status: trace.Failed, calls: 1},
		{name: "not found", server: page(404, "text/html", "<h1>Not here"), verdict: story.Refused, status: trace.Failed, calls: 1},
		{name: "rate limit", server: page(429, "text/plain", "client_id seen too often"), verdict: story.Unclear, status: trace.Skipped, calls: 1},
		{name: "broken server", server: page(502, "text/html", "<h1>Bad Gateway"), verdict: story.Unclear, status: trace.Skipped, calls: 1},
		{name: "no answer", server: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, verdict: story.Unclear, status: trace.Skipped, calls: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				t := w.T
				if c.server != nil {
					w.Replace(authorizePath, c.server)
				}
				if c.change == nil {
					c.change = func(*flow.Config) {}
				}
				s := w.Session(c.change)
				err := flow.Run(t.Context(), s, flow.LoginFor(s.Settings())[:2], w.Nobody())
				s.Close()
				checkLook(t, faulty.Read(s), c.status, c.verdict, c.calls)
				if (err != nil) != (c.status == trace.Failed) {
					t.Errorf("the run says %v, and the stage is %s: only a refusal stops a login", err, c.status)
				}
				if p := faulty.Read(s).Preflight(); p != nil && (p.Blames != c.blames || p.Certain != c.certain || p.Error != c.code) {
					t.Errorf("blames %q (certain: %v), error %q; want %q (%v), %q", p.Blames, p.Certain, p.Error, c.blames, c.certain, c.code)
				}
			})
		})
	}
}

func both(fs ...func(*flow.Config)) func(*flow.Config) {
	return func(c *flow.Config) {
		for _, f := range fs {
			f(c)
		}
	}
}

// checkLook holds what the story says, and that no call left the tenant or carried a cookie.
func checkLook(t *testing.T, st *story.Story, status trace.Status, verdict story.Verdict, calls int) {
	t.Helper()
	var got trace.Status
	if run := st.StageRun(trace.Preflight, 0); run != nil {
		got = run.Status
	}
	if got != status {
		t.Errorf("the stage is %q, want %q", got, status)
	}
	n := 0
	for _, c := range st.Calls() {
		if c.Class != story.PreflightCall {
			continue
		}
		n++
		if !strings.HasPrefix(c.Request.URL, faulty.Issuer+"/") || c.Request.Header.Get("Cookie") != "" {
			t.Errorf("%s was asked, with cookie %q", c.Request.URL, c.Request.Header.Get("Cookie"))
		}
	}
	if n != calls {
		t.Errorf("%d calls, want %d", n, calls)
	}
	if p := st.Preflight(); p == nil && calls > 0 || p != nil && (p.Verdict != verdict || p.Why == "") {
		t.Errorf("the verdict is %+v, want %s", p, verdict)
	}
}

// A look ahead lends nothing to the login: state, nonce, challenge and code are others, and its code is never redeemed.
func TestPreflightLendsNothing(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		n := 0
		w.Replace(authorizePath, sendTo(func(q url.Values) string {
			n++
			code := map[int]string{1: "code-of-the-look-ahead-0123456789", 2: "code-of-the-login-itself-012345678"}[n]
			return q.Get("redirect_uri") + "?code=" + code + "&state=" + q.Get("state")
		}))
		s := w.Session()
		lookFirst(w, s)
		st := faulty.Read(s)
		if len(st.Logins()) != 1 || st.Login().Answer == nil {
			t.Fatalf("%d logins, want one with an answer", len(st.Logins()))
		}
		p, l := st.Preflight(), st.Login()
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if a, b := p.Params.Get(name), l.Params.Get(name); a == "" || a == b {
				t.Errorf("%s is %q ahead and %q in the login: want two", name, a, b)
			}
		}
		for _, name := range []string{"client_id", "redirect_uri", "scope", "response_type"} {
			if a, b := p.Params.Get(name), l.Params.Get(name); a != b {
				t.Errorf("%s is %q ahead and %q in the login: what is tried must be what is sent", name, a, b)
			}
		}
		if got := l.Exchange.Request.Form().Get("code"); got != "code-of-the-login-itself-012345678" {
			t.Errorf("the code %q was redeemed", got)
		}
		for _, e := range s.Log.Since(0) {
			if in, ok := e.Data.(trace.CallbackIn); ok && strings.Contains(in.URL, "look-ahead") {
				t.Errorf("the look ahead reached the redirect URI: %s", in.URL)
			}
		}
	})
}

// The whole login goes on after a look ahead, and nothing in the story of it differs.
func TestLoginAfterPreflight(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session()
		if err := lookFirst(w, s); err != nil {
			w.T.Fatal(err)
		}
		st := faulty.Read(s)
		for _, run := range st.Stages() {
			if run.Status != trace.Passed {
				w.T.Errorf("%s is %s: %s", run.ID, run.Status, run.Reason)
			}
		}
		if bare := story.Read(faulty.WithoutStages(s.Log.Since(0))); bare.Preflight().Verdict != story.Accepted || len(bare.Logins()) != 1 {
			w.T.Errorf("without stage events: %+v, %d logins", bare.Preflight(), len(bare.Logins()))
		}
	})
}
