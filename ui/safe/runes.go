package safe

import "unicode"

// common reports whether r is in one of the blocks that hold letters and signs only: no table need be asked.
func common(r rune) bool {
	switch {
	case r >= ' ' && r <= '~', r >= 0xc0 && r <= 0x2ff, r >= 0x370 && r <= 0x482: // Latin, Greek, Cyrillic
		return true
	case r >= 0x2190 && r <= 0x2bff: // arrows, lines, signs
		return true
	case r >= 0x3041 && r <= 0x3096, r >= 0x309b && r <= 0x30ff, r >= 0x3400 && r <= 0x9fff, r >= 0xac00 && r <= 0xd7a3: // East Asian
		return true
	}
	return false
}

// hidden reports whether r is something that a terminal obeys or an eye does not see: C0 and C1 controls, format
// characters (bidirectional overrides, zero width space, byte order mark, tags), line and paragraph separators,
// fillers, and the variation selectors of the U+E0000 block, which can carry whole hidden messages.
func hidden(r rune) bool {
	if r < 0x7f {
		return r < ' '
	}
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point) || r >= 0xe0000 && r <= 0xe0fff
}

// extends reports whether r is drawn as part of the rune before it: combining marks, the joiner, variation
// selectors, skin tones, and the vowels and finals of Hangul syllables. Hidden marks do not: they are escaped.
func extends(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r == zwj, r >= 0x1f3fb && r <= 0x1f3ff:
		return true
	case r >= 0x1161 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff:
		return true
	}
	return unicode.Is(unicode.M, r) && !hidden(r)
}

// invisible reports whether r is one of the extending runes that have no shape of their own.
func invisible(r rune) bool {
	return r == zwj || r >= lowSelect && r <= topSelect || r >= 0x180b && r <= 0x180f
}
