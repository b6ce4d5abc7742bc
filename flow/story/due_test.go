package story_test

import (
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

func (w *wire) mode(m trace.RefreshMode) *wire {
	w.add(0, trace.Choice{What: trace.ChosenRefresh, Value: string(m)})
	return w
}

func TestDue(t *testing.T) {
	const first = `{"access_token":"access-1","expires_in":1800,"refresh_token":"refresh-1"}`
	refused := `{"error":"invalid_grant"}`
	for name, c := range map[string]struct {
		make  func(*wire)
		at    time.Duration // since dawn
		why   string
		never bool
	}{
		"nothing yet":          {func(w *wire) {}, 0, "no tokens yet", true},
		"90 % as the SDK":      {func(w *wire) { w.login(first) }, 1620 * time.Second, "90 % of expires_in, 27 min of 30 min", false},
		"no refresh token":     {func(w *wire) { w.login(`{"access_token":"a-1-2-3","expires_in":1800}`) }, 0, "sign in again", true},
		"not told, by hand":    {func(w *wire) { w.login(`{"access_token":"a-1-2-3","refresh_token":"refresh-1"}`) }, 0, "every use asks", false},
		"not told, kept alive": {func(w *wire) { w.mode(trace.KeepAlive).login(`{"access_token":"a-1-2-3","refresh_token":"refresh-1"}`) }, 0, "nothing to keep time by", true},
		"refresh token sooner": {func(w *wire) {
			w.login(`{"access_token":"a-1-2-3","expires_in":1800,"refresh_token":"refresh-1","refresh_expires_in":100}`)
		}, 90 * time.Second, "the refresh token's life", false},
		"refused": {func(w *wire) { w.login(first).wait(time.Second).refresh("refresh-1", 400, refused) }, 0, "of no use any more", true},
		"refused softly": {func(w *wire) {
			w.login(first).wait(time.Second).refresh("refresh-1", 401, `{"error":"invalid_client"}`)
		}, 0, "refused with 401", true},
		"the server fails once": {func(w *wire) { w.login(first).wait(1620*time.Second).refresh("refresh-1", 503, "") },
			1630 * time.Second, "10 s after a refresh that failed, the 1st in a row", false},
		"and thrice": {func(w *wire) {
			w.login(first).wait(1620*time.Second).refresh("refresh-1", 503, "").refresh("refresh-1", 503, "").refresh("refresh-1", 503, "")
		}, 1660 * time.Second, "40 s after a refresh that failed, the 3rd in a row", false},
		"too many requests": {func(w *wire) { w.login(first).wait(1620*time.Second).refresh("refresh-1", 429, `{"error":"x"}`) }, 1630 * time.Second, "1st in a row", false},
		"after a success": {func(w *wire) {
			w.login(first).wait(1620*time.Second).refresh("refresh-1", 503, "").wait(10*time.Second).refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":100}`)
		}, 1720 * time.Second, "90 % of expires_in, 90 s of 100 s", false},
		"never quicker than a second": {func(w *wire) { w.login(first).refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":1}`) }, time.Second, "90 %", false},
	} {
		w := newWire()
		c.make(w)
		d := w.read().Due()
		if d.Never != c.never || !strings.Contains(d.Why, c.why) {
			t.Errorf("%s: never %v, why %q; want never %v, %q", name, d.Never, d.Why, c.never, c.why)
		}
		if !c.never && !d.At.Equal(dawn.Add(c.at)) {
			t.Errorf("%s: due %s after the sign-in, want %s", name, d.At.Sub(dawn), c.at)
		}
		if !c.never && (d.By(d.At.Add(-time.Millisecond)) || !d.By(d.At)) {
			t.Errorf("%s: By does not turn at %s", name, d.At)
		}
	}
}

// TestDueEnds holds that keeping alive ends by itself, so that what it takes is bounded.
func TestDueEnds(t *testing.T) {
	w := newWire().mode(trace.KeepAlive).login(`{"access_token":"access-0","expires_in":96,"refresh_token":"refresh-1"}`)
	s := w.read()
	s.Family().Refreshes = story.MaxKeptAlive
	if d := s.Due(); !d.Never || !strings.Contains(d.Why, "5000 times") {
		t.Errorf("after %d refreshes: %+v", story.MaxKeptAlive, d)
	}
}

func TestMode(t *testing.T) {
	w := newWire()
	if m := w.read().RefreshMode(); m != trace.ByHand {
		t.Errorf("at first %q", m)
	}
	if m := w.mode(trace.IfNeeded).mode(trace.KeepAlive).read().RefreshMode(); m != trace.KeepAlive {
		t.Errorf("the last choice counts, got %q", m)
	}
}

// TestNextKnowsWhatIsDue holds that a refresh which is due is a moment at which something changes.
func TestNextKnowsWhatIsDue(t *testing.T) {
	w := newWire().mode(trace.KeepAlive).login(`{"access_token":"access-1","expires_in":100,"refresh_token":"refresh-1"}`)
	if next := w.read().Next(w.at); !next.Equal(dawn.Add(90 * time.Second)) {
		t.Errorf("next change at %s, want the refresh at 90 s", next.Sub(dawn))
	}
}
