package demo

import (
	"net/url"
	"slices"
	"strings"
	"sync"
)

// Client is a registered application.
type Client struct {
	// ID is its client_id; Name stands on the consent page.
	ID, Name string
	// Secret is empty for a public client (RFC 6749, section 2.1).
	Secret string
	// Type is one of Authgear's application types: spa, traditional_webapp, native (public); confidential,
	// third_party_app (with a secret). Every type but third_party_app is a first party: no consent is asked, and the
	// userinfo endpoint tells everything.
	Type string
	// Rotation makes every refresh return another refresh token (Authgear: refresh_token_rotation_enabled, off unless
	// set).
	Rotation bool
	// AuthMethod is how the client proves itself, by its registered name, where that is none of Authgear's ways; ""
	// is Basic or the form, for a client with a secret.
	AuthMethod string
	// JWT makes access tokens JWTs (Authgear: issue_jwt_access_token, off unless set).
	JWT bool
}

// Clients returns the built-in clients; the first is the one to begin with.
func Clients() []Client {
	return []Client{
		{ID: "workshop-spa", Name: "Workshop", Type: "spa"},
		{ID: "workshop-web", Name: "Workshop Web", Type: "confidential", Secret: "workshop-web-secret"},
		{ID: "workshop-rotating", Name: "Workshop Rotating", Type: "native", Rotation: true, JWT: true},
		{ID: "third-party", Name: "Third Party Planner", Type: "third_party_app", Secret: "third-party-secret"},
	}
}

// confidential reports whether the client has a secret to prove (pkg/lib/config/oauth.go).
func (c *Client) confidential() bool {
	return c.Type == "confidential" || c.Type == "third_party_app" || c.Type == typeMachine
}

// hasPlainSecret reports whether the client sends its secret as it is.
func (c *Client) hasPlainSecret() bool { return c.confidential() && c.AuthMethod == "" }

// firstParty reports whether the client needs no consent.
func (c *Client) firstParty() bool { return c.Type != "third_party_app" }

func findClient(id string) *Client {
	for _, c := range slices.Concat(Clients(), Machines(), AuthClients()) {
		if c.ID == id {
			return &c
		}
	}
	return nil
}

var builtinRedirectURIs = []string{"http://127.0.0.1:8976/callback", "http://localhost:8976/callback"}

// maxRedirectURIs bounds what a caller that adds a URI with each run can pile up.
const maxRedirectURIs = 64

// redirectURIs are the registered redirect URIs, the same for every client.
type redirectURIs struct {
	mu  sync.RWMutex
	all []string
}

func (r *redirectURIs) add(uri string) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" || slices.Contains([]string{"javascript", "data", "vbscript"}, strings.ToLower(u.Scheme)) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.all, uri) {
		return
	}
	if r.all = append(r.all, uri); len(r.all) > maxRedirectURIs {
		r.all = slices.Delete(r.all, len(builtinRedirectURIs), len(builtinRedirectURIs)+1)
	}
}

// has compares as strings (RFC 6749, section 3.1.2.3; OAuth 2.0 Security BCP, RFC 9700 section 2.1).
func (r *redirectURIs) has(uri string) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Contains(r.all, uri)
}

// hasOrigin reports whether a redirect URI lies on an origin: those origins may call the token endpoint from a page.
func (r *redirectURIs) hasOrigin(origin string) bool {
	return r.any(func(u *url.URL) bool { return originOf(u) == origin })
}

// hasLogout reports whether uri is registered to return to after a logout: the root of each redirect URI's origin.
func (r *redirectURIs) hasLogout(uri string) bool {
	return r.any(func(u *url.URL) bool { return u.Host != "" && originOf(u)+"/" == uri })
}

func (r *redirectURIs) any(match func(*url.URL) bool) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.ContainsFunc(r.all, func(s string) bool {
		u, err := url.Parse(s)
		return err == nil && match(u)
	})
}
