package cli_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// differs lists what a comparison says, as "where/name".
func (r result) differs() (out []string) {
	for _, d := range r.Differences {
		out = append(out, d.Where+"/"+d.Name)
	}
	return out
}

// TestCompareFlags walks a second run with flags changed, and holds that they are what was changed.
func TestCompareFlags(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		want   string // a difference
		said   string
	}{
		{"--compare scope=openid", 0, "token response/refresh_token", `once more, with scope "openid"`},
		{"--compare --scope=openid", 0, "token response/refresh_token", `once more, with scope "openid"`},
		{"--compare-scope openid", 0, "token response/refresh_token", `once more, with scope "openid"`},
		{"--compare param=prompt=login", 0, "authorization request/prompt", `param "prompt=login"`},
		{"--param prompt=consent --compare param=prompt=login", 0, "authorization request/prompt", `param "prompt=login"`},
		{"--compare demo-client=workshop-web", 0, "token request/client authentication", `demo-client "workshop-web"`},
		{"--compare lifetime=access=20s", 0, "access token/lives", "access=20s"},
		{"--lifetime access=30s --compare lifetime=access=20s", 0, "access token/lives", "access=20s"},
		{"--compare response-mode=form_post", 0, "authorization request/response_mode", "form_post"},
		{"--compare grant=device", 0, "token request/grant_type", "device"},
		{"--compare grant=client-credentials", 0, "token request/grant_type", "client-credentials"},
		{"--compare refresh=2", 0, "session/refreshes", `refresh "2"`},
		{"--refresh 2 --compare refresh=0", 0, "session/refreshes", `refresh "0"`},
		{"--compare revoke", 0, "revocation request/token", `revoke "true"`},
		{"--compare no-preflight", 0, "stages/preflight", `no-preflight "true"`},
		{"--compare scope=openid --compare param=prompt=login", 0, "authorization request/prompt", `scope "openid", param "prompt=login"`},
		{"--compare fault=pkce-mismatch", 1, "token response/error", "pkce-mismatch"},
	} {
		t.Run(c.args, func(t *testing.T) {
			inBench(t, func(b *bench) {
				b.want(c.status, append([]string{"run", "--json"}, strings.Fields(c.args)...)...)
				r := b.result()
				if len(r.Runs) != 2 || !slices.Contains(r.differs(), c.want) {
					t.Errorf("%d runs differ in %q, want %s among that", len(r.Runs), r.differs(), c.want)
				}
				for _, d := range r.Differences {
					never := []string{"ID token/kid", "keys/key", "metadata/issuer", "authorization request/redirect_uri", "authorization request/state"}
					if d.Class == "different" && slices.Contains(never, d.Where+"/"+d.Name) {
						t.Errorf("%s/%s differs, which was not changed", d.Where, d.Name)
					}
				}
				b.says(c.said)
			})
		})
	}
}

// TestCompareNothing: a run and the same once more differ in nothing but what is new in every run.
func TestCompareNothing(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "run", "--json", "--demo-client", "workshop-web", "--refresh", "1", "--compare", "demo-client=workshop-web")
		if r := b.result(); len(r.Differences) > 0 {
			t.Errorf("%q differ", r.differs())
		}
		b.want(0, "run", "--compare", "refresh=0")
		for _, want := range []string{"Nothing was changed", "No difference", "New in every run", "The same in both"} {
			if !strings.Contains(b.out.String(), want) {
				t.Errorf("the text does not say %q:\n%s", want, b.out)
			}
		}
	})
}

func TestCompareUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--compare=", "--compare is empty"},
		{"--compare nosuch=1", "run has no flag --nosuch"},
		{"--compare scop=openid", "there are: scope"},
		{"--compare scope", "wants a value, such as scope=VALUE"},
		{"--compare refresh=x", "--compare refresh=x"},
		{"--compare refresh=-1", "the second run: --refresh -1"},
		{"--compare demo-client=nobody", "the second run: --demo-client"},
		{"--compare param=prompt", "is not of the form k=v"},
		{"--compare param=state=x", "the second run: --param state=…"},
		{"--compare response-mode=pigeon", "the second run: --response-mode"},
		{"--compare issuer=https://op.example --demo-client workshop-web", "exclude each other"},
		{"--compare json=true", "--json cannot differ"},
		{"--compare save=x", "a file holds one session"},
		{"--compare compare=x=y", "cannot differ"},
		{"--compare timeout=1s", "it is for both runs together"},
		{"--compare scope=openid --save x", "exclude each other"},
		{"--compare scope=openid --diagram text", "exclude each other"},
		{"--compare scope=openid --keep-alive 1m", "exclude each other"},
		{"--compare scope=openid --compare-scope=", "--compare-scope is empty"},
		{"--compare scope=openid --resume", "exclude each other"},
	} {
		inBench(t, func(b *bench) {
			b.want(2, append([]string{"run"}, strings.Fields(c.args)...)...)
			b.says(c.want)
			if b.out.String() != "" {
				t.Errorf("%s: something was printed, so something was run:\n%s", c.args, b.out)
			}
		})
	}
}

// TestOpenCompare lays saved sessions beside each other, redacted as they are.
func TestOpenCompare(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	inBench(t, func(b *bench) {
		for name, args := range map[string]string{"a": "", "same": "", "without": "--scope openid"} {
			b.want(0, append([]string{"run", "--demo-client", "workshop-web", "--save", at(name)}, strings.Fields(args)...)...)
		}
		b.want(0, "open", at("a"), "--compare", at("same"), "--json")
		for _, d := range b.result().differs() {
			if d != "keys/key" && d != "ID token/kid" { // another tenant was started each time
				t.Errorf("two saved runs of the same differ in %s", d)
			}
		}
		b.want(0, "open", at("a"), "--compare", at("without"), "--json")
		if got := b.result().differs(); !slices.Contains(got, "token response/refresh_token") || !slices.Contains(got, "findings/no-refresh-token") {
			t.Errorf("a session with offline_access and one without differ in %q", got)
		}
		b.want(0, "open", at("a"), "--compare", at("without"), "--text")
		for _, want := range []string{"run A         a, authorization code", "run B         without, ", "grant.secret, 69 characters", "Not known, so no difference"} {
			if !strings.Contains(b.out.String(), want) {
				t.Errorf("the text does not say %q:\n%s", want, b.out)
			}
		}
		for _, c := range []struct{ args, want string }{
			{"--compare=", "--compare is empty"},
			{"--compare " + at("nothing"), "there is no file"},
			{"--compare " + at("same") + " --diagram text", "exclude each other"},
			{"--compare " + at("same"), "the screen needs a terminal"},
			{"--compare-session 2", "--compare is empty"},
		} {
			b.want(2, append([]string{"open", at("a")}, strings.Fields(c.args)...)...)
			b.says(c.want)
		}
	})
}

// TestOpenCompareRecording lays a saved session beside a browser's recording: what that lacks is no difference.
func TestOpenCompareRecording(t *testing.T) {
	inBench(t, func(b *bench) {
		saved := filepath.Join(t.TempDir(), "a.trace")
		b.want(0, "run", "--save", saved)
		har := filepath.Join("..", "..", "flow", "recording", "testdata", "chrome.har")
		if _, err := os.Stat(har); err != nil {
			t.Fatal(err)
		}
		b.want(0, "open", saved, "--compare", har, "--json")
		for _, d := range b.result().Differences {
			if d.Where == "metadata" || d.Where == "look ahead" || d.Name == "User-Agent" || strings.HasPrefix(d.Name, "Sec-") {
				t.Errorf("%s/%s differs, which a browser's recording does not have or has of the browser", d.Where, d.Name)
			}
		}
	})
}
