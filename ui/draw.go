package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// Sizes of the screen, in cells.
const (
	minWidth  = 60
	minHeight = 16
	wideFrom  = 100 // from here on, list and pane stand side by side
	menuWidth = 29
	maxPane   = 140 // beyond this an eye loses the line
)

// spot is a place that can be clicked.
type spot struct {
	x, y, w, h int
	do         func(*Model) tea.Cmd
}

func (m *Model) wide() bool { return m.w >= wideFrom }

// bodyHeight is how many rows there are between the two rules.
func (m *Model) bodyHeight() int { return max(0, m.h-6) }

// paneHeight is how many of them the pane has.
func (m *Model) paneHeight() int {
	if m.wide() || m.view == compareView || m.modal != nil {
		return m.bodyHeight()
	}
	return max(0, m.bodyHeight()-2) // the list is one line, and a blank
}

// paneWidth is how wide the pane is, without its margins.
func (m *Model) paneWidth() int {
	if m.wide() && m.view != compareView && m.modal == nil {
		return min(m.w-menuWidth-4, maxPane)
	}
	return min(m.w-4, maxPane+menuWidth)
}

// draw makes the frame. It is a function of the model's state, and reads no clock.
func (m *Model) draw() {
	m.spots = m.spots[:0]
	m.lines = m.lines[:0]
	if m.w <= 0 || m.h <= 0 {
		return
	}
	if m.w < minWidth || m.h < minHeight {
		m.lines = append(m.lines, safe.Cut(fmt.Sprintf("authscope needs %d×%d cells; this terminal has %d×%d", minWidth, minHeight, m.w, m.h), m.w))
		return
	}
	m.lines = append(m.lines, m.header(), m.tabs(), m.rule(theme.Joint))
	m.body()
	m.lines = append(m.lines, m.rule(theme.Foot), m.clocks(), m.footer())
}

// rule is a line across the screen, with a joint where the list ends.
func (m *Model) rule(joint string) string {
	if !m.wide() || m.view == compareView || m.modal != nil {
		return m.th.Faint.Render(theme.Rule(m.w))
	}
	return m.th.Faint.Render(theme.Rule(menuWidth) + joint + theme.Rule(m.w-menuWidth-1))
}

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
	if m.wide() && s.ClientID != "" {
		right.put(th.Text, safe.Cut(safe.Line(s.ClientID), 28))
		right.space(2)
		right.put(th.Dim, clientKind(s)+"  PKCE S256")
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
	case m.opt.Opened != nil:
		return "saved session", issuer
	case m.target == nil:
		return "embedded tenant", "starting"
	case s.Embedded != nil:
		return "embedded tenant", issuer
	}
	return issuer, ""
}

func clientKind(s trace.Settings) string {
	if s.ClientAuth == trace.AuthNone || s.ClientAuth == "" {
		return "public"
	}
	return string(s.ClientAuth)
}

// tabs are the views, and how many findings there are.
func (m *Model) tabs() string {
	var c cells
	c.space(1)
	for _, v := range views {
		at := c.w
		num, name := m.th.Dim, m.th.Text
		if v.id == m.view {
			num, name = m.th.Active, m.th.Active
		}
		c.put(num, fmt.Sprint(int(v.id)))
		c.space(1)
		c.put(name, v.title)
		id := v.id
		m.spots = append(m.spots, spot{at, 1, c.w - at, 1, func(m *Model) tea.Cmd { return m.see(id) }})
		c.space(3)
	}
	right := m.findingCount()
	c.to(m.w - 1 - right.w - 9)
	m.spots = append(m.spots, spot{c.w, 1, right.w, 1, (*Model).askFindings}, spot{m.w - 8, 1, 8, 1, (*Model).askHelp})
	c.b = append(c.b, right.b...)
	c.w += right.w
	c.space(3)
	c.put(m.th.Key, "?")
	c.put(m.th.Dim, " help")
	return c.String()
}

