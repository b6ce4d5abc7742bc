package ui

import (
	"context"
	"sync"
	"testing"

	"authscope/flow"
	"authscope/flow/story"
)

// The kept refresh token follows each run that a person makes, and none that is made for a comparison.
func TestRefreshTokenIsFollowed(t *testing.T) {
	var mu sync.Mutex
	var begun []*flow.Session
	ended := 0
	driveWith(t, 120, 40, func(d *driver, o *Options) {
		start := o.Start
		o.Start = func(ctx context.Context) (*flow.Target, error) {
			target, err := start(ctx)
			if err == nil {
				target.Follow = func(_ context.Context, s *flow.Session, say func(string)) func() {
					mu.Lock()
					defer mu.Unlock()
					begun = append(begun, s)
					say("kept")
					return func() { mu.Lock(); ended++; mu.Unlock() }
				}
			}
			return target, err
		}
	}, func(d *driver) {
		d.login()
		d.press("n", "f")
		d.press("c")
	})
	mu.Lock()
	defer mu.Unlock()
	if len(begun) != 2 || begun[0] == begun[1] {
		t.Fatalf("%d sessions are followed, want the two that were started", len(begun))
	}
	begun[0].Read(func(s *story.Story) {
		if s.Said("refresh token") != "kept" {
			t.Error("what was said of the kept token is not in the session's trace")
		}
	})
	if ended > 2 {
		t.Errorf("the following of 2 sessions was ended %d times", ended)
	}
}
