package diagnose

import (
	"slices"
	"strings"
	"time"

	"authscope/flow/diagnose/provider"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// reading is a story as the rules look at it: its newest login, and the newest call of each class that belongs to it.
// What an earlier try got does not count any more once there is a newer one.
type reading struct {
	*story.Story
	now      time.Time
	settings trace.Settings
	login    *story.Login // nil if there was none
	last     map[story.Class]*story.Call
	answers  []*story.Callback // what came to the redirect URI since the login began
	presets  *provider.Set
	provider provider.Match
	by       string                 // the provider's id
	text     Text                   // of the rule that reads
	why      map[*story.Call]string // see whyTokenRefused
	claim    string                 // that a rule about ID tokens speaks of, where it can speak of several

	ids      []*story.Token // see idTokens
	idsKnown bool
	search   *missing // see missing
	searched bool

	lints      []Finding // see linted
	lintsKnown bool
}

// classes is how many classes of calls newReading looks for, at most.
const classes = 32

func newReading(s *story.Story, now time.Time) *reading {
	r := &reading{Story: s, now: now, login: s.Login(), last: make(map[story.Class]*story.Call, classes), why: map[*story.Call]string{}}
	r.settings, _ = s.Settings()
	var have story.Class // long traces are refresh upon refresh
	for _, c := range slices.Backward(s.Calls()) {
		if c.Class == have || c.Login != nil && c.Login != r.login || c.State == story.NotSent || c.Experiment != nil { // what an experiment provokes is no fault
			continue
		}
		if have = c.Class; r.last[have] == nil {
			r.last[have] = c
		}
		if len(r.last) == classes {
			break
		}
	}
	if r.login != nil {
		r.answers = r.login.Callbacks
	}
	return r
}

// at makes a finding that speaks of a call.
//
//go:noinline
func at(c *story.Call, f jwtview.Finding) []Finding {
	stage := c.Stage
	if stage == "" { // a request to the token endpoint that is none by its form, or that of a browser before it
		stage = trace.Exchange
	}
	return []Finding{{Finding: f, Stage: stage, N: c.N, Call: c.ID}}
}

// in makes a finding that speaks of a stage.
func (r *reading) in(id trace.StageID, f jwtview.Finding) []Finding {
	out := Finding{Finding: f, Stage: id}
	if st := r.StageRun(id, 0); st != nil {
		out.N = st.N
	}
	return []Finding{out}
}

// asked reports whether scope was in the authorization request that was really sent.
func (r *reading) asked(scope string) bool {
	return r.login != nil && hasWord(r.login.Scope, scope)
}

// exchange returns the token response to the code, if it is one.
func (r *reading) exchange() *story.Call {
	if c := r.last[story.CodeExchange]; granted(c) {
		return c
	}
	return nil
}

// granted reports whether c was answered with a token response.
//
//go:noinline
func granted(c *story.Call) bool {
	if c == nil || !c.OK() || !c.Response.IsJSON {
		return false
	}
	token, _ := c.Response.JSON.Str("access_token")
	return token != ""
}

// answered reports whether c got a whole response.
//
//go:noinline
func answered(c *story.Call) bool {
	return c != nil && c.State == story.Answered && c.Response != nil && c.Response.Err == "" && !c.Response.Missing
}

//go:noinline
func hasWord(list, word string) bool { return slices.Contains(strings.Fields(list), word) }

// failed returns the check called id if it failed.
func failed(checks []jwtview.Check, id string) (jwtview.Check, bool) {
	for _, c := range checks {
		if c.ID == id && c.Status == jwtview.Failed {
			return c, true
		}
	}
	return jwtview.Check{}, false
}

// checksOf returns the checks of the stage that c belongs to.
func (r *reading) checksOf(c *story.Call) []jwtview.Check {
	if c == nil {
		return nil
	}
	if st := r.StageRun(c.Stage, c.N); st != nil {
		return st.Checks()
	}
	return nil
}

// idTokens returns the ID token of the sign-in and the newest one, where that is another.
func (r *reading) idTokens() []*story.Token {
	if r.idsKnown {
		return r.ids
	}
	r.idsKnown = true
	for _, t := range slices.Backward(r.Tokens()) {
		if t.Kind == story.IDToken && t.Login == r.login && t.OfSignIn() {
			r.ids = append(r.ids, t)
			break
		}
	}
	if t := r.refreshedID(); t != nil {
		r.ids = append(r.ids, t)
	}
	return r.ids
}

// refreshedID returns the newest ID token if a refresh brought it.
func (r *reading) refreshedID() *story.Token {
	if t := r.Newest(story.IDToken); t != nil && t.Login == r.login && t.Call.Class == story.TokenRefresh {
		return t
	}
	return nil
}

// secrets hides the values that this session knows to be secret, wherever a server's words repeat them.
func (r *reading) secrets(needed bool) *strings.Replacer {
	if !needed {
		return strings.NewReplacer()
	}
	var pairs []string
	add := func(v string) {
		if len(v) >= 8 {
			pairs = append(pairs, v, hidden)
		}
	}
	for i, t := range slices.Backward(r.Tokens()) {
		if len(r.Tokens())-i > 100 {
			break
		}
		add(t.Value.Reveal())
	}
	if c := r.last[story.CodeExchange]; c != nil {
		for _, name := range []string{"code", "code_verifier", "client_secret"} {
			add(c.Request.Form().Get(name))
		}
	}
	return strings.NewReplacer(pairs...)
}
