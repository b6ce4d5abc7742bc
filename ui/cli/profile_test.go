package cli_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/profile"
	"authscope/flow/trace"
	"authscope/ui/cli"
)

// ring is a keyring in memory; with fail it has none.
type ring struct {
	mu   sync.Mutex
	keys map[string]string
	fail error
}

func (r *ring) vault() profile.Vault {
	r.keys = map[string]string{}
	do := func(f func()) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.fail == nil {
			f()
		}
		return r.fail
	}
	return profile.Vault{
		GetKey: func(_, user string) (s string, err error) {
			ok := false
			if err = do(func() { s, ok = r.keys[user] }); err == nil && !ok {
				err = keyring.ErrNotFound
			}
			return s, err
		},
		SetKey:    func(_, user, secret string) error { return do(func() { r.keys[user] = secret }) },
		DeleteKey: func(_, user string) error { return do(func() { delete(r.keys, user) }) },
	}
}

const realIssuer = "http://localhost:9000"

// inTenant is inBench with a tenant that the program takes for a real one, a browser that signs in there, and a folder
// for profiles, which is returned.
func inTenant(t *testing.T, f func(b *bench, profiles string)) {
	t.Helper()
	dir := t.TempDir()
	inBench(t, func(b *bench) {
		stop, err := b.net.Serve("127.0.0.1:9000", demo.New(demo.Options{Issuer: realIssuer, Key: tenantKey()}))
		if err != nil {
			t.Fatal(err)
		}
		b.env["AUTHSCOPE_CONFIG_DIR"] = dir
		b.world.OpenURL = func(ctx context.Context, _, url string) error {
			go demo.SignIn(ctx, b.net.Transport(), url, demo.DemoUser())
			return nil
		}
		f(b, filepath.Join(dir, "profiles"))
		stop()
	})
}

func client(id string) demo.Client {
	for _, c := range demo.Clients() {
		if c.ID == id {
			return c
		}
	}
	return demo.Client{}
}

// holdNoSecret holds that a secret stands in no profile and in nothing that was printed.
func (b *bench) holdNoSecret(dir, secret string) {
	b.t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		b.t.Error(err)
	}
	for _, f := range files {
		if text, _ := os.ReadFile(filepath.Join(dir, f.Name())); strings.Contains(string(text), secret) {
			b.t.Errorf("a secret stands in the profile %s", f.Name())
		}
	}
	if strings.Contains(b.out.String()+b.err.String(), secret) {
		b.t.Error("a secret was printed")
	}
}

func TestProfileOfTheRun(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		b.want(0, "run", "--json", "--issuer", realIssuer, "--client-id", "workshop-spa", "--scope", "openid", "--param", "ui_locales=de", "--param", "response_mode=form_post", "--save-profile", "staging")
		b.says("saved as profile staging")
		b.want(0, "run", "--json", "--profile", "staging")
		r := b.result()
		if r.stages() != loggedIn || r.Settings.ClientID != "workshop-spa" || r.Settings.Scope != "openid" || !strings.Contains(b.out.String(), "ui_locales=de") {
			t.Errorf("with the profile: %s %+v", r.stages(), r.Settings)
		}
		b.want(0, "run", "--json", "--profile", "STAGING", "--scope", "openid offline_access", "--param", "ui_locales=fr")
		b.says("but --scope, --param ui_locales as given here")
		if got := b.out.String(); b.result().Settings.Scope != "openid offline_access" || strings.Contains(got, "ui_locales=de") || !strings.Contains(got, "ui_locales=fr") {
			t.Error("what was given on the command line does not win over the profile")
		}
		text, err := os.ReadFile(filepath.Join(dir, "staging.toml"))
		if err != nil || !strings.Contains(string(text), `response_mode = "form_post"`) || strings.Contains(string(text), "leeway") {
			t.Errorf("the profile does not say what was given, or more: %v\n%s", err, text)
		}
	})
}

