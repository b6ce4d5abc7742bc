package faulty

import (
	"crypto/tls"
	"io"
	"log"
	"net/http"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/pipenet"
	"authscope/flow/trace"
)

// SecureIssuer is the issuer of a tenant with TLS.
const SecureIssuer = "https://localhost:8975"

// Secure is In with a tenant that speaks TLS and knows the clients of demo.AuthClients. Its authority is trusted.
func Secure(t *testing.T, o demo.Options, f func(w *World, authority *demo.Authority)) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, 1)
	o.Issuer, o.Key, o.AuthClients = SecureIssuer, key(), true
	synctest.Test(t, func(t *testing.T) {
		authority, err := demo.NewAuthority()
		if err != nil {
			t.Fatal(err)
		}
		o.Authority = authority
		w := &World{T: t, Net: &pipenet.Net{TLS: true}, Tenant: demo.New(o), Issuer: SecureIssuer, replaced: map[string]http.HandlerFunc{}, altered: map[string]func(*Answer){}}
		ln, err := w.Net.Listen("tcp", "127.0.0.1:8975")
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{Handler: w, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
		w.tls = authority.TLSConfig()
		go srv.Serve(tls.NewListener(ln, &tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return w.tls, nil }}))
		if w.transport, err = flow.Trusting(w.Net.Transport(), authority.PEM()); err != nil {
			t.Fatal(err)
		}
		defer time.Sleep(time.Minute) // what is still on its way ends before the bubble does
		defer srv.Close()
		f(w, authority)
	})
}

// NoClientCertificates has the tenant ask nobody for a certificate, from the next connection on.
func (w *World) NoClientCertificates() {
	w.tls = w.tls.Clone()
	w.tls.ClientAuth = tls.NoClientCert
}

// RequireClientCertificates has the tenant end every connection without a certificate of authority's.
func (w *World) RequireClientCertificates() {
	w.tls = w.tls.Clone()
	w.tls.ClientAuth = tls.RequireAnyClientCert
}

// Proof makes a session be one of the tenant's clients, with what it proves itself by.
func (w *World) Proof(id string) func(*flow.Config) {
	w.T.Helper()
	for _, known := range demo.AuthClients() {
		if known.ID != id {
			continue
		}
		return func(c *flow.Config) {
			var err error
			c.ClientID, c.ClientAuth, c.ClientSecret = id, trace.AuthMethod(known.AuthMethod), trace.NewSecret(known.Secret)
			switch {
			case c.ClientAuth == trace.AuthKeyJWT:
				pem, kid := w.Tenant.ClientKeyPEM()
				c.ClientKey, err = flow.ParseClientKey(pem, kid)
			case c.ClientAuth.MutualTLS():
				c.ClientCertificate, err = flow.ParseClientCertificate(w.Tenant.ClientCertificatePEM(id))
			}
			if err != nil {
				w.T.Fatalf("what proves the client %s: %v", id, err)
			}
		}
	}
	w.T.Fatalf("the tenant has no client %s", id)
	return nil
}
