package ui

import (
	"strings"

	"authscope/ui/safe"
	"authscope/ui/theme"
)

// cells builds one line of the screen and knows how wide it is. Texts that are put in must be
// plain and safe.
type cells struct {
	b     []byte
	w     int
	blank theme.Style // of the space between texts; only a selected row has one
}

// put appends text. Whoever calls it makes foreign text safe first, since that changes its width; that it is
// done again here costs a glance at clean text, and means that a forgotten place is no hole.
func (c *cells) put(s theme.Style, text string) {
	text = safe.Line(text)
	c.b = s.Append(c.b, text)
	c.w += safe.Width(text)
}

// space appends n blanks.
func (c *cells) space(n int) {
	if n > 0 {
		c.b = c.blank.Append(c.b, blanks(n))
		c.w += n
	}
}

// repeat appends n times a symbol of one cell.
func (c *cells) repeat(s theme.Style, symbol string, n int) {
	if n > 0 {
		c.b = s.Append(c.b, strings.Repeat(symbol, n))
		c.w += n
	}
}

// to fills with blanks up to column col.
func (c *cells) to(col int) { c.space(col - c.w) }

// fit appends text cut to width cells, and fills up to there.
func (c *cells) fit(s theme.Style, text string, width int) {
	if width <= 0 {
		return
	}
	at := c.w
	c.put(s, safe.Cut(text, width))
	c.to(at + width)
}

// end appends text so that it ends at column col, where there is room for it.
func (c *cells) end(s theme.Style, text string, col int) {
	c.to(col - safe.Width(text))
	c.put(s, text)
}

// String returns the line.
func (c *cells) String() string { return string(c.b) }

const spaces = "                                                                                                                                "

func blanks(n int) string {
	if n <= len(spaces) {
		return spaces[:n]
	}
	return strings.Repeat(" ", n)
}
