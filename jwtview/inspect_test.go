package jwtview

import (
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
)

func b64of(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// One line a kind: what it is called, and a part of the reason.
func TestInspectKinds(t *testing.T) {
	const rs = `{"alg":"RS256"}`
	jwtOf := func(header, claims string) string { return token(header, claims, "s") }
	tests := []struct {
		name, in string
		kind     string
		shape    Shape
		called   string
		reason   string
	}{
		{"nothing", " ", "empty", ShapeEmpty, "nothing", "nothing but white space"},
		{"ID token of Authgear", authgearIDToken, "id_token", ShapeJWT, "ID token, JWT RS256", "nonce"},
		{"ID token, no nonce", jwtOf(rs, `{"iss":"i","sub":"u","aud":["c"],"iat":1,"exp":2,"auth_time":1,"sid":"s"}`), "id_token", ShapeJWT, "ID token, JWT RS256", "auth_time"},
		{"ID token by at_hash", jwtOf(rs, `{"at_hash":"x","scope":"s"}`), "id_token", ShapeJWT, "ID token, JWT RS256", "at_hash"},
		{"ID token of Google", jwtOf(rs, `{"iss":"https://accounts.google.com","azp":"c","aud":"c","sub":"1","iat":1,"exp":2}`), "id_token", ShapeJWT, "ID token, JWT RS256", "azp"},
		{"RFC 9068", jwtOf(`{"typ":"at+jwt","alg":"RS256","kid":"RjEwOwOA"}`, `{"iss":"https://authorization-server.example.com/","sub":"5ba552d67","aud":"https://rs.example.com/","exp":1639528912,"iat":1618354090,"jti":"dbe39bf3a3ba4238a513f51d6e1691c4","client_id":"s6BhdRkqt3","scope":"openid profile reademail"}`), "access_token", ShapeJWT, "access token, JWT RS256", "The typ of its header is at+jwt"},
		{"RFC 9068, long typ", jwtOf(`{"typ":"application/AT+JWT","alg":"RS256"}`, `{}`), "access_token", ShapeJWT, "access token, JWT RS256", "at+jwt"},
		{"Keycloak access", jwtOf(rs, `{"typ":"Bearer","nonce":"n","aud":"account"}`), "access_token", ShapeJWT, "access token, JWT RS256", "claim typ is Bearer"},
		{"Keycloak ID", jwtOf(rs, `{"typ":"ID"}`), "id_token", ShapeJWT, "ID token, JWT RS256", "claim typ is ID"},
		{"Keycloak refresh", jwtOf(`{"alg":"HS512"}`, `{"typ":"Refresh"}`), "refresh_token", ShapeJWT, "refresh token, JWT HS512", "claim typ is Refresh"},
		{"Keycloak offline", jwtOf(`{"alg":"HS512"}`, `{"typ":"Offline"}`), "refresh_token", ShapeJWT, "refresh token, JWT HS512", "claim typ is Offline"},
		{"Cognito access", jwtOf(rs, `{"token_use":"access"}`), "access_token", ShapeJWT, "access token, JWT RS256", "token_use is access"},
		{"Cognito ID", jwtOf(rs, `{"token_use":"id"}`), "id_token", ShapeJWT, "ID token, JWT RS256", "token_use is id"},
		{"Entra version 2", jwtOf(rs, `{"aud":"x","azp":"y","scp":"User.Read"}`), "access_token", ShapeJWT, "access token, JWT RS256", "scp"},
		{"logout token", jwtOf(rs, `{"iss":"i","aud":"c","events":{"http://schemas.openid.net/event/backchannel-logout":{}}}`), "logout_token", ShapeJWT, "logout token, JWT RS256", "backchannel-logout"},
		{"logout token by typ", jwtOf(`{"alg":"RS256","typ":"logout+jwt"}`, `{}`), "logout_token", ShapeJWT, "logout token, JWT RS256", "logout+jwt"},
		{"security event", jwtOf(rs, `{"events":{"urn:x":{}}}`), "security_event", ShapeJWT, "security event token, JWT RS256", "events"},
		{"DPoP", jwtOf(`{"typ":"dpop+jwt","alg":"ES256","jwk":{}}`, `{"htm":"POST","htu":"https://a"}`), "dpop_proof", ShapeJWT, "DPoP proof, JWT ES256", "dpop+jwt"},
		{"DPoP without typ", jwtOf(`{"alg":"ES256","jwk":{}}`, `{"htm":"POST","htu":"https://a"}`), "dpop_proof", ShapeJWT, "DPoP proof, JWT ES256", "htm and htu"},
		{"client assertion", jwtOf(rs, `{"iss":"c","sub":"c","aud":"https://as/token","exp":1,"jti":"j"}`), "client_assertion", ShapeJWT, "client assertion, JWT RS256", "iss and sub are one"},
		{"request object", jwtOf(rs, `{"response_type":"code","client_id":"c"}`), "request_object", ShapeJWT, "request object, JWT RS256", "authorization request"},
		{"JARM", jwtOf(rs, `{"iss":"i","aud":"c","exp":1,"code":"x"}`), "response", ShapeJWT, "authorization response, JWT RS256", "authorization response"},
		{"introspection", jwtOf(rs, `{"token_introspection":{}}`), "introspection", ShapeJWT, "introspection response, JWT RS256", "token_introspection"},
		{"UserInfo", jwtOf(rs, `{"iss":"i","aud":"c","sub":"u","email":"e"}`), "userinfo", ShapeJWT, "UserInfo response, JWT RS256", "UserInfo"},
		{"JWT of no known role", jwtOf(rs, `{"a":1}`), "jwt", ShapeJWT, "JWT RS256", "Three parts"},
		{"unsecured", token(`{"alg":"none"}`, `{}`, ""), "jwt_unsecured", ShapeUnsecured, "unsecured JWT", "anybody can have written it"},
		{"nested", jwtOf(`{"alg":"RS256","cty":"JWT"}`, rfcRS256), "jwt_nested", ShapeNested, "nested JWT RS256", "inner"},
		{"detached", b64(rs) + ".." + b64("s"), "jws_detached", ShapeDetached, "JWS with detached payload RS256", "travels apart"},
		{"not JSON", rfcES512, "jws", ShapeJWS, "JWS ES512", "no JSON object"},
		{"JWE", b64(`{"alg":"dir","enc":"A128GCM"}`) + "..a.b.c", "jwe", ShapeJWE, "JWE dir", "Five parts"},
		{"Authgear refresh", authgearRefresh, "refresh_token", ShapeGrantSecret, "refresh token of Authgear", "offline grant"},
		{"Authgear access", "B9o8xCOnVKcUzlKy1udLNIydOerbhPeD", "opaque", ShapeOpaque, "opaque token", "32 letters and digits"},
		{"UUID", grantID, "uuid", ShapeUUID, "UUID", "32 hexadecimal"},
		{"opaque", "abc-def", "opaque", ShapeOpaque, "opaque token", "Opaque by design"},
		{"three parts", "a.b.c", "opaque", ShapeOpaque, "opaque token", "3 parts as a JWT may have"},
		{"cookie", b64(`{"user":1}`), "opaque", ShapeOpaque, "opaque token", "names no alg"},
		{"a sentence", "hello world", "unreadable", ShapeUnreadable, "no token that can be read", "white space"},
		{"HTML", "<html>", "unreadable", ShapeUnreadable, "no token that can be read", "HTML or XML"},
		{"JSON", `{"a":1}`, "unreadable", ShapeUnreadable, "no token that can be read", "JSON"},
		{"key set", authgearKeys, "unreadable", ShapeUnreadable, "no token that can be read", "JWK"},
		{"PEM", "-----BEGIN PUBLIC KEY-----\nMCow", "unreadable", ShapeUnreadable, "no token that can be read", "PEM"},
		{"JWS in JSON, flattened", `{"payload":"e30","protected":"eyJhbGciOiJSUzI1NiJ9","signature":"cw"}`, "jws_json_flat", ShapeJWSFlat, "JWS in flattened JSON RS256", "flattened"},
		{"JWS in JSON, general", `{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJSUzI1NiJ9","signature":"cw"}]}`, "jws_json", ShapeJWSJSON, "JWS in JSON RS256", "1 here"},
		{"JWS in JSON, none", `{"payload":"e30","signatures":[]}`, "jws_json", ShapeJWSJSON, "JWS in JSON", "0 here"},
		{"JWE in JSON, flattened", `{"protected":"` + b64(`{"alg":"dir","enc":"A128GCM"}`) + `","iv":"a","ciphertext":"b","tag":"c"}`, "jwe_json_flat", ShapeJWEFlat, "JWE in flattened JSON dir", "flattened"},
		{"JWE in JSON, general", `{"ciphertext":"b","recipients":[{},{}]}`, "jwe_json", ShapeJWEJSON, "JWE in JSON", "2 here"},
		{"SD-JWT", token(`{"alg":"ES256"}`, `{}`, "s") + "~", "credential", ShapeSDJWT, "verifiable credential, SD-JWT ES256", "tildes"},
		{"scheme only", "Bearer ", "unreadable", ShapeUnreadable, "no token that can be read", "behind it is missing"},
		{"code in a URL", "https://app/cb?code=abc&state=1", "code", ShapeOpaque, "authorization code, opaque token", "called code"},
		{"PASETO local", "v4.local.AAAA", "paseto", ShapePASETO, "PASETO", "encrypted"},
		{"PASETO public", "v2.public." + b64(`{"sub":"u"}`+strings.Repeat("s", 64)) + ".Zm9v", "paseto", ShapePASETO, "PASETO", "signed"},
		{"macaroon 1", b64of([]byte("0021location http://mybank/\n0026identifier we used our secret key\n")), "macaroon", ShapeMacaroon, "macaroon", "version 1"},
		{"macaroon 2", b64of(append([]byte{2, 1, 4}, "bank then more bytes"...)), "macaroon", ShapeMacaroon, "macaroon", "version 2"},
		{"macaroon JSON", `{"v":2,"l":"bank","i":"id","c":[],"s64":"x"}`, "macaroon", ShapeMacaroon, "macaroon", "version 2 in JSON"},
		{"SAML", base64.StdEncoding.EncodeToString([]byte(`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">`)), "assertion", ShapeSAML, "assertion, SAML", "base64 with an element Assertion"},
		{"SAML XML", `<saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol">`, "assertion", ShapeSAML, "assertion, SAML", "XML with an element Response"},
		{"JWT in five parts that is none", "eyJhbGciOiJSUzI1NiJ9.a.b.c.d.e", "unreadable", ShapeUnreadable, "no token that can be read", "starts as a JWT"},
		{"too large", strings.Repeat("a", MaxSize+1), "unreadable", ShapeUnreadable, "no token that can be read", "too large"},
	}
	for _, tt := range tests {
		in := Inspect(tt.in)
		if in.Kind() != tt.kind || in.Shape != tt.shape || in.Name != tt.called || !strings.Contains(in.Reason, tt.reason) {
			t.Errorf("%s: %s, %s, %q: %s\n want %s, %s, %q: …%s", tt.name, in.Kind(), in.Shape, in.Name, in.Reason, tt.kind, tt.shape, tt.called, tt.reason)
		}
	}
}

// Every prefix names its provider and says the three things an opaque token does not say itself.
func TestInspectPrefixes(t *testing.T) {
	for _, p := range prefixes {
		in := Inspect(p.text + strings.Repeat("x0.AbC-_9", 8))
		if in.Provider != p.provider || in.Role != p.role || in.Shape != ShapeOpaque {
			t.Errorf("%s…: %s %s of %q", p.text, in.Shape, in.Role, in.Provider)
		}
		for _, s := range []string{in.Reason, in.Advice.Lifetime, in.Advice.Content, in.Advice.JWT} {
			if !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "…") {
				t.Errorf("%s…: %q is no sentence", p.text, s)
			}
		}
	}
	for in, provider := range map[string]string{"ya29.a0AfH6SMB-x.y": "Google", "1//0abc": "Google", "4%2F0Adeu5": "Google", "ory_at_abc.def": "Ory", "xoxe.xoxp-1-Mi0": "Slack", "github_pat_11A": "GitHub", "EwBwA8l6BAAU": "Microsoft", "AQXdSP_W41" + strings.Repeat("x-Y_", 20): "LinkedIn, Spotify or Microsoft", "AQXdSPW41abcdefghijklmnopqrstuvw": ""} {
		if got := Inspect(in).Provider; got != provider {
			t.Errorf("%s is of %q, want %q", in, got, provider)
		}
	}
}

