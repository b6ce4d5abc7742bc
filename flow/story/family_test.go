package story_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// wire makes a trace by hand, event by event.
type wire struct {
	events []trace.Event
	at     time.Time
	mono   time.Duration
	id     trace.CallID
}

var dawn = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func newWire() *wire {
	w := &wire{at: dawn}
	w.add(0, trace.Settings{Issuer: "https://a", ClientID: "c", Scope: "openid offline_access", RedirectURI: "http://127.0.0.1/cb"})
	return w
}

func (w *wire) add(id trace.CallID, d trace.Data) {
	w.events = append(w.events, trace.Event{At: w.at, Mono: w.mono, Call: id, Data: d})
}

// wait lets both clocks go on.
func (w *wire) wait(d time.Duration) *wire { w.at, w.mono = w.at.Add(d), w.mono+d; return w }

// call is one call that is answered at once.
func (w *wire) call(method, url, body string, h trace.Header, status int, answer string) *wire {
	w.id++
	if body != "" {
		h = append(h, [2]string{"Content-Type", "application/x-www-form-urlencoded"})
	}
	w.add(w.id, trace.Ready{Method: method, URL: url, Header: h, Body: trace.Bytes(body)})
	w.add(w.id, trace.Sent{Header: h})
	w.add(w.id, trace.Head{Status: status, Header: trace.Header{{"Content-Type", "application/json"}}})
	w.add(w.id, trace.Body{Bytes: trace.Bytes(answer)})
	return w
}

func (w *wire) token(body string, status int, answer string) *wire {
	return w.call("POST", "https://a/token", body, nil, status, answer)
}

func (w *wire) refresh(with string, status int, answer string) *wire {
	return w.token("grant_type=refresh_token&refresh_token="+with, status, answer)
}

func (w *wire) userInfo(access string, status int) *wire {
	return w.call("GET", "https://a/userinfo", "", trace.Header{{"Authorization", "Bearer " + access}}, status, `{"sub":"x"}`)
}

