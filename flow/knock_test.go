package flow_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// knock sends a request to the listener.
func (l *waiting) knock(method, url, host, body string) int {
	l.t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Host = host
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := l.Net.Transport().RoundTrip(req)
	if err != nil {
		l.t.Fatal(err)
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return res.StatusCode
}

// Whoever knocks without end fills no memory, and the answer itself is still heard.
func TestManyKnocks(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		l := waitWith(w)
		good := l.answer()
		for i := range 700 {
			want := http.StatusNotFound
			if i >= 500 {
				want = http.StatusTooManyRequests
			}
			if got := l.knock("POST", fmt.Sprintf("http://127.0.0.1:8976/%d", i), "", strings.Repeat("x", 9000)); got != want {
				t.Fatalf("request %d: status %d, want %d", i, got, want)
			}
		}
		if got := l.knock("GET", redirectURI+"?code=x&state=wrong", "", ""); got != http.StatusTooManyRequests {
			t.Errorf("an answer with another state after many requests: status %d, want 429", got)
		}
		if got := w.Browse("GET", good); got != 200 {
			t.Errorf("the answer itself after many requests: status %d, want 200", got)
		}
		l.finish()
		kept, bytes, told := 0, 0, 0
		for _, e := range l.s.Log.Since(0) {
			switch d := e.Data.(type) {
			case trace.CallbackIn:
				kept++
				bytes += len(d.Body)
				if len(d.Body) > 4<<10 || len(d.Body) > 0 && !d.Cut {
					t.Fatalf("%d bytes of a stray body are kept, cut %t; want at most 4 KiB, and to be told", len(d.Body), d.Cut)
				}
			case trace.Choice:
				if d.What == "listener" {
					told++
				}
			}
		}
		if kept != 501 || told != 1 {
			t.Errorf("%d requests are kept (%d bytes) and it was said %d times that there are more; want 501 and once", kept, bytes, told)
		}
	})
}

// A body that is longer than an answer can be is no answer, and says that it was cut.
func TestLongFormPost(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		l := waitWith(w)
		state := l.url.Query().Get("state")
		l.knock("POST", redirectURI, "", "code=0123456789abcdef&state="+state+"&pad="+strings.Repeat("x", 300<<10))
		l.stillWaits("a body of 300 KiB")
		calls := faulty.Read(l.s).Calls()
		c := calls[len(calls)-1]
		cb := faulty.Read(l.s).Callback(c.ID)
		if !c.Request.Cut || len(c.Request.Body) != 256<<10 || cb.Fit != story.FitStray || !strings.Contains(cb.Why, "cut") {
			t.Errorf("a body of 300 KiB: %d bytes kept, cut %t, %s because %q; want 256 KiB, cut, and a stray that says so", len(c.Request.Body), c.Request.Cut, cb.Fit, cb.Why)
		}
		w.Browse("GET", l.answer())
		l.finish()
	})
}

// A page whose name was made to point here cannot bring an answer, not even to end the waiting.
func TestForeignHost(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		l := waitWith(w)
		for host, want := range map[string]int{"evil.example": 404, "evil.example:8976": 404, "127.0.0.1.evil.example": 404, "[::2]:8976": 404} {
			if got := l.knock("GET", redirectURI+"?code=x&state=wrong", host, ""); got != want {
				t.Errorf("Host %s: status %d, want %d", host, got, want)
			}
			l.stillWaits("a request for " + host)
		}
		for _, host := range []string{"localhost:8976", "127.0.0.1", "[::1]:8976"} {
			if got := l.knock("GET", redirectURI+"?code=x&state=wrong", host, ""); got != 400 {
				t.Errorf("Host %s: status %d, want 400 as any answer with a wrong state", host, got)
			}
		}
		<-l.ended
		l.s.Close()
	})
}

// What is pasted when nothing waits is refused, and not kept for the next login.
func TestPasteWhenNothingWaits(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session()
		if err := s.Paste(redirectURI + "?code=early&state=x"); err == nil {
			t.Error("a paste before the run was taken")
		}
		l := waitOn(w, s)
		l.stillWaits("a paste that came before it")
		if err := s.Paste(l.answer()); err != nil {
			t.Errorf("a paste while the answer is waited for: %v", err)
		}
		l.finish()
		if err := s.Paste(redirectURI + "?code=late&state=x"); err == nil {
			t.Error("a paste after the answer was taken")
		}
		if n := len(faulty.Read(s).Login().Callbacks); n != 1 {
			t.Errorf("%d answers are recorded, want one", n)
		}
	})
}

// Whoever opens the browser may be handed the answer before the stage that waits for it has begun.
func TestPasteWhileOpening(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t, s := w.T, w.Session()
		var refused error
		hooks := flow.Hooks{Open: func(_ context.Context, u string) (string, error) {
			refused = s.Paste("?error=access_denied&state=" + strings.Split(strings.Split(u, "state=")[1], "&")[0])
			return "person", nil
		}}
		err := flow.Run(t.Context(), s, flow.Login, hooks)
		if refused != nil || err == nil || !strings.Contains(err.Error(), "access_denied") {
			t.Errorf("pasted while the browser was opened: %v, and the login ended with %v; want the error that was pasted", refused, err)
		}
		s.Close()
	})
}

// What came is named for what it is.
func TestWrongAnswerWords(t *testing.T) {
	for want, h := range map[string]http.HandlerFunc{
		"a redirect that does not say where to": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(302) },
		"compressed (gzip) though that was not asked for": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, "\x1f\x8b\x08\x00")
		},
	} {
		faulty.In(t, func(w *faulty.World) {
			w.Replace(metadataPath, h)
			if err := w.Run(w.Session(), flow.Login); err == nil || !strings.Contains(err.Error(), want) {
				w.T.Errorf("%v, want %q", err, want)
			}
		})
	}
}
