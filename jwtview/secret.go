package jwtview

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// A Reading is a way to take the bytes of a secret from a file.
type Reading string

// The readings of a secret. Issuers write theirs in all of these, and a token does not say which it was made with.
const (
	AnyReading Reading = ""       // each that is possible is tried
	AsText     Reading = "text"   // the characters themselves, without a line break at the end
	AsBase64   Reading = "base64" // base64 or base64url, with or without padding
	AsHex      Reading = "hex"
)

// ReadSecret returns the secret of a MAC, or of a JWE encrypted with a secret or password, as keys to verify with: one
// for each way to read it, of which the [Check] names the one that fits. None is returned for a reading that the bytes do
// not allow. The secret itself is kept out of everything that is printed.
func ReadSecret(b []byte, as Reading) Keys {
	if len(b) > MaxSize {
		return Keys{{Source: "secret", Type: "oct", loose: true, Problem: "it is larger than anything read here"}}
	}
	line := strings.TrimRight(string(b), "\r\n")
	var keys Keys
	add := func(reading Reading, source string, secret []byte) {
		known := slices.ContainsFunc(keys, func(k Key) bool { return bytes.Equal(k.mac(), secret) })
		if len(secret) == 0 || known || as != AnyReading && as != reading {
			return
		}
		keys = append(keys, Key{Source: source, Type: "oct", Bits: 8 * len(secret), mac: hidden(secret), private: hidden[any](secret), loose: true})
	}
	add(AsText, "secret read as text", []byte(line))
	if decoded, err := hex.DecodeString(strings.TrimSpace(line)); err == nil {
		add(AsHex, "secret read as hex", decoded)
	}
	if decoded, err := base64.RawURLEncoding.DecodeString(canonical(strings.TrimSpace(line))); err == nil {
		add(AsBase64, "secret read as base64", decoded)
	}
	if len(line) != len(b) {
		add(AsText, "secret read as text with the line break at its end", b)
	}
	return keys
}
