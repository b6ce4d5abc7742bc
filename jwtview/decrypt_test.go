package jwtview

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// encrypted makes a JWE with go-jose.
func encrypted(t testing.TB, alg jose.KeyAlgorithm, key any, content string, zip jose.CompressionAlgorithm) string {
	t.Helper()
	options := (&jose.EncrypterOptions{Compression: zip}).WithContentType("JWT")
	e, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: alg, Key: key, PBES2Count: 1000}, options)
	if err != nil {
		t.Fatal(err)
	}
	object, err := e.Encrypt([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	s, err := object.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// privateKeys are the pairs of the tests as a JWK set with private keys.
func privateKeys(t testing.TB) Keys {
	t.Helper()
	var set jose.JSONWebKeySet
	for _, name := range []string{"RSA", "256", "Ed"} {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: signers()[name].private})
	}
	b, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ReadKeys(b)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// What go-jose encrypts comes back, with the key named that opened it.
func TestDecryptRoundTrip(t *testing.T) {
	rsaKey, ecKey := signers()["RSA"].private.(*rsa.PrivateKey), signers()["256"].private.(*ecdsa.PrivateKey)
	secret := []byte("0123456789abcdef0123456789abcdef")
	for _, tt := range []struct {
		alg  jose.KeyAlgorithm
		key  any
		with Keys
	}{
		{jose.RSA_OAEP, rsaKey.Public(), privateKeys(t)}, {jose.RSA_OAEP_256, rsaKey.Public(), privateKeys(t)},
		{jose.ECDH_ES, ecKey.Public(), privateKeys(t)}, {jose.ECDH_ES_A256KW, ecKey.Public(), privateKeys(t)},
		{jose.DIRECT, secret, ReadSecret(secret, AsText)}, {jose.A256KW, secret, ReadSecret(secret, AsText)}, {jose.A256GCMKW, secret, ReadSecret(secret, AsText)},
		{jose.PBES2_HS256_A128KW, []byte("correct horse"), ReadSecret([]byte("correct horse\n"), AsText)},
	} {
		in := Inspect(encrypted(t, tt.alg, tt.key, authgearIDToken, jose.DEFLATE))
		content, c := in.Token.Decrypt(tt.with)
		if c.Status != Passed || string(content) != authgearIDToken || !strings.Contains(c.Got, string(tt.alg)) {
			t.Errorf("%s: %s, %s: %s", tt.alg, c.Status, c.Got, c.Detail)
		}
		if in.Shape != ShapeJWE || Inspect(string(content)).Role != RoleIDToken {
			t.Errorf("%s: outside %s, inside %s", tt.alg, in.Name, Inspect(string(content)).Name)
		}
	}
}

func TestDecryptRefuses(t *testing.T) {
	rsaKey := signers()["RSA"].private.(*rsa.PrivateKey)
	jwe := encrypted(t, jose.RSA_OAEP, rsaKey.Public(), "x", jose.NONE)
	changed := jwe[:len(jwe)-4] + "AAAA"
	p2c := func(n string) string {
		return b64(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAAAAAAA","p2c":`+n+`}`) + ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"
	}
	password := ReadSecret([]byte("p"), AsText)
	encKey, _ := ReadKeys([]byte(with(signers()["RSA"].jwk, `"use":"sig"`)))
	encKey[0].private = hidden[any](rsaKey)
	bomb := encrypted(t, jose.DIRECT, []byte("0123456789abcdef0123456789abcdef"), strings.Repeat("a", 3<<20), jose.DEFLATE)
	tests := []struct {
		name, in string
		keys     Keys
		status   Status
		detail   string
	}{
		{"no key", jwe, nil, NotApplicable, "no key was given"},
		{"not encrypted", authgearIDToken, password, NotApplicable, "not encrypted"},
		{"public key", jwe, mustKeys(t, signers()["RSA"].jwk), Failed, "only the private one opens"},
		{"changed", changed, privateKeys(t)[:1], Failed, "the token was changed"},
		{"another type", jwe, privateKeys(t)[1:2], Failed, "does not go with RSA-OAEP"},
		{"a secret", jwe, password, Failed, "does not go with RSA-OAEP"},
		{"use", jwe, encKey, Failed, `use "sig", not enc`},
		{"too many rounds", p2c("2000000000"), password, Failed, "more than the 1000000 allowed"},
		{"rounds beyond any number", p2c("1e400"), password, Failed, "not a positive whole number"},
		{"no rounds", p2c("0"), password, Failed, "not a positive whole number"},
		{"bomb", bomb, ReadSecret([]byte("0123456789abcdef0123456789abcdef"), AsText), Failed, "too large"},
		{"unknown alg", b64(`{"alg":"X","enc":"A128GCM"}`) + ".a.b.c.d", password, Failed, "cannot be read as a JWE"},
	}
	for _, tt := range tests {
		content, c := Inspect(tt.in).Token.Decrypt(tt.keys)
		if content != nil || c.Status != tt.status || !strings.Contains(c.Detail, tt.detail) || strings.Contains(c.Detail, "go-jose") {
			t.Errorf("%s: %s: %s; want %s %q", tt.name, c.Status, c.Detail, tt.status, tt.detail)
		}
	}
}

// One password, many recipients: the rounds are those of all of them.
func TestDecryptBoundsRecipients(t *testing.T) {
	recipient := `{"header":{"alg":"PBES2-HS256+A128KW","p2s":"AAAA","p2c":900000},"encrypted_key":"AAAA"}`
	jwe := `{"protected":"` + b64(`{"enc":"A128GCM"}`) + `","recipients":[` + strings.Repeat(recipient+",", 49) + recipient + `],"iv":"AAAA","ciphertext":"AA","tag":"AAAA"}`
	if _, c := Inspect(jwe).Token.Decrypt(ReadSecret([]byte("p"), AsText)); c.Status != Failed || !strings.Contains(c.Detail, "50 times") {
		t.Errorf("%s: %s", c.Status, c.Detail)
	}
}
