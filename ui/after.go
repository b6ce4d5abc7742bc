package ui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// What can be done with the tokens of a run: each makes a request and shows it, and enter sends it.

// then walks stages that come after a login.
func (m *Model) then(id trace.StageID, stages []flow.Stage, g *gate) tea.Cmd {
	m.view, m.onMenu = flowView, true
	m.selectStage(id)
	m.panes[flowView] = pane{}
	m.followed = id
	return m.walk(m.cur, stages, g)
}

func (m *Model) whyNotToken() string {
	if why := m.whyNotAfter(); why != "" {
		return why
	}
	if m.cur.story.Newest(story.AccessToken) == nil {
		return "there are no tokens yet"
	}
	return ""
}

// askIntrospect asks the tenant what a token is worth, and which.
func (m *Model) askIntrospect() tea.Cmd {
	if md := m.cur.story.Metadata(); md != nil && md.IntrospectionEndpoint == "" && m.target.SwitchOn != nil {
		m.modal = &question{title: "Switch an introspection endpoint on?", yes: "switch it on and run again",
			text: "Authgear has no introspection endpoint, so the embedded tenant has none either. For this it can have one, which is marked as not Authgear's. The login has to run again, since the metadata names the endpoint; then i asks.",
			do: func(m *Model) tea.Cmd {
				m.cfg = m.target.SwitchOn(m.cfg, "introspection")
				return m.rerun("introspection is on: sign in, then press i")
			}}
		return nil
	}
	if m.cur.story.Newest(story.RefreshToken) == nil {
		return m.then(trace.Introspect, flow.Introspect(story.AccessToken), newGate())
	}
	kinds := [][]story.Kind{{story.AccessToken}, {story.RefreshToken}, nil}
	return m.choose(&chooser{title: "Introspect which token?", about: "The tenant says whether the token is active, and what it knows of it.", enter: "make the request",
		options: []option{{name: "the access token"}, {name: "the refresh token"}, {name: "both, one after the other"}},
		pick: func(m *Model, i int) tea.Cmd {
			return m.then(trace.Introspect, flow.Introspect(kinds[i]...), newGate())
		}})
}

// askRevokeToken revokes one token, and asks which.
func (m *Model) askRevokeToken() tea.Cmd {
	kinds := []story.Kind{story.AccessToken}
	options := []option{{name: "the access token", notes: [][2]string{{"", "The refresh token stays, and gets another. Not every server ends an access token before its time."}}}}
	if m.cur.story.Newest(story.RefreshToken) != nil {
		kinds = append(kinds, story.RefreshToken)
		options = append(options, option{name: "the refresh token", notes: [][2]string{{"", "With it mostly the whole session ends, and its access tokens."}}})
	}
	return m.choose(&chooser{title: "Revoke which token?", about: "Afterwards UserInfo is asked whether the access token still works.", enter: "make the request", options: options,
		pick: func(m *Model, i int) tea.Cmd {
			g := newGate()
			g.once = true
			return m.then(trace.Revoke, flow.RevokeToken(kinds[i]), g)
		}})
}

// askCall asks for the address of an API.
func (m *Model) askCall() tea.Cmd {
	at := m.api
	if md := m.cur.story.Metadata(); at == "" && md != nil {
		at = md.UserInfoEndpoint
	}
	m.modal = m.newField("Call an API with the access token",
		"A GET with the token in the Authorization header, to https or to this machine only; a redirect is not followed. Whoever answers gets the token.",
		at, "make the request", func(m *Model, text string) tea.Cmd {
			text = strings.TrimSpace(text)
			if err := flow.CheckAPI(text); err != nil {
				m.api = text
				m.askCall()
				m.toast = err.Error()
				return nil
			}
			m.api = text
			return m.then(trace.Call, flow.Call(text), newGate())
		})
	return nil
}

func (m *Model) whyNotLogout() string {
	if why := m.whyNotToken(); why != "" {
		return why
	}
	if m.cur.settings().Grant == trace.GrantClientCredentials {
		return "a logout is for a person, and none has signed in"
	}
	return ""
}

