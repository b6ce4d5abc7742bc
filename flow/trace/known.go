package trace

import "strings"

// Bounds of what Known looks at.
const (
	minKnown  = 12        // bytes: a shorter value may be met by chance
	minCut    = 6         // bytes of a value before an ellipsis
	maxQuote  = 8 << 10   // bytes of a sentence of ours that may quote a cut value
	maxSource = 256 << 10 // bytes of a body that is looked through for secrets
)

// Known are the secrets of one trace, to be hidden where a server repeats them: in an error's description, or on a page.
// There they stand without the name by which [Secrets] finds them. Its zero value knows none.
type Known struct {
	kinds    map[string]string // by value
	replacer *replacer         // nil: there is something new
}

// Add learns the secrets of an event.
func (k *Known) Add(e Event) {
	if b, ok := e.Data.(Body); ok && len(b.Bytes) > maxSource {
		return
	}
	eachText(e.Data, func(_, text string, spans func() []Span) string {
		for _, s := range spans() {
			k.learn(s.Kind, s.value(text))
		}
		return text
	})
}

func (k *Known) learn(kind, value string) {
	if _, there := k.kinds[value]; there || len(value) < minKnown || AliasOf(value) != "" {
		return
	}
	if k.kinds == nil {
		k.kinds = map[string]string{}
	}
	k.kinds[value] = kind
	k.replacer = nil
}

// Hide returns text with the known secrets masked.
func (k *Known) Hide(text string) string {
	if len(k.kinds) == 0 {
		return text
	}
	if k.replacer == nil {
		var pairs []string
		for _, value := range longestFirst(k.kinds) {
			pairs = append(pairs, value, Mask(k.kinds[value], value))
		}
		k.replacer = newReplacer(pairs)
	}
	text = k.replacer.replace(text)
	return hideCut(text, k.kinds, func(string) string { return hidden })
}

// hideCut replaces what is left of a known value where a sentence was cut within it: "Bearer abcdefgh…".
func hideCut(text string, values map[string]string, by func(value string) string) string {
	const mark = "…"
	if len(text) > maxQuote || !strings.Contains(text, mark) {
		return text
	}
	parts := strings.Split(text, mark)
	for i, part := range parts[:len(parts)-1] {
		most, of := 0, ""
		for value := range values {
			if n := endsInBeginning(part, value); n > most || n == most && n > 0 && value < of {
				most, of = n, value
			}
		}
		if most > 0 {
			parts[i] = part[:len(part)-most] + by(of)
		}
	}
	return strings.Join(parts, mark)
}

// endsInBeginning returns how many bytes at the end of text are the beginning of value, at most.
func endsInBeginning(text, value string) int {
	if len(value) < minKnown {
		return 0
	}
	for n := min(len(text), len(value)-1); n >= minCut; n-- {
		if text[len(text)-n:] == value[:n] {
			return n
		}
	}
	return 0
}
