package demo

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"time"
)

const (
	grantCode              = "authorization_code"
	grantRefresh           = "refresh_token"
	grantClientCredentials = "client_credentials"
	grantTokenExchange     = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// serveToken is the token endpoint (RFC 6749, section 3.2). Its errors are 400, invalid_client too, which by section
// 5.2 of the RFC may be 401; only the rate limit answers 429.
func (t *Tenant) serveToken(w http.ResponseWriter, r *http.Request) {
	answer, err := t.token(r)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

func (t *Tenant) token(r *http.Request) (object, *oauthError) {
	if err := t.take("ip "+remoteIP(r), perIP); err != nil {
		return nil, err
	}
	clientID, secret := clientCredentials(r)
	c := t.findClient(orElse(clientID, assertedClient(r.Form)))
	if c == nil {
		return nil, fail("invalid_client", "invalid client ID")
	}
	if err := t.proveClient(c, r); err != nil {
		return nil, err
	}
	switch form := r.Form; form.Get("grant_type") {
	case grantCode:
		return t.redeem(c, secret, form)
	case grantRefresh:
		return t.refresh(c, form.Get("refresh_token"), form.Get("scope"))
	case grantClientCredentials:
		if err := checkClientCredentials(c, secret, form.Get("resource")); err != nil {
			return nil, err
		}
		return t.issueForClient(c, form.Get("resource"))
	case grantDevice:
		if t.switches.device.Load() {
			return t.poll(c, secret, form.Get("device_code"))
		}
	case grantTokenExchange:
		return nil, fail("invalid_request", "requested_token_type not supported")
	}
	return nil, fail("unsupported_grant_type", "grant type is not supported")
}

// clientCredentials reads the client's authentication (RFC 6749, section 2.3.1): the form first, and Basic only if the
// form has neither client_id nor client_secret. So a client_id in the form hides a secret in Basic.
func clientCredentials(r *http.Request) (id, secret string) {
	id, secret = r.Form.Get("client_id"), r.Form.Get("client_secret")
	if id != "" || secret != "" {
		return id, secret
	}
	id, secret, _ = r.BasicAuth()
	return formDecode(id), formDecode(secret)
}

func formDecode(s string) string {
	decoded, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return decoded
}

// checkSecret compares a confidential client's secret. A wrong one is an invalid_request on Authgear, a missing one an
// invalid_client.
func checkSecret(c *Client, secret string) *oauthError {
	if subtle.ConstantTimeCompare([]byte(c.Secret), []byte(secret)) != 1 {
		return fail("invalid_request", "invalid client secret")
	}
	return nil
}

var errInvalidCode = fail("invalid_grant", "invalid authorization code")

// redeem exchanges a code (RFC 6749, section 4.1.3; RFC 7636, section 4.6). A failure does not use the code up, and the
// code is not bound to the client that asked for it: both are Authgear's.
func (t *Tenant) redeem(c *Client, secret string, form url.Values) (object, *oauthError) {
	verifier := form.Get("code_verifier")
	switch {
	case form.Get("code") == "":
		return nil, fail("invalid_request", "code is required")
	case !c.confidential() && verifier == "":
		return nil, fail("invalid_request", "PKCE code verifier is required")
	case c.hasPlainSecret() && secret == "":
		return nil, fail("invalid_client", "client secret is required")
	}
	key := hash(form.Get("code"))
	t.store.mu.Lock()
	granted, ok := t.store.codes.get(key)
	t.store.mu.Unlock()
	if !ok || time.Now().After(granted.expires) {
		t.codeReused(key)
		return nil, errInvalidCode
	}
	if t.habits.on("no-redirect-check") {
		granted.redirectURI = form.Get("redirect_uri")
	}
	if t.habits.on("no-pkce-check") && verifierForm().MatchString(verifier) {
		granted.challenge = challengeOf(verifier)
	}
	if err := granted.check(c, secret, form.Get("redirect_uri"), verifier); err != nil {
		if t.habits.on("failed-code-dies") {
			t.dropCode(key)
		}
		return nil, err
	}
	if err := t.take("user "+granted.who.sub, perUser); err != nil {
		return nil, err
	}
	return t.issueForCode(c, key, granted)
}

// check compares what the client sends with what was asked for: redirect URI, PKCE, secret, in this order. A verifier
// is checked even if there was no challenge.
func (granted *code) check(c *Client, secret, redirectURI, verifier string) *oauthError {
	if granted.redirectURI != redirectURI {
		return fail("invalid_request", "invalid redirect URI")
	}
	needPKCE := !c.confidential() || granted.challenge != "" || verifier != ""
	if needPKCE && !verifyPKCE(granted.challenge, verifier) {
		return errInvalidCode
	}
	if c.hasPlainSecret() {
		return checkSecret(c, secret)
	}
	return nil
}

var verifierForm = compiled(`^[-._~A-Za-z0-9]{43,128}$`)

func verifyPKCE(challenge, verifier string) bool {
	if !verifierForm().MatchString(verifier) {
		return false
	}
	return subtle.ConstantTimeCompare([]byte(challengeOf(verifier)), []byte(challenge)) == 1
}

func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// issueForCode uses the code up and starts a session.
func (t *Tenant) issueForCode(c *Client, key string, granted code) (object, *oauthError) {
	now := time.Now()
	g := grant{
		id: newUUID(), clientID: c.ID, who: granted.who, scopes: granted.scopes, browser: granted.browser,
		absoluteEnd: now.Add(t.options.RefreshLifetime), idleEnd: now.Add(t.options.IdleTimeout), lastAccess: now,
	}
	refresh := ""
	if hasScope(g.scopes, scopeOffline) {
		secret := newSecret()
		g.refreshHash = hash(secret)
		refresh = g.id + "." + secret
	}
	t.store.mu.Lock()
	_, ok := t.store.codes.get(key)
	if !t.habits.on("code-reusable") {
		t.store.codes.delete(key)
	}
	if ok {
		t.store.grants.put(g.id, g)
	}
	t.store.mu.Unlock()
	t.habits.redeemed(key, g.id)
	if !ok { // another request was faster
		return nil, errInvalidCode
	}
	return t.issue(c, g, issuance{refresh: refresh, nonce: granted.nonce, amr: granted.who.amr})
}
