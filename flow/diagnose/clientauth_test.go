package diagnose_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// keyOf makes a client key of a private key.
func keyOf(t *testing.T, key any, kid string) *flow.ClientKey {
	t.Helper()
	b, err := (&jose.JSONWebKey{Key: key, KeyID: kid}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	k, err := flow.ParseClientKey(b, "")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// dated sets the clock that the server's answer tells.
func dated(ahead time.Duration) func(*faulty.World) {
	return alter(token, func(a *faulty.Answer) {
		a.Say(401, "application/json", oauthError("invalid_client", ""))
		a.Header.Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
	})
}

// TestProofRefused: where a client is refused, what it sent stands beside what the server lists, and what the bytes
// prove is said for certain.
func TestProofRefused(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	type change = func(*flow.Config)
	for _, c := range []struct {
		name, client string
		change       func(*testing.T) change
		break_       func(*faulty.World)
		says         []string
		silent       string // is not said
	}{
		{name: "wrong key", client: "workshop-key", change: func(t *testing.T) change {
			return func(c *flow.Config) { c.ClientKey = keyOf(t, ec, c.ClientKey.KeyID()) }
		}, says: []string{"authenticated with private_key_jwt", "alg `ES256`", "kid `", "aud `https://localhost:8975/oauth2/token`", "lives 60 s", "Candidates:", "another key is registered", "lists `none`, `client_secret_post`", "--client-assertion-aud issuer"}},
		{name: "wrong kid", client: "workshop-key", change: func(t *testing.T) change { return func(c *flow.Config) { c.ClientKey = keyOf(t, ec, "mine") } },
			says: []string{"kid `mine`", "under another kid"}},
		{name: "no kid", client: "workshop-key", change: func(t *testing.T) change { return func(c *flow.Config) { c.ClientKey = keyOf(t, ec, "") } },
			says: []string{"kid absent", "wants a kid: --client-key-id"}},
		{name: "wrong audience", client: "workshop-key", change: func(*testing.T) change {
			return func(c *flow.Config) { c.Assertion.Audience = "https://elsewhere.example" }
		}, says: []string{"aud `https://elsewhere.example`", "for somebody else", "Take --client-assertion-aud away"}, silent: "Candidates"},
		{name: "the server's clock is ahead", client: "workshop-key", break_: dated(5 * time.Minute), says: []string{"had been over for 240 s", "over by the server's clock", "time server"}, silent: "Candidates"},
		{name: "this clock is ahead", client: "workshop-key", break_: dated(-5 * time.Minute), says: []string{"300 s in the future"}, silent: "Candidates"},
		{name: "alg not listed", client: "workshop-key", break_: func(w *faulty.World) {
			swap(discovery, `["HS256","RS256","PS256","ES256","EdDSA"]`, `["RS256"]`)(w)
			say(token, 401, "application/json", oauthError("invalid_client", ""))(w)
		}, says: []string{"lists `RS256` for assertions", "--client-assertion-alg"}, silent: "Candidates"},
		{name: "wrong secret", client: "workshop-jwt", change: func(*testing.T) change {
			return func(c *flow.Config) { c.ClientSecret = trace.NewSecret("another-secret-of-more-than-32-bytes") }
		}, says: []string{"authenticated with client_secret_jwt", "alg `HS256`", "32 bytes or more"}},
		{name: "method not listed", client: "workshop-jwt", break_: func(w *faulty.World) {
			swap(discovery, `"client_secret_jwt",`, "")(w)
			say(token, 401, "application/json", oauthError("invalid_client", ""))(w)
		}, says: []string{"this method is not among them"}},
		{name: "another certificate", client: "workshop-mtls", change: func(t *testing.T) change { return nil }, says: []string{"authenticated with tls_client_auth", "`CN=workshop-self-signed,O=authscope workshop`", "signed by itself", "valid until 2000-01-31", "SHA-256 `", "asked for a certificate, and it was sent", "subject and thumbprint"}},
		{name: "raw secret", client: "workshop-raw", change: func(*testing.T) change { return func(c *flow.Config) { c.ClientAuth = trace.AuthBasic } },
			says: []string{"client_secret_basic", "--client-auth basic-raw"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
				changes := []change{w.Proof(c.client)}
				if c.change != nil {
					if f := c.change(w.T); f != nil {
						changes = append(changes, f)
					}
				}
				if c.name == "another certificate" {
					changes = append(changes, func(cfg *flow.Config) {
						cert, err := flow.ParseClientCertificate(w.Tenant.ClientCertificatePEM("workshop-self-signed"))
						if err != nil {
							w.T.Fatal(err)
						}
						cfg.ClientCertificate = cert
					})
				}
				if c.break_ != nil {
					c.break_(w)
				}
				s := w.Session(changes...)
				if err := w.Run(s, flow.Login); err == nil {
					w.T.Fatal("the client was accepted")
				}
				refused(w.T, read(w.T, s), c.says, c.silent)
			})
		})
	}
}

