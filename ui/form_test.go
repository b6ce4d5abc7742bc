package ui

import (
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/profile"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestFormAuthorizeURL makes a profile from an authorize URL, and logs in with it.
func TestFormAuthorizeURL(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.second()
		d.form()
		d.has("New tenant", "issuer, Authgear endpoint, discovery URL, or an authorize URL")
		d.paste(secondURL)
		d.has("client_id is workshop-spa", "ui_locales=de is sent too", "state was left out", "nonce was left out")
		if len(d.choice.probed) != 0 {
			t.Error("the tenant was asked before its field was left")
		}
		d.press("enter")
		d.has("its metadata names it as the issuer", "scopes", "taken,")
		if f := d.m.modal.(*form); f.current().id != inClient || f.base.Issuer != secondIssuer {
			t.Errorf("the form is at %q with the issuer %q", f.current().id, f.base.Issuer)
		}
		d.to(inName)
		d.press("ctrl+u")
		d.typed("workshop")
		d.press("enter")
		d.has("now: profile workshop", "enter send")
		e := d.choice.entries[0]
		want := profile.Profile{Issuer: secondIssuer, ClientID: "workshop-spa", RedirectURI: "http://127.0.0.1:8976/callback",
			Scope: []string{"openid", "offline_access"}, Params: []trace.Param{{Name: "ui_locales", Value: "de"}}}
		if got := e.Profile; e.Name != "workshop" || got.Issuer != want.Issuer || got.ClientID != want.ClientID || got.RedirectURI != want.RedirectURI ||
			strings.Join(got.Scope, " ") != strings.Join(want.Scope, " ") || len(got.Params) != 1 || got.Params[0] != want.Params[0] || got.Secret != "" {
			t.Errorf("saved as %s: %+v\nwant %+v", e.Name, got, want)
		}
		d.login()
		d.has("refresh ready")
		d.press("T")
		d.has("● workshop")
	})
}

// TestFormTyped types an issuer, without pasting anything.
func TestFormTyped(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.second()
		d.form()
		d.typed("localhost:9000")
		d.press("tab")
		d.has("its metadata names it as the issuer")
		d.typed("workshop-spa")
		d.to(inSave)
		d.press("space")
		d.has("start without saving")
		d.lacks("of the profile: letters")
		d.press("enter")
		d.has("now: " + secondIssuer)
		if len(d.choice.entries) != 0 || len(d.choice.started) != 1 {
			t.Errorf("%d profiles were saved and %d started, want one that is not saved", len(d.choice.entries), len(d.choice.started))
		}
	})
}

// TestFormForeignRedirect says first that the answer goes to somebody else.
func TestFormForeignRedirect(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.form()
		d.paste(appURL)
		d.has("! The redirect URI leads to shop.example", "stop the application", "client_id is a1b2c3d4e5f60718")
		f := d.frame()
		if strings.Index(f, "leads to shop.example") > strings.Index(f, "client_id is") {
			t.Errorf("whose the redirect URI is does not come first:\n%s", f)
		}
		d.to(inScope)
		d.press("shift+tab")
		d.has("https://shop.example/callback", "leads to shop.example")
		d.press("tab")
		d.has("leads to shop.example")
	})
}

// TestFormNoDiscovery says that there is no metadata, and takes endpoints by hand instead.
func TestFormNoDiscovery(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.form()
		d.paste("https://nobody.example/tenant")
		d.press("enter")
		d.has("no metadata:", "endpoints given by hand")
		d.typed("app")
		d.to(inByHand)
		d.press("space")
		d.has("authorization", "token", "userinfo")
		d.press("tab")
		d.typed("https://nobody.example/authorize#x")
		d.press("tab")
		d.has("which RFC 6749 §3.1 forbids")
		d.press("shift+tab", "backspace", "backspace", "tab")
		d.lacks("RFC 6749 §3.1")
		d.typed("https://nobody.example/token")
		d.press("ctrl+s")
		d.has("now: profile nobody")
		e := d.choice.entries[0].Profile.Endpoints
		if e.Authorization != "https://nobody.example/authorize" || e.Token != "https://nobody.example/token" {
			t.Errorf("the endpoints are saved as %+v", e)
		}
	})
}

// TestFormNameTaken keeps a profile from being written over by another.
func TestFormNameTaken(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.someProfiles()
		d.second()
		d.form()
		d.paste(secondURL)
		d.press("enter")
		d.to(inName)
		d.press("ctrl+u")
		d.typed("ACME")
		d.press("enter")
		d.has("there is a profile ACME already", "not started yet: name needs a look")
		d.press("ctrl+u")
		d.typed("../x")
		d.press("ctrl+s")
		d.has("it is a name, not a path")
		if len(d.choice.entries) != 3 || len(d.choice.started) != 0 {
			t.Error("a profile was saved in spite of its name")
		}
	})
}

