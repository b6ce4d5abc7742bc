package story

import (
	"net/url"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Logout is a logout that was begun here (OpenID Connect RP-Initiated Logout 1.0 §2).
type Logout struct {
	Call   *Call // the URL that was handed over
	Params url.Values
	Login  *Login
	Return *Call // what came back, or nil
}

// Logout returns the newest logout, or nil.
func (s *Story) Logout() *Logout {
	if len(s.logouts) == 0 {
		return nil
	}
	return s.logouts[len(s.logouts)-1]
}

// newer reports whether the logout began after the stage did.
func (l *Logout) newer(st *Stage) bool {
	return st == nil || l.Call.stage != nil && l.Call.stage.Order > st.Order
}

// classifyPage says what a URL for the browser is for.
func (s *Story) classifyPage(r *Request) Class {
	m, q := s.known(), r.Query()
	at, _, _ := strings.Cut(r.URL, "?")
	if d := s.Device(); d != nil && d.URI != "" {
		if page, _, _ := strings.Cut(d.URI, "?"); at == page || r.URL == d.URIComplete {
			return DevicePage
		}
	}
	end, _, _ := strings.Cut(m.EndSessionEndpoint, "?")
	if !q.Has("response_type") && (at == end && end != "" || q.Has("post_logout_redirect_uri") || q.Has("logout_hint")) {
		return LogoutPage
	}
	return Authorization
}

func (s *Story) beginLogout(c *Call) {
	l := &Logout{Call: c, Params: c.Request.Query(), Login: s.Login()}
	if last := s.Logout(); last != nil && last.Call == c { // changed before it was sent
		s.logouts[len(s.logouts)-1] = l
	} else {
		s.logouts = append(s.logouts, l)
	}
	c.Login = l.Login
}

// loggedOut reports whether what came is the browser on its way back from a logout.
func (s *Story) loggedOut(c *Call) bool {
	l := s.Logout()
	if l == nil || l.Return != nil || c.Request.parsed == nil || c.Request.Method != "GET" {
		return false
	}
	back, err := url.Parse(l.Params.Get("post_logout_redirect_uri"))
	if err != nil || l.Params.Get("post_logout_redirect_uri") == "" || cleanPath(back.Path) != cleanPath(c.Request.parsed.Path) {
		return false
	}
	q := c.Request.Query()
	return !q.Has("code") && !q.Has("error") && (s.Login() == nil || q.Get("state") == "" || q.Get("state") != s.Login().State)
}

// readLogoutReturn reads what came back from a logout (RP-Initiated Logout 1.0 §3).
func (s *Story) readLogoutReturn(c *Call, e trace.Event) {
	l := s.Logout()
	c.Class, c.Login = LogoutReturn, l.Login
	s.attach(c, e)
	sent, got := l.Params.Get("state"), c.Request.Query().Get("state")
	check := jwtview.Check{ID: "state", Status: jwtview.Passed, Want: sent, Got: got, Spec: "OpenID Connect RP-Initiated Logout 1.0 §2, §3", Detail: "The browser came back from this logout."}
	switch {
	case sent == "":
		check.Status, check.Detail = jwtview.NotApplicable, "No state was sent."
	case sent != got:
		check.Status, check.Detail = jwtview.Failed, "The server must return state as it was sent: this may not be the way back from this logout."
		check.Got = orElse(got, "absent")
	}
	if check.Status != jwtview.Failed {
		l.Return = c
		if l.Call.State == InFlight {
			l.Call.State, l.Call.DoneAt, l.Call.ended = Answered, e.At, e.Mono
		}
	}
	s.settle(subject(string(trace.Logout), c.N), []jwtview.Check{check})
	s.explain(c)
	s.conclude(c.stage)
}

// pageRows explains a URL for the browser that is no authorization request.
func (s *Story) pageRows(c *Call) (rows []Row) {
	if c.Class == DevicePage {
		at, _, _ := strings.Cut(c.Request.URL, "?")
		rows = append(rows, Row{Name: "url", Value: at, Note: "the person opens it on any device"})
		for _, p := range params(c.Request.parsed) {
			rows = append(rows, row(p[0], p[1], meanings[p[0]]))
		}
		return rows
	}
	for _, p := range params(c.Request.parsed) {
		r := row(p[0], p[1], meanings[p[0]])
		switch p[0] {
		case "id_token_hint":
			r.Kind = "id_token"
			if t := s.byValue[p[1]]; t != nil {
				r.Note = "the ID token: whose session it is"
			}
		case "state":
			r.Kind, r.Note = "", "fresh; must come back"
		}
		rows = append(rows, r)
	}
	if !c.Request.Query().Has("id_token_hint") {
		rows = append(rows, Row{Name: "id_token_hint", Absent: true, Note: "without it the server asks the person, or cannot tell whose session it is"})
	}
	if !c.Request.Query().Has("post_logout_redirect_uri") {
		rows = append(rows, Row{Name: "post_logout_redirect_uri", Absent: true, Note: "the browser stays at the tenant"})
	}
	return rows
}

func (s *Story) returnRows(c *Call) (rows []Row) {
	rows = []Row{{Name: "url", Value: c.Request.URL, Note: "the browser is back; that proves no more"}}
	for _, p := range params(c.Request.parsed) {
		r := row(p[0], p[1], meanings[p[0]])
		if p[0] == "state" {
			r.Kind, r.Note = "", "as it was sent"
			if l := s.Logout(); l == nil || l.Params.Get("state") != p[1] {
				r.Note, r.Bad = "not as it was sent", true
			}
		}
		rows = append(rows, r)
	}
	return rows
}
