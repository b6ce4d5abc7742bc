package ui

import (
	"context"
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
}

// The fields of a form.
const (
	inTenant   = "tenant"
	inClient   = "client id"
	inPlace    = "client secret"
	inSecret   = "secret"
	inVariable = "variable"
	inFile     = "file"
	inRedirect = "redirect URI"
	inScope    = "scopes"
	inByHand   = "endpoints"
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
	text(inRedirect, p.RedirectURI, "exactly as it is registered for the client")
	text(inScope, strings.Join(p.Scope, " "), "space chooses")
	choice(inByHand, choiceOf(!p.Endpoints.IsZero()), "for a server without discovery, or with a wrong one", "from the tenant's metadata", "some given by hand")
	for _, name := range trace.EndpointNames {
		text(name, *p.Endpoints.Field(name), "empty: from the metadata")
	}
	choice(inSave, 0, "space changes it", "save as a profile, and start", "start without saving")
	text(inName, entry.Name, "of the profile: letters, digits, - _ and .")
	f.read, f.asked = p.Issuer, p.Issuer
	f.focus()
	return f
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
	for _, x := range f.all {
		switch {
		case x.id == inSecret && place != keptSecret && place != typedSecret,
			x.id == inVariable && place != variableSecret,
			x.id == inFile && place != fileSecret,
			x.id == inName && !save,
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

func (f *form) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	if f.busy != "" {
		if msg.String() == "esc" {
			f.cancel()
			f.busy = ""
			m.toast = "given up: the tenant stays"
		}
		return nil
	}
	f.sync(m)
	switch k := msg.String(); k {
	case "esc":
		return f.escape(m)
	case "pgdown", "pgup":
		h := m.bodyHeight()
		f.p.scroll(map[string]int{"pgdown": h - 2, "pgup": 2 - h}[k], h)
	case "ctrl+s":
		f.field(inSave).n = 0
		return f.submit(m)
	case "tab", "down":
		f.onward(m)
	case "shift+tab", "up":
		f.goTo(m, f.at-1)
	case "enter":
		if f.at == len(f.visible())-1 {
			return f.submit(m)
		}
		f.onward(m)
	default:
		return f.other(m, msg)
	}
	return f.flush()
}

// sync follows a click, which moves the selection and nothing else.
func (f *form) sync(m *Model) {
	if f.p.sel != f.at && f.p.sel < len(f.visible()) {
		f.goTo(m, f.p.sel)
	}
}

// flush hands out what leaving fields asked for.
func (f *form) flush() tea.Cmd {
	cmd := tea.Batch(f.todo...)
	f.todo = nil
	return cmd
}

// onward goes to the next field. What was read in the first one is to be seen, so if it was more than an issuer that stays.
func (f *form) onward(m *Model) {
	x := f.current()
	before := f.read
	f.leave(m, x)
	if x.id == inTenant && (x.err != "" || f.read != before && f.guess.Kind != profile.KindIssuer) {
		f.follow = true
		return
	}
	f.at = min(f.at+1, len(f.visible())-1)
	f.focus()
}

// escape leaves the form, and asks once if something would be lost.
func (f *form) escape(m *Model) tea.Cmd {
	if !f.dirty {
		return f.close(m)
	}
	m.modal = &question{title: "Leave the form?", yes: "leave it", back: f, text: "What was typed is saved nowhere.", do: f.close}
	return nil
}

// close goes back to the list, which is read again if there is more in it now.
func (f *form) close(m *Model) tea.Cmd {
	if f.saved {
		return m.askTenants()
	}
	m.modal = f.below
	return nil
}

// maxTyped bounds what is pasted into one field, in bytes.
const maxTyped = 16 << 10

// other hands on what is typed or pasted.
func (f *form) other(m *Model, msg tea.Msg) tea.Cmd {
	if f.busy != "" {
		return nil
	}
	f.sync(m)
	x := f.current()
	if key, ok := msg.(tea.KeyPressMsg); ok && !x.typed() {
		f.choose(m, x, key.String())
		return nil
	}
	if p, ok := msg.(tea.PasteMsg); ok {
		if !x.typed() || !f.paste(m, x, p.Content) {
			f.follow = true
			return nil
		}
		msg = tea.PasteMsg{Content: strings.Join(strings.FieldsFunc(p.Content, func(r rune) bool { return r == '\n' || r == '\r' }), "")}
	}
	before := x.input.Value()
	var cmd tea.Cmd
	x.input, cmd = x.input.Update(msg)
	if x.input.Value() != before {
		f.dirty, f.follow, x.err = true, true, ""
	}
	return cmd
}

// choose changes a choice.
func (f *form) choose(m *Model, x *formField, key string) {
	step := map[string]int{"space": 1, "right": 1, "left": -1}[key]
	switch {
	case step == 0:
		return
	case x.id == inScope:
		m.modal = f.newScopes()
		return
	}
	x.n = (x.n + step + len(x.choices)) % len(x.choices)
	x.err, x.warn, f.dirty, f.follow = "", "", true, true
}

// paste takes pasted text in, and reports whether it is to be put where the cursor is.
func (f *form) paste(m *Model, x *formField, text string) bool {
	f.dirty = true
	if x.id == inTenant && x.input.Value() == "" {
		return f.take(m, x, text) != nil && len(text) < 2048 && len(trace.Secrets(text)) == 0 && !strings.ContainsAny(text, "\r\n{")
	}
	if len(text) > maxTyped {
		x.err = "what was pasted has " + many(len(text), "byte") + ", more than this can have: it was not taken"
		return false
	}
	return true
}

// started takes the answer to submit.
func (f *form) started(msg switched) bool {
	if f.busy == "" {
		return false
	}
	f.busy, f.failed = "", msg.err
	if msg.saved { // it is there now, whether it could be started or not
		f.entry.Name, f.saved, f.dirty = msg.name, true, false
	}
	return msg.err == nil
}

func (f *form) hints(*Model) [][2]string {
	if f.busy != "" {
		return [][2]string{{"esc", "give up"}}
	}
	out := [][2]string{{"enter", "go on"}}
	if x := f.current(); x.id == inScope {
		out = append(out, [2]string{"space", "choose"})
	} else if !x.typed() {
		out = append(out, [2]string{"space", "another"})
	}
	if f.at == len(f.visible())-1 {
		out[0][1] = "start"
	}
	return append(out, [2]string{"ctrl+s", "save and start"}, [2]string{"tab", "next"}, [2]string{"esc", "leave it"})
}
