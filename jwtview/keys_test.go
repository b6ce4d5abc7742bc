package jwtview

import (
	"bytes"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// Public keys of RFC 7515 A.2 to A.4 and RFC 8037 A.2.
const (
	rfcRSA     = `{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}`
	rfcP256    = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`
	rfcP521    = `{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}`
	rfcEd25519 = `{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
)

// mustKeys reads keys of a test, each one JWK, as a set.
func mustKeys(t testing.TB, jwks ...string) Keys {
	t.Helper()
	keys, err := ParseKeys([]byte(`{"keys":[` + strings.Join(jwks, ",") + `]}`))
	if err != nil {
		t.Fatalf("ParseKeys: %v", err)
	}
	return keys
}

// with adds members to a JWK.
func with(jwk, members string) string { return "{" + members + "," + jwk[1:] }

func TestParseKeysUsable(t *testing.T) {
	tests := []struct{ name, in, describe string }{
		{"RSA", rfcRSA, "RSA 2048 bits"},
		{"RSA 8192", `{"kty":"RSA","e":"AQAB","n":"` + base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{0xff}, 1024)) + `"}`, "RSA 8192 bits"},
		{"P-256", rfcP256, "EC P-256"},
		{"P-521", rfcP521, "EC P-521"},
		{"Ed25519", rfcEd25519, "Ed25519"},
		{"unknown members", with(rfcP256, `"created_at":1795381340,"x5c":["not a certificate"],"x5t":"?"`), "EC P-256"},
	}
	for _, tt := range tests {
		k := mustKeys(t, tt.in)[0]
		if k.Problem != "" || k.Public == nil {
			t.Errorf("%s: unusable: %q", tt.name, k.Problem)
		}
		if got := k.describe(); got != tt.describe {
			t.Errorf("%s: is %q, want %q", tt.name, got, tt.describe)
		}
	}
	k := mustKeys(t, with(rfcRSA, `"kid":"k","alg":"RS256","use":"sig","key_ops":["verify"],"d":"AQAB"`))[0]
	if k.ID != "k" || k.Alg != "RS256" || k.Use != "sig" || k.Type != "RSA" || k.Bits != 2048 || len(k.Ops) != 1 {
		t.Errorf("members read as %+v", k)
	}
	if _, public := k.Public.(*rsa.PublicKey); !k.Private || !public {
		t.Errorf("of a private key, Private is %t and the key a %T, want true and the public part", k.Private, k.Public)
	}
}

func TestParseKeysKeepsOddKeys(t *testing.T) {
	huge := base64.RawURLEncoding.EncodeToString(append([]byte{0x80}, make([]byte, maxBits/8)...))
	tests := []struct{ in, problem string }{
		{`"text"`, "a JSON string, not an object"},
		{`{}`, `no "kty"`},
		{`{"kty":"oct","k":"AAAA","kid":"s"}`, "a symmetric key"},
		{`{"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}`, `curve "secp256k1" is not verified here`},
		{`{"kty":"OKP","crv":"X25519","x":"AA"}`, `curve "X25519" is not verified here`},
		{`{"kty":"OKP","crv":"Ed448","x":"AA"}`, `curve "Ed448" is not verified here`},
		{`{"kty":"AKP","alg":"ML-DSA-44","pub":"AA"}`, `key type "AKP" is not known here`},
		{`{"kty":"RSA","e":"AQAB"}`, "the RSA key has no n"},
		{`{"kty":"RSA","e":65537,"n":"AQ"}`, "the RSA key has no e"},
		{`{"kty":"RSA","e":"AQAB","n":"Ag"}`, "the modulus n of the RSA key is even"},
		{`{"kty":"RSA","e":"AQ","n":"AQ"}`, "the exponent e of the RSA key"},
		{`{"kty":"RSA","e":"AQAAAAAAAAAAAAAB","n":"AQ"}`, "the exponent e of the RSA key"},
		{`{"kty":"RSA","e":"AQAB","n":"!"}`, "n of the RSA key is not base64url"},
		{`{"kty":"RSA","e":"AQAB","n":"` + huge + `"}`, "RSA with 16392 bits, more than the 16384"},
		{`{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`, "invalid EC public key"},
		{with(rfcP256, `"kid":"a","kid":"b"`), `member "kid" occurs more than once`},
	}
	for _, tt := range tests {
		keys := mustKeys(t, tt.in, rfcRSA)
		if len(keys) != 2 || keys[1].Problem != "" {
			t.Errorf("%.60s: spoiled the key beside it: %+v", tt.in, keys)
			continue
		}
		if got := keys[0]; !strings.Contains(got.Problem, tt.problem) || got.Public != nil {
			t.Errorf("%.60s: problem %q and key %v, want %q and none", tt.in, got.Problem, got.Public, tt.problem)
		}
	}
}

func TestParseKeysRefuses(t *testing.T) {
	for in, want := range map[string]string{
		``:              "JWK set: not JSON: the end of the text where a value should start at offset 0",
		`<html>`:        "JWK set: not JSON: '<' where a value should start at offset 0",
		`[]`:            "JWK set: a JSON array, not an object",
		`{"error":"x"}`: `JWK set: no member "keys", and no "kty" of a single key`,
		`{"keys":{}}`:   `JWK set: "keys" is a JSON object, not an array`,
	} {
		if _, err := ParseKeys([]byte(in)); err == nil || err.Error() != want {
			t.Errorf("ParseKeys(%s): error %v, want %s", in, err, want)
		}
	}
	if keys, err := ParseKeys([]byte(rfcP256)); err != nil || len(keys) != 1 || keys[0].Problem != "" {
		t.Errorf("one JWK read as %+v, %v", keys, err)
	}
	if keys, err := ParseKeys([]byte(`{"keys":[]}`)); err != nil || len(keys) != 0 {
		t.Errorf("an empty set read as %+v, %v", keys, err)
	}
}

func TestKeyIDs(t *testing.T) {
	var keys Keys
	if got := keys.ids(); got != "none: the set is empty" {
		t.Errorf("ids of an empty set: %q", got)
	}
	keys = append(keys, Key{})
	for i := range 14 {
		keys = append(keys, Key{ID: fmt.Sprint(i)})
	}
	if got, want := keys.ids(), "(no kid), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, and 3 more"; got != want {
		t.Errorf("ids of a long set: %q, want %q", got, want)
	}
}
