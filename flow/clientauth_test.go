package flow_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestEachMethod logs in, refreshes and revokes with every method that no Authgear client has.
func TestEachMethod(t *testing.T) {
	for _, client := range demo.AuthClients() {
		t.Run(client.ID, func(t *testing.T) {
			faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
				s := w.Session(w.Proof(client.ID))
				if err := w.Run(s, flow.Login, flow.Refresh, flow.Refresh, flow.Revoke); err != nil {
					w.T.Fatalf("%s: %v", client.AuthMethod, err)
				}
				st := faulty.Read(s)
				if got := st.ClientAuth(); string(got.Method) != client.AuthMethod || got.Reason == "" {
					w.T.Errorf("the trace tells of %q because of %q, want %s and a reason", got.Method, got.Reason, client.AuthMethod)
				}
				jtis := map[string]bool{}
				for _, c := range st.Calls() {
					if c.Class != story.CodeExchange && c.Class != story.TokenRefresh && c.Class != story.Revocation {
						continue
					}
					if got := st.SentAuth(c); string(got) != client.AuthMethod {
						w.T.Errorf("%s is read as %s, want %s", c.Class, got, client.AuthMethod)
					}
					if a, ok := c.Assertion(); ok {
						if jtis[a.JTI] {
							w.T.Errorf("the assertion of the %s is used twice", c.Class)
						}
						jtis[a.JTI] = true
						if a.Issuer != client.ID || a.Sub != client.ID || !slices.Equal(a.Audience, []string{faulty.SecureIssuer + "/oauth2/token"}) || a.Ends.Sub(a.Issued) != time.Minute {
							w.T.Errorf("the assertion says %+v", a)
						}
					}
				}
				noProofIn(w, s, client)
			})
		})
	}
}

// noProofIn looks for anything of what proves the client in a saved session, with and without its secrets.
func noProofIn(w *faulty.World, s *flow.Session, client demo.Client) {
	w.T.Helper()
	var secrets []string
	keyPEM, _ := w.Tenant.ClientKeyPEM()
	_, certKey := w.Tenant.ClientCertificatePEM(client.ID)
	for _, p := range [][]byte{keyPEM, certKey} {
		if block, _ := pem.Decode(p); block != nil {
			secrets = append(secrets, string(p[28:80]), base64.StdEncoding.EncodeToString(block.Bytes)[40:90], string(block.Bytes[36:60]))
		}
	}
	events := s.Log.Since(0)
	var redacted, full bytes.Buffer
	if err := trace.Save(&redacted, trace.Redact(events, story.Read(events).Verdicts())); err != nil {
		w.T.Fatal(err)
	}
	if err := trace.Save(&full, events); err != nil {
		w.T.Fatal(err)
	}
	for _, secret := range secrets {
		if strings.Contains(redacted.String()+full.String(), secret) {
			w.T.Errorf("%s: a part of the private key stands in a saved session", client.ID)
		}
	}
	if client.Secret != "" {
		for _, form := range []string{client.Secret, url.QueryEscape(client.Secret), base64.StdEncoding.EncodeToString([]byte(client.ID + ":" + client.Secret))} {
			if strings.Contains(redacted.String(), form) {
				w.T.Errorf("%s: the secret stands in a session that was saved without its secrets", client.ID)
			}
			if client.AuthMethod == string(trace.AuthSecretJWT) && strings.Contains(full.String(), form) {
				w.T.Errorf("%s: the secret was sent, or stands in the trace", client.ID)
			}
		}
	}
	for _, e := range events {
		if c, ok := e.Data.(trace.Ready); ok && strings.Contains(string(c.Body), "client_assertion=") {
			form, _ := url.ParseQuery(string(c.Body))
			parts := strings.Split(form.Get("client_assertion"), ".")
			if strings.Contains(redacted.String(), parts[2]) {
				w.T.Errorf("%s: the signature of an assertion survives redaction", client.ID)
			}
			if !strings.Contains(redacted.String(), parts[0]+"."+parts[1]) {
				w.T.Errorf("%s: header and claims of an assertion are lost in redaction", client.ID)
			}
		}
	}
}

