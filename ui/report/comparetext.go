package report

import (
	"fmt"
	"io"
	"strings"

	"authscope/flow/story"
	"authscope/ui/safe"
)

// CompareText writes what differs between two runs, then what each of them was, in short.
func CompareText(w io.Writer, a, b Run, o Options) error {
	a, b = a.as(o), b.as(o)
	p := newPage(o)
	c := story.Compare(a.Story, b.Story)
	p.compareHead(a, b)
	p.differences(c)
	p.equal(c)
	p.compareRun("Run A", a)
	p.compareRun("Run B", b)
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *page) compareHead(a, b Run) {
	sa, _ := a.Story.Settings()
	sb, _ := b.Story.Settings()
	const label = 14
	p.para(0, label, "tenant", sa.Issuer)
	p.para(0, label, "client", sa.ClientID)
	p.para(0, label, "run A", "scope "+sa.Scope)
	p.para(0, label, "run B", "scope "+sb.Scope)
}

// differences writes the two sides of each difference, side by side where they fit.
func (p *page) differences(c story.Comparison) {
	p.blank()
	diffs := c.Differences()
	if len(diffs) == 0 {
		p.put(0, "No difference, but for what is new in every run (state, nonce, challenge, code, tokens).")
		return
	}
	p.put(0, "Differences (what is new in every run is left out)")
	where := ""
	for _, d := range diffs {
		if d.Where != where {
			where = d.Where
			p.put(2, where)
		}
		p.difference(d)
	}
}

func (p *page) difference(d story.DiffRow) {
	p.line(4, d.Name)
	p.para(6, 4, "A", p.sideText(d.A))
	p.para(6, 4, "B", p.sideText(d.B))
}

func (p *page) sideText(r *story.Row) string {
	if r == nil || r.Absent {
		return "– not there"
	}
	value := rowValue(*r, p.o)
	if value == "" {
		value = "(empty)"
	}
	if r.Note != "" && r.Kind == "" {
		value += "  (" + r.Note + ")"
	}
	return value
}

// equal names what is the same, so that the differences can be trusted to be all.
func (p *page) equal(c story.Comparison) {
	p.blank()
	p.put(0, "The same in both")
	for _, sec := range c.Sections {
		var names []string
		for _, r := range sec.Rows {
			if r.Same && r.A != nil && !r.A.Absent && r.Name != "code" { // whose names in two traces say nothing
				names = append(names, safe.Line(r.Name))
			}
		}
		p.para(2, 24, sec.Title, strings.Join(names, ", "))
	}
}

// compareRun sums one run up.
func (p *page) compareRun(title string, r Run) {
	p.blank()
	p.put(0, title)
	for i, l := range p.wrap(r.outcome(), 4) {
		p.put(2+min(i, 1)*2, l)
	}
	var rows []entry
	for _, t := range r.Story.Tokens() {
		rows = append(rows, entry{name: string(t.Kind), value: t.Describe, note: life(t, r.Story.End())})
	}
	p.entries(2, rows)
	if then := afterExpiry(r.Story); then != "" {
		p.para(2, 0, "", then)
	}
	p.findings(r.Findings)
}

// afterExpiry says what comes when the newest access token ends.
func afterExpiry(s *story.Story) string {
	t := s.Newest(story.AccessToken)
	if t == nil || t.ExpiresAt.IsZero() {
		return ""
	}
	f, what, then := s.Family(), "refresh", t.ExpiresAt
	if until := f.SignInAt(s.End()); !until.IsZero() {
		what, then = "sign in again", until
	}
	if then.After(s.End()) {
		return fmt.Sprintf("then, at %s: %s", then.UTC().Format("15:04:05 UTC"), what)
	}
	return ""
}
