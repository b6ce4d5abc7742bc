package demo

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a net.Listener whose connections are net.Pipes, so that a server can live in a bubble.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	c, s := net.Pipe()
	select {
	case p.conns <- s:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// TestSignIn walks every client's sign-in over real HTTP, delivers to a listener, and exchanges the code.
func TestSignIn(tt *testing.T) {
	for _, c := range Clients() {
		for _, mode := range []string{"query", "form_post"} {
			tt.Run(c.ID+" "+mode, func(tt *testing.T) {
				inBubble(tt, func(tt *testing.T) {
					w := newWorld(tt)
					defer w.end()
					final, err := SignIn(tt.Context(), w.client, authorizeURL("client_id", c.ID, "response_mode", mode,
						"scope", "openid profile email offline_access"), DemoUser())
					if err != nil || !strings.HasPrefix(final, testCallback) {
						tt.Fatalf("SignIn ended at %s: %v", final, err)
					}
					got := <-w.delivered
					if got.Get("state") != "st1" || len(got.Get("code")) != 32 {
						tt.Fatalf("delivered %v, want state st1 and a code of 32 characters", got)
					}
					form := codeForm(got.Get("code"), "client_id", c.ID, "client_secret", orElse(c.Secret, "-"))
					res, err := (&http.Client{Transport: w.client}).PostForm(testIssuer+"/oauth2/token", form)
					if err != nil {
						tt.Fatal(err)
					}
					defer res.Body.Close()
					body, _ := io.ReadAll(res.Body)
					if res.StatusCode != 200 || len(names(tt, string(body))) != 5 {
						tt.Errorf("exchange: %d %s, want 200 with five members", res.StatusCode, body)
					}
					// Two JWTs are more than net/http buffers, as on the real server.
					if chunked := len(res.TransferEncoding) > 0; chunked != c.JWT {
						tt.Errorf("exchange: chunked %t, want %t", chunked, c.JWT)
					}
				})
			})
		}
	}
}

// world is a tenant and a client's listener in a bubble.
type world struct {
	client    *http.Transport
	delivered chan url.Values
	end       func()
}

func newWorld(tt *testing.T) *world {
	tenant, callback := newPipes(), newPipes()
	w := &world{delivered: make(chan url.Values, 1)}
	w.client = &http.Transport{DialContext: func(ctx context.Context, _, address string) (net.Conn, error) {
		if address == "localhost:3100" {
			return tenant.dial(ctx)
		}
		return callback.dial(ctx)
	}}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, newTestTenant(Options{}), tenant) }()
	listener := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		w.delivered <- r.Form
	})}
	go listener.Serve(callback)
	w.end = func() {
		w.client.CloseIdleConnections()
		listener.Close()
		cancel()
		if err := <-served; err != nil {
			tt.Errorf("Serve: %v, want nil when its context ends", err)
		}
		synctest.Wait()
	}
	return w
}

// TestUserInfoOnTheWire holds what only a real connection shows: the 401 is not declared as JSON.
func TestUserInfoOnTheWire(tt *testing.T) {
	inBubble(tt, func(tt *testing.T) {
		w := newWorld(tt)
		defer w.end()
		res, err := (&http.Client{Transport: w.client}).Get(testIssuer + "/oauth2/userinfo")
		if err != nil {
			tt.Fatal(err)
		}
		defer res.Body.Close()
		if got := res.Header.Get("Content-Type"); res.StatusCode != 401 || got != "text/plain; charset=utf-8" || res.ContentLength != 64 {
			tt.Errorf("got %d %q, length %d; want 401 text/plain, 64", res.StatusCode, got, res.ContentLength)
		}
	})
}