// TestRawBasic compares the raw form with the encoded one, byte for byte.
func TestRawBasic(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		var seen []*http.Request
		capture(w, &seen)
		s := w.Session(func(c *flow.Config) {
			c.ClientID, c.ClientAuth, c.ClientSecret = oddID, trace.AuthBasicRaw, trace.NewSecret(oddSecret)
		})
		if err := w.Run(s, flow.Login[:4], flow.Refresh, flow.Revoke); err != nil {
			w.T.Fatal(err)
		}
		want := "Basic " + base64.StdEncoding.EncodeToString([]byte(oddID+":"+oddSecret))
		if len(seen) != 3 {
			w.T.Fatalf("%d requests were seen, want exchange, refresh and revocation", len(seen))
		}
		for i, req := range seen {
			checkAuth(w.T, req, i, "basic-raw", want, nil, []string{"client_id", "client_secret"})
		}
		form, _ := url.ParseQuery(body(seen[0]))
		if got := slices.Sorted(mapKeys(form)); !slices.Equal(got, []string{"code", "code_verifier", "grant_type", "redirect_uri"}) {
			w.T.Errorf("the exchange that is posted by us has %v", got)
		}
	})
}

func mapKeys(v url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range v {
			if !yield(k) {
				return
			}
		}
	}
}

// TestChooseClientAuth holds the default for what a client has and a server lists.
func TestChooseClientAuth(t *testing.T) {
	secret := flow.Config{ClientSecret: trace.NewSecret("s")}
	key := flow.Config{ClientKey: parsed(t, ecKey(t, elliptic.P256()))}
	explicit := flow.Config{Settings: trace.Settings{ClientAuth: trace.AuthPost, ClientAuthReason: "the profile says so"}}
	var cert flow.Config
	faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) { w.Proof("workshop-mtls")(&cert) })
	cert.ClientAuth = ""
	for _, c := range []struct {
		name string
		cfg  flow.Config
		list []string
		want trace.AuthMethod
		says string
	}{
		{"nothing", flow.Config{}, []string{"client_secret_basic"}, "none", "no secret, key or certificate"},
		{"secret, no list", secret, nil, "client_secret_basic", "Discovery §3"},
		{"secret, empty list", secret, []string{}, "client_secret_basic", "lists no method"},
		{"secret, both", secret, []string{"client_secret_post", "client_secret_basic"}, "client_secret_basic", "the first is taken"},
		{"secret, post", secret, []string{"client_secret_post", "none"}, "client_secret_post", "client_secret_post alone"},
		{"secret, jwt", secret, []string{"client_secret_jwt", "private_key_jwt"}, "client_secret_jwt", "client_secret_jwt alone"},
		{"secret, none of them", secret, []string{"private_key_jwt"}, "client_secret_basic", "lists no method for one"},
		{"key", key, []string{"private_key_jwt"}, "private_key_jwt", "lists the method"},
		{"key, not listed", key, []string{"client_secret_basic"}, "private_key_jwt", "does not list"},
		{"certificate", cert, []string{"tls_client_auth"}, "tls_client_auth", "tls_client_auth alone"},
		{"certificate, self-signed wanted", cert, []string{"self_signed_tls_client_auth"}, "self_signed_tls_client_auth", "alone"},
		{"certificate, no list", cert, nil, "tls_client_auth", "from an authority"},
		{"explicit", explicit, []string{"none"}, "client_secret_post", "the profile says so"},
	} {
		method, reason := c.cfg.ChooseClientAuth(&story.Metadata{TokenAuthMethods: c.list})
		if method != c.want || !strings.Contains(reason, c.says) {
			t.Errorf("%s: %s because %q, want %s with %q", c.name, method, reason, c.want, c.says)
		}
	}
	if method, _ := secret.ChooseClientAuth(nil); method != trace.AuthBasic {
		t.Errorf("without metadata a secret is sent as %s", method)
	}
}

