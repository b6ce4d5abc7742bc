package trace

import (
	"context"
	"crypto/tls"
	"net/http/httptrace"
	"net/url"
	"sync"
	"time"
)

// watch collects what net/http tells while it writes a request.
type watch struct {
	log  *Log
	call CallID

	mu                   sync.Mutex
	sent                 Sent
	dns, connect, tlsAt  time.Time
	written, transmitted bool
	proof                CertificateUse // of the client, see NoteCertificate
	shown                *Certificate
	proxy                string // see NoteProxy
}

func (w *watch) trace() *httptrace.ClientTrace {
	locked := func(f func()) { w.mu.Lock(); defer w.mu.Unlock(); f() }
	return &httptrace.ClientTrace{
		GetConn:              func(string) { locked(w.anew) },
		DNSStart:             func(httptrace.DNSStartInfo) { locked(func() { w.dns = time.Now() }) },
		DNSDone:              func(httptrace.DNSDoneInfo) { locked(func() { w.sent.DNS = time.Since(w.dns) }) },
		ConnectStart:         func(_, _ string) { locked(func() { w.connect = time.Now() }) },
		ConnectDone:          func(_, _ string, _ error) { locked(func() { w.sent.Connect = time.Since(w.connect) }) },
		TLSHandshakeStart:    func() { locked(func() { w.tlsAt = time.Now() }) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { locked(func() { w.sent.TLS = time.Since(w.tlsAt) }) },
		GotConn:              func(i httptrace.GotConnInfo) { locked(func() { w.gotConn(i) }) },
		WroteHeaderField:     func(k string, v []string) { locked(func() { w.field(k, v) }) },
		WroteRequest:         func(i httptrace.WroteRequestInfo) { locked(func() { w.wroteAll(i.Err) }) },
		GotFirstResponseByte: func() {},
	}
}

// watchKey is where the watch of a call stands in its context.
type watchKey struct{}

// NoteProxy tells the call that ctx belongs to that its request goes through the proxy u, which may hold a password: it is
// left out. Only whoever makes the connection knows.
func NoteProxy(ctx context.Context, u *url.URL) {
	if w, ok := ctx.Value(watchKey{}).(*watch); ok && u != nil {
		w.mu.Lock()
		w.proxy = clip((&url.URL{Scheme: u.Scheme, Host: u.Host}).String())
		w.mu.Unlock()
	}
}

// failed is what became of a call that got no answer.
func (w *watch) failed(err error) CallFailed {
	f := CallFailed{Err: err.Error(), Class: classify(err), TLS: w.failedTLS(err)}
	w.mu.Lock()
	defer w.mu.Unlock()
	f.Proxy = w.proxy
	return f
}

// anew forgets the try before: net/http writes a request again if a kept connection was dead.
func (w *watch) anew() { w.sent, w.written, w.transmitted = Sent{}, false, false }

func (w *watch) gotConn(i httptrace.GotConnInfo) {
	w.sent.Header, w.sent.Err, w.sent.Reused = nil, "", i.Reused
	w.written, w.transmitted = false, false
	if a := i.Conn.RemoteAddr(); a != nil {
		w.sent.Remote = a.String()
	}
}

func (w *watch) field(name string, values []string) {
	if w.transmitted {
		return
	}
	w.written = true
	for _, v := range values {
		w.sent.Header = append(w.sent.Header, [2]string{name, v})
	}
}

// wroteAll ends a try. One that broke counts only if no other follows: flush tells of it.
func (w *watch) wroteAll(err error) {
	if err != nil {
		w.sent.Err = err.Error()
		return
	}
	w.wrote()
}

func (w *watch) wrote() {
	if !w.transmitted {
		w.transmitted = true
		w.sent.Proxy = w.proxy
		w.log.Append(w.call, w.sent)
	}
}

// flush appends what was written where net/http never said that it wrote all: a server may
// answer early, and a base that is no http.Transport tells nothing.
func (w *watch) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.written {
		w.wrote()
	}
}
