package theme

import (
	"image/color"

	"github.com/charmbracelet/x/ansi"
)

// Style draws text. It is two ready escape sequences, not a lipgloss.Style: View runs after each message and
// draws some thousand segments, and a lipgloss Render works its rules out anew for each of them.
//
// Styles do not nest, since the end of an inner one would end the outer one too. Segments are drawn one by one
// and put behind each other; for a coloured background under all of them see [Theme.Row].
type Style struct {
	open, close string
	fg          color.Color
}

// Render returns s drawn in this style. s is one line, measured, cut and made safe before.
func (s Style) Render(text string) string {
	if text == "" || s.open == "" {
		return text
	}
	return s.open + text + s.close
}

// Append appends text, drawn in this style, to dst: what Render does, for a line built in one buffer.
func (s Style) Append(dst []byte, text string) []byte {
	if text == "" {
		return dst
	}
	dst = append(dst, s.open...)
	dst = append(dst, text...)
	return append(dst, s.close...)
}

// Color returns the colour of the text, nil for the terminal's own: for a widget that wants colours.
func (s Style) Color() color.Color { return s.fg }

// attr says what a style has besides its colours.
type attr uint8

const (
	bold attr = 1 << iota
	faint
	underline
	reverse
)

// newStyle returns the style of text in fg on bg; nil is the terminal's own colour.
func newStyle(fg, bg color.Color, a attr) Style {
	sgr := ansi.NewStyle()
	if a&bold != 0 {
		sgr = sgr.Bold()
	}
	if a&faint != 0 {
		sgr = sgr.Faint()
	}
	if a&underline != 0 {
		sgr = sgr.Underline(true)
	}
	if a&reverse != 0 {
		sgr = sgr.Reverse(true)
	}
	if fg != nil {
		sgr = sgr.ForegroundColor(fg)
	}
	if bg != nil {
		sgr = sgr.BackgroundColor(bg)
	}
	if len(sgr) == 0 {
		return Style{}
	}
	return Style{open: sgr.String(), close: ansi.ResetStyle, fg: fg}
}
