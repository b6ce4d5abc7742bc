package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// A tree is a foldable list of names and values that is drawn only where it is in sight: a token of a megabyte has
// a hundred thousand lines, the screen has fifty. Its nodes are made when the token, the folds or the width change,
// and at no other time.
type tree struct {
	nodes  []node
	starts []int // of each item, its first node
	name   int   // width of the names, with their indent
	value  int   // width of the values
}

// node is one line of a tree.
type node struct {
	item  int
	depth int
	path  string // names it across redraws; "" for a line that belongs to the node above
	name  string
	value *jwtview.Value
	text  string // what stands in place of a value: the summary of a part, a line of a long value
	note  string
	line  *jwtview.Line // of a member at the top, which has a meaning
	kind  string        // of what travels, or ""
	copy  string        // what y copies, where that is not value
	fold  folding
	mark  mark
	style textStyle
	under bool // a line that belongs to the node above stands below its value, not below its name
}

// folding is what a node has below it.
type folding int

const (
	leaf folding = iota
	closed
	open
)

// mark is the outcome of the check that speaks of a node.
type mark int

const (
	noMark mark = iota
	markPassed
	markFailed
	markOpen // not checkable
)

// textStyle is the role of a node's text.
type textStyle int

const (
	plain textStyle = iota
	dim
	good
	bad
	odd
)

// openUpTo is how many children an object or a list may have to be open at first.
const openUpTo = 6

// planting makes the nodes of a tree.
type planting struct {
	t       *tree
	width   int
	now     time.Time
	toggled map[string]bool // folds that are not as they are at first
	marks   map[string]mark
	means   func(member, value string) string // what an element of a list is
	column  int                               // of the values, where that is to be known beforehand; 0 leaves it to the names
}

func newPlanting(width int, now time.Time, toggled map[string]bool) *planting {
	means := func(member, value string) string { note, _ := jwtview.ValueMeaning(member, value); return note }
	return &planting{t: &tree{}, width: width, now: now, toggled: toggled, marks: map[string]mark{}, means: means}
}

// add appends an item and returns whether what is below it is to be shown.
func (p *planting) add(n node, children int, first folding) bool {
	n.item = len(p.t.starts)
	p.t.starts = append(p.t.starts, len(p.t.nodes))
	if n.fold = leaf; children > 0 {
		if n.fold = first; p.toggled[n.path] {
			n.fold = open + closed - first
		}
	}
	p.t.nodes = append(p.t.nodes, n)
	return n.fold == open
}

// below appends a line to the item added last.
func (p *planting) below(st textStyle, depth int, text string) {
	p.t.nodes = append(p.t.nodes, node{item: len(p.t.starts) - 1, depth: depth, text: text, style: st})
}

// wrapped appends text to the item added last, in as many lines as it needs.
func (p *planting) wrapped(st textStyle, depth int, text string) {
	for _, l := range safe.Wrap(safe.Line(text), max(10, p.width-indent(depth)-1)) {
		p.below(st, depth, l)
	}
}

// under appends text below the value of the item added last; the column must be known.
func (p *planting) under(st textStyle, text string) {
	if text == "" {
		return
	}
	for _, l := range safe.Wrap(safe.Line(text), max(10, p.width-p.column-2)) {
		p.below(st, 0, l)
		p.t.nodes[len(p.t.nodes)-1].under = true
	}
}

// columnFor sets the column of the values so that the names fit, up to half of the width.
func (p *planting) columnFor(names ...string) {
	p.column = 0
	for _, n := range names {
		p.column = max(p.column, indent(1)+safe.Width(safe.Line(clip(n, 80)))+2)
	}
	p.column = max(14, min(p.column, p.width/2))
}

// part adds a heading with all that stands below it.
func (p *planting) part(n node, children int, first folding, fill func()) {
	if p.add(n, children, first) {
		fill()
	}
}

// members adds the members of a header or of claims, with what they mean.
func (p *planting) members(path string, lines []jwtview.Line) {
	for i := range lines {
		l := &lines[i]
		n := node{depth: 1, path: path + "." + l.Name, name: l.Name, value: &l.Value, line: l, mark: p.marks[path+"."+l.Name]}
		if l.Repeats {
			n.path += "#" + strconv.Itoa(i)
			n.mark = markFailed
		}
		if l.Name == "nonce" {
			n.kind = "nonce"
		}
		p.member(n)
	}
}

// member adds one name and value with what is below it; unfolded, a value says all there is to say of it.
func (p *planting) member(n node) {
	children := 0
	if n.value != nil {
		children = len(n.value.Members) + len(n.value.Elems)
	}
	if children > 0 {
		first := closed // a short list says all it has to say in its own line
		if children <= openUpTo && n.depth < 4 && (n.value.Kind == jwtview.Object || !flat(*n.value)) {
			first = open
		}
		if p.add(n, children, first) {
			p.inside(n)
		}
		return
	}
	p.add(n, 0, leaf)
	if p.toggled[n.path] {
		p.whole(n)
	}
}

