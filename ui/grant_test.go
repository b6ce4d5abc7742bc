package ui

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// TestGrantChosen holds that each grant has its own stages, and says what it does not return.
func TestGrantChosen(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("A")
		d.has("How to get tokens", "● authorization code", "○ device", "○ client credentials", "Nobody signs in.", "not      an ID token", "Authgear does not have it")
		d.press("esc")
		d.byGrant(1)
		d.has("tokens are now got by: device", "Device code", "Poll")
		d.lacks("Look ahead", "Callback", "Exchange")
		d.press("n")
		d.byGrant(1)
		d.has("tokens are now got by: client credentials", "Client token", "workshop-machine")
		d.lacks("UserInfo", "Poll")
		d.press("enter", "enter")
		d.has("grant_type", "client_credentials", "will be sent")
		d.press("enter")
		d.has("✓ Client token", "id  none", "refresh none")
		d.press("r")
		d.has("there is no refresh token")
		d.press("L")
		d.has("a logout is for a person")
		d.press("A", "up", "up", "enter")
		d.has("Look ahead", "workshop-spa")
		d.login()
		d.has("ada@example.com")
	})
}

// TestDevice walks the device grant with enter alone.
func TestDevice(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.byGrant(1)
		d.press("enter", "enter")
		d.has("Ask for a device code", "will be sent")
		d.press("enter")
		d.has("user_code", "verification_uri_complete", "enter next: Poll")
		if d.m.cur.story.Device().Polls != 0 {
			t.Error("the tenant was asked before anybody said so")
		}
		d.wait(30 * time.Second)
		d.press("enter")
		code := d.m.cur.story.Device().CodeShown()
		d.has("On any device open http://localhost:8975/device", largeCode(code, 80, 10)[1], "9:30 to enter it", "Nobody asks yet", "every 5 s, as the", "a    agree here", "d    refuse here", "enter wait for the person")
		d.press("enter")
		d.wait(12 * time.Second)
		d.has("← 2 times, last at", "authorization_pending: nobody has agreed yet", "enter agree here")
		d.press("enter")
		d.wait(6 * time.Second)
		d.has("✓ Poll", "tokens: somebody agreed", "enter next: Verify ID token", "access_token")
		d.lacks("to enter it")
		d.press("enter", "enter", "enter", "enter")
		d.has("ada@example.com", "refresh ready")
	})
}

// TestPollEdited holds that a poll can be caught and changed, though polls are not held otherwise.
func TestPollEdited(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.device()
		d.press("enter", "e")
		d.has("the next request will be held")
		d.wait(6 * time.Second)
		d.has("device_code", "grant_type")
		if d.m.modal == nil || d.m.cur.story.Device().Polls != 0 {
			t.Fatalf("the poll did not open in the editor:\n%s", d.frame())
		}
		d.press("esc")
		d.has("enter send")
		d.press("enter")
		d.wait(12 * time.Second)
		if n := d.m.cur.story.Device().Polls; n < 2 {
			t.Errorf("after the edited poll the asking does not go on: %d polls", n)
		}
	})
}

// TestDeviceRefused holds that the reason is said, and that new codes can be asked for.
func TestDeviceRefused(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.device()
		d.press("d")
		d.wait(6 * time.Second)
		d.has("✗ Poll", "access_denied: the person refused", "The person refused", "enter ask for new codes")
		d.press("enter")
		d.has("Ask for a device code", "attempt 2", "will be sent")
		d.press("enter", "enter", "a")
		d.wait(6 * time.Second)
		d.has("✓ Poll")
	})
}

// TestDeviceExpired waits until the codes are over.
func TestDeviceExpired(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.device()
		d.press("enter")
		d.wait(9*time.Minute + 30*time.Second)
		d.has("0:30 to enter it")
		d.wait(time.Minute)
		d.has("✗ Poll", "The codes have expired", "enter ask for new codes")
	})
}

