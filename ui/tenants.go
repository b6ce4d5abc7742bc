package ui

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/trace"
)

// Tenants is what the start screen works with: this package touches neither files nor the network. All of it may take a
// while, and is called beside the screen.
type Tenants struct {
	// Embedded starts the embedded tenant; it is called once, if [Options.Start] did not do it.
	Embedded func(ctx context.Context) (*flow.Target, error)
	// Start prepares the target of a profile. Name is that under which it is saved, or "". A secret that is not zero wins over
	// where the profile says that it is.
	Start func(ctx context.Context, name string, p profile.Profile, secret trace.Secret) (*flow.Target, error)
	List  func() ([]profile.Entry, error)
	// Save saves a profile, and its secret where the profile says that it is the keyring's. It returns it as saved.
	Save func(ctx context.Context, name string, p profile.Profile, secret trace.Secret) (profile.Profile, error)
	// Remove removes a profile, with what the keyring has of it.
	Remove func(ctx context.Context, name string) error
	// Redirect finds out whether the answer to a login can be received at a redirect URI.
	Redirect func(uri string) profile.Redirect
	Keyring  func(ctx context.Context) error // why it cannot be used
	// Probe asks which of issuers is one.
	Probe func(ctx context.Context, caFile string, issuers []string) flow.Probed
}

// startScreen is the modal that chooses the tenant.
type startScreen struct {
	p       pane
	listed  bool
	entries []profile.Entry
	err     error // why there is no list

	starting string // the tenant that is being started
	cancel   context.CancelFunc
	failed   string // the one that could not be
	why      error
}

// listed are the saved profiles.
type listed struct {
	to      *startScreen
	entries []profile.Entry
	err     error
}

// removed says what became of removing a profile.
type removed struct {
	to   *startScreen
	name string
	err  error
}

// switched is a target that was asked for, or why there is none.
type switched struct {
	from     modal // what asked for it
	name     string
	target   *flow.Target
	embedded bool
	saved    bool // it was saved before, under name
	err      error
}

func (m *Model) whyNotTenants() string {
	switch {
	case m.opt.Opened != nil:
		return savedOnly
	case m.opt.Tenants == nil:
		return "there is no other tenant here"
	}
	return ""
}

// askTenants opens the start screen. What is saved is read anew each time: other windows and editors write it too.
func (m *Model) askTenants() tea.Cmd {
	st := &startScreen{}
	m.modal = st
	list := m.opt.Tenants.List
	return func() tea.Msg {
		entries, err := list()
		return listed{st, entries, err}
	}
}

func (m *Model) gotList(msg listed) {
	st := msg.to
	st.listed, st.entries, st.err = true, msg.entries, msg.err
	if m.cfg.Embedded != nil {
		return
	}
	st.p.sel = min(st.p.sel, len(st.entries)+1)
	for i, e := range st.entries {
		if m.cfg.Profile != "" && e.Name == m.cfg.Profile && st.p.sel == 0 {
			st.p.sel = i + 1
		}
	}
}

func (st *startScreen) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	k := msg.String()
	if st.starting != "" {
		if k == "esc" || k == "q" {
			st.cancel()
			st.starting = ""
			m.toast = "given up: the tenant stays"
		}
		return nil
	}
	switch k {
	case "esc", "q", "T":
		m.modal = nil
	case "up", "k":
		st.p.move(-1)
		st.p.show(m.bodyHeight())
	case "down", "j":
		st.p.move(1)
		st.p.show(m.bodyHeight())
	case "home", "g", "end", "G":
		st.p.move(map[string]int{"home": -1 << 20, "g": -1 << 20, "end": 1 << 20, "G": 1 << 20}[k])
		st.p.show(m.bodyHeight())
	case "n":
		m.modal = m.newForm(st, profile.Entry{})
	case "e":
		return st.edit(m)
	case "d", "delete":
		st.remove(m)
	case "enter":
		return st.choose(m)
	}
	return nil
}

// remove asks whether the selected profile is to go.
func (st *startScreen) remove(m *Model) {
	e := st.at()
	if e == nil {
		m.toast = "only a saved profile can be removed"
		return
	}
	text := "Its file is deleted, with your comments in it, and what the keyring has of it is forgotten. The tenant is not touched."
	if e.Err != nil {
		text = "Its file cannot be read, and is deleted as it is. If the keyring has a secret of it, that stays there."
	}
	name, do := e.Name, m.opt.Tenants.Remove
	m.modal = &question{title: "Remove profile " + name + "?", yes: "remove it", text: text, back: st, do: func(m *Model) tea.Cmd {
		m.modal = st
		ctx := m.ctx
		return func() tea.Msg { return removed{st, name, do(ctx, name)} }
	}}
}

