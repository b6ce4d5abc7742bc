package diagnose_test

import (
	"slices"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
)

// TestSubjectsAreOfRules holds that the table speaks of rules that there are.
func TestSubjectsAreOfRules(t *testing.T) {
	for _, id := range diagnose.Subjects() {
		if !slices.Contains(diagnose.IDs(), id) {
			t.Errorf("the table of subjects speaks of %s, which is no rule", id)
		}
	}
}

// subjectHolds fails the test if a finding speaks of something that the story does not have.
func subjectHolds(t *testing.T, s *story.Story, f diagnose.Finding) {
	t.Helper()
	of := f.Of
	switch of.Kind {
	case diagnose.OfToken, diagnose.OfHeader, diagnose.OfClaim, diagnose.OfSignature:
		if !slices.ContainsFunc(s.Tokens(), func(k *story.Token) bool { return k.Kind == of.Token && k.Generation == of.Generation }) {
			t.Errorf("%s speaks of %s #%d, and the story has no such token", f.ID, of.Token, of.Generation)
		}
	case "":
		if of != (diagnose.Subject{}) {
			t.Errorf("%s speaks of nothing narrower than its call, and yet of %+v", f.ID, of)
		}
	default:
		if of.Token != "" || of.Generation != 0 {
			t.Errorf("%s speaks of %s %q, and of a token too: %+v", f.ID, of.Kind, of.Name, of)
		}
	}
	if f.Call != 0 && s.Call(f.Call) == nil {
		t.Errorf("%s speaks of call %d, which the story does not have", f.ID, f.Call)
	}
}

// TestSubject holds what findings speak of: the claim, the parameter, the member, the part of the message.
func TestSubject(t *testing.T) {
	id := func(kind diagnose.SubjectKind, name string) diagnose.Subject {
		return diagnose.Subject{Kind: kind, Name: name, Token: story.IDToken, Generation: 1}
	}
	raw := func(f func(string) string) func(*faulty.World) { return alter(token, faulty.RawIDToken(f)) }
	for _, c := range []struct {
		finding string
		break_  func(*faulty.World)
		stages  []flow.Stage
		scope   string
		want    diagnose.Subject
	}{
		{finding: "nonce-wrong", break_: set("nonce", "other"), want: id(diagnose.OfClaim, "nonce")},
		{finding: "audience-wrong", break_: set("azp", "somebody"), want: id(diagnose.OfClaim, "azp")},
		{finding: "claim-wrong", break_: set("sub", nil), want: id(diagnose.OfClaim, "sub")},
		{finding: "issuer-differs", break_: set("iss", nil), want: id(diagnose.OfClaim, "iss")},
		{finding: "alg-none", break_: raw(faulty.Unsigned), want: id(diagnose.OfHeader, "alg")},
		{finding: "signature-invalid", break_: raw(flipLast), want: id(diagnose.OfSignature, "")},
		{finding: "signature-unknown-key", break_: idToken(func(h, _ map[string]any) { h["kid"] = "656ea50" }), want: id(diagnose.OfHeader, "kid")},
		{finding: "id-token-not-a-jwt", break_: raw(func(string) string { return "not-a-jwt" }), want: id(diagnose.OfToken, "")},
		{finding: "expires-in-odd", break_: swap(token, `"expires_in":1800`, `"expires_in":"1800"`), want: diagnose.Subject{Kind: diagnose.OfParameter, Name: "expires_in"}},
		{finding: "endpoint-missing", break_: swap(discovery, `"token_endpoint"`, `"token_endpoynt"`), want: diagnose.Subject{Kind: diagnose.OfMetadata, Name: "token_endpoint"}},
		{finding: "keys-unreadable", break_: say(jwks, 200, "text/html", "<title>Keys</title>"), want: diagnose.Subject{Kind: diagnose.OfBytes, Name: diagnose.ResponseBody}},
		{finding: "no-refresh-token", scope: "openid", want: diagnose.Subject{Kind: diagnose.OfParameter, Name: "refresh_token"}},
		{finding: "refresh-token-kept", scope: "openid offline_access", stages: flow.Refresh, want: diagnose.Subject{Kind: diagnose.OfToken, Token: story.RefreshToken, Generation: 1}},
		{finding: "access-denied", break_: answer("error=access_denied&state=STATE"), want: diagnose.Subject{Kind: diagnose.OfParameter, Name: "error"}},
	} {
		t.Run(c.finding, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				if c.break_ != nil {
					c.break_(w)
				}
				scope := c.scope
				if scope == "" {
					scope = flow.DefaultScope
				}
				s := w.Session(faulty.Scope(scope))
				w.Run(s, flow.Login, c.stages) // how it ends is not what is asked here
				fs := read(w.T, s)
				f := find(fs, c.finding)
				if f == nil {
					w.T.Fatalf("there is no finding %s: %v", c.finding, ids(fs))
				}
				if f.Of != c.want {
					w.T.Errorf("%s speaks of %+v, want %+v", c.finding, f.Of, c.want)
				}
			})
		})
	}
}
