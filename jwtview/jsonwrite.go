package jwtview

import "unicode/utf8"

// String returns the value as compact JSON, members in the order received. Control characters, C1 and the characters
// that change the direction of text are written as escapes; bytes that are not UTF-8 become U+FFFD.
func (v Value) String() string {
	return string(v.appendJSON(nil))
}

// MarshalJSON returns what [Value.String] returns.
func (v Value) MarshalJSON() ([]byte, error) {
	return v.appendJSON(nil), nil
}

func (v Value) appendJSON(b []byte) []byte {
	switch v.Kind {
	case Bool, Number:
		return append(b, v.Text...)
	case String:
		return appendQuoted(b, v.Text)
	case Array:
		b = append(b, '[')
		for i := range v.Elems {
			if i > 0 {
				b = append(b, ',')
			}
			b = v.Elems[i].appendJSON(b)
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i := range v.Members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendQuoted(b, v.Members[i].Name), ':')
			b = v.Members[i].Value.appendJSON(b)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
			i++
		case ' ' <= c && c < 0x7f:
			b = append(b, c)
			i++
		case c <= 0x7f:
			b = appendControl(b, c)
			i++
		default:
			var n int
			b, n = appendRune(b, s[i:])
			i += n
		}
	}
	return append(b, '"')
}

func appendControl(b []byte, c byte) []byte {
	switch c {
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	}
	return appendEscape(b, rune(c))
}

// appendRune writes the character that s starts with and returns its length in s.
func appendRune(b []byte, s string) ([]byte, int) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		if half, ok := surrogate(s); ok {
			return appendEscape(b, half), 3
		}
		return utf8.AppendRune(b, utf8.RuneError), 1
	case steersTerminal(r):
		return appendEscape(b, r), n
	}
	return append(b, s[:n]...), n
}

// surrogate reads the three bytes that ParseJSON makes of a lone surrogate escape. A high half before a low one was not
// read from an escape, for the two would have been one character: bytes that are not UTF-8 look like it.
func surrogate(s string) (rune, bool) {
	r, ok := half(s)
	if ok && r < 0xdc00 {
		if next, is := half(s[3:]); is && next >= 0xdc00 {
			return 0, false
		}
	}
	return r, ok
}

// half reads a surrogate in the form that UTF-8 would give it.
func half(s string) (rune, bool) {
	if len(s) < 3 || s[0] != 0xed || s[1] < 0xa0 || s[1] > 0xbf || s[2] < 0x80 || s[2] > 0xbf {
		return 0, false
	}
	return 0xd000 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), true
}

// steersTerminal reports characters beyond ASCII that are no text but change how text is shown: C1, line and paragraph
// separators, bidirectional controls and the byte order mark.
func steersTerminal(r rune) bool {
	switch {
	case 0x80 <= r && r <= 0x9f, r == 0x061c, r == 0x200e, r == 0x200f, r == 0xfeff:
		return true
	case 0x2028 <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069:
		return true
	}
	return false
}

func appendEscape(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
