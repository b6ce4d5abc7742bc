package story

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// Kind is a kind of token. The names are those of RFC 6749 §5.1 and OpenID Connect Core §3.1.3.3.
type Kind string

// The kinds of tokens.
const (
	AccessToken  Kind = "access_token"
	IDToken      Kind = "id_token"
	RefreshToken Kind = "refresh_token"
)

// Kinds lists the kinds in the order in which the screen shows them.
var Kinds = []Kind{AccessToken, IDToken, RefreshToken}

// Short is the kind in one word.
func (k Kind) Short() string {
	switch k {
	case AccessToken:
		return "access"
	case IDToken:
		return "id"
	}
	return "refresh"
}

// Token is one token that was received.
type Token struct {
	Kind       Kind
	Generation int // of its kind, from 1
	Value      trace.Secret
	View       jwtview.Token
	Describe   string // "opaque, 32 characters"
	Length     int
	GrantID    string // of Authgear, which ties the tokens of a session together
	Call       *Call
	Login      *Login

	IssuedAt  time.Time // when the response arrived
	ExpiresAt time.Time // zero if nobody told
	Source    string    // of ExpiresAt: "expires_in", "exp" or ""
	ExpJWT    time.Time // exp of an access token that is a JWT, where expires_in says something else

	Replaced   *Token // the token that took its place
	DeadAt     time.Time
	DeadWhy    string
	AliveAt    time.Time // a call after a revocation that still accepted it
	RevokedAt  time.Time // when its own revocation was accepted
	LastUsedAt time.Time

	Family    *Family // its session
	Turn      *Turn   // the answer that brought it
	Uses      int     // how often a server accepted it
	Refusals  int     // and refused it
	LastUse   *Call
	RevokedBy *Call
	DeadBy    *Call // whose answer says so

	story *Story
}

// Life says whether a token can still be used.
type Life string

// What can be said of a token's life.
const (
	Live     Life = "live"
	Expired  Life = "expired"
	Dead     Life = "dead"     // known to be refused, or revoked
	Replaced Life = "replaced" // a newer one took its place; it may or may not still work
	NotTold  Life = "not_told" // live as far as is known; the server did not say for how long
)

// Life judges the token as of now.
func (t *Token) Life(now time.Time) Life {
	switch {
	case !t.DeadAt.IsZero() && !now.Before(t.DeadAt) && !t.AliveAt.After(t.DeadAt):
		return Dead
	case !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt):
		return Expired
	case t.Replaced != nil:
		return Replaced
	case t.ExpiresAt.IsZero():
		return NotTold
	}
	return Live
}

// Left is the time until the token expires, not below zero. It is 0 for a token whose
// expiry nobody told.
func (t *Token) Left(now time.Time) time.Duration {
	if t.ExpiresAt.IsZero() {
		return 0
	}
	return max(0, t.ExpiresAt.Sub(now))
}

// Lifetime is how long the token was to live when it was received.
func (t *Token) Lifetime() time.Duration {
	if t.ExpiresAt.IsZero() {
		return 0
	}
	if iat, ok := t.View.Time("iat"); ok && t.Source == "exp" && iat.Before(t.ExpiresAt) {
		return t.ExpiresAt.Sub(iat) // not a second less because the answer took its time
	}
	return t.ExpiresAt.Sub(t.IssuedAt)
}

// Checks returns the comparisons made on the token.
func (t *Token) Checks() []jwtview.Check { return t.story.checks[t.subject()] }

// Alias returns the name that stands for the token in a redacted trace, or "".
func (t *Token) Alias() string { return trace.AliasOf(t.Value.Reveal()) }

func (t *Token) subject() string { return subject(string(t.Kind), t.Generation) }

func (t *Token) stage() (trace.StageID, int) {
	if t.Kind == IDToken && t.Call.signsIn() {
		return trace.Verify, 0
	}
	return t.Call.Stage, t.Call.N
}

// signsIn reports whether an ID token that came with c is the first of its login.
func (c *Call) signsIn() bool {
	return c.Class == CodeExchange || c.Class == DeviceToken || c.Class == Answer
}

// OfSignIn reports whether the token came with a sign-in, and not with a refresh.
func (t *Token) OfSignIn() bool { return t.Call.Class == CodeExchange || t.Call.Class == Answer }

func subject(what string, n int) string { return what + "/" + strconv.Itoa(n) }

