package diagnose

import (
	"slices"
	"strings"
)

// Entry is what a rule says apart from any run: what authscope explain prints.
type Entry struct {
	ID        string
	Catalogue []string // the entries of the diagnosis catalogue that it answers
	Open      bool     // its causes are candidates: the wire does not prove them
	Text
}

func (r rule) entry() Entry {
	e := Entry{ID: r.id, Catalogue: r.answers(), Open: r.open, Text: r.Text}
	e.Do = withKeys(e.Do)
	return e
}

// answers are the entries of the catalogue that a rule answers. What authscope alone can know is in none.
func (r rule) answers() []string {
	if r.catalogue == "" {
		return nil
	}
	return append([]string{r.catalogue}, r.also...)
}

// Entries returns every rule's text, in the order of the rules.
func Entries() []Entry {
	out := make([]Entry, len(rules))
	for i, r := range rules {
		out[i] = r.entry()
	}
	return out
}

// Explain returns the text of the finding called id, and whether there is one.
func Explain(id string) (Entry, bool) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.id == id })
	if i < 0 {
		return Entry{}, false
	}
	return rules[i].entry(), true
}

// ByCatalogue returns the entries that answer one of the diagnosis catalogue, such as D06.
func ByCatalogue(number string) (out []Entry) {
	for _, e := range Entries() {
		if slices.Contains(e.Catalogue, strings.ToUpper(number)) {
			out = append(out, e)
		}
	}
	return out
}

// Near returns the ids that are most like a name that no finding has, at most n of them.
func Near(name string, n int) []string {
	name = strings.ToLower(name[:min(len(name), 64)])
	var out []string
	for len(out) < min(n, len(rules)) {
		best, least := "", 0
		for _, r := range rules {
			if d := unlike(name, r.id); !slices.Contains(out, r.id) && (best == "" || d < least) {
				best, least = r.id, d
			}
		}
		out = append(out, best)
	}
	return out
}

// unlike measures how far a name is from an id: letters that differ, less the whole words that both have.
func unlike(name, id string) int {
	score := distance(name, id)
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' }) {
		if slices.Contains(strings.Split(id, "-"), w) {
			score -= len(w) + 2
		}
	}
	return score
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost = 1 + min(before, row[j], row[j+1])
			}
			before, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
