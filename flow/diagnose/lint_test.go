package diagnose_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/jwtview"
)

var accessTokenOf = regexp.MustCompile(`"access_token":"[^"]*"`)

// TestLints has a run get an access token with each of the faults that one token can have by itself.
func TestLints(t *testing.T) {
	begun := map[string]bool{}
	for _, c := range []struct{ lint, header, claims string }{
		{"token-alg-none", `{"alg":"none"}`, `{"exp":%d}`},
		{"token-hmac-beside-public-keys", `{"alg":"HS256"}`, `{"exp":%d}`},
		{"token-duplicate-members", `{"alg":"RS256","alg":"RS256"}`, `{"exp":%d}`},
		{"token-crit-unknown", `{"alg":"RS256","crit":["x"],"x":1}`, `{"exp":%d}`},
		{"token-times-milliseconds", `{"alg":"RS256"}`, `{"exp":%d000}`},
		{"token-rsa-key-small", `{"alg":"RS256","kid":"small"}`, `{"exp":%d}`},
		{"token-key-in-header-jku", `{"alg":"RS256","jku":"https://keys.example"}`, `{"exp":%d}`},
		{"token-key-in-header-x5u", `{"alg":"RS256","x5u":"https://keys.example"}`, `{"exp":%d}`},
		{"token-key-in-header-jwk", `{"alg":"RS256","jwk":{}}`, `{"exp":%d}`},
		{"token-key-in-header-x5c", `{"alg":"RS256","x5c":[]}`, `{"exp":%d}`},
		{"token-kid-suspicious", `{"alg":"RS256","kid":"/dev/null/key"}`, `{"exp":%d}`},
		{"token-no-exp", `{"alg":"RS256","typ":"at+jwt"}`, `{"client_id":"%d"}`},
		{"token-id-claims-in-access-token", `{"alg":"RS256","typ":"at+jwt"}`, `{"exp":%d,"nonce":"n"}`},
		{"token-lifetime-long", `{"alg":"RS256","typ":"at+jwt"}`, `{"exp":%d,"iat":1}`},
	} {
		begun[c.lint] = true
		t.Run(c.lint, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				b64 := base64.RawURLEncoding.EncodeToString
				made := b64([]byte(c.header)) + "." + b64([]byte(fmt.Sprintf(c.claims, time.Now().Add(30*time.Minute).Unix()))) + "."
				if c.lint != "token-alg-none" {
					made += b64([]byte("no signature at all"))
				}
				w.Alter(token, func(a *faulty.Answer) {
					a.Body = accessTokenOf.ReplaceAll(a.Body, []byte(`"access_token":"`+made+`"`))
				})
				if c.lint == "token-rsa-key-small" {
					w.Alter(jwks, func(a *faulty.Answer) {
						n := make([]byte, 128)
						n[0], n[127] = 0xc1, 1
						a.Swap(`{"keys":[`, `{"keys":[{"kty":"RSA","kid":"small","e":"AQAB","n":"`+b64(n)+`"},`)
					})
				}
				s := w.Session()
				w.Run(s, flow.Login)
				fs := read(w.T, s)
				at := slices.Index(ids(fs), c.lint)
				if at < 0 {
					w.T.Fatalf("findings %v, want %s among them", ids(fs), c.lint)
				}
				if f := fs[at]; f.Call == 0 || f.Catalogue == "" || f.Stage == "" {
					w.T.Errorf("%s speaks of no call, no stage or no catalogue entry: %+v", c.lint, f)
				}
			})
		})
	}
	for _, id := range jwtview.Lints {
		if !begun[id] && id != "token-hmac-secret-short" && id != "token-signature-der" { // what a run cannot have
			t.Errorf("no run has a token with %s", id)
		}
	}
}
