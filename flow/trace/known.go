package trace

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
	kinds  map[string]string // by value
	values values
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
	k.values.add(value)
}

// Hide returns text with the known secrets masked.
func (k *Known) Hide(text string) string {
	if len(k.kinds) == 0 {
		return text
	}
	text = k.values.replace(text, func(value string) string { return Mask(k.kinds[value], value) })
	return k.values.replaceCut(text, func(string) string { return hidden })
}
