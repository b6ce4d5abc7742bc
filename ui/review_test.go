package ui

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestCompareAfterCancel holds that a run which was given up does not keep the redirect URI from the runs of a
// comparison.
func TestCompareAfterCancel(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b", "esc", "c")
		d.has("sign in again", "1 difference", "A #2", "B #3")
		d.lacks("running…")
		d.press("n", "c", "esc")
		d.lacks("context canceled")
	})
}

// TestSuspend holds that ^Z goes to the shell from everywhere: the terminal does not do it, since it is raw.
func TestSuspend(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		for _, keys := range [][]string{nil, {":"}, {"esc", "?"}, {"esc", "S"}} {
			d.press(keys...)
			_, cmd := d.m.Update(tea.KeyPressMsg{Code: 'z', Mod: tea.ModCtrl})
			if cmd == nil {
				t.Fatalf("after %v, ^Z does nothing", keys)
			}
			if _, is := cmd().(tea.SuspendMsg); !is {
				t.Errorf("after %v, ^Z is not to suspend", keys)
			}
			if d.m.handle(continued{}) != nil {
				t.Error("after a stop by ^Z the terminal is set up twice")
			}
			if d.m.handle(continued{}) == nil {
				t.Error("after a stop from outside the terminal is not set up anew")
			}
		}
	})
}

// TestOldTab holds that the answer to an earlier attempt of a run is waited past, not failed over.
func TestOldTab(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b")
		first := d.m.cur.story.Login().State
		d.deliver(url.Values{"error": {"access_denied"}, "state": {first}})
		d.has("enter sign in again")
		d.press("enter", "b")
		d.deliver(url.Values{"code": {"late"}, "state": {first}})
		d.has("Waiting for the answer", "ignored", "earlier attempt")
		d.press("a")
		d.has("✓ Callback")
	})
}

// TestHostileFile holds that what a saved file says of its secrets does not reach the terminal raw.
func TestHostileFile(t *testing.T) {
	const evil = "\x1b]52;c;aGk=\x07\u202e"
	events := longTrace(1)[:1]
	events = append(events, trace.Event{Data: trace.Redacted{Aliases: []trace.Alias{{Name: "access_token#1", Kind: "access_token", Describe: evil, GrantID: evil, Length: 3}}}},
		trace.Event{Call: 1, Data: trace.Ready{Method: evil, URL: "http://x/t?" + evil, Header: trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}, Body: trace.Bytes("grant_type=authorization_code&code=" + evil)}},
		trace.Event{Call: 1, Data: trace.Head{Status: 200, Proto: evil, Header: trace.Header{{evil, evil}}}},
		trace.Event{Call: 1, Data: trace.Body{Bytes: trace.Bytes(`{"access_token":"access_token#1","token_type":"` + `x"}`)}},
		trace.Event{Data: trace.Verdict{Subject: "exchange/1", Checks: json.RawMessage(`[{"id":"\u001b]0;x\u0007","status":"failed","want":"\u001b[31m","got":"\u009b2J","detail":"\u202e"}]`)}},
		trace.Event{Data: trace.StageEnded{Stage: trace.StageID(evil), N: 1, Status: trace.Failed, Reason: evil}})
	m := New(t.Context(), Options{Opened: events})
	for _, w := range []int{80, 120} {
		m.Update(tea.WindowSizeMsg{Width: w, Height: 36})
		for _, k := range []string{"1", "2", "tab", "space", "6", "tab", "4", "!", "esc", "1", "up", "up"} {
			msg := tea.KeyPressMsg{Code: keyCodes[k]}
			if msg.Code == 0 {
				msg = tea.KeyPressMsg{Code: rune(k[0]), Text: k}
			}
			m.Update(msg)
			for _, bad := range []string{"\x1b]", "\x07", "\u202e", "\u009b", "\x1b[31m"} {
				if strings.Contains(m.View().Content, bad) {
					t.Fatalf("after %q at %d columns the frame holds %q", k, w, bad)
				}
			}
		}
	}
}

// TestCopyWhole holds that a value which is too long to draw is copied whole.
func TestCopyWhole(t *testing.T) {
	long := strings.Repeat("a", 6000)
	events := append(longTrace(1)[:1],
		trace.Event{Call: 1, Data: trace.Ready{Method: "POST", URL: "http://x/t", Header: trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}, Body: trace.Bytes("grant_type=authorization_code&code=c")}},
		trace.Event{Call: 1, Data: trace.Head{Status: 200}},
		trace.Event{Call: 1, Data: trace.Body{Bytes: trace.Bytes(`{"access_token":"` + long + `","token_type":"Bearer"}`)}})
	s := story.Read(events)
	for _, sec := range s.Calls()[0].Sections {
		for _, r := range sec.Rows {
			if r.Name == "access_token" && r.Value != long {
				t.Errorf("the row of a token of %d characters holds %d", len(long), len(r.Value))
			}
		}
	}
}

// TestPasteNoAnswer holds that a paste without an answer is refused at the field.
func TestPasteNoAnswer(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b", "p")
		d.typed("hello")
		d.press("enter")
		d.has("no code and no error in this", "Paste the URL that the browser ended at")
	})
}

// TestRetryIsPendingAgain holds that what follows a stage that is tried again has not happened yet.
func TestRetryIsPendingAgain(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b")
		d.deliver(url.Values{"code": {"x"}, "state": {"other"}})
		d.has("– Exchange          skipped")
		d.press("enter")
		d.has("· Exchange", "· UserInfo")
		d.lacks("skipped")
	})
}

// TestPastePath holds that what a browser shows without its host is understood.
func TestPastePath(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.toAuthorize()
		d.press("b", "p")
		d.send(tea.PasteMsg{Content: "/callback?error=access_denied&state=" + d.m.cur.story.Login().State})
		d.press("enter")
		d.has("✗ access_denied", "enter sign in again")
	})
}