// A profile that is saved again keeps what the person wrote, and what no flag says.
func TestSaveProfileAgain(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		os.MkdirAll(dir, 0o700)
		path := filepath.Join(dir, "mine.toml")
		os.WriteFile(path, []byte("# mine\ntitle = \"My shop\"\nissuer = \""+realIssuer+"\" # local\nclient_id = \"workshop-spa\"\ncolour = 1\n"), 0o600)
		b.want(0, "run", "--profile", "mine", "--scope", "openid", "--save-profile", "mine")
		b.says("line 5: colour is not a key of a profile")
		text, _ := os.ReadFile(path)
		for _, want := range []string{"# mine\n", "My shop", "# local\n", "colour = 1\n", `scope = ["openid"]`} {
			if !strings.Contains(string(text), want) {
				t.Errorf("after it was saved again, %q is not in\n%s", want, text)
			}
		}
	})
}

func TestProfileSecrets(t *testing.T) {
	secret := client("workshop-web").Secret
	base := []string{"run", "--json", "--issuer", realIssuer, "--client-id", "workshop-web"}
	hushed := file(t, "secret", secret+"\n", 0o600)
	for name, c := range map[string]struct{ args, says string }{
		"file":    {"--client-secret-file " + hushed, "line break at the end"},
		"keyring": {"--client-secret-from keyring --client-secret-file " + hushed, ""},
		"env":     {"--client-secret-from env:APP_SECRET", ""},
	} {
		inTenant(t, func(b *bench, dir string) {
			b.env["APP_SECRET"] = secret
			b.want(0, append(append(base, strings.Fields(c.args)...), "--save-profile", name)...)
			b.holdNoSecret(dir, secret)
			b.want(0, "run", "--json", "--profile", name)
			if r := b.result(); r.stages() != loggedIn || r.Settings.ClientAuth != "client_secret_basic" {
				t.Errorf("%s: with the profile: %s, %s", name, r.stages(), r.Settings.ClientAuth)
			}
			b.says(c.says)
			b.holdNoSecret(dir, secret)
			b.want(0, "profiles", "remove", name)
			if len(b.ring.keys) != 0 {
				t.Errorf("%s: after the profile was removed the keyring still has %d secrets of it", name, len(b.ring.keys))
			}
		})
	}
}

func TestProfileWithoutKeyring(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		b.ring.fail = errors.New("exec: \"dbus-launch\": not found")
		b.want(1, "run", "--issuer", realIssuer, "--client-id", "workshop-web", "--client-secret-from", "keyring", "--client-secret-file", file(t, "s", client("workshop-web").Secret, 0o600), "--save-profile", "p")
		b.says("keyring cannot be used", "env:NAME", "file:PATH")
		if _, err := os.Stat(filepath.Join(dir, "p.toml")); err == nil {
			t.Error("the profile was saved though its secret is nowhere")
		}
	})
}

// A name that cannot be one is refused before anything is sent, or put into the keyring under it.
func TestSaveProfileName(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		secret := file(t, "s", client("workshop-web").Secret, 0o600)
		for name, says := range map[string]string{"../x": "not a path", "": "has no name", strings.Repeat("x", 65): "65 characters"} {
			b.want(2, "run", "--issuer", realIssuer, "--client-id", "workshop-web", "--client-secret-from", "keyring", "--client-secret-file", secret, "--save-profile", name)
			b.says("--save-profile", says)
			if len(b.ring.keys) != 0 {
				t.Errorf("%q: the secret is in the keyring under a name that no profile can have", name)
			}
		}
		if list, err := os.ReadDir(dir); err == nil && len(list) != 0 {
			t.Errorf("%d files were written", len(list))
		}
	})
}

