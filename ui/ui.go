// Package ui is the screen: one Bubble Tea model that owns all state, and one file a view that
// draws it. What stands on the screen is a function of the trace and the time. The package
// knows no protocol: what a request means it asks of package story.
package ui

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// Options are what a screen is opened with.
type Options struct {
	Start   func(ctx context.Context) (*flow.Target, error) // called beside the first frame
	Opened  []trace.Event                                   // a saved session, to be looked at
	Other   []trace.Event                                   // another one, to be compared with it; nil: none
	Names   [2]string                                       // of both, in the comparison
	Logins  [][]trace.Event                                 // of a recording: all that it has, Opened among them
	Path    string                                          // of the saved session
	Cut     bool                                            // the file ends too early: Opened is what came before
	NoColor bool
	Now     func() time.Time        // nil is time.Now
	Mono    func() time.Duration    // since any instant, by a clock that stands still while the machine sleeps; nil is that of Now
	Copy    func(text string) error // to the system's clipboard, besides OSC 52; may be nil
	Save    func(path string, events []trace.Event) error
	Reader  diagnose.Reader // of findings
	Tenants *Tenants        // to choose from; nil if there are no others
}

// viewID is a view; its number is its key.
type viewID int

const (
	flowView    viewID = 1
	tokensView  viewID = 2
	sessionView viewID = 3
	compareView viewID = 4
	tenantView  viewID = 5
	wireView    viewID = 6
)

var views = []struct {
	id    viewID
	title string
}{{flowView, "Flow"}, {tokensView, "Tokens"}, {sessionView, "Session"}, {compareView, "Compare"}, {tenantView, "Tenant"}, {wireView, "Wire"}}

// Model is the program's only tea.Model. It is used through a pointer, on Bubble Tea's one
// goroutine; commands get copies of what they need.
type Model struct {
	ctx context.Context
	opt Options

	th      *theme.Theme
	dark    bool
	profile colorprofile.Profile
	w, h    int
	now     time.Time // read once, first thing, in Update

	target   *flow.Target
	embedded *flow.Target // the embedded tenant, once it was started
	startErr error
	cfg      flow.Config // of the next run
	runs     []*run
	cur      *run // never nil
	numbered int

	view      viewID
	panes     [7]pane
	onMenu    bool          // the list on the left has the keys, not the pane
	stage     trace.StageID // selected in Flow
	followed  trace.StageID // the stage that the walk had reached when it was last followed
	eager     bool          // enter was pressed before the next request stood ready
	token     int           // selected in Tokens
	tokenMode tokenMode     // how Tokens is laid out
	planted   planted       // the tree of the selected token
	placed    placed        // the table of claims that is shown
	foreign   []*foreign    // tokens that were pasted
	pastes    int
	part      tenantPart        // selected in Tenant
	tenant    shownTenant       // what Tenant shows
	chapter   sessionPart       // selected in Session
	zoom, pan int               // of its time line
	mode      trace.RefreshMode // of runs to come
	call      int               // selected in Wire
	pair      pairing           // shown in Compare
	changing  *changing         // what is about to be changed for a run to compare with, or nil
	laid      laid              // the comparison that is shown
	apart     comparedWhys      // the findings that only one side of it has
	whyOther  bool              // the pane of findings is folded where it is open by itself, and the other way round
	expanded  map[string]bool
	folds     int // changes of expanded
	find      string
	scannable scanned // the QR code that was made last
	api       string  // that was called last

	revealed  map[string]bool
	revealAll bool
	modal     modal
	toast     string
	editNext  bool // the next request opens in the editor
	mouseOff  bool
	ticking   bool
	away      bool      // suspended from here
	asOf      time.Time // the end of a recording that is looked at; zero: now is now

	began time.Time     // of the program
	wall  time.Time     // the clock on the wall, as last read
	since time.Duration // the monotonic one, read together with it

	lines []string // the frame, made in Update
	spots []spot   // what can be clicked in it
}

// New makes a model whose runs end when ctx does. It does nothing slow: the first frame must not
// wait.
func New(ctx context.Context, o Options) *Model {
	if o.Now == nil {
		o.Now = time.Now
	}
	m := &Model{ctx: ctx, opt: o, dark: true, profile: colorprofile.TrueColor, now: o.Now(), view: flowView, stage: trace.Discover,
		onMenu: true, revealed: map[string]bool{}, expanded: map[string]bool{}, cur: &run{log: &trace.Log{}, reader: o.Reader}}
	m.began = m.now
	m.setTheme()
	if o.Opened != nil {
		m.openSaved()
	}
	return m
}

// openSaved shows a saved session: all of it is read from its trace.
func (m *Model) openSaved() {
	m.cur = m.openRun(m.opt.Opened, m.opt.Names[0])
	m.cfg.Settings = m.cur.settings()
	m.runs = []*run{m.cur}
	if m.opt.Other != nil {
		m.runs = append(m.runs, m.openRun(m.opt.Other, m.opt.Names[1]))
		m.pair = pairing{a: m.cur, b: m.runs[1]}
		m.view, m.onMenu = compareView, false
	}
	m.openLogins()
	m.stage = m.lastStage()
	if m.opt.Cut {
		m.toast = "the file is cut off: this is what came before"
	}
	m.openRecording()
}

