package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/trace"
	"authscope/ui/safe"
)

// configDirVariable names the variable that says where authscope's files are.
const configDirVariable = "AUTHSCOPE_CONFIG_DIR"

// profiles returns where the profiles are.
func (w *World) profiles() (profile.Store, error) {
	if dir := w.env(configDirVariable); dir != "" {
		return profile.Store{Dir: filepath.Join(dir, "profiles")}, nil
	}
	find := w.ConfigDir
	if find == nil {
		find = os.UserConfigDir
	}
	dir, err := find()
	if err != nil {
		return profile.Store{}, usage("the system does not say where a program's settings go (%v): set %s to a folder", err, configDirVariable)
	}
	return profile.Store{Dir: filepath.Join(dir, "authscope", "profiles")}, nil
}

// vault returns where secrets are.
func (w *World) vault() profile.Vault {
	v := w.Vault
	if v.LookupEnv == nil {
		v.LookupEnv = func(name string) (string, bool) {
			if w.LookupEnv == nil {
				return "", false
			}
			return w.LookupEnv(name)
		}
	}
	return v
}

// profileNames lists the profiles for a shell's completion.
func (w *World) profileNames() (names []string) {
	store, err := w.profiles()
	if err != nil {
		return nil
	}
	list, _ := store.List()
	for _, e := range list {
		if e.Err == nil {
			names = append(names, e.Name+"\t"+safe.Line(orText(e.Profile.Title, e.Profile.Issuer)))
		}
	}
	return names
}

func setLeeway(p *profile.Profile, v string) {
	if d, err := time.ParseDuration(v); err == nil {
		p.Leeway = &d
	}
}

// saveProfile does what --save-profile asks for, with a plan that can work.
func (f *targetFlags) saveProfile(ctx context.Context, p *plan, fs *pflag.FlagSet) error {
	name := f.prof.save
	if !fs.Changed("save-profile") {
		return nil
	}
	if err := profile.CheckName(name); err != nil { // before a secret goes to the keyring under it
		return usage("--save-profile: %v", err)
	}
	if p.embedded {
		return usage("--save-profile needs --issuer: the embedded tenant needs no profile")
	}
	store, err := p.world.profiles()
	if err != nil {
		return err
	}
	now := f.prof.current(fs, p.config.Settings)
	if f.auth.secretFile != "" {
		if err := f.placeSecret(ctx, p, name, &now); err != nil {
			return err
		}
	}
	if old, err := store.Load(name); err == nil { // what no flag says stays
		now.Title, now.Note = orText(now.Title, old.Profile.Title), orText(now.Note, old.Profile.Note)
	}
	if err := store.Save(name, now); err != nil {
		return &exitError{status: exitFailed, err: err}
	}
	p.world.say("saved as profile %s: %s", name, store.Path(name))
	f.prof.name = name
	return nil
}

// placeSecret makes the profile say where the secret of --client-secret-file is: in the file, or in the keyring if
// --client-secret-from says so.
func (f *targetFlags) placeSecret(ctx context.Context, p *plan, name string, now *profile.Profile) error {
	if f.prof.secretFrom == string(profile.Keyring) {
		if err := p.world.vault().KeepSecret(ctx, name, p.config.ClientSecret); err != nil {
			return &exitError{status: exitFailed, err: err}
		}
		p.world.say("the client secret is kept in the system's keyring")
		now.Secret = string(profile.Keyring)
		return nil
	}
	path, err := filepath.Abs(f.auth.secretFile)
	if err != nil {
		return usage("--client-secret-file: %w", err)
	}
	now.Secret = string(profile.FileSource(path))
	return nil
}

// keep connects a target with what is kept of its profile.
func (p *plan) keep(t *flow.Target) {
	if p.keeper == nil {
		return
	}
	t.Kept = p.keeper.Load
	t.Follow = func(ctx context.Context, s *flow.Session, say func(string)) (end func()) {
		k := *p.keeper // each session has its own
		return k.Follow(ctx, s, say)
	}
}

func newProfiles(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List, show and remove saved profiles",
		Long: "profiles lists what --save-profile has saved. A profile is a file that can be read and changed with any editor; no secret is\n" +
			"in it. A broken one is listed with the line and the column of what is wrong, and is never written over.",
		Example: "  authscope --issuer https://my-app.authgear.cloud --client-id ID --save-profile staging\n" +
			"  authscope run --profile staging\n" +
			"  authscope profiles show staging",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return listProfiles(w) },
	}
	names := func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return w.profileNames(), cobra.ShellCompDirectiveNoFileComp
	}
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the profiles", Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return listProfiles(w) }},
		&cobra.Command{Use: "show NAME", Short: "Print a profile's file", Args: cobra.ExactArgs(1), ValidArgsFunction: names,
			RunE: func(_ *cobra.Command, args []string) error { return showProfile(w, args[0]) }},
		&cobra.Command{Use: "path [NAME]", Short: "Print where the profiles are, or one of them", Args: cobra.MaximumNArgs(1), ValidArgsFunction: names,
			RunE: func(_ *cobra.Command, args []string) error { return profilePath(w, args) }},
		&cobra.Command{Use: "remove NAME", Short: "Remove a profile, with what the keyring has of it", Args: cobra.ExactArgs(1), ValidArgsFunction: names,
			RunE: func(cmd *cobra.Command, args []string) error { return removeProfile(cmd.Context(), w, args[0]) }},
	)
	return cmd
}

