package recording

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// placeAnswer looks whether x came to a redirect URI, or leads there.
func (s *sorter) placeAnswer(x *exchange) {
	if q := answerOf(x.u, x.form); x.role == roleNone && s.mayAnswer(x.u, q, x.at) {
		if l := s.loginOf(x.u, q, x.at); l != nil {
			s.answer(l, &answer{method: x.method, url: x.url, from: x, at: x.at, params: q})
		} else if s.strange(x, q) && q.Has("state") && (q.Has("code") || q.Has("error") || q.Has("id_token")) && s.known(x) {
			l := &session{began: x.at}
			s.out = append(s.out, l)
			s.answer(l, &answer{method: x.method, url: x.url, from: x, at: x.at, params: q})
		}
	}
	to := x.location()
	if to == nil {
		return
	}
	q := answerOf(to, nil)
	if !s.mayAnswer(to, q, x.ends()) || to.Fragment == "" && s.present[to.String()] {
		return
	}
	if l := s.loginOf(to, q, x.ends()); l != nil {
		s.answer(l, &answer{method: "GET", url: to.String(), from: x, at: x.ends(), redirected: true, params: q})
	}
}

// mayAnswer reports whether an address is that of an answer: by its parameters, or by a state that waits for one there.
func (s *sorter) mayAnswer(u *url.URL, q url.Values, at time.Time) bool {
	if isAnswer(q) || q.Get("state") == "" {
		return isAnswer(q)
	}
	l := s.loginOf(u, q, at)
	return l != nil && l.params.Get("state") == q.Get("state") && l.params.Get("redirect_uri") != ""
}

// strange reports whether x is no page of a server on its way through a login: those carry codes and states of their own.
func (s *sorter) strange(x *exchange, q url.Values) bool {
	if q.Has("client_id") || q.Has("redirect_uri") {
		return false
	}
	return !slices.ContainsFunc(s.recent(), func(l *session) bool {
		return l.authorize != nil && (origin(l.authorize.u) == origin(x.u) || q.Get("state") == l.params.Get("state"))
	})
}

// known reports whether an answer without its request may be one: nothing but a browser's navigation is.
func (s *sorter) known(x *exchange) bool {
	kind := strings.ToLower(x.header.Get("Sec-Fetch-Mode"))
	return (x.method == "GET" || x.method == "POST" && x.form != nil) && (kind == "" || kind == "navigate")
}

// answer adds an answer to a login, once.
func (s *sorter) answer(l *session, a *answer) {
	for _, old := range l.answers {
		if old.url == a.url && slices.Equal(old.params["code"], a.params["code"]) {
			return
		}
	}
	if len(l.answers) == maxAnswers {
		return
	}
	l.answers = append(l.answers, a)
	if code := a.params.Get("code"); code != "" && s.byCode[code] == nil {
		s.byCode[code] = l
	}
	s.learn(l, func(name string) (string, bool) { return a.params.Get(name), a.params.Has(name) })
}

// loginOf returns the login that an answer at u belongs to: by its state, else the newest one that still waits there.
func (s *sorter) loginOf(u *url.URL, q url.Values, at time.Time) *session {
	var best *session
	rank := 0
	for _, l := range slices.Backward(s.recent()) {
		if l.authorize == nil || l.began.After(at) || !l.hidden() && !leadsTo(u, l.params.Get("redirect_uri"), q.Get("state"), l.params.Get("state")) {
			continue
		}
		r := 1
		if len(l.answers) == 0 {
			r = 2
		}
		if q.Get("state") == l.params.Get("state") {
			r += 2
		}
		if r > rank {
			best, rank = l, r
		}
	}
	return best
}

// hidden reports whether the login's request was pushed where nobody recorded it, and no answer came yet: any may be its own.
func (l *session) hidden() bool {
	return l.params.Get("request_uri") != "" && l.params.Get("redirect_uri") == "" && len(l.answers) == 0
}

// leadsTo reports whether u is the redirect URI, whatever its parameters. Where the request named none, the state tells.
func leadsTo(u *url.URL, redirectURI, state, sent string) bool {
	if redirectURI == "" {
		return state != "" && state == sent
	}
	back, err := url.Parse(redirectURI)
	return err == nil && origin(back) == origin(u) && "/"+strings.Trim(back.Path, "/") == "/"+strings.Trim(u.Path, "/") && back.Opaque == u.Opaque
}
