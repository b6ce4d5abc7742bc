package profile

import (
	"fmt"
	"strings"
	"unicode"
)

// literal writes a text as TOML, and "" as nothing.
func literal(s string) string {
	if s == "" {
		return ""
	}
	return quoted(s)
}

// quoted writes a text as a basic string of TOML. What cannot be seen is written as an escape, so that a file shows what it
// says.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// keyLiteral writes a key, in quotes only where it needs them.
func keyLiteral(s string) string {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return quoted(s)
		}
	}
	if s == "" {
		return `""`
	}
	return s
}

func listLiteral(list []string) string {
	if len(list) == 0 {
		return ""
	}
	all := make([]string, len(list))
	for i, s := range list {
		all[i] = quoted(s)
	}
	return "[" + strings.Join(all, ", ") + "]"
}
