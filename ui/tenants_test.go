package ui

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/profile"
	"authscope/flow/trace"
)

// choice is what the tests' start screen works with.
type choice struct {
	d         *driver
	entries   []profile.Entry
	secrets   map[string]string
	noRing    error
	startErr  error
	saveErr   error
	removeErr error
	probe     func(caFile string) flow.Probed
	taken     []string // addresses where somebody listens
	listErr   error
	hang      bool // starting takes until it is given up
	embedded  int  // how often the embedded tenant was started
	started   []profile.Profile
	typed     string // the secret that the last one was started with
	probed    []string
}

func (c *choice) tenants() *Tenants {
	return &Tenants{
		Embedded: func(ctx context.Context) (*flow.Target, error) { c.embedded++; return c.d.start(ctx) },
		Start:    c.start,
		List:     func() ([]profile.Entry, error) { return append([]profile.Entry(nil), c.entries...), c.listErr },
		Save:     c.save,
		Remove:   c.remove,
		Redirect: func(uri string) profile.Redirect { return profile.TryRedirect(uri, c.listen) },
		Keyring:  func(context.Context) error { return c.noRing },
		Probe: func(ctx context.Context, caFile string, issuers []string) flow.Probed {
			if c.probe != nil {
				return c.probe(caFile)
			}
			c.probed = append(c.probed, strings.Join(issuers, " "))
			return flow.Probe(ctx, flow.Env{Transport: c.d.net.Transport()}, issuers...)
		},
	}
}

func (c *choice) start(ctx context.Context, name string, p profile.Profile, secret trace.Secret) (*flow.Target, error) {
	if c.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if c.startErr != nil {
		return nil, c.startErr
	}
	c.started = append(c.started, p)
	if !secret.IsZero() {
		c.typed = secret.Reveal()
	}
	t, err := c.d.start(ctx)
	t.Config.Settings, t.Config.ClientSecret = p.Settings(), secret
	t.Config.Profile, t.Config.ClientAuth = name, trace.AuthNone
	t.SetAccessLifetime = nil
	t.Notes = []string{"a note of " + p.ClientID}
	return t, err
}

func (c *choice) save(_ context.Context, name string, p profile.Profile, secret trace.Secret) (profile.Profile, error) {
	if c.saveErr != nil {
		return p, c.saveErr
	}
	if p.Secret == string(profile.Keyring) && !secret.IsZero() {
		c.secrets = map[string]string{name: secret.Reveal()}
	}
	c.entries = slices.DeleteFunc(c.entries, func(e profile.Entry) bool { return e.Name == name })
	c.entries = append(c.entries, profile.Entry{Name: name, Profile: p, Path: "/home/ada/.config/authscope/profiles/" + name + ".toml"})
	return p, nil
}

func (c *choice) remove(_ context.Context, name string) error {
	if c.removeErr != nil {
		return c.removeErr
	}
	c.entries = slices.DeleteFunc(c.entries, func(e profile.Entry) bool { return e.Name == name })
	return nil
}

// listen finds the ports taken that taken names.
func (c *choice) listen(network, address string) (net.Listener, error) {
	if slices.Contains(c.taken, address) {
		return nil, syscall.EADDRINUSE
	}
	return c.d.net.Listen(network, address)
}

// someProfiles are saved ones, of which one is broken.
func (d *driver) someProfiles() {
	const dir = "/home/ada/.config/authscope/profiles/"
	d.choice.entries = []profile.Entry{
		{Name: "acme", Path: dir + "acme.toml", Profile: profile.Profile{Issuer: "http://localhost:8975", ClientID: "workshop-spa", RedirectURI: flow.DefaultRedirectURI, Scope: []string{"openid"}}},
		{Name: "broken", Path: dir + "broken.toml", Err: &profile.SyntaxError{File: dir + "broken.toml", Line: 3, Col: 14, Msg: "the text is not closed: it ends with \""}},
		{Name: "staging", Path: dir + "staging.toml", Warnings: []string{"others can read the file: chmod 600"}, Profile: profile.Profile{Title: "Staging \x1b[31mred", Issuer: "https://staging.example/a", ClientID: "web"}},
	}
}

