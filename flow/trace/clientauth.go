package trace

import "slices"

// AuthMethod is how the client authenticates at the token endpoint
// (OpenID Connect Core §9, RFC 7591 §2, RFC 8705 §2).
type AuthMethod string

// The methods of client authentication that authscope speaks. AuthBasicRaw is no registered name: it is Basic as RFC 7617
// has it, without the form-encoding of RFC 6749 §2.3.1, which some servers want.
const (
	AuthNone          AuthMethod = "none"
	AuthBasic         AuthMethod = "client_secret_basic"
	AuthPost          AuthMethod = "client_secret_post"
	AuthBasicRaw      AuthMethod = "client_secret_basic_raw"
	AuthSecretJWT     AuthMethod = "client_secret_jwt"
	AuthKeyJWT        AuthMethod = "private_key_jwt"
	AuthTLS           AuthMethod = "tls_client_auth"
	AuthSelfSignedTLS AuthMethod = "self_signed_tls_client_auth"
)

// AuthMethods lists every method that authscope speaks.
var AuthMethods = []AuthMethod{AuthNone, AuthBasic, AuthPost, AuthBasicRaw, AuthSecretJWT, AuthKeyJWT, AuthTLS, AuthSelfSignedTLS}

// shortNames are what people type.
var shortNames = map[string]AuthMethod{"basic": AuthBasic, "post": AuthPost, "basic-raw": AuthBasicRaw}

// ParseAuthMethod reads a method by its short name (basic, post, basic-raw) or its registered one.
func ParseAuthMethod(name string) (m AuthMethod, ok bool) {
	if m, ok = shortNames[name]; ok {
		return m, true
	}
	m = AuthMethod(name)
	return m, slices.Contains(AuthMethods, m)
}

// Short returns the name that people type: the short one where there is one.
func (m AuthMethod) Short() string {
	for short, long := range shortNames {
		if long == m {
			return short
		}
	}
	return string(m)
}

// Assertion reports whether m proves the client with a JWT (RFC 7523 §2.2).
func (m AuthMethod) Assertion() bool { return m == AuthSecretJWT || m == AuthKeyJWT }

// MutualTLS reports whether m proves the client with its certificate (RFC 8705 §2).
func (m AuthMethod) MutualTLS() bool { return m == AuthTLS || m == AuthSelfSignedTLS }

// Secret reports whether m needs the client's secret.
func (m AuthMethod) Secret() bool {
	return m == AuthBasic || m == AuthPost || m == AuthBasicRaw || m == AuthSecretJWT
}

// Registered returns the name under which metadata lists the method.
func (m AuthMethod) Registered() string {
	if m == AuthBasicRaw {
		return string(AuthBasic)
	}
	return string(m)
}

// What the audience of a client assertion can be, besides a text of one's own.
const (
	AudienceTokenEndpoint = "token_endpoint" // RFC 7523 §3, OpenID Connect Core §9; what "" means
	AudienceIssuer        = "issuer"         // what the revision of RFC 7523 demands: the issuer and nothing else
)

// AssertionSettings are what can be chosen of a client assertion (RFC 7523 §3). The zero value is the usual.
type AssertionSettings struct {
	Alg      string `json:"alg,omitempty"` // JWS algorithm; "": by the key, and what the server advertises
	Audience string `json:"aud,omitempty"` // AudienceTokenEndpoint, AudienceIssuer, or the text itself
}

// ClientAuth says how the client authenticates from here on, and why so. It is recorded when it is first known, and again
// when it changes. No secret is in it.
type ClientAuth struct {
	Method  AuthMethod   `json:"method"`
	Reason  string       `json:"reason"`
	Alg     string       `json:"alg,omitempty"`         // of assertions
	KeyID   string       `json:"kid,omitempty"`         // of assertions, where the key has one
	Key     string       `json:"key,omitempty"`         // what signs: "RSA 2048 bits"
	KeyBits int          `json:"key_bits,omitempty"`    // its size
	Shown   *Certificate `json:"certificate,omitempty"` // that is ready to be shown to whoever asks
}
