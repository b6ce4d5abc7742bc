package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authscope/ui/cli"
)

// TestDecodeArgument tells files from tokens among arguments.
func TestDecodeArgument(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, content := range map[string]string{"eyJhbGciOiJub25lIn0.e30.": "Zk3v9QpLr8sTq2wXyBn5mCd7fGh1jKa4", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		arg    string
		status int
		says   string
	}{
		{"eyJhbGciOiJub25lIn0.e30.", 0, "opaque token"}, // a file of that name wins
		{"no token, but words", 2, "cannot be read"},
		{"empty", 2, "nothing but white space"},
		{"tokn.txt", 2, "there is no file tokn.txt"},
		{"tokens/a", 0, "no file of this name"},
		{"../tokn", 2, "there is no file"},
		{"/tmp/there/is/none", 2, "there is no file"},
		{"ya29.a0AfB_byExampleExampleExampleExample", 0, "Google"},
		{"abc/def+ghi==", 0, "opaque token"},
		{"opaque.txt" + strings.Repeat("x", 300), 0, "opaque token"},
		{`{"access_token":"Zk3v9QpLr8sTq2wXyBn5mCd7fGh1jKa4"}`, 0, "access token"},
	} {
		status, out, errs := decode(t, "", c.arg)
		if status != c.status || !strings.Contains(out+errs, c.says) {
			t.Errorf("decode %.60s: status %d, want %d and %q\n%s\n%s", c.arg, status, c.status, c.says, out, errs)
		}
	}
}

// TestDecodeSize reads the ways to write --max-size.
func TestDecodeSize(t *testing.T) {
	token := signHS(t, map[string]any{"pad": strings.Repeat("x", 1500)})
	for size, status := range map[string]int{"100": 2, "1KiB": 2, "4K": 0, "1 MiB": 0, "1M": 0, "1024MiB": 0, "1025MiB": 2, "0": 2, "-1": 2, "1.5MiB": 2, "99999999999999999999": 2, "": 2, "MiB": 2} {
		if got, _, errs := decode(t, token, "--max-size", size); got != status {
			t.Errorf("--max-size %q: status %d, want %d: %s", size, got, status, errs)
		}
	}
}

// issuers answers for any issuer, and counts them.
type issuers map[string]bool

func (i issuers) RoundTrip(r *http.Request) (*http.Response, error) {
	i[r.URL.Host] = true
	return &http.Response{StatusCode: 404, Proto: "HTTP/1.1", Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

// TestDecodeManyIssuers bounds how many hosts a file of tokens can make the program ask.
func TestDecodeManyIssuers(t *testing.T) {
	var input strings.Builder
	for i := range 40 {
		fmt.Fprintln(&input, signHS(t, map[string]any{"iss": fmt.Sprintf("https://issuer%d.example", i%20)}))
	}
	asked := issuers{}
	var out bytes.Buffer
	w := cli.World{Stdin: strings.NewReader(input.String()), Stdout: &out, Stderr: &out, Transport: asked}
	if status := cli.Main(t.Context(), []string{"decode", "--lines", "--discover"}, w); status != 1 || len(asked) != 8 || strings.Count(out.String(), "\n") != 40 {
		t.Errorf("40 tokens of 20 issuers: status %d, %d issuers were asked, want 8\n%.500s", status, len(asked), &out)
	}
}

// TestDecodeSecretIsOpenToOthers warns, and tells nothing of the secret.
func TestDecodeSecretIsOpenToOthers(t *testing.T) {
	status, out, errs := decode(t, signHS(t, map[string]any{"exp": soon()}), "--secret-file", file(t, "secret", hush, 0o644))
	if status != 0 || !strings.Contains(errs, "can be read by others") || strings.Contains(out+errs, hush) {
		t.Errorf("status %d\n%s\n%s", status, out, errs)
	}
}

// TestDecodeColour colours a terminal, and nothing else.
func TestDecodeColour(t *testing.T) {
	token := signHS(t, map[string]any{"sub": "ada"})
	for _, c := range []struct {
		terminal bool
		env      map[string]string
		coloured bool
	}{{false, nil, false}, {true, nil, true}, {true, map[string]string{"NO_COLOR": "1"}, false}, {true, map[string]string{"TERM": "dumb"}, false}} {
		var out bytes.Buffer
		w := cli.World{Stdin: strings.NewReader(token), Stdout: &out, Stderr: io.Discard, IsTerminal: func(s any) bool { return c.terminal && s == &out },
			LookupEnv: func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }}
		if cli.Main(t.Context(), []string{"decode"}, w); strings.Contains(out.String(), "\x1b[") != c.coloured {
			t.Errorf("terminal %v, %v: coloured %v, want %v", c.terminal, c.env, !c.coloured, c.coloured)
		}
	}
}
