package story_test

import (
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// recorded makes the story of a recording with one login, whose request and answer are given.
func recorded(ask, answer string, more ...trace.Event) *story.Story {
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	events := []trace.Event{{At: at, Data: trace.Recording{Format: "har"}}, {At: at, Data: trace.Settings{ClientID: "a"}}}
	if ask != "" {
		events = append(events, trace.Event{At: at, Call: 1, Data: trace.Ready{Front: true, Method: "GET", URL: ask}}, trace.Event{At: at, Call: 1, Data: trace.RedirectOut{Via: "recording"}})
	}
	events = append(events, trace.Event{At: at, Call: 2, Data: trace.CallbackIn{Via: "recording", Method: "GET", URL: answer}})
	return story.Read(append(events, more...))
}

// TestRecordedState: the state is held against what was sent where that is known, and against nothing else.
func TestRecordedState(t *testing.T) {
	for _, c := range []struct {
		name, ask, answer string
		status            jwtview.Status
		fit               story.Fit
	}{
		{"the same", "https://i/a?client_id=a&response_type=code&state=1", "https://b/?code=x&state=1", jwtview.Passed, story.FitAnswer},
		{"another", "https://i/a?client_id=a&response_type=code&state=1", "https://b/?code=x&state=2", jwtview.Failed, story.FitBad},
		{"none sent, none back", "https://i/a?client_id=a&response_type=code", "https://b/?code=x", jwtview.NotApplicable, story.FitAnswer},
		{"no request", "", "https://b/?code=x&state=2", jwtview.NotApplicable, story.FitAnswer},
		{"pushed elsewhere", "https://i/a?client_id=a&request_uri=urn:x", "https://b/?code=x&state=2", jwtview.NotApplicable, story.FitAnswer},
		{"taken out", "https://i/a?client_id=a&response_type=code&state=1", "https://b/?code=x&state=redacted", jwtview.NotApplicable, story.FitAnswer},
		{"in the fragment", "https://i/a?client_id=a&response_type=code&state=1", "https://b/#code=x&state=1", jwtview.Passed, story.FitAnswer},
		{"an error", "https://i/a?client_id=a&response_type=code&state=1", "https://b/?error=access_denied&state=1", jwtview.Passed, story.FitError},
		{"nothing", "https://i/a?client_id=a&response_type=code&state=1", "https://b/?state=1", jwtview.Passed, story.FitBad},
	} {
		s := recorded(c.ask, c.answer)
		cb := s.Callback(2)
		if cb == nil || cb.Fit != c.fit {
			t.Errorf("%s: the answer fits as %+v, want %s", c.name, cb, c.fit)
			continue
		}
		for _, check := range s.StageRun(trace.Callback, 0).Checks() {
			if check.ID == "state" && check.Status != c.status {
				t.Errorf("%s: state is %s, want %s: %s", c.name, check.Status, c.status, check.Detail)
			}
		}
		if got := s.Login().Unseen(); got != (c.name == "no request" || c.name == "pushed elsewhere") {
			t.Errorf("%s: Unseen is %v", c.name, got)
		}
	}
}

// TestOwnIsNoRecording: nothing of this holds for a session that authscope made itself.
func TestOwnIsNoRecording(t *testing.T) {
	s := story.Read([]trace.Event{{Data: trace.Settings{ClientID: "a", RedirectURI: "https://b/"}},
		{Call: 1, Data: trace.Ready{Front: true, Method: "GET", URL: "https://i/a?client_id=a&response_type=code&state=1"}}, {Call: 1, Data: trace.RedirectOut{Via: "person"}},
		{Call: 2, Data: trace.CallbackIn{Via: "listener", Method: "GET", URL: "https://b/?code=x&state=redacted"}}})
	if _, ok := s.Recording(); ok {
		t.Error("a session of authscope's own is called a recording")
	}
	if cb := s.Callback(2); cb == nil || cb.Fit != story.FitStray && cb.Fit != story.FitBad {
		t.Errorf("an answer with a word in place of its state is taken: %+v", cb)
	}
}
