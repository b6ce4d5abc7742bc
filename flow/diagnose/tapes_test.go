package diagnose_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// tapeCase is a recording, and all that is to be said of it, in order.
type tapeCase struct {
	name   string
	tape   *tape
	want   []string // every finding but infos
	info   []string
	says   []string // parts of the first finding
	silent []string // are not said by it
}

const (
	example      = "https://id.example"
	invalidGrant = `{"error":"invalid_grant"}`
)

func exchangeTapes() []tapeCase {
	start := func() *tape { return newTape(example).discover(nil) }
	refused := func(change, fields map[string]string) *tape {
		return start().signIn(change).token(fields, 400, invalidGrant)
	}
	return []tapeCase{
		{name: "no verifier", tape: refused(nil, map[string]string{"code_verifier": ""}), want: []string{"pkce-verifier-missing"}},
		{name: "verifier as challenge", tape: refused(map[string]string{"code_challenge": tapeVerifier}, nil), want: []string{"pkce-verifier-wrong"}, says: []string{"that is the verifier itself"}},
		{name: "hex digest encoded", tape: refused(map[string]string{"code_challenge": "MTNkMzFlOTYxYTFhZDhlYzJmMTZiMTBjNGM5ODJlMDg3NmE4NzhhZDZkZjE0NDU2NmVlMTg5NGFjYjcwZjljMw"}, nil), want: []string{"pkce-verifier-wrong"}, says: []string{"base64url of the hex digest, 86 characters"}},
		{name: "hex digest", tape: refused(map[string]string{"code_challenge": "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"}, nil), want: []string{"pkce-verifier-wrong"}, says: []string{"the digest in hex, 64 characters"}},
		{name: "padding", tape: refused(map[string]string{"code_challenge": tapeChallenge + "="}, nil), want: []string{"pkce-verifier-wrong"}, says: []string{"another alphabet"}},
		{name: "short verifier", tape: refused(nil, map[string]string{"code_verifier": "short"}), want: []string{"pkce-verifier-wrong"}, says: []string{"has 5 characters, and 43 to 128 are possible"}},
		{name: "verifier with a space", tape: refused(nil, map[string]string{"code_verifier": strings.Repeat("a", 43) + " b"}), want: []string{"pkce-verifier-wrong"}, says: []string{"at byte 44"}},
		{name: "verifier of another login", tape: start().authorize(map[string]string{"code_challenge": "OWE3MjM5NDc5YTQxOTg2NzYxZTU3ZjgwYTBhZDU0NGQ", "state": "first"}).authorize(nil).
			callback(time.Second, "code=the-code-of-this-run&state=the-state-of-this-run").token(map[string]string{"code_verifier": tapeVerifier + "x"}, 400, invalidGrant),
			want: []string{"pkce-verifier-wrong"}},
		{name: "used twice", tape: start().signIn(nil).token(nil, 200, tokens(map[string]any{"id_token": nil})).wait(2100*time.Millisecond).token(nil, 400, invalidGrant), want: []string{"code-used-twice"}, says: []string{"handed in 2 s before", "RFC 6749 §10.5"}},
		{name: "refused before", tape: start().signIn(nil).token(nil, 400, invalidGrant).token(nil, 400, invalidGrant), want: []string{"code-rejected"}, says: []string{"refused before", "Candidates"}},
		{name: "eleven minutes", tape: start().signIn(nil).wait(11*time.Minute).token(nil, 400, invalidGrant), want: []string{"code-too-old"}},
		{name: "one minute", tape: start().signIn(nil).wait(time.Minute).token(nil, 400, invalidGrant), want: []string{"code-rejected"}, says: []string{"(1) the code has expired"}},
		{name: "one minute at Keycloak", tape: newTape("https://sso.example/realms/dev").discover(nil).signIn(nil).wait(time.Minute).token(nil, 400, invalidGrant), want: []string{"code-rejected"}, says: []string{"Keycloak may give it 60 s"}},
		{name: "one minute at node-oidc-provider", tape: newTape(example).discover(issuers["node-oidc-provider"].metadata).signIn(nil).wait(time.Minute).call("POST", example+"/token", formType,
			"grant_type=authorization_code&client_id=app&code=the-code-of-this-run&redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Fcallback&code_verifier="+tapeVerifier, 400, invalidGrant), want: []string{"code-too-old"}, says: []string{"node-oidc-provider lives 60 s"}},
		{name: "Cognito, another redirect URI", tape: newTape(issuers["cognito"].issuer).discover(nil).signIn(nil).token(map[string]string{"redirect_uri": tapeRedirect + "/"}, 400, `{"error":"unauthorized_client"}`), want: []string{"redirect-uri-differs"}, says: []string{"Amazon Cognito says unauthorized_client", "byte 31"}},
		{name: "Cognito, another cause", tape: newTape(issuers["cognito"].issuer).discover(nil).signIn(nil).token(nil, 400, `{"error":"unauthorized_client"}`), want: []string{"grant-not-allowed"}},
		{name: "Dex, verifier", tape: newTape(issuers["dex"].issuer).discover(nil).signIn(nil).token(nil, 400, `{"error":"invalid_grant","error_description":"Invalid code_verifier."}`), want: []string{"pkce-verifier-wrong"}, says: []string{"Dex says"}},
		{name: "GitHub, status 200", tape: newTape("https://github.com").discover(nil).signIn(nil).token(nil, 200, `{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired."}`), want: []string{"code-rejected"}, says: []string{"GitHub may answer errors with status 200"}},
	}
}

