package demo

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"
)

// issuance is what differs between a first response and a later one.
type issuance struct {
	refresh string // the refresh token to return, if any
	nonce   string
	amr     []string
}

// issue makes the token response (RFC 6749, section 5.1; OIDC Core 1.0, section 3.1.3.3). Its members are in
// alphabetical order. It has no scope, whatever was asked for and granted.
func (t *Tenant) issue(c *Client, g grant, is issuance) (object, *oauthError) {
	now := time.Now()
	lifetime := t.AccessLifetime()
	access, err := t.newAccessToken(c, g, is, now, lifetime)
	if err != nil {
		return nil, fail("server_error", "internal server error")
	}
	answer := object{{"access_token", access}, {"expires_in", int64(lifetime / time.Second)}}
	if hasScope(g.scopes, scopeOpenID) {
		id, err := t.key().sign("JWT", t.idClaims(c, g, is, now))
		if err != nil {
			return nil, fail("server_error", "internal server error")
		}
		answer = append(answer, member{"id_token", id})
	}
	if is.refresh != "" {
		answer = append(answer, member{"refresh_token", is.refresh})
	}
	return append(answer, member{"token_type", "Bearer"}), nil
}

// newAccessToken makes an access token: 32 letters and digits, or a JWT whose jti is the hash of such a text that
// nobody is told (RFC 9068).
func (t *Tenant) newAccessToken(c *Client, g grant, is issuance, now time.Time, lifetime time.Duration) (string, error) {
	opaque := newSecret()
	t.store.mu.Lock()
	t.store.tokens.put(hash(opaque), accessToken{grantID: g.id, clientID: c.ID, scopes: g.scopes, expires: now.Add(lifetime)})
	t.store.mu.Unlock()
	if !c.JWT || slices.Contains(t.FaultsOn(), "access-token-opaque") {
		return opaque, nil
	}
	claims := t.userClaims(c, g, is)
	claims["aud"] = []string{t.issuer} // the tenant, neither the client nor an API
	claims["client_id"] = c.ID
	claims["exp"] = now.Add(lifetime).Unix()
	claims["iat"] = now.Unix()
	claims["jti"] = hash(opaque)
	claims["scope"] = strings.Join(g.scopes, " ")
	return t.key().sign("at+jwt", claims)
}

// idClaims are the ID token's (OIDC Core 1.0, section 2). There is no at_hash, azp, acr or jti.
func (t *Tenant) idClaims(c *Client, g grant, is issuance, now time.Time) map[string]any {
	claims := t.userClaims(c, g, is)
	claims["aud"] = []string{c.ID}
	claims["exp"] = now.Add(t.options.IDLifetime).Unix()
	claims["iat"] = now.Unix()
	claims["sid"] = sid(g.id)
	if is.nonce != "" {
		claims["nonce"] = is.nonce
	}
	return claims
}

// userClaims are what both kinds of JWT say of the user. Personal data, by scope, is for clients with a secret only.
func (t *Tenant) userClaims(c *Client, g grant, is issuance) map[string]any {
	claims := map[string]any{"iss": t.issuer, "sub": g.who.sub, "auth_time": g.who.authTime.Unix()}
	if is.amr != nil {
		claims["amr"] = is.amr
	}
	if u := userBySub(g.who.sub); u != nil {
		maps.Copy(claims, u.authgearClaims())
		if c.confidential() {
			maps.Copy(claims, u.profileClaims(g.scopes, false, t.started))
		}
	}
	return claims
}

// sid names a session in an ID token; the first half of the refresh token is the same UUID.
func sid(grantID string) string {
	return base64.RawURLEncoding.EncodeToString([]byte("offline_grant:" + grantID))
}

// hintedGrant returns the live session that an ID token of ours names.
func (t *Tenant) hintedGrant(claims map[string]any) (grant, bool) {
	s, _ := claims["sid"].(string)
	b, err := base64.RawURLEncoding.DecodeString(s)
	id, ok := strings.CutPrefix(string(b), "offline_grant:")
	if err != nil || !ok {
		return grant{}, false
	}
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	return t.store.liveGrant(id, time.Now())
}

// touch records that a session was used.
func (t *Tenant) touch(grantID string) {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	now := time.Now()
	if g, ok := t.store.liveGrant(grantID, now); ok {
		t.store.touch(g, t.options.IdleTimeout, now)
	}
}

func hasScope(scopes []string, scope string) bool { return slices.Contains(scopes, scope) }
