package trace_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authscope/flow/trace"
)

// from is a connection that says from which address it is.
type from struct {
	net.Conn
	addr net.Addr
}

func (f from) RemoteAddr() net.Addr { return f.addr }

// rawNet gives a transport that keeps its connections; each of them is served by serve, with its number from 1, which
// is its remote port too.
func rawNet(t *testing.T, serve func(n int, c net.Conn), f func(t *testing.T, rt *trace.Transport)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		base := &http.Transport{DisableCompression: true, DialContext: func(context.Context, string, string) (net.Conn, error) {
			n++
			client, server := net.Pipe()
			go serve(n, server)
			return from{client, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n}}, nil
		}}
		f(t, &trace.Transport{Log: &trace.Log{}, Base: base})
		base.CloseIdleConnections()
		time.Sleep(time.Minute)
	})
}

func answerOnce(c net.Conn, in *bufio.Reader, body string) {
	if req, err := http.ReadRequest(in); err == nil {
		io.Copy(io.Discard, req.Body)
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
}

// A request that is written again, since the kept connection was dead, is recorded as it was at last.
func TestRetryOnDeadConnection(t *testing.T) {
	rawNet(t, func(n int, c net.Conn) {
		in := bufio.NewReader(c)
		answerOnce(c, in, "hello")
		if n == 1 { // take the next request, and die over it
			http.ReadRequest(in)
			c.Close()
		}
	}, func(t *testing.T, rt *trace.Transport) {
		for range 2 {
			res, err := rt.RoundTrip(request(t, "GET", host+"/", ""))
			if err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, res.Body)
			time.Sleep(time.Second)
		}
		sent := of[trace.Sent](rt.Log)
		if len(sent) != 3 {
			t.Fatalf("recorded %d times that a request was sent, want 3: the second request was written twice: %+v", len(sent), sent)
		}
		if dead, last := sent[1], sent[2]; !dead.Reused || dead.Remote != "127.0.0.1:1" || last.Reused || last.Remote != "127.0.0.1:2" {
			t.Errorf("the two tries went to %s (reused %t) and %s (reused %t), want the kept connection :1 and then a new one, :2", dead.Remote, dead.Reused, last.Remote, last.Reused)
		}
		if got := len(sent[2].Header); got != len(sent[0].Header) {
			t.Errorf("the last try has %d header fields, want %d as the first request", got, len(sent[0].Header))
		}
	})
}

// A request that could not be written whole says so.
func TestWritingBreaks(t *testing.T) {
	rawNet(t, func(_ int, c net.Conn) {
		io.ReadFull(c, make([]byte, 10))
		c.Close()
	}, func(t *testing.T, rt *trace.Transport) {
		if _, err := rt.RoundTrip(request(t, "POST", host+"/", strings.Repeat("x", 1<<20))); err == nil {
			t.Fatal("a connection that broke within the request gave an answer")
		}
		sent, failed := of[trace.Sent](rt.Log), of[trace.CallFailed](rt.Log)
		if len(failed) != 1 || len(sent) != 1 || sent[0].Err == "" {
			t.Errorf("recorded %+v and %+v, want one failure, and one writing with the error that ended it", sent, failed)
		}
	})
}

// A server that changes the protocol unasked hands over a connection that no deadline ends.
func TestSwitchingProtocols(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		rawNet(t, func(_ int, c net.Conn) {
			in := bufio.NewReader(c)
			if req, err := http.ReadRequest(in); err == nil {
				io.Copy(io.Discard, req.Body)
				io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello")
			}
			io.Copy(io.Discard, in) // and never anything more
		}, func(t *testing.T, rt *trace.Transport) {
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			res, err := rt.RoundTrip(request(t, method, host+"/", "").WithContext(ctx))
			if err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Fatal(err)
			}
			if err == nil {
				if b, err := io.ReadAll(res.Body); err != nil || len(b) > 0 || res.StatusCode != 101 {
					t.Errorf("%s: status %d, body %q, %v; want 101 and nothing", method, res.StatusCode, b, err)
				}
			}
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("%s: it took %s, want no longer than the second that it may", method, took)
			}
			if n := len(of[trace.Body](rt.Log)); n != 1 {
				t.Errorf("%s: %d ends of an answer are recorded, want one", method, n)
			}
		})
	}
}

// What the other side says within TLS, or instead of it, is a problem of TLS.
func TestTLSRefused(t *testing.T) {
	for name, answer := range map[string]string{
		"an alert": "\x15\x03\x03\x00\x02\x02\x28", "plain HTTP": "HTTP/1.1 400 Bad Request\r\n\r\n", "something else": "SSH-2.0-OpenSSH_9.9\r\n",
	} {
		rawNet(t, func(_ int, c net.Conn) {
			c.Read(make([]byte, 1<<10))
			go io.Copy(io.Discard, c)
			io.WriteString(c, answer)
			c.Close()
		}, func(t *testing.T, rt *trace.Transport) {
			if _, err := rt.RoundTrip(request(t, "GET", "https://127.0.0.1:80/", "")); err == nil {
				t.Fatalf("%s: a connection without TLS gave an answer", name)
			}
			if failed := of[trace.CallFailed](rt.Log); len(failed) != 1 || failed[0].Class != trace.ErrTLS {
				t.Errorf("%s: recorded %+v, want one failure of the class tls", name, failed)
			}
		})
	}
}
