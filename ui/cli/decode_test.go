package cli_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authscope/ui/cli"
)

// decode runs `authscope decode` in a world without a terminal or a network.
func decode(t *testing.T, stdin string, args ...string) (status int, out, errs string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	w := cli.World{Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr, Transport: noNetwork{t}}
	status = cli.Main(t.Context(), append([]string{"decode"}, args...), w)
	return status, stdout.String(), stderr.String()
}

type noNetwork struct{ t *testing.T }

func (n noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	n.t.Errorf("%s was asked without being told to", r.URL)
	return nil, io.ErrClosedPipe
}

func soon() int64 { return time.Now().Add(time.Hour).Unix() }

func TestDecodeStatus(t *testing.T) {
	live := signHS(t, map[string]any{"iss": "https://issuer.example", "aud": "shop", "sub": "ada", "exp": soon(), "jku": "https://evil.example"})
	old := signHS(t, map[string]any{"sub": "ada", "exp": 1_000_000_000})
	es := signES(t, map[string]any{"sub": "ada", "exp": soon()})
	none := "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."
	secret, keys, private := file(t, "secret", hush+"\n", 0o600), file(t, "keys", jwks(t, false), 0o600), file(t, "private", jwks(t, true), 0o600)
	for _, c := range []struct {
		name, stdin, args string
		status            int
		says              string // on stdout or stderr
	}{
		{"read", live, "", 0, "not verified"},
		{"expired is read", old, "", 0, "exp failed"},
		{"opaque is read", "Zk3v9QpLr8sTq2wXyBn5mCd7fGh1jKa4", "", 0, "opaque token"},
		{"unsecured is read", none, "", 0, "unsecured JWT"},
		{"encrypted is read", encrypt(t, es), "", 0, "not decrypted"},
		{"an id is read", "3f2b8c1e-7d4a-4e6f-9a1b-2c3d4e5f6a7b", "-", 0, "UUID"},
		{"secret", live, "--secret-file " + secret, 0, "✓ holds"},
		{"secret as text", live, "--secret-as text --secret-file " + secret, 0, "✓ holds"},
		{"secret as hex", live, "--secret-as hex --secret-file " + secret, 2, "nothing that can be read as hex"},
		{"keys", es, "--keys " + keys, 0, "✓ kid k1"},
		{"decrypted", encrypt(t, es), "--keys " + private, 0, "decrypted by kid k1"},
		{"not decrypted", encrypt(t, es), "--keys " + keys, 1, "decryption"},
		{"other keys", live, "--keys " + keys, 1, "✗ signature"},
		{"expired", old, "--secret-file " + secret, 1, "✗ does not hold: exp"},
		{"expired then not", old, "--at 1000000000 --leeway 1m --secret-file " + secret, 0, "✓ holds"},
		{"as of a date", old, "--at 2001-09-08T00:00:00Z --secret-file " + secret, 0, "✓ holds"},
		{"unsecured", none, "--verify", 1, "signature"},
		{"unsecured with keys", none, "--keys " + keys, 1, "signature"},
		{"verify without a key", live, "--verify", 1, "not verified"},
		{"opaque with verify", "Zk3v9QpLr8sTq2wXyBn5mCd7fGh1jKa4", "--verify", 1, "signature"},
		{"expectation without a key", live, "--expect-sub ada", 2, "unknown flag"},
		{"audience without a key", live, "--expect-aud shop", 1, "not verified"},
		{"expectations", live, "--expect-aud shop --expect-iss https://issuer.example --secret-file " + secret, 0, "✓ holds"},
		{"another audience", live, "--expect-aud other --secret-file " + secret, 1, "does not hold: aud"},
		{"nonce", live, "--expect-nonce n --secret-file " + secret, 1, "does not hold: nonce"},
		{"azp", live, "--expect-azp a --secret-file " + secret, 1, "does not hold: azp"},
		{"typ", live, "--expect-typ at+jwt --secret-file " + secret, 1, "does not hold: typ"},
		{"max-age", live, "--max-age 1h --secret-file " + secret, 1, "auth_time"},
		{"empty", " \n", "", 2, "nothing but white space"},
		{"unreadable", "eyJhbGciOiJIUzI1NiJ9.e3", "", 2, "cut off"},
		{"large", strings.Repeat("a", 5<<20), "", 2, "--max-size"},
		{"large in JSON", strings.Repeat("a", 5<<20), "--json", 2, `"verdict": "unreadable"`},
		{"large and allowed", signHS(t, map[string]any{"sub": strings.Repeat("a", 5<<20)}), "--max-size 10MiB", 0, "5242880 characters in all"},
		{"NUL", "eyJ\x00.\x00.", "", 2, "cannot be read"},
		{"no such file", "", "nothere.jwt", 2, "there is no file nothere.jwt"},
		{"no such path", "", "./nothere", 2, "there is no file"},
		{"directory", "", t.TempDir(), 2, "is a directory"},
		{"two arguments", "", "a b", 2, "reads one token"},
		{"no keys file", live, "--keys nothere", 2, "there is no such file"},
		{"no keys in the file", live, "--keys " + secret, 2, "--keys"},
		{"secret without a way", live, "--secret-as text", 2, "add --secret-file"},
		{"unknown way", live, "--secret-as runes --secret-file " + secret, 2, "text, base64 and hex"},
		{"ca without network", live, "--ca-file x", 2, "--discover or --issuer"},
		{"two issuers", live, "--discover --issuer https://a.example", 2, "exclude each other"},
		{"differing issuers", live, "--expect-iss https://b.example --issuer https://a.example", 2, "differ"},
		{"json and claim", live, "--json --claim sub", 2, "exclude each other"},
		{"lost value", live, "--expect-aud=", 2, "--expect-aud is empty"},
		{"no time", live, "--at soon", 2, "is no time"},
		{"milliseconds", live, "--at 1795464469000", 2, "not milliseconds"},
		{"no size", live, "--max-size lots", 2, "wants a number of bytes"},
		{"no age", live, "--max-age 0s", 2, "longer than nothing"},
		{"no issuer to ask", "opaque-token-of-somebody-else", "--discover", 1, "names no issuer"},
		{"http is refused", signHS(t, map[string]any{"iss": "http://issuer.example"}), "--discover", 1, "is not https"},
		{"http issuer is refused", live, "--issuer http://issuer.example", 1, "is not https"},
		{"a file as issuer", signHS(t, map[string]any{"iss": "file:///etc/passwd"}), "--discover", 1, "not an https URL"},
	} {
		status, out, errs := decode(t, c.stdin, strings.Fields(c.args)...)
		if flat := strings.Join(strings.Fields(out+errs), " "); status != c.status || !strings.Contains(flat, c.says) {
			t.Errorf("%s: decode %s: exit status %d, want %d and %q\n%.1500s\n%s", c.name, c.args, status, c.status, c.says, out, errs)
		}
		if strings.Contains(out+errs, hush) || strings.Contains(out+errs, "internal error") {
			t.Errorf("%s: the secret is told, or an internal error:\n%.600s\n%s", c.name, out, errs)
		}
	}
}

