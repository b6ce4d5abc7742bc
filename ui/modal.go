package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/ui/safe"
	"authscope/ui/theme"
)

// modal is what lies over the views, takes the keys, and closes with esc.
type modal interface {
	key(*Model, tea.KeyPressMsg) tea.Cmd
	other(*Model, tea.Msg) tea.Cmd // pasted text, a cursor's blink
	pane(*Model) *pane             // makes the content and returns it
	cursor(*Model) *tea.Cursor
	hints(*Model) [][2]string
}

// reading is a modal that is only read: help, findings.
type reading struct {
	p    pane
	fill func(*Model, *sheet)
	pick func(*Model, int) tea.Cmd // enter on an item; nil if there is nothing to pick
	keys []string                  // that close it, besides esc
}

func (r *reading) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	k := msg.String()
	if k == "esc" || k == "q" || slices.Contains(r.keys, k) {
		m.modal = nil
		return nil
	}
	h := m.bodyHeight()
	switch k {
	case "up", "k":
		r.step(-1, h)
	case "down", "j":
		r.step(1, h)
	case "home", "g":
		r.p.sel = 0
		r.p.scroll(-1<<20, h)
	case "end", "G":
		r.p.move(1 << 20)
		r.p.scroll(1<<20, h)
	case "pgup", "ctrl+u":
		r.p.scroll(2-h, h)
	case "pgdown", "ctrl+d", "space":
		r.p.scroll(h-2, h)
	case "enter":
		if r.pick != nil && len(r.p.items) > 0 {
			m.modal = nil
			return r.pick(m, r.p.sel)
		}
	}
	return nil
}

// step moves the selection, or the window where there is nothing to select.
func (r *reading) step(n, h int) {
	if len(r.p.items) == 0 {
		r.p.scroll(n, h)
		return
	}
	r.p.move(n)
	r.p.show(h)
}

func (r *reading) other(*Model, tea.Msg) tea.Cmd { return nil }

func (r *reading) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: r.p.sel, focused: true, m: m}
	r.fill(m, s)
	s.into(&r.p, m.bodyHeight())
	return &r.p
}

func (r *reading) cursor(*Model) *tea.Cursor { return nil }

func (r *reading) hints(*Model) [][2]string {
	out := [][2]string{{"esc", "close"}, {"↑ ↓", "scroll"}}
	if r.pick != nil && len(r.p.items) > 0 {
		out = append(out, [2]string{"enter", "go there"})
	}
	return out
}

func (m *Model) askHelp() tea.Cmd {
	m.modal = &reading{fill: (*Model).fillHelp, keys: []string{"?"}}
	return nil
}

// fillHelp lists the commands by group, in as many columns as fit.
func (m *Model) fillHelp(s *sheet) {
	s.title("authscope walks a login with OAuth 2.0 and OpenID Connect, and says why")
	cols := max(1, s.w/56)
	width := s.w / cols
	for _, g := range groups() {
		s.gap()
		s.title(g)
		var c cells
		n := 0
		for i := range commands {
			if commands[i].group != g {
				continue
			}
			if n > 0 && n%cols == 0 {
				s.line(c.String())
				c = cells{}
			}
			c.to(n % cols * width)
			m.helpCell(&c, &commands[i], width)
			n++
		}
		s.line(c.String())
	}
	s.gap()
	s.title("symbols")
	var c cells
	for _, l := range theme.Legend() {
		if c.w+safe.Width(l.Symbol)+safe.Width(l.Text)+5 > s.w {
			s.line(c.String())
			c = cells{}
		}
		c.space(2)
		c.put(m.th.Text, l.Symbol)
		c.put(m.th.Dim, " "+l.Text)
		c.space(1)
	}
	s.line(c.String())
}

// helpCell writes one command; one that cannot be used now is dim.
func (m *Model) helpCell(c *cells, cmd *command, width int) {
	at := c.w
	st := m.th.Key
	if cmd.disabled(m) != "" {
		st = m.th.Dim
	}
	c.space(2)
	if len(cmd.keys) == 0 {
		c.put(st, ":")
		c.to(at + 11)
		c.put(m.th.Text, safe.Cut(cmd.name+": "+cmd.help, width-12))
		return
	}
	c.put(st, keyNames(cmd.keys))
	c.to(at + 11)
	c.put(m.th.Text, safe.Cut(cmd.help, width-12))
}

// shownKeys are keys that are written otherwise than Bubble Tea calls them.
var shownKeys = map[string]string{"up": "↑", "down": "↓", "left": "←", "right": "→", "pgdown": "PgDn", "pgup": "PgUp", "home": "Home", "end": "End",
	"ctrl+d": "^D", "ctrl+u": "^U", "ctrl+c": "^C", "ctrl+s": "^S", "ctrl+z": "^Z"}

func keyNames(keys []string) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		if out[i] = shownKeys[k]; out[i] == "" {
			out[i] = k
		}
	}
	return strings.Join(out, " ")
}

func groups() (out []string) {
	for _, c := range commands {
		if !slices.Contains(out, c.group) {
			out = append(out, c.group)
		}
	}
	return out
}

// question asks once, and does what y stands for.
type question struct {
	p     pane
	title string
	text  string
	yes   string
	do    func(*Model) tea.Cmd
	back  modal // what lies below, and is there again if the answer is no
}

func (q *question) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "y", "enter":
		m.modal = nil
		return q.do(m)
	case "esc", "n", "q":
		m.modal = q.back
	}
	return nil
}

func (q *question) other(*Model, tea.Msg) tea.Cmd { return nil }
func (q *question) cursor(*Model) *tea.Cursor     { return nil }

func (q *question) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), m: m}
	s.title(q.title)
	s.gap()
	s.text(m.th.Text, 0, q.text)
	s.into(&q.p, m.bodyHeight())
	return &q.p
}

func (q *question) hints(*Model) [][2]string {
	return [][2]string{{"y", q.yes}, {"esc", "leave it"}}
}

func (m *Model) askRevealAll() tea.Cmd {
	if m.revealAll || anyTrue(m.revealed) {
		m.revealAll, m.revealed = false, map[string]bool{}
		m.toast = "secrets are hidden again"
		return nil
	}
	if m.cur.story.Redacted() {
		m.toast = "the secrets are not in this file"
		return nil
	}
	m.modal = &question{title: "Show every secret?", yes: "show them",
		text: "Tokens, codes, verifiers and the client secret will stand on the screen, for everybody who can see it. V hides them again.",
		do:   func(m *Model) tea.Cmd { m.revealAll = true; return nil }}
	return nil
}
