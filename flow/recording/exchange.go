package recording

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// exchange is one request with its answer, whoever wrote it down.
type exchange struct {
	n                int // its place in the file
	at               time.Time
	sent, head, done time.Duration // from at on

	method, url string
	u           *url.URL
	header      trace.Header
	body        []byte
	bodyMissing bool
	form        url.Values // of the body, be it a form or JSON
	remote      string

	status     int
	proto      string
	resHeader  trace.Header
	resBody    []byte
	resCut     bool
	resMissing bool
	cached     bool
	preflight  bool   // of CORS
	failure    string // why there is no answer
	json       jwtview.Value

	role role
}

// role is what a request is for, by its shape.
type role int

const (
	roleNone role = iota
	roleDiscovery
	roleKeys
	rolePushed // RFC 9126
	roleAuthorize
	roleCallback
	roleCode
	roleRefresh
	roleDevice
	rolePoll
	roleClient
	roleOtherGrant
	roleUserInfo
	roleIntrospect
	roleRevoke
	roleLogout
	roleReturn // from a logout
	roleAPI
)

// read reads what the bytes say.
func (x *exchange) read() {
	x.form = formOf(x.header, x.body)
	if x.cached && x.status == 304 || x.status == 304 && len(x.resBody) > 0 { // the application got the body of its cache
		x.status, x.cached = 200, true
	}
	if len(x.resBody) > 0 && len(x.resBody) <= trace.MaxBody && !x.resCut {
		if v, err := jwtview.ParseJSON(x.resBody); err == nil && v.Kind == jwtview.Object {
			x.json = v
		}
	}
	x.role = x.shape()
}

// formOf returns the parameters of a body: of a form, or of JSON, in which some libraries ask for tokens.
func formOf(h trace.Header, body []byte) url.Values {
	media, _, _ := strings.Cut(strings.ToLower(h.Get("Content-Type")), ";")
	switch strings.TrimSpace(media) {
	case "application/json":
		v, err := jwtview.ParseJSON(body)
		if err != nil || v.Kind != jwtview.Object {
			return nil
		}
		form := url.Values{}
		for _, m := range v.Members {
			if m.Value.Kind == jwtview.String {
				form.Add(m.Name, m.Value.Text)
			}
		}
		return form
	case "application/x-www-form-urlencoded":
		form, _ := url.ParseQuery(string(body))
		return form
	}
	return nil
}

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// shape says what the request is for, as far as it and its answer tell by themselves.
func (x *exchange) shape() role {
	q := x.u.Query()
	path := strings.ToLower(x.u.Path)
	switch {
	case x.u.Scheme != "http" && x.u.Scheme != "https" || x.method == "OPTIONS" || x.preflight:
		return roleNone
	case strings.HasSuffix(path, "/.well-known/openid-configuration"), strings.Contains(path, "/.well-known/oauth-authorization-server"):
		return roleDiscovery
	case x.form.Get("grant_type") != "":
		return grantRole(x.form.Get("grant_type"))
	case x.has("keys") && x.method == "GET" && isKeySet(x.json):
		return roleKeys
	case x.has("issuer") && (x.has("token_endpoint") || x.has("jwks_uri")):
		return roleDiscovery
	case x.method == "POST" && x.has("request_uri") && x.has("expires_in"):
		return rolePushed
	case x.method == "POST" && (x.has("device_code") || x.form.Has("client_id") && strings.Contains(path, "device")):
		return roleDevice
	case isAuthorizeQuery(q), x.method == "POST" && isAuthorizeQuery(x.form):
		return roleAuthorize
	case x.method == "POST" && (x.has("access_token") || x.has("id_token")) && (x.has("token_type") || x.has("expires_in")):
		return roleCode // without its form: the sorting tells which
	case x.method == "POST" && x.bodyMissing && strings.HasSuffix(path, "/token"):
		return roleCode
	case x.method == "POST" && x.form.Has("token") && (strings.Contains(path, "introspect") || x.has("active")):
		return roleIntrospect
	case x.method == "POST" && x.form.Has("token") && strings.Contains(path, "revo"):
		return roleRevoke
	case isLogout(path, q):
		return roleLogout
	case strings.HasSuffix(path, "/userinfo"):
		return roleUserInfo
	case x.bearer() != "":
		return roleAPI
	}
	return roleNone
}

func grantRole(grant string) role {
	switch grant {
	case "authorization_code":
		return roleCode
	case "refresh_token":
		return roleRefresh
	case deviceGrant:
		return rolePoll
	case "client_credentials":
		return roleClient
	}
	return roleOtherGrant
}

