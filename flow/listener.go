package flow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// Bounds of what is kept of requests to the redirect URI: anybody on this machine, and any page in a browser, can
// send some.
const (
	maxAnswer = 256 << 10 // bytes of a body
	maxStray  = 4 << 10   // bytes of a body at another path
	maxKnocks = 500       // requests; of more only the answer to what was asked is kept
)

// ear listens at the redirect URI.
type ear struct {
	srv *http.Server
	lns []net.Listener
	got chan trace.CallID // what came; recorded before it is sent here

	relays relays
	knocks atomic.Int64
}

// listen opens the redirect URI's listener, unless it is open. That it cannot be is no
// failure: the answer can be pasted.
func (s *Session) listen() {
	s.mu.Lock()
	open := s.ear != nil
	s.mu.Unlock()
	if open {
		return
	}
	e := s.open(s.cfg.RedirectURI)
	if e == nil {
		return
	}
	s.mu.Lock()
	s.ear = e
	s.mu.Unlock()
}

// open listens at uri and records it; it is nil where that cannot be.
func (s *Session) open(uri string) *ear {
	lns, err := listenAt(s.env.Listen, uri)
	if err != nil {
		s.Log.Append(0, trace.Listening{Err: err.Error()})
		return nil
	}
	e := &ear{got: make(chan trace.CallID, 64), lns: lns}
	e.srv = &http.Server{
		Handler:           http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { s.hear(e, w, req) }),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second, WriteTimeout: 20 * time.Second,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       log.New(io.Discard, "", 0), // the terminal belongs to the screen
	}
	var addrs []string
	for _, ln := range lns {
		addrs = append(addrs, ln.Addr().String())
		go e.srv.Serve(ln)
	}
	s.Log.Append(0, trace.Listening{Addrs: addrs})
	return e
}

// close stops listening; an answer's page may still be on its way out.
func (e *ear) close() {
	for _, ln := range e.lns { // at once: the next run wants the port
		ln.Close()
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if e.srv.Shutdown(ctx) != nil {
			e.srv.Close()
		}
	}()
}

// ErrNotBindable says that this program cannot listen at a redirect URI.
var ErrNotBindable = errors.New("cannot be listened at here")

// listenAt binds exactly the host and port of a redirect URI, loopback only. For localhost that
// is both addresses, since browsers try either.
func listenAt(listen func(network, address string) (net.Listener, error), redirectURI string) ([]net.Listener, error) {
	hosts, port, err := bindable(redirectURI)
	if err != nil {
		return nil, err
	}
	var lns []net.Listener
	for i, h := range hosts {
		ln, err := listen("tcp", net.JoinHostPort(h, port))
		if err != nil && i > 0 && !hasIPv6(listen) {
			continue
		}
		if err != nil {
			for _, open := range lns {
				open.Close()
			}
			return nil, fmt.Errorf("%s %w: %s", redirectURI, ErrNotBindable, listenProblem(err, port))
		}
		lns = append(lns, ln)
	}
	return lns, nil
}

// hasIPv6 reports whether this machine has ::1. Systems differ in the error that says so; that no
// port can be had there is the same everywhere.
func hasIPv6(listen func(network, address string) (net.Listener, error)) bool {
	ln, err := listen("tcp6", "[::1]:0")
	if err == nil {
		ln.Close()
	}
	return err == nil
}

func listenProblem(err error, port string) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "port " + port + " is taken by another program"
	case errors.Is(err, syscall.EACCES):
		return "port " + port + " needs more rights than this program has"
	}
	return err.Error()
}

