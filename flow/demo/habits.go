package demo

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Habits are the names by which a person turns on how other servers treat sessions and codes. None of them is Authgear's.
var Habits = []struct{ Name, What string }{
	{"rotation", "every refresh replaces the refresh token, whatever the client says"},
	{"reuse-detection", "a replaced refresh token that comes again ends the whole session (RFC 9700 §4.14.2)"},
	{"rotation-grace", "a replaced refresh token works for 10 s more"},
	{"refresh-scope", "scope is read at a refresh: less is granted and told, more is refused (RFC 6749 §6)"},
	{"refresh-widens", "scope is read at a refresh, and more than was granted is given"},
	{"refresh-ends-access", "a refresh ends the access tokens of before"},
	{"binding-first", "a refresh token of another client is refused before anything else happens"},
	{"no-binding", "a refresh token is taken from any client"},
	{"revocation-keeps-access", "after a revocation access tokens live on until they expire"},
	{"code-reuse-revokes", "a code that comes again ends the session that it began (RFC 6749 §4.1.2)"},
	{"code-reusable", "a code can be handed in again and again"},
	{"failed-code-dies", "a code that is handed in wrongly is used up"},
	{"no-pkce-check", "the code_verifier is not compared"},
	{"no-redirect-check", "redirect_uri is not compared at the token endpoint"},
}

func isHabit(name string) bool {
	return slices.ContainsFunc(Habits, func(h struct{ Name, What string }) bool { return h.Name == name })
}

// graceTime is how long a replaced refresh token works with "rotation-grace".
const graceTime = 10 * time.Second

// habits are those that are on, and what they remember. Its zero value has none.
type habits struct {
	mu      sync.Mutex
	names   map[string]bool
	retired bounded[retired] // by session and hash of the secret
	codes   bounded[string]  // the session that a code began, by the hash of the code
}

// retired is a refresh token that was replaced.
type retired struct {
	grant string
	at    time.Time
}

func (h *habits) init(names []string) {
	h.names = map[string]bool{}
	for _, n := range names {
		h.names[n] = isHabit(n)
	}
	h.retired = newBounded[retired](1024)
	h.codes = newBounded[string](512)
}

func (h *habits) add(names []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, n := range names {
		h.names[n] = true
	}
}

// SetHabit turns one of Habits on or off while the tenant answers.
func (t *Tenant) SetHabit(name string, on bool) error {
	if !isHabit(name) {
		return fmt.Errorf("the embedded tenant has no habit %q", name)
	}
	t.habits.mu.Lock()
	defer t.habits.mu.Unlock()
	t.habits.names[name] = on
	return nil
}

// HabitsOn returns the names of the habits that are on, in the order of Habits.
func (t *Tenant) HabitsOn() (names []string) {
	for _, h := range Habits {
		if t.habits.on(h.Name) {
			names = append(names, h.Name)
		}
	}
	return names
}

func (h *habits) on(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.names[name]
}

// redeemed remembers which session a code began.
func (h *habits) redeemed(code, grant string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.codes.put(code, grant)
}

// retire remembers a refresh token that is being replaced.
func (h *habits) retire(grant, secretHash string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.retired.put(grant+" "+secretHash, retired{grant, time.Now()})
}

// reused is asked for a refresh token that is no session's any more: with a time of grace it still works, and where reuse
// is noticed the session ends.
func (t *Tenant) reused(token string) (grant, bool) {
	id, secret, _ := strings.Cut(token, ".")
	t.habits.mu.Lock()
	was, ok := t.habits.retired.get(id + " " + hash(secret))
	grace, detect := t.habits.names["rotation-grace"], t.habits.names["reuse-detection"]
	t.habits.mu.Unlock()
	if !ok {
		return grant{}, false
	}
	if grace && time.Since(was.at) <= graceTime {
		t.store.mu.Lock()
		defer t.store.mu.Unlock()
		return t.store.liveGrant(was.grant, time.Now())
	}
	if detect {
		t.endGrant(was.grant)
	}
	return grant{}, false
}

// codeReused ends the session that a code began which comes again.
func (t *Tenant) codeReused(key string) {
	t.habits.mu.Lock()
	id, ok := t.habits.codes.get(key)
	revokes := t.habits.names["code-reuse-revokes"]
	t.habits.mu.Unlock()
	if ok && revokes {
		t.endGrant(id)
	}
}

func (t *Tenant) dropCode(key string) {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	t.store.codes.delete(key)
}

// endAccess ends the access tokens of a session.
func (t *Tenant) endAccess(grantID string) {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	t.store.tokens.deleteIf(func(a accessToken) bool { return a.grantID == grantID })
}

// refreshScope reads scope at a refresh where that is on, and returns what the answer has to tell, "" for nothing.
func (t *Tenant) refreshScope(g *grant, scope string) (told string, err *oauthError) {
	read, widens := t.habits.on("refresh-scope"), t.habits.on("refresh-widens")
	if !read && !widens || scope == "" {
		return "", nil
	}
	asked := strings.Fields(scope)
	for _, s := range asked {
		if !slices.Contains(g.scopes, s) && (!widens || !slices.Contains(knownScopes, s)) {
			return "", fail("invalid_scope", "the scope is more than was granted")
		}
	}
	g.scopes = asked
	return strings.Join(asked, " "), nil
}

// withScope adds scope to a token response, in the alphabet's order.
func withScope(answer object, scope string) object {
	if scope == "" {
		return answer
	}
	i := len(answer) - 1 // token_type is the last
	return slices.Insert(answer, i, member{"scope", scope})
}
