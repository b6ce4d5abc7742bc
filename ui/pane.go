package ui

import (
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// item is what a row of a pane stands for: what can be selected, copied and revealed.
type item struct {
	name   string
	path   string         // names it across redraws, where it stands in a tree
	value  string         // as received; copying copies it
	whole  []byte         // all of value, where value is only what is drawn
	json   *jwtview.Value // the same, where it is no string
	fold   folding
	secret string // the kind of secret it is, or ""
	kind   string // of what travels, or ""
	stage  trace.StageID
	n      int
	call   trace.CallID

	generation int // of a token
}

// row is one line of a pane. Item is the index of what it stands for, or -1.
type row struct {
	text string
	item int
}

// pane is a scrolled column of rows with a selection. Its content is made in Update; drawing
// it copies the rows in sight. A list stands below the rows, and is drawn where it is in sight only.
type pane struct {
	rows   []row
	items  []item
	list   list
	listW  int      // how wide the list's rows are
	shown  bool     // whether the selection is drawn
	beside []string // what stands at the right of all, whatever is scrolled to
	foot   []string // what stands below all, whatever is scrolled to
	sel    int      // index in items
	off    int      // first row in sight
}

// list is what stands below the rows of a pane and is drawn only where it is in sight, since it may be long: a tree, the
// family tree of a session, its diagram.
type list interface {
	height() int                             // in rows
	count() int                              // of its items
	item(i int) item                         // what the i-th item stands for
	itemOf(row int) int                      // the item of a row
	rowsOf(i int) (first, last int)          // the rows of the i-th item
	holds(i int, text string) bool           // whether the i-th item contains text, which is in lower case
	row(m *Model, i, w int, sel bool) string // draws a row
}

// height is how many rows there are.
func (p *pane) height() int {
	if p.list == nil {
		return len(p.rows)
	}
	return len(p.rows) + p.list.height()
}

// count is how many items there are.
func (p *pane) count() int {
	if p.list == nil {
		return len(p.items)
	}
	return len(p.items) + p.list.count()
}

// itemAt returns an item.
func (p *pane) itemAt(i int) item {
	if i < len(p.items) {
		return p.items[i]
	}
	return p.list.item(i - len(p.items))
}

// itemOf is the index of the item that a row stands for, or -1.
func (p *pane) itemOf(row int) int {
	if row < len(p.rows) {
		return p.rows[row].item
	}
	return len(p.items) + p.list.itemOf(row-len(p.rows))
}

// text draws a row.
func (p *pane) text(m *Model, row int) string {
	if row < len(p.rows) {
		return p.rows[row].text
	}
	return p.list.row(m, row-len(p.rows), p.listW, p.shown && p.itemOf(row) == p.sel)
}

// at returns the selected item, or nil.
func (p *pane) at() *item {
	if p.sel < 0 || p.sel >= p.count() {
		return nil
	}
	it := p.itemAt(p.sel)
	return &it
}

// move moves the selection by n items.
func (p *pane) move(n int) {
	p.sel = max(0, min(p.sel+n, p.count()-1))
}

// span returns the first and the last row of the selected item, or -1.
func (p *pane) span() (first, last int) {
	if i := p.sel - len(p.items); i >= 0 && p.list != nil && i < p.list.count() {
		first, last = p.list.rowsOf(i)
		return len(p.rows) + first, len(p.rows) + last
	}
	first = -1
	for i, r := range p.rows {
		if r.item == p.sel && r.item >= 0 {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	return first, last
}

// show scrolls so that the selection is in sight in a window of height rows. The first item brings
// what stands above it into sight too.
func (p *pane) show(height int) {
	first, end := p.span()
	last := end
	if first < 0 {
		p.clamp(height)
		return
	}
	if p.sel == 0 {
		first = 0
	}
	if p.sel == p.count()-1 && last < p.height()-1 {
		last = min(p.height()-1, last+height-1) // what follows the last item is reached with it
		if last-first >= height {
			last = max(p.off+height-1, end)
		}
	}
	if end-first+3 <= height { // the outermost rows in sight may say how many more there are
		last = max(last, min(end+1, p.height()-1))
		first = max(0, first-1)
	}
	if last >= p.off+height {
		p.off = last - height + 1
	}
	if first < p.off {
		p.off = first
	}
	if height > 4 { // the first and the last row in sight say what is beyond them, where there is something
		if end == p.off+height-1 && end < p.height()-1 && first > p.off+1 {
			p.off++
		}
		if first == p.off && p.off > 0 {
			p.off--
		}
	}
	p.clamp(height)
}

// scroll moves the window without the selection.
func (p *pane) scroll(n, height int) {
	p.off += n
	p.clamp(height)
}

func (p *pane) clamp(height int) { p.off = max(0, min(p.off, p.height()-height)) }

// sheet makes the content of a pane.
type sheet struct {
	th      *theme.Theme
	w       int
	rows    []row
	items   []item
	sel     int  // the item that is drawn as selected
	focused bool // whether it is drawn at all
	m       *Model
	list    list     // what stands below the rows
	beside  []string // what stands at their right
	foot    []string // what stands below all
	why     int      // the row at which the first finding stands among the others, from 1; 0: at none
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
	p.rows, p.items, p.list, p.listW, p.beside, p.foot, p.shown = s.rows, s.items, s.list, s.w, s.beside, s.foot, s.focused
	p.move(0)
	p.clamp(height)
}
