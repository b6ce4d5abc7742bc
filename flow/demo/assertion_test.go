package demo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// authTenant is a tenant with the clients of AuthClients, and the private half of workshop-key.
func authTenant(t *testing.T) (*Tenant, *ecdsa.PrivateKey, *Authority) {
	t.Helper()
	a, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	tenant := New(Options{Issuer: "https://localhost:8975", AuthClients: true, Authority: a})
	return tenant, tenant.proofs.key, a
}

// ask posts a refresh with a token that is not there: the answer tells whether the client was accepted before that.
func ask(tenant *Tenant, form url.Values, change func(*http.Request)) (status int, code, why string) {
	form.Set("grant_type", "refresh_token")
	form.Set("refresh_token", "nothing")
	r := httptest.NewRequest("POST", "https://localhost:8975/oauth2/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	tenant.ServeHTTP(w, r)
	var e struct {
		Error       string
		Description string `json:"error_description"`
	}
	json.Unmarshal(w.Body.Bytes(), &e)
	return w.Code, e.Error, e.Description
}

func TestAssertionIsStrict(t *testing.T) {
	tenant, key, _ := authTenant(t)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret := []byte(builtin("workshop-jwt").Secret)
	public, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	type m = jwt.MapClaims
	soon := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	for _, c := range []struct {
		name   string
		client string
		method jwt.SigningMethod
		key    any
		kid    string
		claims m
		says   string // "" is accepted
	}{
		{name: "good"},
		{name: "issuer as audience", claims: m{"aud": "https://localhost:8975"}},
		{name: "good secret", client: "workshop-jwt", method: jwt.SigningMethodHS256, key: secret},
		{name: "another key", key: other, says: "signature"},
		{name: "another kid", kid: "no-such-key", says: "kid"},
		{name: "wrong secret", client: "workshop-jwt", method: jwt.SigningMethodHS256, key: []byte("not-the-secret-but-as-long-as-it-is"), says: "signature"},
		{name: "another HMAC", client: "workshop-jwt", method: jwt.SigningMethodHS512, key: secret, says: "alg"},
		{name: "the public key as a secret", method: jwt.SigningMethodHS256, key: public, says: "alg"},
		{name: "alg none", method: jwt.SigningMethodNone, key: jwt.UnsafeAllowNoneSignatureType, says: "alg"},
		{name: "expired", claims: m{"exp": soon(-time.Second)}, says: "expired"},
		{name: "expires now", claims: m{"exp": soon(0)}, says: "expired"},
		{name: "no exp", claims: m{"exp": nil}, says: "no exp"},
		{name: "exp is a text", claims: m{"exp": "soon"}, says: "no exp"},
		{name: "lives for a day", claims: m{"exp": soon(24 * time.Hour)}, says: "10 minutes"},
		{name: "made in the future", claims: m{"iat": soon(time.Minute)}, says: "iat"},
		{name: "not yet", claims: m{"nbf": soon(time.Minute)}, says: "nbf"},
		{name: "another audience", claims: m{"aud": "https://elsewhere.example/token"}, says: "aud"},
		{name: "audience with a slash", claims: m{"aud": "https://localhost:8975/"}, says: "aud"},
		{name: "no audience", claims: m{"aud": nil}, says: "aud"},
		{name: "another issuer", claims: m{"iss": "somebody"}, says: "iss and sub"},
		{name: "another subject", claims: m{"sub": "workshop-jwt"}, says: "iss and sub"},
		{name: "no jti", claims: m{"jti": ""}, says: "jti"},
		{name: "a long jti", claims: m{"jti": strings.Repeat("j", 300)}, says: "jti"},
	} {
		claims := m{"iss": c.client, "sub": c.client, "aud": []string{"https://localhost:8975/oauth2/token"}, "jti": newUUID(), "iat": soon(0), "exp": soon(time.Minute)}
		if c.client == "" {
			c.client = "workshop-key"
			claims["iss"], claims["sub"] = c.client, c.client
		}
		if c.method == nil {
			c.method = jwt.SigningMethodES256
		}
		if c.key == nil {
			c.key = key
		}
		for name, v := range c.claims {
			if claims[name] = v; v == nil {
				delete(claims, name)
			}
		}
		token := jwt.NewWithClaims(c.method, claims)
		if c.kid != "" {
			token.Header["kid"] = c.kid
		}
		signed, err := token.SignedString(c.key)
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"client_id": {c.client}, "client_assertion_type": {assertionType}, "client_assertion": {signed}}
		judge(t, tenant, c.name, form, nil, c.says)
		if c.says == "" {
			judge(t, tenant, c.name+", again", form, nil, "jti of client_assertion was used before")
		}
	}
	judge(t, tenant, "no assertion", url.Values{"client_id": {"workshop-key"}}, nil, "client_assertion is required")
	judge(t, tenant, "another type", url.Values{"client_id": {"workshop-key"}, "client_assertion": {"x"}}, nil, "client_assertion_type")
	judge(t, tenant, "no JWT", url.Values{"client_id": {"workshop-key"}, "client_assertion": {"x"}, "client_assertion_type": {assertionType}}, nil, "no JWT")
	judge(t, tenant, "a secret instead", url.Values{"client_id": {"workshop-jwt"}, "client_secret": {string(secret)}}, nil, "client_assertion is required")
}

