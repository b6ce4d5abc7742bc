package trace

import (
	"slices"
	"strings"
	"time"
)

// Param is one name and value that the person added to a request.
type Param struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Embedded says that the tenant is the one inside authscope, and how it is set.
type Embedded struct {
	Client         string        `json:"client"`
	AccessLifetime time.Duration `json:"access_lifetime_ns"`           // of tokens issued from now on
	RefreshIdle    time.Duration `json:"refresh_idle_ns,omitzero"`     // how long a session may be idle; 0: not known
	RefreshWhole   time.Duration `json:"refresh_lifetime_ns,omitzero"` // how long it may last at all; 0: not known
	Note           string        `json:"note,omitempty"`               // what differs from the usual: another port, say
}

// EarlierRun is a login that this program began before this session. Its state is kept
// so that a late answer to it is recognised (RFC 6749 §10.12).
type EarlierRun struct {
	Run   int       `json:"run"`
	State string    `json:"state"`
	Began time.Time `json:"began"`
}

// Settings are what the person chose. A client secret is never among them.
type Settings struct {
	Issuer           string            `json:"issuer"`
	ClientID         string            `json:"client_id"`
	ClientAuth       AuthMethod        `json:"client_auth"`                  // "": what the metadata makes of the credentials; ClientAuth tells
	ClientAuthReason string            `json:"client_auth_reason,omitempty"` // why ClientAuth was set, in a few words
	Assertion        AssertionSettings `json:"client_assertion,omitzero"`
	RedirectURI      string            `json:"redirect_uri"`
	Scope            string            `json:"scope"` // separated by spaces, as sent
	Params           []Param           `json:"params,omitempty"`
	TokenParams      []Param           `json:"token_params,omitempty"`
	Grant            Grant             `json:"grant,omitempty"`                    // "" is the authorization code grant
	RefreshParams    []Param           `json:"refresh_params,omitempty"`           // further ones, for refreshes
	ResponseMode     string            `json:"response_mode,omitempty"`            // query, fragment or form_post; "" leaves it to the server
	PostLogoutURI    string            `json:"post_logout_redirect_uri,omitempty"` // where a logout comes back to; "" is the root of the redirect URI's origin
	NoPreflight      bool              `json:"no_preflight,omitempty"`             // the authorization request is not tried out first
	Leeway           time.Duration     `json:"leeway_ns"`
	Run              int               `json:"run,omitempty"` // number of this run in its program
	Earlier          []EarlierRun      `json:"earlier,omitempty"`
	Embedded         *Embedded         `json:"embedded,omitempty"`
	Profile          string            `json:"profile,omitempty"`  // name of the profile that these come from
	Endpoints        Endpoints         `json:"endpoints,omitzero"` // given by hand; they win over the metadata
}

// Scopes splits Scope at its spaces (RFC 6749 §3.3).
func (s Settings) Scopes() []string { return strings.Fields(s.Scope) }

// HasScope reports whether Scope contains name.
func (s Settings) HasScope(name string) bool { return slices.Contains(s.Scopes(), name) }

// ToggleScope returns Scope with name added at its end, or taken out.
func (s Settings) ToggleScope(name string) string {
	scopes := s.Scopes()
	if i := slices.Index(scopes, name); i >= 0 {
		return strings.Join(slices.Delete(scopes, i, i+1), " ")
	}
	return strings.Join(append(scopes, name), " ")
}

// ClientScope is Scope without what concerns a person: what a client asks for in its own name (RFC 6749 §4.4.2).
func (s Settings) ClientScope() string {
	return strings.Join(slices.DeleteFunc(s.Scopes(), func(name string) bool { return name == "openid" || name == "offline_access" }), " ")
}

// Param returns the value of the first added authorization parameter called name.
func (s Settings) Param(name string) (string, bool) {
	for _, p := range s.Params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// SetParam returns Params with name set to value, or without name if value is empty.
// The receiver is not changed.
func (s Settings) SetParam(name, value string) []Param {
	ps := slices.DeleteFunc(slices.Clone(s.Params), func(p Param) bool { return p.Name == name })
	if value != "" {
		ps = append(ps, Param{name, value})
	}
	return ps
}
