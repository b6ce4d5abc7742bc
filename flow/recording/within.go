package recording

import (
	"strings"
	"unicode"

	"authscope/jwtview"
)

// within says what of a login stands in a text that is something else, such as a line of a log, or "". It is not taken out of it:
// which of several things is meant, only the person knows.
func within(text string) string {
	const most = 64 << 10
	text = text[:min(most, len(text))]
	words := strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'`<>()[]{},;", r) })
	for _, w := range words {
		if i := strings.Index(w, "eyJ"); i >= 0 && strings.Count(w[i:], ".") >= 2 && jwtview.Inspect(w[i:]).Shape != jwtview.ShapeOpaque {
			return "a token stands in this text: copy that alone, and give it"
		}
		if !strings.ContainsAny(w, "?#") {
			continue
		}
		switch _, q, ok := readAnswerText(w); {
		case !ok:
		case isAnswer(q):
			return "the address of an answer (code, error) stands in this text: copy that alone, and give it"
		case isAuthorizeQuery(q):
			return "the address of an authorization request stands in this text: copy that alone, and give it"
		}
	}
	name, _, ok := strings.Cut(firstLine(text), ":")
	switch strings.ToLower(name) {
	case "set-cookie", "cookie", "www-authenticate", "location", "content-type", "cache-control":
		if ok {
			return "this is one field of a header: copy the whole message, from its first line on"
		}
	}
	return ""
}
