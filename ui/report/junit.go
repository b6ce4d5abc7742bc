package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// JUnit writes a run in the XML that CI systems read: a test case for each stage, check and expectation. It holds no secret.
func JUnit(w io.Writer, r Run, o Options) error {
	o.ShowSecrets = false
	r = r.as(o)
	var cases []junitCase
	for _, st := range r.stages() {
		cases = append(cases, casesOf(st)...)
	}
	for _, c := range o.judged(r) {
		cases = append(cases, checkCase("expect", c.Want, c))
	}
	failures, skips := 0, 0
	var took time.Duration
	for _, c := range cases {
		took += c.took
		if c.failed != "" {
			failures++
		} else if c.skipped != "" {
			skips++
		}
	}
	var b strings.Builder
	set, _ := r.Story.Settings()
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	fmt.Fprintf(&b, "<testsuites>\n<testsuite name=%s tests=\"%d\" failures=\"%d\" errors=\"0\" skipped=\"%d\" time=\"%.3f\" timestamp=%s>\n",
		attr("authscope "+set.Issuer+" "+set.ClientID), len(cases), failures, skips, took.Seconds(), attr(r.Story.Began().UTC().Format("2006-01-02T15:04:05")))
	for _, c := range cases {
		c.write(&b)
	}
	b.WriteString("</testsuite>\n</testsuites>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

type junitCase struct {
	class, name     string
	took            time.Duration
	failed, skipped string // why
	detail          string
}

func casesOf(st stage) (cases []junitCase) {
	c := junitCase{class: "stage", name: name(st)}
	class := "check " + name(st)
	if st.run == nil {
		c.skipped = "not run"
		return append(cases, c)
	}
	c.took = st.run.Duration()
	switch st.status {
	case trace.Failed, trace.Cancelled:
		c.failed = orText(firstLine(st.run.Reason), string(st.status))
		c.detail = st.run.Err
	case trace.Skipped, trace.Pending:
		c.skipped = orText(firstLine(st.run.Reason), string(st.status))
	}
	cases = append(cases, c)
	for _, check := range st.run.Checks() {
		cases = append(cases, checkCase(class, check.ID, check))
	}
	return cases
}

func checkCase(class, name string, c jwtview.Check) junitCase {
	out := junitCase{class: class, name: name, detail: join(" ", c.Detail, c.Spec)}
	switch c.Status {
	case jwtview.Failed:
		out.failed = "got " + orText(c.Got, "nothing") + ", want " + orText(c.Want, "something else")
	case jwtview.NotApplicable:
		out.skipped = orText(c.Detail, "does not apply")
	}
	return out
}

// maxJUnit bounds what is written of one text: a server can send no end of it.
const maxJUnit = 2000

func (c junitCase) write(b *strings.Builder) {
	fmt.Fprintf(b, "  <testcase classname=%s name=%s time=\"%.3f\"", attr(c.class), attr(c.name), c.took.Seconds())
	switch {
	case c.failed != "":
		fmt.Fprintf(b, ">\n    <failure message=%s>%s</failure>\n  </testcase>\n", attr(c.failed), xmlText(c.detail))
	case c.skipped != "":
		fmt.Fprintf(b, ">\n    <skipped message=%s/>\n  </testcase>\n", attr(c.skipped))
	default:
		b.WriteString("/>\n")
	}
}

func attr(s string) string { return `"` + xmlText(s) + `"` }

// xmlText writes a text as XML 1.0 can have it: what it cannot have, and what steers a terminal, becomes U+FFFD.
func xmlText(s string) string {
	if len(s) > maxJUnit {
		s = strings.ToValidUTF8(s[:maxJUnit], "") + "…"
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\n' || r == '\t':
			b.WriteByte(' ')
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0x061c, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfffe, r == 0xffff, r == utf8.RuneError:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
