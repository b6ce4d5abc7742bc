package flow_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

const redirectURI = "http://127.0.0.1:8976/callback"

// waiting is a login that has handed its URL over and waits for an answer that the test gives.
type waiting struct {
	*faulty.World
	t     *testing.T
	s     *flow.Session
	url   *url.URL // the authorization request
	ended chan error
}

// waitWith begins a login and returns when it waits.
func waitWith(w *faulty.World, change ...func(*flow.Config)) *waiting {
	w.T.Helper()
	return waitOn(w, w.Session(change...))
}

func waitOn(w *faulty.World, s *flow.Session) *waiting {
	w.T.Helper()
	urls := make(chan string, 1)
	l := &waiting{World: w, t: w.T, s: s, ended: make(chan error, 1)}
	hooks := flow.Hooks{Open: func(_ context.Context, u string) (string, error) { urls <- u; return "browser", nil }}
	go func() { l.ended <- flow.Run(w.T.Context(), s, flow.Login, hooks) }()
	time.Sleep(time.Second)
	select {
	case u := <-urls:
		l.url, _ = url.Parse(u)
	case err := <-l.ended:
		w.T.Fatalf("the login ended before it asked anybody: %v", err)
	}
	return l
}

// answer has the tenant answer, and returns the URL that the browser would be sent to.
func (l *waiting) answer() string {
	l.t.Helper()
	// The agent delivers what it gets; where nobody listens it fails there, with the URL in hand.
	rt := &catch{base: l.Net.Transport(), tenant: l.url.Host}
	if final, err := demo.SignIn(l.t.Context(), rt, l.url.String(), demo.DemoUser()); err != nil && rt.caught == "" {
		l.t.Fatalf("sign in: %v (%s)", err, final)
	}
	return rt.caught
}

// catch is a browser that stops before the redirect URI.
type catch struct {
	base   http.RoundTripper
	tenant string
	caught string
}

func (c *catch) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host != c.tenant {
		c.caught = req.URL.String()
		return nil, errors.New("caught")
	}
	return c.base.RoundTrip(req)
}

// finish waits for the login's end.
func (l *waiting) finish() {
	l.t.Helper()
	select {
	case err := <-l.ended:
		if err != nil {
			l.t.Errorf("the login failed: %v", err)
		}
	case <-time.After(time.Minute):
		l.t.Error("the login still waits")
	}
}

func (l *waiting) stillWaits(after string) {
	l.t.Helper()
	time.Sleep(time.Second)
	select {
	case err := <-l.ended:
		l.t.Fatalf("after %s the login ended: %v", after, err)
	default:
	}
}

func (l *waiting) listening() trace.Listening { return faulty.Read(l.s).Listening() }

func redirectTo(uri string) func(*flow.Config) { return func(c *flow.Config) { c.RedirectURI = uri } }

func TestListenerAddresses(t *testing.T) {
	for _, c := range []struct {
		uri    string
		noIPv6 bool
		want   []string
	}{
		{redirectURI, false, []string{"127.0.0.1:8976"}},
		{"http://localhost:8976/callback", false, []string{"127.0.0.1:8976", "[::1]:8976"}},
		{"http://localhost:8976/callback", true, []string{"127.0.0.1:8976"}},
		{"http://[::1]:8977/cb", false, []string{"[::1]:8977"}},
		{"http://127.0.0.2/cb", false, []string{"127.0.0.2:80"}},
	} {
		faulty.In(t, func(w *faulty.World) {
			w.Net.NoIPv6 = c.noIPv6
			w.Tenant.AddRedirectURI(c.uri)
			s := w.Session(redirectTo(c.uri))
			if err := w.Run(s, flow.Login); err != nil {
				w.T.Errorf("%s: %v", c.uri, err)
			}
			if got := faulty.Read(s).Listening(); !slices.Equal(got.Addrs, c.want) {
				w.T.Errorf("%s (without IPv6: %v) listens at %v %s, want %v", c.uri, c.noIPv6, got.Addrs, got.Err, c.want)
			}
		})
	}
}

