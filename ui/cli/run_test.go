package cli_test

import (
	"slices"
	"strings"
	"testing"
)

const loggedIn = "discover passed, preflight passed, authorize passed, callback passed, exchange passed, verify passed, userinfo passed"

func TestRun(t *testing.T) {
	for _, c := range []struct {
		name   string
		args   string
		status int
		stages string
	}{
		{"the default", "", 0, loggedIn},
		{"openid alone", "--scope=openid", 0, loggedIn},
		{"a confidential client", "--demo-client workshop-web", 0, loggedIn},
		{"a third party", "--demo-client third-party", 0, loggedIn},
		{"rotation", "--demo-client workshop-rotating --refresh 2", 0, loggedIn + ", refresh passed, refresh passed"},
		{"refresh and revoke", "--refresh 2 --revoke", 0, loggedIn + ", refresh passed, refresh passed, revoke passed"},
		{"refresh without a token", "--scope=openid --refresh 1", 0, loggedIn + ", refresh skipped"},
		{"a redirect URI of localhost", "--redirect-uri http://localhost:8976/elsewhere", 0, loggedIn},
		{"a short life", "--lifetime access=20s", 0, loggedIn},
		{"the documented case", "--demo documented-offline-access --scope=offline_access", 0,
			"discover passed, preflight passed, authorize passed, callback passed, exchange passed, verify skipped, userinfo skipped"},
		{"offline_access alone", "--scope=offline_access --refresh 1 --revoke", 1,
			"discover passed, preflight failed, authorize skipped, callback skipped, exchange skipped, verify skipped, userinfo skipped, refresh skipped, revoke skipped"},
		{"offline_access alone, unlooked", "--scope=offline_access --refresh 1 --revoke --no-preflight", 1,
			"discover passed, authorize passed, callback failed, exchange skipped, verify skipped, userinfo skipped, refresh skipped, revoke skipped"},
		{"an error at the callback", "--param prompt=none", 1,
			"discover passed, preflight passed, authorize passed, callback failed, exchange skipped, verify skipped, userinfo skipped"},
		{"nobody listens", "--issuer http://127.0.0.1:1 --client-id x", 1,
			"discover failed, preflight skipped, authorize skipped, callback skipped, exchange skipped, verify skipped, userinfo skipped"},
		{"an answer that the agent cannot deliver", "--redirect-uri https://app.example/callback", 1,
			"discover passed, preflight passed, authorize passed, callback failed, exchange skipped, verify skipped, userinfo skipped"},
		{"an answer in the fragment", "--response-mode fragment", 0, loggedIn},
		{"an answer in the fragment, by hand", "--param response_mode=fragment", 0, loggedIn},
		{"an answer by form", "--response-mode form_post", 0, loggedIn},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBench(t, func(b *bench) {
				b.want(c.status, append([]string{"run", "--json"}, strings.Fields(c.args)...)...)
				if got := b.result().stages(); got != c.stages {
					t.Errorf("stages\n got: %s\nwant: %s\n%s", got, c.stages, b.err)
				}
				if lines := strings.Count(b.err.String(), "\n"); lines < 6 {
					t.Errorf("%d lines of progress on stderr, want one for each stage:\n%s", lines, b.err)
				}
			})
		})
	}
}

func TestRunSaysWhy(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(1, "run", "--json", "--scope", "offline_access")
		r := b.result()
		if status, reason := r.stage("preflight"); status != "failed" || !strings.Contains(reason, "invalid_scope") {
			t.Errorf("preflight is %s: %s; want it failed with invalid_scope", status, reason)
		}
		if len(r.Findings) == 0 {
			t.Error("no finding says why invalid_scope came")
		}
		b.says("✗ Look ahead", "invalid_scope: must request 'openid' scope", "– Exchange", "skipped: Look ahead failed")
	})
	inBench(t, func(b *bench) {
		b.want(0, "run", "--json", "--scope", "openid")
		if r := b.result(); len(r.Findings) == 0 {
			t.Error("no finding says why there is no refresh token")
		}
	})
}

func TestRunText(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "run")
		for _, want := range []string{"Exchange the code", "code_verifier", "refresh_token #1", "✓ passed: 7 stages"} {
			if !strings.Contains(b.out.String(), want) {
				t.Errorf("the text has no %q:\n%s", want, b.out)
			}
		}
	})
}

func TestClients(t *testing.T) {
	for client, want := range map[string]struct{ auth, access string }{
		"workshop-spa":      {"none", "opaque"},
		"workshop-web":      {"client_secret_basic", "opaque"},
		"workshop-rotating": {"none", "jwt"},
		"third-party":       {"client_secret_basic", "opaque"},
	} {
		inBench(t, func(b *bench) {
			b.want(0, "run", "--json", "--demo-client", client, "--refresh", "1")
			r := b.result()
			if r.Settings.ClientID != client || r.Settings.ClientAuth != want.auth {
				t.Errorf("client %s with %s, want %s with %s", r.Settings.ClientID, r.Settings.ClientAuth, client, want.auth)
			}
			refreshTokens := 0
			for _, tok := range r.Tokens {
				if tok.Kind == "access_token" && tok.Format != want.access {
					t.Errorf("%s: an access token is %s, want %s", client, tok.Format, want.access)
				}
				if tok.Kind == "refresh_token" {
					refreshTokens++
				}
			}
			if rotates := client == "workshop-rotating"; rotates != (refreshTokens == 2) {
				t.Errorf("%s: %d refresh tokens after one refresh", client, refreshTokens)
			}
		})
	}
}

func TestCompare(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "run", "--json", "--compare-scope", "openid")
		r := b.result()
		if len(r.Runs) != 2 || r.Runs[0].Settings.Scope != "openid offline_access" || r.Runs[1].Settings.Scope != "openid" {
			t.Fatalf("the runs are not those that were asked for: %+v", r.Runs)
		}
		var names []string
		for _, d := range r.Differences {
			names = append(names, d.Where+"/"+d.Name)
		}
		want := []string{"authorization request/scope", "token response/refresh_token", "refresh token/form", "refresh token/lives", "session/sign in again", "findings/no-refresh-token"}
		if !slices.Equal(names, want) {
			t.Errorf("differences are\n%q, want\n%q and nothing else", names, want)
		}
		b.says(`once more, with scope "openid"`)
	})
	inBench(t, func(b *bench) {
		b.want(1, "run", "--compare-scope", "offline_access")
		if !strings.Contains(b.out.String(), "invalid_scope") {
			t.Errorf("the comparison does not name the error:\n%s", b.out)
		}
	})
}

// TestPortsTaken runs beside something that listens where the tenant and the redirect URI usually are.
func TestPortsTaken(t *testing.T) {
	inBench(t, func(b *bench) {
		for _, at := range []string{"127.0.0.1:8975", "127.0.0.1:8976"} {
			ln, err := b.net.Listen("tcp", at)
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
		}
		b.want(0, "run", "--json")
		r := b.result()
		if strings.HasSuffix(r.Tenant.Issuer, ":8975") || strings.Contains(r.Settings.RedirectURI, ":8976") {
			t.Errorf("issuer %s and redirect URI %s are at ports that are taken", r.Tenant.Issuer, r.Settings.RedirectURI)
		}
		b.says("port 8975 is taken", "port 8976 is taken")
	})
}
