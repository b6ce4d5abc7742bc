package cli_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// tried, family and clock are what the JSON says of experiments, of the lineage and of what runs out.
type (
	tried struct {
		Name, Verdict, Real, Why string
		Dead                     []string
	}

	family struct {
		GrantID             *string `json:"grant_id"`
		SignInAt            *string `json:"sign_in_again_at"`
		Rotates             *bool
		Refreshes, Failures int
		Turns               []struct {
			Generation int
			With       *int
			Failed     bool
			Tokens     []lineToken
		}
	}

	lineToken struct {
		Kind, State, Known string
		Generation         int
		Proved             bool
		Cause              string `json:"possible_cause"`
		Uses, Refusals     int
	}

	clock struct {
		What, State string
		Began       *time.Time `json:"began_at"`
		Ends        *time.Time `json:"ends_at"`
		Source      *string
		Usual       *string
	}
)

// testExperiments tries what this server does: refresh tokens rotate, and the reuse of one ends the grant.
func (p *peer) testExperiments(t *testing.T) {
	const everyRefresh = "every refresh token of this session"
	for _, c := range []struct {
		name, verdict string
		says          []string
		dead          []string
	}{
		{"reuse", "as_specified", []string{"400 invalid_grant", "since then the newest one too", "ended the session"}, []string{everyRefresh}},
		{"narrower-scope", "as_specified", []string{"with the scope openid offline_access."}, nil},
		{"wider-scope", "as_specified", []string{"400 invalid_scope"}, nil},
		{"other-scope", "as_specified", []string{"400 invalid_scope"}, nil},
		{"other-client", "unclear", []string{"401 invalid_client", "speaks of the client", "the right client can still use it", "was not tried"}, nil},
		{"access-after-refresh", "unsettled", []string{"It still works.", "side by side"}, nil},
		{"access-after-revocation", "as_specified", []string{"401 invalid_token"}, []string{"the refresh token", "the access token"}},
		{"code-twice", "as_specified", []string{"The second time was refused (400 invalid_grant", "since then too (401 invalid_token"}, []string{"the tokens of this sign-in"}},
		{"wrong-verifier", "as_specified", []string{"400 invalid_grant", "still good for a right request"}, nil},
		{"wrong-redirect-uri", "as_specified", []string{"400 invalid_grant", "still good for a right request"}, nil},
		{"no-nonce", "as_specified", []string{"the ID token has no nonce"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := p.try(t, c.name)
			if x.Verdict != c.verdict || !slices.Equal(x.Dead, c.dead) {
				t.Errorf("the verdict is %s and dead are %q, want %s and %q: %s %s", x.Verdict, x.Dead, c.verdict, c.dead, x.Real, x.Why)
			}
			for _, want := range c.says {
				if text := x.Real + " " + x.Why; !strings.Contains(text, want) {
					t.Errorf("it does not say %q: %s", want, text)
				}
			}
		})
	}
	t.Run("race", p.testRace)
}

// testRace has three refreshes at once. How many win depends on how their reads and writes fall; what is said must fit.
func (p *peer) testRace(t *testing.T) {
	x := p.try(t, "race")
	ended := slices.Contains(x.Dead, "every refresh token of this session")
	if x.Verdict != "unsettled" || !strings.Contains(x.Real, " of 3 succeeded") {
		t.Errorf("the verdict is %s: %s %s", x.Verdict, x.Real, x.Why)
	}
	if lost := !strings.HasPrefix(x.Real, "3 "); lost && (!ended || !strings.Contains(x.Why, "took the race for a theft")) {
		t.Errorf("one came late, which this server takes for a theft, and it is not said: dead are %q. %s %s", x.Dead, x.Real, x.Why)
	}
}

// try makes an experiment after a sign-in of its own. One that needs an authorization code signs in once more.
func (p *peer) try(t *testing.T, name string) tried {
	t.Helper()
	h := startRun(t, "--issuer", p.issuer, "--redirect-uri", p.redirectURI, "--timeout", "30s", "--client-id", "debug-public",
		"--scope", "openid offline_access email", "--param", "prompt=consent", "--experiment", name)
	for range 1 + strings.Count(" code-twice wrong-verifier wrong-redirect-uri no-nonce ", " "+name+" ") {
		if page, err := (peerUser{login: "ada", redirectURI: p.redirectURI}).visit(h.url()); err != nil {
			t.Fatalf("the person at the browser: %v\n%s", err, page)
		}
	}
	r := &walked{t: t}
	h.ends(0, r)
	r.healthy()
	if len(r.Experiments) != 1 || r.Experiments[0].Name != name {
		t.Fatalf("the experiments made are %+v, want %s", r.Experiments, name)
	}
	return r.Experiments[0]
}

