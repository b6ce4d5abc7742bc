package cli_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// peer is panva's oidc-provider, an authorization server that nobody here wrote.
type peer struct {
	issuer, redirectURI string
	key                 string // file with the private key of debug-key-jwt
}

// startPeer starts the server of testdata/peer at a free port. It ends with the test.
func startPeer(t *testing.T) *peer {
	t.Helper()
	needs(t, "AUTHSCOPE_PEER_TEST", "node", "npm")
	dir := installPeer(t)
	p := &peer{redirectURI: "http://" + freeAddress(t) + "/callback"}
	cmd := exec.CommandContext(t.Context(), "node", "server.mjs")
	cmd.Dir = dir
	public, private := clientJWK(t)
	p.key = file(t, "key.jwk", private, 0o600)
	cmd.Env = append(os.Environ(), "REDIRECT_URI="+p.redirectURI, "CLIENT_JWK="+public)
	log := &stream{}
	cmd.Stderr = log
	_, err := cmd.StdinPipe() // the server ends when it is closed, so it cannot outlive the test
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start the peer: %v", err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Logf("the peer said:\n%s", log)
		}
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if issuer, ok := strings.CutPrefix(lines.Text(), "listening "); ok {
			p.issuer = issuer
			return p
		}
	}
	cmd.Wait()
	t.Fatalf("the peer ended before it listened:\n%s", log)
	return nil
}

// clientJWK makes a key to sign assertions with.
func clientJWK(t *testing.T) (public, private string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	jwk := jose.JSONWebKey{Key: key, KeyID: "client-1", Algorithm: "ES256", Use: "sig"}
	both, err := jwk.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	half := jwk.Public()
	one, err := half.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(one), string(both)
}

