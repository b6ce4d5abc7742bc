package story

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"authscope/jwtview"
)

func orElse(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// Excerpt returns the title of a page, or the first words of a text, in one line.
func Excerpt(body []byte) string {
	text := string(body[:min(len(body), 8<<10)])
	lower := strings.ToLower(text)
	if i := strings.Index(lower, "<title"); i >= 0 && len(lower) == len(text) {
		rest := text[i:]
		if j := strings.IndexByte(rest, '>'); j >= 0 {
			title, _, _ := strings.Cut(rest[j+1:], "<")
			return "page titled “" + clip(strings.Join(strings.Fields(title), " "), 100) + "”"
		}
	}
	return clip(strings.Join(strings.Fields(text), " "), 160)
}

func clip(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// words writes an array of strings as a list.
func words(v jwtview.Value) (string, bool) {
	if v.Kind != jwtview.Array || len(v.Elems) == 0 {
		return "", false
	}
	out := make([]string, 0, len(v.Elems))
	for _, e := range v.Elems {
		if e.Kind != jwtview.String {
			return "", false
		}
		out = append(out, e.Text)
	}
	return strings.Join(out, " "), true
}

func parseFloat(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err == nil && (math.IsNaN(f) || f < 0 || f > 1e9) {
		err = strconv.ErrRange
	}
	return f, err
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

func statusText(c *Call) string { return itoa(c.Response.Status) }

func itoa(n int) string { return strconv.Itoa(n) }

func bits(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// Lifetime writes a duration as people say it: "30 min", "300 s", "52 weeks".
func Lifetime(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Lifetime(d.Abs()) // the shortest duration has no positive twin: -d would be d again
	case d == math.MaxInt64:
		return "more than 292 years" // a duration counts no further
	case d < 10*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 3*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 72*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d < 60*24*time.Hour:
		return fmt.Sprintf("%d days", int(d.Hours()/24))
	}
	return fmt.Sprintf("%d weeks", int(d.Hours()/24/7))
}
