package flow_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// A redirect of the token endpoint is the answer: nobody else gets the code.
func TestTokenRedirectIsNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		faulty.In(t, func(w *faulty.World) {
			t := w.T
			asked := 0
			w.Replace("/thief", func(http.ResponseWriter, *http.Request) { asked++ })
			redirecting(tokenPath, "/thief", status)(w)
			s := w.Session()
			err := w.Run(s, flow.Login)
			if asked != 0 {
				t.Errorf("%d: the redirect was followed with the code in it", status)
			}
			if err == nil || !strings.Contains(err.Error(), "not followed") || !strings.Contains(err.Error(), "/thief") {
				t.Errorf("%d: the error does not name the redirect: %v", status, err)
			}
			if !inTrace(s, "/thief") {
				t.Errorf("%d: the Location is not in the trace", status)
			}
		})
	}
}

// What is kept of a body is bounded, and that it goes on is recorded.
func TestEndlessBodyIsBounded(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		endless(tokenPath)(w)
		s := w.Session()
		w.Run(s, flow.Login)
		for _, e := range s.Log.Since(0) {
			if b, ok := e.Data.(trace.Body); ok && b.Cut {
				if len(b.Bytes) != trace.MaxBody {
					t.Errorf("%d bytes were kept, want %d", len(b.Bytes), trace.MaxBody)
				}
				return
			}
		}
		t.Error("no body is recorded as cut")
	})
}

// esc cancels every stage at once.
func TestCancel(t *testing.T) {
	for _, c := range []struct {
		stage trace.StageID
		path  string
		list  []flow.Stage
	}{
		{trace.Discover, metadataPath, flow.Login}, {trace.Callback, authorizePath, flow.Login}, {trace.Exchange, tokenPath, flow.Login},
		{trace.Verify, keysPath, flow.Login}, {trace.UserInfo, userInfoPath, flow.Login}, {trace.Refresh, tokenPath, flow.Refresh}, {trace.Revoke, revokePath, flow.Revoke},
	} {
		t.Run(string(c.stage), func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				t := w.T
				s := w.Session()
				if len(c.list) == 1 {
					if err := w.Run(s, flow.Login); err != nil {
						t.Fatal(err)
					}
				}
				hanging(c.path)(w)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				began := time.Now()
				err := flow.Run(ctx, s, c.list, w.Agent())
				if took := time.Since(began); took != 3*time.Second {
					t.Errorf("it ended after %s, want at once when it is cancelled", took)
				}
				if !errors.Is(err, context.Canceled) {
					t.Errorf("error %v, want context.Canceled", err)
				}
				st := faulty.Read(s).StageRun(c.stage, 0)
				if st == nil || st.Status != trace.Cancelled || st.Reason != "cancelled" {
					t.Errorf("stage %s is %+v, want cancelled", c.stage, st)
				}
				s.Close()
			})
		})
	}
}

// The answer to a cancelled POST is recorded when it comes, and its tokens are known.
func TestLateAnswerIsRecorded(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session(faulty.Client("workshop-rotating"))
		if err := w.Run(s, flow.Login); err != nil {
			t.Fatal(err)
		}
		w.Alter(tokenPath, func(*faulty.Answer) { time.Sleep(5 * time.Second) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		flow.Run(ctx, s, flow.Refresh, flow.Hooks{})
		if st := faulty.Read(s); st.Newest(story.RefreshToken).Generation != 1 {
			t.Fatal("the answer was there before it came")
		}
		time.Sleep(10 * time.Second)
		st := faulty.Read(s)
		last := st.Calls()[len(st.Calls())-1]
		if last.State != story.Answered || !last.Late {
			t.Errorf("the late answer is %s, late %v", last.State, last.Late)
		}
		if g := st.Newest(story.RefreshToken).Generation; g != 2 {
			t.Errorf("the newest refresh token is #%d, want #2, from the late answer", g)
		}
	})
}

// A run whose time is over says so, and does not say that somebody cancelled it.
func TestTimeOfTheRun(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		ctx, cancel := context.WithTimeout(w.T.Context(), time.Minute)
		defer cancel()
		s := w.Session()
		defer s.Close()
		err := flow.Run(ctx, s, flow.Login, w.Nobody())
		st := faulty.Read(s).StageRun(trace.Callback, 0)
		if !errors.Is(err, context.DeadlineExceeded) || st.Status != trace.Cancelled || !strings.Contains(st.Reason, "time") {
			w.T.Errorf("%v; %s %q", err, st.Status, st.Reason)
		}
	})
}

// Whatever bytes a server sends, no stage panics.
func TestNoPanicOnGarbage(t *testing.T) {
	for i, body := range []string{"", "null", "[]", `{"access_token":{}}`, `{"access_token":"a","id_token":[],"refresh_token":7}`, "\xff\xfe\x00", strings.Repeat("[", 5000),
		`{"keys":[{"kty":"RSA"},7,null]}`, `{"issuer":"http://localhost:8975","token_endpoint":"\u0000","authorization_endpoint":"http://localhost:8975/oauth2/authorize","jwks_uri":"::"}`,
		`{"sub":{"a":1}}`, `{"error":{"a":1}}`, `{"error":null}`, `{"access_token":"a.b.c","id_token":"..","token_type":"bearer","expires_in":-1e99}`} {
		for _, path := range []string{metadataPath, tokenPath, keysPath, userInfoPath, revokePath} {
			t.Run(fmt.Sprint(i, path), func(t *testing.T) {
				faulty.In(t, func(w *faulty.World) {
					say(path, 200, "application/json", body)(w)
					s := w.Session()
					if err := w.Run(s, flow.Login, flow.Refresh, flow.Revoke); err != nil && strings.Contains(err.Error(), "internal error") {
						w.T.Error(err)
					}
				})
			})
		}
	}
}
