package jwtview

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// maxBlocks bounds the PEM blocks of one file.
const maxBlocks = 200

// ReadKeys reads the keys that a person gives: a JWK, a JWK set (RFC 7517), or PEM with public keys, certificates or
// private keys (RFC 7468), told apart by content. Unlike [ParseKeys], which reads what an issuer publishes, it keeps
// symmetric keys as secrets and private keys to decrypt with. A key of no use is kept with its Problem.
func ReadKeys(b []byte) (Keys, error) {
	trimmed := bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff")))
	switch {
	case len(b) > MaxSize:
		return nil, fmt.Errorf("keys: %d bytes, more than the %d allowed", len(b), MaxSize)
	case len(trimmed) == 0:
		return nil, errors.New("keys: empty")
	case bytes.Contains(trimmed, []byte("-----BEGIN ")):
		return readPEM(trimmed)
	case trimmed[0] != '{':
		return nil, errors.New("keys: neither a JWK, a JWK set nor PEM; a secret is read apart from keys")
	}
	keys, err := ParseKeys(trimmed)
	if err != nil {
		return nil, err
	}
	v, err := ParseJSON(trimmed)
	if err != nil {
		return nil, err
	}
	set, ok := v.Get("keys")
	if !ok {
		set = Value{Kind: Array, Elems: []Value{v}}
	}
	for i := range keys {
		keys[i].keepSecrets(set.Elems[i])
	}
	return keys, nil
}

// keepSecrets adds what a published key must not have: the secret of a symmetric key (RFC 7518 §6.4), the private part.
func (k *Key) keepSecrets(v Value) {
	if v.Kind != Object || len(v.Duplicates()) > 0 {
		return
	}
	if k.Type == "oct" {
		text, _ := v.Str("k")
		secret, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(secret) == 0 {
			k.Problem = "k of the symmetric key is missing or not base64url (RFC 7518 §6.4.1)"
			return
		}
		k.Problem, k.Bits, k.mac, k.private = "", 8*len(secret), hidden(secret), hidden[any](secret)
		return
	}
	crv, _ := v.Str("crv")
	if _, ok := v.Get("d"); !ok && crv != "X25519" {
		return
	}
	var parsed jose.JSONWebKey
	if err := parsed.UnmarshalJSON([]byte(privatePart(v).String())); err == nil && !parsed.IsPublic() {
		k.private = hidden(parsed.Key)
	}
}

// privatePart leaves out certificates and usage, which go-jose would check and refuse a good key for.
func privatePart(v Value) Value {
	part := Value{Kind: Object}
	for _, m := range v.Members {
		switch m.Name {
		case "kty", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi":
			part.Members = append(part.Members, m)
		}
	}
	return part
}

func readPEM(b []byte) (Keys, error) {
	var keys Keys
	for len(keys) < maxBlocks {
		block, rest := pem.Decode(b)
		if block == nil {
			break
		}
		keys, b = append(keys, pemKey(block)), rest
	}
	if len(keys) == 0 {
		return nil, errors.New("keys: PEM that cannot be read: a line is missing or changed")
	}
	return keys, nil
}

// pemKey reads one block. A PEM key has no kid, alg or use: it is tried whatever kid a token names.
func pemKey(block *pem.Block) Key {
	k := Key{Source: block.Type + " of the PEM file", loose: true}
	var key any
	var err error
	switch block.Type {
	case "PUBLIC KEY":
		key, err = x509.ParsePKIXPublicKey(block.Bytes)
	case "RSA PUBLIC KEY":
		key, err = x509.ParsePKCS1PublicKey(block.Bytes)
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "CERTIFICATE":
		var cert *x509.Certificate
		if cert, err = x509.ParseCertificate(block.Bytes); err == nil {
			k.Source, key = "certificate of "+clip(cert.Subject.String(), 80), cert.PublicKey
		}
	default:
		err = errors.New("not a kind of PEM block that holds a key")
	}
	if err != nil {
		k.Problem = fmt.Sprintf("%s cannot be read: %s", clip(block.Type, 40), clip(err.Error(), 120))
		return k
	}
	k.adopt(key)
	return k
}

// adopt sorts out a key that crypto/x509 read.
func (k *Key) adopt(key any) {
	if private, ok := key.(crypto.Signer); ok {
		k.Private, k.private, key = true, hidden(key), private.Public()
	}
	switch pub := key.(type) {
	case *rsa.PublicKey:
		k.Type, k.Bits = "RSA", pub.N.BitLen()
		if k.Bits > maxBits {
			k.Problem = fmt.Sprintf("RSA with %d bits, more than the %d that are verified here", k.Bits, maxBits)
			return
		}
		k.Public = pub
	case *ecdsa.PublicKey:
		k.Type, k.Bits, k.Public = "EC", pub.Curve.Params().BitSize, pub
	case ed25519.PublicKey:
		k.Type, k.Bits, k.Public = "OKP", 256, pub
	default:
		k.Problem = fmt.Sprintf("a key of type %T is not verified here", key)
	}
}

// Thumbprint is that of the public key (RFC 7638), which many issuers use as kid, "" for a key without one.
func (k Key) Thumbprint() string {
	b, err := (&jose.JSONWebKey{Key: k.Public}).Thumbprint(crypto.SHA256)
	if k.Public == nil || err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}
