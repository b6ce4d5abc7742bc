package ui

import (
	"errors"
	"net/url"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/trace"
)

// probed is what came of asking for a tenant's metadata.
type probed struct {
	form  *form
	asked string
	got   flow.Probed
}

// keyringSaid says whether there is a keyring.
type keyringSaid struct {
	form *form
	err  error
}

// leave checks a field that is left.
func (f *form) leave(m *Model, x *formField) {
	x.err, x.warn = "", ""
	text := x.text()
	var err error
	switch {
	case x.id == inTenant:
		err = f.leaveTenant(m, x)
	case x.id == inClient:
		if err = profile.CheckClientID(x.input.Value()); err == nil {
			x.warn = profile.ClientIDWarning(text)
		}
	case x.id == inPlace && x.n == keptSecret:
		f.askKeyring(m)
	case x.id == inPlace && x.n == typedSecret && f.field(inSave).n == 0:
		x.warn = "it is kept nowhere: the profile alone will have no secret"
	case x.id == inSecret:
		err = f.checkSecret(x)
	case x.id == inVariable || x.id == inFile:
		err = checkSource(x.id, text)
	case x.id == inAuth:
		err = f.checkAuth()
	case x.id == inKey && text == "" && f.authMethod() == trace.AuthKeyJWT, x.id == inCert && text == "":
		err = errors.New("the name of the file is missing")
	case x.id == inCA && text != f.base.CAFile:
		f.base.CAFile, f.probe, f.asked = text, nil, ""
		f.ask(m)
	case x.id == inRedirect:
		if err = profile.CheckRedirectURI(text); err == nil && text != "" {
			f.askRedirect(m, x, text)
		}
	case x.id == inLogout:
		if err = profile.CheckLogoutURI(text); err == nil && text != "" {
			x.warn = logoutWarning(text)
		}
	case x.id == inScope:
		if err = profile.CheckScope(text); err == nil {
			x.warn = profile.ScopeWarning(text)
		}
	case isEndpoint(x.id):
		err = profile.CheckEndpoint(x.id, text)
	case x.id == inName:
		err = f.checkName(text)
	}
	if err != nil {
		x.err = err.Error()
	}
}

// checkAuth holds that what was chosen goes with what there is.
func (f *form) checkAuth() error {
	auth, place := f.authMethod(), f.field(inPlace).n
	switch {
	case auth.Secret() && place == noSecret:
		return errors.New(auth.Short() + " needs the client's secret: choose above where it is")
	case auth == trace.AuthNone && place != noSecret:
		return errors.New("a client that authenticates by nothing has no secret: choose another method, or above that there is none")
	}
	return nil
}

// distrusted reports whether the tenant's certificate was not accepted: then there is something to trust.
func (f *form) distrusted() bool {
	return f.probe != nil && f.probe.Untrusted
}

// checkSource checks where a secret is said to be. Whether it is there shows when it is wanted: it may be elsewhere by then.
func checkSource(id, text string) error {
	switch {
	case id == inVariable && (text == "" || strings.ContainsAny(text, "= \t")):
		return errors.New("the name of a variable is wanted, such as CLIENT_SECRET: without $ and =")
	case id == inVariable && strings.HasPrefix(text, "$"):
		return errors.New("the name is wanted without the $")
	case id == inFile && text == "":
		return errors.New("the name of the file is missing")
	}
	return nil
}

// leaveTenant reads the first field, and has the tenant asked for its metadata.
func (f *form) leaveTenant(m *Model, x *formField) error {
	text := x.text()
	if text == "" && f.endpoints().Suffice() {
		return nil
	}
	if text != f.read || text == "" {
		if err := f.take(x, text); err != nil {
			return err
		}
	}
	if f.base.Issuer = x.text(); f.base.Issuer != "" {
		f.ask(m)
	}
	if to := f.field(inRedirect); f.guess.Redirect != nil && to.text() == f.guess.Profile.RedirectURI {
		f.askRedirect(m, to, to.text())
	}
	return nil
}

// take reads what a person has at hand, and fills in what it says.
func (f *form) take(x *formField, text string) error {
	g, err := profile.Read(text)
	if err != nil {
		x.err, f.guess = err.Error(), profile.Guess{}
		return err
	}
	x.err, f.guess, f.probe, f.failed = "", g, nil, nil
	p := &g.Profile
	set := func(id, value string) {
		if y := f.field(id); value != "" {
			y.input.SetValue(value)
			y.input.CursorEnd()
			y.err, y.warn = "", ""
		}
	}
	x.input.SetValue(p.Issuer)
	x.input.CursorEnd()
	f.read = p.Issuer
	set(inClient, p.ClientID)
	set(inRedirect, p.RedirectURI)
	set(inScope, strings.Join(p.Scope, " "))
	for name, value := range p.Endpoints.All() {
		set(name, value)
		f.field(inByHand).n = 1
	}
	if g.Kind != profile.KindIssuer && g.Kind != profile.KindMetadataURL {
		f.base.Params, f.base.ResponseMode = p.Params, p.ResponseMode
	}
	if p.ClientAuth != "" {
		f.field(inAuth).n = authChoice(p.ClientAuth)
	}
	f.suggestName(p.Issuer)
	return nil
}

