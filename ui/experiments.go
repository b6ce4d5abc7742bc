package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// The experiments of the view Session: what can be tried, what it may cost, and what came of it.

// experimentCommands are found by their names: each asks once, and goes.
func experimentCommands() (out []command) {
	for i := range story.AllExperiments {
		x := &story.AllExperiments[i]
		out = append(out, command{group: "experiments", name: "try " + x.Name, help: lowerFirst(x.Title), why: func(m *Model) string { return m.whyNotTry(x) },
			run: func(m *Model) tea.Cmd {
				m.seeExperiment(x)
				return m.askTry(x)
			}})
	}
	return out
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// seeExperiments goes to the list of experiments.
func (m *Model) seeExperiments() tea.Cmd {
	m.see(sessionView)
	m.choosePart(experimentsPart)
	m.onMenu = false
	return nil
}

// seeExperiment selects one in the list.
func (m *Model) seeExperiment(x *story.ExperimentInfo) {
	m.seeExperiments()
	for i := range story.AllExperiments {
		if &story.AllExperiments[i] == x {
			m.fill()
			p := m.pane()
			p.sel = i
			p.show(m.paneHeight())
		}
	}
}

// inExperiments reports whether enter means the selected experiment.
func (m *Model) inExperiments() bool {
	return m.view == sessionView && m.chapter == experimentsPart && (!m.onMenu || !m.wide())
}

// chosenExperiment is the one that is selected.
func (m *Model) chosenExperiment() *story.ExperimentInfo {
	return &story.AllExperiments[max(0, min(m.pane().sel, len(story.AllExperiments)-1))]
}

// whyNotTry says why an experiment cannot be made now, "" if it can.
func (m *Model) whyNotTry(x *story.ExperimentInfo) string {
	if why := m.whyNotTryAny(); why != "" {
		return why
	}
	return m.cur.story.CannotTry(x, m.now)
}

// whyNotTryAny says why none can be made now.
func (m *Model) whyNotTryAny() string {
	switch {
	case m.opt.Opened != nil:
		return savedOnly
	case m.cur.trying != "":
		return "one experiment at a time: esc ends the one that runs"
	case m.cur.held() != nil && m.cur.story.Newest(story.AccessToken) == nil:
		return "first walk the login to its end: f"
	}
	return m.whyNotAfter()
}

// askTry says what an experiment does and may cost, and asks once.
func (m *Model) askTry(x *story.ExperimentInfo) tea.Cmd {
	if why := m.whyNotTry(x); why != "" {
		m.toast = why
		return nil
	}
	text := x.What
	if x.Fresh || x.Browser {
		text += " " + m.whoSignsIn(x)
	}
	cost := "Nothing of this session is lost by it."
	switch {
	case x.Destroys != "":
		cost = "What it may cost: " + lowerFirst(x.Destroys)
	case x.Fresh:
		cost = "The tokens of this session are not touched; those of the new sign-in are the newest then."
	}
	expect := "By the specification: " + x.Expected
	if known := m.knownOf(x); known != "" {
		expect += "\n\nWhat this provider is known to do: " + lowerFirst(known)
	}
	m.modal = &question{title: x.Title + "?", yes: "try it", text: text + "\n\n" + cost + "\n\n" + expect,
		do: func(m *Model) tea.Cmd { return m.try(x) }}
	return nil
}

// whoSignsIn says who acts in the browser.
func (m *Model) whoSignsIn(x *story.ExperimentInfo) string {
	what := "sign in"
	if x.Browser {
		what = "log out"
	}
	switch m.defaultVia() {
	case "agent":
		return "The demo user does that here: no browser opens."
	case "browser":
		return "Your browser opens: " + what + " there."
	}
	return "The address to " + what + " at then stands in Flow (1)."
}

// try makes an experiment, beside what is looked at.
func (m *Model) try(x *story.ExperimentInfo) tea.Cmd {
	if why := m.whyNotTry(x); why != "" { // it may have changed while the question stood
		m.toast = why
		return nil
	}
	g := newGate()
	g.choose(m.defaultVia())
	g.open()
	cmd := m.walk(m.cur, flow.ExperimentBy(x.Name, m.cfg.PostLogoutURI), g)
	m.cur.beside, m.cur.trying, m.cur.missed.name = true, x.Name, ""
	return cmd
}

// enterExperiment is what enter does in the list.
func (m *Model) enterExperiment() tea.Cmd { return m.askTry(m.chosenExperiment()) }

func (m *Model) experimentsRight() string {
	if n := len(m.cur.story.Experiments()); n > 0 {
		return fmt.Sprintf("%d made", n)
	}
	return ""
}

// verdictMark is how a verdict is drawn: a symbol and a colour, and words beside them.
func verdictMark(th *theme.Theme, v story.Assessment) (string, theme.Style) {
	switch v {
	case story.AsSpecified, story.AsKnown:
		return theme.Passed, th.OK
	case story.Weaker:
		return theme.Failed, th.Bad
	case story.Unsettled:
		return theme.Info, th.Text
	}
	return theme.Finding, th.Warn
}

// fillExperiments lists all of them, a line each; below stands what is known of the selected one.
func (m *Model) fillExperiments(s *sheet) {
	var c cells
	c.put(m.th.Title, "Experiments")
	c.put(m.th.Dim, safe.Cut("   what this tenant does, held against the specification", s.w-c.w))
	s.line(c.String())
	none := m.whyNotTryAny()
	s.line("")
	if none != "" && m.cur.trying == "" {
		s.text(m.th.Warn, 0, none)
		s.gap()
	}
	s.sel = max(0, min(s.sel, len(story.AllExperiments)-1))
	for i := range story.AllExperiments {
		m.experimentRow(s, &story.AllExperiments[i], none == "")
	}
	s.foot = m.experimentFoot(s.w, &story.AllExperiments[s.sel])
}

// experimentRow is one line of the list: the experiment, and how it stands.
func (m *Model) experimentRow(s *sheet, x *story.ExperimentInfo, can bool) {
	made := m.cur.story.LastTried(x.Name)
	it := item{name: x.Title + " " + x.Name, path: "try " + x.Name}
	if made != nil {
		it.value = x.Name + ": " + made.Verdict.Words() + ". " + made.Real
		it.stage, it.n, it.call = trace.Experiment, made.N, firstCall(made)
	}
	selected, th := s.add(it)
	l := begin(th, selected)
	l.space(1)
	mark, st, text := theme.Pending, th.Dim, ""
	switch {
	case m.cur.trying == x.Name:
		mark, st, text = theme.Repeat, th.Refresh, m.tryingWords()
	case m.cur.missed.name == x.Name:
		mark, st, text = theme.Finding, th.Warn, notBegun
	case made != nil:
		mark, st = verdictMark(th, made.Verdict)
		text = made.Verdict.Words()
	case can:
		text = m.cur.story.CannotTry(x, m.now)
	}
	l.put(st, mark+" ")
	l.fit(th.Text, x.Title, min(46, s.w/2))
	l.put(st, safe.Cut(text, max(0, s.w-l.w)))
	l.to(s.w)
	s.itemLine(l.String())
}

// firstCall is where a result can be seen on the wire.
func firstCall(x *story.Experiment) trace.CallID {
	for _, st := range x.Steps {
		if len(st.Calls) > 0 {
			return st.Calls[0].ID
		}
	}
	return 0
}

// tryingWords says what the experiment under way is at.
func (m *Model) tryingWords() string {
	if l := m.cur.story.Login(); l != nil && l.Waiting() {
		return "waits for the sign-in: 1 has the address"
	}
	if all := m.cur.story.Experiments(); len(all) > 0 {
		if x := all[len(all)-1]; x.About.Name == m.cur.trying && len(x.Steps) > 0 {
			return "now: " + safe.Line(x.Steps[len(x.Steps)-1].What)
		}
	}
	if t := m.cur.story.Newest(story.AccessToken); m.cur.trying == "access-after-expiry" && t != nil {
		return "waits for the access token to end: " + clockText(max(0, t.Left(m.now))) + "; esc gives up"
	}
	return "under way; esc ends it"
}

// experimentFoot says what is known of an experiment: what it does, what is expected, and what came.
func (m *Model) experimentFoot(w int, x *story.ExperimentInfo) []string {
	s := &sheet{th: m.th, w: w, m: m}
	s.line(m.th.Faint.Render(theme.Rule(w)))
	made := m.cur.story.LastTried(x.Name)
	switch {
	case m.cur.trying == x.Name:
		s.line(m.th.Refresh.Render(safe.Cut(theme.Repeat+" "+m.tryingWords(), w)))
		s.note("does", x.What)
	case m.cur.missed.name == x.Name:
		m.missedWords(s)
		s.note("does", x.What)
	case made != nil:
		m.experimentResult(s, made)
	default:
		if m.whyNotTryAny() == "" {
			s.note("not", m.cur.story.CannotTry(x, m.now))
		}
		s.note("does", x.What)
		s.note("costs", x.Destroys)
	}
	s.note("spec", specWords(x))
	s.note("known", m.knownOf(x))
	h := min(11, m.bodyHeight()*2/5)
	foot := s.footOf(h)
	if len(s.rows) > h && h > 0 {
		foot[h-1] = m.th.Key.Render("space") + m.th.Dim.Render(" shows all of it")
	}
	return foot
}

// experimentResult says what came, what it cost, and the verdict.
func (m *Model) experimentResult(s *sheet, x *story.Experiment) {
	mark, st := verdictMark(m.th, x.Verdict)
	var c cells
	c.put(st, mark+" "+x.Verdict.Words())
	c.put(m.th.Dim, safe.Cut(fmt.Sprintf("   %s, %s; space lists them", safe.Line(x.About.Name), calls(x)), s.w-c.w))
	s.line(c.String())
	s.note("came", m.words(x.Real))
	s.note("dead", deadWords(x))
	s.note("so", m.words(x.Why))
}
