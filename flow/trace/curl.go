package trace

import (
	"net/http"
	"strings"
)

// Curl returns a POSIX shell command that sends d again. It holds every secret of d. What was changed by hand is named
// before it, in a command that does nothing: a comment would be run by a shell that takes none.
func Curl(d Draft, edits ...Edit) string {
	var b strings.Builder
	if len(edits) > 0 {
		b.WriteString(": " + quote("changed by hand: "+EditList(edits)) + "; ")
	}
	b.WriteString("curl -sS -i")
	if d.Method != http.MethodGet {
		b.WriteString(" -X " + quote(d.Method))
	}
	for _, f := range d.Header {
		if strings.EqualFold(f[0], "Content-Length") || strings.EqualFold(f[0], "Host") {
			continue
		}
		b.WriteString(" -H " + quote(f[0]+": "+f[1]))
	}
	if len(d.Body) > 0 {
		b.WriteString(" --data-raw " + quote(string(d.Body)))
	}
	b.WriteString(" " + quote(d.URL))
	return b.String()
}

// quote makes s one word of a shell; nothing in it can end the quotes.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