// installPeer installs the server outside of the repository, once for each version of what it is made of. It returns
// the directory.
func installPeer(t *testing.T) string {
	t.Helper()
	hash := sha256.New()
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json", "server.mjs"} {
		data, err := os.ReadFile(filepath.Join("testdata", "peer", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = data
		hash.Write(data)
	}
	cache, err := os.UserCacheDir()
	if err != nil || os.MkdirAll(cache, 0o755) != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, fmt.Sprintf("authscope-peer-%x", hash.Sum(nil)[:6]))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	part, err := os.MkdirTemp(cache, "authscope-peer-part-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(part) // unless it was renamed
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(part, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--no-fund", "--no-audit", "--ignore-scripts")
	npm.Dir = part
	if out, err := npm.CombinedOutput(); err != nil {
		problem := fmt.Sprintf("npm could not install the peer: %v\n%s", err, out)
		if wants("AUTHSCOPE_PEER_TEST") {
			t.Fatal(problem)
		}
		t.Skip(problem + "\nSo this was not tested (with AUTHSCOPE_PEER_TEST=1 it would fail instead).")
	}
	if err := os.Rename(part, dir); err != nil && !errors.Is(err, os.ErrExist) {
		t.Fatal(err)
	}
	return dir
}

// check, token and finding are the parts of the JSON that only these tests look at.
type (
	check struct{ ID, Status, Want, Got, Detail string }

	token struct {
		Kind       string
		Generation int
		Format     string
		State      string
		Reason     string `json:"state_reason"`
		Header     map[string]any
		Claims     map[string]any
		Checks     []check
	}

	finding struct{ ID, Severity, Title, Seen, Means, Do string }
)

// walked is what `authscope run --json` prints.
type walked struct {
	Stages []struct {
		ID     string
		N      int
		Status string
		Error  *string
		Checks []check
	}
	Calls []struct {
		Stage    string
		Response *struct{ Body string }
	}
	Tokens   []token
	Findings []finding

	Experiments []tried
	Sessions    []family
	Clocks      []clock

	t *testing.T
}

// walk runs the program against the peer, with a person at the browser, and holds the exit status. A person who does
// not get to the redirect URI fails the test.
func (p *peer) walk(t *testing.T, wantStatus int, args ...string) *walked {
	t.Helper()
	r, page, err := p.visit(t, peerUser{login: "ada"}, wantStatus, args...)
	if err != nil {
		t.Errorf("the person at the browser: %v\n%s", err, page)
	}
	return r
}

// visit is walk with a given person, and tells where that person ended.
func (p *peer) visit(t *testing.T, u peerUser, wantStatus int, args ...string) (r *walked, page string, err error) {
	t.Helper()
	h := startRun(t, append([]string{"--issuer", p.issuer, "--redirect-uri", p.redirectURI, "--timeout", "30s"}, args...)...)
	u.redirectURI = p.redirectURI
	page, err = u.visit(h.url())
	r = &walked{t: t}
	h.ends(wantStatus, r)
	return r, page, err
}

// passed checks that the stages are these and that all passed.
func (r *walked) passed(ids ...string) {
	r.t.Helper()
	var got []string
	for _, s := range r.Stages {
		got = append(got, s.ID)
		if s.Status != "passed" {
			r.t.Errorf("the stage %s %s", s.ID, s.Status)
		}
		for _, c := range s.Checks {
			if c.Status == "failed" {
				r.t.Errorf("the check %s of %s failed: want %q, got %q. %s", c.ID, s.ID, c.Want, c.Got, c.Detail)
			}
		}
	}
	if !slices.Equal(got, ids) {
		r.t.Errorf("the stages are %v, want %v", got, ids)
	}
}

// healthy checks that nothing is called wrong but what ids name.
func (r *walked) healthy(ids ...string) {
	r.t.Helper()
	for _, f := range r.Findings {
		if f.Severity != "info" && !slices.Contains(ids, f.ID) {
			r.t.Errorf("a false alarm on a healthy run: %s %s: %s %s", f.Severity, f.ID, f.Title, f.Seen)
		}
	}
}

// finds returns a finding by its id.
func (r *walked) finds(id string) finding {
	r.t.Helper()
	for _, f := range r.Findings {
		if f.ID == id {
			return f
		}
	}
	r.t.Errorf("no finding %s is among %+v", id, r.Findings)
	return finding{}
}

// check returns how a check of a stage's n-th run ended, or "" if it was not made.
func (r *walked) check(stage string, n int, id string) string {
	for _, s := range r.Stages {
		for _, c := range s.Checks {
			if s.ID == stage && s.N == n && c.ID == id {
				return c.Status
			}
		}
	}
	return ""
}

// tokens returns the tokens of a kind.
func (r *walked) tokens(kind string) (all []token) {
	for _, tok := range r.Tokens {
		if tok.Kind == kind {
			all = append(all, tok)
		}
	}
	return all
}

var login = []string{"discover", "preflight", "authorize", "callback", "exchange", "verify", "userinfo"}

// consented are the arguments of a client that the peer gives a refresh token.
func consented(args ...string) []string {
	return append(args, "--scope", "openid offline_access", "--param", "prompt=consent")
}

// TestPeer walks logins against a server that was written by somebody else, from the specifications.
func TestPeer(t *testing.T) {
	p := startPeer(t)
	t.Run("offline_access is dropped", p.testDropped)
	t.Run("rotation", p.testRotation)
	t.Run("ES256 and signed UserInfo", p.testES256)
	t.Run("client authentication", p.testClientAuth)
	t.Run("client assertions", p.testAssertions)
	t.Run("wrong secret", p.testWrongSecret)
	t.Run("denied", p.testDenied)
	t.Run("redirect URI not registered", p.testNotRegistered)
	t.Run("form_post", p.testFormPost)
	t.Run("device", p.testDevice)
	t.Run("machine", p.testMachine)
	t.Run("introspection", p.testIntrospection)
	t.Run("logout", p.testLogout)
	t.Run("experiments", p.testExperiments)
	t.Run("lineage and clocks", p.testLineage)
	t.Run("lineage after reuse", p.testReused)
	t.Run("what it publishes", p.testTenant)
	t.Run("on the screen", p.testScreen)
}

// testDropped asks for offline_access without prompt=consent, which is all that this server wants: the missing
// refresh token must be explained.
func (p *peer) testDropped(t *testing.T) {
	r := p.walk(t, 0, "--client-id", "debug-public", "--scope", "openid offline_access")
	r.passed(login...)
	r.healthy("offline-access-dropped")
	if got := r.tokens("refresh_token"); len(got) != 0 {
		t.Fatalf("the peer issued a refresh token without consent: %+v", got)
	}
	f := r.finds("offline-access-dropped")
	if !strings.Contains(f.Means, "prompt=consent") || !strings.Contains(f.Do, "--param prompt=consent") {
		t.Errorf("the finding does not name prompt=consent as cause and remedy:\n%s\n%s", f.Means, f.Do)
	}
}

// testRotation refreshes twice: every refresh token is used once.
func (p *peer) testRotation(t *testing.T) {
	r := p.walk(t, 0, consented("--client-id", "debug-public", "--refresh", "2", "--revoke")...)
	r.passed(slices.Concat(login, []string{"refresh", "refresh", "revoke"})...)
	r.healthy()
	if got := r.check("callback", 1, "iss"); got != "passed" {
		t.Errorf("the check of iss in the answer (RFC 9207) is %q, and the peer sends it", got)
	}
	for id, want := range map[string]string{"signature": "passed", "iss": "passed", "aud": "passed", "exp": "passed", "iat": "passed", "nonce": "passed"} {
		if got := r.check("verify", 1, id); got != want {
			t.Errorf("the check %s of the ID token is %q, want %s", id, got, want)
		}
	}
	r.holdsAtHash()
	refresh := r.tokens("refresh_token")
	if len(refresh) != 3 {
		t.Fatalf("two refreshes with rotation gave the refresh tokens %+v, want three", refresh)
	}
	for i, want := range []string{"replaced", "replaced", "dead"} {
		if tok := refresh[i]; tok.Generation != i+1 || tok.State != want {
			t.Errorf("refresh token %d is generation %d and %s (%s), want it %s", i+1, tok.Generation, tok.State, tok.Reason, want)
		}
	}
	if access := r.tokens("access_token"); len(access) != 3 || access[2].State != "dead" {
		t.Errorf("after the revocation the access tokens are %+v, want three, the last dead", access)
	}
}

// holdsAtHash checks that the access token was compared with the ID token wherever that names it. It need not in the
// code flow (OIDC Core 1.0, section 3.1.3.6).
func (r *walked) holdsAtHash() {
	r.t.Helper()
	want := "not_applicable"
	if ids := r.tokens("id_token"); len(ids) > 0 && ids[0].Claims["at_hash"] != nil {
		want = "passed"
	}
	if got := r.check("verify", 1, "at_hash"); got != want {
		r.t.Errorf("the check at_hash is %q, want %s", got, want)
	}
}

// testES256 has ID tokens signed with an elliptic curve, and UserInfo as a signed JWT, which is shown as it came.
func (p *peer) testES256(t *testing.T) {
	r := p.walk(t, 0, consented("--client-id", "debug-es256", "--refresh", "1")...)
	r.passed(append(login, "refresh")...)
	r.healthy()
	ids := r.tokens("id_token")
	if len(ids) != 2 || ids[0].Header["alg"] != "ES256" {
		t.Fatalf("the ID tokens are %+v, want two, signed with ES256", ids)
	}
	for _, id := range []string{"signature", "iss", "sub", "aud", "nonce"} { // OIDC Core 1.0, section 12.2
		if got := r.check("refresh", 1, id); got != "passed" {
			t.Errorf("the check %s of the refreshed ID token is %q", id, got)
		}
	}
	for _, c := range r.Calls {
		if c.Stage == "userinfo" && (c.Response == nil || !strings.HasPrefix(c.Response.Body, "eyJ")) {
			t.Errorf("the signed UserInfo is not shown: %+v", c.Response)
		}
	}
}

// testClientAuth proves clients with secrets, of which one changes in form-encoding (RFC 6749, section 2.3.1).
func (p *peer) testClientAuth(t *testing.T) {
	for _, c := range []struct{ id, auth, secret string }{
		{"debug-confidential", "basic", "debug-secret-basic-0123456789"},
		{"debug-post", "post", "debug-secret-post-0123456789\n"},
		{"debug:odd/id", "basic", "p%3A:ss+w ord/=&"},
	} {
		t.Run(c.id, func(t *testing.T) {
			secret := file(t, "secret", c.secret, 0o600)
			r := p.walk(t, 0, consented("--client-id", c.id, "--client-auth", c.auth, "--client-secret-file", secret, "--refresh", "1", "--revoke")...)
			r.passed(slices.Concat(login, []string{"refresh", "revoke"})...)
			r.healthy()
		})
	}
}

// testAssertions proves clients by assertions, and holds what is said of a wrong key.
func (p *peer) testAssertions(t *testing.T) {
	secret := file(t, "secret", "debug-secret-jwt-of-32-bytes-or-more-0123", 0o600)
	for name, args := range map[string][]string{
		"secret":             {"--client-id", "debug-secret-jwt", "--client-auth", "client_secret_jwt", "--client-secret-file", secret},
		"key":                {"--client-id", "debug-key-jwt", "--client-key-file", p.key},
		"issuer as audience": {"--client-id", "debug-key-jwt", "--client-key-file", p.key, "--client-assertion-aud", "issuer"},
	} {
		t.Run(name, func(t *testing.T) {
			r := p.walk(t, 0, consented(append(args, "--refresh", "1", "--revoke")...)...)
			r.passed(slices.Concat(login, []string{"refresh", "revoke"})...)
			r.healthy()
		})
	}
	_, other := clientJWK(t)
	r := p.walk(t, 1, "--client-id", "debug-key-jwt", "--client-key-file", file(t, "other.jwk", other, 0o600))
	if f := r.finds("client-authentication-failed"); !strings.Contains(f.Seen, "private_key_jwt") || !strings.Contains(f.Seen, "`ES256`") {
		t.Errorf("the finding does not say what was sent: %+v", f)
	}
}

func (p *peer) testWrongSecret(t *testing.T) {
	secret := file(t, "secret", "not-the-secret", 0o600)
	r := p.walk(t, 1, "--client-id", "debug-confidential", "--client-secret-file", secret)
	f := r.finds("client-authentication-failed")
	if f.Severity != "error" || !strings.Contains(f.Seen, "invalid_client") {
		t.Errorf("the finding is %+v, want an error that quotes invalid_client", f)
	}
}

func (p *peer) testDenied(t *testing.T) {
	r, page, err := p.visit(t, peerUser{login: "ada", denies: true}, 1, "--client-id", "debug-public")
	if err != nil || !strings.Contains(page, "access_denied") {
		t.Errorf("the callback page does not name access_denied (%v):\n%s", err, page)
	}
	if f := r.finds("access-denied"); !strings.Contains(f.Seen, "access_denied") {
		t.Errorf("the finding does not quote access_denied: %s", f.Seen)
	}
}

// testNotRegistered asks with a redirect URI that the server does not know. The look ahead finds it, and a person who is
// sent there all the same is told of it as a candidate: the server must not redirect, so nothing arrives.
func (p *peer) testNotRegistered(t *testing.T) {
	other := strings.TrimSuffix(p.redirectURI, "/callback") + "/elsewhere"
	h := startRun(t, "--issuer", p.issuer, "--client-id", "debug-public", "--redirect-uri", other, "--timeout", "10s")
	ahead := &walked{t: t}
	h.ends(1, ahead)
	if f := ahead.finds("redirect-uri-not-registered"); !strings.Contains(f.Means, "The client is known") || !strings.Contains(f.Do, other) {
		t.Errorf("the look ahead does not say that %s is not registered:\n%s\n%s", other, f.Means, f.Do)
	}
	h = startRun(t, "--issuer", p.issuer, "--client-id", "nobody", "--timeout", "10s")
	h.ends(1, ahead)
	ahead.finds("client-unknown")
	r, page, err := p.visit(t, peerUser{login: "ada"}, 1, "--client-id", "debug-public", "--redirect-uri", other, "--timeout", "3s", "--no-preflight")
	if !errors.Is(err, errStays) || !strings.Contains(page, "redirect_uri") {
		t.Errorf("the peer does not complain of the redirect URI (%v):\n%s", err, page)
	}
	f := r.finds("no-answer-yet")
	if !strings.Contains(f.Means, "Candidates") || !strings.Contains(f.Means, "not registered") || !strings.Contains(f.Do, other) {
		t.Errorf("the finding does not give the redirect URI %s as a candidate:\n%s\n%s", other, f.Means, f.Do)
	}
}

// testScreen walks the screen, with the person at the browser, from the first request to UserInfo.
func (p *peer) testScreen(t *testing.T) {
	h := newHandover(t)
	x := open(t, 120, 36, "--browser", h.command(), "--issuer", p.issuer, "--client-id", "debug-public", "--redirect-uri", p.redirectURI)
	x.sees("ready, not sent yet")
	x.types(enter)
	x.sees("enter next: Look ahead")
	x.types(enter)
	x.sees("Ask first whether the request is accepted")
	x.sees("enter send")
	x.types(enter)
	x.sees("enter next: Authorize")
	x.types(enter)
	x.sees("code_challenge_method")
	x.types("b")
	if page, err := (peerUser{login: "ada", redirectURI: p.redirectURI}).visit(h.url()); err != nil {
		t.Fatalf("the person at the browser: %v\n%s", err, page)
	}
	x.sees("✓ state")
	x.sees("✓ iss")
	for _, next := range []string{"will be sent", "not in the response", "Verify the ID token", "✓ nonce", "Ask who signed in", "✓ sub"} {
		x.types(enter)
		x.sees(next)
	}
	x.types("!")
	x.sees("The server took offline_access out")
	x.sees("prompt=consent")
	x.types(esc)
	x.sees("✓ sub")
	x.types("q")
	x.ends(0)
}
