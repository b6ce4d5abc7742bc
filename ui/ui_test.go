package ui

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestEnterWalks goes through the login with enter alone, and stops with the clocks running.
func TestEnterWalks(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.has("Press enter to send the first request", "ready, not sent yet", "enter send")
		d.press("enter")
		d.has("token_endpoint", "enter next: Look ahead")
		d.press("enter")
		d.has("Ask first whether the request is accepted", "will be sent", "enter send")
		d.press("enter")
		d.has("✓ Accepted: the browser is sent on", "Nothing of it is used.", "enter next: Authorize")
		d.press("enter")
		d.has("will be sent", "code_challenge", "enter sign in here")
		d.press("enter")
		d.has("Receive the answer", "as it was sent", "enter next: Exchange")
		d.press("enter")
		d.has("code_verifier", "will be sent")
		d.press("enter")
		d.has("gets new access tokens", "refresh ready", "enter next: Verify ID token")
		d.press("enter", "enter")
		d.has("✓ nonce", "enter next: UserInfo")
		d.press("enter", "enter")
		d.has("ada@example.com", "r refresh   x revoke")
		d.wait(5 * time.Second)
		d.has("29:5")
		if n := len(d.m.cur.story.Calls()); n != 7 {
			t.Errorf("the walk made %d calls and went on by itself, want 7", n)
		}
	})
}

// TestNothingLeavesUnasked holds that a request waits for enter.
func TestNothingLeavesUnasked(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.wait(time.Hour)
		if d.m.cur.touched() {
			t.Error("a request left before enter was pressed")
		}
	})
}

// TestSecretsHidden walks everything and looks for each secret on each screen.
func TestSecretsHidden(t *testing.T) {
	drive(t, 200, 50, func(d *driver) {
		var frames strings.Builder
		look := func() { frames.WriteString(d.frame()) }
		for range 9 {
			d.press("enter")
			look()
		}
		for _, k := range []string{"r", "enter", "2", "down", "down", "down", "down", "6", "up", "up", "tab", "down", "down", "c", "tab", "enter", "?", "esc", "!", "esc", "1", "x", "enter"} {
			d.press(k)
			look()
			if d.m.view == wireView || d.m.view == flowView {
				d.press("tab", "space", "end", "space")
				look()
				d.press("tab")
			}
		}
		all := frames.String()
		for kind, secrets := range secretsOf(d.m.cur) {
			for _, s := range secrets {
				if strings.Contains(all, s) {
					t.Errorf("a %s stood on the screen in full", kind)
				}
			}
		}
	})
}

// secretsOf lists the secrets of a run by their kind.
func secretsOf(r *run) map[string][]string {
	out := map[string][]string{}
	for _, tok := range r.story.Tokens() {
		out[string(tok.Kind)] = append(out[string(tok.Kind)], tok.Value.Reveal())
	}
	for _, c := range r.story.Calls() {
		for _, name := range []string{"code", "code_verifier"} {
			if v := c.Request.Form().Get(name); v != "" {
				out[name] = append(out[name], v)
			}
		}
	}
	return out
}

func TestReveal(t *testing.T) {
	drive(t, 200, 50, func(d *driver) {
		d.login()
		d.press("2", "tab")
		token := d.m.cur.story.Newest(story.AccessToken).Value.Reveal()
		d.lacks(token)
		d.press("v")
		d.has(token, "SECRETS SHOWN")
		d.press("v")
		d.lacks(token, "SECRETS SHOWN")
		d.press("V")
		d.has("Show every secret?")
		d.press("esc")
		d.lacks(token)
		d.press("V", "y")
		d.has(token)
		d.press("V")
		d.lacks(token)
	})
}

