package cli_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/trace"
	"authscope/ui/cli"
)

// onScreen runs f with what the screen is given.
func onScreen(b *bench, f func(ctx context.Context, o cli.ScreenOptions), args ...string) {
	b.t.Helper()
	b.terminal = true
	b.world.Screen = func(ctx context.Context, o cli.ScreenOptions) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		f(ctx, o)
		return nil
	}
	b.want(0, args...)
	if b.err.String() != "" {
		b.t.Errorf("something was written over the screen: %s", b.err)
	}
}

// TestScreenSaves saves a profile as the form does, lists it and starts it.
func TestScreenSaves(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		onScreen(b, func(ctx context.Context, o cli.ScreenOptions) {
			secret := client("workshop-web").Secret
			p := profile.Profile{Issuer: realIssuer, ClientID: "workshop-web", Secret: "keyring", RedirectURI: flow.DefaultRedirectURI,
				Scope: []string{"openid"}, Params: []trace.Param{{Name: "ui_locales", Value: "de"}}}
			saved, err := o.SaveProfile(ctx, "web", p, trace.NewSecret(secret))
			if err != nil {
				t.Fatal(err)
			}
			if raw, err := os.ReadFile(filepath.Join(dir, "web.toml")); err != nil || strings.Contains(string(raw), secret) {
				t.Errorf("the profile is not saved without its secret: %v", err)
			}
			list, err := o.Profiles()
			if err != nil || len(list) != 1 || list[0].Name != "web" || list[0].Profile.Secret != "keyring" {
				t.Errorf("listed is %+v, and %v", list, err)
			}
			target, err := o.StartProfile(ctx, "web", saved, trace.Secret{})
			if err != nil {
				t.Fatal(err)
			}
			if c := target.Config; c.Profile != "web" || c.ClientSecret.Reveal() != secret || len(target.Notes) != 0 {
				t.Errorf("the target is of profile %q, with a secret of %d characters and the notes %q", c.Profile, len(c.ClientSecret.Reveal()), target.Notes)
			}
			// What the form says wins over what is saved under the name.
			saved.Scope, saved.Params = []string{"openid", "email"}, nil
			target, err = o.StartProfile(ctx, "web", saved, trace.NewSecret("typed"))
			if err != nil || target.Config.Scope != "openid email" || len(target.Config.Params) != 0 || target.Config.ClientSecret.Reveal() != "typed" {
				t.Errorf("the changed profile starts with %+v, and %v", target.Config.Settings, err)
			}
		})
	})
}

// TestScreenSavesNot leaves neither a file nor a secret behind where it cannot save.
func TestScreenSavesNot(t *testing.T) {
	inTenant(t, func(b *bench, dir string) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "bad.toml"), []byte("issuer = \n"), 0o600); err != nil {
			t.Fatal(err)
		}
		onScreen(b, func(ctx context.Context, o cli.ScreenOptions) {
			p := profile.Profile{Issuer: realIssuer, ClientID: "c", Secret: "keyring"}
			secret := trace.NewSecret("hunter2")
			for name, want := range map[string]string{"../x": "not a path", "bad": "bad.toml"} {
				_, err := o.SaveProfile(ctx, name, p, secret)
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("saving as %s: said %v, want %q in it", name, err, want)
				}
			}
			b.ring.fail = errors.New("no bus")
			_, err := o.SaveProfile(ctx, "good", p, secret)
			if !errors.Is(err, profile.ErrNoKeyring) || !strings.Contains(err.Error(), "environment variable or a file") {
				t.Errorf("without a keyring said %v", err)
			}
			if err := o.CheckKeyring(ctx); !errors.Is(err, profile.ErrNoKeyring) {
				t.Errorf("the keyring that is not there: said %v", err)
			}
			b.ring.fail = nil
			if err := o.CheckKeyring(ctx); err != nil {
				t.Errorf("the keyring that is there: said %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "good.toml")); err == nil {
				t.Error("a profile was saved whose secret is nowhere")
			}
			if list, _ := o.Profiles(); len(list) != 1 || list[0].Err == nil {
				t.Errorf("listed is %+v, want the broken profile with its error", list)
			}
		})
	})
}

// TestScreenFiles names files as the person does who typed them.
func TestScreenFiles(t *testing.T) {
	inTenant(t, func(b *bench, _ string) {
		b.env["HOME"] = "/home/ada"
		onScreen(b, func(ctx context.Context, o cli.ScreenOptions) {
			cwd, err := os.Getwd()
			if err != nil {
				t.Fatal(err)
			}
			for typed, want := range map[string]string{"secret": filepath.Join(cwd, "secret"), "~/secret": "/home/ada/secret", "/run/secret": "/run/secret"} {
				p, err := o.SaveProfile(ctx, "files", profile.Profile{Issuer: realIssuer, ClientID: "c", Secret: "file:" + typed, CAFile: typed}, trace.Secret{})
				if err != nil || p.Secret != "file:"+want || p.CAFile != want {
					t.Errorf("%s was saved as %s and %s (%v), want %s", typed, p.Secret, p.CAFile, err, want)
				}
			}
		})
	})
}

// TestScreenProbes asks candidates for an issuer, and starts the embedded tenant from a screen that began elsewhere.
func TestScreenProbes(t *testing.T) {
	inTenant(t, func(b *bench, _ string) {
		onScreen(b, func(ctx context.Context, o cli.ScreenOptions) {
			got := o.Probe(ctx, "", []string{realIssuer + "/oauth2", realIssuer})
			if got.Issuer != realIssuer || got.Err != nil {
				t.Errorf("the issuer is %q, and %v", got.Issuer, got.Err)
			}
			if got := o.Probe(ctx, "", []string{"http://localhost:1"}); got.Err == nil || got.Issuer != "" {
				t.Errorf("nobody answered as %q", got.Issuer)
			}
			target, err := o.StartEmbedded(ctx)
			if err != nil || target.Config.Embedded == nil || target.Agent == nil {
				t.Errorf("the embedded tenant is %+v, and %v", target, err)
			}
		}, "--issuer", realIssuer, "--client-id", "workshop-spa")
	})
}
