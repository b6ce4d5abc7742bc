package report

import (
	"fmt"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
)

// Widths of a text report, in cells.
const (
	defaultWidth = 100
	minWidth     = 60
	maxName      = 24 // of the column of names
	maxColumn    = 36 // of the column of values, before the notes
)

// page is a text on its way. All that comes from outside goes in through its methods, which make it safe.
type page struct {
	b     strings.Builder
	width int
	o     Options
}

func newPage(o Options) *page {
	w := o.Width
	if w == 0 {
		w = defaultWidth
	}
	return &page{width: max(w, minWidth), o: o}
}

func (p *page) blank() { p.b.WriteString("\n") }

// line writes one line, cut at the edge.
func (p *page) line(indent int, s string) {
	p.put(indent, safe.Cut(safe.Line(s), p.width-indent))
}

// put writes what is safe already.
func (p *page) put(indent int, s string) {
	p.b.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+s, " ") + "\n")
}

// para writes a label and a text beside it, wrapped.
func (p *page) para(indent, labelWidth int, label, s string) {
	if s == "" {
		return
	}
	col := indent + labelWidth
	for i, l := range p.wrap(s, col) {
		if i > 0 {
			label = ""
		}
		p.put(indent, safe.Pad(safe.Line(label), labelWidth)+l)
	}
}

// wrap breaks s, made safe, into what fits right of column col.
func (p *page) wrap(s string, col int) []string {
	return safe.Wrap(safe.Line(s), p.width-col)
}

// entry is a name, its value, and a few words on it. A mark stands before its name.
type entry struct{ mark, name, value, note string }

// entries writes a table of three columns. What does not fit into its column stands beside it, or else below.
func (p *page) entries(indent int, rows []entry) {
	names, values := 0, 0
	for _, r := range rows {
		if w := safe.Width(safe.Line(r.name)); w <= maxName {
			names = max(names, w)
		}
		if w := safe.Width(safe.Line(r.value)); w <= maxColumn {
			values = max(values, w)
		}
	}
	for _, r := range rows {
		p.entry(indent, indent+names+2, values, r)
	}
}

// entry writes one row, with its value at cell col and its note after a column of values.
func (p *page) entry(indent, col, values int, r entry) {
	name, value, note := safe.Line(r.name), safe.Line(r.value), safe.Line(r.note)
	head := safe.Pad("", indent-2) + safe.Pad(r.mark, 2) + name
	if w := safe.Width(head) + 2; w > col { // a name that is an address
		if whole := head + "  " + join("  ", value, note); safe.Width(whole) <= p.width {
			p.put(0, whole)
			return
		}
		p.put(0, safe.Cut(head, p.width))
		head = ""
	}
	head = safe.Pad(head, col)
	room := p.width - col
	for _, column := range []int{values, 0} {
		if w := max(safe.Width(value), column); note == "" && w <= room || w+2+safe.Width(note) <= room {
			p.put(0, head+safe.Pad(value, w)+"  "+note)
			return
		}
	}
	var lines []string
	if value != "" {
		lines = safe.Wrap(value, room)
	}
	if note != "" {
		lines = append(lines, safe.Wrap("("+note+")", room)...)
	}
	for _, l := range lines {
		p.put(0, head+l)
		head = safe.Pad("", col)
	}
}

// The symbols of a report. With the words beside them they need no colour.
var symbols = map[trace.Status]string{
	trace.Passed: "✓", trace.Failed: "✗", trace.Skipped: "–", trace.Cancelled: "–", trace.Pending: "·", trace.Running: "·",
}

var checkSymbols = map[jwtview.Status]string{jwtview.Passed: "✓", jwtview.Failed: "✗", jwtview.NotApplicable: "–"}

// Duration writes how long something took, as short as is honest.
func Duration(d time.Duration) string {
	switch ms := float64(d) / float64(time.Millisecond); {
	case d <= 0:
		return ""
	case ms < 9.95:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 999.5:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// join puts the texts that are there one after the other.
func join(sep string, texts ...string) string {
	var there []string
	for _, t := range texts {
		if t != "" {
			there = append(there, t)
		}
	}
	return strings.Join(there, sep)
}
