// Package faulty is for tests: a network inside the process with the embedded tenant on it, whose answers can be
// altered one by one before they leave. It is how a server that misbehaves is had without writing one.
package faulty

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/pipenet"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// Issuer is the tenant's.
const Issuer = "http://localhost:8975"

// World is a network with the tenant on it.
type World struct {
	T      *testing.T
	Net    *pipenet.Net
	Tenant *demo.Tenant
	Issuer string // that sessions are started with

	user      demo.Browser
	transport http.RoundTripper
	tls       *tls.Config // of a Secure world
	replaced  map[string]http.HandlerFunc
	altered   map[string]func(*Answer)
	hosts     map[string]string

	// Browser is what the agent's browser asks through, if not the world's network itself.
	Browser http.RoundTripper
	// Elsewhere has a logout made in another browser than the sign-in.
	Elsewhere bool
	// Latency is how long the tenant takes for every answer.
	Latency time.Duration
}

// Answer is what the tenant was about to say.
type Answer struct {
	Request *http.Request
	Status  int
	Header  http.Header
	Body    []byte
}

// In runs f in a bubble: time is fake, randomness repeats, and the sockets are pipes.
func In(t *testing.T, f func(w *World)) {
	t.Helper()
	InWith(t, demo.Options{}, f)
}

// InWith is In with a tenant of other settings.
func InWith(t *testing.T, o demo.Options, f func(w *World)) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, 1)
	o.Issuer, o.Key = Issuer, key() // made outside of the bubble, and once
	synctest.Test(t, func(t *testing.T) {
		w := &World{T: t, Net: &pipenet.Net{}, Tenant: demo.New(o), Issuer: Issuer, replaced: map[string]http.HandlerFunc{}, altered: map[string]func(*Answer){}}
		stop, err := w.Net.Serve("127.0.0.1:8975", w)
		if err != nil {
			t.Fatal(err)
		}
		w.transport = w.Net.Transport()
		defer time.Sleep(time.Minute) // what is still on its way ends before the bubble does
		defer stop()
		f(w)
	})
}

// Replace has h answer in the tenant's place at path.
func (w *World) Replace(path string, h http.HandlerFunc) { w.replaced[path] = h }

// Alter has f change what the tenant says at path; "" puts it right again with a nil f.
func (w *World) Alter(path string, f func(*Answer)) { w.altered[path] = f }

// Heal takes every fault away.
func (w *World) Heal() {
	clear(w.replaced)
	clear(w.altered)
}

// Rehost has requests for one host be answered as if they had been for another.
func (w *World) Rehost(from, to string) {
	if w.hosts == nil {
		w.hosts = map[string]string{}
	}
	w.hosts[from] = to
}

// ServeHTTP is the tenant with its faults.
func (w *World) ServeHTTP(out http.ResponseWriter, req *http.Request) {
	time.Sleep(w.Latency)
	if to := w.hosts[req.Host]; to != "" {
		req.Host = to
	}
	if h := w.replaced[req.URL.Path]; h != nil {
		h(out, req)
		return
	}
	f := w.altered[req.URL.Path]
	if f == nil {
		w.Tenant.ServeHTTP(out, req)
		return
	}
	rec := httptest.NewRecorder()
	w.Tenant.ServeHTTP(rec, req)
	a := &Answer{Request: req, Status: rec.Code, Header: rec.Header(), Body: rec.Body.Bytes()}
	f(a)
	for name, values := range a.Header {
		out.Header()[name] = values
	}
	out.WriteHeader(a.Status)
	out.Write(a.Body)
}

// Say replaces the answer.
func (a *Answer) Say(status int, mediaType, body string) {
	a.Header.Del("Content-Type")
	if mediaType != "" {
		a.Header.Set("Content-Type", mediaType)
	} else {
		a.Header["Content-Type"] = nil // else net/http guesses one
	}
	a.Status, a.Body = status, []byte(body)
}

// Swap replaces old by new in the body.
func (a *Answer) Swap(old, new string) {
	a.Body = bytes.ReplaceAll(a.Body, []byte(old), []byte(new))
}

// Network is how the world's addresses are reached.
func (w *World) Network() http.RoundTripper { return w.transport }

