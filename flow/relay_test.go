package flow_test

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
)

func mode(m string) func(*flow.Config) { return func(c *flow.Config) { c.ResponseMode = m } }

// Every response mode brings the answer, and what travels in it.
func TestResponseModes(t *testing.T) {
	for m, method := range map[string]string{"query": "GET", "fragment": "POST", "form_post": "POST"} {
		faulty.In(t, func(w *faulty.World) {
			s := w.Session(mode(m))
			if err := w.Run(s, flow.Login); err != nil {
				w.T.Fatalf("%s: %v", m, err)
			}
			st := faulty.Read(s)
			if got := st.Login().Params.Get("response_mode"); got != m {
				w.T.Errorf("response_mode was sent as %q, want %q", got, m)
			}
			answer := st.Login().Answer.Call
			if answer.Request.Method != method || strings.Contains(answer.Request.URL, "code=") != (m == "query") {
				w.T.Errorf("%s: the answer came as %s %s", m, answer.Request.Method, answer.Request.URL)
			}
			if want := map[string]string{"fragment": "relay"}[m]; want != "" && answer.Via != want {
				w.T.Errorf("%s: the answer came via %q, want %q", m, answer.Via, want)
			}
		})
	}
}

var dataToken = regexp.MustCompile(`data-token="([A-Z2-7]{26})"`)

// visit asks for the page at the redirect URI and returns its token.
func (l *waiting) visit() (token string, h http.Header, page string) {
	l.t.Helper()
	h, page = l.send("GET", redirectURI, nil, "")
	if m := dataToken.FindStringSubmatch(page); m != nil {
		token = m[1]
	}
	return token, h, page
}

func (l *waiting) send(method, url string, header map[string]string, body string) (http.Header, string) {
	l.t.Helper()
	req, err := http.NewRequestWithContext(l.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	if host := header["Host"]; host != "" {
		req.Host = host
	}
	res, err := l.Net.Transport().RoundTrip(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	return res.Header, string(b)
}

// sendLong posts more than the listener reads: it may hang up before all is sent.
func (l *waiting) sendLong(url string, header map[string]string, body string) {
	req, err := http.NewRequestWithContext(l.t.Context(), "POST", url, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	if res, err := l.Net.Transport().RoundTrip(req); err == nil {
		res.Body.Close()
	}
}

// What the page may do is bounded: it runs its one script, talks to us alone, and hands over once.
func TestRelay(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		l := waitWith(w, mode("fragment"))
		token, h, page := l.visit()
		if token == "" {
			t.Fatalf("the page has no token: %s", page)
		}
		checkPage(t, h, page)
		if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "connect-src 'self'") || strings.Contains(policy, "script-src 'unsafe") {
			t.Errorf("the policy is %q", policy)
		}
		again, _, _ := l.visit()
		if again == token {
			t.Error("two pages have one token")
		}
		good := "code=code-of-the-test-0123456789&state=" + l.url.Query().Get("state")
		form := func(token string) map[string]string {
			return map[string]string{"X-Authscope-Relay": token, "Content-Type": "application/x-www-form-urlencoded"}
		}
		elsewhere := form(again)
		elsewhere["Host"] = "rebound.example:8976"
		for name, header := range map[string]map[string]string{"a made-up token": form("AAAAAAAAAAAAAAAAAAAAAAAAAA"), "another host": elsewhere} {
			l.send("POST", redirectURI, header, good)
			l.stillWaits(name)
		}
		l.sendLong(redirectURI, form(token), strings.Repeat("x", 300<<10)+"&"+good)
		l.stillWaits("a body beyond the bound")
		l.send("POST", redirectURI, form(token), good)
		l.stillWaits("a token that was used before")
		token, _, _ = l.visit()
		if _, text := l.send("POST", redirectURI, form(token), good); !strings.HasPrefix(text, "Return to the terminal\n") {
			t.Errorf("the page is told %q", text)
		}
		<-l.ended // the code is made up, so the exchange fails
		if st := faulty.Read(l.s); st.Login().Answer == nil || st.Login().Answer.Call.Via != "relay" {
			t.Error("the answer was not taken")
		}
		l.s.Close()
	})
}

// What a server says in the fragment is shown as text: the script never writes markup.
func TestRelayedErrorIsText(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		l := waitWith(w, mode("fragment"))
		token, _, _ := l.visit()
		h, text := l.send("POST", redirectURI, map[string]string{"X-Authscope-Relay": token, "Content-Type": "application/x-www-form-urlencoded"},
			"error=%3Cscript%3E&error_description=%0Ax&state="+l.url.Query().Get("state"))
		if mt := h.Get("Content-Type"); mt != "text/plain; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("the words come as %q", mt)
		}
		if !strings.HasPrefix(text, "The tenant answered with an error\n<script>") {
			t.Errorf("the page is told %q", text)
		}
		<-l.ended
		l.s.Close()
	})
}

// Only a run that asked for the fragment gives that page, and what asked for it is no stray.
func TestRelayOnlyWhenAsked(t *testing.T) {
	for m, want := range map[string]story.Fit{"": story.FitStray, "query": story.FitStray, "fragment": story.FitRelay} {
		faulty.In(t, func(w *faulty.World) {
			l := waitWith(w, mode(m))
			token, _, _ := l.visit()
			if (token != "") != (want == story.FitRelay) {
				w.T.Errorf("response_mode %q: the page has the token %q", m, token)
			}
			if cb := faulty.Read(l.s).Login().Callbacks[0]; cb.Fit != want {
				w.T.Errorf("response_mode %q: a visit is %s, want %s", m, cb.Fit, want)
			}
			w.Browse("GET", redirectURI+"?error=x&state="+l.url.Query().Get("state"))
			<-l.ended
			l.s.Close()
		})
	}
}

func TestDeliverFragment(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		l := waitWith(w)
		for final, want := range map[string]string{redirectURI: "no fragment", redirectURI + "#code=secret-code-0123456789": "does not hand fragments over", "http://127.0.0.1:1/#code=secret-code-0123456789": "hand the answer over"} {
			err := flow.DeliverFragment(w.T.Context(), w.Net.Transport(), final)
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret-code") {
				w.T.Errorf("%s: %v, want %q and no secret", final, err, want)
			}
		}
		w.Browse("GET", redirectURI+"?error=x&state="+l.url.Query().Get("state"))
		<-l.ended
		l.s.Close()
	})
}