// readTokens reads a token response (RFC 6749 §5.1).
func (s *Story) readTokens(c *Call) {
	if c.Class == CodeExchange && c.Login != nil && (c.Experiment == nil || c.Login.Exchange == nil && c.OK()) {
		c.Login.Exchange = c
	}
	if c.OK() && c.Response.IsJSON && c.Response.JSON.Kind == jwtview.Object {
		v := c.Response.JSON
		if c.Login != nil {
			if g, ok := v.Str("scope"); ok && c.Class == CodeExchange {
				c.Login.Granted, c.Login.GrantedOK = g, true
			}
		}
		old := s.newest[RefreshToken]
		for _, k := range Kinds {
			if value, ok := v.Str(string(k)); ok && value != "" {
				s.receive(c, k, value)
			}
		}
		s.rotate(c, old)
		s.beginVerify(c)
		s.extend(c)
	}
	s.endTurn(c)
	if c.Experiment == nil {
		s.settle(subject(string(c.Stage), c.N), s.responseChecks(c))
	}
	s.checkNew(c)
	if c.Class == TokenRefresh {
		s.refused(c)
	}
	s.conclude(c.stage)
}

func (s *Story) receive(c *Call, k Kind, value string) {
	if known := s.byValue[value]; known != nil && known.Kind == k && k == RefreshToken {
		s.newest[k] = known // the same token again: no new generation
		s.turnOf(c).Kept = known
		return
	}
	s.gens[k]++
	t := &Token{Kind: k, Generation: s.gens[k], Value: trace.NewSecret(value), Call: c, Login: c.Login, IssuedAt: c.DoneAt, story: s}
	s.readValue(t, value)
	t.expiry(c)
	if old := s.newest[k]; old != nil && old.Login == t.Login && k != RefreshToken {
		old.Replaced = t
	}
	s.tokens = append(s.tokens, t)
	s.newest[k] = t
	s.byValue[value] = t
	s.join(c, t)
	if k == IDToken && c.signsIn() {
		s.firstIDs = append(s.firstIDs, t)
	}
	if k == IDToken && c.Class == TokenRefresh && c.stage != nil {
		c.stage.idTokens = append(c.stage.idTokens, t)
	}
}

// readValue reads the token itself, or what a redacted trace says of it.
func (s *Story) readValue(t *Token, value string) {
	alias, redacted := s.aliases[trace.AliasOf(value)]
	if !redacted {
		t.View = jwtview.Decode(value)
		t.Describe, t.Length, t.GrantID = t.View.Describe(), utf8.RuneCountInString(value), t.View.GrantID()
		return
	}
	t.Describe, t.Length, t.GrantID = alias.Describe, alias.Length, alias.GrantID
	if readable, ok := strings.CutSuffix(value, alias.Name); ok && readable != "" {
		t.View = jwtview.Decode(readable)
		t.View.Problems = nil // the signature was taken out by us
		t.GrantID = t.View.GrantID()
	}
	t.View.Raw, t.View.Format = value, alias.Format
}

// expiry reads when the token ends: expires_in counts from the arrival of the response and
// concerns the access token (RFC 6749 §5.1); a JWT says it itself.
func (t *Token) expiry(c *Call) {
	exp, ok := t.View.Time("exp")
	switch t.Kind {
	case AccessToken:
		if d, err := ExpiresIn(c.Response.JSON); err == nil && d > 0 {
			t.ExpiresAt, t.Source = t.IssuedAt.Add(d), "expires_in"
			if ok && t.View.Format == jwtview.FormatJWT {
				t.ExpJWT = exp
			}
			return
		}
	case RefreshToken:
		if ends, source := refreshEnds(c); source != "" {
			t.ExpiresAt, t.Source = ends, source
			return
		}
	}
	if ok {
		t.ExpiresAt, t.Source = exp, "exp"
	}
}

// ExpiresIn reads expires_in of a token response. The error says what stands there instead
// of a whole number of seconds; a value written as a string or a fraction is read all the same.
func ExpiresIn(response jwtview.Value) (time.Duration, error) {
	v, ok := response.Get("expires_in")
	if !ok {
		return 0, ErrNoExpiresIn
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(v.Text), 64)
	if (v.Kind != jwtview.Number && v.Kind != jwtview.String) || err != nil || math.IsNaN(f) || f < 0 || f > 1e10 {
		return 0, fmt.Errorf("expires_in is %.40s, not a number of seconds", v.String())
	}
	// Beyond 292 years a Duration overflows; no token lives that long.
	return time.Duration(min(f, 9e9) * float64(time.Second)), nil
}

// ErrNoExpiresIn says that a token response has no expires_in, which is only RECOMMENDED.
var ErrNoExpiresIn = fmt.Errorf("expires_in is absent")

// rotate draws the line from an old refresh token to the one that replaced it (RFC 6749 §6).
func (s *Story) rotate(c *Call, old *Token) {
	t := s.newest[RefreshToken]
	if c.Class != TokenRefresh || t == nil || t == old || t.Call != c {
		return
	}
	if used := s.byValue[c.Request.form.Get("refresh_token")]; used != nil && used != t {
		used.Replaced = t
	}
}
