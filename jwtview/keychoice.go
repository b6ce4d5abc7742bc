package jwtview

import "fmt"

// Outcome is what became of one key in front of one token.
type Outcome string

// The outcomes of an [Attempt].
const (
	Verified  Outcome = "verified"   // this key made the signature
	Mismatch  Outcome = "mismatch"   // tried, and it did not
	Refused   Outcome = "refused"    // its alg, use, key_ops or type does not fit: not tried (RFC 8725 §3.1)
	NotNamed  Outcome = "not_named"  // the token names another kid: not tried
	NotNeeded Outcome = "not_needed" // another key verified before it
)

// An Attempt says what became of one key, and why.
type Attempt struct {
	Key     string  `json:"key"`     // how a sentence calls the key
	Kid     string  `json:"kid"`     // "" for none
	Type    string  `json:"type"`    // for example "RSA 2048 bits"
	Outcome Outcome `json:"outcome"` // what became of it
	Why     string  `json:"why"`     // a phrase without a full stop
}

// Attempts shows the choice of [Token.CheckSignature] key by key, in the order of the set: which were tried, which were
// not, and why. It is empty for a token that no key could verify.
func (t Token) Attempts(keys Keys) []Attempt {
	if t.checkAlgWith(keys.haveSecret()).Status == Failed {
		return nil
	}
	alg, _ := lookUp(t.Alg())
	kid, named := t.Header.Get("kid")
	all := make([]Attempt, 0, len(keys))
	done, tried := false, 0
	for _, k := range keys {
		a := Attempt{Key: k.name(), Kid: k.ID, Type: k.describe()}
		why := k.unfit(t.Alg(), alg)
		switch {
		case named && !k.loose && (kid.Kind != String || k.ID != kid.Text):
			a.Outcome, a.Why = NotNamed, fmt.Sprintf("the token names kid %s", clip(kid.Text, 80))
		case why != "":
			a.Outcome, a.Why = Refused, why
		case done:
			a.Outcome, a.Why = NotNeeded, "another key verified before it"
		case tried == maxTried:
			a.Outcome, a.Why = NotNeeded, fmt.Sprintf("%d keys were tried, which is enough", maxTried)
		default:
			tried++
			err := alg.method.Verify(t.Signed, t.Signature, k.verifier())
			if done = err == nil; done {
				a.Outcome, a.Why = Verified, "it verifies the bytes of header and payload"
			} else {
				a.Outcome, a.Why = Mismatch, t.whyNot(k, alg, err)
			}
		}
		all = append(all, a)
	}
	return all
}
