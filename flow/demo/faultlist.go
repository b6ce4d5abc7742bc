package demo

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The relying-party tests of the OpenID Foundation's conformance suite that must fail a login, under their names.
var idTokenFaults = []Fault{
	{Name: "invalid-iss", Group: groupID, What: "iss of the ID token is another issuer", answer: claims(func(t *Tenant, c jwt.MapClaims) { c["iss"] = t.issuer + "/other" })},
	{Name: "missing-sub", Group: groupID, What: "the ID token has no sub", answer: claims(func(_ *Tenant, c jwt.MapClaims) { delete(c, "sub") })},
	{Name: "invalid-aud", Group: groupID, What: "aud of the ID token is another client", answer: claims(func(_ *Tenant, c jwt.MapClaims) { c["aud"] = []string{"another-client"} })},
	{Name: "missing-aud", Group: groupID, What: "the ID token has no aud", answer: claims(func(_ *Tenant, c jwt.MapClaims) { delete(c, "aud") })},
	{Name: "missing-iat", Group: groupID, What: "the ID token has no iat", answer: claims(func(_ *Tenant, c jwt.MapClaims) { delete(c, "iat") })},
	{Name: "nonce-invalid", Group: groupID, What: "nonce of the ID token is not the one that was sent", answer: claims(func(_ *Tenant, c jwt.MapClaims) { c["nonce"] = newSecret() })},
	{Name: "invalid-sig-rs256", Group: groupID, What: "the RS256 signature does not hold", answer: onIDToken(brokenRS256, grantCode)},
	{Name: "invalid-sig-es256", Group: groupID, What: "the ID token is signed with ES256, and the signature does not hold", answer: all(onIDToken(brokenES256, grantCode), algs("ES256"), moreKeys)},
	{Name: "invalid-sig-hs256", Group: groupID, What: "the ID token has a MAC, HS256, with another secret than the client's", Client: "workshop-web", answer: all(onIDToken(brokenHS256, grantCode), algs("HS256"))},
	{Name: "idtoken-sig-none", Group: groupID, What: "the ID token is not signed: alg none", answer: onIDToken(unsigned, grantCode)},
	{Name: "discovery-issuer-mismatch", Group: groupID, What: "the metadata names another issuer than the one that was asked", answer: onMetadata(func(t *Tenant, a *reply) {
		a.swap(`"issuer":"`+t.issuer+`"`, `"issuer":"`+t.issuer+`/other"`)
	})},
}

var laterFaults = []Fault{
	{Name: "userinfo-invalid-sub", Group: groupLater, What: "sub of UserInfo is another person", answer: func(_ *Tenant, a *reply) {
		if a.at(userInfoPath) {
			a.swap(`"sub":"`, `"sub":"0`)
		}
	}},
	{Name: "refresh-token-invalid-issuer", Group: groupLater, What: "the ID token of a refresh has another iss", Needs: "--refresh 1", answer: refreshedClaims(func(t *Tenant, c jwt.MapClaims) { c["iss"] = t.issuer + "/other" })},
	{Name: "refresh-token-invalid-sub", Group: groupLater, What: "the ID token of a refresh has another sub", Needs: "--refresh 1", answer: refreshedClaims(func(_ *Tenant, c jwt.MapClaims) { c["sub"] = "another-person" })},
	{Name: "refresh-token-invalid-aud", Group: groupLater, What: "the ID token of a refresh has another aud", Needs: "--refresh 1", answer: refreshedClaims(func(_ *Tenant, c jwt.MapClaims) { c["aud"] = []string{"another-client"} })},
}

