package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A session is kept alive for as long as was asked, and what comes after it still comes.
func TestKeepAlive(t *testing.T) {
	for _, c := range []struct {
		name, args string
		status     int
		refreshes  int
		says       string
	}{
		{"an hour of half-hour tokens", "--keep-alive 1h", 0, 2, "keeping the session alive for 1h0m0s"},
		{"short tokens", "--lifetime access=20s --keep-alive 60s", 0, 3, "keeping the session alive"},
		{"longer than the time for a run", "--lifetime access=20s --keep-alive 6m5s --timeout 1m", 0, 20, ""},
		{"without a refresh token", "--scope openid --keep-alive 1h", 1, 0, "there is no refresh token"},
		{"shorter than a token lives", "--keep-alive 10s", 0, 0, ""},
		{"and then revoked", "--lifetime access=20s --keep-alive 30s --revoke", 0, 1, "Revoke"},
		{"of a client that rotates", "--demo-client workshop-rotating --lifetime access=20s --keep-alive 60s --refresh 1", 0, 4, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBench(t, func(b *bench) {
				b.want(c.status, append([]string{"run", "--json"}, strings.Fields(c.args)...)...)
				if n := strings.Count(b.result().stages(), "refresh passed"); n != c.refreshes {
					t.Errorf("%d refreshes, want %d: %s\n%s", n, c.refreshes, b.result().stages(), b.err)
				}
				b.says(c.says)
			})
		})
	}
}

// The diagram takes the place of the report, of a run and of a saved session alike, and holds no secret.
func TestDiagram(t *testing.T) {
	inBench(t, func(b *bench) {
		saved := filepath.Join(t.TempDir(), "s.trace")
		b.want(0, "run", "--diagram", "mermaid", "--refresh", "1", "--save", saved, "--show-secrets")
		run := b.out.String()
		for _, want := range []string{"sequenceDiagram\n", "participant S as authorization server", "B->>C: code, state", "Note over C: Refresh 1"} {
			if !strings.Contains(run, want) {
				t.Errorf("the diagram lacks %q:\n%s", want, run)
			}
		}
		if strings.Contains(run, "eyJ") || strings.Contains(run, "{") {
			t.Errorf("there is more than the diagram on stdout:\n%s", run)
		}
		b.want(0, "open", saved, "--diagram", "mermaid")
		if got := b.out.String(); got != run {
			t.Errorf("of the saved session it is another one:\n%s\nwas\n%s", got, run)
		}
		b.want(0, "open", saved, "--diagram", "text")
		if got := b.out.String(); !strings.Contains(got, "├─ POST /oauth2/token (refresh #1) ─") {
			t.Errorf("as text:\n%s", got)
		}
		if _, err := os.Stat(saved); err != nil {
			t.Error(err)
		}
	})
}

func TestDiagramUsage(t *testing.T) {
	inBench(t, func(b *bench) {
		for _, args := range []string{"run --diagram svg", "run --diagram=", "run --diagram text --json", "run --diagram text --compare-scope openid", "open x --diagram svg", "open x --diagram text --text",
			"run --keep-alive -1s", "run --keep-alive 1h --compare-scope openid", "run --keep-alive 1000h"} {
			b.want(2, strings.Fields(args)...)
		}
	})
}
