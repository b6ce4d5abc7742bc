package flow_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

func TestCheckAPI(t *testing.T) {
	for raw, ok := range map[string]bool{
		"https://api.example/me?x=1": true, "http://localhost:1/": true, "http://127.0.0.1/": true, "http://[::1]:3/": true, "http://127.9.9.9/": true,
		"http://api.example/": false, "http://localhost.evil.example/": false, "http://127.0.0.1.evil.example/": false, "ftp://127.0.0.1/": false, "": false,
		"/me": false, "https://u:p@api.example/": false, "https://api.example/#x": false, "javascript:alert(1)": false, "http://0.0.0.0/": false, "https://": false,
	} {
		if err := flow.CheckAPI(raw); (err == nil) != ok {
			t.Errorf("%q: %v, want allowed: %v", raw, err, ok)
		} else if err != nil && strings.Contains(err.Error(), "u:p") {
			t.Errorf("%q: the error repeats the password: %v", raw, err)
		}
	}
}

// The token goes to the address that was given and to no other, whatever that answers.
func TestCallGoesNowhereElse(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		var asked []string
		note := func(next http.HandlerFunc) http.HandlerFunc {
			return func(o http.ResponseWriter, req *http.Request) {
				asked = append(asked, req.URL.Path+" "+req.Header.Get("Authorization"))
				next(o, req)
			}
		}
		w.Replace("/api", note(http.RedirectHandler("/elsewhere", http.StatusFound).ServeHTTP))
		w.Replace("/elsewhere", note(page(200, "text/plain", "hello")))
		w.Replace("/good", note(page(200, "application/json", `{"a":1}`)))
		s := w.Session()
		if err := w.Run(s, flow.Login); err != nil {
			t.Fatal(err)
		}
		token := faulty.Read(s).Newest(story.AccessToken).Value.Reveal()
		if err := w.Run(s, flow.Call(faulty.Issuer+"/api")); err == nil || !strings.Contains(err.Error(), "not followed") {
			t.Errorf("a redirect: %v, want it not followed", err)
		}
		if err := w.Run(s, flow.Call(faulty.Issuer+"/good")); err != nil {
			t.Errorf("a good answer: %v", err)
		}
		if err := w.Run(s, flow.Call("http://api.example/")); err == nil || !strings.Contains(err.Error(), "not https") {
			t.Errorf("plain http elsewhere: %v", err)
		}
		if want := []string{"/api Bearer " + token, "/good Bearer " + token}; strings.Join(asked, "|") != strings.Join(want, "|") {
			t.Errorf("asked were %q, want %q", asked, want)
		}
		st := faulty.Read(s)
		for n, want := range map[int]trace.Status{1: trace.Failed, 2: trace.Passed, 3: trace.Failed} {
			if run := st.StageRun(trace.Call, n); run.Status != want {
				t.Errorf("call %d is %s, want %s", n, run.Status, want)
			}
		}
	})
}

// A call of UserInfo that the person asked for is theirs, and not authscope's own question.
func TestCallOfUserInfo(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session()
		if err := w.Run(s, flow.Login, flow.Call(faulty.Issuer+userInfoPath)); err != nil {
			w.T.Fatal(err)
		}
		calls := faulty.Read(s).StageRun(trace.Call, 0).Calls
		if len(calls) != 1 || calls[0].Class != story.APICall {
			w.T.Errorf("the stage has %d calls", len(calls))
		}
	})
}

func TestWithoutAnything(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session(faulty.Scope("openid"))
		w.Run(s, flow.Login[:1])
		for _, stages := range [][]flow.Stage{flow.Call(faulty.Issuer + "/x"), flow.Introspect(), flow.Revoke, flow.RevokeToken(story.RefreshToken), flow.RevokeToken(story.AccessToken), flow.Refresh} {
			if err := w.Run(s, stages); err != nil {
				t.Errorf("%s: %v", stages[0].ID, err)
			}
			if run := faulty.Read(s).StageRun(stages[0].ID, 0); run.Status != trace.Skipped || run.Reason == "" || len(run.Calls) != 0 {
				t.Errorf("%s without a token is %s (%s), want skipped with a reason", stages[0].ID, run.Status, run.Reason)
			}
		}
	})
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		w.Alter(metadataPath, func(a *faulty.Answer) {
			for _, name := range []string{"revocation_endpoint", "end_session_endpoint", "introspection_endpoint"} {
				a.Swap(`"`+name+`"`, `"x_`+name+`"`)
			}
		})
		s := w.Session()
		if err := w.Run(s, flow.Login, flow.Introspect(), flow.Revoke, flow.Logout); err != nil {
			t.Fatal(err)
		}
		for _, id := range []trace.StageID{trace.Introspect, trace.Revoke, trace.Logout} {
			if run := faulty.Read(s).StageRun(id, 0); run.Status != trace.Skipped || !strings.Contains(run.Reason, ": ") {
				t.Errorf("%s without its endpoint is %s (%s), want skipped with what to do", id, run.Status, run.Reason)
			}
		}
	})
}

