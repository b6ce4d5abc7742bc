package flow_test

import (
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestSessionEndsAsTold: the clocks of the embedded tenant's refresh token say when the session really ends, idle or old: a
// second before, a refresh succeeds, and a second after it does not.
func TestSessionEndsAsTold(t *testing.T) {
	const often = 8 * time.Second
	for _, c := range []struct {
		name   string
		whole  time.Duration
		pauses []time.Duration // before each refresh
		clock  string          // that ends the session
	}{
		{"idle, never used", time.Hour, nil, "refresh token, idle"},
		{"idle, used once", time.Hour, []time.Duration{14 * time.Second}, "refresh token, idle"},
		{"idle, used often", time.Hour, []time.Duration{often, often, often}, "refresh token, idle"},
		{"at most", 30 * time.Second, []time.Duration{often, often, often}, "refresh token, at most"},
	} {
		for _, margin := range []time.Duration{-time.Second, time.Second} {
			t.Run(c.name+" "+margin.String(), func(t *testing.T) {
				faulty.InWith(t, demo.Options{IdleTimeout: 20 * time.Second, RefreshLifetime: c.whole}, func(w *faulty.World) {
					s := w.Session(func(cfg *flow.Config) {
						cfg.Embedded = &trace.Embedded{Client: "workshop-spa", RefreshIdle: 20 * time.Second, RefreshWhole: c.whole}
					})
					stages := flow.LoginFor(trace.Settings{NoPreflight: true})
					if err := w.Run(s, stages[:len(stages)-1]); err != nil { // without UserInfo, which is a use
						w.T.Fatal(err)
					}
					for _, pause := range c.pauses {
						time.Sleep(pause)
						if err := w.Run(s, flow.Refresh); err != nil {
							w.T.Fatalf("a refresh after %s: %v", pause, err)
						}
					}
					clock := clockNamed(w.T, s, c.clock)
					if clock.State != story.Running || clock.Source != "the tenant's settings" {
						w.T.Fatalf("the clock is %+v", clock)
					}
					time.Sleep(time.Until(clock.Ends.Add(margin)))
					if got, want := clockNamed(w.T, s, c.clock).State, map[bool]story.Ticking{true: story.Running, false: story.RunOut}[margin < 0]; got != want {
						w.T.Errorf("%s from its end the clock is %s, want %s", margin, got, want)
					}
					if err := w.Run(s, flow.Refresh); (err == nil) != (margin < 0) {
						w.T.Errorf("a refresh %s from the end: %v", margin, err)
					}
				})
			})
		}
	}
}

func clockNamed(t *testing.T, s *flow.Session, what string) story.Clock {
	t.Helper()
	for _, c := range story.Read(s.Log.Since(0)).Clocks(time.Now()) {
		if c.What == what {
			return c
		}
	}
	t.Fatalf("there is no clock %q", what)
	return story.Clock{}
}
