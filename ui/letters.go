package ui

import (
	"strings"

	"authscope/ui/safe"
	"authscope/ui/theme"
)

// Letters are drawn from points, five wide and seven high, two of them in each cell.
const (
	letterWidth  = 5
	letterHeight = 7
)

// letters has those that codes are made of. Each row is five bits, the left one first.
var letters = map[rune][letterHeight]byte{
	'A': {0b01110, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001},
	'B': {0b11110, 0b10001, 0b10001, 0b11110, 0b10001, 0b10001, 0b11110},
	'C': {0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110},
	'D': {0b11110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b11110},
	'E': {0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b11111},
	'F': {0b11111, 0b10000, 0b10000, 0b11110, 0b10000, 0b10000, 0b10000},
	'G': {0b01110, 0b10001, 0b10000, 0b10111, 0b10001, 0b10001, 0b01110},
	'H': {0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001},
	'I': {0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b11111},
	'J': {0b00111, 0b00010, 0b00010, 0b00010, 0b00010, 0b10010, 0b01100},
	'K': {0b10001, 0b10010, 0b10100, 0b11000, 0b10100, 0b10010, 0b10001},
	'L': {0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b10000, 0b11111},
	'M': {0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001, 0b10001},
	'N': {0b10001, 0b11001, 0b10101, 0b10101, 0b10011, 0b10001, 0b10001},
	'O': {0b01110, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110},
	'P': {0b11110, 0b10001, 0b10001, 0b11110, 0b10000, 0b10000, 0b10000},
	'Q': {0b01110, 0b10001, 0b10001, 0b10001, 0b10101, 0b10010, 0b01101},
	'R': {0b11110, 0b10001, 0b10001, 0b11110, 0b10100, 0b10010, 0b10001},
	'S': {0b01111, 0b10000, 0b10000, 0b01110, 0b00001, 0b00001, 0b11110},
	'T': {0b11111, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100, 0b00100},
	'U': {0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01110},
	'V': {0b10001, 0b10001, 0b10001, 0b10001, 0b10001, 0b01010, 0b00100},
	'W': {0b10001, 0b10001, 0b10001, 0b10101, 0b10101, 0b11011, 0b10001},
	'X': {0b10001, 0b10001, 0b01010, 0b00100, 0b01010, 0b10001, 0b10001},
	'Y': {0b10001, 0b10001, 0b01010, 0b00100, 0b00100, 0b00100, 0b00100},
	'Z': {0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b10000, 0b11111},
	'0': {0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110},
	'1': {0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110},
	'2': {0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111},
	'3': {0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110},
	'4': {0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010},
	'5': {0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110},
	'6': {0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110},
	'7': {0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000},
	'8': {0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110},
	'9': {0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100},
	'-': {0b00000, 0b00000, 0b00000, 0b01110, 0b00000, 0b00000, 0b00000},
}

// largeCode draws a code with block characters, as large as fits into width cells and leaves most of height rows free. A code that
// does not fit, or has other characters, is written with blanks between them.
func largeCode(code string, width, height int) []string {
	text := []rune(strings.ToUpper(safe.Line(code)))
	for _, r := range text {
		if _, ok := letters[r]; !ok || strings.ToUpper(code) != code {
			return spaced(code, width)
		}
	}
	for _, scale := range []int{2, 1} {
		if w := len(text)*(letterWidth+1)*scale - scale; w <= width && (scale == 1 || height >= 8*letterHeight/2) {
			return letterLines(text, scale)
		}
	}
	return spaced(code, width)
}

// spaced writes a code with room between its characters.
func spaced(code string, width int) []string {
	return safe.Wrap(strings.Join(strings.Split(safe.Line(code), ""), " "), width)
}

// letterLines draws letters of one or two cells a point.
func letterLines(text []rune, scale int) (lines []string) {
	for y := 0; y < letterHeight*scale; y += 2 {
		var b strings.Builder
		for i, r := range text {
			if i > 0 {
				b.WriteString(blanks(scale))
			}
			for x := range letterWidth * scale {
				b.WriteString(halves(point(r, x/scale, y/scale), point(r, x/scale, (y+1)/scale)))
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	return lines
}

// point reports whether a point of a letter is drawn.
func point(r rune, x, y int) bool {
	return y < letterHeight && letters[r][y]>>(letterWidth-1-x)&1 != 0
}

// halves is the cell whose halves are drawn or not.
func halves(upper, lower bool) string {
	switch {
	case upper && lower:
		return theme.Full
	case upper:
		return theme.Upper
	case lower:
		return theme.Lower
	}
	return " "
}
