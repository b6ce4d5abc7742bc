package trace

import (
	"slices"
	"strings"
)

// secretEnds are how the names of parameters and members end that other programs keep secrets in, without the signs between
// the words: x_session_token, sessionToken and X-Session-Token are one.
var secretEnds = []struct{ end, kind string }{
	{"password", "password"}, {"passwd", "password"}, {"passcode", "password"}, {"passphrase", "password"}, {"otp", "password"},
	{"secret", "client_secret"}, {"secretkey", "client_secret"}, {"privatekey", "client_secret"}, {"apikey", "client_secret"}, {"accesskey", "client_secret"},
	{"subscriptionkey", "client_secret"}, {"authkey", "client_secret"}, {"credential", "client_secret"}, {"credentials", "client_secret"},
	{"token", "token"}, {"jwt", "token"}, {"assertion", "assertion"}, {"samlresponse", "assertion"}, {"cookie", "cookie"},
	{"sessionid", "token"}, {"sessid", "token"}, {"sessioncode", "code"}, {"authcode", "code"},
}

// secretWhole are names that are too short to go by their end.
var secretWhole = map[string]string{"pwd": "password", "pass": "password", "pin": "password", "sig": "token", "signature": "token", "ticket": "token"}

// maxSecretName bounds the names that are looked at.
const maxSecretName = 64

// SecretName returns the kind of secret that a parameter, a member or a field of this name holds, or "": what OAuth says of
// it, and else what people call their secrets.
func SecretName(name string) string {
	if kind := secretNames[name]; kind != "" || name == "" || len(name) > maxSecretName {
		return kind
	}
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_.[]", r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
	if kind := secretWhole[plain]; kind != "" {
		return kind
	}
	for _, e := range secretEnds {
		if strings.HasSuffix(plain, e.end) {
			return e.kind
		}
	}
	return ""
}

// secretField returns the kind of secret that the header field called name holds, where the name alone says so.
func secretField(name string) string {
	if strings.HasPrefix(name, "access-control-") {
		return ""
	}
	words := strings.Split(name, "-")
	for _, w := range []string{"token", "session", "csrf", "xsrf", "auth", "authorization", "key", "apikey", "secret", "jwt"} {
		if slices.Contains(words, w) {
			return "token"
		}
	}
	return SecretName(name)
}

// loose finds the values whose names are secretive without being OAuth's: name=value and "name": "value".
func loose(spans []Span, s string) []Span {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '=':
			from := wordBefore(s, i)
			if kind := looseKind(s[from:i]); kind != "" && (from == 0 || strings.IndexByte("?&#;\"' \n\t>", s[from-1]) >= 0) {
				end := i + 1
				for end < len(s) && strings.IndexByte("&#\"' <>\r\n\t", s[end]) < 0 {
					end++
				}
				if end > i+1 {
					spans = append(spans, Span{i + 1, end, kind, form})
				}
			}
		case ':':
			spans = looseMember(spans, s, i)
		}
	}
	return spans
}

// looseMember looks at what stands on both sides of the colon at i.
func looseMember(spans []Span, s string, i int) []Span {
	name := strings.TrimRight(s[max(0, i-maxSecretName-8):i], " \t\r\n")
	if !strings.HasSuffix(name, `"`) {
		return spans
	}
	name = name[:len(name)-1]
	from := wordBefore(name, len(name))
	kind := looseKind(name[from:])
	if kind == "" || from == 0 || name[from-1] != '"' {
		return spans
	}
	start, ok := afterColon(s, i)
	if !ok {
		return spans
	}
	if end := stringEnd(s, start); end > start {
		spans = append(spans, Span{start, end, kind, inJSON})
	}
	return spans
}

// looseKind is SecretName of what the exact names leave.
func looseKind(name string) string {
	if secretNames[name] != "" {
		return ""
	}
	return SecretName(name)
}

// wordBefore returns where the name begins that ends at end.
func wordBefore(s string, end int) int {
	from := end
	for from > 0 && end-from <= maxSecretName && (isBase64URL(s[from-1]) || s[from-1] == '.' || s[from-1] == '[' || s[from-1] == ']') {
		from--
	}
	return from
}

// userInfos finds what stands before the @ of an address (RFC 3986 §3.2.1): a password, or a token alone.
func userInfos(spans []Span, s string) []Span {
	for at := 0; ; {
		i := strings.Index(s[at:], "://")
		if i < 0 {
			return spans
		}
		at += i + 3
		end := at
		for end < len(s) && strings.IndexByte("/?#\\\"'<> \r\n\t", s[end]) < 0 {
			end++
		}
		if sign := strings.LastIndexByte(s[at:end], '@'); sign > 0 {
			start := at
			if colon := strings.IndexByte(s[at:at+sign], ':'); colon >= 0 {
				start += colon + 1
			}
			if start < at+sign {
				spans = append(spans, Span{start, at + sign, "password", form})
			}
		}
	}
}