const (
	secondIssuer = "http://localhost:9000"
	// secondURL is an authorize URL of an application at a second tenant, as a browser's address bar has it.
	secondURL = secondIssuer + "/oauth2/authorize?client_id=workshop-spa&response_type=code&redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Fcallback" +
		"&scope=openid+offline_access&state=abc&nonce=def&ui_locales=de&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
	appURL = "https://my-app.authgear.cloud/oauth2/authorize?client_id=a1b2c3d4e5f60718&response_type=code&redirect_uri=https%3A%2F%2Fshop.example%2Fcallback" +
		"&scope=openid+offline_access+email&state=abc&prompt=login&x_ref=Zz"
)

// second serves another tenant, which the program takes for a real one.
func (d *driver) second() {
	stop, err := d.net.Serve("127.0.0.1:9000", demo.New(demo.Options{Issuer: secondIssuer, Key: tenantKey()}))
	if err != nil {
		d.t.Fatal(err)
	}
	d.stop = append(d.stop, stop)
}

// form opens the form.
func (d *driver) form() { d.press("T", "n") }

func (d *driver) paste(text string) { d.send(tea.PasteMsg{Content: text}) }

// to goes to a field of the form.
func (d *driver) to(id string) {
	d.t.Helper()
	f, ok := d.m.modal.(*form)
	for i := 0; ok && f.current().id != id && i < 60; i++ {
		if d.press("tab"); f.at == len(f.visible())-1 && f.current().id != id {
			for f.at > 0 {
				d.press("shift+tab")
			}
		}
	}
	if !ok || f.current().id != id {
		d.t.Fatalf("there is no field %q:\n%s", id, d.frame())
	}
}

func TestTenantsSwitch(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.someProfiles()
		d.login()
		d.has("refresh ready")
		first := d.m.cur
		d.press("T")
		d.has("Tenants", "● embedded tenant", "acme", "✗ broken", "line 3, column 14", "staging", "chmod 600", "new tenant", "enter use it")
		d.lacks("\x1b[31m")
		d.press("down", "enter")
		d.has("now: profile acme", "a note of workshop-spa", "enter send")
		if d.m.cur == first || len(d.m.runs) != 1 || d.m.cur.settings().Profile != "acme" || d.m.cur.settings().Scope != "openid" {
			t.Errorf("the run is %d of %d with %+v, want a new one of the profile", d.m.cur.n, len(d.m.runs), d.m.cur.settings())
		}
		d.login()
		d.has("No refresh token")
		d.press("T")
		d.has("● acme")
		if st := d.m.modal.(*startScreen); st.at() == nil || st.at().Name != "acme" {
			t.Error("the present profile is not the selected one")
		}
		d.press("g", "enter")
		d.has("now: the embedded tenant")
		if d.choice.embedded != 0 {
			t.Error("the embedded tenant was started twice")
		}
		d.login()
		d.has("refresh ready")
	})
}

// TestTenantsBroken holds that a broken profile says where, is not started, and blocks nothing.
func TestTenantsBroken(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.someProfiles()
		d.press("T", "down", "down", "enter")
		d.has("broken cannot be used", "broken.toml", "mend the file", "the other profiles are not touched")
		if len(d.choice.started) != 0 {
			t.Error("a broken profile was started")
		}
		d.press("e")
		d.has("mended in an editor")
		d.press("up", "enter")
		d.has("now: profile acme")
	})
}

func TestTenantsFail(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.someProfiles()
		d.choice.startErr = errors.New("there is no variable \x1b[2JSECRET: set it")
		before := d.m.cur
		d.press("T", "down", "enter")
		d.has("✗ profile acme cannot be used", "SECRET: set it", "The present tenant stays")
		d.lacks("\x1b[2J")
		d.press("esc")
		if d.m.cur != before || d.m.cur.cancel == nil {
			t.Error("the present run was ended by a tenant that could not be started")
		}
		d.choice.listErr = errors.New("the folder cannot be read")
		d.choice.entries = nil
		d.press("T")
		d.has("cannot be listed: the folder cannot be read", "new tenant")
	})
}

