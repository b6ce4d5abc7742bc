package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/profile"
	"authscope/flow/trace"
	"authscope/ui/safe"
)

func (m *Model) askPaste() tea.Cmd {
	if m.view == tokensView {
		return m.askToken()
	}
	m.modal = m.newField("Paste the URL that the browser ended at",
		"After signing in or out, the browser ends at the redirect URI, perhaps on an error page of its own. Its address bar holds the answer.",
		"", "hand it in", func(m *Model, text string) tea.Cmd {
			if m.running() != trace.Logout && !strings.Contains(text, "code=") && !strings.Contains(text, "error=") {
				m.askPaste()
				m.toast = "no code and no error in this: paste the whole address, it begins with " + m.cur.settings().RedirectURI
				return nil
			}
			return m.paste(text)
		})
	return nil
}

func (m *Model) askSearch() tea.Cmd {
	about := "Names and values of the present pane, folded ones too. Hidden secrets are not looked into."
	if m.find != "" {
		about += " Enter alone finds the next `" + safe.Line(m.find) + "`."
	}
	m.modal = m.newField("Find a row", about, "", "find", func(m *Model, text string) tea.Cmd {
		if text == "" {
			text = m.find
		}
		if text != "" {
			m.search(text)
		}
		return nil
	})
	return nil
}

func (m *Model) askSave() tea.Cmd {
	name := "authscope-" + m.now.Format("20060102-150405") + ".trace"
	f := m.newField("Save the session",
		"Without secrets: tokens and codes are replaced by names such as access_token#1, and signatures of JWTs are taken out. All that can be seen here can be seen in the file, with authscope open.",
		name, "save without secrets", func(m *Model, path string) tea.Cmd { return m.save(path, false) })
	if !m.cur.story.Redacted() {
		f.also = []alternative{{"ctrl+s", "save with secrets", func(m *Model, path string) tea.Cmd {
			m.modal = &question{title: "Save every secret to " + safe.Line(path) + "?", yes: "save them",
				text: "The file will hold tokens that work. Only you can read it (mode 0600), but whoever gets it is signed in as this person.",
				do:   func(m *Model) tea.Cmd { return m.save(path, true) }}
			return nil
		}}}
	}
	m.modal = f
	return nil
}

// askCommand finds a command by its name.
func (m *Model) askCommand() tea.Cmd {
	var found []*command
	f := m.newField("Commands", "Type a part of a name; ↑ ↓ choose.", "", "do it", nil)
	f.list = func(m *Model, s *sheet, text string) {
		found = found[:0]
		for i := range commands {
			c := &commands[i]
			if !strings.Contains(strings.ToLower(c.name+" "+c.help), strings.ToLower(strings.TrimSpace(text))) {
				continue
			}
			found = append(found, c)
			selected, th := s.add(item{name: c.name})
			l := begin(th, selected)
			l.space(1)
			l.fit(th.Key, c.key(), 9)
			l.fit(th.Text, c.name, 18)
			note := c.help
			if why := c.disabled(m); why != "" {
				note = "not now: " + why
			}
			l.fit(th.Dim, safe.Line(note), s.w-l.w)
			s.itemLine(l.String())
		}
		s.window(f, m.bodyHeight())
	}
	f.done = func(m *Model, _ string) tea.Cmd {
		if f.sel >= len(found) {
			m.toast = "no such command"
			return nil
		}
		return m.do(found[f.sel])
	}
	m.modal = f
	return nil
}

// window keeps the selected item of a list below a field in sight.
func (s *sheet) window(f *field, height int) {
	head := f.row + 2
	room := height - head
	if over := f.sel - room + 1; over > 0 && len(s.rows) > head+over {
		s.rows = append(s.rows[:head], s.rows[head+over:]...)
	}
}

// scopes is the modal that chooses what is asked for.
type scopes struct {
	p   pane
	all []string // "prompt=consent" is the last
	on  map[string]bool
}

const consent = "prompt=consent"

func (m *Model) askScopes() tea.Cmd {
	sc := &scopes{on: map[string]bool{}}
	for _, s := range m.cfg.Scopes() {
		sc.all, sc.on[s] = append(sc.all, s), true
	}
	known := []string{"openid", "offline_access", "profile", "email"}
	if md := m.cur.story.Metadata(); md != nil && len(md.ScopesSupported) > 0 {
		known = md.ScopesSupported
	}
	for _, s := range known[:min(len(known), 60)] {
		if !slices.Contains(sc.all, s) {
			sc.all = append(sc.all, s)
		}
	}
	v, _ := m.cfg.Param("prompt")
	sc.all, sc.on[consent] = append(sc.all, consent), v == "consent"
	m.modal = sc
	return nil
}

func (sc *scopes) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc", "q":
		m.modal = nil
	case "up", "k":
		sc.p.move(-1)
		sc.p.show(m.bodyHeight())
	case "down", "j":
		sc.p.move(1)
		sc.p.show(m.bodyHeight())
	case "space", "x":
		if sc.p.sel < len(sc.all) {
			name := sc.all[sc.p.sel]
			sc.on[name] = !sc.on[name]
		}
	case "+", "a":
		m.askOtherScopes(sc)
	case "enter":
		m.modal = nil
		return sc.apply(m)
	}
	return nil
}

// choose switches a scope on, which the list may not have yet; prompt=consent stays the last.
func (sc *scopes) choose(scope string) {
	if !slices.Contains(sc.all, scope) {
		sc.all = slices.Insert(sc.all, len(sc.all)-1, scope)
	}
	sc.on[scope] = true
}

// apply runs again with what was chosen.
func (sc *scopes) apply(m *Model) tea.Cmd {
	var scope []string
	for _, s := range sc.all {
		if s != consent && sc.on[s] {
			scope = append(scope, s)
		}
	}
	m.cfg.Scope = strings.Join(scope, " ")
	if sc.on[consent] {
		m.cfg.Params = m.cfg.SetParam("prompt", "consent")
	} else if v, _ := m.cfg.Param("prompt"); v == "consent" {
		m.cfg.Params = m.cfg.SetParam("prompt", "")
	}
	return m.rerun("scope is now: " + orNone(m.cfg.Scope))
}

func (sc *scopes) other(*Model, tea.Msg) tea.Cmd { return nil }
func (sc *scopes) cursor(*Model) *tea.Cursor     { return nil }

func (sc *scopes) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), sel: sc.p.sel, focused: true, m: m}
	s.title("What is asked for")
	s.text(m.th.Dim, 0, "Scopes that the tenant tells about; there may be more (a). A change runs the login again.")
	s.gap()
	width := 0
	for _, name := range sc.all {
		width = max(width, min(safe.Width(safe.Line(name)), s.w/2))
	}
	for _, name := range sc.all {
		gives := "ask the person again; some servers want it for offline_access"
		if name != consent {
			gives, _ = profile.DescribeScope(name)
		}
		s.scope(name, gives, sc.on[name], width)
	}
	s.into(&sc.p, m.bodyHeight())
	return &sc.p
}

func (sc *scopes) hints(*Model) [][2]string {
	return [][2]string{{"space", "on or off"}, {"a", "another one"}, {"enter", "run again"}, {"esc", "leave it"}}
}

// words is a text of ours that may quote the wire: without its secrets.
func (m *Model) words(text string) string {
	if m.revealAll {
		return text
	}
	return m.cur.known.Hide(trace.Hide(text, trace.Secrets(text)))
}
