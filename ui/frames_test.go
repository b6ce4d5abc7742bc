package ui

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"authscope/flow/trace"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // frames show local times
	os.Exit(m.Run())
}

// pasted is a token of another issuer, that of RFC 7519 §3.1 with a header and a lifetime of today's.
var pasted = func() string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return part(`{"alg":"RS256","kid":"../key?1"}`) + "." + part(`{"iss":"https://idp.example","sub":"joe","aud":["api","web"],"exp":946688400,"iat":946684700,`+
		`"http://example.com/is_root":true,"realm_access":{"roles":["admin","user"]},"iat":946684701,"level":12345678901234567890}`) + "." + part("not a signature, only long enough to be one for eyes")
}()

// found searches for text.
func (d *driver) found(text string) { d.press("/"); d.typed(text); d.press("enter") }

// refreshed walks a login and two refreshes, ten minutes apart.
func (d *driver) refreshed() {
	d.login()
	d.press("r", "enter")
	d.wait(10 * time.Minute)
	d.press("r", "enter")
	d.wait(5 * time.Second)
}

// scenes are what is kept of every view, as a person comes to it.
var scenes = []struct {
	name string
	do   func(d *driver)
}{
	{"start", func(d *driver) {}},
	{"discovered", func(d *driver) { d.press("enter") }},
	{"authorize", func(d *driver) { d.toAuthorize() }},
	{"waiting", func(d *driver) { d.toAuthorize(); d.press("b"); d.wait(25 * time.Second) }},
	{"exchange", func(d *driver) { d.login(); d.press("up", "up") }},
	{"without", func(d *driver) { d.press("o"); d.login() }},
	{"verify", func(d *driver) { d.login(); d.press("up") }},
	{"userinfo", func(d *driver) { d.login() }},
	{"refresh", func(d *driver) { d.login(); d.press("r", "enter") }},
	{"revoke", func(d *driver) { d.login(); d.press("x") }},
	{"revoked", func(d *driver) { d.login(); d.press("x", "enter") }},
	{"expired", func(d *driver) { d.press("t"); d.login(); d.wait(25 * time.Second) }},
	{"edit", func(d *driver) {
		d.toAuthorize()
		d.press("e")
		d.value("scope", "openid")
		d.part("nonce")
		d.press("d")
	}},
	{"edit-field", func(d *driver) { d.press("enter", "enter", "e"); d.part("scope"); d.press("enter") }},
	{"edited", func(d *driver) { d.press("enter", "enter", "e"); d.value("scope", "openid"); d.press("ctrl+s") }},
	{"tokens", func(d *driver) { d.login(); d.press("2", "right") }},
	{"tokens-refreshed", func(d *driver) { d.login(); d.press("r", "enter", "2", "down", "down", "down", "down", "tab", "end") }},
	{"tokens-unfolded", func(d *driver) {
		d.login()
		d.press("2", "down", "tab")
		d.found("exp")
		d.press("space")
		d.found("amr")
		d.press("space")
	}},
	{"tokens-generations", func(d *driver) { d.login(); d.press("r", "enter", "2", "G", "w", "tab", "down") }},
	{"tokens-places", func(d *driver) { d.login(); d.press("2", "w", "w", "tab", "down", "down") }},
	{"tokens-box", func(d *driver) { d.login(); d.press("2", "p"); d.send(tea.PasteMsg{Content: "Bearer " + pasted}) }},
	{"tokens-pasted", func(d *driver) {
		d.login()
		d.press("2", "p")
		d.send(tea.PasteMsg{Content: "Bearer " + pasted})
		d.press("enter")
	}},
	{"tokens-opaque", func(d *driver) {
		d.press("2")
		d.send(tea.PasteMsg{Content: "gho_16C7e42F292c6912E7710c838347Ae178B4a"})
	}},
	{"lineage", func(d *driver) {
		d.refreshed()
		d.session(lineagePart)
		d.press("tab", "home", "down", "down", "down", "down")
	}},
	{"clocks", func(d *driver) { d.refreshed(); d.session(clocksPart) }},
	{"clocks-expired", func(d *driver) { d.press("t"); d.login(); d.wait(21 * time.Second); d.session(clocksPart) }},
	{"timeline", func(d *driver) { d.refreshed(); d.session(linePart) }},
	{"timeline-alive", func(d *driver) {
		d.press("t")
		d.login()
		d.press("K", "K")
		d.wait(70 * time.Second)
		d.session(linePart)
	}},
	{"timeline-over", func(d *driver) { d.press("t", "o"); d.login(); d.wait(25 * time.Second); d.session(linePart) }},
	{"diagram", func(d *driver) { d.refreshed(); d.session(diagramPart) }},
	{"experiments", func(d *driver) { d.login(); d.chosen("race") }},
	{"experiment-asked", func(d *driver) { d.login(); d.chosen("reuse"); d.press("enter") }},
	{"experiment-made", func(d *driver) { d.login(); d.try("no-nonce"); d.try("race"); d.try("reuse") }},
	{"experiment-page", func(d *driver) {
		d.tenant.Switch("rotation")
		d.login()
		d.try("reuse")
		d.press("space")
	}},
	{"experiment-weaker", func(d *driver) { d.tenant.Switch("no-binding"); d.login(); d.try("other-client") }},
	{"tenant-ready", func(d *driver) { d.press("5") }},
	{"tenant", func(d *driver) { d.press("5", "enter") }},
	{"tenant-more", func(d *driver) { d.login(); d.press("5", "D", "tab", "down", "space") }},
	{"tenant-members", func(d *driver) {
		d.login()
		d.press("5")
		d.tenantPart("What may be asked for")
		d.press("tab", "down", "space")
	}},
	{"tenant-keys", func(d *driver) { d.login(); d.press("5"); d.tenantPart("Keys") }},
	{"tenant-documents", func(d *driver) { d.login(); d.press("5", "D"); d.tenantPart("Documents") }},
	{"tenant-addresses", func(d *driver) { d.login(); d.press("5", "D"); d.tenantPart("Addresses asked") }},
	{"compare", func(d *driver) { d.login(); d.press("c") }},
	{"compare-unfolded", func(d *driver) { d.login(); d.press("c", "down", "space", "down", "space", "tab") }},
	{"compare-alone", func(d *driver) { d.login(); d.press("N", "down", "down", "enter") }},
	{"compare-refreshed", func(d *driver) {
		d.refreshed()
		d.press("N", "enter")
		d.wait(time.Minute)
		d.press("end", "up", "up")
	}},
	{"compare-device", func(d *driver) { d.login(); d.device(); d.press("a"); d.wait(12 * time.Second); d.press("f", "4") }},
	{"compare-pick", func(d *driver) { d.login(); d.press("c", "N", "down", "down", "enter", "c", "down") }},
	{"compare-change", func(d *driver) { d.login(); d.press("N", "down") }},
	{"compare-missing", func(d *driver) { d.press("4") }},
	{"wire", func(d *driver) { d.login(); d.press("up", "up", "6", "tab") }},
	{"help", func(d *driver) { d.login(); d.press("?") }},
	{"findings", func(d *driver) { d.press("o"); d.login(); d.press("!") }},
	{"findings-none", func(d *driver) { d.login(); d.press("!") }},
	{"findings-several", func(d *driver) {
		d.with("nonce-missing", "expires-in-string", "userinfo-invalid-sub")
		d.press("!", "down", "space")
	}},
	{"why-flow", func(d *driver) { d.with("expires-in-string"); d.m.selectStage(trace.Exchange); d.press("down", "up") }},
	{"why-tokens", func(d *driver) { d.with("nonce-missing"); d.press("!", "enter") }},
	{"why-session", func(d *driver) { d.with("refresh-token-invalid-sub"); d.refreshed(); d.session(lineagePart) }},
	{"why-tenant", func(d *driver) { d.with("issuer-trailing-slash"); d.press("!", "enter") }},
	{"why-wire", func(d *driver) { d.with("html"); d.press("!", "enter") }},
	{"why-unfolded", func(d *driver) { d.with("html"); d.press("!", "enter", "W") }},
	{"faults", func(d *driver) {
		d.m.target.Faults = faultsOf(d)
		d.press("F", "down", "space", "down", "down", "space", "down")
	}},
	{"commands", func(d *driver) { d.login(); d.press(":"); d.typed("re") }},
	{"scopes", func(d *driver) { d.login(); d.press("s", "down", "space") }},
	{"save", func(d *driver) { d.login(); d.press("S") }},
	{"ahead", func(d *driver) { d.press("enter", "enter", "enter") }},
	{"ahead-refused", func(d *driver) { d.m.cfg.ClientID = "nobody"; d.press("n", "enter", "enter", "enter") }},
	{"grants", func(d *driver) { d.press("A", "down") }},
	{"device", func(d *driver) { d.device() }},
	{"device-waiting", func(d *driver) { d.device(); d.press("enter"); d.wait(12 * time.Second) }},
	{"device-denied", func(d *driver) { d.device(); d.press("d"); d.wait(6 * time.Second) }},
	{"client-token", func(d *driver) { d.byGrant(2); d.login() }},
	{"introspected", func(d *driver) {
		d.tenant.Switch("introspection")
		d.login()
		d.press("i", "enter", "enter")
	}},
	{"call", func(d *driver) { d.login(); d.press("C") }},
	{"logout", func(d *driver) { d.login(); d.press("L", "b"); d.wait(20 * time.Second) }},
	{"logged-out", func(d *driver) { d.login(); d.press("L", "a"); d.wait(time.Second) }},
	{"params", func(d *driver) { d.login(); d.press("+", "enter"); d.typed("max"); d.press("enter", "enter") }},
	{"param-names", func(d *driver) { d.login(); d.press("+", "enter") }},
	{"tenants", func(d *driver) { d.someProfiles(); d.press("T", "down") }},
	{"tenants-broken", func(d *driver) { d.someProfiles(); d.press("T", "down", "down", "enter") }},
	{"form", func(d *driver) { d.form() }},
	{"form-authorize", func(d *driver) { d.form(); d.paste(appURL) }},
	{"form-discovered", func(d *driver) { d.second(); d.form(); d.paste(secondURL); d.press("enter", "enter") }},
	{"form-failed", func(d *driver) { d.form(); d.paste("https://nobody.example"); d.press("enter") }},
	{"form-scopes", func(d *driver) {
		d.second()
		d.form()
		d.paste(secondURL)
		d.press("enter")
		d.to(inScope)
		d.press("space", "down", "down", "space")
	}},
	{"refused", func(d *driver) { d.m.cfg.Scope = "offline_access"; d.press("n"); d.login() }},
}

