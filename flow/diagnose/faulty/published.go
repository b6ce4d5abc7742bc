package faulty

import (
	"embed"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// tenants are documents in the shape that well-known servers publish, with keys made for this purpose. That of oidc-provider is
// what it really answered.
//
//go:embed tenants
var tenants embed.FS

// Shapes are the names of the documents that [Shape] has.
var Shapes = []string{"keycloak", "auth0", "okta", "entra", "oidc-provider"}

// Shape returns a document of metadata in the shape of a well-known server, and its keys.
func Shape(name string) (doc, keys string) {
	d, err1 := tenants.ReadFile("tenants/" + name + ".json")
	k, err2 := tenants.ReadFile("tenants/" + name + ".keys.json")
	if err1 != nil || err2 != nil {
		panic("no shape " + name)
	}
	return string(d), string(k)
}

// Published is what a tenant answers to whoever looks at it. An empty document is answered with 404.
type Published struct {
	Issuer            string // that is asked; "" is the one that OIDC names
	OIDC, OAuth, Keys string
	Header            trace.Header // of the keys
}

// PublishedAt is when the calls of [Published.Trace] are made.
var PublishedAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Trace is the trace of asking for all of it.
func (p Published) Trace() []trace.Event {
	jwks := ""
	v, err := jwtview.ParseJSON([]byte(p.OIDC))
	if err != nil {
		v, _ = jwtview.ParseJSON([]byte(p.OAuth))
	}
	named, _ := v.Str("issuer")
	jwks, _ = v.Str("jwks_uri")
	if p.Issuer == "" {
		p.Issuer = named
	}
	base := strings.TrimSuffix(p.Issuer, "/")
	scheme, rest, _ := strings.Cut(base, "://")
	host, path, _ := strings.Cut(rest, "/")
	if path != "" {
		path = "/" + path
	}
	l := tracing{events: []trace.Event{{At: PublishedAt, Data: trace.Settings{Issuer: p.Issuer}}}}
	l.call(base+"/.well-known/openid-configuration", p.OIDC, nil)
	l.call(scheme+"://"+host+"/.well-known/oauth-authorization-server"+path, p.OAuth, nil)
	if jwks != "" {
		l.call(jwks, p.Keys, p.Header)
	}
	return l.events
}

// tracing makes events of calls, 20 ms each.
type tracing struct {
	events []trace.Event
	calls  trace.CallID
}

func (l *tracing) call(url, body string, h trace.Header) {
	l.calls++
	status, media := 200, "application/json"
	if body == "" {
		status, media, body = 404, "text/html", "<html><title>Not found</title></html>"
	}
	h = append(trace.Header{{"Content-Type", media}}, h...)
	for i, d := range []trace.Data{trace.Ready{Method: "GET", URL: url}, trace.Sent{}, trace.Head{Status: status, Proto: "HTTP/2.0", Header: h}, trace.Body{Bytes: trace.Bytes(body), Declared: int64(len(body))}} {
		after := time.Duration(l.calls-1)*20*time.Millisecond + time.Duration(i)*5*time.Millisecond
		l.events = append(l.events, trace.Event{At: PublishedAt.Add(after), Mono: after + 1, Call: l.calls, Data: d})
	}
}
