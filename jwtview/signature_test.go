package jwtview

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// The signed examples of RFC 7515 A.2 (RS256), A.3 (ES256), A.4 (ES512) and RFC 8037 A.4 (Ed25519).
const (
	rfcPayload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	rfcRS256   = "eyJhbGciOiJSUzI1NiJ9." + rfcPayload + ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
	rfcES256   = "eyJhbGciOiJFUzI1NiJ9." + rfcPayload + ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
	rfcES512   = "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"
	rfcEdDSA   = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)

func TestSignatureOfSpecifications(t *testing.T) {
	for _, tt := range []struct{ name, token, key, by string }{
		{"RFC 7515 A.2", rfcRS256, rfcRSA, "verified by the key without kid (RS256, RSA 2048 bits)"},
		{"RFC 7515 A.3", rfcES256, rfcP256, "verified by the key without kid (ES256, EC P-256)"},
		{"RFC 7515 A.4", rfcES512, rfcP521, "verified by the key without kid (ES512, EC P-521)"},
		{"RFC 8037 A.4", rfcEdDSA, rfcEd25519, "verified by the key without kid (EdDSA, Ed25519)"},
		{"Authgear", authgearIDToken, authgearKeys[len(`{"keys":[`) : len(authgearKeys)-2], "verified by kid ca09a815-5746-4a3a-b81f-ff9c6be36a4e (RS256, RSA 2048 bits)"},
	} {
		if c := Decode(tt.token).CheckSignature(mustKeys(t, tt.key)); c.Status != Passed || c.Got != tt.by {
			t.Errorf("%s: %s, %q: %s; want passed, %q", tt.name, c.Status, c.Got, c.Detail, tt.by)
		}
	}
}

// A signer is one key pair of the tests.
type signer struct {
	private any
	jwk     string // the public key
}

// signers makes one pair per kind of key, once: RSA keys take a while.
var signers = sync.OnceValue(func() map[string]signer {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	_, edKey, err2 := ed25519.GenerateKey(rand.Reader)
	p256, err3 := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, err4 := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p521, err5 := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil || err2 != nil || err3 != nil || err4 != nil || err5 != nil {
		panic("no keys for the tests")
	}
	all := map[string]signer{}
	for name, pair := range map[string][2]any{
		"RSA": {rsaKey, rsaKey.Public()}, "Ed": {edKey, edKey.Public()},
		"256": {p256, p256.Public()}, "384": {p384, p384.Public()}, "512": {p521, p521.Public()},
	} {
		b, err := (jose.JSONWebKey{Key: pair[1]}).MarshalJSON()
		if err != nil {
			panic(err)
		}
		all[name] = signer{pair[0], string(b)}
	}
	return all
})

func signerOf(alg string) signer {
	switch {
	case alg == "EdDSA":
		return signers()["Ed"]
	case strings.HasPrefix(alg, "ES"):
		return signers()[alg[2:]]
	}
	return signers()["RSA"]
}

// sign writes a token with jwt/v5: what it signs must verify here.
func sign(t testing.TB, alg, kid string, claims jwt.MapClaims) string {
	t.Helper()
	tok := jwt.NewWithClaims(jwt.GetSigningMethod(alg), claims)
	if kid != "" {
		tok.Header["kid"] = kid
	}
	s, err := tok.SignedString(signerOf(alg).private)
	if err != nil {
		t.Fatalf("sign %s: %v", alg, err)
	}
	return s
}

