package jwtview

import (
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// A Key is one member of a JWK set (RFC 7517 §4). A key that cannot be used stays in the list: that it is there, and why
// it is of no use, answers more questions than its absence would.
type Key struct {
	ID      string           // kid
	Alg     string           // alg, the only algorithm it may be used with
	Use     string           // use: sig or enc
	Ops     []string         // key_ops
	Type    string           // kty: RSA, EC, OKP, oct …
	Bits    int              // size of the modulus or the curve
	Public  crypto.PublicKey // *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey; nil when unusable
	Private bool             // the private key was there too, which has no place in a published set
	Problem string           // why it is unusable
	Source  string           // where a key of a file comes from, for example "certificate of CN=idp"; "" for a JWK

	mac     func() []byte // a secret; only ReadKeys and ReadSecret keep one
	private func() any    // what opens a JWE; only ReadKeys and ReadSecret keep it
	loose   bool          // cannot have a kid, so that none can be asked of it
}

// Keys is a JWK set in the order received.
type Keys []Key

// maxBits bounds the work of one verification: crypto/rsa would take a modulus of a million bits too, and minutes.
const maxBits = 16384

// ParseKeys reads a JWK set (RFC 7517 §5) or one JWK. Only what is neither is an error: a key that is odd, or of a type
// not known here, is kept with its Problem (§5: implementations SHOULD ignore such keys, not the set).
func ParseKeys(b []byte) (Keys, error) {
	v, err := ParseJSON(b)
	if err != nil {
		return nil, fmt.Errorf("JWK set: %w", err)
	}
	if v.Kind != Object {
		return nil, fmt.Errorf("JWK set: a JSON %s, not an object", v.Kind)
	}
	set, ok := v.Get("keys")
	if !ok {
		if _, ok := v.Get("kty"); ok {
			return Keys{parseKey(v)}, nil
		}
		return nil, errors.New(`JWK set: no member "keys", and no "kty" of a single key`)
	}
	if set.Kind != Array {
		return nil, fmt.Errorf(`JWK set: "keys" is a JSON %s, not an array`, set.Kind)
	}
	keys := make(Keys, len(set.Elems))
	for i, e := range set.Elems {
		keys[i] = parseKey(e)
	}
	return keys, nil
}

// parseKey reads the plain members here and a curve's key with go-jose, which knows what a point may be.
func parseKey(v Value) Key {
	if v.Kind != Object {
		return Key{Problem: fmt.Sprintf("a JSON %s, not an object", v.Kind)}
	}
	var k Key
	k.ID, _ = v.Str("kid")
	k.Alg, _ = v.Str("alg")
	k.Use, _ = v.Str("use")
	k.Type, _ = v.Str("kty")
	if ops, _ := v.Get("key_ops"); ops.Kind == Array {
		for _, op := range ops.Elems {
			k.Ops = append(k.Ops, op.Text)
		}
	}
	if dup := v.Duplicates(); len(dup) > 0 {
		k.Problem = fmt.Sprintf("member %q occurs more than once", dup[0])
		return k
	}
	if k.Type == "oct" {
		k.Problem = "a symmetric key: a secret, which no published set should hold and no public key replaces"
		return k
	}
	_, k.Private = v.Get("d")
	if k.Type == "RSA" {
		k.rsa(v)
		return k
	}
	var parsed jose.JSONWebKey
	if err := parsed.UnmarshalJSON([]byte(publicPart(v).String())); err != nil {
		k.Problem = unreadable(v, k.Type, err)
		return k
	}
	k.material(parsed.Key)
	return k
}

// rsa reads the two numbers of an RSA key (RFC 7518 §6.3.1) without go-jose, which refuses more than 4096 bits: issuers
// with 8192 are rare, but their tokens are not wrong.
func (k *Key) rsa(v Value) {
	n, nErr := number(v, "n")
	e, eErr := number(v, "e")
	switch err := cmp.Or(nErr, eErr); {
	case err != nil:
		k.Problem = err.Error()
	case n.BitLen() > maxBits:
		k.Problem = fmt.Sprintf("RSA with %d bits, more than the %d that are verified here", n.BitLen(), maxBits)
	case n.Bit(0) == 0:
		k.Problem = "the modulus n of the RSA key is even: it was cut off or changed"
	case e.BitLen() > 31 || e.Bit(0) == 0 || e.BitLen() < 2:
		k.Problem = "the exponent e of the RSA key is not an odd number from 3 to 2147483647"
	default:
		k.Bits, k.Public = n.BitLen(), &rsa.PublicKey{N: n, E: int(e.Int64())}
	}
}

// number reads a Base64urlUInt (RFC 7518 §2).
func number(v Value, name string) (*big.Int, error) {
	text, ok := v.Str(name)
	if !ok || text == "" {
		return nil, fmt.Errorf("the RSA key has no %s (RFC 7518 §6.3.1)", name)
	}
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil {
		return nil, fmt.Errorf("%s of the RSA key is not base64url", name)
	}
	return new(big.Int).SetBytes(b), nil
}

// publicPart keeps the members that make a public key (RFC 7518 §6.2.1, RFC 8037 §2). Without the others go-jose has no
// private key to check and no certificate to reject a good key for.
func publicPart(v Value) Value {
	public := Value{Kind: Object}
	for _, m := range v.Members {
		switch m.Name {
		case "kty", "crv", "x", "y":
			public.Members = append(public.Members, m)
		}
	}
	return public
}

// unreadable says why in the terms of the key, with go-jose's words where there are no better ones.
func unreadable(v Value, kty string, err error) string {
	crv, _ := v.Str("crv")
	switch {
	case kty == "":
		return `no "kty" (RFC 7517 §4.1)`
	case kty == "EC" && crv != "P-256" && crv != "P-384" && crv != "P-521",
		kty == "OKP" && crv != "Ed25519":
		return fmt.Sprintf("curve %q is not verified here", clip(crv, 40))
	case kty != "EC" && kty != "OKP":
		return fmt.Sprintf("key type %q is not known here", clip(kty, 40))
	}
	return strings.TrimPrefix(clip(err.Error(), 200), "go-jose/go-jose: ")
}

// material sorts out what go-jose made of the key.
func (k *Key) material(key any) {
	switch pub := key.(type) {
	case *ecdsa.PublicKey:
		k.Bits = pub.Curve.Params().BitSize
		k.Public = pub
	case ed25519.PublicKey:
		if len(pub) != ed25519.PublicKeySize {
			k.Problem = fmt.Sprintf("an Ed25519 key of %d bytes, not %d", len(pub), ed25519.PublicKeySize)
			return
		}
		k.Bits = 256
		k.Public = pub
	default:
		k.Problem = fmt.Sprintf("key type %q is not verified here", clip(k.Type, 40))
	}
}

// Describe names the material: "RSA 2048 bits", "EC P-256", "Ed25519"; of a key that cannot be used, its type.
func (k Key) Describe() string { return k.describe() }

// describe names the material, as Describe says.
func (k Key) describe() string {
	if k.mac != nil {
		return fmt.Sprintf("secret of %d bytes", len(k.mac()))
	}
	switch pub := k.Public.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d bits", k.Bits)
	case *ecdsa.PublicKey:
		return "EC " + pub.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return clip(k.Type, 40)
}

// name is how a sentence calls the key.
func (k Key) name() string {
	if k.ID == "" && k.Source != "" {
		return "the " + clip(k.Source, 120)
	}
	if k.ID == "" {
		return "the key without kid"
	}
	return "kid " + clip(k.ID, 80)
}

// ids lists the kids of the set for a person, bounded.
func (keys Keys) ids() string {
	const limit = 12
	var names []string
	for i, k := range keys {
		if i == limit {
			names = append(names, fmt.Sprintf("and %d more", len(keys)-limit))
			break
		}
		if k.ID == "" {
			names = append(names, cmp.Or(clip(k.Source, 80), "(no kid)"))
			continue
		}
		names = append(names, clip(k.ID, 80))
	}
	if len(names) == 0 {
		return "none: the set is empty"
	}
	return strings.Join(names, ", ")
}
