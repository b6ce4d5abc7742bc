package ui

import (
	"fmt"
	"strconv"
	"strings"

	"authscope/flow/metadata"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
)

// plantTenant makes the tree of the selected part. It is kept until something in it changes.
func (m *Model) plantTenant(g *shownTenant, width int) *tree {
	p := newPlanting(width, m.now, m.expanded)
	p.means = metadata.ValueMeaning
	t := g.tenant
	switch m.part {
	case overviewPart:
		p.abilities(t)
	case keysPart:
		p.keySet(t)
	case documentsPart:
		p.documents(t)
	case attemptsPart:
		p.attempts(t)
	default:
		p.group(t, metadata.Group(m.part))
	}
	return p.finish()
}

// abilities adds what the tenant says that it can do; unfolded, where that is read from.
func (p *planting) abilities(t *story.Tenant) {
	var names []string
	for _, a := range t.Abilities {
		names = append(names, a.Title)
	}
	p.columnFor(names...)
	for _, a := range t.Abilities {
		n := node{depth: 1, path: "tenant.can." + a.ID, name: a.Title, copy: a.Text, mark: markOpen, style: dim}
		switch a.Answer {
		case story.SaysYes:
			n.mark, n.style = markPassed, plain
		case story.NotSaid:
			n.mark = noMark
		}
		p.said(n, a.Text)
		if p.toggled[n.path] {
			p.under(dim, "read from "+strings.Join(a.From, ", "))
			p.under(dim, a.Spec)
		}
	}
}

// said adds an item with a text in as many lines as it needs.
func (p *planting) said(n node, text string) {
	lines := safe.Wrap(safe.Line(text), max(10, p.width-p.column-2))
	n.text = lines[0]
	p.add(n, 0, leaf)
	for _, l := range lines[1:] {
		p.below(n.style, 0, l)
		p.t.nodes[len(p.t.nodes)-1].under = true
	}
}

// group adds the members of a group.
func (p *planting) group(t *story.Tenant, group metadata.Group) {
	var names []string
	for i := range t.Members {
		if t.Members[i].Group == group && len(names) < 100 {
			names = append(names, t.Members[i].Name)
		}
	}
	p.columnFor(names...)
	for i := range t.Members {
		if x := &t.Members[i]; x.Group == group {
			p.metadataMember(x)
		}
	}
}

// maxWhole is how long a value may be that is written out at once.
const maxWhole = 400

// metadataMember adds one member with what it means below its value; unfolded, also where that is specified, and all of the
// value.
func (p *planting) metadataMember(x *story.Member) {
	n := node{depth: 1, path: "tenant.member." + x.Name, name: x.Name}
	if x.Absent() {
		n.mark, n.style, n.copy = markOpen, dim, x.Name
		text := "absent"
		if x.Default != "" {
			text += ": " + x.Default
		}
		p.said(n, text)
		if p.toggled[n.path] {
			p.under(dim, x.Meaning)
			p.under(dim, x.Spec)
		}
		return
	}
	v := story.Discreet(x.Value)
	n.value = &v
	if x.Odd() {
		n.path, n.mark = n.path+"#"+strconv.Itoa(x.Order), markFailed
	}
	inside := len(v.Members) + len(v.Elems)
	unfolded := false
	if text := valueText(v); inside == 0 && len(text) <= maxWhole {
		n.value, n.copy = nil, v.Text // the end of a URL says as much as its beginning
		p.said(n, text)
	} else if unfolded = p.add(n, inside, closed); inside == 0 && p.toggled[n.path] {
		p.under(plain, text)
	}
	if notes := x.Notes(); notes != "" {
		p.under(map[bool]textStyle{true: odd, false: plain}[x.Odd()], notes)
	}
	p.under(dim, x.Meaning)
	if p.toggled[n.path] {
		p.under(dim, x.Spec)
	}
	if unfolded {
		p.inside(n)
	}
}

// keySet adds the keys, one part each.
func (p *planting) keySet(t *story.Tenant) {
	if t.KeySet == nil {
		return
	}
	p.columnFor("certificate")
	first := open
	if len(t.KeySet.Keys) > 4 {
		first = closed
	}
	for i := range t.KeySet.Keys {
		p.publishedKey(t.KeySet, &t.KeySet.Keys[i], first)
	}
	if t.KeySet.More > 0 {
		p.add(node{path: "tenant.keys.more", name: fmt.Sprintf("%d more keys are not read", t.KeySet.More)}, 0, leaf)
	}
	if len(t.KeySet.Keys) == 0 {
		p.add(node{path: "tenant.keys.none", name: "the set is empty"}, 0, leaf)
	}
}

