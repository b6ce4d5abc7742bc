package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authscope/flow/demo"
	"authscope/flow/recording/harfile"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/cli"
)

// recorded walks a login on the embedded tenant and writes it down as a HAR. Keep says which of the application's own
// requests are in the file.
func (b *bench) recorded(keep func(story.Class) bool, o harfile.Options, args ...string) (path string, secrets []string) {
	b.t.Helper()
	saved := filepath.Join(b.t.TempDir(), "s.trace")
	b.run(append([]string{"run", "--save", saved, "--with-secrets"}, args...)...)
	f, err := os.Open(saved)
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close()
	events, err := trace.Open(f)
	if err != nil {
		b.t.Fatal(err)
	}
	s := story.Read(events)
	var all []harfile.Exchange
	for _, c := range s.Calls() {
		if c.Front && c.Login != nil && c.Login.Answer != nil { // the browser's part
			all = append(all, harfile.Exchange{At: c.SentAt, Done: c.SentAt, Method: "GET", URL: c.Request.URL, Status: 302, ResHeader: trace.Header{{"Location", c.Login.Answer.Call.Request.URL}}, Header: trace.Header{{"Cookie", "sid=cookie-of-the-browser"}}})
		}
	}
	secrets = []string{"cookie-of-the-browser"}
	for _, c := range s.Calls() {
		if c.Class == story.JWKS {
			b.keys = file(b.t, "keys.json", string(c.Response.Body), 0o600)
		}
	}
	for _, e := range harfile.FromTrace(events) {
		class := story.Unknown
		for _, c := range s.Calls() {
			if c.Request.URL == e.URL && c.ReadyAt.Equal(e.At) {
				class = c.Class
			}
		}
		if keep == nil || keep(class) {
			all = append(all, e)
		}
	}
	for _, t := range s.Tokens() {
		secrets = append(secrets, t.Value.Reveal())
	}
	if l := s.Login(); l != nil && l.Exchange != nil {
		secrets = append(secrets, l.Exchange.Request.Form().Get("code"), l.Exchange.Request.Form().Get("code_verifier"))
	}
	return file(b.t, "login.har", string(harfile.Encode(all, o)), 0o600), secrets
}

type inspected struct {
	result
	Source struct {
		Format, File, Tool string
		Entries, Session   int
		Sessions           int
		Sanitized          bool
		Inferred           []trace.Inferred
		Notes              []string
	}
}

// inspected reads every object on stdout.
func (b *bench) inspected() (all []inspected) {
	b.t.Helper()
	for d := json.NewDecoder(strings.NewReader(b.out.String())); d.More(); {
		var r inspected
		if err := d.Decode(&r); err != nil {
			b.t.Fatalf("stdout is no JSON: %v\n%s", err, b.out)
		}
		all = append(all, r)
	}
	return all
}