// flat reports whether a list holds no list and no object.
func flat(v jwtview.Value) bool {
	return !slices.ContainsFunc(v.Elems, func(e jwtview.Value) bool { return e.Kind == jwtview.Object || e.Kind == jwtview.Array })
}

// inside adds the members of an object, or the elements of a list.
func (p *planting) inside(n node) {
	for i := range n.value.Members {
		m := &n.value.Members[i]
		p.member(node{depth: n.depth + 1, path: n.path + "." + m.Name, name: m.Name, value: &m.Value})
	}
	for i := range n.value.Elems {
		e := &n.value.Elems[i]
		child := node{depth: n.depth + 1, path: n.path + "[" + strconv.Itoa(i) + "]", name: strconv.Itoa(i), value: e}
		if e.Kind == jwtview.String && i < 100 {
			child.note = p.means(n.name, e.Text)
		}
		p.member(child)
	}
}

// whole writes a value out, with its meaning and where that is specified.
func (p *planting) whole(n node) {
	p.wrapped(plain, n.depth+1, valueText(*n.value))
	p.about(n)
}

// about writes what a value means and where that is specified.
func (p *planting) about(n node) {
	d := n.depth + 1
	if n.line == nil {
		if n.note != "" {
			p.wrapped(dim, d, n.note)
		}
		return
	}
	note := n.line.Note
	if !n.line.Time.IsZero() {
		note = jwtview.TimeNote(n.line.Time, p.now)
	}
	for _, text := range []string{n.line.Meaning, note, n.line.Spec} {
		if text != "" {
			p.wrapped(dim, d, text)
		}
	}
}

// finish divides the width: names as wide as the first few hundred need, notes what they need, values the rest.
func (p *planting) finish() *tree {
	t := p.t
	name, value, note := 12, 12, 0
	for i := range t.nodes[:min(len(t.nodes), 400)] {
		n := &t.nodes[i]
		if n.path == "" || n.depth == 0 {
			continue
		}
		width := safe.Width(clip(n.name, 80))
		if strings.Contains(n.name, "://") { // the end of a URL says enough
			width = min(width, 24)
		}
		name = max(name, indent(n.depth)+width+2)
		switch {
		case p.column > 0 && n.note == "": // what has no note beside it may be as wide as there is room
		case n.value != nil:
			value = max(value, safe.Width(safe.Line(preview(*n.value, 80))))
		case p.column > 0:
			value = max(value, safe.Width(safe.Line(clip(n.text, 80))))
		}
		note = max(note, safe.Width(safe.Line(n.aside(p.now))))
	}
	if t.name = min(name, max(16, p.width*2/5)); p.column > 0 {
		t.name = p.column
	}
	rest := p.width - t.name - 1
	t.value = min(value+2, max(rest*2/5, rest-note-1), 70)
	if p.column > 0 {
		t.value = min(value+2, rest)
	}
	return t
}

// aside is the note of a node: of a time, how far it is from now.
func (n *node) aside(now time.Time) string {
	switch {
	case n.line == nil:
		return n.note
	case !n.line.Time.IsZero():
		return jwtview.Token{}.ClaimNote(jwtview.Member{Name: n.line.Name, Value: n.line.Value}, now)
	case n.line.Note != "":
		return n.line.Note
	}
	return n.line.Meaning
}

func indent(depth int) int { return 2 + 2*depth }

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// valueText is a value as it is read: the text of a string, everything else as JSON. A string that could be taken for
// something else keeps its quotes: "1766" is no number.
func valueText(v jwtview.Value) string {
	if v.Kind != jwtview.String {
		return v.String()
	}
	if other, err := jwtview.ParseJSON([]byte(clip(v.Text, 40))); v.Text == "" || err == nil && other.Kind != jwtview.String && len(v.Text) <= 40 {
		return `"` + v.Text + `"`
	}
	return v.Text
}

// preview is the beginning of a value, about n bytes of it, however large it is.
func preview(v jwtview.Value, n int) string {
	switch v.Kind {
	case jwtview.String:
		if len(v.Text) <= n {
			return valueText(v)
		}
		return clip(v.Text, n) + theme.More
	case jwtview.Array, jwtview.Object:
		return previewInside(v, n)
	}
	return clip(v.Text, n)
}

func previewInside(v jwtview.Value, n int) string {
	l, r := "[", "]"
	if v.Kind == jwtview.Object {
		l, r = "{", "}"
	}
	var b strings.Builder
	b.WriteString(l)
	for i := range len(v.Members) + len(v.Elems) {
		if i > 0 {
			b.WriteString(", ")
		}
		if b.Len() > n {
			return b.String() + theme.More
		}
		if v.Kind == jwtview.Object {
			b.WriteString(clip(v.Members[i].Name, n) + ": " + preview(v.Members[i].Value, n/2))
		} else {
			b.WriteString(preview(v.Elems[i], n/2))
		}
	}
	return b.String() + r
}
