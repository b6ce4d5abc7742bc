package demo

import (
	"net/http"
	"strings"
	"time"
)

// serveIntrospect is an introspection endpoint (RFC 7662), which Authgear does not have. Any known client may ask, a
// confidential one with its secret, and is told of its own tokens alone (section 2.2).
func (t *Tenant) serveIntrospect(w http.ResponseWriter, r *http.Request) {
	id, secret := clientCredentials(r)
	c := findClient(orElse(id, assertedClient(r.Form)))
	if c == nil || t.proveClient(c, r) != nil || c.hasPlainSecret() && checkSecret(c, secret) != nil {
		w.Header().Set("WWW-Authenticate", `Basic realm="introspection"`)
		writeJSON(w, http.StatusUnauthorized, fail("invalid_client", "client authentication failed").object())
		return
	}
	if !r.PostForm.Has("token") {
		writeError(w, fail("invalid_request", "token is required"))
		return
	}
	writeJSON(w, http.StatusOK, t.introspect(c, r.PostForm.Get("token")))
}

func (t *Tenant) introspect(c *Client, token string) object {
	dead := object{{"active", false}}
	if g, ok := t.grantOf(token); ok {
		if g.clientID != c.ID {
			return dead
		}
		return object{{"active", true}, {"client_id", g.clientID}, {"exp", min(g.absoluteEnd.Unix(), g.idleEnd.Unix())}, {"iss", t.issuer},
			{"scope", strings.Join(g.scopes, " ")}, {"sub", g.who.sub}}
	}
	key := hash(token)
	if claims, ok := t.key().open(token); ok && strings.Contains(token, ".") {
		key, _ = claims["jti"].(string)
	}
	now := time.Now()
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	a, ok := t.store.tokens.get(key)
	if !ok || !now.Before(a.expires) || a.clientID != c.ID {
		return dead
	}
	answer := object{{"active", true}, {"client_id", a.clientID}, {"exp", a.expires.Unix()}, {"iss", t.issuer}, {"scope", strings.Join(a.scopes, " ")}}
	if a.grantID != "" {
		g, live := t.store.liveGrant(a.grantID, now)
		if !live {
			return dead
		}
		answer = append(answer, member{"sub", g.who.sub})
	}
	return append(answer, member{"token_type", "Bearer"})
}