// Settings are what sessions begin with.
func (w *World) Settings() trace.Settings {
	return trace.Settings{Issuer: w.Issuer, ClientID: "workshop-spa", ClientAuth: trace.AuthNone, RedirectURI: flow.DefaultRedirectURI,
		Scope: flow.DefaultScope, Leeway: flow.DefaultLeeway}
}

// Config is Settings with changes.
func (w *World) Config(change ...func(*flow.Config)) flow.Config {
	c := flow.Config{Settings: w.Settings()}
	for _, f := range change {
		f(&c)
	}
	return c
}

// Client chooses one of the tenant's clients.
func Client(id string) func(*flow.Config) {
	return func(c *flow.Config) {
		for _, known := range demo.Clients() {
			if known.ID == id && known.Secret != "" {
				c.ClientAuth, c.ClientSecret = trace.AuthBasic, trace.NewSecret(known.Secret)
			}
		}
		c.ClientID = id
	}
}

// Scope chooses what is asked for.
func Scope(scope string) func(*flow.Config) { return func(c *flow.Config) { c.Scope = scope } }

// Session begins a session in this world.
func (w *World) Session(change ...func(*flow.Config)) *flow.Session {
	return flow.NewSession(w.Config(change...), w.Env())
}

// Env is this world's network.
func (w *World) Env() flow.Env {
	return flow.Env{Transport: w.transport, Listen: w.Net.Listen, UserAgent: "authscope/test"}
}

// person is the browser that is used next.
func (w *World) person() *demo.Browser {
	if w.Elsewhere {
		return new(demo.Browser)
	}
	return &w.user
}

// Agent signs the demo user in beside the run.
func (w *World) Agent() flow.Hooks {
	browser := w.Browser
	if browser == nil {
		browser = w.transport
	}
	return flow.Hooks{Hold: w.edit, Open: func(ctx context.Context, url string) (string, error) {
		go func() {
			if strings.Contains(url, "/device?") {
				demo.ApproveDevice(ctx, browser, url, demo.DemoUser())
				return
			}
			final, err := w.person().SignIn(ctx, browser, url, demo.DemoUser())
			if err == nil && strings.Contains(final, "#") {
				flow.DeliverFragment(ctx, w.transport, final)
			}
		}()
		return "agent", nil
	}}
}

// edit makes the mistakes of an application that are switched on at the tenant.
func (w *World) edit(_ context.Context, d trace.Draft) (trace.Draft, error) {
	e := w.Tenant.Edit(demo.Draft{Front: d.Front, URL: d.URL, Body: d.Body})
	d.URL, d.Body = e.URL, e.Body
	return d, nil
}

// Nobody takes the URL and does nothing with it.
func (w *World) Nobody() flow.Hooks { return flow.Hooks{} }

// Run walks stages with the agent, and closes what the session listens to when the run has ended. It gives up
// after ten minutes of the bubble's time: nothing may hang.
func (w *World) Run(s *flow.Session, stages ...[]flow.Stage) error {
	w.T.Helper()
	ctx, cancel := context.WithTimeout(w.T.Context(), 10*time.Minute)
	defer cancel()
	defer s.Close()
	for _, list := range stages {
		if err := flow.Run(ctx, s, list, w.Agent()); err != nil {
			if ctx.Err() != nil {
				w.T.Errorf("the run hangs: %v", err)
			}
			return err
		}
	}
	return nil
}

// Browse asks for url as a browser does, and returns the status.
func (w *World) Browse(method, url string) int {
	w.T.Helper()
	req, err := http.NewRequestWithContext(w.T.Context(), method, url, nil)
	if err != nil {
		w.T.Fatal(err)
	}
	res, err := w.Net.Transport().RoundTrip(req)
	if err != nil {
		w.T.Fatalf("%s %s: %v", method, url, err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// Read reads the session's story.
func Read(s *flow.Session) *story.Story { return story.Read(s.Log.Since(0)) }

// WithoutStages returns events as a recording has them that knows of no stages.
func WithoutStages(events []trace.Event) (out []trace.Event) {
	for _, e := range events {
		switch e.Data.(type) {
		case trace.StageBegan, trace.StageEnded:
		default:
			out = append(out, e)
		}
	}
	return out
}
