package profile

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"authscope/flow/trace"
)

// Source says where a client secret is: "keyring", "env:NAME" or "file:PATH". The secret itself is never one.
type Source string

// Keyring is the source of secrets that the system keeps.
const Keyring Source = "keyring"

// EnvSource returns the source of a secret in an environment variable.
func EnvSource(name string) Source { return Source("env:" + name) }

// FileSource returns the source of a secret in a file.
func FileSource(path string) Source { return Source("file:" + path) }

func validSource(s string) bool {
	kind, rest, ok := strings.Cut(s, ":")
	switch {
	case s == string(Keyring):
		return true
	case ok && kind == "env":
		return rest != "" && !strings.ContainsAny(rest, "= \t\n")
	case ok && kind == "file":
		return rest != "" && !strings.ContainsAny(rest, "\n\x00")
	}
	return false
}

// service is the name under which the system's keyring keeps what is authscope's.
const service = "authscope"

// DefaultWait is how long a keyring is waited for: it may ask the person for a password.
const DefaultWait = 30 * time.Second

// ErrNoKeyring says that the system has no keyring that can be used.
var ErrNoKeyring = errors.New("the system's keyring cannot be used")

// ErrNoSecret says that a source has no secret.
var ErrNoSecret = errors.New("there is no secret")

// Vault is where secrets come from and go to. Its zero value is the real one.
type Vault struct {
	LookupEnv func(string) (string, bool) // nil: os.LookupEnv
	Wait      time.Duration               // for the keyring; 0: DefaultWait

	// The keyring; nil: the system's. They may block.

	GetKey    func(service, user string) (string, error)
	SetKey    func(service, user, secret string) error
	DeleteKey func(service, user string) error
}

// Secret fetches the client secret of a profile, and returns what there is to say of how it was found. A profile without a
// source has none.
func (v Vault) Secret(ctx context.Context, name string, s Source) (secret trace.Secret, said string, err error) {
	kind, rest, _ := strings.Cut(string(s), ":")
	switch {
	case s == "":
		return trace.Secret{}, "", nil
	case !validSource(string(s)):
		return trace.Secret{}, "", errors.New(`the profile's secret is not "keyring", "env:NAME" or "file:PATH"`)
	case kind == "env":
		return v.fromEnv(rest)
	case kind == "file":
		return fromFile(rest)
	}
	secret, err = v.get(ctx, secretUser(name))
	if errors.Is(err, ErrNoSecret) {
		err = fmt.Errorf("%w of profile %s in the keyring: type it in once more (T, e), save it again with --client-secret-file FILE, or name another source (%s)", ErrNoSecret, name, others)
	}
	return secret, "", err
}

// others are the sources that work without a keyring.
const others = `secret = "env:NAME" or "file:PATH" in the profile`

// KeepSecret puts a client secret into the keyring.
func (v Vault) KeepSecret(ctx context.Context, name string, secret trace.Secret) error {
	if secret.IsZero() {
		return ErrNoSecret
	}
	return v.set(ctx, secretUser(name), secret)
}

// ForgetSecret takes a profile's client secret out of the keyring. That there is none is no error.
func (v Vault) ForgetSecret(ctx context.Context, name string) error {
	return v.remove(ctx, secretUser(name))
}

func secretUser(name string) string { return strings.ToLower(name) + " client_secret" }

func (v Vault) fromEnv(name string) (trace.Secret, string, error) {
	look := v.LookupEnv
	if look == nil {
		look = os.LookupEnv
	}
	if secret, ok := look(name); ok && secret != "" {
		return trace.NewSecret(secret), "", nil
	}
	return trace.Secret{}, "", fmt.Errorf("%w in the environment variable %s: set it, or name another source", ErrNoSecret, name)
}

// fromFile reads a secret. A line break at the file's end is the editor's, not the secret's.
func fromFile(path string) (trace.Secret, string, error) {
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return trace.Secret{}, "", fmt.Errorf("read the client secret: %w", err)
	case !st.Mode().IsRegular():
		return trace.Secret{}, "", fmt.Errorf("read the client secret: %s is not a plain file", path)
	case st.Size() > 64<<10:
		return trace.Secret{}, "", fmt.Errorf("read the client secret: %s has %d bytes, more than a secret has", path, st.Size())
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return trace.Secret{}, "", fmt.Errorf("read the client secret: %w", err)
	}
	var said []string
	secret := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if secret == "" {
		return trace.Secret{}, "", fmt.Errorf("%w in the file %s: it is empty", ErrNoSecret, path)
	}
	if len(secret) < len(b) {
		said = append(said, "the line break at the end of "+path+" was left out")
	}
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o077 != 0 {
		said = append(said, fmt.Sprintf("%s can be read by others (mode %04o): chmod 600 %s", path, st.Mode().Perm(), path))
	}
	return trace.NewSecret(secret), strings.Join(said, "; "), nil
}

func (v Vault) get(ctx context.Context, user string) (trace.Secret, error) {
	get := v.GetKey
	if get == nil {
		get = keyring.Get
	}
	secret, err := bounded(ctx, v.Wait, func() (trace.Secret, error) {
		s, err := get(service, user)
		return trace.NewSecret(s), err
	})
	if err == nil && secret.IsZero() {
		err = ErrNoSecret
	}
	return secret, keyringError("read from", err)
}

func (v Vault) set(ctx context.Context, user string, secret trace.Secret) error {
	set := v.SetKey
	if set == nil {
		set = keyring.Set
	}
	_, err := bounded(ctx, v.Wait, func() (struct{}, error) { return struct{}{}, set(service, user, secret.Reveal()) })
	if err != nil && strings.Contains(err.Error(), secret.Reveal()) { // a program that the library runs may say what it was told
		err = errors.New("it reported an error")
	}
	return keyringError("write to", err)
}

func (v Vault) remove(ctx context.Context, user string) error {
	remove := v.DeleteKey
	if remove == nil {
		remove = keyring.Delete
	}
	_, err := bounded(ctx, v.Wait, func() (struct{}, error) { return struct{}{}, remove(service, user) })
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return keyringError("remove from", err)
}

// bounded waits for f, which cannot be called off, as long as there is time. A late result is dropped.
func bounded[T any](ctx context.Context, wait time.Duration, f func() (T, error)) (T, error) {
	if wait <= 0 {
		wait = DefaultWait
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	type result struct {
		v   T
		err error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if p := recover(); p != nil {
				r.err = errors.New("it broke off")
			}
			done <- r
		}()
		r.v, r.err = f()
	}()
	select {
	case r := <-done:
		return r.v, r.err
	case <-ctx.Done():
		var none T
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return none, fmt.Errorf("it did not answer within %s: it may be locked, or wait for its password in a window", wait)
		}
		return none, ctx.Err()
	}
}

// keyringError says what is wrong with the keyring, and what else there is.
func keyringError(what string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrNoSecret), errors.Is(err, keyring.ErrNotFound):
		return ErrNoSecret
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return fmt.Errorf("%w for this: it is longer than the keyring of this system takes", ErrNoKeyring)
	}
	return fmt.Errorf("%w (%s it: %v): a secret can also be in an environment variable or a file: %s", ErrNoKeyring, what, err, others)
}
