package report

import (
	"cmp"
	"strings"

	"authscope/ui/safe"
	"authscope/ui/theme"
)

// Bounds of what a text shows of one value and of one table. The rest is counted, and --claim or --json has it.
const (
	maxLines   = 4   // of one value
	maxMembers = 12  // of one object or array
	maxRows    = 150 // of one table
	minBeside  = 26  // cells that a meaning needs beside its value
	maxContent = 62  // cells of a value and its note, before the meanings
)

// sheet is a coloured text on its way. All foreign text goes in as a span, which makes it safe.
type sheet struct {
	b     strings.Builder
	width int
	th    *theme.Theme
	names int // widest name that its value stands beside; 0 is maxName
}

// span is a text in one style.
type span struct {
	style theme.Style
	text  string
}

func newSheet(o TokenOptions) *sheet {
	w, th := o.Width, o.Theme
	if w == 0 {
		w = defaultWidth
	}
	if th == nil {
		th = &theme.Theme{}
	}
	return &sheet{width: max(w, minWidth), th: th}
}

func (s *sheet) blank() { s.b.WriteString("\n") }

// line writes spans one behind the other, cut at the edge.
func (s *sheet) line(indent int, spans ...span) {
	room := s.width - indent
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", indent))
	for _, sp := range spans {
		text := safe.Cut(safe.Line(sp.text), room)
		room -= safe.Width(text)
		if strings.TrimSpace(text) == "" {
			b.WriteString(text)
			continue
		}
		b.WriteString(sp.style.Render(text))
	}
	s.b.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}

// para writes a text wrapped right of a label.
func (s *sheet) para(indent int, label span, labelWidth int, style theme.Style, text string) {
	if text == "" {
		return
	}
	for i, l := range safe.Wrap(safe.Line(text), s.width-indent-labelWidth) {
		if i > 0 {
			label.text = ""
		}
		s.line(indent, span{label.style, safe.Pad(safe.Line(label.text), labelWidth)}, span{style, l})
	}
}

// title writes the heading of a part.
func (s *sheet) title(name, beside string) {
	s.blank()
	spans := []span{{s.th.Title, name}}
	if beside != "" {
		spans = append(spans, span{s.th.Dim, "  " + beside})
	}
	s.line(0, spans...)
}

// row is one member of a table: its name, its value in one or more lines, the value made readable, and what the member is.
type row struct {
	mark    span
	name    string
	value   []string
	note    span
	meaning string
}

func (s *sheet) nameRoom() int { return cmp.Or(s.names, maxName) }

// rows writes a table. A meaning stands beside a value that leaves room for it, else below.
func (s *sheet) rows(indent int, rows []row) {
	names, contents := 0, 0
	for _, r := range rows {
		if w := safe.Width(safe.Line(r.name)); w <= s.nameRoom() {
			names = max(names, w)
		}
	}
	col := indent + 2 + names + 2
	room := min(maxContent, s.width-col-2-minBeside)
	for _, r := range rows {
		if w := r.width(); w <= room && len(r.value) == 1 {
			contents = max(contents, w)
		}
	}
	for _, r := range rows {
		s.row(indent, col, contents, r)
	}
}

// width is that of the value and its note on one line.
func (r row) width() int {
	w := 0
	if len(r.value) > 0 {
		w = safe.Width(r.value[0])
	}
	if r.note.text != "" {
		w += 2 + safe.Width(safe.Line(r.note.text))
	}
	return w
}

// row writes one row: values begin at cell col, meanings after contents cells of them.
func (s *sheet) row(indent, col, contents int, r row) {
	head := []span{{r.mark.style, safe.Pad(r.mark.text, 2)}, {s.th.Dim, safe.Line(r.name)}}
	if safe.Width(head[1].text)+2+indent+2 > col {
		s.line(indent, head...)
		head = []span{{s.th.Dim, safe.Pad("", col-indent)}}
	} else {
		head[1].text = safe.Pad(head[1].text, col-indent-2)
	}
	room, w := s.width-col, r.width()
	meaning, note := r.meaning, r.note
	if len(r.value) == 1 {
		spans := append(head, span{s.th.Text, r.value[0]})
		used := safe.Width(r.value[0])
		if note.text != "" && w <= room {
			spans, used = append(spans, span{note.style, "  " + note.text}), w
			note.text = ""
		}
		if column := max(used, contents) + 2; note.text == "" && meaning != "" && room-column >= minBeside {
			s.beside(indent, col+column, append(spans, span{s.th.Dim, safe.Pad("", column-used)}), meaning)
			return
		}
		s.line(indent, spans...)
	} else {
		for i, v := range r.value {
			if i > 0 {
				head = []span{{s.th.Dim, safe.Pad("", col-indent)}}
			}
			s.line(indent, append(head, span{s.th.Text, v})...)
		}
	}
	s.para(col, span{}, 0, note.style, note.text)
	s.para(col, span{}, 0, s.th.Dim, meaning)
}

// beside writes a row with its meaning from cell col on, in as many lines as that takes.
func (s *sheet) beside(indent, col int, spans []span, meaning string) {
	for _, l := range safe.Wrap(safe.Line(meaning), s.width-col) {
		s.line(indent, append(spans, span{s.th.Dim, l})...)
		spans = []span{{s.th.Dim, safe.Pad("", col-indent)}}
	}
}
