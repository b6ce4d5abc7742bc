package ui

import (
	"context"
	"slices"
	"strings"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/trace"
)

// form is the modal that asks for a tenant and a client, in the order in which a person has things at hand.
type form struct {
	p     pane
	below *startScreen
	entry profile.Entry   // the profile that is changed; without a name it is a new one
	base  profile.Profile // what no field is for: parameters, keys, notes
	all   []*formField
	at    int // in visible
	dirty bool
	todo  []tea.Cmd // what leaving fields asks for

	read    string // what the first field said when it was read last
	guess   profile.Guess
	asked   string // the issuers that were asked for last
	probing bool
	probe   *flow.Probed // what came of it
	named   string       // the name that was suggested
	noRing  error        // why there is no keyring

	busy   string
	cancel context.CancelFunc
	failed error
	saved  bool // the profile is saved, whatever became of its start

	row    int  // where the input with the cursor stands in the pane
	follow bool // the field with the cursor is to be brought into sight
	tail   bool // what was said below all fields is
}

// The fields of a form.
const (
	inTenant   = "tenant"
	inClient   = "client id"
	inPlace    = "client secret"
	inSecret   = "secret"
	inVariable = "variable"
	inFile     = "file"
	inAuth     = "authentication"
	inKey      = "key file"
	inCert     = "certificate file"
	inRedirect = "redirect URI"
	inLogout   = "after logout"
	inScope    = "scopes"
	inByHand   = "endpoints"
	inCA       = "trust"
	inSave     = "save"
	inName     = "name"
)

// Where a secret is: the choices of inPlace.
const (
	noSecret = iota
	keptSecret
	variableSecret
	fileSecret
	typedSecret
)

// formField is a line of a form: of text, or a choice.
type formField struct {
	id, help string
	empty    string // what holds where nothing is typed
	input    textinput.Model
	choices  []string // nil for text
	n        int      // the choice
	err      string   // why it cannot stay so
	warn     string
}

func (f *formField) text() string { return strings.TrimSpace(f.input.Value()) }

func (f *formField) typed() bool { return f.choices == nil && f.id != inScope }

// newForm makes a form for a new tenant, or for the profile in entry.
func (m *Model) newForm(below *startScreen, entry profile.Entry) *form {
	f := &form{below: below, entry: entry, base: entry.Resolved(), follow: true}
	p := &f.base
	if entry.Name == "" {
		p.RedirectURI, p.Scope = flow.DefaultRedirectURI, strings.Fields(flow.DefaultScope)
	}
	text := func(id, value, help string) *formField {
		x := &formField{id: id, help: help, input: m.newInput(value, m.formWidth())}
		x.input.Prompt = ""
		f.all = append(f.all, x)
		return x
	}
	choice := func(id string, n int, help string, choices ...string) {
		f.all = append(f.all, &formField{id: id, help: help, n: n, choices: choices})
	}
	text(inTenant, p.Issuer, "issuer, Authgear endpoint, discovery URL, or an authorize URL of your application")
	text(inClient, p.ClientID, "stands beside the application in the tenant's settings")
	place, variable, file := secretPlace(p.Secret)
	choice(inPlace, place, "a secret never stands in a profile", "none: a public client", "typed here, kept in the system's keyring",
		"in an environment variable", "in a file", "typed here, for this session only")
	secret := text(inSecret, "", "it is not shown, and not in the profile")
	secret.input.EchoMode, secret.input.EchoCharacter = textinput.EchoPassword, '•'
	text(inVariable, variable, "the variable's name; it is read when a run begins")
	text(inFile, file, "the file's name; it has the secret and nothing else")
	choice(inAuth, authChoice(p.ClientAuth), "how the client proves who it is at the token endpoint; the client's settings say it", authChoices()...)
	text(inKey, p.ClientKey, "the file with the client's private key: PEM, a JWK, or a JWK set")
	text(inCert, p.ClientCert, "the file with the client's certificate, PEM; with its key, or the key is above")
	text(inRedirect, p.RedirectURI, "exactly as it is registered for the client")
	text(inLogout, p.PostLogoutURI, "where the browser comes back to after a logout, as it is registered").empty = "the root of the redirect URI"
	text(inScope, strings.Join(p.Scope, " "), "space chooses")
	choice(inByHand, choiceOf(!p.Endpoints.IsZero()), "for a server without discovery, or with a wrong one", "from the tenant's metadata", "some given by hand")
	for _, name := range trace.EndpointNames {
		text(name, *p.Endpoints.Field(name), "empty: from the metadata").empty = "from the metadata"
	}
	text(inCA, p.CAFile, "a file with certificates to trust besides the system's, PEM: for a private authority")
	choice(inSave, 0, "space changes it", "save as a profile, and start", "start without saving")
	text(inName, entry.Name, "of the profile: letters, digits, - _ and .")
	f.read, f.asked = p.Issuer, p.Issuer
	f.focus()
	return f
}

