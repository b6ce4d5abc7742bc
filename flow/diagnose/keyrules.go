package diagnose

import (
	"fmt"

	"authscope/flow/story"
	"authscope/jwtview"
)

// keyRules speak of keys, where a token can be used all the same, or cannot be read at all.
var keyRules = []rule{
	{id: "id-token-encrypted", catalogue: "D42", read: idTokenEncrypted, Text: Text{
		Severity: jwtview.Error,
		Title:    "The ID token is encrypted",
		Means:    "It has five parts (JWE): only the holder of the client's private key can open it, and authscope has none.",
		Do:       "Switch the encryption of ID tokens off for this client in the tenant's settings, to look at them here.",
		Spec:     "RFC 7516 §3.1, §9; OpenID Connect Core 1.0 §3.1.3.7(1)",
	}},
	{id: "kid-absent", catalogue: "D46", read: kidAbsent, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The ID token does not say which key signed it",
		Means:    "With several keys in the set a kid is required. authscope tried each key that fits; a library that takes the first, or wants a kid, refuses the token.",
		Do:       "Have the server put kid into the header of its tokens.",
		Spec:     "OpenID Connect Core 1.0 §10.1",
	}},
	{id: "keys-fetched-again", catalogue: "D45", read: keysFetchedAgain, Text: Text{
		Severity: jwtview.Info,
		Title:    "The tenant has changed its keys",
		Means:    "The key of the ID token was not in the set that had been fetched, and is in the newer one. An application whose cache is older than the change refuses such a token until it fetches again.",
		Do:       "In an application fetch the set again, once, when a kid is not in it.",
		Spec:     "OpenID Connect Core 1.0 §10.1.1",
	}},
}

func idTokenEncrypted(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		if t.View.Format != jwtview.FormatJWE {
			return f, false
		}
		return jwtview.Finding{Seen: "What stands in id_token is " + wire(t.Describe) + "."}, true
	})
}

func kidAbsent(r *reading) []Finding {
	keys := r.keys()
	return r.eachIDWith(jwtview.Warning, func(t *story.Token) (f jwtview.Finding, ok bool) {
		_, named := t.View.Header.Get("kid")
		_, bad := failed(t.Checks(), "signature")
		if t.View.Format != jwtview.FormatJWT || named || bad || len(keys) < 2 || !passed(t.Checks(), "signature") {
			return f, false
		}
		return jwtview.Finding{Seen: fmt.Sprintf("The header has no kid, and the tenant's set has %d keys.", len(keys))}, true
	})
}

// passed reports whether the check called id was made and passed.
func passed(checks []jwtview.Check, id string) bool {
	for _, c := range checks {
		if c.ID == id {
			return c.Status == jwtview.Passed
		}
	}
	return false
}

// keysFetchedAgain looks for a set of before in which the key of an ID token that holds was not.
func keysFetchedAgain(r *reading) []Finding {
	const most = 8
	var sets []*story.Call
	for i := len(r.Calls()) - 1; i >= 0 && len(sets) < most; i-- {
		if c := r.Calls()[i]; c.Class == story.JWKS && answered(c) && c.OK() {
			sets = append(sets, c)
		}
	}
	return r.eachIDWith(jwtview.Info, func(t *story.Token) (f jwtview.Finding, ok bool) {
		if !passed(t.Checks(), "signature") || t.View.Kid() == "" || len(sets) < 2 {
			return f, false
		}
		for i := 1; i < len(sets); i++ {
			if !t.View.UnknownKid(keysOf(sets[i])) || t.View.UnknownKid(keysOf(sets[i-1])) {
				continue
			}
			return jwtview.Finding{Seen: fmt.Sprintf("kid %s is not among the keys that were fetched at %s; fetched again at %s: found.", lit(t.View.Kid()), r.clock(sets[i].DoneAt), r.clock(sets[i-1].DoneAt))}, true
		}
		return f, false
	})
}

func keysOf(c *story.Call) jwtview.Keys {
	keys, _ := c.Keys()
	return keys
}
