package flow_test

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// Odd characters, as real client ids and secrets have them.
const (
	oddID     = "debug:odd/id"
	oddSecret = "p%3A:ss+w ord/=&"
)

// TestClientAuthOnTheWire compares what leaves, byte for byte (RFC 6749 §2.3.1, Appendix B).
func TestClientAuthOnTheWire(t *testing.T) {
	const formID, formSecret = "debug%3Aodd%2Fid", "p%253A%3Ass%2Bw+ord%2F%3D%26"
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(formID+":"+formSecret))
	for _, c := range []struct {
		method        trace.AuthMethod
		authorization string
		in, out       []string // of the body
	}{
		{trace.AuthNone, "", []string{"client_id=" + formID}, []string{"client_secret"}},
		{trace.AuthBasic, basic, nil, []string{"client_id", "client_secret"}},
		{trace.AuthPost, "", []string{"client_id=" + formID, "client_secret=" + formSecret}, nil},
	} {
		for _, params := range []bool{false, true} { // x/oauth2's own refresh, and the one with more parameters
			faulty.In(t, func(w *faulty.World) {
				var seen []*http.Request
				capture(w, &seen)
				s := w.Session(func(cfg *flow.Config) {
					cfg.ClientID, cfg.ClientAuth = oddID, c.method
					if c.method != trace.AuthNone {
						cfg.ClientSecret = trace.NewSecret(oddSecret)
					}
					if params {
						cfg.TokenParams = []trace.Param{{Name: "resource", Value: "https://api.example/ä b"}}
					}
				})
				if err := w.Run(s, flow.Login[:4], flow.Refresh, flow.Revoke); err != nil {
					w.T.Fatalf("%s: %v", c.method, err)
				}
				if len(seen) != 3 {
					w.T.Fatalf("%s: %d requests were seen, want exchange, refresh and revocation", c.method, len(seen))
				}
				for i, req := range seen {
					checkAuth(w.T, req, i, string(c.method), c.authorization, c.in, c.out)
					if got := strings.Contains(body(req), "resource=https%3A%2F%2Fapi.example%2F%C3%A4+b"); got != (params && i < 2) {
						w.T.Errorf("%s, request %d: resource is in %q: %v", c.method, i, body(req), got)
					}
				}
				sent(w.T, s, seen)
			})
		}
	}
}

// capture answers token and revocation requests, and keeps them with their bodies.
func capture(w *faulty.World, seen *[]*http.Request) {
	record := func(answer string) http.HandlerFunc {
		return func(o http.ResponseWriter, req *http.Request) {
			b := new(strings.Builder)
			req.ParseForm() // reads the body, and keeps it decoded
			b.WriteString(req.PostForm.Encode())
			req.Header.Set("X-Body", b.String())
			*seen = append(*seen, req)
			o.Header().Set("Content-Type", "application/json")
			if req.PostForm.Get("grant_type") == "refresh_token" {
				answer = strings.Replace(answer, `"id_token":"x",`, "", 1)
			}
			io.WriteString(o, answer)
		}
	}
	w.Replace(authorizePath, func(o http.ResponseWriter, req *http.Request) {
		http.Redirect(o, req, req.FormValue("redirect_uri")+"?code=code-of-the-test-0123456789&state="+url.QueryEscape(req.FormValue("state")), http.StatusSeeOther)
	})
	w.Replace(tokenPath, record(`{"access_token":"access-token-of-the-test","token_type":"Bearer","id_token":"x","refresh_token":"refresh-token-of-the-test"}`))
	w.Replace(revokePath, record(""))
}

func body(req *http.Request) string { return req.Header.Get("X-Body") }

func checkAuth(t *testing.T, req *http.Request, i int, method, authorization string, in, out []string) {
	t.Helper()
	if got := req.Header.Get("Authorization"); got != authorization {
		t.Errorf("%s, request %d: Authorization %q, want %q", method, i, got, authorization)
	}
	for _, want := range in {
		if n := strings.Count("&"+body(req), "&"+want); n != 1 {
			t.Errorf("%s, request %d: %q stands %d times in %q", method, i, want, n, body(req))
		}
	}
	for _, no := range out {
		if strings.Contains(body(req), no) {
			t.Errorf("%s, request %d: %q is in the body: %q", method, i, no, body(req))
		}
	}
	if got := req.Header.Get("Content-Type"); got != "application/x-www-form-urlencoded" {
		t.Errorf("%s, request %d: content type %q", method, i, got)
	}
}

