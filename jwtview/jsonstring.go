package jwtview

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// str reads a string whose opening quote is next.
func (p *parser) str() (string, error) {
	p.i++
	start := p.i
	var b strings.Builder // used only once an escape is met
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			s := p.s[start:p.i]
			p.i++
			if b.Len() > 0 {
				b.WriteString(s)
				s = b.String()
			}
			return s, nil
		case c == '\\':
			b.WriteString(p.s[start:p.i])
			if err := p.escape(&b); err != nil {
				return "", err
			}
			start = p.i
		case c < ' ':
			return "", p.fail("in a string, where control characters must be escaped")
		default:
			p.i++
		}
	}
	return "", p.fail("inside a string")
}

// escape reads one escape sequence, of which the backslash is next.
func (p *parser) escape(b *strings.Builder) error {
	p.i++
	c := p.peek()
	if c == 'u' {
		return p.unicode(b)
	}
	at := strings.IndexByte(`"\/bfnrt`, c)
	if at < 0 {
		return p.fail(`after a backslash, where one of "\/bfnrtu should be`)
	}
	b.WriteByte("\"\\/\b\f\n\r\t"[at])
	p.i++
	return nil
}

// unicode reads \uXXXX, of which the u is next, and joins a surrogate pair.
func (p *parser) unicode(b *strings.Builder) error {
	r, err := p.hex4()
	if err != nil {
		return err
	}
	if !utf16.IsSurrogate(r) {
		b.WriteRune(r)
		return nil
	}
	if strings.HasPrefix(p.s[p.i:], `\u`) {
		back := p.i
		p.i++
		low, err := p.hex4()
		if err != nil {
			return err
		}
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			b.WriteRune(pair)
			return nil
		}
		p.i = back
	}
	// A lone half is no character. WriteRune would make it U+FFFD and with that equal to every other lone half.
	b.Write([]byte{0xe0 | byte(r>>12), 0x80 | byte(r>>6)&0x3f, 0x80 | byte(r)&0x3f})
	return nil
}

func (p *parser) hex4() (rune, error) {
	p.i++
	var r rune
	for range 4 {
		c := p.peek()
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 || c < '0' { // |0x20 maps control characters to digits
			return 0, p.fail("where a hexadecimal digit should be")
		}
		r = r<<4 | rune(digit)
		p.i++
	}
	return r, nil
}
