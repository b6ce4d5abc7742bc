package ui

import (
	"fmt"

	"authscope/flow/metadata"
	"authscope/flow/story"
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
	m.tenantHead(s, g)
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

// tenantFindings says of each finding why, and what to do.
func (m *Model) tenantFindings(s *sheet, g *shownTenant) {
	for _, f := range g.findings {
		s.gap()
		m.finding(s, f)
	}
}
