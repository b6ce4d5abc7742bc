package recording_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
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

var began = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// tape is a recording that a test writes, one request after the other, 100 ms apart.
type tape struct {
	at  time.Time
	all []harfile.Exchange
}

func (p *tape) add(method, url string, status int, opts ...func(*harfile.Exchange)) *tape {
	if p.at.IsZero() {
		p.at = began
	}
	e := harfile.Exchange{At: p.at, Done: p.at.Add(50 * time.Millisecond), Method: method, URL: url, Status: status,
		ResHeader: trace.Header{{"Date", p.at.Format("Mon, 02 Jan 2006 15:04:05 GMT")}}}
	for _, f := range opts {
		f(&e)
	}
	p.all = append(p.all, e)
	p.at = p.at.Add(100 * time.Millisecond)
	return p
}

func to(location string) func(*harfile.Exchange) {
	return func(e *harfile.Exchange) { e.ResHeader = append(e.ResHeader, [2]string{"Location", location}) }
}

func says(mediaType, body string) func(*harfile.Exchange) {
	return func(e *harfile.Exchange) {
		e.ResHeader = append(e.ResHeader, [2]string{"Content-Type", mediaType})
		e.ResBody = []byte(body)
	}
}

func isJSON(body string) func(*harfile.Exchange) { return says("application/json", body) }

func posts(form string) func(*harfile.Exchange) {
	return func(e *harfile.Exchange) {
		e.Header = append(e.Header, [2]string{"Content-Type", "application/x-www-form-urlencoded"})
		e.Body = []byte(form)
	}
}

func with(name, value string) func(*harfile.Exchange) {
	return func(e *harfile.Exchange) { e.Header = append(e.Header, [2]string{name, value}) }
}

func fails(why string) func(*harfile.Exchange) {
	return func(e *harfile.Exchange) { e.Failure = why }
}

