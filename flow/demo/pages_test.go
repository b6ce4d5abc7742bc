package demo

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestPages holds what every page has: the policies, a language, labels, one focus, and no foreign text unescaped.
func TestPages(tt *testing.T) {
	const foreign = `"><script>alert(1)</script>`
	c, u := &Client{ID: "x", Name: foreign}, &User{Login: foreign, Name: foreign, Email: foreign}
	for name, p := range map[string]page{
		"login": loginPage(c, foreign, foreign), "account": selectAccountPage(c, u), "consent": consentPage(c, u, []string{foreign}),
		"settings": settingsPage(u), "not found": notFoundPage(strings.Repeat(foreign, 100)), "index": indexPage(foreign),
		"form_post": formPostPage(foreign, url.Values{foreign: {foreign}}), "logout": logoutPage(), "expired": expiredPage(),
	} {
		if strings.Contains(p.body, "<script>alert") || strings.Contains(p.title, "<") {
			tt.Errorf("page %s has foreign text as it came: %s", name, p.body)
		}
		if n := strings.Count(p.body, " autofocus"); n > 1 {
			tt.Errorf("page %s has %d times autofocus", name, n)
		}
		if len(p.body) > 8<<10 {
			tt.Errorf("page %s has %d bytes", name, len(p.body))
		}
	}
	a := send(tt, newTestTenant(Options{}), "/", nil)
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Content-Type": "text/html; charset=utf-8"} {
		if got := a.header.Get(name); got != want {
			tt.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	csp := a.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "form-action") {
		tt.Errorf("Content-Security-Policy %q", csp)
	}
	for _, want := range []string{`<html lang="en">`, "prefers-color-scheme:dark", "nothing leaves this machine", "<style>" + stylesheet + "</style>"} {
		if !strings.Contains(a.body, want) {
			tt.Errorf("a page has no %q", want)
		}
	}
}

// TestLoginPage holds the form as people and scripted browsers use it, and a wrong password staying on it.
func TestLoginPage(tt *testing.T) {
	t := newTestTenant(Options{})
	a := send(tt, t, authorizeURL("login_hint", "https://authgear.com/login_hint?username=grace"), nil)
	entry, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		tt.Fatal(err)
	}
	page := send(tt, t, send(tt, t, entry.String(), nil).header.Get("Location"), nil)
	fields := readDocument([]byte(page.body)).forms[0].fields
	want := []htmlField{{"login", "grace", "text"}, {"password", "", "password"}, {"", "", "submit"}}
	if !slices.Equal(fields, want) {
		tt.Errorf("fields %+v, want %+v", fields, want)
	}
	for _, part := range []string{`<label for="login">`, `<label for="password">`, `autocomplete="username"`, `autocomplete="current-password"`,
		" autofocus", DemoUser().Login, DemoUser().Password, "Workshop"} {
		if !strings.Contains(page.body, part) {
			tt.Errorf("the sign-in page has no %q", part)
		}
	}
	wrong := send(tt, t, "/login?"+entry.RawQuery, query(nil, "login", "grace", "password", "x"))
	if wrong.status != 200 || !strings.Contains(wrong.body, `role="alert"`) || !strings.Contains(wrong.body, `value="grace"`) {
		tt.Errorf("wrong password: got %d %s, want the form again with what is wrong", wrong.status, wrong.body)
	}
	if len(wrong.header["Set-Cookie"]) > 0 {
		tt.Errorf("wrong password: cookies %v", wrong.header["Set-Cookie"])
	}
}

// TestSelectAccount holds the page of a browser with a session.
func TestSelectAccount(tt *testing.T) {
	t := newTestTenant(Options{})
	session, _ := browse(tt, t)
	cookie := []string{"Cookie", "session=" + session}
	for action, want := range map[string]string{"continue": "/oauth2/consent?", "other": "/login?"} {
		entry := send(tt, t, authorizeURL(), nil).header.Get("Location")
		target := send(tt, t, entry, nil, cookie...).header.Get("Location")
		if !strings.HasPrefix(target, testIssuer+"/select_account?") {
			tt.Fatalf("with a session: sent to %s, want the account page", target)
		}
		if page := send(tt, t, target, nil, cookie...); !strings.Contains(page.body, "Continue as alice") {
			tt.Errorf("the account page does not name the account: %s", page.body)
		}
		got := send(tt, t, target, url.Values{"action": {action}}, cookie...)
		if got.status != 303 || !strings.HasPrefix(got.header.Get("Location"), testIssuer+want) {
			tt.Errorf("%s: got %d %s, want %s", action, got.status, got.header.Get("Location"), want)
		}
	}
}

