package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"authscope/ui/report"
)

// command is one thing that the person can do. Help, footer, palette and the README's table are
// made from it, and from nothing else.
type command struct {
	keys  []string
	name  string // short, for the footer
	help  string // one sentence
	group string
	// why says why the command cannot be used now; "" means that it can. Nil is always.
	why func(*Model) string
	run func(*Model) tea.Cmd
}

// key returns how the command's key is written, "" if it has none and is found by its name.
func (c *command) key() string {
	if len(c.keys) == 0 {
		return ""
	}
	return c.keys[0]
}

// commands are all there are, in the order of the help.
var commands []command

func init() {
	commands = slices.Concat(walkCommands, tryCommands, experimentCommands(), lookCommands, secretCommands, viewCommands, programCommands)
}

var walkCommands = []command{
	{keys: []string{"enter"}, group: "walk", name: "next", help: "send what stands ready, or go on", why: (*Model).whyNotEnter, run: (*Model).enter},
	{keys: []string{"f"}, group: "walk", name: "finish", help: "send all the rest without stopping", why: (*Model).whyNotFinish, run: (*Model).finish},
	{keys: []string{"a"}, group: "walk", name: "sign in here", help: "sign the demo user in, without a browser", why: (*Model).whyNotAgent, run: func(m *Model) tea.Cmd { return m.signIn("agent") }},
	{keys: []string{"b"}, group: "walk", name: "browser", help: "sign in in the system's browser", why: (*Model).whyNotBrowser, run: func(m *Model) tea.Cmd { return m.signIn("browser") }},
	{keys: []string{"d"}, group: "walk", name: "refuse", help: "refuse the device, as the demo user", why: (*Model).whyNotRefuse, run: func(m *Model) tea.Cmd { return m.signIn("refuse") }},
	{keys: []string{"p"}, group: "walk", name: "paste", help: "paste the URL that the browser ended at; in Tokens, any token", why: (*Model).whyNotPaste, run: (*Model).askPaste},
	{keys: []string{"e"}, group: "walk", name: "edit", help: "change the request that stands ready, or hold the next one", why: (*Model).whyNotEdit, run: (*Model).edit},
	{keys: []string{"esc"}, group: "walk", name: "cancel", help: "close what is open, or cancel what runs", why: (*Model).whyNotCancel, run: (*Model).cancel},
	{keys: []string{"n"}, group: "walk", name: "new run", help: "begin again with the same settings", why: (*Model).whyNotRun, run: func(m *Model) tea.Cmd { return m.again(false) }},
}

var tryCommands = []command{
	{keys: []string{"A"}, group: "try", name: "another grant", help: "get tokens by code, device, or as the client", why: (*Model).whyNotRun, run: (*Model).askGrant},
	{keys: []string{"o"}, group: "try", name: "offline_access", help: "run again with, or without, offline_access", why: (*Model).whyNotRun, run: func(m *Model) tea.Cmd { return m.toggleScope("offline_access") }},
	{keys: []string{"s"}, group: "try", name: "scopes", help: "choose the scopes, and prompt=consent", why: (*Model).whyNotRun, run: (*Model).askScopes},
	{keys: []string{"P"}, group: "try", name: "prompt=consent", help: "run again with, or without, prompt=consent", why: (*Model).whyNotRun, run: (*Model).toggleConsent},
	{keys: []string{"+"}, group: "try", name: "parameters", help: "add parameters to the requests; on the time line, zoom in", why: (*Model).whyNotPlus, run: (*Model).plus},
	{group: "try", name: "answer by", help: "query, fragment or form_post", why: (*Model).whyNotAhead, run: (*Model).askMode},
	{group: "try", name: "look ahead", help: "try the authorization request out first, or not", why: (*Model).whyNotAhead, run: (*Model).toggleAhead},
	{keys: []string{"r"}, group: "try", name: "refresh", help: "get new tokens with the refresh token", why: (*Model).whyNotRefresh, run: (*Model).refresh},
	{keys: []string{"K"}, group: "try", name: "refresh mode", help: "refresh by hand, if needed, or keep alive", why: (*Model).whyNotMode, run: (*Model).nextMode},
	{keys: []string{"u"}, group: "try", name: "UserInfo", help: "ask UserInfo with the access token, refreshed first if needed", why: (*Model).whyNotAsk, run: (*Model).ask},
	{keys: []string{"R"}, group: "try", name: "refresh with", help: "refresh with fewer scopes, or other parameters", why: (*Model).whyNotRefresh, run: (*Model).askRefreshWith},
	{keys: []string{"C"}, group: "try", name: "call an API", help: "send the access token to an address", why: (*Model).whyNotToken, run: (*Model).askCall},
	{keys: []string{"i"}, group: "try", name: "introspect", help: "ask the tenant what a token is worth", why: (*Model).whyNotToken, run: (*Model).askIntrospect},
	{keys: []string{"x"}, group: "try", name: "revoke", help: "end the session; asks once", why: (*Model).whyNotRevoke, run: (*Model).revoke},
	{keys: []string{"X"}, group: "try", name: "revoke a token", help: "revoke the access token or the refresh token alone", why: (*Model).whyNotToken, run: (*Model).askRevokeToken},
	{keys: []string{"L"}, group: "try", name: "log out", help: "end the person's session at the tenant", why: (*Model).whyNotLogout, run: (*Model).logout},
	{group: "try", name: "after logout", help: "where the browser comes back to after a logout", why: (*Model).whyNotRun, run: (*Model).askLogoutURI},
	{keys: []string{"c"}, group: "try", name: "compare", help: "two runs side by side; in Compare, choose which", why: (*Model).whyNotCompare, run: (*Model).compare},
	{keys: []string{"N"}, group: "try", name: "change one thing", help: "change one thing, run again and compare", why: (*Model).whyNotChange, run: (*Model).askChange},
	{keys: []string{"t"}, group: "try", name: "short lives", help: "let access tokens live 20 s, to watch them end", why: (*Model).whyNotLifetime, run: (*Model).toggleLifetime},
	{keys: []string{"E"}, group: "try", name: "experiments", help: "see what the tenant does with old tokens, races, wrong codes", run: (*Model).seeExperiments},
	{keys: []string{"F"}, group: "try", name: "faults", help: "let something go wrong, on purpose", why: (*Model).whyNotFaults, run: (*Model).askFaults},
}

