package ui

import (
	"encoding/base64"
	"fmt"
	"slices"

	"authscope/flow/story"
	"authscope/jwtview"
	"authscope/ui/safe"
)

// planted is the tree of the shown token, with what it was made from.
type planted struct {
	key  plantKey
	tree *tree
}

type plantKey struct {
	run    *run
	folded int
	token  *story.Token
	paste  *foreign
	judged int
	width  int
	beside bool
	folds  int
}

// plant returns the tree of a token, made anew only when something in it changed.
func (m *Model) plant(k looked, width int, beside bool) *tree {
	key := plantKey{m.cur, m.cur.folded, k.token, k.paste, k.judged(), width, beside, m.folds}
	if m.planted.tree != nil && m.planted.key == key {
		return m.planted.tree
	}
	p := newPlanting(width, m.now, m.expanded)
	v := k.view()
	p.mark("", k.checks())
	m.plantToken(p, "", v, k.keys(m))
	if k.paste != nil {
		m.plantRest(p, k.paste.in)
	}
	if !beside {
		p.checks(k.checks())
	}
	if k.paste != nil {
		p.findings(k.paste.lints)
	}
	if k.token != nil {
		p.changes(generationBefore(m.cur.story.Tokens(), k.token), k.token)
	}
	m.planted = planted{key, p.finish()}
	return m.planted.tree
}

// mark notes the outcome of checks beside the members that they speak of.
func (p *planting) mark(prefix string, checks []jwtview.Check) {
	for _, c := range checks {
		path := prefix + "claims." + c.ID
		switch c.ID {
		case "signature":
			path = prefix + "header.alg"
		case "typ":
			path = prefix + "header.typ"
		}
		p.marks[path] = markOf(c.Status)
	}
}

func markOf(st jwtview.Status) mark {
	switch st {
	case jwtview.Passed:
		return markPassed
	case jwtview.Failed:
		return markFailed
	}
	return markOpen
}

// plantToken adds the parts of a token: header, claims or payload, signature.
func (m *Model) plantToken(p *planting, prefix string, v jwtview.Token, keys jwtview.Keys) {
	if v.Header.Kind == jwtview.Object {
		p.part(node{path: prefix + "header", name: "header", text: counted(v.Header), style: dim, value: &v.Header}, len(v.Header.Members), open, func() {
			p.members(prefix+"header", v.ExplainHeader(m.now))
		})
	}
	switch {
	case v.Claims.Kind == jwtview.Object:
		p.part(node{path: prefix + "claims", name: "claims", text: counted(v.Claims), style: dim, value: &v.Claims}, len(v.Claims.Members), open, func() {
			p.members(prefix+"claims", v.ExplainClaims(m.now))
		})
	case len(v.Payload) > 0:
		text := fmt.Sprintf("%d bytes, no JSON object", len(v.Payload))
		p.part(node{path: prefix + "payload", name: "payload", text: text, style: dim, copy: string(v.Payload)}, 1, open, func() {
			p.wrapped(plain, 1, safe.Text(clip(string(v.Payload), maxShown)))
		})
	}
	if v.Format == jwtview.FormatJWT {
		p.signature(prefix, v, keys)
	}
}

// signature adds the signature, and which keys were tried on it.
func (p *planting) signature(prefix string, v jwtview.Token, keys jwtview.Keys) {
	text, st := fmt.Sprintf("%d bytes", len(v.Signature)), dim
	if len(v.Signature) == 0 {
		text = "none"
	}
	switch p.marks[prefix+"header.alg"] {
	case markPassed:
		text, st = text+", verified", good
	case markFailed:
		text, st = text+", does not hold", bad
	default:
		text += ", not verified"
	}
	tried := v.Attempts(keys)
	tried = tried[:min(len(tried), 200)]
	p.part(node{path: prefix + "signature", name: "signature", text: text, style: st, copy: base64.RawURLEncoding.EncodeToString(v.Signature)}, len(tried), closed, func() {
		for i, a := range tried {
			n := node{depth: 1, path: fmt.Sprintf("%ssignature.%d", prefix, i), name: a.Kid, text: a.Type, note: a.Why, mark: markOpen, style: dim}
			switch a.Outcome {
			case jwtview.Verified:
				n.mark, n.style = markPassed, plain
			case jwtview.Mismatch, jwtview.Refused:
				n.mark = markFailed
			}
			if n.name == "" {
				n.name = "no kid"
			}
			p.add(n, 0, leaf)
		}
	})
}

// plantRest adds what a pasted token holds besides: disclosures, other signatures, a token within.
func (m *Model) plantRest(p *planting, in jwtview.Inspection) {
	if d := in.Disclosed; d != nil {
		p.disclosures(d)
	}
	for i, s := range in.Signatures {
		if i > 0 && i < 20 {
			prefix := fmt.Sprintf("signature %d ", i+1)
			p.part(node{path: prefix, name: prefix, text: s.Alg(), style: dim}, 1, open, func() {})
			if s.Header.Kind == jwtview.Object {
				p.members(prefix+"header", s.ExplainHeader(m.now))
			}
		}
	}
	if inner, ok := in.Inner(); ok {
		p.add(node{path: "inner", name: "within", text: inner.Name, style: plain}, 0, leaf)
		m.plantToken(p, "inner ", inner.Token, nil)
	}
}

