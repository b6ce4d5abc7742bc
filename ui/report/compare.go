package report

import (
	"io"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
)

type compareJSON struct {
	Schema      int              `json:"schema"`
	Runs        []runJSON        `json:"runs"`
	Differences []differenceJSON `json:"differences"`
	Changed     []changedJSON    `json:"changed"`
	Summary     summaryJSON      `json:"summary"`
}

type differenceJSON struct {
	Where string          `json:"where"`
	Name  string          `json:"name"`
	A     *string         `json:"a"`
	B     *string         `json:"b"`
	Part  string          `json:"part"`
	Class story.DiffClass `json:"class"`
	Note  *string         `json:"note"`
}

// changedJSON is a setting that differs: what was changed, where a difference is what came of it.
type changedJSON struct {
	Name string  `json:"name"`
	A    *string `json:"a"`
	B    *string `json:"b"`
}

// summaryJSON counts what was laid beside each other, by the classes of its rows.
type summaryJSON struct {
	Different int `json:"different"`
	OnlyA     int `json:"only_a"`
	OnlyB     int `json:"only_b"`
	Fresh     int `json:"fresh"`
	NotKnown  int `json:"not_known"`
	Equal     int `json:"equal"`
}

// comparison is two runs beside each other, with what hides their secrets. It is made before they are redacted: whether two secrets are the
// same is told, not what they are.
type comparison struct {
	story.Comparison
	a, b trace.Known
	o    Options
}

func compare(a, b Run, o Options) *comparison {
	c := &comparison{Comparison: diagnose.Compare(a.Story, b.Story, a.Findings, b.Findings), o: o}
	for _, e := range a.events {
		c.a.Add(e)
	}
	for _, e := range b.events {
		c.b.Add(e)
	}
	return c
}

// CompareJSON writes two runs and what differs between them, but for what is new in every run.
func CompareJSON(w io.Writer, a, b Run, o Options) error {
	c := compare(a, b, o)
	doc := compareJSON{Schema, []runJSON{document(a.as(o), o), document(b.as(o), o)}, []differenceJSON{}, []changedJSON{}, c.summary()}
	for _, d := range c.Differences() {
		doc.Differences = append(doc.Differences, differenceJSON{d.Where, d.Name, c.side(&c.a, d.A), c.side(&c.b, d.B), d.Part, d.Class, text(d.Note)})
	}
	for _, d := range c.Changed {
		doc.Changed = append(doc.Changed, changedJSON{d.Name, c.side(&c.a, d.A), c.side(&c.b, d.B)})
	}
	return encode(w, doc)
}

func (c *comparison) summary() summaryJSON {
	return summaryJSON{c.Count(story.Differs), c.Count(story.OnlyA), c.Count(story.OnlyB), c.Count(story.FreshByDesign), c.Count(story.NotKnown), c.Count(story.Same)}
}

// side is the value of one run, or null. Of a token it is what it is, unless secrets are shown.
func (c *comparison) side(known *trace.Known, r *story.Row) *string {
	if r == nil || r.Absent {
		return nil
	}
	v := c.value(known, r)
	return &v
}

// value is the value of a row as it may be shown.
func (c *comparison) value(known *trace.Known, r *story.Row) string {
	switch {
	case c.o.ShowSecrets:
		return r.Value
	case r.Secret == "":
		return known.Hide(trace.Hide(r.Value, trace.Secrets(r.Value)))
	case r.Kind != "" && r.Short != "" && r.Name != "Authorization":
		return r.Short
	}
	return hidden(r.Secret, r.Value)
}

// hidden is what stands for a secret: in a redacted trace its name, else a mask.
func hidden(kind, value string) string {
	if alias := trace.AliasOf(value); alias != "" {
		return alias
	}
	return trace.Mask(kind, value)
}