// TestFormSecret keeps a secret in the keyring, and says so where there is none.
func TestFormSecret(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		const secret = "hunter2-hunter2-hunter2"
		d.second()
		d.form()
		d.paste(secondURL)
		d.press("enter")
		d.to(inPlace)
		d.choice.noRing = errors.New("the system's keyring cannot be used: no bus")
		d.press("space", "tab")
		d.has("no bus", "an environment variable or a file")
		d.paste(secret + "\n")
		d.lacks(secret, "hunter")
		d.press("tab")
		d.lacks("hunter")
		d.press("ctrl+s")
		d.has("not started yet: client secret needs a look")
		d.choice.noRing = nil
		d.press("tab", "ctrl+s")
		d.has("now: profile localhost")
		if got := d.choice.secrets["localhost"]; got != secret || d.choice.entries[0].Profile.Secret != "keyring" {
			t.Errorf("the secret is %d characters long and at %q, want those typed, in the keyring", len(got), d.choice.entries[0].Profile.Secret)
		}
	})
}

// TestFormSources names where a secret is.
func TestFormSources(t *testing.T) {
	for _, c := range []struct {
		steps       int
		bad, why    string
		good, saved string
	}{
		{2, "$SECRET", "without the $", "SECRET", "env:SECRET"},
		{2, "A=b", "without $ and =", "SECRET", "env:SECRET"},
		{3, "", "the file is missing", "/run/secret", "file:/run/secret"},
		{4, "", "the secret is missing", "abc", ""},
	} {
		drive(t, 120, 36, func(d *driver) {
			d.second()
			d.form()
			d.paste(secondURL)
			d.press("enter")
			d.to(inPlace)
			for range c.steps {
				d.press("right")
			}
			d.press("tab")
			d.typed(c.bad)
			d.press("ctrl+s")
			d.has(c.why)
			d.press("ctrl+u")
			d.typed(c.good)
			d.press("ctrl+s")
			d.has("now: profile localhost")
			if len(d.choice.entries) != 1 || d.choice.entries[0].Profile.Secret != c.saved || len(d.choice.secrets) != 0 {
				t.Errorf("%s is saved as %+v", c.good, d.choice.entries)
			}
			if c.saved == "" && d.choice.typed != c.good {
				t.Errorf("the run begins with a secret of %d characters, want the one that was typed", len(d.choice.typed))
			}
		})
	}
}

// TestFormEscape asks once where something would be lost, and not where nothing would.
func TestFormEscape(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.form()
		d.press("esc")
		d.has("Tenants")
		d.press("n")
		d.typed("x")
		d.press("esc")
		d.has("Leave the form?")
		d.press("esc")
		d.has("New tenant", "x")
		d.press("esc", "y")
		d.has("Tenants")
		d.press("esc")
		d.has("enter send")
	})
}

// TestFormChange changes a saved profile, and what no field is for stays.
func TestFormChange(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.someProfiles()
		d.choice.entries[0].Profile.Note, d.choice.entries[0].Profile.KeepRefreshToken = "mine", true
		d.press("T", "down", "e")
		d.has("Change profile acme", "http://localhost:8975", "workshop-spa")
		d.to(inScope)
		d.press("space")
		d.has("Scopes", "● openid", "○ offline_access")
		d.press("down", "space", "a")
		d.typed("read:things")
		d.press("enter")
		d.has("● read:things")
		d.press("enter")
		d.has("Change profile acme", "openid offline_access read:things")
		d.press("ctrl+s")
		d.has("now: profile acme")
		e := d.choice.entries[len(d.choice.entries)-1]
		if e.Name != "acme" || e.Profile.Note != "mine" || !e.Profile.KeepRefreshToken || len(e.Profile.Scope) != 3 {
			t.Errorf("saved as %s: %+v", e.Name, e.Profile)
		}
	})
}

// TestScopesOther asks for a scope that the tenant does not advertise, without leaving the run.
func TestScopesOther(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("s")
		d.has("there may be more (a)", "a another one")
		d.press("a")
		d.typed("read:things,x")
		d.press("enter")
		d.has("separated by spaces")
		d.press("a")
		d.typed("read:things openid")
		d.press("enter")
		d.has("● read:things", "○ prompt=consent")
		d.press("enter")
		if got := d.m.cfg.Scope; got != "openid offline_access read:things" {
			t.Errorf("asked for is now %q", got)
		}
	})
}

