package ui

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// see shows a view.
func (m *Model) see(v viewID) tea.Cmd {
	if tokens := m.cur.story.Tokens(); v == wireView && m.view == tokensView && m.token < len(tokens) {
		m.wireTo(tokens[m.token].Call.Stage)
	} else if v == wireView && m.view == flowView {
		m.wireTo(m.stage)
	} else if it := m.pane().at(); v == wireView && m.view == sessionView && it != nil && it.call != 0 {
		m.wireToCall(it.call)
	} else if v == wireView && m.view == tenantView {
		m.wireToCall(m.selectedAttempt())
	}
	m.view = v
	m.onMenu = v != compareView
	return nil
}

// wireTo selects in Wire the last call of a stage.
func (m *Model) wireTo(id trace.StageID) {
	calls := m.cur.story.Calls()
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].Stage == id {
			m.call = i
			m.panes[wireView] = pane{}
			return
		}
	}
}

// wireToCall selects a call in Wire, if there is one of this id.
func (m *Model) wireToCall(id trace.CallID) {
	for i, c := range m.cur.story.Calls() {
		if id != 0 && c.ID == id {
			m.call, m.panes[wireView] = i, pane{}
		}
	}
}

// pane is the pane of the present view.
func (m *Model) pane() *pane { return &m.panes[m.view] }

// move moves the selection by n: in the list or in the pane, whichever has the keys.
func (m *Model) move(n int) {
	if m.onMenu && m.wide() && m.view != compareView {
		m.menuMove(n)
		return
	}
	p := m.pane()
	if p.count() == 0 {
		p.scroll(max(-m.bodyHeight(), min(n, m.bodyHeight())), m.paneHeight())
		return
	}
	before, off := p.sel, p.off
	m.onMenu = false
	p.move(n)
	p.show(m.paneHeight())
	if p.sel == before && p.off == off { // at an end: what stands beyond the last item can still be seen
		p.scroll(max(-1, min(n, 1)), m.paneHeight())
	}
}

// menuMove moves the selection in the list on the left.
func (m *Model) menuMove(n int) {
	switch m.view {
	case flowView:
		list := m.stageList()
		at := 0
		for i, id := range list {
			if id == m.stage {
				at = i
			}
		}
		m.selectStage(list[max(0, min(at+n, len(list)-1))])
	case tokensView:
		if to := max(0, min(m.token+n, len(m.cur.story.Tokens())+len(m.foreign)-1)); to != m.token {
			m.token, m.panes[tokensView] = to, pane{}
		}
	case sessionView:
		m.choosePart(m.chapter + sessionPart(n))
	case tenantView:
		m.moveTenant(n)
	case wireView:
		if to := max(0, min(m.call+n, len(m.cur.story.Calls())-1)); to != m.call {
			m.call, m.panes[wireView] = to, pane{}
		}
	}
}

// sideways goes to the list or to the pane; where only one is in sight, it moves in the list.
func (m *Model) sideways(n int) {
	if m.view == compareView {
		m.turn(n > 0)
		return
	}
	if m.wide() {
		m.onMenu = n < 0
		return
	}
	m.menuMove(n)
}

func (m *Model) tab() tea.Cmd {
	if m.view == compareView {
		m.turn(!m.pair.onB)
		return nil
	}
	m.onMenu = !m.onMenu
	return nil
}

// unfold shows the whole of the selected row, or folds it.
func (m *Model) unfold() tea.Cmd {
	if m.inExperiments() {
		return m.readExperiment()
	}
	m.onMenu = false
	if it := m.pane().at(); it != nil {
		m.expanded[it.id()] = !m.expanded[it.id()]
		m.folds++
		m.fill()
		m.pane().show(m.paneHeight())
	}
	return nil
}

// id names an item across redraws.
func (it *item) id() string {
	if it.path != "" {
		return it.path
	}
	return string(it.stage) + "\x00" + it.name + "\x00" + it.value
}

func (m *Model) scroll(n int) { m.pane().scroll(n, m.paneHeight()) }

func (m *Model) whyNotCopy() string {
	if it := m.copied(); it.value == "" && it.json == nil {
		return "nothing is selected to copy"
	}
	return ""
}

// copied is what y copies: the selected value; the URL where it is to be handed over.
func (m *Model) copied() item {
	if it := m.pane().at(); it != nil && !m.onMenu {
		return *it
	}
	if pg := m.page(); pg != nil && m.view == flowView && pg.Class != story.Authorization && m.onPage() {
		return item{name: "the address", value: pg.Request.URL, secret: secretOf(trace.Secrets(pg.Request.URL))}
	}
	if l := m.cur.story.Login(); l != nil && m.view == flowView && (m.stage == trace.Authorize || m.stage == trace.Callback) {
		return item{name: "the authorization URL", value: l.Authorize.Request.URL}
	}
	if it := m.pane().at(); it != nil {
		return *it
	}
	return item{}
}

func (m *Model) copyValue() tea.Cmd {
	it := m.copied()
	if len(it.whole) > 0 {
		it.value = string(it.whole)
	}
	if it.json != nil && it.json.Kind != jwtview.String {
		it.value = it.json.String()
	}
	what := it.name
	if it.secret != "" {
		what += ", the whole secret"
	}
	return m.copy(it.value, what)
}

