package recording

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"authscope/jwtview"
)

// metadata are the addresses of one server, from its discovery document.
type metadata struct {
	issuer string
	at     map[string]string // by the member's name
	x      *exchange
}

var endpointRoles = map[string]role{
	"userinfo_endpoint": roleUserInfo, "introspection_endpoint": roleIntrospect, "revocation_endpoint": roleRevoke, "jwks_uri": roleKeys,
	"end_session_endpoint": roleLogout, "device_authorization_endpoint": roleDevice, "token_endpoint": roleCode, "authorization_endpoint": roleAuthorize,
	"pushed_authorization_request_endpoint": rolePushed,
}

// readMetadata reads the discovery documents, and by them what other requests are for.
func (s *sorter) readMetadata() {
	for _, x := range s.h.kept {
		if x.role == roleDiscovery && x.has("issuer") && len(s.meta) < maxServers {
			s.meta = append(s.meta, readMetadata(x.json, x))
		}
	}
	roles := map[string][]role{}
	for _, m := range s.meta {
		for _, name := range slices.Sorted(maps.Keys(m.at)) {
			if r, at := endpointRoles[name], bare(m.at[name]); at != "" && !slices.Contains(roles[at], r) {
				roles[at] = append(roles[at], r)
			}
		}
	}
	for _, x := range s.h.kept {
		for _, r := range roles[x.place()] {
			x.is(r)
		}
	}
}

func readMetadata(v jwtview.Value, x *exchange) *metadata {
	m := &metadata{at: map[string]string{}, x: x}
	m.issuer, _ = v.Str("issuer")
	for name := range endpointRoles {
		m.at[name], _ = v.Str(name)
	}
	return m
}

// is notes what the metadata says of an address. What the request itself says goes before it.
func (x *exchange) is(r role) {
	switch {
	case x.role == roleNone || x.role == roleAPI || x.role == r:
	case r == roleIntrospect && x.role == roleRevoke, r == roleRevoke && x.role == roleIntrospect, r == roleUserInfo && x.role == roleLogout:
	default:
		return
	}
	if r == roleCode && x.method != "POST" || r == roleAuthorize && x.u.Query().Get("client_id") == "" && x.form.Get("client_id") == "" {
		return
	}
	x.role = r
}

// placeUserInfo finds the login by the token. Where the header was taken out, it is the newest with a token of that server.
func (s *sorter) placeUserInfo(x *exchange) {
	if x.method != "GET" && x.method != "POST" {
		return
	}
	to := s.byToken[x.bearer()]
	if to == nil && x.bearer() == "" {
		to = s.newest(x.u)
	}
	s.into(to, "userinfo "+x.place()+" "+x.bearer(), x)
}

// newest returns the newest session that got tokens from a server at u's host.
func (s *sorter) newest(u *url.URL) *session {
	for _, l := range slices.Backward(s.recent()) {
		for _, c := range l.calls {
			if (c.has("access_token") || c.role == roleCode && c.resMissing) && (origin(c.u) == origin(u) || s.sameServer(c.u, u)) {
				return l
			}
		}
	}
	return nil
}

// sameServer reports whether the metadata names addresses at both hosts.
func (s *sorter) sameServer(a, b *url.URL) bool {
	for _, m := range s.meta {
		if m.isOf(a) && m.isOf(b) {
			return true
		}
	}
	return false
}

// isOf reports whether u is at a host of this server.
func (m *metadata) isOf(u *url.URL) bool {
	for _, place := range m.at {
		if p, err := url.Parse(place); err == nil && place != "" && origin(p) == origin(u) {
			return true
		}
	}
	return false
}

