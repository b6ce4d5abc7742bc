package story

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// responseChecks compares a token response with what was asked.
func (s *Story) responseChecks(c *Call) []jwtview.Check {
	var checks []jwtview.Check
	if c.Class == CodeExchange {
		checks = s.exchangeChecks(c)
	}
	if !c.OK() || c.Response.Missing {
		return checks
	}
	v := c.Response.JSON
	const spec = "RFC 6749 §5.1"
	access := jwtview.Check{ID: "access_token", Status: jwtview.Passed, Want: "present", Got: "present", Spec: spec, Detail: "REQUIRED in every token response."}
	if tok, _ := v.Str("access_token"); tok == "" {
		access.Status, access.Got = jwtview.Failed, "absent"
		if !c.Response.IsJSON {
			access.Got, access.Detail = "no JSON", "The body is not a token response: "+c.Response.JSONErr
		}
	}
	typ, _ := v.Str("token_type")
	tt := jwtview.Check{ID: "token_type", Status: jwtview.Passed, Want: "Bearer", Got: typ, Spec: "RFC 6749 §5.1, §7.1", Detail: "Case does not matter."}
	if !strings.EqualFold(typ, "Bearer") {
		tt.Status, tt.Detail = jwtview.Failed, "A client must not use a token whose type it does not know."
	}
	if typ == "" {
		tt.Got, tt.Detail = "absent", "REQUIRED in every token response."
	}
	checks = append(checks, access, tt)
	if c.Class == CodeExchange || c.Class == DeviceToken {
		checks = append(checks, s.idTokenPresent(c))
	}
	return checks
}

func (s *Story) idTokenPresent(c *Call) jwtview.Check {
	check := jwtview.Check{ID: "id_token", Status: jwtview.NotApplicable, Want: "present if openid was asked", Got: "absent", Spec: "OpenID Connect Core §3.1.3.3"}
	_, has := c.Response.JSON.Str("id_token")
	if has {
		check.Got = "present"
	}
	scope, known := s.scopeOf(c)
	switch {
	case !known:
		check.Detail = "Not checkable: the authorization request is not known."
	case !asked(scope, "openid"):
		check.Detail = "Without openid this is plain OAuth 2.0: there is no ID token."
	case has:
		check.Status, check.Detail = jwtview.Passed, "It was asked for with openid, and it is there."
	default:
		check.Status, check.Detail = jwtview.Failed, "The scope openid was asked for, so the response must have an ID token."
	}
	return check
}

// exchangeChecks compares the exchange with the authorization request: what must be
// the same, and the verifier with its challenge.
func (s *Story) exchangeChecks(c *Call) []jwtview.Check {
	f := c.Request.form
	pkce := jwtview.Check{ID: "code_challenge", Status: jwtview.NotApplicable, Spec: "RFC 7636 §4.6"}
	redirect := jwtview.Check{ID: "redirect_uri", Status: jwtview.NotApplicable, Got: f.Get("redirect_uri"), Spec: "RFC 6749 §4.1.3"}
	if c.Login == nil || c.Login.Authorize == nil || c.Login.unseen || c.Login.hidden || c.Missing {
		pkce.Detail = "Not checkable: the authorization request is not known."
		if c.Missing {
			pkce.Detail = "Not checkable: the recording does not have the body of the token request."
		}
		redirect.Detail = pkce.Detail
		return []jwtview.Check{pkce, redirect}
	}
	p := c.Login.Params
	redirect.Want = p.Get("redirect_uri")
	redirect.Status, redirect.Detail = jwtview.Passed, "The same as in the authorization request."
	if redirect.Want != redirect.Got {
		redirect.Status, redirect.Detail = jwtview.Failed, "It must be identical to the one in the authorization request."
	}
	pkce.Want, pkce.Got = p.Get("code_challenge"), Challenge(f.Get("code_verifier"))
	switch {
	case pkce.Want == "" && f.Get("code_verifier") == "":
		pkce.Detail, pkce.Got = "PKCE was not used.", ""
	case p.Get("code_challenge_method") != "S256":
		pkce.Detail = "Not checked: the method is not S256."
	case pkce.Want == pkce.Got:
		pkce.Status, pkce.Detail = jwtview.Passed, "S256 of the verifier is the challenge that was sent."
	default:
		pkce.Status, pkce.Detail = jwtview.Failed, s.mismatch(f.Get("code_verifier"), pkce.Want, c.Login)
	}
	return []jwtview.Check{pkce, redirect}
}

// Challenge is the S256 code challenge of a verifier (RFC 7636 §4.2).
func Challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// checkNew checks the tokens of a response, or puts them off until the keys are known.
func (s *Story) checkNew(c *Call) {
	for i := len(s.tokens) - 1; i >= 0 && s.tokens[i].Call == c; i-- {
		t := s.tokens[i]
		if t.Kind == RefreshToken || t.Kind == AccessToken && t.View.Format != jwtview.FormatJWT {
			continue
		}
		s.check(t)
		s.conclude(s.StageRun(t.stage()))
		if !s.keysKnown || t.View.UnknownKid(s.keys) {
			s.waiting = append(s.waiting, t)
		}
	}
}

