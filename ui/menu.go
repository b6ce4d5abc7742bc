package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// entry is a line of the list on the left.
type entry struct {
	mark     string
	markSt   theme.Style
	title    string
	right    string
	selected bool
	carries  bool  // a stage that carries the selected value
	found    []int // the findings that belong to it
	choose   func(*Model) tea.Cmd
}

// entries is the list of the present view.
func (m *Model) entries() []entry {
	switch m.view {
	case tokensView:
		return m.tokenEntries()
	case tenantView:
		return m.tenantEntries()
	case wireView:
		return m.callEntries()
	case sessionView:
		return m.sessionEntries()
	}
	return m.stageEntries()
}

func (m *Model) stageEntries() (out []entry) {
	carrying := map[trace.StageID]bool{}
	if it := m.pane().at(); it != nil && it.kind != "" && !m.onMenu {
		for _, st := range m.cur.story.Carriers(it.value) {
			carrying[st.ID] = true
		}
	}
	for _, id := range m.stageList() {
		e := entry{title: trace.StageOf(id).Title, selected: id == m.stage, carries: carrying[id]}
		st := m.stageRun(id)
		e.mark, e.markSt = m.stageMark(st)
		if st != nil && st.Status != trace.Failed {
			e.found = m.stageWhys(id)
		}
		if st != nil {
			e.right = m.stageRight(st)
			if st.N > 1 && st.ID == trace.Refresh {
				e.title = fmt.Sprintf("%s %d", e.title, st.N)
			}
		}
		e.choose = func(m *Model) tea.Cmd { m.selectStage(id); m.onMenu = true; return nil }
		out = append(out, e)
	}
	return out
}

// stageMark is the symbol of a stage's status.
func (m *Model) stageMark(st *story.Stage) (string, theme.Style) {
	if st == nil {
		return theme.Pending, m.th.Dim
	}
	switch st.Status {
	case trace.Passed:
		return theme.Passed, m.th.OK
	case trace.Failed:
		return theme.Failed, m.th.Bad
	case trace.Running:
		return theme.Current, m.th.Active
	}
	return theme.Skipped, m.th.Dim
}

func (m *Model) stageRight(st *story.Stage) string {
	switch st.Status {
	case trace.Running:
		if h := m.cur.held(); h != nil && h.Stage == st.ID {
			return "ready"
		}
		return "waiting"
	case trace.Skipped, trace.Cancelled:
		return string(st.Status)
	}
	return took(st.Duration())
}

// menu draws the list on the left, h rows of it at the most.
func (m *Model) menu(h int) []string {
	entries := m.entries()
	sel := 0
	for i, e := range entries {
		if e.selected {
			sel = i
		}
	}
	off := max(0, min(sel-h/2, len(entries)-h))
	if m.view == flowView {
		off = 0
	}
	var out []string
	y := 3
	for i := off; i < len(entries) && len(out) < h; i++ {
		e := entries[i]
		m.spots = append(m.spots, spot{0, y + len(out), menuWidth, 1, e.choose})
		out = append(out, m.entryLine(e))
	}
	if m.view == flowView {
		out = append(out, m.underStages(h-len(out))...)
	}
	if m.view == sessionView {
		out = append(out, m.underSession(h-len(out))...)
	}
	return out
}

func (m *Model) entryLine(e entry) string {
	selected := e.selected && m.onMenu
	th := m.th.Row(selected)
	c := begin(th, selected)
	c.space(1)
	mark := e.markSt
	if selected {
		mark = th.Text
	}
	c.put(mark, e.mark)
	c.space(1)
	title := th.Text
	if e.selected {
		title = th.Active
	}
	if e.carries {
		e.right = strings.TrimSpace(theme.Dot + " " + e.right)
	}
	worst, odd := m.worst(e.found)
	if worst.mark != "" && e.right != "" {
		worst.mark += " "
	}
	c.fit(title, e.title, menuWidth-5-safe.Width(worst.mark+e.right))
	right := th.Dim
	if e.carries {
		right = th.Key
	}
	c.to(menuWidth - 1 - safe.Width(worst.mark+e.right))
	if odd && !selected {
		c.put(m.severity(worst.severity), worst.mark)
	} else {
		c.put(th.Text, worst.mark)
	}
	c.put(right, e.right)
	c.to(menuWidth)
	return c.String()
}

// underStages stands below the stages: what can be done next, and what is asked for.
func (m *Model) underStages(room int) (out []string) {
	hint := func(key, text string) string {
		var c cells
		c.space(3)
		c.put(m.th.Key, key)
		c.put(m.th.Dim, " "+text)
		return c.String()
	}
	if m.cur.story.Newest(story.AccessToken) != nil && m.cur.cancel == nil && m.opt.Opened == nil {
		out = append(out, "", "   "+m.th.Dim.Render("then"))
		if m.whyNotRefresh() == "" {
			out = append(out, hint("r", "refresh"))
		}
		out = append(out, hint("x", "revoke"))
		for _, k := range []string{"c", "C", "i", "L"} {
			if c := commandOf(k); c.disabled(m) == "" && room >= roomy-8 {
				out = append(out, hint(k, c.name))
			}
		}
	}
	out = append(out, m.askedFor()...)
	for _, p := range m.cfg.Params[:min(len(m.cfg.Params), 4)] {
		if trace.SecretName(p.Name) == "" {
			out = append(out, "   "+m.th.Text.Render(safe.Cut(safe.Line(p.Name+"="+p.Value), menuWidth-4)))
		}
	}
	if m.cfg.ResponseMode != "" {
		out = append(out, "   "+m.th.Text.Render("answer by "+safe.Cut(safe.Line(m.cfg.ResponseMode), menuWidth-14)))
	}
	if e := m.cfg.Embedded; e != nil && e.AccessLifetime > 0 && e.AccessLifetime.Seconds() < 300 {
		out = append(out, "   "+m.th.Warn.Render("access "+story.Lifetime(e.AccessLifetime))+m.th.Dim.Render(" (short)"))
	}
	out = append(out, m.faultLines()...)
	return out[:min(len(out), max(0, room))]
}

