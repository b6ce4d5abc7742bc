package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/trace"
)

// TestTenantList holds what stands in the list on the left, and what is marked in it.
func TestTenantList(t *testing.T) {
	driveWith(t, 120, 36, func(_ *driver, o *Options) { o.Opened = oddTenant() }, func(d *driver) {
		d.press("5")
		var got []string
		for _, e := range d.m.tenantEntries() {
			got = append(got, strings.TrimSpace(e.mark+" "+e.title+" "+e.right))
		}
		want := []string{"· What it says it can do", "✗ Findings 8", "· Issuer and endpoints 14", "! What may be asked for 19", "· Client authentication 8", "· Tokens and claims 9",
			"· Logout 4", "· Other flows 2", "! Unknown members 2", "✗ Keys 4", "· Documents 2", "· Addresses asked 3"}
		if !slices.Equal(got, want) {
			t.Errorf("the list is\n%q\nwant\n%q", got, want)
		}
		d.press("end")
		d.has("RFC 8414", "JWK set")
		d.press("home")
		d.has("why ✗ error: A private key is published", "seen", "do    ", "authscope explain key-private-published")
	})
}

// TestTenantWhy has what is wrong below every part that it belongs to, that of the selected member first, and not twice.
func TestTenantWhy(t *testing.T) {
	driveWith(t, 200, 50, func(_ *driver, o *Options) { o.Opened = oddTenant() }, func(d *driver) {
		d.press("5")
		if n := strings.Count(d.frame(), "A private key is published"); n != 1 {
			t.Errorf("a finding stands %d times on the screen", n)
		}
		d.tenantPart("Findings")
		d.lacks("W fold")
		d.has("why   Everybody who fetches the keys")
		d.tenantPart("Keys")
		d.has("why ✗ error: A private key is published", "why   Everybody who fetches the keys", "W fold")
		d.press("W")
		d.lacks("why   Everybody who fetches the keys")
		d.press("W")
		d.tenantPart("Documents")
		d.lacks("A private key is published")
		d.tenantPart("What may be asked for")
		d.has("why ! warning: ", "scopes_supported")
	})
}

// TestTenantKeysShown says of each key what is wrong with it, and shows no private part.
func TestTenantKeysShown(t *testing.T) {
	driveWith(t, 120, 36, func(_ *driver, o *Options) { o.Opened = oddTenant() }, func(d *driver) {
		d.press("5")
		d.tenantPart("Keys")
		d.press("W")
		d.has("leaked", "a key that must not be published", "d: members that make it a private key. Their values are not shown.", "CN=demo, signed by itself, until 2037-11-08")
		d.press("tab", "space")
		d.lacks("members that make it a private key")
		d.press("V")
		d.press("y")
		d.lacks("c2VjcmV0")
		d.press("/")
		d.typed("2037")
		d.press("enter")
		if it := d.m.pane().at(); it == nil || it.name != "certificate" {
			t.Errorf("searching for a year selects %+v", it)
		}
	})
}

// TestTenantWithoutDocument says why there is nothing to see, in each case that there is.
func TestTenantWithoutDocument(t *testing.T) {
	driveWith(t, 80, 24, func(_ *driver, o *Options) {
		o.Opened = []trace.Event{{Data: trace.Settings{Issuer: "https://op.example"}}}
	}, func(d *driver) {
		d.press("5", "D")
		d.has("In this session it was not asked for its metadata", savedOnly)
	})
	driveWith(t, 80, 24, func(_ *driver, o *Options) {
		o.Start = func(context.Context) (*flow.Target, error) { return nil, errors.New("no port is free") }
	}, func(d *driver) {
		d.press("5")
		d.has("There is no tenant to ask: no port is free")
	})
	drive(t, 120, 36, func(d *driver) {
		d.m.cfg.Issuer, d.m.cfg.Endpoints = "", trace.Endpoints{Authorization: "http://localhost:8975/oauth2/authorize", Token: "http://localhost:8975/oauth2/token"}
		d.press("n", "5")
		d.has("The endpoints were given by hand, and there is no issuer to ask")
		d.press("D")
		d.has("there is no issuer to ask")
	})
	drive(t, 120, 36, func(d *driver) {
		d.m.cfg.Endpoints = trace.Endpoints{Authorization: "http://localhost:8975/oauth2/authorize", Token: "http://localhost:8975/oauth2/token"}
		d.press("n", "5")
		d.has("D asks it for its metadata and its keys")
		d.press("D")
		d.has("Says it gives refresh tokens")
		d.tenantPart("Issuer and endpoints")
		d.has("another was given by hand, and is used")
	})
}

// TestTabsFit holds that the views fit on every screen, whatever was found.
func TestTabsFit(t *testing.T) {
	for _, w := range []int{60, 66, 72, 80, 100} {
		driveWith(t, w, 20, func(_ *driver, o *Options) { o.Opened = oddTenant() }, func(d *driver) {
			for _, k := range []string{"1", "2", "4", "5", "6"} {
				d.press(k)
				d.fits()
				d.has("? help", "5")
			}
			for _, sp := range d.m.spots {
				if sp.y == 1 && sp.x+sp.w > w {
					t.Errorf("at %d cells a place to click ends at %d", w, sp.x+sp.w)
				}
			}
		})
	}
}
