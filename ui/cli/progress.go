package cli

import (
	"context"
	"fmt"
	"strings"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/report"
)

// progress tells on stderr what happens: a line for a stage as it ends.
type progress struct {
	world   *World
	session *flow.Session
	told    int    // events
	ear     string // what was last said of the listener
	known   trace.Known
	stop    context.CancelFunc
	done    chan struct{}
}

// watch begins to tell. What it returns tells the rest and ends it.
func (w *World) watch(s *flow.Session) (end func()) {
	ctx, stop := context.WithCancel(context.Background())
	p := &progress{world: w, session: s, stop: stop, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		for s.Log.Wait(ctx, p.told) == nil {
			p.tell()
		}
	}()
	return func() {
		stop()
		<-p.done
		p.tell()
	}
}

// tell goes through the events that are new.
func (p *progress) tell() {
	for _, e := range p.session.Log.Since(p.told) {
		p.told++
		p.known.Add(e)
		switch d := e.Data.(type) {
		case trace.StageEnded:
			p.stage(d)
		case trace.Listening:
			if d.Err != p.ear && d.Err != "" {
				p.world.say("  %s; the answer can be pasted", d.Err)
			}
			p.ear = d.Err
		case trace.CallbackIn:
			p.callback(e.Call)
		case trace.Choice:
			if d.What == "listener" {
				p.world.say("  %s", d.Value)
			}
		}
	}
}

var marks = map[trace.Status]string{trace.Passed: "✓", trace.Failed: "✗", trace.Skipped: "–", trace.Cancelled: "–"}

func (p *progress) stage(d trace.StageEnded) {
	title := trace.StageOf(d.Stage).Title
	if d.N > 1 {
		title = fmt.Sprintf("%s #%d", title, d.N)
	}
	words := d.Reason
	switch d.Status {
	case trace.Passed:
		p.session.Read(func(s *story.Story) {
			if st := s.StageRun(d.Stage, d.N); st != nil {
				words = report.Duration(st.Duration())
			}
		})
	case trace.Skipped:
		words = "skipped: " + words
	}
	p.world.say("%s", strings.TrimSpace(fmt.Sprintf("%s %-16s %s", marks[d.Status], title, p.known.Hide(firstLine(words)))))
}

// callback tells of what came to the redirect URI and was no answer. Whoever reads stderr may be slow: the session is
// not held meanwhile.
func (p *progress) callback(call trace.CallID) {
	why := ""
	p.session.Read(func(s *story.Story) {
		cb := s.Callback(call)
		if cb != nil && (cb.Fit == story.FitStray || cb.Fit == story.FitEarlier) {
			why = cb.Why
		}
	})
	if why != "" {
		p.world.say("  ignored a request to the redirect URI: %s", why)
	}
}
