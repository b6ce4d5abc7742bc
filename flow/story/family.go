package story

import (
	"time"

	"authscope/flow/trace"
)

// Family is the tokens of one session: what one sign-in brought, and all that was refreshed from it (RFC 6749 §1.5, §6).
type Family struct {
	N         int     // among the families of the trace, from 1
	Login     *Login  // nil where nobody signed in here: a device, the client itself, a token of an earlier run
	Turns     []*Turn // in the order of their answers
	Refreshes int     // that brought something
	Failures  int     // refreshes that brought nothing
	GrantID   string  // Authgear's id of the session: of a refresh token what stands before the dot
	SID       string  // sid of the ID token, where that is no grant id (OpenID Connect Front-Channel Logout 1.0 §3)
	Tied      bool    // the ID token's sid is the grant id of the refresh token: they are of one session
	Untied    bool    // it is another one

	kinds   map[Kind][]*Token // in the order of their coming
	ends    []refreshEnd      // of every refresh, for the time line
	told    [2]toldEnd        // the last two times that the end of the refresh token was told
	revoked *Call             // the revocation of its refresh token
	used    [2]time.Time      // when the server accepted a token of it last, and the time before
}

// accepted notes that the server took a token of the family, or gave it one.
func (f *Family) accepted(at time.Time) {
	if f != nil && at.After(f.used[0]) {
		f.used[0], f.used[1] = at, f.used[0]
	}
}

// Turn is one request for the tokens of a family, with what it brought: the sign-in, or a refresh.
type Turn struct {
	Family     *Family
	Generation int    // 0 is the sign-in; of a refresh that brought nothing, that of the tokens before
	Call       *Call  // its Class tells what it was
	With       *Token // the refresh token that was handed in, or nil
	Tokens     []*Token
	Kept       *Token    // the refresh token goes on: none came, or the same one again
	At         time.Time // when the answer came
	Failed     bool      // nothing was brought
	Spent      float64   // how much of the access token's life before was over then, 1 is all; 0: not known
}

// Refresh reports whether the turn is a refresh, not the beginning.
func (t *Turn) Refresh() bool { return t.Call.Class == TokenRefresh }

// Line is one line of the lineage: a family's beginning, a turn, or a token that it brought.
type Line struct {
	Family *Family
	Turn   *Turn  // nil: the line begins the family
	Token  *Token // nil: the line is of the turn
}

// refreshEnd is the end of a refresh on a time line. Failures counts those up to here that brought nothing.
type refreshEnd struct {
	at       time.Time
	failures int
}

// Families returns every session of the trace, in the order in which they began.
func (s *Story) Families() []*Family { return s.families }

// Family returns the newest session, or nil.
func (s *Story) Family() *Family {
	if len(s.families) == 0 {
		return nil
	}
	return s.families[len(s.families)-1]
}

// Lineage returns the family tree of the trace line by line, in the order in which it grew.
func (s *Story) Lineage() []Line { return s.lineage }

// Newest returns the latest token of a kind in the family, or nil.
func (f *Family) Newest(k Kind) *Token {
	if f == nil || len(f.kinds[k]) == 0 {
		return nil
	}
	return f.kinds[k][len(f.kinds[k])-1]
}

// Began is when the family's first tokens came.
func (f *Family) Began() time.Time {
	if len(f.Turns) == 0 {
		return time.Time{}
	}
	return f.Turns[0].At
}

// Count is how many tokens of a kind the family has had.
func (f *Family) Count(k Kind) int { return len(f.kinds[k]) }

// Rotates reports whether refreshes of the family brought new refresh tokens; known is false before the first one.
func (f *Family) Rotates() (rotates, known bool) {
	for i := len(f.Turns) - 1; i >= 0 && i >= len(f.Turns)-8; i-- {
		if t := f.Turns[i]; t.Refresh() && !t.Failed {
			return t.Kept == nil, true
		}
	}
	return false, false
}

// familyOf finds the session that a token response belongs to, or begins one.
func (s *Story) familyOf(c *Call) *Family {
	if used := s.handedInWith(c); used != nil {
		return used.Family
	}
	if c.Class == CodeExchange && c.Login != nil {
		for i := len(s.families) - 1; i >= 0 && i >= len(s.families)-64; i-- { // the same code once more
			if s.families[i].Login == c.Login {
				return s.families[i]
			}
		}
	}
	f := &Family{N: len(s.families) + 1, Login: c.Login, kinds: map[Kind][]*Token{}}
	s.families = append(s.families, f)
	s.lineage = append(s.lineage, Line{Family: f})
	return f
}

// handedInWith is the refresh token that a refresh uses, if it is known.
func (s *Story) handedInWith(c *Call) *Token {
	if c.Class != TokenRefresh {
		return nil
	}
	return s.byValue[c.Request.form.Get("refresh_token")]
}