func refused(t *testing.T, fs []diagnose.Finding, says []string, silent string) {
	t.Helper()
	i := slices.IndexFunc(fs, func(f diagnose.Finding) bool { return f.ID == "client-authentication-failed" })
	if i < 0 {
		t.Fatalf("findings %v, want client-authentication-failed", ids(fs))
	}
	text := fs[i].Seen + " " + fs[i].Means + " " + fs[i].Do
	for _, want := range says {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said: %s", want, text)
		}
	}
	if silent != "" && strings.Contains(text, silent) {
		t.Errorf("%q is said, though the bytes prove the cause: %s", silent, text)
	}
}

// TestNotAsked: a server that asks for no certificate gets none, and that is what is said.
func TestNotAsked(t *testing.T) {
	faulty.Secure(t, demo.Options{}, func(w *faulty.World, authority *demo.Authority) {
		w.NoClientCertificates()
		s := w.Session(w.Proof("workshop-mtls"))
		if err := w.Run(s, flow.Login); err == nil {
			w.T.Fatal("a client without its certificate was accepted")
		}
		refused(w.T, read(w.T, s), []string{"did not ask for a certificate", "mtls_endpoint_aliases"}, "Compare subject")
	})
}

// TestProofsAreCalm: where a proof is good nothing is said against it, on refresh neither.
func TestProofsAreCalm(t *testing.T) {
	for _, client := range demo.AuthClients() {
		faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
			s := w.Session(w.Proof(client.ID))
			if err := w.Run(s, flow.Login, flow.Refresh); err != nil {
				w.T.Fatalf("%s: %v", client.ID, err)
			}
			calm(w.T, client.ID, read(w.T, s))
		})
	}
}

// TestShortKeys: what signs is used however short, and that it is short is said.
func TestShortKeys(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*flow.Config){
		"HS256 wants 256": func(c *flow.Config) {
			c.ClientAuth, c.ClientSecret = trace.AuthSecretJWT, trace.NewSecret("short")
		},
		"RS256 wants 2048": func(c *flow.Config) { c.ClientAuth, c.ClientKey = trace.AuthKeyJWT, keyOf(t, short, "") },
	} {
		faulty.In(t, func(w *faulty.World) {
			s := w.Session(change)
			if err := w.Run(s, flow.Login); err != nil { // a public client here: nobody reads the assertion
				w.T.Fatal(err)
			}
			fs := read(w.T, s)
			i := slices.IndexFunc(fs, func(f diagnose.Finding) bool { return f.ID == "client-secret-short" })
			if i < 0 || fs[i].Severity != jwtview.Warning || !strings.Contains(fs[i].Seen, name) {
				w.T.Errorf("findings %v, want a warning client-secret-short with %q", ids(fs), name)
			}
			if !slices.Contains(ids(fs), "client-authentication-not-advertised") {
				w.T.Errorf("findings %v, want client-authentication-not-advertised: Authgear lists no assertion", ids(fs))
			}
		})
	}
}

