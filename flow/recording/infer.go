package recording

import (
	"net/url"
	"regexp"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// describe infers the settings of a session from its requests, and notes in rec what each was read from.
func (l *session) describe(rec *trace.Recording, o Options) trace.Settings {
	s := trace.Settings{Leeway: o.Leeway, NoPreflight: true}
	infer := func(name, value, from string) string {
		if value != "" {
			rec.Inferred = append(rec.Inferred, trace.Inferred{Name: name, Value: value, From: from})
		}
		return value
	}
	const request = "the authorization request"
	s.Issuer = l.issuer(infer, o)
	if s.ClientID = infer("client_id", l.params.Get("client_id"), request); s.ClientID == "" {
		for _, x := range l.calls {
			if id := x.client(); id != "" && x.role != roleAPI {
				s.ClientID = infer("client_id", id, "the token request")
				break
			}
		}
	}
	s.RedirectURI = infer("redirect_uri", l.params.Get("redirect_uri"), request)
	if s.RedirectURI == "" {
		for _, x := range l.calls {
			if uri := x.form.Get("redirect_uri"); x.role == roleCode && uri != "" {
				s.RedirectURI = infer("redirect_uri", uri, "the token request")
				break
			}
		}
	}
	s.Scope = infer("scope", l.params.Get("scope"), request)
	s.ResponseMode = l.params.Get("response_mode")
	for _, x := range l.calls {
		switch {
		case l.authorize != nil:
		case x.role == roleDevice:
			s.Grant, s.Scope = trace.GrantDevice, infer("scope", x.form.Get("scope"), "the device authorization request")
		case x.role == roleClient:
			s.Grant, s.Scope = trace.GrantClientCredentials, infer("scope", x.form.Get("scope"), "the token request")
		}
	}
	if l.document() == nil && len(o.Given) == 0 {
		rec.Endpoints = l.endpoints()
	}
	return s
}

// document is the newest metadata of the session, or nil.
func (l *session) document() (doc *exchange) {
	for _, x := range l.docs {
		if x.role == roleDiscovery && x.has("issuer") && x.status/100 == 2 {
			doc = x
		}
	}
	return doc
}

// issuer is whom the application asked. Only metadata tells that; what else names an issuer is noted and not held against
// itself.
func (l *session) issuer(infer func(name, value, from string) string, o Options) string {
	for _, g := range o.Given {
		if v, err := jwtview.ParseJSON(g.Body); g.What == trace.GivenMetadata && err == nil {
			iss, _ := v.Str("issuer")
			return infer("issuer", iss, "the metadata that was given")
		}
	}
	iss, _ := l.idToken().Claims.Str("iss")
	if doc := l.document(); doc != nil {
		named := doc.member("issuer")
		if pattern, ok := template(named); ok {
			if pattern.MatchString(iss) {
				return infer("issuer", iss, "the ID token, which fits the template in the metadata")
			}
			infer("issuer", named, "the metadata")
			return ""
		}
		for _, u := range wellKnown(named) {
			if u == bare(doc.url) {
				return infer("issuer", named, "the metadata, which stands at that issuer's address")
			}
		}
		return infer("issuer", askedIssuer(doc.u), "the address of the metadata")
	}
	for _, x := range l.docs { // discovery that failed
		if x.role == roleDiscovery && len(x.json.Members) > 0 && x.status/100 == 2 {
			return infer("issuer", askedIssuer(x.u), "the address of the metadata")
		}
		if x.role == roleDiscovery {
			infer("issuer", askedIssuer(x.u), "the address at which metadata was asked for; whether a slash belongs behind it, that does not tell")
			return ""
		}
	}
	for _, a := range l.answers {
		if v := a.params.Get("iss"); v != "" {
			infer("issuer", v, "iss of the answer; not held against anything, since the metadata is not in the recording")
			return ""
		}
	}
	if iss != "" {
		infer("issuer", iss, "iss of the ID token; not held against anything, since the metadata is not in the recording")
		return ""
	}
	for _, x := range l.server() {
		if x.u.Host == "" {
			continue
		}
		infer("issuer", origin(x.u), "the host of a request; the issuer may have a path behind it")
		break
	}
	return ""
}

// template reads an issuer that stands for many, as Microsoft's common endpoint has: https://…/{tenantid}/v2.0.
func template(issuer string) (*regexp.Regexp, bool) {
	i, j := strings.IndexByte(issuer, '{'), strings.IndexByte(issuer, '}')
	if i < 0 || j < i {
		return nil, false
	}
	p, err := regexp.Compile("^" + regexp.QuoteMeta(issuer[:i]) + "[^/]+" + regexp.QuoteMeta(issuer[j+1:]) + "$")
	return p, err == nil
}

// wellKnown are the addresses of an issuer's metadata (OpenID Connect Discovery 1.0 §4, RFC 8414 §3).
func wellKnown(issuer string) []string {
	base := strings.TrimSuffix(issuer, "/")
	out := []string{base + "/.well-known/openid-configuration", base + "/.well-known/oauth-authorization-server"}
	if u, err := url.Parse(base); err == nil {
		for _, name := range []string{"oauth-authorization-server", "openid-configuration"} {
			v := *u
			v.Path = "/.well-known/" + name + u.Path
			out = append(out, v.String())
		}
	}
	return out
}

// askedIssuer is the issuer whose metadata would stand at u.
func askedIssuer(u *url.URL) string {
	before, after, ok := strings.Cut(u.EscapedPath(), "/.well-known/")
	if !ok {
		return ""
	}
	_, rest, _ := strings.Cut(after, "/")
	if rest != "" {
		rest = "/" + rest
	}
	return u.Scheme + "://" + u.Host + before + rest
}

// endpoints are the addresses of the server as the requests show them.
func (l *session) endpoints() (e trace.Endpoints) {
	set := func(p *string, x *exchange) {
		if *p == "" {
			*p = pathOf(x.u)
		}
	}
	if l.authorize != nil {
		set(&e.Authorization, l.authorize)
	}
	for _, x := range append(l.docs[:len(l.docs):len(l.docs)], l.calls...) {
		switch x.role {
		case roleKeys:
			set(&e.JWKS, x)
		case roleCode, roleRefresh, roleClient, rolePoll, roleOtherGrant:
			set(&e.Token, x)
		case roleUserInfo:
			set(&e.UserInfo, x)
		case roleIntrospect:
			set(&e.Introspection, x)
		case roleRevoke:
			set(&e.Revocation, x)
		case roleDevice:
			set(&e.DeviceAuthorization, x)
		case roleLogout:
			set(&e.EndSession, x)
		}
	}
	return e
}

// clientAuth says how the client proves itself, by the first token request that tells. A sanitized file has no Basic.
func (l *session) clientAuth(sanitized bool) trace.ClientAuth {
	for _, x := range l.calls {
		if x.role != roleCode && x.role != roleRefresh && x.role != roleClient || x.bodyMissing {
			continue
		}
		scheme, _, _ := strings.Cut(x.header.Get("Authorization"), " ")
		auth := trace.ClientAuth{Reason: "as the token request in the recording shows"}
		switch {
		case strings.EqualFold(scheme, "Basic"):
			auth.Method = trace.AuthBasic
		case x.form.Has("client_secret"):
			auth.Method = trace.AuthPost
		case x.form.Has("client_assertion"):
			t := jwtview.Decode(x.form.Get("client_assertion"))
			auth.Method, auth.Alg, auth.KeyID = trace.AuthKeyJWT, t.Alg(), t.Kid()
			if strings.HasPrefix(auth.Alg, "HS") {
				auth.Method = trace.AuthSecretJWT
			}
		case sanitized:
			continue
		default:
			auth.Method, auth.Reason = trace.AuthNone, "the token request in the recording proves nothing"
		}
		return auth
	}
	return trace.ClientAuth{}
}
