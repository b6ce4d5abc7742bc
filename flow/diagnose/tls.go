package diagnose

import (
	"fmt"
	"net/url"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// certificate says what is wrong with it, from the words of crypto/tls and crypto/x509.
func certificate(c *story.Call) (title, means, do string) {
	title = noAnswers[trace.ErrTLS].title
	switch e := c.Err; {
	case has(e, "remote error"):
		return clientCertificate(c)
	case has(e, "unknown authority", "self-signed", "self signed"):
		return title, "The server's certificate is not signed by an authority that this machine trusts: a self-signed one, a private authority, or a company's proxy that opens TLS.",
			trust(c)
	case has(e, "expired", "not yet valid"):
		return title, "The certificate is out of its time by this machine's clock: it was not renewed, or this clock is wrong.",
			"Check this machine's date and time first; then renew the server's certificate."
	case has(e, "is valid for", "not valid for", "doesn't contain any", "cannot validate certificate for"):
		return title, "The certificate belongs to another name than the one that was asked.",
			"Use the name that stands in the certificate, here with --issuer; or have the certificate made for this name."
	case has(e, "first record does not look like a tls", "gave http response to https"):
		return "TLS is not spoken there", "The port does not speak TLS: it is plain http, or something else.",
			"For a server on this machine use http://localhost… with --issuer; else ask which port has https."
	}
	return "No TLS connection", "Server and client could not agree on a TLS connection.", "Look at the server's TLS settings; a private authority is given with --ca-file FILE."
}

// trust says how a private authority becomes trusted. There is no other way.
func trust(c *story.Call) string {
	host := "HOST:443"
	if u, err := url.Parse(c.Request.URL); err == nil && u.Hostname() != "" {
		port := u.Port()
		if port == "" {
			port = "443"
		}
		host = u.Hostname() + ":" + port
	}
	do := "If you know the authority, get its certificate from whoever runs it, and give it with --ca-file FILE (PEM). "
	if c.TLS != nil && c.TLS.Server != nil && c.TLS.Server.SelfSigned {
		do = "If you know this server: `openssl s_client -connect " + wire(host) + " </dev/null | openssl x509 > server.pem` saves its certificate. Compare the thumbprint above with its owner's, then use --ca-file server.pem. "
	}
	return do + "There is no switch to accept anything: TLS is always verified."
}

// shownBy describes the certificate that the server showed and that was not accepted.
func shownBy(c *story.Call) string {
	if c.TLS == nil || c.TLS.Server == nil {
		return ""
	}
	return "The server showed the certificate " + describe(c.TLS.Server) + "."
}

// describe names a certificate in a sentence.
func describe(c *trace.Certificate) string {
	by := "by " + lit(c.Issuer)
	if c.SelfSigned {
		by = "signed by itself"
	}
	text := fmt.Sprintf("%s, %s, valid until %s", lit(c.Subject), by, c.NotAfter.UTC().Format("2006-01-02 15:04 UTC"))
	if len(c.Names) > 0 {
		text += ", for " + list(c.Names, 5)
	}
	return text + ", SHA-256 " + lit(c.Thumbprint)
}

// clientCertificate speaks of an alert by which the server ended the handshake: that is about what the client showed, or
// did not.
func clientCertificate(c *story.Call) (title, means, do string) {
	sent := c.TLS != nil && c.TLS.Client == trace.CertificateSent
	missing := c.TLS != nil && c.TLS.Client == trace.CertificateMissing
	switch e := c.Err; {
	case has(e, "certificate required") || missing && has(e, "bad certificate", "handshake failure"):
		return "The server wants a certificate of the client",
			"The server ended the TLS connection because the client showed no certificate: this address is for clients with mutual TLS (RFC 8705).",
			"Give the client's certificate with --client-cert-file FILE and its key with --client-key-file FILE."
	case sent && has(e, "certificate", "access denied", "decrypt error"):
		about := ""
		if c.TLS.Sent != nil {
			about = " The client showed " + describe(c.TLS.Sent) + "."
		}
		return "The server refuses the client's certificate",
			strings.TrimSpace("The server ended the TLS connection over the certificate that the client showed." + about + " " +
				candidates("the server does not trust the authority that signed it;", "it is out of its time, or revoked;", "it is not made for clients (extended key usage).")),
			"Compare the certificate with the one that is registered for this client, and give the right one with --client-cert-file FILE."
	}
	return "The server ended the TLS connection", "The server refused the handshake with an alert, which is quoted above. " +
			candidates("it has no certificate for this name;", "it speaks no TLS version, or no cipher, that this program does;", "it wants a certificate of the client."),
		"Look in the server's log, which knows why; compare the host name with the tenant's settings; a client's certificate is given with --client-cert-file FILE."
}
