package trace

import (
	"fmt"
	"io"
	"log/slog"
	"unicode/utf8"
)

// hidden is what a secret looks like to everything but Reveal.
const hidden = "••••"

// Secret is a value that must not be seen by accident: it prints, logs and marshals
// as dots. It holds a pointer because fmt calls no method of a field that is not exported:
// what it then prints is an address. Two Secrets of one value are not equal.
type Secret struct{ v *string }

// NewSecret wraps v.
func NewSecret(v string) Secret {
	if v == "" {
		return Secret{}
	}
	return Secret{&v}
}

// Reveal returns the value. Every use of it is a place to look at in a review.
func (s Secret) Reveal() string {
	if s.v == nil {
		return ""
	}
	return *s.v
}

// IsZero reports whether there is no value.
func (s Secret) IsZero() bool { return s.v == nil }

// String returns dots.
func (s Secret) String() string { return hidden }

// Format writes dots for every verb: fmt prints the fields for one that does not fit.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) }

// GoString returns dots, for %#v.
func (s Secret) GoString() string { return hidden }

// MarshalText returns dots, so that no encoder can give the value away.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue returns dots, for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// Mask shows what may be seen of a secret of the kind: dots, after its first four characters if
// it has 24 or more. Of client secrets, verifiers, passwords and private keys nothing is shown.
func Mask(kind, value string) string {
	switch kind {
	case "client_secret", "code_verifier", "password", "authorization", "cookie", "private_key", "symmetric_key":
		return hidden
	}
	if IsAlias(value) {
		return value
	}
	if utf8.RuneCountInString(value) < 24 {
		return hidden
	}
	n := 0
	for i := range value {
		if n == 4 {
			return value[:i] + hidden
		}
		n++
	}
	return hidden
}