func TestOfflineAccessToggled(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("o")
		d.has("○ offline_access", "scope is now: openid")
		d.login()
		d.has("✗ not in the response", "No refresh token: offline_access was not asked for", "Press o to run again", "refresh none")
		d.press("r")
		d.has("there is no refresh token")
		d.press("o")
		d.has("ID token and refresh token", "ready, not sent yet")
		d.login()
		d.has("refresh ready")
	})
}

func TestRefreshKeepsGenerations(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		for range 3 {
			d.press("r", "enter")
		}
		d.has("Refresh 3", "keep the one you have")
		d.press("2")
		d.has("access token #4", "ID token #4", "refresh token #1")
		d.lacks("refresh token #2")
	})
}

func TestExpiryIsVisible(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("t")
		d.has("live 20 s", "shorter than Authgear allows")
		d.login()
		d.has("0:20")
		d.wait(21 * time.Second)
		d.has("expired", "r refresh")
		d.press("r", "enter")
		d.has("0:20")
	})
}

func TestCancelAndGoOn(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b")
		d.has("Waiting for the answer")
		d.press("esc")
		d.has("Given up here", "enter go on waiting")
		d.press("enter")
		d.has("Waiting for the answer")
		d.press("a")
		d.has("as it was sent")
	})
}

// deliver sends a browser to the redirect URI with these parameters.
func (d *driver) deliver(q url.Values) {
	d.t.Helper()
	res, err := (&http.Client{Transport: d.net.Transport()}).Get(flow.DefaultRedirectURI + "?" + q.Encode())
	if err != nil {
		d.t.Fatalf("deliver the answer: %v", err)
	}
	res.Body.Close()
	d.settle()
}

func TestWrongStateThenGoOnWaiting(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b")
		d.deliver(url.Values{"code": {"x"}, "state": {"another"}})
		d.has("✗ Callback", "its state is not the one that was sent", "another", "enter go on waiting")
		d.press("enter", "a")
		d.has("✓ Callback")
	})
}

func TestPasteWhileWaiting(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.toAuthorize()
		d.press("b", "p")
		d.has("Paste the URL that the browser ended at")
		state := d.m.cur.story.Login().State
		d.send(tea.PasteMsg{Content: "http://127.0.0.1:8976/callback?error=access_denied\n&state=" + state})
		d.press("enter")
		d.has("access_denied", "enter sign in again")
		d.press("enter")
		d.has("Send the person to the tenant", "ready, not sent yet")
	})
}

func TestCompare(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("c")
		d.has("* scope", "5 differences", "sign in again", "✗ not there", "↻", "new in every run: code_challenge, nonce, state")
		d.press("1")
		d.has("✓ UserInfo")
	})
}

// TestCompareByHand compares where nobody signs in by himself: two sign-ins of a person.
func TestCompareByHand(t *testing.T) {
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		o.Start = func(ctx context.Context) (*flow.Target, error) {
			target, _ := d.start(ctx)
			agent := target.Agent
			target.Agent = nil
			target.Browser = func(ctx context.Context, url string) error { go agent(ctx, url); return nil }
			return target, nil
		}
	}, func(d *driver) {
		d.press("c")
		d.has("Press enter to make the run that is missing")
		d.press("enter")
		d.has("sign in for this run")
		d.login()
		d.press("4")
		d.has("the same without offline_access")
		d.press("enter")
		d.has("ID token, no refresh token")
		d.login()
		d.has("Compare", "1 difference", "sign in again") // of itself: the run was made for it
	})
}

func TestCopy(t *testing.T) {
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		o.Copy = func(text string) error { d.clip = text; return nil }
	}, func(d *driver) {
		d.toAuthorize()
		d.press("y")
		if !strings.HasPrefix(d.clip, "http://localhost:8975/oauth2/authorize?") {
			t.Errorf("y on Authorize copied %q, want the URL", d.clip)
		}
		d.login()
		d.press("2", "tab", "y")
		if want := d.m.cur.story.Newest(story.AccessToken).Value.Reveal(); d.clip != want {
			t.Errorf("y on the access token copied %q, want the token itself", d.clip)
		}
		d.has("the whole secret")
		d.press("Y")
		if !strings.HasPrefix(d.clip, "curl -sS -i -X 'POST'") || !strings.Contains(d.clip, "code_verifier=") {
			t.Errorf("Y copied %q, want a curl command of the exchange", d.clip)
		}
	})
}

