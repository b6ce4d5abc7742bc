package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// TestHealthyIsCalm holds that nothing is called wrong on any view where nothing is, and that the list says so.
func TestHealthyIsCalm(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 36}, {200, 50}} {
		drive(t, size[0], size[1], func(d *driver) {
			d.login()
			for _, key := range []string{"1", "2", "3", "6"} {
				d.press(key)
				d.lacks("── why", "! why", "✗ error", "! warning")
			}
			d.press("5")
			d.lacks("✗ error", "! warning")
			d.press("1", "W")
			if want := "nothing is wrong: there is no finding to read"; d.m.toast != want {
				t.Errorf("W says %q, want %q", d.m.toast, want)
			}
			d.press("!")
			d.has("✓ Nothing is wrong with what was seen so far, and nothing is odd.", "esc close")
			d.press("enter", "space", "y", "down", "esc")
			if d.m.modal != nil || d.m.view != flowView {
				t.Errorf("esc leaves the list open, or another view: %v", d.m.view)
			}
		})
	}
}

// TestNotesAreNotWrong: what is only good to know is listed, and is not called wrong.
func TestNotesAreNotWrong(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("o")
		d.login()
		d.has("i 1 note")
		d.press("!")
		d.has("✓ Nothing is wrong. What follows is only good to know.", "▾ i note", "No refresh token", "authscope explain no-refresh-token")
	})
}

// TestNothingYet: before anything was sent, the list does not praise.
func TestNothingYet(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("!")
		d.has("Nothing was sent yet, so there is nothing to find.")
		d.lacks("Nothing is wrong")
	})
}

// TestWhyPane has in every view the finding that belongs to what is selected, and in none one that does not.
func TestWhyPane(t *testing.T) {
	driveWith(t, 120, 36, withFaults, func(d *driver) {
		d.with("nonce-missing", "expires-in-string")
		const nonce, expires = "── why ✗ error: The ID token has no nonce", "── why ! warning: expires_in is odd"
		d.press("2")
		d.token("access token #1")
		d.has(expires)
		d.lacks(nonce)
		d.token("ID token #1")
		d.has(nonce, "A nonce was sent, and the token has none.", "authscope explain nonce-missing", "W fold")
		d.press("W")
		d.has(nonce, "W why")
		d.lacks("A nonce was sent, and the token has none.")
		d.press("W", "3")
		d.session(lineagePart)
		d.press("tab", "home", "down", "down")
		d.has(expires)
		d.press("down")
		d.has(nonce)
		d.press("6")
		for i, c := range d.m.cur.story.Calls() {
			d.m.call = i
			d.m.draw()
			switch {
			case c.Stage == trace.Exchange:
				d.has(nonce, "! warning: expires_in is odd")
			case c.Stage != trace.Verify:
				d.lacks("── why")
			}
		}
		d.press("5")
		d.lacks("── why ✗", "── why !")
	})
}

// token selects a token by its title.
func (d *driver) token(title string) {
	d.t.Helper()
	for i := range d.m.cur.story.Tokens() {
		d.m.token, d.m.panes[tokensView] = i, pane{}
		if d.m.looked().title() == title {
			d.m.draw()
			return
		}
	}
	d.t.Fatalf("there is no %s", title)
}

// TestWhyInFlow: the text stands among the rows, and its headline at the foot only while it is out of sight.
func TestWhyInFlow(t *testing.T) {
	driveWith(t, 80, 24, withFaults, func(d *driver) {
		d.with("expires-in-string")
		d.m.selectStage(trace.Exchange)
		d.m.draw()
		d.has("── why ! warning: expires_in is odd", "! all")
		d.press("pgdown", "pgdown")
		d.has("! warning: expires_in is odd", "do    Have the server send a whole number of seconds")
		d.lacks("── why")
	})
}

// TestWhyCompare: of two runs the findings that only one of them has, and the way to that run.
func TestWhyCompare(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("c")
		d.lacks("── why") // a remark takes no line from what is compared
		d.row("findings", "no-refresh-token")
		d.press("down", "up")
		d.has("── why i note: only #2: No refresh token")
		d.press("!")
		d.has("No refresh token", "run #2")
		d.press("enter")
		if d.m.cur.n != 2 || d.where() != "Flow / exchange / refresh_token" {
			t.Errorf("enter leads to run %d, %s", d.m.cur.n, d.where())
		}
	})
}

