package flow

import (
	"context"
	"fmt"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// alone waits until no other refresh of the session is under way. With rotation two at once would hand in the same token,
// and one of them would lose (RFC 9700 §4.14.2).
func (s *Session) alone(ctx context.Context) error {
	select {
	case s.refreshing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Session) done() { <-s.refreshing }

// SetRefreshMode says when the session's tokens are refreshed from now on.
func (s *Session) SetRefreshMode(mode trace.RefreshMode) {
	s.Log.Append(0, trace.Choice{What: trace.ChosenRefresh, Value: string(mode)})
}

// due is when the next refresh of the session is due.
func (s *Session) due() (d story.Due) {
	s.Read(func(st *story.Story) { d = st.Due() })
	return d
}

// Needed returns what has to come before something that asks with the access token: a refresh, if it is old and the mode is
// not by hand, as refreshAccessTokenIfNeeded of Authgear's SDK does it; else nothing.
func (s *Session) Needed(now time.Time) []Stage {
	if d := s.due(); d.Mode == trace.ByHand || !d.By(now) {
		return nil
	}
	return Refresh
}

// slice is how long keeping alive sleeps at most before it looks at the clock on the wall: timers stand still while a machine
// sleeps, and tokens do not.
const slice = 15 * time.Second

// KeepAlive refreshes the session's tokens by itself, whenever that is due, for as long as d, one refresh at a time. A refresh
// that fails for a reason that may pass is tried again later. The error says why it ended sooner.
func KeepAlive(ctx context.Context, s *Session, d time.Duration, hooks Hooks) error {
	s.SetRefreshMode(trace.KeepAlive)
	defer s.SetRefreshMode(trace.ByHand)
	end := time.Now().Round(0).Add(d)
	for {
		due := s.due()
		if due.Never {
			return fmt.Errorf("the session cannot be kept alive: %s", due.Why)
		}
		until := due.At
		if end.Before(until) {
			until = end
		}
		if err := s.sleep(ctx, until); err != nil {
			return err
		}
		if !time.Now().Before(end) {
			return nil
		}
		if err := Run(ctx, s, Refresh, hooks); ctx.Err() != nil {
			return err
		}
	}
}

// sleep waits until the clock on the wall shows t. That it ran away from the other clock meanwhile is recorded.
func (s *Session) sleep(ctx context.Context, t time.Time) error {
	for {
		began := time.Now()
		left := t.Sub(began.Round(0))
		if left <= 0 {
			return nil
		}
		if err := pause(ctx, min(left, slice)); err != nil {
			return err
		}
		now := time.Now()
		if story.Drifted(now.Round(0).Sub(began.Round(0)), now.Sub(began)) {
			s.Log.Append(0, trace.ClockRead{})
		}
	}
}
