package trace_test

import (
	"authscope/flow/story"
	"authscope/flow/trace"
)

// reader keeps a story up to date with a log, as a session does.
type reader struct {
	story story.Story
	n     int
}

func (r *reader) read(l *trace.Log) {
	for _, e := range l.Since(r.n) {
		r.story.Add(e)
		r.n++
	}
}