var lookCommands = []command{
	{keys: []string{"up", "k"}, group: "look", name: "up", help: "move up", run: func(m *Model) tea.Cmd { m.move(-1); return nil }},
	{keys: []string{"down", "j"}, group: "look", name: "down", help: "move down", run: func(m *Model) tea.Cmd { m.move(1); return nil }},
	{keys: []string{"left", "h"}, group: "look", name: "list", help: "to the list on the left, or back in it", run: func(m *Model) tea.Cmd { m.sideways(-1); return nil }},
	{keys: []string{"right", "l"}, group: "look", name: "pane", help: "to the pane on the right, or on in the list", run: func(m *Model) tea.Cmd { m.sideways(1); return nil }},
	{keys: []string{"tab"}, group: "look", name: "other side", help: "list or pane; in Compare, the other side", run: (*Model).tab},
	{keys: []string{"space"}, group: "look", name: "unfold", help: "unfold the selected row, or fold it", run: (*Model).unfold},
	{keys: []string{"w"}, group: "look", name: "side by side", help: "in Tokens: the token, its generations, where each claim stands", why: (*Model).whyNotTokenMode, run: (*Model).nextTokenMode},
	{keys: []string{"O"}, group: "look", name: "other login", help: "another login of the recording", why: (*Model).whyNotLogin, run: (*Model).askLogin},
	{keys: []string{"z"}, group: "look", name: "swap sides", help: "in Compare: put the left run on the right", why: (*Model).whyNotSwap, run: (*Model).swap},
	{keys: []string{"D"}, group: "look", name: "ask for more", help: "in Tenant: ask for the other metadata document, and the keys", why: (*Model).whyNotAskTenant, run: (*Model).askTenant},
	{keys: []string{"pgdown", "ctrl+d"}, group: "look", name: "page down", help: "scroll down", run: func(m *Model) tea.Cmd { m.scroll(m.bodyHeight() - 2); return nil }},
	{keys: []string{"pgup", "ctrl+u"}, group: "look", name: "page up", help: "scroll up", run: func(m *Model) tea.Cmd { m.scroll(2 - m.bodyHeight()); return nil }},
	{keys: []string{"home", "g"}, group: "look", name: "top", help: "to the first row", run: func(m *Model) tea.Cmd { m.move(-1 << 20); return nil }},
	{keys: []string{"end", "G"}, group: "look", name: "bottom", help: "to the last row", run: func(m *Model) tea.Cmd { m.move(1 << 20); return nil }},
	{keys: []string{"-"}, group: "look", name: "zoom out", help: "in Session: a longer part of the time line; + a shorter one", why: (*Model).whyNotZoom, run: func(m *Model) tea.Cmd { return m.zoomIn(-1) }},
	{keys: []string{"0"}, group: "look", name: "all of it", help: "the whole time line", why: (*Model).whyNotZoom, run: func(m *Model) tea.Cmd { return m.zoomIn(-100) }},
	{keys: []string{"<"}, group: "look", name: "earlier", help: "the time line further back", why: (*Model).whyNotZoom, run: func(m *Model) tea.Cmd { return m.panBy(-1) }},
	{keys: []string{">"}, group: "look", name: "later", help: "the time line further on", why: (*Model).whyNotZoom, run: func(m *Model) tea.Cmd { return m.panBy(1) }},
	{keys: []string{"/"}, group: "look", name: "search", help: "find a row; once more for the next", run: (*Model).askSearch},
}

