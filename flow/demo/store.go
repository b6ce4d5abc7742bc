package demo

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// request is an authorization request that passed all checks (RFC 6749, section 4.1.1).
type request struct {
	client       *Client
	redirectURI  string
	responseType string
	responseMode string
	scopes       []string
	state, nonce string
	challenge    string // of PKCE, always S256
	login        string // from login_hint
	forceLogin   bool   // prompt=login, or max_age said so
	hintSub      string // whom id_token_hint names
}

// interaction is a sign-in under way. Its reference stands in the pages' URLs as x_ref.
type interaction struct {
	request
	expires time.Time
}

// authn is a finished sign-in that the consent endpoint has yet to take.
type authn struct {
	ref     string // of the interaction
	who     identity
	browser string // id of the browser session
	expires time.Time
}

// identity says who signed in, when and how.
type identity struct {
	sub      string
	authTime time.Time
	amr      []string
}

// browserSession is Authgear's IdP session: what the cookie stands for.
type browserSession struct {
	id, secretHash string
	who            identity
	expires        time.Time
}

// code is an authorization code, kept by its hash.
type code struct {
	request
	who     identity
	browser string
	expires time.Time
}

// grant is Authgear's offline grant: the server's session. One is made by every code exchange, with offline_access or
// without.
type grant struct {
	id, clientID string
	who          identity
	scopes       []string
	browser      string
	refreshHash  string // empty without offline_access
	absoluteEnd  time.Time
	idleEnd      time.Time
	lastAccess   time.Time
}

// offline reports whether the session has a refresh token.
func (g *grant) offline() bool { return g.refreshHash != "" }

// accessToken is kept by the hash of its opaque form, which is a JWT's jti.
type accessToken struct {
	grantID, clientID string
	scopes            []string
	expires           time.Time
}

// store is all the tenant remembers. The tokens of a session die with it because they are looked up through it.
type store struct {
	mu           sync.Mutex
	interactions bounded[interaction]
	authns       bounded[authn]
	browsers     bounded[browserSession]
	codes        bounded[code]
	grants       bounded[grant]
	tokens       bounded[accessToken]
	consents     bounded[[]string] // the scopes a user granted a client
	logouts      bounded[string]   // parameters of a POSTed end_session
	limits       bounded[time.Time]
	devices      bounded[deviceGrant] // by the hash of the device code
	userCodes    bounded[string]      // the same hash, by user code
}

func (s *store) init() {
	s.interactions = newBounded[interaction](256)
	s.authns = newBounded[authn](256)
	s.browsers = newBounded[browserSession](256)
	s.codes = newBounded[code](512)
	s.grants = newBounded[grant](1024)
	s.tokens = newBounded[accessToken](4096)
	s.consents = newBounded[[]string](64)
	s.logouts = newBounded[string](64)
	s.devices = newBounded[deviceGrant](64)
	s.userCodes = newBounded[string](64)
	s.limits = newBounded[time.Time](256)
}

// liveGrant returns a session that has not ended. Callers hold the lock.
func (s *store) liveGrant(id string, now time.Time) (grant, bool) {
	g, ok := s.grants.get(id)
	if ok && (now.After(g.absoluteEnd) || now.After(g.idleEnd)) {
		s.grants.delete(id)
		return grant{}, false
	}
	return g, ok
}

// touch records an access. Authgear writes the new end of the session before it records the access, so that the idle
// time counts from the access before this one: a session whose every pause is longer than half of it dies.
func (s *store) touch(g grant, idle time.Duration, now time.Time) {
	g.idleEnd = g.lastAccess.Add(idle)
	g.lastAccess = now
	s.grants.put(g.id, g)
}

// consented reports whether the user has granted the client these scopes.
func (s *store) consented(sub, clientID string, scopes []string) bool {
	granted, _ := s.consents.get(sub + " " + clientID)
	return !slices.ContainsFunc(scopes, func(scope string) bool { return !slices.Contains(granted, scope) })
}

// consent adds to what the user has granted the client.
func (s *store) consent(sub, clientID string, scopes []string) {
	key := sub + " " + clientID
	granted, _ := s.consents.get(key)
	granted = slices.Clone(granted)
	for _, scope := range scopes {
		if !slices.Contains(granted, scope) {
			granted = append(granted, scope)
		}
	}
	s.consents.put(key, granted)
}

// browser returns the session of the request's cookie.
func (t *Tenant) browser(r *http.Request) (browserSession, bool) {
	c, err := r.Cookie(sessionCookie)
	if err != nil {
		return browserSession{}, false
	}
	id, secret, _ := strings.Cut(c.Value, ".")
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	b, ok := t.store.browsers.get(id)
	if !ok || b.secretHash != hash(secret) || time.Now().After(b.expires) {
		return browserSession{}, false
	}
	return b, true
}

// The cookies, by Authgear's names.
const (
	sessionCookie = "session"
	strictCookie  = "same_site_strict"
	uiCookie      = "oauth_ui"
)

// startBrowser signs a browser in and sets its cookies.
func (t *Tenant) startBrowser(w http.ResponseWriter, who identity) browserSession {
	secret := newSecret()
	b := browserSession{id: newUUID(), secretHash: hash(secret), who: who, expires: time.Now().Add(sessionLifetime)}
	t.store.mu.Lock()
	t.store.browsers.put(b.id, b)
	t.store.mu.Unlock()
	seconds := int(sessionLifetime / time.Second)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: b.id + "." + secret, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.SetCookie(w, &http.Cookie{Name: strictCookie, Value: "true", Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteStrictMode})
	return b
}

// clearBrowser unsets the cookies.
func clearBrowser(w http.ResponseWriter) {
	past := time.Unix(0, 0)
	w.Header().Add("Set-Cookie", "session=; Path=/; Expires="+past.UTC().Format(http.TimeFormat)+"; HttpOnly; SameSite=Lax")
	w.Header().Add("Set-Cookie", "same_site_strict=; Path=/; Expires="+past.UTC().Format(http.TimeFormat)+"; HttpOnly; SameSite=Strict")
}
