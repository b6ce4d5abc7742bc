package cli

import (
	"context"
	"errors"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// alone are stages that others do not build upon: when one fails, the rest is walked all the same.
var alone = map[trace.StageID]bool{trace.Experiment: true, trace.Call: true, trace.Introspect: true, trace.Revoke: true, trace.Logout: true}

// walkFlows walks the flows one after the other. After a failure of what others build upon the rest is recorded as skipped; after an
// interruption it stays pending.
func walkFlows(ctx context.Context, s *flow.Session, flows [][]flow.Stage, hooks flow.Hooks) (whole bool) {
	for i, stages := range flows {
		err := flow.Run(ctx, s, stages, hooks)
		if err == nil {
			continue
		}
		var failed *flow.StageError
		over := ctx.Err() != nil && errors.Is(context.Cause(ctx), ctx.Err())
		if !over && errors.As(err, &failed) {
			if alone[failed.Stage] {
				continue
			}
			skip(s, flows[i+1:], trace.StageOf(failed.Stage).Title+" failed")
		}
		return false
	}
	return true
}

// skip records the stages of flows as skipped.
func skip(s *flow.Session, flows [][]flow.Stage, reason string) {
	n := map[trace.StageID]int{}
	s.Read(func(st *story.Story) {
		for _, run := range st.Stages() {
			n[run.ID]++
		}
	})
	for _, stages := range flows {
		for _, st := range stages {
			n[st.ID]++
			s.Log.Append(0, trace.StageBegan{Stage: st.ID, N: n[st.ID]})
			s.Log.Append(0, trace.StageEnded{Stage: st.ID, N: n[st.ID], Status: trace.Skipped, Reason: reason})
		}
	}
}
