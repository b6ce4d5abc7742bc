package cli_test

import (
	"net/http/cookiejar"
	"strings"
	"testing"
)

// testFormPost has the answer come as a form that the browser posts.
func (p *peer) testFormPost(t *testing.T) {
	r, page, _ := p.visit(t, peerUser{login: "ada"}, 0, "--client-id", "debug-public", "--response-mode", "form_post")
	if !strings.Contains(page, "Return to the terminal") {
		t.Errorf("the browser ended at:\n%s", page)
	}
	r.passed(login...)
}

// testDevice plays the person on the other device, who types nothing: the code is in the address.
func (p *peer) testDevice(t *testing.T) {
	h := startRun(t, "--issuer", p.issuer, "--client-id", "debug-device", "--grant", "device", "--sign-in", "browser", "--timeout", "40s")
	page, _ := peerUser{login: "ada", redirectURI: "nowhere"}.visit(h.url())
	r := &walked{t: t}
	h.ends(0, r)
	if r.passed("discover", "device", "device_poll", "verify", "userinfo"); t.Failed() {
		t.Logf("the person ended at:\n%s", page)
	}
	r.healthy()
	if got := r.check("device", 1, "verification_uri"); got != "passed" {
		t.Errorf("the check of verification_uri is %q", got)
	}
}

func (p *peer) testMachine(t *testing.T) {
	secret := file(t, "secret", "debug-secret-machine-0123456789", 0o600)
	r := &walked{t: t}
	startRun(t, "--issuer", p.issuer, "--client-id", "debug-machine", "--client-secret-file", secret, "--grant", "client-credentials").ends(0, r)
	r.passed("discover", "client_credentials")
	r.healthy()
	if len(r.Tokens) != 1 || r.Tokens[0].Kind != "access_token" {
		t.Errorf("a machine got %+v, want an access token and nothing else", r.Tokens)
	}
	startRun(t, "--issuer", p.issuer, "--client-id", "debug-machine", "--client-secret-file", file(t, "wrong", "wrong", 0o600), "--grant", "client-credentials").ends(1, r)
	r.finds("client-authentication-failed")
}

// testIntrospection asks about both tokens, and again after the access token was revoked.
func (p *peer) testIntrospection(t *testing.T) {
	secret := file(t, "secret", "debug-secret-basic-0123456789", 0o600)
	r := p.walk(t, 0, consented("--client-id", "debug-confidential", "--client-secret-file", secret, "--introspect", "--revoke-token", "access")...)
	r.passed(append(login, "introspect", "revoke")...)
	r.healthy()
	active := 0
	for _, c := range r.Calls {
		if c.Stage == "introspect" && c.Response != nil && strings.Contains(c.Response.Body, `"active":true`) {
			active++
		}
	}
	if active != 2 {
		t.Errorf("%d tokens are active, want both", active)
	}
}

// testLogout signs in and out with two browsers, as a run without a screen does: the peer asks, and sends back.
func (p *peer) testLogout(t *testing.T) {
	h := startRun(t, "--issuer", p.issuer, "--redirect-uri", p.redirectURI, "--client-id", "debug-public", "--logout", "--timeout", "30s")
	if page, err := (peerUser{login: "ada", redirectURI: p.redirectURI}).visit(h.url()); err != nil {
		t.Fatalf("the person who signs in: %v\n%s", err, page)
	}
	root := strings.TrimSuffix(p.redirectURI, "callback")
	if page, err := (peerUser{login: "ada", redirectURI: root}).visit(h.url()); err != nil {
		t.Errorf("the person who signs out: %v\n%s", err, page)
	}
	r := &walked{t: t}
	h.ends(0, r)
	r.passed(append(login, "logout")...)
	if got := r.check("logout", 1, "state"); got != "passed" {
		t.Errorf("the check of the logout's state is %q", got)
	}
	t.Run("experiment", p.testAfterLogout)
}

// testAfterLogout tries an access token after the person signed out, in the browser that signed in. What this server does with
// it is its choice; what is said must be what came.
func (p *peer) testAfterLogout(t *testing.T) {
	h := startRun(t, "--issuer", p.issuer, "--redirect-uri", p.redirectURI, "--client-id", "debug-public", "--timeout", "30s", "--experiment", "access-after-logout")
	root := strings.TrimSuffix(p.redirectURI, "callback")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, back := range []string{p.redirectURI, root} {
		if page, err := (peerUser{login: "ada", redirectURI: back, browser: jar}).visit(h.url()); err != nil {
			t.Fatalf("the person at the browser, on the way to %s: %v\n%s", back, err, page)
		}
	}
	var got struct {
		Experiments []struct {
			Name, Verdict, Real, Why string
			Dead                     []string
		}
	}
	h.ends(0, &got)
	if len(got.Experiments) != 1 || got.Experiments[0].Name != "access-after-logout" {
		t.Fatalf("the experiments made are %+v, want access-after-logout", got.Experiments)
	}
	x := got.Experiments[0]
	t.Logf("%s: %s %s", x.Verdict, x.Real, x.Why)
	if x.Verdict != "unsettled" || strings.Contains(strings.Join(x.Dead, " "), "refresh token") {
		t.Errorf("the verdict is %s, dead are %q: the specification leaves it open, and no refresh token was tried: %s %s", x.Verdict, x.Dead, x.Real, x.Why)
	}
}
