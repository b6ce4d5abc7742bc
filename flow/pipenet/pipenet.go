// Package pipenet is a network inside the process, for tests: its connections are pipes, so a server and its
// clients can live in a testing/synctest bubble, where nothing waits for a real socket.
package pipenet

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// Net is a network. Its zero value is empty and ready; it is safe for concurrent use.
type Net struct {
	NoIPv6 bool // there is no ::1
	TLS    bool // writes do not wait for the other side: TLS does not get on with pipes that do

	mu   sync.Mutex
	ears map[string]*listener
	free int
}

// Listen has the signature of net.Listen. An address that is taken is refused as the system
// refuses it; port 0 gives a free one.
func (n *Net) Listen(network, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if n.NoIPv6 && host == "::1" {
		return nil, &net.OpError{Op: "listen", Net: network, Err: syscall.EADDRNOTAVAIL}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if port == "0" {
		n.free++
		port = strconv.Itoa(40000 + n.free)
	}
	at := net.JoinHostPort(host, port)
	if n.ears[at] != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Err: syscall.EADDRINUSE}
	}
	if n.ears == nil {
		n.ears = map[string]*listener{}
	}
	num, _ := strconv.Atoi(port)
	l := &listener{net: n, at: at, addr: &net.TCPAddr{IP: net.ParseIP(host), Port: num}, conns: make(chan net.Conn), closed: make(chan struct{})}
	n.ears[at] = l
	return l, nil
}

// Dial has the signature of http.Transport.DialContext. localhost is ::1, then 127.0.0.1.
func (n *Net) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	hosts := []string{host}
	if host == "localhost" {
		hosts = []string{"::1", "127.0.0.1"}
	}
	for _, h := range hosts {
		n.mu.Lock()
		l := n.ears[net.JoinHostPort(h, port)]
		n.mu.Unlock()
		if l == nil {
			continue
		}
		client, server := n.pipe()
		select {
		case l.conns <- conn{server, l.addr}:
			return conn{client, l.addr}, nil
		case <-l.closed:
			client.Close()
			server.Close()
		case <-ctx.Done():
			client.Close()
			server.Close()
			return nil, ctx.Err()
		}
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: fmt.Errorf("%s: %w", address, syscall.ECONNREFUSED)}
}

func (n *Net) pipe() (client, server net.Conn) {
	client, server = net.Pipe()
	if n.TLS {
		client, server = newBuffered(client), newBuffered(server)
	}
	return client, server
}

// Transport returns an HTTP transport over the network. It keeps no connection open, since an
// idle one would hold a bubble open.
func (n *Net) Transport() *http.Transport {
	return &http.Transport{DialContext: n.Dial, DisableKeepAlives: true, DisableCompression: true}
}

// Serve serves h at address until stop is called.
func (n *Net) Serve(address string, h http.Handler) (stop func(), err error) {
	ln, err := n.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go srv.Serve(ln)
	return func() { srv.Close() }, nil
}

type conn struct {
	net.Conn
	addr net.Addr
}

func (c conn) RemoteAddr() net.Addr { return c.addr }
func (c conn) LocalAddr() net.Addr  { return c.addr }

type listener struct {
	net    *Net
	at     string
	addr   net.Addr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.net.mu.Lock()
		delete(l.net.ears, l.at)
		l.net.mu.Unlock()
	})
	return nil
}

func (l *listener) Addr() net.Addr { return l.addr }
