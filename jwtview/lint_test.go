package jwtview

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

func findingIDs(all []Finding) []string {
	var names []string
	for _, f := range all {
		names = append(names, f.ID)
	}
	return names
}

// One line a lint: what fires it, and what is close and does not.
func TestLints(t *testing.T) {
	const fine = `{"iss":"i","sub":"u","aud":"c","iat":1,"exp":2,"jti":"j"}`
	of := func(header string) string { return token(header, fine, "s") }
	claims := func(c string) string { return token(`{"alg":"RS256"}`, c, "s") }
	issuer := mustKeys(t, signers()["RSA"].jwk)
	short := ReadSecret([]byte("secret"), AsText)
	long := ReadSecret([]byte(strings.Repeat("k", 32)), AsText)
	tests := []struct {
		lint, in string
		keys     Keys
		fires    bool
	}{
		{"token-alg-none", of(`{"alg":"none"}`), nil, true},
		{"token-alg-none", of(`{"alg":"nOnE"}`), nil, true},
		{"token-alg-none", of(`{"alg":"RS256"}`), nil, false},
		{"token-hmac-beside-public-keys", of(`{"alg":"HS256"}`), issuer, true},
		{"token-hmac-beside-public-keys", of(`{"alg":"HS256"}`), nil, false},
		{"token-hmac-beside-public-keys", of(`{"alg":"RS256"}`), issuer, false},
		{"token-hmac-beside-public-keys", token(`{"alg":"HS512"}`, `{"typ":"Refresh"}`, "s"), issuer, false},
		{"token-hmac-beside-public-keys", mac(t, long[0].mac(), fine), slices.Concat(issuer, long), false},
		{"token-rsa-key-small", of(`{"alg":"RS256"}`), smallRSA(t), true},
		{"token-rsa-key-small", of(`{"alg":"RS256"}`), issuer, false},
		{"token-rsa-key-small", of(`{"alg":"ES256"}`), smallRSA(t), false},
		{"token-hmac-secret-short", mac(t, []byte("secret"), fine), short, true},
		{"token-hmac-secret-short", mac(t, long[0].mac(), fine), long, false},
		{"token-hmac-secret-short", mac(t, []byte("another"), fine), short, false},
		{"token-signature-der", derSigned(t, fine), nil, true},
		{"token-signature-der", rfcES256, nil, false},
		{"token-key-in-header-jku", of(`{"alg":"RS256","jku":"https://evil"}`), nil, true},
		{"token-key-in-header-x5u", of(`{"alg":"RS256","x5u":"https://evil"}`), nil, true},
		{"token-key-in-header-jwk", of(`{"alg":"RS256","jwk":{}}`), nil, true},
		{"token-key-in-header-x5c", of(`{"alg":"RS256","x5c":[]}`), nil, true},
		{"token-key-in-header-jwk", token(`{"alg":"ES256","typ":"dpop+jwt","jwk":{}}`, `{}`, "s"), nil, false},
		{"token-crit-unknown", of(`{"alg":"RS256","crit":["x"],"x":1}`), nil, true},
		{"token-crit-unknown", of(`{"alg":"RS256","crit":[]}`), nil, true},
		{"token-crit-unknown", of(`{"alg":"RS256","crit":["b64"],"b64":false}`), nil, false},
		{"token-kid-suspicious", of(`{"alg":"RS256","kid":"../../dev/null"}`), nil, true},
		{"token-kid-suspicious", of(`{"alg":"RS256","kid":"/etc/passwd"}`), nil, true},
		{"token-kid-suspicious", of(`{"alg":"RS256","kid":"x' UNION SELECT 'k"}`), nil, true},
		{"token-kid-suspicious", of(`{"alg":"RS256","kid":"k?x=1&y=2"}`), nil, true},
		{"token-kid-suspicious", of(`{"alg":"RS256","kid":"a\u0000b"}`), nil, true},
		{"token-kid-suspicious", of(`{"alg":"RS256","kid":"ca09a815-5746-4a3a-b81f-ff9c6be36a4e"}`), nil, false},
		{"token-kid-suspicious", of(`{"alg":"RS256","kid":"a--Zb_9+/x=="}`), nil, false},
		{"token-kid-suspicious", of(`{"alg":"RS256","kid":"did:web:example.com#key-1"}`), nil, false},
		{"token-no-exp", claims(`{"sub":"u","scope":"a"}`), nil, true},
		{"token-no-exp", claims(fine), nil, false},
		{"token-no-exp", claims(`{"typ":"Offline"}`), nil, false},
		{"token-no-exp", token(`{"alg":"RS256","typ":"logout+jwt"}`, `{"sub":"u"}`, "s"), nil, false},
		{"token-times-milliseconds", claims(`{"exp":1795382012000}`), nil, true},
		{"token-times-milliseconds", claims(`{"exp":1795382012}`), nil, false},
		{"token-lifetime-long", token(`{"alg":"RS256","typ":"at+jwt"}`, `{"iat":0,"exp":90000}`, "s"), nil, true},
		{"token-lifetime-long", token(`{"alg":"RS256","typ":"at+jwt"}`, `{"iat":0,"exp":86400}`, "s"), nil, false},
		{"token-lifetime-long", claims(`{"nonce":"n","aud":"c","iat":0,"exp":900000}`), nil, false},
		{"token-duplicate-members", claims(`{"exp":1,"exp":2}`), nil, true},
		{"token-duplicate-members", of(`{"alg":"RS256","alg":"none"}`), nil, true},
		{"token-duplicate-members", claims(fine), nil, false},
		{"token-id-claims-in-access-token", token(`{"alg":"RS256","typ":"at+jwt"}`, `{"nonce":"n"}`, "s"), nil, true},
		{"token-id-claims-in-access-token", claims(`{"typ":"Bearer","at_hash":"h"}`), nil, true},
		{"token-id-claims-in-access-token", claims(`{"typ":"Bearer","nonce":"n"}`), nil, false},
		{"token-id-claims-in-access-token", token(`{"alg":"RS256","typ":"at+jwt"}`, `{"auth_time":1,"amr":[],"acr":"1"}`, "s"), nil, false},
	}
	for _, tt := range tests {
		all := Decode(tt.in).Lint(tt.keys)
		at := slices.Index(findingIDs(all), tt.lint)
		if at >= 0 != tt.fires {
			t.Errorf("%s on %s: findings are %q, want it: %t", tt.lint, Decode(tt.in).Header, findingIDs(all), tt.fires)
			continue
		}
		if at < 0 {
			continue
		}
		if f := all[at]; f.Title == "" || f.Seen == "" || !strings.HasSuffix(f.Means, ".") || !strings.HasSuffix(f.Do, ".") || f.Spec == "" || f.Severity == "" || f.Catalogue == "" {
			t.Errorf("%s is incomplete: %+v", tt.lint, f)
		}
	}
}

