package jwtview

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lintKeyInHeader finds keys and addresses of keys that a token brings along (RFC 8725 §3.10). A proof of possession is
// left out, which has to carry its key: DPoP, and the proofs of wallets.
func lintKeyInHeader(t Token, _ Keys) []Finding {
	role, _, _ := t.role()
	var all []Finding
	for _, p := range [...]struct{ name, what string }{
		{"jku", "the address of a key set"}, {"x5u", "the address of a certificate"}, {"jwk", "a public key"}, {"x5c", "a certificate chain"},
	} {
		v, ok := t.Header.Get(p.name)
		ofProof := (p.name == "jwk" || p.name == "x5c") && (role == RoleDPoP || role == RoleAttestation || role == RoleCredential)
		if !ok || ofProof {
			continue
		}
		all = append(all, Finding{ID: "token-key-in-header-" + p.name, Severity: Warning, Title: fmt.Sprintf("The token brings %s along", p.what),
			Seen:  p.name + " " + clip(shown(v), 80),
			Means: "A token must not say which key proves it: whoever writes a token can put an own key or address there. It was not fetched and is not trusted here.",
			Do:    "Take keys from the issuer's metadata only. If the issuer needs this, allow only its own addresses or its own root.", Spec: "RFC 8725 §3.10"})
	}
	return all
}

// lintKid finds kids that do harm to readers that build a path, a query or a URL of them.
func lintKid(t Token, _ Keys) []Finding {
	kid := t.Kid()
	suspect := kid
	if strings.HasPrefix(kid, "did:") || strings.HasPrefix(kid, "https://") {
		// A DID URL names its key behind a #, and a kid may be a URL: those characters are at home there.
		suspect = strings.NewReplacer("#", "", "/", "", "?", "", "=", "").Replace(kid)
	}
	at := strings.IndexAny(suspect, "?#%&'\";\\<>|$`(){}*\x00\r\n")
	// Plain base64 has slashes too: a path is one that climbs, starts at the root or names a file.
	rooted := strings.HasPrefix(suspect, "/") && strings.Count(suspect, "/") > 1
	if at < 0 && !rooted && !strings.Contains(suspect, "../") && !strings.Contains(suspect, "file:") && !strings.Contains(suspect, " ") {
		return nil
	}
	return []Finding{{ID: "token-kid-suspicious", Severity: Warning, Title: "The kid has characters of a path or a query", Seen: "kid " + clip(strconv.QuoteToASCII(kid), 120),
		Means: "A kid is looked up in a list. In readers that make a file name, a URL or a database query of it, this one may reach what it should not.",
		Do:    "Compare the kid with those of the key set, byte by byte, and reject the token if none is equal.", Spec: "RFC 8725 §3.10"}}
}

// lintMilliseconds finds times a thousand times too large.
func lintMilliseconds(t Token, _ Keys) []Finding {
	var seen []string
	for _, name := range [...]string{"exp", "iat", "nbf", "auth_time"} {
		v, ok := t.Claims.Get(name)
		if !ok || v.Kind != Number {
			continue
		}
		if f, err := strconv.ParseFloat(v.Text, 64); err == nil && f > 1e11 && f < 1e14 {
			seen = append(seen, fmt.Sprintf("%s %s, as milliseconds %s", name, clip(v.Text, 40), time.UnixMilli(int64(f)).UTC().Format(time.RFC3339)))
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return []Finding{{ID: "token-times-milliseconds", Severity: Error, Title: "Times are in milliseconds", Seen: strings.TrimSuffix(sentence(seen), "."),
		Means: "NumericDate is in seconds. Read as that, the token expires in some tens of thousands of years, or was issued that far ahead.",
		Do:    "Divide by 1000 where the token is made: Date.now() and System.currentTimeMillis() give milliseconds.", Spec: "RFC 7519 §2", Catalogue: "D50"}}
}

// lintNoExpiry finds tokens that never end and should. Proofs, events, responses and credentials end otherwise; Keycloak's
// offline tokens end with the session.
func lintNoExpiry(t Token, _ Keys) []Finding {
	if t.Claims.Kind != Object || t.has("exp") || t.has("events") {
		return nil
	}
	role, _, _ := t.role()
	switch role {
	case RoleIDToken, RoleAccessToken, RoleClientAssertion, RoleUnknown:
	default:
		return nil
	}
	return []Finding{{ID: "token-no-exp", Severity: Warning, Title: "The token never expires", Seen: "no exp",
		Means: "Whoever gets hold of it can use it until the key is rotated: nothing in it ends it.",
		Do:    "Have the issuer set exp: minutes for an ID token, an hour for an access token.", Spec: "RFC 7519 §4.1.4", Catalogue: "D50"}}
}

// lintMixed finds what belongs into an ID token in one that calls itself an access token. Keycloak used to write the nonce
// into both: there only the hashes count, which tie an ID token to others.
func lintMixed(t Token, _ Keys) []Finding {
	typ, _ := t.Claims.Str("typ")
	names, by := []string{"nonce", "at_hash", "c_hash", "s_hash"}, "typ at+jwt"
	switch {
	case mediaType(t.Typ()) == "at+jwt":
	case keycloakTypes[typ] == RoleAccessToken:
		names, by = []string{"at_hash", "c_hash"}, "claim typ "+typ
	case t.text1("token_use") == "access":
		by = "token_use access"
	default:
		return nil
	}
	var seen []string
	for _, name := range names {
		if t.has(name) {
			seen = append(seen, name)
		}
	}
	if len(seen) == 0 {
		return nil
	}
	return []Finding{{ID: "token-id-claims-in-access-token", Severity: Warning, Title: "An access token with claims of an ID token",
		Seen:  by + ", and " + strings.Join(seen, ", "),
		Means: "It can be taken for an ID token by a client that does not look at typ: token confusion.",
		Do:    "Have the issuer leave these claims to the ID token. In a client, reject a token whose typ is that of an access token.", Spec: "RFC 8725 §3.12, RFC 9068 §4", Catalogue: "D56"}}
}

// lintLifetime counts how long an access token can be used after it was revoked or stolen.
func lintLifetime(t Token, _ Keys) []Finding {
	if role, _, _ := t.role(); role != RoleAccessToken {
		return nil
	}
	iat, ok := t.Time("iat")
	exp, ok2 := t.Time("exp")
	if !ok || !ok2 || exp.Sub(iat) <= longAccess*time.Second {
		return nil
	}
	return []Finding{{ID: "token-lifetime-long", Severity: Info, Title: "The access token lives long",
		Seen:  fmt.Sprintf("exp is %s after iat, more than 24 hours", days(exp.Sub(iat))),
		Means: "A JWT is accepted until it expires, also when it was revoked or the session has ended, by everybody who only checks the signature.",
		Do:    "Shorten it at the issuer, to an hour or less, and let a refresh token renew it.", Spec: "RFC 9700 §4.10, RFC 7009 §3", Catalogue: "D59"}}
}

func days(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days %d hours", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	}
	return d.String()
}