// TestFormFails stays with what was typed, where it cannot be saved or started.
func TestFormFails(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.second()
		before := d.m.cur
		d.form()
		d.paste(secondURL)
		d.press("enter")
		d.choice.saveErr = errors.New("the disk is full")
		d.press("ctrl+s")
		d.has("It could not be started", "the disk is full", "The present tenant stays")
		d.choice.saveErr, d.choice.startErr = nil, errors.New("no such file")
		d.press("ctrl+s")
		d.has("no such file", "The profile is saved")
		d.press("esc")
		d.has("Tenants", "localhost")
		d.press("down", "e")
		d.choice.startErr, d.choice.hang = nil, true
		d.press("ctrl+s")
		d.has("the tenant started")
		d.press("esc")
		d.has("given up")
		if d.m.cur != before {
			t.Error("the run was replaced by one that could not be started")
		}
		d.choice.hang = false
		d.press("ctrl+s")
		d.has("now: profile localhost")
	})
}

// TestFormHostile feeds fields with what nobody should paste there.
func TestFormHostile(t *testing.T) {
	const token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2UifQ.c2lnbmF0dXJlc2lnbmF0dXJl"
	for name, text := range map[string]string{
		"megabytes": strings.Repeat("https://x.example/", 300_000), "escape": "https://x.example/\x1b]0;title\x07\x1b[2J", "token": token,
		"curl":     "curl -u web:hunter2 -d client_secret=hunter2 https://x.example/token",
		"document": `{"client_secret":"hunter2","client_id":"web"`, "answer": "https://x.example/cb?code=hunter2&state=s", "nothing": " \n",
		"binary": "\x00\xff\xfe", "bidi": "https://x.example/\u202egpj.exe",
	} {
		t.Run(name, func(t *testing.T) {
			drive(t, 80, 24, func(d *driver) {
				d.form()
				for i := range 14 {
					d.paste(text)
					d.fits()
					d.lacks("hunter2", token)
					if s := d.m.View().Content; strings.Contains(s, "\x1b]0") || strings.Contains(s, "\x1b[2J") || strings.Contains(s, "\u202e") {
						t.Fatalf("field %d shows %s raw", i, name)
					}
					if i == 0 {
						break // the other fields show what is put there, as any field does
					}
				}
				for range 14 {
					d.press("tab")
					d.paste(text)
					d.press("ctrl+u", "tab")
					d.fits()
					if s := d.m.View().Content; strings.Contains(s, "\x1b]0") || strings.Contains(s, "\x1b[2J") || strings.Contains(s, "\u202e") {
						t.Fatalf("a field shows %s raw", name)
					}
				}
				d.press("ctrl+s", "esc", "y", "esc")
				d.has("enter send")
			})
		})
	}
}

// TestFormMouse goes to a field by a click.
func TestFormMouse(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.form()
		for y, line := range strings.Split(d.frame(), "\n") {
			if strings.Contains(line, "redirect URI") {
				d.send(tea.MouseClickMsg{X: 30, Y: y, Button: tea.MouseLeft})
			}
		}
		f := d.m.modal.(*form)
		if f.current().id != inRedirect {
			t.Fatalf("the click went to %q, want the redirect URI", f.current().id)
		}
		d.typed("2")
		d.has("callback2")
	})
}

// TestFormPasteOver replaces what stands in the first field by what is whole in itself, and lets no secret stand there.
func TestFormPasteOver(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.form()
		d.typed("https://one.example")
		d.paste("https://two.example")
		d.has("The issuer is https://two.example")
		d.lacks("one.example")
		d.paste(`{"client_id":"web","client_secret":"hunter2","token_endpoint":`)
		d.lacks("hunter2")
		d.paste("curl -u web:hunter2 --nonsense")
		d.lacks("hunter2")
		d.has("https://two.example")
		d.paste("/tenant")
		d.has("https://two.example/tenant")
	})
}

// TestFormLong bounds what is drawn of a paste that is large and can be read.
func TestFormLong(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.form()
		d.paste(appURL + "&claims=" + strings.Repeat("x", 200_000))
		d.has("client_id is a1b2c3d4e5f60718")
		if n := d.m.modal.(*form).p.height(); n > 100 {
			t.Errorf("the form has %d lines for one long parameter, want 100 at most", n)
		}
		d.fits()
	})
}

// TestFormRename asks for a secret anew where the keyring has it under another name.
func TestFormRename(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.someProfiles()
		d.choice.entries[0].Profile.Secret = "keyring"
		d.press("T", "down", "e", "ctrl+s")
		d.has("now: profile acme")
		d.press("T", "e") // what is used now is selected
		d.to(inName)
		d.press("ctrl+u")
		d.typed("other")
		d.press("ctrl+s")
		d.has("not started yet: secret needs a look", "the secret is missing")
		d.typed("abc")
		d.press("ctrl+s")
		d.has("now: profile other")
		if d.choice.secrets["other"] != "abc" {
			t.Error("the secret is not kept under the new name")
		}
	})
}