// askedFor is what was asked for where the person changed that in the request, then the scopes of the next run; a client
// that acts for itself asks with parameters.
func (m *Model) askedFor() (out []string) {
	title := func(text string) { out = append(out, "", "   "+m.th.Dim.Render(text)) }
	next := "asked for"
	if scope, edited := m.cur.story.EditedScope(); edited {
		title("asked for " + theme.Edited)
		for _, name := range strings.Fields(scope) {
			out = append(out, m.scopeLine(true, name, ""))
		}
		if scope == "" {
			out = append(out, "   "+m.th.Dim.Render("no scope"))
		}
		next = "asked for next"
	}
	title(next)
	if m.cfg.Grant == trace.GrantClientCredentials {
		for _, name := range strings.Fields(m.cfg.ClientScope()) {
			out = append(out, m.scopeLine(true, name, ""))
		}
		for _, p := range m.cfg.TokenParams[:min(len(m.cfg.TokenParams), 4)] {
			out = append(out, "   "+m.th.Text.Render(safe.Cut(safe.Line(p.Name+"="+p.Value), menuWidth-4)))
		}
		return out
	}
	return append(out, m.scopeLines()...)
}

// scopeLines lists the scopes of the next run, and offline_access whether it is on or off.
func (m *Model) scopeLines() (out []string) {
	key := func(name string) string {
		if name == "offline_access" && m.opt.Opened == nil {
			return "o"
		}
		return ""
	}
	for _, s := range m.cfg.Scopes() {
		out = append(out, m.scopeLine(true, s, key(s)))
	}
	if !m.cfg.HasScope("offline_access") {
		out = append(out, m.scopeLine(false, "offline_access", key("offline_access")))
	}
	return out
}

// scopeLine is a scope that is on or off, and the key that changes it.
func (m *Model) scopeLine(on bool, name, key string) string {
	var c cells
	c.space(3)
	if on {
		c.put(m.th.OK, theme.On)
		c.put(m.th.Text, " "+safe.Cut(safe.Line(name), menuWidth-9))
	} else {
		c.put(m.th.Dim, theme.Off)
		c.put(m.th.Dim, " "+name)
	}
	if key != "" {
		c.end(m.th.Key, key, menuWidth-2)
	}
	return c.String()
}

// menuLine is the list in one line, for a narrow screen.
func (m *Model) menuLine() string {
	var c cells
	c.space(1)
	entries := m.entries()
	if m.view != flowView && m.view != sessionView {
		return m.menuCounter(entries)
	}
	titled := m.titled(entries)
	for i, e := range entries {
		at := c.w
		st := m.th.Dim
		if e.selected {
			st = m.th.Active
		} else if e.mark != theme.Pending {
			st = m.th.Text
		}
		c.put(e.markSt, e.mark)
		if i >= titled || e.selected {
			c.put(st, " "+shortTitle(e.title))
			c.space(1)
		}
		m.spots = append(m.spots, spot{at, 3, c.w - at, 1, e.choose})
		c.space(1)
	}
	return c.String()
}

// titled says from which stage on there is room for titles; before it only the symbols
// stand.
func (m *Model) titled(entries []entry) int {
	width := 1
	for _, e := range entries {
		width += safe.Width(shortTitle(e.title)) + 4
	}
	from := 0
	for ; width > m.w && from < len(entries); from++ {
		if !entries[from].selected {
			width -= safe.Width(shortTitle(entries[from].title)) + 2
		}
	}
	return from
}

func shortTitle(s string) string {
	if s == "Verify ID token" {
		return "Verify"
	}
	return s
}

// menuCounter names the selected entry and where it stands among all.
func (m *Model) menuCounter(entries []entry) string {
	var c cells
	c.space(1)
	for _, e := range entries {
		if e.selected {
			c.put(m.th.Dim, m.counter())
			c.put(e.markSt, e.mark)
			c.put(m.th.Active, " "+safe.Cut(e.title, m.w-40))
			c.put(m.th.Dim, "  "+e.right)
			c.end(m.th.Dim, "← → other", m.w-1)
		}
	}
	return c.String()
}

// counter says which of how many is selected.
func (m *Model) counter() string {
	if m.view == tenantView {
		return m.tenantCounter()
	}
	if m.view == tokensView {
		return fmt.Sprintf("%d of %d  ", m.token+1, len(m.cur.story.Tokens())+len(m.foreign))
	}
	return fmt.Sprintf("%d of %d  ", m.call+1, len(m.cur.story.Calls()))
}
