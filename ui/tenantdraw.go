package ui

import (
	"fmt"

	"authscope/flow/metadata"
	"authscope/flow/story"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// fillTenant shows the selected part of what the tenant says of itself.
func (m *Model) fillTenant(s *sheet) {
	g := m.readTenant()
	m.partAt()
	if !g.tenant.Known() && (len(g.tenant.Attempts) == 0 || m.waitsForDiscovery()) {
		m.nothingYet(s)
		return
	}
	whole := s.w
	beside := s.w >= besideFrom && m.part != findingsPart && len(g.findings) > 0
	if beside {
		s.w -= besideWidth
	}
	m.tenantHead(s, g)
	if !beside && m.part == overviewPart {
		m.tenantTitles(s, g)
	}
	s.gap()
	if m.part == findingsPart {
		m.tenantFindings(s, g)
		return
	}
	key := partKey{g.tenant, m.part, s.w, m.folds}
	if g.tree == nil || g.key != key {
		g.key, g.tree = key, m.plantTenant(g, s.w)
	}
	s.list = g.tree
	if beside {
		s.beside = m.besideFindings(g, besideWidth-4, whole)
	}
}

// nothingYet stands where the tenant was not asked, with the key that does it.
func (m *Model) nothingYet(s *sheet) {
	s.title("Nothing is known of this tenant yet")
	s.gap()
	switch {
	case m.opt.Opened != nil:
		s.text(m.th.Text, 0, "In this session it was not asked for its metadata.")
		return
	case m.startErr != nil:
		s.text(m.th.Bad, 0, theme.Failed+" There is no tenant to ask: "+m.startErr.Error())
		return
	case m.waitsForDiscovery():
		s.text(m.th.Text, 0, "Its metadata says where its endpoints are, what may be asked for, and how its tokens are signed. The request stands ready:")
		s.gap()
		s.text(m.th.Dim, 2, theme.Sent+" GET "+bareURL(m.cur.held().Request.URL))
		s.gap()
		m.keyLine(s, "enter", "sends it.")
		return
	case m.cur.settings().Issuer == "":
		s.text(m.th.Text, 0, "The endpoints were given by hand, and there is no issuer to ask.")
		return
	case m.cur.looking:
		s.text(m.th.Dim, 0, "It is being asked…")
		return
	}
	m.keyLine(s, "D", "asks it for its metadata and its keys, and for nothing else.")
}

// keyLine says what a key does.
func (m *Model) keyLine(s *sheet, key, does string) {
	var c cells
	c.put(m.th.Key, key)
	c.put(m.th.Text, safe.Cut(" "+does, s.w-c.w))
	s.line(c.String())
}

// tenantHead names the tenant and the part, and says in a line what there is to know of it.
func (m *Model) tenantHead(s *sheet, g *shownTenant) {
	t := g.tenant
	title, _ := m.partTitle(g, m.part)
	var c cells
	c.put(m.th.Title, title)
	name := t.Named()
	if p := t.Provider(); p != "" {
		name += "  " + p
	}
	c.end(m.th.Dim, safe.Cut(safe.Line(name), s.w-c.w-3), s.w)
	s.line(c.String())
	if text := m.partText(g); text != "" {
		s.text(m.th.Dim, 0, text)
	}
	if m.part == overviewPart || m.part == keysPart || m.part == documentsPart {
		m.offerMore(s, t)
	}
}

// partText is what there is to say of a part as a whole.
func (m *Model) partText(g *shownTenant) string {
	t := g.tenant
	switch {
	case m.part == overviewPart && !t.Known():
		return "Its metadata could not be read: see the findings, and the addresses that were asked."
	case m.part == overviewPart:
		return "As its metadata says. Only a try tells whether it is true."
	case m.part == keysPart && t.KeySet != nil:
		return fmt.Sprintf("%s; %s", bareURL(t.KeySet.Call.Request.URL), t.KeySet.AgeText())
	case m.part == documentsPart && len(t.Documents) == 1:
		return "One document came: " + string(t.Documents[0].Place) + "."
	case m.part == tenantPart(metadata.Unknown) && t.More > 0:
		return fmt.Sprintf("%d more members are not read; Wire (6) has the bytes.", t.More)
	}
	return ""
}

// offerMore says that more can be asked for.
func (m *Model) offerMore(s *sheet, t *story.Tenant) {
	switch {
	case m.cur.looking:
		s.text(m.th.Dim, 0, "It is being asked for more…")
	case m.whyNotAskTenant() == "" && t.KeySet == nil && len(t.Documents) < 2:
		m.keyLine(s, "D", "asks for the keys, and for the document of RFC 8414.")
	case m.whyNotAskTenant() == "" && t.KeySet == nil:
		m.keyLine(s, "D", "asks for the keys.")
	case m.whyNotAskTenant() == "" && len(t.Documents) < 2:
		m.keyLine(s, "D", "asks for the document of RFC 8414.")
	}
}

// tenantTitles names above the rest what is wrong. Remarks are in the list.
func (m *Model) tenantTitles(s *sheet, g *shownTenant) {
	for i, f := range g.findings {
		if f.Severity == jwtview.Info || i == 3 {
			if i > 0 {
				s.text(m.th.Dim, 2, "why, and what to do: Findings in the list")
			}
			break
		}
		m.findingTitle(s, f)
	}
}

// tenantFindings says of each finding why, and what to do.
func (m *Model) tenantFindings(s *sheet, g *shownTenant) {
	for _, f := range g.findings {
		s.gap()
		m.finding(s, f)
	}
}

// besideFindings is the column of findings at the right: a title each, and of what is wrong what to do.
func (m *Model) besideFindings(g *shownTenant, w, _ int) []string {
	s := &sheet{th: m.th, w: w, m: m}
	s.title("findings")
	for _, f := range g.findings {
		s.gap()
		m.findingTitle(s, f)
		s.text(m.th.Text, 2, f.Seen)
		if f.Severity != jwtview.Info {
			s.text(m.th.Dim, 2, f.Do)
		}
	}
	h := m.bodyHeight()
	for len(s.rows) < h {
		s.line("")
	}
	out := make([]string, 0, h)
	for _, r := range s.rows[:h] {
		out = append(out, r.text)
	}
	if more := len(s.rows) - h; more > 0 {
		out[h-1] = m.th.Dim.Render(theme.Down + " more under Findings in the list")
	}
	return out
}
