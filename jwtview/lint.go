package jwtview

import (
	"cmp"
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

// Lints are the ids of the findings of [Token.Lint].
var Lints = []string{"token-alg-none", "token-hmac-beside-public-keys", "token-duplicate-members", "token-crit-unknown", "token-signature-der",
	"token-times-milliseconds", "token-hmac-secret-short", "token-rsa-key-small", "token-key-in-header-jku", "token-key-in-header-x5u",
	"token-key-in-header-jwk", "token-key-in-header-x5c", "token-kid-suspicious", "token-no-exp", "token-id-claims-in-access-token", "token-lifetime-long"}

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
				f.Catalogue = cmp.Or(f.Catalogue, "D48")
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
	f := Finding{ID: "token-alg-none", Severity: Error, Title: "The token is not signed", Seen: "alg " + clip(t.Alg(), 40),
		Means: "Anybody can have written it. Whoever accepts it accepts any claims.",
		Do:    "Have the issuer sign with RS256 or ES256, and name the algorithms that you accept in your library.", Spec: "RFC 8725 §3.2"}
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
		return []Finding{{ID: "token-hmac-beside-public-keys", Severity: Error, Title: "A MAC where the issuer has public keys",
			Seen:  fmt.Sprintf("alg %s, and %s among the keys of the issuer", t.Alg(), k.describe()),
			Means: "Either the client is registered for a MAC with its secret, or the token is not from this issuer, or somebody made it with the public key as the secret: algorithm confusion.",
			Do:    "Accept only the algorithms that the issuer signs with; let the key decide the algorithm, not the token.", Spec: "RFC 8725 §3.1"}}
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
	return []Finding{{ID: "token-duplicate-members", Severity: Error, Title: "Members occur more than once", Seen: strings.TrimSuffix(sentence(seen), "."),
		Means: "Readers disagree about which one counts: one checks the first, the next uses the last.",
		Do:    "Reject the token, and look at who made it: JSON libraries do not write this by themselves.", Spec: "RFC 7519 §4"}}
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
	return []Finding{{ID: "token-crit-unknown", Severity: Error, Title: "The header demands an extension that is not known", Seen: "crit " + clip(crit.String(), 80),
		Means: "A reader that does not understand what crit lists must reject the token. Readers that ignore it check less than the issuer meant.",
		Do:    "Ask the issuer what the extension is, and use a library that knows it.", Spec: "RFC 7515 §4.1.11"}}
}

// lintDER finds an ECDSA signature as OpenSSL, Java and most hardware give it.
func lintDER(t Token, _ Keys) []Finding {
	alg, ok := algorithms[t.Alg()]
	if !ok || alg.kty != "EC" || len(t.Signature) == alg.size || !isDER(t.Signature) {
		return nil
	}
	return []Finding{{ID: "token-signature-der", Severity: Error, Title: "The signature is in DER",
		Seen:  fmt.Sprintf("%d bytes that start with 0x30; %s has %d", len(t.Signature), t.Alg(), alg.size),
		Means: "A JWS has R and S side by side, each as long as the curve. Conforming readers reject this one, though the key may be right.",
		Do:    "Convert where it is signed: OpenSSL, Java's SHA256withECDSA and key services give DER.", Spec: "RFC 7518 §3.4", Catalogue: "D47"}}
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
		return []Finding{{ID: "token-hmac-secret-short", Severity: Warning, Title: "The secret is shorter than its hash",
			Seen:  fmt.Sprintf("%d bytes; %s needs %d", len(k.mac()), t.Alg(), alg.size),
			Means: "Whoever has one token can try secrets offline, and with the right one make any token.",
			Do:    fmt.Sprintf("Use %d random bytes or more, not a word or a sentence.", alg.size), Spec: "RFC 7518 §3.2"}}
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
		return []Finding{{ID: "token-rsa-key-small", Severity: Warning, Title: "The RSA key is too small", Seen: fmt.Sprintf("%s with %d bits", k.name(), k.Bits),
			Means: "RS and PS algorithms need 2048 bits or more: a smaller key can be broken with enough money.",
			Do:    "Have the issuer rotate to a key of 2048 bits, or to ES256.", Spec: "RFC 7518 §3.3"}}
	}
	return nil
}
