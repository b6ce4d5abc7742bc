package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/ui/report"
	"authscope/ui/theme"
)

// fillDiagram shows the run as a sequence diagram, which grows with every call.
func (m *Model) fillDiagram(s *sheet) {
	steps := m.cur.story.Arrows()
	if len(steps) == 0 {
		s.title("Diagram")
		s.gap()
		s.text(m.th.Text, 0, "Who asks whom stands here, arrow by arrow, as it happens. Nothing was sent yet.")
		return
	}
	d := sequence{m, report.LayoutFor(s.w, steps, m.cur.hasAPI()), steps}
	s.list = d
	p := m.pane()
	if m.onMenu { // follow what grows
		p.sel, p.off = d.count()-1, 1<<20
	}
	s.sel = max(0, min(p.sel, d.count()-1))
	s.foot = []string{m.th.Faint.Render(theme.Rule(s.w)), m.diagramLine(m.th, d.layout.Names(), s.w)}
}

// hasAPI reports whether the run has called a protected API.
func (r *run) hasAPI() bool {
	steps := r.story.Arrows()
	for ; r.stepsSeen < len(steps); r.stepsSeen++ {
		r.api = r.api || steps[r.stepsSeen].To == story.API
	}
	return r.api
}

// sequence is the diagram as a list of a pane: a row a step.
type sequence struct {
	m      *Model
	layout report.DiagramLayout
	steps  []story.Arrow
}

func (d sequence) height() int                    { return len(d.steps) }
func (d sequence) count() int                     { return len(d.steps) }
func (d sequence) itemOf(row int) int             { return row }
func (d sequence) rowsOf(i int) (first, last int) { return i, i }

func (d sequence) item(i int) item {
	c := d.steps[i].Call
	return item{name: "the step", path: "step", value: d.m.words(d.m.cur.story.Label(d.steps[i])), stage: c.Stage, n: c.N, call: c.ID}
}

func (d sequence) holds(i int, text string) bool {
	return contains(d.m.cur.story.Label(d.steps[i]), text)
}

func (d sequence) row(m *Model, i, w int, selected bool) string {
	th := m.th.Row(selected)
	return m.diagramLine(th, d.layout.Step(&m.cur.story, i), w)
}

// diagramLine colours the pieces of a line.
func (m *Model) diagramLine(th *theme.Theme, pieces []report.Piece, w int) string {
	c := cells{}
	if th != m.th {
		c.blank = th.Selected
	}
	for _, p := range pieces {
		st := th.Faint
		switch p.Role {
		case report.PieceDim, report.PieceGuess:
			st = th.Dim
		case report.PieceName:
			st = th.Strong
		case report.PieceArrow:
			st = th.Dim
		case report.PieceLabel:
			st = th.Text
		case report.PieceBad:
			st = th.Bad
		}
		c.put(st, m.cur.known.Hide(p.Text))
	}
	c.to(w)
	return c.String()
}

func (m *Model) whyNotDiagram() string {
	if len(m.cur.story.Arrows()) == 0 {
		return "there is no diagram yet: nothing was sent"
	}
	return ""
}

// copyDiagram copies the sequence diagram of the run.
func (m *Model) copyDiagram(format report.DiagramFormat) tea.Cmd {
	var b strings.Builder
	events := m.cur.log.Since(0)
	if err := report.Diagram(&b, report.Make(events, m.now), format, report.Options{}); err != nil {
		m.toast = err.Error()
		return nil
	}
	name := map[report.DiagramFormat]string{report.DiagramText: "text", report.DiagramMermaid: "Mermaid"}[format]
	return m.copy(b.String(), "the diagram as "+name+", without secrets")
}

func (m *Model) diagramRight() string {
	if n := len(m.cur.story.Arrows()); n > 0 {
		return fmt.Sprintf("%d steps", n)
	}
	return ""
}