func TestInspectHAR(t *testing.T) {
	inBench(t, func(b *bench) {
		path, secrets := b.recorded(nil, harfile.Options{Dialect: harfile.Firefox}, "--scope=openid offline_access", "--refresh=1")
		b.want(0, "inspect", path, "--json")
		all := b.inspected()
		if len(all) != 1 {
			t.Fatalf("%d logins, want 1", len(all))
		}
		r := all[0]
		const want = "discover passed, authorize passed, callback passed, exchange passed, verify passed, userinfo passed, refresh passed"
		if got := r.stages(); got != want {
			t.Errorf("stages %s\nwant   %s", got, want)
		}
		if r.Source.Format != "har" || r.Source.File != "login.har" || !strings.HasPrefix(r.Source.Tool, "Firefox") || r.Source.Sessions != 1 || r.Source.Sanitized {
			t.Errorf("source is %+v", r.Source)
		}
		if r.Schema != 1 || r.Tenant.Issuer != "http://localhost:8975" || r.Settings.ClientID != "workshop-spa" || r.Settings.Scope != "openid offline_access" || r.Settings.ClientAuth != "none" {
			t.Errorf("it says schema %d, tenant %+v, settings %+v", r.Schema, r.Tenant, r.Settings)
		}
		printed := map[string]string{"--json": b.out.String() + b.err.String()}
		b.want(0, "inspect", path)
		printed["text"] = b.out.String() + b.err.String()
		b.want(0, "open", path, "--text")
		printed["open"] = b.out.String() + b.err.String()
		for as, text := range printed {
			for _, s := range secrets {
				if strings.Contains(text, s) {
					t.Errorf("%s shows the secret %.12s… of the file", as, s)
				}
			}
		}
		b.want(0, "inspect", path, "--show-secrets")
		if !strings.Contains(b.out.String(), secrets[1]) {
			t.Error("--show-secrets does not show the access token")
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b.world.Stdin = bytes.NewReader(text)
		b.want(0, "inspect", "--json")
		if got := b.inspected(); len(got) != 1 || got[0].stages() != want || got[0].Source.File != "" {
			t.Errorf("from standard input: %+v", got)
		}
	})
}

// TestInspectIssuer: keys and metadata come over the network when that is asked for, and only then.
func TestInspectIssuer(t *testing.T) {
	inBench(t, func(b *bench) {
		path, _ := b.recorded(func(c story.Class) bool { return c != story.Discovery && c != story.JWKS }, harfile.Options{}, "--scope=openid")
		checks := func() map[string]string {
			var doc struct {
				Tokens []struct {
					Kind   string
					Checks []struct{ ID, Status string }
				}
			}
			if err := json.Unmarshal([]byte(b.out.String()), &doc); err != nil {
				t.Fatal(err)
			}
			out := map[string]string{}
			for _, tok := range doc.Tokens {
				for _, c := range tok.Checks {
					out[tok.Kind+" "+c.ID] = c.Status
				}
			}
			return out
		}
		network := b.world.Transport
		b.world.Transport = noNetwork{t}
		b.want(0, "inspect", path, "--json")
		if got := checks(); got["id_token signature"] != "not_applicable" || got["id_token iss"] != "not_applicable" || got["id_token nonce"] != "passed" {
			t.Errorf("without keys: %v", got)
		}
		b.world.Transport = network
		stop, err := b.net.Serve("127.0.0.1:8975", demo.New(demo.Options{Issuer: "http://localhost:8975", Key: tenantKey()}))
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		b.want(0, "inspect", path, "--json", "--issuer", "http://localhost:8975")
		if got := checks(); got["id_token signature"] != "not_applicable" || got["id_token iss"] != "passed" {
			t.Errorf("with --issuer, whose tenant has another key by now: %v", got)
		}
		b.want(0, "inspect", path, "--json", "--issuer", "http://localhost:8975", "--keys", b.keys)
		if got := checks(); got["id_token signature"] != "passed" || got["id_token iss"] != "passed" {
			t.Errorf("with --issuer, and the keys of the time: %v", got)
		}
		b.want(1, "inspect", path, "--issuer", "http://localhost:9999")
		b.says("--issuer")
	})
}

// TestInspectStatus holds what is refused, and how it ends.
func TestInspectStatus(t *testing.T) {
	dir := t.TempDir()
	good := signHS(t, map[string]any{"iss": "https://issuer.example", "aud": "shop", "sub": "ada", "exp": soon(), "nonce": "n"})
	private := file(t, "key.json", `{"kty":"oct","k":"c2VjcmV0"}`, 0o600)
	for _, c := range []struct {
		name, stdin, args string
		status            int
		says              string
	}{
		{"an answer", "https://app.example/cb?code=abcdefghijkl&state=s", "", 0, "✓ passed"},
		{"as the argument", "", "https://app.example/cb?code=abcdefghijkl&state=s", 0, "a callback URL"},
		{"an error", "https://app.example/cb?error=access_denied&state=s", "", 1, "access-denied"},
		{"a silent check that finds nobody", silentHAR, "", 0, "prompt-none"},
		{"an error response", `{"error":"invalid_grant"}`, "-", 1, "code-rejected"},
		{"a token response", `{"access_token":"abcdefghijklmnop","token_type":"Bearer","expires_in":60}`, "", 0, "token response"},
		{"a curl command", "curl https://idp.example/token -d grant_type=authorization_code -d code=abcdefghijkl", "", 0, "no answer in the recording"},
		{"a token", good, "", 0, "ID token"},
		{"a token as JSON", good, "--json", 0, `"verdict"`},
		{"prose", "what is this?", "", 2, "what can be read is"},
		{"nothing", "", "", 2, "nothing in it"},
		{"no file", "", filepath.Join(dir, "login.har"), 2, "there is no file"},
		{"a directory", "", dir, 2, "directory"},
		{"too long", strings.Repeat("x", 2000), "--max-size=1KiB", 2, "--max-size allows more"},
		{"a session too many", `{"error":"invalid_grant"}`, "--session=2", 2, "has 1"},
		{"session zero", `{}`, "--session=0", 2, "counted from 1"},
		{"ca without network", `{}`, "--ca-file=x", 2, "--ca-file needs --issuer"},
		{"a private key", `{}`, "--keys=" + private, 2, "private key or a secret"},
		{"two files", "", "a b", 2, "one file, not 2"},
		{"secrets hidden in an error", "https://app.example/cb?code=abcdefghijklmnopqrst&state=s&error=x&error_description=abcdefghijklmnopqrst", "", 1, "authorization-refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			w := cli.World{Stdin: strings.NewReader(c.stdin), Stdout: &out, Stderr: &out, Transport: noNetwork{t}}
			if got := cli.Main(t.Context(), append([]string{"inspect"}, strings.Fields(c.args)...), w); got != c.status {
				t.Errorf("exit status %d, want %d\n%s", got, c.status, out.String())
			}
			if !strings.Contains(out.String(), c.says) {
				t.Errorf("it does not say %q:\n%s", c.says, out.String())
			}
			if strings.Contains(out.String(), "abcdefghijklmnop") {
				t.Errorf("a secret is printed:\n%s", out.String())
			}
		})
	}
}

