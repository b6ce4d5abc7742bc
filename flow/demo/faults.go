package demo

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Fault is something that is done wrong on purpose, by the tenant or by the application that talks to it, so that it can
// be seen what it looks like and what is said of it. Faults can be on together, and take effect with the next request.
type Fault struct {
	// Name is what it is switched by. The relying-party tests of the OpenID Foundation have their official names.
	Name string
	// Group is its part of the list.
	Group string
	// What says in a sentence what goes wrong.
	What string
	// Works means that a login must work all the same: it is a mode that a client has to cope with.
	Works bool
	// Client is the built-in client that it needs, "" for any.
	Client string
	// Needs says what else has to be done to see it, in the words of the command line; "" for nothing.
	Needs string

	request func(*Tenant, *http.Request) // changes what the tenant gets to see
	serve   func(*Tenant, http.ResponseWriter, *http.Request) bool
	answer  func(*Tenant, *reply) // changes what the tenant says
	draft   func(*Tenant, *Draft) // changes what the application sends
}

// The groups of the list of faults.
const (
	groupID       = "ID token, by the relying-party tests"
	groupModes    = "must work, by the relying-party tests"
	groupLater    = "later, by the relying-party tests"
	groupClient   = "client and redirect URI"
	groupScope    = "scope and refresh token"
	groupCode     = "code and PKCE"
	groupAnswer   = "the answer in the browser"
	groupIssuer   = "issuer, keys and clocks"
	groupTokens   = "tokens and their lives"
	groupRefresh  = "refresh"
	groupTransfer = "what comes instead of an answer"
)

// Faults returns all faults, group by group.
func Faults() []Fault {
	return slices.Concat(idTokenFaults, laterFaults, modes, clientFaults, scopeFaults, codeFaults, answerFaults, issuerFaults, tokenFaults, refreshFaults, transferFaults)
}

// faultOf returns the fault called name, or nil.
func faultOf(name string) *Fault {
	all := Faults()
	if i := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// switchboard holds the faults that are on, and what they remember.
type switchboard struct {
	mu       sync.Mutex
	on       []*Fault
	verifier string // of the application's wrong pairs
	handedIn string // the first refresh token that the application used
	keySets  int    // how often the key set was asked for
}

// SetFault switches a fault on or off, from the next request on.
func (t *Tenant) SetFault(name string, on bool) error {
	f := faultOf(name)
	if f == nil {
		return fmt.Errorf("there is no fault %q", name)
	}
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.on = slices.DeleteFunc(slices.Clone(t.faults.on), func(o *Fault) bool { return o.Name == name })
	if on {
		t.faults.on = append(t.faults.on, f)
	}
	t.faults.verifier, t.faults.handedIn, t.faults.keySets = "", "", 0
	return nil
}

// FaultsOn returns the names of the faults that are on, in the order in which they were switched on.
func (t *Tenant) FaultsOn() (names []string) {
	for _, f := range t.faulty() {
		names = append(names, f.Name)
	}
	return names
}

func (t *Tenant) faulty() []*Fault {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	return t.faults.on
}

// remember keeps value in a field of the switchboard if there is none yet, and returns what is there.
func (t *Tenant) remember(field func(*switchboard) *string, value string) string {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	p := field(&t.faults)
	if *p == "" {
		*p = value
	}
	return *p
}

// ServeHTTP answers one request, with the faults that are on. Every answer is bounded, and so is what is read of a request.
func (t *Tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	on := t.faulty()
	if len(on) == 0 {
		t.serve(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	for _, f := range on {
		if f.serve != nil && f.serve(t, w, r) {
			return
		}
	}
	for _, f := range on {
		if f.request != nil {
			f.request(t, r)
		}
	}
	a := &reply{request: r, status: http.StatusOK, header: http.Header{}}
	t.serve(a, r)
	for _, f := range on {
		if f.answer != nil {
			f.answer(t, a)
		}
	}
	a.send(w)
}

// reply is what the tenant was about to say.
type reply struct {
	request *http.Request
	status  int
	header  http.Header
	body    []byte
}

// Header, WriteHeader and Write implement http.ResponseWriter.
func (a *reply) Header() http.Header         { return a.header }
func (a *reply) WriteHeader(status int)      { a.status = status }
func (a *reply) Write(b []byte) (int, error) { a.body = append(a.body, b...); return len(b), nil }

func (a *reply) send(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.WriteHeader(a.status)
	w.Write(a.body)
}

// at reports whether the answer is that of one of the paths.
func (a *reply) at(paths ...string) bool { return slices.Contains(paths, a.request.URL.Path) }

// grant reports whether the answer is a token response to the grant.
func (a *reply) grant(grant string) bool {
	return a.at(tokenPath) && a.status == http.StatusOK && a.request.Form.Get("grant_type") == grant
}

// say replaces the answer.
func (a *reply) say(status int, mediaType, body string) {
	a.status, a.body = status, []byte(body)
	a.header.Set("Content-Type", mediaType)
}

// sayError replaces the answer by an error of the token endpoint (RFC 6749, section 5.2).
func (a *reply) sayError(status int, code, description string) {
	a.say(status, "application/json", `{"error":"`+code+`","error_description":"`+description+`"}`+"\n")
}

// swap replaces a part of the body.
func (a *reply) swap(old, new string) { a.body = []byte(strings.ReplaceAll(string(a.body), old, new)) }

const (
	discoveryPath = "/.well-known/openid-configuration"
	metadataPath  = "/.well-known/oauth-authorization-server"
	authorizePath = "/oauth2/authorize"
	tokenPath     = "/oauth2/token"
	keysPath      = "/oauth2/jwks"
	userInfoPath  = "/oauth2/userinfo"
)
