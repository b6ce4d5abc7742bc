package cli_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authscope/flow/diagnose/faulty"
	"authscope/ui/cli"
)

// publish serves a document, and its keys, below a path.
func publish(b *bench, at, path, shape string) (stop func()) {
	b.t.Helper()
	doc, keys := faulty.Shape(shape)
	var named struct {
		Issuer string `json:"issuer"`
		JWKS   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal([]byte(doc), &named); err != nil {
		b.t.Fatal(err)
	}
	base := "http://" + at + path
	doc = strings.ReplaceAll(doc, strings.TrimSuffix(named.Issuer, "/"), strings.TrimSuffix(base, "/"))
	jwks := strings.TrimPrefix(strings.Replace(named.JWKS, strings.TrimSuffix(named.Issuer, "/"), strings.TrimSuffix(path, "/"), 1), "https://")
	stop, err := b.net.Serve(at, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case strings.TrimSuffix(path, "/") + "/.well-known/openid-configuration":
			w.Write([]byte(doc))
		case jwks:
			w.Write([]byte(keys))
		default:
			http.NotFound(w, r)
		}
	}))
	if err != nil {
		b.t.Fatal(err)
	}
	return stop
}

// sheet is the part of the JSON that the tests look at.
type sheet struct {
	Schema   int
	Verdict  string
	Issuer   string
	Named    *string
	Provider *string
	Tried    []struct {
		URL    string
		Status *int
		Result string
	}
	Keys     *struct{ Keys []struct{ Kid string } }
	Findings []struct{ ID, Severity string }
	Tenants  []sheet
	Members  []struct{ Name string }
}

func (b *bench) sheet() (s sheet) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.out.String()), &s); err != nil {
		b.t.Fatalf("stdout is no JSON: %v\n%s\n%s", err, b.out, b.err)
	}
	return s
}

func TestTenantEmbedded(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "tenant")
		for _, part := range []string{"http://localhost:8975  Authgear", "✓ Refresh tokens", "– introspection_endpoint", "byte by byte the same", "no error in what this tenant publishes"} {
			if !strings.Contains(b.out.String(), part) {
				b.t.Errorf("the sheet does not say %q:\n%s", part, b.out)
			}
		}
		b.want(0, "tenant", "demo", "--json")
		if s := b.sheet(); s.Schema != 1 || s.Verdict != "fine" || *s.Provider != "Authgear" || len(s.Tried) != 3 || len(s.Keys.Keys) != 1 {
			b.t.Errorf("the JSON is %+v", s)
		}
	})
}

// TestTenantNames gives one tenant in every way that people have it at hand.
func TestTenantNames(t *testing.T) {
	inBench(t, func(b *bench) {
		defer publish(b, "127.0.0.1:9400", "/realms/demo", "keycloak")()
		const base = "http://127.0.0.1:9400/realms/demo"
		for _, name := range []string{base, base + "/.well-known/openid-configuration", "127.0.0.1:9400/realms/demo", base + "/protocol/openid-connect/auth?client_id=a&response_type=code"} {
			b.want(0, "tenant", name, "--json")
			if s := b.sheet(); s.Issuer != base || s.Named == nil || *s.Named != base || s.Verdict != "fine" || s.Keys == nil {
				b.t.Errorf("%s: read as %+v", name, s)
			}
		}
		b.want(0, "tenant", base+"/") // a slash too much, as browsers add one, is tried both ways
		b.want(1, "tenant", "http://127.0.0.1:9400/realms/other")
	})
	inBench(t, func(b *bench) {
		defer publish(b, "127.0.0.1:9400", "/", "auth0")()
		b.want(0, "tenant", "http://127.0.0.1:9400/", "--json") // two issuers are possible
		if s := b.sheet(); s.Issuer != "http://127.0.0.1:9400/" {
			b.t.Errorf("the issuer with a slash at its end is read as %+v", s)
		}
		b.want(1, "tenant", "http://127.0.0.1:9400", "--json")
		if s := b.sheet(); s.Verdict != "errors" || s.Findings[0].ID != "issuer-differs" {
			b.t.Errorf("an issuer that lacks its slash is read as %+v", s)
		}
	})
}