// login is a sign-in whose code is exchanged for answer.
func (w *wire) login(answer string) *wire {
	w.id++
	state := fmt.Sprintf("state-%d", w.id)
	w.add(w.id, trace.Ready{Front: true, Method: "GET", URL: "https://a/auth?response_type=code&scope=openid+offline_access&client_id=c&state=" + state})
	w.add(w.id, trace.RedirectOut{Via: "agent"})
	w.id++
	code := fmt.Sprintf("code-of-login-%d", w.id)
	w.add(w.id, trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/cb?code=" + code + "&state=" + state})
	return w.token("grant_type=authorization_code&code="+code, 200, answer)
}

func (w *wire) read() *story.Story { return story.Read(w.events) }

// tree writes the lineage as a text, a line each.
func tree(s *story.Story, now time.Time) string {
	var b strings.Builder
	for _, l := range s.Lineage() {
		switch {
		case l.Token != nil:
			f := l.Token.Fate(now)
			fmt.Fprintf(&b, "    %s #%d %s proved=%v uses=%d refusals=%d: %s", l.Token.Kind.Short(), l.Token.Generation, f.State, f.Proved, l.Token.Uses, l.Token.Refusals, f.Known)
			if f.Cause != "" {
				fmt.Fprintf(&b, " (%s)", f.Cause)
			}
			b.WriteString("\n")
		case l.Turn != nil:
			fmt.Fprintf(&b, "  %d by %s failed=%v kept=%v\n", l.Turn.Generation, l.Turn.By(), l.Turn.Failed, l.Turn.Kept != nil)
		default:
			fmt.Fprintf(&b, "session %d\n", l.Family.N)
		}
	}
	return b.String()
}

func wantTree(t *testing.T, s *story.Story, now time.Time, want string) {
	t.Helper()
	got := strings.TrimSpace(tree(s, now))
	var lines []string
	for l := range strings.Lines(strings.TrimSpace(want)) {
		lines = append(lines, strings.TrimSpace(l))
	}
	for i, l := range strings.Split(got, "\n") {
		if i >= len(lines) || strings.TrimSpace(l) != lines[i] {
			t.Fatalf("line %d of the lineage is\n  %s\nthe whole lineage:\n%s", i+1, strings.TrimSpace(l), got)
		}
	}
	if n := len(strings.Split(got, "\n")); n != len(lines) {
		t.Errorf("the lineage has %d lines, want %d:\n%s", n, len(lines), got)
	}
}

func TestLineageWithoutRotation(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	w.wait(time.Second).userInfo("access-1", 200)
	w.wait(200*time.Second).refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":300}`)
	w.wait(400*time.Second).refresh("refresh-1", 200, `{"access_token":"access-3","expires_in":300,"refresh_token":"refresh-1"}`)
	s := w.read()
	wantTree(t, s, w.at, `
		session 1
		0 by Exchange failed=false kept=false
		access #1 expired proved=false uses=1 refusals=0: expired by expires_in
		refresh #1 not_told proved=true uses=2 refusals=0: accepted by Refresh 2
		1 by Refresh 1 failed=false kept=true
		access #2 expired proved=false uses=0 refusals=0: expired by expires_in
		2 by Refresh 2 failed=false kept=true
		access #3 live proved=false uses=0 refusals=0: not used yet`)
	f := s.Family()
	if rotates, known := f.Rotates(); rotates || !known {
		t.Errorf("the refresh token rotates: %v, known %v; the answers brought no other one", rotates, known)
	}
	if turn := f.Turns[1]; turn.Spent < 0.66 || turn.Spent > 0.68 {
		t.Errorf("the first refresh came when %.2f of the access token's life were over, want 0.67", turn.Spent)
	}
	if f.Refreshes != 2 || f.Failures != 0 || f.Count(story.RefreshToken) != 1 {
		t.Errorf("%d refreshes, %d failures, %d refresh tokens; want 2, 0, 1", f.Refreshes, f.Failures, f.Count(story.RefreshToken))
	}
}

func TestLineageWithRotation(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	w.wait(time.Second).refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":300,"refresh_token":"refresh-2"}`)
	s := w.read()
	wantTree(t, s, w.at, `
		session 1
		0 by Exchange failed=false kept=false
		access #1 replaced proved=false uses=0 refusals=0: #2 came with Refresh 1 (it may go on until it expires: nobody has tried it since)
		refresh #1 replaced proved=false uses=1 refusals=0: replaced: a new refresh token came with Refresh 1, #2 (it may have ended with that: nobody has tried it since)
		1 by Refresh 1 failed=false kept=false
		access #2 live proved=false uses=0 refusals=0: not used yet
		refresh #2 not_told proved=false uses=0 refusals=0: the server did not say how long it lives; it was not used yet`)

	w.wait(time.Second).refresh("refresh-1", 400, `{"error":"invalid_grant","error_description":"invalid refresh token"}`)
	s = w.read()
	wantTree(t, s, w.at, `
		session 1
		0 by Exchange failed=false kept=false
		access #1 replaced proved=false uses=0 refusals=0: #2 came with Refresh 1 (it may go on until it expires: nobody has tried it since)
		refresh #1 dead proved=true uses=1 refusals=1: the server answered invalid_grant invalid refresh token to Refresh 2 (#2 had taken its place: with rotation the old one may end at once)
		1 by Refresh 1 failed=false kept=false
		access #2 live proved=false uses=0 refusals=0: not used yet
		refresh #2 not_told proved=false uses=0 refusals=0: the server did not say how long it lives; it was not used yet
		1 by Refresh 2 failed=true kept=false`)
	if rotates, known := s.Family().Rotates(); !rotates || !known {
		t.Errorf("rotates %v, known %v; want both", rotates, known)
	}
}

// TestLineageSiblings holds that two refreshes with one token are two branches of it.
func TestLineageSiblings(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	w.refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":300,"refresh_token":"refresh-2"}`)
	w.refresh("refresh-1", 200, `{"access_token":"access-3","expires_in":300,"refresh_token":"refresh-3"}`)
	s := w.read()
	f := s.Family()
	for i, turn := range f.Turns[1:] {
		if turn.With == nil || turn.With.Generation != 1 {
			t.Errorf("refresh %d is not drawn from refresh token #1: %+v", i+1, turn.With)
		}
	}
	if len(s.Families()) != 1 {
		t.Errorf("%d sessions, want one", len(s.Families()))
	}
}

func TestRevokedHow(t *testing.T) {
	revoke := func(w *wire, token string) {
		w.call("POST", "https://a/revoke", "token="+token, nil, 200, "")
	}
	known := func(w *wire, kind story.Kind) story.Fate { return w.read().Newest(kind).Fate(w.at) }
	begin := func() *wire {
		return newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`).wait(time.Second)
	}
	w := begin()
	revoke(w, "refresh-1")
	if f := known(w, story.RefreshToken); f.Proved || f.State != story.Dead || !strings.Contains(f.Cause, "proves nothing") {
		t.Errorf("after a 200 of the revocation alone: %+v; that is not proved", f)
	}
	if f := known(w, story.AccessToken); f.Proved || f.State != story.Live || !strings.Contains(f.Cause, "may have ended") {
		t.Errorf("the access token after the revocation of its refresh token: %+v; it may have ended, and nobody tried it", f)
	}
	w.wait(time.Second).userInfo("access-1", 401)
	const want = "revoked with the session: 200 of the revocation, and 401 of UserInfo after it"
	if f := known(w, story.AccessToken); !f.Proved || f.Known != want {
		t.Errorf("after UserInfo refused it: %+v; want %q, proved", f, want)
	}
	if f := known(w, story.RefreshToken); !f.Proved {
		t.Errorf("the refresh token after its access token was refused: %+v; want it proved", f)
	}

	w = begin()
	revoke(w, "refresh-1")
	w.wait(time.Second).userInfo("access-1", 200)
	if f := known(w, story.AccessToken); f.State != story.Live || !f.Proved || !strings.Contains(f.Known, "still accepted") {
		t.Errorf("UserInfo accepted it after the revocation: %+v", f)
	}
	w = begin().userInfo("access-1", 401)
	if f := known(w, story.AccessToken); !f.Proved || f.Cause == "" {
		t.Errorf("refused without a revocation: %+v; that it is refused is proved, why is not", f)
	}
}

// TestExpiredButAccepted holds that a server which forgives some seconds is not called wrong.
func TestExpiredButAccepted(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":10}`).wait(12*time.Second).userInfo("access-1", 200)
	if f := w.read().Newest(story.AccessToken).Fate(w.at); f.State != story.Expired || !strings.Contains(f.Known, "yet UserInfo was answered with 200") {
		t.Errorf("%+v", f)
	}
}

func TestTiedByGrant(t *testing.T) {
	for _, client := range []string{"workshop-spa", "workshop-rotating"} {
		s := story.Read(aRun(t, client))
		f := s.Family()
		if f == nil || f.GrantID == "" || !f.Tied || f.Untied {
			t.Errorf("%s: the grant of the refresh token and the sid of the ID token are not tied: %+v", client, f)
			continue
		}
		if f.Refreshes != 2 || f.Failures != 1 {
			t.Errorf("%s: %d refreshes and %d failures, want 2 and 1", client, f.Refreshes, f.Failures)
		}
		for _, turn := range f.Turns {
			for _, tok := range turn.Tokens {
				if tok.Family != f || tok.Turn != turn {
					t.Errorf("%s: %s #%d does not know its place", client, tok.Kind, tok.Generation)
				}
			}
		}
	}
}

// TestReuseEndsTheSession holds what is said where a replaced refresh token was handed in again and the newest one is refused
// after it: the one is a possible cause of the other, and the access token may have ended too.
func TestReuseEndsTheSession(t *testing.T) {
	const refused = `{"error":"invalid_grant"}`
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	w.wait(time.Second).refresh("refresh-1", 200, `{"access_token":"access-2","expires_in":300,"refresh_token":"refresh-2"}`)
	w.wait(time.Second).refresh("refresh-1", 400, refused).wait(time.Second).refresh("refresh-2", 400, refused)
	s := w.read()
	if f := s.Newest(story.RefreshToken).Fate(w.at); !f.Proved || !strings.Contains(f.Cause, "#1 had been handed in again") {
		t.Errorf("the newest refresh token: %+v; that it is refused is proved, and the reuse of #1 a cause", f)
	}
	access := s.Newest(story.AccessToken)
	if f := access.Fate(w.at); f.State != story.Live || f.Proved || !strings.Contains(f.Known, "refresh token #2 of its session was refused") || !strings.Contains(f.Cause, "may have ended") {
		t.Errorf("the access token: %+v; nobody knows whether it lives", f)
	}
	if k := w.clock(t, "access token", 0); k.State != story.Running || !strings.Contains(k.Note, "may have ended") {
		t.Errorf("its clock runs on, and says nothing of that: %+v", k)
	}
	w.wait(time.Second).userInfo("access-2", 200)
	if f := w.read().Newest(story.AccessToken).Fate(w.at); !f.Proved || f.Cause != "" {
		t.Errorf("after UserInfo accepted it: %+v", f)
	}
	// Without a reuse nothing is known of the cause.
	w = newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`).wait(time.Second).refresh("refresh-1", 400, refused)
	if f := w.read().Newest(story.RefreshToken).Fate(w.at); !strings.Contains(f.Cause, "why is not told") {
		t.Errorf("refused without a reuse: %+v", f)
	}
}

// TestSessionsApart holds that a second sign-in is a session of its own, and that a late refresh of the first goes to the first.
func TestSessionsApart(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	w.login(`{"access_token":"access-2","expires_in":300,"refresh_token":"refresh-2"}`)
	w.refresh("refresh-1", 200, `{"access_token":"access-3","expires_in":300}`)
	s := w.read()
	if n := len(s.Families()); n != 2 {
		t.Fatalf("%d sessions, want 2", n)
	}
	if f := s.Families()[0]; f.Refreshes != 1 || f.Newest(story.AccessToken).Value.Reveal() != "access-3" {
		t.Errorf("the refresh went to the wrong session:\n%s", tree(s, w.at))
	}
}

// TestFailedRefreshesAreTurns holds that a refresh without any answer stands in the lineage too.
func TestFailedRefreshesAreTurns(t *testing.T) {
	w := newWire().login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
	w.id++
	w.add(w.id, trace.Ready{Method: "POST", URL: "https://a/token", Header: trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}, Body: trace.Bytes("grant_type=refresh_token&refresh_token=refresh-1")})
	w.add(w.id, trace.Sent{})
	w.add(w.id, trace.CallFailed{Err: "connection refused", Class: trace.ErrRefused})
	s := w.read()
	f := s.Family()
	if f.Failures != 1 || !f.Turns[1].Failed || f.Turns[1].With.Generation != 1 {
		t.Errorf("%d failures:\n%s", f.Failures, tree(s, w.at))
	}
}
