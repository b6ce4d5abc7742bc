package cli_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authscope/flow/demo"
)

// served is a tenant on this machine, outside of the program, that knows one redirect URI.
func served(t *testing.T) (issuer, redirectURI string) {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	redirectURI = "http://" + free.Addr().String() + "/callback"
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	issuer = "http://" + ln.Addr().String()
	srv := &http.Server{Handler: demo.New(demo.Options{Issuer: issuer, RedirectURIs: []string{redirectURI}, Key: tenantKey()}), ReadHeaderTimeout: 10 * time.Second}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	return issuer, redirectURI
}

// TestTerminalProfile makes a profile of an application's authorize URL, as a person does who has nothing else, logs in with
// it, and starts again with it.
func TestTerminalProfile(t *testing.T) {
	issuer, redirectURI := served(t)
	hand := newHandover(t)
	config := t.TempDir()
	env := []string{"AUTHSCOPE_CONFIG_DIR=" + config, "BROWSER=" + hand.command()}
	link := issuer + "/oauth2/authorize?" + url.Values{"client_id": {"workshop-spa"}, "response_type": {"code"}, "redirect_uri": {redirectURI},
		"scope": {"openid offline_access"}, "state": {"of-the-application"}, "ui_locales": {"de"}}.Encode()

	x := openIn(t, env, 120, 36)
	x.sees("Press enter to send the first request")
	x.types("T")
	x.sees("embedded tenant")
	x.sees("new tenant")
	x.types("n")
	x.sees("New tenant")
	x.types("\x1b[200~" + link[:60] + "\n" + link[60:] + "\x1b[201~") // wrapped, as a terminal does
	x.sees("client_id is workshop-spa")
	x.sees("state was left out")
	x.types(enter)
	x.sees("its metadata names it as the issuer")
	for range 8 { // client id, client secret, authentication, redirect URI, after logout, scopes, endpoints, save
		x.types("\t")
	}
	x.sees("letters, digits")
	x.types("local" + enter)
	x.sees("now: profile local")
	login := func(x *terminal) {
		x.types(enter)
		x.sees("token_endpoint")
		x.types(enter)
		x.sees("Ask first whether the request is accepted")
		x.types(enter)
		x.sees("enter next: Authorize")
		x.types(enter)
		x.sees("enter open the browser")
		x.types("b")
		at := hand.url()
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		defer stop()
		if _, err := demo.SignIn(ctx, http.DefaultTransport, at, demo.DemoUser()); err != nil {
			t.Fatalf("sign in: %v", err)
		}
		x.sees("enter next: Exchange")
		x.types("f")
		x.sees("ada@example.com")
	}
	login(x)
	x.types("q")
	x.ends(0)

	path := filepath.Join(config, "profiles", "local.toml")
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{issuer, "workshop-spa", redirectURI, "offline_access", "ui_locales"} {
		if !strings.Contains(string(file), want) {
			t.Errorf("the profile does not say %s:\n%s", want, file)
		}
	}
	if strings.Contains(string(file), "of-the-application") {
		t.Errorf("the application's state is in the profile:\n%s", file)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the profile has mode %v, want 0600 (%v)", st.Mode(), err)
	}

	x = openIn(t, env, 120, 36, "--profile", "local")
	x.sees("Press enter to send the first request")
	x.sees(issuer)
	login(x)
	x.types("T")
	x.sees("● local")
	x.types("g" + enter) // the embedded tenant, which this start has not started
	x.sees("now: the embedded tenant")
	x.types("f")
	x.sees("refresh ready")
	x.types("q")
	x.ends(0)
}