// TestListKeepsItsPlace: what is selected stays selected when a finding comes before it.
func TestListKeepsItsPlace(t *testing.T) {
	driveWith(t, 120, 36, withFaults, func(d *driver) {
		d.with("expires-in-string")
		d.press("!")
		l := d.m.modal.(*whyList)
		if l.at.id != "expires-in-odd" {
			t.Fatalf("selected is %q", l.at.id)
		}
		worse := diagnose.Finding{Finding: jwtview.Finding{ID: "nonce-missing", Severity: jwtview.Error, Title: "A new one", Seen: "x", Means: "y", Do: "z", Spec: "s"}, Stage: trace.Verify}
		d.m.cur.findings = append([]diagnose.Finding{worse}, d.m.cur.findings...)
		d.m.cur.why = sortWhys(d.m.cur.findings)
		d.m.draw()
		d.has("▸ ✗ error   A new one", "▾ ! warning expires_in is odd", "✗ 1 error · ! 1 warning")
		if f, _ := l.selected(d.m); f.ID != "expires-in-odd" {
			t.Errorf("selected is now %s", f.ID)
		}
		d.press("up", "space")
		if f, _ := l.selected(d.m); f.ID != "nonce-missing" {
			t.Errorf("up selects %s", f.ID)
		}
		d.has("▾ ✗ error   A new one")
		d.m.cur.findings = d.m.cur.findings[1:] // it is gone: its place is taken
		d.m.draw()
		if f, ok := l.selected(d.m); !ok || f.ID != "expires-in-odd" {
			t.Errorf("after it is gone, selected is %s", f.ID)
		}
		d.press("/")
		d.typed("explain")
		d.press("enter")
		if d.m.toast != "no finding has: explain" || d.m.modal != modal(l) {
			t.Errorf("the toast is %q", d.m.toast)
		}
		d.press("/")
		d.typed("ODD")
		d.press("enter")
		if f, _ := l.selected(d.m); f.ID != "expires-in-odd" {
			t.Errorf("searching selects %s", f.ID)
		}
		d.press("/", "esc")
		if d.m.modal != modal(l) {
			t.Error("esc in the search closes the list")
		}
	})
}

// TestListClick selects the finding that is clicked.
func TestListClick(t *testing.T) {
	driveWith(t, 120, 36, withFaults, func(d *driver) {
		d.with("expires-in-string", "clock-ahead")
		d.press("!")
		last := d.m.cur.findings[len(d.m.cur.findings)-1]
		for y, line := range strings.Split(d.frame(), "\n") {
			if strings.Contains(line, last.Title) {
				d.send(tea.MouseClickMsg{X: 20, Y: y, Button: tea.MouseLeft})
			}
		}
		if f, _ := d.m.modal.(*whyList).selected(d.m); f.ID != last.ID {
			t.Errorf("a click on %s selects %s", last.ID, f.ID)
		}
	})
}

// TestCopyFinding copies a finding as text and its call as curl; no secret is in the text.
func TestCopyFinding(t *testing.T) {
	var got string
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		withFaults(d, o)
		o.Copy = func(s string) error { got = s; return nil }
	}, func(d *driver) {
		d.with("expires-in-string")
		d.press("!", "y")
		for _, want := range []string{"warning: expires_in is odd (expires-in-odd)\n", "seen: expires_in is ", "why: ", "do: Have the server", "spec: RFC 6749"} {
			if !strings.Contains(got, want) {
				t.Errorf("the copied finding has no %q:\n%s", want, got)
			}
		}
		d.press("Y")
		if !strings.HasPrefix(got, "curl ") || !strings.Contains(got, "/oauth2/token") {
			t.Errorf("Y copies %.80q, want the token request as curl", got)
		}
		if d.m.modal == nil {
			t.Error("copying closes the list")
		}
	})
}

