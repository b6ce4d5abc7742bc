package demo

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// The methods of client authentication that Authgear has not (OIDC Core 1.0, section 9; RFC 8705, section 2). The last
// is a name of our own, for servers that read Basic without form-decoding it.
const (
	methodSecretJWT = "client_secret_jwt"
	methodKeyJWT    = "private_key_jwt"
	methodTLS       = "tls_client_auth"
	methodSelfTLS   = "self_signed_tls_client_auth"
	methodRawBasic  = "client_secret_basic_raw"
)

// AuthClients are clients that prove themselves as no client of Authgear does. They are registered with
// Options.AuthClients alone; those with a certificate also need an Authority.
func AuthClients() []Client {
	return []Client{
		{ID: "workshop-jwt", Name: "Workshop JWT", Type: "confidential", AuthMethod: methodSecretJWT, Secret: "workshop-jwt-secret-of-32-bytes-or-more"},
		{ID: "workshop-key", Name: "Workshop Key", Type: "confidential", AuthMethod: methodKeyJWT},
		{ID: "workshop-mtls", Name: "Workshop mTLS", Type: "confidential", AuthMethod: methodTLS},
		{ID: "workshop-self-signed", Name: "Workshop Self-signed", Type: "confidential", AuthMethod: methodSelfTLS},
		{ID: "workshop-raw", Name: "Workshop Raw", Type: "confidential", AuthMethod: methodRawBasic, Secret: "raw%3A+secret/of=workshop"},
	}
}

// ClientKey is a public key by which a client's assertions are known.
type ClientKey struct {
	KeyID  string
	Public crypto.PublicKey
}

// proofs are what the clients of AuthClients are registered with, the private halves included: whoever runs the tenant
// plays the client too.
type proofs struct {
	made     bool
	key      *ecdsa.PrivateKey // of workshop-key
	keyID    string
	keys     []ClientKey
	byClient map[string]tls.Certificate
	roots    *x509.CertPool

	mu   sync.Mutex
	jtis bounded[time.Time] // until when an assertion could be used again
}

func (p *proofs) init(o Options) {
	p.jtis = newBounded[time.Time](4096)
	p.byClient = map[string]tls.Certificate{}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic("demo: no EC key: " + err.Error()) // crypto/rand does not fail (Go 1.24)
	}
	p.made, p.key, p.keyID = true, key, newUUID()
	p.keys = append([]ClientKey{{p.keyID, &key.PublicKey}}, o.ClientKeys...)
	if o.Authority == nil {
		return
	}
	p.roots = x509.NewCertPool()
	p.roots.AddCert(o.Authority.cert)
	for _, c := range AuthClients() {
		t := template(c.ID)
		t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		var cert tls.Certificate
		switch c.AuthMethod {
		case methodTLS:
			cert, err = o.Authority.issue(t)
		case methodSelfTLS:
			cert, err = selfSigned(t)
		default:
			continue
		}
		if err != nil {
			panic("demo: no certificate: " + err.Error()) // nothing of it comes from outside
		}
		p.byClient[c.ID] = cert
	}
}

// ClientKeyPEM returns the private key of the client workshop-key, PKCS #8, with its kid; nil without
// Options.AuthClients.
func (t *Tenant) ClientKeyPEM() (key []byte, keyID string) {
	if !t.proofs.made {
		return nil, ""
	}
	key, err := keyPEM(t.proofs.key)
	if err != nil {
		return nil, ""
	}
	return key, t.proofs.keyID
}

// ClientCertificatePEM returns the certificate of a client with its private key; nil for one that has none, and without
// an Authority.
func (t *Tenant) ClientCertificatePEM(clientID string) (cert, key []byte) {
	c, ok := t.proofs.byClient[clientID]
	if !ok {
		return nil, nil
	}
	key, err := keyPEM(c.PrivateKey)
	if err != nil {
		return nil, nil
	}
	return certPEM(c.Certificate[0]), key
}

// withAuthMethods adds to the metadata what Authgear's has not.
func (t *Tenant) withAuthMethods(o object) object {
	if !t.options.AuthClients {
		return o
	}
	methods := []string{"none", "client_secret_post", "client_secret_basic", methodSecretJWT, methodKeyJWT}
	if t.options.Authority != nil {
		methods = append(methods, methodTLS, methodSelfTLS)
	}
	var out object
	for _, m := range o {
		if m.name == "token_endpoint_auth_methods_supported" {
			out = append(out, member{m.name, methods}, member{"token_endpoint_auth_signing_alg_values_supported", assertionAlgs})
			continue
		}
		out = append(out, m)
	}
	return out
}

// notProven is the answer to a client that could not prove itself (RFC 6749, section 5.2).
func notProven(why string) *oauthError {
	return &oauthError{status: http.StatusUnauthorized, Code: "invalid_client", Description: why}
}

// proveClient checks how a client proves itself, where that is none of Authgear's ways.
func (t *Tenant) proveClient(c *Client, r *http.Request) *oauthError {
	if c.AuthMethod == "" {
		return nil
	}
	if !t.proofs.made {
		return notProven("the client is not registered here: it needs the switch client-auth")
	}
	switch c.AuthMethod {
	case methodSecretJWT, methodKeyJWT:
		return t.proveByAssertion(c, r.Form)
	case methodTLS, methodSelfTLS:
		return t.proveByCertificate(c, r)
	}
	id, secret, _ := r.BasicAuth()
	if id != c.ID || subtle.ConstantTimeCompare([]byte(secret), []byte(c.Secret)) != 1 {
		return notProven("client id and secret of Basic, read as they are, are not the registered ones")
	}
	return nil
}

// proveByCertificate compares the certificate of the connection with the registered one: by authority and subject, or
// as a whole where it has signed itself (RFC 8705, sections 2.1 and 2.2).
func (t *Tenant) proveByCertificate(c *Client, r *http.Request) *oauthError {
	want, ok := t.proofs.byClient[c.ID]
	switch {
	case !ok || r.TLS == nil:
		return notProven("a client with a certificate needs a connection with TLS")
	case len(r.TLS.PeerCertificates) == 0:
		return notProven("no client certificate was presented")
	}
	got := r.TLS.PeerCertificates[0]
	if c.AuthMethod == methodSelfTLS {
		if !bytes.Equal(got.Raw, want.Leaf.Raw) {
			return notProven("the client certificate is not the registered one")
		}
		return nil
	}
	_, err := got.Verify(x509.VerifyOptions{Roots: t.proofs.roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		return notProven("the client certificate is of no authority that is trusted here, or out of its time")
	}
	if !bytes.Equal(got.RawSubject, want.Leaf.RawSubject) {
		return notProven("the subject of the client certificate is not the registered one")
	}
	return nil
}

// assertedClient returns the client that an assertion says it is of: there client_id may be left out (RFC 7521, section
// 4.2). Nothing is believed yet.
func assertedClient(form url.Values) string {
	claims, _ := unverifiedClaims(form.Get("client_assertion"))
	sub, _ := claims["sub"].(string)
	return sub
}
