package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authscope/flow/demo"
)

// TestAuthClients logs in as each of the tenant's clients that no Authgear has, and says that it is none. The private
// key stands in nothing that is printed or saved.
func TestAuthClients(t *testing.T) {
	for _, c := range demo.AuthClients() {
		inBench(t, func(b *bench) {
			b.net.TLS = true
			saved := filepath.Join(t.TempDir(), "session.trace")
			b.want(0, "run", "--json", "--demo-client", c.ID, "--refresh", "1", "--revoke", "--save", saved, "--with-secrets")
			b.says("not Authgear: the client " + c.ID)
			r := b.result()
			if r.Settings.ClientAuth != c.AuthMethod {
				t.Errorf("%s authenticates with %s, want %s", c.ID, r.Settings.ClientAuth, c.AuthMethod)
			}
			if secure := strings.HasPrefix(r.Tenant.Issuer, "https://"); secure != strings.Contains(c.AuthMethod, "tls") {
				t.Errorf("%s: the issuer is %s", c.ID, r.Tenant.Issuer)
			}
			if !strings.HasPrefix(r.Settings.RedirectURI, "http://127.0.0.1") {
				t.Errorf("%s: the redirect URI is %s, want http on loopback", c.ID, r.Settings.RedirectURI)
			}
			file, err := os.ReadFile(saved)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{string(file), b.out.String(), b.err.String()} {
				if strings.Contains(text, "PRIVATE KEY") || c.AuthMethod == "client_secret_jwt" && strings.Contains(text, c.Secret) {
					t.Errorf("%s: a key or secret is printed or saved", c.ID)
				}
			}
			if out := b.out.String(); c.Secret != "" && strings.Contains(out, c.Secret) {
				t.Errorf("%s: the secret is printed", c.ID)
			}
		})
	}
}

// TestDemoHTTPS: the plain clients work over https too, and the screen's notes say what a browser will think of it.
func TestDemoHTTPS(t *testing.T) {
	inBench(t, func(b *bench) {
		b.net.TLS = true
		b.want(0, "run", "--json", "--demo-https")
		b.says("https with an authority made for this run")
		if got := b.result().Tenant.Issuer; got != "https://localhost:8975" {
			t.Errorf("the issuer is %s", got)
		}
		for _, f := range b.result().Findings {
			t.Errorf("a healthy run over https has the finding %s", f.ID)
		}
	})
}

// TestKeyFile signs with keys from files, against a tenant at another address.
func TestKeyFile(t *testing.T) {
	inBench(t, func(b *bench) {
		tenant := demo.New(demo.Options{Issuer: "http://localhost:3000", Key: tenantKey(), AuthClients: true})
		stop, err := b.net.Serve("127.0.0.1:3000", tenant)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		b.world.OpenURL = func(ctx context.Context, _, url string) error {
			go demo.SignIn(ctx, b.net.Transport(), url, demo.DemoUser())
			return nil
		}
		key, kid := tenant.ClientKeyPEM()
		path := file(t, "key.pem", string(key), 0o600)
		args := []string{"run", "--json", "--issuer", "http://localhost:3000", "--client-id", "workshop-key", "--client-key-file", path}
		b.want(0, append(args, "--client-key-id", kid)...)
		if got := b.result().Settings.ClientAuth; got != "private_key_jwt" {
			t.Errorf("with a key file the method is %s, want private_key_jwt by default", got)
		}
		b.want(0, append(args, "--client-assertion-aud", "issuer")...)
		b.want(1, append(args, "--client-key-id", "another")...)
		b.run("run", "--issuer", "http://localhost:3000", "--client-id", "workshop-key", "--client-key-file", file(t, "open.pem", string(key), 0o644))
		b.says("can be read by others", "chmod 600")
	})
}

// TestAuthMethodNames: a method goes by its short name and by its registered one.
func TestAuthMethodNames(t *testing.T) {
	for name, want := range map[string]string{"basic": "client_secret_basic", "client_secret_basic": "client_secret_basic", "post": "client_secret_post",
		"client_secret_post": "client_secret_post", "basic-raw": "client_secret_basic_raw", "client_secret_jwt": "client_secret_jwt"} {
		inBench(t, func(b *bench) {
			b.run("run", "--json", "--issuer", "http://127.0.0.1:1", "--client-id", "x", "--client-auth", name, "--client-secret-file", file(t, "s", "secret", 0o600))
			if got := b.result().Settings.ClientAuth; got != want {
				t.Errorf("--client-auth %s is %s, want %s", name, got, want)
			}
		})
	}
	inBench(t, func(b *bench) {
		b.run("run", "--json", "--issuer", "http://127.0.0.1:1", "--client-id", "x", "--client-secret-file", file(t, "s", "secret", 0o600))
		if got := b.result().Settings.ClientAuth; got != "undecided" {
			t.Errorf("with a secret and without metadata the method is %s, want undecided", got)
		}
	})
}