var secretCommands = []command{
	{keys: []string{"y"}, group: "secrets", name: "copy", help: "copy the selected value, secrets too", why: (*Model).whyNotCopy, run: (*Model).copyValue},
	{keys: []string{"Y"}, group: "secrets", name: "copy as curl", help: "copy the call as curl, with its secrets", why: (*Model).whyNotCurl, run: (*Model).copyCurl},
	{keys: []string{"I"}, group: "secrets", name: "copy diagram", help: "copy the sequence diagram as text", why: (*Model).whyNotDiagram, run: func(m *Model) tea.Cmd { return m.copyDiagram(report.DiagramText) }},
	{keys: []string{"M"}, group: "secrets", name: "copy as Mermaid", help: "copy the sequence diagram as Mermaid", why: (*Model).whyNotDiagram, run: func(m *Model) tea.Cmd { return m.copyDiagram(report.DiagramMermaid) }},
	{keys: []string{"v"}, group: "secrets", name: "reveal", help: "show the selected secret, or hide it", why: (*Model).whyNotReveal, run: (*Model).reveal},
	{keys: []string{"V"}, group: "secrets", name: "reveal all", help: "show every secret; asks", run: (*Model).askRevealAll},
	{keys: []string{"S"}, group: "secrets", name: "save", help: "save the session, without its secrets", why: (*Model).whyNotSave, run: (*Model).askSave},
}

var viewCommands = []command{
	{keys: []string{"1"}, group: "views", name: "Flow", help: "the stages of the login", run: func(m *Model) tea.Cmd { return m.see(flowView) }},
	{keys: []string{"2"}, group: "views", name: "Tokens", help: "every token, read and checked", run: func(m *Model) tea.Cmd { return m.see(tokensView) }},
	{keys: []string{"3"}, group: "views", name: "Session", help: "lineage, clocks, time line, diagram, experiments", run: func(m *Model) tea.Cmd { return m.see(sessionView) }},
	{keys: []string{"4"}, group: "views", name: "Compare", help: "two runs side by side", run: func(m *Model) tea.Cmd { return m.see(compareView) }},
	{keys: []string{"5"}, group: "views", name: "Tenant", help: "what the tenant says of itself", run: func(m *Model) tea.Cmd { return m.see(tenantView) }},
	{keys: []string{"6"}, group: "views", name: "Wire", help: "the raw bytes of every call", run: func(m *Model) tea.Cmd { return m.see(wireView) }},
	{keys: []string{"!"}, group: "views", name: "findings", help: "all findings: why, what to do, and where it shows", run: (*Model).askFindings},
	{keys: []string{"W"}, group: "views", name: "why", help: "unfold what is said of the selected thing, or fold it", why: (*Model).whyNotWhy, run: (*Model).foldWhy},
}

var programCommands = []command{
	{keys: []string{"T"}, group: "program", name: "tenants", help: "another tenant: embedded, a saved profile, or a new one", why: (*Model).whyNotTenants, run: (*Model).askTenants},
	{group: "program", name: "keep settings", help: "write grant, scope, parameters and the like into the profile", why: (*Model).whyNotKeep, run: (*Model).keepSettings},
	{keys: []string{":"}, group: "program", name: "commands", help: "find a command by its name", run: (*Model).askCommand},
	{keys: []string{"?"}, group: "program", name: "help", help: "this help", run: (*Model).askHelp},
	{keys: []string{"m"}, group: "program", name: "mouse", help: "the mouse for the terminal, to select text", run: (*Model).toggleMouse},
	{keys: []string{"ctrl+z"}, group: "program", name: "suspend", help: "to the shell; fg comes back", run: (*Model).suspend},
	{keys: []string{"q", "ctrl+c"}, group: "program", name: "quit", help: "leave", run: (*Model).quit},
}

// command returns the command of a key, or nil.
func commandOf(key string) *command {
	for i := range commands {
		if slices.Contains(commands[i].keys, key) {
			return &commands[i]
		}
	}
	return nil
}

// disabled says why c cannot be used now, or "".
func (c *command) disabled(m *Model) string {
	if c.why == nil {
		return ""
	}
	return c.why(m)
}

// key handles a key press: the topmost layer has it.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	m.toast, m.eager = "", false
	if msg.String() == "ctrl+c" {
		return m.quit()
	}
	if msg.String() == "ctrl+z" {
		return m.suspend()
	}
	if m.modal != nil {
		return m.modal.key(m, msg)
	}
	return m.do(commandOf(msg.String()))
}

// do runs a command, or says why it cannot be.
func (m *Model) do(c *command) tea.Cmd {
	if c == nil {
		return nil
	}
	if why := c.disabled(m); why != "" {
		m.toast = why
		return nil
	}
	return c.run(m)
}
