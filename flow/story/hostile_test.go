package story_test

import (
	"math"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// The Date of an answer can lie further off than a duration counts: then it is the shortest one, whose negation is
// itself. No writing of it may run in a circle.
func TestLifetimeOfTheExtremes(t *testing.T) {
	for d, want := range map[time.Duration]string{
		math.MinInt64: "-more than 292 years", math.MinInt64 + 1: "-more than 292 years", math.MaxInt64: "more than 292 years",
		-time.Minute: "-60 s", 0: "0 s",
	} {
		if got := story.Lifetime(d); got != want {
			t.Errorf("Lifetime(%d) = %q, want %q", d, got, want)
		}
	}
}

// Files are hostile: a stage's number may be anything, and is then one.
func TestStageNumbersOutOfRange(t *testing.T) {
	for _, n := range []int{0, -1, -5, math.MinInt, math.MaxInt} {
		var s story.Story
		for _, e := range refreshes(2) {
			switch d := e.Data.(type) {
			case trace.StageBegan:
				d.N = n
				e.Data = d
			case trace.StageEnded:
				d.N = n
				e.Data = d
			}
			s.Add(e)
		}
		for _, n := range []int{n, 0} {
			s.Add(trace.Event{Data: trace.StageBegan{Stage: trace.Verify, N: n}})
			s.Add(trace.Event{Data: trace.StageEnded{Stage: trace.Verify, N: n, Status: trace.Passed}})
		}
		for _, st := range s.Stages() {
			st.Checks()
			if st.N < 1 {
				t.Errorf("with the number %d in the file, %s is run %d, want 1 or more", n, st.ID, st.N)
			}
		}
	}
}
