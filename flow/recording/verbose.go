package recording

import "strings"

// isVerbose recognises what curl -v prints.
func isVerbose(text string) bool {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "> "); ok && isRequestLine(rest) {
			return true
		}
	}
	return false
}

// unverbose takes the marks of curl -v off: > before what was sent, < before what came, * before its own words.
func unverbose(text string) string {
	var b strings.Builder
	inAnswer := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.HasPrefix(line, "> "), line == ">", strings.HasPrefix(line, "< "), line == "<":
			inAnswer = line[0] == '<'
			line = strings.TrimPrefix(line[1:], " ")
		case !inAnswer, strings.HasPrefix(line, "* "), (line[:min(3, len(line))] == "{ [" || line[:min(3, len(line))] == "} [") && strings.HasSuffix(line, "data]"):
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	return b.String()
}
