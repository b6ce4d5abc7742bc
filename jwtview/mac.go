package jwtview

import (
	"crypto"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
)

// macs are the algorithms of RFC 7518 §3.2. They stand apart from those that a public key verifies, so that no lookup
// can mix the two (RFC 8725 §3.1). jwt compares in constant time (hmac.Equal).
var macs = map[string]algorithm{
	"HS256": {jwt.SigningMethodHS256, crypto.SHA256, "oct", "", 32},
	"HS384": {jwt.SigningMethodHS384, crypto.SHA384, "oct", "", 48},
	"HS512": {jwt.SigningMethodHS512, crypto.SHA512, "oct", "", 64},
}

// unverified are algorithms known by name and not verified here: what it is says more than "unknown".
var unverified = map[string]string{
	"ES256K":    "ECDSA on secp256k1 (RFC 8812 §3.2)",
	"Ed448":     "EdDSA on Ed448 (RFC 9864 §2.2)",
	"ML-DSA-44": "a post-quantum signature (RFC 9964, FIPS 204)",
	"ML-DSA-65": "a post-quantum signature (RFC 9964, FIPS 204)",
	"ML-DSA-87": "a post-quantum signature (RFC 9964, FIPS 204)",
	"RS1":       "RSA with SHA-1, which is broken (RFC 8812 §2)",
}

// notVerifiedHere names the algorithm that a verdict is wanting for.
func notVerifiedHere(alg string) string {
	text := fmt.Sprintf("The algorithm %q is not verified here", clip(alg, 40))
	if what, ok := unverified[alg]; ok {
		return text + ": " + what + "."
	}
	return text + ". Names are case-sensitive."
}

func lookUp(alg string) (algorithm, bool) {
	if a, ok := macs[alg]; ok {
		return a, true
	}
	a, ok := algorithms[alg]
	return a, ok
}

func isMAC(alg string) bool {
	_, ok := macs[alg]
	return ok
}

// sameMethod reports that the alg of a key is another name of the algorithm (RFC 9864: EdDSA and Ed25519).
func sameMethod(name string, alg algorithm) bool {
	other, ok := lookUp(name)
	return ok && other.method == alg.method
}

// hidden keeps a secret behind a function, which no verb of fmt and no encoder looks into.
func hidden[T any](secret T) func() T {
	return func() T { return secret }
}

func (keys Keys) haveSecret() bool {
	for _, k := range keys {
		if k.mac != nil {
			return true
		}
	}
	return false
}

// suits reports that the key is of the type that the algorithm needs. A public key never is a MAC's secret (RFC 8725 §2.1).
func (k Key) suits(alg algorithm) bool {
	if alg.kty == "oct" {
		return k.mac != nil
	}
	return k.mac == nil && alg.takes(k.Public)
}

// verifier is the key as jwt takes it.
func (k Key) verifier() any {
	if k.mac != nil {
		return k.mac()
	}
	return k.Public
}

func whyNotMAC(n int, alg algorithm) string {
	if n != alg.size {
		return fmt.Sprintf("the MAC has %d bytes, its hash makes %d: cut off, or made with another algorithm", n, alg.size)
	}
	return "the token was changed, or made with another secret, or with this one read another way (text, base64, hex)"
}