// The relying-party tests that must pass.
var modes = []Fault{
	{Name: "kid-absent-single-jwks", Group: groupModes, Works: true, What: "the ID token has no kid, and there is one key", answer: onIDToken(withoutKid, grantCode, grantRefresh)},
	{Name: "kid-absent-multiple-jwks", Group: groupModes, Works: true, What: "the ID token has no kid, and there are several keys", answer: all(onIDToken(withoutKid, grantCode, grantRefresh), moreKeys)},
	{Name: "signing-key-rotation", Group: groupModes, Works: true, What: "after the sign-in the tenant signs with another key", Needs: "--refresh 1", answer: all(onIDToken(withOtherKey, grantRefresh), func(t *Tenant, a *reply) {
		if a.at(keysPath) && t.count() > 1 {
			a.keys(rsaKey)
		}
	})},
	{Name: "signing-key-rotation-just-before-signing", Group: groupModes, Works: true, What: "the key set that is fetched first is older than the ID token; fetched again it is right", answer: all(onIDToken(withOtherKey, grantCode, grantRefresh), func(t *Tenant, a *reply) {
		if a.at(keysPath) && t.count() > 1 {
			a.keys(rsaKey)
		}
	})},
	{Name: "userinfo-signed", Group: groupModes, Works: true, What: "UserInfo comes as a signed JWT"},
	{Name: "client-secret-basic", Group: groupModes, Works: true, Client: "workshop-web", What: "the tenant takes the secret in the header alone", answer: all(onMetadata(func(_ *Tenant, a *reply) {
		a.swap(`"token_endpoint_auth_methods_supported":["none","client_secret_post","client_secret_basic"]`, `"token_endpoint_auth_methods_supported":["client_secret_basic"]`)
	}), func(_ *Tenant, a *reply) {
		if a.at(tokenPath) && a.request.PostForm.Has("client_secret") {
			a.sayError(http.StatusBadRequest, "invalid_client", "client secret is required")
		}
	})},
}

var clientFaults = []Fault{
	{Name: "redirect-uri-not-registered", Group: groupClient, What: "the redirect URI is not registered for the client", request: onRequest(authorizePath, func(q url.Values) { q.Set("redirect_uri", q.Get("redirect_uri")+"/") })},
	{Name: "unknown-client", Group: groupClient, What: "the tenant does not know the client", request: onRequest(authorizePath, func(q url.Values) { q.Set("client_id", "not-"+q.Get("client_id")) })},
	{Name: "wrong-secret", Group: groupClient, Client: "workshop-web", What: "the tenant has another secret for the client", answer: atToken("invalid_request", "invalid client secret", grantCode, grantClientCredentials)},
	{Name: "wrong-client-auth-method", Group: groupClient, What: "the client is registered for another way of authentication", answer: atToken("invalid_client", "client secret is required", grantCode, grantClientCredentials)},
}

var scopeFaults = []Fault{
	{Name: "offline-access-dropped", Group: groupScope, What: "there is no refresh token, and nothing says why", answer: onToken(func(a *reply) { a.drop("refresh_token") })},
	{Name: "offline-access-not-granted", Group: groupScope, What: "there is no refresh token, and scope says that offline_access was not granted", answer: onToken(func(a *reply) {
		a.drop("refresh_token")
		a.swap(`"token_type"`, `"scope":"openid","token_type"`)
	})},
	{Name: "scope-refused", Group: groupScope, What: "a scope is not assigned to the client", answer: refuse("invalid_scope", "specified scope is not allowed: ", lastScope)},
	{Name: "scope-comma-separated", Group: groupScope, What: "the application separates its scopes with commas", draft: onQuery(withCommas)},
}

var codeFaults = []Fault{
	{Name: "pkce-mismatch", Group: groupCode, What: "the application hands in the code_verifier of another run", draft: otherVerifier},
	{Name: "pkce-hex-digest", Group: groupCode, What: "the application encodes the hexadecimal digits of the digest as its code_challenge", draft: wrongPair(hexEncoded)},
	{Name: "pkce-challenge-is-verifier", Group: groupCode, What: "the application sends the code_verifier itself as its code_challenge", draft: wrongPair(func(v string) string { return v })},
	{Name: "code-expired", Group: groupCode, What: "the code has expired when it is handed in", request: onForm(grantCode, func(f url.Values) { f.Set("code", newSecret()) })},
	{Name: "code-reused", Group: groupCode, What: "another program has used the code before", request: redeemBefore},
}

