package story_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// side is one run to be compared; what is "" is as in every other.
type side struct {
	n                int // makes what is fresh another
	scope, ask       string
	settings         func(*trace.Settings)
	status           int
	id, answer, info string // claims, members
	sent, got        trace.Header
	secret           string
	life             int
	refreshes        int
	recorded         bool
}

// events are those of a login.
func (s side) events() []trace.Event {
	w := &wire{at: dawn.Add(time.Duration(s.n) * time.Hour)}
	set := trace.Settings{Issuer: "https://a", ClientID: "c", Scope: "openid" + s.scope, RedirectURI: "http://127.0.0.1/cb"}
	if s.settings != nil {
		s.settings(&set)
	}
	if s.recorded {
		w.add(0, trace.Recording{Format: "har", Sanitized: true})
	}
	w.add(0, set)
	w.id++
	now := w.at.Unix()
	w.add(w.id, trace.Ready{Front: true, Method: "GET", URL: fmt.Sprintf("https://a/auth?response_type=code&client_id=c&scope=openid%s&state=state-%d-of-the-run&nonce=nonce-%d&code_challenge=challenge-%d%s",
		strings.ReplaceAll(s.scope, " ", "+"), s.n, s.n, s.n, s.ask)})
	w.add(w.id, trace.RedirectOut{Via: "agent"})
	w.id++
	w.add(w.id, trace.CallbackIn{Method: "GET", URL: fmt.Sprintf("http://127.0.0.1/cb?code=the-code-of-run-%d-is-long&state=state-%d-of-the-run", s.n, s.n)})
	life, status := 1800, 200
	if s.life != 0 {
		life = s.life
	}
	if s.status != 0 {
		status = s.status
	}
	id := jwt(fmt.Sprintf(`{"iss":"https://a","sub":"x","aud":"c","iat":%d,"exp":%d,"auth_time":%d,"jti":"j%d","nonce":"nonce-%d","sid":"sid-%d"%s}`, now, now+300, now-s0(s.n), s.n, s.n, s.n, s.id))
	form := fmt.Sprintf("grant_type=authorization_code&code=the-code-of-run-%d-is-long&code_verifier=verifier-%d", s.n, s.n)
	if s.secret != "" {
		form += "&client_secret=" + s.secret
	}
	answer := fmt.Sprintf(`{"access_token":"access-token-number-%04d","token_type":"Bearer","expires_in":%d,"id_token":%q,"refresh_token":"refresh-token-number-%04d"%s}`, s.n, life, id, s.n, s.answer)
	if status != 200 {
		answer = `{"error":"invalid_grant"` + s.answer + `}`
	}
	got := append(trace.Header{{"Date", w.at.Format(time.RFC1123)}, {"X-Request-Id", fmt.Sprint("r", s.n)}, {"Set-Cookie", fmt.Sprintf("s=%d; Path=/", s.n)}, {"Content-Type", "application/json"}}, s.got...)
	w.id++
	w.add(w.id, trace.Ready{Method: "POST", URL: "https://a/token", Header: append(trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}, s.sent...), Body: trace.Bytes(form)})
	w.add(w.id, trace.Head{Status: status, Header: got})
	w.add(w.id, trace.Body{Bytes: trace.Bytes(answer)})
	if s.info != "" {
		w.call("GET", "https://a/userinfo", "", trace.Header{{"Authorization", fmt.Sprintf("Bearer access-token-number-%04d", s.n)}}, 200, s.info)
	}
	if !s.recorded {
		w.add(0, trace.StageBegan{Stage: trace.Verify, N: 1})
		w.add(0, trace.StageEnded{Stage: trace.Verify, N: 1, Status: trace.Passed})
	}
	for i := range s.refreshes {
		w.wait(time.Minute)
		w.refresh(fmt.Sprintf("refresh-token-number-%04d", s.n), 200, fmt.Sprintf(`{"access_token":"refreshed-%d-%d","token_type":"Bearer","expires_in":%d}`, s.n, i, life))
	}
	return w.events
}

