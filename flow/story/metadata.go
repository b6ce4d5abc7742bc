package story

import (
	"slices"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Metadata is the part of a discovery document that authscope uses (OpenID Connect
// Discovery §3, RFC 8414 §2). JSON is all of it.
type Metadata struct {
	Issuer                string
	AuthorizationEndpoint string
	TokenEndpoint         string
	UserInfoEndpoint      string
	JWKSURI               string
	RevocationEndpoint    string
	IntrospectionEndpoint string
	DeviceEndpoint        string // device_authorization_endpoint
	EndSessionEndpoint    string
	IssParameter          bool // authorization_response_iss_parameter_supported, RFC 9207
	ScopesSupported       []string
	GrantTypesSupported   []string
	TokenAuthMethods      []string          // nil where the metadata has no list
	TokenAuthAlgs         []string          // of client assertions
	MTLSAliases           map[string]string // endpoints for clients with a certificate, by their names (RFC 8705 §5)
	IDTokenAlgs           []string
	ChallengeMethods      []string
	ByHand                []string      // endpoints that the person gave
	JSON                  jwtview.Value // as received; of no kind if it was not
}

// ParseMetadata reads a discovery document. Members of a wrong type are left out.
func ParseMetadata(v jwtview.Value) *Metadata {
	str := func(name string) string { s, _ := v.Str(name); return s }
	list := func(name string) (out []string) {
		l, _ := v.Get(name)
		for _, e := range l.Elems {
			if e.Kind == jwtview.String {
				out = append(out, e.Text)
			}
		}
		return out
	}
	iss, _ := v.Get("authorization_response_iss_parameter_supported")
	return &Metadata{
		Issuer:                str("issuer"),
		AuthorizationEndpoint: str("authorization_endpoint"),
		TokenEndpoint:         str("token_endpoint"),
		UserInfoEndpoint:      str("userinfo_endpoint"),
		JWKSURI:               str("jwks_uri"),
		RevocationEndpoint:    str("revocation_endpoint"),
		IntrospectionEndpoint: str("introspection_endpoint"),
		DeviceEndpoint:        str("device_authorization_endpoint"),
		EndSessionEndpoint:    str("end_session_endpoint"),
		IssParameter:          iss.Kind == jwtview.Bool && iss.Text == "true",
		ScopesSupported:       list("scopes_supported"),
		GrantTypesSupported:   list("grant_types_supported"),
		TokenAuthMethods:      list("token_endpoint_auth_methods_supported"),
		TokenAuthAlgs:         list("token_endpoint_auth_signing_alg_values_supported"),
		MTLSAliases:           aliases(v),
		IDTokenAlgs:           list("id_token_signing_alg_values_supported"),
		ChallengeMethods:      list("code_challenge_methods_supported"),
		JSON:                  v,
	}
}

// aliases reads mtls_endpoint_aliases.
func aliases(v jwtview.Value) map[string]string {
	out := map[string]string{}
	all, _ := v.Get("mtls_endpoint_aliases")
	for _, m := range all.Members {
		if m.Value.Kind == jwtview.String && len(out) < 50 {
			out[m.Name] = m.Value.Text
		}
	}
	return out
}

// MTLS returns the address at which a client with a certificate finds endpoint, which is one of the metadata's: its
// alias, or endpoint itself (RFC 8705 §5).
func (m *Metadata) MTLS(endpoint string) string {
	for name, alias := range m.MTLSAliases {
		if u, ok := m.JSON.Str(name); ok && u == endpoint {
			return alias
		}
	}
	return endpoint
}

// IsAuthgear reports whether the metadata is that of an Authgear server, which alone
// advertises scopes of authgear.com.
func (m *Metadata) IsAuthgear() bool {
	return m != nil && slices.ContainsFunc(m.ScopesSupported, func(s string) bool {
		return strings.HasPrefix(s, "https://authgear.com/scopes/")
	})
}

// Provider returns the name of the tenant's software where its metadata tells it, else
// "this server".
func (s *Story) Provider() string {
	if s.metadata.IsAuthgear() {
		return "Authgear"
	}
	return "this server"
}

func (s *Story) readMetadata(c *Call) {
	if !c.OK() || !c.Response.IsJSON || c.Response.JSON.Kind != jwtview.Object {
		s.conclude(s.latest[trace.Discover])
		return
	}
	m := s.metadataFrom(c.Response.JSON)
	s.metadata, s.documents = m, []*Call{c}
	checks := []jwtview.Check{s.checkIssuer(m)}
	for _, e := range []struct{ name, value, spec string }{
		{"authorization_endpoint", m.AuthorizationEndpoint, "OpenID Connect Discovery 1.0 §3"},
		{"token_endpoint", m.TokenEndpoint, "OpenID Connect Discovery 1.0 §3"},
		{"jwks_uri", m.JWKSURI, "OpenID Connect Discovery 1.0 §3"},
	} {
		checks = append(checks, checkEndpoint(e.name, e.value, e.spec, m.IsByHand(e.name)))
	}
	s.settle(subject(string(trace.Discover), c.N), checks)
	s.conclude(s.latest[trace.Discover])
}

// readOtherMetadata keeps a document that the server publishes besides the one that is used.
func (s *Story) readOtherMetadata(c *Call) {
	if c.OK() && c.Response.IsJSON && c.Response.JSON.Kind == jwtview.Object && len(s.documents) < maxDocuments {
		s.documents = append(s.documents, c)
	}
}

// checkIssuer compares byte by byte: an issuer is an identifier, not an address.
func (s *Story) checkIssuer(m *Metadata) jwtview.Check {
	c := jwtview.Check{ID: "issuer", Want: s.settings.Issuer, Got: m.Issuer, Spec: "OpenID Connect Discovery 1.0 §4.3, RFC 8414 §3.3"}
	switch {
	case s.recording != nil && m.template():
		c.Status, c.Detail = jwtview.NotApplicable, "Not checkable: the metadata is of many issuers, and has a template in place of a name."
	case !s.hasSettings, s.recording != nil && s.settings.Issuer == "":
		c.Status, c.Detail = jwtview.NotApplicable, "Not checkable: the recording does not say which issuer was meant."
	case m.Issuer == s.settings.Issuer:
		c.Status, c.Detail = jwtview.Passed, "The metadata is of the issuer that was asked."
	default:
		c.Status, c.Detail = jwtview.Failed, "The metadata names another issuer than the one that was asked; tokens will carry its name, not yours."
	}
	return c
}

// template reports whether the issuer stands for many, as that of Microsoft's common endpoint does: https://…/{tenantid}/v2.0.
func (m *Metadata) template() bool {
	i := strings.IndexByte(m.Issuer, '{')
	return i >= 0 && strings.IndexByte(m.Issuer[i:], '}') > 0
}

func checkEndpoint(name, value, spec string, byHand bool) jwtview.Check {
	c := jwtview.Check{ID: name, Status: jwtview.Passed, Want: "an absolute URL", Got: value, Spec: spec, Detail: "Present."}
	if byHand {
		c.Detail = "Given by hand: it is used whatever the metadata says."
	}
	if !strings.HasPrefix(value, "https://") && !strings.HasPrefix(value, "http://") {
		c.Status, c.Detail = jwtview.Failed, "Without it a login cannot be made."
	}
	if value == "" {
		c.Got = "absent"
	}
	return c
}

func (s *Story) readKeys(c *Call) {
	if !c.OK() {
		return
	}
	keys, err := jwtview.ParseKeys(c.Response.Body)
	if err != nil {
		return
	}
	c.keys, c.keysRead = keys, true
	s.keys, s.keysKnown, s.keysAt, s.keySet, s.keysGiven = keys, true, c.DoneAt, c, ""
	waiting := s.waiting
	s.waiting = nil
	for _, t := range waiting {
		if s.check(t); t.View.UnknownKid(keys) {
			s.waiting = append(s.waiting, t) // the set may be fetched once more
		}
		s.conclude(s.StageRun(t.stage()))
	}
}
