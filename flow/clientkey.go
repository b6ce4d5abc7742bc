package flow

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// ClientKey is the private key with which a client signs its assertions. It prints as dots.
type ClientKey struct {
	signer crypto.Signer
	kid    string
	alg    string // that its JWK is for, or ""
}

// Format writes dots for every verb.
func (k *ClientKey) Format(f fmt.State, _ rune) { fmt.Fprint(f, trace.Secret{}) }

// KeyID returns the kid that assertions name, or "".
func (k *ClientKey) KeyID() string { return k.kid }

// Public returns the public half.
func (k *ClientKey) Public() crypto.PublicKey { return k.signer.Public() }

// about says what kind of key it is, and its size.
func (k *ClientKey) about() (words string, bits int) {
	switch key := k.signer.(type) {
	case *rsa.PrivateKey:
		return fmt.Sprintf("RSA, %d bits", key.N.BitLen()), key.N.BitLen()
	case *ecdsa.PrivateKey:
		return "EC, " + key.Curve.Params().Name, key.Curve.Params().BitSize
	}
	return "Ed25519", 256
}

// algs are the JWS algorithms that the key can sign with, the usual one first (RFC 7518 §3.1, RFC 8037, RFC 9864).
func (k *ClientKey) algs() []string {
	switch key := k.signer.(type) {
	case *rsa.PrivateKey:
		return []string{"RS256", "PS256", "RS384", "PS384", "RS512", "PS512"}
	case *ecdsa.PrivateKey:
		return []string{map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[key.Curve.Params().BitSize]}
	}
	return []string{"EdDSA", "Ed25519"}
}

// maxKeyFile bounds a file with keys.
const maxKeyFile = 1 << 20

// ParseClientKey reads the private key of a client: PEM with PKCS #1, PKCS #8 or SEC 1, a JWK, or a JWK set, of which
// kid chooses one. With PEM, and a JWK that has none, kid is what assertions will name. Errors tell nothing of the key.
func ParseClientKey(data []byte, kid string) (*ClientKey, error) {
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	switch {
	case len(data) == 0:
		return nil, errors.New("the file is empty: a private key is expected, as PEM or JWK")
	case len(data) > maxKeyFile:
		return nil, fmt.Errorf("the file has %d bytes, more than one with a key can have (%d)", len(data), maxKeyFile)
	case data[0] == '{':
		return parseJWK(data, kid)
	case !bytes.Contains(data, []byte("-----BEGIN ")):
		return nil, errors.New("this is neither PEM (-----BEGIN PRIVATE KEY-----) nor a JWK ({\"kty\":…})")
	}
	signer, err := parsePEM(data)
	if err != nil {
		return nil, err
	}
	return newClientKey(signer, kid, "")
}

func newClientKey(key any, kid, alg string) (*ClientKey, error) {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("a key of type %T cannot sign: RSA, EC (P-256, P-384, P-521) and Ed25519 keys can", key)
	}
	k := &ClientKey{signer, kid, alg}
	switch key := signer.(type) {
	case *rsa.PrivateKey:
		if n := key.N.BitLen(); n < 1024 || n > 16384 {
			return nil, fmt.Errorf("an RSA key of %d bits is not used: RFC 7518 §3.3 wants 2048 or more", n)
		}
	case *ecdsa.PrivateKey:
		if k.algs()[0] == "" {
			return nil, fmt.Errorf("no algorithm of RFC 7518 §3.4 signs with the curve %s: P-256, P-384 and P-521 have one", key.Curve.Params().Name)
		}
	case ed25519.PrivateKey:
	default:
		return nil, fmt.Errorf("a key of type %T is not signed with: RSA, EC (P-256, P-384, P-521) and Ed25519 keys are", key)
	}
	if alg != "" && !slices.Contains(k.algs(), alg) {
		return nil, fmt.Errorf("the JWK has alg %.20q, which its key cannot sign with: %s", alg, strings.Join(k.algs(), ", "))
	}
	return k, nil
}

// parsePEM finds the one private key. Certificates and parameters beside it are passed over.
func parsePEM(data []byte) (key any, err error) {
	var others []string
	n := 0
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return nil, errors.New("the private key is encrypted with a passphrase, which authscope does not ask for: " +
				"`openssl pkey -in FILE -out plain.pem` decrypts it; keep the result readable by you alone (chmod 600)")
		}
		parse, private := pemKeys[block.Type]
		if !private {
			others = append(others, fmt.Sprintf("%.40q", block.Type))
			continue
		}
		if n++; n > 1 {
			return nil, errors.New("the file holds more than one private key: leave the one that is registered for this client")
		}
		if key, err = parse(block.Bytes); err != nil {
			return nil, fmt.Errorf("the block %q cannot be read: it was cut or changed, or its kind of key is not known", block.Type)
		}
	}
	switch {
	case n == 1:
		return key, nil
	case len(others) > 0:
		return nil, fmt.Errorf("the file holds no private key: only %s", strings.Join(others[:min(len(others), 5)], ", "))
	}
	return nil, errors.New("the PEM cannot be read: a line is missing or changed")
}

