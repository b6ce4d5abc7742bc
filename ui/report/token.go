package report

import (
	"fmt"
	"slices"
	"time"

	"authscope/jwtview"
)

// maxNested bounds how deep tokens inside of tokens are read.
const maxNested = 4

// Verdict is what came of reading one token, and of holding it against what was demanded.
type Verdict string

// The verdicts.
const (
	Read       Verdict = "read"       // nothing was demanded, and it could be read
	Holds      Verdict = "passed"     // every check passed
	Fails      Verdict = "failed"     // a check failed, or could not be made: not verified is not valid
	Unreadable Verdict = "unreadable" // it is nothing that can be read
)

// Demand is what a token is held against, and how.
type Demand struct {
	jwtview.Demands
	Decides bool      // the checks decide the verdict
	Now     time.Time // to judge by, in the location that times are written in
	Max     int       // bytes of a token, 0 is jwtview.MaxSize

	KeysFrom string // where the keys come from, in words; "" if none were given
	KeysErr  error  // why keys that were asked for are not there
}

// Token is one token, read and held against a [Demand].
type Token struct {
	jwtview.Inspection
	Line     int // of the input, 0 for an input that is one token
	Size     int // bytes received
	Checks   []jwtview.Check
	Findings []jwtview.Finding
	Content  *Token // the token in a nested or an encrypted one
	Holder   *Token // the key binding of an SD-JWT
	Err      string // why it cannot be read

	demand Demand
}

// ReadToken reads what somebody pasted.
func ReadToken(s string, d Demand) Token {
	if d.Max == 0 {
		d.Max = jwtview.MaxSize
	}
	return read(jwtview.InspectMax(s, d.Max), len(s), d, 0)
}

// TooLarge is what is said of an input that was not read to its end.
func TooLarge(d Demand) Token {
	t := Token{Inspection: jwtview.Inspection{Shape: jwtview.ShapeUnreadable, Name: jwtview.ShapeUnreadable.String()}, demand: d}
	t.Err = fmt.Sprintf("the input is larger than %d bytes: --max-size raises the limit", d.Max)
	return t
}

func read(in jwtview.Inspection, size int, d Demand, depth int) Token {
	t := Token{Inspection: in, Size: size, demand: d}
	if t.Err = unreadable(in); t.Err != "" {
		return t
	}
	switch in.Shape {
	case jwtview.ShapeJWE, jwtview.ShapeJWEJSON, jwtview.ShapeJWEFlat:
		t.open(depth)
	case jwtview.ShapeNested:
		t.nested(depth)
	default:
		t.check(d.Demands)
	}
	if in.Disclosed != nil {
		t.disclosed(depth)
	}
	t.Findings = t.Token.Lint(d.Keys)
	if t.demand.KeysErr != nil && depth == 0 {
		t.Checks = slices.Insert(t.Checks, 0, jwtview.Check{ID: "keys", Status: jwtview.Failed, Want: orDash(d.KeysFrom), Got: "not there",
			Detail: d.KeysErr.Error(), Spec: "OpenID Connect Discovery 1.0 §4"})
	}
	return t
}

// unreadable says why there is nothing to show, "" if there is.
func unreadable(in jwtview.Inspection) string {
	switch in.Shape {
	case jwtview.ShapeEmpty:
		return "there is nothing but white space"
	case jwtview.ShapeUnreadable:
		return firstOrText(in.Token.Problems, orText(in.Reason, "it starts like a token and cannot be read as one"))
	case jwtview.ShapeJWT:
		if in.Token.Claims.Kind != jwtview.Object {
			return firstOrText(in.Token.Problems, "its claims are missing")
		}
	}
	return ""
}

