package diagnose

import (
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// maxWire bounds a text from outside within a sentence, in characters.
const maxWire = 200

// hidden stands for a secret, whatever it is and however long: so a redacted trace reads like the one it was made of.
const hidden = "••••"

// discreet takes the secrets out of a text.
func discreet(s string) string {
	var b strings.Builder
	at := 0
	for _, span := range trace.Secrets(s) {
		b.WriteString(s[at:span.Start] + hidden)
		at = span.End
	}
	return b.String() + s[at:]
}

// wire makes a text from outside fit a sentence: one line, bounded, without secrets. Whoever draws it makes it drawable.
func wire(s string) string {
	s = discreet(s[:min(len(s), 8*maxWire)])
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= maxWire {
		return s
	}
	return string([]rune(s)[:maxWire-1]) + "…"
}

// lit writes a value as it is written in a request.
//
//go:noinline
func lit(s string) string {
	if s == "" {
		return "absent"
	}
	return "`" + wire(s) + "`"
}

// said is the server's own error.
func said(code, description string) string {
	if description == "" {
		return lit(code)
	}
	return lit(code) + " “" + wire(description) + "”"
}

// saidBy is a call's answer in a few words: its status and its error, or what stands on the page.
//
//go:noinline
func saidBy(c *story.Call) string {
	status := fmt.Sprintf("status %d", c.Response.Status)
	if code, desc := c.OAuthError(); code != "" && c.Request.URL == "" { // given alone: what its status was is not known
		return said(code, desc)
	}
	if code, desc := c.OAuthError(); code != "" {
		return status + " " + said(code, desc)
	}
	return status + ", " + kindOfBody(c.Response)
}

// kindOfBody says what came instead of JSON, or that it is JSON.
func kindOfBody(r *story.Response) string {
	media := wire(r.MediaType())
	if media == "" {
		media = "no content type"
	}
	if len(r.Body) == 0 {
		return media + ", an empty body"
	}
	if r.IsJSON {
		return media
	}
	return media + ", " + wire(story.Excerpt(r.Body))
}

// place is where a call went, without its query: that may hold a secret.
//
//go:noinline
func place(c *story.Call) string {
	return lit(bare(c.Request.URL))
}

//go:noinline
func bare(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "an unreadable URL"
	}
	u.RawQuery, u.Fragment, u.RawFragment, u.User = "", "", "", nil
	return u.String()
}

// hostOf is the host that a call went to.
func hostOf(c *story.Call) string {
	if u, err := url.Parse(c.Request.URL); err == nil && u.Host != "" {
		return lit(u.Host)
	}
	return lit(bare(c.Request.URL))
}

// clock writes an instant as a clock on the wall shows it, with the date where it is another day's.
func (r *reading) clock(t time.Time) string {
	t = t.In(r.now.Location())
	if y, m, d := t.Date(); !sameDay(r.now, y, m, d) {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format("15:04:05")
}

func sameDay(t time.Time, y int, m time.Month, d int) bool {
	ty, tm, td := t.Date()
	return ty == y && tm == m && td == d
}

// span writes a duration in a sentence.
func span(d time.Duration) string {
	return story.Lifetime(d.Abs().Round(time.Second))
}

// list joins at most n values, each as it is written in a request.
func list(values []string, n int) string {
	var out []string
	for i, v := range values {
		if i == n {
			out = append(out, fmt.Sprintf("and %d more", len(values)-n))
			break
		}
		out = append(out, lit(v))
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

// candidates lists causes that the wire does not tell apart.
func candidates(causes ...string) string {
	var b strings.Builder
	b.WriteString("Candidates:")
	n := 0
	for _, c := range causes {
		if c == "" {
			continue
		}
		n++
		fmt.Fprintf(&b, " (%d) %s", n, c)
	}
	return strings.TrimSuffix(strings.TrimSuffix(b.String(), ";"), ".") + "." // whichever cause is the last
}

// has reports whether a server's words contain one of the parts, whatever the case.
func has(words string, parts ...string) bool {
	words = strings.ToLower(words)
	for _, p := range parts {
		if strings.Contains(words, p) {
			return true
		}
	}
	return false
}
