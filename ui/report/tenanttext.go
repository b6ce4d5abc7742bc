package report

import (
	"fmt"
	"io"
	"strings"

	"authscope/flow/metadata"
	"authscope/flow/story"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// TenantText writes a tenant for people: what it says it can do, each member with what it means, its keys, the addresses that
// were asked, and what is wrong.
func TenantText(w io.Writer, t Tenant, o TokenOptions) error {
	s := newTenantSheet(o)
	s.tenantHead(t)
	if t.Known() {
		s.abilities(t)
		for _, g := range metadata.Groups {
			s.group(t, g)
		}
		s.documents(t)
	}
	s.keySet(t)
	s.attempts(t.attempts())
	s.findings(t.plain())
	s.blank()
	s.tenantVerdict(t)
	_, err := io.WriteString(w, s.b.String())
	return err
}

// plain are the findings without the places that they speak of.
func (t Tenant) plain() (fs []jwtview.Finding) {
	for _, f := range t.Findings {
		fs = append(fs, f.Finding)
	}
	return fs
}

// newTenantSheet gives the long names of metadata the room that they need, where there is any.
func newTenantSheet(o TokenOptions) *sheet {
	s := newSheet(o)
	if s.width >= 100 {
		s.names = 40
	}
	return s
}

func (s *sheet) tenantHead(t Tenant) {
	s.line(0, span{s.th.Strong, orText(t.Named(), t.Issuer)}, span{s.th.Dim, "  " + t.Provider()})
	s.para(2, span{}, 0, s.th.Dim, t.Embedded)
	if len(t.Documents) == 0 {
		return
	}
	const label = 11
	var docs []string
	for i, d := range t.Documents {
		words := string(d.Place)
		switch {
		case i == 0:
		case d.Identical:
			words += ": byte by byte the same"
		default:
			words += fmt.Sprintf(": %s", plural(t.differ(i), "difference"))
		}
		docs = append(docs, words)
	}
	s.para(2, span{s.th.Dim, "documents"}, label, s.th.Text, strings.Join(docs, "; "))
	s.para(2, span{s.th.Dim, "keys"}, label, s.th.Text, t.keysText())
	counts := map[jwtview.Severity]int{}
	for _, f := range t.Findings {
		counts[f.Severity]++
	}
	s.para(2, span{s.th.Dim, "findings"}, label, s.th.Text, orText(join(", ", count(counts[jwtview.Error], "error"), count(counts[jwtview.Warning], "warning"), count(counts[jwtview.Info], "remark")), "none"))
}

func count(n int, word string) string {
	if n == 0 {
		return ""
	}
	return plural(n, word)
}

// differ counts the differences of the i-th document.
func (t Tenant) differ(i int) (n int) {
	for _, d := range t.Differences {
		if d.Doc == i {
			n++
		}
	}
	return n
}

func (t Tenant) keysText() string {
	if t.KeySet == nil {
		return "not read"
	}
	n := len(t.KeySet.Keys) + t.KeySet.More
	if n > 0 && n <= 3 {
		var kinds []string
		for i := range t.KeySet.Keys {
			kinds = append(kinds, t.KeySet.Keys[i].Kind())
		}
		return plural(n, "key") + ": " + strings.Join(kinds, "; ")
	}
	return plural(n, "key")
}

// answer is the symbol of what a tenant says.
func (s *sheet) answer(a story.Saying) span {
	switch a {
	case story.SaysYes:
		return span{s.th.OK, theme.Passed}
	case story.SaysNo:
		return span{s.th.Dim, theme.Skipped}
	}
	return span{s.th.Dim, theme.Pending}
}

func (s *sheet) abilities(t Tenant) {
	s.title("what it says it can do", "only a try tells whether it is true")
	names := 0
	for _, a := range t.Abilities {
		names = max(names, safe.Width(a.Title))
	}
	for _, a := range t.Abilities {
		style := s.th.Text
		if a.Answer != story.SaysYes {
			style = s.th.Dim
		}
		mark := s.answer(a.Answer)
		for i, l := range safe.Wrap(safe.Line(a.Text), s.width-6-names) {
			head := []span{{mark.style, "  " + mark.text + " "}, {style, safe.Pad(a.Title, names+2)}}
			if i > 0 {
				head = []span{{style, safe.Pad("", names+6)}}
			}
			s.line(0, append(head, span{style, l})...)
		}
	}
}

// group writes the members of a group: received ones in their order, then those whose absence says something.
func (s *sheet) group(t Tenant, g metadata.Group) {
	var members []*story.Member
	for i := range t.Members {
		if m := &t.Members[i]; m.Group == g {
			members = append(members, m)
		}
	}
	n := len(members)
	if g == metadata.Unknown {
		n += t.More
	}
	if n == 0 {
		return
	}
	s.title(strings.ToLower(g.Title()[:1])+g.Title()[1:], "")
	shown := members[:min(len(members), maxRows)]
	for _, m := range shown {
		s.member(m)
	}
	if n > len(shown) {
		s.line(2, span{s.th.Dim, fmt.Sprintf("… %s more", plural(n-len(shown), "member"))})
	}
}

// member writes one member: its value beside its name, below it what it is and where that is specified.
func (s *sheet) member(m *story.Member) {
	mark, style, value := span{s.th.Dim, " "}, s.th.Text, s.memberValue(m)
	if m.Absent() {
		mark, style, value = span{s.th.Dim, theme.Skipped}, s.th.Dim, safe.Wrap(join("  ", join(": ", "absent", m.Default), bracketed(m.Spec)), s.width-s.nameRoom()-4)
	}
	if m.Odd() {
		mark = span{s.th.Warn, "!"}
	}
	col := s.nameRoom() + 4
	name := safe.Line(head(m.Name, s.width))
	first := []span{mark, {s.th.Dim, " " + name}}
	if safe.Width(name)+2 > s.nameRoom()+2 {
		s.line(0, first...)
		first = []span{{s.th.Dim, safe.Pad("", col)}}
	} else {
		first[1].text = safe.Pad(first[1].text, col-1)
	}
	for i, l := range value {
		if i > 0 {
			first = []span{{s.th.Dim, safe.Pad("", col)}}
		}
		s.line(0, append(first, span{style, l})...)
	}
	s.para(col, span{}, 0, s.th.Text, m.Notes())
	if !m.Absent() {
		s.para(col, span{}, 0, s.th.Dim, join(" ", m.Meaning, bracketed(m.Spec)))
	}
}

// memberValue writes a value: of a list of strings what stands in it.
func (s *sheet) memberValue(m *story.Member) []string {
	if text, ok := listText(m.Value); ok {
		return safe.Wrap(safe.Line(head(text, 2000)), s.width-s.nameRoom()-4)
	}
	return s.value(story.Discreet(m.Value))
}

// listText writes a list of strings in a line; ok is false for anything else.
func listText(v jwtview.Value) (text string, ok bool) {
	if v.Kind != jwtview.Array || len(v.Elems) == 0 {
		return "", false
	}
	var words []string
	for _, e := range v.Elems {
		if e.Kind != jwtview.String {
			return "", false
		}
		words = append(words, e.Text)
		if len(words) == maxMembers*4 {
			words = append(words, fmt.Sprintf("… %d in all: --json has them", len(v.Elems)))
			break
		}
	}
	return strings.Join(words, ", "), true
}

// documents compares the documents that the tenant publishes.
func (s *sheet) documents(t Tenant) {
	for i, d := range t.Documents {
		if i == 0 || d.Identical {
			continue
		}
		s.title("how "+string(d.Place)+" differs", fmt.Sprintf("%s the same; %s", plural(d.Same, "member"), d.Call.Request.URL))
		n := 0
		for _, x := range t.Differences {
			if x.Doc != i {
				continue
			}
			if n++; n > maxRows/5 {
				continue
			}
			s.line(2, span{s.th.Dim, safe.Cut(safe.Line(x.Name), 50)}, span{s.th.Dim, "  " + x.Note})
			s.para(4, span{s.th.Dim, string(t.Documents[0].Place)}, 18, s.th.Text, shortValue(x.A))
			s.para(4, span{s.th.Dim, string(d.Place)}, 18, s.th.Text, shortValue(x.B))
		}
		if n > maxRows/5 {
			s.line(2, span{s.th.Dim, fmt.Sprintf("… %d in all: --json has them", n)})
		}
	}
}

// shortValue is the beginning of a value on one side of a comparison.
func shortValue(v *jwtview.Value) string {
	if v == nil {
		return "absent"
	}
	d := story.Discreet(*v)
	text, isList := listText(d)
	if !isList {
		text = d.String()
	}
	if d.Kind == jwtview.String {
		text = plainString(d.Text)
	}
	if short := head(text, 600); len(short) < len(text) {
		return short + "…"
	}
	return text
}
