package report

import (
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// escape writes every character of JSON that is no text, but that a terminal or an eye would obey, as \uXXXX:
// DEL, C1, format characters such as the bidirectional ones, line and paragraph separators, and what is
// invisible by definition. Beyond ASCII, JSON has characters only inside of strings, so this changes no value.
func escape(b []byte) []byte {
	var out []byte
	copied := 0
	for i := 0; i < len(b); {
		if b[i] < 0x7f {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if steers(r) {
			out = append(out, b[copied:i]...)
			for _, half := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, half)
			}
			copied = i + n
		}
		i += n
	}
	if copied == 0 {
		return b
	}
	return append(out, b[copied:]...)
}

func steers(r rune) bool {
	switch {
	case r >= 0x7f && r <= 0x9f, r >= 0xe0000 && r <= 0xe0fff,
		r == utf8.RuneError: // as encoding/json writes what is not UTF-8, which a saved session holds as this
		return true
	case r < 0x2b0:
		return r == 0xad
	}
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point)
}