// isAuthorizeQuery recognises an authorization request (RFC 6749 §4.1.1, RFC 9101, RFC 9126).
func isAuthorizeQuery(q url.Values) bool {
	return q.Get("client_id") != "" && (q.Get("response_type") != "" && (q.Has("redirect_uri") || q.Has("scope") || q.Has("state")) || q.Has("request_uri") || q.Has("request"))
}

// isLogout recognises a logout (OpenID Connect RP-Initiated Logout 1.0 §2).
func isLogout(path string, q url.Values) bool {
	if q.Has("post_logout_redirect_uri") || q.Has("id_token_hint") && !q.Has("response_type") {
		return true
	}
	last := path[strings.LastIndexByte(path, '/')+1:]
	return slices.Contains([]string{"end_session", "endsession"}, last) || last == "logout" && (q.Has("client_id") || q.Has("logout_uri"))
}

func isKeySet(v jwtview.Value) bool {
	keys, _ := v.Get("keys")
	if keys.Kind != jwtview.Array {
		return false
	}
	for _, k := range keys.Elems {
		if _, ok := k.Get("kty"); ok {
			return true
		}
	}
	return len(keys.Elems) == 0
}

func (x *exchange) has(member string) bool { _, ok := x.json.Get(member); return ok }

func (x *exchange) member(name string) string { s, _ := x.json.Str(name); return s }

// bearer is the token of the Authorization header (RFC 6750 §2.1).
func (x *exchange) bearer() string {
	scheme, token, _ := strings.Cut(x.header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "DPoP") {
		return ""
	}
	return strings.TrimSpace(token)
}

// client is the client that a token request names, in its form or in Basic.
func (x *exchange) client() string {
	if id := x.form.Get("client_id"); id != "" {
		return id
	}
	scheme, rest, _ := strings.Cut(x.header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Basic") {
		return ""
	}
	id, _, _ := strings.Cut(string(unwrap(rest, "base64")), ":")
	if dec, err := url.QueryUnescape(id); err == nil {
		return dec
	}
	return id
}

// ends and place are when the exchange was over, and where it went without the parameters.
func (x *exchange) ends() time.Time { return x.at.Add(x.done) }
func (x *exchange) place() string   { return bare(x.url) }

// location is where a redirect leads.
func (x *exchange) location() *url.URL {
	to := x.resHeader.Get("Location")
	if x.status/100 != 3 || to == "" || len(to) > maxRequest {
		return nil
	}
	u, err := x.u.Parse(to)
	if err != nil {
		return nil
	}
	return u
}

// answerNames are the parameters by which an answer is known.
var answerNames = []string{"code", "error", "access_token", "id_token", "response"}

// isAnswer reports whether an address has the parameters of an answer to an authorization request.
func isAnswer(q url.Values) bool {
	return slices.ContainsFunc(answerNames, q.Has) && (q.Has("state") || q.Has("code") || q.Has("iss") || q.Has("error") || q.Has("access_token") || q.Has("id_token"))
}

// answerOf collects what an answer says, wherever it stands.
func answerOf(u *url.URL, form url.Values) url.Values {
	out := u.Query()
	if u.Fragment != "" {
		f, _ := url.ParseQuery(u.EscapedFragment())
		for k, v := range f {
			out[k] = append(out[k], v...)
		}
	}
	for k, v := range form {
		out[k] = append(out[k], v...)
	}
	return out
}

// relevant reports whether the exchange may belong to a login. What does not is forgotten at once: a HAR has all pages
// and pictures, and the passwords that were typed.
func (x *exchange) relevant() bool {
	if x.method == "OPTIONS" || x.preflight || x.u.Scheme != "http" && x.u.Scheme != "https" {
		return false
	}
	if x.role != roleNone {
		return true
	}
	if path := strings.ToLower(x.u.Path); x.method == "GET" && (strings.Contains(path, "jwks") || strings.HasSuffix(path, "/certs") || strings.HasSuffix(path, "/keys")) {
		return true // keys that did not come have no shape
	}
	if to := x.location(); to != nil && (isAnswer(answerOf(to, nil)) || to.Query().Has("state") || x.u.Query().Has("client_id")) {
		return true
	}
	q := answerOf(x.u, x.form)
	return isAnswer(q) || q.Has("error") || q.Has("state")
}

// bare is an address without its parameters.
func bare(raw string) string {
	if i := strings.IndexAny(raw, "?#"); i >= 0 {
		return raw[:i]
	}
	return raw
}

func origin(u *url.URL) string { return strings.ToLower(u.Scheme + "://" + u.Host) }
