package diagnose_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
)

// TestNoAnswerInTheTimeGiven ends a run before anybody would call the answer overdue: why none came is said all the
// same, since nobody goes on waiting. A person who calls the run off knows why.
func TestNoAnswerInTheTimeGiven(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		ctx, cancel := context.WithTimeout(w.T.Context(), 3*time.Second)
		defer cancel()
		s := w.Session()
		flow.Run(ctx, s, flow.Login, w.Nobody())
		// That the time was over is what a stage event alone tells: the one finding that a bare recording does not have.
		if got := ids(diagnose.Read(faulty.Read(s), time.Now())); !slices.Equal(got, []string{"no-answer-yet"}) {
			w.T.Errorf("after the time for the run: findings %v, want no-answer-yet", got)
		}
		s.Close()

		ctx, cancel = context.WithCancel(w.T.Context())
		time.AfterFunc(3*time.Second, cancel)
		s = w.Session()
		flow.Run(ctx, s, flow.Login, w.Nobody())
		want(w.T, s, "after the run was called off")
		s.Close()
	})
}
