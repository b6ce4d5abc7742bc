package trace

import (
	"net/url"
	"slices"
	"strings"
)

// Span is where a secret stands within a text.
type Span struct {
	Start, End int
	Kind       string // access_token, code, client_secret, cookie, …
	enc        encoding
}

// encoding is how a value is written where it was found, so that what replaces it is
// written the same way, and equal values are found to be equal.
type encoding int

const (
	plain  encoding = iota
	form            // percent-encoded, as in a query or a form
	inJSON          // between quotes, with JSON's escapes
)

// secretNames are parameters and members whose value is a secret, with its kind.
var secretNames = map[string]string{
	"access_token": "access_token", "refresh_token": "refresh_token", "id_token": "id_token",
	"code": "code", "code_verifier": "code_verifier", "client_secret": "client_secret",
	"client_assertion": "client_assertion", "assertion": "assertion", "password": "password",
	"device_code": "device_code", "device_secret": "device_secret", "id_token_hint": "id_token",
	"subject_token": "token", "actor_token": "token", "token": "token", "logout_token": "logout_token",
	"registration_access_token": "token", "session_token": "token", "app_session_token": "token",
	"user_code": "user_code", "verification_uri_complete": "user_code", "x_pre_authenticated_url_token": "token",
}

// SecretParam returns the kind of secret that a parameter or member of this name holds,
// or "".
func SecretParam(name string) string { return secretNames[name] }

// Secrets finds every secret in a text, wherever it stands: query, form, JSON, page or
// prose. The spans are in order and do not overlap.
func Secrets(s string) []Span {
	var spans []Span
	for name, kind := range secretNames {
		spans = formValues(spans, s, name, kind)
		spans = jsonValues(spans, s, name, kind)
		spans = inputValues(spans, s, name, kind)
	}
	return tidy(jwts(privateKeys(userInfos(loose(spans, s), s), s), s))
}

// HeaderSecrets finds the secrets in the value of the header field called name.
func HeaderSecrets(name, value string) []Span {
	switch strings.ToLower(name) {
	case "authorization", "proxy-authorization":
		scheme, rest, ok := strings.Cut(value, " ")
		if !ok {
			return nonEmpty(Span{Start: 0, End: len(value), Kind: "authorization"})
		}
		kind := "authorization"
		if strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "DPoP") {
			kind = "access_token"
		}
		return nonEmpty(Span{Start: len(value) - len(rest), End: len(value), Kind: kind})
	case "cookie":
		return cookieValues(value)
	case "set-cookie":
		first, _, _ := strings.Cut(value, ";")
		i := strings.IndexByte(first, '=') + 1
		return nonEmpty(Span{Start: i, End: len(first), Kind: "cookie"})
	case "dpop":
		return nonEmpty(Span{Start: 0, End: len(value), Kind: "proof"})
	}
	if kind := secretField(strings.ToLower(name)); kind != "" && !IsAlias(value) {
		return nonEmpty(Span{Start: 0, End: len(value), Kind: kind})
	}
	return Secrets(value)
}

func nonEmpty(s Span) []Span {
	if s.End <= s.Start {
		return nil
	}
	return []Span{s}
}

func cookieValues(value string) (spans []Span) {
	at := 0
	for pair := range strings.SplitSeq(value, ";") {
		if i := strings.IndexByte(pair, '='); i >= 0 && i+1 < len(pair) {
			spans = append(spans, Span{Start: at + i + 1, End: at + len(pair), Kind: "cookie"})
		}
		at += len(pair) + 1
	}
	return spans
}

// formValues finds name=value where name begins a parameter.
func formValues(spans []Span, s, name, kind string) []Span {
	for at := 0; ; {
		i := strings.Index(s[at:], name+"=")
		if i < 0 {
			return spans
		}
		start := at + i + len(name) + 1
		if at+i == 0 || strings.IndexByte("?&#;\"' \n\t>", s[at+i-1]) >= 0 {
			end := start
			for end < len(s) && strings.IndexByte("&#\"' <>\r\n\t", s[end]) < 0 {
				end++
			}
			if end > start {
				spans = append(spans, Span{start, end, kind, form})
			}
			at = end // what stands within it is hidden already
			continue
		}
		at = start
	}
}

