package trace

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"time"
)

// CertificateUse says whether the server wanted a certificate of the client (RFC 8446 §4.3.2), as far as that is known.
type CertificateUse string

// What became of the client's certificate on a connection. "" is not known: the connection was opened by another
// transport, or before anybody looked.
const (
	CertificateNotAsked CertificateUse = "not_asked"
	CertificateMissing  CertificateUse = "none_sent" // asked for, and there was none
	CertificateSent     CertificateUse = "sent"
)

// TLS describes the connection that a call used.
type TLS struct {
	Version string         `json:"version,omitempty"` // TLS 1.3
	Cipher  string         `json:"cipher,omitempty"`
	Server  *Certificate   `json:"server,omitempty"` // not verified where the call failed for it
	Client  CertificateUse `json:"client,omitempty"`
	Sent    *Certificate   `json:"sent,omitempty"` // of the client
}

// Certificate is the part of an X.509 certificate that says whose it is.
type Certificate struct {
	Subject    string    `json:"subject"`
	Issuer     string    `json:"issuer"`
	Names      []string  `json:"names,omitempty"` // DNS names and addresses
	NotBefore  time.Time `json:"not_before"`
	NotAfter   time.Time `json:"not_after"`
	Thumbprint string    `json:"x5t#S256"` // SHA-256, base64url (RFC 8705 §3.1)
	SelfSigned bool      `json:"self_signed,omitempty"`
}

// maxNames bounds how many names of a certificate are kept, and maxName how long a text of it.
const (
	maxNames = 20
	maxName  = 300
)

// DescribeCertificate reads what a trace keeps of c.
func DescribeCertificate(c *x509.Certificate) *Certificate {
	if c == nil {
		return nil
	}
	sum := sha256.Sum256(c.Raw)
	d := &Certificate{Subject: clip(c.Subject.String()), Issuer: clip(c.Issuer.String()), NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(),
		Thumbprint: base64.RawURLEncoding.EncodeToString(sum[:]), SelfSigned: string(c.RawSubject) == string(c.RawIssuer) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil}
	for _, n := range c.DNSNames {
		d.Names = append(d.Names, clip(n))
	}
	for _, ip := range c.IPAddresses {
		d.Names = append(d.Names, ip.String())
	}
	d.Names = d.Names[:min(len(d.Names), maxNames)]
	return d
}

func clip(s string) string {
	if len(s) <= maxName {
		return s
	}
	r := []rune(s[:maxName])
	return string(r[:len(r)-1]) + "…" // the last one may have been cut in two
}

// NoteCertificate tells the call that ctx belongs to what became of the client's certificate on its connection. Only
// whoever makes the connection knows.
func NoteCertificate(ctx context.Context, use CertificateUse, sent *Certificate) {
	if w, ok := ctx.Value(watchKey{}).(*watch); ok {
		w.mu.Lock()
		w.proof, w.shown = use, sent
		w.mu.Unlock()
	}
}

// tls describes the connection of an answer, or returns nil where it was none of TLS.
func (w *watch) tls(s *tls.ConnectionState) *TLS {
	if s == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &TLS{Version: tls.VersionName(s.Version), Cipher: tls.CipherSuiteName(s.CipherSuite), Client: w.proof, Sent: w.shown}
	if len(s.PeerCertificates) > 0 {
		t.Server = DescribeCertificate(s.PeerCertificates[0])
	}
	return t
}

// failedTLS describes what is known of a connection that gave no answer: the certificate that was not accepted, and
// whether the server asked for one of the client before it hung up.
func (w *watch) failedTLS(err error) *TLS {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &TLS{Client: w.proof, Sent: w.shown}
	var bad *tls.CertificateVerificationError
	if errors.As(err, &bad) && len(bad.UnverifiedCertificates) > 0 {
		t.Server = DescribeCertificate(bad.UnverifiedCertificates[0])
	}
	if t.Server == nil && t.Client == "" {
		return nil
	}
	return t
}
