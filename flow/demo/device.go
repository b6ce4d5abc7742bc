package demo

import (
	"crypto/rand"
	"crypto/subtle"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	grantDevice    = "urn:ietf:params:oauth:grant-type:device_code"
	deviceLifetime = 10 * time.Minute
	deviceInterval = 5 * time.Second
)

// deviceGrant is a device that waits for its person (RFC 8628).
type deviceGrant struct {
	client   *Client
	scopes   []string
	expires  time.Time
	interval time.Duration
	polled   time.Time
	denied   bool
	who      identity // of whoever agreed; sub is empty before
}

// userCodeLetters has no vowels and nothing that looks like something else (RFC 8628, section 6.1).
const userCodeLetters = "BCDFGHJKLMNPQRSTVWXZ"

func newUserCode() string {
	var b strings.Builder
	for i := range 8 {
		if i == 4 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(userCodeLetters))))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		b.WriteByte(userCodeLetters[n.Int64()])
	}
	return b.String()
}

// normalUserCode takes a code as a person types it.
func normalUserCode(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(userCodeLetters, r) {
			return r
		}
		return -1
	}, strings.ToUpper(cut(s, 40)))
	if len(s) != 8 {
		return ""
	}
	return s[:4] + "-" + s[4:]
}

// serveDevice is the device authorization endpoint (RFC 8628, section 3.1). Authgear has none.
func (t *Tenant) serveDevice(w http.ResponseWriter, r *http.Request) {
	id, secret := clientCredentials(r)
	c := findClient(orElse(id, assertedClient(r.Form)))
	switch {
	case c == nil:
		writeError(w, fail("invalid_client", "invalid client ID"))
		return
	case c.Type == typeMachine:
		writeError(w, fail("unauthorized_client", "grant type is not allowed for this client"))
		return
	case t.proveClient(c, r) != nil || c.hasPlainSecret() && checkSecret(c, secret) != nil:
		writeError(w, fail("invalid_client", "invalid client secret"))
		return
	}
	scopes := splitScopes(r.Form.Get("scope"))
	if err := t.checkScopes(c, scopes); err != nil {
		writeError(w, err)
		return
	}
	code, user := newSecret(), newUserCode()
	t.store.mu.Lock()
	t.store.devices.put(hash(code), deviceGrant{client: c, scopes: scopes, expires: time.Now().Add(deviceLifetime), interval: deviceInterval})
	t.store.userCodes.put(user, hash(code))
	t.store.mu.Unlock()
	writeJSON(w, http.StatusOK, object{{"device_code", code}, {"expires_in", int64(deviceLifetime / time.Second)}, {"interval", int64(deviceInterval / time.Second)},
		{"user_code", user}, {"verification_uri", t.issuer + devicePagePath}, {"verification_uri_complete", t.issuer + devicePagePath + "?user_code=" + url.QueryEscape(user)}})
}

// poll answers a device access token request (RFC 8628, section 3.5).
func (t *Tenant) poll(c *Client, secret, code string) (object, *oauthError) {
	if c.hasPlainSecret() && checkSecret(c, secret) != nil {
		return nil, fail("invalid_client", "invalid client secret")
	}
	now, key := time.Now(), hash(code)
	t.store.mu.Lock()
	d, ok := t.store.devices.get(key)
	if !ok || d.client.ID != c.ID {
		t.store.mu.Unlock()
		return nil, fail("invalid_grant", "invalid device code")
	}
	early := !d.polled.IsZero() && now.Sub(d.polled) < d.interval
	d.polled = now
	if early {
		d.interval += 5 * time.Second
	}
	t.store.devices.put(key, d)
	if d.who.sub != "" || d.denied || now.After(d.expires) {
		t.store.devices.delete(key) // it is answered once
	}
	t.store.mu.Unlock()
	switch {
	case now.After(d.expires):
		return nil, fail("expired_token", "the device code has expired")
	case d.denied:
		return nil, fail("access_denied", "the user refused")
	case early && d.who.sub == "":
		return nil, fail("slow_down", "polling too fast")
	case d.who.sub == "":
		return nil, fail("authorization_pending", "the user has not agreed yet")
	}
	return t.issueForDevice(c, d)
}

