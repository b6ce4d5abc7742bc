package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"authscope/flow/diagnose"
	"authscope/jwtview"
	"authscope/ui/safe"
)

// Explain prints what findings mean, apart from any run. The words of providers are those that d knows.
func Explain(w io.Writer, d diagnose.Reader, entries []diagnose.Entry, o Options) error {
	p := newPage(o)
	for i, e := range entries {
		if i > 0 {
			p.blank()
		}
		p.explain(d, e)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *page) explain(d diagnose.Reader, e diagnose.Entry) {
	p.put(0, severities[e.Severity]+" "+e.Title)
	p.put(2, strings.TrimSuffix(fmt.Sprintf("%s, %s, %s", e.ID, e.Severity, strings.Join(e.Catalogue, " ")), ", "))
	p.blank()
	p.para(2, 7, "means", e.Means)
	for i, c := range e.Causes {
		label := ""
		if i == 0 {
			label = "maybe"
		}
		p.para(2, 7, label, fmt.Sprintf("(%d) %s", i+1, strings.TrimRight(c, ";.")))
	}
	p.para(2, 7, "do", e.Do)
	for i, place := range d.Where(e.ID) {
		label := ""
		if i == 0 {
			label = "where"
		}
		p.para(2, 7, label, place)
	}
	p.para(2, 7, "spec", e.Spec)
	for i, s := range d.Said(e.ID) {
		label := ""
		if i == 0 {
			label = "words"
		}
		p.para(2, 7, label, said(s))
	}
}

// said writes a provider's words in a sentence.
func said(s diagnose.Said) string {
	quoted := strings.TrimSpace(s.Code + " “" + s.Text + "”")
	if s.Text == "" {
		quoted = s.Code
	}
	return strings.TrimSpace(s.Provider + ": " + quoted + ". " + s.Means)
}

// ExplainList prints every finding in a line.
func ExplainList(w io.Writer, entries []diagnose.Entry, o Options) error {
	p := newPage(o)
	width := 0
	for _, e := range entries {
		width = max(width, safe.Width(e.ID))
	}
	for _, e := range entries {
		p.line(0, severities[e.Severity]+" "+safe.Pad(e.ID, width)+"  "+e.Title)
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// entryJSON is a finding's text. Its members are part of the contract.
type entryJSON struct {
	ID         string           `json:"id"`
	Severity   jwtview.Severity `json:"severity"`
	Title      string           `json:"title"`
	Means      string           `json:"means"`
	Causes     []string         `json:"causes"`
	Candidates bool             `json:"candidates"` // the wire does not tell which of the causes it is
	Do         string           `json:"do"`
	Spec       string           `json:"spec"`
	Catalogue  []string         `json:"catalogue"`
	Where      []string         `json:"where"` // in the consoles of providers
	Words      []wordsJSON      `json:"words"` // of providers
}

type wordsJSON struct {
	Provider string  `json:"provider"`
	Error    *string `json:"error"`
	Text     *string `json:"text"` // a part of error_description or of a page, in lower case
	Means    *string `json:"means"`
}

// ExplainJSON prints what Explain prints, for programs.
func ExplainJSON(w io.Writer, d diagnose.Reader, entries []diagnose.Entry) error {
	doc := struct {
		Schema   int         `json:"schema"`
		Findings []entryJSON `json:"findings"`
	}{Schema, []entryJSON{}}
	for _, e := range entries {
		words := []wordsJSON{}
		for _, s := range d.Said(e.ID) {
			words = append(words, wordsJSON{s.Provider, text(s.Code), text(s.Text), text(s.Means)})
		}
		doc.Findings = append(doc.Findings, entryJSON{e.ID, e.Severity, e.Title, e.Means, list(e.Causes), e.Open, e.Do, e.Spec, list(e.Catalogue), list(d.Where(e.ID)), words})
	}
	b, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