// gotRemoved reads the list again. What could not be removed stays in it, with the reason.
func (m *Model) gotRemoved(msg removed) tea.Cmd {
	st, list := msg.to, m.opt.Tenants.List
	if msg.err != nil {
		st.failed, st.why = msg.name, msg.err
	} else {
		m.toast = "removed profile " + msg.name
	}
	return func() tea.Msg {
		entries, err := list()
		return listed{st, entries, err}
	}
}

// at returns the selected profile, or nil on another line.
func (st *startScreen) at() *profile.Entry {
	if i := st.p.sel - 1; i >= 0 && i < len(st.entries) {
		return &st.entries[i]
	}
	return nil
}

func (st *startScreen) edit(m *Model) tea.Cmd {
	switch e := st.at(); {
	case e == nil:
		m.toast = "only a saved profile can be changed"
	case e.Err != nil:
		m.toast = "a broken profile is mended in an editor: " + e.Path
	default:
		m.modal = m.newForm(st, *e)
	}
	return nil
}

// choose switches to what is selected.
func (st *startScreen) choose(m *Model) tea.Cmd {
	if st.p.sel == 0 {
		return st.begin(m, "the embedded tenant", m.embeddedStarter())
	}
	e := st.at()
	if e == nil {
		m.modal = m.newForm(st, profile.Entry{})
		return nil
	}
	if e.Err != nil {
		st.failed, st.why = e.Name, e.Err
		return nil
	}
	name, p, start := e.Name, e.Profile, m.opt.Tenants.Start
	return st.begin(m, "profile "+name, func(ctx context.Context) switched {
		t, err := start(ctx, name, p, trace.Secret{})
		return switched{name: name, target: t, err: err, saved: true}
	})
}

// begin starts a target beside the screen.
func (st *startScreen) begin(m *Model, name string, start func(context.Context) switched) tea.Cmd {
	st.starting, st.failed, st.why = name, "", nil
	cmd, cancel := m.starting(st, start)
	st.cancel = cancel
	return cmd
}

// starting makes the command that starts a target. Its context ends with the program: the target may live by it.
func (m *Model) starting(from modal, start func(context.Context) switched) (tea.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithCancel(m.ctx)
	return func() tea.Msg {
		msg := start(ctx)
		msg.from = from
		if ctx.Err() != nil {
			msg.err = ctx.Err()
		}
		return msg
	}, cancel
}

// embeddedStarter starts the embedded tenant, which lives as long as the program once it was started.
func (m *Model) embeddedStarter() func(context.Context) switched {
	there, start := m.embedded, m.opt.Tenants.Embedded
	return func(ctx context.Context) switched {
		if there != nil {
			return switched{target: there, embedded: true}
		}
		t, err := start(ctx)
		return switched{target: t, embedded: true, err: err}
	}
}

// change takes another target in place of the present one, unless it came too late to be wanted.
func (m *Model) change(msg switched) tea.Cmd {
	if msg.embedded && msg.err == nil {
		m.embedded = msg.target
	}
	if m.modal != msg.from || !msg.from.(starter).started(msg) {
		return nil
	}
	m.modal = nil
	return m.switchTo(msg.target)
}

// starter is a modal that has asked for a target. It returns whether that is to be taken.
type starter interface{ started(switched) bool }

func (st *startScreen) started(msg switched) bool {
	if st.starting == "" {
		return false
	}
	what := st.starting
	st.starting = ""
	if msg.err != nil {
		st.failed, st.why = what, msg.err
	}
	return msg.err == nil
}

// switchTo closes what runs at the present tenant and begins a run at another. The runs before are of no use there: nothing
// of theirs can be compared.
func (m *Model) switchTo(t *flow.Target) tea.Cmd {
	for _, r := range m.runs {
		r.close()
		r.silent = false
	}
	m.runs, m.cur, m.startErr = nil, &run{log: &trace.Log{}, reader: m.opt.Reader}, nil
	m.panes, m.view, m.onMenu = [7]pane{}, flowView, true
	m.token, m.call, m.pair, m.find, m.eager = 0, 0, pairing{}, "", false
	m.revealAll, m.expanded = false, map[string]bool{}
	m.target, m.cfg = t, t.Config
	if e := t.Config.Embedded; e != nil && t.SetAccessLifetime != nil && e.AccessLifetime > 0 {
		t.SetAccessLifetime(e.AccessLifetime)
	}
	cmd := m.again(false)
	m.toast = strings.Join(append([]string{"now: " + m.tenantName()}, t.Notes...), "; ")
	return cmd
}

// tenantName is how the present tenant is called.
func (m *Model) tenantName() string {
	switch {
	case m.cfg.Embedded != nil:
		return "the embedded tenant"
	case m.cfg.Profile != "":
		return "profile " + m.cfg.Profile
	case m.cfg.Issuer != "":
		return m.cfg.Issuer
	}
	return m.cfg.Endpoints.Authorization
}