// Either token can be revoked alone: of Authgear the access token leaves the session alive.
func TestRevokeToken(t *testing.T) {
	for kind, alive := range map[story.Kind]bool{story.AccessToken: true, story.RefreshToken: false, "": false} {
		faulty.In(t, func(w *faulty.World) {
			s := w.Session()
			if err := w.Run(s, flow.Login, flow.RevokeToken(kind)); err != nil {
				w.T.Fatal(err)
			}
			if err := w.Run(s, flow.Refresh); (err == nil) != alive {
				w.T.Errorf("after the revocation of %q a refresh says %v, want it alive: %v", kind, err, alive)
			}
		})
	}
}

func TestIntrospect(t *testing.T) {
	faulty.InWith(t, demo.Options{Introspection: true}, func(w *faulty.World) {
		t := w.T
		s := w.Session(faulty.Client("workshop-web"))
		if err := w.Run(s, flow.Login, flow.Introspect(), flow.Revoke, flow.Introspect()); err != nil {
			t.Fatal(err)
		}
		st := faulty.Read(s)
		for n, want := range map[int]string{1: "true", 2: "false"} {
			run := st.StageRun(trace.Introspect, n)
			if len(run.Calls) != 2 || len(run.Checks()) != 2 {
				t.Fatalf("run %d: %d calls, %d checks; want one of each for each token", n, len(run.Calls), len(run.Checks()))
			}
			for i, c := range run.Calls {
				if got, _ := c.Response.JSON.Get("active"); got.Text != want {
					t.Errorf("run %d, %s: active is %s, want %s", n, c.Request.Form().Get("token_type_hint"), got.Text, want)
				}
				if hint := c.Request.Form().Get("token_type_hint"); hint != []string{"access_token", "refresh_token"}[i] {
					t.Errorf("run %d: token_type_hint is %q", n, hint)
				}
			}
		}
	})
}

// A logout carries the hint, comes back with its state, and is looked after.
func TestLogout(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		if err := w.Run(s, flow.Login, flow.Logout); err != nil {
			t.Fatal(err)
		}
		st := faulty.Read(s)
		l := st.Logout()
		if l == nil || l.Return == nil || l.Params.Get("post_logout_redirect_uri") != "http://127.0.0.1:8976/" || l.Params.Get("id_token_hint") != st.Newest(story.IDToken).Value.Reveal() {
			t.Fatalf("the logout is %+v", l)
		}
		if got := l.Return.Request.Query().Get("state"); len(got) < 22 || got != l.Params.Get("state") || got == st.Login().State {
			t.Errorf("state came back as %q, sent was %q, the login's is %q", got, l.Params.Get("state"), st.Login().State)
		}
		run := st.StageRun(trace.Logout, 0)
		var classes []story.Class
		for _, c := range run.Calls {
			classes = append(classes, c.Class)
		}
		if len(classes) != 3 || classes[0] != story.LogoutPage || classes[1] != story.LogoutReturn || classes[2] != story.Probe {
			t.Errorf("the stage has the calls %q, want the page, the return, and a look whether the token lives", classes)
		}
		if len(st.Logins()) != 1 || len(st.Login().Callbacks) != 1 {
			t.Errorf("the way back was taken for an answer: %d logins, %d callbacks", len(st.Logins()), len(st.Login().Callbacks))
		}
	})
}

