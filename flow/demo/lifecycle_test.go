package demo

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// inBubble runs a test with fake time. The key is made outside: it would belong to the bubble.
func inBubble(tt *testing.T, f func(*testing.T)) {
	tt.Helper()
	testKey()
	synctest.Test(tt, f)
}

// TestExpiry holds the lifetimes: code 300 s, access token expires_in, and what can be set while it runs.
func TestExpiry(tt *testing.T) {
	inBubble(tt, func(tt *testing.T) {
		t := newTestTenant(Options{})
		young, old := codeFor(tt, t), codeFor(tt, t)
		time.Sleep(300 * time.Second)
		got := tokensOf(tt, t, codeForm(young))
		time.Sleep(time.Second)
		wantTokenError(tt, send(tt, t, "/oauth2/token", codeForm(old)), 400, "invalid_grant", "invalid authorization code")
		time.Sleep(1798 * time.Second)
		if status := userInfoStatus(tt, t, got.Access); status != 200 {
			tt.Errorf("1799 s after the response: userinfo %d, want 200", status)
		}
		time.Sleep(time.Second)
		if status := userInfoStatus(tt, t, got.Access); status != 401 {
			tt.Errorf("1800 s after the response: userinfo %d, want 401", status)
		}
		t.SetAccessLifetime(20 * time.Second)
		short := tokensOf(tt, t, refreshForm(got.Refresh))
		if short.Expires != 20 || t.AccessLifetime() != 20*time.Second {
			tt.Errorf("expires_in %d after SetAccessLifetime(20 s), want 20", short.Expires)
		}
		time.Sleep(20 * time.Second)
		if status := userInfoStatus(tt, t, short.Access); status != 401 {
			tt.Errorf("20 s after a token of 20 s: userinfo %d, want 401", status)
		}
	})
}

// TestSessionEnds holds the two ends of a session. The idle time counts from the access before the last one, and an
// access token dies with its session, whatever its expires_in said.
func TestSessionEnds(tt *testing.T) {
	for _, row := range []struct {
		name  string
		o     Options
		at    []int // seconds of the refreshes
		alive bool
	}{
		{"idle 20 s: every 8 s", Options{IdleTimeout: 20 * time.Second}, []int{8, 16, 24, 32, 40}, true},
		{"idle 20 s: at 14 s and 28 s", Options{IdleTimeout: 20 * time.Second}, []int{14, 28}, false},
		{"absolute 300 s: at 296 s", Options{RefreshLifetime: 300 * time.Second}, []int{100, 200, 296}, true},
		{"absolute 300 s: at 304 s", Options{RefreshLifetime: 300 * time.Second}, []int{100, 200, 296, 304}, false},
	} {
		tt.Run(row.name, func(tt *testing.T) {
			inBubble(tt, func(tt *testing.T) {
				t, start := newTestTenant(row.o), time.Now()
				got := login(tt, t)
				access := got.Access
				for i, at := range row.at {
					time.Sleep(time.Until(start.Add(time.Duration(at) * time.Second)))
					a := send(tt, t, "/oauth2/token", refreshForm(got.Refresh))
					if last := i == len(row.at)-1; last && !row.alive {
						wantTokenError(tt, a, 400, "invalid_grant", "invalid refresh token")
						if status := userInfoStatus(tt, t, access); status != 401 {
							tt.Errorf("the access token outlives its session: userinfo %d, want 401", status)
						}
					} else if a.status != 200 {
						tt.Fatalf("refresh at %d s: got %d %s, want 200", at, a.status, a.body)
					}
				}
			})
		})
	}
}

// TestRefreshWithoutRotation holds the default: no new refresh token, the old one stays; scope and secret are not read;
// earlier access tokens live on.
func TestRefreshWithoutRotation(tt *testing.T) {
	t := newTestTenant(Options{})
	first := login(tt, t)
	for _, pairs := range [][]string{{}, {"scope", "openid"}, {"scope", "openid bogus"}, {"client_secret", "x"}} {
		got := tokensOf(tt, t, refreshForm(first.Refresh, pairs...))
		if got.Refresh != "" || got.ID == "" {
			tt.Errorf("refresh %v: refresh_token %q, id_token %q; want an ID token and no refresh token", pairs, got.Refresh, got.ID)
		}
		if _, payload := segments(tt, got.ID); strings.Contains(payload, `"nonce"`) || strings.Contains(payload, `"amr"`) {
			tt.Errorf("refreshed ID token %s, want neither nonce nor amr", payload)
		}
	}
	if status := userInfoStatus(tt, t, first.Access); status != 200 {
		tt.Errorf("first access token after refreshes: userinfo %d, want 200", status)
	}
	web := login(tt, t, "client_id", "workshop-web")
	for _, secret := range []string{"-", "bad"} {
		tokensOf(tt, t, refreshForm(web.Refresh, "client_id", "workshop-web", "client_secret", secret))
	}
	wantTokenError(tt, send(tt, t, "/oauth2/token", refreshForm(first.Refresh, "client_id", "-")), 400, "invalid_client", "invalid client ID")
	wantTokenError(tt, send(tt, t, "/oauth2/token", refreshForm(first.Refresh+"x")), 400, "invalid_grant", "invalid refresh token")
}

