// Package diagnose reads findings from a story: why something is missing, odd or wrong. A rule is data and a small function;
// none knows another. A cause that the wire does not prove is a candidate, and is called so.
package diagnose

import (
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Finding is one answer to "why", with the place that it speaks of.
type Finding struct {
	jwtview.Finding
	Stage trace.StageID
	N     int // of the stage
	Call  trace.CallID
}

// Read applies every rule, as of now. Root causes come first, then what is certain.
func Read(s *story.Story, now time.Time) []Finding { return nil }