// TestDecodeInput gives one token in every way.
func TestDecodeInput(t *testing.T) {
	token := signHS(t, map[string]any{"sub": "ada"})
	path := file(t, "token.txt", token+"\n", 0o600)
	for _, c := range []struct{ stdin, arg string }{{token, ""}, {token, "-"}, {"", path}, {"", token}, {"\ufeff" + token + "\r\n", ""}, {token[:40] + "\n" + token[40:], ""}, {"", "Bearer " + token}} {
		args := []string{"--claim", "sub"}
		if c.arg != "" {
			args = append(args, c.arg)
		}
		if status, out, errs := decode(t, c.stdin, args...); status != 0 || out != "ada\n" {
			t.Errorf("stdin %.20q, argument %.20q: status %d, %q, %s", c.stdin, c.arg, status, out, errs)
		}
	}
	if _, _, errs := decode(t, "", "opaqueness"); !strings.Contains(errs, "no file of this name") {
		t.Errorf("an argument that is neither a file nor a JWT: stderr %q", errs)
	}
}

func TestDecodeClaim(t *testing.T) {
	token := signHS(t, map[string]any{"sub": "ada", "n": json.Number("12345678901234567890"), "ok": true, "nil": nil, "evil": "\x1b[31mred\u202e",
		"realm_access": map[string]any{"roles": []string{"a", "b"}}, "https://x.example/roles": []any{map[string]any{"id": 7}}, "a.b": "dotted", "a": map[string]any{"b": "nested"}})
	for name, want := range map[string]string{"sub": "ada\n", "n": "12345678901234567890\n", "ok": "true\n", "nil": "null\n", "realm_access.roles": `["a","b"]` + "\n",
		"realm_access.roles.1": "b\n", "https://x.example/roles.0.id": "7\n", "a.b": "dotted\n", "evil": "\x1b[31mred\u202e\n"} {
		if status, out, errs := decode(t, token, "--claim", name); status != 0 || out != want {
			t.Errorf("--claim %s: status %d, %q, want %q %s", name, status, out, want, errs)
		}
	}
	for _, name := range []string{"nope", "sub.x", "realm_access.roles.2", "realm_access.roles.-1", "realm_access.", "."} {
		if status, out, errs := decode(t, token, "--claim", name); status != 1 || out != "" || !strings.Contains(errs, "there is no claim") {
			t.Errorf("--claim %s: status %d, %q, %s", name, status, out, errs)
		}
	}
	if status, out, errs := decode(t, token, "--claim", "sub", "--verify"); status != 1 || out != "" || !strings.Contains(errs, "not printed") {
		t.Errorf("a claim of a token that was not verified: status %d, %q, %s", status, out, errs)
	}
	twice := "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxLCJhIjoyfQ.AAAA"
	if status, out, errs := decode(t, twice, "--claim", "a"); status != 1 || out != "" || !strings.Contains(errs, "2 times") {
		t.Errorf("a claim that is there twice: status %d, %q, %s", status, out, errs)
	}
	var out bytes.Buffer
	w := cli.World{Stdin: strings.NewReader(token), Stdout: &out, Stderr: io.Discard, IsTerminal: func(s any) bool { return s == &out }}
	if cli.Main(t.Context(), []string{"decode", "--claim", "evil"}, w); out.String() != "␛[31mred\\u202e\n" {
		t.Errorf("a claim on a terminal is %q, want it made safe", &out)
	}
}