// judge holds how a client is answered: accepted, it learns that its refresh token is none.
func judge(t *testing.T, tenant *Tenant, name string, form url.Values, change func(*http.Request), says string) {
	t.Helper()
	status, code, why := ask(tenant, form, change)
	switch {
	case says == "" && (status != 400 || code != "invalid_grant"):
		t.Errorf("%s: %d %s: %s; want the client accepted, and its refresh token refused", name, status, code, why)
	case says != "" && (status != 401 || code != "invalid_client" || !strings.Contains(why, says)):
		t.Errorf("%s: %d %s: %s; want 401 invalid_client and words on %q", name, status, code, why, says)
	}
}

func TestCertificateIsCompared(t *testing.T) {
	tenant, _, authority := authTenant(t)
	stranger, err := NewAuthority()
	if err != nil {
		t.Fatal(err)
	}
	issued := func(a *Authority, name string, usage x509.ExtKeyUsage) *x509.Certificate {
		x := template(name)
		x.ExtKeyUsage = []x509.ExtKeyUsage{usage}
		c, err := a.issue(x)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf
	}
	over := func(c *x509.Certificate) func(*http.Request) {
		return func(r *http.Request) { r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{c}} }
	}
	client, own := x509.ExtKeyUsageClientAuth, tenant.proofs.byClient
	for _, c := range []struct {
		name, client string
		cert         *x509.Certificate
		says         string
	}{
		{"registered", "workshop-mtls", own["workshop-mtls"].Leaf, ""},
		{"renewed, of the same subject", "workshop-mtls", issued(authority, "workshop-mtls", client), ""},
		{"another subject", "workshop-mtls", issued(authority, "workshop-other", client), "subject"},
		{"another authority", "workshop-mtls", issued(stranger, "workshop-mtls", client), "no authority"},
		{"of a server", "workshop-mtls", issued(authority, "workshop-mtls", x509.ExtKeyUsageServerAuth), "no authority"},
		{"self-signed", "workshop-mtls", own["workshop-self-signed"].Leaf, "no authority"},
		{"registered, self-signed", "workshop-self-signed", own["workshop-self-signed"].Leaf, ""},
		{"of the authority", "workshop-self-signed", own["workshop-mtls"].Leaf, "not the registered one"},
	} {
		judge(t, tenant, c.name, url.Values{"client_id": {c.client}}, over(c.cert), c.says)
	}
	judge(t, tenant, "no certificate", url.Values{"client_id": {"workshop-mtls"}}, nil, "no client certificate")
	judge(t, tenant, "no TLS", url.Values{"client_id": {"workshop-mtls"}}, func(r *http.Request) { r.TLS = nil }, "needs a connection with TLS")
}

// TestRawBasicIsRead: that client's secret is not form-decoded.
func TestRawBasicIsRead(t *testing.T) {
	tenant, _, _ := authTenant(t)
	secret := builtin("workshop-raw").Secret
	basic := func(secret string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth("workshop-raw", secret) }
	}
	judge(t, tenant, "raw", url.Values{}, basic(secret), "")
	judge(t, tenant, "form-encoded", url.Values{}, basic(url.QueryEscape(secret)), "read as they are")
	judge(t, tenant, "nothing", url.Values{"client_id": {"workshop-raw"}}, nil, "read as they are")
}

// TestWithoutTheSwitch: unless it is asked for, the tenant is Authgear's likeness, and those clients cannot prove
// themselves.
func TestWithoutTheSwitch(t *testing.T) {
	tenant := New(Options{Issuer: "https://localhost:8975"})
	for _, c := range AuthClients() {
		judge(t, tenant, c.ID, url.Values{"client_id": {c.ID}}, nil, "switch client-auth")
	}
	b, err := json.Marshal(tenant.metadata())
	if err != nil || strings.Contains(string(b), "jwt\"") || strings.Contains(string(b), "auth_signing_alg") {
		t.Errorf("the metadata has methods that Authgear has not: %s (%v)", b, err)
	}
	if key, kid := tenant.ClientKeyPEM(); key != nil || kid != "" {
		t.Error("a key was made that nobody asked for")
	}
}
