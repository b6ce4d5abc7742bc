package report

import (
	"fmt"
	"io"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
)

// DiagramFormat is how a sequence diagram is written.
type DiagramFormat string

// The formats of a diagram.
const (
	DiagramText    DiagramFormat = "text"
	DiagramMermaid DiagramFormat = "mermaid" // https://mermaid.js.org
)

// Diagram writes the run as a sequence diagram: who asked whom, in order, without a secret.
func Diagram(w io.Writer, r Run, format DiagramFormat, o Options) error {
	o.ShowSecrets = false // its labels name what travels, never its value
	s := r.as(o).Story
	var b strings.Builder
	switch format {
	case DiagramText:
		diagramText(&b, s, o.Width)
	case DiagramMermaid:
		diagramMermaid(&b, s)
	default:
		return fmt.Errorf("diagram format %q is not known: %s and %s are", format, DiagramText, DiagramMermaid)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func diagramText(b *strings.Builder, s *story.Story, width int) {
	if width == 0 {
		width = defaultWidth
	}
	put := func(pieces []Piece) {
		var l strings.Builder
		for _, p := range pieces {
			l.WriteString(p.Text)
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	steps := s.Arrows()
	d := NewDiagramLayout(width, steps)
	put(d.Names())
	put(d.Lines())
	for i := range steps {
		put(d.Step(s, i))
	}
	put(d.Lines())
	put(d.Names())
	b.WriteString("\n" + diagramKey + "\n")
}

// diagramKey says what is drawn that was not seen.
const diagramKey = "╌╌→ not seen from here: what the browser did with the URL that it got"

// PieceRole says what a piece of a diagram is, for whoever colours it.
type PieceRole uint8

// The roles of pieces.
const (
	PieceLine  PieceRole = iota // lifelines and blanks
	PieceDim                    // the stage, and how long an answer took
	PieceName                   // of a party
	PieceArrow                  // the shaft of an arrow
	PieceLabel                  // what it carries
	PieceBad                    // an answer that refuses, or none
	PieceGuess                  // what was not seen
)

// Piece is a part of a line of a diagram. Its text is safe.
type Piece struct {
	Text string
	Role PieceRole
}

// DiagramLayout places the columns of a sequence diagram in a width. The protected API has one if anything went there.
type DiagramLayout struct {
	width   int
	columns []int // of each party
	steps   []story.Arrow
}

// widest is how wide a diagram gets: arrows that are longer than what they carry are hard to follow.
const widest = 120

// gutter is the width of the column at the left, with the stages.
const gutter = 13

// NewDiagramLayout makes a layout for steps.
func NewDiagramLayout(width int, steps []story.Arrow) DiagramLayout {
	return DiagramLayout{min(max(width, minWidth), widest), nil, steps}.with(HasAPI(steps))
}

// LayoutFor is NewDiagramLayout where it is known already whether there is a column for an API.
func LayoutFor(width int, steps []story.Arrow, api bool) DiagramLayout {
	return DiagramLayout{min(max(width, 40), widest), nil, steps}.with(api)
}

// HasAPI reports whether anything went to a protected API.
func HasAPI(steps []story.Arrow) bool {
	for _, st := range steps {
		if st.To == story.API {
			return true
		}
	}
	return false
}

func (d DiagramLayout) with(api bool) DiagramLayout {
	first, last := gutter+3, d.width-2
	client := first + (last-first)*33/100
	d.columns = []int{first, client, last}
	if api {
		client = first + (last-first)*3/10
		server := client + (last-client)*7/10
		d.columns = []int{first, client, server, last}
	}
	return d
}

// liner builds a line of a diagram from left to right.
type liner struct {
	pieces []Piece
	w      int
}

func (l *liner) put(text string, role PieceRole) {
	if text == "" {
		return
	}
	l.pieces = append(l.pieces, Piece{text, role})
	l.w += safe.Width(text)
}

func (l *liner) to(col int) {
	if col > l.w {
		l.put(strings.Repeat(" ", col-l.w), PieceLine)
	}
}

// Names is the line of the parties' names, each at its column.
func (d DiagramLayout) Names() []Piece {
	var l liner
	for i, col := range d.columns {
		name := story.Parties[i]
		if len(d.columns) > 3 && d.width < 120 { // short ones, where four stand beside each other
			name = [...]string{"browser", "authscope", "server", "API"}[i]
		}
		at := col - safe.Width(name)/2
		if i == len(d.columns)-1 {
			at = min(at, d.width-safe.Width(name))
		}
		l.to(at)
		l.put(name, PieceName)
	}
	return l.pieces
}

// Lines is a line with nothing but the lifelines.
func (d DiagramLayout) Lines() []Piece {
	var l liner
	d.lifelines(&l, len(d.columns))
	return l.pieces
}

// lifelines draws those left of column i.
func (d DiagramLayout) lifelines(l *liner, i int) {
	for _, col := range d.columns[:i] {
		if col >= l.w {
			l.to(col)
			l.put("│", PieceLine)
		}
	}
}

// Step draws the arrow of step i.
func (d DiagramLayout) Step(s *story.Story, i int) []Piece {
	st := d.steps[i]
	from, to := int(st.From), int(st.To)
	left, right := min(from, to), max(from, to)
	if right >= len(d.columns) {
		right = len(d.columns) - 1
	}
	var l liner
	l.put(safe.Pad(safe.Cut(d.margin(i), gutter), gutter), PieceDim)
	for _, col := range d.columns[:left] {
		l.to(col)
		l.put("│", PieceLine)
	}
	l.to(d.columns[left])
	d.arrow(&l, st, s.Label(st), d.columns[right]-d.columns[left]-1, from < to)
	for _, col := range d.columns[right+1:] {
		l.to(col)
		l.put("│", PieceLine)
	}
	return l.pieces
}

// arrow draws a shaft of room cells between two lifelines, with what it carries upon it.
func (d DiagramLayout) arrow(l *liner, st story.Arrow, label string, room int, forth bool) {
	shaft, role, text := "─", PieceArrow, PieceLabel
	switch {
	case st.Kind == story.ArrowPresumed:
		shaft, role, text = "╌", PieceGuess, PieceGuess
	case st.Kind == story.ArrowNoAnswer, st.Kind == story.ArrowResponse && st.Call.Response != nil && st.Call.Response.Status >= 400:
		text = PieceBad
	}
	label = shorten(safe.Line(label), max(0, room-6))
	rest := room - safe.Width(label) - 4
	if forth {
		l.put("├"+shaft, role)
		l.put(" "+label+" ", text)
		l.put(strings.Repeat(shaft, max(0, rest))+"→", role)
		l.put("│", PieceLine)
		return
	}
	l.put("│", PieceLine)
	l.put("←"+strings.Repeat(shaft, max(0, rest)), role)
	l.put(" "+label+" ", text)
	l.put(shaft+"┤", role)
}

// shorten cuts a label to width cells: first it leaves out the beginning of a path, since its end says more.
func shorten(label string, width int) string {
	if safe.Width(label) <= width {
		return label
	}
	head, rest, found := strings.Cut(label, " /")
	if path, tail, _ := strings.Cut(rest, " "); found && strings.Contains(path, "/") {
		label = head + " …" + path[strings.LastIndexByte(path, '/'):]
		if tail != "" {
			label += " " + tail
		}
	}
	return safe.Cut(label, width)
}

// margin is what stands left of a step: the stage where it begins, and how long an answer took.
func (d DiagramLayout) margin(i int) string {
	st := d.steps[i]
	switch st.Kind {
	case story.ArrowResponse, story.ArrowNoAnswer:
		return "  " + Duration(st.Call.Duration())
	case story.ArrowPresumed:
		return ""
	}
	id, n := st.StageOf()
	if id == "" {
		return ""
	}
	if i > 0 {
		if before, m := d.steps[i-1].StageOf(); before == id && m == n {
			return ""
		}
	}
	title := trace.StageOf(id).Title
	if id == trace.Verify {
		title = "Verify"
	}
	if n > 1 || id == trace.Refresh {
		title += fmt.Sprintf(" %d", n)
	}
	return title
}