// listProfiles prints a line for each profile. That one is broken is the exit status's business too.
func listProfiles(w *World) error {
	store, err := w.profiles()
	if err != nil {
		return err
	}
	list, err := store.List()
	if err != nil {
		return &exitError{status: exitFailed, err: err}
	}
	if len(list) == 0 {
		w.say("there are no profiles in %s; --save-profile NAME saves one", store.Dir)
	}
	broken := false
	for _, e := range list {
		if e.Err != nil {
			broken = true
			fmt.Fprintf(w.Stdout, "%-20s cannot be used\n", safe.Line(e.Name))
			w.say("%v", e.Err)
			continue
		}
		line := fmt.Sprintf("%-20s %s  %s", e.Name, orText(e.Profile.Issuer, e.Profile.Endpoints.Token), e.Profile.ClientID)
		if e.Profile.Title != "" {
			line += "  " + e.Profile.Title
		}
		fmt.Fprintln(w.Stdout, safe.Line(line))
		for _, warning := range e.Warnings {
			w.say("profile %s: %s", e.Name, warning)
		}
	}
	if broken {
		return &exitError{status: exitFailed}
	}
	return nil
}

func showProfile(w *World, name string) error {
	store, err := w.profiles()
	if err != nil {
		return err
	}
	e, err := store.Load(name)
	if err != nil {
		return &exitError{status: exitFailed, err: err}
	}
	b, err := os.ReadFile(e.Path)
	if err != nil {
		return &exitError{status: exitFailed, err: err}
	}
	for line := range strings.Lines(string(b)) {
		fmt.Fprintln(w.Stdout, safe.Line(strings.TrimRight(line, "\r\n")))
	}
	for _, warning := range e.Warnings {
		w.say("%s", warning)
	}
	return nil
}

func profilePath(w *World, args []string) error {
	store, err := w.profiles()
	if err != nil {
		return err
	}
	path := store.Dir
	if len(args) == 1 {
		if err := profile.CheckName(args[0]); err != nil {
			return usage("%w", err)
		}
		path = store.Path(args[0])
	}
	fmt.Fprintln(w.Stdout, safe.Line(path))
	return nil
}

// removeProfile removes the file and what is in the keyring. A keyring that cannot be asked does not keep the file.
func removeProfile(ctx context.Context, w *World, name string) error {
	e, err := w.dropProfile(ctx, name)
	if e.Name != "" {
		w.say("removed profile %s", e.Name)
	}
	var exit *exitError
	if err != nil && !errors.As(err, &exit) {
		err = &exitError{status: exitFailed, err: err}
	}
	return err
}

// dropProfile removes a profile, with what the keyring has of it. It returns the one that is gone, also with an error that
// came after.
func (w *World) dropProfile(ctx context.Context, name string) (gone profile.Entry, err error) {
	store, err := w.profiles()
	if err != nil {
		return gone, err
	}
	e, err := store.Load(name)
	if errors.Is(err, fs.ErrNotExist) {
		return gone, err
	}
	if err := store.Delete(name); err != nil {
		return gone, err
	}
	v := w.vault()
	var forget []error
	if e.Profile.Secret == string(profile.Keyring) {
		forget = append(forget, v.ForgetSecret(ctx, e.Name))
	}
	if e.Profile.KeepRefreshToken {
		forget = append(forget, profile.NewKeeper(v, e.Name, e.Profile.Settings(), false).Forget(ctx))
	}
	if err := errors.Join(forget...); err != nil {
		return e, fmt.Errorf("the file is gone, but what the keyring has of it is not: %w", err)
	}
	return e, nil
}

// resumeWith fetches the refresh token that was kept.
func resumeWith(ctx context.Context, t *flow.Target) (trace.Secret, error) {
	if t.Kept == nil {
		return trace.Secret{}, usage("--resume needs --profile: a refresh token is kept for a profile")
	}
	token, err := t.Kept(ctx)
	if err != nil {
		return trace.Secret{}, &exitError{status: exitFailed, err: err}
	}
	return token, nil
}
