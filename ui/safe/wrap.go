package safe

import "strings"

// Wrap breaks s, which is plain text, into lines of at most width cells. It breaks at spaces, which it then
// drops; a word too long for any line starts where it is and is broken (a token has no better place). Indentation
// and blank lines stay. A character wider than width becomes "…". Without a cell to draw in there are no lines.
func Wrap(s string, width int) []string {
	if width <= 0 {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = wrapLine(lines, line, width)
	}
	return lines
}

// wrapper is one paragraph on its way into lines. The line being filled is s[start:end], cells wide.
type wrapper struct {
	s          string
	width      int
	lines      []string
	start, end int
	cells      int
}

// wrapLine appends the lines of s, which has no line feed, to lines.
func wrapLine(lines []string, s string, width int) []string {
	if len(s) <= width && isASCII(s) {
		return append(lines, strings.TrimRight(s, " "))
	}
	w := wrapper{s: s, width: width, lines: lines}
	for i := 0; i < len(s); {
		word, gap := run(s, i, true)
		next, cells := run(s, word, false)
		if next > word {
			w.add(word, next, gap, cells)
		}
		i = next
	}
	if w.end == w.start && len(w.lines) > len(lines) {
		return w.lines // the last character went into a line of its own
	}
	return append(w.lines, s[w.start:w.end])
}

// run returns where the run of spaces, or of anything but spaces, that begins at i ends, and its cells.
// A space that carries a mark is no space: it is looked at as a cluster.
func run(s string, i int, spaces bool) (end, cells int) {
	for i < len(s) {
		size, w := cluster(s[i:])
		if (size == 1 && s[i] == ' ') != spaces {
			break
		}
		i, cells = i+size, cells+w
	}
	return i, cells
}

// add puts the word s[from:to] after a gap on the line, or breaks before or in it.
func (w *wrapper) add(from, to, gap, cells int) {
	switch {
	case w.cells+gap+cells <= w.width:
		w.end, w.cells = to, w.cells+gap+cells
	case cells <= w.width:
		w.newLine(from)
		w.end, w.cells = to, cells
	default:
		w.split(from, to, gap)
	}
}

// split fills lines with the word s[from:to], which fits on none.
func (w *wrapper) split(from, to, gap int) {
	if w.cells+gap >= w.width {
		w.newLine(from)
	} else {
		w.cells += gap
	}
	for from < to {
		n, cells := fit(w.s[from:to], w.width-w.cells)
		if n > 0 {
			w.end, w.cells = from+n, w.cells+cells
		}
		if from += n; from < to {
			from = w.breakWord(from)
		}
	}
}

// breakWord ends the line inside a word, at from, and returns where the word goes on: behind a character
// that no line can hold.
func (w *wrapper) breakWord(from int) int {
	if w.cells > 0 || w.end > w.start {
		w.newLine(from)
		return from
	}
	size, _ := cluster(w.s[from:])
	w.lines = append(w.lines, ellipsis)
	w.start, w.end, w.cells = from+size, from+size, 0
	return from + size
}

// newLine ends the line, unless it holds nothing but the indentation, and begins the next at from.
func (w *wrapper) newLine(from int) {
	if w.end > w.start {
		w.lines = append(w.lines, w.s[w.start:w.end])
	}
	w.start, w.end, w.cells = from, from, 0
}