// TestDecodeDiscovery fetches keys from a server with a certificate that --ca-file makes good.
func TestDecodeDiscovery(t *testing.T) {
	var asked []string
	var server *httptest.Server
	server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer":%q,"jwks_uri":%q}`, server.URL, server.URL+"/keys")
		case "/keys":
			io.WriteString(w, jwks(t, false))
		default:
			http.NotFound(w, r)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	good := signES(t, map[string]any{"iss": server.URL, "sub": "ada", "exp": soon()})
	other := signES(t, map[string]any{"iss": "https://other.example", "sub": "ada", "exp": soon()})
	for _, c := range []struct {
		name, token string
		args        []string
		status      int
		says        string
	}{
		{"discover", good, []string{"--discover", "--ca-file", ca}, 0, `"verdict": "passed"`},
		{"discover and trust", good, []string{"--discover", "--expect-iss", server.URL, "--ca-file", ca}, 0, `"verdict": "passed"`},
		{"discover and trust another", good, []string{"--discover", "--expect-iss", "https://a.example", "--ca-file", ca}, 1, `"verdict": "failed"`},
		{"issuer", good, []string{"--issuer", server.URL, "--ca-file", ca}, 0, `"verdict": "passed"`},
		{"of another issuer", other, []string{"--issuer", server.URL, "--ca-file", ca}, 1, "They differ in the host"},
		{"no such certificate", good, []string{"--discover"}, 1, "certificate"},
	} {
		var out bytes.Buffer
		w := cli.World{Stdin: strings.NewReader(c.token), Stdout: &out, Stderr: &out}
		status := cli.Main(t.Context(), append([]string{"decode", "--json"}, c.args...), w)
		if status != c.status || !strings.Contains(out.String(), c.says) {
			t.Errorf("%s: exit status %d, want %d and %q\n%s", c.name, status, c.status, c.says, &out)
		}
	}
	asked = nil
	if status, out, errs := decode(t, good); status != 0 || asked != nil {
		t.Errorf("without a flag the network was asked for %q: %d %s %s", asked, status, out, errs)
	}
	var out bytes.Buffer
	w := cli.World{Stdin: strings.NewReader(strings.Repeat(good+"\n", 50)), Stdout: &out, Stderr: &out}
	if status := cli.Main(t.Context(), []string{"decode", "--lines", "--discover", "--ca-file", ca}, w); status != 0 || len(asked) != 2 {
		t.Errorf("50 tokens of one issuer: status %d, %d requests, want 2\n%.300s", status, len(asked), &out)
	}
}

// TestDecodeHelp holds that the help warns of arguments, fits a screen, and groups every flag.
func TestDecodeHelp(t *testing.T) {
	status, out, _ := decode(t, "", "--help")
	for _, want := range []string{"shell's history", "The input\n", "Keys\n", "Expectations\n", "Output\n", "--max-size", "--discover", "Exit status"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("the help (status %d) does not say %q:\n%s", status, want, out)
		}
	}
	for line := range strings.Lines(out) {
		if len(line) > 125 {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
	if _, other, found := strings.Cut(out, "Other flags"); !found || strings.Count(other, "--") != 1 {
		t.Errorf("a flag stands under no heading:\n%s", out)
	}
}
