package cli

import (
	"context"
	"slices"
	"strings"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/trace"
)

// changing gives t what the screen changes the embedded tenant with while it runs.
func (p *plan) changing(t *flow.Target, tenant *demo.Tenant) {
	env := t.Env
	t.Refuse = func(ctx context.Context, url string) error {
		return guarded(func() error { return demo.RefuseDevice(ctx, loopback{env.Transport}, url, demo.DemoUser()) })
	}
	t.SwitchOn = func(cfg flow.Config, name string) flow.Config { return switchOn(cfg, tenant, name) }
	t.ForGrant = func(cfg flow.Config, g trace.Grant) flow.Config { return p.byGrant(cfg, tenant, g) }
}

// switchOn turns on what Authgear does not have, and notes it.
func switchOn(cfg flow.Config, tenant *demo.Tenant, name string) flow.Config {
	if !tenant.Switch(name) || cfg.Embedded == nil {
		return cfg
	}
	e := *cfg.Embedded
	if note := switchNote(name); !strings.Contains(e.Note, note) {
		e.Note = strings.TrimPrefix(e.Note+"; "+note, "; ")
	}
	cfg.Embedded = &e
	return cfg
}

// byGrant makes cfg fit a grant: as a client that may use it. The other settings stay.
func (p *plan) byGrant(cfg flow.Config, tenant *demo.Tenant, g trace.Grant) flow.Config {
	machine := func(id string) bool {
		return slices.ContainsFunc(demo.Machines(), func(c demo.Client) bool { return c.ID == id })
	}
	resource := trace.Param{Name: "resource", Value: demo.Resources[0]}
	cfg.Grant = g
	switch {
	case g == trace.GrantClientCredentials && !machine(cfg.ClientID):
		cfg = asClient(cfg, demo.Machines()[0])
	case g != trace.GrantClientCredentials && machine(cfg.ClientID):
		cfg.TokenParams = slices.DeleteFunc(slices.Clone(cfg.TokenParams), func(x trace.Param) bool { return x == resource })
		if cfg = asClient(cfg, demo.Clients()[0]); !machine(p.config.ClientID) { // the client that the program was started with
			b := p.config
			cfg.ClientID, cfg.ClientSecret, cfg.ClientAuth, cfg.ClientAuthReason, cfg.Assertion = b.ClientID, b.ClientSecret, b.ClientAuth, b.ClientAuthReason, b.Assertion
			cfg.ClientKey, cfg.ClientCertificate, cfg.Embedded.Client = b.ClientKey, b.ClientCertificate, b.ClientID
		}
	}
	if g == trace.GrantClientCredentials && !slices.ContainsFunc(cfg.TokenParams, func(x trace.Param) bool { return x.Name == resource.Name }) {
		cfg.TokenParams = append(slices.Clone(cfg.TokenParams), resource)
	}
	if g == trace.GrantDevice {
		cfg = switchOn(cfg, tenant, "device-grant")
	}
	return cfg
}

// asClient is cfg as one of the embedded tenant's clients that has a secret or nothing.
func asClient(cfg flow.Config, c demo.Client) flow.Config {
	cfg.ClientID, cfg.ClientSecret, cfg.ClientAuth, cfg.ClientAuthReason = c.ID, trace.NewSecret(c.Secret), "", ""
	cfg.ClientKey, cfg.ClientCertificate, cfg.Assertion = nil, nil, trace.AssertionSettings{}
	if c.Secret == "" {
		cfg.ClientSecret, cfg.ClientAuth, cfg.ClientAuthReason = trace.Secret{}, trace.AuthNone, "the client "+c.ID+" is public"
	}
	e := trace.Embedded{}
	if cfg.Embedded != nil {
		e = *cfg.Embedded
	}
	e.Client = c.ID
	cfg.Embedded = &e
	return cfg
}
