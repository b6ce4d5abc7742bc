package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/diagnose"
	"authscope/flow/metadata"
	"authscope/flow/story"
	"authscope/jwtview"
	"authscope/ui/theme"
)

// tenantPart is a line of the list of the view Tenant.
type tenantPart string

// The parts besides the groups of members, which have their own names.
const (
	overviewPart  tenantPart = ""
	findingsPart  tenantPart = "findings"
	keysPart      tenantPart = "keys"
	documentsPart tenantPart = "documents"
	attemptsPart  tenantPart = "attempts"
)

// shownTenant is what Tenant shows, with what it was made from: a tenant that is read anew has another address.
type shownTenant struct {
	key      partKey
	tree     *tree
	tenant   *story.Tenant
	findings []diagnose.Finding
	why      whys // the same, by what they speak of
	groups   []groupCount
}

type partKey struct {
	tenant *story.Tenant
	part   tenantPart
	width  int
	folds  int
}

// groupCount is how many members of a group came, and whether one of them is odd.
type groupCount struct {
	group metadata.Group
	n     int
	odd   bool
}

// readTenant reads the tenant of the current run anew if something in it has changed.
func (m *Model) readTenant() *shownTenant {
	g, t := &m.tenant, m.cur.story.Tenant()
	if g.tenant == t {
		return g
	}
	*g = shownTenant{tenant: t, findings: m.opt.Reader.Tenant(&m.cur.story, m.now)}
	g.why = sortWhys(g.findings)
	for _, group := range metadata.Groups {
		c := groupCount{group: group}
		there := false
		for i := range t.Members {
			x := &t.Members[i]
			if x.Group != group {
				continue
			}
			there = true
			if !x.Absent() {
				c.n++
			}
			c.odd = c.odd || x.Odd()
		}
		if there {
			g.groups = append(g.groups, c)
		}
	}
	return g
}

// tenantParts lists the parts that there are.
func (m *Model) tenantParts() []tenantPart {
	g := m.readTenant()
	parts := []tenantPart{overviewPart}
	if !g.tenant.Known() && (len(g.tenant.Attempts) == 0 || m.waitsForDiscovery()) {
		return parts
	}
	if len(g.findings) > 0 {
		parts = append(parts, findingsPart)
	}
	for _, c := range g.groups {
		parts = append(parts, tenantPart(c.group))
	}
	if g.tenant.Known() {
		parts = append(parts, keysPart, documentsPart)
	}
	return append(parts, attemptsPart)
}

// partAt returns the list of parts and which is selected; a part that is gone makes place for the first.
func (m *Model) partAt() ([]tenantPart, int) {
	parts := m.tenantParts()
	i := slices.Index(parts, m.part)
	if i < 0 {
		i, m.part = 0, parts[0]
	}
	return parts, i
}

func (m *Model) selectPart(p tenantPart) {
	if m.part != p {
		m.part, m.panes[tenantView] = p, pane{}
	}
}

// moveTenant moves the selection in the list.
func (m *Model) moveTenant(n int) {
	parts, i := m.partAt()
	m.selectPart(parts[max(0, min(i+n, len(parts)-1))])
}

func (m *Model) tenantCounter() string {
	parts, i := m.partAt()
	return fmt.Sprintf("%d of %d  ", i+1, len(parts))
}

// tenantEntries is the list on the left.
func (m *Model) tenantEntries() (out []entry) {
	parts, at := m.partAt()
	g := m.readTenant()
	for i, p := range parts {
		e := entry{mark: theme.Between, markSt: m.th.Dim, selected: i == at}
		e.title, e.right = m.partTitle(g, p)
		switch {
		case p == findingsPart:
			e.mark, e.markSt = m.severityMark(g.findings[0].Severity)
		case p == keysPart && m.worstOf(g, g.tenant.KeySet) != "":
			e.mark, e.markSt = m.severityMark(m.worstOf(g, g.tenant.KeySet))
		case slices.ContainsFunc(g.groups, func(c groupCount) bool { return tenantPart(c.group) == p && c.odd }):
			e.mark, e.markSt = theme.Finding, m.th.Warn
		}
		e.choose = func(m *Model) tea.Cmd { m.selectPart(p); m.onMenu = true; return nil }
		out = append(out, e)
	}
	return out
}

// worstOf is how bad the worst is that is wrong with the keys, or "".
func (m *Model) worstOf(g *shownTenant, keys *story.KeySet) jwtview.Severity {
	for _, f := range g.findings { // the worst come first
		if keys != nil && f.Call == keys.Call.ID && f.Severity != jwtview.Info {
			return f.Severity
		}
	}
	return ""
}

// partTitle is how a part is called, and how much is in it.
func (m *Model) partTitle(g *shownTenant, p tenantPart) (title, right string) {
	t := g.tenant
	switch p {
	case overviewPart:
		return "What it says it can do", ""
	case findingsPart:
		return "Findings", fmt.Sprint(len(g.findings))
	case keysPart:
		if t.KeySet == nil {
			return "Keys", "not read"
		}
		return "Keys", fmt.Sprint(len(t.KeySet.Keys) + t.KeySet.More)
	case documentsPart:
		return "Documents", fmt.Sprint(len(t.Documents))
	case attemptsPart:
		return "Addresses asked", fmt.Sprint(len(t.Attempts))
	}
	for _, c := range g.groups {
		if tenantPart(c.group) == p {
			n := c.n
			if c.group == metadata.Unknown {
				n += t.More
			}
			return c.group.Title(), fmt.Sprint(n)
		}
	}
	return string(p), ""
}
