package recording_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/recording"
	"authscope/flow/recording/harfile"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// login is a whole login of a confidential client, in which the token endpoint answers as it is told.
func login(status int, answer string) *tape {
	const code = "code-1234567890abcdef"
	p := new(tape).add("GET", discoURL, 200, isJSON(metadata)).add("GET", ask("s1", "n1"), 302, to("https://idp.example/login"), with("Cookie", "sid=cookie-1234567890")).
		add("POST", "https://idp.example/login", 302, posts("password=hunter2"), to("https://app.example/cb?code="+code+"&state=s1")).add("GET", "https://app.example/cb?code="+code+"&state=s1", 200, says("text/html", "app")).
		add("POST", "https://idp.example/token", status, posts(codeForm(code)), with("Authorization", basic), isJSON(answer))
	if status == 200 {
		p.add("GET", "https://idp.example/me", 200, with("Authorization", "Bearer access-1234567890abcdefgh"), isJSON(`{"sub":"ada"}`))
	}
	return p
}

const granted = "access-1234567890abcdefgh"

// TestDialects: whoever wrote the file, the same is read from it.
func TestDialects(t *testing.T) {
	for _, answer := range []struct {
		status int
		body   string
	}{{200, tokens(granted, "n1")}, {400, `{"error":"invalid_grant","error_description":"invalid authorization code"}`}} {
		var want string
		for _, name := range []string{"Chrome", "Firefox", "Safari", "mitmproxy", "Charles", "Fiddler", "Burp"} {
			for _, reversed := range []bool{false, true} {
				r := login(answer.status, answer.body).read(t, harfile.Options{Dialect: harfile.Dialects[name], Reversed: reversed})
				if len(r.Sessions) != 1 {
					t.Fatalf("%s, reversed %v: %d logins, want 1", name, reversed, len(r.Sessions))
				}
				s := story.Read(r.Sessions[0])
				got := summary(s)
				if want == "" {
					want = got
				}
				if got != want {
					t.Errorf("%s, reversed %v:\ngot  %s\nwant %s", name, reversed, got, want)
				}
				rec, ok := s.Recording()
				if d := harfile.Dialects[name]; !ok || !strings.HasPrefix(rec.Tool, d.Creator) || rec.Entries < 5 || rec.Sanitized || !rec.From.Equal(began) {
					t.Errorf("%s: of the file it says %+v", name, rec)
				}
				if set, _ := s.Settings(); set.ClientID != "spa" || set.Issuer != "https://idp.example" || set.RedirectURI != "https://app.example/cb" || set.Scope != "openid offline_access" || s.ClientAuth().Method != trace.AuthBasic {
					t.Errorf("%s: inferred %+v, %+v", name, set, s.ClientAuth())
				}
			}
		}
		if strings.Contains(want, "error:") != (answer.status == 400) {
			t.Errorf("answered %d: %s", answer.status, want)
		}
	}
}

// TestNotCheckable: what a file does not have is never wrong.
func TestNotCheckable(t *testing.T) {
	for _, o := range []harfile.Options{{Sanitized: true}, {NoBodies: true}, {NoForms: true}, {Sanitized: true, NoBodies: true}, {Sanitized: true, NoBodies: true, NoForms: true}} {
		r := login(200, tokens(granted, "n1")).read(t, o)
		if len(r.Sessions) != 1 {
			t.Errorf("%+v: %d logins, want 1", o, len(r.Sessions))
		}
		for _, events := range r.Sessions {
			s := story.Read(events)
			for _, st := range s.Stages() {
				for _, c := range st.Checks() {
					if c.Status == jwtview.Failed {
						t.Errorf("%+v: %s of %s failed: want %q, got %q: %s", o, c.ID, st.ID, c.Want, c.Got, c.Detail)
					}
				}
				if st.Status == trace.Failed {
					t.Errorf("%+v: stage %s failed: %s", o, st.ID, st.Reason)
				}
			}
			for _, f := range diagnose.Read(s, s.End()) {
				if f.Severity != jwtview.Info {
					t.Errorf("%+v: %s %s: %s", o, f.Severity, f.ID, f.Seen)
				}
			}
			if o.Sanitized && s.ClientAuth().Method != "" {
				t.Errorf("%+v: it says that the client authenticates with %q, which the file does not tell", o, s.ClientAuth().Method)
			}
		}
	}
}

