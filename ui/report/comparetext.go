package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
)

// CompareText writes what differs between two runs, then what each of them was, in short.
func CompareText(w io.Writer, a, b Run, o Options) error {
	p := newPage(o)
	c := compare(a, b, o)
	p.compareHead(c, a, b)
	p.differences(c)
	p.folded(c)
	p.compareRun("Run A", a.as(o))
	p.compareRun("Run B", b.as(o))
	_, err := io.WriteString(w, p.b.String())
	return err
}

// compareHead says what was compared, and what was changed between the two.
func (p *page) compareHead(c *comparison, a, b Run) {
	sa, _ := a.Story.Settings()
	sb, _ := b.Story.Settings()
	const label = 14
	if sa.Issuer == sb.Issuer {
		p.para(0, label, "tenant", sa.Issuer)
	}
	if sa.ClientID == sb.ClientID {
		p.para(0, label, "client", sa.ClientID)
	}
	p.para(0, label, "run A", join(", ", a.Name, story.GrantTitle(sa), "scope "+sa.Scope))
	p.para(0, label, "run B", join(", ", b.Name, story.GrantTitle(sb), "scope "+sb.Scope))
	p.blank()
	if len(c.Changed) == 0 {
		p.put(0, "Nothing was changed: the settings of both are the same")
		return
	}
	p.put(0, "What was changed")
	for _, d := range c.Changed {
		p.difference(c, d)
	}
}

// differences writes the two sides of each difference.
func (p *page) differences(c *comparison) {
	p.blank()
	if c.Differing() == 0 {
		p.put(0, "No difference, but for what is new in every run (state, nonce, challenge, code, tokens).")
		return
	}
	p.put(0, "Differences (what is new in every run is left out)")
	for _, sec := range c.Sections {
		if sec.Differing() == 0 {
			continue
		}
		p.put(2, sec.Title)
		if sec.Only != "" {
			p.oneSided(sec)
			continue
		}
		for _, d := range sec.Rows {
			if d.Counts() {
				p.difference(c, d)
			}
		}
	}
}

// oneSided writes what only one of the runs has: what of it, in a line.
func (p *page) oneSided(sec story.DiffSection) {
	side := map[story.DiffClass]string{story.OnlyA: "A", story.OnlyB: "B"}[sec.Only]
	what := names(sec, func(d story.DiffRow) bool { return d.Counts() && d.Part != "header" && d.Part != "status" })
	if what == "" {
		what = names(sec, story.DiffRow.Counts)
	}
	p.para(4, 12, "only in "+side, what)
}

// names lists the rows of a section that are of a kind, each name once.
func names(sec story.DiffSection, of func(story.DiffRow) bool) string {
	var out []string
	for _, d := range sec.Rows {
		if name := nameOf(d); of(d) && !slices.Contains(out, name) {
			out = append(out, safe.Line(name))
		}
	}
	return strings.Join(out, ", ")
}

// nameOf writes a header field as one.
func nameOf(d story.DiffRow) string {
	if d.Part == "header" {
		return d.Name + ":"
	}
	return d.Name
}

func (p *page) difference(c *comparison, d story.DiffRow) {
	p.line(4, nameOf(d))
	p.para(6, 4, "A", p.sideText(c, &c.a, d.A))
	p.para(6, 4, "B", p.sideText(c, &c.b, d.B))
	if d.Note != "" {
		p.para(6, 4, "", "("+d.Note+")")
	}
}

func (p *page) sideText(c *comparison, known *trace.Known, r *story.Row) string {
	if r == nil || r.Absent {
		return "– not there"
	}
	value := c.value(known, r)
	if value == "" {
		value = orText(r.Short, "(empty)")
	}
	if r.Note != "" && r.Kind == "" {
		value += "  (" + known.Hide(trace.Hide(r.Note, trace.Secrets(r.Note))) + ")"
	}
	return value
}

// folded names what is the same, new in every run or not known, so that the differences can be trusted to be all.
func (p *page) folded(c *comparison) {
	for _, part := range []struct {
		title string
		class story.DiffClass
	}{{"Not known, so no difference: a recording that lacks it, or a secret that is not in the file", story.NotKnown},
		{"New in every run", story.FreshByDesign}, {"The same in both", story.Same}} {
		if c.Count(part.class) == 0 {
			continue
		}
		p.blank()
		p.put(0, part.title)
		for _, sec := range c.Sections {
			p.para(2, 30, sec.Title, names(sec, func(d story.DiffRow) bool { return d.Class == part.class && (d.A == nil || !d.A.Absent) }))
		}
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