var answerFaults = []Fault{
	{Name: "state-lost", Group: groupAnswer, What: "the answer carries no state", answer: back(func(_ *Tenant, q url.Values) { q.Del("state") })},
	{Name: "iss-wrong", Group: groupAnswer, What: "the answer says that it comes from another issuer", answer: back(func(t *Tenant, q url.Values) { q.Set("iss", t.issuer+"/other") })},
	{Name: "answer-encoded-twice", Group: groupAnswer, What: "the values of the answer are encoded twice, as Authgear does in a fragment", answer: back(func(_ *Tenant, q url.Values) {
		for name := range q {
			q.Set(name, percent(q.Get(name)))
		}
	})},
}

var issuerFaults = []Fault{
	{Name: "issuer-trailing-slash", Group: groupIssuer, What: "the tenant calls itself by its issuer with a slash at the end", answer: all(onMetadata(func(t *Tenant, a *reply) {
		a.swap(`"issuer":"`+t.issuer+`"`, `"issuer":"`+t.issuer+`/"`)
	}), claims(func(t *Tenant, c jwt.MapClaims) { c["iss"] = t.issuer + "/" }))},
	{Name: "issuer-behind-proxy", Group: groupIssuer, What: "the tenant sits behind a proxy and does not know that it is reached by another scheme", answer: all(onMetadata(func(t *Tenant, a *reply) {
		a.swap(`"issuer":"`+t.issuer+`"`, `"issuer":"`+otherScheme(t.issuer)+`"`)
	}), claims(func(t *Tenant, c jwt.MapClaims) { c["iss"] = otherScheme(t.issuer) }))},
	{Name: "kid-rotated", Group: groupIssuer, What: "the ID token names a key that is no more in the key set", answer: func(_ *Tenant, a *reply) {
		if a.at(keysPath) {
			a.keys(rsaKey)
		}
	}},
	{Name: "jwks-stale", Group: groupIssuer, What: "the key set comes from a cache that is older than the key of the ID token", answer: onIDToken(withOtherKey, grantCode, grantRefresh)},
	{Name: "clock-ahead", Group: groupIssuer, What: "the tenant's clock is two minutes ahead", answer: shifted(2 * time.Minute)},
	{Name: "clock-behind", Group: groupIssuer, What: "the tenant's clock is ten minutes behind", answer: shifted(-10 * time.Minute)},
}

var tokenFaults = []Fault{
	{Name: "expires-in-missing", Group: groupTokens, What: "the token response has no expires_in", answer: onToken(func(a *reply) { a.drop("expires_in") })},
	{Name: "expires-in-string", Group: groupTokens, What: "expires_in is a string", answer: onToken(func(a *reply) { a.number("expires_in", `"$1"`) })},
	{Name: "expires-in-float", Group: groupTokens, What: "expires_in is a fraction", answer: onToken(func(a *reply) { a.number("expires_in", `$1.5`) })},
	{Name: "expires-in-milliseconds", Group: groupTokens, What: "expires_in is in milliseconds", answer: onToken(func(a *reply) { a.number("expires_in", `${1}000`) })},
	{Name: "access-token-opaque", Group: groupTokens, Client: "workshop-rotating", Needs: "--param audience=https://api.workshop.example", What: "the access token is opaque where a JWT is expected"},
	{Name: "id-token-encrypted", Group: groupTokens, What: "the ID token is encrypted (JWE)", answer: onIDToken(encrypted, grantCode)},
	{Name: "nonce-missing", Group: groupTokens, What: "the ID token has no nonce", answer: claims(func(_ *Tenant, c jwt.MapClaims) { delete(c, "nonce") })},
	{Name: "nonce-of-another-run", Group: groupTokens, What: "the ID token has the nonce of another sign-in", answer: claims(func(t *Tenant, c jwt.MapClaims) { c["nonce"] = "nonce-of-the-sign-in-before" })},
	{Name: "at-hash-wrong", Group: groupTokens, What: "at_hash is that of another access token", answer: claims(func(_ *Tenant, c jwt.MapClaims) { c["at_hash"] = newSecret()[:22] })},
	{Name: "alg-none", Group: groupTokens, What: "the ID token is not signed (the same as idtoken-sig-none)", answer: onIDToken(unsigned, grantCode)},
	{Name: "hs256-public-key", Group: groupTokens, What: "the ID token has a MAC, HS256, with the public key as its secret", answer: onIDToken(publicKeyHS256, grantCode)},
}