// TestInspectTerminal: where nothing is given, nothing is waited for.
func TestInspectTerminal(t *testing.T) {
	inBench(t, func(b *bench) {
		b.terminal = true
		b.want(2, "inspect")
		b.says("authscope inspect FILE")
	})
}

// TestInspectSeveral: each login is printed, or the one that was asked for, and the worst decides the status.
func TestInspectSeveral(t *testing.T) {
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	var all []harfile.Exchange
	for i, answer := range []string{"code=abcdefghijklmnop&state=s0", "error=invalid_scope&state=s1"} {
		all = append(all, harfile.Exchange{At: at.Add(time.Duration(i) * time.Second), Done: at.Add(time.Duration(i) * time.Second), Method: "GET", Status: 302,
			URL:       "https://idp.example/authorize?response_type=code&client_id=spa&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=s" + string(rune('0'+i)),
			ResHeader: trace.Header{{"Location", "https://app.example/cb?" + answer}}})
	}
	path := file(t, "two.har", string(harfile.Encode(all, harfile.Options{})), 0o600)
	inBench(t, func(b *bench) {
		b.want(1, "inspect", path, "--json")
		if got := b.inspected(); len(got) != 2 || got[0].Source.Session != 1 || got[1].Source.Session != 2 || len(got[1].Findings) == 0 || got[1].Findings[0].ID != "invalid-scope" {
			t.Errorf("%d logins: %+v", len(got), got)
		}
		b.want(0, "inspect", path, "--session=1")
		b.want(1, "inspect", path, "--session=2")
		b.want(0, "open", path, "--json", "--session=1")
		b.want(0, "open", path, "--json")
		b.says("has 2 logins; this is number 2")
		if got := b.inspected(); got[0].Source.Session != 2 {
			t.Errorf("open took login %d, want the one with the error", got[0].Source.Session)
		}
		b.want(2, "open", path, "--session=3", "--json")
		b.terminal = true
		var shown cli.ScreenOptions
		b.world.Screen = func(_ context.Context, o cli.ScreenOptions) error { shown = o; return nil }
		b.want(0, "open", path)
		if s := story.Read(shown.Opened); len(shown.Opened) == 0 || s.Login() == nil || s.Login().State != "s1" {
			t.Errorf("the screen was given %d events", len(shown.Opened))
		}
	})
}

// TestReadmeInspect: what the README shows is what is printed.
func TestReadmeInspect(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := cli.World{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Transport: noNetwork{t}}
	if got := cli.Main(t.Context(), []string{"inspect", "testdata/shop.har"}, w); got != 1 {
		t.Errorf("exit status %d, want 1", got)
	}
	_, why, _ := strings.Cut(out.String(), "\nWhy\n")
	if !strings.Contains(string(readme), "$ authscope inspect shop.har | sed -n '/^Why/,$p'\nWhy\n"+why+"```") {
		t.Errorf("the README shows another answer than:\nWhy\n%s", why)
	}
	if strings.Contains(out.String(), "hunter2") || strings.Contains(out.String(), "Z8vxK1mPq3rT5wYb") {
		t.Errorf("a secret of the file is printed:\n%s", out.String())
	}
}

// silentHAR is of an application that looks whether somebody is signed in, which nobody is: no error.
const silentHAR = `{"log":{"entries":[{"request":{"method":"GET","url":"https://idp.example/authorize?response_type=code&client_id=spa&prompt=none&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=s"},
 "response":{"status":302,"redirectURL":"https://app.example/cb?error=login_required&state=s"}}]}}`
