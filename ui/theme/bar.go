package theme

import (
	"math"
	"strings"
)

// onScreen is as many cells as a line usually has: up to there bars and rules are cut from ready strings.
const onScreen = 256

var (
	filled = strings.Repeat(Filled, onScreen)
	line   = strings.Repeat(Line, onScreen)
)

// Bar returns the two parts of a bar of width cells. A cell goes out when all of its share is spent, so an empty
// bar means nothing is left, and only that. Whatever fraction is, full and rest fill width together.
func Bar(width int, fraction float64) (full, rest string) {
	width = max(width, 0)
	n := 0
	if fraction > 0 { // not NaN
		const noise = 1e-9 // 0.1*30 is 3.0000000000000004, and means three cells
		n = int(math.Ceil(float64(width)*min(fraction, 1) - noise))
	}
	if n == 0 && width > 0 && fraction > 0 {
		n = 1
	}
	return cells(filled, Filled, n), cells(line, Line, width-n)
}

// Rule returns a horizontal rule of width cells.
func Rule(width int) string { return cells(line, Line, max(width, 0)) }

// cells returns n times symbol, out of ready if that is long enough.
func cells(ready, symbol string, n int) string {
	if n > onScreen {
		return strings.Repeat(symbol, n)
	}
	return ready[:n*len(symbol)]
}
