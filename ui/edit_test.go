package ui

import (
	"bytes"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// part goes to a part of the request in the editor.
func (d *driver) part(name string) {
	d.t.Helper()
	ed, ok := d.m.modal.(*editor)
	if !ok {
		d.t.Fatalf("the editor is not open:\n%s", d.frame())
	}
	d.press("g")
	for range len(ed.rows) {
		if i := ed.at(); i >= 0 && ed.parts[i].Name == name {
			return
		}
		d.press("down")
	}
	d.t.Fatalf("the request has no %q:\n%s", name, d.frame())
}

// value puts a new value for a part.
func (d *driver) value(name, value string) {
	d.t.Helper()
	d.part(name)
	d.press("enter", "ctrl+u")
	d.typed(value)
	d.press("enter")
}

// request is the newest call of a class.
func (d *driver) request(class story.Class) *story.Call {
	d.t.Helper()
	calls := d.m.cur.story.Calls()
	for i := len(calls) - 1; i >= 0; i-- {
		if calls[i].Class == class {
			return calls[i]
		}
	}
	d.t.Fatalf("there was no call of class %s", class)
	return nil
}

// TestEditAuthorize changes the authorize URL: the tenant gets what stands on the screen, and what was changed stays marked.
func TestEditAuthorize(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("e")
		d.has("Edit before sending: Authorize", "redirect_uri", "openid offline_access", "+ a parameter of the URL")
		d.lacks("a header field")
		d.value("scope", "openid")
		d.has("* scope", "changed")
		d.press("a")
		d.typed("ui_locales=de fr")
		d.press("enter")
		d.has("* ui_locales", "de fr", "added")
		d.part("nonce")
		d.press("d")
		d.has("will not be sent")
		d.press("ctrl+s")
		d.has("changed, not sent yet", "changed by you, was openid", "added by you", "removed by you")
		if got := d.request(story.Authorization).Request.URL; !strings.Contains(got, "scope=openid&") || strings.Contains(got, "nonce=") || !strings.Contains(got, "ui_locales=de+fr") {
			t.Errorf("the request stands ready as %s", got)
		}
		d.press("f")
		d.has("changed by hand")
		c := d.request(story.Authorization)
		if len(c.Edits) != 3 || c.Made == nil || !strings.Contains(c.Made.URL, "offline_access") {
			t.Errorf("the changes are %+v, made was %+v", c.Edits, c.Made)
		}
		if s := d.m.cur.story; s.Newest(story.RefreshToken) != nil || s.Newest(story.AccessToken) == nil {
			t.Error("the tenant did not get the scope that was put in: there is a refresh token, or no access token")
		}
		f := d.frame()
		asked, _, _ := strings.Cut(f[strings.Index(f, "asked for *"):], "asked for next")
		if strings.Contains(asked, "● offline_access") || !strings.Contains(asked, "● openid") || !strings.Contains(f, "● offline_access") {
			t.Errorf("the list does not tell what was asked for from what will be:\n%s", f)
		}
		d.press("6")
		d.has("changed by you before it left", "scope", "nonce", "ui_locales")
		d.press("1", "n")
		d.lacks("asked for *", "asked for next")
		d.has("asked for")
	})
}

