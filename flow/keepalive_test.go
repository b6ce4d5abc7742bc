package flow_test

import (
	"context"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestKeepAliveForADay keeps a session alive for a day with access tokens of 96 s: about a thousand refreshes, one at a time,
// each when it is due, in bounded memory.
func TestKeepAliveForADay(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand refreshes")
	}
	for _, client := range []string{"workshop-spa", "workshop-rotating"} {
		inWorld(t, func(w *world) {
			w.tenant.SetAccessLifetime(96 * time.Second)
			c := flow.Config{Settings: settings()}
			c.ClientID = client
			s := w.login(c)
			before := heap()
			if err := flow.KeepAlive(w.t.Context(), s, 24*time.Hour, flow.Hooks{}); err != nil {
				w.t.Fatal(err)
			}
			grown := heap() - before
			st := read(s)
			f := st.Family()
			const want = 24 * 3600 * 10 / (96 * 9) // one at 90 % of each life
			if f.Refreshes < want-2 || f.Refreshes > want+2 || f.Failures != 0 {
				w.t.Errorf("%s: %d refreshes and %d failures in a day, want about %d and none", client, f.Refreshes, f.Failures, want)
			}
			for _, turn := range f.Turns[1:] {
				if turn.Spent < 0.89 || turn.Spent > 0.92 {
					w.t.Errorf("%s: %s came when %.0f %% of the access token's life were over, want 90", client, turn.By(), turn.Spent*100)
					break
				}
			}
			if rotates, _ := f.Rotates(); rotates != (client == "workshop-rotating") {
				w.t.Errorf("%s: rotates %v", client, rotates)
			}
			if st.RefreshMode() != trace.ByHand {
				w.t.Errorf("%s: at the end the mode is %q, want by hand", client, st.RefreshMode())
			}
			if per := grown / int64(f.Refreshes); per > 64<<10 {
				w.t.Errorf("%s: each refresh keeps %d KiB", client, per>>10)
			} else {
				w.t.Logf("%s: %d refreshes, %d KiB kept for each", client, f.Refreshes, per>>10)
			}
			if n := len(s.Log.Since(0)); n > f.Refreshes*12+100 {
				w.t.Errorf("%s: %d events for %d refreshes: waiting writes to the trace", client, n, f.Refreshes)
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestOneRefreshAtATime starts several refreshes at once: they come one after the other, so that none uses a token that
// another has used up.
func TestOneRefreshAtATime(t *testing.T) {
	inWorld(t, func(w *world) {
		c := flow.Config{Settings: settings()}
		c.ClientID = "workshop-rotating"
		now, most := &atomic.Int32{}, &atomic.Int32{}
		inner := w.net.Transport()
		s := flow.NewSession(c, flow.Env{Listen: w.net.Listen, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost {
				most.Store(max(most.Load(), now.Add(1)))
				defer now.Add(-1)
				time.Sleep(time.Second)
			}
			return inner.RoundTrip(r)
		})})
		defer s.Close()
		if err := flow.Run(w.t.Context(), s, flow.Login, w.agent()); err != nil {
			w.t.Fatal(err)
		}
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := flow.Run(w.t.Context(), s, flow.Refresh, flow.Hooks{}); err != nil {
					w.t.Error(err)
				}
			})
		}
		wg.Wait()
		if f := read(s).Family(); f.Refreshes != 5 || f.Failures != 0 || most.Load() != 1 {
			w.t.Errorf("%d refreshes, %d failures, %d at once; want 5, none, one", f.Refreshes, f.Failures, most.Load())
		}
	})
}

// TestWaitingForARefreshEnds holds that whoever waits for another refresh can be cancelled.
func TestWaitingForARefreshEnds(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.login(flow.Config{Settings: settings()})
		defer s.Close()
		held := make(chan struct{})
		go flow.Run(w.t.Context(), s, flow.Refresh, flow.Hooks{Hold: func(ctx context.Context, d trace.Draft) (trace.Draft, error) {
			<-held
			return d, nil
		}})
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(w.t.Context(), time.Second)
		defer cancel()
		if err := flow.Run(ctx, s, flow.Refresh, flow.Hooks{}); err == nil {
			w.t.Error("a refresh went on beside one that is held")
		}
		close(held)
		time.Sleep(time.Second)
		if f := read(s).Family(); f.Refreshes != 1 {
			w.t.Errorf("%d refreshes, want one", f.Refreshes)
		}
	})
}

