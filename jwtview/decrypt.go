package jwtview

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// MaxIterations bounds the p2c of a JWE, the rounds of PBKDF2 over a password (RFC 7518 §4.8.1.2): the token names it, and
// the reader does the work.
const MaxIterations = 1_000_000

const specDecrypt = "RFC 7516 §5.2"

var (
	keyAlgorithms = []jose.KeyAlgorithm{
		jose.RSA1_5, jose.RSA_OAEP, jose.RSA_OAEP_256, jose.A128KW, jose.A192KW, jose.A256KW, jose.DIRECT,
		jose.ECDH_ES, jose.ECDH_ES_A128KW, jose.ECDH_ES_A192KW, jose.ECDH_ES_A256KW,
		jose.A128GCMKW, jose.A192GCMKW, jose.A256GCMKW,
		jose.PBES2_HS256_A128KW, jose.PBES2_HS384_A192KW, jose.PBES2_HS512_A256KW,
	}
	contentAlgorithms = []jose.ContentEncryption{
		jose.A128CBC_HS256, jose.A192CBC_HS384, jose.A256CBC_HS512, jose.A128GCM, jose.A192GCM, jose.A256GCM,
	}
)

// Decrypt opens a JWE with one of the keys of [ReadKeys] or [ReadSecret] and returns what was inside, to be read with
// [Inspect]: a nested JWT, claims, or any bytes. The check, "decryption", names the key or says why none opened it. Rounds
// over a password are bounded by [MaxIterations], the content of a compressed one by go-jose to ten times its size or
// 250 kB, and by [MaxSize].
func (t Token) Decrypt(keys Keys) ([]byte, Check) {
	c := Check{ID: "decryption", Want: "a key that opens it", Got: "not decrypted", Spec: specDecrypt}
	if t.Format != FormatJWE {
		return nil, c.skip("The token is not encrypted.")
	}
	if len(keys) == 0 {
		return nil, c.skip("Not decrypted: no key was given.")
	}
	if why := t.costly(); why != "" {
		return nil, c.fail(why, "RFC 7518 §8.1")
	}
	parse := jose.ParseEncryptedCompact
	if strings.HasPrefix(strings.TrimSpace(t.text), "{") {
		parse = jose.ParseEncryptedJSON
	}
	parsed, err := parse(t.text, keyAlgorithms, contentAlgorithms)
	if err != nil {
		return nil, c.fail("It cannot be read as a JWE: "+plain(err)+".", "")
	}
	var tried []string
	for i, k := range keys {
		if i == maxTried {
			tried = append(tried, fmt.Sprintf("the keys after the first %d were not tried", maxTried))
			break
		}
		if why := t.cannotOpen(k); why != "" {
			tried = append(tried, k.name()+" "+why)
			continue
		}
		_, _, content, err := parsed.DecryptMulti(k.private())
		if err == nil && len(content) <= MaxSize {
			c.Got = fmt.Sprintf("decrypted by %s (%s, %s)", k.name(), clip(t.Alg(), 40), clip(t.headerString("enc"), 40))
			return content, c.pass("The content was not changed since it was encrypted. Who encrypted it is not said by that: anybody with a public key can.")
		}
		if err == nil {
			err = fmt.Errorf("its content has %d bytes, more than the %d allowed", len(content), MaxSize)
		}
		tried = append(tried, k.name()+": "+plain(err))
	}
	return nil, c.fail("No key opens it: "+sentence(tried), "")
}

// costly refuses work that a token asks for without having shown anything.
func (t Token) costly() string {
	most := int64(0)
	for _, header := range append([]Value{t.Header}, t.more...) {
		v, ok := header.Get("p2c")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(v.Text, 10, 64)
		if v.Kind != Number || err != nil || n < 1 {
			return "p2c, the rounds over the password, is not a positive whole number."
		}
		most = max(most, n)
	}
	// One password is tried on every recipient, and the protected header may set p2c for all of them.
	if times := int64(max(len(t.more), 1)); most > MaxIterations/times {
		return fmt.Sprintf("p2c asks for %d rounds over the password, %d times, more than the %d allowed here.", most, times, MaxIterations)
	}
	return ""
}

// cannotOpen says why a key is not tried, "" if it is (RFC 7517 §4.2 to §4.4).
func (t Token) cannotOpen(k Key) string {
	alg := t.Alg()
	kid, named := t.Header.Str("kid")
	var isRSA, isEC bool
	if k.private != nil {
		_, isRSA = k.private().(*rsa.PrivateKey)
		_, isEC = k.private().(*ecdsa.PrivateKey)
	}
	switch {
	case k.Problem != "":
		return "is unusable: " + k.Problem
	case k.private == nil:
		return "is a public key: only the private one opens a JWE"
	case named && k.ID != "" && k.ID != kid:
		return fmt.Sprintf("is not the one that the token names, kid %s", clip(kid, 80))
	case k.Use != "" && k.Use != "enc":
		return fmt.Sprintf("has use %q, not enc", clip(k.Use, 40))
	case k.Alg != "" && alg != "" && k.Alg != alg && !(alg == "dir" && k.Alg == t.headerString("enc")):
		return fmt.Sprintf("is for alg %s, not %s", clip(k.Alg, 40), clip(alg, 40))
	case strings.HasPrefix(alg, "RSA") && !isRSA, strings.HasPrefix(alg, "ECDH") && (isRSA || k.mac != nil):
		return fmt.Sprintf("is %s, which does not go with %s", k.describe(), clip(alg, 40))
	case (isRSA || isEC) && (alg == "dir" || strings.HasPrefix(alg, "A") || strings.HasPrefix(alg, "PBES2")):
		return fmt.Sprintf("is %s, which does not go with %s", k.describe(), clip(alg, 40))
	}
	return ""
}

// plain is an error of go-jose as a person reads it.
func plain(err error) string {
	if errors.Is(err, jose.ErrCryptoFailure) {
		return "it is another key, or the token was changed"
	}
	return clip(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "go-jose/go-jose: "), "error in cryptographic primitive: "), 160)
}
