package demo

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// all makes one change of several.
//
//go:noinline
func all(changes ...func(*Tenant, *reply)) func(*Tenant, *reply) {
	return func(t *Tenant, a *reply) {
		for _, f := range changes {
			f(t, a)
		}
	}
}

// onMetadata changes both kinds of metadata.
//
//go:noinline
func onMetadata(f func(*Tenant, *reply)) func(*Tenant, *reply) {
	return func(t *Tenant, a *reply) {
		if a.at(discoveryPath, metadataPath) {
			f(t, a)
		}
	}
}

// onToken changes the token response of a sign-in.
//
//go:noinline
func onToken(f func(*reply)) func(*Tenant, *reply) {
	return func(_ *Tenant, a *reply) {
		if a.grant(grantCode) {
			f(a)
		}
	}
}

// atToken has the token endpoint refuse some grants.
//
//go:noinline
func atToken(code, description string, grants ...string) func(*Tenant, *reply) {
	return func(_ *Tenant, a *reply) {
		for _, grant := range grants {
			if a.grant(grant) {
				a.sayError(http.StatusBadRequest, code, description)
			}
		}
	}
}

// algs adds an algorithm to those that the metadata lists.
//
//go:noinline
func algs(alg string) func(*Tenant, *reply) {
	return onMetadata(func(_ *Tenant, a *reply) {
		a.swap(`"id_token_signing_alg_values_supported":["RS256"]`, `"id_token_signing_alg_values_supported":["RS256","`+alg+`"]`)
	})
}

// moreKeys adds a key of each kind to the key set.
func moreKeys(t *Tenant, a *reply) {
	if a.at(keysPath) {
		a.keys(func() object { return t.key().jwk() }, rsaKey, ecKey)
	}
}

// keys replaces the key set.
func (a *reply) keys(keys ...func() object) {
	var all []object
	for _, k := range keys {
		all = append(all, k())
	}
	b, err := json.Marshal(object{{"keys", all}})
	if err == nil {
		a.say(http.StatusOK, "application/json", string(b)+"\n")
	}
}

func rsaKey() object {
	k := &signingKey{kid: otherRSA, created: time.Now(), key: otherKeys.rsa()}
	return k.jwk()
}

