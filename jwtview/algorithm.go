package jwtview

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"

	"github.com/golang-jwt/jwt/v5"
)

// An algorithm is what the signature algorithms of RFC 7518 §3 and RFC 8037 §3.1 need to be verified and explained.
type algorithm struct {
	method jwt.SigningMethod
	hash   crypto.Hash // of the algorithm, also for at_hash
	kty    string      // key type that it goes with
	curve  string      // curve that it goes with
	size   int         // bytes of a signature, 0 where the key decides
}

var algorithms = map[string]algorithm{
	"RS256": {jwt.SigningMethodRS256, crypto.SHA256, "RSA", "", 0},
	"RS384": {jwt.SigningMethodRS384, crypto.SHA384, "RSA", "", 0},
	"RS512": {jwt.SigningMethodRS512, crypto.SHA512, "RSA", "", 0},
	"PS256": {strictPSS(jwt.SigningMethodPS256), crypto.SHA256, "RSA", "", 0},
	"PS384": {strictPSS(jwt.SigningMethodPS384), crypto.SHA384, "RSA", "", 0},
	"PS512": {strictPSS(jwt.SigningMethodPS512), crypto.SHA512, "RSA", "", 0},
	"ES256": {jwt.SigningMethodES256, crypto.SHA256, "EC", "P-256", 64},
	"ES384": {jwt.SigningMethodES384, crypto.SHA384, "EC", "P-384", 96},
	"ES512": {jwt.SigningMethodES512, crypto.SHA512, "EC", "P-521", 132},
	"EdDSA": {jwt.SigningMethodEdDSA, crypto.SHA512, "OKP", "Ed25519", 64},
	// RFC 9864 names the curve in the algorithm; the signature is the same.
	"Ed25519": {jwt.SigningMethodEdDSA, crypto.SHA512, "OKP", "Ed25519", 64},
}

// strictPSS leaves out jwt's allowance for salts of any length: RFC 7518 §3.5 demands that of the hash.
func strictPSS(m *jwt.SigningMethodRSAPSS) jwt.SigningMethod {
	strict := *m
	strict.VerifyOptions = nil
	return &strict
}

// takes reports whether the type and curve of the key are those of the algorithm (RFC 7518 §3.1, §3.4).
func (a algorithm) takes(key crypto.PublicKey) bool {
	switch pub := key.(type) {
	case *rsa.PublicKey:
		return a.kty == "RSA"
	case *ecdsa.PublicKey:
		return a.kty == "EC" && pub.Curve.Params().Name == a.curve
	case ed25519.PublicKey:
		return a.kty == "OKP"
	}
	return false
}
