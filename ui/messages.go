package ui

import (
	"time"

	"authscope/flow"
)

// The messages of the program. They exist for what takes time; everything else is a
// method call.
type (
	// started says that the target is there, or why not.
	started struct {
		target *flow.Target
		err    error
	}
	// grown says that the trace of a run has grown.
	grown struct{ run *run }
	// runEnded says that a walk has ended.
	runEnded struct {
		run *run
		err error
	}
	// ticked comes on the second while something counts.
	ticked time.Time
	// said is the outcome of something done aside: a copy, a save, an opened browser.
	said struct {
		text string
		err  error
	}
)

// continued says that the program goes on after it was stopped.
type continued struct{}
