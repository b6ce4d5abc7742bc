package cli_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

// hush is the secret of the tokens that signHS makes: as long as HS256 wants it.
const hush = "a secret of thirty-two characters"

func signHS(tb testing.TB, claims map[string]any) string {
	tb.Helper()
	s, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString([]byte(hush))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// ecKey is made once.
var ecKey = sync.OnceValue(func() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
})

// signES signs claims as the key "k1".
func signES(tb testing.TB, claims map[string]any) string {
	tb.Helper()
	t := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims(claims))
	t.Header["kid"] = "k1"
	s, err := t.SignedString(ecKey())
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// jwks is the set with the public key of signES, or with the private one, which opens what encrypt makes.
func jwks(tb testing.TB, private bool) string {
	tb.Helper()
	k := jose.JSONWebKey{Key: &ecKey().PublicKey, KeyID: "k1"}
	if private {
		k.Key = ecKey()
	}
	b, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{k}})
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func encrypt(tb testing.TB, content string) string {
	tb.Helper()
	enc, err := jose.NewEncrypter(jose.A128GCM, jose.Recipient{Algorithm: jose.ECDH_ES, Key: &ecKey().PublicKey, KeyID: "k1"}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	o, err := enc.Encrypt([]byte(content))
	if err != nil {
		tb.Fatal(err)
	}
	s, err := o.CompactSerialize()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