// sent holds the recorded requests against those that arrived.
func sent(t *testing.T, s *flow.Session, seen []*http.Request) {
	t.Helper()
	i := 0
	for _, c := range faulty.Read(s).Calls() {
		if c.Class != story.CodeExchange && c.Class != story.TokenRefresh && c.Class != story.Revocation {
			continue
		}
		if form, err := url.ParseQuery(string(c.Request.Body)); err != nil || form.Encode() != body(seen[i]) {
			t.Errorf("%s: recorded %q, arrived %q", c.Class, c.Request.Body, body(seen[i]))
		}
		if got, want := c.Sent.Header.Get("Authorization"), seen[i].Header.Get("Authorization"); got != want {
			t.Errorf("%s: recorded Authorization %q, arrived %q", c.Class, got, want)
		}
		i++
	}
}

// All clients of the tenant walk the whole way: login, two refreshes, revocation.
func TestEveryClient(t *testing.T) {
	for _, client := range demo.Clients() {
		t.Run(client.ID, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				s := w.Session(faulty.Client(client.ID), faulty.Scope("openid profile offline_access"))
				if err := w.Run(s, flow.Login, flow.Refresh, flow.Refresh, flow.Revoke); err != nil {
					w.T.Fatal(err)
				}
				st := faulty.Read(s)
				for _, stage := range st.Stages() {
					if stage.Status != trace.Passed {
						w.T.Errorf("%s/%d %s: %s", stage.ID, stage.N, stage.Status, stage.Reason)
					}
				}
				wantGen := 1
				if client.Rotation {
					wantGen = 3
				}
				if got := st.Newest(story.RefreshToken).Generation; got != wantGen {
					w.T.Errorf("refresh token #%d, want #%d", got, wantGen)
				}
				for _, k := range story.Kinds {
					if k != story.IDToken && st.Newest(k).Life(time.Now()) != story.Dead {
						w.T.Errorf("after the revocation the %s is %s", k, st.Newest(k).Life(time.Now()))
					}
				}
			})
		})
	}
}

// PKCE, state and nonce are in every request, and new in every run.
func TestAuthorizationRequest(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		var runs []url.Values
		for range 2 {
			l := waitWith(w, func(c *flow.Config) {
				c.Params = []trace.Param{{Name: "login_hint", Value: "a b&c"}}
			})
			runs = append(runs, l.url.Query())
			w.Browse("GET", redirectURI+"?error=x&state="+l.url.Query().Get("state"))
			<-l.ended
			l.s.Close()
			time.Sleep(3 * time.Second)
		}
		q := runs[0]
		for name, want := range map[string]string{"response_type": "code", "client_id": "workshop-spa", "redirect_uri": redirectURI, "scope": "openid offline_access", "code_challenge_method": "S256", "login_hint": "a b&c"} {
			if got := q[name]; !slices.Equal(got, []string{want}) {
				t.Errorf("%s: %q, want %q once", name, got, want)
			}
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			if a, b := runs[0].Get(name), runs[1].Get(name); len(a) < 22 || a == b {
				t.Errorf("%s: %q, then %q: want a long one, new in every run", name, a, b)
			}
		}
	})
}

// What a Hold drops is not sent, and the stage says so.
func TestDroppedRequests(t *testing.T) {
	for stage, match := range map[trace.StageID]string{trace.Discover: "openid-configuration", trace.Authorize: authorizePath, trace.Exchange: tokenPath, trace.UserInfo: userInfoPath} {
		faulty.In(t, func(w *faulty.World) {
			t := w.T
			hooks := w.Agent()
			hooks.Hold = func(_ context.Context, d trace.Draft) (trace.Draft, error) {
				if strings.Contains(d.URL, match) {
					return d, flow.ErrDropped
				}
				return d, nil
			}
			s := w.Session()
			defer s.Close()
			err := flow.Run(t.Context(), s, flow.Login, hooks)
			st := faulty.Read(s).StageRun(stage, 0)
			if !errors.Is(err, context.Canceled) || st == nil || st.Status != trace.Cancelled || !strings.Contains(st.Reason, "dropped") {
				t.Errorf("%s: %v, %+v; want cancelled, because it was dropped", stage, err, st)
			}
		})
	}
}