// bindable returns the addresses of a redirect URI, or why it has none here.
func bindable(redirectURI string) (hosts []string, port string, err error) {
	u, err := url.Parse(redirectURI)
	if err != nil {
		return nil, "", fmt.Errorf("redirect URI %q %w: %v", redirectURI, ErrNotBindable, err)
	}
	switch {
	case u.Scheme == "https":
		return nil, "", fmt.Errorf("%s %w: an https redirect URI ends at a server that has its certificate", redirectURI, ErrNotBindable)
	case u.Scheme != "http":
		return nil, "", fmt.Errorf("%s %w: the scheme %q belongs to another application", redirectURI, ErrNotBindable, u.Scheme)
	}
	port = u.Port()
	if port == "" {
		port = "80"
	}
	switch host := strings.ToLower(u.Hostname()); {
	case host == "localhost":
		return []string{"127.0.0.1", "::1"}, port, nil
	case net.ParseIP(host) != nil && net.ParseIP(host).IsLoopback():
		return []string{host}, port, nil
	}
	return nil, "", fmt.Errorf("%s %w: %s is not this machine's loopback", redirectURI, ErrNotBindable, u.Hostname())
}

// hear records a request to the redirect URI, whatever it is, and answers with a page that says
// what became of it.
func (s *Session) hear(e *ear, w http.ResponseWriter, req *http.Request) {
	limit := maxStray
	if s.atRedirectURI(req) {
		limit = maxAnswer
	}
	body, _ := io.ReadAll(io.LimitReader(req.Body, int64(limit)+1))
	cut := len(body) > limit
	io.Copy(io.Discard, io.LimitReader(req.Body, maxAnswer)) // who is answered too early does not read the answer
	if n := e.knocks.Add(1); n > maxKnocks && !s.asksBack(req, body) {
		if n == maxKnocks+1 {
			s.Log.Append(0, trace.Choice{What: "listener", Value: fmt.Sprintf("more than %d requests came to the redirect URI: only the answer itself is recorded from here on", maxKnocks)})
		}
		writePage(w, page{http.StatusTooManyRequests, "·", "Too many requests", "authscope waits at this address for the answer to a login, and this was none.", false}, "")
		return
	}
	via := "listener"
	if token := req.Header.Get(relayHeader); token != "" {
		if via = "relay"; !e.relays.spend(token) || cut || req.Method != http.MethodPost || req.Host != s.redirectHost() {
			body = nil
		}
	}
	call := s.Log.NewCall()
	s.Log.Append(call, trace.CallbackIn{Via: via, Method: req.Method, URL: "http://" + req.Host + req.URL.RequestURI(), Header: requestHeader(req), Body: body[:min(len(body), limit)], Cut: cut})
	var cb story.Callback
	var signedOut bool
	s.Read(func(st *story.Story) {
		signedOut = st.Logout() != nil && st.Logout().Return != nil && st.Logout().Return.ID == call
		if found := st.Callback(call); found != nil {
			cb = *found
		}
	})
	switch {
	case signedOut:
		writePage(w, signedOutPage, "")
	case via == "relay":
		writeRelayed(w, pageFor(cb))
	case cb.Fit == story.FitRelay:
		writePage(w, relaying, e.relays.add())
	default:
		writePage(w, pageFor(cb), "")
	}
	select {
	case e.got <- call:
	default: // it is recorded; nobody needs to be told of the sixty-fifth
	}
}

// atRedirectURI reports whether a request came to the redirect URI's path.
func (s *Session) atRedirectURI(req *http.Request) bool {
	u, err := url.Parse(s.cfg.RedirectURI)
	return err == nil && strings.TrimPrefix(u.Path, "/") == strings.TrimPrefix(req.URL.Path, "/")
}

// asksBack reports whether a request carries the state that was sent.
func (s *Session) asksBack(req *http.Request, body []byte) (yes bool) {
	if !s.atRedirectURI(req) {
		return false
	}
	form, _ := url.ParseQuery(string(body))
	s.Read(func(st *story.Story) {
		l := st.Login()
		yes = l != nil && l.State != "" && (req.URL.Query().Get("state") == l.State || form.Get("state") == l.State)
	})
	return yes
}

func requestHeader(req *http.Request) trace.Header {
	h := trace.Header{{"Host", req.Host}}
	for name, values := range req.Header {
		for _, v := range values {
			h = append(h, [2]string{name, v})
		}
	}
	h.Sort()
	return h
}
