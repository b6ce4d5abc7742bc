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
	for _, name := range [...]string{"jku", "x5u", "jwk", "x5c"} {
		v, ok := t.Header.Get(name)
		ofProof := (name == "jwk" || name == "x5c") && (role == RoleDPoP || role == RoleAttestation || role == RoleCredential)
		if !ok || ofProof {
			continue
		}
		all = append(all, lint("token-key-in-header-"+name, name+" "+clip(shown(v), 80)))
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
	return []Finding{lint("token-kid-suspicious", "kid "+clip(strconv.QuoteToASCII(kid), 120))}
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
	return []Finding{lint("token-times-milliseconds", strings.TrimSuffix(sentence(seen), "."))}
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
	return []Finding{lint("token-no-exp", "no exp")}
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
	return []Finding{lint("token-id-claims-in-access-token", by+", and "+strings.Join(seen, ", "))}
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
	return []Finding{lint("token-lifetime-long", fmt.Sprintf("exp is %s after iat, more than 24 hours", days(exp.Sub(iat))))}
}

func days(d time.Duration) string {
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days %d hours", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	}
	return d.String()
}