func refreshTapes() []tapeCase {
	signedIn := func(issuer string) *tape {
		return newTape(issuer).discover(nil).signIn(nil).token(nil, 200, tokens(map[string]any{"id_token": nil}))
	}
	refresh := func(token string) map[string]string {
		return map[string]string{"grant_type": "refresh_token", "refresh_token": token}
	}
	const first = "the-refresh-token-of-this-run"
	second := map[string]any{"refresh_token": "the-second-refresh-token", "access_token": "another-access-token"}
	says := func(issuer, text string, status int) *tape {
		return signedIn(issuer).wait(time.Minute).token(refresh(first), status, `{"error":"invalid_grant","error_description":"`+text+`"}`)
	}
	race := func() *tape {
		p := signedIn(example)
		body := "grant_type=refresh_token&client_id=app&refresh_token=" + first
		a := p.send("POST", example+"/x/token", formType, body)
		b := p.wait(180*time.Millisecond).send("POST", example+"/x/token", formType, body)
		return p.answer(a, 200, nil, tokens(second)).answer(b, 400, nil, invalidGrant)
	}
	noID := []string(nil)
	return []tapeCase{
		{name: "reused", tape: signedIn(example).token(refresh(first), 200, tokens(second)).wait(time.Minute).token(refresh(first), 400, invalidGrant), want: []string{"refresh-token-reused"}, says: []string{"#1 was 60 s old, and #2 had taken its place 60 s before"}, info: noID},
		{name: "race", tape: race(), want: []string{"refresh-race"}, says: []string{"180ms apart", "Let one request at a time refresh"}},
		{name: "Keycloak, reuse", tape: says("https://sso.example/realms/dev", "Maximum allowed refresh token reuse exceeded", 400), want: []string{"refresh-refused"}, says: []string{"one use is all"}, silent: []string{"Candidates"}},
		{name: "Keycloak, session", tape: says("https://sso.example/realms/dev", "Session not active", 400), want: []string{"refresh-refused"}, says: []string{"the session has ended"}, silent: []string{"Candidates"}},
		{name: "Keycloak, another client", tape: says("https://sso.example/realms/dev", "Unmatching clients", 400), want: []string{"refresh-token-of-another-client"}},
		{name: "Auth0, 403", tape: says("https://dev.eu.auth0.com", "Unknown or invalid refresh token.", 403), want: []string{"refresh-refused"}, says: []string{"status 403 here", "200 tokens at most"}},
		{name: "Google", tape: says("https://accounts.google.com", "Token has been expired or revoked.", 400), want: []string{"refresh-refused"}, says: []string{"after 7 days", "100 live tokens"}},
		{name: "Entra, a day", tape: says("https://login.microsoftonline.com/t/v2.0", "AADSTS700084: The refresh token was issued to a single page app", 400), want: []string{"refresh-refused"}, says: []string{"lives 24 hours"}, silent: []string{"Candidates"}},
		{name: "Dex, invalid_request", tape: signedIn("https://id.example/dex").token(refresh(first), 400, `{"error":"invalid_request","error_description":"Refresh token is invalid or has already been claimed by another client."}`), want: []string{"refresh-refused"}, says: []string{"Dex says invalid_request", "RFC 6749 §5.2 has invalid_grant"}},
		{name: "expired by its own exp", tape: newTape(example).discover(nil).signIn(nil).token(nil, 200, tokens(map[string]any{"id_token": nil, "refresh_expires_in": 60})).wait(2*time.Minute).token(refresh(first), 400, invalidGrant), want: []string{"refresh-refused"}, says: []string{"had expired 60 s before"}},
	}
}

func TestTapes(t *testing.T) {
	for _, list := range [][]tapeCase{exchangeTapes(), refreshTapes()} {
		for _, c := range list {
			t.Run(c.name, func(t *testing.T) { c.test(t) })
		}
	}
}

func (c tapeCase) test(t *testing.T) {
	fs := c.tape.read(t)
	show(t, fs)
	var got, info []string
	text := ""
	for _, f := range fs {
		if f.Severity == "info" {
			info = append(info, f.ID)
		} else {
			got = append(got, f.ID)
		}
		text += words(&f)
	}
	got = slices.DeleteFunc(got, func(id string) bool { return id == "id-token-missing" && !slices.Contains(c.want, id) }) // tapes have none, to be short
	if !slices.Equal(got, c.want) {
		t.Errorf("findings %v, want %v", got, c.want)
	}
	if !slices.Equal(info, c.info) {
		t.Errorf("good to know: %v, want %v", info, c.info)
	}
	for _, part := range c.says {
		if len(c.want) > 0 && (find(fs, c.want[0]) == nil || !strings.Contains(words(find(fs, c.want[0])), part)) || len(c.want) == 0 && !strings.Contains(text, part) {
			t.Errorf("%q is not said by %v: %s", part, c.want, text)
		}
	}
	for _, part := range c.silent {
		if len(c.want) > 0 && find(fs, c.want[0]) != nil {
			text = words(find(fs, c.want[0]))
		}
		if strings.Contains(text, part) {
			t.Errorf("%q is said: %s", part, text)
		}
	}
}
