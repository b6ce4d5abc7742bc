package trace

import "iter"

// Endpoints are a server's addresses as the person gave them, for a server that publishes no metadata or
// wrong one. The names are those of RFC 8414 §2 and OpenID Connect Discovery 1.0 §3.
type Endpoints struct {
	Authorization       string `json:"authorization_endpoint,omitempty"`
	Token               string `json:"token_endpoint,omitempty"`
	UserInfo            string `json:"userinfo_endpoint,omitempty"`
	JWKS                string `json:"jwks_uri,omitempty"`
	Revocation          string `json:"revocation_endpoint,omitempty"`
	Introspection       string `json:"introspection_endpoint,omitempty"`
	DeviceAuthorization string `json:"device_authorization_endpoint,omitempty"`
	EndSession          string `json:"end_session_endpoint,omitempty"`
}

// EndpointNames lists the members of metadata that can be given by hand.
var EndpointNames = []string{"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint",
	"introspection_endpoint", "device_authorization_endpoint", "end_session_endpoint"}

// Field returns where the endpoint of this name stands in e, or nil for a name that is none.
func (e *Endpoints) Field(name string) *string {
	switch name {
	case "authorization_endpoint":
		return &e.Authorization
	case "token_endpoint":
		return &e.Token
	case "userinfo_endpoint":
		return &e.UserInfo
	case "jwks_uri":
		return &e.JWKS
	case "revocation_endpoint":
		return &e.Revocation
	case "introspection_endpoint":
		return &e.Introspection
	case "device_authorization_endpoint":
		return &e.DeviceAuthorization
	case "end_session_endpoint":
		return &e.EndSession
	}
	return nil
}

func (e *Endpoints) set(name string, f func(string) string) {
	p := e.Field(name)
	*p = f(*p)
}

// All yields the endpoints that were given, by name, in the order of EndpointNames.
func (e Endpoints) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, name := range EndpointNames {
			if v := *e.Field(name); v != "" && !yield(name, v) {
				return
			}
		}
	}
}

// IsZero reports whether none was given.
func (e Endpoints) IsZero() bool { return e == Endpoints{} }

// Suffice reports whether a login can be made with them alone, so that metadata need not be asked for.
func (e Endpoints) Suffice() bool { return e.Authorization != "" && e.Token != "" }