func TestSaveAndOpen(t *testing.T) {
	var saved, frame string
	var events []trace.Event
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("r", "enter", "S")
		d.has("Save the session", "save without secrets")
		d.press("enter")
		d.has("saved without secrets to authscope-")
		events = d.saved
		d.press("2", "down")
		frame = d.frame()
		var b bytes.Buffer
		if err := trace.Save(&b, events); err != nil {
			t.Fatal(err)
		}
		saved = b.String()
		for kind, secrets := range secretsOf(d.m.cur) {
			for _, s := range secrets {
				if strings.Contains(saved, s) {
					t.Errorf("a %s stands in the saved file", kind)
				}
			}
		}
	})
	read, err := trace.Open(strings.NewReader(saved))
	if err != nil {
		t.Fatal(err)
	}
	driveWith(t, 120, 36, func(_ *driver, o *Options) { o.Opened, o.Start = read, nil }, func(d *driver) {
		d.has("saved session")
		d.press("r")
		d.has("nothing is sent from it")
		d.press("2", "down")
		for _, line := range []string{"ID token #1", "✓ signature", "nonce", "sub"} {
			if strings.Contains(frame, line) {
				d.has(line)
			}
		}
	})
}

func TestSaveFails(t *testing.T) {
	driveWith(t, 80, 24, func(_ *driver, o *Options) {
		o.Save = func(string, []trace.Event) error { return errors.New("save the session: no space left") }
	}, func(d *driver) {
		d.login()
		d.press("S", "enter")
		d.has("no space left")
	})
}

func TestNoTenant(t *testing.T) {
	driveWith(t, 80, 24, func(_ *driver, o *Options) {
		o.Start = func(context.Context) (*flow.Target, error) { return nil, errors.New("every port is taken") }
	}, func(d *driver) {
		d.has("There is no tenant to talk to", "every port is taken")
		d.press("enter", "f", "n", "o", "r", "x", "c", "2", "4", "6", "1", "?", "esc", "y", "v", "S", "tab", "space")
	})
}

// TestHostileAnswers holds that nothing from a server reaches the terminal raw.
func TestHostileAnswers(t *testing.T) {
	const evil = "\x1b]0;owned\x07\x1b[31m\u202e\u009b2J\x00"
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		o.Start = func(ctx context.Context) (*flow.Target, error) {
			target, _ := d.start(ctx)
			target.Config.Issuer = "http://localhost:8999"
			return target, nil
		}
		stop, err := d.net.Serve("127.0.0.1:8999", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["X-Evil"] = []string{"\x1b[31m"}
			w.WriteHeader(500)
			w.Write([]byte("<title>" + evil + "</title>" + evil))
		}))
		if err != nil {
			t.Fatal(err)
		}
		d.stop = append(d.stop, stop)
	}, func(d *driver) {
		d.press("enter")
		for _, k := range []string{"tab", "space", "!", "esc", "6", "tab", "space", "2", "4", "1"} {
			d.press(k)
			for _, bad := range []string{"\x1b]0;", "\x07", "\u202e", "\u009b", "\x00", "\x1b[31m"} {
				if strings.Contains(d.m.View().Content, bad) {
					t.Fatalf("after %q the frame holds %q", k, bad)
				}
			}
		}
		d.press("1")
		d.has("✗ Discover", "enter try again")
	})
}