// TestCounts holds the count by severity at every width: symbols and numbers always, words where there is room.
func TestCounts(t *testing.T) {
	for _, c := range []struct {
		w                 int
		error, warn, note int
		want              string
	}{
		{120, 1, 2, 3, "✗ 1 error · ! 2 warnings · i 3 notes   ! why   ? help"},
		{120, 0, 1, 0, "! 1 warning   ! why   ? help"},
		{80, 1, 0, 0, "✗ 1 error   ? help"},
		{80, 1, 2, 3, "✗ 1 ! 2 i 3   ? help"},
		{60, 12, 20, 30, "✗ 12 ! 20 i 30   ? help"},
	} {
		drive(t, c.w, 24, func(d *driver) {
			for sev, n := range map[jwtview.Severity]int{jwtview.Error: c.error, jwtview.Warning: c.warn, jwtview.Info: c.note} {
				for range n {
					d.m.cur.findings = append(d.m.cur.findings, diagnose.Finding{Finding: jwtview.Finding{Severity: sev}})
				}
			}
			d.m.cur.why = sortWhys(d.m.cur.findings)
			d.m.draw()
			if line := strings.Split(d.frame(), "\n")[1]; !strings.HasSuffix(strings.TrimRight(line, " "), " "+c.want) {
				t.Errorf("at %d cells the header has %q, want %q at its end", c.w, line, c.want)
			}
			d.fits()
		})
	}
}

// TestDeadKeys: a key that a sentence names and that does nothing now is said to, with the reason.
func TestDeadKeys(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		for _, c := range []struct{ do, want string }{
			{"Press n to begin again, or a proxy.", ""},
			{"Refresh (r), and call again.", ""},
			{"run again with P (prompt=consent), so that the person is asked", ""},
			{"Nothing.", ""},
			{"Send 5 s (or more).", ""},
			{"Press b for it.", "b does nothing now: "},
		} {
			if got := d.m.deadKeys(c.do); c.want == "" && got != "" || !strings.HasPrefix(got, c.want) {
				t.Errorf("of %q is said %q, want %q", c.do, got, c.want)
			}
		}
	})
	var saved []trace.Event
	driveWith(t, 120, 36, withFaults, func(d *driver) {
		d.with("nonce-missing")
		saved = d.m.cur.log.Since(0)
	})
	driveWith(t, 120, 36, func(_ *driver, o *Options) { o.Opened = saved }, func(d *driver) {
		d.press("!")
		d.has("press n.", "Nothing is sent from a saved session: authscope run makes a login that can.")
	})
}

// TestFaultList groups, finds and says what a fault needs; what is on stands in the header of every view.
func TestFaultList(t *testing.T) {
	driveWith(t, 160, 40, withFaults, func(d *driver) {
		d.press("F", "/")
		d.typed("token-rotated")
		d.press("enter")
		d.has("refresh-token-rotated", "It shows with the client workshop-rotating.", "It needs --refresh 2, which enter does too.", "enter run with it")
		d.press("space")
		d.has("enter run with refresh-token-rotated", "on: refresh-token-rotated")
		d.press("enter")
		d.wait(time.Second)
		if d.m.cfg.ClientID != "workshop-rotating" || !slices.ContainsFunc(d.m.cur.findings, func(f diagnose.Finding) bool { return f.ID == "refresh-token-reused" }) {
			t.Errorf("enter runs as %s and finds %v", d.m.cfg.ClientID, d.m.cur.findings)
		}
		for _, key := range []string{"1", "2", "3", "4", "5", "6"} {
			d.press(key)
			d.has("fault on: refresh-token-rotated")
		}
		d.press("F", "/")
		d.typed("no such thing")
		d.press("enter")
		if d.m.toast != "no fault has: no such thing" {
			t.Errorf("the toast is %q", d.m.toast)
		}
		d.press("0", "esc")
		d.lacks("fault on")
	})
}

// TestSelectionIsInSight walks through lists row by row: the selected row is never the one that says how many more there are.
func TestSelectionIsInSight(t *testing.T) {
	driveWith(t, 80, 24, withFaults, func(d *driver) {
		d.login()
		d.press("2")
		d.token("ID token #1")
		d.press("tab")
		for _, key := range []string{"down", "up"} {
			for range d.m.pane().count() {
				p := d.m.pane()
				if first, last := p.span(); first <= p.off && p.off > 0 || last >= p.off+d.m.paneHeight()-1 && last < p.height()-1 {
					t.Errorf("going %s, rows %d to %d are selected, and %d to %d are in sight", key, first, last, p.off, p.off+d.m.paneHeight()-1)
				}
				d.press(key)
			}
		}
		d.press("F")
		for range demo.Faults() {
			d.press("down")
			d.has(" " + demo.Faults()[d.m.modal.(*faults).p.sel].Name)
		}
	})
}
