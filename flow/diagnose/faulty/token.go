package faulty

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// key signs the tenant's tokens, and those that Resign made of them.
var key = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

var idToken = regexp.MustCompile(`"id_token":"([^"]+)"`)

// IDToken changes header and claims of the ID token in a token response, and signs it again with the tenant's key.
func IDToken(change func(header, claims map[string]any)) func(*Answer) {
	return func(a *Answer) {
		if m := idToken.FindSubmatch(a.Body); m != nil {
			a.Swap(string(m[1]), Resign(string(m[1]), change))
		}
	}
}

// RawIDToken replaces the ID token by what f makes of it.
func RawIDToken(f func(old string) string) func(*Answer) {
	return func(a *Answer) {
		if m := idToken.FindSubmatch(a.Body); m != nil {
			a.Swap(string(m[1]), f(string(m[1])))
		}
	}
}

// Resign makes another token of one, with a signature of the tenant's.
func Resign(token string, change func(header, claims map[string]any)) string {
	parts := strings.Split(token, ".")
	header, claims := part(parts[0]), part(parts[1])
	change(header, claims)
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(claims))
	t.Header = header
	signed, err := t.SignedString(key())
	if err != nil {
		panic(err)
	}
	return signed
}

// Unsigned makes a token of another that has alg none and no signature.
func Unsigned(token string) string {
	parts := strings.Split(token, ".")
	h := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	return h + "." + parts[1] + "."
}

func part(s string) map[string]any {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	m := map[string]any{}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		panic(err)
	}
	return m
}
