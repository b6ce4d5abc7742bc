package ui

import (
	"strings"

	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// item is what a row of a pane stands for: what can be selected, copied and revealed.
type item struct {
	name   string
	value  string // as received; copying copies it
	whole  []byte // all of value, where value is only what is drawn
	secret string // the kind of secret it is, or ""
	kind   string // of what travels, or ""
	stage  trace.StageID
	n      int
	call   trace.CallID
}

// row is one line of a pane. Item is the index of what it stands for, or -1.
type row struct {
	text string
	item int
}

// pane is a scrolled column of rows with a selection. Its content is made in Update; drawing
// it copies the rows in sight.
type pane struct {
	rows  []row
	items []item
	sel   int // index in items
	off   int // first row in sight
}

// at returns the selected item, or nil.
func (p *pane) at() *item {
	if p.sel < 0 || p.sel >= len(p.items) {
		return nil
	}
	return &p.items[p.sel]
}

// move moves the selection by n items.
func (p *pane) move(n int) {
	p.sel = max(0, min(p.sel+n, len(p.items)-1))
}

// show scrolls so that the selection is in sight in a window of height rows. The first item brings
// what stands above it into sight too.
func (p *pane) show(height int) {
	first, last := -1, -1
	for i, r := range p.rows {
		if r.item == p.sel && r.item >= 0 {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		p.clamp(height)
		return
	}
	if p.sel == 0 {
		first = 0
	}
	if p.sel == len(p.items)-1 && last < len(p.rows)-1 {
		last = min(len(p.rows)-1, last+height-1) // what follows the last item is reached with it
		if last-first >= height {
			last = max(p.off+height-1, p.lastOf(p.sel))
		}
	}
	if last >= p.off+height {
		p.off = last - height + 1
	}
	if first < p.off {
		p.off = first
	}
	p.clamp(height)
}

func (p *pane) lastOf(item int) int {
	last := 0
	for i, r := range p.rows {
		if r.item == item {
			last = i
		}
	}
	return last
}

// scroll moves the window without the selection.
func (p *pane) scroll(n, height int) {
	p.off += n
	p.clamp(height)
}

func (p *pane) clamp(height int) { p.off = max(0, min(p.off, len(p.rows)-height)) }

// sheet makes the content of a pane.
type sheet struct {
	th      *theme.Theme
	w       int
	rows    []row
	items   []item
	sel     int  // the item that is drawn as selected
	focused bool // whether it is drawn at all
	m       *Model
}

// line appends a finished line that stands for no item.
func (s *sheet) line(text string) { s.rows = append(s.rows, row{text, -1}) }

// title appends a heading, cut to the width.
func (s *sheet) title(text string) { s.line(s.th.Title.Render(safe.Cut(safe.Line(text), s.w))) }

// gap appends an empty line, unless there is one or none yet.
func (s *sheet) gap() {
	if n := len(s.rows); n > 0 && s.rows[n-1].text != "" {
		s.line("")
	}
}

// text appends words, wrapped.
func (s *sheet) text(st theme.Style, indent int, words string) {
	for _, l := range safe.Wrap(safe.Text(words), s.w-indent) {
		var c cells
		c.space(indent)
		c.put(st, l)
		s.line(c.String())
	}
}

// add begins an item and returns whether it is selected, and the theme for its line.
func (s *sheet) add(it item) (selected bool, th *theme.Theme) {
	s.items = append(s.items, it)
	selected = s.focused && len(s.items)-1 == s.sel
	return selected, s.th.Row(selected)
}

// itemLine appends a line of the item begun last.
func (s *sheet) itemLine(text string) { s.rows = append(s.rows, row{text, len(s.items) - 1}) }

// begin returns cells for a line in a theme.
func begin(th *theme.Theme, selected bool) cells {
	if selected {
		return cells{blank: th.Selected}
	}
	return cells{}
}

// labelled appends a paragraph with a word before it, as why and do have.
func (s *sheet) labelled(label string, ls, ts theme.Style, words string) {
	const indent = 6
	code := false
	for i, l := range safe.Wrap(safe.Text(words), s.w-indent) {
		var c cells
		if i == 0 {
			c.put(ls, label)
		}
		c.to(indent)
		code = s.quoted(&c, ts, l, code)
		s.line(c.String())
	}
}

// quoted puts a line of a sentence. What stands between backticks is meant literally, and is drawn
// strong instead; it may go on in the next line, so the state is handed on.
func (s *sheet) quoted(c *cells, ts theme.Style, line string, code bool) bool {
	for {
		st := ts
		if code {
			st = s.th.Strong
		}
		part, rest, found := strings.Cut(line, "`")
		c.put(st, part)
		if !found {
			return code
		}
		line, code = rest, !code
	}
}

// into hands the content over to p, which keeps its selection and its place.
func (s *sheet) into(p *pane, height int) {
	p.rows, p.items = s.rows, s.items
	p.move(0)
	p.clamp(height)
}
