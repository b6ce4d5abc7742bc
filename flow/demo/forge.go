package demo

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"regexp"
	"strings"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// otherKeys are keys that the tenant's tokens are not signed with, unless a fault says so. They are made when a fault
// first needs one.
var otherKeys = struct {
	rsa func() *rsa.PrivateKey
	ec  func() *ecdsa.PrivateKey
}{
	sync.OnceValue(func() *rsa.PrivateKey { k, _ := rsa.GenerateKey(rand.Reader, 2048); return k }),
	sync.OnceValue(func() *ecdsa.PrivateKey { k, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader); return k }),
}

const (
	otherRSA = "11111111-2222-4333-8444-555555555555" // kids
	otherEC  = "66666666-7777-4888-9999-aaaaaaaaaaaa"
)

var idTokenMember = regexp.MustCompile(`"id_token":"([^"]+)"`)

// onIDToken changes the ID token of a token response to one of the grants.
//
//go:noinline
func onIDToken(change func(t *Tenant, a *reply, token string) string, grants ...string) func(*Tenant, *reply) {
	return func(t *Tenant, a *reply) {
		for _, grant := range grants {
			if m := idTokenMember.FindSubmatch(a.body); m != nil && a.grant(grant) {
				a.swap(string(m[1]), change(t, a, string(m[1])))
			}
		}
	}
}

// claims changes the claims of the sign-in's ID token, and signs it again as the tenant does.
//
//go:noinline
func claims(change func(t *Tenant, claims jwt.MapClaims)) func(*Tenant, *reply) {
	return onIDToken(reclaimed(change), grantCode)
}

// refreshedClaims is claims for the ID token of a refresh.
//
//go:noinline
func refreshedClaims(change func(t *Tenant, claims jwt.MapClaims)) func(*Tenant, *reply) {
	return onIDToken(reclaimed(change), grantRefresh)
}

//go:noinline
func reclaimed(change func(*Tenant, jwt.MapClaims)) func(*Tenant, *reply, string) string {
	return func(t *Tenant, _ *reply, token string) string {
		return t.resign(token, func(_ map[string]any, c jwt.MapClaims) { change(t, c) })
	}
}

// parts decodes header and claims of a token of ours.
func parts(token string) (header map[string]any, c jwt.MapClaims) {
	p := strings.Split(token, ".")
	for i, into := range []any{&header, &c} {
		if b, err := base64.RawURLEncoding.DecodeString(p[i]); err == nil {
			d := json.NewDecoder(strings.NewReader(string(b)))
			d.UseNumber()
			d.Decode(into)
		}
	}
	return header, c
}

// resign makes another token of one, with the tenant's signature.
func (t *Tenant) resign(token string, change func(header map[string]any, c jwt.MapClaims)) string {
	header, c := parts(token)
	change(header, c)
	return signWith(jwt.SigningMethodRS256, t.key().key, header, c)
}

func signWith(method jwt.SigningMethod, key any, header map[string]any, c jwt.MapClaims) string {
	token := jwt.NewWithClaims(method, c)
	header["alg"] = method.Alg()
	token.Header = header
	signed, err := token.SignedString(key)
	if err != nil {
		return "" // the keys are ours and fit
	}
	return signed
}

// broken changes the signature so that it holds no more.
func broken(token string) string {
	i := len(token) - 10
	c := byte('A')
	if token[i] == c {
		c = 'B'
	}
	return token[:i] + string(c) + token[i+1:]
}

// Tokens that must not be accepted.
func brokenRS256(_ *Tenant, _ *reply, token string) string { return broken(token) }

func brokenES256(_ *Tenant, _ *reply, token string) string {
	header, c := parts(token)
	header["kid"] = otherEC
	return broken(signWith(jwt.SigningMethodES256, otherKeys.ec(), header, c))
}

// brokenHS256 is a MAC with a secret that is not the client's.
func brokenHS256(_ *Tenant, _ *reply, token string) string {
	header, c := parts(token)
	delete(header, "kid")
	return signWith(jwt.SigningMethodHS256, []byte(newSecret()+newSecret()), header, c)
}

// publicKeyHS256 uses the public key as the secret of a MAC, which whoever reads the key set can do (RFC 8725, section 2.1).
func publicKeyHS256(t *Tenant, _ *reply, token string) string {
	header, c := parts(token)
	der, _ := x509.MarshalPKIXPublicKey(&t.key().key.PublicKey)
	return signWith(jwt.SigningMethodHS256, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), header, c)
}

func unsigned(_ *Tenant, _ *reply, token string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + strings.Split(token, ".")[1] + "."
}

func withoutKid(t *Tenant, _ *reply, token string) string {
	return t.resign(token, func(h map[string]any, _ jwt.MapClaims) { delete(h, "kid") })
}

// withOtherKey signs with a key that the tenant changed to.
func withOtherKey(_ *Tenant, _ *reply, token string) string {
	header, c := parts(token)
	header["kid"] = otherRSA
	return signWith(jwt.SigningMethodRS256, otherKeys.rsa(), header, c)
}

// encrypted is the token as a JWE for a key that nobody here has (RFC 7516, section 3.1; alg dir of RFC 7518, section 4.5).
func encrypted(_ *Tenant, _ *reply, token string) string {
	b64 := base64.RawURLEncoding.EncodeToString
	key, iv := make([]byte, 32), make([]byte, 12)
	rand.Read(key)
	rand.Read(iv)
	header := b64([]byte(`{"alg":"dir","cty":"JWT","enc":"A256GCM","kid":"of-the-client"}`))
	block, _ := aes.NewCipher(key)
	gcm, _ := cipher.NewGCM(block)
	sealed := gcm.Seal(nil, iv, []byte(token), []byte(header))
	tag := len(sealed) - 16
	return strings.Join([]string{header, "", b64(iv), b64(sealed[:tag]), b64(sealed[tag:])}, ".")
}
