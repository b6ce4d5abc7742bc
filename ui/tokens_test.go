package ui

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/jwtview"
)

// idToken goes to the ID token in Tokens, to its rows.
func (d *driver) idToken() { d.press("2", "down", "tab") }

func copying(d *driver, o *Options) { o.Copy = func(text string) error { d.clip = text; return nil } }

func TestTokenTreeCopies(t *testing.T) {
	driveWith(t, 120, 36, copying, func(d *driver) {
		d.login()
		d.idToken()
		id := d.m.cur.story.Newest(story.IDToken)
		sub, _ := id.View.Claims.Str("sub")
		for _, c := range []struct{ find, what, want string }{
			{"sub", "one claim", sub},
			{"claims", "one part", id.View.Claims.String()},
			{"header", "one part", id.View.Header.String()},
			{"signature", "the signature", base64.RawURLEncoding.EncodeToString(id.View.Signature)},
			{"amr", "a list", `["pwd","x_primary_password"]`},
			{"auth_time", "a number", "946684800"},
		} {
			d.press("home")
			d.found(c.find)
			for d.m.pane().at().name != c.find { // the word stands elsewhere first
				d.press("/", "enter")
			}
			if d.press("y"); d.clip != c.want {
				t.Errorf("y on %s (%s) copied %q, want %q", c.find, c.what, d.clip, c.want)
			}
		}
		d.press("home", "y")
		if d.clip != id.Value.Reveal() {
			t.Errorf("y on the token's own row copied %q, want all of the token", d.clip)
		}
	})
}

func TestTokenTreeFolds(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.idToken()
		d.has("▸ amr", "[pwd, x_primary")
		d.found("x_primary_password") // folded: search unfolds it
		d.has("▾ amr", "2 elements")
		if it := d.m.pane().at(); it.name != "1" || it.value != "x_primary_password" {
			t.Errorf("search for something folded selected %q = %q, want the element itself", it.name, it.value)
		}
		d.press("up", "up", "space")
		d.has("▸ amr")
		d.press("home")
		d.found("claims")
		d.press("space")
		d.lacks("auth_time")
		d.press("space")
		d.has("auth_time")
	})
}

func TestTokenTreeMarksChecks(t *testing.T) {
	drive(t, 200, 50, func(d *driver) {
		d.login()
		d.press("2", "down")
		d.has("checks  7 hold, 3 not checkable", "✓   nonce", "✓   alg", "256 bytes, verified", "✓ signature verified by kid")
	})
}

// A check that fails stands out, with both values and what it means.
func TestTokenTreeFailedCheck(t *testing.T) {
	p := newPlanting(80, time.Now(), map[string]bool{})
	checks := []jwtview.Check{{ID: "aud", Status: jwtview.Failed, Want: "me", Got: "somebody", Detail: "The token is for another client.", Spec: "RFC 7519 §4.1.3"}}
	p.mark("", checks)
	tok := jwtview.Decode(pasted)
	(&Model{now: time.Now()}).plantToken(p, "", tok, nil)
	p.checks(checks)
	tree := p.finish()
	var marked, said bool
	for _, n := range tree.nodes {
		marked = marked || n.path == "claims.aud" && n.mark == markFailed
		said = said || n.text == "The token is for another client."
	}
	if !marked || !said {
		t.Errorf("a failed check of aud: marked at the claim %v, explained below %v; want both", marked, said)
	}
}

func TestGenerations(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("2", "down", "w")
		d.has("There is one generation so far", "ID token #1")
		d.press("1", "r", "enter", "2", "G")
		d.has("ID token #1", "ID token #2", "≠ –", "Refresh 1", "11 claims the same in all")
		d.press("w")
		d.has("UserInfo", "opaque")
		d.press("w")
		d.has("▾ claims")
	})
}

func TestPlaces(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.m.cfg.Scope = "openid email"
		d.press("n")
		d.login()
		d.press("2", "w", "w", "tab")
		d.found("email")
		d.has("the scope email asked for it, and in a code flow such claims are at")
	})
}