// TestConsent holds the third party's page: asked once for a set of scopes, refusal is access_denied, and the answer
// counts once.
func TestConsent(tt *testing.T) {
	t := newTestTenant(Options{})
	consent := func(scope string) (string, answer) {
		entry, _ := url.Parse(send(tt, t, authorizeURL("client_id", "third-party", "scope", scope), nil).header.Get("Location"))
		u := DemoUser()
		target := send(tt, t, "/login?"+entry.RawQuery, query(nil, "login", u.Email, "password", u.Password)).header.Get("Location")
		return target, send(tt, t, target, nil)
	}
	target, page := consent("openid email")
	if page.status != 200 || !strings.Contains(page.body, "Third Party Planner") || !strings.Contains(page.body, "See your email address") {
		tt.Fatalf("got %d %s, want the consent page", page.status, page.body)
	}
	denied := send(tt, t, target, url.Values{"action": {"deny"}})
	if want := testCallback + "?error=access_denied&error_description=authorization+denied&state=st1"; denied.header.Get("Location") != want {
		tt.Errorf("denied: %s, want %s", denied.header.Get("Location"), want)
	}
	target, _ = consent("openid email")
	if got := send(tt, t, target, url.Values{"action": {"allow"}}); !strings.HasPrefix(got.header.Get("Location"), testCallback+"?code=") {
		tt.Errorf("allowed: %d %s, want a code", got.status, got.header.Get("Location"))
	}
	if again := send(tt, t, target, url.Values{"action": {"allow"}}); again.status != 400 || !strings.Contains(again.body, "expired") {
		tt.Errorf("allowed twice: %d %s, want 400", again.status, again.body)
	}
	if _, page := consent("openid email"); page.status != 303 {
		tt.Errorf("the same scopes again: got %d, want a code without a question", page.status)
	}
	if _, page := consent("openid email profile"); page.status != 200 {
		tt.Errorf("one more scope: got %d, want the question", page.status)
	}
}

// TestLogout holds the end session endpoint: where it goes, and what dies.
func TestLogout(tt *testing.T) {
	const root = "http://127.0.0.1:8976/"
	t := newTestTenant(Options{})
	ask := func(session string, q url.Values) answer {
		return send(tt, t, "/oauth2/end_session?"+q.Encode(), nil, "Cookie", "session="+session)
	}
	back := url.Values{"post_logout_redirect_uri": {root}, "state": {"bye"}}
	if a := ask("", back); a.status != 303 || a.header.Get("Location") != root+"?state=bye" {
		tt.Errorf("no session: got %d %s, want 303 to the client", a.status, a.header.Get("Location"))
	}
	if a := ask("", url.Values{"post_logout_redirect_uri": {"http://evil.example/"}}); a.status != 302 || a.header.Get("Location") != testIssuer+"/settings" {
		tt.Errorf("no session, unknown URI: got %d %s, want 302 to the settings", a.status, a.header.Get("Location"))
	}
	posted := send(tt, t, "/oauth2/end_session", back)
	if target := posted.header.Get("Location"); posted.status != 302 || !strings.Contains(target, "?x_end_session_ref=") ||
		send(tt, t, target, nil).header.Get("Location") != root+"?state=bye" {
		tt.Errorf("POST: got %d %s, want 302 to itself with a reference", posted.status, target)
	}

	session, got := browse(tt, t)
	if a := ask(session, back); a.status != 302 || !strings.HasPrefix(a.header.Get("Location"), testIssuer+"/logout?redirect_uri=") {
		tt.Errorf("session, no hint: got %d %s, want 302 to the question", a.status, a.header.Get("Location"))
	}
	other, _ := browse(tt, t)
	if a := ask(other, query(back, "id_token_hint", got.ID)); !strings.HasPrefix(a.header.Get("Location"), testIssuer+"/logout?") {
		tt.Errorf("another browser's hint: got %s, want the question", a.header.Get("Location"))
	}
	if a := ask(session, query(back, "id_token_hint", got.ID)); a.status != 303 || a.header.Get("Location") != root+"?state=bye" {
		tt.Errorf("session and hint: got %d %s, want 303 to the client", a.status, a.header.Get("Location"))
	}
	if status := userInfoStatus(tt, t, got.Access); status != 401 {
		tt.Errorf("userinfo after the logout: %d, want 401", status)
	}
	wantTokenError(tt, send(tt, t, "/oauth2/token", refreshForm(got.Refresh)), 400, "invalid_grant", "invalid refresh token")

	target := ask(other, back).header.Get("Location")
	if page := send(tt, t, target, nil); !strings.Contains(page.body, "Sign out?") {
		tt.Errorf("the question: %s", page.body)
	}
	a := send(tt, t, target, url.Values{}, "Cookie", "session="+other)
	if next := a.header.Get("Location"); send(tt, t, next, nil).header.Get("Location") != root+"?state=bye" {
		tt.Errorf("after the question: sent to %s, want the client in the end", next)
	}
	if a := send(tt, t, "/logout?redirect_uri=http://evil.example/", url.Values{}); a.header.Get("Location") != testIssuer+"/settings" {
		tt.Errorf("a foreign redirect_uri: sent to %s, want the settings", a.header.Get("Location"))
	}
}