func TestEveryKeyAtEverySize(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {1, 1}, {59, 15}, {60, 16}, {61, 17}, {80, 24}, {99, 30}, {100, 16}, {300, 80}} {
		drive(t, size[0], size[1], func(d *driver) {
			keys := []string{"space", "tab", "down", "up", "left", "right", "pgdown", "pgup", "home", "end"}
			for _, c := range commands {
				if c.key() != "q" && c.key() != "" && len(c.key()) < 4 {
					keys = append(keys, c.key(), "esc")
				}
			}
			for range 2 {
				for _, k := range keys {
					d.press(k)
					d.fits()
				}
				d.press("n")
				d.login()
			}
		})
	}
}

// TestCommands holds that each command has what help and footer need, and no key twice.
func TestCommands(t *testing.T) {
	seen := map[string]string{}
	for _, c := range commands {
		if c.name == "" || c.help == "" || c.group == "" || c.run == nil {
			t.Errorf("command %v lacks a name, a help, a group or a deed", c.keys)
		}
		for _, k := range c.keys {
			if other, ok := seen[k]; ok {
				t.Errorf("key %s belongs to %s and to %s", k, other, c.name)
			}
			seen[k] = c.name
		}
	}
}

func TestSearch(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("enter", "/")
		d.typed("jwks")
		d.press("enter")
		if it := d.m.pane().at(); it == nil || !strings.Contains(it.name+it.value, "jwks") {
			t.Errorf("search for jwks selected %+v", it)
		}
		d.press("/", "enter")
		d.press("/")
		d.typed("zzz")
		d.press("enter")
		d.has("not found here")
	})
}

func TestPalette(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press(":")
		d.typed("offline")
		d.has("run again with, or without, offline_access")
		d.press("enter")
		d.has("○ offline_access")
	})
}

func TestScopesModal(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("enter", "s")
		d.has("What is asked for", "● openid", "prompt=consent")
		d.press("end")
		for range 30 {
			d.press("down")
		}
		d.press("space", "enter")
		d.has("prompt=consent", "openid offline_access")
		d.press("P")
		d.lacks("asked for\n   ● openid\n   ● offline_access       o\n   prompt=consent")
	})
}

func TestMouse(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.send(tea.MouseClickMsg{X: 12, Y: 1, Button: tea.MouseLeft})
		d.has("access token #1")
		d.send(tea.MouseClickMsg{X: 2, Y: 1, Button: tea.MouseLeft})
		d.send(tea.MouseClickMsg{X: 5, Y: 3, Button: tea.MouseLeft})
		d.has("Read the tenant's metadata")
		before := d.frame()
		d.send(tea.MouseWheelMsg{X: 60, Y: 10, Button: tea.MouseWheelDown})
		if d.frame() == before {
			t.Error("the wheel did not scroll the pane")
		}
		d.press("m")
		if d.m.View().MouseMode != tea.MouseModeNone {
			t.Error("m did not give the mouse back to the terminal")
		}
	})
}

func TestQuitEndsRuns(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b", "q")
		if !d.quit {
			t.Error("q did not quit")
		}
		if d.m.cur.cancel != nil {
			t.Error("a run goes on after q")
		}
	})
}

// TestFirstFrame holds that the first frame waits for nothing: no tenant, no answer of the terminal.
func TestFirstFrame(t *testing.T) {
	m := New(t.Context(), Options{Start: func(context.Context) (*flow.Target, error) { select {} }})
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	if frame := m.View().Content; !strings.Contains(frame, "Discover") || !strings.Contains(frame, "enter") {
		t.Errorf("the first frame says neither what this is nor what enter does:\n%s", frame)
	}
}

// TestStrayWhileWaiting holds that a stray request is named, and does not end the waiting.
func TestStrayWhileWaiting(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b")
		res, err := (&http.Client{Transport: d.net.Transport()}).Get("http://127.0.0.1:8976/favicon.ico")
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		d.settle()
		d.has("Waiting for the answer", "ignored: the browser looked for an icon")
		d.press("a")
		d.has("✓ Callback", "as it was sent", "ignored")
	})
}