// TestSanitizedSecret: that no secret was sent is not said of a file from which it was taken out.
func TestSanitizedSecret(t *testing.T) {
	r := login(401, `{"error":"invalid_client"}`).read(t, harfile.Options{Sanitized: true})
	fs := diagnose.Read(story.Read(r.Sessions[0]), began)
	if len(fs) == 0 || fs[0].ID != "client-authentication-failed" || strings.Contains(fs[0].Seen, "no secret") || strings.Contains(fs[0].Seen, "client_secret_basic.") {
		t.Errorf("findings %+v", fs)
	}
}

// TestTakenOut: values that a tool replaced are not compared.
func TestTakenOut(t *testing.T) {
	file := harfile.Encode(login(200, tokens(granted, "n1")).all, harfile.Options{})
	signature := "c2lnbmF0dXJl" // of idToken
	for _, pair := range [][2]string{{signature, "redacted"}, {`"n1`, `"n1`}, {"state=s1", "state=[state redacted]"}, {"code-1234567890abcdef", "REDACTED"}} {
		file = bytes.ReplaceAll(file, []byte(pair[0]), []byte(pair[1]))
	}
	r, err := recording.Read(file, recording.Options{Now: began, Given: []trace.Given{{What: trace.GivenKeys, From: "keys.json", Body: []byte(`{"keys":[{"kty":"RSA","kid":"1","e":"AQAB","n":"` + strings.Repeat("w", 342) + `"}]}`)}}})
	if err != nil {
		t.Fatal(err)
	}
	s := story.Read(r.Sessions[0])
	for _, st := range s.Stages() {
		if c, bad := st.Failed(); bad {
			t.Errorf("%s of %s failed, though its value was taken out: want %q, got %q", c.ID, st.ID, c.Want, c.Got)
		}
	}
}

// TestGiven: keys and metadata that are added settle what the file leaves open, of the server that they are of.
func TestGiven(t *testing.T) {
	p := login(200, tokens(granted, "n1"))
	p.all = p.all[1:] // without discovery
	read := func(given ...trace.Given) *story.Story {
		t.Helper()
		r, err := recording.Read(harfile.Encode(p.all, harfile.Options{}), recording.Options{Now: began, Leeway: time.Second, Given: given})
		if err != nil {
			t.Fatal(err)
		}
		return story.Read(r.Sessions[0])
	}
	iss := func(s *story.Story) jwtview.Status {
		for _, c := range s.Newest(story.IDToken).Checks() {
			if c.ID == "iss" {
				return c.Status
			}
		}
		return "no check"
	}
	if s := read(); iss(s) != jwtview.NotApplicable {
		t.Errorf("without metadata iss is %s", iss(s))
	}
	doc := trace.Given{What: trace.GivenMetadata, From: "https://idp.example", Body: []byte(metadata)}
	if s := read(doc); iss(s) != jwtview.Passed {
		t.Errorf("with the metadata iss is %s", iss(s))
	}
	strange := trace.Given{What: trace.GivenMetadata, From: "https://other.example", Body: []byte(strings.ReplaceAll(metadata, "idp.example", "other.example"))}
	if s := read(strange); iss(s) != jwtview.NotApplicable || s.Metadata() != nil {
		t.Errorf("metadata of another server was taken: iss is %s", iss(s))
	}
	other := trace.Given{What: trace.GivenKeys, From: "keys.json", Body: []byte(`{"keys":[{"kty":"RSA","kid":"another","e":"AQAB","n":"` + strings.Repeat("w", 342) + `"}]}`)}
	s := read(other)
	for _, c := range s.Newest(story.IDToken).Checks() {
		if c.ID == "signature" && (c.Status != jwtview.NotApplicable || !strings.Contains(c.Detail, "keys.json")) {
			t.Errorf("keys that lack the one that signed: the signature is %s: %s", c.Status, c.Detail)
		}
	}
}

