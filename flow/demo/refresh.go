package demo

import (
	"crypto/subtle"
	"strings"
	"time"
)

var errInvalidRefreshToken = fail("invalid_grant", "invalid refresh token")

// databaseTime is how long a real server talks to its database between reading a refresh token and replacing it. Without
// it parallel refreshes would come one by one here, and nobody could watch what becomes of a race.
const databaseTime = 2 * time.Millisecond

// refresh answers the refresh token grant (RFC 6749, section 6) in Authgear's order: the tokens are made, and with
// rotation the refresh token is replaced, before the client is compared. Secret and scope of the request are not read.
func (t *Tenant) refresh(c *Client, token, scope string) (object, *oauthError) {
	if token == "" {
		return nil, fail("invalid_request", "refresh token is required")
	}
	g, ok := t.grantOf(token)
	if !ok {
		if g, ok = t.reused(token); !ok {
			return nil, errInvalidRefreshToken
		}
	}
	if c.ID != g.clientID && t.habits.on("binding-first") {
		return nil, fail("invalid_grant", "the refresh token was issued to another client")
	}
	told, ferr := t.refreshScope(&g, scope)
	if ferr != nil {
		return nil, ferr
	}
	if err := t.take("user "+g.who.sub, perUser); err != nil {
		return nil, err
	}
	rotated := ""
	if t.habits.on("refresh-ends-access") {
		t.endAccess(g.id)
	}
	if c.Rotation || t.habits.on("rotation") {
		time.Sleep(databaseTime)
		secret := newSecret()
		rotated = g.id + "." + secret
		t.rotate(g.id, hash(secret))
	}
	if c.ID != g.clientID && !t.habits.on("no-binding") {
		return nil, fail("invalid_request", "client id doesn't match the refresh token")
	}
	// Neither nonce nor amr: Authgear loses the latter after the first response.
	answer, err := t.issue(c, g, issuance{refresh: rotated})
	if err == nil {
		t.touch(g.id)
		answer = withScope(answer, told)
	}
	return answer, err
}

// grantOf returns the live session of a refresh token: GRANT.SECRET.
func (t *Tenant) grantOf(token string) (grant, bool) {
	id, secret, _ := strings.Cut(token, ".")
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	g, ok := t.store.liveGrant(id, time.Now())
	if !ok || !g.offline() || subtle.ConstantTimeCompare([]byte(g.refreshHash), []byte(hash(secret))) != 1 {
		return grant{}, false
	}
	return g, true
}

// rotate replaces the secret of a session. The old one is dead at once; nobody notices its reuse. Of parallel refreshes
// each gets a new refresh token, and the last to come here has the one that works.
func (t *Tenant) rotate(id, refreshHash string) {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	if g, ok := t.store.grants.get(id); ok {
		t.habits.retire(id, g.refreshHash)
		g.refreshHash = refreshHash
		t.store.grants.put(id, g)
	}
}
