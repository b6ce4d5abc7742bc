package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/trace"
)

// profileFlags are the flags of profiles, and what a profile alone can say.
type profileFlags struct {
	name, save, secretFrom string
	keep                   bool
	endpoints              trace.Endpoints

	entry profile.Entry // that was loaded, or that the screen made
	used  bool
	typed trace.Secret // that was typed on the screen; it is kept nowhere
}

func (f *profileFlags) add(cmd *cobra.Command, w *World) {
	inGroup(cmd, groupReal, func(fs *pflag.FlagSet) {
		fs.StringVar(&f.name, "profile", "", "`NAME` of a saved profile; flags given besides win over it")
		fs.StringVar(&f.save, "save-profile", "", "save what the flags say as profile `NAME`; secrets are not in it")
		fs.StringVar(&f.secretFrom, "client-secret-from", "", "`SOURCE` of the client secret: keyring (of the profile), env:NAME or file:PATH")
		fs.BoolVar(&f.keep, "keep-refresh-token", false, "keep the refresh token in the system's keyring, for run --resume; with --profile")
		for _, name := range trace.EndpointNames {
			fs.StringVar(f.endpoints.Field(name), flagOf(name), "", "`URL` by hand, which wins over the metadata")
		}
	})
	names := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return w.profileNames(), cobra.ShellCompDirectiveNoFileComp
	}
	_ = cmd.RegisterFlagCompletionFunc("profile", names)
	_ = cmd.RegisterFlagCompletionFunc("save-profile", names)
	complete(cmd, "client-secret-from", "keyring", "env:", "file:")
}

// flagOf is the flag of a key: client_id is --client-id.
func flagOf(key string) string { return strings.ReplaceAll(key, "_", "-") }

// binding ties a text of a profile to the flag that says the same.
type binding struct {
	flag string
	get  func(*profile.Profile) string
	set  func(p *profile.Profile, value string)
}

func bindText(flag string, at func(*profile.Profile) *string) binding {
	return binding{flag, func(p *profile.Profile) string { return *at(p) }, func(p *profile.Profile, v string) { *at(p) = v }}
}

// bindings are all that is a text or can be written as one.
func bindings() []binding {
	list := []binding{
		bindText("issuer", func(p *profile.Profile) *string { return &p.Issuer }),
		bindText("client-id", func(p *profile.Profile) *string { return &p.ClientID }),
		bindText("client-auth", func(p *profile.Profile) *string { return &p.ClientAuth }),
		bindText("client-secret-from", func(p *profile.Profile) *string { return &p.Secret }),
		bindText("client-key-file", func(p *profile.Profile) *string { return &p.ClientKey }),
		bindText("client-key-id", func(p *profile.Profile) *string { return &p.ClientKeyID }),
		bindText("client-cert-file", func(p *profile.Profile) *string { return &p.ClientCert }),
		bindText("client-assertion-alg", func(p *profile.Profile) *string { return &p.AssertionAlg }),
		bindText("client-assertion-aud", func(p *profile.Profile) *string { return &p.AssertionAud }),
		bindText("redirect-uri", func(p *profile.Profile) *string { return &p.RedirectURI }),
		bindText("ca-file", func(p *profile.Profile) *string { return &p.CAFile }),
		{"scope", func(p *profile.Profile) string { return strings.Join(p.Scope, " ") }, func(p *profile.Profile, v string) { p.Scope = strings.Fields(v) }},
		{"leeway", leewayOf, setLeeway},
		{"grant", grantOf, setGrant},
		{"no-preflight", noPreflightOf, func(p *profile.Profile, v string) { p.NoPreflight = v == "true" }},
		bindText("post-logout-uri", func(p *profile.Profile) *string { return &p.PostLogoutURI }),
	}
	for _, name := range trace.EndpointNames {
		list = append(list, bindText(flagOf(name), func(p *profile.Profile) *string { return p.Endpoints.Field(name) }))
	}
	return list
}

func grantOf(p *profile.Profile) string {
	if p.Grant == trace.GrantCode {
		return ""
	}
	return p.Grant.Name()
}

func setGrant(p *profile.Profile, v string) {
	if g, ok := trace.ParseGrant(v); ok {
		p.Grant = g
	}
}

func noPreflightOf(p *profile.Profile) string {
	if p.NoPreflight {
		return "true"
	}
	return ""
}

func leewayOf(p *profile.Profile) string {
	if p.Leeway == nil {
		return ""
	}
	return p.Leeway.String()
}

// paramBindings are the flags that can be repeated.
var paramBindings = []struct {
	flag string
	at   func(*profile.Profile) *[]trace.Param
}{
	{"param", func(p *profile.Profile) *[]trace.Param { return &p.Params }},
	{"token-param", func(p *profile.Profile) *[]trace.Param { return &p.TokenParams }},
	{"refresh-param", func(p *profile.Profile) *[]trace.Param { return &p.RefreshParams }},
}

// load reads the profile that --profile names, and puts what it says into the flags that were not given. It says which were.
func (f *profileFlags) load(w *World, fs *pflag.FlagSet) error {
	if f.used { // the screen has put one in, which may differ from what is saved under its name
		return nil
	}
	if f.name == "" {
		if fs.Changed("profile") {
			return usage("--profile is empty: it wants a name; authscope profiles lists them")
		}
		return nil
	}
	store, err := w.profiles()
	if err != nil {
		return err
	}
	entry, err := store.Load(f.name)
	if err != nil {
		return usage("--profile: %w", err)
	}
	for _, warning := range entry.Warnings {
		w.say("profile %s: %s", entry.Name, warning)
	}
	given, err := f.use(entry, fs)
	if len(given) > 0 {
		w.say("profile %s, but %s as given here", entry.Name, strings.Join(given, ", "))
	}
	return err
}

