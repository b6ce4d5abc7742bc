package demo

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// signingKey is the tenant's one key.
type signingKey struct {
	kid     string
	created time.Time
	key     *rsa.PrivateKey
}

func newSigningKey(key *rsa.PrivateKey, kid string, created time.Time) *signingKey {
	if key == nil {
		var err error
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic("demo: no RSA key: " + err.Error()) // crypto/rand does not fail (Go 1.24)
		}
	}
	return &signingKey{kid: kid, created: created, key: key}
}

// jwk is the key as Authgear's key set has it, with a created_at of its own (RFC 7517).
func (k *signingKey) jwk() object {
	b64 := base64.RawURLEncoding.EncodeToString
	return object{
		{"alg", "RS256"},
		{"created_at", k.created.Unix()},
		{"e", b64(big.NewInt(int64(k.key.E)).Bytes())},
		{"kid", k.kid},
		{"kty", "RSA"},
		{"n", b64(k.key.N.Bytes())},
		{"use", "sig"},
	}
}

// sign makes a JWT. Header and claims are maps: their members are written in alphabetical order, as Authgear's are.
func (k *signingKey) sign(typ string, claims map[string]any) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims(claims))
	token.Header["kid"] = k.kid
	token.Header["typ"] = typ
	return token.SignedString(k.key)
}

// open returns the claims of a JWT of ours. It checks the signature and nothing else, as Authgear does with
// id_token_hint: not exp, not iss, not aud.
func (k *signingKey) open(token string) (map[string]any, bool) {
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	_, err := parser.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) { return &k.key.PublicKey, nil })
	return claims, err == nil
}

// The alphabets of Authgear's secrets and of its references.
const (
	alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	base32Chars  = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// newSecret returns 32 letters and digits: codes, opaque access tokens, the second half of refresh tokens.
func newSecret() string { return randomText(alphanumeric) }

// newRef returns 32 characters of Crockford's base 32: references that stand in page URLs.
func newRef() string { return randomText(base32Chars) }

func randomText(alphabet string) string {
	limit := byte(256 / len(alphabet) * len(alphabet) % 256) // 0 where the alphabet divides 256
	text := make([]byte, 0, 32)
	var buf [48]byte
	for len(text) < 32 {
		rand.Read(buf[:])
		for _, b := range buf {
			if (limit == 0 || b < limit) && len(text) < 32 {
				text = append(text, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(text)
}

// newUUID returns a random UUID (RFC 9562, section 5.4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// newTraceParent returns a W3C trace context, which Authgear adds to its redirects.
func newTraceParent() string {
	var b [24]byte
	rand.Read(b[:])
	return fmt.Sprintf("00-%x-%x-01", b[:16], b[16:])
}

// hash is how secrets are kept: hexadecimal SHA-256.
func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