// testLineage refreshes twice, and holds what is told of the tokens and of the time they have: no more than the server said.
func (p *peer) testLineage(t *testing.T) {
	r := p.walk(t, 0, consented("--client-id", "debug-public", "--refresh", "2")...)
	r.healthy()
	if len(r.Sessions) != 1 {
		t.Fatalf("the sessions are %+v, want one", r.Sessions)
	}
	f := r.Sessions[0]
	if f.Refreshes != 2 || f.Failures != 0 || f.Rotates == nil || !*f.Rotates || f.GrantID != nil || f.SignInAt != nil {
		t.Errorf("the session is %+v, want two refreshes, rotation, no grant id of Authgear's and no end", f)
	}
	if len(f.Turns) != 3 {
		t.Fatalf("the turns are %+v, want the exchange and two refreshes", f.Turns)
	}
	for i, turn := range f.Turns {
		if turn.Generation != i || turn.Failed || (i > 0) != (turn.With != nil) || turn.With != nil && *turn.With != i {
			t.Errorf("turn %d is %+v", i, turn)
		}
		for _, tok := range turn.Tokens {
			want := "replaced"
			if i == 2 {
				want = map[string]string{"refresh_token": "not_told"}[tok.Kind]
				if want == "" {
					want = "live"
				}
			}
			if tok.State != want || tok.Generation != i+1 || tok.Proved || tok.Refusals != 0 {
				t.Errorf("%s #%d is %+v, want it %s, which nobody has proved", tok.Kind, i+1, tok, want)
			}
			if tok.Kind == "access_token" && i < 2 && !strings.HasPrefix(tok.Cause, "it may go on") {
				t.Errorf("whether access token #%d goes on is not known, and it says %s. %s", i+1, tok.Known, tok.Cause)
			}
		}
	}
	r.runOut(map[string]time.Duration{"access token": time.Minute, "ID token": 5 * time.Minute, "authorization code": 0, "refresh token, idle": 0, "refresh token, at most": 0})
}

// runOut checks the clocks: what runs for how long, and 0 for what the server does not tell.
func (r *walked) runOut(want map[string]time.Duration) {
	r.t.Helper()
	for _, c := range r.Clocks {
		life, ok := want[c.What]
		if !ok {
			r.t.Errorf("the clock %+v was not expected", c)
			continue
		}
		delete(want, c.What)
		switch {
		case life == 0:
			if c.Ends != nil || c.Source != nil || c.State == "running" {
				r.t.Errorf("the server does not tell when the %s ends, and the clock is %+v", c.What, c)
			}
		case c.Ends == nil || c.Began == nil || c.State != "running":
			r.t.Errorf("the clock of the %s does not run: %+v", c.What, c)
		default:
			if off := c.Ends.Sub(*c.Began) - life; off.Abs() > 2*time.Second { // exp has no more than seconds
				r.t.Errorf("the %s lives %s, want %s", c.What, c.Ends.Sub(*c.Began), life)
			}
		}
	}
	if len(want) > 0 {
		r.t.Errorf("the clocks lack %v: %+v", want, r.Clocks)
	}
}

// testReused holds what is told of the tokens of a session that reuse has ended.
func (p *peer) testReused(t *testing.T) {
	r := p.walk(t, 0, consented("--client-id", "debug-public", "--experiment", "reuse")...)
	if len(r.Sessions) != 1 || len(r.Sessions[0].Turns) != 4 {
		t.Fatalf("the sessions are %+v, want one with an exchange, a refresh and two that were refused", r.Sessions)
	}
	f := r.Sessions[0]
	if f.Refreshes != 1 || f.Failures != 2 || !f.Turns[2].Failed || !f.Turns[3].Failed {
		t.Errorf("the session is %+v, want a refresh and two failures", f)
	}
	for i, cause := range []string{"#2 had taken its place", "refresh token #1 had been handed in again"} {
		for _, tok := range f.Turns[i].Tokens {
			switch tok.Kind {
			case "refresh_token":
				if tok.State != "dead" || !tok.Proved || !strings.Contains(tok.Cause, cause) {
					t.Errorf("refresh token #%d is %+v, want it dead, and the possible cause %q", i+1, tok, cause)
				}
			case "access_token": // the server has ended it too, and nobody has asked
				if tok.Proved || !strings.Contains(tok.Cause, "may have ended with the session") {
					t.Errorf("access token #%d is %+v, want that it may have ended", i+1, tok)
				}
			}
		}
	}
	for _, c := range r.Clocks {
		if strings.HasPrefix(c.What, "refresh token") && c.State != "stopped" {
			t.Errorf("the clock of a dead refresh token is %+v", c)
		}
	}
}