func firstOrText(all []string, other string) string {
	if len(all) > 0 {
		return all[0]
	}
	return other
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// check holds the token against the demands. What is no JWT has nothing to check unless that was demanded.
func (t *Token) check(d jwtview.Demands) {
	if t.Token.Header.Kind != jwtview.Object && !t.demand.Decides {
		return
	}
	t.pickSignature(d)
	t.Checks = t.Token.Verify(d, t.demand.Now)
}

// pickSignature takes, of several signatures over one payload, the first that holds (RFC 7515 §5.2: at least one must).
func (t *Token) pickSignature(d jwtview.Demands) {
	for _, s := range t.Signatures {
		if s.CheckSignature(d.Keys).Status == jwtview.Passed {
			s.Problems = t.Token.Problems
			t.Token = s
			return
		}
	}
}

// attempts show the choice among the keys. They verify once more, so they are made where they are printed only.
func (t Token) attempts() []jwtview.Attempt {
	if len(t.Checks) == 0 || t.Shape == jwtview.ShapeJWE || t.Shape == jwtview.ShapeJWEJSON || t.Shape == jwtview.ShapeJWEFlat {
		return nil
	}
	return t.Token.Attempts(t.demand.Keys)
}

// nested checks the outer signature, and holds the inner token against all that is demanded.
func (t *Token) nested(depth int) {
	t.check(jwtview.Demands{Keys: t.demand.Keys, KeysKnown: t.demand.KeysKnown, Leeway: t.demand.Leeway})
	if in, ok := t.Inner(); ok && depth < maxNested {
		t.contains(in, len(t.Token.Payload), depth)
	}
}

func (t *Token) contains(in jwtview.Inspection, size, depth int) {
	if inner := read(in, size, t.demand, depth+1); inner.Err == "" { // else it is no token, whatever its cty says
		t.Content = &inner
	}
}

// open decrypts. What is inside is a JWT, claims, or any bytes (RFC 7519 §5.2, RFC 7516 §5.2).
func (t *Token) open(depth int) {
	if len(t.demand.Keys) == 0 {
		t.Checks = []jwtview.Check{{ID: "decryption", Status: jwtview.NotApplicable, Want: "a key that opens it", Got: "not decrypted",
			Detail: "Not decrypted: no key was given. What it says, and whether it holds, is not known.", Spec: "RFC 7516 §5.2"}}
		return
	}
	content, c := t.Token.Decrypt(t.demand.Keys)
	t.Checks = []jwtview.Check{c}
	if c.Status != jwtview.Passed {
		return
	}
	t.Problems = slices.DeleteFunc(slices.Clone(t.Problems), func(p string) bool { return p == encryptedProblem })
	in := jwtview.InspectMax(string(content), t.demand.Max)
	claims, err := jwtview.ParseJSON(content)
	t.Token.Payload = content
	switch {
	case in.Token.Header.Kind == jwtview.Object && depth < maxNested:
		t.contains(in, len(content), depth)
	case err == nil && claims.Kind == jwtview.Object:
		t.Token.Claims = claims
		t.Checks = append(t.Checks, t.claimsChecked()...)
	}
}

// encryptedProblem is what jwtview says of a JWE that was not opened.
const encryptedProblem = "encrypted: only the holder of the key can read its claims (RFC 7516)"

// claimsChecked holds claims that were encrypted and not signed against the demands.
func (t *Token) claimsChecked() []jwtview.Check {
	d := t.demand.Demands
	d.Keys, d.KeysKnown = nil, false
	checks := t.Token.Verify(d, t.demand.Now)
	for i := range checks {
		if checks[i].ID == "signature" {
			checks[i] = jwtview.Check{ID: "signature", Status: jwtview.NotApplicable, Want: "a signature", Got: "not signed", Spec: "RFC 7519 §11.2",
				Detail: "Not verified: the claims are encrypted and not signed, so whoever can encrypt to this key can have written them."}
		}
	}
	return checks
}

// disclosed adds what an SD-JWT has beside its claims. The key binding is signed by the key that the issuer put in cnf
// (RFC 9901 §7.3), which no other key may stand for.
func (t *Token) disclosed(depth int) {
	if len(t.Disclosed.Disclosures) > 0 {
		t.Checks = append(t.Checks, disclosuresSigned(t.Disclosed))
	}
	kb := t.Disclosed.KeyBinding
	if kb == nil {
		return
	}
	t.Checks = append(t.Checks, t.Disclosed.Check)
	if depth >= maxNested {
		return
	}
	d := Demand{Decides: t.demand.Decides, Now: t.demand.Now, Max: t.demand.Max, KeysFrom: "cnf"}
	d.Leeway, d.KeysKnown = t.demand.Leeway, true
	cnf, _ := t.Token.Claims.Get("cnf")
	if jwk, ok := cnf.Get("jwk"); ok {
		d.Keys, _ = jwtview.ParseKeys([]byte(jwk.String())) // without one the signature fails, and says so
	}
	holder := read(jwtview.InspectMax(kb.Raw, d.Max), len(kb.Raw), d, depth+1)
	t.Holder = &holder
}

// disclosuresSigned checks that the issuer signed the digest of each disclosure (RFC 9901 §7.1).
func disclosuresSigned(d *jwtview.Disclosed) jwtview.Check {
	c := jwtview.Check{ID: "disclosures", Status: jwtview.Passed, Want: "each with its digest in the token", Got: "each has",
		Detail: "The token has the digest of every disclosure.", Spec: "RFC 9901 §7.1"}
	for _, one := range d.Disclosures {
		if !one.Found || one.Problem != "" {
			c.Status, c.Got = jwtview.Failed, orText(head(one.Name, 80), "one")+" has not"
			c.Detail = "A disclosure was not signed by the issuer, or cannot be read: the whole must be rejected."
			break
		}
	}
	return c
}

// parts are the token and those in it.
func (t Token) parts() []Token {
	all := []Token{t}
	for _, inner := range []*Token{t.Content, t.Holder} {
		if inner != nil {
			all = append(all, inner.parts()...)
		}
	}
	return all
}

// Verdict says what came of it.
func (t Token) Verdict() Verdict {
	switch {
	case t.Err != "":
		return Unreadable
	case !t.demand.Decides:
		return Read
	case len(t.missed()) > 0:
		return Fails
	}
	return Holds
}

// missed are the checks that did not pass. One that cannot be made has not passed either.
func (t Token) missed() (missed []jwtview.Check) {
	for _, part := range t.parts() {
		for _, c := range part.Checks {
			if c.Status != jwtview.Passed {
				missed = append(missed, c)
			}
		}
	}
	return missed
}

// Why says in one sentence why the token fails or cannot be read, "" if neither is so.
func (t Token) Why() string {
	if t.Err != "" {
		return t.Err
	}
	if missed := t.missed(); len(missed) > 0 {
		return missed[0].ID + ": " + missed[0].Detail
	}
	return ""
}
