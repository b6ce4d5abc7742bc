package demo

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// FuzzRequests sends anything to the endpoints that take parameters: the answer is bounded and no panic.
func FuzzRequests(f *testing.F) {
	f.Add("GET", "/oauth2/authorize", authorizeForm().Encode(), "", "")
	f.Add("POST", "/oauth2/authorize", "", authorizeForm("prompt", "none", "id_token_hint", "a.b.c").Encode(), "session=a.b")
	f.Add("POST", "/oauth2/token", "", codeForm("x").Encode(), "")
	f.Add("POST", "/oauth2/token", "", refreshForm("x.y").Encode(), "")
	f.Add("POST", "/oauth2/revoke", "", "token=.", "")
	f.Add("POST", "/login", "x_ref=x", "login=%00&password=%zz", "session=\x00")
	f.Add("GET", "/oauth2/end_session", "id_token_hint=a.b.c&x_end_session_ref=", "", "session=..")
	f.Add("GET", "/oauth2/consent", "code=x", "", "")
	f.Add("GET", "/\xff\x1b]0;", "%", "", "=")
	t := newTestTenant(Options{})
	f.Fuzz(func(tt *testing.T, method, path, query, body, cookie string) {
		r, err := http.NewRequest(method, testIssuer, strings.NewReader(body))
		if err != nil {
			return
		}
		r.URL.Path, r.URL.RawQuery, r.RemoteAddr = path, query, "fuzz "+strconv.Itoa(len(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		t.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 || w.Body.Len() > 16*maxQuery {
			tt.Errorf("%s %s?%s: status %d, %d bytes", method, path, query, w.Code, w.Body.Len())
		}
	})
}

// TestBounds holds that nothing grows without end.
func TestBounds(tt *testing.T) {
	t := newTestTenant(Options{})
	if a := send(tt, t, "/oauth2/token", url.Values{"x": {strings.Repeat("x", maxBody)}}); a.status != 413 {
		tt.Errorf("a long body: got %d, want 413", a.status)
	}
	if a := send(tt, t, "/oauth2/authorize?x="+strings.Repeat("x", maxQuery), nil); a.status != 414 {
		tt.Errorf("a long query: got %d, want 414", a.status)
	}
	for range 300 {
		send(tt, t, authorizeURL(), nil)
	}
	if n := len(t.store.interactions.m); n != 256 {
		tt.Errorf("%d sign-ins are kept, want 256", n)
	}
	for i := range 2 * maxRedirectURIs {
		t.AddRedirectURI("http://127.0.0.1:" + strconv.Itoa(i+1) + "/")
	}
	if n := len(t.redirect.all); n != maxRedirectURIs || !t.redirect.has(testCallback) {
		tt.Errorf("%d redirect URIs are kept, the built-in ones: %t; want %d", n, t.redirect.has(testCallback), maxRedirectURIs)
	}
	t.AddRedirectURI("javascript:alert(1)")
	if t.redirect.has("javascript:alert(1)") {
		tt.Error("a javascript: URI was registered")
	}
}

func TestBounded(tt *testing.T) {
	b := newBounded[int](3)
	for i := range 1000 {
		b.put(strconv.Itoa(i), i)
		b.put(strconv.Itoa(i), i)
		if i%2 == 0 {
			b.delete(strconv.Itoa(i))
		}
		if len(b.m) > 3 || len(b.order) > 7 {
			tt.Fatalf("after %d: %d entries, %d names, want at most 3 and 7", i, len(b.m), len(b.order))
		}
	}
	if _, ok := b.get("999"); !ok {
		tt.Error("the youngest entry is gone")
	}
}

func TestRandomText(tt *testing.T) {
	for alphabet, make := range map[string]func() string{alphanumeric: newSecret, base32Chars: newRef} {
		seen := map[string]bool{}
		for range 100 {
			s := make()
			if len(s) != 32 || strings.Trim(s, alphabet) != "" || seen[s] {
				tt.Fatalf("%q is not 32 new characters of %s", s, alphabet)
			}
			seen[s] = true
		}
	}
}

// TestListen holds the ports: the wanted one, another if it is taken, and 127.0.0.1 alone where there is no ::1.
func TestListen(tt *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		tt.Skip("no loopback: ", err)
	}
	defer taken.Close()
	port := portOf(taken)
	lns, issuer, err := Listen(nil, port)
	if err != nil {
		tt.Fatal(err)
	}
	ctx, cancel := context.WithCancel(tt.Context())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, New(Options{Issuer: issuer, Key: testKey()}), lns...) }()
	if portOf(lns[0]) == port || issuer != "http://localhost:"+strconv.Itoa(portOf(lns[0])) {
		tt.Errorf("port %d was taken: got %d and issuer %s", port, portOf(lns[0]), issuer)
	}
	for _, ln := range lns {
		if a, ok := ln.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
			tt.Errorf("listens on %v, want loopback only", ln.Addr())
		}
		r, _ := http.NewRequest("GET", "http://"+ln.Addr().String()+"/.well-known/openid-configuration", nil)
		r.Host = strings.TrimPrefix(issuer, "http://")
		res, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			tt.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != 200 || !strings.Contains(string(body), `"issuer":"`+issuer+`"`) {
			tt.Errorf("%v answered %d %s", ln.Addr(), res.StatusCode, cut(string(body), 200))
		}
	}
	cancel()
	if err := <-served; err != nil {
		tt.Errorf("Serve: %v, want nil when its context ends", err)
	}
	if _, err := net.Dial("tcp", lns[0].Addr().String()); err == nil {
		tt.Error("Serve left a listener open")
	}
}

func TestListenWithoutIPv6(tt *testing.T) {
	lns, issuer, err := Listen(func(network, address string) (net.Listener, error) {
		if network == "tcp6" {
			return nil, errors.New("no ::1")
		}
		return newPipes(), nil
	}, 1)
	if err != nil || len(lns) != 1 || issuer != "http://localhost:1" {
		tt.Errorf("got %d listeners, %s, %v; want 127.0.0.1 alone", len(lns), issuer, err)
	}
	refused := errors.New("refused")
	if _, _, err := Listen(func(string, string) (net.Listener, error) { return nil, refused }, 1); !errors.Is(err, refused) {
		tt.Errorf("nothing to listen on: got %v, want the cause", err)
	}
}

func TestOptions(tt *testing.T) {
	t := New(Options{Key: testKey()})
	if t.Issuer() != "http://localhost:8975" || t.AccessLifetime() != 1800*time.Second {
		tt.Errorf("zero options: issuer %s, lifetime %v", t.Issuer(), t.AccessLifetime())
	}
	t.SetAccessLifetime(1500 * time.Millisecond)
	if t.AccessLifetime() != time.Second {
		tt.Errorf("1.5 s became %v, want 1 s", t.AccessLifetime())
	}
	t.SetAccessLifetime(-1)
	if t.AccessLifetime() != 1800*time.Second {
		tt.Errorf("-1 became %v, want Authgear's", t.AccessLifetime())
	}
	ids := map[string]bool{}
	for _, c := range Clients() {
		if ids[c.ID] || c.confidential() != (c.Secret != "") {
			tt.Errorf("client %+v is there twice, or its secret does not go with its type", c)
		}
		ids[c.ID] = true
	}
}
