package jwtview

import (
	"cmp"
	"fmt"
	"strings"
)

const (
	byExpiresIn = "From expires_in of the token response that it came in: nothing in the token says."
	byAsking    = "From the issuer only: introspection (RFC 7662) where it has an endpoint for it, UserInfo for the claims of the user."
)

// anyAdvice is for what names no issuer.
var anyAdvice = Advice{byExpiresIn, byAsking,
	"By a setting of the issuer, if it has one: Authgear, switch on Issue JWT as access token; Auth0, send audience; Ory Hydra, set strategies.access_token to jwt. An ID token is a JWT everywhere."}

var authgearAdvice = Advice{
	byExpiresIn + " Authgear: 30 minutes unless the application sets another.",
	"From UserInfo, with the token in the Authorization header. Authgear's metadata has no introspection endpoint.",
	"Authgear: switch on Issue JWT as access token in the settings of the application. Auth0: send audience. Ory Hydra: set strategies.access_token to jwt. An ID token is a JWT everywhere.",
}

var grantAdvice = Advice{
	"From the application's refresh token lifetime and idle timeout at Authgear; the token response does not say it.",
	"The part before the dot is the id of the offline grant, the session on the server; the part behind it is secret.",
	"A refresh token is never a JWT at Authgear; exchange it at the token endpoint for an access token.",
}

var codeAdvice = Advice{
	"Some minutes and one use, ten minutes at most (RFC 6749 §4.1.2).",
	"From exchanging it at the token endpoint, with the code_verifier if there was a code_challenge.",
	"A code is no token: the exchange gives an ID token, a JWT, if the scope openid was asked for.",
}

var refreshAdvice = Advice{
	"From the issuer's settings; some say it in refresh_expires_in or refresh_token_expires_in.",
	"From nothing: it is only for the token endpoint, which gives an access token for it.",
	"Refresh tokens are opaque nearly everywhere; Keycloak's are JWTs, and only for Keycloak to read.",
}

// inspectOpaque names what is no JWT, by its prefix or its form, and says how to live with it.
func inspectOpaque(t Token) Inspection {
	if likelyJWT(t.text) && len(t.Problems) > 0 {
		return inspectBroken(t)
	}
	for _, form := range [...]func(Token) (Inspection, bool){paseto, binaryMacaroon, saml, known, noToken} {
		if in, ok := form(t); ok {
			return in
		}
	}
	in := Inspection{Shape: ShapeOpaque, Token: t, Spec: "RFC 6749 §1.4", Advice: anyAdvice,
		Reason: "Opaque by design: a handle that only its issuer understands. Nothing is wrong with it."}
	parts := strings.Count(t.text, ".") + 1
	switch {
	case len(t.text) == 32 && alphanumeric(t.text):
		in.Advice = authgearAdvice
		in.Reason = "32 letters and digits: so Authgear's access tokens look by default, and those of some other issuers. Opaque by design, nothing is wrong with it."
	case likelyJWT(t.text):
		in.Reason = "It starts as base64 of a JSON object, which names no alg: a cookie, a cursor or the like, and no JWT."
	case parts == 3 || parts == 5:
		in.Reason += fmt.Sprintf(" It has %d parts as a JWT may have, but the first is no JSON header.", parts)
	}
	return in
}

// inspectBroken reads of a damaged JWT what there is: the header, if it is whole.
func inspectBroken(t Token) Inspection {
	in := Inspection{Shape: ShapeUnreadable, Token: t, Spec: "RFC 7515 §7.1", Reason: "It starts as a JWT does and cannot be read as one; the problems say why."}
	first, _, _ := strings.Cut(t.text, ".")
	scratch := Token{max: t.max}
	if header, ok := scratch.header(first, true); ok && t.Header.Kind != Object {
		in.Token.Header = header
		in.Reason += " Its header can be read."
	}
	return in
}

// noToken finds what no token looks like: it has to travel in an HTTP header (RFC 6750 §2.1).
func noToken(t Token) (Inspection, bool) {
	why := ""
	switch {
	case strings.HasPrefix(t.text, "-----BEGIN "):
		why = "It is PEM: a key or a certificate to verify tokens with, and no token."
	case strings.HasPrefix(t.text, "{") && strings.Contains(t.text, `"kty"`):
		why = "It is a JWK or a JWK set: keys to verify tokens with, and no token."
	case strings.HasPrefix(t.text, "{") || strings.HasPrefix(t.text, "["):
		why = "It is JSON, or starts as it does, and no member in it is a token by its name."
	case strings.HasPrefix(t.text, "<"):
		why = "It starts as HTML or XML does."
	case strings.EqualFold(t.text, "bearer"):
		why = "It is the scheme of an Authorization header, and the token behind it is missing."
	case strings.Contains(t.text, "…"):
		why = "Characters are missing where it says \"…\"."
	case strings.ContainsFunc(t.text, func(r rune) bool { return r <= ' ' || r > '~' }):
		why = "It has white space, or characters beyond ASCII, in it: no token has."
	default:
		return Inspection{}, false
	}
	return Inspection{Shape: ShapeUnreadable, Token: t, Reason: why, Spec: "RFC 6750 §2.1"}, true
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (s[i] < '0' || '9' < s[i]) && (c < 'a' || 'z' < c) {
			return false
		}
	}
	return true
}

// known looks for the prefixes of providers, the longest that fits.
func known(t Token) (Inspection, bool) {
	var best prefix
	for _, p := range prefixes {
		// Two letters are no evidence in front of a short text.
		if len(p.text) == 2 && alphanumeric(p.text) && len(t.text) < 40 {
			continue
		}
		if strings.HasPrefix(t.text, p.text) && len(p.text) > len(best.text) && len(t.text) > len(p.text) {
			best = p
		}
	}
	if best.text == "" {
		return Inspection{}, false
	}
	in := Inspection{Shape: ShapeOpaque, Role: best.role, Provider: best.provider, Token: t, Spec: best.provider,
		Reason: "It starts with " + best.text + ": " + best.what + ". Opaque by design, nothing is wrong with it.",
		Advice: Advice{cmp.Or(best.lifetime, byExpiresIn), cmp.Or(best.content, byAsking), cmp.Or(best.jwt, "There is none: "+best.provider+" issues this kind of token opaque only.")}}
	return in, true
}
