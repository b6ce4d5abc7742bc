package demo

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionAlgs are the algorithms that the tenant accepts of assertions.
var assertionAlgs = []string{"HS256", "RS256", "PS256", "ES256", "EdDSA"}

// Bounds of an assertion: how far it may lie in the future, how long it may live, and how long its jti may be.
const (
	assertionLeeway = 10 * time.Second
	maxAssertion    = 10 * time.Minute
	maxJTI          = 200
)

// proveByAssertion checks a client assertion (RFC 7523, section 3; OIDC Core 1.0, section 9). It is strict: there is no
// leeway for exp, aud must be this tenant, and a jti is good for once.
func (t *Tenant) proveByAssertion(c *Client, form url.Values) *oauthError {
	switch {
	case form.Get("client_assertion") == "":
		return notProven("client_assertion is required")
	case form.Get("client_assertion_type") != assertionType:
		return notProven("client_assertion_type must be " + assertionType)
	}
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods(algsOf(c)), jwt.WithoutClaimsValidation())
	_, err := parser.ParseWithClaims(form.Get("client_assertion"), claims, func(token *jwt.Token) (any, error) { return t.assertionKey(c, token) })
	var unknown *oauthError
	switch {
	case errors.As(err, &unknown):
		return unknown
	case errors.Is(err, jwt.ErrTokenMalformed):
		return notProven("client_assertion is no JWT")
	case err != nil:
		return notProven("the signature of client_assertion does not verify, or its alg is not registered for this client")
	}
	return t.checkAssertion(c, claims)
}

// algsOf are the algorithms of a client: one that signs with a secret must not be taken for one with a key.
func algsOf(c *Client) []string {
	if c.AuthMethod == methodSecretJWT {
		return []string{"HS256"}
	}
	return []string{"RS256", "PS256", "ES256", "EdDSA"}
}

// assertionKey returns the key that an assertion must be signed with.
func (t *Tenant) assertionKey(c *Client, token *jwt.Token) (any, error) {
	if c.AuthMethod == methodSecretJWT {
		return []byte(c.Secret), nil
	}
	kid, _ := token.Header["kid"].(string)
	for _, k := range t.proofs.keys {
		if (kid == "" || k.KeyID == kid) && fits(k.Public, token.Method.Alg()) {
			return k.Public, nil
		}
	}
	return nil, notProven("no key that is registered for this client has this kid and alg")
}

func fits(key crypto.PublicKey, alg string) bool {
	switch key.(type) {
	case *rsa.PublicKey:
		return alg == "RS256" || alg == "PS256"
	case *ecdsa.PublicKey:
		return alg == "ES256"
	case ed25519.PublicKey:
		return alg == "EdDSA"
	}
	return false
}

// checkAssertion checks the claims, and uses the assertion up.
func (t *Tenant) checkAssertion(c *Client, claims jwt.MapClaims) *oauthError {
	now := time.Now()
	iss, _ := claims.GetIssuer()
	sub, _ := claims.GetSubject()
	aud, _ := claims.GetAudience()
	jti, _ := claims["jti"].(string)
	exp, err := claims.GetExpirationTime()
	switch {
	case iss != c.ID || sub != c.ID:
		return notProven("iss and sub of client_assertion must both be the client_id")
	case !slices.Contains(aud, t.issuer+"/oauth2/token") && !slices.Contains(aud, t.issuer):
		return notProven("aud of client_assertion is neither this token endpoint nor this issuer")
	case err != nil || exp == nil:
		return notProven("client_assertion has no exp")
	case !exp.After(now):
		return notProven("client_assertion has expired")
	case exp.After(now.Add(maxAssertion)):
		return notProven("client_assertion lives longer than 10 minutes")
	case jti == "" || len(jti) > maxJTI:
		return notProven("client_assertion has no jti that can be remembered")
	}
	for _, name := range []string{"iat", "nbf"} {
		if at, ok := claims[name].(float64); ok && at > float64(now.Add(assertionLeeway).Unix()) {
			return notProven(name + " of client_assertion lies in the future")
		}
	}
	t.proofs.mu.Lock()
	defer t.proofs.mu.Unlock()
	key := hash(c.ID + " " + jti)
	if until, used := t.proofs.jtis.get(key); used && until.After(now) {
		return notProven("jti of client_assertion was used before")
	}
	t.proofs.jtis.delete(key)
	t.proofs.jtis.put(key, exp.Time)
	return nil
}

// unverifiedClaims reads a JWT without believing it.
func unverifiedClaims(token string) (jwt.MapClaims, bool) {
	claims := jwt.MapClaims{}
	_, _, err := jwt.NewParser().ParseUnverified(token, claims)
	return claims, err == nil
}
