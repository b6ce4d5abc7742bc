package ui

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/pipenet"
	"authscope/flow/trace"
)

// driver stands in for tea.Program: it runs the model on the test's goroutine and commands on
// their own, in a synctest bubble. Whenever a method returns, all that is under way is timers.
type driver struct {
	t       *testing.T
	m       *Model
	net     *pipenet.Net
	tenant  *demo.Tenant
	browser demo.Browser // the demo user\'s
	msgs    chan tea.Msg
	quit    bool
	clip    string
	saved   []trace.Event
	frames  int
	stop    []func()
	choice  *choice
}

// drive runs f in a bubble with a screen of the given size on the embedded tenant.
func drive(t *testing.T, w, h int, f func(d *driver)) {
	t.Helper()
	driveWith(t, w, h, nil, f)
}

// driveWith is drive with changed options.
func driveWith(t *testing.T, w, h int, change func(*driver, *Options), f func(d *driver)) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, 1)
	key := tenantKey()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d := &driver{t: t, net: &pipenet.Net{}, msgs: make(chan tea.Msg, 1000)}
		d.tenant = demo.New(demo.Options{Issuer: "http://localhost:8975", Key: key})
		stop, err := d.net.Serve("127.0.0.1:8975", d.tenant)
		if err != nil {
			t.Fatal(err)
		}
		o := Options{Start: d.start, Save: func(_ string, events []trace.Event) error { d.saved = events; return nil }}
		d.choice = &choice{d: d}
		o.Tenants = d.choice.tenants()
		if change != nil {
			change(d, &o)
		}
		d.m = New(ctx, o)
		d.run(d.m.Init())
		d.send(tea.WindowSizeMsg{Width: w, Height: h})
		f(d)
		for _, r := range d.m.runs {
			r.close()
		}
		cancel()
		for _, end := range append(d.stop, stop) {
			end()
		}
		time.Sleep(time.Minute) // ticks under way must end: a bubble's clock stops with its test
	})
}

// start makes the target that the command line would make.
func (d *driver) start(context.Context) (*flow.Target, error) {
	return &flow.Target{
		Config: flow.Config{Settings: trace.Settings{Issuer: "http://localhost:8975", ClientID: "workshop-spa", ClientAuth: trace.AuthNone,
			RedirectURI: flow.DefaultRedirectURI, Scope: flow.DefaultScope, Leeway: flow.DefaultLeeway,
			Embedded: &trace.Embedded{Client: "workshop-spa", AccessLifetime: 1800 * time.Second}}},
		Env:      flow.Env{Transport: d.net.Transport(), Listen: d.net.Listen, UserAgent: "authscope/test"},
		ForGrant: d.forGrant, SwitchOn: d.switchOn,
		Refuse: func(ctx context.Context, url string) error {
			return demo.RefuseDevice(ctx, d.net.Transport(), url, demo.DemoUser())
		},
		Agent: func(ctx context.Context, url string) error {
			if strings.Contains(url, "/device") {
				return demo.ApproveDevice(ctx, d.net.Transport(), url, demo.DemoUser())
			}
			_, err := d.browser.SignIn(ctx, d.net.Transport(), url, demo.DemoUser())
			return err
		},
		Browser:           func(context.Context, string) error { return nil },
		SetAccessLifetime: d.tenant.SetAccessLifetime,
	}, nil
}

// forGrant is what the command line does for another grant at the embedded tenant.
func (d *driver) forGrant(cfg flow.Config, g trace.Grant) flow.Config {
	cfg.Grant, cfg.ClientID, cfg.ClientAuth, cfg.ClientSecret, cfg.TokenParams = g, "workshop-spa", trace.AuthNone, trace.Secret{}, nil
	switch g {
	case trace.GrantDevice:
		cfg = d.switchOn(cfg, "device-grant")
	case trace.GrantClientCredentials:
		machine := demo.Machines()[0]
		cfg.ClientID, cfg.ClientAuth, cfg.ClientSecret = machine.ID, "", trace.NewSecret(machine.Secret)
		cfg.TokenParams = []trace.Param{{Name: "resource", Value: demo.Resources[0]}}
	}
	return cfg
}

func (d *driver) switchOn(cfg flow.Config, name string) flow.Config {
	if !d.tenant.Switch(name) {
		d.t.Errorf("the embedded tenant has no switch %s", name)
	}
	return cfg
}

