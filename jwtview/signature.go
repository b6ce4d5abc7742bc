package jwtview

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"slices"
	"strings"
)

const (
	specSignature = "RFC 7515 §5.2"
	wantSignature = "a signature that a key of the set verifies"
)

// maxTried bounds the keys tried for a token without kid: each costs a verification.
const maxTried = 100

// CheckSignature verifies the JWS with the keys of its issuer (RFC 7515 §5.2). It takes the keys that the kid names, or
// every key where there is none, refuses those whose type, alg, use or key_ops do not fit, and says which key verified or
// why none did. alg none never passes, a MAC with a set of public keys neither (RFC 8725 §3.1, §3.2).
func (t Token) CheckSignature(keys Keys) Check {
	c := t.checkAlgWith(keys.haveSecret())
	if c.Status == Failed {
		return c
	}
	candidates := keys
	if kid, named := t.Header.Get("kid"); named {
		if kid.Kind != String {
			c.Got = "kid " + clip(kid.String(), 80)
			return c.fail(`The kid of the header is no string, so it names no key.`, "RFC 7515 §4.1.4")
		}
		candidates = keys.named(kid.Text)
		if len(candidates) == 0 {
			c.Want, c.Got = keys.ids(), clip(kid.Text, 80)
			return c.fail("The header names a key that is not in the set: the set is older than a key rotation, or the token comes from another issuer.",
				"OpenID Connect Core 1.0 §10.1.1")
		}
	}
	return t.try(c, candidates)
}

// UnknownKid reports that the header names a key that is not among keys: time to fetch the set again, once (OpenID Connect
// Core 1.0 §10.1.1).
func (t Token) UnknownKid(keys Keys) bool {
	kid, named := t.Header.Str("kid")
	return t.Format == FormatJWT && named && len(keys.named(kid)) == 0
}

// named returns the keys of that kid, and those that cannot have one: a secret, or what stood in a PEM file.
func (keys Keys) named(kid string) Keys {
	var all Keys
	for _, k := range keys {
		if k.ID == kid || k.loose {
			all = append(all, k)
		}
	}
	return all
}

func (c Check) fail(detail, spec string) Check {
	c.Status, c.Detail = Failed, detail
	if spec != "" {
		c.Spec = spec
	}
	return c
}

func (c Check) skip(detail string) Check {
	c.Status, c.Detail = NotApplicable, detail
	return c
}

func (c Check) pass(detail string) Check {
	c.Status, c.Detail = Passed, detail
	return c
}

// checkAlg finds what no public key can repair. Its check is Failed, or has no status yet.
func (t Token) checkAlg() Check { return t.checkAlgWith(false) }

// checkAlgWith lets a MAC through where there is a secret among the keys.
func (t Token) checkAlgWith(secret bool) Check {
	c := Check{ID: "signature", Want: wantSignature, Got: t.Describe(), Spec: specSignature}
	switch t.Format {
	case FormatJWT:
	case FormatJWE:
		return c.fail("The token is encrypted: only the holder of the key can open it and see what was signed. Not verified here.", "RFC 7516 §5.2")
	default:
		return c.fail("The token is no JWT, so there is no signature in it.", "RFC 7519 §7.2")
	}
	for _, name := range [...]string{"alg", "kid", "crit"} {
		if t.Header.count(name) > 1 {
			return c.fail(fmt.Sprintf("%q occurs more than once in the header: readers disagree about which one counts, so it must be rejected.", name), "RFC 7515 §4")
		}
	}
	if crit, ok := t.Header.Get("crit"); ok {
		c.Got = "crit " + clip(crit.String(), 80)
		return c.fail("The header lists extensions that must be understood, and none is understood here: it must be rejected.", "RFC 7515 §4.1.11")
	}
	alg, ok := t.Header.Get("alg")
	if !ok || alg.Kind != String {
		return c.fail("The header names no algorithm.", "RFC 7515 §4.1.1")
	}
	c.Want = clip(alg.Text, 40) + ", by a key of the set"
	return t.checkKind(c, alg.Text, secret)
}

// checkKind refuses the algorithms that no public key verifies, and those that are not known.
func (t Token) checkKind(c Check, alg string, secret bool) Check {
	_, known := lookUp(alg)
	switch {
	case isNone(alg):
		c.Want = wantSignature
		c.Got = "alg " + clip(alg, 40)
		return c.fail("The token is not signed: anybody can have written it.", "RFC 8725 §3.2")
	case isMAC(alg) && !secret:
		return c.fail("This is a MAC, made with a secret that both sides share. Public keys cannot verify it, and to use one as the secret would let anybody sign.", "RFC 8725 §3.1")
	case !known:
		return c.fail(notVerifiedHere(alg), "RFC 7518 §3.1")
	case len(t.Signature) == 0:
		c.Got = "no signature"
		detail := "The third part is empty: the token was cut off, or its signature removed."
		if t.flaw != "" {
			detail = "No signature can be read: " + t.flaw + "."
		}
		return c.fail(detail, "")
	case t.Payload == nil:
		return c.fail("The payload cannot be decoded: "+t.flaw+".", "")
	}
	return c
}

