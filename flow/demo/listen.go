package demo

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Listen opens the tenant's listeners on loopback and returns the issuer to give New: http://localhost with the port
// that was had. It listens on 127.0.0.1, and on ::1 where there is one, because a browser may take localhost for either.
// If the port is taken, it is a free one. listen is net.Listen if nil.
func Listen(listen func(network, address string) (net.Listener, error), port int) (lns []net.Listener, issuer string, err error) {
	if listen == nil {
		listen = net.Listen
	}
	if lns, err = listenBoth(listen, port); err != nil {
		// Another process may sit on the ::1 half of the free port: ask for another one, a few times.
		for range 5 {
			if lns, err = listenBoth(listen, 0); err == nil {
				break
			}
		}
	}
	if err != nil {
		return nil, "", err
	}
	return lns, "http://localhost:" + strconv.Itoa(portOf(lns[0])), nil
}

// listenBoth opens one port on 127.0.0.1 and ::1. Only a machine without ::1 gets 127.0.0.1 alone: if somebody else
// listens on ::1, half of the browsers would talk to them.
func listenBoth(listen func(network, address string) (net.Listener, error), port int) ([]net.Listener, error) {
	v4, err := listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	v6, err := listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(portOf(v4))))
	if err == nil {
		return []net.Listener{v4, v6}, nil
	}
	// Somebody is there, or there is no ::1: then it cannot be asked for any port. The numbers of these errors differ
	// between systems, this does not.
	probe, probeErr := listen("tcp6", "[::1]:0")
	if probeErr != nil {
		return []net.Listener{v4}, nil
	}
	probe.Close()
	v4.Close()
	return nil, err
}

func portOf(ln net.Listener) int {
	if a, ok := ln.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// Serve answers on the listeners, with TLS where the tenant has an Authority, until ctx ends, and returns nil then. It closes them, and writes to no terminal.
func Serve(ctx context.Context, t *Tenant, lns ...net.Listener) error {
	server := &http.Server{
		Handler:           t,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
	stop := context.AfterFunc(ctx, func() { server.Close() })
	defer stop()
	ended := make(chan error, len(lns))
	for _, ln := range lns {
		if t.options.Authority != nil {
			ln = tls.NewListener(ln, t.options.Authority.TLSConfig())
		}
		go func() { ended <- server.Serve(ln) }()
	}
	var first error
	for range lns {
		if err := <-ended; first == nil && !errors.Is(err, http.ErrServerClosed) {
			first = err
			server.Close()
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return first
}
