package flow_test

import (
	"context"
	"net/http"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/pipenet"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

const issuer = "http://localhost:8975"

// world is a network with the embedded tenant on it.
type world struct {
	t      *testing.T
	net    *pipenet.Net
	tenant *demo.Tenant
}

// inWorld runs f in a bubble: time is fake, randomness repeats.
func inWorld(t *testing.T, f func(w *world)) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, 1)
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, net: &pipenet.Net{}}
		w.tenant = demo.New(demo.Options{Issuer: issuer})
		stop, err := w.net.Serve("127.0.0.1:8975", w.tenant)
		if err != nil {
			t.Fatal(err)
		}
		f(w)
		stop()
		time.Sleep(time.Minute)
	})
}

func settings() trace.Settings {
	return trace.Settings{Issuer: issuer, ClientID: "workshop-spa", ClientAuth: trace.AuthNone, RedirectURI: flow.DefaultRedirectURI,
		Scope: flow.DefaultScope, Leeway: flow.DefaultLeeway}
}

func (w *world) session(c flow.Config) *flow.Session {
	return flow.NewSession(c, flow.Env{Transport: w.net.Transport(), Listen: w.net.Listen, UserAgent: "authscope/test"})
}

// agent signs the demo user in, as the key `a` does.
func (w *world) agent() flow.Hooks {
	return flow.Hooks{Open: func(ctx context.Context, url string) (string, error) {
		go demo.SignIn(ctx, w.net.Transport(), url, demo.DemoUser())
		return "agent", nil
	}}
}

func (w *world) login(c flow.Config) *flow.Session {
	s := w.session(c)
	if err := flow.Run(w.t.Context(), s, flow.Login, w.agent()); err != nil {
		w.t.Errorf("login of %s with scope %q: %v", c.ClientID, c.Scope, err)
	}
	return s
}

func read(s *flow.Session) *story.Story { return story.Read(s.Log.Since(0)) }

func TestLogin(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.login(flow.Config{Settings: settings()})
		st := read(s)
		for _, stage := range st.Stages() {
			t.Log(stage.ID, stage.N, stage.Status, stage.Reason, stage.Duration())
			for _, c := range stage.Checks() {
				t.Logf("   %s %s want=%s got=%s (%s)", c.ID, c.Status, c.Want, c.Got, c.Detail)
				if c.Status == jwtview.Failed {
					t.Errorf("%s: check %s failed: %s", stage.ID, c.ID, c.Detail)
				}
			}
			for _, c := range stage.Calls {
				for _, sec := range c.Sections {
					for _, r := range sec.Rows {
						t.Logf("      %s | %s | %.40s | %s | %s", sec.Title, r.Name, r.Value, r.Short, r.Note)
					}
				}
			}
		}
		if err := flow.Run(w.t.Context(), s, flow.Refresh, flow.Hooks{}); err != nil {
			t.Error(err)
		}
		if err := flow.Run(w.t.Context(), s, flow.Revoke, flow.Hooks{}); err != nil {
			t.Error(err)
		}
		st = read(s)
		for _, tok := range st.Tokens() {
			t.Log(tok.Kind, tok.Generation, tok.Describe, tok.IssuedAt, tok.ExpiresAt, tok.Source, tok.Life(time.Now()), tok.DeadWhy)
		}
	})
}

var _ = http.MethodGet
