package flow

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// assertionType is the only one there is for JWTs (RFC 7523 §2.2).
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assertionLife is how long an assertion may be used. It is made for one request that follows at once.
const assertionLife = time.Minute

// secretAlgs sign with the client's secret (RFC 7518 §3.2).
var secretAlgs = []string{"HS256", "HS384", "HS512"}

// assertionAlgs are the algorithms that go with what this client has.
func (c Config) assertionAlgs() []string {
	switch {
	case c.ClientAuth != "" && !c.ClientAuth.Assertion():
		return nil
	case c.ClientAuth == trace.AuthSecretJWT || c.ClientAuth == "" && c.ClientKey == nil && !c.ClientSecret.IsZero():
		return secretAlgs
	case c.ClientKey == nil:
		return nil
	case c.ClientKey.alg != "":
		return []string{c.ClientKey.alg}
	}
	return c.ClientKey.algs()
}

// describeSigner sets what an assertion is signed with, and by which algorithm: the one that was asked for, else the
// first that the server advertises, else the usual one for the key.
func (c Config) describeSigner(a *trace.ClientAuth, m *story.Metadata) {
	if a.Method == trace.AuthSecretJWT {
		a.KeyBits = 8 * len(c.ClientSecret.Reveal())
		a.Key = fmt.Sprintf("the client secret, %d bits", a.KeyBits)
	} else if c.ClientKey != nil {
		a.KeyID = c.ClientKey.kid
		a.Key, a.KeyBits = c.ClientKey.about()
	}
	c.ClientAuth = a.Method
	algs := c.assertionAlgs()
	if a.Alg = c.Assertion.Alg; a.Alg != "" || len(algs) == 0 {
		return
	}
	a.Alg = algs[0]
	if m == nil {
		return
	}
	if i := slices.IndexFunc(algs, func(alg string) bool { return slices.Contains(m.TokenAuthAlgs, alg) }); i >= 0 {
		a.Alg = algs[i]
	}
}

// assertion makes a client assertion (RFC 7523 §3, OpenID Connect Core §9), a new one for every request: a server that
// remembers jti refuses it the second time.
func (r *runner) assertion(a trace.ClientAuth) (string, error) {
	now := time.Now()
	token := &jwt.Token{Method: signingMethod(a.Alg), Header: map[string]any{"typ": "JWT", "alg": a.Alg}, Claims: jwt.MapClaims{
		"iss": r.cfg.ClientID, "sub": r.cfg.ClientID, "aud": r.audience(), "jti": rand.Text(),
		"iat": now.Unix(), "exp": now.Add(assertionLife).Unix(),
	}}
	if token.Method == nil {
		return "", fmt.Errorf("no client assertion can be made: nothing signs with alg %q", a.Alg)
	}
	var key any = []byte(r.cfg.ClientSecret.Reveal())
	if a.Method == trace.AuthKeyJWT {
		if r.cfg.ClientKey == nil {
			return "", fmt.Errorf("no client assertion can be made: %s needs a private key", a.Method)
		}
		key = r.cfg.ClientKey.signer
		if a.KeyID != "" {
			token.Header["kid"] = a.KeyID
		}
	}
	signed, err := token.SignedString(key)
	if err != nil { // what the library says may describe the key
		return "", fmt.Errorf("the client assertion cannot be signed with %s: the key does not fit the algorithm, or is damaged", a.Alg)
	}
	return signed, nil
}

// signingMethod knows Ed25519 by its new name too (RFC 9864 §2.2).
func signingMethod(alg string) jwt.SigningMethod {
	if alg == "Ed25519" {
		return jwt.SigningMethodEdDSA
	}
	if alg == "none" {
		return nil
	}
	return jwt.GetSigningMethod(alg)
}

// audience is who the assertion is for: the token endpoint by its own name, whichever endpoint it is sent to.
func (r *runner) audience() string {
	m := r.metadata()
	switch aud := r.cfg.Assertion.Audience; aud {
	case "", trace.AudienceTokenEndpoint:
		return m.TokenEndpoint
	case trace.AudienceIssuer:
		return orText(m.Issuer, r.cfg.Issuer)
	default:
		return aud
	}
}

// freshAssertion makes the assertion of a request anew that was held for so long that a server would call it expired.
// An assertion that the person changed stays as it is.
func (r *runner) freshAssertion(hold trace.Hold) trace.Hold {
	if hold == nil || !r.mayAssert() {
		return hold
	}
	return func(ctx context.Context, d trace.Draft) (trace.Draft, error) {
		before, began := formValue(d.Body, "client_assertion"), time.Now()
		d, err := hold(ctx, d)
		held := time.Since(began).Round(0)
		if err != nil || before == "" || held < assertionLife/2 || formValue(d.Body, "client_assertion") != before {
			return d, err
		}
		fresh, err := r.assertion(r.clientAuth())
		if err != nil {
			return d, err
		}
		d.Body = []byte(strings.Replace(string(d.Body), url.QueryEscape(before), url.QueryEscape(fresh), 1))
		r.Log.Append(d.Call, trace.Choice{What: AssertionRenewed, Value: fmt.Sprintf("the request was held for %s and an assertion lives %s, so it was made anew", held.Truncate(time.Second), assertionLife)})
		return d, nil
	}
}

// AssertionRenewed is the name under which it is noted that a client assertion was made anew after a hold.
const AssertionRenewed = "client assertion"

// mayAssert reports whether this session can come to send assertions.
func (r *runner) mayAssert() bool {
	return r.cfg.ClientAuth.Assertion() || r.cfg.ClientAuth == "" && (r.cfg.ClientKey != nil || !r.cfg.ClientSecret.IsZero())
}

func formValue(body []byte, name string) string {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return ""
	}
	return form.Get(name)
}
