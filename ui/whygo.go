package ui

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
)

// evidence is where a finding can be seen: a view, what is selected in its list, and the row.
type evidence struct {
	view    viewID
	stage   trace.StageID
	index   int // of the token, or of the call
	part    tenantPart
	chapter sessionPart
	label   string
	rows    []func(*item) bool // of which the first that holds of a row is it
	last    bool               // the last such row, not the first: an answer has the same fields as its request
}

// evidence finds where a finding shows: the token, the metadata, the bytes of a call, or else the stage.
func (m *Model) evidence(f *diagnose.Finding) evidence {
	of := f.Of
	switch {
	case of.Token != "":
		for i, t := range m.cur.story.Tokens() {
			if t.Kind == of.Token && t.Generation == of.Generation {
				return tokenEvidence(i, t, of)
			}
		}
	case of.Kind == diagnose.OfMetadata || of.Kind == diagnose.OfKeys:
		if e, ok := m.tenantEvidence(of); ok {
			return e
		}
	case of.Kind == diagnose.OfClocks && m.cur.story.Family() != nil:
		return evidence{view: sessionView, chapter: clocksPart, label: "Session, clocks"}
	case of.Kind == diagnose.OfBytes:
		if e, ok := m.wireEvidence(f); ok {
			return e
		}
	}
	if e, ok := m.flowEvidence(f); ok {
		return e
	}
	if e, ok := m.wireEvidence(f); ok {
		return e
	}
	return evidence{view: flowView, stage: m.stage, label: trace.StageOf(f.Stage).Title}
}

func tokenEvidence(i int, t *story.Token, of diagnose.Subject) evidence {
	e := evidence{view: tokensView, index: i, label: looked{token: t}.title()}
	if of.Name != "" {
		e.label += " " + wireName(of.Name)
	}
	for _, path := range []string{tokenPath(of), "checks." + of.Name, "claims", "token"} {
		e.rows = append(e.rows, func(it *item) bool { return it.path == path })
	}
	return e
}

// wireName is a name that came from outside, in a line.
func wireName(name string) string { return safe.Cut(safe.Line(name), 32) }

func (m *Model) tenantEvidence(of diagnose.Subject) (e evidence, ok bool) {
	t := m.cur.story.Tenant()
	e = evidence{view: tenantView, part: documentsPart, label: "Tenant"}
	switch x := t.Member(of.Name); {
	case !t.Known() || of.Kind == diagnose.OfKeys && t.KeySet == nil:
		return e, false
	case of.Kind == diagnose.OfKeys:
		e.part, e.label = keysPart, "Tenant, keys"
	case of.Name != "" && x == nil:
		e.part, e.label = overviewPart, "Tenant, "+wireName(of.Name)
	case of.Name != "":
		e.part, e.label = tenantPart(x.Group), "Tenant, "+wireName(of.Name)
		e.rows = append(e.rows, func(it *item) bool { return memberPath(it.path) == of.Name })
	}
	return e, true
}

// wireEvidence is the call that a finding speaks of, and the part of it.
func (m *Model) wireEvidence(f *diagnose.Finding) (e evidence, ok bool) {
	i := slices.IndexFunc(m.cur.story.Calls(), func(c *story.Call) bool { return f.Call != 0 && c.ID == f.Call })
	if i < 0 {
		return e, false
	}
	e = evidence{view: wireView, index: i, label: fmt.Sprintf("Wire, call %d", i+1), last: true}
	if name := f.Of.Name; name != "" {
		e.label += " " + wireName(name)
		e.rows = append(e.rows, func(it *item) bool { return strings.EqualFold(it.name, name) }, func(it *item) bool { return it.name == diagnose.StatusLine })
	}
	return e, true
}

// flowEvidence is the stage, if Flow shows the run of it that the finding speaks of, and the row.
func (m *Model) flowEvidence(f *diagnose.Finding) (e evidence, ok bool) {
	st := m.stageRun(f.Stage)
	if !slices.Contains(m.stageList(), f.Stage) || st != nil && f.N != 0 && f.N != st.N && f.Call != 0 {
		return e, false
	}
	e = evidence{view: flowView, stage: f.Stage, label: trace.StageOf(f.Stage).Title}
	if name := f.Of.Name; name != "" && f.Of.Kind == diagnose.OfParameter {
		e.label += " " + wireName(name)
		e.rows = append(e.rows, func(it *item) bool { return it.name == name && (it.call == f.Call || f.Call == 0) }, func(it *item) bool { return it.name == name })
	}
	return e, true
}

// goToFinding shows where a finding can be seen.
func (m *Model) goToFinding(f *diagnose.Finding) {
	e := m.evidence(f)
	m.view, m.onMenu = e.view, true
	switch e.view {
	case flowView:
		m.selectStage(e.stage)
	case tokensView:
		m.token, m.tokenMode = e.index, byClaim
	case tenantView:
		m.selectPart(e.part)
	case sessionView:
		m.choosePart(e.chapter)
	case wireView:
		m.call = e.index
	}
	m.panes[e.view] = pane{}
	m.fill()
	if !m.selectRow(e) && e.view == tokensView && (m.expanded["claims"] || m.expanded["header"]) {
		delete(m.expanded, "claims") // folded by the person
		delete(m.expanded, "header")
		m.folds++
		m.fill()
		m.selectRow(e)
	}
	if m.onMenu && len(e.rows) == 0 {
		return
	}
	m.fill() // what belongs to the row stands at the foot, and takes its share
	m.pane().show(m.paneHeight())
}

// selectRow selects the row of the evidence, and reports whether the one that is meant is there.
func (m *Model) selectRow(e evidence) bool {
	p := m.pane()
	for k, is := range e.rows {
		found := -1
		for i := range p.count() {
			if it := p.itemAt(i); is(&it) {
				if found = i; !e.last {
					break
				}
			}
		}
		if found >= 0 {
			p.sel, m.onMenu = found, false
			return k == 0
		}
	}
	return false
}
