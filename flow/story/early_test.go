package story_test

import (
	"testing"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestAnswerBeforeItsStage lets the answer come while the browser's opening is still waited for, as a browser that
// is signed in already does: there is one stage Callback all the same, and the answer stands in it.
func TestAnswerBeforeItsStage(t *testing.T) {
	s := story.Read([]trace.Event{
		{Data: trace.Settings{RedirectURI: "http://127.0.0.1/cb"}},
		{Data: trace.StageBegan{Stage: trace.Authorize, N: 1}},
		{Call: 1, Data: trace.Ready{Front: true, Method: "GET", URL: "http://127.0.0.1:1/authorize?state=s&redirect_uri=http://127.0.0.1/cb&client_id=c&response_type=code"}},
		{Call: 2, Data: trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/cb?code=1&state=s"}},
		{Call: 1, Data: trace.RedirectOut{Via: "browser"}},
		{Data: trace.StageEnded{Stage: trace.Authorize, N: 1, Status: trace.Passed}},
		{Data: trace.StageBegan{Stage: trace.Callback, N: 1}},
		{Data: trace.StageEnded{Stage: trace.Callback, N: 1, Status: trace.Passed}},
	})
	var all []*story.Stage
	for _, st := range s.Stages() {
		if st.ID == trace.Callback {
			all = append(all, st)
		}
	}
	if len(all) != 1 {
		t.Fatalf("there are %d stages Callback, want one", len(all))
	}
	if st := all[0]; st.Status != trace.Passed || len(st.Calls) != 1 || len(st.Checks()) == 0 {
		t.Errorf("the stage is %s with %d calls and %d checks, want passed with the answer and what it was checked for", st.Status, len(st.Calls), len(st.Checks()))
	}
}