func TestResumeRun(t *testing.T) {
	for _, id := range []string{"workshop-spa", "workshop-rotating"} {
		inTenant(t, func(b *bench, dir string) {
			b.want(0, "run", "--json", "--issuer", realIssuer, "--client-id", id, "--save-profile", "p")
			if len(b.ring.keys) != 0 {
				t.Error("a refresh token was kept though nobody asked for it")
			}
			b.want(1, "run", "--profile", "p", "--resume")
			b.says("no refresh token is kept", "--keep-refresh-token")
			b.want(0, "run", "--json", "--profile", "p", "--keep-refresh-token", "--save-profile", "p")
			b.says("is kept in the keyring")
			for range 2 { // the second has the rotated token
				b.want(0, "run", "--json", "--profile", "p", "--resume", "--refresh", "1")
				r := b.result()
				if got := r.stages(); got != "discover passed, refresh passed, verify passed, userinfo passed, refresh passed" {
					t.Errorf("%s: resumed stages: %s\n%s", id, got, b.err)
				}
				for _, f := range r.Findings {
					if f.ID == "no-refresh-token" || strings.HasPrefix(f.ID, "no-id-token") {
						t.Errorf("%s: a resumed session is told %s", id, f.ID)
					}
				}
			}
			for _, token := range b.ring.keys {
				b.holdNoSecret(dir, token)
			}
			b.want(0, "run", "--json", "--profile", "p", "--resume", "--revoke")
			b.says("the kept refresh token was removed")
			if len(b.ring.keys) != 0 {
				t.Errorf("%s: a revoked token is still kept", id)
			}
		})
	}
}

func TestResumeRefused(t *testing.T) {
	inTenant(t, func(b *bench, _ string) {
		b.want(0, "run", "--issuer", realIssuer, "--client-id", "workshop-spa", "--save-profile", "p", "--keep-refresh-token")
		for user := range b.ring.keys {
			b.ring.keys[user] = "b7d1abb8-a878-4c6d-953f-0c451c6fc30e.VxlG5qaoNzRAB2xybCoJ0vY9tKPQFFYG"
		}
		b.want(1, "run", "--profile", "p", "--resume")
		b.says("invalid_grant", "the kept refresh token was removed")
		b.want(1, "run", "--profile", "p", "--resume")
		b.says("no refresh token is kept")
	})
}

func TestEndpointFlags(t *testing.T) {
	inTenant(t, func(b *bench, _ string) {
		b.want(0, "run", "--json", "--client-id", "workshop-spa", "--authorization-endpoint", realIssuer+"/oauth2/authorize", "--token-endpoint", realIssuer+"/oauth2/token", "--save-profile", "bare")
		b.want(0, "run", "--json", "--profile", "bare")
		r := b.result()
		if got := r.stages(); got != "discover skipped, preflight passed, authorize passed, callback passed, exchange passed, verify passed, userinfo skipped" {
			t.Errorf("stages by hand: %s", got)
		}
		if _, reason := r.stage("discover"); !strings.Contains(reason, "given by hand") {
			t.Errorf("discover is skipped because %q", reason)
		}
	})
}

func TestProfilesCommand(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		b.want(0, "profiles")
		b.says("there are no profiles in " + dir)
		for _, name := range []string{"one", "two"} {
			b.want(0, "run", "--issuer", realIssuer, "--client-id", "workshop-spa", "--save-profile", name)
		}
		os.WriteFile(filepath.Join(dir, "bad.toml"), []byte("issuer = \x1b[31m\n"), 0o600)
		b.want(1, "profiles", "list")
		if got := b.out.String(); !strings.Contains(got, "one ") || !strings.Contains(got, "two ") || !strings.Contains(got, "bad ") {
			t.Errorf("the list is\n%s", got)
		}
		b.says("bad.toml:1:10:")
		b.want(2, "run", "--profile", "bad")
		b.says("bad.toml:1:10:")
		b.want(0, "profiles", "show", "one")
		if got := b.out.String(); !strings.Contains(got, "client_id = \"workshop-spa\"\n") || !strings.Contains(got, "# ") {
			t.Errorf("show prints\n%s", got)
		}
		b.want(0, "profiles", "path", "one")
		if got := strings.TrimSpace(b.out.String()); got != filepath.Join(dir, "one.toml") {
			t.Errorf("path prints %s", got)
		}
		b.want(0, "__complete", "run", "--profile", "")
		if got := b.out.String(); !strings.Contains(got, "one\t") || strings.Contains(got, "bad") {
			t.Errorf("--profile is completed with\n%s", got)
		}
		b.want(0, "__complete", "profiles", "remove", "")
		if !strings.Contains(b.out.String(), "two\t") {
			t.Errorf("profiles remove is completed with\n%s", b.out)
		}
		b.want(0, "profiles", "remove", "bad")
		b.want(1, "profiles", "remove", "bad")
		b.says(`no profile "bad"`, "there are one, two")
		b.want(2, "profiles", "path", "../x")
	})
}

