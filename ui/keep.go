package ui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/profile"
	"authscope/flow/trace"
)

func (m *Model) whyNotKeep() string {
	switch {
	case m.opt.Opened != nil:
		return savedOnly
	case m.whyNotTenants() != "":
		return m.whyNotTenants()
	case m.cfg.Embedded != nil:
		return "the embedded tenant needs no profile"
	case m.cfg.Profile == "":
		return "these settings are of no profile: T makes one"
	}
	return ""
}

// keepSettings writes what was changed here into the profile that the settings come from.
func (m *Model) keepSettings() tea.Cmd {
	name, s, t, ctx := m.cfg.Profile, m.cfg.Settings, *m.opt.Tenants, m.ctx
	return func() tea.Msg {
		if err := keepIn(ctx, t, name, s); err != nil {
			return said{err: err}
		}
		return said{text: "kept in profile " + name + ": grant, scope, parameters, look ahead, how the answer comes back and where a logout does"}
	}
}

// keepIn changes a saved profile by settings. What else stands in it stays.
func keepIn(ctx context.Context, t Tenants, name string, s trace.Settings) error {
	entries, err := t.List()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name != name {
			continue
		}
		if e.Err != nil {
			return e.Err
		}
		p, now := e.Resolved(), profile.FromSettings(s)
		p.Grant, p.Scope, p.ResponseMode, p.NoPreflight, p.PostLogoutURI = now.Grant, now.Scope, now.ResponseMode, now.NoPreflight, now.PostLogoutURI
		p.Params, p.TokenParams, p.RefreshParams = now.Params, now.TokenParams, now.RefreshParams
		_, err := t.Save(ctx, name, p, trace.Secret{})
		return err
	}
	return fmt.Errorf("profile %s is not there any more", name)
}
