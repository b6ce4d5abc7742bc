package demo

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testIssuer   = "http://localhost:3100" // the captures' own
	testCallback = "http://127.0.0.1:8976/callback"
	testVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636, appendix B
	testS256     = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
)

// testKey is made once: a key of 2048 bits takes its time.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newTestTenant(o Options) *Tenant {
	o.Issuer = orElse(o.Issuer, testIssuer)
	o.Key = testKey()
	return New(o)
}

// local answers requests to the tenant with the tenant, and all others as the client's listener would, without a
// socket.
type local struct{ t *Tenant }

func (l local) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	if r.URL.Host == l.t.host {
		r.RemoteAddr = "127.0.0.1:50000"
		l.t.ServeHTTP(w, r)
	}
	return w.Result(), nil
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
}

// send makes one request of the tenant; a form makes it a POST.
func send(tt *testing.T, t *Tenant, target string, form url.Values, headers ...string) answer {
	tt.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, target, body)
	r.Host = t.host
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return serve(t, r)
}

func serve(t *Tenant, r *http.Request) answer {
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	return answer{w.Code, w.Result().Header, w.Body.String()}
}

// query builds parameters from pairs; a pair with the value "-" removes one.
func query(base url.Values, pairs ...string) url.Values {
	v := url.Values{}
	for name, values := range base {
		v[name] = values
	}
	for i := 0; i < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "-" {
			v.Del(pairs[i])
		}
	}
	return v
}

// authorizeForm is a right request of the public client; pairs change it.
func authorizeForm(pairs ...string) url.Values {
	return query(url.Values{
		"response_type": {"code"}, "client_id": {"workshop-spa"}, "redirect_uri": {testCallback},
		"scope": {"openid offline_access"}, "state": {"st1"}, "nonce": {"n1"},
		"code_challenge": {testS256}, "code_challenge_method": {"S256"},
	}, pairs...)
}

func authorizeURL(pairs ...string) string {
	return testIssuer + "/oauth2/authorize?" + authorizeForm(pairs...).Encode()
}

// codeFor signs alice in, who has nothing but a user name, and returns the code.
func codeFor(tt *testing.T, t *Tenant, pairs ...string) string {
	tt.Helper()
	final, err := SignIn(tt.Context(), local{t}, authorizeURL(pairs...), *findUser("alice"))
	if err != nil {
		tt.Fatalf("SignIn(%v): %v", pairs, err)
	}
	u, err := url.Parse(final)
	if err != nil {
		tt.Fatal(err)
	}
	if u.Query().Get("code") == "" {
		tt.Fatalf("SignIn(%v) ended at %s without a code", pairs, final)
	}
	return u.Query().Get("code")
}

func codeForm(code string, pairs ...string) url.Values {
	return query(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {testCallback},
		"client_id": {"workshop-spa"}, "code_verifier": {testVerifier}}, pairs...)
}

func refreshForm(token string, pairs ...string) url.Values {
	return query(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {"workshop-spa"}}, pairs...)
}

// tokens are what a token response gave.
type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
	Expires int64  `json:"expires_in"`
}

// tokensOf wants a 200 of the token endpoint.
func tokensOf(tt *testing.T, t *Tenant, form url.Values) tokens {
	tt.Helper()
	a := send(tt, t, "/oauth2/token", form)
	if a.status != http.StatusOK {
		tt.Fatalf("token request %s: got %d %s, want 200", form.Encode(), a.status, a.body)
	}
	var got tokens
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		tt.Fatalf("token response %q: %v", a.body, err)
	}
	return got
}

// login is a whole sign-in: code and exchange.
func login(tt *testing.T, t *Tenant, pairs ...string) tokens {
	tt.Helper()
	code := codeFor(tt, t, pairs...)
	clientID := authorizeForm(pairs...).Get("client_id")
	return tokensOf(tt, t, codeForm(code, "client_id", clientID, "client_secret", orElse(builtin(clientID).Secret, "-")))
}

func userInfoStatus(tt *testing.T, t *Tenant, access string) int {
	tt.Helper()
	return send(tt, t, "/oauth2/userinfo", nil, "Authorization", "Bearer "+access).status
}

// segments decodes header and payload of a JWT.
func segments(tt *testing.T, token string) (header, payload string) {
	tt.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		tt.Fatalf("%q has %d segments, want a JWT's 3", token, len(parts))
	}
	var out [2]string
	for i := range out {
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			tt.Fatalf("segment %d of %q: %v", i, token, err)
		}
		out[i] = string(b)
	}
	return out[0], out[1]
}

// names returns the member names of a JSON object in their order.
func names(tt *testing.T, object string) []string {
	tt.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(object)))
	if tok, err := d.Token(); err != nil || tok != json.Delim('{') {
		tt.Fatalf("%q is no JSON object", object)
	}
	var all []string
	for d.More() {
		name, err := d.Token()
		if err != nil {
			tt.Fatalf("%q: %v", object, err)
		}
		all = append(all, name.(string))
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			tt.Fatalf("%q: %v", object, err)
		}
	}
	return all
}

// browse signs alice in by hand, and returns the browser's session cookie with the tokens.
func browse(tt *testing.T, t *Tenant, pairs ...string) (session string, got tokens) {
	tt.Helper()
	location := send(tt, t, authorizeURL(pairs...), nil).header.Get("Location")
	u, err := url.Parse(location)
	if err != nil || u.Query().Get("x_ref") == "" {
		tt.Fatalf("authorize: Location %q (%v), want the entry point with x_ref", location, err)
	}
	alice := findUser("alice")
	a := send(tt, t, "/login?"+u.RawQuery, query(nil, "login", alice.Login, "password", alice.Password))
	for _, c := range a.header["Set-Cookie"] {
		if v, ok := strings.CutPrefix(c, "session="); ok {
			session, _, _ = strings.Cut(v, ";")
		}
	}
	back := send(tt, t, a.header.Get("Location"), nil, "Cookie", "session="+session).header.Get("Location")
	if u, err = url.Parse(back); err != nil || u.Query().Get("code") == "" {
		tt.Fatalf("consent: Location %q (%v), want a code", back, err)
	}
	return session, tokensOf(tt, t, codeForm(u.Query().Get("code"), "client_id", authorizeForm(pairs...).Get("client_id")))
}

func timeText(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// builtin returns a client that every tenant has.
func builtin(id string) *Client { return (&Tenant{}).findClient(id) }
