package flow_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authscope/flow"
	"authscope/flow/pipenet"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// look asks a server with these answers, by path, and returns what was asked and the story.
func look(t *testing.T, issuer string, answers map[string]string) (asked []string, st *story.Story, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		net := &pipenet.Net{}
		stop, serr := net.Serve("127.0.0.1:80", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method+" "+r.URL.Path)
			body, ok := answers[r.URL.Path]
			if !ok {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(body))
		}))
		if serr != nil {
			t.Fatal(serr)
		}
		s := flow.NewSession(flow.Config{Settings: trace.Settings{Issuer: issuer}}, flow.Env{Transport: net.Transport(), Timeout: 5 * time.Second})
		err = flow.Look(t.Context(), s)
		if again := flow.Look(t.Context(), s); err == nil && again != nil {
			t.Errorf("looking again: %v", again)
		}
		st = story.Read(s.Log.Since(0))
		s.Close()
		stop()
		time.Sleep(time.Minute)
	})
	return asked, st, err
}

const (
	oidcPart  = "/.well-known/openid-configuration"
	oauthPart = "/.well-known/oauth-authorization-server"
)

func TestLook(t *testing.T) {
	doc := func(issuer string) string { return `{"issuer":"` + issuer + `","jwks_uri":"http://127.0.0.1/k"}` }
	const keys = `{"keys":[]}`
	root, realm := "http://127.0.0.1", "http://127.0.0.1/realms/a"
	for _, c := range []struct {
		name, issuer string
		answers      map[string]string
		asked        string
		fails        string
	}{
		{"both at the root", root, map[string]string{oidcPart: doc(root), oauthPart: doc(root), "/k": keys}, oidcPart + " " + oauthPart + " /k", ""},
		{"OAuth alone", root, map[string]string{oauthPart: doc(root), "/k": keys}, oidcPart + " " + oauthPart + " /k", ""},
		{"a path", realm, map[string]string{"/realms/a" + oidcPart: doc(realm), "/k": keys}, "/realms/a" + oidcPart + " " + oauthPart + "/realms/a /realms/a" + oauthPart + " " + oidcPart + "/realms/a /k", ""},
		{"the other way round", realm, map[string]string{oidcPart + "/realms/a": doc(realm), "/k": keys}, "/realms/a" + oidcPart + " " + oauthPart + "/realms/a /realms/a" + oauthPart + " " + oidcPart + "/realms/a /k", ""},
		{"nothing", root, nil, oidcPart + " " + oauthPart, "status 404"},
		{"no JSON", root, map[string]string{oidcPart: "hello", oauthPart: "[]"}, oidcPart + " " + oauthPart, "JSON object"},
		{"no keys", root, map[string]string{oidcPart: `{"issuer":"http://127.0.0.1"}`}, oidcPart + " " + oauthPart, ""},
		{"keys that are none", root, map[string]string{oidcPart: doc(root), "/k": "{}"}, oidcPart + " " + oauthPart + " /k /k", ""},
	} {
		asked, st, err := look(t, c.issuer, c.answers)
		if got := strings.ReplaceAll(strings.Join(asked, " "), "GET ", ""); got != c.asked {
			t.Errorf("%s: asked %s\nwant %s", c.name, got, c.asked)
		}
		if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.fails)
		}
		if known := st.Tenant().Known(); known != (c.fails == "") {
			t.Errorf("%s: the tenant is known: %v", c.name, known)
		}
	}
}

// TestLookUnreachable holds that a host that is not there is asked once.
func TestLookUnreachable(t *testing.T) {
	s := flow.NewSession(flow.Config{Settings: trace.Settings{Issuer: "http://127.0.0.1:9"}}, flow.Env{Transport: (&pipenet.Net{}).Transport()})
	err := flow.Look(t.Context(), s)
	if st := story.Read(s.Log.Since(0)); err == nil || len(st.Calls()) != 1 || len(st.Tenant().Attempts) != 1 {
		t.Errorf("%d calls, error %v", len(st.Calls()), err)
	}
	if err := flow.Look(t.Context(), flow.NewSession(flow.Config{}, flow.Env{})); err == nil {
		t.Error("a tenant without an issuer was looked at")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := flow.Look(ctx, s); err != context.Canceled {
		t.Errorf("a cancelled look: %v", err)
	}
}

// everywhere is a transport that answers each host with a document that names an address on this machine.
type everywhere struct{ asked *[]string }

func (e everywhere) RoundTrip(r *http.Request) (*http.Response, error) {
	*e.asked = append(*e.asked, r.URL.String())
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == oauthPart:
		w.Header().Set("Location", "http://localhost:8080/admin")
		w.WriteHeader(http.StatusFound)
	case r.URL.Path == oidcPart:
		io.WriteString(w, `{"issuer":"https://op.example","jwks_uri":"http://127.0.0.1:2375/containers"}`)
	}
	res := w.Result()
	res.Request = r
	return res, nil
}

// TestLookStaysAbroad holds that a tenant elsewhere cannot have this machine asked for anything.
func TestLookStaysAbroad(t *testing.T) {
	var asked []string
	s := flow.NewSession(flow.Config{Settings: trace.Settings{Issuer: "https://op.example"}}, flow.Env{Transport: everywhere{&asked}})
	if err := flow.Look(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if want := []string{"https://op.example" + oidcPart, "https://op.example" + oauthPart}; !slices.Equal(asked, want) {
		t.Errorf("these were asked: %q, want %q", asked, want)
	}
	var results []string
	for _, a := range story.Read(s.Log.Since(0)).Tenant().Attempts {
		results = append(results, a.Result)
	}
	if all := strings.Join(results, "\n"); strings.Count(all, "is on this machine and the tenant is not") != 2 {
		t.Errorf("what was refused is not told:\n%s", all)
	}
}

// TestLookBesideALogin holds that a login that waits goes on as if nobody had looked.
func TestLookBesideALogin(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.session(flow.Config{Settings: settings()})
		if err := flow.Run(w.t.Context(), s, flow.Login[:1], flow.Hooks{}); err != nil {
			w.t.Fatal(err)
		}
		if err := flow.Look(w.t.Context(), s); err != nil {
			w.t.Fatal(err)
		}
		if err := flow.Run(w.t.Context(), s, flow.Login[1:], w.agent()); err != nil {
			w.t.Fatal(err)
		}
		var ids []string
		st := story.Read(s.Log.Since(0))
		for _, run := range st.Stages() {
			ids = append(ids, string(run.ID)+" "+string(run.Status))
		}
		want := []string{"discover passed", "authorize passed", "callback passed", "exchange passed", "verify passed", "userinfo passed"}
		if !slices.Equal(ids, want) {
			w.t.Errorf("the stages are %q, want %q", ids, want)
		}
		s.Close()
	})
}
