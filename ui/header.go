package ui

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// header says what is being looked at, and how.
func (m *Model) header() string {
	var c cells
	th := m.th
	c.space(1)
	c.put(th.Brand, "authscope")
	c.space(3)
	s := m.cfg.Settings
	if m.opt.Opened != nil || m.cur.n > 0 {
		s = m.cur.settings()
	}
	name, about := m.subject(s)
	secrets := "secrets hidden"
	st := th.Dim
	if m.revealAll || len(m.revealed) > 0 && anyTrue(m.revealed) {
		secrets, st = "SECRETS SHOWN", th.Warn
	} else if m.cur.story.Redacted() {
		secrets = "without secrets"
	}
	right := cells{}
	if on := m.faultsOn(m.w - 110); on != "" {
		right.put(th.Warn, on)
		right.space(3)
	}
	if m.wide() && s.ClientID != "" {
		right.put(th.Text, safe.Cut(safe.Line(s.ClientID), 28))
		right.space(2)
		about := clientKind(m.cur.story.ClientAuth(), s) + "  PKCE S256"
		if !m.asOf.IsZero() {
			about = m.recordedClient()
		}
		right.put(th.Dim, about)
		right.space(4)
	}
	right.put(st, secrets)
	room := m.w - 1 - right.w - c.w - 2
	c.put(th.Text, safe.Cut(name, room))
	if room -= safe.Width(name) + 3; about != "" && room > 8 {
		c.put(th.Dim, " "+theme.Between+" "+safe.Cut(about, room))
	}
	c.to(m.w - 1 - right.w)
	c.b = append(c.b, right.b...)
	return c.String()
}

func anyTrue(m map[string]bool) bool {
	for _, v := range m {
		if v {
			return true
		}
	}
	return false
}

// subject is the tenant, in a word and by its address.
func (m *Model) subject(s trace.Settings) (name, about string) {
	issuer := safe.Line(s.Issuer)
	switch {
	case m.startErr != nil:
		return "no tenant", ""
	case !m.asOf.IsZero():
		rec, _ := m.cur.story.Recording()
		return recordedSubject(rec, issuer, m.asOf)
	case m.opt.Opened != nil:
		return "saved session", issuer
	case m.target == nil:
		return "embedded tenant", "starting"
	case s.Embedded != nil:
		return "embedded tenant", issuer
	}
	return issuer, ""
}

// clientKind is the method of client authentication. While the metadata has yet to decide on it, the client has at least
// something to prove itself with.
func clientKind(auth trace.ClientAuth, s trace.Settings) string {
	switch method := auth.Method; {
	case method == "" && s.ClientAuth == "":
		return "confidential"
	case method == "":
		return clientKind(trace.ClientAuth{Method: s.ClientAuth}, s)
	case method == trace.AuthNone:
		return "public"
	default:
		return safe.Cut(safe.Line(string(method)), 28)
	}
}

// tabs are the views, and how many findings there are. On a narrow screen the gaps go first, then the words of the findings, then
// the names of the views that are not shown.
func (m *Model) tabs() string {
	right, gap, named := m.counted(true), 3, true
	fits := func() bool { return tabsWidth(gap, named, m.view)+right.w+9 <= m.w }
	if right.w > 0 {
		bare := cells{b: slices.Clone(right.b), w: right.w}
		right.put(m.th.Key, "   !")
		right.put(m.th.Dim, " why")
		if !fits() {
			right = bare
		}
	}
	if !fits() {
		gap = 2
	}
	if !fits() {
		right = m.counted(false)
	}
	if !fits() {
		gap = 1
	}
	if !fits() {
		named = false
	}
	var c cells
	c.space(1)
	for _, v := range views {
		at := c.w
		num, name := m.th.Dim, m.th.Text
		if v.id == m.view {
			num, name = m.th.Active, m.th.Active
		}
		c.put(num, fmt.Sprint(int(v.id)))
		if named || v.id == m.view {
			c.space(1)
			c.put(name, v.title)
		}
		id := v.id
		m.spots = append(m.spots, spot{at, 1, c.w - at, 1, func(m *Model) tea.Cmd { return m.see(id) }})
		c.space(gap)
	}
	c.to(m.w - 1 - right.w - 9)
	m.spots = append(m.spots, spot{c.w, 1, right.w, 1, (*Model).askFindings}, spot{m.w - 8, 1, 8, 1, (*Model).askHelp})
	c.b = append(c.b, right.b...)
	c.w += right.w
	c.space(3)
	c.put(m.th.Key, "?")
	c.put(m.th.Dim, " help")
	return c.String()
}

// tabsWidth is how wide the views are.
func tabsWidth(gap int, named bool, shown viewID) int {
	w := 1
	for _, v := range views {
		w += 1 + gap
		if named || v.id == shown {
			w += 1 + len(v.title)
		}
	}
	return w
}

func (m *Model) severity(s jwtview.Severity) theme.Style {
	switch s {
	case jwtview.Error:
		return m.th.Bad
	case jwtview.Warning:
		return m.th.Warn
	}
	return m.th.Info
}
