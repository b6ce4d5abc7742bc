package flow

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"

	"authscope/flow/trace"
)

// NewTransport returns a transport that verifies TLS, by the system's certificates and those in
// extra, which is PEM or empty, and goes through the proxy that the environment names (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).
// Compression is off, so that recorded bytes are those of the wire.
func NewTransport(extra []byte) (http.RoundTripper, error) {
	if len(extra) == 0 {
		return observe(newBase(), nil, nil), nil
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(extra) {
		return nil, errNoCertificate
	}
	return observe(newBase(), pool, nil), nil
}

var errNoCertificate = errors.New("no certificate in PEM form found (-----BEGIN CERTIFICATE-----)")

// Trusting returns a transport like base, or like NewTransport's if base is nil, which trusts the authorities in ca,
// PEM, and no other. A base that is none of net/http's makes its own connections, and is refused.
func Trusting(base http.RoundTripper, ca []byte) (http.RoundTripper, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, errNoCertificate
	}
	switch b := base.(type) {
	case nil:
		return observe(newBase(), pool, nil), nil
	case *Transport:
		return observe(b.Transport, pool, b.cert), nil
	case *http.Transport:
		return observe(b, pool, nil), nil
	}
	return nil, fmt.Errorf("a transport of type %T cannot be told whom to trust", base)
}

func newBase() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableCompression = true
	t.MaxResponseHeaderBytes = 1 << 20
	return t
}

// Transport is an http.Transport that knows whether a server asked for a certificate of the client, and which proxy is in
// between.
type Transport struct {
	*http.Transport
	cert *ClientCertificate

	mu    sync.Mutex
	asked map[string]bool // by host: also of a connection that was open already
}

// maxHosts bounds what is remembered of hosts.
const maxHosts = 64

// observe makes a transport of a copy of base, which trusts roots, if not nil, and shows cert, if not nil. It verifies
// whatever base did.
func observe(base *http.Transport, roots *x509.CertPool, cert *ClientCertificate) *Transport {
	t := &Transport{Transport: base.Clone(), cert: cert, asked: map[string]bool{}}
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{}
	}
	c := t.TLSClientConfig
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	if choose := t.Proxy; choose != nil { // as the environment says, if base is like NewTransport's
		t.Proxy = func(req *http.Request) (*url.URL, error) {
			proxy, err := choose(req)
			trace.NoteProxy(req.Context(), proxy)
			return proxy, err
		}
	}
	if roots != nil {
		c.RootCAs = roots
	}
	c.GetClientCertificate = t.clientCertificate
	return t
}

// showing returns a transport like base that shows cert. A base that is none of net/http's stays as it is: it makes its
// own connections.
func showing(base http.RoundTripper, cert *ClientCertificate) http.RoundTripper {
	switch b := base.(type) {
	case *Transport:
		return observe(b.Transport, nil, cert)
	case *http.Transport:
		return observe(b, nil, cert)
	}
	return base
}

// hostKey is where the host that a connection is opened for stands in the context.
type hostKey struct{}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	host := req.URL.Host
	res, err := t.Transport.RoundTrip(req.WithContext(context.WithValue(req.Context(), hostKey{}, host)))
	if res != nil && res.TLS != nil {
		t.mu.Lock()
		asked := t.asked[host]
		t.mu.Unlock()
		t.note(req.Context(), asked)
	}
	return res, err
}

// clientCertificate is called when a server asks (RFC 8446 §4.3.2). The certificate is shown whatever authorities the
// server names: that it is none of them is for the server to say.
func (t *Transport) clientCertificate(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	ctx := info.Context()
	if host, ok := ctx.Value(hostKey{}).(string); ok {
		t.mu.Lock()
		if len(t.asked) < maxHosts {
			t.asked[host] = true
		}
		t.mu.Unlock()
	}
	t.note(ctx, true)
	if t.cert == nil {
		return &tls.Certificate{}, nil
	}
	return &t.cert.pair, nil
}

func (t *Transport) note(ctx context.Context, asked bool) {
	switch {
	case !asked:
		trace.NoteCertificate(ctx, trace.CertificateNotAsked, nil)
	case t.cert == nil:
		trace.NoteCertificate(ctx, trace.CertificateMissing, nil)
	default:
		trace.NoteCertificate(ctx, trace.CertificateSent, t.cert.about)
	}
}