// TestFormForgotten holds that an answer about a tenant that was left again changes nothing.
func TestFormForgotten(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.form()
		f := d.m.modal.(*form)
		d.typed("one.example")
		d.press("tab", "shift+tab", "ctrl+u")
		d.typed("two.example")
		d.press("tab")
		asked := f.asked
		f.gotProbe(probed{f, "https://one.example", flow.Probed{Issuer: "https://one.example", Metadata: &story.Metadata{}}})
		if f.asked != asked || f.field(inTenant).text() != "https://two.example" {
			t.Errorf("the tenant is %q after a late answer of another", f.field(inTenant).text())
		}
	})
}

// TestFormPortTaken says before a login that somebody else listens where the answer will come.
func TestFormPortTaken(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.choice.taken = []string{"127.0.0.1:3000"}
		d.second()
		d.form()
		d.paste(secondURL)
		d.press("enter")
		d.to(inRedirect)
		d.press("ctrl+u")
		d.typed("http://localhost:3000/callback")
		d.press("tab")
		d.has("Something listens at localhost:3000 already", "Stop it while you use authscope")
		d.press("shift+tab", "ctrl+u")
		d.typed("http://localhost:3001/callback")
		d.press("tab")
		d.lacks("Something listens")
	})
}

// TestFormLogout saves where a logout comes back to, and says that somebody else answers there.
func TestFormLogout(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.second()
		d.form()
		d.paste(secondURL)
		d.press("enter")
		d.has("after logout    the root of the redirect URI")
		d.to(inLogout)
		d.has("where the browser comes back to after a logout")
		d.typed("shop.example/bye")
		d.press("tab")
		d.has("not an absolute URI")
		d.press("shift+tab", "ctrl+u")
		d.typed("https://shop.example/bye")
		d.press("tab")
		d.has("authscope cannot listen there: after a logout paste the address")
		d.press("ctrl+s")
		d.has("now: profile")
		if got := d.choice.entries[0].Profile.PostLogoutURI; got != "https://shop.example/bye" {
			t.Errorf("saved with %q to come back to", got)
		}
		d.press("T", "e")
		d.has("https://shop.example/bye")
	})
}

// TestFormAuthentication chooses a method, which asks for what it needs and nothing else.
func TestFormAuthentication(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.second()
		d.form()
		d.paste(secondURL)
		d.press("enter")
		choose := func(method trace.AuthMethod) {
			d.to(inAuth)
			for i := 0; d.m.modal.(*form).authMethod() != method && i < 20; i++ {
				d.press("space")
			}
		}
		choose(trace.AuthPost)
		d.press("tab")
		d.has("post needs the client's secret")
		d.lacks(inKey, inCert)
		choose(trace.AuthTLS)
		d.has(inKey, inCert)
		choose(trace.AuthKeyJWT)
		d.has(inKey)
		d.lacks(inCert)
		d.press("ctrl+s")
		d.has("the name of the file is missing", "not started yet: key file needs a look")
		d.typed("keys/client.pem")
		d.press("ctrl+s")
		d.has("now: profile")
		p := d.choice.entries[0].Profile
		if p.ClientAuth != "private_key_jwt" || p.ClientKey != "keys/client.pem" || p.ClientCert != "" {
			t.Errorf("saved with %q, key %q, certificate %q; want private_key_jwt with its key alone", p.ClientAuth, p.ClientKey, p.ClientCert)
		}
		d.press("T", "e")
		d.has("private_key_jwt", "keys/client.pem")
	})
}

// TestFormTrust asks for a private authority's certificate where the tenant's is not trusted, and asks the tenant again with it.
func TestFormTrust(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.choice.probe = func(caFile string) flow.Probed {
			if caFile == "" {
				return flow.Probed{Err: errors.New("certificate signed by unknown authority"), Untrusted: true}
			}
			return flow.Probed{Issuer: "https://intra.example", Metadata: &story.Metadata{}}
		}
		d.form()
		d.lacks("trust ")
		d.typed("https://intra.example")
		d.press("tab")
		d.has("no metadata: certificate signed by unknown authority", "trust")
		d.to(inCA)
		d.typed("ca.pem")
		d.press("tab")
		d.has("its metadata names it as the issuer", "ca.pem")
		d.to(inClient)
		d.typed("app")
		d.press("ctrl+s")
		d.has("now: profile intra")
		if got := d.choice.entries[0].Profile.CAFile; got != "ca.pem" {
			t.Errorf("the profile trusts %q, want ca.pem", got)
		}
	})
}
