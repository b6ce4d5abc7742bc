package report_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"strings"
	"sync"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/pipenet"
	"authscope/flow/trace"
	"authscope/ui/report"
)

// scenario is a session to report on.
type scenario struct {
	client    string
	secret    string
	scope     string
	refreshes int
	revoke    bool
	params    []trace.Param
	edit      func(parts []trace.Part) []trace.Part // what a person changes in each request

	experiment string // that is made after the refreshes
}

// play runs scenarios one after the other in one bubble, with fake time and repeating randomness, and
// returns their traces.
func play(t *testing.T, scenarios ...scenario) (traces [][]trace.Event) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, 7)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		network := &pipenet.Net{}
		stop, err := network.Serve("127.0.0.1:8975", demo.New(demo.Options{Issuer: "http://localhost:8975", Key: key}))
		if err != nil {
			t.Fatal(err)
		}
		for _, sc := range scenarios {
			traces = append(traces, sc.play(t, network))
		}
		stop()
		time.Sleep(time.Minute) // the listeners' goroutines end
	})
	return traces
}

func (sc scenario) play(t *testing.T, network *pipenet.Net) []trace.Event {
	c := flow.Config{ClientSecret: trace.NewSecret(sc.secret), Settings: trace.Settings{
		Issuer: "http://localhost:8975", ClientID: sc.client, ClientAuth: trace.AuthNone, RedirectURI: flow.DefaultRedirectURI,
		Scope: sc.scope, Leeway: flow.DefaultLeeway, Params: sc.params, Embedded: &trace.Embedded{Client: sc.client, AccessLifetime: 30 * time.Minute}}}
	if sc.secret != "" {
		c.ClientAuth = "" // the metadata decides
	}
	// A slow network, so that times stand in the report; one listener at a time, so that they repeat.
	slow := slowly{network, &sync.Mutex{}}
	s := flow.NewSession(c, flow.Env{Transport: slow.transport(), Listen: network.Listen, UserAgent: "authscope/test"})
	s.Log.Append(0, trace.Choice{What: report.Planned, Value: report.Plan(sc.refreshes, sc.revoke)})
	hooks := flow.Hooks{Open: func(ctx context.Context, url string) (string, error) {
		go demo.SignIn(ctx, network.Transport(), url, demo.DemoUser())
		return "agent", nil
	}}
	if sc.edit != nil {
		hooks.Hold = func(_ context.Context, d trace.Draft) (trace.Draft, error) {
			left, err := d.With(sc.edit(trace.TakeApart(d)))
			if err != nil {
				t.Error(err)
			}
			s.Log.Edit(d.Call, left)
			return left, nil
		}
	}
	err := flow.Run(t.Context(), s, flow.Login, hooks)
	for range sc.refreshes {
		if err == nil {
			err = flow.Run(t.Context(), s, flow.Refresh, hooks)
		}
	}
	if err == nil && sc.experiment != "" {
		flow.Run(t.Context(), s, flow.Experiment(sc.experiment), hooks)
	}
	if err == nil && sc.revoke {
		flow.Run(t.Context(), s, flow.Revoke, hooks)
	}
	s.Close()
	return s.Log.Since(0)
}

var (
	full    = scenario{client: "workshop-spa", scope: "openid offline_access", refreshes: 1, revoke: true}
	openid  = scenario{client: "workshop-spa", scope: "openid"}
	offline = scenario{client: "workshop-spa", scope: "offline_access", refreshes: 2}
	web     = scenario{client: "workshop-web", secret: "workshop-web-secret", scope: "openid offline_access"}
)

// changeSome changes, adds and takes out.
func changeSome(parts []trace.Part) []trace.Part {
	for i := range parts {
		switch parts[i].Name {
		case "code_verifier":
			parts[i].Value = "a-verifier-of-my-own-that-is-forty-three-long"
		case "nonce", "User-Agent":
			parts[i].Removed = true
		}
	}
	return append(parts, trace.Part{Where: trace.InQuery, Name: "debug", Value: "a b", Added: true})
}

// print makes a report of a trace as of its end.
func print(t *testing.T, f func(*strings.Builder, report.Run) error, events []trace.Event) string {
	t.Helper()
	var b strings.Builder
	if err := f(&b, report.Make(events, events[len(events)-1].At)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func asJSON(show bool) func(*strings.Builder, report.Run) error {
	return func(b *strings.Builder, r report.Run) error {
		return report.JSON(b, r, report.Options{ShowSecrets: show})
	}
}

func asText(o report.Options) func(*strings.Builder, report.Run) error {
	return func(b *strings.Builder, r report.Run) error { return report.Text(b, r, o) }
}
