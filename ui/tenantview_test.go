package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// oddTenant is a session with a tenant at which everything is odd.
func oddTenant() []trace.Event {
	doc, keys := faulty.Shape("keycloak")
	odd := strings.NewReplacer(`"code_challenge_methods_supported": [`+"\n  \"plain\",\n  \"S256\"\n ]", `"code_challenge_methods_supported": ["plain"]`,
		`"claims_parameter_supported": true`, `"claims_parameter_supported": "yes", "Claims-Parameter-Supported": true, "x\u001b[31m": {"a": [1, {"b": "\u202e"}]}`).Replace(doc)
	keys = strings.Replace(keys, `{"keys":[`, `{"keys":[{"kty":"RSA","kid":"leaked","n":"AQAB","e":"AQAB","d":"c2VjcmV0LXByaXZhdGUtcGFydA"},{"kty":"oct","kid":"s","k":"c2VjcmV0LXByaXZhdGUtcGFydA"},`, 1)
	return faulty.Published{Issuer: "https://sso.example/realms/demo", OIDC: odd, OAuth: strings.Replace(doc, "/realms/demo/protocol/openid-connect/token\"", "/token\"", 1), Keys: keys}.Trace()
}

// TestTenantFrames holds the view of a tenant at which everything is odd, at three sizes.
func TestTenantFrames(t *testing.T) {
	events := oddTenant()
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 36}, {200, 50}} {
		driveWith(t, size.w, size.h, func(_ *driver, o *Options) { o.Opened = events }, func(d *driver) {
			d.press("5")
			for i := range 20 {
				name := fmt.Sprintf("frames/%dx%d/tenant-odd-%02d.dark", size.w, size.h, i)
				if i%2 == 0 || i < 4 {
					golden(t, name, d.styled()+"\n")
				}
				d.fits()
				d.lacks("c2VjcmV0", "\x1b[31m\"", "\u202e")
				before := d.m.part
				d.press("left")
				if d.m.w >= wideFrom {
					d.press("down")
				} else {
					d.press("right", "right")
				}
				if d.m.part == before {
					return
				}
			}
		})
	}
}

// TestTenantView goes through the view from the first request to all that can be asked for.
func TestTenantView(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("5")
		d.has("Nothing is known of this tenant yet", "enter sends it", "enter send the request")
		d.press("D")
		d.has("enter sends it")
		if d.m.cur.touched() {
			t.Error("D sent something while the request for the metadata waited")
		}
		d.press("enter")
		d.has("Says it gives refresh tokens", "D asks for the keys, and for the document of RFC 8414", "Authgear")
		if n := len(d.m.cur.story.Calls()); n != 2 { // discovery, and the URL for the browser
			t.Errorf("%d calls after discovery, want 2", n)
		}
		d.press("D")
		d.has("Keys                    1", "Documents               2", "Addresses asked         3")
		d.press("D")
		d.has("all of it was asked for")
		d.press("1")
		d.has("enter next: Look ahead")
		d.login()
		d.has("ada@example.com")
		d.press("5", "tab", "/")
		d.typed("refresh")
		d.press("enter")
		if it := d.m.pane().at(); it == nil || it.name != "Refresh tokens" {
			t.Errorf("searching for refresh selects %+v", it)
		}
		d.press("space")
		d.has("read from grant_types_supported, scopes_supported")
		d.press("y")
		if d.m.toast == "" {
			t.Error("nothing was copied")
		}
	})
}

// TestTenantMembers copies and unfolds members, and finds what is folded.
func TestTenantMembers(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("5", "enter")
		d.tenantPart("What may be asked for")
		d.has("What may be asked for", "How a PKCE challenge is made.")
		d.press("tab", "/")
		d.typed("full-access")
		d.press("enter")
		d.has("https://authgear.com/scopes/full-access", "Authgear")
		if got := d.m.copied(); got.value != "https://authgear.com/scopes/full-access" {
			t.Errorf("y would copy %q", got.value)
		}
	})
}