func s0(n int) int64 { return int64(n * 7) }

// lines writes the rows of some classes, as "where/name class".
func lines(c story.Comparison, classes ...story.DiffClass) (out []string) {
	for _, sec := range c.Sections {
		for _, r := range sec.Rows {
			if slices.Contains(classes, r.Class) {
				out = append(out, fmt.Sprintf("%s/%s %s", r.Where, r.Name, r.Class))
			}
		}
	}
	return out
}

// TestCompareClasses changes one thing, and holds that this is the difference, with what follows from it, and nothing else is.
func TestCompareClasses(t *testing.T) {
	for _, c := range []struct {
		name    string
		a, b    side
		want    string // what differs, separated by commas
		changed string
	}{
		{"nothing", side{}, side{}, "", ""},
		{"a parameter", side{}, side{ask: "&prompt=login"}, "authorization request/prompt only_b", ""},
		{"another value of it", side{ask: "&prompt=none"}, side{ask: "&prompt=login"}, "authorization request/prompt different", ""},
		{"a parameter that is repeated", side{ask: "&resource=1&resource=2"}, side{ask: "&resource=1"}, "authorization request/resource only_a", ""},
		{"a second value", side{ask: "&resource=1&resource=2"}, side{ask: "&resource=1&resource=3"}, "authorization request/resource different", ""},
		{"the scope", side{scope: " email"}, side{}, "authorization request/scope different", "scope"},
		{"its order", side{scope: " email phone"}, side{scope: " phone email"}, "", ""},
		{"a setting", side{}, side{settings: func(s *trace.Settings) { s.ResponseMode = "form_post" }}, "", "answer by"},
		{"a parameter that was chosen", side{}, side{settings: func(s *trace.Settings) { s.Params = []trace.Param{{Name: "prompt", Value: "login"}} }}, "", "prompt"},
		{"a member", side{}, side{answer: `,"scope":"openid"`}, "token response/scope only_b", ""},
		{"the order of members within", side{answer: `,"x":{"a":1,"b":[1,2]}`}, side{answer: `,"x":{"b":[1,2],"a":1}`}, "", ""},
		{"the order of a list within", side{answer: `,"x":{"a":1,"b":[1,2]}`}, side{answer: `,"x":{"a":1,"b":[2,1]}`}, "token response/x different", ""},
		{"a claim", side{id: `,"amr":["pwd"]`}, side{id: `,"amr":["pwd","otp"]`}, "ID token/amr different", ""},
		{"a claim within a claim", side{id: `,"realm":{"roles":["a"],"x":1}`}, side{id: `,"realm":{"roles":["b"],"x":1}`}, "ID token/realm.roles different", ""},
		{"a header field", side{got: trace.Header{{"Cache-Control", "no-store"}}}, side{}, "token response/Cache-Control only_a", ""},
		{"a header field that is sent", side{sent: trace.Header{{"X-Mine", "1"}}}, side{sent: trace.Header{{"x-mine", "2"}}}, "token request/X-Mine different", ""},
		{"a client secret", side{secret: "one-secret-of-a-client"}, side{secret: "two-secret-of-a-client"}, "token request/client_secret different", ""},
		{"a life", side{}, side{life: 60}, "token response/expires_in different, access token/lives different, session/sign in again", ""},
		{"an error", side{}, side{status: 400}, "token response/status different, token response/error only_b", ""},
		{"a person", side{info: `{"sub":"x"}`}, side{info: `{"sub":"y"}`}, "UserInfo response/sub different, checks/userinfo: sub different, stages/userinfo different", ""},
		{"refreshes", side{refreshes: 2}, side{}, "refresh request/client authentication, refresh request 2/client authentication, session/refreshes different, session/refresh token only_a, stages/refresh only_a", ""},
		{"as many refreshes", side{refreshes: 5}, side{refreshes: 5}, "", ""},
	} {
		a, b := c.a, c.b
		a.n, b.n = 1, 2
		cmp := story.Compare(story.Read(a.events()), story.Read(b.events()))
		got := lines(cmp, story.Differs, story.OnlyA, story.OnlyB)
		for want := range strings.SplitSeq(c.want, ", ") {
			if c.want != "" && !slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, want) }) && !strings.Contains(want, "sign in again") {
				t.Errorf("%s: %q is no difference, want it to be one; these are: %q", c.name, want, got)
			}
		}
		if c.want == "" && len(got) > 0 {
			t.Errorf("%s: %q differ, want nothing to", c.name, got)
		}
		if c.a.status+c.b.status == 0 && c.want != "" && !strings.Contains(c.want, "refresh") && len(got) > strings.Count(c.want, ",")+1 {
			t.Errorf("%s: %q differ, want no more than %q", c.name, got, c.want)
		}
		var changed []string
		for _, d := range cmp.Changed {
			changed = append(changed, d.Name)
		}
		if strings.Join(changed, ",") != c.changed {
			t.Errorf("%s: the settings %q are said to be changed, want %q", c.name, changed, c.changed)
		}
		back := story.Compare(cmp.B, cmp.A)
		if back.Count(story.OnlyA) != cmp.Count(story.OnlyB) || back.Count(story.Differs) != cmp.Count(story.Differs) || back.Count(story.Same) != cmp.Count(story.Same) {
			t.Errorf("%s: with the sides swapped other rows differ: %q and %q", c.name, got, lines(back, story.Differs, story.OnlyA, story.OnlyB))
		}
	}
}

