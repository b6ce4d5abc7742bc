package jwtview

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Format is what a token is by its shape.
type Format string

// The formats told apart.
const (
	FormatJWT             Format = "jwt"              // three parts, a JWS in compact form (RFC 7515 §7.1), also one cut short
	FormatJWE             Format = "jwe"              // five parts, encrypted (RFC 7516 §7.1)
	FormatOpaque          Format = "opaque"           // a handle that only its issuer understands (RFC 6749 §1.4)
	FormatAuthgearRefresh Format = "authgear_refresh" // GRANT.SECRET: a UUID, a dot, 32 letters and digits
	FormatUUID            Format = "uuid"             // RFC 9562 §4
	FormatEmpty           Format = "empty"            // nothing, or white space
)

// A Token is one token as [Decode] read it.
type Token struct {
	Raw            string   // as received
	Format         Format   // by shape
	Header, Claims Value    // zero when not a JWT, or the payload is no JSON object
	Payload        []byte   // decoded; nil when not a JWT
	Signature      []byte   // decoded; nil when absent or unreadable
	Signed         string   // "header.payload" as signed (RFC 7515 §5.2(8))
	Problems       []string // near misses and oddities, in plain words

	text string // Raw without what stands around a token
	flaw string // why Raw is not exactly a compact JWS though it could be read: no strict reader accepts it
	max  int    // bytes allowed, MaxSize unless raised

	more []Value // of a JWE in JSON with several recipients: the header of each
}

// Alg returns the algorithm that the header names (RFC 7515 §4.1.1), "" if it names none.
func (t Token) Alg() string { return t.headerString("alg") }

// Kid returns the key id that the header names (RFC 7515 §4.1.4), "" if it names none.
func (t Token) Kid() string { return t.headerString("kid") }

// Typ returns the type that the header names (RFC 7515 §4.1.9), "" if it names none.
func (t Token) Typ() string { return t.headerString("typ") }

func (t Token) headerString(name string) string {
	s, _ := t.Header.Str(name)
	return s
}

// Time returns a claim that is a NumericDate (RFC 7519 §2), fractions included. It is false for what is absent, no number,
// or not between the years 1 and 9999: milliseconds taken for seconds end there too.
func (t Token) Time(claim string) (time.Time, bool) {
	v, ok := t.Claims.Get(claim)
	if !ok {
		return time.Time{}, false
	}
	return numericDate(v)
}

func numericDate(v Value) (time.Time, bool) {
	if v.Kind != Number {
		return time.Time{}, false
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	const first, end = -62135596800, 253402300800 // 0001-01-01 and 10000-01-01
	if err != nil || f < first || f >= end {
		return time.Time{}, false
	}
	seconds, fraction := math.Modf(f)
	// A float64 of today's seconds is exact to a quarter of a microsecond: digits beyond are noise.
	t := time.Unix(int64(seconds), int64(math.Round(fraction*1e6))*1000).UTC()
	return t, t.Year() <= 9999
}

// Audience returns the aud claim, one string or an array of them (RFC 7519 §4.1.3). Members that are no strings are left
// out.
func (t Token) Audience() []string {
	v, _ := t.Claims.Get("aud")
	switch v.Kind {
	case String:
		return []string{v.Text}
	case Array:
		var all []string
		for _, e := range v.Elems {
			if e.Kind == String {
				all = append(all, e.Text)
			}
		}
		return all
	}
	return nil
}

// Describe says in a few words what the token is: "JWT RS256", "opaque, 32 characters", "grant.secret, 69 characters".
func (t Token) Describe() string {
	const limit = 40 // of foreign text; the longest registered name has 18 characters
	n := len(t.text)
	switch t.Format {
	case FormatEmpty, "":
		return "empty"
	case FormatJWT:
		if alg := t.Alg(); alg != "" {
			return "JWT " + clip(alg, limit)
		}
		return "JWT without alg"
	case FormatJWE:
		return strings.TrimSpace("JWE " + clip(t.Alg(), limit) + " " + clip(t.headerString("enc"), limit))
	case FormatAuthgearRefresh:
		return fmt.Sprintf("grant.secret, %d characters", n)
	case FormatUUID:
		return "UUID"
	}
	if n == 1 {
		return "opaque, 1 character"
	}
	return fmt.Sprintf("opaque, %d characters", n)
}

// GrantID returns the id of Authgear's offline grant, the session on the server: of a refresh token what stands before
// the dot, of an ID token what its sid says. The two are equal for tokens of one session. "" for anything else.
func (t Token) GrantID() string {
	if t.Format == FormatAuthgearRefresh {
		id, _, _ := strings.Cut(t.text, ".")
		return id
	}
	sid, _ := t.Claims.Str("sid")
	return grantOfSid(sid)
}

// grantOfSid reads Authgear's sid, base64url of "offline_grant:" and a UUID.
func grantOfSid(sid string) string {
	if len(sid) > 128 {
		return ""
	}
	b, err := base64.RawURLEncoding.DecodeString(sid)
	if err != nil {
		return ""
	}
	id, ok := strings.CutPrefix(string(b), "offline_grant:")
	if !ok || !isUUID(id) {
		return ""
	}
	return id
}

// isUUID reports the text form of RFC 9562 §4, any version.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if c := s[i] | 0x20; s[i] < '0' || '9' < s[i] && (c < 'a' || 'f' < c) {
			return false
		}
	}
	return true
}

// isGrantSecret reports the form of Authgear's refresh tokens.
func isGrantSecret(s string) bool {
	grant, secret, ok := strings.Cut(s, ".")
	if !ok || len(secret) != 32 || !isUUID(grant) {
		return false
	}
	for i := range len(secret) {
		c := secret[i] | 0x20
		if secret[i] < '0' || '9' < secret[i] && (c < 'a' || 'z' < c) {
			return false
		}
	}
	return true
}
