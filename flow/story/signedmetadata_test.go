package story_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	gojwt "github.com/golang-jwt/jwt/v5"

	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestSignedMetadata holds that signed metadata are verified with the tenant's keys, or said not to be.
func TestSignedMetadata(t *testing.T) {
	key, other := newKey(t), newKey(t)
	members := map[string]any{"issuer": "https://op.example", "token_endpoint": "https://op.example/t", "jwks_uri": "https://op.example/k"}
	signed := func(by *ecdsa.PrivateKey, more map[string]any) string {
		claims := gojwt.MapClaims{"iss": "https://op.example"}
		maps.Copy(claims, members)
		maps.Copy(claims, more)
		text, err := gojwt.NewWithClaims(gojwt.SigningMethodES256, claims).SignedString(by)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	none := "eyJhbGciOiJub25lIn0." + strings.Split(signed(key, nil), ".")[1] + "."
	for _, c := range []struct {
		name, jwt, keys, says string
		odd                   bool
	}{
		{"holds", signed(key, nil), jwks(t, key), "verified with the keys of jwks_uri", false},
		{"keys not asked for", signed(key, nil), "", "not verified: the tenant's keys have not been asked for", false},
		{"another key", signed(other, nil), jwks(t, key), "not verified. ", true},
		{"alg none", none, jwks(t, key), "not verified. ", true},
		{"other members", signed(key, map[string]any{"token_endpoint": "https://evil.example/t", "x": 1}), jwks(t, key), "says otherwise than the document: token_endpoint", true},
		{"no iss", signed(key, map[string]any{"iss": nil}), jwks(t, key), "verified with", false}, // null is there
		{"no JWT", "what?", jwks(t, key), "it is no signed JWT", true},
		{"saved", redactedJWT(signed(key, nil)), jwks(t, key), "the signature was taken out", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := maps.Clone(members)
			doc["signed_metadata"] = c.jwt
			tn := tenantOf(faulty.Published{Issuer: "https://op.example", OIDC: toJSON(t, doc), Keys: c.keys})
			m := tn.Member("signed_metadata")
			if !strings.Contains(m.Notes(), c.says) || m.Odd() != c.odd || strings.Count(m.Notes(), c.says) != 1 {
				t.Errorf("notes %q, odd %v; want %q, %v", m.Notes(), m.Odd(), c.says, c.odd)
			}
			beside := tenantOf(faulty.Published{Issuer: "https://op.example", OIDC: toJSON(t, members), OAuth: toJSON(t, doc), Keys: c.keys})
			if len(beside.Differences) != 1 || !strings.Contains(beside.Differences[0].Note, c.says) {
				t.Errorf("in the other document: %+v, want %q", beside.Differences, c.says)
			}
		})
	}
}

// TestSignedMetadataSaved holds that the verdict on signed metadata is no worse for a session that was saved.
func TestSignedMetadataSaved(t *testing.T) {
	key := newKey(t)
	text, err := gojwt.NewWithClaims(gojwt.SigningMethodES256, gojwt.MapClaims{"iss": "https://op.example"}).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	doc := toJSON(t, map[string]any{"issuer": "https://op.example", "jwks_uri": "https://op.example/k", "signed_metadata": text})
	events := trace.Redact(faulty.Published{OIDC: doc, Keys: jwks(t, key)}.Trace(), nil)
	if m := story.Read(events).Tenant().Member("signed_metadata"); m.Odd() || !strings.Contains(m.Notes(), "taken out") {
		t.Errorf("saved and opened, it is %q", m.Notes())
	}
}

func redactedJWT(text string) string {
	return text[:strings.LastIndexByte(text, '.')+1] + "token#1"
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func jwks(t *testing.T, key *ecdsa.PrivateKey) string {
	t.Helper()
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	return fmt.Sprintf(`{"keys":[{"kty":"EC","crv":"P-256","x":%q,"y":%q}]}`, b64(point[1:33]), b64(point[33:]))
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