// TestTenantsGiveUp ends the start of a tenant that takes too long.
func TestTenantsGiveUp(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.someProfiles()
		d.choice.hang = true
		before := d.m.cur
		d.press("T", "down", "enter")
		d.has("profile acme is being started")
		d.press("enter", "n", "down")
		d.has("is being started")
		d.press("esc")
		d.has("given up", "Tenants")
		d.press("esc")
		d.has("enter send")
		if d.m.cur != before {
			t.Error("the run was replaced")
		}
	})
}

// TestTenantsAfterFailure comes to another tenant when the first one could not be started at all.
func TestTenantsAfterFailure(t *testing.T) {
	driveWith(t, 120, 36, func(_ *driver, o *Options) {
		o.Start = func(context.Context) (*flow.Target, error) { return nil, errors.New("no port is free") }
	}, func(d *driver) {
		d.someProfiles()
		d.has("no port is free")
		d.press("T", "enter")
		d.has("now: the embedded tenant")
		if d.choice.embedded != 1 {
			t.Errorf("the embedded tenant was started %d times, want once", d.choice.embedded)
		}
		d.login()
		d.has("refresh ready")
		d.press("T", "down", "enter", "T", "g", "enter")
		if d.choice.embedded != 1 {
			t.Errorf("the embedded tenant was started %d times, want once", d.choice.embedded)
		}
	})
}

// TestTenantsLate holds that a first target which comes late does not replace the one that was chosen meanwhile.
func TestTenantsLate(t *testing.T) {
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		o.Start = func(ctx context.Context) (*flow.Target, error) { time.Sleep(10 * time.Second); return d.start(ctx) }
	}, func(d *driver) {
		d.someProfiles()
		d.press("T", "down", "enter")
		d.has("now: profile acme")
		d.wait(12 * time.Second)
		if got := d.m.cur.settings().Profile; got != "acme" || len(d.m.runs) != 1 {
			t.Errorf("the run is of profile %q, want the chosen acme", got)
		}
		if d.m.embedded == nil {
			t.Error("the embedded tenant that was started is forgotten")
		}
	})
}

// TestTenantsRemove removes a profile after a question, and keeps one that cannot be removed.
func TestTenantsRemove(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.someProfiles()
		d.press("T", "d")
		d.has("only a saved profile can be removed")
		d.press("down", "d")
		d.has("Remove profile acme?", "with your comments in it")
		d.press("esc")
		d.has("acme")
		d.choice.removeErr = errors.New("the file cannot be deleted")
		d.press("d", "y")
		d.has("acme cannot be used", "the file cannot be deleted")
		d.choice.removeErr = nil
		d.press("d", "y")
		d.has("removed profile acme", "staging")
		if len(d.choice.entries) != 2 {
			t.Errorf("%d profiles are left, want 2", len(d.choice.entries))
		}
		d.press("d")
		d.has("Remove profile broken?", "cannot be read")
		d.press("y", "d", "y")
		if len(d.choice.entries) != 0 {
			t.Errorf("%d profiles are left, want none", len(d.choice.entries))
		}
		d.has("new tenant")
	})
}

// TestTenantsSaved has no start screen over a saved session.
func TestTenantsSaved(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.m.opt.Opened = d.m.cur.log.Since(0)
		d.press("T")
		d.has("this is a saved session")
	})
}

// TestTenantsMany scrolls a long list.
func TestTenantsMany(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		for i := range 100 {
			d.choice.entries = append(d.choice.entries, profile.Entry{Name: fmt.Sprintf("p%02d", i), Profile: profile.Profile{Issuer: "https://" + strings.Repeat("x", 300), ClientID: "c"}})
		}
		d.press("T", "G")
		d.has("new tenant")
		d.fits()
		d.press("up", "up")
		d.has("p98")
	})
}
