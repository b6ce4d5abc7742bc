package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/report"
)

// tenantFlags are the flags of `authscope tenant`.
type tenantFlags struct {
	profile, caFile, compare string
	json                     bool
	timeout                  time.Duration

	ca []byte
}

// demoTenant is how the embedded tenant is named beside URLs; no host has that name.
const demoTenant = "demo"

func newTenant(w *World) *cobra.Command {
	var f tenantFlags
	cmd := &cobra.Command{
		Use:   "tenant [URL | profile:NAME | demo]",
		Short: "Read what a tenant publishes: metadata, keys, what it says it can do",
		Long: "tenant reads what an authorization server publishes of itself: its metadata, at every place where that can stand, each\n" +
			"member with its meaning, its specification and the default where it is absent; its keys; what it says that it can do;\n" +
			"and what is wrong with any of it. Nothing else is asked for, and nobody signs in.\n\n" +
			"URL is an issuer, the address of metadata, an endpoint, or a host. Without it the embedded tenant is read.\n\n" +
			"Exit status: 0 it could be read and nothing of it is an error; 1 something is, or it could not be read; 2 wrong usage;\n" +
			"130 interrupted. With --compare the worse of the two.",
		Example: "  authscope tenant\n" +
			"  authscope tenant my-app.authgear.cloud\n" +
			"  authscope tenant https://sso.example/realms/demo --json | jq '.findings[].id'\n" +
			"  authscope tenant https://staging.example --compare https://live.example",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &exitError{status: exitUsage, err: fmt.Errorf("tenant reads one tenant, not %d arguments", len(args)), hint: "authscope tenant A --compare B reads two"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, w, strings.Join(args, "")) },
	}
	inGroup(cmd, groupReal, func(fs *pflag.FlagSet) {
		fs.StringVar(&f.profile, "profile", "", "`NAME` of a saved profile, in place of URL")
		fs.StringVar(&f.caFile, "ca-file", "", "`FILE` with further certificates to trust, PEM")
		fs.StringVar(&f.compare, "compare", "", "a second tenant to lay beside: `URL`, profile:NAME or demo")
	})
	inGroup(cmd, groupOutput, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.json, "json", false, "print JSON, schema 1")
		fs.DurationVar(&f.timeout, "timeout", time.Minute, "`DURATION` that all of it may take")
	})
	_ = cmd.RegisterFlagCompletionFunc("profile", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return w.profileNames(), cobra.ShellCompDirectiveNoFileComp
	})
	return cmd
}

// check finds what is wrong with the flags before anybody is asked.
func (f *tenantFlags) check(fs *pflag.FlagSet, name string) (err error) {
	for _, flag := range []string{"profile", "ca-file", "compare"} {
		if fs.Changed(flag) && strings.TrimSpace(fs.Lookup(flag).Value.String()) == "" {
			return usage("--%s is empty: a script may have lost its value", flag)
		}
	}
	embedded := func(s string) bool { return s == "" || s == demoTenant }
	switch {
	case f.profile != "" && name != "":
		return usage("--profile and URL exclude each other: each names the tenant to read")
	case f.timeout <= 0:
		return usage("--timeout %s: it must be longer than nothing", f.timeout)
	case f.caFile != "" && f.profile == "" && embedded(name) && embedded(f.compare):
		return usage("--ca-file needs a URL: the embedded tenant is trusted as it is")
	case f.caFile != "":
		if f.ca, err = readFile("--ca-file", f.caFile, 16<<20); err != nil {
			return err
		}
		if _, err := flow.NewTransport(f.ca); err != nil {
			return usage("--ca-file %s: %w", f.caFile, err)
		}
	}
	return nil
}

func (f *tenantFlags) run(cmd *cobra.Command, w *World, name string) error {
	if err := f.check(cmd.Flags(), name); err != nil {
		return err
	}
	if f.profile != "" {
		name = profilePrefix + f.profile
	}
	names := []string{name}
	if f.compare != "" {
		names = append(names, f.compare)
	}
	asked, err := f.resolve(w, names)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), f.timeout)
	defer cancel()
	var read []report.Tenant
	for _, a := range asked {
		t, err := a.look(ctx, w)
		if err != nil {
			return err
		}
		read = append(read, t)
	}
	if cmd.Context().Err() != nil {
		return &exitError{status: exitInterrupted}
	}
	if err := f.print(w, read); err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("print the tenant: %w", err)}
	}
	if ctx.Err() != nil {
		return &exitError{status: exitFailed, err: errors.New("the time was over: --timeout gives it more")}
	}
	for _, t := range read {
		if t.Verdict() != report.TenantFine {
			return &exitError{status: exitFailed}
		}
	}
	return nil
}