// TestFrames holds every view at three sizes, in dark, light and without colour.
func TestFrames(t *testing.T) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 36}, {200, 50}} {
		for _, sc := range scenes {
			for _, look := range []string{"dark", "light", "plain"} {
				name := fmt.Sprintf("frames/%dx%d/%s.%s", size.w, size.h, sc.name, look)
				t.Run(strings.TrimPrefix(name, "frames/"), func(t *testing.T) {
					driveWith(t, size.w, size.h, func(_ *driver, o *Options) { o.NoColor = look == "plain" }, func(d *driver) {
						if look == "light" {
							d.send(tea.BackgroundColorMsg{Color: lipgloss.Color("#ffffff")})
						}
						sc.do(d)
						got := d.styled() + "\n"
						golden(t, name, got)
						d.fits()
					})
				})
			}
		}
	}
}

// with walks a login with faults on.
func (d *driver) with(faults ...string) {
	d.m.target.Faults = faultsOf(d)
	for _, name := range faults {
		if err := d.tenant.SetFault(name, true); err != nil {
			d.t.Fatal(err)
		}
	}
	d.login()
}

// tenantPart goes to a part of the view Tenant.
func (d *driver) tenantPart(title string) {
	d.t.Helper()
	parts := d.m.tenantParts()
	d.m.selectPart(overviewPart)
	for range parts {
		if got, _ := d.m.partTitle(d.m.readTenant(), d.m.part); got == title {
			return
		}
		if d.m.wide() {
			d.press("down")
		} else {
			d.press("right")
		}
	}
	d.t.Errorf("there is no part %q: %q", title, parts)
}

// fits fails the test if the frame is larger than the terminal.
func (d *driver) fits() {
	d.t.Helper()
	if d.m.h == 0 {
		return
	}
	lines := strings.Split(d.m.View().Content, "\n")
	if len(lines) > d.m.h {
		d.t.Errorf("the frame has %d lines on a terminal of %d", len(lines), d.m.h)
	}
	for i, l := range lines {
		if w := lipgloss.Width(l); w > d.m.w {
			d.t.Errorf("line %d is %d cells wide on a terminal of %d:\n%s", i, w, d.m.w, l)
		}
	}
}
