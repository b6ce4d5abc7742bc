package trace

import "strings"

// longValue is from how many bytes on a value is looked for by itself.
const longValue = 1 << 10

// replacer replaces values wherever they stand in a text. A server chooses both, so the time that it takes must not grow with
// their product: for one value alone strings.Replacer prepares a table in quadratic time, and searches in as much.
type replacer struct {
	short *strings.Replacer
	long  [][2]string // old and new, longest first
}

// newReplacer makes a replacer of old, new pairs, longest first: of two values that begin alike that one counts.
func newReplacer(pairs []string) *replacer {
	r := &replacer{}
	short := []string{"\x00\x00", "\x00\x00"} // changes nothing; with two pairs strings.Replacer is never that for one value
	for i := 0; i < len(pairs); i += 2 {
		if len(pairs[i]) < longValue {
			short = append(short, pairs[i], pairs[i+1])
		} else {
			r.long = append(r.long, [2]string{pairs[i], pairs[i+1]})
		}
	}
	if len(short) > 2 {
		r.short = strings.NewReplacer(short...)
	}
	return r
}

// replace returns text with the values replaced.
func (r *replacer) replace(text string) string {
	for _, p := range r.long {
		text = strings.ReplaceAll(text, p[0], p[1])
	}
	if r.short == nil {
		return text
	}
	return r.short.Replace(text)
}
