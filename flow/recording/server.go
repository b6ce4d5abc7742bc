package recording

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// ended is when the last of the session's calls was over.
func (l *session) ended() (end time.Time) {
	end = l.began
	for _, a := range l.answers {
		if a.at.After(end) {
			end = a.at
		}
	}
	for _, x := range l.calls {
		if x.ends().After(end) {
			end = x.ends()
		}
	}
	return end
}

// lastRefusal is when an API last refused a token of the session.
func lastRefusal(l *session) (at time.Time) {
	for _, c := range l.calls {
		if c.role == roleAPI && c.status/100 == 4 {
			at = c.at
		}
	}
	return at
}

// server are the requests that the authorization server itself was asked.
func (l *session) server() (out []*exchange) {
	if l.authorize != nil {
		out = append(out, l.authorize)
	}
	for _, x := range l.calls {
		if x.role != roleAPI && x.role != roleReturn && x.role != roleNone {
			out = append(out, x)
		}
	}
	return out
}

// servers are the metadata of the servers that l talks to.
func (s *sorter) servers(l *session) (mine []*metadata) {
	for _, m := range s.meta {
		if l.talksTo(m) {
			mine = append(mine, m)
		}
	}
	return mine
}

// belongs reports whether a document is of the server that l talks to: by its metadata, which are mine, else by its host.
func (l *session) belongs(mine []*metadata, doc *exchange) bool {
	if doc.role == roleDiscovery && doc.has("issuer") {
		return slices.ContainsFunc(mine, func(m *metadata) bool { return m.x == doc })
	}
	if doc.role == roleKeys && len(mine) > 0 {
		return slices.ContainsFunc(mine, func(m *metadata) bool { return m.at["jwks_uri"] == doc.url })
	}
	if doc.role == roleDiscovery && len(mine) > 0 { // one that failed, beside one that did not
		return slices.ContainsFunc(mine, func(m *metadata) bool { return bare(m.x.url) == bare(doc.url) })
	}
	return slices.ContainsFunc(l.server(), func(x *exchange) bool {
		return origin(x.u) == origin(doc.u) && sharesPath(x.u, doc.u)
	})
}

// talksTo reports whether the session's requests went to addresses of m.
func (l *session) talksTo(m *metadata) bool {
	for _, x := range l.server() {
		for name, place := range m.at {
			if name != "jwks_uri" && place != "" && bare(place) == x.place() {
				return true
			}
		}
	}
	return false
}

// fitting leaves out what was given for another server than the session's: metadata, with the keys that came from the same
// place.
func (l *session) fitting(given []trace.Given) (out []trace.Given) {
	strange := map[string]bool{}
	for _, g := range given {
		v, err := jwtview.ParseJSON(g.Body)
		if g.What != trace.GivenMetadata || err != nil {
			continue
		}
		iss, _ := l.idToken().Claims.Str("iss")
		m := readMetadata(v, nil)
		strange[g.From] = len(l.server()) > 0 && iss != m.issuer && !l.talksTo(m)
	}
	return slices.DeleteFunc(slices.Clone(given), func(g trace.Given) bool { return strange[g.From] })
}

// sharesPath reports whether two addresses of a host may be of one tenant: realms and tenants have a path of their own.
func sharesPath(a, b *url.URL) bool {
	base, _, ok := strings.Cut(b.Path, "/.well-known/")
	if !ok {
		return true
	}
	return strings.HasPrefix(a.Path, base)
}