var pemKeys = map[string]func([]byte) (any, error){
	"PRIVATE KEY":     x509.ParsePKCS8PrivateKey,
	"RSA PRIVATE KEY": func(b []byte) (any, error) { return x509.ParsePKCS1PrivateKey(b) },
	"EC PRIVATE KEY":  func(b []byte) (any, error) { return x509.ParseECPrivateKey(b) },
}

// jwk is what is read of a JWK besides the key itself (RFC 7517 §4).
type jwk struct {
	Kty string `json:"kty"`
	Kid string `json:"kid"`
	Alg string `json:"alg"`
	Use string `json:"use"`
	D   string `json:"d"`
	raw json.RawMessage
}

// parseJWK reads a JWK or a JWK set (RFC 7517 §4, §5).
func parseJWK(data []byte, kid string) (*ClientKey, error) {
	if _, err := jwtview.ParseJSON(data); err != nil { // bounds depth, and refuses what has two values of one name
		return nil, errors.New("the file begins like a JWK and is no JSON object that can be read")
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(data, &set) != nil || set.Keys == nil {
		set.Keys = []json.RawMessage{data}
	}
	one, err := chooseJWK(set.Keys, kid)
	if err != nil {
		return nil, err
	}
	var parsed jose.JSONWebKey
	if err := parsed.UnmarshalJSON(one.raw); err != nil || parsed.IsPublic() {
		return nil, fmt.Errorf("the JWK of kty %.20q cannot be read as a private key: a member is missing or not base64url", one.Kty)
	}
	if kid == "" {
		kid = one.Kid
	}
	return newClientKey(parsed.Key, kid, one.Alg)
}

// chooseJWK finds the private key that is meant: the one called kid, or the only one.
func chooseJWK(raws []json.RawMessage, kid string) (jwk, error) {
	var private []jwk
	var names []string
	symmetric := false
	for _, raw := range raws {
		k := jwk{raw: raw}
		if json.Unmarshal(raw, &k) != nil || k.Use == "enc" || k.D == "" {
			symmetric = symmetric || k.Kty == "oct"
			continue
		}
		private = append(private, k)
		names = append(names, fmt.Sprintf("%.60q", k.Kid))
	}
	named := slices.DeleteFunc(slices.Clone(private), func(k jwk) bool { return k.Kid != kid })
	switch {
	case len(private) == 0 && symmetric:
		return jwk{}, errors.New("the JWK is a symmetric key (kty oct): that is a client secret, for client_secret_jwt and --client-secret-file")
	case len(private) == 0:
		return jwk{}, errors.New("the file holds no private key to sign with: a JWK has it in the member d")
	case len(named) == 1:
		return named[0], nil
	case len(private) == 1 && (kid == "" || private[0].Kid == ""):
		return private[0], nil
	case kid != "" && len(named) == 0:
		return jwk{}, fmt.Errorf("no private key is called %.60q: the file has %s", kid, strings.Join(names[:min(len(names), 10)], ", "))
	}
	return jwk{}, fmt.Errorf("the file holds %d private keys, %s: --client-key-id says which one, or client_key_id in the profile", len(private), strings.Join(names[:min(len(names), 10)], ", "))
}

// ClientCertificate is a client's certificate with its private key (RFC 8705 §2). It prints as dots.
type ClientCertificate struct {
	pair  tls.Certificate
	about *trace.Certificate
}

// Format writes dots for every verb.
func (c *ClientCertificate) Format(f fmt.State, _ rune) { fmt.Fprint(f, trace.Secret{}) }

// About describes the certificate.
func (c *ClientCertificate) About() *trace.Certificate { return c.about }

// ParseClientCertificate reads a certificate, with the authorities that are sent along after it, and its private key, as
// PEM. An empty key is looked for in cert.
func ParseClientCertificate(cert, key []byte) (*ClientCertificate, error) {
	var pair tls.Certificate
	for rest := cert; len(cert) <= maxKeyFile; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type == "CERTIFICATE" && len(pair.Certificate) < 10 {
			pair.Certificate = append(pair.Certificate, block.Bytes)
		}
	}
	if len(pair.Certificate) == 0 {
		return nil, errors.New("no certificate in PEM form found (-----BEGIN CERTIFICATE-----)")
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		return nil, errors.New("the first certificate cannot be read: it was cut or changed")
	}
	if len(key) == 0 {
		key = cert
	}
	k, err := ParseClientKey(key, "")
	if err != nil {
		return nil, fmt.Errorf("the key of the certificate: %w", err)
	}
	if pub, ok := leaf.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !pub.Equal(k.Public()) {
		return nil, fmt.Errorf("certificate and key do not match: the certificate of %s is for another key", leaf.Subject)
	}
	pair.PrivateKey, pair.Leaf = k.signer, leaf
	return &ClientCertificate{pair, trace.DescribeCertificate(leaf)}, nil
}
