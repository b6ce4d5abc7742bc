package report

import (
	"io"

	"authscope/flow/story"
	"authscope/flow/trace"
)

type compareJSON struct {
	Schema      int              `json:"schema"`
	Runs        []runJSON        `json:"runs"`
	Differences []differenceJSON `json:"differences"`
}

type differenceJSON struct {
	Where string  `json:"where"`
	Name  string  `json:"name"`
	A     *string `json:"a"`
	B     *string `json:"b"`
}

// CompareJSON writes two runs and what differs between them, but for what is new in every run.
func CompareJSON(w io.Writer, a, b Run, o Options) error {
	a, b = a.as(o), b.as(o)
	doc := compareJSON{Schema, []runJSON{document(a, o), document(b, o)}, []differenceJSON{}}
	for _, d := range story.Compare(a.Story, b.Story).Differences() {
		doc.Differences = append(doc.Differences, differenceJSON{d.Where, d.Name, side(d.A, o), side(d.B, o)})
	}
	return encode(w, doc)
}

// side is the value of one run, or null. Of a token it is what it is, unless secrets are shown.
func side(r *story.Row, o Options) *string {
	if r == nil || r.Absent {
		return nil
	}
	v := rowValue(*r, o)
	return &v
}

// rowValue is the value of a row as it may be shown.
func rowValue(r story.Row, o Options) string {
	if r.Secret == "" || o.ShowSecrets {
		return r.Value
	}
	if r.Kind != "" && r.Short != "" && r.Name != "Authorization" {
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