var refreshFaults = []Fault{
	{Name: "refresh-token-revoked", Group: groupRefresh, Needs: "--refresh 1", What: "the refresh token was revoked elsewhere", request: onForm(grantRefresh, deadToken)},
	{Name: "refresh-token-rotated", Group: groupRefresh, Client: "workshop-rotating", Needs: "--refresh 2", What: "the application goes on using the first refresh token", draft: firstRefreshToken},
	{Name: "refresh-token-idle", Group: groupRefresh, Needs: "--refresh 1", What: "the session was idle for too long", request: onForm(grantRefresh, deadToken)},
	{Name: "refresh-token-other-client", Group: groupRefresh, Needs: "--refresh 1", What: "the application hands in the refresh token as another client", draft: func(_ *Tenant, d *Draft) {
		d.form(grantRefresh, func(f url.Values) { f.Set("client_id", "third-party") })
	}},
	{Name: "session-ended", Group: groupRefresh, Needs: "--refresh 1", What: "the session was ended elsewhere, after the sign-in", request: func(t *Tenant, r *http.Request) {
		onForm(grantRefresh, deadToken)(t, r)
		if r.URL.Path == userInfoPath {
			r.Header.Del("Authorization")
		}
	}},
}

var transferFaults = []Fault{
	{Name: "rate-limited", Group: groupTransfer, What: "too many requests: 429", answer: func(_ *Tenant, a *reply) {
		if a.at(tokenPath) {
			a.sayError(http.StatusTooManyRequests, "x_rate_limited", "rate limit exceeded, please try again later.")
		}
	}},
	{Name: "slow", Group: groupTransfer, What: "the token endpoint answers after 40 s", serve: slow},
	{Name: "cut-off", Group: groupTransfer, What: "the token response ends in the middle", answer: func(_ *Tenant, a *reply) {
		if a.at(tokenPath) {
			a.header.Set("Content-Length", "4000")
			a.body = a.body[:len(a.body)/2]
		}
	}},
	{Name: "html", Group: groupTransfer, What: "a page comes in place of the token response", answer: func(_ *Tenant, a *reply) {
		if a.at(tokenPath) {
			a.say(http.StatusOK, "text/html; charset=utf-8", "<!DOCTYPE html>\n<title>Sign in</title>\n<h1>Please sign in to the network</h1>\n")
		}
	}},
	{Name: "no-content", Group: groupTransfer, What: "the token endpoint answers 204, with nothing", answer: func(_ *Tenant, a *reply) {
		if a.at(tokenPath) {
			a.status, a.body = http.StatusNoContent, nil
			a.header.Del("Content-Type")
		}
	}},
	{Name: "token-redirect", Group: groupTransfer, What: "the token endpoint answers with a redirect", answer: func(_ *Tenant, a *reply) {
		if a.at(tokenPath) {
			a.say(http.StatusTemporaryRedirect, "text/plain; charset=utf-8", "")
			a.header.Set("Location", "https://login.workshop.example/oauth2/token")
		}
	}},
}

func lastScope(form url.Values) string {
	scopes := strings.Fields(form.Get("scope"))
	if len(scopes) == 0 {
		return ""
	}
	return scopes[len(scopes)-1]
}

func deadToken(f url.Values) {
	grant, _, _ := strings.Cut(f.Get("refresh_token"), ".")
	f.Set("refresh_token", grant+"."+newSecret())
}