func TestStraysAreWaitedPast(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		l := waitWith(w, func(c *flow.Config) {
			c.Earlier = []trace.EarlierRun{{Run: 2, State: "of-run-2"}}
		})
		good := l.answer()
		for _, c := range []struct {
			method, url string
			status      int
			fit         story.Fit
		}{
			{"GET", "http://127.0.0.1:8976/favicon.ico", 404, story.FitStray},
			{"GET", "http://127.0.0.1:8976/", 404, story.FitStray},
			{"GET", redirectURI, 404, story.FitStray},
			{"GET", redirectURI + "/?code=x&state=y", 404, story.FitStray},
			{"HEAD", good, 404, story.FitStray},
			{"PUT", good, 404, story.FitStray},
			{"GET", redirectURI + "?utm_source=x", 404, story.FitStray},
			{"GET", redirectURI + "?code=x&state=of-run-2", 409, story.FitEarlier},
		} {
			if got := w.Browse(c.method, c.url); got != c.status {
				t.Errorf("%s %s: status %d, want %d", c.method, c.url, got, c.status)
			}
			l.stillWaits(c.method + " " + c.url)
			st := faulty.Read(l.s)
			last := st.Calls()[len(st.Calls())-1]
			if cb := st.Callback(last.ID); cb == nil || cb.Fit != c.fit || cb.Why == "" {
				t.Errorf("%s %s is recorded as %+v, want %s with a reason", c.method, c.url, cb, c.fit)
			}
		}
		if got := w.Browse("GET", good); got != 200 {
			t.Errorf("the answer itself: status %d", got)
		}
		l.finish()
	})
}

// A wrong state fails the stage, and the waiting can go on: the listener is still there.
func TestGoOnWaiting(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		l := waitWith(w)
		good := l.answer()
		if got := w.Browse("GET", redirectURI+"?code=x&state=wrong"); got != 400 {
			t.Errorf("a wrong state: status %d, want 400", got)
		}
		if err := <-l.ended; err == nil || !strings.Contains(err.Error(), "state") {
			t.Fatalf("a wrong state: %v", err)
		}
		go func() { l.ended <- flow.Run(t.Context(), l.s, flow.LoginFrom(trace.Callback), flow.Hooks{}) }()
		l.stillWaits("going on")
		w.Browse("GET", good)
		l.finish()
		st := faulty.Read(l.s)
		first, second := st.StageRun(trace.Callback, 1), st.StageRun(trace.Callback, 2)
		if first.Status != trace.Failed || second.Status != trace.Passed {
			t.Errorf("callback: %s, then %s; want failed, then passed", first.Status, second.Status)
		}
		if st.StageRun(trace.Exchange, 1).Status != trace.Skipped || st.StageRun(trace.Exchange, 2).Status != trace.Passed {
			t.Error("the stages behind were not skipped and then made up for")
		}
	})
}

func TestIssParameter(t *testing.T) {
	advertise := func(w *faulty.World) {
		w.Alter(metadataPath, func(a *faulty.Answer) {
			a.Swap(`{"authorization_endpoint"`, `{"authorization_response_iss_parameter_supported":true,"authorization_endpoint"`)
		})
	}
	for _, c := range []struct {
		name      string
		advertise bool
		query     string
		fit       story.Fit
	}{
		{"absent, not advertised", false, "", story.FitAnswer}, {"right, not advertised", false, "&iss=" + faulty.Issuer, story.FitAnswer},
		{"wrong, not advertised", false, "&iss=https://else", story.FitBad}, {"right, advertised", true, "&iss=" + faulty.Issuer, story.FitAnswer},
		{"absent, advertised", true, "", story.FitBad}, {"slash, advertised", true, "&iss=" + faulty.Issuer + "/", story.FitBad},
		{"empty, advertised", true, "&iss=", story.FitBad},
	} {
		t.Run(c.name, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				if c.advertise {
					advertise(w)
				}
				l := waitWith(w)
				w.Browse("GET", l.answer()+c.query)
				<-l.ended
				st := faulty.Read(l.s)
				if cb := st.Login().Callbacks[0]; cb.Fit != c.fit {
					w.T.Errorf("the answer is %s (%s), want %s", cb.Fit, cb.Why, c.fit)
				}
				l.s.Close()
			})
		})
	}
}

func TestFormPost(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session(func(c *flow.Config) { c.Params = c.SetParam("response_mode", "form_post") })
		if err := w.Run(s, flow.Login); err != nil {
			w.T.Fatal(err)
		}
		answer := faulty.Read(s).Login().Answer.Call
		if answer.Request.Method != "POST" || strings.Contains(answer.Request.URL, "code=") {
			w.T.Errorf("the answer came as %s %s, want a POST with the code in its body", answer.Request.Method, answer.Request.URL)
		}
	})
}

// Close frees the port.
func TestCloseFreesThePort(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		for range 3 {
			if err := w.Run(w.Session(), flow.Login); err != nil {
				w.T.Fatal(err)
			}
			time.Sleep(3 * time.Second)
		}
		ln, err := w.Net.Listen("tcp", "127.0.0.1:8976")
		if err != nil {
			w.T.Fatalf("after three logins: %v", err)
		}
		ln.Close()
	})
}