// disclosures adds what an SD-JWT discloses (RFC 9901 §4.2).
func (p *planting) disclosures(d *jwtview.Disclosed) {
	text := fmt.Sprintf("%d shown, %d kept back or decoys", len(d.Disclosures), d.Hidden)
	p.part(node{path: "disclosures", name: "disclosures", text: text, style: dim}, max(1, len(d.Disclosures)), open, func() {
		for i := range d.Disclosures[:min(len(d.Disclosures), 1000)] {
			x := &d.Disclosures[i]
			n := node{depth: 1, path: fmt.Sprintf("disclosures[%d]", i), name: x.Name, value: &x.Value, mark: markPassed, note: "its digest is in the token"}
			if n.name == "" {
				n.name = "(element)"
			}
			if !x.Found {
				n.mark, n.note = markFailed, "its digest is not in the token: the issuer did not sign it"
			}
			if x.Problem != "" {
				n.mark, n.note = markFailed, x.Problem
			}
			p.member(n)
		}
	})
}

// checks adds the comparisons; of one that failed, what it means.
func (p *planting) checks(cs []jwtview.Check) {
	if len(cs) == 0 {
		return
	}
	text, st := tally(cs)
	p.part(node{path: "checks", name: "checks", text: text, style: st}, len(cs), open, func() {
		for _, c := range cs {
			p.check(c)
		}
	})
}

func (p *planting) check(c jwtview.Check) {
	n := node{depth: 1, path: "checks." + c.ID, name: c.ID, text: c.Got, note: c.Detail, mark: markOf(c.Status), copy: c.Got}
	if c.Status == jwtview.NotApplicable {
		n.style = dim
		if n.text == "" {
			n.text, n.note = c.Detail, ""
		}
	}
	if c.Status == jwtview.Failed {
		n.note = "expected " + c.Want
	}
	p.add(n, 0, leaf)
	all := p.toggled[n.path]
	if all {
		p.wrapped(dim, 2, "expected  "+c.Want)
		p.wrapped(plain, 2, "seen      "+c.Got)
	}
	if all || c.Status == jwtview.Failed {
		p.wrapped(plain, 2, c.Detail)
	}
	if all {
		p.wrapped(dim, 2, c.Spec)
	}
}

// findings adds what is wrong with a token, whoever reads it.
func (p *planting) findings(fs []jwtview.Finding) {
	for _, f := range fs {
		st := odd
		if f.Severity == jwtview.Error {
			st = bad
		}
		n := node{path: "finding." + f.ID, name: string(f.Severity), text: f.Title, style: st, copy: f.Title + ". " + f.Seen + ". " + f.Means + " " + f.Do}
		p.part(n, 1, open, func() {
			for _, text := range []string{"seen  " + f.Seen, "why   " + f.Means, "do    " + f.Do} {
				p.wrapped(plain, 1, text)
			}
			p.wrapped(dim, 1, f.Spec)
		})
	}
}

// tally sums checks up.
func tally(cs []jwtview.Check) (string, textStyle) {
	n := map[jwtview.Status]int{}
	for _, c := range cs {
		n[c.Status]++
	}
	text, st := fmt.Sprintf("%d hold", n[jwtview.Passed]), good
	if n[jwtview.Failed] > 0 {
		text, st = fmt.Sprintf("%d do not hold, ", n[jwtview.Failed])+text, bad
	}
	if k := n[jwtview.NotApplicable]; k > 0 {
		text += fmt.Sprintf(", %d not checkable", k)
	}
	if i := slices.IndexFunc(cs, func(c jwtview.Check) bool { return c.ID == "signature" }); i >= 0 && cs[i].Status == jwtview.NotApplicable && st == good {
		text, st = "signature not verified; "+text, odd // what else holds, holds only if the token is genuine
	}
	return text, st
}

// changes compares a token with the generation before it, claim by claim.
func (p *planting) changes(before, t *story.Token) {
	if before == nil || t.View.Format != jwtview.FormatJWT {
		return
	}
	diffs, same := claimDiffs(before, t)
	text := fmt.Sprintf("%d claims, %d are the same", len(diffs), same)
	p.part(node{path: "changed", name: fmt.Sprintf("changed since #%d", before.Generation), text: text, style: dim}, len(diffs), open, func() {
		for _, d := range diffs {
			n := node{depth: 1, path: "changed." + d.name, name: d.name}
			switch {
			case d.now == nil:
				n.text, n.style = "gone; was "+preview(*d.was, 200), odd
			case d.was == nil:
				n.text, n.style, n.note = preview(*d.now, 200), good, "new"
			default:
				n.value, n.note = d.now, "was "+preview(*d.was, 200)
			}
			p.add(n, 0, leaf)
		}
	})
}

// claimDiff is a claim that differs between two generations.
type claimDiff struct {
	name     string
	was, now *jwtview.Value
}

// maxDiffs bounds a comparison of two tokens.
const maxDiffs = 500

func claimDiffs(a, b *story.Token) (out []claimDiff, same int) {
	was := map[string]*jwtview.Value{}
	for i := range a.View.Claims.Members {
		was[a.View.Claims.Members[i].Name] = &a.View.Claims.Members[i].Value
	}
	for i := range b.View.Claims.Members {
		n := &b.View.Claims.Members[i]
		old := was[n.Name]
		delete(was, n.Name)
		if old != nil && old.String() == n.Value.String() {
			same++
		} else if len(out) < maxDiffs {
			out = append(out, claimDiff{n.Name, old, &n.Value})
		}
	}
	for i := range a.View.Claims.Members {
		if n := &a.View.Claims.Members[i]; was[n.Name] != nil && len(out) < maxDiffs {
			out = append(out, claimDiff{n.Name, was[n.Name], nil})
			delete(was, n.Name)
		}
	}
	return out, same
}

// generationBefore returns the token that t came after, or nil.
func generationBefore(tokens []*story.Token, t *story.Token) *story.Token {
	for _, o := range slices.Backward(tokens) {
		if o.Kind == t.Kind && o.Generation == t.Generation-1 {
			return o
		}
	}
	return nil
}
