package story_test

import (
	"testing"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestAbandonedAfterTheAnswer holds that an answer which was quicker than the giving up stays an answer.
func TestAbandonedAfterTheAnswer(t *testing.T) {
	s := story.Read([]trace.Event{
		{Call: 1, Data: trace.Ready{Method: "POST", URL: "http://x/t"}},
		{Call: 1, Data: trace.Head{Status: 200}},
		{Call: 1, Data: trace.Body{Bytes: trace.Bytes("{}")}},
		{Call: 1, Data: trace.Abandoned{Reason: "cancelled"}},
	})
	if c := s.Calls()[0]; c.State != story.Answered || !c.Late {
		t.Errorf("the call is %s, late %v; want answered and late", c.State, c.Late)
	}
}
