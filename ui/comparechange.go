package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/trace"
)

// changing is a run that is about to be made with one thing changed. The choosers that otherwise begin a run of their own hand their
// change over to it.
type changing struct {
	before flow.Config // the settings that hold again afterwards
	base   *run
	alter  func(trace.Draft) (trace.Draft, bool)
	undo   func()
}

func (m *Model) whyNotChange() string {
	if why := m.whyNotRun(); why != "" {
		return why
	}
	if m.comparing() {
		return "a run for the comparison is under way"
	}
	return ""
}

// aChange is one thing that can be changed.
type aChange struct {
	name, what string
	why        func(*Model) string // why it is not offered; nil: it always is
	pick       func(*Model) tea.Cmd
}

func onlyCode(m *Model) string { return notBy(m.cfg.Grant != trace.GrantCode) }
func ofPerson(m *Model) string { return notBy(m.cfg.Grant == trace.GrantClientCredentials) }
func notBy(not bool) string {
	if not {
		return "this grant has none"
	}
	return ""
}

var changes = []aChange{
	{"offline_access", "what a refresh token makes of a session", ofPerson, func(m *Model) tea.Cmd { return m.toggleScope("offline_access") }},
	{"the scopes", "choose among those that the tenant tells about", ofPerson, (*Model).askScopes},
	{"offline_access alone", "without openid: Authgear's documentation says that this is enough, its servers say otherwise", onlyCode, func(m *Model) tea.Cmd {
		m.cfg.Scope = "offline_access"
		return m.changed()
	}},
	{"prompt", "whether the person is asked again: none, login, consent, select_account", onlyCode, (*Model).askPrompt},
	{"a parameter", "add one to a request, change it or take it out; n then runs again", nil, (*Model).askParams},
	{"how the answer comes back", "response_mode: query, fragment, form_post", onlyCode, (*Model).askMode},
	{"PKCE", "leave code_challenge and code_verifier out, as an old client does", onlyCode, func(m *Model) tea.Cmd {
		m.changing.alter = withoutPKCE
		return m.changed()
	}},
	{"client authentication", "by which the client proves itself", (*Model).whyNotAuth, (*Model).askAuth},
	{"the grant", "authorization code, device or client credentials", nil, (*Model).askGrant},
	{"a fault", "have the tenant, or the application, do one thing wrong", (*Model).whyNotFaults, (*Model).askFault},
	{"nothing", "the same once more: what differs then is new in every run", nil, (*Model).changed},
}

// askChange asks what to change. It starts from the settings of the run that is compared on the left, else of the present one.
func (m *Model) askChange() tea.Cmd {
	base, _ := m.sides()
	if m.view != compareView && m.cur.compared() {
		base = m.cur
	}
	if m.pair.a != nil && m.view == compareView {
		base = m.pair.a
	}
	m.changing = &changing{before: m.cfg, base: base}
	about := "It runs again with this change alone."
	if base != nil {
		m.cfg = base.cfg
		about = "It runs again with this change alone, and is laid beside " + base.title() + ". Later runs keep the settings that they had."
	}
	c := &chooser{title: "Change one thing and run again", about: about, enter: "change it", plain: true}
	var offered []aChange
	for _, ch := range changes {
		if ch.why == nil || ch.why(m) == "" {
			if ch.name == "offline_access" {
				ch.name = m.nameOf(commandOf("o"))
			}
			offered = append(offered, ch)
			c.options = append(c.options, option{name: ch.name, notes: [][2]string{{"", ch.what}}})
		}
	}
	c.pick = func(m *Model, i int) tea.Cmd { return offered[i].pick(m) }
	return m.choose(c)
}

// changed makes the run with what was changed.
func (m *Model) changed() tea.Cmd {
	c, cfg := m.changing, m.cfg
	m.changing, m.cfg, m.modal = nil, c.before, nil
	cmd := m.runBeside(cfg, c.base, c.alter)
	if r := m.runs[len(m.runs)-1]; c.undo != nil {
		r.undo = c.undo
	}
	return cmd
}

