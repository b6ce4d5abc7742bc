package story

import (
	"fmt"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Experiment is a question that was put to the tenant on purpose, with what came of it. It is read from the trace alone.
type Experiment struct {
	About   *ExperimentInfo
	N       int // of its stage
	Steps   []*Step
	Verdict Assessment
	Real    string   // what the tenant did, in a sentence
	Why     string   // why that is the verdict
	Dead    []string // what can no longer be used after it

	stage *Stage
	story *Story
}

// Step is a part of an experiment: what was tried, and the calls that it took.
type Step struct {
	What  string
	Calls []*Call
}

// Assessment says how what a tenant did stands to the specification.
type Assessment string

// The assessments. The words are part of the JSON contract.
const (
	AsSpecified Assessment = "as_specified"
	AsKnown     Assessment = "as_known" // not what the specification recommends, but what this provider is known to do
	Weaker      Assessment = "weaker"
	Unsettled   Assessment = "unsettled" // the specification leaves it open
	NoAnswer    Assessment = "unclear"   // what came says neither yes nor no, or the experiment did not come to its end
)

var verdictWords = map[Assessment]string{
	AsSpecified: "as the specification says", AsKnown: "as this provider is known to do", Weaker: "weaker than the specification",
	Unsettled: "left open by the specification", NoAnswer: "no clear answer",
}

// Words returns the verdict as a person reads it.
func (v Assessment) Words() string { return verdictWords[v] }

// Experiments returns those that were made, in their order.
func (s *Story) Experiments() []*Experiment { return s.experiments }

// LastTried is what came of the experiment of a name when it was made last, or nil.
func (s *Story) LastTried(name string) *Experiment { return s.lastTried[name] }

// Expected is what the specification says, and what this provider is known to do, or "".
func (x *Experiment) Expected() (spec, known string) {
	spec = x.About.Expected
	if x.story.isAuthgear() {
		known = x.About.Authgear
	}
	return spec, known
}

func (s *Story) isAuthgear() bool { return s.metadata != nil && s.metadata.IsAuthgear() }

// experiment notes that one began, or a step of it.
func (s *Story) experiment(d trace.Choice) {
	switch d.What {
	case trace.ExperimentName:
		about := ExperimentNamed(d.Value)
		if about == nil { // a file of a newer version, or a damaged one
			about = &ExperimentInfo{Name: d.Value, Title: "An experiment that is not known here"}
		}
		s.trying = &Experiment{About: about, Verdict: NoAnswer, Real: "It has not come to its end.", stage: s.latest[trace.Experiment], story: s}
		if s.trying.stage == nil {
			s.trying.stage = &Stage{N: 1}
		}
		s.trying.N = s.trying.stage.N
		s.experiments = append(s.experiments, s.trying)
		if s.lastTried == nil {
			s.lastTried = map[string]*Experiment{}
		}
		s.lastTried[d.Value] = s.trying
	case trace.ExperimentStep:
		if s.trying != nil && len(s.trying.Steps) < maxSteps {
			s.trying.Steps = append(s.trying.Steps, &Step{What: d.Value})
		}
	}
}

// maxSteps bounds what is kept of an experiment, whatever a file says.
const maxSteps = 64

// try puts a call into the experiment that is under way, if there is one.
func (s *Story) try(c *Call) bool {
	x := s.trying
	if x == nil || c.Front || c.Inbound || len(x.Steps) == 0 {
		return false
	}
	c.Experiment, c.Stage, c.N, c.stage = x, trace.Experiment, x.N, x.stage
	x.stage.Calls = append(x.stage.Calls, c)
	last := x.Steps[len(x.Steps)-1]
	last.Calls = append(last.Calls, c)
	return true
}

// outcome is how the calls of a step were answered.
type outcome int

const (
	notTried outcome = iota
	accepted
	refused
	unclear // no answer, or none that makes sense
)

// came reads the answer to one call.
func came(c *Call) outcome {
	switch {
	case c.State == Held || c.State == InFlight || c.State == NotSent:
		return notTried
	case c.Response == nil || c.Response.Err != "" || c.State != Answered:
		return unclear
	}
	code, _ := c.OAuthError()
	switch {
	case code != "" && c.Response.Status < 500:
		return refused
	case c.Class == UserInfoCall || c.Class == Probe || c.Class == APICall:
		switch {
		case c.OK():
			return accepted
		case c.Response.Status == 401 || c.Response.Status == 403:
			return refused
		}
		return unclear
	case !c.OK() || !c.Response.IsJSON:
		return unclear
	}
	if token, _ := c.Response.JSON.Str("access_token"); token == "" {
		return unclear
	}
	return accepted
}

// step returns the outcome of the last call of a step, and the step.
func (x *Experiment) step(what string) (outcome, *Call) {
	for _, st := range x.Steps {
		if st.What == what && len(st.Calls) > 0 {
			c := st.Calls[len(st.Calls)-1]
			return came(c), c
		}
	}
	return notTried, nil
}

// judge reads an experiment anew: each answer may decide it.
func (s *Story) judge(x *Experiment) {
	if x == nil {
		return
	}
	x.Dead = nil
	look := judges[x.About.Name]
	if look == nil {
		return
	}
	x.Verdict, x.Real, x.Why = look(x)
	spec, known := x.Expected()
	want := spec
	if known != "" {
		want += " Of Authgear is known: " + known
	}
	check := jwtview.Check{ID: x.About.Name, Status: jwtview.NotApplicable, Want: want, Got: x.Real, Detail: strings.TrimSpace(sentenceOf(x.Verdict) + " " + x.Why), Spec: x.About.Spec}
	switch x.Verdict {
	case AsSpecified, AsKnown:
		check.Status = jwtview.Passed
	case Weaker:
		check.Status = jwtview.Failed
	}
	s.settle(subject(string(trace.Experiment), x.N), []jwtview.Check{check})
}

func sentenceOf(v Assessment) string {
	w := v.Words()
	return strings.ToUpper(w[:1]) + w[1:] + "."
}

// said quotes a refusal.
func said(c *Call) string {
	if c == nil || c.Response == nil {
		return "no answer"
	}
	code, desc := c.OAuthError()
	switch {
	case code != "" && desc != "":
		return fmt.Sprintf("%d %s: %s", c.Response.Status, clip(code, 60), clip(desc, 120))
	case code != "":
		return fmt.Sprintf("%d %s", c.Response.Status, clip(code, 60))
	}
	return fmt.Sprintf("status %d", c.Response.Status)
}

// odd is the verdict on an answer that is neither yes nor no.
func odd(c *Call) (Assessment, string, string) {
	if c == nil {
		return NoAnswer, "It has not come to its end.", ""
	}
	if c.Err != "" {
		return NoAnswer, "There was no answer: " + clip(c.Err, 200) + ".", "Nothing can be said without one."
	}
	return NoAnswer, "The answer was " + said(c) + ".", "That is neither an OAuth error nor what was asked for."
}