// logout makes a logout request and shows it: enter hands it to the browser, esc keeps the session.
func (m *Model) logout() tea.Cmd {
	g := newGate()
	g.once = true
	return m.then(trace.Logout, flow.LogoutBy(m.cfg.PostLogoutURI), g)
}

// askLogoutURI asks where the next logout is to come back to. It holds at once: nothing of a login depends on it.
func (m *Model) askLogoutURI() tea.Cmd {
	m.modal = m.newField("Where a logout comes back to",
		"It is sent as post_logout_redirect_uri, and must be registered for the client. Empty: "+orNone(m.ownLogoutURI())+", the root of the redirect URI.",
		m.cfg.PostLogoutURI, "take it", func(m *Model, text string) tea.Cmd {
			text = strings.TrimSpace(text)
			if err := profile.CheckLogoutURI(text); err != nil {
				m.askLogoutURI()
				m.modal.(*field).input.SetValue(text)
				m.toast = err.Error()
				return nil
			}
			m.cfg.PostLogoutURI = text
			m.toast = "the next logout comes back to " + orNone(flow.PostLogoutURI(m.cfg.Settings)) + " (L)"
			return nil
		})
	return nil
}

// ownLogoutURI is where a logout comes back to if nothing else is said; "" if authscope cannot listen there.
func (m *Model) ownLogoutURI() string {
	return flow.PostLogoutURI(trace.Settings{RedirectURI: m.cfg.RedirectURI})
}

// loggingOut says what is waited for while somebody logs out.
func (m *Model) loggingOut(s *sheet) {
	l := m.cur.story.Logout()
	if l == nil {
		return
	}
	back := l.Params.Get("post_logout_redirect_uri")
	if h := m.cur.held(); h != nil && h.Front {
		s.text(m.th.Warn, 0, theme.Finding+" This ends the person's session at the tenant: enter goes on, esc keeps it.")
		s.gap()
		return
	}
	if !l.Waiting() || back == "" {
		return
	}
	s.text(m.th.Text, 0, "Waiting for the browser to come back to "+back)
	s.text(m.th.Dim, 0, fmt.Sprintf("for %s so far; given up after %s. A tenant that does not know this address keeps the person on a page of its own; after logout (:) asks for another.", sinceText(m.now.Sub(l.Call.SentAt)), clockText(flow.LogoutPatience)))
	m.troubles(s)
	s.gap()
	m.pageKeys(s, "a", "b", "y", "p", "esc")
	s.gap()
}

// troubles says what went wrong with whoever was to open the page.
func (m *Model) troubles(s *sheet) {
	for _, what := range []string{"browser", "agent", "listener"} {
		if said := m.cur.story.Said(what); said != "" {
			s.text(m.th.Warn, 0, theme.Finding+" "+said)
		}
	}
}

// pageKeys names the keys that count while a page is open.
func (m *Model) pageKeys(s *sheet, keys ...string) {
	for _, k := range keys {
		if c := commandOf(k); c.disabled(m) == "" {
			var l cells
			l.put(m.th.Key, k)
			l.to(5)
			l.put(m.th.Dim, safe.Cut(m.pageHelp(k), s.w-5))
			s.line(l.String())
		}
	}
}

// pageHelp says what a key does with the page that is open.
func (m *Model) pageHelp(key string) string {
	switch c := m.pageClass(); {
	case c == story.DevicePage && key == "a":
		return "agree here, as the demo user"
	case c == story.DevicePage && key == "d":
		return "refuse here, as the demo user"
	case c == story.DevicePage && key == "b":
		return "open the page in the browser here"
	case c == story.DevicePage && key == "esc":
		return "give up"
	case c == story.LogoutPage && key == "a":
		return "log out here, without a browser"
	}
	return waitingHelp[key]
}

// revoking warns of what a revocation that stands ready will end.
func (m *Model) revoking(s *sheet) {
	h := m.cur.held()
	if h == nil {
		return
	}
	if t := m.cur.story.About(h); t != nil && t.Kind == story.AccessToken {
		s.text(m.th.Warn, 0, theme.Finding+" This is to end the access token: enter sends it, esc keeps it.")
		return
	}
	s.text(m.th.Warn, 0, theme.Finding+" This ends the session of the person who signed in: enter sends it, esc keeps the session.")
}