func (f *tenantFlags) print(w *World, read []report.Tenant) error {
	switch o := w.printed(); {
	case len(read) == 2 && f.json:
		return report.CompareTenantsJSON(w.Stdout, read[0], read[1])
	case len(read) == 2:
		return report.CompareTenantsText(w.Stdout, read[0], read[1], o)
	case f.json:
		return report.TenantJSON(w.Stdout, read[0])
	default:
		return report.TenantText(w.Stdout, read[0], o)
	}
}

// askedTenant is a tenant that was asked for: the embedded one, or what its issuer may be.
type askedTenant struct {
	name      string
	embedded  bool
	issuers   []string
	endpoints trace.Endpoints
	ca        []byte
}

const profilePrefix = "profile:"

// resolve reads what the person named the tenants by. Nobody is asked yet.
func (f *tenantFlags) resolve(w *World, names []string) (asked []askedTenant, err error) {
	for _, name := range names {
		a := askedTenant{name: name, ca: f.ca}
		switch saved, isProfile := strings.CutPrefix(name, profilePrefix); {
		case name == "" || name == demoTenant:
			a.embedded = true
		case isProfile:
			err = a.profile(w, saved)
		default:
			var g profile.Guess
			if g, err = profile.Read(name); err != nil {
				err = usage("the tenant: %w", err) // what was given may hold a password
			} else if a.issuers, a.endpoints = g.Issuers, g.Profile.Endpoints; len(a.issuers) == 0 {
				err = usage("this names no issuer: give the tenant's URL, such as https://my-app.authgear.cloud")
			}
		}
		if err != nil {
			return nil, err
		}
		asked = append(asked, a)
	}
	return asked, nil
}

// profile takes the tenant from a saved profile.
func (a *askedTenant) profile(w *World, name string) error {
	store, err := w.profiles()
	if err != nil {
		return err
	}
	entry, err := store.Load(name)
	if err != nil {
		return usage("profile: %w", err)
	}
	p := entry.Resolved()
	if p.Issuer == "" {
		return usage("profile %s has no issuer: its endpoints were given by hand, and there is nothing to read", name)
	}
	a.issuers, a.endpoints = []string{p.Issuer}, p.Endpoints
	if p.CAFile != "" && a.ca == nil {
		if a.ca, err = readFile("ca_file", p.CAFile, 16<<20); err != nil {
			return err
		}
		if _, err := flow.NewTransport(a.ca); err != nil {
			return usage("profile %s: ca_file %s: %w", name, p.CAFile, err)
		}
	}
	return nil
}

// look asks the tenant: each issuer that it may be, until one is what its metadata says.
func (a *askedTenant) look(ctx context.Context, w *World) (t report.Tenant, err error) {
	if a.embedded {
		return lookEmbedded(ctx, w)
	}
	env := flow.Env{Transport: w.Transport, UserAgent: userAgent(), Timeout: probeTime}
	if env.Transport == nil {
		if env.Transport, err = flow.NewTransport(a.ca); err != nil {
			return t, err
		}
		defer closeIdle(env.Transport)
	}
	var earlier []story.Attempt
	for i, issuer := range a.issuers[:min(len(a.issuers), 8)] {
		got := lookAt(ctx, w, env, trace.Settings{Issuer: issuer, Endpoints: a.endpoints})
		got.Asked = a.name
		better := i == 0 || got.Known() && (!t.Known() || got.Named() == issuer)
		if better {
			got.Earlier = earlier
			t = got
		}
		earlier = append(earlier, got.Attempts...)
		if !better {
			t.Earlier = append(t.Earlier, got.Attempts...)
		}
		if got.Named() == issuer || ctx.Err() != nil {
			break
		}
	}
	return t, nil
}

// lookAt asks one issuer. What went wrong stands in what is read.
func lookAt(ctx context.Context, w *World, env flow.Env, settings trace.Settings) report.Tenant {
	s := flow.NewSession(flow.Config{Settings: settings}, env)
	defer s.Close()
	_ = flow.Look(ctx, s)
	return report.ReadTenant(w.reader(), s.Log.Since(0))
}

// lookEmbedded starts the embedded tenant and asks it.
func lookEmbedded(ctx context.Context, w *World) (t report.Tenant, err error) {
	quiet := *w
	quiet.Stderr, quiet.Stdout = io.Discard, io.Discard
	var f targetFlags
	cmd := &cobra.Command{}
	cmd.SetContext(ctx)
	f.add(cmd, &quiet)
	plan, err := f.plan(&quiet, cmd)
	if err != nil {
		return t, err
	}
	served, stop := context.WithCancel(context.WithoutCancel(ctx))
	target, wait, err := plan.start(served)
	if err != nil {
		stop()
		return t, &exitError{status: exitFailed, err: err}
	}
	defer func() { stop(); wait() }()
	t = lookAt(ctx, w, target.Env, trace.Settings{Issuer: target.Config.Issuer})
	t.Embedded = "the embedded tenant, which answers as an Authgear server does"
	if e := target.Config.Embedded; e != nil && e.Note != "" {
		t.Embedded += "; " + e.Note
	}
	return t, nil
}