// jsonValues finds "name": "value". What is called code is a secret only if it is as long as
// one: an error's code is not.
func jsonValues(spans []Span, s, name, kind string) []Span {
	for at := 0; ; {
		i := strings.Index(s[at:], `"`+name+`"`)
		if i < 0 {
			return spans
		}
		at += i + len(name) + 2
		start, ok := afterColon(s, at)
		if !ok {
			continue
		}
		if end := stringEnd(s, start); end > start && (kind != "code" || end-start >= 16) {
			spans = append(spans, Span{start, end, kind, inJSON})
		}
	}
}

// stringEnd returns where the string of JSON ends that begins at start.
func stringEnd(s string, start int) int {
	end := start
	for end < len(s) && s[end] != '"' {
		if s[end] == '\\' {
			end++
		}
		end++
	}
	return min(end, len(s))
}

// afterColon returns where the string begins that follows a member's name.
func afterColon(s string, at int) (int, bool) {
	rest := strings.TrimLeft(s[at:], " \t\r\n")
	if !strings.HasPrefix(rest, ":") {
		return 0, false
	}
	rest = strings.TrimLeft(rest[1:], " \t\r\n")
	if !strings.HasPrefix(rest, `"`) {
		return 0, false
	}
	return len(s) - len(rest) + 1, true
}

// inputValues finds the value of <input name="…" value="…">, as in a form_post page.
func inputValues(spans []Span, s, name, kind string) []Span {
	const value = `value="`
	tagEnd, valueAt := -1, -1 // the next ones, looked for once: a page can have any number of tags without end
	for at := 0; ; {
		i := strings.Index(s[at:], `name="`+name+`"`)
		if i < 0 {
			return spans
		}
		at += i + len(name) + 7
		tagEnd, valueAt = next(s, ">", at, tagEnd), next(s, value, at, valueAt)
		if valueAt < tagEnd {
			start := valueAt + len(value)
			if k := strings.IndexByte(s[start:], '"'); k > 0 {
				spans = append(spans, Span{Start: start, End: start + k, Kind: kind})
			}
		}
	}
}

// next returns where sep stands in s from at on, else the length of s; known is what it returned last.
func next(s, sep string, at, known int) int {
	if known >= at {
		return known
	}
	if i := strings.Index(s[at:], sep); i >= 0 {
		return at + i
	}
	return len(s)
}

// jwts finds what looks like a compact JWS or JWE, whatever it is called.
func jwts(spans []Span, s string) []Span {
	for at := 0; ; {
		i := strings.Index(s[at:], "eyJ")
		if i < 0 {
			return spans
		}
		start := at + i
		end, dots := start, 0
		for end < len(s) && (isBase64URL(s[end]) || s[end] == '.') {
			if s[end] == '.' {
				dots++
			}
			end++
		}
		if dots >= 2 && dots <= 4 && (start == 0 || !isBase64URL(s[start-1])) {
			if IsAlias(aliasAt(s, end)) { // a signature that is an alias already
				end += len(aliasAt(s, end))
			}
			spans = append(spans, Span{Start: start, End: end, Kind: "token"})
		}
		at = max(end, start+3)
	}
}

func isBase64URL(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// tidy orders spans and drops those that overlap an earlier one; of two that begin
// together the one whose name is known wins.
func tidy(spans []Span) []Span {
	slices.SortStableFunc(spans, func(a, b Span) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	kept := spans[:0]
	for _, s := range spans {
		if n := len(kept); n > 0 && s.Start < kept[n-1].End {
			if s.Start == kept[n-1].Start && kept[n-1].Kind == "token" {
				kept[n-1].Kind = s.Kind
			}
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// value returns the secret itself, decoded.
func (s Span) value(text string) string {
	raw := text[s.Start:s.End]
	switch s.enc {
	case form:
		if v, err := url.QueryUnescape(raw); err == nil {
			return v
		}
	case inJSON:
		return unquote(raw)
	}
	return raw
}

// Hide replaces the secrets in text by their masks.
func Hide(text string, spans []Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start])
		b.WriteString(Mask(s.Kind, s.value(text)))
		at = s.End
	}
	b.WriteString(text[at:])
	return b.String()
}