func TestSignatureOfJWT(t *testing.T) {
	var all []string
	for _, s := range signers() {
		all = append(all, s.jwk)
	}
	for _, alg := range []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"} {
		jwk := with(signerOf(alg).jwk, `"kid":"k1","alg":"`+alg+`","use":"sig"`)
		named := sign(t, alg, "k1", jwt.MapClaims{"sub": "u"})
		if c := Decode(named).CheckSignature(mustKeys(t, with(rfcP256, `"kid":"k0"`), jwk)); c.Status != Passed {
			t.Errorf("%s: jwt/v5 signed it, and here it is %s: %s", alg, c.Status, c.Detail)
		}
		nameless := sign(t, alg, "", jwt.MapClaims{"sub": "u"})
		c := Decode(nameless).CheckSignature(mustKeys(t, append(all, rfcP256, rfcRSA)...))
		if c.Status != Passed || !strings.Contains(c.Detail, "names no kid") {
			t.Errorf("%s without kid: %s: %s", alg, c.Status, c.Detail)
		}
		parts := strings.Split(named, ".")
		changed := parts[0] + "." + b64(`{"sub":"v"}`) + "." + parts[2]
		if c := Decode(changed).CheckSignature(mustKeys(t, jwk)); c.Status != Failed || !strings.Contains(c.Detail, "changed after it was signed") {
			t.Errorf("%s with another payload: %s: %s", alg, c.Status, c.Detail)
		}
		cut := named[:len(named)-8]
		if c := Decode(cut).CheckSignature(mustKeys(t, jwk)); c.Status != Failed || !strings.Contains(c.Detail, "the signature has") {
			t.Errorf("%s cut short: %s: %s", alg, c.Status, c.Detail)
		}
	}
}