func TestInspectNearMisses(t *testing.T) {
	signed := authgearIDToken
	tests := []struct{ name, in, problem string }{
		{"Bearer", "Bearer " + signed, `"Bearer " in front`},
		{"header line", "Authorization: Bearer " + signed, `"Authorization:" in front`},
		{"quotes", `"` + signed + `"`, "quotes around"},
		{"wrapped", signed[:80] + "\n" + signed[80:160] + "\n" + signed[160:], "line breaks inside"},
		{"URL-encoded", strings.ReplaceAll(signed, ".", "%2E"), "URL-encoded"},
		{"padded", authgearHeader + "==." + authgearPayload + "." + authgearSignature, "padding (=)"},
		{"base64", strings.NewReplacer("-", "+", "_", "/").Replace(signed), "base64 with + or /"},
		{"token response", `{"token_type":"Bearer","id_token":"` + signed + `","expires_in":1}`, `taken out of a JSON object: the value of "id_token"`},
		{"fragment", "https://app/cb#state=1&id_token=" + signed, `taken out of a URL or a form: the value of "id_token"`},
		{"form, URL-encoded", "grant_type=x&assertion=" + url.QueryEscape("Bearer "+signed), `"assertion"`},
		{"twice", base64.StdEncoding.EncodeToString([]byte(signed)), "base64 around the whole token"},
		{"quoted response", " '{\"id_token\" : \"Bearer " + signed + "\"}' ", "taken out of a JSON object"},
	}
	keys := mustKeys(t, authgearKeys[len(`{"keys":[`):len(authgearKeys)-2])
	if in := Inspect("\ufeff" + signed + "\r\n"); len(in.Problems) > 0 || in.Token.CheckSignature(keys).Status != Passed {
		t.Errorf("a file with a line break: %q", in.Problems)
	}
	for _, tt := range tests {
		in := Inspect(tt.in)
		if inside := tt.name == "padded" || tt.name == "base64"; (in.Token.CheckSignature(keys).Status == Passed) == inside {
			t.Errorf("%s: %+v", tt.name, in.Token.CheckSignature(keys))
		}
		if in.Role != RoleIDToken || in.Token.Claims.String() != Decode(signed).Claims.String() {
			t.Errorf("%s: read as %s: %q", tt.name, in.Name, in.Problems)
		}
		if !strings.Contains(strings.Join(in.Problems, "\n"), tt.problem) || in.Token.Raw != tt.in {
			t.Errorf("%s: problems are %q, want %q", tt.name, in.Problems, tt.problem)
		}
	}
	for name, tt := range map[string][2]string{
		"cut after the header": {authgearHeader, "cut off"},
		"cut in the payload":   {authgearHeader + "." + authgearPayload[:40], "cut off"},
		"shortened":            {signed[:30] + "…" + signed[900:], "characters are missing"},
		"shortened with dots":  {signed[:30] + "..." + signed[900:], "characters are missing"},
		"opaque, shortened":    {"ya29.abc…xyz", "characters are missing"},
	} {
		if in := Inspect(tt[0]); !strings.Contains(strings.Join(in.Problems, "\n"), tt[1]) {
			t.Errorf("%s: %s with problems %q, want %q", name, in.Name, in.Problems, tt[1])
		}
	}
	if in := Inspect(signed[:300] + "..." + signed[900:]); in.Token.Alg() != "RS256" || in.Shape != ShapeUnreadable {
		t.Errorf("the header of a shortened token: %s: %s", in.Name, in.Reason)
	}
	for _, member := range []string{"code", "refresh_token"} {
		if in := Inspect(`{"` + member + `":"abc"}`); in.Role == RoleUnknown || strings.Contains(in.Advice.Lifetime, "token response that it came in") {
			t.Errorf("%s: %s lives %s", member, in.Name, in.Advice.Lifetime)
		}
	}
	both := Inspect(`{"access_token":"B9o8xCOnVKcUzlKy1udLNIydOerbhPeD","id_token":"` + signed + `"}`)
	if both.Role != RoleAccessToken || len(both.Beside) != 1 || both.Beside[0] != "id_token" {
		t.Errorf("token response: %s beside %q", both.Name, both.Beside)
	}
}

