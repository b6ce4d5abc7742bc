package jwtview

const (
	jwaSign = "RFC 7518 §3.1"
	jwaKey  = "RFC 7518 §4.1"
	jwaEnc  = "RFC 7518 §5.1"
)

// algValues are the algorithms of the IANA registry "JSON Web Signature and Encryption Algorithms".
var algValues = map[string]meaning{
	"none":  {"not signed", jwaSign},
	"HS256": {"MAC with a shared secret, SHA-256", jwaSign}, "HS384": {"MAC with a shared secret, SHA-384", jwaSign}, "HS512": {"MAC with a shared secret, SHA-512", jwaSign},
	"RS256": {"RSA signature, PKCS #1 v1.5, SHA-256", jwaSign}, "RS384": {"RSA signature, PKCS #1 v1.5, SHA-384", jwaSign}, "RS512": {"RSA signature, PKCS #1 v1.5, SHA-512", jwaSign},
	"PS256": {"RSA signature, PSS, SHA-256", jwaSign}, "PS384": {"RSA signature, PSS, SHA-384", jwaSign}, "PS512": {"RSA signature, PSS, SHA-512", jwaSign},
	"ES256": {"ECDSA signature, P-256, SHA-256", jwaSign}, "ES384": {"ECDSA signature, P-384, SHA-384", jwaSign}, "ES512": {"ECDSA signature, P-521, SHA-512", jwaSign},
	"ES256K": {"ECDSA signature, secp256k1, SHA-256", "RFC 8812 §3.2"}, "EdDSA": {"Edwards curve signature, Ed25519 or Ed448", "RFC 8037 §3.1"},
	"Ed25519": {"Edwards curve signature, Ed25519", "RFC 9864 §2.2"}, "Ed448": {"Edwards curve signature, Ed448", "RFC 9864 §2.2"},
	"ML-DSA-44": {"post-quantum signature", "RFC 9964"}, "ML-DSA-65": {"post-quantum signature", "RFC 9964"}, "ML-DSA-87": {"post-quantum signature", "RFC 9964"},

	"RSA1_5": {"key encrypted with RSA, PKCS #1 v1.5", jwaKey}, "RSA-OAEP": {"key encrypted with RSA, OAEP, SHA-1", jwaKey}, "RSA-OAEP-256": {"key encrypted with RSA, OAEP, SHA-256", jwaKey},
	"A128KW": {"key wrapped with AES-128", jwaKey}, "A192KW": {"key wrapped with AES-192", jwaKey}, "A256KW": {"key wrapped with AES-256", jwaKey},
	"dir": {"the shared secret is the key of the content", jwaKey}, "ECDH-ES": {"key agreed on with elliptic curves", jwaKey},
	"ECDH-ES+A128KW": {"key agreed on, then AES-128 key wrap", jwaKey}, "ECDH-ES+A192KW": {"key agreed on, then AES-192 key wrap", jwaKey}, "ECDH-ES+A256KW": {"key agreed on, then AES-256 key wrap", jwaKey},
	"A128GCMKW": {"key encrypted with AES-128 GCM", jwaKey}, "A192GCMKW": {"key encrypted with AES-192 GCM", jwaKey}, "A256GCMKW": {"key encrypted with AES-256 GCM", jwaKey},
	"PBES2-HS256+A128KW": {"key from a password, SHA-256, AES-128 key wrap", jwaKey}, "PBES2-HS384+A192KW": {"key from a password, SHA-384, AES-192 key wrap", jwaKey}, "PBES2-HS512+A256KW": {"key from a password, SHA-512, AES-256 key wrap", jwaKey},
	"RSA-OAEP-384": {"key encrypted with RSA, OAEP, SHA-384", "W3C WebCrypto"}, "RSA-OAEP-512": {"key encrypted with RSA, OAEP, SHA-512", "W3C WebCrypto"},
}

var encValues = map[string]meaning{
	"A128CBC-HS256": {"AES-128 CBC with a MAC, SHA-256", jwaEnc}, "A192CBC-HS384": {"AES-192 CBC with a MAC, SHA-384", jwaEnc}, "A256CBC-HS512": {"AES-256 CBC with a MAC, SHA-512", jwaEnc},
	"A128GCM": {"AES-128 GCM", jwaEnc}, "A192GCM": {"AES-192 GCM", jwaEnc}, "A256GCM": {"AES-256 GCM", jwaEnc},
}
