package report

import (
	"fmt"
	"io"
	"strings"

	"authscope/flow/story"
	"authscope/ui/safe"
)

// CompareTenantsText writes two tenants side by side: what differs first, what is the same by its names.
func CompareTenantsText(w io.Writer, a, b Tenant, o TokenOptions) error {
	s := newTenantSheet(o)
	const label = 3
	s.para(0, span{s.th.Strong, "A"}, label, s.th.Strong, join("  ", orText(a.Named(), orText(a.Asked, a.Issuer)), a.Provider()))
	s.para(0, span{s.th.Strong, "B"}, label, s.th.Strong, join("  ", orText(b.Named(), orText(b.Asked, b.Issuer)), b.Provider()))
	for _, side := range []struct {
		name string
		t    Tenant
	}{{"A", a}, {"B", b}} {
		if !side.t.Known() {
			s.title(side.name+" could not be read", "")
			s.attempts(side.t.attempts())
			s.findings(side.t.plain())
		}
	}
	if a.Known() && b.Known() {
		s.comparison(story.CompareTenants(a.Tenant, b.Tenant), a, b)
	}
	_, err := io.WriteString(w, s.b.String())
	return err
}

func (s *sheet) comparison(c story.TenantComparison, a, b Tenant) {
	if len(c.Abilities) > 0 {
		s.title("what they say they can do, differently", "")
	}
	for _, p := range c.Abilities {
		s.line(2, span{s.th.Text, p.A.Title})
		x, y := s.answer(p.A.Answer), s.answer(p.B.Answer)
		s.sides([2]span{{x.style, x.text + " " + p.A.Text}, {y.style, y.text + " " + p.B.Text}})
	}
	s.title("members that differ", "")
	for _, p := range c.Members[:min(len(c.Members), maxRows)] {
		s.line(2, span{s.th.Text, safe.Cut(safe.Line(p.Name), 60)}, span{s.th.Dim, "  " + p.Note})
		s.sides([2]span{{s.th.Text, memberSide(p.A, p.Default)}, {s.th.Text, memberSide(p.B, p.Default)}})
	}
	if len(c.Members) == 0 {
		s.line(2, span{s.th.Dim, "none"})
	}
	if n := len(c.Members) - maxRows; n > 0 {
		s.line(2, span{s.th.Dim, fmt.Sprintf("… %s more: --json has them", plural(n, "member"))})
	}
	s.title("keys", "")
	s.sides([2]span{{s.th.Text, a.keysText()}, {s.th.Text, b.keysText()}})
	if c.Keys.Shared > 0 {
		s.para(4, span{}, 0, s.th.Warn, fmt.Sprintf("%s of both: a token of the one may pass for one of the other", plural(c.Keys.Shared, "key")))
	}
	s.title("findings", "")
	s.sides([2]span{{s.th.Text, a.findingIDs()}, {s.th.Text, b.findingIDs()}})
	s.title("the same in both", plural(len(c.Same)+len(c.Below), "member"))
	s.para(2, span{}, 0, s.th.Dim, head(strings.Join(c.Same, ", "), 4000))
	if len(c.Below) > 0 {
		s.para(2, span{}, 0, s.th.Dim, "below each one's issuer: "+head(strings.Join(c.Below, ", "), 4000))
	}
}

// memberSide is one side of a difference.
func memberSide(m *story.Member, def string) string {
	if m == nil {
		return join(": ", "absent", def)
	}
	return shortValue(&m.Value)
}

// sides writes two texts beside each other where the width allows it, else below each other.
func (s *sheet) sides(sides [2]span) {
	const from, gap = 120, 3
	if s.width < from {
		for i, x := range sides {
			s.para(4, span{s.th.Dim, "AB"[i : i+1]}, 3, x.style, x.text)
		}
		return
	}
	col := (s.width - 4 - gap - 6) / 2
	left, right := safe.Wrap(safe.Line(sides[0].text), col), safe.Wrap(safe.Line(sides[1].text), col)
	for i := range max(len(left), len(right)) {
		x, y, a, b := "", "", "", ""
		if i == 0 {
			a, b = "A", "B"
		}
		if i < len(left) {
			x = left[i]
		}
		if i < len(right) {
			y = right[i]
		}
		s.line(4, span{s.th.Dim, safe.Pad(a, 3)}, span{sides[0].style, x}, span{s.th.Text, safe.Pad("", col-safe.Width(x)+gap)}, span{s.th.Dim, safe.Pad(b, 3)}, span{sides[1].style, y})
	}
}

// findingIDs names what is wrong, in a line.
func (t Tenant) findingIDs() string {
	var ids []string
	for _, f := range t.Findings {
		ids = append(ids, severities[f.Severity]+" "+f.ID)
	}
	return orText(strings.Join(ids, ", "), "none")
}