// copy puts text on the clipboard: the system's own, and by OSC 52 that of the terminal, which is
// the right one over SSH. The terminal does not tell whether it took it.
func (m *Model) copy(text, what string) tea.Cmd {
	native := m.opt.Copy
	return tea.Batch(tea.SetClipboard(text), func() tea.Msg {
		if native == nil || native(text) != nil {
			return said{text: "copied " + what + ", if your terminal allows it (OSC 52)"}
		}
		return said{text: "copied " + what}
	})
}

// selectedCall is the call that the present view shows.
func (m *Model) selectedCall() trace.CallID {
	if m.view == wireView {
		if calls := m.cur.story.Calls(); m.call < len(calls) {
			return calls[m.call].ID
		}
		return 0
	}
	if m.view == tenantView {
		return m.selectedAttempt()
	}
	if it := m.pane().at(); it != nil && it.call != 0 {
		return it.call
	}
	if st := m.cur.story.StageRun(m.stage, 0); st != nil && len(st.Calls) > 0 {
		return st.Calls[len(st.Calls)-1].ID
	}
	return 0
}

func (m *Model) whyNotCurl() string {
	c := m.cur.story.Call(m.selectedCall())
	switch {
	case c == nil:
		return "no call is selected"
	case c.Inbound:
		return "this request came to us"
	}
	return ""
}

func (m *Model) copyCurl() tea.Cmd {
	return m.copyCurlOf(m.cur.story.Call(m.selectedCall()))
}

func (m *Model) copyCurlOf(c *story.Call) tea.Cmd {
	h := c.Request.Header
	if len(c.Sent.Header) > 0 {
		h = c.Sent.Header
	}
	return m.copy(trace.Curl(trace.Draft{Method: c.Request.Method, URL: c.Request.URL, Header: h, Body: c.Request.Body}, c.Edits...), "the call as curl, with its secrets")
}

func (m *Model) whyNotReveal() string {
	if m.cur.story.Redacted() {
		return "the secrets are not in this file"
	}
	if m.view == wireView {
		return ""
	}
	if it := m.pane().at(); it == nil || it.secret == "" {
		return "no secret is selected: tab goes to the pane, ↑ ↓ to a row"
	}
	return ""
}

// reveal shows the selected secret; in Wire, all of the selected call.
func (m *Model) reveal() tea.Cmd {
	id := wireKey(m.selectedCall())
	if m.view != wireView {
		id = m.pane().at().value
	}
	m.revealed[id] = !m.revealed[id]
	return nil
}

// shown reports whether a secret may be seen.
func (m *Model) shown(value string) bool {
	return m.revealAll || len(m.revealed) > 0 && m.revealed[value] // a long token is not hashed in every frame
}

func (m *Model) toggleMouse() tea.Cmd {
	m.mouseOff = !m.mouseOff
	m.toast = "the mouse works here again"
	if m.mouseOff {
		m.toast = "the mouse belongs to the terminal: select text with it; m takes it back"
	}
	return nil
}

// search selects the next row that contains text.
func (m *Model) search(text string) {
	m.find = text
	p := m.pane()
	for range jwtview.MaxDepth { // what is found in something folded is unfolded, level by level
		n, found := m.found(p, strings.ToLower(text))
		if !found {
			m.toast = "not found here: " + text
			return
		}
		p.sel, m.onMenu = n, false
		it := p.itemAt(n)
		if it.fold != closed || contains(it.name, strings.ToLower(text)) {
			break
		}
		m.expanded[it.path] = !m.expanded[it.path]
		m.folds++
		m.fill()
	}
	p.show(m.paneHeight())
}

// found returns the next item that contains text, which is in lower case. Hidden secrets are not looked into.
func (m *Model) found(p *pane, text string) (int, bool) {
	from := p.sel
	if m.onMenu {
		from = -1
	}
	for k := range p.count() {
		n := (from + 1 + k) % p.count()
		if i := n - len(p.items); i >= 0 {
			if p.list.holds(i, text) {
				return n, true
			}
			continue
		}
		if it := p.items[n]; contains(it.name, text) || (it.secret == "" || m.shown(it.value)) && contains(it.value, text) {
			return n, true
		}
	}
	return 0, false
}

// contains reports whether s contains text, which is in lower case.
func contains(s, text string) bool { return strings.Contains(strings.ToLower(s), text) }

func (m *Model) whyNotSave() string {
	if len(m.cur.log.Since(0)) < 2 {
		return "there is nothing to save yet"
	}
	if m.opt.Save == nil {
		return "saving is not possible here"
	}
	return ""
}

// save writes the current session to path.
func (m *Model) save(path string, withSecrets bool) tea.Cmd {
	if strings.TrimSpace(path) == "" {
		return func() tea.Msg { return said{err: errors.New("no file name was given")} }
	}
	events, verdicts := m.cur.log.Since(0), m.cur.story.Verdicts()
	what := "saved without secrets to "
	if withSecrets {
		what = "saved WITH ITS SECRETS to "
	}
	write := m.opt.Save
	return func() tea.Msg { // beside the screen: to redact a long session takes a while
		if !withSecrets {
			events = trace.Redact(events, verdicts)
		}
		if err := write(path, events); err != nil {
			return said{err: err}
		}
		return said{text: what + path}
	}
}