// turnOf is the turn of a call; it begins with the first token that is read.
func (s *Story) turnOf(c *Call) *Turn {
	if c.Turn != nil {
		return c.Turn
	}
	f := s.familyOf(c)
	t := &Turn{Family: f, Generation: f.Refreshes, Call: c, With: s.handedInWith(c), At: c.DoneAt}
	if at := f.Newest(AccessToken); at != nil && at.Lifetime() > 0 {
		t.Spent = float64(c.DoneAt.Sub(at.IssuedAt)) / float64(at.Lifetime())
	}
	f.Turns = append(f.Turns, t)
	s.lineage = append(s.lineage, Line{Family: f, Turn: t})
	c.Turn = t
	return t
}

// join puts a token that came with a call into its family.
func (s *Story) join(c *Call, t *Token) {
	turn := s.turnOf(c)
	f := turn.Family
	if turn.Refresh() && len(turn.Tokens) == 0 {
		f.Refreshes++
		turn.Generation = f.Refreshes
	}
	t.Family, t.Turn = f, turn
	turn.Tokens = append(turn.Tokens, t)
	f.kinds[t.Kind] = append(f.kinds[t.Kind], t)
	s.lineage = append(s.lineage, Line{Family: f, Turn: turn, Token: t})
	f.tie(t)
}

// tie holds the ids by which the server ties the tokens of a session together against each other.
func (f *Family) tie(t *Token) {
	if t.Kind == IDToken && t.GrantID == "" {
		if sid, ok := t.View.Claims.Str("sid"); ok {
			f.SID = clip(sid, 200)
		}
		return
	}
	if t.GrantID == "" {
		return
	}
	other := RefreshToken
	if t.Kind == RefreshToken {
		other = IDToken
	}
	f.GrantID = t.GrantID
	if o := f.Newest(other); o != nil && o.GrantID != "" {
		f.Tied = o.GrantID == t.GrantID
		f.Untied = f.Untied || !f.Tied
	}
}

// endTurn says what became of a request for tokens.
func (s *Story) endTurn(c *Call) {
	if c.Class != TokenRefresh {
		return
	}
	if c.Turn == nil && s.handedInWith(c) == nil {
		return // of a session that is not in this trace, and nothing came of it
	}
	t := s.turnOf(c)
	f := t.Family
	t.Failed = len(t.Tokens) == 0 && t.Kept == nil
	if t.Failed {
		f.Failures++
		if c.Experiment == nil { // what is tried to see it refused puts nothing off
			s.failedInRow++
		}
	} else {
		s.failedInRow = 0
		if came := f.Newest(RefreshToken); t.Kept == nil && (came == nil || came.Turn != t) {
			t.Kept = t.With
		}
	}
	f.ends = append(f.ends, refreshEnd{c.DoneAt, f.Failures})
	if c.Experiment == nil {
		s.refreshed = c
	}
}

// noteUse counts what a server made of the tokens that a call carried.
func (s *Story) noteUse(c *Call) {
	var t *Token
	switch c.Class {
	case TokenRefresh:
		t = s.handedInWith(c)
	case UserInfoCall, Probe, APICall:
		t = s.byValue[bearer(c.Request.Header)]
	}
	if t == nil {
		return
	}
	t.LastUse = c
	if c.OK() {
		t.Uses++
	} else {
		t.Refusals++
	}
}

// revokedFamily notes that the refresh token of a family was revoked.
func (t *Token) revokedFamily(c *Call) {
	if t.Kind == RefreshToken && t.Family != nil {
		t.Family.revoked = c
	}
}

// stageName names the run of a stage that a call belongs to: "Refresh 3".
func stageName(c *Call) string {
	if c.Stage == "" {
		return string(c.Class)
	}
	title := trace.StageOf(c.Stage).Title
	if c.N > 1 || c.Stage == trace.Refresh {
		return title + " " + itoa(c.N)
	}
	return title
}

// By names what brought the turn's tokens: "Exchange", "Refresh 3", or where they were kept.
func (t *Turn) By() string {
	if t.Call.Class == HandedIn {
		return "kept of an earlier run (" + orElse(t.Call.Via, "handed in") + ")"
	}
	return stageName(t.Call)
}

// UsedBy names the call that used the token last, or "".
func (t *Token) UsedBy() string {
	if t.LastUse == nil {
		return ""
	}
	if t.LastUse.Class == Probe {
		return "UserInfo after " + stageName(t.LastUse)
	}
	return stageName(t.LastUse)
}

// First returns the first token of a kind in the family, or nil.
func (f *Family) First(k Kind) *Token {
	if f == nil || len(f.kinds[k]) == 0 {
		return nil
	}
	return f.kinds[k][0]
}
