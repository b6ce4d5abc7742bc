package jwtview

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Decode reads a token of any kind. It never fails: what is no JWT is named by its shape, and what is nearly one is read
// as far as it goes, with the Problems in the way.
func Decode(s string) Token { return decode(s, MaxSize) }

func decode(s string, most int) Token {
	t := Token{Raw: s, Format: FormatOpaque, text: s, max: most}
	if len(s) > most {
		t.problem("not decoded: %d bytes, more than the %d allowed", len(s), most)
		return t
	}
	t.unwrap()
	switch {
	case t.text == "":
		t.Format = FormatEmpty
	case isUUID(t.text):
		t.Format = FormatUUID
	case isGrantSecret(t.text):
		t.Format = FormatAuthgearRefresh
	default:
		t.parts()
	}
	return t
}

func (t *Token) problem(format string, args ...any) {
	t.Problems = append(t.Problems, fmt.Sprintf(format, args...))
}

// flawed notes a problem of the bytes as received: the token can be read all the same, but not verified.
func (t *Token) flawed(format string, args ...any) {
	t.problem(format, args...)
	if t.flaw == "" {
		t.flaw = t.Problems[len(t.Problems)-1]
	}
}

// unwrap takes away what people copy along with a token.
func (t *Token) unwrap() {
	s := strings.TrimSpace(t.Raw)
	if len(s) < len(t.Raw) && s != "" {
		t.flawed("white space around the token")
	}
	if n := len(s); n >= 2 && (s[0] == '"' || s[0] == '\'') && s[n-1] == s[0] {
		t.flawed("quotes around the token")
		s = strings.TrimSpace(s[1 : n-1])
	}
	const scheme = "bearer "
	if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		t.flawed("%q in front of the token: the scheme of an Authorization header, not a part of the token", s[:len(scheme)])
		s = strings.TrimSpace(s[len(scheme):])
	}
	// Inside, white space is taken out only of what was a JWT before its lines were wrapped.
	if likelyJWT(s) && strings.ContainsFunc(s, unicode.IsSpace) {
		t.flawed("white space or line breaks inside the token")
		s = strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, s)
	}
	t.text = s
}

// parts tells JWS, JWE and opaque apart by the number of parts and by a header that is a JSON object.
func (t *Token) parts() {
	dots := strings.Count(t.text, ".")
	first, rest, _ := strings.Cut(t.text, ".")
	likely := likelyJWT(first)
	switch {
	case likely && (strings.Contains(t.text, "…") || strings.Contains(t.text, "...")):
		t.flawed("characters are missing where it says \"…\": copied from a place that shows tokens shortened")
	case dots == 2 || likely && dots < 2:
		header, ok := t.header(first, likely)
		if !ok || dots < 2 && !looksSigned(header) {
			return
		}
		t.Format, t.Header = FormatJWT, header
		t.body(rest, dots)
	case dots == 4:
		if header, ok := t.header(first, likely); ok {
			t.Format, t.Header = FormatJWE, header
			t.problem("encrypted: only the holder of the key can read its claims (RFC 7516)")
		}
	case likely:
		t.problem("starts like a JWT, but has %d parts: a signed one has three, an encrypted one five", dots+1)
	}
}