func TestSignatureRefuses(t *testing.T) {
	k1 := func(jwk, members string) string { return with(jwk, `"kid":"k1"`+members) }
	rs := sign(t, "RS256", "k1", jwt.MapClaims{"sub": "u"})
	good := k1(signerOf("RS256").jwk, "")
	claims := `{"sub":"u"}`
	tests := []struct{ name, token, key, got, detail string }{
		{"kid not in the set", sign(t, "RS256", "k9", nil), good, "k9", "names a key that is not in the set"},
		{"kid is a number", token(`{"alg":"RS256","kid":1}`, claims, "s"), good, "kid 1", "kid of the header is no string"},
		{"key for another alg", rs, k1(signerOf("RS256").jwk, `,"alg":"PS256"`), "not verified", "No key fits: kid k1 is for alg PS256, not RS256."},
		{"key for an unknown alg", rs, k1(signerOf("RS256").jwk, `,"alg":"x"`), "not verified", "is for alg x, not RS256"},
		{"key for encryption", rs, k1(signerOf("RS256").jwk, `,"use":"enc"`), "not verified", `kid k1 has use "enc", not sig`},
		{"key to sign only", rs, k1(signerOf("RS256").jwk, `,"key_ops":["sign"]`), "not verified", "kid k1 has key_ops without verify"},
		{"EC key for RS256", rs, k1(rfcP256, ""), "not verified", "kid k1 is EC P-256, which does not go with RS256"},
		{"P-521 key for ES256", sign(t, "ES256", "k1", nil), k1(rfcP521, ""), "not verified", "kid k1 is EC P-521, which does not go with ES256"},
		{"RSA key for EdDSA", sign(t, "EdDSA", "k1", nil), good, "not verified", "is RSA 2048 bits, which does not go with EdDSA"},
		{"unusable key", rs, `{"kid":"k1","kty":"oct","k":"AA"}`, "not verified", "kid k1 is unusable: a symmetric key"},
		{"another key of the same kid", rs, k1(rfcRSA, ""), "not verified", "No key verifies it: kid k1: the token was changed after it was signed, or signed with another key."},
		{"PS256 as RS256", strings.Replace(sign(t, "PS256", "k1", jwt.MapClaims{"sub": "u"}), b64(`{"alg":"PS256",`), b64(`{"alg":"RS256",`), 1), good, "not verified", "No key verifies it"},
		{"HS256", token(`{"alg":"HS256","kid":"k1"}`, claims, "s"), good, "JWT HS256", "This is a MAC"},
		{"ES256K", token(`{"alg":"ES256K","kid":"k1"}`, claims, "s"), good, "JWT ES256K", `"ES256K" is not verified here`},
		{"lower case", token(`{"alg":"rs256","kid":"k1"}`, claims, "s"), good, "JWT rs256", "case-sensitive"},
		{"no alg", token(`{"kid":"k1"}`, claims, "s"), good, "JWT without alg", "names no algorithm"},
		{"alg is a number", token(`{"alg":1,"kid":"k1"}`, claims, "s"), good, "JWT without alg", "names no algorithm"},
		{"crit", token(`{"alg":"RS256","kid":"k1","crit":["exp"]}`, claims, "s"), good, `crit ["exp"]`, "must be understood"},
		{"two algs", token(`{"alg":"RS256","alg":"none"}`, claims, "s"), good, "JWT RS256", `"alg" occurs more than once`},
		{"signature taken off", rs[:strings.LastIndex(rs, ".")+1], good, "no signature", "cut off, or its signature removed"},
		{"signature cut off", rs[:strings.LastIndex(rs, ".")], good, "no signature", "cut off: the signature is missing"},
		{"signature unreadable", rs + "!", good, "no signature", "the signature is not base64url"},
		{"payload unreadable", b64(`{"alg":"RS256","kid":"k1"}`) + ".!.cw", good, "JWT RS256", "payload cannot be decoded"},
		{"opaque", "B9o8xCOnVKcUzlKy1udLNIydOerbhPeD", good, "opaque, 32 characters", "The token is no JWT"},
		{"empty", "", good, "empty", "The token is no JWT"},
		{"JWE", b64(`{"alg":"dir","enc":"A128GCM"}`) + "..a.b.c", good, "JWE dir A128GCM", "The token is encrypted"},
		{"no keys", rfcRS256, "", "not verified", "The set has no keys"},
		{"space around", " " + rs, good, "not verified as received", "white space around the token. Without that, kid k1 (RS256, RSA 2048 bits) verifies it."},
		{"Bearer", "Bearer " + rs, good, "not verified as received", "the scheme of an Authorization header"},
		{"wrapped", rs[:40] + "\n" + rs[40:], good, "not verified as received", "white space or line breaks inside"},
		{"padded", rs + "==", good, "not verified as received", "has padding"},
	}
	for _, tt := range tests {
		keys := Keys{}
		if tt.key != "" {
			keys = mustKeys(t, tt.key)
		}
		c := Decode(tt.token).CheckSignature(keys)
		if c.ID != "signature" || c.Status != Failed || c.Got != tt.got || !strings.Contains(c.Detail, tt.detail) || c.Spec == "" {
			t.Errorf("%s: got %s %q: %s (%s)\nwant failed %q: … %s", tt.name, c.Status, c.Got, c.Detail, c.Spec, tt.got, tt.detail)
		}
	}
	c := Decode(sign(t, "RS256", "k9", nil)).CheckSignature(mustKeys(t, good, with(rfcP256, `"kid":"k2"`)))
	if c.Want != "k1, k2" || c.Got != "k9" {
		t.Errorf("unknown kid: want %q and got %q, should be the kids of the set and the one named", c.Want, c.Got)
	}
}

// alg none has been let through in every spelling somewhere.
func TestNoneNeverVerifies(t *testing.T) {
	keys := mustKeys(t, rfcRSA, rfcP256, rfcEd25519)
	for _, alg := range []string{"none", "None", "NONE", "nOnE", " none", "none ", "nonE"} {
		for _, sig := range []string{"", "s", string(make([]byte, 256))} {
			tok := Decode(token(`{"alg":"`+alg+`"}`, `{"sub":"u"}`, sig))
			for _, e := range []Expect{{}, {KeysKnown: true}, {KeysKnown: true, Keys: keys, Algs: []string{alg}}} {
				if c := tok.VerifyID(e, now)[0]; c.Status != Failed || !strings.Contains(c.Detail, "anybody can have written it") {
					t.Errorf("alg %q with a signature of %d bytes: %s: %s", alg, len(sig), c.Status, c.Detail)
				}
			}
		}
	}
}

