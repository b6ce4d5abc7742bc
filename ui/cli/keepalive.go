package cli

import (
	"context"
	"time"

	"authscope/flow"
	"authscope/flow/trace"
)

// maxKeepAlive is as long as a session can be kept alive.
const maxKeepAlive = 31 * 24 * time.Hour

// walkAll walks the flows, and keeps the session alive between the refreshes and what comes after them.
func (f *runFlags) walkAll(ctx context.Context, w *World, s *flow.Session, flows [][]flow.Stage, hooks flow.Hooks) {
	if f.keepAlive == 0 {
		walkFlows(ctx, s, flows, hooks)
		return
	}
	n := 1 + f.refreshes
	if !walkFlows(ctx, s, flows[:n], hooks) {
		skip(s, flows[n:], "the session was not kept alive")
		return
	}
	w.say("keeping the session alive for %s", f.keepAlive)
	if err := flow.KeepAlive(ctx, s, f.keepAlive, hooks); err != nil && ctx.Err() == nil {
		w.say("  %v", err)
		s.Log.Append(0, trace.Choice{What: keptAlive, Value: err.Error()})
	}
	if ctx.Err() == nil {
		walkFlows(ctx, s, flows[n:], hooks)
	}
}

// keptAlive is the name under which it is noted that a session could not be kept alive.
const keptAlive = "keep alive"
