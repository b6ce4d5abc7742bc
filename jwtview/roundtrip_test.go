package jwtview

import (
	"encoding/json"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// What jwt/v5 and go-jose produce decodes to what went in, and verifies.
func TestRoundTrip(t *testing.T) {
	const claims = `{"iss":"https://i","sub":"u","aud":["a","b"],"exp":1795382012,"nested":{"n":[1,2.5,null,true,"é"]}}`
	secret := []byte("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")
	for _, alg := range []string{"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"} {
		var key any = secret
		keys := ReadSecret(secret, AsText)
		if !isMAC(alg) {
			key, keys = signerOf(alg).private, mustKeys(t, signerOf(alg).jwk)
		}
		for maker, s := range map[string]string{"jwt/v5": byJWT(t, alg, key, claims), "go-jose": byJOSE(t, alg, key, claims, true), "go-jose in JSON": byJOSE(t, alg, key, claims, false)} {
			in := Inspect(s)
			if !sameJSON(t, string(in.Token.Payload), claims) || !sameJSON(t, in.Token.Claims.String(), claims) {
				t.Errorf("%s %s: decoded to %s", maker, alg, in.Token.Claims)
			}
			if c := in.Token.CheckSignature(keys); c.Status != Passed || in.Token.Alg() != alg {
				t.Errorf("%s %s: %s: %s", maker, alg, c.Status, c.Detail)
			}
		}
	}
}

func byJWT(t testing.TB, alg string, key any, claims string) string {
	t.Helper()
	var m jwt.MapClaims
	if err := json.Unmarshal([]byte(claims), &m); err != nil {
		t.Fatal(err)
	}
	s, err := jwt.NewWithClaims(jwt.GetSigningMethod(alg), m).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func byJOSE(t testing.TB, alg string, key any, claims string, compact bool) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(alg), Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	object, err := signer.Sign([]byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	if !compact {
		return object.FullSerialize()
	}
	s, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sameJSON(t testing.TB, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	i, _ := json.Marshal(x)
	j, _ := json.Marshal(y)
	return string(i) == string(j)
}
