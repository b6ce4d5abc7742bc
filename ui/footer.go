package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// clocks shows the newest tokens and how long they still live. Where the words are long, the bars give way.
func (m *Model) clocks() string {
	c := m.clocksWith(m.w - 49)
	if over := c.w - (m.w - 1); over > 0 {
		c = m.clocksWith(max(0, m.w-49-2*over))
	}
	return c.String()
}

// clocksWith is the line of the clocks with so much room for their bars.
func (m *Model) clocksWith(room int) (c cells) {
	c.space(1)
	s := &m.cur.story
	if len(s.Tokens()) == 0 {
		c.put(m.th.Dim, "no tokens yet")
		return c
	}
	if m.view == compareView && len(m.runs) > 1 { // they are of one of the two
		c.put(m.th.Dim, safe.Cut(m.cur.title(), 16)+": ")
	}
	room = max(0, room-c.w)
	widths := map[story.Kind]int{story.AccessToken: min(40, room*2/3), story.IDToken: min(20, room/3)}
	for _, k := range []story.Kind{story.AccessToken, story.IDToken} {
		t := s.Newest(k)
		c.put(m.th.Dim, k.Short()+" ")
		if t == nil {
			c.put(m.none(), " none")
		} else {
			m.clock(&c, t, widths[k])
		}
		c.space(3)
	}
	m.refreshClock(&c, s.Newest(story.RefreshToken))
	return c
}

// none is how it is said that there is no token of a kind: a client that acts for itself gets none.
func (m *Model) none() theme.Style {
	if m.cur.settings().Grant == trace.GrantClientCredentials {
		return m.th.Dim
	}
	return m.th.Warn
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
		c.put(m.none(), "none")
		return
	}
	switch life := t.Life(m.now); {
	case life == story.Dead:
		c.put(m.th.Bad, theme.Failed+" "+deadWord(t))
	case life == story.Expired:
		c.put(m.th.Bad, "expired")
	case m.cur.keptAlive():
		left := m.cur.story.Due().At.Sub(m.now)
		c.put(m.th.Refresh, theme.Repeat+" in "+clockText(max(0, left)))
	case life == story.Live:
		c.put(m.th.Refresh, "ready "+clockText(t.Left(m.now)))
	default:
		c.put(m.th.Refresh, "ready")
	}
	const ifNeeded = ", if needed"
	if t.DeadAt.IsZero() && m.cur.session != nil && m.cur.story.RefreshMode() == trace.IfNeeded && c.w+len(ifNeeded) < m.w {
		c.put(m.th.Dim, ifNeeded)
	}
}

// footer is what was just said, or the keys that count now.
func (m *Model) footer() string {
	pinned := 0
	if m.modal == nil {
		pinned = len("   : all keys")
	}
	var c cells
	c.space(1)
	if m.toast != "" {
		c.put(m.th.Info, safe.Cut(safe.Line(m.toast), m.w-2-pinned))
	}
	for _, h := range m.hints() {
		w := safe.Width(h[0]) + 1 + safe.Width(h[1])
		if c.w+3+w > m.w-1-pinned {
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
	if pinned > 0 {
		c.to(m.w - 1 - pinned + 3)
		c.put(m.th.Key, ":")
		c.put(m.th.Dim, " all keys")
		m.spots = append(m.spots, spot{m.w - pinned, m.h - 1, pinned, 1, (*Model).askCommand})
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
	if it := m.pane().at(); it != nil && !m.onMenu && m.view == flowView {
		out = append(out, [2]string{"space", "whole row"})
	}
	switch {
	case m.view == compareView:
		keys = []string{"space", "c", "N", "z", "tab", "y", "/", "1"}
	case m.view == tokensView:
		keys = []string{"tab", "space", "w", "p", "y", "v", "/", "1"}
	case m.view == sessionView && m.chapter == linePart:
		keys = []string{"+", "-", "r", "K", "u", "tab", "1"}
	case m.view == sessionView && m.chapter == diagramPart:
		keys = []string{"I", "M", "tab", "y", "r", "u", "1"}
	case m.view == sessionView && m.chapter == experimentsPart:
		keys = []string{"esc", "space", "6", "tab", "y", "r", "n", "1"}
	case m.view == sessionView:
		keys = []string{"r", "K", "u", "tab", "y", "1"}
	case m.view == tenantView:
		keys = []string{"tab", "space", "D", "y", "/", "1"}
	case m.view == wireView:
		keys = []string{"tab", "space", "y", "v", "Y", "/", "1"}
	case m.whyNotSignIn() == "" && m.cur.cancel != nil && m.onPage():
		keys = []string{"a", "d", "b", "y", "e", "p", "esc", "o"}
	case m.startErr != nil:
		keys = []string{"T"}
	case m.cur.held() != nil && !m.cur.touched():
		keys = []string{"f", "T", "o", "esc", "tab", "6"}
	case m.cur.held() != nil:
		keys = []string{"f", "e", "o", "esc", "tab", "6"}
	case m.cur.cancel != nil:
		keys = []string{"esc"}
	default:
		keys = []string{"r", "x", "o", "c", "C", "i", "L", "t", "n", "tab", "6", "S"}
	}
	for _, k := range append(keys, "v", "q") {
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
	case "a":
		return m.agentDoes()
	case "o":
		if m.cfg.HasScope("offline_access") {
			return "without offline_access"
		}
		return "with offline_access"
	case "t":
		if m.cfg.Embedded != nil && m.cfg.Embedded.AccessLifetime == short {
			return "usual lives"
		}
	case "+":
		if m.onTimeLine() {
			return "zoom in"
		}
	case "c":
		if m.view == compareView {
			return "other runs"
		}
	case "space":
		if m.inExperiments() {
			return "all of it"
		}
	case "y":
		if m.onMenu && m.view == flowView {
			return "copy URL"
		}
	case "tab":
		if m.view == compareView {
			return "other side"
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