// TestCompareFresh: what is new in every run is apart, and is all that two runs of the same differ in.
func TestCompareFresh(t *testing.T) {
	cmp := story.Compare(story.Read(side{n: 1, info: `{"sub":"x"}`}.events()), story.Read(side{n: 2, info: `{"sub":"x"}`}.events()))
	got := lines(cmp, story.FreshByDesign)
	for _, want := range []string{"authorization request/state", "authorization request/nonce", "authorization request/code_challenge", "answer/code", "answer/state", "token request/code", "token request/code_verifier",
		"token response/access_token", "token response/id_token", "token response/refresh_token", "token response/Date", "token response/X-Request-Id", "token response/Set-Cookie",
		"ID token/iat", "ID token/exp", "ID token/auth_time", "ID token/jti", "ID token/nonce", "ID token/sid", "UserInfo request/Authorization"} {
		if !slices.Contains(got, want+" fresh") {
			t.Errorf("%s is not new in every run", want)
		}
	}
	if cmp.Differing() != 0 {
		t.Errorf("two runs of the same differ in %q", lines(cmp, story.Differs, story.OnlyA, story.OnlyB))
	}
	for _, sec := range cmp.Sections {
		if !slices.IsSortedFunc(sec.Rows, func(a, b story.DiffRow) int { return order(a) - order(b) }) {
			t.Errorf("%s: its rows are not in the order differences, not known, fresh, equal", sec.Title)
		}
	}
}

func order(d story.DiffRow) int {
	return slices.Index([]story.DiffClass{story.NotKnown, story.FreshByDesign, story.Same}, d.Class)
}

// TestCompareRedacted: the same value has one alias within a file, and another in another file. That is no difference; a length is.
func TestCompareRedacted(t *testing.T) {
	redact := func(s side) *story.Story {
		events := s.events()
		return story.Read(trace.Redact(events, story.Read(events).Verdicts()))
	}
	const secret = "one-secret-of-a-client"
	a := side{n: 1, secret: secret, info: `{"sub":"x"}`, refreshes: 1}
	b := side{n: 2, secret: secret, info: `{"sub":"x"}`, refreshes: 1, sent: trace.Header{{"Cookie", "first=so-that-numbers-differ"}}}
	for name, cmp := range map[string]story.Comparison{
		"both redacted": story.Compare(redact(a), redact(b)), "one redacted": story.Compare(redact(a), story.Read(b.events())), "the other": story.Compare(story.Read(a.events()), redact(b)),
	} {
		got := lines(cmp, story.Differs, story.OnlyA, story.OnlyB)
		if len(got) > 0 {
			t.Errorf("%s: %q differ, want nothing to", name, got)
		}
		if known := lines(cmp, story.NotKnown); !slices.Contains(known, "token request/client_secret not_known") {
			t.Errorf("%s: not known are %q, want the client secret among them: its value is not in the file", name, known)
		}
	}
	b.secret = "a-longer-secret-of-a-client"
	if got := lines(story.Compare(redact(a), redact(b)), story.Differs); !slices.Equal(got, []string{"token request/client_secret different"}) {
		t.Errorf("with secrets of other lengths %q differ, want the client secret", got)
	}
}

