package flow_test

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
)

// Where nobody can listen, the answer is pasted.
func TestPaste(t *testing.T) {
	for _, c := range []struct {
		name, uri, says string
		prepare         func(*testing.T, *faulty.World)
		listen          func(string, string) (net.Listener, error)
	}{
		{name: "https", uri: "https://app.example/cb", says: "certificate"},
		{name: "custom scheme", uri: "com.example.app:/cb", says: "com.example.app"},
		{name: "another host", uri: "http://app.example:8976/cb", says: "loopback"},
		{name: "port taken", uri: redirectURI, says: "port 8976 is taken", prepare: take("127.0.0.1:8976")},
		{name: "::1 taken", uri: "http://localhost:8976/callback", says: "port 8976 is taken", prepare: take("[::1]:8976")},
		{name: "low port", uri: "http://127.0.0.1:80/cb", says: "needs more rights", listen: func(string, string) (net.Listener, error) {
			return nil, &net.OpError{Op: "listen", Net: "tcp", Err: syscall.EACCES}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				t := w.T
				if c.prepare != nil {
					c.prepare(t, w)
				}
				w.Tenant.AddRedirectURI(c.uri)
				env := w.Env()
				if c.listen != nil {
					env.Listen = c.listen
				}
				l := waitOn(w, flow.NewSession(w.Config(redirectTo(c.uri)), env))
				if got := l.listening(); len(got.Addrs) > 0 || !strings.Contains(got.Err, c.says) || !strings.Contains(got.Err, c.uri) {
					t.Errorf("listening: %+v, want none, and a reason with %q", got, c.says)
				}
				l.stillWaits("failing to listen")
				if err := l.s.Paste(l.answer()); err != nil {
					t.Fatal(err)
				}
				l.finish()
			})
		})
	}
}

func take(address string) func(*testing.T, *faulty.World) {
	return func(t *testing.T, w *faulty.World) {
		if _, err := w.Net.Listen("tcp", address); err != nil {
			t.Fatal(err)
		}
	}
}

// People paste what they can get hold of.
func TestPasteForms(t *testing.T) {
	for name, form := range map[string]func(string) string{
		"whole":             func(u string) string { return u },
		"query alone":       func(u string) string { _, q, _ := strings.Cut(u, "?"); return q },
		"with question":     func(u string) string { _, q, _ := strings.Cut(u, "?"); return "?" + q },
		"wrapped":           func(u string) string { return "  " + u[:40] + "\n" + u[40:60] + "\r\n" + u[60:] + "\n" },
		"in the fragment":   func(u string) string { return strings.Replace(u, "?", "#", 1) },
		"from another host": func(u string) string { return strings.Replace(u, "127.0.0.1:8976", "proxy.example", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				l := waitWith(w)
				if err := l.s.Paste(form(l.answer())); err != nil {
					w.T.Fatal(err)
				}
				l.finish()
			})
		})
	}
}

// What is pasted and is no answer is recorded and waited past, or fails as it would at the listener.
func TestPasteGarbage(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		l := waitWith(w)
		for _, text := range []string{"", "hello", "http://", "\x1b[2J", strings.Repeat("x", 1<<20)} {
			if err := l.s.Paste(text); err != nil {
				w.T.Fatal(err)
			}
			l.stillWaits("pasting garbage")
		}
		l.s.Paste(l.answer())
		l.finish()
	})
}
