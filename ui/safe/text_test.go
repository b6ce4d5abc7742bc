package safe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	marks := strings.Repeat("\u0301", maxMarks)
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"plain", "plain ~ text", "plain ~ text"},
		{"SGR", "a\x1b[31mb", "a␛[31mb"},
		{"OSC 8 link", "a\x1b]8;;http://x\ab", "a␛]8;;http://x␇b"},
		{"OSC 52 clipboard", "\x1b]52;c;aGk=\x1b\\", "␛]52;c;aGk=␛\\"},
		{"DCS", "a\x1bPq\x1b\\", "a␛Pq␛\\"},
		{"C1 CSI", "a\u009b2Jb", `a\u009b2Jb`},
		{"raw C1 byte", "a\x9b2Jb", `a\x9b2Jb`},
		{"bidi override", "a\u202eb", `a\u202eb`},
		{"bidi isolate", "\u2066x\u2069", `\u2066x\u2069`},
		{"not UTF-8", "a\xffb", `a\xffb`},
		{"surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"cut in a rune", "é"[:1], `\xc3`},
		{"replacement character", "a\uFFFDb", "a\uFFFDb"},
		{"tab, CR, LF", "a\tb\r\nc", "a    b␍\nc"},
		{"DEL and NUL", "\x7f\x00", "␡␀"},
		{"zero width", "zero\u200bwidth\ufeffbom\u00ad", `zero\u200bwidth\ufeffbom\u00ad`},
		{"line separator", "line\u2028sep\u2029", `line\u2028sep\u2029`},
		{"tags", "\U000e0041\U000e007f", `\U000e0041\U000e007f`},
		{"smuggling selectors", "a\U000e0100\U000e01ef", `a\U000e0100\U000e01ef`},
		{"Hangul filler", "a\u3164b\u115f", `a\u3164b\u115f`},
		{"grapheme joiner", "a\u034fb", `a\u034fb`},
		{"emoji", "👩\u200d💻 ❤️ 👍🏽 1️⃣ 🇨🇭", "👩\u200d💻 ❤️ 👍🏽 1️⃣ 🇨🇭"},
		{"longest emoji", "👩🏽\u200d❤️\u200d💋\u200d👨🏽", "👩🏽\u200d❤️\u200d💋\u200d👨🏽"},
		{"joiner in ASCII", "pass\u200dword", `pass\u200dword`},
		{"selector in ASCII", "a\ufe0fb", `a\ufe0fb`},
		{"joiner at the start", "\u200da\n\u200d", `\u200da` + "\n" + `\u200d`},
		{"scripts", "日本 é e\u0301 हिन्दी ภาษาไทย 한국어 ᄒ\u1161ᆫ", "日本 é e\u0301 हिन्दी ภาษาไทย 한국어 ᄒ\u1161ᆫ"},
		{"mark without base", "\u0301a\n\u0302", "◌\u0301a\n◌\u0302"},
		{"skin tone alone", "🏽\u0301", "🏽\u0301"},
		{"eight marks", "o" + marks + "k", "o" + marks + "k"},
		{"zalgo", "o" + marks + marks + "k", "o" + marks + "…k"},
		{"zalgo at the end", "日" + marks + marks, "日" + marks + "…"},
	} {
		if got := Text(c.in); got != c.want {
			t.Errorf("%s: Text(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"one":            "one",
		"a\nb\r\n":       "a␊b␍␊",
		"a\tb":           "a␉b",
		"a\n\u0301":      "a␊\u0301",
		"\x1b[2J\u202e日": `␛[2J\u202e日`,
	} {
		if got := Line(in); got != want {
			t.Errorf("Line(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestEveryControl feeds each rune that a terminal may obey, alone and inside text.
func TestEveryControl(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if common(r) && (hidden(r) || extends(r)) {
			t.Fatalf("%U is not common", r)
		}
		if !hidden(r) || r == '\n' {
			continue
		}
		if got := Text("a" + string(r) + "b"); strings.ContainsRune(got, r) {
			t.Fatalf("%U stays: %q", r, got)
		}
	}
}

// TestLinear holds that hostile text costs time in proportion to its length: quadratic, this would take minutes.
func TestLinear(t *testing.T) {
	for _, unit := range []string{"\x1b", "\xff", "\u0301", "👩\u200d", "\u202e", "a\u0301", "\u0d4e", "\u1161"} {
		s := strings.Repeat(unit, 1<<17/len(unit))
		for _, line := range Wrap(Text(s), 80) {
			Cut(line, 40)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{
		"plain", "a\x1b[31m\u009b\xff", "👩\u200d💻\ufe0f", "1\ufe0f\u20e3", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\ufe0f\u20e3",
		"\u0301", "\u200d\n\t\r", "\U000e0041", "\u3164\u034f", "ᄒ\u1161ᆫ", "👍🏽🏽🏽🏽🏽🏽🏽🏽🏽🏽",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, clean := range map[string]func(string) string{"Text": Text, "Line": Line} {
			got := clean(s)
			if !utf8.ValidString(got) || strings.ContainsFunc(got, unsafe) {
				t.Errorf("%s(%q) = %q", name, s, got)
			}
			if name == "Line" && strings.Contains(got, "\n") {
				t.Errorf("Line(%q) = %q: two lines", s, got)
			}
			if again := clean(got); again != got {
				t.Errorf("%s(%q) = %q, and again %q", name, s, got, again)
			}
		}
	})
}

// unsafe is written apart from hidden, so that a hole there is seen here.
func unsafe(r rune) bool {
	return r != '\n' && r != zwj && (unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r>>12 == 0xe0)
}

func BenchmarkText(b *testing.B) {
	for name, s := range map[string]string{
		"ascii":   strings.Repeat("access_token=MFuU0123456789 ", 40),
		"unicode": strings.Repeat("日本語のテキスト é ", 40),
		"hostile": strings.Repeat("a\x1b[31m\u202e\xff", 100),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				Text(s)
			}
		})
	}
}

func TestCleanTextAllocatesNothing(t *testing.T) {
	for _, s := range []string{strings.Repeat("clean ASCII\n", 100), "日本語 é 👩\u200d💻"} {
		if n := testing.AllocsPerRun(100, func() { Text(s) }); n != 0 {
			t.Errorf("Text(%.20q…): %v allocations", s, n)
		}
	}
}