// mac makes a token with a secret that may be shorter than jwt would take from an application.
func mac(t testing.TB, secret []byte, claims string) string {
	t.Helper()
	signed := b64(`{"alg":"HS256"}`) + "." + b64(claims)
	sum, err := jwt.SigningMethodHS256.Sign(signed, secret)
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + b64of(sum)
}

func derSigned(t testing.TB, claims string) string {
	t.Helper()
	signed := b64(`{"alg":"ES256"}`) + "." + b64(claims)
	sum := sha256.Sum256([]byte(signed))
	der, err := ecdsa.SignASN1(rand.Reader, signers()["256"].private.(*ecdsa.PrivateKey), sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + b64of(der)
}

// smallRSA is a key of 1024 bits by its size only: nothing is signed with it.
func smallRSA(t testing.TB) Keys {
	t.Helper()
	n := signers()["RSA"].private.(*rsa.PrivateKey).N.Bytes()[:128]
	n[127] |= 1
	return mustKeys(t, fmt.Sprintf(`{"kty":"RSA","n":"%s","e":"AQAB"}`, base64.RawURLEncoding.EncodeToString(n)))
}

// healthy are tokens as Authgear, Keycloak and node-oidc-provider issue them: role, header and claims.
var healthy = map[string][3]string{
	"Authgear access token": {"access_token", `{"alg":"RS256","kid":"ca09a815-5746-4a3a-b81f-ff9c6be36a4e","typ":"at+jwt"}`,
		`{"aud":["http://localhost:3100"],"auth_time":1795381712,"amr":["pwd","x_primary_password"],"client_id":"spa_client","exp":1795383512,"https://authgear.com/claims/user/can_reauthenticate":true,"https://authgear.com/claims/user/is_anonymous":false,"https://authgear.com/claims/user/is_verified":false,"https://authgear.com/claims/user/roles":[],"iat":1795381712,"iss":"http://localhost:3100","jti":"8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92","scope":"openid offline_access","sub":"45a53d1d-5b2b-4bdb-9f46-71ca4b93b273"}`},
	"Authgear machine token": {"access_token", `{"alg":"RS256","kid":"ca09a815-5746-4a3a-b81f-ff9c6be36a4e","typ":"at+jwt"}`,
		`{"aud":["https://api.example.com"],"client_id":"m2m","exp":1795383512,"iat":1795381712,"iss":"http://localhost:3100","jti":"8d969eef","scope":"read","sub":"client_id_m2m"}`},
	"Keycloak access token": {"access_token", `{"alg":"RS256","typ":"JWT","kid":"FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE"}`,
		`{"exp":1795382012,"iat":1795381712,"auth_time":1795381700,"jti":"onrtac:4f1f0f5a-5d3b-4e2a-9a5f-9e1b7c6f3a11","iss":"https://kc.example.com/realms/demo","aud":"account","sub":"f7a3","typ":"Bearer","azp":"app","nonce":"n","sid":"5f1c","acr":"1","allowed-origins":["*"],"realm_access":{"roles":["offline_access"]},"resource_access":{"account":{"roles":["view-profile"]}},"scope":"openid email profile","email_verified":false,"name":"A B","preferred_username":"a"}`},
	"Keycloak ID token": {"id_token", `{"alg":"RS256","typ":"JWT","kid":"FJ86GcF3jTbNLOco4NvZkUCIUmfYCqoqtOQeMfbhNlE"}`,
		`{"exp":1795382012,"iat":1795381712,"auth_time":1795381700,"jti":"4f1f","iss":"https://kc.example.com/realms/demo","aud":"app","sub":"f7a3","typ":"ID","azp":"app","nonce":"n","sid":"5f1c","at_hash":"MTIzNDU2Nzg5MDEyMzQ1Ng","acr":"1","email_verified":false}`},
	"Keycloak refresh token": {"refresh_token", `{"alg":"HS512","typ":"JWT","kid":"b1a9f0c2-1c2d-4e5f-8a9b-0c1d2e3f4a5b"}`,
		`{"exp":1795383512,"iat":1795381712,"jti":"4f1f","iss":"https://kc.example.com/realms/demo","aud":"https://kc.example.com/realms/demo","sub":"f7a3","typ":"Refresh","azp":"app","sid":"5f1c","scope":"openid"}`},
	"Keycloak offline token": {"refresh_token", `{"alg":"HS512","typ":"JWT","kid":"b1a9f0c2-1c2d-4e5f-8a9b-0c1d2e3f4a5b"}`,
		`{"iat":1795381712,"jti":"4f1f","iss":"https://kc.example.com/realms/demo","aud":"https://kc.example.com/realms/demo","sub":"f7a3","typ":"Offline","azp":"app","sid":"5f1c","scope":"openid offline_access"}`},
	"Keycloak logout token": {"logout_token", `{"alg":"RS256","typ":"JWT","kid":"FJ86GcF3"}`,
		`{"iat":1795381712,"jti":"4f1f","iss":"https://kc.example.com/realms/demo","aud":"app","sub":"f7a3","typ":"Logout","sid":"5f1c","events":{"http://schemas.openid.net/event/backchannel-logout":{},"revoke_offline_access":true}}`},
	"node-oidc-provider ID token": {"id_token", `{"alg":"RS256","typ":"JWT","kid":"keystore-CHANGE-ME"}`,
		`{"sub":"u","nonce":"n","at_hash":"x","sid":"s","aud":"app","exp":1795385312,"iat":1795381712,"iss":"http://localhost:3000"}`},
	"node-oidc-provider access token": {"access_token", `{"alg":"RS256","typ":"at+jwt","kid":"keystore-CHANGE-ME"}`,
		`{"jti":"j","sub":"u","iat":1795381712,"exp":1795385312,"scope":"api:read","client_id":"app","iss":"http://localhost:3000","aud":"urn:api"}`},
	"node-oidc-provider UserInfo": {"userinfo", `{"alg":"RS256","typ":"JWT","kid":"keystore-CHANGE-ME"}`, `{"sub":"u","email":"e","aud":"app","iss":"http://localhost:3000"}`},
	"node-oidc-provider logout token": {"logout_token", `{"alg":"RS256","typ":"logout+jwt","kid":"keystore-CHANGE-ME"}`,
		`{"iat":1795381712,"jti":"j","events":{"http://schemas.openid.net/event/backchannel-logout":{}},"sub":"u","sid":"s","aud":"app","iss":"http://localhost:3000"}`},
}

// No lint fires on what a healthy issuer issues, whatever keys its set has.
func TestLintsAreSilentOnHealthyTokens(t *testing.T) {
	keys := slices.Concat(mustKeys(t, signers()["RSA"].jwk), mustKeys(t, signers()["256"].jwk))
	tokens := map[string][2]string{"Authgear ID token": {"id_token", authgearIDToken}}
	for name, parts := range healthy {
		tokens[name] = [2]string{parts[0], token(parts[1], parts[2], strings.Repeat("s", 256))}
	}
	for name, tt := range tokens {
		for _, known := range []Keys{nil, keys} {
			if all := Decode(tt[1]).Lint(known); len(all) > 0 {
				t.Errorf("%s: %q: %s", name, findingIDs(all), all[0].Seen)
			}
		}
		if in := Inspect(tt[1]); string(in.Role) != tt[0] {
			t.Errorf("%s is taken for %s: %s", name, in.Name, in.Reason)
		}
	}
}
