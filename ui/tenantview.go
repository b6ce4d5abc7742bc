package ui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/metadata"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
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

// lookedAt says that a tenant was asked for all that it publishes.
type lookedAt struct {
	run *run
	err error
}

// readTenant reads the tenant of the current run anew if something in it has changed.
func (m *Model) readTenant() *shownTenant {
	g, t := &m.tenant, m.cur.story.Tenant()
	if g.tenant == t {
		return g
	}
	*g = shownTenant{tenant: t, findings: diagnose.Tenant(&m.cur.story, m.now)}
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
			e.mark, e.markSt = theme.Finding, m.severity(g.findings[0].Severity)
		case p == keysPart && m.worstOf(g, g.tenant.KeySet) != "":
			e.mark, e.markSt = theme.Finding, m.severity(m.worstOf(g, g.tenant.KeySet))
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
	s.tree = g.tree
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
	m.keyLine(s, "d", "asks it for its metadata and its keys, and for nothing else.")
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
		m.keyLine(s, "d", "asks for the keys, and for the document of RFC 8414.")
	case m.whyNotAskTenant() == "" && t.KeySet == nil:
		m.keyLine(s, "d", "asks for the keys.")
	case m.whyNotAskTenant() == "" && len(t.Documents) < 2:
		m.keyLine(s, "d", "asks for the document of RFC 8414.")
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

// selectedAttempt is the call that the selected address, document or key came with, or 0.
func (m *Model) selectedAttempt() trace.CallID {
	t := m.readTenant().tenant
	it := m.pane().at()
	if it == nil || m.onMenu && m.wide() {
		return 0
	}
	at := func(prefix string) int {
		rest, ok := strings.CutPrefix(it.path, prefix)
		rest, _, _ = strings.Cut(rest, ".")
		if n, err := strconv.Atoi(rest); ok && err == nil {
			return n
		}
		return -1
	}
	switch i, d := at("tenant.attempt."), at("tenant.document."); {
	case i >= 0 && i < len(t.Attempts):
		return t.Attempts[i].Call.ID
	case d >= 0 && d < len(t.Documents):
		return t.Documents[d].Call.ID
	case m.part == keysPart && t.KeySet != nil:
		return t.KeySet.Call.ID
	case t.Known() && strings.HasPrefix(it.path, "tenant."):
		return t.Documents[0].Call.ID
	}
	return 0
}

// waitsForDiscovery reports whether the request for the metadata stands ready.
func (m *Model) waitsForDiscovery() bool {
	held := m.cur.held()
	return held != nil && held.Class == story.Discovery && held.Stage == trace.Discover
}

// whyNotAskTenant says why the tenant is not asked for more.
func (m *Model) whyNotAskTenant() string {
	switch {
	case m.view != tenantView:
		return "d asks the tenant for more in the view Tenant: press 5"
	case m.opt.Opened != nil:
		return savedOnly
	case m.whyNotRun() != "":
		return m.whyNotRun()
	case m.cur.looking:
		return "the tenant is being asked"
	case m.waitsForDiscovery():
		return "the request for the metadata stands ready: enter sends it"
	case m.cur.settings().Issuer == "":
		return "there is no issuer to ask"
	case m.cur.looked && m.readTenant().tenant.KeySet != nil:
		return "all of it was asked for: the addresses are in the list"
	}
	return ""
}

// askTenant asks for all that the tenant publishes, beside whatever else goes on: a login that waits stays as it is.
func (m *Model) askTenant() tea.Cmd {
	r, ctx, session := m.cur, m.ctx, m.cur.session
	r.looking = true
	m.toast = "asking for metadata and keys"
	ctx, cancel := context.WithCancel(ctx)
	r.stopLooking = cancel
	return func() tea.Msg { defer cancel(); return lookedAt{r, flow.Look(ctx, session)} }
}

// gotTenant notes that the tenant was asked. What came stands in the trace.
func (m *Model) gotTenant(msg lookedAt) {
	msg.run.fold(m.now)
	msg.run.looking, msg.run.looked = false, true
	if msg.run != m.cur {
		return
	}
	m.toast = ""
	if msg.err != nil {
		m.toast = "not read: " + flow.Reason(msg.err)
	}
}
