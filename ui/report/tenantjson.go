package report

import (
	"io"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// tenantDocument lays a tenant out as the contract has it.
func tenantDocument(t Tenant) tenantSheetJSON {
	doc := tenantSheetJSON{Schema: Schema, Verdict: t.Verdict(), Issuer: t.Issuer, Named: text(t.Named()), Provider: text(t.Provider()), AsOf: instant(t.Now), More: t.More,
		Documents: []documentJSON{}, Members: []memberJSON{}, Differences: []docDifferenceJSON{}, Tried: []attemptJSON{}, Abilities: []abilityJSON{}, Findings: []findingJSON{}}
	for _, d := range t.Documents {
		doc.Documents = append(doc.Documents, documentJSON{d.Place, d.Call.Request.URL, d.Identical, d.Same})
	}
	for i := range t.Members {
		doc.Members = append(doc.Members, memberOf(&t.Members[i]))
	}
	for _, d := range t.Differences {
		doc.Differences = append(doc.Differences, docDifferenceJSON{d.Doc, d.Name, d.A, d.B, text(d.Note)})
	}
	for _, a := range t.attempts() {
		doc.Tried = append(doc.Tried, attemptOf(a))
	}
	for _, a := range t.Abilities {
		doc.Abilities = append(doc.Abilities, abilityOf(a))
	}
	for _, f := range t.Findings {
		doc.Findings = append(doc.Findings, findingOf(f))
	}
	doc.Keys = keySetOf(t.KeySet)
	return doc
}

func abilityOf(a story.Ability) abilityJSON {
	return abilityJSON{a.ID, a.Title, a.Answer, a.Text, list(a.From), a.Spec}
}

func memberOf(m *story.Member) memberJSON {
	out := memberJSON{Name: m.Name, Group: m.Group, Default: text(m.Default), Meaning: text(m.Meaning), Spec: text(m.Spec), Type: text(string(m.Kind)),
		Own: text(m.Own), Repeats: m.Repeats, ByHand: m.ByHand, Near: text(m.Near), Problem: text(m.Problem), Signature: text(m.Signature)}
	if !m.Absent() {
		v := story.Discreet(m.Value)
		out.Order, out.Value = &m.Order, &v
	}
	return out
}

func attemptOf(a story.Attempt) attemptJSON {
	out := attemptJSON{Place: a.Place, URL: a.URL, Result: a.Result, Used: a.Used, Duration: millis(a.Call.Duration())}
	if r := a.Call.Response; r != nil {
		out.Status = &r.Status
	}
	if a.Call.TLS != nil {
		out.Cert = certOf(a.Call.TLS.Server)
	}
	return out
}

func certOf(c *trace.Certificate) *certSumJSON {
	if c == nil {
		return nil
	}
	return &certSumJSON{c.Subject, c.Issuer, instant(c.NotBefore), instant(c.NotAfter), c.Thumbprint, c.SelfSigned}
}

func keySetOf(s *story.KeySet) *keySetJSON {
	if s == nil {
		return nil
	}
	out := &keySetJSON{URL: s.Call.Request.URL, At: instant(s.At), Changed: instant(s.Changed), Keys: []jwkSumJSON{}, More: s.More}
	if s.Aged {
		out.Age = new(seconds(s.Age))
	}
	if s.Fresh {
		out.FreshFor = new(seconds(s.FreshFor))
	}
	for i := range s.Keys {
		k := &s.Keys[i]
		j := jwkSumJSON{N: k.N, Kid: text(k.ID), Type: text(k.Type), Alg: text(k.Alg), Use: text(k.Use), Ops: list(k.Ops), Curve: text(k.Curve), Print: text(k.Print),
			Since: instant(k.Since), From: text(k.From), Cert: certOf(k.Cert), Chain: k.Chain, CertErr: text(k.CertErr), Private: list(k.Private), Secret: k.Secret, Problem: text(k.Problem)}
		if k.Bits > 0 {
			j.Bits = &k.Bits
		}
		out.Keys = append(out.Keys, j)
	}
	return out
}

// CompareTenantsJSON writes two tenants and what differs as one JSON object, the contract of `authscope tenant --compare --json`.
func CompareTenantsJSON(w io.Writer, a, b Tenant) error {
	c := story.CompareTenants(a.Tenant, b.Tenant)
	doc := tenantsJSON{Schema: Schema, Tenants: []tenantSheetJSON{tenantDocument(a), tenantDocument(b)}, Same: list(c.Same), Below: list(c.Below),
		Abilities: []abilityPairJSON{}, Members: []memberPairJSON{}, Keys: keysPairJSON{list(c.Keys.A), list(c.Keys.B), c.Keys.Same, c.Keys.Shared}}
	for _, p := range c.Abilities {
		doc.Abilities = append(doc.Abilities, abilityPairJSON{p.A.ID, p.A.Answer, p.B.Answer, p.A.Text, p.B.Text})
	}
	for _, p := range c.Members {
		doc.Members = append(doc.Members, memberPairJSON{p.Name, valueOf(p.A), valueOf(p.B), text(p.Note)})
	}
	return encode(w, doc)
}

func valueOf(m *story.Member) *jwtview.Value {
	if m == nil {
		return nil
	}
	v := story.Discreet(m.Value)
	return &v
}

type tenantsJSON struct {
	Schema    int               `json:"schema"`
	Tenants   []tenantSheetJSON `json:"tenants"`
	Abilities []abilityPairJSON `json:"abilities"` // that differ
	Members   []memberPairJSON  `json:"members"`   // that differ
	Keys      keysPairJSON      `json:"keys"`
	Same      []string          `json:"same"`
	Below     []string          `json:"same_below_issuer"`
}

type abilityPairJSON struct {
	ID      string       `json:"id"`
	AnswerA story.Saying `json:"answer_a"`
	AnswerB story.Saying `json:"answer_b"`
	TextA   string       `json:"text_a"`
	TextB   string       `json:"text_b"`
}

type memberPairJSON struct {
	Name string         `json:"name"`
	A    *jwtview.Value `json:"a"`
	B    *jwtview.Value `json:"b"`
	Note *string        `json:"note"`
}

type keysPairJSON struct {
	A      []string `json:"a"`
	B      []string `json:"b"`
	Same   bool     `json:"same"`
	Shared int      `json:"shared"`
}