func TestInner(t *testing.T) {
	inner, ok := Inspect(token(`{"alg":"RS256","cty":"JWT"}`, authgearIDToken, "s")).Inner()
	if !ok || inner.Role != RoleIDToken || inner.Token.Raw != authgearIDToken {
		t.Errorf("%t, %s", ok, inner.Name)
	}
	if _, ok := Inspect(authgearIDToken).Inner(); ok {
		t.Error("an ID token has something inside")
	}
	jwe := Inspect(b64(`{"alg":"dir","enc":"A128GCM","cty":"JWT"}`) + "..a.b.c")
	if !strings.Contains(jwe.Reason, "nested JWT") {
		t.Errorf("JWE: %s", jwe.Reason)
	}
}

// Two payloads in one JSON object: one reader verifies the first, the next uses the last.
func TestDuplicatesInSerialization(t *testing.T) {
	good := byJOSE(t, "RS256", signerOf("RS256").private, `{"sub":"user"}`, false)
	bad := strings.Replace(good, "{", `{"payload":"`+b64(`{"sub":"admin"}`)+`",`, 1)
	keys := mustKeys(t, signerOf("RS256").jwk)
	if c := Inspect(good).Token.CheckSignature(keys); c.Status != Passed {
		t.Errorf("%s: %s", c.Status, c.Detail)
	}
	for _, s := range []string{bad, strings.TrimSuffix(good, "}") + `,"payload":"e30"}`} {
		if c := Inspect(s).Token.CheckSignature(keys); c.Status != Failed {
			t.Errorf("%s: %s", c.Status, c.Detail)
		}
	}
}
