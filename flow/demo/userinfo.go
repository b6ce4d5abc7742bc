package demo

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
)

// serveUserInfo is the userinfo endpoint (OIDC Core 1.0, section 5.3). It takes the token from the Bearer header only
// (RFC 6750, section 2.1), and falls back to the browser's session.
func (t *Tenant) serveUserInfo(w http.ResponseWriter, r *http.Request) {
	if token, g, ok := t.bearer(r); ok {
		t.touch(g.id)
		// A session without offline_access has no scopes on the server: whatever the token was granted, a third party
		// is told only who the user is, and nobody the identities.
		var scopes []string
		if g.offline() {
			scopes = token.scopes
		}
		t.writeUserInfo(w, findClient(token.clientID), g.who.sub, scopes)
		return
	}
	if b, ok := t.browser(r); ok {
		t.writeUserInfo(w, nil, b.who.sub, nil)
		return
	}
	// Not RFC 6750's invalid_token, and not declared as JSON.
	w.Header().Set("WWW-Authenticate", `Bearer error="invalid_grant", error_description="invalid session"`)
	w.WriteHeader(http.StatusUnauthorized)
	io.WriteString(w, `{"error":"invalid_grant","error_description":"invalid session"}`+"\n")
}

// bearer returns the access token of the Authorization header, with its session, if both live.
func (t *Tenant) bearer(r *http.Request) (accessToken, grant, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return accessToken{}, grant{}, false
	}
	key := hash(token)
	if strings.Contains(token, ".") { // a JWT is looked up by its jti, and so can be revoked here
		claims, ok := t.key().open(token)
		if !ok {
			return accessToken{}, grant{}, false
		}
		key, _ = claims["jti"].(string)
	}
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	now := time.Now()
	a, ok := t.store.tokens.get(key)
	if !ok || !now.Before(a.expires) {
		return accessToken{}, grant{}, false
	}
	g, ok := t.store.liveGrant(a.grantID, now)
	return a, g, ok
}

// writeUserInfo writes the claims in alphabetical order: to a first party all standard attributes whatever the scope,
// to a third party those of the scopes.
func (t *Tenant) writeUserInfo(w http.ResponseWriter, c *Client, sub string, scopes []string) {
	u := userBySub(sub)
	firstParty := c == nil || c.firstParty()
	claims := map[string]any{"sub": sub}
	maps.Copy(claims, u.authgearClaims())
	maps.Copy(claims, u.profileClaims(scopes, firstParty, t.started))
	if firstParty {
		claims["custom_attributes"] = map[string]any{}
		claims["x_web3"] = map[string]any{}
	}
	if hasScope(scopes, scopeFullAccess) || hasScope(scopes, scopeFullUserInfo) {
		t.addIdentities(claims)
	}
	if t.switches.signedUserInfo.Load() && c != nil {
		t.writeSigned(w, c, claims)
		return
	}
	writeJSON(w, http.StatusOK, claims)
}

// addIdentities adds how the user can sign in, which the two scopes that begin with full- tell.
func (t *Tenant) addIdentities(claims map[string]any) {
	at := t.started.UTC().Format("2006-01-02T15:04:05.999999Z07:00")
	const user = "https://authgear.com/claims/user/"
	claims[user+"identities"] = []object{{{"created_at", at}, {"updated_at", at}, {"type", "login_id"},
		{"login_id_key", "username"}, {"login_id_type", "username"}}}
	claims[user+"authenticators"] = []object{{{"created_at", at}, {"updated_at", at}, {"type", "password"}, {"kind", "primary"}}}
	claims[user+"recovery_code_enabled"] = false
}