// suggestName names a new profile after its tenant, until the person names it.
func (f *form) suggestName(issuer string) {
	x := f.field(inName)
	u, err := url.Parse(issuer)
	if err != nil || f.entry.Name != "" || x.input.Value() != f.named {
		return
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(u.Hostname(), "www."), ".")
	if strings.Trim(name, "0123456789") == "" || profile.CheckName(name) != nil || f.taken(name) {
		return
	}
	f.named = name
	x.input.SetValue(name)
	x.input.CursorEnd()
}

// ask has the candidates asked which of them is an issuer, unless they were.
func (f *form) ask(m *Model) {
	issuers := []string{f.base.Issuer}
	if len(f.guess.Issuers) > 0 && f.guess.Issuers[0] == f.base.Issuer {
		issuers = f.guess.Issuers
	}
	asked := strings.Join(issuers, " ")
	if asked == f.asked && (f.probing || f.probe != nil) {
		return
	}
	f.asked, f.probing, f.probe = asked, true, nil
	ctx, do, ca := m.ctx, m.opt.Tenants.Probe, f.base.CAFile
	f.todo = append(f.todo, func() tea.Msg { return probed{f, asked, do(ctx, ca, issuers)} })
}

// gotProbe notes what the tenant said. The person may have gone on to another meanwhile.
func (f *form) gotProbe(msg probed) {
	if msg.asked != f.asked {
		return
	}
	f.probing, f.probe = false, &msg.got
	x := f.field(inTenant)
	if issuer := msg.got.Issuer; issuer != "" && x.text() == f.read {
		x.input.SetValue(issuer)
		x.input.CursorEnd()
		f.read, f.base.Issuer, f.asked = issuer, issuer, issuer
		f.guess.Issuers = []string{issuer}
	}
	f.follow = true
}

// redirectSaid says whether the answer to a login can be received at a redirect URI.
type redirectSaid struct {
	form *form
	uri  string
	is   profile.Redirect
}

// askRedirect says of a redirect URI that it is not ours, and finds out whether its port is free if it is. The present run
// holds its own port: of that nothing needs to be found out.
func (f *form) askRedirect(m *Model, x *formField, uri string) {
	if r := profile.ReadRedirect(uri); !r.Ours {
		x.warn = r.Seen + " " + r.Do
		return
	}
	if do := m.opt.Tenants.Redirect; uri != m.cfg.RedirectURI {
		f.todo = append(f.todo, func() tea.Msg { return redirectSaid{f, uri, do(uri)} })
	}
}

// logoutWarning says that authscope cannot receive who comes back to an address, or "".
func logoutWarning(uri string) string {
	if profile.ReadRedirect(uri).Ours {
		return ""
	}
	return "authscope cannot listen there: after a logout paste the address that the browser ends at (p)"
}

func (f *form) gotRedirect(msg redirectSaid) {
	if x := f.field(inRedirect); x.text() == msg.uri && !msg.is.Ours {
		x.warn = msg.is.Seen + " " + msg.is.Do
		f.follow = true
	}
}

func (f *form) askKeyring(m *Model) {
	ctx, do := m.ctx, m.opt.Tenants.Keyring
	f.todo = append(f.todo, func() tea.Msg { return keyringSaid{f, do(ctx)} })
}

func (f *form) gotKeyring(msg keyringSaid) {
	f.noRing = msg.err
	if x := f.field(inPlace); msg.err != nil && x.n == keptSecret {
		x.err = msg.err.Error() + ": space chooses an environment variable or a file instead, or to type it for this session only"
	}
}

// checkSecret holds that there is one; that of a profile which is changed may stay in the keyring.
func (f *form) checkSecret(x *formField) error {
	v := x.input.Value()
	switch {
	case v == "" && f.entry.Profile.Secret == string(profile.Keyring) && f.field(inPlace).n == keptSecret && f.sameName():
		return nil
	case v == "":
		return errors.New("the secret is missing: type or paste it, or choose above where it is")
	case strings.TrimSpace(v) != v:
		x.warn = "the secret has a space at its beginning or end, from copying perhaps"
	}
	return nil
}

// sameName reports whether what the keyring has of the profile that is changed is found under the name in the form.
func (f *form) sameName() bool {
	return f.field(inSave).n != 0 || f.field(inName).text() == f.entry.Name
}

func (f *form) checkName(name string) error {
	if f.field(inSave).n != 0 {
		return nil
	}
	if err := profile.CheckName(name); err != nil {
		return err
	}
	if f.taken(name) {
		return errors.New("there is a profile " + name + " already: choose another name, or leave the form and press e at that one to change it")
	}
	return nil
}

// taken reports whether another profile has this name, in whatever case: some systems know one case only.
func (f *form) taken(name string) bool {
	for _, e := range f.below.entries {
		if strings.EqualFold(e.Name, name) && !strings.EqualFold(name, f.entry.Name) {
			return true
		}
	}
	return false
}
