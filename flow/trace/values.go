package trace

import (
	"cmp"
	"slices"
	"strings"
)

// longValue is from how many bytes on a value is looked for by itself, where its beginning stands.
const longValue = 1 << 10

// values is a set of secrets as a tree of what they begin with. To learn one more costs the same however many there are, and
// so does looking for them: a session that is kept alive brings some with each refresh. Its zero value is empty.
type values struct {
	first  [256]*valueNode // by the first byte
	longer int             // the length of the longest
}

// valueNode is where values part.
type valueNode struct {
	edge  string       // what leads here from the node before
	value string       // the whole value that ends here, or ""
	next  []*valueNode // by the first byte of their edges
}

// find returns the place of the edge that begins with b.
func (n *valueNode) find(b byte) (int, bool) {
	return slices.BinarySearchFunc(n.next, b, func(n *valueNode, b byte) int { return cmp.Compare(n.edge[0], b) })
}

// add learns a value that is not empty.
func (v *values) add(value string) {
	v.longer = max(v.longer, len(value))
	at, rest := &v.first[value[0]], value
	for {
		n := *at
		if n == nil {
			*at = &valueNode{edge: rest, value: value}
			return
		}
		same := common(n.edge, rest)
		if same < len(n.edge) { // they part within the edge
			n.edge, *at = n.edge[same:], &valueNode{edge: n.edge[:same], next: []*valueNode{n}}
			n = *at
		}
		if rest = rest[same:]; rest == "" {
			n.value = value
			return
		}
		i, there := n.find(rest[0])
		if !there {
			n.next = slices.Insert(n.next, i, nil)
		}
		at = &n.next[i]
	}
}

// common is how many bytes a and b begin with alike.
func common(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// step goes on from n, nil being the beginning, along what text begins with. It returns nil where no edge does.
func (v *values) step(n *valueNode, text string) *valueNode {
	if n == nil {
		return v.first[text[0]]
	}
	if i, there := n.find(text[0]); there {
		return n.next[i]
	}
	return nil
}

// longest returns the longest of the values below longValue that text begins with, or "".
func (v *values) longest(text string) (value string) {
	text = text[:min(len(text), longValue-1)]
	for n := (*valueNode)(nil); text != ""; {
		if n = v.step(n, text); n == nil || !strings.HasPrefix(text, n.edge) {
			return value
		}
		if text = text[len(n.edge):]; n.value != "" {
			value = n.value
		}
	}
	return value
}

// under returns the node from which on all values begin with text, and whether text ends at that node, not on the way to it.
func (v *values) under(text string) (n *valueNode, ends bool) {
	for text != "" {
		if n = v.step(n, text); n == nil {
			return nil, false
		}
		if len(text) <= len(n.edge) {
			if !strings.HasPrefix(n.edge, text) {
				return nil, false
			}
			return n, len(text) == len(n.edge)
		}
		if !strings.HasPrefix(text, n.edge) {
			return nil, false
		}
		text = text[len(n.edge):]
	}
	return nil, false
}

// after returns the first value, in the order of bytes, that begins with text and goes on, or "".
func (v *values) after(text string) string {
	if n, ends := v.under(text); n != nil {
		return n.firstValue(ends)
	}
	return ""
}

// firstValue is the first of the values that end at the node, unless it is to be behind it, or further on.
func (n *valueNode) firstValue(behind bool) string {
	for ; behind || n.value == ""; behind = false {
		if len(n.next) == 0 {
			return ""
		}
		n = n.next[0]
	}
	return n.value
}

// cut returns the longest end of text, from minCut bytes up, that a value begins with, and the first such value.
func (v *values) cut(text string) (n int, value string) {
	for n := min(len(text), v.longer-1); n >= minCut; n-- {
		if value := v.after(text[len(text)-n:]); value != "" {
			return n, value
		}
	}
	return 0, ""
}

// replace replaces each value that stands in text, of several that begin at one place the longest: the shorter must not leave
// the other's tail. A server chooses both, so the time that it takes must not grow with their product.
func (v *values) replace(text string, by func(value string) string) string {
	for _, long := range v.longIn(text) {
		if strings.Contains(text, long) {
			text = strings.ReplaceAll(text, long, by(long))
		}
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); {
		value := v.longest(text[i:])
		if value == "" {
			i++
			continue
		}
		b.WriteString(text[done:i])
		b.WriteString(by(value))
		i += len(value)
		done = i
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// longIn lists the values from longValue on that may stand in text, since their beginnings do; the longest first.
func (v *values) longIn(text string) (long []string) {
	if v.longer < longValue {
		return nil
	}
	seen := map[*valueNode]bool{}
	for i := 0; i+longValue <= len(text); i++ {
		if n, _ := v.under(text[i : i+longValue]); n != nil && !seen[n] {
			seen[n] = true
			long = n.all(long)
		}
	}
	slices.SortFunc(long, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return long
}

// all appends the values at the node and behind it.
func (n *valueNode) all(to []string) []string {
	if n.value != "" {
		to = append(to, n.value)
	}
	for _, next := range n.next {
		to = next.all(to)
	}
	return to
}

// replaceCut replaces what is left of a value where a sentence was cut within it: "Bearer abcdefgh…".
func (v *values) replaceCut(text string, by func(value string) string) string {
	const mark = "…"
	if len(text) > maxQuote || !strings.Contains(text, mark) {
		return text
	}
	parts := strings.Split(text, mark)
	for i, part := range parts[:len(parts)-1] {
		if n, of := v.cut(part); n > 0 {
			parts[i] = part[:len(part)-n] + by(of)
		}
	}
	return strings.Join(parts, mark)
}
