package jwtview

import (
	"encoding/base64"
	"fmt"
)

// nonce ties the ID token to the authorization request.
func (j judge) nonce() Check {
	c, v, ok := j.claim("nonce", core("3.1.3.7(11)"))
	c.Want = j.e.Nonce
	switch {
	case c.Status != "":
		return c
	case !j.e.NonceSent && ok:
		return c.skip("Present, though no nonce is known to have been sent: nothing to compare it with.")
	case !j.e.NonceSent:
		return c.skip("No nonce was sent, and none is here.")
	case !ok:
		return c.fail("A nonce was sent, so it must be in the ID token: without it a token of another sign-in could be slipped in.", "")
	case v.Kind != String:
		return c.mistyped(v)
	case j.e.Nonce == "":
		return c.skip(notCheckable + "the nonce that was sent is not known")
	case v.Text != j.e.Nonce:
		return c.fail("The token answers another authorization request: another run, or a replay.", "")
	}
	return c.pass("The token answers this authorization request.")
}

// refreshedNonce is optional, but equal where present (OpenID Connect Core 1.0 §12.2).
func (j judge) refreshedNonce() Check {
	c, v, ok := j.claim("nonce", core("12.2"))
	c.Want = "absent, or as in the first ID token"
	if c.Status != "" {
		return c
	}
	if !ok {
		return c.skip("Absent, as it should be after a refresh.")
	}
	if v.Kind != String {
		return c.mistyped(v)
	}
	first, known := j.e.Nonce, j.e.NonceSent && j.e.Nonce != ""
	if j.e.First != nil && j.e.First.Claims.Kind == Object {
		first, _ = j.e.First.Claims.Str("nonce")
		known = true
	}
	switch {
	case !known:
		return c.skip(notCheckable + "the first nonce is not known")
	case v.Text != first:
		if first != "" {
			c.Want = "absent, or " + clip(first, 200)
		}
		return c.fail("A refreshed ID token need not have a nonce, but must not have another one than the first.", "")
	}
	return c.pass("It is the nonce of the first ID token.")
}

// atHash ties the access token to the ID token, where the issuer chose to (optional in the code flow).
func (j judge) atHash() Check {
	c, v, ok := j.claim("at_hash", core("3.1.3.8"))
	c.Want = "the left half of the hash of the access token"
	alg, known := algorithms[j.t.Alg()]
	switch {
	case c.Status != "":
		return c
	case !ok:
		return c.skip("Absent, as it may be in the code flow.")
	case v.Kind != String:
		return c.mistyped(v)
	case j.e.AccessToken == "":
		return c.skip(notCheckable + "the access token is not known")
	case !known:
		return c.skip(notCheckable + fmt.Sprintf("the hash that goes with alg %q is not known here", clip(j.t.Alg(), 40)))
	}
	h := alg.hash.New()
	h.Write([]byte(j.e.AccessToken))
	sum := h.Sum(nil)
	c.Want = base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	if v.Text != c.Want {
		return c.fail(fmt.Sprintf("The ID token belongs to another access token, or was hashed with another algorithm than %s of %s.", alg.hash, j.t.Alg()), core("3.1.3.6"))
	}
	return c.pass("The ID token and the access token were issued together.")
}
