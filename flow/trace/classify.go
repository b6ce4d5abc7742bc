package trace

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
)

// classify says of what class an error of a call is.
func classify(err error) ErrKind {
	var (
		dns   *net.DNSError
		cert  *tls.CertificateVerificationError
		auth  x509.UnknownAuthorityError
		host  x509.HostnameError
		rec   tls.RecordHeaderError
		alert tls.AlertError
		op    *net.OpError
		ne    net.Error
	)
	switch {
	case errors.Is(err, context.Canceled):
		return ErrCancelled
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return ErrTimeout
	case errors.As(err, &dns):
		return ErrDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return ErrRefused
	case errors.As(err, &cert), errors.As(err, &auth), errors.As(err, &host), errors.As(err, &rec), errors.As(err, &alert),
		errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error"), // how crypto/tls wraps an alert
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return ErrTLS
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return ErrCut
	}
	return ErrOther
}
