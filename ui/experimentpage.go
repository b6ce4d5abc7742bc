package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// All of one experiment on a page of its own: where the screen is small, the foot of the list has no room for it.

// readExperiment opens the page of the selected experiment: enter on a call goes to its bytes.
func (m *Model) readExperiment() tea.Cmd {
	x := m.chosenExperiment()
	r := &reading{keys: []string{"space"}, fill: func(m *Model, s *sheet) { m.fillExperiment(s, x) }}
	r.pick = func(m *Model, i int) tea.Cmd {
		m.wireToCall(r.p.items[i].call)
		m.view, m.onMenu = wireView, true
		return nil
	}
	m.modal = r
	return nil
}

// fillExperiment says all that is known of an experiment: what it does and is expected to show, what came, and by which calls.
func (m *Model) fillExperiment(s *sheet, x *story.ExperimentInfo) {
	var c cells
	c.put(m.th.Title, x.Title)
	c.put(m.th.Dim, safe.Cut("   --experiment "+x.Name, s.w-c.w))
	s.line(c.String())
	s.gap()
	made := m.cur.story.LastTried(x.Name)
	switch {
	case m.cur.trying == x.Name:
		s.line(m.th.Refresh.Render(safe.Cut(theme.Repeat+" "+m.tryingWords(), s.w)))
	case m.cur.missed.name == x.Name:
		m.missedWords(s)
		made = nil // what came before stands in Wire
	case made != nil:
		m.experimentVerdict(s, made)
		s.note("dead", deadWords(made))
	default:
		s.note("not", m.whyNotTry(x))
	}
	s.gap()
	s.note("does", x.What)
	s.note("costs", x.Destroys)
	s.note("spec", specWords(x))
	s.note("known", m.knownOf(x))
	if made != nil {
		m.experimentCalls(s, made)
		s.gap()
		if earlier := m.earlierWords(made); earlier != "" {
			s.text(m.th.Dim, 0, "Made before: "+earlier+".")
		}
	}
}

// experimentVerdict is the verdict with what the tenant did.
func (m *Model) experimentVerdict(s *sheet, x *story.Experiment) {
	mark, st := verdictMark(m.th, x.Verdict)
	s.line(st.Render(mark + " " + x.Verdict.Words()))
	s.note("came", m.words(x.Real))
	s.note("so", m.words(x.Why))
}

func specWords(x *story.ExperimentInfo) string {
	if x.Expected == "" { // of a newer version's file
		return ""
	}
	return x.Expected + " (" + x.Spec + ")"
}

// knownOf is what this provider is known to do, "" if nothing is.
func (m *Model) knownOf(x *story.ExperimentInfo) string {
	if md := m.cur.story.Metadata(); md == nil || !md.IsAuthgear() {
		return ""
	}
	return x.Authgear
}

// deadWords says what an experiment has cost, and the way on.
func deadWords(x *story.Experiment) string {
	if len(x.Dead) == 0 {
		return ""
	}
	return strings.Join(x.Dead, ", ") + ". n signs in anew."
}

// maxEarlier is how many earlier verdicts are told.
const maxEarlier = 5

// earlierWords says what the same experiment showed before, the latest first.
func (m *Model) earlierWords(last *story.Experiment) string {
	var out []string
	all := m.cur.story.Experiments()
	for i := len(all) - 1; i >= 0 && len(out) < maxEarlier; i-- {
		if x := all[i]; x != last && x.About.Name == last.About.Name {
			out = append(out, x.Verdict.Words())
		}
	}
	return strings.Join(out, "; ")
}

// maxTried bounds the calls that a page lists, whatever a file says.
const maxTried = 200

// experimentCalls lists what was sent, by the parts of the experiment.
func (m *Model) experimentCalls(s *sheet, x *story.Experiment) {
	s.gap()
	s.title("What was sent")
	for _, st := range x.Steps {
		what := safe.Line(st.What)
		for _, c := range st.Calls {
			if len(s.items) == maxTried {
				s.line(m.th.Dim.Render("the rest is in Wire (6)"))
				return
			}
			m.experimentCall(s, what, c)
			what = ""
		}
	}
	if len(s.items) == 0 {
		s.text(m.th.Dim, 2, "Nothing.")
	}
}

// experimentCall is one call: the part that it belongs to, where it went, and how it was answered.
func (m *Model) experimentCall(s *sheet, what string, c *story.Call) {
	selected, th := s.add(item{name: what, path: fmt.Sprintf("call %d", c.ID), stage: trace.Experiment, n: c.N, call: c.ID})
	l := begin(th, selected)
	l.space(1)
	l.fit(th.Text, what, 32)
	_, st, _ := m.wireMark(c)
	if selected {
		st = th.Strong
	}
	l.put(st, safe.Cut(answerWords(c), max(0, s.w-l.w)))
	l.put(th.Dim, safe.Cut("   "+safe.Line(c.Request.Method)+" "+safe.Line(path(c.Request.URL)), max(0, s.w-l.w)))
	l.to(s.w)
	s.itemLine(l.String())
}

// answerWords says in short how a call was answered.
func answerWords(c *story.Call) string {
	switch {
	case c.Response == nil || c.State != story.Answered:
		return safe.Line(clip(string(c.State), 40))
	default:
		code, _ := c.OAuthError()
		return strings.TrimSpace(fmt.Sprintf("%d %s", c.Response.Status, safe.Line(clip(code, 40))))
	}
}

const notBegun = "could not begin"

// missedWords says why an experiment could not begin: what it needs first has failed.
func (m *Model) missedWords(s *sheet) {
	s.line(m.th.Warn.Render(theme.Finding + " " + notBegun))
	s.note("why", m.words(m.cur.missed.why))
}

// calls counts what an experiment sent.
func calls(x *story.Experiment) string {
	n := 0
	for _, st := range x.Steps {
		n += len(st.Calls)
	}
	return count(n, "call", "calls")
}
