package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authscope/flow/demo"
	"authscope/flow/diagnose"
)

// TestExplain prints the text of a finding without anything being sent: the bench's network has nobody on it.
func TestExplain(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "explain", "code-rejected")
		for _, want := range []string{"The code is not accepted", "code-rejected, error, D28", "means  invalid_grant covers a dozen", "maybe  (1) the code has expired", "(4) ", "do     Press n", "spec   RFC 6749"} {
			if !strings.Contains(b.out.String(), want) {
				b.t.Errorf("explain does not say %q:\n%s", want, b.out)
			}
		}
		b.want(0, "explain", "D01", "no-refresh-token")
		if n := strings.Count(b.out.String(), "No refresh token: offline_access was not asked for"); n != 1 {
			b.t.Errorf("the finding that was named twice stands there %d times, want once", n)
		}
		b.want(0, "explain", "--list")
		if got := strings.Count(b.out.String(), "\n"); got != len(diagnose.IDs()) {
			b.t.Errorf("the list has %d lines, want one for each of %d findings", got, len(diagnose.IDs()))
		}
		b.want(2, "explain", "code-rejcted")
		b.says(`no finding "code-rejcted"`, "nearest are code-rejected", "explain --list")
		b.want(2, "explain")
		b.says("explain wants the id of a finding")
		b.want(2, "explain", "--list", "code-rejected")
		b.want(2, "explain", strings.Repeat("x", 100000)+"\x1b[31m")
		if strings.Contains(b.err.String(), "\x1b") {
			b.t.Error("what was typed stands raw on the terminal")
		}
	})
}

// TestExplainJSON holds the members that programs rely on, for every finding, and that run --json names the same text.
func TestExplainJSON(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "explain", "--list", "--json")
		var doc struct {
			Schema   int
			Findings []struct {
				ID, Severity, Title, Means, Do, Spec string
				Causes, Catalogue, Where             []string
				Candidates                           bool
				Words                                []struct{ Provider string }
			}
		}
		if err := json.Unmarshal([]byte(b.out.String()), &doc); err != nil || doc.Schema != 1 || len(doc.Findings) != len(diagnose.IDs()) {
			b.t.Fatalf("schema %d with %d findings: %v", doc.Schema, len(doc.Findings), err)
		}
		texts := map[string]string{}
		for _, f := range doc.Findings {
			texts[f.ID] = f.Title
			if f.Title == "" || f.Do == "" || f.Spec == "" || f.Catalogue == nil || len(f.Catalogue) == 0 && f.ID != "request-edited" || f.Means == "" && len(f.Causes) == 0 || f.Causes == nil || f.Where == nil || f.Words == nil {
				b.t.Errorf("%s: a member is missing: %+v", f.ID, f)
			}
		}
		b.run("run", "--json", "--scope", "openid", "--fault", "expires-in-string")
		var run struct {
			Findings []struct {
				ID, Title string
				Provider  *string
			}
		}
		if err := json.Unmarshal([]byte(b.out.String()), &run); err != nil || len(run.Findings) != 2 {
			b.t.Fatalf("%d findings, want expires-in-odd and no-refresh-token: %v", len(run.Findings), err)
		}
		for _, f := range run.Findings {
			if texts[f.ID] != f.Title || f.Provider == nil || *f.Provider != "authgear" {
				b.t.Errorf("run says %q of %s (provider %v), explain says %q", f.Title, f.ID, f.Provider, texts[f.ID])
			}
		}
	})
}

// TestFault switches faults on for a run, lists them, and takes the client that one needs.
func TestFault(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "run", "--fault", "list")
		for _, f := range demo.Faults() {
			if !strings.Contains(b.out.String(), "  "+f.Name+" ") {
				b.t.Errorf("the list does not have %s", f.Name)
			}
		}
		b.want(1, "run", "--fault", "nonce-missing", "--fault", "expires-in-string")
		for _, want := range []string{"nonce-missing)", "expires-in-odd)", "fault nonce-missing is on: the ID token has no nonce"} {
			if !strings.Contains(strings.Join(strings.Fields(b.out.String()), " "), want) {
				b.t.Errorf("the report does not have %q:\n%s", want, b.out)
			}
		}
		b.want(1, "run", "--fault", "wrong-secret")
		if !strings.Contains(b.out.String(), "workshop-web") || !strings.Contains(b.out.String(), "client-authentication-failed") {
			b.t.Errorf("the fault did not take the client that it needs:\n%s", b.out)
		}
		b.want(0, "run", "--fault", "signing-key-rotation", "--refresh", "1")
		b.want(1, "run", "--fault", "pkce-challenge-is-verifier")
		b.want(2, "run", "--fault", "nonce")
		b.says(`--fault "nonce" is not known`, "nonce-invalid", "--fault list")
		b.want(2, "run", "--fault", "")
		b.want(2, "run", "--issuer", "https://a.example", "--client-id", "x", "--fault", "html")
		b.says("--fault and --issuer exclude each other")
	})
}

// TestPresets: a file in the config folder takes the place of what is known of a provider; a broken one is said with its
// line, and what is built in stands.
func TestPresets(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, "providers", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("authgear.json", `{"id": "authgear", "name": "Our Authgear", "recognise": {"scopes": ["https://authgear.com/scopes/"]},
 "refresh": {"scope": "offline_access", "when": "Ours issues one on Mondays."}}`)
	write("broken.json", "{\"id\": \"okta\",\n\"name\": ]")
	write("notes.txt", "no preset")
	inBench(t, func(b *bench) {
		b.env["AUTHSCOPE_CONFIG_DIR"] = dir
		b.want(0, "run", "--scope", "openid")
		if !strings.Contains(b.out.String(), "Ours issues one on Mondays.") {
			b.t.Errorf("the preset in the config folder is not used:\n%s", b.out)
		}
		b.says("broken.json:2:", "what is built in stands")
		b.want(0, "explain", "refresh-token-missing-though-asked")
		if !strings.Contains(b.out.String(), "In Okta") {
			b.t.Errorf("the broken file took the place of what is built in:\n%s", b.out)
		}
	})
}
