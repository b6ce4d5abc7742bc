package jwtview

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Demands are what a token of any kind is held against. What is empty is not demanded and has no check, but for the
// signature and the times, which are always judged.
type Demands struct {
	Keys      Keys          // of [ReadKeys], [ReadSecret] or [ParseKeys]
	KeysKnown bool          // Keys were given, be there none
	Issuer    string        // iss, byte by byte (RFC 7519 §4.1.1)
	Audience  string        // one of aud (RFC 7519 §4.1.3)
	Nonce     string        // nonce
	Party     string        // azp
	Type      string        // typ of the header, without "application/" and in any case (RFC 7515 §4.1.9)
	MaxAge    time.Duration // since auth_time, or iat where there is none (OpenID Connect Core 1.0 §3.1.2.1); 0 for any
	Leeway    time.Duration // granted to exp, nbf, iat and MaxAge
}

// Verify holds any JWT against demands as of an instant and returns every check, in this order always: signature, typ, iss,
// aud, azp, nonce, exp, nbf, iat, auth_time; those not demanded are left out, times that are absent too. Without a key the
// signature is NotApplicable and "not verified": what the other checks say then holds only if the token is genuine.
func (t Token) Verify(d Demands, now time.Time) []Check {
	j := judge{t, Expect{Leeway: d.Leeway}, now}
	checks := []Check{t.signatureOf(d)}
	for _, demand := range [...]struct{ claim, want, spec string }{
		{"iss", d.Issuer, "RFC 7519 §4.1.1"}, {"azp", d.Party, core("2")}, {"nonce", d.Nonce, core("2")},
	} {
		if demand.want != "" {
			checks = append(checks, j.equal(demand.claim, demand.want, demand.spec))
		}
	}
	if d.Audience != "" {
		at := slices.IndexFunc(checks, func(c Check) bool { return c.ID == "azp" || c.ID == "nonce" })
		if at < 0 {
			at = len(checks)
		}
		checks = slices.Insert(checks, at, j.audience(d.Audience))
	}
	if d.Type != "" {
		checks = slices.Insert(checks, 1, t.typeIs(d.Type))
	}
	checks = append(checks, j.times()...)
	if d.MaxAge > 0 {
		checks = append(checks, j.maxAge(d.MaxAge))
	}
	return checks
}

// signatureOf never says valid of what no key was held against.
func (t Token) signatureOf(d Demands) Check {
	if c := t.checkAlgWith(d.Keys.haveSecret()); !d.KeysKnown && len(d.Keys) == 0 && (c.Status != Failed || t.needsMore()) {
		c.Got = "not verified"
		return c.skip("Not verified: there is no key to hold it against, so anybody can have written this token.")
	}
	c := t.CheckSignature(d.Keys)
	if _, known := unverified[t.Alg()]; known && c.Status == Failed && t.Format == FormatJWT {
		c.Got = "not verified here"
		return c.skip(c.Detail)
	}
	return c
}

// equal demands a string claim, byte by byte.
func (j judge) equal(name, want, spec string) Check {
	c, v, ok := j.claim(name, spec)
	c.Want = want
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.fail(fmt.Sprintf("The token has no %s.", name), "")
	case v.Kind != String:
		return c.mistyped(v)
	case v.Text == want:
		return c.pass("It is what was expected, byte by byte.")
	case name == "iss":
		return c.fail(issuerDifference(want, v.Text), "")
	}
	return c.fail("It is not what was expected.", "")
}

// audience demands that the token is for one party, among others perhaps.
func (j judge) audience(want string) Check {
	c, v, ok := j.claim("aud", "RFC 7519 §4.1.3")
	c.Want = want
	all := j.t.Audience()
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.fail("The token does not say who it is for.", "")
	case v.Kind != String && v.Kind != Array || len(all) != max(len(v.Elems), 1):
		return c.fail("It must be a string, or an array of strings.", "")
	}
	c.Got = clip(strings.Join(all, ", "), 200)
	if !slices.Contains(all, want) {
		return c.fail(fmt.Sprintf("This token is for %s, not for %s: whoever checks aud must reject it.", c.Got, clip(want, 200)), "RFC 8725 §3.9")
	}
	return c.pass("It is for the expected audience.")
}

// typeIs compares media types: in any case, with or without the application/ that is left out (RFC 7515 §4.1.9).
func (t Token) typeIs(want string) Check {
	c := Check{ID: "typ", Want: want, Got: "absent", Spec: "RFC 8725 §3.11"}
	v, ok := t.Header.Get("typ")
	switch {
	case t.Header.Kind != Object:
		c.Got = t.Describe()
		return c.skip(notCheckable + "the token has no header that can be read here")
	case t.Header.count("typ") > 1:
		return c.fail("Several members have that name: readers disagree about which one counts.", "RFC 7515 §4")
	case !ok:
		return c.fail("The header does not say what kind of token it is.", "")
	}
	if c.Got = shown(v); v.Kind == String && mediaType(v.Text) == mediaType(want) {
		return c.pass("The token is of the expected kind.")
	}
	return c.fail("The token is of another kind: it must not be used as if it were of this one.", "")
}

// mediaType is a typ or cty to compare with.
func mediaType(s string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "application/")
}

// times judges those that are there; only an ID token must have them, and Lint says what is missing in others.
func (j judge) times() []Check {
	var checks []Check
	for _, name := range [...]string{"exp", "nbf", "iat"} {
		if _, ok := j.t.Claims.Get(name); !ok {
			continue
		}
		var c Check
		switch name {
		case "exp":
			if c = j.exp(); c.Detail == idTokenExpired {
				c.Detail = "The token has expired. Whoever checks exp must reject it; a refresh or a new sign-in gives a new one."
			}
			c.Spec = "RFC 7519 §4.1.4"
		case "nbf":
			c = j.nbf()
		case "iat":
			c = j.iat()
			c.Spec = "RFC 7519 §4.1.6"
		}
		checks = append(checks, c)
	}
	return checks
}

// maxAge judges how long ago the person signed in.
func (j judge) maxAge(limit time.Duration) Check {
	name := "auth_time"
	if _, ok := j.t.Claims.Get(name); !ok {
		name = "iat"
	}
	c, at, ok := j.date(name, core("3.1.2.1"))
	c.ID, c.Want = "auth_time", fmt.Sprintf("no more than %s ago, leeway %s", limit, j.e.Leeway)
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.fail("Neither auth_time nor iat says when the person signed in.", "")
	case j.now.Sub(at) > limit+j.e.Leeway:
		return c.fail(fmt.Sprintf("By %s the sign-in is older than allowed: the person must sign in again.", name), "")
	}
	return c.pass(fmt.Sprintf("By %s it is recent enough.", name))
}