// A self-signed certificate is refused by name, and accepted with --ca-file.
func TestSelfSignedTLS(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		ln, err := w.Net.Listen("tcp", "127.0.0.1:8443")
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(o http.ResponseWriter, _ *http.Request) { o.Write([]byte("{}")) }))
		srv.Listener = ln
		srv.StartTLS()
		defer srv.Close()
		pemCert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
		for _, c := range []struct {
			ca   []byte
			says string
		}{{nil, "x509: certificate signed by unknown authority"}, {pemCert, "issuer"}} {
			rt, err := flow.NewTransport(c.ca)
			if err != nil {
				t.Fatal(err)
			}
			base := rt.(*flow.Transport)
			base.DialContext, base.DisableKeepAlives, base.Proxy = w.Net.Dial, true, nil
			env := w.Env()
			env.Transport = base
			s := flow.NewSession(w.Config(issuerIs("https://127.0.0.1:8443")), env)
			err = flow.Run(t.Context(), s, flow.Login, flow.Hooks{})
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("with %d bytes of --ca-file: %v, want %q", len(c.ca), err, c.says)
			}
			if call := faulty.Read(s).Calls()[0]; c.ca == nil && call.ErrClass != trace.ErrTLS {
				t.Errorf("the failure is classed %q, want tls", call.ErrClass)
			}
		}
	})
	if _, err := flow.NewTransport([]byte("no certificate")); err == nil || !strings.Contains(err.Error(), "PEM") {
		t.Errorf("a file without a certificate: %v", err)
	}
}

// No secret is in what an error says, though it quotes URLs.
func TestErrorsHoldNoSecret(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		l := waitWith(w)
		answer, _ := url.Parse(l.answer())
		hanging(tokenPath)(w)
		w.Browse("GET", answer.String())
		err := <-l.ended
		if code := answer.Query().Get("code"); err == nil || code == "" || strings.Contains(err.Error(), code) {
			t.Errorf("the code %q stands in the error: %v", code, err)
		}
	})
}

func TestValidate(t *testing.T) {
	ok := flow.Config{Settings: trace.Settings{Issuer: "https://a.example", ClientID: "c", RedirectURI: redirectURI}}
	if err := ok.Validate(); err != nil {
		t.Errorf("good settings: %v", err)
	}
	for want, change := range map[string]func(*flow.Config){
		"no issuer":                      func(c *flow.Config) { c.Issuer = "" },
		"not an https URL":               func(c *flow.Config) { c.Issuer = "my tenant" },
		"the issuer is https://a":        func(c *flow.Config) { c.Issuer = "https://a/.well-known/openid-configuration" },
		"a query or a fragment":          func(c *flow.Config) { c.Issuer = "https://a?x" },
		"leave them out":                 func(c *flow.Config) { c.Issuer = "https://u:p@a" },
		"no client id":                   func(c *flow.Config) { c.ClientID = "" },
		"not an absolute URI":            func(c *flow.Config) { c.RedirectURI = "callback" },
		"has a fragment":                 func(c *flow.Config) { c.RedirectURI = redirectURI + "#x" },
		"needs a secret":                 func(c *flow.Config) { c.ClientAuth = trace.AuthBasic },
		"--response-mode \"jwt\"":        func(c *flow.Config) { c.ResponseMode = "jwt" },
		"--post-logout-uri \"bye\"":      func(c *flow.Config) { c.PostLogoutURI = "bye" },
		"is negative":                    func(c *flow.Config) { c.Leeway = -1 },
		"--param state=…: authscope set": func(c *flow.Config) { c.Params = []trace.Param{{Name: "state", Value: "x"}} },
	} {
		c := ok
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