// A public key is no secret: a MAC made with one must not verify (RFC 8725 §2.1).
func TestKeyConfusion(t *testing.T) {
	for _, secret := range []string{rfcRSA, authgearKeys, "ofgWCuLjybRlzo0t"} {
		tok, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": "admin"}).SignedString([]byte(secret))
		if err != nil {
			t.Fatal(err)
		}
		if c := Decode(tok).CheckSignature(mustKeys(t, rfcRSA, `{"kty":"oct","k":"AAAA"}`)); c.Status != Failed {
			t.Errorf("a MAC made with %.20q verified: %s", secret, c.Detail)
		}
	}
}

func TestSignatureInDER(t *testing.T) {
	key := signerOf("ES256")
	signed := b64(`{"alg":"ES256","kid":"k"}`) + "." + b64(`{"sub":"u"}`)
	sum := sha256.Sum256([]byte(signed))
	der, err := ecdsa.SignASN1(rand.Reader, key.private.(*ecdsa.PrivateKey), sum[:])
	if err != nil {
		t.Fatal(err)
	}
	tok := Decode(signed + "." + base64.RawURLEncoding.EncodeToString(der))
	if c := tok.CheckSignature(mustKeys(t, with(key.jwk, `"kid":"k"`))); c.Status != Failed || !strings.Contains(c.Detail, "right but in DER") {
		t.Errorf("DER signature by the right key: %s: %s", c.Status, c.Detail)
	}
	if c := tok.CheckSignature(mustKeys(t, with(rfcP256, `"kid":"k"`))); c.Status != Failed || !strings.Contains(c.Detail, "does not verify in DER either") {
		t.Errorf("DER signature by another key: %s: %s", c.Status, c.Detail)
	}
}

// RFC 7518 §3.5: the salt is as long as the hash. jwt/v5 alone would take any.
func TestPSSSalt(t *testing.T) {
	odd := &jwt.SigningMethodRSAPSS{SigningMethodRSA: jwt.SigningMethodPS256.SigningMethodRSA, Options: &rsa.PSSOptions{SaltLength: 8}}
	tok, err := jwt.NewWithClaims(odd, jwt.MapClaims{}).SignedString(signerOf("PS256").private)
	if err != nil {
		t.Fatal(err)
	}
	if c := Decode(tok).CheckSignature(mustKeys(t, signerOf("PS256").jwk)); c.Status != Failed {
		t.Errorf("PS256 with a salt of 8 bytes: %s: %s", c.Status, c.Detail)
	}
}

func TestSignatureWithManyKeys(t *testing.T) {
	tok := Decode(sign(t, "ES256", "", nil))
	var jwks []string
	for range maxTried + 5 {
		jwks = append(jwks, rfcP256)
	}
	c := tok.CheckSignature(mustKeys(t, append(jwks, signerOf("ES256").jwk)...))
	if c.Status != Failed || !strings.Contains(c.Detail, "and 95 more") || !strings.Contains(c.Detail, "after the first 100 that fit were not tried") {
		t.Errorf("with %d keys: %s: %s", len(jwks)+1, c.Status, c.Detail)
	}
}

func TestUnknownKid(t *testing.T) {
	keys := mustKeys(t, with(rfcRSA, `"kid":"k1"`))
	for in, want := range map[string]bool{
		token(`{"alg":"RS256","kid":"k1"}`, `{}`, "s"): false,
		token(`{"alg":"RS256","kid":"k2"}`, `{}`, "s"): true,
		token(`{"alg":"RS256"}`, `{}`, "s"):            false,
		"opaque":                                       false,
	} {
		if got := Decode(in).UnknownKid(keys); got != want {
			t.Errorf("UnknownKid of %s is %t, want %t", in, got, want)
		}
	}
}
