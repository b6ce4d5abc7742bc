package safe

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks, joiners and modifiers one base may carry. The longest emoji in use has
// six; more than eight is text that climbs out of its cell.
const maxMarks = 8

const (
	zwj       = '\u200d' // zero width joiner
	keycap    = '\u20e3' // combining enclosing keycap
	tabStop   = "    "
	cutMarks  = "…"
	noBase    = "◌" // what Unicode draws a lone combining mark on
	lowSelect = '\ufe00'
	topSelect = '\ufe0f'
)

// Text returns s with every rune that a terminal or a reader's eye would obey instead of show made visible.
// Line feeds stay and tabs become four spaces; other C0 controls become their pictures (ESC is ␛); C1,
// bidirectional, format and invisible characters become \u escapes, and bytes that are not UTF-8 \x escapes.
// Joiners and variation selectors stay where they join or select: after a character that is not ASCII.
// More than eight marks on one base are cut. Text(Text(s)) is Text(s). Clean text costs no allocation.
func Text(s string) string { return clean(s, false) }

// Line is [Text] for a place of one line: a line feed is shown as ␊ and a tab as ␉, since in a single value
// either is something to see.
func Line(s string) string { return clean(s, true) }

// clean is Text, or Line if oneLine.
func clean(s string, oneLine bool) string {
	i := plainPrefix(s, oneLine)
	if i == len(s) {
		return s
	}
	c := cleaner{src: s, oneLine: oneLine}
	if i > 0 {
		c.base = rune(s[i-1])
	}
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		c.rune(r, i, i+n)
		i += n
	}
	return c.String()
}

// plainPrefix returns how many leading bytes of s are ASCII that needs no look: the way out for nearly all text.
func plainPrefix(s string, oneLine bool) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' {
			if c != '\n' || oneLine {
				return i
			}
		}
	}
	return len(s)
}

// cleaner walks a string once. What need not change is copied in whole spans, and not at all if nothing changes.
type cleaner struct {
	src     string
	oneLine bool
	out     []byte
	copied  int  // src[:copied] stands in out, replaced or not
	base    rune // the rune that a mark would sit on; 0 and line feed: none
	marks   int  // how many sit on it
}

// rune takes the rune r at src[from:to].
func (c *cleaner) rune(r rune, from, to int) {
	switch {
	case common(r):
		c.base, c.marks = r, 0
	case r == utf8.RuneError && to-from == 1:
		c.replace(from, to, fmt.Sprintf(`\x%02x`, c.src[from]))
	case r < ' ' || r == 0x7f:
		c.control(r, from, to)
	case extends(r):
		c.mark(r, from, to)
	case hidden(r):
		c.replace(from, to, escape(r))
	default:
		c.base, c.marks = r, 0
	}
}

// control takes a C0 control or DEL.
func (c *cleaner) control(r rune, from, to int) {
	switch {
	case r == '\n' && !c.oneLine:
		c.base, c.marks = r, 0
	case r == '\t' && !c.oneLine:
		c.replace(from, to, tabStop)
	case r == 0x7f:
		c.replace(from, to, "␡")
	default:
		c.replace(from, to, string('␀'+r))
	}
}

// mark takes a rune that belongs to the one before it.
func (c *cleaner) mark(r rune, from, to int) {
	alone := c.base == 0 || c.base == '\n'
	switch {
	case invisible(r) && (alone || !c.selects(r, to)):
		c.replace(from, to, escape(r))
	case alone && unicode.Is(unicode.M, r):
		c.insert(from, noBase)
		c.base, c.marks = '◌', 1
	case alone: // a skin tone or a vowel has a shape of its own
		c.base, c.marks = r, 0
	case c.marks < maxMarks:
		c.marks++
	case c.marks == maxMarks:
		c.insert(from, cutMarks)
		c.skip(from, to)
		c.marks++
	default:
		c.skip(from, to)
	}
}

// selects reports whether the joiner or selector r, which ends at to, does something here. Between ASCII
// characters it is only a way to make two values look equal that are not; the keycap emoji is the exception.
func (c *cleaner) selects(r rune, to int) bool {
	if c.base >= utf8.RuneSelf {
		return true
	}
	next, _ := utf8.DecodeRuneInString(c.src[to:])
	return r != zwj && c.marks == 0 && next == keycap
}

// replace writes text in place of src[from:to]; what follows finds an ASCII base or a control picture.
func (c *cleaner) replace(from, to int, text string) {
	c.insert(from, text)
	c.skip(from, to)
	c.base, _ = utf8.DecodeLastRuneInString(text)
	c.marks = 0
}

// insert writes src up to at, and then text.
func (c *cleaner) insert(at int, text string) {
	if c.out == nil {
		c.out = make([]byte, 0, len(c.src)+len(c.src)/8+16)
	}
	c.out = append(append(c.out, c.src[c.copied:at]...), text...)
	c.copied = at
}

// skip leaves src[from:to] out.
func (c *cleaner) skip(from, to int) {
	c.out = append(c.out, c.src[c.copied:from]...)
	c.copied = to
}

// String returns the result: the source itself if nothing had to change.
func (c *cleaner) String() string {
	if c.out == nil {
		return c.src
	}
	return string(append(c.out, c.src[c.copied:]...))
}

// escape writes r as Go and JSON do.
func escape(r rune) string {
	if r > 0xffff {
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
