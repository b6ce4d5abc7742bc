package profile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"

	"authscope/flow/trace"
)

const hush = "hush-hush-hush-hush-hush"

func TestSecretFromEnvironment(t *testing.T) {
	v := Vault{LookupEnv: func(n string) (string, bool) { return hush, n == "APP" }}
	if got, _, err := v.Secret(t.Context(), "p", EnvSource("APP")); err != nil || got.Reveal() != hush {
		t.Errorf("env:APP gives %q, %v", got.Reveal(), err)
	}
	if _, _, err := v.Secret(t.Context(), "p", EnvSource("OTHER")); !errors.Is(err, ErrNoSecret) || !strings.Contains(err.Error(), "OTHER") {
		t.Errorf("a variable that is not set: %v", err)
	}
	if got, said, err := v.Secret(t.Context(), "p", ""); !got.IsZero() || said != "" || err != nil {
		t.Errorf("a profile without a secret: %v %q %v", got, said, err)
	}
	for _, s := range []Source{Source(hush), "env:", "file:", "env:a b", "keyring:x", "KEYRING"} {
		if _, _, err := v.Secret(t.Context(), "p", s); err == nil || strings.Contains(err.Error(), hush) {
			t.Errorf("source %q: %v, want an error that does not quote it", s, err)
		}
	}
}

func TestSecretFromFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		os.WriteFile(path, []byte(content), 0o600)
		os.Chmod(path, mode)
		return path
	}
	for _, c := range []struct {
		path, want, said, says string
	}{
		{write("plain", hush, 0o600), hush, "", ""},
		{write("line", hush+"\n", 0o600), hush, "line break", ""},
		{write("windows", hush+"\r\n", 0o600), hush, "line break", ""},
		{write("two", hush+"\n\n", 0o600), hush + "\n", "line break", ""},
		{write("spaces", " "+hush+" ", 0o600), " " + hush + " ", "", ""},
		{write("open", hush, 0o644), hush, "chmod 600", ""},
		{write("empty", "\n", 0o600), "", "", "empty"},
		{write("huge", strings.Repeat("x", 70000), 0o600), "", "", "more than a secret"},
		{filepath.Join(dir, "nothing"), "", "", "no such file"},
		{dir, "", "", "not a plain file"},
	} {
		got, said, err := Vault{}.Secret(t.Context(), "p", FileSource(c.path))
		if got.Reveal() != c.want || !strings.Contains(said, c.said) || c.said == "" && said != "" || (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q said %q error %v, want %q said %q error %q", filepath.Base(c.path), got.Reveal(), said, err, c.want, c.said, c.says)
		}
	}
}

// The library's own stand-in: what authscope calls is what the library has.
func TestSecretFromKeyring(t *testing.T) {
	keyring.MockInit()
	defer keyring.MockInitWithError(keyring.ErrUnsupportedPlatform)
	var v Vault
	if _, _, err := v.Secret(t.Context(), "p", Keyring); !errors.Is(err, ErrNoSecret) {
		t.Errorf("an empty keyring: %v", err)
	}
	if err := v.KeepSecret(t.Context(), "P", trace.NewSecret(hush)); err != nil {
		t.Fatal(err)
	}
	if got, _, err := v.Secret(t.Context(), "p", Keyring); err != nil || got.Reveal() != hush {
		t.Errorf("what was kept comes back as %q, %v", got.Reveal(), err)
	}
	if err := v.ForgetSecret(t.Context(), "p"); err != nil {
		t.Error(err)
	}
	if err := v.ForgetSecret(t.Context(), "p"); err != nil {
		t.Errorf("forgetting what is not there: %v", err)
	}
	if err := v.KeepSecret(t.Context(), "p", trace.Secret{}); err == nil {
		t.Error("nothing was kept, and no error says so")
	}
}

func TestNoKeyring(t *testing.T) {
	for _, fails := range []error{errors.New("exec: dbus-launch: not found"), keyring.ErrUnsupportedPlatform, fmt.Errorf("cannot take %s", hush), keyring.ErrSetDataTooBig} {
		v := Vault{GetKey: func(_, _ string) (string, error) { return "", fails }, SetKey: func(_, _, _ string) error { return fails }, DeleteKey: func(_, _ string) error { return fails }}
		err := v.KeepSecret(t.Context(), "p", trace.NewSecret(hush))
		if !errors.Is(err, ErrNoKeyring) || strings.Contains(err.Error(), hush) {
			t.Errorf("%v: %v, want ErrNoKeyring without the secret", fails, err)
		}
		if _, _, err := v.Secret(t.Context(), "p", Keyring); !errors.Is(err, ErrNoKeyring) || fails != keyring.ErrSetDataTooBig && !strings.Contains(err.Error(), "env:NAME") {
			t.Errorf("%v: reading says %v, want the other two ways", fails, err)
		}
	}
}

// A keyring that waits for a password in a window that nobody sees, and one that breaks.
func TestKeyringHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		v := Vault{Wait: 5 * time.Second, GetKey: func(_, _ string) (string, error) { <-free; return hush, nil }}
		began := time.Now()
		_, _, err := v.Secret(t.Context(), "p", Keyring)
		if !errors.Is(err, ErrNoKeyring) || !strings.Contains(err.Error(), "within 5s") || time.Since(began) != 5*time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, _, err := v.Secret(ctx, "p", Keyring); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		close(free)
		v.GetKey = func(_, _ string) (string, error) { panic(hush) }
		if _, _, err := v.Secret(t.Context(), "p", Keyring); !errors.Is(err, ErrNoKeyring) || strings.Contains(err.Error(), hush) {
			t.Errorf("a keyring that panics: %v", err)
		}
	})
}
