package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/profile"
	"authscope/flow/trace"
)

// plan is a target that was asked for and not started yet: all that can be wrong with the flags and their files has
// been found.
type plan struct {
	world   *World
	config  flow.Config
	ca      []byte
	browser string

	keeper *profile.Keeper // nil without a profile

	embedded bool
	client   demo.Client
	options  demo.Options
	fixed    bool // --redirect-uri was given: no other port is taken
	https    bool
	faults   []string
}

// plan reads the flags.
func (f *targetFlags) plan(w *World, cmd *cobra.Command) (*plan, error) {
	if err := f.prof.load(w, cmd.Flags()); err != nil {
		return nil, err
	}
	if err := f.misplaced(cmd.Flags()); err != nil {
		return nil, err
	}
	p := &plan{world: w, embedded: !f.real(), browser: orText(f.browser, w.env("BROWSER")), fixed: cmd.Flags().Changed("redirect-uri")}
	p.config.Settings = trace.Settings{Issuer: f.issuer, ClientID: f.clientID, RedirectURI: f.redirectURI,
		Scope: strings.Join(strings.Fields(f.scope), " "), Leeway: f.leeway, NoPreflight: f.noPreflight, ResponseMode: f.responseMode,
		PostLogoutURI: f.postLogoutURI,
		Endpoints:     f.prof.endpoints, Profile: f.prof.name}
	grant, known := trace.ParseGrant(f.grant)
	if !known {
		return nil, usage("--grant %q is not known: there are %s", f.grant, strings.Join(trace.GrantNames, ", "))
	}
	p.config.Grant = grant
	var err error
	if p.config.Params, err = parseParams("param", f.params); err != nil {
		return nil, err
	}
	if p.config.TokenParams, err = parseParams("token-param", f.tokenParams); err != nil {
		return nil, err
	}
	if p.config.RefreshParams, err = parseParams("refresh-param", f.refreshParams); err != nil {
		return nil, err
	}
	if err := errors.Join(checkTokenParams("token-param", p.config.TokenParams), checkTokenParams("refresh-param", p.config.RefreshParams)); err != nil {
		return nil, err
	}
	if p.embedded {
		err = f.planEmbedded(p, cmd.Flags().Changed("demo-client"))
	} else if err = f.secret(cmd.Context(), p); err == nil {
		err = f.planReal(p)
	}
	if err != nil {
		return nil, err
	}
	if err := p.config.Validate(); err != nil {
		return nil, &exitError{status: exitUsage, err: err}
	}
	return p, f.planProfile(cmd, p)
}

// planProfile saves what is asked to be saved, and sees to it that the refresh token can be kept.
func (f *targetFlags) planProfile(cmd *cobra.Command, p *plan) error {
	if err := f.saveProfile(cmd.Context(), p, cmd.Flags()); err != nil {
		return err
	}
	if f.prof.name == "" {
		if f.prof.keep {
			return usage("--keep-refresh-token needs --profile or --save-profile: the token is kept under the profile's name")
		}
		return nil
	}
	p.config.Profile = f.prof.name
	p.keeper = profile.NewKeeper(p.world.vault(), f.prof.name, p.config.Settings, f.prof.keep)
	return nil
}

func (f *targetFlags) planEmbedded(p *plan, chosen bool) (err error) {
	if p.client, err = findClient(f.demoClient); err != nil {
		return err
	}
	if err = parseLifetimes(f.lifetimes, &p.options); err != nil {
		return err
	}
	if err = parseSwitches(f.demo, &p.options); err != nil {
		return err
	}
	if err = f.planFaults(p, chosen); err != nil {
		return err
	}
	p.forGrant(chosen)
	p.options.Key, p.options.KeyID = p.world.TenantKey, p.world.tenantKeyID
	p.config.ClientID, p.config.ClientSecret = p.client.ID, trace.NewSecret(p.client.Secret)
	if p.client.Secret == "" {
		p.config.ClientAuth, p.config.ClientAuthReason = trace.AuthNone, "the client "+p.client.ID+" is public"
	}
	p.https = f.demoHTTPS || strings.Contains(p.client.AuthMethod, "tls")
	p.config.Issuer = fmt.Sprintf("http://localhost:%d", tenantPort) // until it is known which port is free
	return nil
}

func (f *targetFlags) planReal(p *plan) (err error) {
	if err := f.auth.plan(p); err != nil {
		return err
	}
	if f.caFile != "" {
		if p.ca, err = readFile("--ca-file", f.caFile, 16<<20); err != nil {
			return err
		}
		if _, err := flow.NewTransport(p.ca); err != nil {
			return usage("--ca-file %s: %w", f.caFile, err)
		}
	}
	return nil
}

func readFile(flag, path string, limit int64) ([]byte, error) {
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("%s %s: there is no such file", flag, path)
	case err != nil:
		return nil, usage("%s: %w", flag, err)
	case st.IsDir():
		return nil, usage("%s %s is a directory, not a file", flag, path)
	case st.Size() > limit:
		return nil, usage("%s %s has %d bytes, more than such a file can have (%d)", flag, path, st.Size(), limit)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("%s: %w", flag, err)
	}
	return b, nil
}

// startForScreen starts the target; what serves it ends with ctx.
func (p *plan) startForScreen(ctx context.Context) (*flow.Target, error) {
	t, _, err := p.start(ctx)
	return t, err
}

// start prepares the target. The embedded tenant answers until ctx ends; wait blocks until it does no more.
func (p *plan) start(ctx context.Context) (t *flow.Target, wait func(), err error) {
	t = &flow.Target{Config: p.config, Env: flow.Env{Transport: p.world.Transport, Listen: p.world.Listen, UserAgent: userAgent()}}
	if t.Env.Transport == nil {
		if t.Env.Transport, err = flow.NewTransport(p.ca); err != nil {
			return nil, nil, fmt.Errorf("--ca-file: %w", err)
		}
	}
	p.keep(t)
	t.Browser = func(ctx context.Context, url string) error {
		if p.world.OpenURL != nil {
			return p.world.OpenURL(ctx, p.browser, url)
		}
		return flow.Browser{Command: p.browser}.Open(ctx, url)
	}
	wait = func() { closeIdle(t.Env.Transport) }
	if p.embedded {
		served, err := p.serve(ctx, t)
		if err != nil {
			return nil, nil, err
		}
		wait = func() { closeIdle(t.Env.Transport); <-served }
	}
	return t, wait, nil
}

func closeIdle(rt http.RoundTripper) {
	if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}
