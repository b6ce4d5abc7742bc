package jwtview

import "slices"

// Lints are the ids of the findings of [Token.Lint].
var Lints = func() (ids []string) {
	for _, f := range lintTexts {
		ids = append(ids, f.ID)
	}
	return ids
}()

// LintText returns what a finding of [Token.Lint] says whatever was seen, and whether there is one of that id.
func LintText(id string) (Finding, bool) {
	i := slices.IndexFunc(lintTexts, func(f Finding) bool { return f.ID == id })
	if i < 0 {
		return Finding{}, false
	}
	return lintTexts[i], true
}

// lint is the finding called id, of what was seen.
func lint(id, seen string) Finding {
	f, _ := LintText(id)
	f.Seen = seen
	return f
}

// lintTexts are the words of the findings: their one home.
var lintTexts = []Finding{
	{ID: "token-alg-none", Severity: Error, Catalogue: "D48", Title: "The token is not signed",
		Means: "Anybody can have written it. Whoever accepts it accepts any claims.",
		Do:    "Have the issuer sign with RS256 or ES256, and name the algorithms that you accept in your library.", Spec: "RFC 8725 §3.2"},
	{ID: "token-hmac-beside-public-keys", Severity: Error, Catalogue: "D48", Title: "A MAC where the issuer has public keys",
		Means: "Either the client is registered for a MAC with its secret, or the token is not from this issuer, or somebody made it with the public key as the secret: algorithm confusion.",
		Do:    "Accept only the algorithms that the issuer signs with; let the key decide the algorithm, not the token.", Spec: "RFC 8725 §3.1"},
	{ID: "token-duplicate-members", Severity: Error, Catalogue: "D48", Title: "Members occur more than once",
		Means: "Readers disagree about which one counts: one checks the first, the next uses the last.",
		Do:    "Reject the token, and look at who made it: JSON libraries do not write this by themselves.", Spec: "RFC 7519 §4"},
	{ID: "token-crit-unknown", Severity: Error, Catalogue: "D48", Title: "The header demands an extension that is not known",
		Means: "A reader that does not understand what crit lists must reject the token. Readers that ignore it check less than the issuer meant.",
		Do:    "Ask the issuer what the extension is, and use a library that knows it.", Spec: "RFC 7515 §4.1.11"},
	{ID: "token-signature-der", Severity: Error, Catalogue: "D47", Title: "The signature is in DER",
		Means: "A JWS has R and S side by side, each as long as the curve. Conforming readers reject this one, though the key may be right.",
		Do:    "Convert where it is signed: OpenSSL, Java's SHA256withECDSA and key services give DER.", Spec: "RFC 7518 §3.4"},
	{ID: "token-times-milliseconds", Severity: Error, Catalogue: "D50", Title: "Times are in milliseconds",
		Means: "NumericDate is in seconds. Read as that, the token expires in some tens of thousands of years, or was issued that far ahead.",
		Do:    "Divide by 1000 where the token is made: Date.now() and System.currentTimeMillis() give milliseconds.", Spec: "RFC 7519 §2"},
	{ID: "token-hmac-secret-short", Severity: Warning, Catalogue: "D48", Title: "The secret is shorter than its hash",
		Means: "Whoever has one token can try secrets offline, and with the right one make any token.",
		Do:    "Use as many random bytes as the hash has, or more: not a word or a sentence.", Spec: "RFC 7518 §3.2"},
	{ID: "token-rsa-key-small", Severity: Warning, Catalogue: "D48", Title: "The RSA key is too small",
		Means: "RS and PS algorithms need 2048 bits or more: a smaller key can be broken with enough money.",
		Do:    "Have the issuer rotate to a key of 2048 bits, or to ES256.", Spec: "RFC 7518 §3.3"},
	{ID: "token-key-in-header-jku", Severity: Warning, Catalogue: "D48", Title: "The token brings the address of a key set along",
		Means: "A token must not say which key proves it: whoever writes a token can put an own key or address there. It was not fetched and is not trusted here.",
		Do:    "Take keys from the issuer's metadata only. If the issuer needs this, allow only its own addresses or its own root.", Spec: "RFC 8725 §3.10"},
	{ID: "token-key-in-header-x5u", Severity: Warning, Catalogue: "D48", Title: "The token brings the address of a certificate along",
		Means: "A token must not say which key proves it: whoever writes a token can put an own key or address there. It was not fetched and is not trusted here.",
		Do:    "Take keys from the issuer's metadata only. If the issuer needs this, allow only its own addresses or its own root.", Spec: "RFC 8725 §3.10"},
	{ID: "token-key-in-header-jwk", Severity: Warning, Catalogue: "D48", Title: "The token brings a public key along",
		Means: "A token must not say which key proves it: whoever writes a token can put an own key or address there. It was not fetched and is not trusted here.",
		Do:    "Take keys from the issuer's metadata only. If the issuer needs this, allow only its own addresses or its own root.", Spec: "RFC 8725 §3.10"},
	{ID: "token-key-in-header-x5c", Severity: Warning, Catalogue: "D48", Title: "The token brings a certificate chain along",
		Means: "A token must not say which key proves it: whoever writes a token can put an own key or address there. It was not fetched and is not trusted here.",
		Do:    "Take keys from the issuer's metadata only. If the issuer needs this, allow only its own addresses or its own root.", Spec: "RFC 8725 §3.10"},
	{ID: "token-kid-suspicious", Severity: Warning, Catalogue: "D48", Title: "The kid has characters of a path or a query",
		Means: "A kid is looked up in a list. In readers that make a file name, a URL or a database query of it, this one may reach what it should not.",
		Do:    "Compare the kid with those of the key set, byte by byte, and reject the token if none is equal.", Spec: "RFC 8725 §3.10"},
	{ID: "token-no-exp", Severity: Warning, Catalogue: "D50", Title: "The token never expires",
		Means: "Whoever gets hold of it can use it until the key is rotated: nothing in it ends it.",
		Do:    "Have the issuer set exp: minutes for an ID token, an hour for an access token.", Spec: "RFC 7519 §4.1.4"},
	{ID: "token-id-claims-in-access-token", Severity: Warning, Catalogue: "D56", Title: "An access token with claims of an ID token",
		Means: "It can be taken for an ID token by a client that does not look at typ: token confusion.",
		Do:    "Have the issuer leave these claims to the ID token. In a client, reject a token whose typ is that of an access token.", Spec: "RFC 8725 §3.12, RFC 9068 §4"},
	{ID: "token-lifetime-long", Severity: Info, Catalogue: "D59", Title: "The access token lives long",
		Means: "A JWT is accepted until it expires, also when it was revoked or the session has ended, by everybody who only checks the signature.",
		Do:    "Shorten it at the issuer, to an hour or less, and let a refresh token renew it.", Spec: "RFC 9700 §4.10, RFC 7009 §3"},
}