func TestTenantUnreachable(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(1, "tenant", "http://127.0.0.1:9400", "--json")
		if s := b.sheet(); s.Verdict != "unknown" || len(s.Tried) != 1 || s.Tried[0].Status != nil || s.Findings[0].ID != "unreachable-refused" {
			b.t.Errorf("a host that is not there is read as %+v", s)
		}
		stop, err := b.net.Serve("127.0.0.1:9400", http.NotFoundHandler())
		if err != nil {
			b.t.Fatal(err)
		}
		b.want(1, "tenant", "http://127.0.0.1:9400")
		if !strings.Contains(b.out.String(), "✓") && strings.Count(b.out.String(), "404") < 2 {
			b.t.Errorf("not every address is listed with its status:\n%s", b.out)
		}
		stop()
	})
}

func TestTenantCompare(t *testing.T) {
	inBench(t, func(b *bench) {
		defer publish(b, "127.0.0.1:9400", "/realms/a", "keycloak")()
		defer publish(b, "127.0.0.1:9500", "/realms/b", "keycloak")()
		b.want(0, "tenant", "http://127.0.0.1:9400/realms/a", "--compare", "http://127.0.0.1:9500/realms/b", "--json")
		s := b.sheet()
		if len(s.Tenants) != 2 || len(s.Members) != 1 || s.Members[0].Name != "issuer" {
			b.t.Errorf("two tenants that differ in their issuer alone: %+v", s.Members)
		}
		b.want(0, "tenant", "--compare", "http://127.0.0.1:9500/realms/b")
		for _, part := range []string{"A  http://localhost:8975", "members that differ", "absent: "} {
			if !strings.Contains(b.out.String(), part) {
				b.t.Errorf("the comparison does not say %q:\n%s", part, b.out)
			}
		}
		b.want(1, "tenant", "demo", "--compare", "http://127.0.0.1:9")
		if !strings.Contains(b.out.String(), "B could not be read") {
			b.t.Errorf("a tenant that is not there:\n%s", b.out)
		}
	})
}

func TestTenantProfile(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "authscope", "profiles"), 0o700); err != nil {
		t.Fatal(err)
	}
	text := "schema = 1\nissuer = \"http://127.0.0.1:9400/realms/demo\"\nclient_id = \"c\"\n"
	if err := os.WriteFile(filepath.Join(dir, "authscope", "profiles", "work.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	inBench(t, func(b *bench) {
		b.world.ConfigDir = func() (string, error) { return dir, nil }
		defer publish(b, "127.0.0.1:9400", "/realms/demo", "keycloak")()
		b.want(0, "tenant", "--profile", "work")
		b.want(0, "tenant", "profile:work", "--compare", "demo")
		b.want(2, "tenant", "--profile", "other")
		b.want(2, "tenant", "--profile", "work", "demo")
	})
}

func TestTenantUsage(t *testing.T) {
	inBench(t, func(b *bench) {
		for _, c := range []struct{ args, says string }{
			{"a b", "--compare"},
			{"portal.authgear.com", "portal"},
			{"https://user:pass@op.example", "leave them out"},
			{"ftp://op.example", "https://"},
			{"--ca-file nothere op.example", "no such file"},
			{"--ca-file x", "needs a URL"},
			{"--timeout 0s", "longer than nothing"},
			{"--compare=", "empty"},
			{"--compare eyJh.b.c", "token"},
		} {
			b.want(2, append([]string{"tenant"}, strings.Fields(c.args)...)...)
			b.says(c.says)
			if strings.Contains(b.err.String()+b.out.String(), "pass@") {
				b.t.Errorf("%s: a password is told", c.args)
			}
		}
	})
}

// TestTenantTLS names a certificate that is not accepted, and reads the tenant once its authority is.
func TestTenantTLS(t *testing.T) {
	doc, keys := faulty.Shape("okta")
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/keys") {
			w.Write([]byte(keys))
			return
		}
		w.Write([]byte(strings.ReplaceAll(doc, "https://dev-1.okta.example/oauth2/default", "https://"+r.Host)))
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	read := func(args ...string) (status int, out string) {
		var stdout, stderr bytes.Buffer
		status = cli.Main(t.Context(), append([]string{"tenant", srv.URL}, args...), cli.World{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr})
		return status, stdout.String() + stderr.String()
	}
	if status, out := read(); status != 1 || !strings.Contains(out, "--ca-file") || !strings.Contains(out, "the server showed O=Acme Co") {
		t.Errorf("a certificate that nobody knows: status %d:\n%s", status, out)
	}
	ca := file(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})), 0o600)
	if status, out := read("--ca-file", ca); status != 0 || !strings.Contains(out, "what it says it can do") {
		t.Errorf("with its authority: status %d:\n%s", status, out)
	}
}
