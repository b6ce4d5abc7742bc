package diagnose

import (
	"slices"
)

// Said is what one provider says where a finding applies, and what it means there.
type Said struct {
	Provider string // its name
	Code     string // error, or ""
	Text     string // a part of its words, in lower case, or ""
	Means    string // or ""
}

// Said lists the words of providers that lead to the finding called id, in the order of the presets.
func (d Reader) Said(id string) (out []Said) {
	for _, p := range d.presets().Presets() {
		for _, e := range p.Errors {
			if e.Finding == id {
				out = append(out, Said{p.Name, e.Code, e.Text, e.Says})
			}
		}
	}
	return out
}

// Where lists the places in the consoles of providers at which what a finding says to do is done.
func (d Reader) Where(id string) (out []string) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.id == id })
	if i < 0 || rules[i].setting == "" {
		return nil
	}
	for _, p := range d.presets().Presets() {
		if place := p.Where(rules[i].setting); place != "" {
			out = append(out, place)
		}
	}
	return out
}
