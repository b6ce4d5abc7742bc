// Package report prints what a session was, as text for people and as JSON for programs, from its trace
// alone: what a live run prints, the saved session prints too, byte for byte.
//
// Whatever it prints is redacted unless secrets are asked for, and judged as of the session's last event.
// The package is pure: it reads no clock, knows no terminal, and imports nothing of the screen but ui/safe.
package report

import (
	"strconv"
	"strings"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// Run is one session, read.
type Run struct {
	Story    *story.Story
	Findings []diagnose.Finding
	Name     string // of the file that it comes from, or ""

	reader diagnose.Reader
	events []trace.Event
	plan   map[trace.StageID]int // how often a stage was to run
	order  []trace.StageID       // of plan
}

// Options say how a report is printed.
type Options struct {
	ShowSecrets bool
	Expect      []Expectation // what the run is held against
	Width       int           // of a text in cells, 0 is 100
}

// Planned is the [trace.Choice] that tells which stages were asked for beyond the login, so that a
// report can list those that never ran. Its value is that of [Plan].
const Planned = "plan"

// Plan writes the value of a [Planned] choice: how many refreshes, and whether to revoke.
func Plan(refreshes int, revoke bool) string {
	value := "refresh=" + strconv.Itoa(refreshes)
	if revoke {
		value += " revoke=1"
	}
	return value
}

// PlanStages writes the value of a [Planned] choice that lists every stage in its order, those of the login too.
func PlanStages(ids ...trace.StageID) string {
	var order []trace.StageID
	count := map[trace.StageID]int{}
	for _, id := range ids {
		if count[id]++; count[id] == 1 {
			order = append(order, id)
		}
	}
	var out []string
	for _, id := range order {
		out = append(out, string(id)+"="+strconv.Itoa(count[id]))
	}
	return strings.Join(out, " ")
}

// Make reads events, as of now. The events must not be changed afterwards.
func Make(events []trace.Event, now time.Time) Run {
	return MakeWith(diagnose.Reader{}, events, now)
}

// MakeWith is Make with findings read by d.
func MakeWith(d diagnose.Reader, events []trace.Event, now time.Time) Run {
	s := story.Read(events)
	r := Run{Story: s, Findings: d.Read(s, now), reader: d, events: events, plan: map[trace.StageID]int{}}
	for _, e := range events {
		if c, ok := e.Data.(trace.Choice); ok && c.What == Planned {
			r.readPlan(c.Value)
		}
	}
	return r
}

// readPlan reads what Plan wrote; a saved file may hold anything.
func (r *Run) readPlan(value string) {
	for _, f := range strings.Fields(value) {
		name, count, _ := strings.Cut(f, "=")
		if n, err := strconv.Atoi(count); err == nil && n >= 0 && n <= 1000 && len(r.order) < 100 {
			r.plan[trace.StageID(name)] = n
			r.order = append(r.order, trace.StageID(name))
		}
	}
}

// Redact takes the secrets out of events and puts in the checks that were made while they were there.
func Redact(events []trace.Event) []trace.Event {
	return trace.Redact(events, story.Read(events).Verdicts())
}

// as returns the run as it may be printed: without its secrets unless they are asked for, and as of its end.
func (r Run) as(o Options) Run {
	events := r.events
	if !o.ShowSecrets {
		events = Redact(events)
	}
	return MakeWith(r.reader, events, r.Story.End().UTC()) // in no zone, so that it prints the same everywhere
}

// stage is a run of a stage as a report lists it: one that happened, or one still to come.
type stage struct {
	trace.Stage
	n      int
	status trace.Status
	run    *story.Stage // nil for one still to come
}

var login = []trace.StageID{trace.Discover, trace.Authorize, trace.Callback, trace.Exchange, trace.Verify, trace.UserInfo}

// resumed are the stages of a session that begins with a refresh token: nobody signs in.
var resumed = []trace.StageID{trace.Discover, trace.Refresh, trace.UserInfo}

// stages lists what happened in its order, and after it what is still to come.
func (r Run) stages() []stage {
	var out []stage
	count := map[trace.StageID]int{}
	for _, st := range r.Story.Stages() {
		s := stage{st.Stage, st.N, st.Status, st}
		if s.status == trace.Running { // a report is of what has ended: this did not
			s.status = trace.Pending
		}
		count[st.ID]++
		out = append(out, s)
	}
	come := func(id trace.StageID, times int) {
		for n := count[id] + 1; n <= times; n++ {
			out = append(out, stage{trace.StageOf(id), n, trace.Pending, nil})
		}
	}
	if _, recorded := r.Story.Recording(); recorded { // nothing is still to come
		return out
	}
	if _, whole := r.plan[trace.Discover]; whole {
		for _, id := range r.order {
			come(id, r.plan[id])
		}
		return out
	}
	first := login
	if r.Story.Resumed() {
		first = resumed
	}
	for _, id := range first {
		come(id, 1)
	}
	come(trace.Refresh, r.plan[trace.Refresh])
	come(trace.Revoke, r.plan[trace.Revoke])
	return out
}

// firstLine keeps what an internal failure adds to its message out of a report.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// Events returns what the run was read from. They must not be changed.
func (r Run) Events() []trace.Event { return r.events }
