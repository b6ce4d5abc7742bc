package cli_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authscope/flow/demo"
	"authscope/ui/cli"
)

// TestCAFile logs in over real sockets to a tenant with a certificate that only --ca-file makes good.
func TestCAFile(t *testing.T) {
	var tenant *demo.Tenant
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { tenant.ServeHTTP(w, r) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	redirect := "http://" + freeAddress(t) + "/callback"
	tenant = demo.New(demo.Options{Issuer: server.URL, RedirectURIs: []string{redirect}, Key: tenantKey()})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) (status int, out string) {
		var stdout, stderr bytes.Buffer
		w := cli.World{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
			OpenURL: func(ctx context.Context, _, url string) error {
				go demo.SignIn(ctx, server.Client().Transport, url, demo.DemoUser())
				return nil
			}}
		args = append([]string{"run", "--json", "--issuer", server.URL, "--client-id", "workshop-spa", "--redirect-uri", redirect}, args...)
		status = cli.Main(t.Context(), args, w)
		return status, stdout.String() + stderr.String()
	}
	if status, out := run("--ca-file", ca); status != 0 {
		t.Errorf("with --ca-file: exit status %d\n%s", status, out)
	}
	if status, out := run(); status != 1 || !strings.Contains(out, "certificate") {
		t.Errorf("without --ca-file: exit status %d, want 1 and a word on the certificate\n%s", status, out)
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
}