// openRun reads a saved run. A recording is judged as of its end.
func (m *Model) openRun(events []trace.Event, name string) *run {
	r := &run{log: trace.NewLog(events), reader: m.opt.Reader, name: safe.Cut(safe.Line(name), 40)}
	r.fold(m.now)
	r.n = r.settings().Run
	if _, recorded := r.story.Recording(); recorded {
		r.asOf = r.story.End()
		r.judge(r.asOf)
	}
	return r
}

func (m *Model) setTheme() {
	switch {
	case m.opt.NoColor || m.profile <= colorprofile.ASCII:
		m.th = theme.Plain()
	case m.profile == colorprofile.ANSI:
		m.th = theme.Basic(m.dark)
	default:
		m.th = theme.New(m.dark)
	}
}

// Init starts the target beside the first frame.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{tea.RequestBackgroundColor}
	if start := m.opt.Start; start != nil && m.opt.Opened == nil {
		ctx := m.ctx
		cmds = append(cmds, func() tea.Msg { t, err := start(ctx); return started{t, err} })
	}
	return tea.Batch(cmds...)
}

// Update handles msg, makes the frame anew and asks for the next tick if something counts.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.now = m.instant()
	m.noticeDrift()
	cmd := tea.Batch(m.handle(msg), m.keepAlive())
	if m.modal == nil {
		m.unchanged()
	}
	m.draw()
	return m, tea.Batch(cmd, m.tick())
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.setTheme()
	case tea.ColorProfileMsg:
		m.profile = msg.Profile
		m.setTheme()
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.PasteMsg:
		return m.pasted(msg.Content)
	case tea.MouseClickMsg:
		return m.click(msg)
	case tea.MouseWheelMsg:
		m.wheel(msg)
	case started:
		return m.begin(msg)
	case grown:
		return m.grew(msg.run)
	case runEnded:
		m.ended(msg)
		return m.afterRun(msg.run)
	case listed:
		m.gotList(msg)
	case removed:
		return m.gotRemoved(msg)
	case switched:
		return m.change(msg)
	case probed:
		msg.form.gotProbe(msg)
	case keyringSaid:
		msg.form.gotKeyring(msg)
	case redirectSaid:
		msg.form.gotRedirect(msg)
	case inspected:
		m.lookAt(msg.in)
	case lookedAt:
		m.gotTenant(msg)
	case ticked:
		m.ticking = false
		for _, r := range m.runs {
			r.fold(m.now)
		}
	case continued:
		return m.cameBack()
	case said:
		m.toast = msg.text
		if msg.err != nil {
			m.toast = msg.err.Error()
		}
	default:
		if m.modal != nil {
			return m.modal.other(m, msg)
		}
	}
	return nil
}

// begin takes the target and starts the first run, which waits for enter. The person may have chosen another meanwhile.
func (m *Model) begin(msg started) tea.Cmd {
	if msg.err == nil && msg.target.Config.Embedded != nil {
		m.embedded = msg.target
	}
	if m.target != nil {
		return nil
	}
	if msg.err != nil {
		m.startErr = msg.err
		return nil
	}
	m.target, m.cfg = msg.target, msg.target.Config
	return m.again(false)
}

// grew reads on in a trace, and follows the walk where it goes on by itself.
func (m *Model) grew(r *run) tea.Cmd {
	r.fold(m.now)
	if r == m.cur {
		m.follow()
		m.editHeld()
	}
	return m.watch(r)
}

// tick asks for the next second while something on the screen counts, and only then.
func (m *Model) tick() tea.Cmd {
	if m.ticking || !m.counting() {
		return nil
	}
	m.ticking = true
	return tea.Every(time.Second, func(t time.Time) tea.Msg { return ticked(t) })
}

// counting reports whether a clock is running: a token's, or that of a person who is waited for.
func (m *Model) counting() bool {
	if !m.asOf.IsZero() {
		return false
	}
	if m.cur.keptAlive() {
		return true
	}
	if m.w < minWidth || m.h < minHeight {
		return false
	}
	if m.countingForeign() {
		return true
	}
	rs := m.runs
	if m.view != compareView {
		rs = []*run{m.cur}
	}
	for _, r := range rs {
		if !r.story.Next(m.now).IsZero() {
			return true
		}
		if l := r.story.Login(); l != nil && l.Waiting() && r.cancel != nil {
			return true
		}
	}
	return false
}

// View returns the frame that Update made.
func (m *Model) View() tea.View {
	v := tea.NewView(strings.Join(m.lines, "\n"))
	v.AltScreen = true
	v.WindowTitle = "authscope"
	if !m.mouseOff {
		v.MouseMode = tea.MouseModeCellMotion
	}
	if m.modal != nil {
		v.Cursor = m.modal.cursor(m)
	}
	return v
}