// likelyJWT reports how base64url of a JSON object starts: {" and, with white space, {_" or { and a line break.
func likelyJWT(s string) bool {
	for _, start := range [...]string{"eyJ", "eyAi", "ewo", "ew0"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}

// looksSigned keeps other base64 JSON, of which cookies and page cursors are made, from being called a cut JWT.
func looksSigned(header Value) bool {
	_, ok := header.Get("alg")
	return ok
}

// header decodes the first part. Its failure is a problem only of what looks like a JWT otherwise.
func (t *Token) header(part string, likely bool) (Value, bool) {
	before := *t
	b, ok := t.segment("header", part)
	if ok {
		v, err := parseJSON(b, t.max)
		switch {
		case err != nil:
			t.problem("the header cannot be read: %v", err)
		case v.Kind != Object:
			t.problem("the header is a JSON %s, not an object", v.Kind)
		default:
			t.oddities("header", b, v)
			return v, true
		}
	}
	if !likely {
		t.Problems, t.flaw = before.Problems, before.flaw
	}
	return Value{}, false
}

// body decodes payload and signature, or what there is of them.
func (t *Token) body(rest string, dots int) {
	payload, signature, _ := strings.Cut(rest, ".")
	switch dots {
	case 0:
		t.flawed("cut off: the header stands alone, payload and signature are missing")
		return
	case 1:
		t.flawed("cut off: the signature is missing, there are two parts of three")
	}
	if b, ok := t.segment("payload", payload); ok {
		t.Payload = b
		t.claims(b)
	}
	head, _, _ := strings.Cut(t.text, ".")
	t.Signed = canonical(head) + "." + canonical(payload)
	if signature == "" {
		if dots == 2 && !isNone(t.Alg()) {
			t.problem("the signature is empty")
		}
		return
	}
	if b, ok := t.segment("signature", signature); ok {
		t.Signature = b
	}
}

func (t *Token) claims(payload []byte) {
	if len(payload) == 0 {
		t.problem("the payload is empty: detached, or lost")
		return
	}
	v, err := parseJSON(payload, t.max)
	switch {
	case err != nil:
		t.problem("the payload cannot be read: %v", err)
	case v.Kind != Object:
		t.problem("the payload is a JSON %s, not an object: no claims", v.Kind)
	default:
		t.Claims = v
		t.oddities("payload", payload, v)
	}
}

// oddities notes what readers of JSON disagree about.
func (t *Token) oddities(part string, b []byte, v Value) {
	for _, name := range v.Duplicates() {
		t.problem("%q occurs more than once in the %s: readers disagree about which one counts (RFC 7519 §4)", name, part)
	}
	if !utf8.Valid(b) {
		t.problem("the %s is not all UTF-8 (RFC 7519 §7.2(5))", part)
	}
}

// segment decodes one part, base64url without padding (RFC 7515 §2), and in its near misses.
func (t *Token) segment(name, part string) ([]byte, bool) {
	if strings.HasSuffix(part, "=") {
		t.flawed("the %s has padding (=): base64url in a JWT has none", name)
	}
	if strings.ContainsAny(part, "+/") {
		t.flawed("the %s is base64 with + or /, not base64url with - and _", name)
	}
	clean := canonical(part)
	b, err := base64.RawURLEncoding.Strict().DecodeString(clean)
	// The decoder skips line breaks, which inside a token are no part of its alphabet.
	broken := strings.ContainsAny(clean, "\r\n")
	if err == nil && !broken {
		return b, true
	}
	if b, err := base64.RawURLEncoding.DecodeString(clean); err == nil && !broken {
		t.problem("the last character of the %s carries bits that belong to nothing: it was written by an odd encoder, or changed", name)
		return b, true
	}
	if at := strings.IndexFunc(clean, notBase64URL); at >= 0 {
		r, _ := utf8.DecodeRuneInString(clean[at:])
		t.flawed("the %s is not base64url: %+q at character %d", name, r, at+1)
	} else {
		t.flawed("the %s is not base64url: no bytes have %d characters, one is missing or too many", name, len(clean))
	}
	return nil, false
}

// notBase64URL reports what is outside the alphabet of RFC 4648 §5.
func notBase64URL(r rune) bool {
	switch {
	case '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', r == '-', r == '_':
		return false
	}
	return true
}

var toURLAlphabet = strings.NewReplacer("+", "-", "/", "_")

// canonical is the part as RFC 7515 §2 would write it.
func canonical(part string) string {
	return toURLAlphabet.Replace(strings.TrimRight(part, "="))
}
