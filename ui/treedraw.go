package ui

import (
	"fmt"

	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// row draws the i-th node of the tree, w cells wide.
func (t *tree) row(m *Model, i, w int, selected bool) string {
	n := &t.nodes[i]
	th := m.th.Row(selected)
	l := begin(th, selected)
	switch {
	case n.path == "" && n.under:
		l.space(t.name + 1)
		l.fit(roleOf(th, n.style), n.text, w-l.w)
	case n.path == "":
		l.space(indent(n.depth))
		l.fit(roleOf(th, n.style), n.text, w-l.w)
	case n.depth == 0:
		t.part(&l, th, n, w)
	default:
		t.member(&l, th, m, n, w)
	}
	l.to(w)
	return l.String()
}

// part draws the heading of a part, with its summary.
func (t *tree) part(l *cells, th *theme.Theme, n *node, w int) {
	t.folded(l, th, n)
	l.put(th.Title, safe.Line(n.name))
	if n.text != "" {
		l.to(max(t.name+1, l.w+2))
		l.fit(roleOf(th, n.style), safe.Line(n.text), w-l.w)
	}
}

func (t *tree) folded(l *cells, th *theme.Theme, n *node) {
	switch n.fold {
	case open:
		l.put(th.Dim, theme.Unfolded+" ")
	case closed:
		l.put(th.Dim, theme.Current+" ")
	default:
		l.space(2)
	}
}

// member draws a name, its value and what that means.
func (t *tree) member(l *cells, th *theme.Theme, m *Model, n *node, w int) {
	switch n.mark {
	case markPassed:
		l.put(th.OK, theme.Passed)
	case markFailed:
		l.put(th.Bad, theme.Failed)
	case markOpen:
		l.put(th.Dim, theme.Skipped)
	}
	l.to(indent(n.depth) - 2)
	t.folded(l, th, n)
	l.fit(th.Dim, nameText(clip(n.name, 200), t.name-l.w), t.name-l.w)
	l.to(t.name + 1)
	note := safe.Line(n.aside(m.now))
	room := w - l.w
	if note != "" {
		room = min(room, t.value)
	}
	t.valueOf(l, th, n, room-1)
	if at := t.name + 1 + t.value; note != "" && w-at > 6 {
		l.to(at)
		l.fit(th.Dim, note, w-at)
	}
}

func (t *tree) valueOf(l *cells, th *theme.Theme, n *node, room int) {
	st := roleOf(th, n.style)
	if n.kind != "" {
		st = th.Value(n.kind)
	}
	if n.mark == markFailed {
		st = th.Bad
	}
	text := n.text
	if n.value != nil {
		text = preview(*n.value, 2*max(room, 8))
		if n.fold != leaf {
			st = th.Dim
		}
		if n.fold == open {
			text = counted(*n.value)
		}
	}
	l.put(st, safe.Cut(safe.Line(text), room))
}

// roleOf is the style of a text.
func roleOf(th *theme.Theme, st textStyle) theme.Style {
	switch st {
	case dim:
		return th.Dim
	case good:
		return th.OK
	case bad:
		return th.Bad
	case odd:
		return th.Warn
	}
	return th.Text
}

// counted says how much an object or a list holds.
func counted(v jwtview.Value) string {
	n, what := len(v.Elems), "element"
	if v.Kind == jwtview.Object {
		n, what = len(v.Members), "member"
	}
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// item is what the i-th item of the tree stands for.
func (t *tree) item(i int) item {
	n := &t.nodes[t.starts[i]]
	it := item{name: n.name, path: n.path, kind: n.kind, value: n.copy, fold: n.fold}
	if n.value != nil && n.copy == "" {
		it.value, it.json = n.value.Text, n.value
	}
	return it
}

func (t *tree) height() int        { return len(t.nodes) }
func (t *tree) count() int         { return len(t.starts) }
func (t *tree) itemOf(row int) int { return t.nodes[row].item }

func (t *tree) rowsOf(i int) (first, last int) {
	if i+1 < len(t.starts) {
		return t.starts[i], t.starts[i+1] - 1
	}
	return t.starts[i], len(t.nodes) - 1
}

func (t *tree) holds(i int, text string) bool { return t.nodes[t.starts[i]].contains(text) }

// contains reports whether text, in lower case, stands in the line or in what is folded below it.
func (n *node) contains(text string) bool {
	if contains(n.name, text) || contains(n.text, text) || contains(n.copy, text) {
		return true
	}
	return n.value != nil && n.fold != open && holds(*n.value, text)
}

// holds reports whether text stands anywhere in a value.
func holds(v jwtview.Value, text string) bool {
	if contains(v.Text, text) {
		return true
	}
	for i := range v.Members {
		if contains(v.Members[i].Name, text) || holds(v.Members[i].Value, text) {
			return true
		}
	}
	for i := range v.Elems {
		if holds(v.Elems[i], text) {
			return true
		}
	}
	return false
}