// TestDeviceCodeLong bounds what is shown of codes and addresses that nobody could type.
func TestDeviceCodeLong(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		long := strings.Repeat("W", 5000)
		stop, err := d.net.Serve("127.0.0.1:7001", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"device_code":"dc","user_code":%q,"verification_uri":"http://127.0.0.1:7001/%s","expires_in":600}`, long, long)
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		d.m.cfg.Endpoints.DeviceAuthorization = "http://127.0.0.1:7001/device"
		d.device()
		d.has("W W W", "and so on: the code has 5000 bytes")
		if n := d.m.pane().height(); n > 60 {
			t.Errorf("the pane has %d lines for one long code, want 60 at most:\n%s", n, d.frame())
		}
		d.fits()
	})
}

// TestDeviceElsewhere holds what stands where there is no demo user: nothing opens by itself, and the code is for any device.
func TestDeviceElsewhere(t *testing.T) {
	opened := ""
	driveWith(t, 80, 24, nil, func(d *driver) {
		d.m.target.Agent, d.m.target.Refuse, d.m.target.ForGrant = nil, nil, nil
		d.tenant.Switch("device-grant")
		d.m.target.Browser = browserTo(&opened)
		d.byGrant(1)
		d.press("f")
		d.has("On any device open")
		if opened != "" {
			t.Errorf("a browser was opened at %s, and nobody asked for it", opened)
		}
		d.press("d")
		d.has("there is no demo user here: b opens the page")
		d.press("b")
		if !strings.HasPrefix(opened, "http://localhost:8975/device?user_code=") {
			t.Errorf("b opened %q", opened)
		}
		d.press("y")
		d.has("copied the address")
		d.press("esc")
		d.has("Given up here")
	})
}

// TestCodeLarge holds that a code is drawn large where it can be, and readable elsewhere.
func TestCodeLarge(t *testing.T) {
	for _, c := range []struct {
		code          string
		width, height int
		lines         int
		first         string
	}{
		{"WDJB-MJHT", 76, 16, 4, "█   █ █▀▀▀▄"},
		{"WDJB-MJHT", 138, 42, 7, "██      ██  ████████"},
		{"WDJB-MJHT", 40, 16, 1, "W D J B - M J H T"},
		{"wdjb", 76, 16, 1, "w d j b"},
		{"ÄÖ", 76, 16, 1, "Ä Ö"},
		{"\x1b]0;x", 76, 16, 1, ""},
		{"", 76, 16, 4, ""},
	} {
		got := largeCode(c.code, c.width, c.height)
		if len(got) != c.lines || !strings.HasPrefix(got[0], c.first) {
			t.Errorf("%q in %d×%d: %d lines %q, want %d that begin with %q", c.code, c.width, c.height, len(got), got, c.lines, c.first)
		}
		for _, l := range got {
			if strings.ContainsRune(l, '\x1b') {
				t.Errorf("%q reaches the terminal raw: %q", c.code, l)
			}
		}
	}
	seen := map[string]rune{}
	for r := range letters {
		drawn := strings.Join(letterLines([]rune{r}, 1), "\n")
		if other, ok := seen[drawn]; ok {
			t.Errorf("%c and %c are drawn alike", r, other)
		}
		seen[drawn] = r
	}
}

// TestScanDrawn reads the drawn code back, cell by cell, in colour and without.
func TestScanDrawn(t *testing.T) {
	for _, look := range []struct {
		name        string
		plain, dark bool
	}{{"colour", false, true}, {"colour, light", false, false}, {"plain on dark", true, true}, {"plain on light", true, false}} {
		m := New(t.Context(), Options{NoColor: look.plain})
		m.dark = look.dark
		m.setTheme()
		code := m.scan("https://a.example/device?user_code=WDJB-MJHT")
		bright := look.plain && look.dark // what is drawn is light
		for row, text := range m.drawn(code) {
			cells := []rune(plainText(text))
			if len(cells) != code.Size+8 {
				t.Fatalf("%s: row %d has %d cells, want %d", look.name, row, len(cells), code.Size+8)
			}
			for x, cell := range cells {
				for half, drawn := range []bool{cell == '█' || cell == '▀', cell == '█' || cell == '▄'} {
					y := 2*row + half - 4
					if y < code.Size+4 && code.Dark(x-4, y) != (drawn != bright) {
						t.Fatalf("%s: module %d,%d is drawn as %q", look.name, x-4, y, cell)
					}
				}
			}
		}
	}
	if m := New(t.Context(), Options{}); m.scan(strings.Repeat("x", 300)) != nil {
		t.Error("a text that no code can hold has one")
	}
}

// TestAhead holds that the look ahead can be switched off and on, and that a refusal is said before a browser opens.
func TestAhead(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.command("look ahead")
		d.has("look ahead is off")
		d.lacks("Look ahead")
		d.press("enter", "enter")
		d.has("Send the person to the tenant")
		d.command("look ahead")
		d.has("look ahead is on again", "from the next run on")
		d.press("n", "enter", "enter")
		d.has("Ask first whether the request is accepted")
	})
	opened := ""
	drive(t, 120, 36, func(d *driver) {
		d.m.target.Agent, d.m.target.Browser = nil, browserTo(&opened)
		d.m.cfg.ClientID = "nobody"
		d.press("n", "enter", "enter", "enter")
		d.has("✗ Look ahead", "✗ Refused:", "The client id", "enter go on all the same")
		if opened != "" {
			t.Errorf("a browser was opened at %s", opened)
		}
		d.press("enter", "enter")
		if !strings.Contains(opened, "client_id=nobody") {
			t.Errorf("after a refusal the person cannot go on: the browser is at %q", opened)
		}
	})
}

// TestAnswerByUnlisted says of which ways the metadata does not know.
func TestAnswerByUnlisted(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("enter")
		d.command("answer by")
		d.lacks("may not have it")
		d.press("esc")
		v, err := jwtview.ParseJSON([]byte(`{"response_modes_supported":["query"]}`))
		if err != nil {
			t.Fatal(err)
		}
		d.m.cur.story.Metadata().JSON = v
		d.command("answer by")
		d.has("! This tenant may not have it: response_modes_supported does not list fragment.", "does not list form_post")
		d.lacks("does not list query")
	})
}

// TestAnswerBy walks a login by each way of answering.
func TestAnswerBy(t *testing.T) {
	for i, r := range trace.ResponseModes {
		drive(t, 120, 36, func(d *driver) {
			d.command("answer by")
			for range i {
				d.press("down")
			}
			d.press("enter")
			d.login()
			d.wait(time.Second)
			if l := d.m.cur.story.Login(); l == nil || l.Authorize.Request.Query().Get("response_mode") != r.Mode {
				t.Errorf("%q was chosen and not sent", r.Mode)
			}
			if d.m.cur.story.Newest(story.AccessToken) == nil && r.Mode != "fragment" { // the test's agent has no page that hands a fragment on
				t.Errorf("%q: no tokens came:\n%s", r.Mode, d.frame())
			}
		})
	}
}