// TestEditToken changes the form of a token request, whose verifier is a secret: it is not shown, and not put into the field.
func TestEditToken(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		for i := 0; i < 12 && (d.m.cur.held() == nil || d.m.cur.held().Class != story.CodeExchange); i++ {
			d.press("enter")
		}
		verifier := ""
		for _, p := range trace.TakeApart(d.m.cur.held().MadeDraft()) {
			if p.Name == "code_verifier" {
				verifier = p.Value
			}
		}
		if verifier == "" {
			t.Fatalf("the exchange is not held, or has no verifier:\n%s", d.frame())
		}
		d.press("e")
		d.has("Edit before sending: Exchange", "code_verifier", "grant_type", "header", "+ a parameter of the form", "+ a header field")
		d.lacks(verifier)
		d.part("code_verifier")
		d.press("enter")
		d.has("It is a secret and hidden")
		d.lacks(verifier)
		d.press("enter") // nothing typed: nothing changed
		d.lacks("* code_verifier")
		d.press("v")
		d.has(verifier)
		d.press("v")
		d.value("code_verifier", strings.Repeat("w", 43))
		d.press("ctrl+s")
		d.has("changed by you")
		d.lacks(verifier)
		d.press("f")
		d.has("invalid_grant", "A request was changed by hand before this failed")
		c := d.request(story.CodeExchange)
		if !bytes.Contains(c.Request.Body, []byte(strings.Repeat("w", 43))) {
			t.Errorf("the tenant got %s", c.Request.Body)
		}
		events := trace.Redact(d.m.cur.log.Since(0), nil)
		var file bytes.Buffer
		if err := trace.Save(&file, events); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(file.Bytes(), []byte(verifier)) {
			t.Error("a saved session has the verifier that was replaced")
		}
		opened, err := trace.Open(&file)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range story.Read(opened).Calls() {
			if c.Class == story.CodeExchange && (len(c.Edits) != 1 || c.Edits[0].Name != "code_verifier") {
				t.Errorf("a saved session says that %+v was changed, want code_verifier", c.Edits)
			}
		}
	})
}

// TestEditRefused says why something cannot be sent, and leaves it as it was.
func TestEditRefused(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("e")
		d.has("Edit before sending: Discover", "User-Agent")
		before := d.m.cur.held().Request.URL
		d.value("url", "ftp://elsewhere")
		d.has("✗")
		d.lacks("* url")
		d.value("url", "http://localhost:8975/x\x1b[31m")
		for _, add := range []string{"Not a name: x", "Content-Length: 5", ": empty"} {
			for ed := d.m.modal.(*editor); ed.p.sel < len(ed.rows) && ed.rows[ed.p.sel] != -3; {
				d.press("down")
			}
			d.press("a")
			d.has("Add a header field")
			d.typed(add)
			d.press("enter")
			d.has("✗")
		}
		d.lacks("\x1b[31m")
		d.part("url")
		d.press("u", "ctrl+s")
		d.has("nothing was changed")
		if got := d.m.cur.held(); got == nil || got.Request.URL != before || len(got.Edits) != 0 {
			t.Errorf("the request is %+v, want it as it was made", got)
		}
	})
}

// TestEditBack leaves the editor without a change, and puts changes back one by one.
func TestEditBack(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.toAuthorize()
		d.press("e")
		d.value("scope", "openid email")
		d.press("esc")
		d.lacks("changed by you")
		d.press("e")
		d.value("scope", "openid email")
		d.press("ctrl+s")
		d.has("* scope")
		d.press("e")
		d.part("scope")
		d.has("openid email", "changed")
		d.press("d", "d")
		d.value("scope", "openid offline_access")
		d.press("ctrl+s")
		d.lacks("* scope")
		if c := d.request(story.Authorization); len(c.Edits) != 0 {
			t.Errorf("all was put back, and %+v counts as changed", c.Edits)
		}
		d.login()
		d.lacks("changed by hand")
	})
}

// TestEditNext has the next request held although everything was to be sent.
func TestEditNext(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("e")
		d.has("the next request will be held")
		d.press("e")
		d.has("the next request is not held")
		d.press("e", "r")
		d.has("Edit before sending: Refresh", "refresh_token", "••••")
		d.press("a")
		d.typed("scope=openid")
		d.press("enter", "ctrl+s", "enter")
		c := d.request(story.TokenRefresh)
		if c.State != story.Answered || len(c.Edits) != 1 || !bytes.Contains(c.Request.Body, []byte("scope=openid")) {
			t.Errorf("the refresh is %s with %+v: %s", c.State, c.Edits, c.Request.Body)
		}
	})
}

// TestEditPaste takes a long paste, and bounds it.
func TestEditPaste(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.toAuthorize()
		d.press("e")
		d.part("scope")
		d.press("enter")
		d.send(tea.PasteMsg{Content: strings.Repeat("x ", trace.MaxPartValue)})
		d.press("enter")
		d.fits()
		if ed, ok := d.m.modal.(*editor); !ok || len(ed.parts[ed.at()].Value) > trace.MaxPartValue {
			t.Error("a value of any length was taken")
		}
	})
}