func ecKey() object {
	k := otherKeys.ec().PublicKey
	point, err := k.Bytes() // 4, x, y
	if err != nil {
		return nil
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return object{{"alg", "ES256"}, {"crv", "P-256"}, {"kid", otherEC}, {"kty", "EC"}, {"use", "sig"}, {"x", b64(point[1:33])}, {"y", b64(point[33:])}}
}

// count counts how often the key set was asked for.
func (t *Tenant) count() int {
	t.faults.mu.Lock()
	defer t.faults.mu.Unlock()
	t.faults.keySets++
	return t.faults.keySets
}

// drop takes a member out of a JSON object whose order and form are ours.
func (a *reply) drop(name string) {
	re := regexp.MustCompile(`"` + name + `":("[^"]*"|[0-9]+),?`)
	a.body = bytes.ReplaceAll(re.ReplaceAll(a.body, nil), []byte(",}"), []byte("}"))
}

// number changes a member that is a number, which stands for $1.
func (a *reply) number(name, to string) {
	a.body = regexp.MustCompile(`"`+name+`":([0-9]+)`).ReplaceAll(a.body, []byte(`"`+name+`":`+to))
}

// onRequest changes the parameters of a request to path before the tenant sees them.
//
//go:noinline
func onRequest(path string, f func(url.Values)) func(*Tenant, *http.Request) {
	return func(_ *Tenant, r *http.Request) {
		if r.URL.Path == path && r.Method == http.MethodGet {
			q := r.URL.Query()
			f(q)
			r.URL.RawQuery = q.Encode()
		}
	}
}

// onForm changes the form of a token request of one grant before the tenant sees it.
//
//go:noinline
func onForm(grant string, f func(url.Values)) func(*Tenant, *http.Request) {
	return func(_ *Tenant, r *http.Request) {
		if r.URL.Path != tokenPath {
			return
		}
		form := readAhead(r)
		if form.Get("grant_type") == grant {
			f(form)
			setBody(r, form.Encode())
		}
	}
}

// readAhead reads the form of a request, and leaves it to be read again.
func readAhead(r *http.Request) url.Values {
	b, _ := io.ReadAll(io.LimitReader(r.Body, maxBody))
	setBody(r, string(b))
	form, err := url.ParseQuery(string(b))
	if err != nil {
		return url.Values{}
	}
	return form
}

func setBody(r *http.Request, body string) {
	r.Body = io.NopCloser(strings.NewReader(body))
	r.ContentLength = int64(len(body))
}

// redeemBefore hands the code in before the application does.
func redeemBefore(t *Tenant, r *http.Request) {
	if r.URL.Path != tokenPath {
		return
	}
	form := readAhead(r)
	if form.Get("grant_type") != grantCode {
		return
	}
	first := &http.Request{Method: r.Method, URL: r.URL, Host: r.Host, Header: r.Header, RemoteAddr: r.RemoteAddr, TLS: r.TLS}
	setBody(first, form.Encode())
	t.serve(&reply{request: first, header: http.Header{}}, first)
}

// back changes the parameters with which the browser is sent back to the application.
//
//go:noinline
func back(f func(*Tenant, url.Values)) func(*Tenant, *reply) {
	return func(t *Tenant, a *reply) {
		u, err := url.Parse(a.header.Get("Location"))
		if err != nil || !t.redirect.has(bareURI(u)) {
			return
		}
		q := u.Query()
		f(t, q)
		u.RawQuery = q.Encode()
		a.header.Set("Location", u.String())
		a.body = nil
	}
}

func bareURI(u *url.URL) string {
	bare := *u
	bare.RawQuery, bare.Fragment = "", ""
	return bare.String()
}

// percent writes every byte of s as %XX.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02X", s[i])
	}
	return b.String()
}

// refuse answers an authorization request with an error that names what it is about.
//
//go:noinline
func refuse(code, description string, about func(url.Values) string) func(*Tenant, *reply) {
	return func(t *Tenant, a *reply) {
		q := a.request.URL.Query()
		if !a.at(authorizePath) || a.status/100 != 3 || !t.redirect.has(q.Get("redirect_uri")) {
			return
		}
		b := &reply{request: a.request, header: http.Header{}}
		respond(b, q.Get("response_mode"), q.Get("redirect_uri"), url.Values{"error": {code}, "error_description": {description + about(q)}, "state": {q.Get("state")}})
		*a = *b
	}
}

// otherScheme is the issuer as it looks behind a proxy that ends TLS, or before one that begins it.
func otherScheme(issuer string) string {
	if rest, ok := strings.CutPrefix(issuer, "https://"); ok {
		return "http://" + rest
	}
	return "https://" + strings.TrimPrefix(issuer, "http://")
}

// shifted has the tenant live by a clock that is off by d.
//
//go:noinline
func shifted(d time.Duration) func(*Tenant, *reply) {
	move := func(t *Tenant, _ *reply, token string) string {
		return t.resign(token, func(_ map[string]any, c jwt.MapClaims) {
			for _, name := range []string{"iat", "exp", "auth_time"} {
				if n, ok := c[name].(json.Number); ok {
					if v, err := n.Int64(); err == nil {
						c[name] = v + int64(d/time.Second)
					}
				}
			}
		})
	}
	tokens := onIDToken(move, grantCode, grantRefresh)
	return func(t *Tenant, a *reply) {
		tokens(t, a)
		a.header.Set("Date", time.Now().Add(d).UTC().Format(http.TimeFormat))
	}
}

// slow answers at the token endpoint when hardly anybody waits any more.
func slow(_ *Tenant, w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != tokenPath {
		return false
	}
	form := readAhead(r) // before that net/http does not notice that the caller goes
	timer := time.NewTimer(40 * time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
		return true
	}
	setBody(r, form.Encode())
	return false
}
