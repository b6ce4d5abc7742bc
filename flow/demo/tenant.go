// Package demo is the embedded tenant: an OAuth 2.0 and OpenID Connect server that answers as an Authgear server does,
// path by path and byte by byte where that can be seen, so that what is learned on it holds on a real one. Its
// specification is what was captured from a real server; the captures it is compared with lie in testdata.
//
// It is the other party: it knows nothing of the program around it, and imports no package of this module. It keeps
// everything in memory and forgets the oldest, serves loopback only (Listen), prints the demo user's password on the
// sign-in page, and is never a production provider.
package demo

import (
	"crypto/rsa"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Authgear's lifetimes (pkg/lib/config/oauth.go), and the bounds of what the tenant reads.
const (
	defaultIssuer      = "http://localhost:8975"
	accessLifetime     = 1800 * time.Second
	refreshLifetime    = 31449600 * time.Second
	refreshIdleTimeout = 2592000 * time.Second
	idLifetime         = 300 * time.Second
	codeLifetime       = 300 * time.Second
	interactionTime    = 25 * time.Minute // from the authorize request to the end of the sign-in
	authnLifetime      = 5 * time.Minute  // from the end of the sign-in to the consent endpoint
	sessionLifetime    = 24 * time.Hour   // the browser's cookie

	maxQuery = 32 << 10
	maxBody  = 64 << 10
)

// Options configure a Tenant. The zero value is a tenant at http://localhost:8975 with Authgear's lifetimes and the
// built-in clients.
type Options struct {
	// Issuer is the tenant's public origin, without a trailing slash.
	Issuer string
	// RedirectURIs are registered for every client besides http://127.0.0.1:8976/callback and
	// http://localhost:8976/callback. They are compared as strings, as Authgear compares them: another port is another
	// URI, RFC 8252 section 7.3 notwithstanding.
	RedirectURIs []string
	// AccessLifetime is what expires_in says of an access token; 0 means 1800 s. Authgear allows no less than 300 s.
	AccessLifetime time.Duration
	// RefreshLifetime is how long a session lasts after the sign-in, however often it is refreshed; 0: 31449600 s.
	RefreshLifetime time.Duration
	// IdleTimeout ends a session that is not used; 0: 2592000 s. Authgear counts it from the access before the last.
	IdleTimeout time.Duration
	// IDLifetime is the ID token's; 0: 300 s.
	IDLifetime time.Duration
	// AllowOfflineAccessAlone is the switch "documented-offline-access": scope=offline_access without openid is
	// accepted, as Authgear's documentation says, and the response then has no id_token. A real server says
	// invalid_scope: must request 'openid' scope.
	AllowOfflineAccessAlone bool
	// The switches below are of what Authgear does not have. What is off answers as on Authgear: 404, or not supported.
	//
	// Device is the switch "device-grant": the device authorization grant (RFC 8628), with a page to enter the code.
	Device bool
	// Introspection is the switch "introspection": an introspection endpoint (RFC 7662).
	Introspection bool
	// SignedUserInfo is the switch "signed-userinfo": UserInfo as a signed JWT (OIDC Core 1.0, section 5.3.2).
	SignedUserInfo bool
	// Habits are how other providers treat sessions and codes, by the names in [Habits].
	Habits []string
	// AuthClients is the switch "client-auth", which is not Authgear: the clients of AuthClients can prove themselves, and
	// the metadata lists their methods.
	AuthClients bool
	// Clients are registered besides the built-in ones, and before them.
	Clients []Client
	// ClientKeys are registered for the client workshop-key, besides the one that the tenant makes for it.
	ClientKeys []ClientKey
	// Authority has the tenant speak TLS, with a certificate of it; Issuer is then an https URL.
	Authority *Authority
	// Key signs the tokens. Nil: the tenant makes an RSA key of 2048 bits while it already answers.
	Key *rsa.PrivateKey
	// KeyID is the kid of Key; "" has the tenant make one up. Two tenants that stand for one have the same.
	KeyID string
}

// Tenant is an Authgear-shaped tenant. Its methods may be called from several goroutines.
type Tenant struct {
	issuer   string
	host     string // of the issuer; requests for another host are sent there
	options  Options
	started  time.Time
	access   atomic.Int64
	switches switches
	key      func() *signingKey
	redirect redirectURIs
	store    store
	proofs   proofs
	faults   switchboard
	habits   habits
}

// New returns a tenant at once: its signing key is made beside it, and waited for where it is first needed, by the key
// set or a token.
func New(o Options) *Tenant {
	o.Issuer = strings.TrimSuffix(orElse(o.Issuer, defaultIssuer), "/")
	o.RefreshLifetime = orElse(max(o.RefreshLifetime, 0), refreshLifetime)
	o.IdleTimeout = orElse(max(o.IdleTimeout, 0), refreshIdleTimeout)
	o.IDLifetime = orElse(max(o.IDLifetime, 0), idLifetime)
	t := &Tenant{issuer: o.Issuer, options: o, started: time.Now()}
	if u, err := url.Parse(o.Issuer); err == nil {
		t.host = u.Host
	}
	t.SetAccessLifetime(o.AccessLifetime)
	t.switches.init(o)
	t.store.init()
	t.habits.init(o.Habits)
	for _, uri := range slices.Concat(builtinRedirectURIs, o.RedirectURIs) {
		t.AddRedirectURI(uri)
	}
	kid := orElse(o.KeyID, newUUID()) // here, not beside: whoever fixes crypto/rand gets the same kid in every run
	t.key = sync.OnceValue(func() *signingKey { return newSigningKey(o.Key, kid, t.started) })
	if o.Key == nil {
		go t.key()
	}
	if o.AuthClients {
		t.proofs.init(o)
	}
	return t
}

// Issuer returns the tenant's issuer identifier (OIDC Discovery 1.0, section 3).
func (t *Tenant) Issuer() string { return t.issuer }

// SetAccessLifetime sets the lifetime of the access tokens issued from now on, in whole seconds and at least one;
// 0 means 1800 s. Authgear allows no less than 300 s; the tenant does, so that an expiry can be watched.
func (t *Tenant) SetAccessLifetime(d time.Duration) {
	if d <= 0 {
		d = accessLifetime
	}
	t.access.Store(int64(max(d.Truncate(time.Second), time.Second)))
}

// IdleTimeout returns how long a session may be idle.
func (t *Tenant) IdleTimeout() time.Duration { return t.options.IdleTimeout }

// RefreshLifetime returns how long a session may last at all.
func (t *Tenant) RefreshLifetime() time.Duration { return t.options.RefreshLifetime }

// AccessLifetime returns the lifetime of the next access token.
func (t *Tenant) AccessLifetime() time.Duration { return time.Duration(t.access.Load()) }

// AddRedirectURI registers a redirect URI for every client. What could not be redirected to is not registered.
func (t *Tenant) AddRedirectURI(uri string) { t.redirect.add(uri) }

// An endpoint answers one path.
type endpoint struct {
	methods []string           // besides OPTIONS; GET includes HEAD
	public  bool               // readable by any origin, and cacheable: the two kinds of metadata
	cors    bool               // readable by the origins of registered redirect URIs
	off     func(*Tenant) bool // whether the switch of what Authgear does not have is off; nil: there is none
	serve   func(*Tenant, http.ResponseWriter, *http.Request)
}

var (
	get     = []string{"GET"}
	post    = []string{"POST"}
	getPost = []string{"GET", "POST"}
)

var endpoints = map[string]endpoint{
	"/":                                 {methods: get, serve: (*Tenant).serveIndex},
	"/.well-known/openid-configuration": {methods: get, public: true, serve: (*Tenant).serveMetadata},
	"/.well-known/oauth-authorization-server": {methods: get, public: true, serve: (*Tenant).serveMetadata},
	"/oauth2/jwks":                 {methods: get, public: true, serve: (*Tenant).serveKeys},
	"/oauth2/authorize":            {methods: getPost, serve: (*Tenant).serveAuthorize},
	"/_internals/oauth_entrypoint": {methods: get, serve: (*Tenant).serveEntrypoint},
	"/login":                       {methods: getPost, serve: (*Tenant).serveLogin},
	"/select_account":              {methods: getPost, serve: (*Tenant).serveSelectAccount},
	"/oauth2/consent":              {methods: getPost, serve: (*Tenant).serveConsent},
	"/oauth2/token":                {methods: post, cors: true, serve: (*Tenant).serveToken},
	"/oauth2/userinfo":             {methods: getPost, cors: true, serve: (*Tenant).serveUserInfo},
	"/oauth2/revoke":               {methods: post, cors: true, serve: (*Tenant).serveRevoke},
	"/oauth2/end_session":          {methods: getPost, serve: (*Tenant).serveEndSession},
	"/logout":                      {methods: getPost, serve: (*Tenant).serveLogout},
	"/settings":                    {methods: get, serve: (*Tenant).serveSettings},
	devicePath:                     {methods: post, off: noDevice, serve: (*Tenant).serveDevice},
	devicePagePath:                 {methods: getPost, off: noDevice, serve: (*Tenant).serveDevicePage},
	introspectPath:                 {methods: post, off: noIntrospection, serve: (*Tenant).serveIntrospect},
}

// serve answers one request, without faults.
func (t *Tenant) serve(w http.ResponseWriter, r *http.Request) {
	e, known := endpoints[r.URL.Path]
	if known && e.off != nil && e.off(t) {
		e, known = endpoint{}, false
	}
	t.setCORS(w, r, e)
	if !strings.EqualFold(r.Host, t.host) && t.host != "" {
		// Authgear has one public origin and sends everything else there, POST bodies included.
		http.Redirect(w, r, t.issuer+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		return
	}
	if len(r.URL.RawQuery) > maxQuery {
		writeText(w, http.StatusRequestURITooLong, "Request-URI Too Long")
		return
	}
	if !known {
		setNoStore(w)
		writePage(w, http.StatusNotFound, notFoundPage(r.URL.Path))
		return
	}
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusOK)
		return
	}
	if !slices.Contains(e.methods, r.Method) && !(r.Method == http.MethodHead && slices.Contains(e.methods, "GET")) {
		w.Header().Set("Allow", strings.Join(append([]string{"OPTIONS"}, e.methods...), ", "))
		writeText(w, http.StatusMethodNotAllowed, "Method Not Allowed")
		return
	}
	if !e.public {
		setNoStore(w)
	}
	if readForm(w, r) {
		e.serve(t, w, r)
	}
}

// readForm reads the parameters of a request: the query's and the form's, the form first. Another kind of body is left
// alone, which is why a JSON body at the token endpoint ends as "invalid client ID".
func readForm(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	err := r.ParseForm()
	if err == nil {
		return true
	}
	if _, ok := err.(*http.MaxBytesError); ok {
		writeText(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return false
	}
	writeText(w, http.StatusBadRequest, "Bad Request")
	return false
}

// orElse returns v, or other if v is the zero value.
func orElse[V comparable](v, other V) V {
	var zero V
	if v == zero {
		return other
	}
	return v
}