// authChoices are the ways to authenticate, of which the first is not to choose.
func authChoices() []string {
	out := []string{"by the secret, and by the tenant's metadata"}
	for _, m := range trace.AuthMethods {
		out = append(out, m.Short())
	}
	return out
}

func authChoice(method string) int {
	m, _ := trace.ParseAuthMethod(method)
	return slices.Index(trace.AuthMethods, m) + 1
}

// authMethod is the one that was chosen, or "".
func (f *form) authMethod() trace.AuthMethod {
	if n := f.field(inAuth).n; n > 0 {
		return trace.AuthMethods[n-1]
	}
	return ""
}

func choiceOf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// secretPlace takes a profile's source of a secret apart.
func secretPlace(source string) (place int, variable, file string) {
	kind, rest, _ := strings.Cut(source, ":")
	switch {
	case source == string(profile.Keyring):
		return keptSecret, "", ""
	case kind == "env":
		return variableSecret, rest, ""
	case kind == "file":
		return fileSecret, "", rest
	}
	return noSecret, "", ""
}

// field returns the field of this name.
func (f *form) field(id string) *formField {
	for _, x := range f.all {
		if x.id == id {
			return x
		}
	}
	return &formField{}
}

// visible are the fields that count, by what was chosen.
func (f *form) visible() (out []*formField) {
	place, byHand, save := f.field(inPlace).n, f.field(inByHand).n == 1, f.field(inSave).n == 0
	auth := f.authMethod()
	for _, x := range f.all {
		switch {
		case x.id == inSecret && place != keptSecret && place != typedSecret,
			x.id == inVariable && place != variableSecret,
			x.id == inFile && place != fileSecret,
			x.id == inName && !save,
			x.id == inKey && auth != trace.AuthKeyJWT && !auth.MutualTLS(),
			x.id == inCert && !auth.MutualTLS(),
			x.id == inCA && x.text() == "" && !f.distrusted(),
			isEndpoint(x.id) && !byHand:
		default:
			out = append(out, x)
		}
	}
	return out
}

func isEndpoint(id string) bool { return new(trace.Endpoints).Field(id) != nil }

// current is the field that has the keys.
func (f *form) current() *formField {
	list := f.visible()
	f.at = max(0, min(f.at, len(list)-1))
	return list[f.at]
}

// focus gives the cursor to the current field.
func (f *form) focus() {
	now := f.current()
	for _, x := range f.all {
		if x == now && x.typed() {
			x.input.Focus()
		} else if x.typed() {
			x.input.Blur()
		}
	}
	f.p.sel, f.follow = f.at, true
}

// goTo leaves the current field, which is checked, for another one.
func (f *form) goTo(m *Model, to int) {
	f.leave(m, f.current())
	f.at = max(0, min(to, len(f.visible())-1))
	f.focus()
}