// TestTenantCalls goes from an address to its call, and copies it as curl.
func TestTenantCalls(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("5", "Y")
		d.has("no call is selected")
		d.press("enter", "D")
		d.tenantPart("Addresses asked")
		d.press("tab", "down")
		if c := d.m.cur.story.Call(d.m.selectedCall()); c == nil || c.Class != story.OtherMetadata {
			t.Errorf("the second address is the call %+v", c)
		}
		d.press("6")
		d.has("oauth-authorization-server")
		d.press("5")
		d.tenantPart("Keys")
		d.press("tab")
		if c := d.m.cur.story.Call(d.m.selectedCall()); c == nil || c.Class != story.JWKS {
			t.Errorf("the key came with %+v", c)
		}
	})
}

// TestTenantRuns holds that the view follows the run that is shown.
func TestTenantRuns(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("5")
		first := d.m.readTenant().tenant
		d.has("Says it checks PKCE")
		d.press("1", "n", "5")
		d.has("Nothing is known of this tenant yet")
		if d.m.readTenant().tenant == first {
			t.Error("the tenant of the run before is shown")
		}
	})
}

// TestTenantFailed tells where the metadata was looked for, when it was not there.
func TestTenantFailed(t *testing.T) {
	driveWith(t, 120, 36, nil, func(d *driver) {
		d.m.cfg.Issuer = "http://localhost:8975/nobody"
		d.press("n", "f", "5")
		d.has("Its metadata could not be read", "Findings")
		d.press("D")
		d.press("G")
		d.has("404", "RFC 8414, behind the path: text/html")
	})
}

// TestTenantStaysCalm holds that nothing is read or made anew while nothing changes, and that a long look ends with its run.
func TestTenantStaysCalm(t *testing.T) {
	driveWith(t, 200, 50, func(_ *driver, o *Options) { o.Opened = oddTenant() }, func(d *driver) {
		d.press("5")
		tree, tenant := d.m.tenant.tree, d.m.tenant.tenant
		for range 5 {
			d.send(tea.WindowSizeMsg{Width: 200, Height: 50})
		}
		if d.m.tenant.tree != tree || d.m.tenant.tenant != tenant {
			t.Error("the tree was made anew though nothing changed")
		}
		d.press("D")
		d.has(savedOnly)
	})
	drive(t, 120, 36, func(d *driver) {
		d.press("5", "enter", "1", "5")
		ctx, cancel := context.WithCancel(d.m.ctx)
		d.m.cur.stopLooking = cancel
		d.m.cur.close()
		if ctx.Err() == nil {
			t.Error("a run that is closed goes on asking")
		}
	})
}

// TestHostileTenant draws documents without end in time.
func TestHostileTenant(t *testing.T) {
	var doc, keys strings.Builder
	doc.WriteString(`{"issuer":"https://op.example","jwks_uri":"https://op.example/k"`)
	for i := range 5000 {
		fmt.Fprintf(&doc, `,"m%d":"%s"`, i, strings.Repeat("\\u001b[31m", i%20))
	}
	doc.WriteString(`,"deep":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `,"scopes_supported":["` + strings.Repeat("a", 1<<20) + `"]}`)
	keys.WriteString(`{"keys":[{}`)
	for i := range 10_000 {
		fmt.Fprintf(&keys, `,{"kty":"RSA","kid":"%d\u202e"}`, i)
	}
	keys.WriteString("]}")
	events := faulty.Published{Issuer: "https://op.example", OIDC: doc.String(), OAuth: `{}`, Keys: keys.String()}.Trace()
	driveWith(t, 80, 24, func(_ *driver, o *Options) { o.Opened = events }, func(d *driver) {
		began := time.Now()
		d.press("5")
		for range 14 {
			d.press("right", "tab", "end", "space", "home", "tab")
			d.fits()
			d.lacks("\u202e")
		}
		if !d.m.cur.story.Tenant().Known() || d.m.readTenant().tenant.KeySet.More == 0 {
			t.Error("the tenant is not the hostile one")
		}
		if _, ok := d.m.cur.story.Settings(); !ok || time.Since(began) > time.Minute {
			t.Error("it took too long")
		}
	})
}