// TestCached: an answer of the browser's cache is used, and its Date tells nothing of the clocks.
func TestCached(t *testing.T) {
	p := login(200, tokens(granted, "n1"))
	p.all[0].ResHeader[0][1] = "Mon, 06 Jan 2025 00:00:00 GMT"
	file := harfile.Encode(p.all, harfile.Options{})
	for _, c := range []struct {
		mark string
		skew bool
	}{{`"_fromCache":"disk",`, false}, {`"_fetchType":"Memory Cache",`, false}, {"", true}} {
		r, err := recording.Read(bytes.Replace(file, []byte(`"_initiator"`), []byte(c.mark+`"_initiator"`), 1), recording.Options{Now: began, Leeway: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		s := story.Read(r.Sessions[0][:8]) // up to the first answer
		if s.Skew().Seen() != c.skew {
			t.Errorf("%q: skew %v", c.mark, s.Skew())
		}
	}
	p.all[0].Status = 304
	if s := p.one(t); s.Metadata() == nil || s.Skew().Seen() {
		t.Errorf("304 with the body of the cache: metadata %v, skew %v", s.Metadata(), s.Skew())
	}
}

// TestDamaged: a file that ends too early is read as far as it goes, and it is said.
func TestDamaged(t *testing.T) {
	file := harfile.Encode(login(200, tokens(granted, "n1")).all, harfile.Options{})
	whole := len(file)
	seen := 0
	for n := whole - 1; n > 0; n -= 97 {
		r, err := recording.Read(file[:n], recording.Options{Now: began})
		if err != nil {
			continue
		}
		seen++
		if !r.Cut && n < whole-6 || len(r.Notes) == 0 {
			t.Errorf("cut at %d of %d: Cut is %v, notes %q", n, whole, r.Cut, r.Notes)
		}
	}
	if seen < 10 {
		t.Errorf("only %d of the cut files were read", seen)
	}
	if _, err := recording.Read([]byte(`{"log":{"entries":[]}}`), recording.Options{}); err == nil || !strings.Contains(err.Error(), "no login") {
		t.Errorf("an empty HAR: %v", err)
	}
}

// TestOddValues: members of other types than the format has do not stop the reading.
func TestOddValues(t *testing.T) {
	const file = `{"log":{"creator":{"name":7},"browser":null,"pages":{},"entries":[null, 5, "x", [], {}, {"request":null}, {"request":{"url":7}}, {"request":{"url":"::"}},
		{"startedDateTime":"yesterday","time":"12","request":{"method":"get","url":"https://idp.example/authorize?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=1","headers":{"Host":"idp.example","X":["a","b"]}},
		 "response":{"status":"302","headers":{"location":"https://app.example/cb?code=1234567890abcdefgh&state=1"},"content":null}, "timings":{"wait":"x"},"comment":{"a":[1]}}]}}`
	r, err := recording.Read([]byte(file), recording.Options{Now: began})
	if err != nil {
		t.Fatal(err)
	}
	if got := summary(story.Read(r.Sessions[0])); got != "authorize=passed callback=passed" {
		t.Errorf("read as %s", got)
	}
	if rec, _ := story.Read(r.Sessions[0]).Recording(); !rec.Untimed || rec.Entries != 9 {
		t.Errorf("of the file it says %+v", rec)
	}
}

// TestBounds: deep, wide and long files end in time.
func TestBounds(t *testing.T) {
	deep := `{"log":{"entries":[{"request":{"url":"https://a/authorize?response_type=code&client_id=a&state=1"},"x":` + strings.Repeat(`[`, 9000) + strings.Repeat(`]`, 9000) + `}]}}`
	var wide bytes.Buffer
	wide.WriteString(`{"log":{"entries":[`)
	for i := range 30_000 {
		if i > 0 {
			wide.WriteByte(',')
		}
		fmt.Fprintf(&wide, `{"request":{"method":"GET","url":"https://a/authorize?response_type=code&client_id=a&redirect_uri=b&state=%d"},"response":{"status":302}}`, i)
	}
	wide.WriteString(`]}}`)
	long := `{"log":{"entries":[{"request":{"method":"POST","url":"https://a/token","postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=authorization_code&code=` + strings.Repeat("x", 9<<20) + `"}},"response":{"status":200,"content":{"text":"` + strings.Repeat("y", 9<<20) + `"}}}]}}`
	for name, file := range map[string]string{"deep": deep, "wide": wide.String(), "long": long} {
		start := time.Now()
		r, err := recording.Read([]byte(file), recording.Options{Now: began})
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: it took %s", name, took)
		}
		t.Logf("%s: %d logins, %v, %v", name, len(r.Sessions), r.Notes, err)
		if len(r.Sessions) > 100 {
			t.Errorf("%s: %d logins are more than anybody reads", name, len(r.Sessions))
		}
		for _, events := range r.Sessions {
			for _, e := range events {
				if b, ok := e.Data.(trace.Body); ok && len(b.Bytes) > trace.MaxBody {
					t.Errorf("%s: a body of %d bytes is kept", name, len(b.Bytes))
				}
			}
		}
	}
}

// TestSecretsOfHAR: no secret of a file is in what a redacted trace of it holds.
func TestSecretsOfHAR(t *testing.T) {
	r := login(200, tokens(granted, "n1")).read(t, harfile.Options{})
	events := r.Sessions[0]
	redacted := trace.Redact(events, story.Read(events).Verdicts())
	var b bytes.Buffer
	if err := trace.Save(&b, redacted); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{granted, "refresh-of-", "code-1234567890", "c3BhOnNlY3JldA", "cookie-1234567890", "hunter2"} {
		if bytes.Contains(b.Bytes(), []byte(secret)) {
			t.Errorf("%q is in the redacted trace", secret)
		}
	}
	var lines []string
	for line := range strings.Lines(b.String()) {
		var e struct{ Kind string }
		if json.Unmarshal([]byte(line), &e) == nil {
			lines = append(lines, e.Kind)
		}
	}
	if !slices.Contains(lines, "recording") {
		t.Errorf("the saved trace does not say that it is a recording: %v", lines)
	}
}

// TestRealChrome reads what the developer tools of a real Chrome wrote of a login of a page on the embedded tenant: entries out
// of their order, cookies and Authorization taken out, texts lost where the page changed.
func TestRealChrome(t *testing.T) {
	file, err := os.ReadFile("testdata/chrome.har")
	if err != nil {
		t.Fatal(err)
	}
	r, err := recording.Read(file, recording.Options{Now: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Leeway: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Sessions) != 1 {
		t.Fatalf("%d logins, want 1", len(r.Sessions))
	}
	s := story.Read(r.Sessions[0])
	const want = "discover=passed authorize=passed callback=passed exchange=passed verify=passed userinfo=passed refresh=passed access_token#1 id_token#1 refresh_token#1"
	if got := summary(s); got != want { // the answer to the refresh is one of the lost ones
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, c := range s.Newest(story.IDToken).Checks() {
		if c.ID == "signature" && c.Status != jwtview.Passed {
			t.Errorf("the signature is %s: %s", c.Status, c.Detail)
		}
	}
	if rec, _ := s.Recording(); !rec.Sanitized || rec.Entries != 16 || !strings.HasPrefix(rec.Tool, "WebInspector") {
		t.Errorf("of the file it says %+v", rec)
	}
	var b bytes.Buffer
	if err := trace.Save(&b, r.Sessions[0]); err != nil || bytes.Contains(b.Bytes(), []byte("hunter2")) {
		t.Errorf("the password that was typed is in the trace, or it cannot be saved: %v", err)
	}
}