// TestNeeded holds the three modes to what they say.
func TestNeeded(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.login(flow.Config{Settings: settings()})
		defer s.Close()
		issued := time.Now()
		for _, c := range []struct {
			mode trace.RefreshMode
			at   time.Duration
			want bool
		}{
			{trace.ByHand, 1700 * time.Second, false},
			{trace.IfNeeded, 1619 * time.Second, false},
			{trace.IfNeeded, 1621 * time.Second, true},
			{trace.KeepAlive, 1621 * time.Second, true},
		} {
			s.SetRefreshMode(c.mode)
			if got := s.Needed(issued.Add(c.at)) != nil; got != c.want {
				w.t.Errorf("mode %q after %s: a refresh is needed: %v, want %v", c.mode, c.at, got, c.want)
			}
		}
	})
}

// TestKeepAliveGoesOnAfterAFailure holds that what may pass is waited for, and what will not ends it.
func TestKeepAliveGoesOnAfterAFailure(t *testing.T) {
	inWorld(t, func(w *world) {
		w.tenant.SetAccessLifetime(300 * time.Second)
		fail := &atomic.Int32{}
		inner := w.net.Transport()
		s := flow.NewSession(flow.Config{Settings: settings()}, flow.Env{Listen: w.net.Listen, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/token") && fail.Add(-1) >= 0 {
				return &http.Response{StatusCode: 503, Proto: "HTTP/1.1", Header: http.Header{}, Body: http.NoBody, Request: r}, nil
			}
			return inner.RoundTrip(r)
		})})
		defer s.Close()
		if err := flow.Run(w.t.Context(), s, flow.Login, w.agent()); err != nil {
			w.t.Fatal(err)
		}
		fail.Store(3)
		if err := flow.KeepAlive(w.t.Context(), s, 10*time.Minute, flow.Hooks{}); err != nil {
			w.t.Errorf("three failures that pass ended it: %v", err)
		}
		f := read(s).Family()
		if f.Failures != 3 || f.Refreshes < 1 {
			w.t.Errorf("%d failures and %d refreshes", f.Failures, f.Refreshes)
		}
		if at := read(s).Newest(story.AccessToken); at.Life(time.Now()) != story.Live {
			w.t.Errorf("the newest access token is %s", at.Life(time.Now()))
		}
		if err := flow.Run(w.t.Context(), s, flow.Revoke, flow.Hooks{}); err != nil {
			w.t.Fatal(err)
		}
		if err := flow.KeepAlive(w.t.Context(), s, time.Hour, flow.Hooks{}); err == nil || !strings.Contains(err.Error(), "sign in again") {
			w.t.Errorf("a revoked session is kept alive: %v", err)
		}
	})
}

func TestKeepAliveWithoutARefreshToken(t *testing.T) {
	inWorld(t, func(w *world) {
		c := flow.Config{Settings: settings()}
		c.Scope = "openid"
		s := w.login(c)
		defer s.Close()
		if err := flow.KeepAlive(w.t.Context(), s, time.Hour, flow.Hooks{}); err == nil || !strings.Contains(err.Error(), "no refresh token") {
			w.t.Errorf("without a refresh token: %v", err)
		}
	})
}

func TestKeepAliveIsCancelled(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.login(flow.Config{Settings: settings()})
		defer s.Close()
		ctx, cancel := context.WithTimeout(w.t.Context(), time.Minute)
		defer cancel()
		if err := flow.KeepAlive(ctx, s, 24*time.Hour, flow.Hooks{}); err == nil {
			w.t.Error("it went on after its context had ended")
		}
	})
}
