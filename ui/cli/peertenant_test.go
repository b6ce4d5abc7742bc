package cli_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"authscope/ui/cli"
)

// testTenant reads what the peer publishes: nothing of it is wrong, and all of it is understood.
func (p *peer) testTenant(t *testing.T) {
	var out, errs bytes.Buffer
	status := cli.Main(t.Context(), []string{"tenant", p.issuer, "--json"}, cli.World{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs})
	var s struct {
		Verdict string
		Keys    struct {
			Keys []struct{ Thumbprint, Problem *string }
		}
		Members  []struct{ Name, Group string }
		Findings []struct{ ID, Severity, Seen string }
	}
	if err := json.Unmarshal(out.Bytes(), &s); err != nil || status != 0 || s.Verdict != "fine" {
		t.Fatalf("status %d, verdict %q, %v\n%s", status, s.Verdict, err, &errs)
	}
	for _, f := range s.Findings {
		if f.Severity != "info" {
			t.Errorf("%s %s: %s", f.Severity, f.ID, f.Seen)
		}
	}
	for _, m := range s.Members {
		if m.Group == "unregistered" {
			t.Errorf("the member %s is not known", m.Name)
		}
	}
	for i, k := range s.Keys.Keys {
		if k.Thumbprint == nil || k.Problem != nil {
			t.Errorf("key %d has no thumbprint, or a problem", i+1)
		}
	}
}
