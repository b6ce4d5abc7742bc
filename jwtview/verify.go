package jwtview

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Expect is what an ID token is compared with. What is empty makes its check NotApplicable ("not checkable"), never Failed:
// a recording seldom holds all of it.
type Expect struct {
	Issuer      string   // issuer of the metadata, byte by byte
	ClientID    string   // the client that asked
	Nonce       string   // of the authorization request
	NonceSent   bool     // a nonce was in the authorization request
	AccessToken string   // issued with the ID token, for at_hash
	Algs        []string // id_token_signing_alg_values_supported of the metadata
	Keys        Keys
	KeysKnown   bool          // Keys is the set of the issuer, be it empty
	Leeway      time.Duration // granted to exp, iat and nbf
	First       *Token        // for a refreshed ID token: the one of the sign-in
}

// VerifyID compares an ID token with what the client expects, by OpenID Connect Core 1.0 §3.1.3.7 and §3.1.3.8. It returns
// every check, in the same order always: signature, iss, sub, aud, azp, exp, iat, nbf, nonce, at_hash.
func (t Token) VerifyID(e Expect, now time.Time) []Check {
	j := judge{t, e, now}
	return []Check{
		j.signature(), j.iss(), j.sub(), j.aud(), j.azp(),
		j.exp(), j.iat(), j.nbf(), j.nonce(), j.atHash(),
	}
}

// VerifyRefreshedID compares an ID token that came with a refresh with what the client expects and with the first one, by
// OpenID Connect Core 1.0 §12.2. It returns every check, in the same order always: signature, iss, sub, aud, azp, iat, exp,
// nbf, auth_time, nonce, at_hash.
func (t Token) VerifyRefreshedID(e Expect, now time.Time) []Check {
	j := judge{t, e, now}
	return []Check{
		j.signature(),
		j.sameAsFirst(j.iss(), "iss"),
		j.sameAsFirst(j.sub(), "sub"),
		j.sameAsFirst(j.aud(), "aud"),
		j.sameAsFirst(j.azp(), "azp"),
		j.notBeforeFirst(j.iat()),
		j.exp(), j.nbf(), j.authTime(), j.refreshedNonce(), j.atHash(),
	}
}

// A judge holds what the checks of one token have in common.
type judge struct {
	t   Token
	e   Expect
	now time.Time
}

const notCheckable = "not checkable: "

// core cites OpenID Connect Core 1.0.
func core(section string) string { return "OpenID Connect Core 1.0 §" + section }

// claim starts a check with the value of a claim. The check is decided already, and ok false, where there are no claims
// or the claim is ambiguous; where it is only absent, Got says so and the check has no status.
func (j judge) claim(id, spec string) (c Check, v Value, ok bool) {
	c = Check{ID: id, Spec: spec, Got: "absent"}
	if j.t.Claims.Kind != Object {
		c.Got = j.t.Describe()
		return c.skip(notCheckable + "the token has no claims that can be read here"), v, false
	}
	if n := j.t.Claims.count(id); n > 1 {
		c.Got = fmt.Sprintf("%d members of that name", n)
		return c.fail("Readers disagree about which one counts, so the token must be rejected.", "RFC 7519 §4"), v, false
	}
	v, ok = j.t.Claims.Get(id)
	if ok {
		c.Got = shown(v)
	}
	return c, v, ok
}

// shown is a value in a check: a string as it is, anything else as JSON.
func shown(v Value) string {
	const limit = 200
	switch {
	case v.Kind == String && v.Text == "":
		return "an empty string"
	case v.Kind == String:
		return clip(v.Text, limit)
	}
	return clip(v.String(), limit)
}

// mistyped fails a claim that should be a string.
func (c Check) mistyped(v Value) Check {
	c.Got = clip(v.String(), 200)
	return c.fail(fmt.Sprintf("It must be a JSON string, and is a %s.", v.Kind), "")
}

// signature is CheckSignature, and the algorithm against what the issuer advertises.
func (j judge) signature() Check {
	c := j.t.checkAlg()
	if !j.e.KeysKnown && (c.Status != Failed || j.t.needsMore()) {
		return c.skip(notCheckable + "the keys of the issuer are not known")
	}
	c = j.t.CheckSignature(j.e.Keys)
	if c.Spec == specSignature {
		c.Spec = core("3.1.3.7(6)")
	}
	if alg := j.t.Alg(); c.Status == Passed && len(j.e.Algs) > 0 && !slices.Contains(j.e.Algs, alg) {
		c.Want, c.Got = clip(strings.Join(j.e.Algs, ", "), 200), alg
		return c.fail("The signature holds, but the issuer does not list this algorithm in id_token_signing_alg_values_supported.", core("3.1.3.7(7)"))
	}
	return c
}

// needsMore reports tokens that are refused for want of a means that is not here, not for what they are: a secret, the
// client's private key, an algorithm.
func (t Token) needsMore() bool {
	alg := t.Alg()
	_, known := algorithms[alg]
	return t.Format == FormatJWE || alg != "" && !known && !isNone(alg)
}

// sameAsFirst adds to a check that the claim is as in the first ID token.
func (j judge) sameAsFirst(c Check, name string) Check {
	if c.Status == Failed || j.e.First == nil || j.e.First.Claims.Kind != Object || j.t.Claims.Kind != Object {
		return c
	}
	first, hadFirst := j.e.First.Claims.Get(name)
	this, has := j.t.Claims.Get(name)
	if !hadFirst && !has {
		return c
	}
	c.Spec = core("12.2")
	c.Want = "absent, as in the first ID token"
	if hadFirst {
		c.Want = shown(first) + ", as in the first ID token"
	}
	same := hadFirst == has && first.String() == this.String()
	if name == "aud" {
		same = sameSet(j.e.First.Audience(), j.t.Audience())
	}
	if !same {
		return c.fail(fmt.Sprintf("A refreshed ID token must have the same %s as the first one: this one is about another sign-in.", name), "")
	}
	return c.pass("Unchanged by the refresh.")
}

func sameSet(a, b []string) bool {
	sorted := func(s []string) []string {
		s = slices.Clone(s)
		slices.Sort(s)
		return slices.Compact(s)
	}
	return slices.Equal(sorted(a), sorted(b))
}