// TestCompareQuoted: a text that quotes a secret is not different because the secret was taken out.
func TestCompareQuoted(t *testing.T) {
	quote := func(n int, text string) side {
		return side{n: n, status: 400, answer: fmt.Sprintf(`,"error_description":"the code the-code-of-run-%d-is-long %s"`, n, text)}
	}
	redact := func(s side) *story.Story { e := s.events(); return story.Read(trace.Redact(e, nil)) }
	for _, c := range []struct {
		a, b *story.Story
		want story.DiffClass
	}{
		{redact(quote(1, "is used")), redact(quote(2, "is used")), story.NotKnown},
		{redact(quote(1, "is used")), story.Read(quote(2, "is used").events()), story.NotKnown},
		{redact(quote(1, "is used")), redact(quote(2, "is old")), story.Differs},
		{redact(quote(1, "is used")), story.Read(quote(2, "is old").events()), story.Differs},
	} {
		for _, sec := range story.Compare(c.a, c.b).Sections {
			for _, r := range sec.Rows {
				if r.Name == "error_description" && r.Class != c.want {
					t.Errorf("%q and %q are %s, want %s", r.A.Value, r.B.Value, r.Class, c.want)
				}
			}
		}
	}
}

// TestCompareRecording: what a recording does not have is not known; what it has differs as elsewhere.
func TestCompareRecording(t *testing.T) {
	live := story.Read(side{n: 1, info: `{"sub":"x"}`, sent: trace.Header{{"Accept", "application/json"}}}.events())
	har := side{n: 2, recorded: true, ask: "&prompt=login", sent: trace.Header{{"sec-fetch-mode", "cors"}, {"Accept-Language", "de"}}}
	cmp := story.Compare(live, story.Read(har.events()))
	got := lines(cmp, story.Differs, story.OnlyA, story.OnlyB)
	if want := []string{"authorization request/prompt only_b"}; !slices.Equal(got, want) {
		t.Errorf("differences are %q, want %q alone", got, want)
	}
	known := lines(cmp, story.NotKnown)
	for _, want := range []string{"UserInfo request/Authorization", "UserInfo response/sub", "stages/userinfo"} {
		if !slices.Contains(known, want+" not_known") {
			t.Errorf("%s is not among what is not known: %q", want, known)
		}
	}
}

// TestCompareGrants lays the tokens of a client beside those of a person: the token requests belong together.
func TestCompareGrants(t *testing.T) {
	w := &wire{at: dawn}
	w.add(0, trace.Settings{Issuer: "https://a", ClientID: "c", Scope: "openid", RedirectURI: "http://127.0.0.1/cb", Grant: trace.GrantClientCredentials})
	w.token("grant_type=client_credentials", 200, `{"access_token":"access-token-number-0001","token_type":"Bearer","expires_in":1800}`)
	cmp := story.Compare(story.Read(side{n: 1}.events()), w.read())
	got := lines(cmp, story.Differs, story.OnlyA, story.OnlyB)
	for _, want := range []string{"token request/grant_type different", "token response/id_token only_a", "token response/refresh_token only_a"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing among %q", want, got)
		}
	}
	for _, sec := range cmp.Sections {
		only := map[string]story.DiffClass{"authorization request": story.OnlyA, "answer": story.OnlyA, "ID token": story.OnlyA, "refresh token": story.OnlyA}[sec.Title]
		if sec.Only != only {
			t.Errorf("%s is only in %q, want %q", sec.Title, sec.Only, only)
		}
		if only != "" && sec.Differing() != 1 {
			t.Errorf("%s counts as %d differences, want one", sec.Title, sec.Differing())
		}
	}
	if len(cmp.Changed) != 1 || cmp.Changed[0].Name != "grant" {
		t.Errorf("changed is %+v, want the grant alone", cmp.Changed)
	}
}

