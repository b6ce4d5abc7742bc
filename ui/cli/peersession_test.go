package cli_test

import (
	"slices"
	"strings"
	"testing"
)

// life is what `authscope run --json` tells of the life of a session.
type life struct {
	Sessions []struct {
		Refreshes, Failures int
		Rotates             *bool
		GrantID             *string `json:"grant_id"`
		SignInAt            *string `json:"sign_in_again_at"`
		Turns               []struct {
			Generation int
			With       *int
			Failed     bool
			Tokens     []struct {
				Kind   string
				State  string
				Proved bool
				Known  string
				Cause  *string `json:"possible_cause"`
			}
		}
	}
	Clocks []struct {
		What, State  string
		Ends, Source *string
		Note         *string
	}
	Time struct {
		Skew *struct{ Seen bool }       `json:"server_skew"`
		Next struct{ Mode, Why string } `json:"next_refresh"`
	}
}

// lives runs the program against the peer and reads the life of the session.
func (p *peer) lives(t *testing.T, args ...string) *life {
	t.Helper()
	h := startRun(t, append([]string{"--issuer", p.issuer, "--redirect-uri", p.redirectURI, "--timeout", "30s"}, consented(append(args, "--client-id", "debug-public")...)...)...)
	if _, err := (peerUser{login: "ada", redirectURI: p.redirectURI}).visit(h.url()); err != nil {
		t.Fatalf("the person at the browser: %v", err)
	}
	l := &life{}
	h.ends(0, l)
	if len(l.Sessions) != 1 {
		t.Fatalf("%d sessions of one sign-in: %+v", len(l.Sessions), l.Sessions)
	}
	return l
}

// states lists how the tokens of a kind stand, from the first to the newest.
func (l *life) states(kind string) (out []string) {
	for _, turn := range l.Sessions[0].Turns {
		for _, tok := range turn.Tokens {
			if tok.Kind == kind {
				out = append(out, tok.State)
			}
		}
	}
	return out
}

// testLineage holds that nothing is told of a session at this server that it did not show: it rotates, and tells the life of no
// refresh token and of no session.
func (p *peer) testLineage(t *testing.T) {
	l := p.lives(t, "--refresh", "2")
	s := l.Sessions[0]
	if s.Refreshes != 2 || s.Failures != 0 || s.Rotates == nil || !*s.Rotates || s.GrantID != nil || s.SignInAt != nil {
		t.Errorf("%d refreshes, %d failures, rotates %v, grant %v, sign in again at %v; want 2 that rotated, no grant of Authgear, no end", s.Refreshes, s.Failures, s.Rotates, s.GrantID, s.SignInAt)
	}
	for i, turn := range s.Turns {
		if turn.Generation != i || turn.Failed || (i == 0) != (turn.With == nil) || i > 0 && *turn.With != i {
			t.Errorf("turn %d: generation %d, failed %v, with %v; want refresh token #%d", i, turn.Generation, turn.Failed, turn.With, i)
		}
	}
	if got := l.states("refresh_token"); !slices.Equal(got, []string{"replaced", "replaced", "not_told"}) {
		t.Errorf("the refresh tokens are %v", got)
	}
	for _, c := range l.Clocks {
		if strings.HasPrefix(c.What, "refresh token") && (c.State != "not_told" || c.Ends != nil) {
			t.Errorf("the clock of the %s is %s and ends at %v, and the server did not tell", c.What, c.State, c.Ends)
		}
		if c.What == "access token" && (c.State != "running" || c.Source == nil || *c.Source != "expires_in") {
			t.Errorf("the clock of the access token: %+v", c)
		}
	}
	if l.Time.Skew == nil || l.Time.Skew.Seen {
		t.Errorf("a server on this machine has a clock of its own: %+v", l.Time.Skew)
	}
	if !strings.Contains(l.Time.Next.Why, "90 % of expires_in") {
		t.Errorf("the next refresh is due because of %q", l.Time.Next.Why)
	}
}

// testReuse hands in a replaced refresh token: the server revokes the grant. What it did not say stays a candidate.
func (p *peer) testReuse(t *testing.T) {
	l := p.lives(t, "--experiment", "reuse")
	s := l.Sessions[0]
	if got := l.states("refresh_token"); !slices.Equal(got, []string{"dead", "dead"}) || s.Failures != 2 {
		t.Fatalf("the refresh tokens are %v after %d refusals, want both dead", got, s.Failures)
	}
	for _, tok := range s.Turns[1].Tokens {
		switch {
		case tok.Kind == "refresh_token" && (!tok.Proved || tok.Cause == nil || !strings.Contains(*tok.Cause, "#1 had been handed in again")):
			t.Errorf("the newest refresh token: proved %v, %s, possible cause %v; want it refused, and the reuse as a candidate", tok.Proved, tok.Known, tok.Cause)
		case tok.Kind == "access_token" && (tok.Proved || tok.Cause == nil || !strings.Contains(*tok.Cause, "may have ended")):
			t.Errorf("the access token: proved %v, %s, possible cause %v; nobody has tried it since", tok.Proved, tok.Known, tok.Cause)
		}
	}
}
