package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/profile"
	"authscope/flow/trace"
)

// endpoints are those given by hand.
func (f *form) endpoints() (e trace.Endpoints) {
	if f.field(inByHand).n == 0 {
		return e
	}
	for _, name := range trace.EndpointNames {
		*e.Field(name) = f.field(name).text()
	}
	return e
}

// profile is what the form says, and the secret that was typed.
func (f *form) profile() (p profile.Profile, secret trace.Secret) {
	p = f.base
	p.Issuer, p.ClientID, p.RedirectURI = f.field(inTenant).text(), f.field(inClient).text(), f.field(inRedirect).text()
	p.Scope, p.Endpoints = strings.Fields(f.field(inScope).text()), f.endpoints()
	p.PostLogoutURI = f.field(inLogout).text()
	p.Secret, p.CAFile = "", f.field(inCA).text()
	auth := f.authMethod()
	p.ClientAuth, p.ClientKey, p.ClientCert = auth.Short(), "", ""
	if auth == trace.AuthKeyJWT || auth.MutualTLS() {
		p.ClientKey = f.field(inKey).text()
	}
	if auth.MutualTLS() {
		p.ClientCert = f.field(inCert).text()
	}
	switch f.field(inPlace).n {
	case keptSecret:
		p.Secret, secret = string(profile.Keyring), f.typedSecret()
	case typedSecret:
		secret = f.typedSecret()
	case variableSecret:
		p.Secret = string(profile.EnvSource(f.field(inVariable).text()))
	case fileSecret:
		p.Secret = string(profile.FileSource(f.field(inFile).text()))
	}
	return p, secret
}

func (f *form) typedSecret() trace.Secret {
	if v := f.field(inSecret).input.Value(); v != "" {
		return trace.NewSecret(v)
	}
	return trace.Secret{}
}

// submit checks every field, saves if that is wanted, and starts.
func (f *form) submit(m *Model) tea.Cmd {
	for i, x := range f.visible() {
		f.leave(m, x)
		if x.id == inPlace && x.n == keptSecret && f.noRing != nil {
			f.gotKeyring(keyringSaid{f, f.noRing})
		}
		if x.err != "" {
			f.at = i
			f.focus()
			m.toast = "not started yet: " + x.id + " needs a look"
			return f.flush()
		}
	}
	p, secret := f.profile()
	name, save := f.field(inName).text(), f.field(inSave).n == 0
	if !save {
		name = f.entry.Name
	}
	do, t := "the tenant is being started", *m.opt.Tenants
	if save {
		do = "the profile is being saved, and the tenant started"
	}
	f.busy, f.failed, f.follow, f.tail = do, nil, true, true
	cmd, cancel := m.starting(f, func(ctx context.Context) switched {
		msg := switched{name: name}
		if save {
			if p, msg.err = t.Save(ctx, name, p, secret); msg.err != nil {
				return msg
			}
			msg.saved = true
		}
		msg.target, msg.err = t.Start(ctx, name, p, secret)
		return msg
	})
	f.cancel = cancel
	return tea.Batch(cmd, f.flush())
}
