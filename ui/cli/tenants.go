package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/trace"
)

// What the screen is given to change the tenant with. It touches neither files nor the network itself.

// savedProfiles returns the saved profiles; a broken one has its error.
func (w *World) savedProfiles() ([]profile.Entry, error) {
	store, err := w.profiles()
	if err != nil {
		return nil, err
	}
	return store.List()
}

// keepProfile saves a profile, and its secret in the keyring if that is where the profile says it is. It returns the
// profile as saved: files have their whole names in it.
func (w *World) keepProfile(ctx context.Context, name string, p profile.Profile, secret trace.Secret) (profile.Profile, error) {
	if err := profile.CheckName(name); err != nil {
		return p, err
	}
	store, err := w.profiles()
	if err != nil {
		return p, err
	}
	p = w.absolute(p)
	kept := p.Secret == string(profile.Keyring) && !secret.IsZero()
	if kept {
		if err := w.vault().KeepSecret(ctx, name, secret); err != nil {
			return p, fmt.Errorf("%w: choose an environment variable or a file for the secret", err)
		}
	}
	_, before := store.Load(name)
	if err := store.Save(name, p); err != nil {
		if kept && before != nil { // there was no profile whose secret this replaces
			err = errors.Join(err, w.vault().ForgetSecret(ctx, name))
		}
		return p, err
	}
	return p, nil
}

// absolute makes the names of files that a person typed count from the root; in a saved profile they would count from
// where it is.
func (w *World) absolute(p profile.Profile) profile.Profile {
	full := func(path string) string {
		if rest, ok := strings.CutPrefix(path, "~/"); ok && w.env("HOME") != "" {
			return filepath.Join(w.env("HOME"), rest)
		}
		if abs, err := filepath.Abs(path); err == nil {
			return abs
		}
		return path
	}
	for _, file := range []*string{&p.CAFile, &p.ClientKey, &p.ClientCert} {
		if *file != "" {
			*file = full(*file)
		}
	}
	if path, ok := strings.CutPrefix(p.Secret, "file:"); ok && path != "" {
		p.Secret = string(profile.FileSource(full(path)))
	}
	return p
}

// removeProfile removes a profile for the screen.
func (w *World) removeProfile(ctx context.Context, name string) error {
	_, err := w.dropProfile(ctx, name)
	return err
}

// tryRedirect finds out whether the answer to a login can be received at uri.
func (w *World) tryRedirect(uri string) profile.Redirect {
	listen := w.Listen
	if listen == nil {
		listen = net.Listen
	}
	return profile.TryRedirect(uri, listen)
}

// checkKeyring says why the keyring cannot be used, or nil.
func (w *World) checkKeyring(ctx context.Context) error {
	const nobody = "authscope-none" // nothing is kept under this name; that is the answer hoped for
	_, _, err := w.vault().Secret(ctx, nobody, profile.Keyring)
	if errors.Is(err, profile.ErrNoSecret) {
		return nil
	}
	return err
}

// probeTime bounds how long the person waits for a tenant's metadata while filling in a form.
const probeTime = 20 * time.Second

// probe asks which of issuers is one.
func (w *World) probe(ctx context.Context, caFile string, issuers []string) flow.Probed {
	env := flow.Env{Transport: w.Transport, UserAgent: userAgent(), Timeout: probeTime / 2}
	if env.Transport == nil {
		var ca []byte
		var err error
		if caFile != "" {
			if ca, err = readFile("ca_file", caFile, 16<<20); err != nil {
				return flow.Probed{Err: err}
			}
		}
		if env.Transport, err = flow.NewTransport(ca); err != nil {
			return flow.Probed{Err: fmt.Errorf("ca_file %s: %w", caFile, err)}
		}
		defer closeIdle(env.Transport)
	}
	ctx, stop := context.WithTimeout(ctx, probeTime)
	defer stop()
	return flow.Probe(ctx, env, issuers...)
}

// startEmbedded starts the embedded tenant as a bare start does, for a screen that began elsewhere.
func (w *World) startEmbedded(ctx context.Context) (*flow.Target, error) {
	quiet := *w
	quiet.Stderr, quiet.Stdout = io.Discard, io.Discard
	var f targetFlags
	cmd := &cobra.Command{}
	cmd.SetContext(ctx)
	f.add(cmd, &quiet)
	plan, err := f.plan(&quiet, cmd)
	if err != nil {
		return nil, err
	}
	plan.world = w
	return plan.startForScreen(ctx)
}