// A logout that never comes back ends after a while, can be pasted, and is none of the login's business.
func TestLogoutThatStaysAway(t *testing.T) {
	never := func(c *flow.Config) { c.PostLogoutURI = "http://127.0.0.1:8976/not-registered" }
	faulty.In(t, func(w *faulty.World) {
		began := time.Now()
		err := w.Run(w.Session(never), flow.Login, flow.Logout)
		if took := time.Since(began); err == nil || !strings.Contains(err.Error(), "nobody came back") || took < flow.LogoutPatience || took > flow.LogoutPatience+time.Minute {
			w.T.Errorf("after %s: %v, want it given up after %s", took, err, flow.LogoutPatience)
		}
	})
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session(never)
		if err := w.Run(s, flow.Login); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- flow.Run(t.Context(), s, flow.Logout, w.Nobody()) }()
		time.Sleep(time.Second)
		w.Browse("GET", "http://127.0.0.1:8976/favicon.ico")
		state := faulty.Read(s).Logout().Params.Get("state")
		s.Paste("http://127.0.0.1:8976/not-registered?state=" + state)
		if err := <-ended; err != nil {
			t.Errorf("pasted: %v", err)
		}
		time.Sleep(time.Minute)
	})
	faulty.In(t, func(w *faulty.World) {
		s := w.Session()
		w.Run(s, flow.Login)
		w.Replace("/oauth2/end_session", func(o http.ResponseWriter, req *http.Request) {
			http.Redirect(o, req, req.FormValue("post_logout_redirect_uri")+"?state=other", http.StatusSeeOther)
		})
		if err := w.Run(s, flow.Logout); err == nil || !strings.Contains(err.Error(), "state") {
			w.T.Errorf("another state: %v", err)
		}
	})
}

// A browser is sent to addresses of the web alone, whatever the metadata says.
func TestLogoutElsewhere(t *testing.T) {
	for _, endpoint := range []string{"file:///etc/passwd", "javascript:alert(1)", "/relative"} {
		faulty.In(t, func(w *faulty.World) {
			w.Alter(metadataPath, func(a *faulty.Answer) { a.Swap(faulty.Issuer+"/oauth2/end_session", endpoint) })
			s := w.Session()
			if err := w.Run(s, flow.Login, flow.Logout); err == nil || !strings.Contains(err.Error(), "no browser is sent there") {
				w.T.Errorf("%s: %v", endpoint, err)
			}
			if l := faulty.Read(s).Logout(); l != nil {
				w.T.Errorf("%s: it was handed over: %s", endpoint, l.Call.Request.URL)
			}
		})
	}
}

func TestPostLogoutURI(t *testing.T) {
	for redirect, want := range map[string]string{redirectURI: "http://127.0.0.1:8976/", "http://localhost:1/a/b?c=d": "http://localhost:1/", "https://app.example/cb": "", "com.example:/cb": ""} {
		if got := flow.PostLogoutURI(trace.Settings{RedirectURI: redirect}); got != want {
			t.Errorf("%s: %q, want %q", redirect, got, want)
		}
	}
}

// Signed UserInfo is read and held to its signature and its parties.
func TestSignedUserInfo(t *testing.T) {
	faulty.InWith(t, demo.Options{SignedUserInfo: true}, func(w *faulty.World) {
		s := w.Session()
		if err := w.Run(s, flow.Login); err != nil {
			w.T.Fatal(err)
		}
		passed := map[string]bool{}
		for _, c := range faulty.Read(s).StageRun(trace.UserInfo, 0).Checks() {
			passed[c.ID] = c.Status == jwtview.Passed
		}
		for _, id := range []string{"signature", "iss", "aud", "sub"} {
			if !passed[id] {
				w.T.Errorf("the check %s did not pass: %v", id, passed)
			}
		}
	})
}

// A machine gets a token and nothing else, and asks for nothing that is a person's.
func TestClientCredentials(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		m := demo.Machines()[0]
		s := w.Session(faulty.Scope("openid orders:read offline_access"), func(c *flow.Config) {
			c.ClientID, c.ClientAuth, c.ClientSecret = m.ID, trace.AuthPost, trace.NewSecret(m.Secret)
			c.TokenParams = ps("resource", demo.Resources[0])
		})
		if err := w.Run(s, flow.ClientCredentials, flow.Refresh); err != nil {
			t.Fatal(err)
		}
		st := faulty.Read(s)
		call := st.StageRun(trace.ClientCredentials, 0).Calls[0]
		if got := call.Request.Form().Get("scope"); got != "orders:read" {
			t.Errorf("scope was sent as %q, want what is no person's", got)
		}
		absent := 0
		for _, sec := range call.Sections {
			for _, r := range sec.Rows {
				if r.Absent && r.Normal && (r.Name == "id_token" || r.Name == "refresh_token") && r.Note != "" {
					absent++
				}
			}
		}
		if absent != 2 || len(st.Tokens()) != 1 {
			t.Errorf("%d rows say what is not given, %d tokens came; want two rows and one token", absent, len(st.Tokens()))
		}
		if run := st.StageRun(trace.Refresh, 0); run.Status != trace.Skipped {
			t.Errorf("the refresh is %s, want skipped", run.Status)
		}
	})
}
