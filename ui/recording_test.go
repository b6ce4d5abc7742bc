package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"authscope/flow/recording"
)

const recordedLogin = `{"log":{"creator":{"name":"Firefox","version":"132.0"},"entries":[
 {"startedDateTime":"2026-05-04T09:00:00Z","time":5,"request":{"method":"GET","url":"https://a.example/authorize?client_id=shop&response_type=code&redirect_uri=https%3A%2F%2Fb.example%2Fcb&scope=api&state=1","headers":[{"name":"Cookie","value":"a=b"}]},
  "response":{"status":302,"headers":[{"name":"Location","value":"https://b.example/cb?code=abcdefghijklmnop&state=1"}]}},
 {"startedDateTime":"2026-05-04T09:00:01Z","time":5,"request":{"method":"POST","url":"https://a.example/token","postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=authorization_code&client_id=shop&redirect_uri=https%3A%2F%2Fb.example%2Fcb&code=abcdefghijklmnop"}},
  "response":{"status":200,"headers":[{"name":"content-type","value":"application/json"}],"content":{"text":"{\"access_token\":\"qrstuvwxyzqrstuvwxyzqrstuvwxyz12\",\"token_type\":\"Bearer\",\"expires_in\":600,\"refresh_token\":\"r-abcdefghijklmnopqrstuvwx\"}"}}}]}}`

// TestRecordingOnScreen: a recording is shown as of its end, however late it is opened, and nothing ticks.
func TestRecordingOnScreen(t *testing.T) {
	r, err := recording.Read([]byte(recordedLogin), recording.Options{Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	m := New(t.Context(), Options{Opened: r.Sessions[0], Path: "shop.har", Now: func() time.Time { now = now.Add(time.Hour); return now }})
	show := func(msg tea.Msg) string {
		t.Helper()
		m.Update(msg)
		if m.counting() {
			t.Error("something counts on the screen of a recording")
		}
		return ansi.Strip(strings.Join(m.lines, "\n"))
	}
	screen := show(tea.WindowSizeMsg{Width: 130, Height: 40})
	for _, want := range []string{"a HAR of 2026-05-04 09:00 UTC", "https://a.example", "shop", "public", "no PKCE", "10:00", "secrets hidden", "as of the recording's end"} {
		if !strings.Contains(screen, want) {
			t.Errorf("the screen does not show %q:\n%s", want, screen)
		}
	}
	for _, bad := range []string{"expired", "PKCE S256", "confidential", "qrstuvwxyzqrst", "abcdefghijklmnop"} {
		if strings.Contains(screen, bad) {
			t.Errorf("the screen shows %q:\n%s", bad, screen)
		}
	}
	for _, key := range "1246!" {
		screen := show(tea.KeyPressMsg{Code: key, Text: string(key)})
		if strings.Contains(screen, "qrstuvwxyzqrst") || strings.Contains(screen, "abcdefghijklmnop") {
			t.Errorf("after %c the screen shows a secret:\n%s", key, screen)
		}
		m.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
	}
	if key := show(tea.KeyPressMsg{Code: 'n', Text: "n"}); !strings.Contains(key, savedOnly) {
		t.Errorf("n does not say that nothing is sent from a recording:\n%s", key)
	}
}

// TestLoginsOnScreen: of several logins in a recording one is chosen on the screen, and two are compared.
func TestLoginsOnScreen(t *testing.T) {
	const failed = `,{"startedDateTime":"2026-05-04T10:00:00Z","time":5,"request":{"method":"GET","url":"https://a.example/authorize?client_id=shop&response_type=code&redirect_uri=https%3A%2F%2Fb.example%2Fcb&scope=api&state=2"},
  "response":{"status":302,"headers":[{"name":"Location","value":"https://b.example/cb?error=invalid_scope&error_description=no+such+scope&state=2"}]}}]}}`
	r, err := recording.Read([]byte(strings.TrimSuffix(recordedLogin, "]}}")+failed), recording.Options{Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(r.Sessions) != 2 {
		t.Fatalf("%d logins, want 2: %v", len(r.Sessions), err)
	}
	m := New(t.Context(), Options{Opened: r.Sessions[1], Logins: r.Sessions, Path: "shop.har"})
	show := func(msg tea.Msg) string {
		m.Update(msg)
		return ansi.Strip(strings.Join(m.lines, "\n"))
	}
	key := func(c rune) string { return show(tea.KeyPressMsg{Code: c, Text: string(c)}) }
	has := func(screen string, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(screen, w) {
				t.Errorf("the screen does not show %q:\n%s", w, screen)
			}
		}
	}
	has(show(tea.WindowSizeMsg{Width: 120, Height: 36}), "login 2/2", "login 2 of 2 (O: the others)", "invalid_scope")
	has(key('O'), "Look at which login?", "login 1", "09:00:00", "login 2", "10:00:00", "shop", "https://a.example", "tokens", "invalid_scope")
	m.Update(tea.KeyPressMsg{Code: tea.KeyUp})
	has(show(tea.KeyPressMsg{Code: tea.KeyEnter}), "login 1/2", "09:00:01", "access", "10:00")
	if screen := key('1'); strings.Contains(screen, "invalid_scope") {
		t.Errorf("login 1 shows what happened to login 2:\n%s", screen)
	}
	has(key('4'), "login 1", "login 2", "state")
	key('O')
	has(show(tea.KeyPressMsg{Code: tea.KeyEnter}), "login 1/2", "Exchange")

	alone := New(t.Context(), Options{Opened: r.Sessions[0], Logins: r.Sessions[:1]})
	alone.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	if why := commandOf("O").disabled(alone); why != "there is one login in what is open" {
		t.Errorf("with one login O says %q", why)
	}
}
