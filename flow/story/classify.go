package story

import (
	"net/http"
	"net/url"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Class says what a call is for. It is read from the call's bytes.
type Class string

// The classes of calls.
const (
	Discovery     Class = "discovery"
	JWKS          Class = "jwks"
	Authorization Class = "authorization"
	Answer        Class = "answer" // what came to the redirect URI
	CodeExchange  Class = "code_exchange"
	TokenRefresh  Class = "token_refresh"
	OtherGrant    Class = "other_grant"
	UserInfoCall  Class = "userinfo"
	Probe         Class = "probe"     // UserInfo, asked with a token that should be dead
	PreflightCall Class = "preflight" // the authorization request, asked by authscope itself
	DeviceRequest Class = "device_authorization"
	DevicePage    Class = "device_page" // where a person types the user code in
	DeviceToken   Class = "device_token"
	ClientToken   Class = "client_credentials"
	Introspection Class = "introspection"
	APICall       Class = "api"           // any address, with the access token
	LogoutPage    Class = "logout"        // the URL that ends the session
	LogoutReturn  Class = "logout_return" // what came back from there
	Revocation    Class = "revocation"
	OtherMetadata Class = "other_metadata"
	Unknown       Class = "unknown"
)

var stageOf = map[Class]trace.StageID{
	Discovery: trace.Discover, JWKS: trace.Verify, Authorization: trace.Authorize, Answer: trace.Callback,
	CodeExchange: trace.Exchange, TokenRefresh: trace.Refresh, UserInfoCall: trace.UserInfo,
	Probe: trace.Revoke, Revocation: trace.Revoke, PreflightCall: trace.Preflight,
	DeviceRequest: trace.Device, DevicePage: trace.DevicePoll, DeviceToken: trace.DevicePoll, ClientToken: trace.ClientCredentials,
	Introspection: trace.Introspect, APICall: trace.Call, LogoutPage: trace.Logout, LogoutReturn: trace.Logout,
}

// classify says what a request is for, from its bytes and the tenant's metadata.
func (s *Story) classify(c *Call) Class {
	r := &c.Request
	if c.Front {
		return s.classifyPage(r)
	}
	if from := s.redirects[r.URL]; from != nil && r.Method == http.MethodGet {
		return from.Class
	}
	m := s.known()
	switch {
	case r.parsed == nil, r.Method == http.MethodOptions: // what a browser asks before a call is none
		return Unknown
	case m.isAt(r.URL, m.JWKSURI): // some stand below the metadata
		return JWKS
	case wellKnown(r.parsed.Path) != "":
		return s.classifyMetadata(r)
	case s.recording == nil && isAuthorization(r, m):
		return PreflightCall
	case r.form.Get("grant_type") == "authorization_code":
		return CodeExchange
	case r.form.Get("grant_type") == "refresh_token":
		return TokenRefresh
	case r.form.Get("grant_type") == DeviceGrant:
		return DeviceToken
	case r.form.Get("grant_type") == "client_credentials":
		return ClientToken
	case m.isAt(r.URL, m.DeviceEndpoint):
		return DeviceRequest
	case m.isAt(r.URL, m.IntrospectionEndpoint):
		return Introspection
	case r.form.Get("grant_type") != "", m.isAt(r.URL, m.TokenEndpoint):
		return OtherGrant
	case m.isAt(r.URL, m.RevocationEndpoint), r.Method == http.MethodPost && r.form.Has("token"):
		return Revocation
	case bearer(r.Header) != "" && s.isAPI(r, m):
		return APICall
	case m.isAt(r.URL, m.UserInfoEndpoint), bearer(r.Header) != "":
		if s.shouldBeDead(s.byValue[bearer(r.Header)]) {
			return Probe
		}
		return UserInfoCall
	}
	return Unknown
}

// isAPI reports whether a request with an access token goes to an API and not to UserInfo. Where a recording has no metadata,
// the name of the address tells.
func (s *Story) isAPI(r *Request, m *Metadata) bool {
	switch {
	case s.recording != nil && m.UserInfoEndpoint == "":
		return !strings.HasSuffix(strings.ToLower(r.parsed.Path), "/userinfo")
	case (s.recording != nil || s.metadata != nil) && !m.isAt(r.URL, m.UserInfoEndpoint):
		return true
	}
	return r.Header.Get("Accept") == APIAccept
}

// classifyMetadata tells the document that a login goes by from others that the same server publishes beside it: these change
// nothing of what is known. A login asks again at the addresses that it asked at before it had one.
func (s *Story) classifyMetadata(r *Request) Class {
	if s.metadata != nil && s.metadata.JSON.Kind == jwtview.Object && !s.discovered[r.URL] {
		for url := range s.discovered {
			if sameOrigin(url, r.URL) {
				return OtherMetadata
			}
		}
	}
	if len(s.discovered) < maxDiscovered {
		s.discovered[r.URL] = true
	}
	return Discovery
}

// maxDiscovered bounds how many addresses of metadata are remembered.
const maxDiscovered = 64

func sameOrigin(a, b string) bool {
	u, err1 := url.Parse(a)
	v, err2 := url.Parse(b)
	return err1 == nil && err2 == nil && u.Scheme == v.Scheme && u.Host == v.Host
}

// shouldBeDead reports whether a token was revoked, or its session ended.
func (s *Story) shouldBeDead(t *Token) bool {
	switch {
	case t == nil:
		return false
	case !t.RevokedAt.IsZero(), t.Login != nil && !t.Login.RevokedAt.IsZero():
		return true
	}
	l := s.Logout()
	return l != nil && l.Return != nil && t.Call.ID < l.Return.ID
}

// reclassify looks at the answer of a call whose request said nothing.
func (s *Story) reclassify(c *Call, e trace.Event) {
	if c.Missing && s.recording != nil {
		if class := s.unseenForm(c); class != Unknown {
			c.Class = class
			s.attach(c, e)
			s.alone(c)
			return
		}
	}
	if !c.Response.IsJSON || c.Response.JSON.Kind != jwtview.Object {
		return
	}
	if _, ok := c.Response.JSON.Get("keys"); ok {
		c.Class = JWKS
	} else if _, ok := c.Response.JSON.Get("token_endpoint"); ok {
		c.Class = Discovery
		s.discovered[c.Request.URL] = true
	} else if s.recording != nil {
		c.Class = s.answerClass(c)
	}
	s.attach(c, e)
}

// answerClass tells answers apart that were given without their request.
func (s *Story) answerClass(c *Call) Class {
	v := c.Response.JSON
	if _, ok := v.Get("device_code"); ok {
		s.beginDevice(c)
		return DeviceRequest
	}
	if _, ok := v.Get("active"); ok {
		return Introspection
	}
	if _, ok := v.Str("issuer"); ok {
		return Discovery
	}
	return Unknown
}

// isAt reports whether url is an endpoint of the metadata, or its alias for clients with a certificate (RFC 8705 §5).
func (m *Metadata) isAt(url, endpoint string) bool {
	return endpoint != "" && (url == endpoint || url == m.MTLS(endpoint))
}