func (p *planting) publishedKey(set *story.KeySet, k *story.PublishedKey, first folding) {
	path := "tenant.key." + strconv.Itoa(k.N)
	head := node{path: path, name: k.ID, text: k.Kind(), style: dim, copy: k.ID}
	if head.name == "" {
		head.name = "no kid"
	}
	if len(k.Private) > 0 || k.Secret {
		head.style, head.text = bad, head.text+": a key that must not be published"
	}
	add := func(name, value, note string) {
		if value == "" {
			return
		}
		n := node{depth: 1, path: path + "." + name, name: name, note: note, copy: value}
		if note != "" {
			n.text = value
			p.add(n, 0, leaf)
			return
		}
		p.said(n, value)
	}
	p.part(head, 1, first, func() {
		add("kid", k.ID, "")
		add("alg", k.Alg, "the only algorithm it is for")
		add("use", k.Use, map[string]string{"sig": "verifies signatures", "enc": "encrypts"}[k.Use])
		add("key_ops", strings.Join(k.Ops, ", "), "")
		add("material", k.Describe(), "")
		add("thumbprint", k.Print, "")
		add("age", k.Age(set.At), "")
		if k.Cert != nil {
			add("certificate", certificateText(k.Cert), "")
		}
		if len(k.Private) > 0 {
			add("private", strings.Join(k.Private, ", ")+": members that make it a private key. Their values are not shown.", "")
		}
		add("unusable", k.Problem, "")
		add("x5c", k.CertErr, "")
	})
}

// certificateText describes a certificate in a line.
func certificateText(c *trace.Certificate) string {
	by := "by " + c.Issuer
	if c.SelfSigned {
		by = "signed by itself"
	}
	return fmt.Sprintf("%s, %s, until %s", c.Subject, by, c.NotAfter.UTC().Format("2006-01-02"))
}

// documents adds each document, and how it differs from the one that is used.
func (p *planting) documents(t *story.Tenant) {
	names := []string{"url"}
	for _, x := range t.Differences[:min(len(t.Differences), 100)] {
		names = append(names, x.Name)
	}
	p.columnFor(names...)
	for i, d := range t.Documents {
		path := "tenant.document." + strconv.Itoa(i)
		n := node{path: path, name: string(d.Place), text: "the one that is used", style: dim, copy: d.Call.Request.URL}
		var diffs []story.DocumentDifference
		for _, x := range t.Differences {
			if x.Doc == i {
				diffs = append(diffs, x)
			}
		}
		switch {
		case i > 0 && d.Identical:
			n.text, n.style = "byte by byte the same", good
		case i > 0:
			n.text, n.style = fmt.Sprintf("%d members differ, %d are the same", len(diffs), d.Same), odd
		}
		p.part(n, 1, open, func() {
			p.said(node{depth: 1, path: path + ".url", name: "url", copy: d.Call.Request.URL}, d.Call.Request.URL)
			p.add(node{depth: 1, path: path + ".size", name: "size", text: fmt.Sprintf("%d bytes, %d members", len(d.Call.Response.Body), len(d.Call.Response.JSON.Members)), style: dim}, 0, leaf)
			for _, x := range diffs[:min(len(diffs), maxDiffs)] {
				p.difference(path, x)
			}
		})
	}
}

// difference adds both sides of a member that two documents have differently.
func (p *planting) difference(path string, x story.DocumentDifference) {
	side := func(v *jwtview.Value) string {
		if v == nil {
			return "absent"
		}
		return preview(story.Discreet(*v), 400)
	}
	n := node{depth: 1, path: path + "." + x.Name, name: x.Name, style: odd, copy: side(x.B)}
	if x.B == nil {
		n.style = dim
	}
	p.said(n, side(x.B))
	p.under(dim, "the first has "+side(x.A))
	p.under(dim, x.Note)
}

// attempts adds every address that was asked, with what came.
func (p *planting) attempts(t *story.Tenant) {
	p.columnFor("404")
	for i, a := range t.Attempts {
		n := node{depth: 1, path: "tenant.attempt." + strconv.Itoa(i), name: "none", mark: markOpen, copy: a.URL}
		if r := a.Call.Response; r != nil {
			n.name = strconv.Itoa(r.Status)
		}
		result := a.Result
		switch {
		case a.Used:
			n.mark, result = markPassed, took(a.Call.Duration())
		case a.Call.Response == nil && a.Call.Err != "":
			n.mark = markFailed
		case a.Call.Response == nil:
			n.mark, n.name = noMark, ""
		}
		p.said(n, a.URL)
		if result != "" {
			result = ": " + result
		}
		p.under(dim, string(a.Place)+result)
		if a.Call.TLS != nil && a.Call.TLS.Server != nil && (n.mark == markFailed || p.toggled[n.path]) {
			p.under(dim, "the server showed "+certificateText(a.Call.TLS.Server))
		}
	}
}
