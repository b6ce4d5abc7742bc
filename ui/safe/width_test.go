package safe

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestWidth(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "👩\u200d💻": 2, "🇨🇭": 2, "✓ ok": 4, "\x1b[1;31mred\x1b[m": 3, "\x1b[31m日\x1b[m": 2,
	} {
		if got := Width(in); got != want {
			t.Errorf("Width(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"abc", 1, "…"}, {"a", 1, "a"}, {"abc", 0, ""}, {"abc", -1, ""}, {"", 3, ""},
		{"日本語", 6, "日本語"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"日本語", 2, "…"}, {"日", 1, "…"},
		{"ae\u0301b", 3, "ae\u0301b"}, {"ae\u0301bc", 3, "ae\u0301…"}, {"👩\u200d💻x", 2, "…"}, {"👩\u200d💻x", 3, "👩\u200d💻x"},
	} {
		if got := Cut(c.in, c.width); got != c.want {
			t.Errorf("Cut(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestPad(t *testing.T) {
	for _, c := range []struct {
		in    string
		width int
		want  string
	}{
		{"a", 3, "a  "}, {"abc", 3, "abc"}, {"abcd", 3, "abcd"}, {"日", 3, "日 "}, {"", 2, "  "}, {"a", -1, "a"},
		{"", 200, strings.Repeat(" ", 200)},
	} {
		if got := Pad(c.in, c.width); got != c.want {
			t.Errorf("Pad(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in string
		width    int
		want     []string
	}{
		{"fits", "one two", 7, []string{"one two"}},
		{"empty", "", 5, []string{""}},
		{"words", "one two three", 7, []string{"one two", "three"}},
		{"word by word", "aa bb cc", 2, []string{"aa", "bb", "cc"}},
		{"blank lines", "a\n\n  \nb\n", 5, []string{"a", "", "", "b", ""}},
		{"trailing space", "ab   ", 2, []string{"ab"}},
		{"inner spaces stay", "a  b c", 4, []string{"a  b", "c"}},
		{"indentation stays", "  \"a\": 1", 80, []string{`  "a": 1`}},
		{"indentation too wide", "      abc", 4, []string{"abc"}},
		{"long word", "abcdefgh", 3, []string{"abc", "def", "gh"}},
		{"long word starts where it is", "id abcdefgh i", 5, []string{"id ab", "cdefg", "h i"}},
		{"long word at the edge", "abcde fghijkl", 5, []string{"abcde", "fghij", "kl"}},
		{"wide", "日本語日本語", 5, []string{"日本", "語日", "本語"}},
		{"wide after a gap", "ab 日本語", 4, []string{"ab", "日本", "語"}},
		{"indented wide", "  日本", 3, []string{"日", "本"}},
		{"wider than the line", "a日b日", 1, []string{"a", "…", "b", "…"}},
		{"accents", "e\u0301e\u0301e\u0301", 2, []string{"e\u0301e\u0301", "e\u0301"}},
		{"a space with a mark is text", "ab \u0301cd", 3, []string{"ab \u0301", "cd"}},
		{"no width", "abc", 0, nil},
	} {
		if got := Wrap(c.in, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%s: Wrap(%q, %d) = %q, want %q", c.name, c.in, c.width, got, c.want)
		}
	}
}

// FuzzWrap holds that no line is wider than asked, and that nothing but spaces, line feeds and characters wider
// than a line gets lost. The same for Cut.
func FuzzWrap(f *testing.F) {
	for _, s := range []string{"one two three", "日本語 👩\u200d💻 🇨🇭🇨🇭", "a\n\n b", " \u0301x", "\u1161日", "  日本 abcdefgh"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, width int) {
		s, width = Text(s), 1+abs(width)%90
		lines := Wrap(s, width)
		for _, line := range lines {
			if w := ansi.StringWidth(line); w > width {
				t.Errorf("Wrap(%q, %d): %q has %d cells", s, width, line, w)
			}
		}
		if got := strings.Join(lines, ""); width > 2 && squeeze(got) != squeeze(s) {
			t.Errorf("Wrap(%q, %d) = %q: text lost", s, width, lines)
		}
		if w := ansi.StringWidth(Cut(Line(s), width)); w > width {
			t.Errorf("Cut(%q, %d) has %d cells", s, width, w)
		}
	})
}

// squeeze takes spaces and line feeds out.
func squeeze(s string) string { return strings.NewReplacer(" ", "", "\n", "").Replace(s) }

// abs is |n|, also for the smallest int.
func abs(n int) int { return max(n, -(n + 1)) }

func BenchmarkWrap(b *testing.B) {
	s := strings.Repeat("The authorization request asked for `openid` only. ", 40)
	b.ReportAllocs()
	for b.Loop() {
		Wrap(s, 78)
	}
}

func BenchmarkCut(b *testing.B) {
	for name, s := range map[string]string{"ascii": strings.Repeat("abc ", 1e5), "wide": strings.Repeat("日本", 1e5)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Cut(s, 40)
			}
		})
	}
}
