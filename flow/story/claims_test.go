package story_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

func jwt(claims string) string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	return part(`{"alg":"RS256"}`) + "." + part(claims) + "." + part("signature")
}

// told is the story of a login whose ID token, UserInfo and access token say what is given.
func told(scope, id, info, access string) *story.Story {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var events []trace.Event
	call := trace.CallID(0)
	add := func(d trace.Data) { events = append(events, trace.Event{At: at, Call: call, Data: d}) }
	ask := func(method, url, form string, h trace.Header, contentType, body string) {
		call++
		add(trace.Ready{Method: method, URL: url, Header: h, Body: []byte(form)})
		add(trace.Sent{Header: h})
		add(trace.Head{Status: 200, Header: trace.Header{{"Content-Type", contentType}}})
		add(trace.Body{Bytes: []byte(body), Declared: int64(len(body))})
	}
	add(trace.Settings{Issuer: "https://op", ClientID: "me", Scope: scope})
	call++
	add(trace.Ready{Front: true, Method: "GET", URL: "https://op/authorize?response_type=code&client_id=me&state=s&redirect_uri=http%3A%2F%2F127.0.0.1&scope=" + strings.ReplaceAll(scope, " ", "+")})
	add(trace.RedirectOut{Via: "browser"})
	ask("POST", "https://op/token", "grant_type=authorization_code&code=c", trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}, "application/json",
		fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","id_token":%q}`, access, id))
	if info != "" {
		kind := "application/json"
		if !strings.HasPrefix(info, "{") {
			kind = "application/jwt"
		}
		ask("GET", "https://op/userinfo", "", trace.Header{{"Authorization", "Bearer " + access}}, kind, info)
	}
	return story.Read(events)
}

func TestClaims(t *testing.T) {
	for _, c := range []struct {
		name, scope, id, info, access string
		claim                         string
		where                         string // i, u, a: where it stands
		why                           string
		differ, missing               bool
	}{
		{"asked for by scope", "openid email", `{"sub":"u"}`, `{"sub":"u","email":"a@b"}`, "opaque", "email", "u", "the scope `email` asked for it", false, false},
		{"not asked for", "openid", `{"sub":"u"}`, `{"sub":"u","email":"a@b"}`, "opaque", "email", "u", "nobody asked with `email`", false, false},
		{"in the ID token too", "openid email", `{"sub":"u","email":"a@b"}`, `{"sub":"u"}`, "opaque", "email", "i", "into the ID token too", false, false},
		{"in both, the same", "openid email", `{"sub":"u","email":"a@b"}`, `{"sub":"u","email":"a@b"}`, "opaque", "email", "iu", "the same wherever", false, false},
		{"in both, changed", "openid email", `{"sub":"u","email":"a@b"}`, `{"sub":"u","email":"c@d"}`, "opaque", "email", "iu", "may be older than a change", true, false},
		{"nowhere", "openid phone", `{"sub":"u"}`, `{"sub":"u"}`, "opaque", "phone_number", "", "it came nowhere", false, true},
		{"another subject", "openid", `{"sub":"u"}`, `{"sub":"v"}`, "opaque", "sub", "iu", "somebody else", true, false},
		{"the subject", "openid", `{"sub":"u"}`, `{"sub":"u"}`, "opaque", "sub", "iu", "who it is", false, false},
		{"a pairwise subject", "openid", `{"sub":"u"}`, `{"sub":"u"}`, jwt(`{"sub":"w"}`), "sub", "iua", "pairwise", true, false},
		{"of the token", "openid", `{"sub":"u","exp":1}`, `{"sub":"u"}`, jwt(`{"exp":2}`), "exp", "ia", "each token has its own", false, false},
		{"of the sign-in", "openid", `{"sub":"u","nonce":"n"}`, `{"sub":"u"}`, "opaque", "nonce", "i", "speaks of the sign-in", false, false},
		{"for the API", "openid", `{"sub":"u"}`, `{"sub":"u"}`, jwt(`{"permissions":[]}`), "permissions", "a", "for the API", false, false},
		{"signed UserInfo", "openid email", `{"sub":"u"}`, jwt(`{"sub":"u","email":"a@b"}`), "opaque", "email", "u", "the scope `email` asked for it", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := told(c.scope, jwt(c.id), c.info, c.access).Claims()
			for _, r := range table.Rows {
				if r.Name != c.claim {
					continue
				}
				where := ""
				for i, v := range []*jwtview.Value{r.ID, r.UserInfo, r.Access} {
					if v != nil {
						where += "iua"[i : i+1]
					}
				}
				if where != c.where || !strings.Contains(r.Why, c.why) || r.Differ != c.differ || r.Missing != c.missing {
					t.Errorf("%s: stands in %q, differs %v, missing %v, because %q; want %q, %v, %v, because …%s…", c.claim, where, r.Differ, r.Missing, r.Why, c.where, c.differ, c.missing, c.why)
				}
				return
			}
			t.Errorf("no row for %s in %+v", c.claim, table.Rows)
		})
	}
}

// Columns that are empty say why.
func TestClaimsEmpty(t *testing.T) {
	var none story.Story
	if got := none.Claims(); len(got.Rows) != 0 || got.ID != "there is none" || got.UserInfo != "it was not asked" {
		t.Errorf("the claims of an empty story: %+v", got)
	}
	got := told("openid", "not a jwt", "", "opaque").Claims()
	if got.ID != "opaque" || got.UserInfo != "it was not asked" {
		t.Errorf("an ID token that is no JWT: %q, UserInfo not asked: %q", got.ID, got.UserInfo)
	}
	var many strings.Builder
	many.WriteString(`{"sub":"u"`)
	for i := range 2000 {
		fmt.Fprintf(&many, `,"c%d":1`, i)
	}
	if got := told("openid", jwt(many.String()+"}"), `{"sub":"u"}`, "opaque").Claims(); len(got.Rows) != 500 || got.More != 1501 {
		t.Errorf("2001 claims: %d rows and %d more, want 500 and 1501", len(got.Rows), got.More)
	}
}

func TestJudge(t *testing.T) {
	events := aRun(t, "workshop-spa")
	s := story.Read(events)
	now := s.Newest(story.IDToken).IssuedAt
	raw := s.Newest(story.IDToken).Value.Reveal()
	for _, c := range []struct {
		name, token, why string
		status           jwtview.Status
	}{
		{"of this tenant", raw, "held against this tenant's keys", jwtview.Passed},
		{"forged", raw[:len(raw)-8] + "AAAAAAAA", "held against this tenant's keys", jwtview.Failed},
		{"of another issuer", jwt(`{"iss":"https://other"}`), "of another issuer", jwtview.NotApplicable},
		{"of nobody", jwt(`{}`), "names no issuer", jwtview.NotApplicable},
	} {
		checks, _, why := s.Judge(jwtview.Decode(c.token), now)
		if len(checks) == 0 || checks[0].ID != "signature" || checks[0].Status != c.status || !strings.Contains(why, c.why) {
			t.Errorf("%s: %+v because %q, want the signature %s and %q", c.name, checks, why, c.status, c.why)
		}
	}
	if checks, _, why := s.Judge(jwtview.Decode("opaque"), now); checks != nil || why != "" {
		t.Errorf("an opaque token was judged: %v %q", checks, why)
	}
}
