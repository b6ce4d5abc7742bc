package story

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// mismatch says in what way a challenge is not S256 of a verifier, as far as the bytes tell (RFC 7636 §4.1, §4.2).
func (s *Story) mismatch(verifier, challenge string, of *Login) string {
	sum := sha256.Sum256([]byte(verifier))
	digest := hex.EncodeToString(sum[:])
	const not = "S256 of the verifier is not the challenge that was sent"
	switch {
	case verifier == "":
		return "The token request has no code_verifier, and the authorization request had a code_challenge."
	case challenge == verifier:
		return not + ": that is the verifier itself, as with the method plain."
	case challenge == digest:
		return not + ": that is the digest in hex, 64 characters, and not in base64url."
	case challenge == base64.RawURLEncoding.EncodeToString([]byte(digest)):
		return not + ": that is base64url of the hex digest, 86 characters, and not of the digest itself."
	case challenge == base64.StdEncoding.EncodeToString(sum[:]), challenge == base64.URLEncoding.EncodeToString(sum[:]), challenge == base64.RawStdEncoding.EncodeToString(sum[:]):
		return not + ": it is the right digest in another alphabet, with =, + or / in it."
	case malformed(verifier) != "":
		return not + ": the verifier " + malformed(verifier) + "."
	}
	for _, l := range s.logins {
		if l != of && l.Params.Get("code_challenge") == Challenge(verifier) {
			return fmt.Sprintf("%s: the verifier is that of login %d of this session.", not, l.N)
		}
	}
	return not + "."
}

// malformed says why a text cannot be a code_verifier (RFC 7636 §4.1), or "".
func malformed(verifier string) string {
	if n := len(verifier); n < 43 || n > 128 {
		return fmt.Sprintf("has %d characters, and 43 to 128 are possible", n)
	}
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	if i := strings.IndexFunc(verifier, func(r rune) bool { return !strings.ContainsRune(allowed, r) }); i >= 0 {
		return fmt.Sprintf("has a character at byte %d that it must not have", i+1)
	}
	return ""
}
