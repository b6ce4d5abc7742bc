package trace

import "strings"

// keyMembers are the members of a JWK that only its owner may know, with their kind (RFC 7518 §6.2.2, §6.3.2, §6.4.1): who
// publishes one has given away the key. r and t stand within oth.
var keyMembers = map[string]string{
	"d": "private_key", "p": "private_key", "q": "private_key", "dp": "private_key", "dq": "private_key", "qi": "private_key",
	"r": "private_key", "t": "private_key", "k": "symmetric_key",
}

// privateKeys finds what is private in keys: members of a JWK, and what stands in a PEM block.
func privateKeys(spans []Span, s string) []Span {
	if strings.Contains(s, `"kty"`) || strings.Contains(s, `"keys"`) { // the second where a body was cut before the first
		for name, kind := range keyMembers {
			spans = jsonValues(spans, s, name, kind)
		}
	}
	return pemKeys(spans, s)
}

// pemKeys finds what stands between the lines of a private key in PEM (RFC 7468), up to the end of what was cut off.
func pemKeys(spans []Span, s string) []Span {
	const begin, private, dashes = "-----BEGIN ", "PRIVATE KEY", "-----"
	for at := 0; ; {
		i := strings.Index(s[at:], begin)
		if i < 0 {
			return spans
		}
		at += i + len(begin)
		label, _, ok := strings.Cut(s[at:min(len(s), at+64)], dashes)
		if !ok || !strings.HasSuffix(label, private) {
			continue
		}
		start := at + len(label) + len(dashes)
		end := len(s)
		if j := strings.Index(s[start:], dashes); j >= 0 {
			end = start + j
		}
		if end > start {
			spans = append(spans, Span{Start: start, End: end, Kind: "private_key"})
		}
		at = end
	}
}
