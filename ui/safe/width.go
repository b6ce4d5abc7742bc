package safe

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// ellipsis ends what was cut. It is one cell wide.
const ellipsis = "…"

// Width returns how many cells s takes on one line. The program's own colour sequences in s count nothing.
func Width(s string) int {
	if isASCII(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Cut returns s, which is plain text of one line, cut to at most width cells; a cut one ends in "…".
// Its cost grows with width, not with s.
func Cut(s string, width int) string {
	if width <= 0 {
		return ""
	}
	n, _ := fit(s, width)
	if n == len(s) {
		return s
	}
	n, _ = fit(s[:n], width-1)
	return s[:n] + ellipsis
}

// Pad returns s with blanks after it up to width cells. A wider s comes back as it is: [Cut] it first.
func Pad(s string, width int) string {
	n := width - Width(s)
	if n <= 0 {
		return s
	}
	return s + blanks(n)
}

// blanks returns n spaces, without an allocation for what fits on a screen.
func blanks(n int) string {
	const some = "                                                                                "
	if n <= len(some) {
		return some[:n]
	}
	return strings.Repeat(" ", n)
}

// fit returns the length in bytes, and the cells, of the longest beginning of s that fits in width cells.
// It never ends inside a grapheme cluster, so an accent stays on its letter and an emoji stays whole.
func fit(s string, width int) (n, cells int) {
	for n < len(s) {
		size, w := cluster(s[n:])
		if cells+w > width {
			break
		}
		n, cells = n+size, cells+w
	}
	return n, cells
}

// cluster returns the bytes and the cells of the first grapheme cluster of s, which is not empty.
func cluster(s string) (size, cells int) {
	if printable(s[0]) && (len(s) == 1 || printable(s[1])) {
		return 1, 1
	}
	first, w := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(first), w
}

// isASCII reports whether s is printable ASCII only, where bytes are cells.
func isASCII(s string) bool {
	for i := range len(s) {
		if !printable(s[i]) {
			return false
		}
	}
	return true
}

// printable reports whether c is printable ASCII.
func printable(c byte) bool { return c >= ' ' && c <= '~' }