// TestHungUp: over a real network the alert may be lost. That a certificate was asked for is known all the same.
func TestHungUp(t *testing.T) {
	for use, want := range map[trace.CertificateUse]bool{trace.CertificateMissing: true, trace.CertificateNotAsked: false, "": false} {
		failed := trace.CallFailed{Err: "write: broken pipe", Class: trace.ErrCut, TLS: &trace.TLS{Client: use}}
		st := story.Read([]trace.Event{{Data: trace.Settings{Issuer: "https://a.example"}}, {Call: 1, Data: trace.Ready{Method: "GET", URL: "https://a.example/.well-known/openid-configuration"}}, {Call: 1, Data: failed}})
		fs := diagnose.Read(st, time.Now())
		if len(fs) != 1 || strings.Contains(fs[0].Do, "--client-cert-file") != want {
			t.Errorf("with the client's certificate %q: %+v, want a word on it: %v", use, fs, want)
		}
	}
}

// TestUnknownAuthority: a server that nobody vouches for is named, with the one way to trust it.
func TestUnknownAuthority(t *testing.T) {
	for _, own := range []bool{true, false} {
		faulty.Secure(t, demo.Options{}, func(w *faulty.World, authority *demo.Authority) {
			stranger, err := demo.NewAuthority()
			if err != nil {
				w.T.Fatal(err)
			}
			env := w.Env()
			if env.Transport, err = flow.Trusting(w.Net.Transport(), stranger.PEM()); err != nil {
				w.T.Fatal(err)
			}
			if own {
				env = w.Env()
			}
			s := flow.NewSession(w.Config(), env)
			err = flow.Run(w.T.Context(), s, flow.Login[:1], flow.Hooks{})
			fs := read(w.T, s)
			if own {
				if err != nil || len(fs) > 0 {
					w.T.Errorf("with the right authority: %v, findings %v", err, ids(fs))
				}
				return
			}
			if err == nil || !slices.Equal(ids(fs), []string{"unreachable-tls"}) {
				w.T.Fatalf("%v, findings %v, want unreachable-tls alone", err, ids(fs))
			}
			text := fs[0].Seen + fs[0].Means + fs[0].Do
			for _, want := range []string{"`CN=localhost,O=authscope workshop`", "`CN=authscope workshop CA,O=authscope workshop`", "valid until 2000-01-31", "--ca-file FILE", "TLS is always verified", "There is no switch"} {
				if !strings.Contains(text, want) {
					w.T.Errorf("%q is not said: %s", want, text)
				}
			}
		})
	}
}

// TestCertificateDemanded: a server that ends the connection for want of a certificate says so by an alert.
func TestCertificateDemanded(t *testing.T) {
	faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
		w.RequireClientCertificates()
		s := w.Session()
		if err := w.Run(s, flow.Login[:1]); err == nil {
			w.T.Fatal("a client without a certificate was let in")
		}
		fs := read(w.T, s)
		if len(fs) != 1 || fs[0].ID != "unreachable-tls" || !strings.Contains(fs[0].Title, "wants a certificate") || !strings.Contains(fs[0].Do, "--client-cert-file") {
			w.T.Errorf("findings %+v, want unreachable-tls that says which certificate is wanted", fs)
		}
		s = w.Session(w.Proof("workshop-mtls"))
		if err := w.Run(s, flow.Login[:1]); err != nil {
			w.T.Errorf("with the certificate: %v", err)
		}
	})
}

// TestProofRefusedOnRefresh: the refresh is judged as the exchange is.
func TestProofRefusedOnRefresh(t *testing.T) {
	faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
		s := w.Session(w.Proof("workshop-key"))
		if err := w.Run(s, flow.Login); err != nil {
			w.T.Fatal(err)
		}
		old := faulty.Read(s).Login().Exchange.Request.Form().Get("client_assertion")
		hold := func(_ context.Context, d trace.Draft) (trace.Draft, error) {
			form, err := url.ParseQuery(string(d.Body))
			if err == nil && form.Has("client_assertion") {
				form.Set("client_assertion", old)
				d.Body = []byte(form.Encode())
			}
			return d, nil
		}
		if err := flow.Run(w.T.Context(), s, flow.Refresh, flow.Hooks{Hold: hold}); err == nil {
			w.T.Fatal("an assertion was accepted twice")
		}
		fs := read(w.T, s)
		refused(w.T, fs, []string{"jti of client_assertion was used before", "private_key_jwt", "alg `ES256`"}, "")
		if fs[0].Stage != trace.Refresh {
			w.T.Errorf("the finding speaks of %s, want the refresh", fs[0].Stage)
		}
	})
}