// TestCompareEvidence: each side of a row tells where it can be looked at.
func TestCompareEvidence(t *testing.T) {
	cmp := story.Compare(story.Read(side{n: 1, refreshes: 1}.events()), story.Read(side{n: 2}.events()))
	for _, sec := range cmp.Sections {
		for _, r := range sec.Rows {
			for i, at := range []story.Evidence{r.AtA, r.AtB} {
				there := []*story.Row{r.A, r.B}[i] != nil
				if there != (at.Call != 0 || at.Stage != "" || at.Token != nil) {
					t.Errorf("%s/%s: side %d is there: %v, and its evidence is %+v", r.Where, r.Name, i, there, at)
				}
			}
		}
	}
}

// TestCompareFindings aligns what was found by its id, and counts what was found several times.
func TestCompareFindings(t *testing.T) {
	a, b := story.Read(side{n: 1}.events()), story.Read(side{n: 2}.events())
	cmp := story.Compare(a, b)
	found := func(ids ...string) (out []story.Noted) {
		for _, id := range ids {
			out = append(out, story.Noted{ID: id, Title: "about " + id + fmt.Sprint(len(out)), Severity: jwtview.Error})
		}
		return out
	}
	cmp.AddFindings(found("x", "both", "x"), found("both", "y"))
	if got, want := lines(cmp, story.OnlyA, story.OnlyB, story.Differs), []string{"findings/x only_a", "findings/y only_b"}; !slices.Equal(got, want) {
		t.Errorf("findings differ in %q, want %q", got, want)
	}
	rows := cmp.Sections[len(cmp.Sections)-1].Rows
	if rows[0].A.Short != "2 times" {
		t.Errorf("a finding that is there twice is said to be %q", rows[0].A.Short)
	}
}

// TestCompareIsBounded holds that long and hostile runs make a comparison of a bounded size.
func TestCompareIsBounded(t *testing.T) {
	var members, query, claims strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&members, `,"m%d":"%d"`, i, i)
		fmt.Fprintf(&query, "&p%d=%d", i, i)
		fmt.Fprintf(&claims, `,"c%d":{"a":{"b":{"c":{"d":%d}}}}`, i, i)
	}
	deep := `,"deep":` + strings.Repeat(`{"a":`, 60) + "1" + strings.Repeat("}", 60)
	big := side{ask: query.String(), answer: members.String() + deep, id: claims.String() + deep, refreshes: 3000}
	big.n = 1
	a := story.Read(big.events())
	big.n = 2
	b := story.Read(big.events())
	cmp := story.Compare(a, b)
	rows := 0
	for _, sec := range cmp.Sections {
		rows += len(sec.Rows)
	}
	if rows > 5000 || len(cmp.Sections) > 60 {
		t.Errorf("the comparison has %d rows in %d sections: it grows with what was received", rows, len(cmp.Sections))
	}
	if allocs := testing.AllocsPerRun(2, func() { story.Compare(a, b) }); allocs > 60_000 {
		t.Errorf("comparing takes %.0f allocations", allocs)
	}
}

// TestOutcome says how runs ended.
func TestOutcome(t *testing.T) {
	for _, c := range []struct {
		events []trace.Event
		text   string
		tokens bool
	}{
		{side{n: 1}.events(), "tokens", true},
		{side{n: 1, status: 400}.events(), "invalid_grant", false},
		{nil, "", false},
	} {
		if text, tokens := story.Read(c.events).Outcome(); text != c.text || tokens != c.tokens {
			t.Errorf("the outcome is %q, %v, want %q, %v", text, tokens, c.text, c.tokens)
		}
	}
}