// The screen starts a profile that need not be saved.
func TestStartProfile(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		b.terminal = true
		var options cli.ScreenOptions
		b.world.Screen = func(ctx context.Context, o cli.ScreenOptions) error {
			options = o
			p := profile.Profile{Issuer: realIssuer, ClientID: "workshop-web", Secret: "file:" + file(t, "s", client("workshop-web").Secret+"\n", 0o644),
				Scope: []string{"openid"}, Params: []trace.Param{{Name: "ui_locales", Value: "de"}}, Leeway: new(time.Second)}
			target, err := o.StartProfile(ctx, "", p, trace.Secret{})
			if err != nil {
				return err
			}
			if notes := strings.Join(target.Notes, "\n"); !strings.Contains(notes, "line break") || !strings.Contains(notes, "chmod 600") {
				t.Errorf("the notes are %q", notes)
			}
			if target.Kept != nil || target.Config.Leeway != time.Second || target.Config.Scope != "openid" {
				t.Errorf("the target is %+v", target.Config.Settings)
			}
			s := flow.NewSession(target.Config, target.Env)
			defer s.Close()
			err = flow.Run(ctx, s, flow.Login, flow.Hooks{Open: func(ctx context.Context, url string) (string, error) { return "browser", target.Browser(ctx, url) }})
			if _, bad := o.StartProfile(ctx, "", profile.Profile{}, trace.Secret{}); bad == nil {
				t.Error("an empty profile was started")
			}
			return err
		}
		b.want(0)
		if list, err := options.Profiles(); err != nil || len(list) != 0 {
			t.Errorf("the screen is told of the profiles %v %v, and there are none", list, err)
		}
		if b.err.String() != "" {
			t.Errorf("something was written over the screen: %s", b.err)
		}
	})
}

// A profile says by which grant tokens are got, whether the request is tried out, and where a logout comes back to.
func TestProfileOfTheGrant(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		given := []string{"run", "--json", "--issuer", realIssuer, "--client-id", "workshop-spa", "--no-preflight", "--post-logout-uri", "http://127.0.0.1:8976/callback"}
		b.want(0, append(given, "--save-profile", "quick")...)
		b.want(0, "run", "--json", "--profile", "quick")
		if got := b.result().stages(); strings.Contains(got, "preflight") {
			t.Errorf("the profile says no_preflight, and walked was %s", got)
		}
		b.want(0, "run", "--json", "--profile", "quick", "--no-preflight=false")
		if got := b.result().stages(); !strings.Contains(got, "preflight passed") {
			t.Errorf("--no-preflight=false does not win over the profile: %s", got)
		}
		b.want(1, "run", "--json", "--issuer", realIssuer, "--client-id", "workshop-spa", "--grant", "device", "--save-profile", "tv")
		for name, want := range map[string]string{"quick": "no_preflight = true\n\n# Where a logout comes back to, as it is registered.\npost_logout_uri = \"http://127.0.0.1:8976/callback\"", "tv": "grant = \"device\""} {
			text, err := os.ReadFile(filepath.Join(dir, name+".toml"))
			if err != nil || !strings.Contains(string(text), want) {
				t.Errorf("profile %s does not say %s: %v\n%s", name, want, err, text)
			}
		}
		b.want(1, "run", "--json", "--profile", "tv")
		if got := b.result().stages(); !strings.Contains(got, "device failed") {
			t.Errorf("the profile says device, and walked was %s", got)
		}
		b.want(2, "run", "--profile", "tv", "--sign-in", "paste")
		b.says("--sign-in paste is for --grant code")
	})
}