// byGrant chooses a grant as a person does: it is the n-th of the list.
func (d *driver) byGrant(n int) {
	d.press("A")
	for range n {
		d.press("down")
	}
	d.press("enter")
}

// device walks to where the code of the device grant is shown, and is held.
func (d *driver) device() {
	d.byGrant(1)
	d.press("enter", "enter", "enter", "enter")
}

func (d *driver) send(msg tea.Msg) {
	d.update(msg)
	d.settle()
}

func (d *driver) update(msg tea.Msg) {
	_, cmd := d.m.Update(msg)
	d.frames++
	d.run(cmd)
}

func (d *driver) run(cmd tea.Cmd) {
	if cmd != nil {
		go func() { d.msgs <- cmd() }()
	}
}

// settle handles messages until all that is left is waiting for the clock.
func (d *driver) settle() {
	for {
		synctest.Wait()
		select {
		case msg := <-d.msgs:
			switch msg := msg.(type) {
			case nil:
			case tea.BatchMsg:
				for _, cmd := range msg {
					d.run(cmd)
				}
			case tea.QuitMsg:
				d.quit = true
			default:
				d.update(msg)
			}
		default:
			return
		}
	}
}

// wait lets time pass.
func (d *driver) wait(t time.Duration) {
	const step = 500 * time.Millisecond
	for ; t > 0; t -= step {
		time.Sleep(min(t, step))
		d.settle()
	}
}

var keyCodes = map[string]rune{
	"space": tea.KeySpace, "enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "home": tea.KeyHome, "end": tea.KeyEnd,
	"backspace": tea.KeyBackspace,
}

// press types keys, named as the commands name them.
func (d *driver) press(keys ...string) {
	for _, k := range keys {
		msg := tea.KeyPressMsg{Code: keyCodes[k]}
		switch {
		case k == "shift+tab":
			msg = tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
		case k == "space":
			msg.Text = " "
		case strings.HasPrefix(k, "ctrl+"):
			msg = tea.KeyPressMsg{Code: rune(k[5]), Mod: tea.ModCtrl}
		case msg.Code == 0:
			msg = tea.KeyPressMsg{Code: []rune(k)[0], Text: k}
		}
		d.send(msg)
	}
}

// type_ types text into a field.
func (d *driver) typed(text string) {
	for _, r := range text {
		d.press(string(r))
	}
}

// toAuthorize walks to where somebody is to sign in: past the metadata and the look ahead.
func (d *driver) toAuthorize() { d.press("enter", "enter", "enter", "enter") }

// login walks to the end of the login.
func (d *driver) login() { d.press("f") }

// styled is the screen as the renderer cuts it.
func (d *driver) styled() string {
	c := lipgloss.NewCanvas(d.m.w, d.m.h)
	return c.Compose(lipgloss.NewLayer(d.m.View().Content)).Render()
}

// frame is the screen without colour.
func (d *driver) frame() string { return ansi.Strip(d.styled()) + "\n" }

// has fails the test unless the screen shows all of texts.
func (d *driver) has(texts ...string) {
	d.t.Helper()
	f := d.frame()
	for _, text := range texts {
		if !strings.Contains(f, text) {
			d.t.Errorf("the screen does not show %q:\n%s", text, f)
			return
		}
	}
}

// lacks fails the test if the screen shows one of texts.
func (d *driver) lacks(texts ...string) {
	d.t.Helper()
	f := d.frame()
	for _, text := range texts {
		if text != "" && strings.Contains(f, text) {
			d.t.Errorf("the screen shows %q:\n%s", text, f)
			return
		}
	}
}

// golden compares got with testdata/NAME.golden, or writes it if UPDATE is set.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name)+".golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	was, is := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(was), len(is)) {
		var a, b string
		if i < len(was) {
			a = was[i]
		}
		if i < len(is) {
			b = is[i]
		}
		if a != b {
			t.Errorf("%s differs from line %d on (UPDATE=1 writes it)\nwas %s\nis  %s\n    %q\n    %q\n%s", path, i+1, ansi.Strip(a), ansi.Strip(b), a, b, ansi.Strip(got))
			return
		}
	}
}

// command finds a command by its name, and does it.
func (d *driver) command(name string) {
	d.press(":")
	d.typed(name)
	d.press("enter")
}

// browserTo is a browser that notes where it was sent.
func browserTo(url *string) func(context.Context, string) error {
	return func(_ context.Context, u string) error { *url = u; return nil }
}

func plainText(s string) string { return ansi.Strip(s) }
