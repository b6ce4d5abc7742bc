package diagnose_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow/trace"
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
	return []tapeCase{
		{name: "reused", tape: signedIn(example).token(refresh(first), 200, tokens(second)).wait(time.Minute).token(refresh(first), 400, invalidGrant), want: []string{"refresh-token-reused"}, says: []string{"#1 was 60 s old, and #2 had taken its place 60 s before"}, info: nil},
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

// back is an error that the browser brings.
func back(issuer string, metadata map[string]any, change map[string]string, code, text string) *tape {
	q := url.Values{"error": {code}, "error_description": {text}, "state": {"the-state-of-this-run"}}
	return newTape(issuer).discover(metadata).authorize(change).callback(time.Second, q.Encode())
}

func requestTapes() []tapeCase {
	start := func() *tape { return newTape(example).discover(nil).signIn(nil) }
	signedIn := func() *tape { return start().token(nil, 200, tokens(map[string]any{"id_token": nil})) }
	refresh := map[string]string{"grant_type": "refresh_token", "refresh_token": "the-refresh-token-of-this-run"}
	entra := func(code string) *tape {
		return newTape(issuers["entra"].issuer).discover(nil).signIn(nil).token(nil, 400, `{"error":"invalid_request","error_description":"`+code+`: Tokens issued for"}`)
	}
	return []tapeCase{
		{name: "JSON body", tape: start().call("POST", example+"/x/token", trace.Header{{"Content-Type", "application/json"}}, `{"grant_type":"authorization_code","code":"the-code-of-this-run"}`, 400, `{"error":"invalid_client","error_description":"invalid client ID"}`),
			want: []string{"token-request-not-a-form"}, says: []string{"content type `application/json`", "Its body is JSON"}},
		{name: "a parameter that Entra misses", tape: entra("AADSTS900144"), want: []string{"token-request-not-a-form"}, says: []string{"AADSTS900144"}},
		{name: "Entra, from a program", tape: entra("AADSTS9002327"), want: []string{"entra-spa-redirect"}, says: []string{"Origin was absent", "Mobile and desktop applications"}},
		{name: "Entra, from a page", tape: entra("AADSTS9002326"), want: []string{"entra-spa-redirect"}, says: []string{"under Single-page application"}},
		{name: "DPoP nonce", tape: start().token(nil, 400, `{"error":"use_dpop_nonce"}`, [2]string{"DPoP-Nonce", "n-17"}), want: []string{"dpop-proof-refused"}, says: []string{"`n-17`", "no failure"}},
		{name: "DPoP proof", tape: signedIn().token(refresh, 400, `{"error":"invalid_dpop_proof","error_description":"Invalid DPoP key binding"}`), want: []string{"dpop-proof-refused"}, says: []string{"no proof was sent"}},
		{name: "refresh without the secret", tape: newTape(example).discover(nil).signIn(nil).token(map[string]string{"client_secret": "the-secret-of-this-client"}, 200, tokens(map[string]any{"id_token": nil})).
			token(refresh, 401, `{"error":"invalid_client"}`), want: []string{"refresh-client-authentication-differs"}, info: []string{"client-authentication-not-advertised"}, says: []string{"used client_secret_post and worked; this refresh used none"}},
		{name: "Entra, the id of a secret", tape: newTape(issuers["entra"].issuer).discover(nil).signIn(nil).token(nil, 401, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}`), want: []string{"client-authentication-failed"}, says: []string{"may mean that the id of the secret", "not its Secret ID"}},
		{name: "Entra, busy", tape: newTape(issuers["entra"].issuer).discover(nil).signIn(nil).token(nil, 400, `{"error":"temporarily_unavailable","error_description":"AADSTS90055: too many requests"}`), want: []string{"rate-limited"}},
	}
}

func authorizeTapes() []tapeCase {
	return []tapeCase{
		{name: "Google, offline_access", tape: back("https://accounts.google.com", nil, nil, "invalid_scope", "{valid=[openid], invalid=[offline_access]}"), want: []string{"offline-access-refused"}, says: []string{"Google does not have the scope", "--param access_type=offline"}, silent: []string{"Candidates"}},
		{name: "OpenIddict", tape: back(example, nil, nil, "invalid_scope", "The 'offline_access' scope is not allowed. https://documentation.openiddict.com/errors/ID2035"), want: []string{"offline-access-refused"}, says: []string{"AllowRefreshTokenFlow()"}},
		{name: "Duende", tape: back(example, issuers["duende"].metadata, nil, "invalid_scope", ""), want: []string{"offline-access-refused"}, says: []string{"AllowOfflineAccess"}},
		{name: "another scope is named", tape: back(example, nil, map[string]string{"scope": "openid offline_access reports"}, "invalid_scope", "scope reports is not allowed, offline_access is"), want: []string{"invalid-scope"}},
		{name: "PAR", tape: back(example, map[string]any{"require_pushed_authorization_requests": true}, nil, "invalid_request", "no"), want: []string{"par-required"}, says: []string{"require_pushed_authorization_requests: true"}},
		{name: "PAR, in words", tape: back(example, nil, nil, "invalid_request", "Pushed Authorization Request is required"), want: []string{"par-required"}},
		{name: "signed", tape: back(example, map[string]any{"require_signed_request_object": true}, nil, "invalid_request", "no"), want: []string{"request-object-required"}},
		{name: "request_uri", tape: back(example, nil, map[string]string{"request_uri": "urn:x:1"}, "invalid_request_uri", "expired"), want: []string{"request-uri-refused"}, says: []string{"works once"}},
		{name: "Entra, the person", tape: back(issuers["entra"].issuer, nil, nil, "access_denied", "AADSTS65004: User declined to consent"), want: []string{"access-denied"}, says: []string{"the person refused the consent"}},
		{name: "Entra, two resources", tape: back(issuers["entra"].issuer, nil, nil, "invalid_request", "AADSTS700022: scope contains more than one resource"), want: []string{"invalid-scope"}, says: []string{"a token is for one"}, silent: []string{"Candidates"}},
		{name: "Entra, issuer template", tape: newTape("https://login.microsoftonline.com/common/v2.0").discover(map[string]any{"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"}), want: []string{"issuer-differs"}, says: []string{"a template"}},
		{name: "Entra, version 1", tape: newTape("https://login.microsoftonline.com/t/v2.0").discover(map[string]any{"issuer": "https://sts.windows.net/t/"}), want: []string{"issuer-differs"}, says: []string{"version 1", "requestedAccessTokenVersion"}},
	}
}

const jweShape = "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"

func apiTapes() []tapeCase {
	signedIn := func(change map[string]string, answer map[string]any) *tape {
		m := map[string]any{"id_token": nil}
		for k, v := range answer {
			m[k] = v
		}
		return newTape(example).discover(nil).signIn(change).token(nil, 200, tokens(m))
	}
	bearer := func(token string) trace.Header {
		return trace.Header{{"Authorization", "Bearer " + token}, {"Accept", "application/json, */*;q=0.5"}}
	}
	const api = "https://api.example/mcp"
	return []tapeCase{
		{name: "an API wants a refresh token", tape: signedIn(nil, nil).call("GET", api, bearer("the-refresh-token-of-this-run"), "", 401, ``, [2]string{"WWW-Authenticate", "Bearer"}), want: []string{"token-confused", "api-token-refused"}, says: []string{"carries the refresh token"}},
		{name: "protected resource", tape: signedIn(nil, nil).call("GET", api, bearer("the-access-token-of-this-run"), "", 401, ``, [2]string{"WWW-Authenticate", `Bearer resource_metadata="https://api.example/.well-known/oauth-protected-resource"`}),
			want: []string{"api-token-refused"}, info: []string{"api-names-metadata"}},
		{name: "audience, opaque", tape: signedIn(map[string]string{"audience": "https://api.example"}, nil), info: []string{"access-token-opaque"}, says: []string{"audience `https://api.example`", "opaque, 28 characters"}},
		{name: "encrypted access token", tape: signedIn(nil, map[string]any{"access_token": jweShape}), info: []string{"access-token-encrypted"}},
		{name: "a preflight that is refused", tape: signedIn(nil, nil).call("OPTIONS", example+"/x/token", trace.Header{{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "POST"}}, "", 200, ""), want: []string{"cors-refused"}, says: []string{"origin `https://app.example`", "Access-Control-Allow-Origin absent"}},
		{name: "a preflight that is allowed", tape: signedIn(nil, nil).call("OPTIONS", example+"/x/token", trace.Header{{"Origin", "https://app.example"}}, "", 200, "", [2]string{"Access-Control-Allow-Origin", "https://app.example"})},
	}
}

func silenceTapes() []tapeCase {
	signedIn := func(metadata map[string]any, change map[string]string, answer map[string]any) *tape {
		m := map[string]any{"id_token": nil}
		for k, v := range answer {
			m[k] = v
		}
		fields := map[string]string{}
		if change["code_challenge"] == "" && change != nil {
			if _, out := change["code_challenge"]; out {
				fields["code_verifier"] = ""
			}
		}
		return newTape(example).discover(metadata).signIn(change).token(fields, 200, tokens(m))
	}
	info := func(p *tape, body string) *tape {
		return p.call("GET", example+"/x/userinfo", trace.Header{{"Authorization", "Bearer the-access-token-of-this-run"}}, "", 200, body)
	}
	refresh := map[string]string{"grant_type": "refresh_token", "refresh_token": "the-refresh-token-of-this-run"}
	kept := []string{"refresh-token-kept"}
	again := func(expires int) *tape {
		return signedIn(nil, nil, map[string]any{"refresh_expires_in": 1800}).wait(time.Minute).token(refresh, 200, tokens(map[string]any{"id_token": nil, "refresh_token": nil, "refresh_expires_in": expires}))
	}
	return []tapeCase{
		{name: "commas that work", tape: signedIn(nil, map[string]string{"scope": "openid,offline_access"}, nil), want: []string{"scope-odd"}, info: []string{"openid-not-asked"}, says: []string{"a comma"}},
		{name: "a scope twice", tape: signedIn(nil, map[string]string{"scope": "openid email openid"}, nil), want: []string{"scope-odd"}, says: []string{"`openid` stands twice"}},
		{name: "two spaces", tape: signedIn(nil, map[string]string{"scope": "openid  email"}, nil), want: []string{"scope-odd"}, says: []string{"a space too many"}},
		{name: "no PKCE", tape: signedIn(nil, map[string]string{"code_challenge": "", "code_challenge_method": ""}, nil), info: []string{"pkce-not-used"}},
		{name: "nothing on PKCE", tape: signedIn(map[string]any{"code_challenge_methods_supported": nil}, nil, nil), info: []string{"metadata-silent"}, says: []string{"though PKCE works"}},
		{name: "no RS256", tape: signedIn(map[string]any{"id_token_signing_alg_values_supported": []string{"ES256"}}, nil, nil), info: []string{"metadata-silent"}, says: []string{"no RS256"}},
		{name: "no grant types", tape: signedIn(nil, nil, nil).token(refresh, 200, tokens(map[string]any{"id_token": nil, "refresh_token": nil})), info: append([]string{"metadata-silent"}, kept...), says: []string{"though a refresh works"}},
		{name: "no email anywhere", tape: info(signedIn(nil, map[string]string{"scope": "openid email profile"}, nil), `{"sub":"x","name":"Alice"}`), info: []string{"claim-missing"}, says: []string{"a claim of `email`"}},
		{name: "email there", tape: info(signedIn(nil, map[string]string{"scope": "openid email"}, nil), `{"sub":"x","email":"a@b"}`)},
		{name: "email not granted", tape: info(signedIn(nil, map[string]string{"scope": "openid email"}, map[string]any{"scope": "openid"}), `{"sub":"x"}`), want: []string{"scope-narrowed"}},
		{name: "a session that refreshing does not extend", tape: again(1740), info: []string{"metadata-silent", "refresh-token-kept", "refresh-lifetime-shrinks"}, says: []string{"fell from 1800 to 1740"}},
		{name: "a session that it extends", tape: again(1800), info: []string{"metadata-silent", "refresh-token-kept"}},
	}
}

func TestTapes(t *testing.T) {
	for _, list := range [][]tapeCase{exchangeTapes(), refreshTapes(), requestTapes(), authorizeTapes(), apiTapes(), silenceTapes()} {
		for _, c := range list {
			t.Run(c.name, func(t *testing.T) { c.test(t) })
		}
	}
}

func (c tapeCase) test(t *testing.T) {
	fs := c.tape.read(t)
	show(t, fs)
	hold(fs)
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