// TestEachAlgorithm signs with every kind of key, and has the tenant verify it.
func TestEachAlgorithm(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	ec := ecKey(t, elliptic.P256())
	for _, c := range []struct {
		name, ask, want string
		advertised      []string
		key             crypto.Signer
	}{
		{"RSA by itself", "", "RS256", nil, rsaKey},
		{"RSA as advertised", "", "PS256", []string{"PS256", "ES256"}, rsaKey},
		{"RSA as asked", "PS256", "PS256", nil, rsaKey},
		{"EC", "", "ES256", []string{"RS256"}, ec},
		{"Ed25519", "", "EdDSA", nil, edKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			registered := demo.Options{ClientKeys: []demo.ClientKey{{KeyID: "mine", Public: c.key.Public()}}}
			faulty.Secure(t, registered, func(w *faulty.World, _ *demo.Authority) {
				if c.advertised != nil {
					w.Alter(metadataPath, func(a *faulty.Answer) {
						a.Swap(`["HS256","RS256","PS256","ES256","EdDSA"]`, `["`+strings.Join(c.advertised, `","`)+`"]`)
					})
				}
				s := w.Session(w.Proof("workshop-key"), func(cfg *flow.Config) {
					k, err := flow.ParseClientKey(jwkOf(w.T, c.key, "mine"), "")
					if err != nil {
						w.T.Fatal(err)
					}
					cfg.ClientKey, cfg.Assertion.Alg = k, c.ask
				})
				if err := w.Run(s, flow.Login, flow.Refresh); err != nil {
					w.T.Fatal(err)
				}
				if a := faulty.Read(s).ClientAuth(); a.Alg != c.want || a.KeyID != "mine" {
					w.T.Errorf("signed with %s by key %q, want %s by mine", a.Alg, a.KeyID, c.want)
				}
			})
		})
	}
}

// TestOtherAlgorithms verifies those that the tenant does not take.
func TestOtherAlgorithms(t *testing.T) {
	for _, c := range []struct {
		alg string
		key crypto.Signer
	}{{"ES384", ecKey(t, elliptic.P384())}, {"ES512", ecKey(t, elliptic.P521())}, {"Ed25519", edKey(t)}} {
		faulty.In(t, func(w *faulty.World) {
			var seen []*http.Request
			capture(w, &seen)
			s := w.Session(func(cfg *flow.Config) {
				cfg.ClientAuth, cfg.ClientKey, cfg.Assertion.Alg = trace.AuthKeyJWT, parsed(w.T, c.key), c.alg
				cfg.Assertion.Audience = trace.AudienceIssuer
			})
			if err := w.Run(s, flow.Login[:4]); err != nil {
				w.T.Fatalf("%s: %v", c.alg, err)
			}
			form, _ := url.ParseQuery(body(seen[0]))
			sig, err := jose.ParseSignedCompact(form.Get("client_assertion"), []jose.SignatureAlgorithm{jose.SignatureAlgorithm(c.alg), jose.EdDSA})
			if c.alg == "Ed25519" { // go-jose does not know the name
				parts := strings.Split(form.Get("client_assertion"), ".")
				raw, _ := base64.RawURLEncoding.DecodeString(parts[2])
				if !ed25519.Verify(c.key.Public().(ed25519.PublicKey), []byte(parts[0]+"."+parts[1]), raw) {
					w.T.Errorf("%s: the signature does not verify", c.alg)
				}
				return
			}
			if err != nil {
				w.T.Fatalf("%s: %v", c.alg, err)
			}
			claims, err := sig.Verify(c.key.Public())
			if err != nil || !bytes.Contains(claims, []byte(`"aud":"`+faulty.Issuer+`"`)) {
				w.T.Errorf("%s: %v, claims %s, want the issuer alone as audience", c.alg, err, claims)
			}
		})
	}
}

