package demo

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

// Draft is a request that an application is about to send to the tenant: a URL for the browser, or a form.
type Draft struct {
	Front bool // a URL that the browser gets
	URL   string
	Body  []byte
}

// Edit makes the mistakes of an application that are switched on: some things go wrong before the tenant sees anything.
func (t *Tenant) Edit(d Draft) Draft {
	for _, f := range t.faulty() {
		if f.draft != nil {
			f.draft(t, &d)
		}
	}
	return d
}

// query changes the parameters of an authorization request (RFC 6749, section 4.1.1).
func (d *Draft) query(f func(url.Values)) {
	u, err := url.Parse(d.URL)
	if err != nil || u.Path != authorizePath {
		return
	}
	q := u.Query()
	f(q)
	u.RawQuery = q.Encode()
	d.URL = u.String()
}

// form changes the fields of a token request of one grant (RFC 6749, sections 4.1.3 and 6).
func (d *Draft) form(grant string, f func(url.Values)) {
	form, err := url.ParseQuery(string(d.Body))
	if err != nil || d.Front || form.Get("grant_type") != grant {
		return
	}
	f(form)
	d.Body = []byte(form.Encode())
}

// onQuery and onForm make a mistake of the application.
//
//go:noinline
func onQuery(f func(url.Values)) func(*Tenant, *Draft) {
	return func(_ *Tenant, d *Draft) { d.query(f) }
}

// wrongPair makes challenges out of a verifier in a way that is not S256 (RFC 7636, section 4.2).
//
//go:noinline
func wrongPair(challenge func(verifier string) string) func(*Tenant, *Draft) {
	return func(t *Tenant, d *Draft) {
		verifier := t.remember(func(s *switchboard) *string { return &s.verifier }, newSecret()+newSecret()[:11])
		d.query(func(q url.Values) {
			if q.Has("code_challenge") {
				q.Set("code_challenge", challenge(verifier))
			}
		})
		d.form(grantCode, func(f url.Values) {
			if f.Has("code_verifier") {
				f.Set("code_verifier", verifier)
			}
		})
	}
}

// hexEncoded is what comes of a library whose SHA-256 returns hexadecimal digits.
func hexEncoded(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString([]byte(hex.EncodeToString(sum[:])))
}

// otherVerifier hands in the verifier of another run.
func otherVerifier(_ *Tenant, d *Draft) {
	d.form(grantCode, func(f url.Values) { f.Set("code_verifier", newSecret()+newSecret()) })
}

// firstRefreshToken goes on using the token that the session began with, as an application does that does not store the
// new one.
func firstRefreshToken(t *Tenant, d *Draft) {
	d.form(grantRefresh, func(f url.Values) {
		f.Set("refresh_token", t.remember(func(s *switchboard) *string { return &s.handedIn }, f.Get("refresh_token")))
	})
}

func withCommas(q url.Values) { q.Set("scope", strings.Join(strings.Fields(q.Get("scope")), ",")) }