// findingCount counts the findings by severity, each with its word.
func (m *Model) findingCount() (c cells) {
	count := map[jwtview.Severity]int{}
	for _, f := range m.cur.findings {
		count[f.Severity]++
	}
	if len(m.cur.findings) > 0 {
		c.put(m.th.Key, theme.Finding)
	}
	for _, s := range []jwtview.Severity{jwtview.Error, jwtview.Warning, jwtview.Info} {
		n := count[s]
		if n == 0 {
			continue
		}
		word := map[jwtview.Severity]string{jwtview.Error: "error", jwtview.Warning: "warning", jwtview.Info: "note"}[s]
		if n > 1 {
			word += "s"
		}
		c.space(1)
		c.put(m.severity(s), fmt.Sprint(n))
		c.put(m.th.Dim, " "+word)
	}
	return c
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

// body draws the list and the pane, or the open modal.
func (m *Model) body() {
	h := m.bodyHeight()
	if m.modal != nil {
		p := m.modal.pane(m)
		m.column(p, 2, h)
		return
	}
	m.fill()
	switch {
	case m.view == compareView:
		m.column(&m.panes[compareView], 2, h)
	case m.wide():
		m.sideBySide(h)
	default:
		m.lines = append(m.lines, m.menuLine(), "")
		m.column(m.pane(), 2, h-2)
	}
}

// fill makes the content of the present view's pane.
func (m *Model) fill() {
	p := m.pane()
	s := &sheet{th: m.th, w: m.paneWidth(), sel: p.sel, focused: !m.onMenu || !m.wide() && m.view != flowView, m: m}
	if !m.wide() && m.view == flowView {
		s.focused = !m.onMenu
	}
	switch m.view {
	case flowView:
		m.fillFlow(s)
	case tokensView:
		m.fillTokens(s)
	case compareView:
		s.focused = false
		m.fillCompare(s)
	case wireView:
		m.fillWire(s)
	}
	s.into(p, m.paneHeight())
}

// column draws the rows of p that are in sight, h of them.
func (m *Model) column(p *pane, indent, h int) {
	for i := range h {
		m.lines = append(m.lines, blanks(indent)+m.paneRow(p, i, h))
	}
	m.paneSpots(p, 0, len(m.lines)-h, m.w, h)
}

// paneRow is the i-th row in sight; the last one says if there is more.
func (m *Model) paneRow(p *pane, i, h int) string {
	n := p.off + i
	if n >= len(p.rows) {
		return ""
	}
	if more := len(p.rows) - p.off - h; i == h-1 && more > 0 {
		return m.th.Dim.Render(fmt.Sprintf("%s %d more", theme.Down, more+1))
	}
	if i == 0 && p.off > 0 {
		return m.th.Dim.Render(fmt.Sprintf("%s %d more", theme.Up, p.off+1))
	}
	return p.rows[n].text
}

func (m *Model) paneSpots(p *pane, x, y, w, h int) {
	for i := range h {
		n := p.off + i
		if n < len(p.rows) && p.rows[n].item >= 0 {
			item := p.rows[n].item
			m.spots = append(m.spots, spot{x, y + i, w, 1, func(m *Model) tea.Cmd {
				m.onMenu = false
				m.activePane().sel = item
				return nil
			}})
		}
	}
}

// activePane is the pane that the mouse points at.
func (m *Model) activePane() *pane {
	if m.modal != nil {
		return m.modal.pane(m)
	}
	return m.pane()
}

// sideBySide draws the list on the left and the pane on the right.
func (m *Model) sideBySide(h int) {
	menu := m.menu(h)
	p := m.pane()
	bar := m.th.Faint.Render(theme.Vertical)
	y := len(m.lines)
	for i := range h {
		left := ""
		if i < len(menu) {
			left = menu[i]
		}
		m.lines = append(m.lines, left+blanks(menuWidth-safe.Width(left))+bar+"  "+m.paneRow(p, i, h))
	}
	m.paneSpots(p, menuWidth+1, y, m.w-menuWidth-1, h)
}

// clocks shows the newest tokens and how long they still live.
func (m *Model) clocks() string {
	var c cells
	c.space(1)
	s := &m.cur.story
	if len(s.Tokens()) == 0 {
		c.put(m.th.Dim, "no tokens yet")
		return c.String()
	}
	room := m.w - 50
	widths := map[story.Kind]int{story.AccessToken: min(40, room*2/3), story.IDToken: min(20, room/3)}
	for _, k := range []story.Kind{story.AccessToken, story.IDToken} {
		t := s.Newest(k)
		c.put(m.th.Dim, k.Short()+" ")
		if t == nil {
			c.put(m.th.Warn, " none")
		} else {
			m.clock(&c, t, widths[k])
		}
		c.space(3)
	}
	m.refreshClock(&c, s.Newest(story.RefreshToken))
	return c.String()
}

// clock draws the bar of one token and what is left of it.
func (m *Model) clock(c *cells, t *story.Token, width int) {
	life := t.Life(m.now)
	switch life {
	case story.Dead:
		c.put(m.th.Bad, theme.Failed+" "+deadWord(t))
		return
	case story.NotTold:
		c.put(m.th.Dim, "not told how long")
		return
	}
	left := t.Left(m.now)
	full, rest := theme.Bar(width, float64(left)/float64(max(1, t.Lifetime())))
	c.put(m.th.Value(string(t.Kind)), full)
	c.put(m.th.Faint, rest)
	c.space(1)
	if life == story.Expired {
		c.put(m.th.Bad, "expired")
		return
	}
	st := m.th.Text
	if left < t.Lifetime()/10 {
		st = m.th.Warn
	}
	c.put(st, clockText(left))
}

func deadWord(t *story.Token) string {
	word, _, _ := strings.Cut(t.DeadWhy, ":")
	word, _, _ = strings.Cut(word, " by")
	word, _, _ = strings.Cut(word, " at")
	return safe.Cut(safe.Line(word), 16)
}

// refreshClock says whether there is a refresh token, and whether it can be used.
func (m *Model) refreshClock(c *cells, t *story.Token) {
	c.put(m.th.Dim, "refresh ")
	if t == nil {
		c.put(m.th.Warn, "none")
		return
	}
	switch t.Life(m.now) {
	case story.Dead:
		c.put(m.th.Bad, theme.Failed+" "+deadWord(t))
	case story.Expired:
		c.put(m.th.Bad, "expired")
	case story.Live:
		c.put(m.th.Refresh, "ready "+clockText(t.Left(m.now)))
	default:
		c.put(m.th.Refresh, "ready")
	}
}

// footer is what was just said, or the keys that count now.
func (m *Model) footer() string {
	var c cells
	c.space(1)
	if m.toast != "" {
		c.put(m.th.Info, safe.Cut(safe.Line(m.toast), m.w-2))
	}
	for _, h := range m.hints() {
		w := safe.Width(h[0]) + 1 + safe.Width(h[1])
		if c.w+3+w > m.w-1 {
			break
		}
		if c.w > 1 {
			c.space(3)
		}
		at := c.w
		c.put(m.th.Key, keyNames(h[:1]))
		c.put(m.th.Dim, " "+h[1])
		key := h[0]
		m.spots = append(m.spots, spot{at, m.h - 1, w, 1, func(m *Model) tea.Cmd {
			if m.modal != nil {
				return nil
			}
			return m.do(commandOf(key))
		}})
	}
	return c.String()
}

// hints are the keys to name now, the most useful first.
func (m *Model) hints() (out [][2]string) {
	if m.modal != nil {
		return m.modal.hints(m)
	}
	if what := m.enterDoes(); what != "" && m.opt.Opened == nil {
		out = append(out, [2]string{"enter", what})
	}
	var keys []string
	switch {
	case m.view == compareView:
		keys = []string{"tab", "space", "n", "S", "1"}
	case m.view == tokensView || m.view == wireView:
		keys = []string{"tab", "space", "y", "v", "Y", "/", "1"}
	case m.whyNotSignIn() == "" && m.cur.cancel != nil && (m.stage == trace.Authorize || m.stage == trace.Callback):
		keys = []string{"a", "b", "y", "p", "esc", "o"}
	case m.cur.held() != nil:
		keys = []string{"f", "o", "esc", "tab", "6"}
	case m.cur.cancel != nil:
		keys = []string{"esc"}
	default:
		keys = []string{"r", "x", "o", "c", "t", "n", "tab", "6", "S"}
	}
	for _, k := range append(keys, "v", ":", "q") {
		c := commandOf(k)
		if c == nil || c.disabled(m) != "" || has(out, k) || len(out) > 0 && out[0][1] == m.nameOf(c) {
			continue
		}
		out = append(out, [2]string{k, m.nameOf(c)})
	}
	return out
}

// nameOf is a command's name, as it is to be read now.
func (m *Model) nameOf(c *command) string {
	switch c.key() {
	case "o":
		if m.cfg.HasScope("offline_access") {
			return "without offline_access"
		}
		return "with offline_access"
	case "t":
		if m.cfg.Embedded != nil && m.cfg.Embedded.AccessLifetime == short {
			return "usual lives"
		}
	case "y":
		if m.onMenu && m.view == flowView {
			return "copy URL"
		}
	case "tab":
		if m.view == compareView {
			return "other pair"
		}
		if m.onMenu {
			return "to the rows"
		}
		return "to the list"
	}
	return c.name
}

func has(hints [][2]string, key string) bool {
	for _, h := range hints {
		if h[0] == key {
			return true
		}
	}
	return false
}