// isNone reports "none" in any case: RFC 7518 §3.6 writes it in lower case, and readers have been tricked with others.
func isNone(alg string) bool { return strings.EqualFold(strings.TrimSpace(alg), "none") }

// try verifies with each key that fits, and says what came of it.
func (t Token) try(c Check, keys Keys) Check {
	alg, _ := lookUp(t.Alg())
	var refused, tried []string
	for _, k := range keys {
		if why := k.unfit(t.Alg(), alg); why != "" {
			refused = append(refused, k.name()+" "+why)
			continue
		}
		if len(tried) == maxTried {
			refused = append(refused, fmt.Sprintf("the keys after the first %d that fit were not tried", maxTried))
			break
		}
		err := alg.method.Verify(t.Signed, t.Signature, k.verifier())
		if err == nil {
			return t.verified(c, k, len(keys))
		}
		tried = append(tried, k.name()+": "+t.whyNot(k, alg, err))
	}
	c.Got = "not verified"
	switch {
	case len(keys) == 0:
		return c.fail("The set has no keys.", "")
	case len(tried) == 0:
		return c.fail("No key fits: "+sentence(refused), "RFC 8725 §3.1")
	}
	detail := "No key verifies it: " + sentence(tried)
	if len(refused) > 0 {
		detail += " Not tried: " + sentence(refused)
	}
	return c.fail(detail, "")
}

// sentence joins a bounded number of reasons.
func sentence(reasons []string) string {
	const limit = 5
	if extra := len(reasons) - limit; extra > 0 {
		reasons = append(slices.Clone(reasons[:limit]), fmt.Sprintf("and %d more", extra))
	}
	return strings.Join(reasons, "; ") + "."
}

// verified holds the key against the bytes as received: only those count.
func (t Token) verified(c Check, k Key, candidates int) Check {
	by := fmt.Sprintf("%s (%s, %s)", k.name(), t.Alg(), k.describe())
	if t.flaw != "" {
		c.Got = "not verified as received"
		return c.fail(fmt.Sprintf("As received it is no compact JWS: %s. Without that, %s verifies it.", t.flaw, by), "RFC 7515 §7.1")
	}
	c.Got = "verified by " + by
	detail := fmt.Sprintf("The holder of this key signed exactly this header and payload: %s.", by)
	if k.mac != nil {
		detail = fmt.Sprintf("Somebody who knows the secret made exactly this header and payload, the issuer or anybody else it was given to: %s.", by)
	}
	if _, named := t.Header.Get("kid"); !named && candidates > 1 {
		detail += fmt.Sprintf(" The header names no kid, which it should in front of %d keys (OpenID Connect Core 1.0 §10.1): each that fits was tried.", candidates)
	}
	return c.pass(detail)
}

// unfit says why a key must not be used with the algorithm, "" if it may (RFC 7517 §4.2 to §4.4, RFC 8725 §3.1).
func (k Key) unfit(name string, alg algorithm) string {
	switch {
	case k.Problem != "":
		return "is unusable: " + k.Problem
	case k.Public == nil && k.mac == nil:
		return "is unusable"
	case k.Use != "" && k.Use != "sig":
		return fmt.Sprintf("has use %q, not sig", clip(k.Use, 40))
	case len(k.Ops) > 0 && !slices.Contains(k.Ops, "verify"):
		return "has key_ops without verify"
	case !k.suits(alg):
		return fmt.Sprintf("is %s, which does not go with %s", k.describe(), name)
	case k.Alg != "" && k.Alg != name && !sameMethod(k.Alg, alg):
		return fmt.Sprintf("is for alg %s, not %s", clip(k.Alg, 40), name)
	}
	return ""
}

// whyNot says what the bytes tell about a signature that does not verify.
func (t Token) whyNot(k Key, alg algorithm, err error) string {
	n := len(t.Signature)
	if k.mac != nil {
		return whyNotMAC(n, alg)
	}
	switch pub := k.Public.(type) {
	case *ecdsa.PublicKey:
		if n != alg.size && t.Signature[0] == 0x30 {
			h := alg.hash.New()
			h.Write([]byte(t.Signed))
			if ecdsa.VerifyASN1(pub, h.Sum(nil), t.Signature) {
				return "the signature is right but in DER, not R and S side by side (RFC 7518 §3.4)"
			}
			return "the signature is in DER, not R and S side by side (RFC 7518 §3.4), and does not verify in DER either"
		}
	case *rsa.PublicKey:
		if n != pub.Size() {
			return fmt.Sprintf("the signature has %d bytes, this key makes %d: cut off, or made by another key", n, pub.Size())
		}
		if k.Bits < 1024 && !errors.Is(err, rsa.ErrVerification) {
			return fmt.Sprintf("an RSA key of %d bits is too weak to verify anything (RFC 7518 §3.3: 2048 or more)", k.Bits)
		}
	}
	if alg.size > 0 && n != alg.size {
		return fmt.Sprintf("the signature has %d bytes, %s has %d", n, t.Alg(), alg.size)
	}
	return "the token was changed after it was signed, or signed with another key"
}
