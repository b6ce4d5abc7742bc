// Package story reads a trace: it says what each call is, from its bytes, which login it belongs
// to, which tokens came of it and how long they live, and whether what came back is what
// had to come back. It folds events one by one and has no clock: answers that depend on
// the time are methods that take it. It knows no screen and sends nothing.
package story

import (
	"encoding/json"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Story is what a trace means so far. Its zero value is the story of an empty trace.
// What its methods return is shared and must not be changed.
type Story struct {
	settings    trace.Settings
	hasSettings bool
	auth        trace.ClientAuth
	hasAuth     bool
	metadata    *Metadata
	keys        jwtview.Keys
	keysKnown   bool
	keysAt      time.Time

	calls  []*Call
	byID   map[trace.CallID]*Call
	stages []*Stage
	counts map[trace.StageID]int
	latest map[trace.StageID]*Stage

	logins    []*Login
	byState   map[string]*Login
	byCode    map[string]*Login
	callbacks map[trace.CallID]*Callback
	tokens    []*Token
	byValue   map[string]*Token
	newest    map[Kind]*Token
	gens      map[Kind]int
	firstIDs  []*Token // of each login
	// waiting are ID tokens and JWT access tokens whose keys were not known when they came.
	waiting []*Token

	checks   map[string][]jwtview.Check
	verdicts map[string][]jwtview.Check
	aliases  map[string]trace.Alias
	redacted bool

	listening trace.Listening
	choices   []trace.Event
	skew      Skew
	began     time.Time
	last      time.Time
	mono      time.Duration
	suspends  []Suspend
	redirects map[string]*Call // where an answer pointed to

	discovered map[string]bool // addresses that the metadata was looked for at
	documents  []*Call         // answers with metadata, the one that is used first
	keySet     *Call           // the newest answer with keys
	tenant     *Tenant         // nil until it is asked for, and whenever something in it has changed

	preflights []*Preflight
	devices    []*Device
	logouts    []*Logout
	asked      *Call // the newest client credentials request

	recording *trace.Recording // nil: authscope made the session itself
	shown     *Metadata        // addresses that the requests of a recording went to
	keysGiven string           // where keys come from that the person gave

	families    []*Family
	lineage     []Line
	steps       []Arrow
	refreshed   *Call // the last refresh that is over
	failedInRow int   // refreshes without a success between them
	mode        trace.RefreshMode
	experiments []*Experiment
	lastTried   map[string]*Experiment // by name
	trying      *Experiment            // the one that is under way
}

// Read folds a whole trace.
func Read(events []trace.Event) *Story {
	s := &Story{}
	for _, e := range events {
		s.Add(e)
	}
	return s
}

// Add folds one event. Its cost does not depend on how many came before.
func (s *Story) Add(e trace.Event) {
	if s.byID == nil {
		s.init()
	}
	s.clock(e)
	switch d := e.Data.(type) {
	case trace.Settings:
		s.settings, s.hasSettings = d, true
		if !d.Endpoints.IsZero() {
			s.metadata = s.metadataFrom(jwtview.Value{})
		}
	case trace.ClientAuth:
		s.auth, s.hasAuth = d, true
	case trace.Redacted:
		s.redacted = true
		for _, a := range d.Aliases {
			s.aliases[a.Name] = a
		}
	case trace.Verdict:
		var cs []jwtview.Check
		if json.Unmarshal(d.Checks, &cs) == nil {
			s.verdicts[d.Subject] = cs
		}
	case trace.HandedIn:
		s.handedIn(e, d)
	case trace.Recording:
		s.recorded(d)
	case trace.Given:
		s.given(d)
	case trace.Listening:
		s.listening = d
	case trace.Choice:
		s.choices = append(s.choices, e)
		if d.What == trace.ChosenRefresh {
			s.mode = trace.RefreshMode(d.Value)
		}
		s.experiment(d)
	case trace.ClockRead: // its stamp says it all
	case trace.StageBegan:
		s.stageBegan(e, d)
	case trace.StageEnded:
		s.stageEnded(e, d)
	default:
		s.callEvent(e)
	}
}

func (s *Story) init() {
	s.byID = map[trace.CallID]*Call{}
	s.counts = map[trace.StageID]int{}
	s.latest = map[trace.StageID]*Stage{}
	s.byState = map[string]*Login{}
	s.byCode = map[string]*Login{}
	s.callbacks = map[trace.CallID]*Callback{}
	s.byValue = map[string]*Token{}
	s.newest = map[Kind]*Token{}
	s.gens = map[Kind]int{}
	s.checks = map[string][]jwtview.Check{}
	s.verdicts = map[string][]jwtview.Check{}
	s.aliases = map[string]trace.Alias{}
	s.redirects = map[string]*Call{}
	s.discovered = map[string]bool{}
}

// Settings returns what the person chose, and whether the trace tells.
func (s *Story) Settings() (trace.Settings, bool) { return s.settings, s.hasSettings }

// ClientAuth returns how the client authenticates and why so. Until that is known it is what the settings say, with an
// empty Method where the metadata will decide.
func (s *Story) ClientAuth() trace.ClientAuth {
	if !s.hasAuth {
		return trace.ClientAuth{Method: s.settings.ClientAuth, Reason: s.settings.ClientAuthReason}
	}
	return s.auth
}

// Metadata returns the tenant's metadata as last received, or nil.
func (s *Story) Metadata() *Metadata { return s.metadata }

// Keys returns the tenant's keys as last received, and whether they were.
func (s *Story) Keys() (jwtview.Keys, bool) { return s.keys, s.keysKnown }

// Calls returns every call, in the order in which they were made.
func (s *Story) Calls() []*Call { return s.calls }

// Call returns the call with this id, or nil.
func (s *Story) Call(id trace.CallID) *Call { return s.byID[id] }

// Logins returns every login, in the order in which they began.
func (s *Story) Logins() []*Login { return s.logins }

// Login returns the newest login, or nil.
func (s *Story) Login() *Login {
	if len(s.logins) == 0 {
		return nil
	}
	return s.logins[len(s.logins)-1]
}

// Tokens returns every token, in the order in which they were received.
func (s *Story) Tokens() []*Token { return s.tokens }

// Newest returns the latest token of a kind, or nil.
func (s *Story) Newest(k Kind) *Token { return s.newest[k] }

// Listening tells where the redirect URI is listened at, or why not.
func (s *Story) Listening() trace.Listening { return s.listening }

// Said returns the last thing that was noted under a name: why the browser could not be
// opened, say.
func (s *Story) Said(what string) string {
	for i := len(s.choices) - 1; i >= 0; i-- {
		if c, ok := s.choices[i].Data.(trace.Choice); ok && c.What == what {
			return c.Value
		}
	}
	return ""
}

// Redacted reports whether the trace has lost its secrets.
func (s *Story) Redacted() bool { return s.redacted }

// Began and End are the instants of the first and the last event.
func (s *Story) Began() time.Time { return s.began }

// End is the instant of the last event: a report judges as of then.
func (s *Story) End() time.Time { return s.last }

// Verdicts returns all checks, for a trace that is about to lose its secrets.
func (s *Story) Verdicts() []trace.Verdict {
	var out []trace.Verdict
	for _, subject := range sortedKeys(s.checks) {
		if b, err := json.Marshal(s.checks[subject]); err == nil {
			out = append(out, trace.Verdict{Subject: subject, Checks: b})
		}
	}
	return out
}

// settle keeps the checks of a subject, unless the trace carries the verdict of a time when
// more was known.
func (s *Story) settle(subject string, checks []jwtview.Check) []jwtview.Check {
	if v, ok := s.verdicts[subject]; ok {
		checks = v
	} else if s.recording != nil {
		checks = s.unproved(checks)
	}
	s.checks[subject] = checks
	return checks
}