// TestSignInEndsOnPage holds that the error says what the page says.
func TestSignInEndsOnPage(tt *testing.T) {
	t := newTestTenant(Options{})
	for _, row := range []struct {
		name, target, want string
		user               User
	}{
		{"wrong password", authorizeURL(), "do not belong together", User{Login: "ada", Password: "x"}},
		{"nobody", authorizeURL(), "do not belong together", User{Login: "nobody", Password: "x"}},
		{"unknown client", authorizeURL("client_id", "nope"), "invalid client ID", DemoUser()},
		{"not found", testIssuer + "/nope", "no such page", DemoUser()},
		{"expired", testIssuer + "/login?x_ref=x", "sign-in is over", DemoUser()},
	} {
		final, err := SignIn(tt.Context(), local{t}, row.target, row.user)
		if !errors.Is(err, errStuck) || !strings.Contains(err.Error(), row.want) || len(err.Error()) > 500 {
			tt.Errorf("%s: ended at %s with %v, want an error that says %q", row.name, final, err, row.want)
		}
	}
}

// TestSignInOtherHost holds that a redirect to the tenant's own name is not taken for the client's.
func TestSignInOtherHost(tt *testing.T) {
	t := newTestTenant(Options{})
	final, err := SignIn(tt.Context(), roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "127.0.0.1:3100" {
			r.URL.Host, r.Host = "localhost:3100", "127.0.0.1:3100"
		}
		return local{t}.RoundTrip(r)
	}), strings.Replace(authorizeURL(), "localhost:3100", "127.0.0.1:3100", 1), DemoUser())
	if err != nil || !strings.HasPrefix(final, testCallback+"?code=") {
		tt.Errorf("ended at %s, %v; want the redirect URI with a code", final, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestSignInContext holds that a cancelled walk ends, wherever it waits.
func TestSignInContext(tt *testing.T) {
	inBubble(tt, func(tt *testing.T) {
		ctx, cancel := context.WithTimeout(tt.Context(), time.Minute)
		defer cancel()
		_, err := SignIn(ctx, roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), authorizeURL(), DemoUser())
		if !errors.Is(err, context.DeadlineExceeded) {
			tt.Errorf("got %v, want the context's error", err)
		}
	})
}

// TestSignInFinal holds the redirects that carry an error, a fragment or nothing but the state.
func TestSignInFinal(tt *testing.T) {
	t := newTestTenant(Options{})
	for want, pairs := range map[string][]string{
		testCallback + "?error=invalid_scope":  {"scope", "openid bogus"},
		testCallback + "?error=login_required": {"prompt", "none"},
		testCallback + "?state=st1":            {"response_type", "none"},
		testCallback + "#code=":                {"response_mode", "fragment"},
	} {
		final, err := SignIn(tt.Context(), local{t}, authorizeURL(pairs...), DemoUser())
		if err != nil || !strings.HasPrefix(final, want) {
			tt.Errorf("%v: ended at %s, %v; want %s…", pairs, final, err, want)
		}
	}
}

func TestReadDocument(tt *testing.T) {
	d := readDocument([]byte(`<title>no</title><meta http-equiv="Refresh" content="0;url=/a?b=1&amp;c=2">
<form method=post action='x&quot;y'><input name="a" value="1>2"><INPUT TYPE=hidden NAME=b VALUE=c><button name="go" value="v">Go</button></form>
<input name="outside"><script>if (a<b) {}</script>Text &lt;here`))
	if d.refresh != "/a?b=1&c=2" {
		tt.Errorf("refresh %q, want /a?b=1&c=2", d.refresh)
	}
	want := htmlForm{"POST", `x"y`, []htmlField{{"a", "1>2", "text"}, {"b", "c", "hidden"}, {"go", "v", "submit"}}}
	if len(d.forms) != 1 || d.forms[0].action != want.action || d.forms[0].method != want.method || len(d.forms[0].fields) != 3 ||
		d.forms[0].fields[0] != want.fields[0] || d.forms[0].fields[1] != want.fields[1] || d.forms[0].fields[2] != want.fields[2] {
		tt.Errorf("forms %+v, want %+v", d.forms, want)
	}
	if got := strings.Join(strings.Fields(d.text), " "); got != "Go Text <here" {
		tt.Errorf("text %q, want what is seen", got)
	}
}
