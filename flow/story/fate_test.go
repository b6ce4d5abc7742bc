package story_test

import (
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
)

// TestFateAfterReuse holds what is told of the tokens of a session in which an old refresh token was handed in, and then the
// newest was refused: the reuse is the likely cause, and the access tokens may have ended with it until one is accepted.
func TestFateAfterReuse(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	w.wait(time.Second).refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":300,"refresh_token":"refresh-2"}`)
	w.wait(time.Second).refresh("refresh-1", 400, `{"error":"invalid_grant"}`)
	w.wait(time.Second).refresh("refresh-2", 400, `{"error":"invalid_grant"}`)
	fate := func(kind story.Kind, n int) story.Fate {
		for _, tok := range w.read().Tokens() {
			if tok.Kind == kind && tok.Generation == n {
				return tok.Fate(w.at)
			}
		}
		t.Fatalf("there is no %s #%d", kind, n)
		return story.Fate{}
	}
	if f := fate(story.RefreshToken, 2); !f.Proved || !strings.Contains(f.Cause, "refresh token #1 had been handed in again") {
		t.Errorf("the newest refresh token was refused after a reuse: %+v", f)
	}
	for n := 1; n <= 2; n++ {
		if f := fate(story.AccessToken, n); f.Proved || !strings.Contains(f.Cause, "may have ended with the session") {
			t.Errorf("access token #%d, which nobody has tried since: %+v", n, f)
		}
		w.wait(time.Second).userInfo("access-"+string(rune('0'+n)), 200)
		if f := fate(story.AccessToken, n); !f.Proved || f.Cause != "" || !strings.Contains(f.Known, "accepted") {
			t.Errorf("access token #%d, which was accepted after it: %+v", n, f)
		}
	}
}