// unchanged leaves all as it was, where nothing was changed after all.
func (m *Model) unchanged() {
	if m.changing != nil {
		m.cfg, m.changing = m.changing.before, nil
	}
}

// withoutPKCE takes out of a request what RFC 7636 puts in.
func withoutPKCE(d trace.Draft) (trace.Draft, bool) {
	parts, found := trace.TakeApart(d), false
	for i, p := range parts {
		if slices.Contains([]string{"code_challenge", "code_challenge_method", "code_verifier"}, p.Name) {
			parts[i].Removed, found = true, true
		}
	}
	if !found {
		return d, false
	}
	left, err := d.With(parts)
	if err != nil {
		return d, false
	}
	return left, true
}

// prompts are the values of prompt (OpenID Connect Core §3.1.2.1).
var prompts = []struct{ value, what string }{
	{"", "it is not sent"}, {"none", "no page at all: an error if a person is needed"}, {"login", "the person signs in again"},
	{"consent", "the person agrees again"}, {"select_account", "the person chooses an account"},
}

func (m *Model) askPrompt() tea.Cmd {
	now, _ := m.cfg.Param("prompt")
	c := &chooser{title: "What is the person asked?", about: "It is sent as prompt.", enter: "run this way", pick: func(m *Model, i int) tea.Cmd {
		m.cfg.Params = m.cfg.SetParam("prompt", prompts[i].value)
		return m.changed()
	}}
	for _, p := range prompts {
		name := p.value
		if name == "" {
			name = "no prompt"
		}
		c.options = append(c.options, option{name: name, on: p.value == now, spec: "OpenID Connect Core §3.1.2.1", notes: [][2]string{{"", p.what}}})
	}
	return m.choose(c)
}

// secretMethods are the methods that a client with a secret can use, and none of them.
var secretMethods = []trace.AuthMethod{trace.AuthBasic, trace.AuthPost, trace.AuthSecretJWT, trace.AuthBasicRaw, trace.AuthNone}

func (m *Model) whyNotAuth() string {
	if m.cfg.ClientSecret.IsZero() {
		return "the client has no secret: it has nothing to prove itself with"
	}
	return ""
}

func (m *Model) askAuth() tea.Cmd {
	now := m.cur.story.ClientAuth().Method
	c := &chooser{title: "How the client proves itself", about: "The secret is the same.", enter: "run this way", pick: func(m *Model, i int) tea.Cmd {
		m.cfg.ClientAuth, m.cfg.ClientAuthReason = secretMethods[i], "changed to be compared"
		if m.cfg.ClientAuth == trace.AuthNone {
			m.cfg.ClientSecret = trace.Secret{}
		}
		return m.changed()
	}}
	for _, method := range secretMethods {
		c.options = append(c.options, option{name: string(method), on: method == now})
	}
	return m.choose(c)
}

// askFault has one thing go wrong in the run, and in no later one.
func (m *Model) askFault() tea.Cmd {
	of := m.target.Faults
	on := of.On()
	var offered []flow.Fault
	c := &chooser{title: "What goes wrong in this run?", about: "It is switched off again afterwards.", enter: "run this way", plain: true, pick: func(m *Model, i int) tea.Cmd {
		name := offered[i].Name
		if err := of.Set(name, true); err != nil {
			m.unchanged()
			m.toast = err.Error()
			return nil
		}
		m.changing.undo = func() { _ = of.Set(name, false) } // it was known when it was switched on
		cmd := m.changed()
		m.runs[len(m.runs)-1].log.Append(0, trace.Choice{What: "fault", Value: name + " on"})
		return cmd
	}}
	for _, f := range of.All {
		if !slices.Contains(on, f.Name) && (f.Client == "" || f.Client == m.cfg.ClientID) && f.Needs == "" {
			offered = append(offered, f)
			c.options = append(c.options, option{name: f.Name, spec: f.Group, notes: [][2]string{{"", f.What}}})
		}
	}
	return m.choose(c)
}
