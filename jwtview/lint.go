package jwtview

import (
	"crypto/rsa"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"
)

const (
	minRSA     = 2048 // RFC 7518 §3.3
	longAccess = 24 * 60 * 60
)

// Lint says what is wrong or risky about a token, whatever it is used for and whenever it is read. keys are those of its
// issuer or the secret it was made with, nil if they are not known: some findings need them. The order is that of the
// severities. A token that holds has findings all the same, and one without findings need not hold: see [Token.Verify].
func (t Token) Lint(keys Keys) []Finding {
	if t.Header.Kind != Object {
		return nil
	}
	var all []Finding
	for _, look := range [...]func(Token, Keys) []Finding{
		lintNone, lintConfusion, lintDuplicates, lintCrit, lintDER, lintMilliseconds, lintSecret, lintRSA,
		lintKeyInHeader, lintKid, lintNoExpiry, lintMixed, lintLifetime,
	} {
		all = append(all, look(t, keys)...)
	}
	var sorted []Finding
	for _, severity := range [...]Severity{Error, Warning, Info} {
		for _, f := range all {
			if f.Severity == severity {
				sorted = append(sorted, f)
			}
		}
	}
	return sorted
}

// lintNone finds alg none in any case: readers have been tricked with "nOnE" (RFC 8725 §2.1).
func lintNone(t Token, _ Keys) []Finding {
	if t.Format != FormatJWT || !isNone(t.Alg()) {
		return nil
	}
	f := lint("token-alg-none", "alg "+clip(t.Alg(), 40))
	if t.Alg() != "none" {
		f.Means += " No issuer writes none in this way: it is what an attack on a careless check looks like."
	}
	return []Finding{f}
}

// lintConfusion finds a MAC where the issuer signs: made with the public key as the secret, it passes careless readers. A
// refresh token is left out, which only the issuer itself reads: Keycloak makes a MAC of it, with a key of its own.
func lintConfusion(t Token, keys Keys) []Finding {
	role, _, _ := t.role()
	if !isMAC(t.Alg()) || t.Format != FormatJWT || role == RoleRefreshToken || role == RoleClientAssertion {
		return nil
	}
	alg := macs[t.Alg()]
	for _, k := range keys {
		// A client may be registered for HS256: then its secret is there to show that all is well.
		if k.mac != nil && alg.method.Verify(t.Signed, t.Signature, k.mac()) == nil {
			return nil
		}
	}
	for _, k := range keys {
		if k.Public == nil {
			continue
		}
		return []Finding{lint("token-hmac-beside-public-keys", fmt.Sprintf("alg %s, and %s among the keys of the issuer", t.Alg(), k.describe()))}
	}
	return nil
}

func lintDuplicates(t Token, _ Keys) []Finding {
	var seen []string
	for _, part := range [...]struct {
		name  string
		value Value
	}{{"header", t.Header}, {"payload", t.Claims}} {
		for _, name := range part.value.Duplicates() {
			seen = append(seen, fmt.Sprintf("%q in the %s", name, part.name))
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return []Finding{lint("token-duplicate-members", strings.TrimSuffix(sentence(seen), "."))}
}

// lintCrit finds extensions that a reader must understand or reject the token.
func lintCrit(t Token, _ Keys) []Finding {
	crit, ok := t.Header.Get("crit")
	if !ok {
		return nil
	}
	// b64 is registered, and left out of most libraries all the same (RFC 7797 §6).
	known := crit.Kind == Array && len(crit.Elems) > 0
	for _, e := range crit.Elems {
		known = known && e.Kind == String && e.Text == "b64"
	}
	if known {
		return nil
	}
	return []Finding{lint("token-crit-unknown", "crit "+clip(crit.String(), 80))}
}

// lintDER finds an ECDSA signature as OpenSSL, Java and most hardware give it.
func lintDER(t Token, _ Keys) []Finding {
	alg, ok := algorithms[t.Alg()]
	if !ok || alg.kty != "EC" || len(t.Signature) == alg.size || !isDER(t.Signature) {
		return nil
	}
	return []Finding{lint("token-signature-der", fmt.Sprintf("%d bytes that start with 0x30; %s has %d", len(t.Signature), t.Alg(), alg.size))}
}

func isDER(b []byte) bool {
	var pair struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(b, &pair)
	return err == nil && len(rest) == 0
}

// lintSecret measures the secret where it is known: a short one is guessed without asking anybody.
func lintSecret(t Token, keys Keys) []Finding {
	alg, ok := macs[t.Alg()]
	if !ok {
		return nil
	}
	for _, k := range keys {
		if k.mac == nil || len(k.mac()) >= alg.size || alg.method.Verify(t.Signed, t.Signature, k.mac()) != nil {
			continue
		}
		f := lint("token-hmac-secret-short", fmt.Sprintf("%d bytes; %s needs %d", len(k.mac()), t.Alg(), alg.size))
		f.Do = fmt.Sprintf("Use %d random bytes or more, not a word or a sentence.", alg.size)
		return []Finding{f}
	}
	return nil
}

// lintRSA measures the key that the token names, or each that could have signed it, and one that it brings along.
func lintRSA(t Token, keys Keys) []Finding {
	if alg, ok := algorithms[t.Alg()]; !ok || alg.kty != "RSA" {
		return nil
	}
	candidates := keys
	if kid := t.Kid(); kid != "" {
		candidates = keys.named(kid)
	}
	if own, ok := t.Header.Get("jwk"); ok && own.Kind == Object {
		candidates = append(candidates[:len(candidates):len(candidates)], parseKey(own))
	}
	for _, k := range candidates {
		if _, ok := k.Public.(*rsa.PublicKey); !ok || k.Bits >= minRSA || k.Use == "enc" {
			continue
		}
		return []Finding{lint("token-rsa-key-small", fmt.Sprintf("%s with %d bits", k.name(), k.Bits))}
	}
	return nil
}