// placeAPI keeps a call to an API only where it says something of the token: it was refused, or is the first that was
// taken. What an application asks its API otherwise is no business of a login.
func (s *sorter) placeAPI(x *exchange) {
	to := s.byToken[x.bearer()]
	challenged := strings.Contains(strings.ToLower(x.resHeader.Get("WWW-Authenticate")), "error=") || x.member("error") == "insufficient_scope" || x.member("error") == "invalid_token"
	refused := x.status == 401 || x.status == 403 && challenged
	taken := x.status/100 == 2 && to != nil && !slices.ContainsFunc(to.calls, func(c *exchange) bool { return c.role == roleAPI && c.status/100 == 2 && c.at.After(lastRefusal(to)) })
	if !refused && !taken {
		return
	}
	s.into(to, "api "+origin(x.u)+" "+x.bearer(), x)
}

// placeLogout finds whose session is ended: by the ID token, else the newest of that server.
func (s *sorter) placeLogout(x *exchange) {
	q := answerOf(x.u, x.form)
	to := s.byToken[q.Get("id_token_hint")]
	for _, l := range slices.Backward(s.recent()) {
		if to != nil {
			break
		}
		if l.authorize != nil && origin(l.authorize.u) == origin(x.u) {
			to = l
		}
	}
	to = s.into(to, "logout "+origin(x.u), x)
	if back := q.Get("post_logout_redirect_uri"); back != "" {
		if u := x.location(); u != nil && leadsTo(u, back, "", "") {
			to.call(s, &exchange{n: x.n, at: x.ends(), method: "GET", url: u.String(), u: u, role: roleReturn})
			return
		}
		if len(s.returned) < maxSessions {
			s.returned[back] = to
			s.visited(to, x, back)
		}
	}
}

// visited looks for the browser's way back among the pages that were forgotten.
func (s *sorter) visited(to *session, x *exchange, back string) {
	for _, v := range s.h.visits {
		if !v.at.Before(x.at) && leadsTo(v.u, back, "", "") {
			to.call(s, &exchange{n: x.n, at: v.at, method: "GET", url: v.u.String(), u: v.u, role: roleReturn})
			delete(s.returned, back)
			return
		}
	}
}

// isReturn reports whether x is the browser on its way back from a logout, and puts it there.
func (s *sorter) isReturn(x *exchange) bool {
	if q := x.u.Query(); x.method != "GET" || x.role != roleNone || q.Has("code") || q.Has("error") {
		return false
	}
	for back, to := range s.returned {
		if leadsTo(x.u, back, "", "") {
			x.role = roleReturn
			to.call(s, x)
			delete(s.returned, back)
			return true
		}
	}
	return false
}

// placeDocs gives each session the metadata and keys of its server: those that were fetched while it went on, and the
// last before it, or the first after it.
func (s *sorter) placeDocs() {
	taken := map[*exchange]bool{}
	for _, l := range s.out {
		for _, group := range s.groups(l) {
			for _, x := range group {
				taken[x] = true
			}
			l.docs = append(l.docs, around(group, l)...)
		}
	}
	for _, x := range s.docs { // discovery that no login came of
		if !taken[x] {
			key := "docs " + origin(x.u)
			l := s.byKey[key]
			if l == nil && len(s.out) >= 2*maxSessions {
				continue
			}
			if l == nil {
				l = &session{began: x.at}
				s.byKey[key], s.out = l, append(s.out, l)
			}
			l.docs = append(l.docs, x)
		}
	}
}

// groups collects the documents of l's server by their address.
func (s *sorter) groups(l *session) (out [][]*exchange) {
	at, mine := map[string]int{}, s.servers(l)
	for _, x := range s.docs {
		if !l.belongs(mine, x) {
			continue
		}
		i, ok := at[x.url]
		if !ok {
			i, at[x.url] = len(out), len(out)
			out = append(out, nil)
		}
		out[i] = append(out[i], x)
	}
	return out
}

// around chooses among the fetches of one document.
func around(group []*exchange, l *session) (out []*exchange) {
	end := l.ended()
	var before, after *exchange
	for _, x := range group {
		switch {
		case x.at.Before(l.began):
			before = x
		case x.at.After(end):
			if after == nil {
				after = x
			}
		default:
			out = append(out, x)
		}
	}
	if before != nil {
		return append([]*exchange{before}, out...)
	}
	if len(out) == 0 && after != nil {
		return []*exchange{after}
	}
	return out
}