// issueForDevice starts a session as a code does.
func (t *Tenant) issueForDevice(c *Client, d deviceGrant) (object, *oauthError) {
	now := time.Now()
	g := grant{id: newUUID(), clientID: c.ID, who: d.who, scopes: d.scopes,
		absoluteEnd: now.Add(t.options.RefreshLifetime), idleEnd: now.Add(t.options.IdleTimeout), lastAccess: now}
	refresh := ""
	if hasScope(g.scopes, scopeOffline) {
		secret := newSecret()
		g.refreshHash = hash(secret)
		refresh = g.id + "." + secret
	}
	t.store.mu.Lock()
	t.store.grants.put(g.id, g)
	t.store.mu.Unlock()
	return t.issue(c, g, issuance{refresh: refresh, amr: d.who.amr})
}

// serveDevicePage is where the person enters the code and agrees (RFC 8628, section 3.3). It asks for the sign-in on the
// same form, whoever is signed in: who agrees should know what for.
func (t *Tenant) serveDevicePage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writePage(w, http.StatusOK, t.devicePage(cut(r.Form.Get("user_code"), 40), ""))
		return
	}
	typed := r.PostForm.Get("user_code")
	u := findUser(strings.TrimSpace(r.PostForm.Get("login")))
	if u == nil || subtle.ConstantTimeCompare([]byte(u.Password), []byte(r.PostForm.Get("password"))) != 1 {
		writePage(w, http.StatusOK, t.devicePage(cut(typed, 40), "That login and password do not belong together."))
		return
	}
	denied := r.PostForm.Get("action") != "allow"
	if !t.agree(normalUserCode(typed), identity{sub: u.Sub, authTime: time.Now(), amr: []string{"pwd", "x_primary_password"}}, denied) {
		writePage(w, http.StatusOK, t.devicePage(cut(typed, 40), "No device waits with this code. It may have expired."))
		return
	}
	if denied {
		writePage(w, http.StatusOK, notice(deviceDenied, "The device gets nothing. You can close this page."))
		return
	}
	writePage(w, http.StatusOK, notice(deviceAllowed, "Go back to the device: it goes on by itself."))
}

// The headings of the pages at which this ends.
const (
	deviceAllowed = "The device is signed in"
	deviceDenied  = "The device was refused"
)

// agree lets the device with the code in, or refuses it. A code is entered once.
func (t *Tenant) agree(user string, who identity, denied bool) bool {
	t.store.mu.Lock()
	defer t.store.mu.Unlock()
	key, ok := t.store.userCodes.get(user)
	if !ok || user == "" {
		return false
	}
	t.store.userCodes.delete(user)
	d, ok := t.store.devices.get(key)
	if !ok || time.Now().After(d.expires) {
		return false
	}
	if d.denied = denied; !denied {
		d.who = who
	}
	t.store.devices.put(key, d)
	return true
}

// devicePage asks for the code and the sign-in. It names the client that the code is of.
func (t *Tenant) devicePage(typed, problem string) page {
	alert, client := "", "a device"
	if problem != "" {
		alert = `<p class="bad" role="alert">` + esc(problem) + "</p>\n"
	}
	t.store.mu.Lock()
	if key, ok := t.store.userCodes.get(normalUserCode(typed)); ok {
		if d, ok := t.store.devices.get(key); ok {
			client = d.client.Name
		}
	}
	t.store.mu.Unlock()
	u := DemoUser()
	return page{title: "Sign a device in", body: `<h1>Sign a device in</h1>
<p class="lead">for ` + esc(client) + `</p>
` + alert + `<form method="post" action="` + devicePagePath + `">
<label for="user_code">Code on the device</label>
<input id="user_code" name="user_code" type="text" value="` + esc(typed) + `" autocapitalize="characters" autocomplete="off" spellcheck="false" maxlength="40" required>
<label for="login">Login</label>
<input id="login" name="login" type="text" value="` + esc(u.Login) + `" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="200" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required>
<button type="submit" name="action" value="allow">Sign the device in</button>
<button type="submit" name="action" value="deny" class="second">Refuse it</button>
</form>
<p class="hint">Not Authgear: it has no device grant.<br>The demo account: login <code>` + esc(u.Login) + `</code>, password <code>` + esc(u.Password) + `</code></p>
`}
}