// use puts what a profile says into the flags, and returns those that were given and win.
func (f *profileFlags) use(entry profile.Entry, fs *pflag.FlagSet) (given []string, err error) {
	f.entry, f.name, f.used = entry, entry.Name, true
	p := entry.Resolved()
	if p.ResponseMode != "" && fs.Lookup("response-mode") == nil {
		p.Params = append(slices.Clone(p.Params), trace.Param{Name: "response_mode", Value: p.ResponseMode})
	}
	list := append(bindings(), bindText("response-mode", func(p *profile.Profile) *string { return &p.ResponseMode }))
	for _, b := range list {
		value, flag := b.get(&p), fs.Lookup(b.flag)
		switch {
		case value == "", flag == nil && b.flag == "response-mode":
		case flag == nil:
			return given, usage("profile %s says %s, which this authscope has not", entry.Name, b.flag)
		case flag.Changed, b.flag == "client-secret-from" && fs.Changed("client-secret-file"):
			given = append(given, "--"+b.flag)
		default:
			if err := flag.Value.Set(value); err != nil {
				return given, usage("profile %s: %s: %w", entry.Name, b.flag, err)
			}
		}
	}
	for _, b := range paramBindings {
		if fs.Lookup(b.flag) == nil && len(*b.at(&p)) > 0 {
			return given, usage("profile %s says %ss, which this authscope has not", entry.Name, b.flag)
		}
		if over := addParams(fs.Lookup(b.flag), *b.at(&p)); over != "" {
			given = append(given, over)
		}
	}
	if !fs.Changed("keep-refresh-token") {
		f.keep = p.KeepRefreshToken
	}
	return given, nil
}

// addParams puts a profile's parameters before those that were given, without those of the same name.
func addParams(flag *pflag.Flag, ps []trace.Param) (given string) {
	if flag == nil || len(ps) == 0 {
		return ""
	}
	list, ok := flag.Value.(pflag.SliceValue)
	if !ok {
		return ""
	}
	var all []string
	for _, p := range ps {
		if slices.ContainsFunc(list.GetSlice(), func(s string) bool { return strings.HasPrefix(s, p.Name+"=") }) {
			given = "--" + flag.Name + " " + p.Name
			continue
		}
		all = append(all, p.Name+"="+p.Value)
	}
	list.Replace(append(all, list.GetSlice()...))
	return given
}

// real reports whether the flags name a tenant other than the embedded one.
func (f *targetFlags) real() bool {
	return f.issuer != "" || !f.prof.endpoints.IsZero() || f.prof.used
}

// secret fetches the client secret from where the profile or a flag says it is.
func (f *targetFlags) secret(ctx context.Context, p *plan) error {
	if !f.prof.typed.IsZero() {
		p.config.ClientSecret = f.prof.typed
		return nil
	}
	source := profile.Source(f.prof.secretFrom)
	if source == "" || f.auth.secretFile != "" || f.auth.method == string(trace.AuthNone) {
		return nil
	}
	if source == profile.Keyring && f.prof.name == "" {
		return usage("--client-secret-from keyring needs --profile: the keyring has a secret for each profile")
	}
	secret, said, err := p.world.vault().Secret(ctx, f.prof.name, source)
	if err != nil {
		return &exitError{status: exitUsage, err: err}
	}
	if said != "" {
		p.world.say("%s", said)
	}
	p.config.ClientSecret = secret
	return nil
}

// current is the profile that says what the flags say.
func (f *profileFlags) current(fs *pflag.FlagSet, s trace.Settings) profile.Profile {
	p := f.entry.Resolved()
	for _, b := range bindings() {
		if flag := fs.Lookup(b.flag); flag != nil && flag.Changed {
			b.set(&p, flag.Value.String())
		}
	}
	from := profile.FromSettings(s)
	p.Params, p.TokenParams, p.RefreshParams, p.ResponseMode = from.Params, from.TokenParams, from.RefreshParams, from.ResponseMode
	if fs.Changed("keep-refresh-token") {
		p.KeepRefreshToken = f.keep
	}
	for _, file := range []*string{&p.CAFile, &p.ClientKey, &p.ClientCert} {
		if abs, err := filepath.Abs(*file); err == nil && *file != "" {
			*file = abs
		}
	}
	return p
}

// StartProfile prepares the target of a profile that need not be saved, for the screen. Name is that of the profile, for what is kept
// under it, or "", and then files count from the working directory. A secret that is not zero wins over where the profile says
// that it is. What there is to say stands in the target's notes.
func (w *World) StartProfile(ctx context.Context, name string, p profile.Profile, secret trace.Secret) (*flow.Target, error) {
	var said strings.Builder
	quiet := *w
	quiet.Stderr, quiet.Stdout = &said, io.Discard
	if name == "" {
		p = w.absolute(p)
	}
	entry := profile.Entry{Name: name, Profile: p}
	if store, err := w.profiles(); err == nil {
		entry.Path = store.Path(name) // its files are named from there
	}
	var f targetFlags
	cmd := &cobra.Command{}
	cmd.SetContext(ctx)
	f.add(cmd, &quiet)
	f.prof.typed = secret
	if _, err := f.prof.use(entry, cmd.Flags()); err != nil {
		return nil, err
	}
	plan, err := f.plan(&quiet, cmd)
	if err != nil {
		return nil, err
	}
	plan.world = w
	t, err := plan.startForScreen(ctx)
	if err != nil {
		return nil, fmt.Errorf("start profile %s: %w", name, err)
	}
	t.Notes = strings.Split(strings.TrimSpace(said.String()), "\n")
	if said.Len() == 0 {
		t.Notes = nil
	}
	return t, nil
}