// TestHeldAssertion: a request that stands on the screen for minutes must not be refused for the time that it took.
func TestHeldAssertion(t *testing.T) {
	for _, edited := range []bool{false, true} {
		faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
			s := w.Session(w.Proof("workshop-key"))
			if err := w.Run(s, flow.Login); err != nil {
				w.T.Fatal(err)
			}
			old := faulty.Read(s).Login().Exchange.Request.Form().Get("client_assertion")
			err := flow.Run(w.T.Context(), s, flow.Refresh, flow.Hooks{Hold: func(_ context.Context, d trace.Draft) (trace.Draft, error) {
				time.Sleep(3 * time.Minute)
				if form, err := url.ParseQuery(string(d.Body)); err == nil && edited && form.Has("client_assertion") {
					form.Set("client_assertion", old)
					d.Body = []byte(form.Encode())
				}
				return d, nil
			}})
			switch said := faulty.Read(s).Said(flow.AssertionRenewed); {
			case edited && (err == nil || !strings.Contains(err.Error(), "expired") || said != ""):
				w.T.Errorf("an assertion that the person put in: %v, noted %q; want it sent as it is, and refused as expired", err, said)
			case !edited && (err != nil || !strings.Contains(said, "180") && !strings.Contains(said, "3m0s")):
				w.T.Errorf("a request that was held for 3 min: %v, noted %q; want a new assertion", err, said)
			}
		})
	}
}

// TestMTLSAlias goes to the address that is named for clients with a certificate, and only with one.
func TestMTLSAlias(t *testing.T) {
	for _, client := range []string{"workshop-mtls", "workshop-key"} {
		faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
			w.Alter(metadataPath, func(a *faulty.Answer) {
				a.Swap(`"issuer":`, `"mtls_endpoint_aliases":{"token_endpoint":"https://127.0.0.1:8975/oauth2/token","revocation_endpoint":7},"issuer":`)
			})
			w.Rehost("127.0.0.1:8975", "localhost:8975")
			s := w.Session(w.Proof(client))
			if err := w.Run(s, flow.Login, flow.Refresh, flow.Revoke); err != nil {
				w.T.Fatal(err)
			}
			want := "https://localhost:8975"
			if client == "workshop-mtls" {
				want = "https://127.0.0.1:8975"
			}
			for _, c := range faulty.Read(s).Calls() {
				if (c.Class == story.CodeExchange || c.Class == story.TokenRefresh) && !strings.HasPrefix(c.Request.URL, want) {
					w.T.Errorf("%s: the %s goes to %s, want %s", client, c.Class, c.Request.URL, want)
				}
			}
		})
	}
}

// TestConnectionIsRecorded: every call over TLS says over what, and that of a redacted trace too.
func TestConnectionIsRecorded(t *testing.T) {
	faulty.Secure(t, demo.Options{}, func(w *faulty.World, _ *demo.Authority) {
		for client, want := range map[string]trace.CertificateUse{"workshop-mtls": trace.CertificateSent, "workshop-jwt": trace.CertificateMissing} {
			s := w.Session(w.Proof(client))
			if err := w.Run(s, flow.Login); err != nil {
				w.T.Fatal(err)
			}
			for _, c := range faulty.Read(s).Calls() {
				if c.Front || c.Inbound {
					continue
				}
				if c.TLS == nil || c.TLS.Version != "TLS 1.3" || c.TLS.Server == nil || c.TLS.Server.Subject != "CN=localhost,O=authscope workshop" || c.TLS.Client != want {
					w.T.Errorf("%s: %s went over %+v, want TLS 1.3 to localhost and the client's certificate %s", client, c.Class, c.TLS, want)
				}
				if !slices.ContainsFunc(c.Sections, func(sec story.Section) bool { return sec.Title == "connection" }) {
					w.T.Errorf("%s: the story of %s has no connection", client, c.Class)
				}
			}
		}
	})
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func edKey(t *testing.T) ed25519.PrivateKey {
	t.Helper()
	_, k, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func jwkOf(t *testing.T, key crypto.Signer, kid string) []byte {
	t.Helper()
	b, err := (&jose.JSONWebKey{Key: key, KeyID: kid}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parsed(t *testing.T, key crypto.Signer) *flow.ClientKey {
	t.Helper()
	k, err := flow.ParseClientKey(jwkOf(t, key, ""), "")
	if err != nil {
		t.Fatal(err)
	}
	return k
}
