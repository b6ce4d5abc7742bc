package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authscope/flow/trace"
)

// TestSaveOpen saves sessions and opens them: the same JSON comes out.
func TestSaveOpen(t *testing.T) {
	for _, c := range []struct{ name, args string }{
		{"a whole life", "--refresh 2 --revoke"},
		{"without a refresh token", "--scope=openid --refresh 1"},
		{"failed", "--scope=offline_access"},
		{"JWT access tokens", "--demo-client workshop-rotating --refresh 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBench(t, func(b *bench) {
				path := filepath.Join(t.TempDir(), "session.trace")
				args := append([]string{"run", "--json", "--save", path}, strings.Fields(c.args)...)
				b.run(args...)
				live := b.out.String()
				b.says("without its secrets")
				b.want(0, "open", path, "--json")
				if b.out.String() != live {
					t.Error("opened, the session prints another JSON than live")
				}
				b.want(0, "open", path, "--json", "--show-secrets")
				if strings.Contains(b.out.String(), `"value": "`) {
					t.Error("--show-secrets shows the value of a token that the file does not hold")
				}
				b.run(append(args, "--with-secrets", "--show-secrets")...)
				live = b.out.String()
				b.says("WITH SECRETS")
				b.want(0, "open", path, "--json", "--show-secrets")
				if b.out.String() != live {
					t.Error("opened, the session with its secrets prints another JSON than live")
				}
			})
		})
	}
}

// TestSecretsStayHidden takes every secret from a file that was saved with them, and looks for it in everything
// that is printed by default.
func TestSecretsStayHidden(t *testing.T) {
	for _, args := range []string{"--refresh 1 --revoke", "--demo-client workshop-web", "--demo-client workshop-rotating --refresh 1", "--demo-client third-party --json"} {
		inBench(t, func(b *bench) {
			path := filepath.Join(t.TempDir(), "session.trace")
			b.want(0, append([]string{"run", "--save", path, "--with-secrets"}, strings.Fields(args)...)...)
			if st, err := os.Stat(path); err != nil || st.Mode().Perm()&0o077 != 0 {
				t.Errorf("the file with secrets can be read by others: %v %v", st.Mode(), err)
			}
			printed := map[string]string{"stdout": b.out.String(), "stderr": b.err.String()}
			for _, as := range []string{"--json", "--text"} {
				b.want(0, "open", path, as)
				printed["open "+as] = b.out.String() + b.err.String()
			}
			found := secretsIn(t, path)
			if len(found) < 4 {
				t.Fatalf("only %d secrets found: the test looks in the wrong place", len(found))
			}
			for where, text := range printed {
				for value, kind := range found {
					if strings.Contains(text, value) {
						t.Errorf("%s: %s has a secret in it, a %s", args, where, kind)
					}
				}
			}
		})
	}
}

func secretsIn(t *testing.T, path string) map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	events, err := trace.Open(f)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{"workshop-web-secret": "client_secret", "third-party-secret": "client_secret", "analytical-engine": "password"}
	add := func(text string, spans []trace.Span) {
		for _, s := range spans {
			found[text[s.Start:s.End]] = s.Kind
		}
	}
	for _, e := range events {
		switch d := e.Data.(type) {
		case trace.Sent:
			for _, h := range d.Header {
				add(h[1], trace.HeaderSecrets(h[0], h[1]))
			}
		case trace.Ready:
			add(string(d.Body), trace.Secrets(string(d.Body)))
		case trace.CallbackIn:
			add(d.URL, trace.Secrets(d.URL))
		case trace.Body:
			add(string(d.Bytes), trace.Secrets(string(d.Bytes)))
		}
	}
	return found
}

func TestOpenErrors(t *testing.T) {
	whole := `{"authscope":"trace","schema":1,"redacted":false}` + "\n"
	event := `{"at":"2026-01-01T00:00:00Z","mono_ns":0,"kind":"choice","data":{"what":"x"}}` + "\n"
	for _, c := range []struct {
		name, content string
		status        int
		says          string
	}{
		{"another file", "{}\n", 2, "a session that authscope saved"},
		{"empty", "", 2, "empty"},
		{"no event", whole, 2, "no event"},
		{"of the future", `{"authscope":"trace","schema":9}` + "\n", 2, "format 9"},
		{"cut off", whole + event + `{"at":"2026`, 0, "cut off"},
		{"an unknown event", whole + `{"at":"2026-01-01T00:00:00Z","kind":"\u001b[31m","data":{}}` + "\n", 2, "unknown kind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBench(t, func(b *bench) {
				b.want(c.status, "open", file(t, "f", c.content, 0o600), "--json")
				b.says(c.says)
			})
		})
	}
	inBench(t, func(b *bench) {
		b.want(2, "open", filepath.Join(t.TempDir(), "nothing"), "--json")
		b.says("there is no file")
		b.want(2, "open", t.TempDir(), "--json")
		b.says("is a directory")
		b.want(2, "open")
		b.says("open wants one file")
		b.want(2, "open", file(t, "f", whole+event, 0o600), "--json", "--text")
		b.says("exclude each other")
	})
}