// read writes the tape as a HAR and reads it.
func (p *tape) read(t *testing.T, o harfile.Options) recording.Recording {
	t.Helper()
	r, err := recording.Read(harfile.Encode(p.all, o), recording.Options{Now: began.Add(24 * time.Hour), Leeway: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// one reads a tape of a single login.
func (p *tape) one(t *testing.T) *story.Story {
	t.Helper()
	r := p.read(t, harfile.Options{})
	if len(r.Sessions) != 1 {
		for _, e := range r.Sessions {
			t.Log(summary(story.Read(e)))
		}
		t.Fatalf("%d logins, want 1", len(r.Sessions))
	}
	return story.Read(r.Sessions[0])
}

// summary is a session in a line: its stages, its calls, its tokens, its errors and warnings.
func summary(s *story.Story) string {
	var out []string
	for _, st := range s.Stages() {
		if st.Status != trace.Skipped {
			out = append(out, string(st.ID)+"="+string(st.Status))
		}
	}
	for _, tok := range s.Tokens() {
		out = append(out, fmt.Sprintf("%s#%d", tok.Kind, tok.Generation))
	}
	for _, f := range diagnose.Read(s, s.End()) {
		if f.Severity != jwtview.Info {
			out = append(out, string(f.Severity)+":"+f.ID)
		}
	}
	return strings.Join(out, " ")
}

// idToken makes a token that nobody signed; without keys its signature is not checkable.
func idToken(claims map[string]any) string {
	c := map[string]any{"iss": "https://idp.example", "sub": "ada", "aud": "spa", "iat": began.Unix(), "exp": began.Add(time.Hour).Unix()}
	for k, v := range claims {
		c[k] = v
	}
	b, _ := json.Marshal(c)
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + enc.EncodeToString(b) + "." + enc.EncodeToString([]byte("signature"))
}

const (
	askURL   = "https://idp.example/authorize?response_type=code&client_id=spa&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid+offline_access&state=STATE&nonce=NONCE"
	discoURL = "https://idp.example/.well-known/openid-configuration"
	metadata = `{"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/authorize","token_endpoint":"https://idp.example/token","userinfo_endpoint":"https://idp.example/me","jwks_uri":"https://idp.example/jwks","token_endpoint_auth_methods_supported":["none","client_secret_basic"],"response_types_supported":["code"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}`
)

func ask(state, nonce string) string {
	return strings.NewReplacer("STATE", state, "NONCE", nonce).Replace(askURL)
}

func tokens(access, nonce string) string {
	return fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":%q,"id_token":%q,"scope":"openid offline_access"}`, access, "refresh-of-"+access, idToken(map[string]any{"nonce": nonce}))
}

func codeForm(code string) string {
	return "grant_type=authorization_code&client_id=spa&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code=" + code
}

const basic = "Basic c3BhOnNlY3JldA=="

// TestScenarios reads logins of every shape. Each must be found whole, and nothing false be said of it.
func TestScenarios(t *testing.T) {
	const code, access = "code-1234567890abcdef", "access-1234567890abcdefgh"
	ok := "authorize=passed callback=passed"
	exchanged := ok + " exchange=passed verify=passed access_token#1 id_token#1 refresh_token#1"
	page := says("text/html", "<title>Sign in</title><input name=password value=hunter2>")
	for _, c := range []struct {
		name string
		tape *tape
		want string
	}{
		{"a page's own login", new(tape).add("GET", discoURL, 200, isJSON(metadata)).add("GET", ask("s1", "n1"), 302, to("https://idp.example/login?x=1")).
			add("GET", "https://idp.example/login?x=1", 200, page).add("POST", "https://idp.example/login?x=1", 302, posts("user=ada&password=hunter2"), to("https://app.example/cb?code="+code+"&state=s1")).
			add("GET", "https://app.example/cb?code="+code+"&state=s1", 200, says("text/html", "app")).add("POST", "https://idp.example/token", 200, posts(codeForm(code)), isJSON(tokens(access, "n1"))).
			add("GET", "https://idp.example/me", 200, with("Authorization", "Bearer "+access), isJSON(`{"sub":"ada"}`)),
			"discover=passed authorize=passed callback=passed exchange=passed verify=passed userinfo=passed access_token#1 id_token#1 refresh_token#1"},
		{"an issuer that stands for many", new(tape).add("GET", "https://idp.example/common/v2.0/.well-known/openid-configuration", 200, isJSON(strings.Replace(metadata, `"https://idp.example"`, `"https://idp.example/{tenantid}/v2.0"`, 1))).
			add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code="+code+"&state=s1&iss=https%3A%2F%2Fidp.example%2F42%2Fv2.0")).
			add("POST", "https://idp.example/token", 200, posts(codeForm(code)), isJSON(fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":3600,"refresh_token":"r","id_token":%q}`, access, idToken(map[string]any{"nonce": "n1", "iss": "https://idp.example/42/v2.0"})))),
			"discover=passed " + exchanged},
		{"an application with a server", new(tape).add("GET", ask("s1", "n1"), 200, page).add("POST", "https://idp.example/login", 302, posts("password=hunter2"), to("https://app.example/cb?code="+code+"&state=s1")).
			add("GET", "https://app.example/cb?code="+code+"&state=s1", 302, to("/")).add("GET", "https://app.example/", 200, says("text/html", "hi")), ok},
		{"the answer in the redirect alone, as to a native application", new(tape).add("GET", strings.Replace(ask("s1", "n1"), "https%3A%2F%2Fapp.example%2Fcb", "com.example.app%3A%2Fcb", 1), 302, to("com.example.app:/cb?code="+code+"&state=s1")), ok},
		{"form_post", new(tape).add("GET", ask("s1", "n1")+"&response_mode=form_post", 200, says("text/html", "<form>")).add("POST", "https://app.example/cb", 303, posts("code="+code+"&state=s1"), to("/")), ok},
		{"the fragment", new(tape).add("GET", ask("s1", "n1")+"&response_mode=fragment", 302, to("https://app.example/cb#code="+code+"&state=s1")).add("GET", "https://app.example/cb", 200, says("text/html", "app")).
			add("POST", "https://idp.example/token", 200, posts(codeForm(code)), isJSON(tokens(access, "n1"))), exchanged},
		{"implicit", new(tape).add("GET", strings.Replace(ask("s1", "n1"), "response_type=code", "response_type=id_token+token", 1), 302,
			to("https://app.example/cb#access_token="+access+"&token_type=Bearer&expires_in=3600&state=s1&id_token="+idToken(map[string]any{"nonce": "n1"}))),
			"authorize=passed callback=passed verify=passed access_token#1 id_token#1"},
		{"implicit with the nonce of another", new(tape).add("GET", strings.Replace(ask("s1", "n1"), "response_type=code", "response_type=id_token", 1), 302,
			to("https://app.example/cb#state=s1&id_token="+idToken(map[string]any{"nonce": "n2"}))),
			"authorize=passed callback=passed verify=failed id_token#1 error:nonce-wrong"},
		{"a message between windows", new(tape).add("GET", ask("s1", "n1")+"&prompt=none&response_mode=web_message&code_challenge_method=S256&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", 200, says("text/html", "<script>postMessage()")).
			add("POST", "https://idp.example/token", 200, posts(codeForm(code)+"&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), isJSON(tokens(access, "n1"))),
			"authorize=passed exchange=passed verify=passed access_token#1 id_token#1 refresh_token#1"},
		{"silent renewal refused", new(tape).add("GET", ask("s1", "n1")+"&prompt=none", 302, to("https://app.example/cb?error=login_required&state=s1")), "authorize=passed callback=failed"},
		{"a token request in JSON", new(tape).add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code="+code+"&state=s1")).
			add("POST", "https://idp.example/oauth/token", 200, with("Content-Type", "application/json"), func(e *harfile.Exchange) {
				e.Body = []byte(`{"grant_type":"authorization_code","client_id":"spa","redirect_uri":"https://app.example/cb","code":"` + code + `"}`)
			}, isJSON(tokens(access, "n1"))), exchanged},
		{"pushed before", new(tape).add("POST", "https://idp.example/par", 201, posts("client_id=spa&response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid+offline_access&state=s1&nonce=n1"), isJSON(`{"request_uri":"urn:x:1","expires_in":60}`)).
			add("GET", "https://idp.example/authorize?client_id=spa&request_uri=urn%3Ax%3A1", 302, to("https://app.example/cb?code="+code+"&state=s1")).
			add("POST", "https://idp.example/token", 200, posts(codeForm(code)), isJSON(tokens(access, "n1"))), exchanged},
		{"pushed by a server", new(tape).add("GET", "https://idp.example/authorize?client_id=spa&request_uri=urn%3Ax%3A1", 302, to("https://app.example/cb?code="+code+"&state=s1")).
			add("GET", "https://app.example/cb?code="+code+"&state=s1", 200), ok},
		{"a request object", new(tape).add("GET", "https://idp.example/authorize?client_id=spa&request="+requestObject(), 302, to("https://app.example/cb?code="+code+"&state=s1")), ok},
		{"through pages with the same parameters", new(tape).add("GET", ask("s1", "n1"), 302, to(strings.Replace(ask("s1", "n1"), "/authorize", "/login", 1))).add("GET", strings.Replace(ask("s1", "n1"), "/authorize", "/login", 1), 200, page).
			add("POST", strings.Replace(ask("s1", "n1"), "/authorize", "/login", 1), 302, posts("password=hunter2"), to(ask("s1", "n1")+"&login_verifier=1")).
			add("GET", ask("s1", "n1")+"&login_verifier=1", 302, to("https://app.example/cb?code="+code+"&state=s1")), ok},
		{"refused on a page", new(tape).add("GET", ask("s1", "n1"), 400, says("text/html", "<h1>Error</h1><p>Invalid redirect_uri</p>")), "authorize=failed error:redirect-uri-not-registered"},
		{"refused on a page behind a redirect", new(tape).add("GET", ask("s1", "n1"), 302, to("https://idp.example/error?error=unauthorized_client&error_description=invalid+client+id")), "authorize=passed error:client-unknown"},
		{"stopped before the answer", new(tape).add("GET", ask("s1", "n1"), 302, to("https://idp.example/login")).add("GET", "https://idp.example/login", 200, page), "authorize=passed warning:no-answer-yet"},
		{"another state", new(tape).add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code="+code+"&state=s2")), "authorize=passed callback=failed error:state-mismatch"},
		{"no state at all", new(tape).add("GET", "https://idp.example/authorize?response_type=code&client_id=spa&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid", 302, to("https://app.example/cb?code="+code)), ok},
		{"kept from the page by the browser", new(tape).add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code="+code+"&state=s1")).
			add("POST", "https://idp.example/token", 0, posts(codeForm(code)), with("Origin", "https://app.example"), fails("net::ERR_FAILED")), "authorize=passed callback=passed exchange=failed error:cross-origin-blocked"},
		{"refused when the browser asked beforehand", new(tape).add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code="+code+"&state=s1")).
			add("OPTIONS", "https://idp.example/token", 405, with("Origin", "https://app.example"), with("Access-Control-Request-Method", "POST")).
			add("POST", "https://idp.example/token", 0, posts(codeForm(code)), with("Origin", "https://app.example"), fails("net::ERR_FAILED")), "authorize=passed callback=passed exchange=failed error:cors-refused"},
		{"allowed when the browser asked beforehand", new(tape).add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code="+code+"&state=s1")).
			add("OPTIONS", "https://idp.example/token", 204, with("Origin", "https://app.example"), with("Access-Control-Request-Method", "POST"), func(e *harfile.Exchange) {
				e.ResHeader = append(e.ResHeader, [2]string{"Access-Control-Allow-Origin", "https://app.example"})
			}).
			add("POST", "https://idp.example/token", 0, posts(codeForm(code)), with("Origin", "https://app.example"), fails("net::ERR_FAILED")), "authorize=passed callback=passed exchange=failed error:cross-origin-blocked"},
		{"an API that refuses the token, then a refresh", new(tape).add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code="+code+"&state=s1")).add("POST", "https://idp.example/token", 200, posts(codeForm(code)), isJSON(tokens(access, "n1"))).
			add("GET", "https://api.example/v1/things", 200, with("Authorization", "Bearer "+access), isJSON(`{"ok":true}`)).add("GET", "https://api.example/v1/things", 401, with("Authorization", "Bearer "+access)).
			add("POST", "https://idp.example/token", 200, posts("grant_type=refresh_token&client_id=spa&refresh_token=refresh-of-"+access), isJSON(`{"access_token":"access-2234567890abcdefgh","token_type":"Bearer","expires_in":3600}`)).
			add("GET", "https://api.example/v1/things", 200, with("Authorization", "Bearer access-2234567890abcdefgh"), isJSON(`{"ok":true}`)),
			"authorize=passed callback=passed exchange=passed verify=passed call=passed call=failed refresh=passed call=passed access_token#1 id_token#1 refresh_token#1 access_token#2"},
		{"an API that refuses the token", new(tape).add("GET", "https://api.example/v1/things", 401, with("Authorization", "Bearer "+access), with("X", "y"), isJSON(`{}`)), "call=failed error:api-token-refused"},
		{"a machine's token", new(tape).add("POST", "https://idp.example/token", 200, posts("grant_type=client_credentials&scope=api"), with("Authorization", basic), isJSON(`{"access_token":"`+access+`","token_type":"Bearer","expires_in":60}`)), "client_credentials=passed access_token#1"},
		{"a device's token", new(tape).add("POST", "https://idp.example/device_authorization", 200, posts("client_id=tv&scope=api"), isJSON(`{"device_code":"dev-1234567890abcdef","user_code":"A-B","verification_uri":"https://idp.example/device","expires_in":600,"interval":1}`)).
			add("POST", "https://idp.example/token", 400, posts("grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=tv&device_code=dev-1234567890abcdef"), isJSON(`{"error":"authorization_pending"}`), func(e *harfile.Exchange) { e.At, e.Done = e.At.Add(2*time.Second), e.Done.Add(2*time.Second) }).
			add("POST", "https://idp.example/token", 200, posts("grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=tv&device_code=dev-1234567890abcdef"), isJSON(`{"access_token":"`+access+`","token_type":"Bearer","expires_in":60}`), func(e *harfile.Exchange) { e.At, e.Done = e.At.Add(4*time.Second), e.Done.Add(4*time.Second) }),
			"device=passed device_poll=passed access_token#1"},
		{"logout", new(tape).add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code="+code+"&state=s1")).add("POST", "https://idp.example/token", 200, posts(codeForm(code)), isJSON(tokens(access, "n1"))).
			add("GET", "https://idp.example/end_session?post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&state=out&id_token_hint="+idToken(map[string]any{"nonce": "n1"}), 302, to("https://app.example/bye?state=out")).
			add("GET", "https://app.example/bye?state=out", 200, says("text/html", "bye")), exchanged2("logout=passed")},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := c.tape.one(t)
			if got := summary(s); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
				for _, f := range diagnose.Read(s, s.End()) {
					t.Logf("%s %s: %s", f.Severity, f.ID, f.Seen)
				}
			}
			for _, x := range s.Calls() {
				if strings.Contains(string(x.Request.Body)+x.Request.URL, "hunter2") || x.Response != nil && strings.Contains(string(x.Response.Body), "hunter2") {
					t.Errorf("a sign-in page's password is in the trace: %s %s", x.Request.Method, x.Request.URL)
				}
			}
		})
	}
}

func exchanged2(more string) string {
	return "authorize=passed callback=passed exchange=passed verify=passed " + more + " access_token#1 id_token#1 refresh_token#1"
}

func requestObject() string {
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"none"}`)) + "." + enc.EncodeToString([]byte(`{"response_type":"code","redirect_uri":"https://app.example/cb","scope":"openid","state":"s1","nonce":"n1"}`)) + "."
}

// TestSeveral: logins that are interleaved, of several tenants and clients, are each found whole.
func TestSeveral(t *testing.T) {
	other := strings.NewReplacer("idp.example", "other.example", "client_id=spa", "client_id=second")
	p := new(tape).add("GET", discoURL, 200, isJSON(metadata)).add("GET", ask("s1", "n1"), 302, to("https://idp.example/login")).
		add("GET", other.Replace(ask("s2", "n2")), 302, to("https://other.example/login")).add("GET", ask("s3", "n3"), 302, to("https://app.example/cb?code=code-3&state=s3")).
		add("GET", "https://app.example/cb?code=code-2&state=s2", 200).add("GET", "https://app.example/cb?code=code-1&state=s1", 200).
		add("POST", "https://idp.example/token", 400, posts(codeForm("code-3")), isJSON(`{"error":"invalid_grant"}`)).
		add("POST", "https://idp.example/token", 200, posts(codeForm("code-1")), isJSON(tokens("access-1111111111111111", "n1"))).
		add("POST", "https://other.example/token", 200, posts(other.Replace(codeForm("code-2"))), isJSON(strings.ReplaceAll(tokens("access-2222222222222222", "n2"), "x", "x"))).
		add("GET", "https://idp.example/me", 200, with("Authorization", "Bearer access-1111111111111111"), isJSON(`{"sub":"ada"}`))
	want := []string{
		"discover=passed authorize=passed callback=passed exchange=passed verify=passed userinfo=passed access_token#1 id_token#1 refresh_token#1",
		"authorize=passed callback=passed exchange=passed verify=failed access_token#1 id_token#1 refresh_token#1 error:audience-wrong",
		"discover=passed authorize=passed callback=passed exchange=failed error:code-rejected",
	}
	for _, o := range []harfile.Options{{}, {Reversed: true}, {Dialect: harfile.Charles}} {
		r := p.read(t, o)
		var got []string
		for _, events := range r.Sessions {
			got = append(got, summary(story.Read(events)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v:\ngot  %s\nwant %s", o, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
}

// TestCallbackFails: that the application itself failed at the callback is said, for nothing else in the recording is wrong then.
func TestCallbackFails(t *testing.T) {
	for _, c := range []struct {
		status int
		said   bool
	}{{200, false}, {302, false}, {403, true}, {500, true}} {
		s := new(tape).add("GET", ask("s1", "n1"), 302, to("https://app.example/cb?code=code-1234567890abcdef&state=s1")).
			add("GET", "https://app.example/cb?code=code-1234567890abcdef&state=s1", c.status, says("text/html", "oops"), to("https://app.example/")).one(t)
		rec, _ := s.Recording()
		if said := strings.Contains(strings.Join(rec.Notes, " "), fmt.Sprintf("with status %d: why, its own log says", c.status)); said != c.said {
			t.Errorf("the application answers %d: said is %v, want %v: %q", c.status, said, c.said, rec.Notes)
		}
	}
}