// TestRotation holds Authgear's rotation: the old token dies at once, its reuse harms nothing.
func TestRotation(tt *testing.T) {
	t := newTestTenant(Options{})
	form := func(token string) url.Values { return refreshForm(token, "client_id", "workshop-rotating") }
	first := login(tt, t, "client_id", "workshop-rotating")
	second := tokensOf(tt, t, form(first.Refresh))
	if id1, id2 := strings.Split(first.Refresh, ".")[0], strings.Split(second.Refresh, ".")[0]; second.Refresh == first.Refresh || id1 != id2 {
		tt.Fatalf("rotation from %q to %q, want another secret of the same session", first.Refresh, second.Refresh)
	}
	wantTokenError(tt, send(tt, t, "/oauth2/token", form(first.Refresh)), 400, "invalid_grant", "invalid refresh token")
	third := tokensOf(tt, t, form(second.Refresh))
	if status := userInfoStatus(tt, t, first.Access); status != 200 {
		tt.Errorf("the first access token after reuse of an old refresh token: userinfo %d, want 200", status)
	}
	if header, payload := segments(tt, third.Access); !strings.Contains(header, `"typ":"at+jwt"`) || strings.Contains(payload, `"amr"`) {
		tt.Errorf("refreshed JWT access token %s %s, want typ at+jwt and no amr", header, payload)
	}
}

// TestWrongClientRefresh holds that the client is compared after the rotation: a rotating client destroys the refresh
// token of another one.
func TestWrongClientRefresh(tt *testing.T) {
	for clientID, survives := range map[string]bool{"workshop-web": true, "workshop-rotating": false} {
		t := newTestTenant(Options{})
		got := login(tt, t)
		wantTokenError(tt, send(tt, t, "/oauth2/token", refreshForm(got.Refresh, "client_id", clientID)),
			400, "invalid_request", "client id doesn't match the refresh token")
		if a := send(tt, t, "/oauth2/token", refreshForm(got.Refresh)); (a.status == 200) != survives {
			tt.Errorf("after a failed refresh by %s: got %d %s, want it to live: %t", clientID, a.status, a.body, survives)
		}
	}
}

// TestRevoke holds what each kind of token takes along, and that the answer is always the same.
func TestRevoke(tt *testing.T) {
	for _, row := range []struct {
		name, clientID          string
		token                   func(tokens) string
		accessDies, refreshDies bool
	}{
		{"refresh token", "workshop-spa", func(t tokens) string { return t.Refresh }, true, true},
		{"opaque access token", "workshop-spa", func(t tokens) string { return t.Access }, true, false},
		{"JWT access token", "workshop-rotating", func(t tokens) string { return t.Access }, false, false},
		{"refresh token of JWTs", "workshop-rotating", func(t tokens) string { return t.Refresh }, true, true},
		{"garbage", "workshop-spa", func(tokens) string { return "garbage" }, false, false},
		{"garbage with a dot", "workshop-spa", func(tokens) string { return "gar.bage" }, false, false},
		{"nothing", "workshop-spa", func(tokens) string { return "" }, false, false},
	} {
		tt.Run(row.name, func(tt *testing.T) {
			t := newTestTenant(Options{})
			got := login(tt, t, "client_id", row.clientID)
			a := send(tt, t, "/oauth2/revoke", url.Values{"token": {row.token(got)}, "token_type_hint": {"access_token"}})
			if a.status != 200 || a.body != "" || a.header.Get("Content-Type") != "" || a.header.Get("Cache-Control") != "no-store" {
				tt.Errorf("revoke: got %d %q %v, want an empty 200 without a content type", a.status, a.body, a.header)
			}
			if status := userInfoStatus(tt, t, got.Access); (status == 401) != row.accessDies {
				tt.Errorf("userinfo afterwards: %d; should the access token die: %t", status, row.accessDies)
			}
			refreshed := send(tt, t, "/oauth2/token", refreshForm(got.Refresh, "client_id", row.clientID))
			if (refreshed.status == 400) != row.refreshDies {
				tt.Errorf("refresh afterwards: %d %s; should the refresh token die: %t", refreshed.status, refreshed.body, row.refreshDies)
			}
		})
	}
}

