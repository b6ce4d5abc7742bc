package profile

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/pipenet"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// ring is a keyring in memory.
type ring struct {
	mu   sync.Mutex
	keys map[string]string
	fail error
}

func (r *ring) vault() Vault {
	r.keys = map[string]string{}
	locked := func(f func() error) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.fail != nil {
			return r.fail
		}
		return f()
	}
	return Vault{
		GetKey: func(_, user string) (s string, err error) {
			err = locked(func() error {
				v, ok := r.keys[user]
				if s = v; !ok {
					return keyring.ErrNotFound
				}
				return nil
			})
			return s, err
		},
		SetKey:    func(_, user, secret string) error { return locked(func() error { r.keys[user] = secret; return nil }) },
		DeleteKey: func(_, user string) error { return locked(func() error { delete(r.keys, user); return nil }) },
	}
}

// inTenant runs f with a session factory for a client of the embedded tenant.
func inTenant(t *testing.T, client string, f func(t *testing.T, set trace.Settings, session func() *flow.Session, login func(*flow.Session) error)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		const issuer = "http://localhost:8975"
		net := &pipenet.Net{}
		stop, err := net.Serve("127.0.0.1:8975", demo.New(demo.Options{Issuer: issuer}))
		if err != nil {
			t.Fatal(err)
		}
		set := Profile{Issuer: issuer, ClientID: client}.Settings()
		set.ClientAuth = trace.AuthNone
		session := func() *flow.Session {
			return flow.NewSession(flow.Config{Settings: set}, flow.Env{Transport: net.Transport(), Listen: net.Listen})
		}
		f(t, set, session, func(s *flow.Session) error {
			return flow.Run(t.Context(), s, flow.Login, flow.Hooks{Open: func(ctx context.Context, url string) (string, error) {
				go demo.SignIn(ctx, net.Transport(), url, demo.DemoUser())
				return "agent", nil
			}})
		})
		stop()
		time.Sleep(time.Minute)
	})
}

func newest(s *flow.Session) (v string) {
	s.Read(func(st *story.Story) { v = st.Newest(story.RefreshToken).Value.Reveal() })
	return v
}

func TestKeeper(t *testing.T) {
	inTenant(t, "workshop-rotating", func(t *testing.T, set trace.Settings, session func() *flow.Session, login func(*flow.Session) error) {
		var r ring
		v := r.vault()
		var said []string
		say := func(s string) { said = append(said, s) }
		s := session()
		end := NewKeeper(v, "P", set, true).Follow(t.Context(), s, say)
		if err := login(s); err != nil {
			t.Fatal(err)
		}
		synctest.Wait() // at once, not at the end
		first := newest(s)
		k := NewKeeper(v, "p", set, false)
		if got, err := k.Load(t.Context()); err != nil || got.Reveal() != first {
			t.Fatalf("after the login the kept token is %q (%v), want %q", got.Reveal(), err, first)
		}
		end()

		// A later run, which did not ask to keep: the rotated token takes the kept one's place all the same.
		later := session()
		token, _ := k.Load(t.Context())
		later.HandIn(token, "keyring")
		end = k.Follow(t.Context(), later, say)
		if err := flow.Run(t.Context(), later, flow.Resume, flow.Hooks{}); err != nil {
			t.Fatal(err)
		}
		end()
		if got, _ := NewKeeper(v, "p", set, false).Load(t.Context()); got.Reveal() != newest(later) || got.Reveal() == first {
			t.Errorf("the rotated token is not the kept one")
		}

		// The old one is refused: what another run has kept meanwhile stays.
		resume := func(token string) string {
			refused := session()
			refused.HandIn(trace.NewSecret(token), "keyring")
			if err := flow.Run(t.Context(), refused, flow.Resume, flow.Hooks{}); err == nil {
				t.Fatal("a dead token is accepted")
			}
			said, err := NewKeeper(v, "p", set, false).Update(t.Context(), refused)
			if err != nil {
				t.Error(err)
			}
			return said
		}
		if said := resume(first); !strings.Contains(said, "a newer one") || len(r.keys) != 1 {
			t.Errorf("an old token is refused: it says %q, and %d tokens are kept", said, len(r.keys))
		}
		if err := flow.Run(t.Context(), later, flow.Revoke, flow.Hooks{}); err != nil {
			t.Fatal(err)
		}
		if said := resume(newest(later)); !strings.Contains(said, "removed") || !strings.Contains(said, "invalid_grant") || len(r.keys) != 0 {
			t.Errorf("the kept token is refused: it says %q, and %d tokens are kept", said, len(r.keys))
		}
		all := strings.Join(said, "\n")
		if !strings.Contains(all, "--resume") || !strings.Contains(all, "rotated") || strings.Contains(all, first) {
			t.Errorf("it was said:\n%s", all)
		}
	})
}

func TestKeeperKeepsNothingUnasked(t *testing.T) {
	inTenant(t, "workshop-spa", func(t *testing.T, set trace.Settings, session func() *flow.Session, login func(*flow.Session) error) {
		var r ring
		k := NewKeeper(r.vault(), "p", set, false)
		s := session()
		end := k.Follow(t.Context(), s, func(s string) { t.Errorf("it said %q", s) })
		if err := login(s); err != nil {
			t.Fatal(err)
		}
		end()
		if len(r.keys) != 0 {
			t.Error("a refresh token was kept though nobody asked for it")
		}
	})
}

func TestKeeperOfAnotherIssuer(t *testing.T) {
	var r ring
	v := r.vault()
	a := trace.Settings{Issuer: "https://a", ClientID: "x"}
	for _, other := range []trace.Settings{{Issuer: "https://b", ClientID: "x"}, {Issuer: "https://a", ClientID: "y"}, {Issuer: "https://a", ClientID: "x", Endpoints: trace.Endpoints{Token: "https://b/t"}}} {
		if err := v.set(t.Context(), NewKeeper(v, "p", a, true).user, trace.NewSecret(hush)); err != nil {
			t.Fatal(err)
		}
		if _, err := NewKeeper(v, "p", other, true).Load(t.Context()); !errors.Is(err, ErrNoSecret) {
			t.Errorf("the token kept for a is given out for %+v: %v", other, err)
		}
	}
}

func TestKeeperWithoutKeyring(t *testing.T) {
	inTenant(t, "workshop-spa", func(t *testing.T, set trace.Settings, session func() *flow.Session, login func(*flow.Session) error) {
		r := ring{}
		k := NewKeeper(r.vault(), "p", set, true)
		r.fail = errors.New("no D-Bus")
		var said []string
		s := session()
		end := k.Follow(t.Context(), s, func(s string) { said = append(said, s) })
		if err := login(s); err != nil {
			t.Errorf("without a keyring the login fails: %v", err)
		}
		end()
		if len(said) != 1 || !strings.Contains(said[0], "could not be kept") || strings.Contains(said[0], newest(s)) {
			t.Errorf("it said %q, want once that the token could not be kept", said)
		}
	})
}