// check compares a token with what it must be, as of the moment when it was received.
func (s *Story) check(t *Token) {
	if t.Kind == AccessToken {
		s.settle(t.subject(), s.accessChecks(t))
		return
	}
	e := jwtview.Expect{
		Issuer: s.settings.Issuer, ClientID: s.settings.ClientID, Leeway: s.settings.Leeway,
		Keys: s.keys, KeysKnown: s.keysKnown,
	}
	if s.metadata != nil {
		e.Issuer, e.Algs = s.metadata.Issuer, s.metadata.IDTokenAlgs
		if s.hasSettings && (s.settings.Issuer != "" || s.recording == nil) {
			e.Issuer = s.settings.Issuer
		}
		if s.recording != nil && s.metadata.template() && e.Issuer == s.metadata.Issuer {
			e.Issuer = ""
		}
	}
	if at, ok := t.Call.Response.JSON.Str("access_token"); ok {
		e.AccessToken = at
	}
	if t.Login != nil {
		if e.ClientID == "" {
			e.ClientID = t.Login.Params.Get("client_id")
		}
		e.Nonce, e.NonceSent = t.Login.Params.Get("nonce"), t.Login.Params.Has("nonce")
	}
	if t.Call.Class == TokenRefresh { // be the first one known or not: a nonce is not demanded again
		if first := s.first(t); first != nil {
			e.First = &first.View
		}
		s.settle(t.subject(), s.unsigned(t, s.mayBeMAC(t, t.View.VerifyRefreshedID(e, t.IssuedAt))))
		return
	}
	s.settle(t.subject(), s.unsigned(t, s.mayBeMAC(t, t.View.VerifyID(e, t.IssuedAt))))
}

// first returns the ID token that the login began with, for one that a refresh returned.
func (s *Story) first(t *Token) *Token {
	for _, f := range s.firstIDs {
		if f.Login == t.Login {
			return f
		}
	}
	return nil
}

// accessChecks looks at an access token that is a JWT. It is meant for the API: a client need
// not read it, so only a token that calls itself one of RFC 9068 is held to anything.
func (s *Story) accessChecks(t *Token) []jwtview.Check {
	sig := t.View.CheckSignature(s.keys)
	switch {
	case !s.keysKnown:
		sig = jwtview.Check{ID: "signature", Status: jwtview.NotApplicable, Detail: "Not checkable: the tenant's keys were not fetched.", Spec: "RFC 9068 §4"}
	case !strings.EqualFold(strings.TrimPrefix(t.View.Typ(), "application/"), "at+jwt") && sig.Status == jwtview.Failed:
		sig.Status = jwtview.NotApplicable
		sig.Detail = "Not held to it: the token does not call itself at+jwt, and only its API needs to read it. " + sig.Detail
	}
	return []jwtview.Check{sig}
}

// userInfoChecks compares UserInfo with the ID token (OpenID Connect Core §5.3.2).
func (s *Story) userInfoChecks(c *Call) []jwtview.Check {
	if !c.OK() {
		return nil
	}
	check := jwtview.Check{ID: "sub", Status: jwtview.NotApplicable, Spec: "OpenID Connect Core §5.3.2"}
	check.Got, _ = c.UserInfoClaims().Str("sub")
	var checks []jwtview.Check
	if c.Signed != nil {
		checks = s.signedChecks(c)
	}
	var first *Token
	for _, t := range s.firstIDs {
		if c.Login == nil || t.Login == c.Login {
			first = t
		}
	}
	if first == nil {
		check.Detail = "There is no ID token to compare with."
		return append(checks, check)
	}
	check.Want, _ = first.View.Claims.Str("sub")
	switch {
	case c.Signed != nil && c.Signed.Claims.Kind != jwtview.Object:
		check.Detail = "Not checkable: the claims cannot be read."
	case check.Got == "":
		check.Status, check.Got, check.Detail = jwtview.Failed, "absent", "UserInfo must have a sub."
	case check.Got == check.Want:
		check.Status, check.Detail = jwtview.Passed, "UserInfo speaks of the person in the ID token."
	default:
		check.Status, check.Detail = jwtview.Failed, "UserInfo speaks of somebody else: its values must not be used."
	}
	return append(checks, check)
}

// Problem returns the first check of a stage that failed, in one line, or "".
func (s *Story) Problem(id trace.StageID, n int) string {
	st := s.StageRun(id, n)
	if st == nil {
		return ""
	}
	if c, ok := st.Failed(); ok {
		return c.ID + ": " + c.Detail
	}
	return ""
}