// TestParallel uses everything at once, for the race detector. Of parallel refreshes with rotation at least one
// succeeds, and one of the new tokens works.
func TestParallel(tt *testing.T) {
	t := newTestTenant(Options{})
	first := login(tt, t, "client_id", "workshop-rotating")
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		fresh []string
	)
	for range 4 {
		group.Go(func() {
			a := send(tt, t, "/oauth2/token", refreshForm(first.Refresh, "client_id", "workshop-rotating"))
			if _, token, ok := strings.Cut(a.body, `"refresh_token":"`); ok {
				mu.Lock()
				fresh = append(fresh, strings.SplitN(token, `"`, 2)[0])
				mu.Unlock()
			}
		})
		group.Go(func() { t.SetAccessLifetime(time.Minute); t.AddRedirectURI("http://127.0.0.1:1/x"); t.AccessLifetime() })
		group.Go(func() { userInfoStatus(tt, t, first.Access); send(tt, t, "/oauth2/jwks", nil) })
		group.Go(func() { SignIn(tt.Context(), local{t}, authorizeURL(), DemoUser()) })
	}
	group.Wait()
	working := 0
	for _, token := range fresh {
		if g, ok := t.grantOf(token); ok && g.clientID == "workshop-rotating" {
			working++
		}
	}
	if len(fresh) == 0 || working != 1 {
		tt.Errorf("%d parallel refreshes gave a token, %d of them work; want 1 that works", len(fresh), working)
	}
}

// TestSilent holds prompt=none with a session: a code at once, no amr, the session's auth_time.
func TestSilent(tt *testing.T) {
	inBubble(tt, func(tt *testing.T) {
		t := newTestTenant(Options{})
		session, first := browse(tt, t)
		signedIn := time.Now()
		time.Sleep(time.Hour)
		silent := func(pairs ...string) url.Values {
			a := send(tt, t, authorizeURL(append(pairs, "prompt", "none")...), nil, "Cookie", "session="+session)
			u, err := url.Parse(a.header.Get("Location"))
			if err != nil || a.status != http.StatusSeeOther {
				tt.Fatalf("prompt=none: %d %s", a.status, a.body)
			}
			return u.Query()
		}
		got := tokensOf(tt, t, codeForm(silent("id_token_hint", first.ID).Get("code")))
		_, payload := segments(tt, got.ID)
		if want := `"auth_time":` + timeText(signedIn); strings.Contains(payload, "amr") || !strings.Contains(payload, want) {
			tt.Errorf("silent ID token %s, want %s and no amr", payload, want)
		}
		if q := silent("client_id", "third-party"); q.Get("error") != "access_denied" || q.Get("error_description") != "authorization required" {
			tt.Errorf("third party without consent: %v, want access_denied", q)
		}
		time.Sleep(24 * time.Hour)
		if q := silent(); q.Get("error") != "login_required" {
			tt.Errorf("a day later: %v, want login_required", q)
		}
	})
}

// TestMaxAge holds that max_age is compared only with the session of id_token_hint.
func TestMaxAge(tt *testing.T) {
	inBubble(tt, func(tt *testing.T) {
		t := newTestTenant(Options{})
		session, got := browse(tt, t)
		time.Sleep(time.Minute)
		for _, row := range []struct {
			pairs []string
			page  string
		}{
			{nil, "/select_account"},
			{[]string{"prompt", "login"}, "/login"},
			{[]string{"max_age", "3600"}, "/login"},
			{[]string{"max_age", "3600", "id_token_hint", got.ID}, "/select_account"},
			{[]string{"max_age", "30", "id_token_hint", got.ID}, "/login"},
		} {
			a := send(tt, t, authorizeURL(row.pairs...), nil, "Cookie", "session="+session)
			a = send(tt, t, a.header.Get("Location"), nil, "Cookie", "session="+session)
			if !strings.HasPrefix(a.header.Get("Location"), testIssuer+row.page+"?") {
				tt.Errorf("%v: sent to %s, want %s", row.pairs, a.header.Get("Location"), row.page)
			}
		}
	})
}
