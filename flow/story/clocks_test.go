package story_test

import (
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// clock returns the clock of this name, as of the end of w and some time later.
func (w *wire) clock(t *testing.T, what string, later time.Duration) story.Clock {
	t.Helper()
	now := w.at.Add(later)
	for _, c := range w.read().Clocks(now) {
		if c.What == what {
			return c
		}
	}
	t.Errorf("there is no clock of the %s", what)
	return story.Clock{}
}

func TestClocks(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	for _, c := range []struct {
		what  string
		later time.Duration
		state story.Ticking
		left  time.Duration
		note  string
	}{
		{"authorization code", 0, story.Stopped, 0, "used once"},
		{"access token", 0, story.Running, 300 * time.Second, ""},
		{"access token", 299 * time.Second, story.Running, time.Second, ""},
		{"access token", 300 * time.Second, story.RunOut, 0, ""},
		{"refresh token, idle", 90 * time.Second, story.Untold, 0, "idle for 90 s"},
		{"refresh token, at most", 90 * time.Second, story.Untold, 0, "signed in 90 s ago"},
	} {
		k := w.clock(t, c.what, c.later)
		if k.State != c.state || k.Left(w.at.Add(c.later)) != c.left || !strings.Contains(k.Note, c.note) {
			t.Errorf("%s after %s: %s, %s left, %q; want %s, %s, %q", c.what, c.later, k.State, k.Left(w.at.Add(c.later)), k.Note, c.state, c.left, c.note)
		}
	}
	w.wait(100*time.Second).userInfo("access-1", 200)
	if k := w.clock(t, "refresh token, idle", 0); !strings.Contains(k.Note, "less than 1 s") {
		t.Errorf("a use of the access token is no use of the session: %q", k.Note)
	}
	w.userInfo("access-1", 401)
	if k := w.clock(t, "access token", 0); k.State != story.Stopped || !strings.Contains(k.Note, "401") {
		t.Errorf("a token that was refused before its time: %+v", k)
	}
}

// TestClockOfAnAbsurdLife holds that what a server told and is no lifetime is not passed over as untold.
func TestClockOfAnAbsurdLife(t *testing.T) {
	for life, want := range map[string]string{
		`9223372036854775807`: "expires_in is 9223372036854775807, not", `-1`: "expires_in is -1, not", `"soon"`: "not a number of seconds that could be counted",
		`0`: "is 0, which is no lifetime", `1e999`: "expires_in is 1e999",
	} {
		w := newWire().login(`{"access_token":"access-1","expires_in":` + life + `}`)
		if k := w.clock(t, "access token", 0); k.State != story.Untold || !strings.Contains(k.Maybe, want) {
			t.Errorf("expires_in %s: %s, %q; want it untold, with %q", life, k.State, k.Maybe, want)
		}
	}
	if k := newWire().login(`{"access_token":"access-1"}`).clock(t, "access token", 0); k.Maybe != "" {
		t.Errorf("without expires_in it is said: %q", k.Maybe)
	}
}

// TestClockOfASession holds that what limits a session is counted from its own beginning, not from its token's.
func TestClockOfASession(t *testing.T) {
	w := newWire()
	w.add(0, trace.Settings{Issuer: "https://a", ClientID: "c", Scope: "openid offline_access", RedirectURI: "http://127.0.0.1/cb", Embedded: &trace.Embedded{RefreshIdle: time.Hour, RefreshWhole: 24 * time.Hour}})
	w.login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	w.wait(10*time.Minute).refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":300,"refresh_token":"refresh-2"}`)
	for what, want := range map[string][2]time.Duration{"refresh token, idle": {time.Hour, 50 * time.Minute}, "refresh token, at most": {24 * time.Hour, 24*time.Hour - 10*time.Minute}} {
		if k := w.clock(t, what, 0); k.Own() || k.Life() != want[0] || k.Left(w.at) != want[1] {
			t.Errorf("%s: own %v, %s left of %s; want %s of %s, the session's", what, k.Own(), k.Left(w.at), k.Life(), want[1], want[0])
		}
	}
	if k := w.clock(t, "access token", 0); !k.Own() || k.Life() != 300*time.Second {
		t.Errorf("the access token's: own %v, %s", k.Own(), k.Life())
	}
}

func TestClockWithoutRefreshToken(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300}`)
	if k := w.clock(t, "refresh token", 0); k.State != story.Unset {
		t.Errorf("without a refresh token its clock is %s", k.State)
	}
}

func TestClockOfTheCode(t *testing.T) {
	w := newWire()
	w.id++
	w.add(w.id, trace.Ready{Front: true, Method: "GET", URL: "https://a/auth?response_type=code&state=s"})
	w.add(w.id, trace.RedirectOut{Via: "agent"})
	w.id++
	w.add(w.id, trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/cb?code=abcdefghijkl&state=s"})
	if k := w.clock(t, "authorization code", 20*time.Second); k.State != story.Untold || !strings.Contains(k.Note, "not used for 20 s") || !strings.Contains(k.Maybe, "10 min") {
		t.Errorf("a code that waits: %+v", k)
	}
	w.token("grant_type=authorization_code&code=abcdefghijkl", 400, `{"error":"invalid_grant"}`)
	if k := w.clock(t, "authorization code", 0); k.State != story.Untold || !strings.Contains(k.Note, "refused") {
		t.Errorf("a code that was refused: %+v", k)
	}
}

// TestToldEnds holds what is learnt from servers that tell when the refresh token ends, and from how that moves.
func TestToldEnds(t *testing.T) {
	answer := func(n, ends string) string {
		return `{"access_token":"access-` + n + `","expires_in":60,"refresh_token":"refresh-` + n + `",` + ends + `}`
	}
	for name, c := range map[string]struct {
		first, second string
		note          string
		left          time.Duration // after the refresh at 50 s
	}{
		"idle, as Keycloak's":  {`"refresh_expires_in":1800`, `"refresh_expires_in":1800`, "each refresh moves it on", 1800 * time.Second},
		"absolute":             {`"refresh_expires_in":1800`, `"refresh_expires_in":1750`, "refreshes do not move it", 1750 * time.Second},
		"by GitHub's name":     {`"refresh_token_expires_in":"1800"`, `"refresh_token_expires_in":"1800"`, "each refresh moves it on", 1800 * time.Second},
		"something in between": {`"refresh_expires_in":1800`, `"refresh_expires_in":1770`, "moved with the last refresh by 20 s", 1770 * time.Second},
	} {
		w := newWire().login(answer("1", c.first))
		if k := w.clock(t, "refresh token", 0); k.State != story.Running || !strings.Contains(k.Note, "will be seen at the next") {
			t.Errorf("%s: before the first refresh: %+v", name, k)
		}
		w.wait(50*time.Second).refresh("refresh-1", 200, answer("2", c.second))
		k := w.clock(t, "refresh token", 0)
		if !strings.Contains(k.Note, c.note) || k.Left(w.at) != c.left {
			t.Errorf("%s: %s left, %q; want %s, %q", name, k.Left(w.at), k.Note, c.left, c.note)
		}
	}
	// The same token, told again: its end moves although no new one came.
	w := newWire().login(answer("1", `"refresh_expires_in":100`)).wait(50*time.Second).refresh("refresh-1", 200, answer("1", `"refresh_expires_in":100`))
	if k := w.clock(t, "refresh token", 0); k.Left(w.at) != 100*time.Second || !strings.Contains(k.Note, "each refresh moves it on") {
		t.Errorf("a refresh token that stays and lives on: %s left, %q", k.Left(w.at), k.Note)
	}
}

// TestSuspends holds what the two clocks show together: a sleep, a step, and neither.
func TestSuspends(t *testing.T) {
	w := newWire().wait(time.Hour)
	w.add(0, trace.ClockRead{})
	if got := w.read().Suspends(); len(got) != 0 {
		t.Errorf("an hour in which both clocks went on is no sleep: %v", got)
	}
	w.at, w.mono = w.at.Add(40*time.Minute), w.mono+time.Second
	w.add(0, trace.ClockRead{})
	w.at, w.mono = w.at.Add(-5*time.Minute), w.mono+time.Second
	w.add(0, trace.ClockRead{})
	got := w.read().Suspends()
	if len(got) != 2 || got[0].Gap != 40*time.Minute-time.Second || got[1].Gap != -5*time.Minute-time.Second {
		t.Errorf("gaps %v; want a sleep of 40 min and a step back of 5", got)
	}
	for range 3000 {
		w.at = w.at.Add(time.Minute)
		w.add(0, trace.ClockRead{})
	}
	if n := len(w.read().Suspends()); n > 1000 {
		t.Errorf("%d gaps are remembered: a hostile recording could make it any number", n)
	}
}