func TestPastedToken(t *testing.T) {
	driveWith(t, 120, 36, copying, func(d *driver) {
		d.login()
		genuine := d.m.cur.story.Newest(story.IDToken).Value.Reveal()
		d.press("2", "p")
		d.has("Paste a token")
		d.send(tea.PasteMsg{Content: genuine[:50] + "\n"})
		d.typed(genuine[50:60])
		d.send(tea.PasteMsg{Content: genuine[60:]})
		d.has(fmt.Sprintf("%d characters in 2 lines", len(genuine)+1))
		d.lacks(genuine[:20])
		d.press("enter")
		d.has("pasted #1", "ID token", "It says that it is of this tenant, and was held against this tenant's keys.", "✓   alg")
		d.press("1", "2", "p")
		d.send(tea.PasteMsg{Content: genuine[:len(genuine)-4] + "AAAA"})
		d.press("enter")
		d.has("pasted #2", "✗   alg")
		d.send(tea.PasteMsg{Content: "gho_16C7e42F292c6912E7710c838347Ae178B4a"}) // without the box
		d.has("pasted #3", "GitHub", "lifetime")
		d.press("p", "enter")
		d.has("nothing was pasted")
		d.press("p", "esc", "p")
		d.typed("abc")
		d.press("backspace", "ctrl+u", "enter")
		d.has("nothing was pasted")
		for range maxForeign + 3 {
			d.send(tea.PasteMsg{Content: genuine})
		}
		if len(d.m.foreign) != maxForeign {
			t.Errorf("%d pasted tokens are kept, want %d", len(d.m.foreign), maxForeign)
		}
		d.press("p")
		d.send(tea.PasteMsg{Content: strings.Repeat("x", jwtview.MaxSize+1)})
		d.has("too long")
		d.press("enter")
		d.has("a token of more than 4 MiB is not read")
	})
}

// A pasted token is judged again when its time is over.
func TestPastedTokenExpires(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("2")
		part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
		exp := d.m.now.Add(3 * time.Second).Unix()
		d.send(tea.PasteMsg{Content: part(`{"alg":"HS256"}`) + "." + part(fmt.Sprintf(`{"iat":%d,"exp":%d}`, exp-10, exp)) + "." + part(strings.Repeat("x", 32))})
		d.has("✓   exp", "lives 0:03 more")
		d.wait(4 * time.Second)
		d.has("expired at", "within the leeway")
		d.wait(10 * time.Second)
		d.has("✗   exp")
		if d.m.counting() {
			t.Error("a clock still runs for a token that has expired")
		}
	})
}

// large is an unsigned token of at least size bytes: many claims, and one long one.
func large(size int) string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	var b strings.Builder
	b.WriteString(`{"iss":"https://idp.example","long":"` + strings.Repeat("lorem ipsum ", size/60) + `"`)
	for i := 0; b.Len() < size*3/4; i++ {
		fmt.Fprintf(&b, `,"claim%d":{"a":[%d,"two"],"b":"%s"}`, i, i, strings.Repeat("y", 20))
	}
	return part(`{"alg":"HS256"}`) + "." + part(b.String()+"}") + "." + part(strings.Repeat("s", 32))
}

func TestLargeToken(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("2")
		d.send(tea.PasteMsg{Content: large(1 << 20)})
		d.has("pasted #1", "claim0")
		d.press("tab", "end")
		d.has("signature")
		d.found("claim9000")
		if it := d.m.pane().at(); it.name != "claim9000" {
			t.Errorf("search found %q, want claim9000", it.name)
		}
		d.found("long")
		d.press("space")
		d.has("lorem ipsum lorem ipsum")
		d.fits()
	})
}

// TestLargeTokenFrame holds that a frame costs what is in sight, not what the token holds.
func TestLargeTokenFrame(t *testing.T) {
	allocs := func(size int) float64 {
		m := New(t.Context(), Options{})
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		m.lookAt(jwtview.Inspect(large(size)))
		m.onMenu = false
		m.draw()
		m.move(20)
		return testing.AllocsPerRun(5, func() { m.move(1); m.draw(); _ = m.View() })
	}
	small, big := allocs(8<<10), allocs(1<<20)
	if big > small*1.3+20 {
		t.Errorf("a frame of a token of 1 MiB makes %.0f allocations, one of 8 KiB %.0f: the frame grows with the token", big, small)
	}
}

// BenchmarkScrollLargeToken moves through a token of 1 MiB by one row and draws the frame.
func BenchmarkScrollLargeToken(b *testing.B) {
	m := New(b.Context(), Options{})
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	m.lookAt(jwtview.Inspect(large(1 << 20)))
	m.onMenu = false
	m.draw()
	b.ReportAllocs()
	for b.Loop() {
		m.move(1)
		m.draw()
		_ = m.View()
	}
}
