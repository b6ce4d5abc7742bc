package diagnose

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

var claimRules = []rule{
	{"keys-unreadable", "D45", false, keysUnreadable},
	{"id-token-not-a-jwt", "D47", false, idTokenNotJWT},
	{"alg-none", "D48", false, algNone},
	{"alg-not-accepted", "D48", false, algNotAccepted},
	{"signature-unknown-key", "D45", true, signatureUnknownKey},
	{"signature-invalid", "D47", true, signatureInvalid},
	{"audience-wrong", "D43", false, audienceWrong},
	{"nonce-missing", "D51", false, nonceMissing},
	{"nonce-wrong", "D51", false, nonceWrong},
	{"token-expired-on-arrival", "D49", false, expiredOnArrival},
	{"issued-in-future", "D49", false, issuedInFuture},
	{"at-hash-wrong", "D53", true, atHashWrong},
	{"claim-wrong", "D10", false, claimWrong},
}

func keysUnreadable(r *reading) []Finding {
	c := r.last[story.JWKS]
	if !answered(c) || c.Response.Cut || c.Response.Status >= 500 || c.Response.Status == http.StatusTooManyRequests {
		return nil
	}
	if _, err := jwtview.ParseKeys(c.Response.Body); c.OK() && err == nil {
		return nil
	}
	f := jwtview.Finding{Severity: jwtview.Error, Title: "The tenant's keys cannot be read",
		Seen:  place(c) + " answered " + saidBy(c) + ".",
		Means: "At the jwks_uri of the metadata there is no set of keys, so no signature can be verified.",
		Do:    "Open the address in a browser; compare jwks_uri in stage Discover with the server's documentation.", Spec: "OpenID Connect Discovery 1.0 §3, RFC 7517 §5"}
	if c.Stage == "" { // asked for before anybody signed in
		return r.published(c, f)
	}
	f.Means += " The ID token is shown, and must not be trusted."
	return at(c, f)
}

// eachID applies f to the ID tokens.
func (r *reading) eachID(f func(*story.Token) (jwtview.Finding, bool)) (out []Finding) {
	for _, t := range r.idTokens() {
		if found, ok := f(t); ok {
			if found.Severity == "" {
				found.Severity = jwtview.Error
			}
			fs := at(t.Call, found)
			if t.Call.Class == story.CodeExchange { // it came with the exchange and is judged in a stage of its own
				fs = r.in(trace.Verify, found)
				fs[0].Call = t.Call.ID
			}
			out = append(out, fs...)
		}
	}
	return out
}

func idTokenNotJWT(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		if t.View.Format == jwtview.FormatJWT && t.View.Claims.Kind == jwtview.Object {
			return f, false
		}
		f = jwtview.Finding{Title: "The ID token is no JWT", Seen: "What stands in id_token is " + wire(t.Describe) + ".",
			Means: "An ID token is a signed JWT: three parts with dots between. This one cannot be read, so nobody has signed in as far as this client can tell.",
			Do:    "Look at it in the view Tokens. If it was cut or wrapped by a proxy or a gateway, have the bytes passed on unchanged.", Spec: "OpenID Connect Core 1.0 §2, RFC 7519 §7.2"}
		if t.View.Format == jwtview.FormatJWE {
			f.Title = "The ID token is encrypted"
			f.Means = "It has five parts (JWE): only the holder of the client's private key can open it, and authscope has none."
			f.Do = "Switch the encryption of ID tokens off for this client in the tenant's settings, to look at them here."
			f.Spec = "RFC 7516 §7.1, OpenID Connect Core 1.0 §3.1.3.7(1)"
		}
		if len(t.View.Problems) > 0 {
			f.Seen += " " + wire(t.View.Problems[0]) + "."
		}
		return f, true
	})
}

// signature returns the failed check of the signature and the algorithm, if the token is a JWT.
func signature(t *story.Token) (jwtview.Check, string, bool) {
	c, bad := failed(t.Checks(), "signature")
	if !bad || t.View.Format != jwtview.FormatJWT || t.View.Claims.Kind != jwtview.Object {
		return c, "", false
	}
	return c, t.View.Alg(), true
}

func algNone(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		_, alg, bad := signature(t)
		if !bad || !isNone(alg) {
			return f, false
		}
		return jwtview.Finding{Title: "The ID token is not signed", Seen: "alg in its header is " + lit(alg) + ".",
			Means: "Anybody can have written this token. A client that accepts it signs in whoever asks.",
			Do:    "Set an algorithm such as RS256 for this client in the tenant's settings; in an application allow only the algorithms you expect.", Spec: "RFC 8725 §3.1, §3.2; OpenID Connect Core 1.0 §2"}, true
	})
}

func isNone(alg string) bool { return strings.EqualFold(strings.TrimSpace(alg), "none") }

// foreignAlg reports a failure that is the algorithm's: no key of the set could repair it.
func foreignAlg(c jwtview.Check, alg string) bool {
	return !isNone(alg) && (alg == "" || strings.HasPrefix(alg, "HS") || has(c.Detail, "does not list this algorithm", "is not verified here", "no key fits"))
}

func algNotAccepted(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		c, alg, bad := signature(t)
		if !bad || !foreignAlg(c, alg) || t.View.UnknownKid(r.keys()) {
			return f, false
		}
		return jwtview.Finding{Title: "The ID token is signed with an algorithm that does not fit", Seen: "alg in its header is " + lit(alg) + ". " + wire(c.Detail),
			Means: "The algorithm must be one that the tenant advertises and that goes with its public keys. To accept another, HS256 above all, is the way in which signatures are forged with a public key.",
			Do:    "Set the algorithm for this client in the tenant's settings, usually RS256; never loosen the check in an application.", Spec: "RFC 8725 §2.1, §3.1; OpenID Connect Core 1.0 §3.1.3.7(7)"}, true
	})
}

func (r *reading) keys() jwtview.Keys {
	keys, _ := r.Story.Keys()
	return keys
}

func signatureUnknownKey(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		c, alg, bad := signature(t)
		if _, known := r.Story.Keys(); !bad || !known || isNone(alg) || !t.View.UnknownKid(r.keys()) {
			return f, false
		}
		return jwtview.Finding{Title: "The key that signed the ID token is not in the tenant's set",
			Seen:  fmt.Sprintf("The header names kid %s. The set, fetched again for this token, has: %s.", lit(t.View.Kid()), wire(c.Want)),
			Means: "The signature cannot be verified. " + candidates("the token comes from another tenant, realm or environment;", "the keys were changed and the server still publishes the old set, as from a cache;", "jwks_uri names the wrong document."),
			Do:    "Compare iss in the token with the issuer of the metadata. If they are equal, wait for the server's cache and press n; if it stays, ask whoever runs the server.", Spec: "OpenID Connect Core 1.0 §10.1.1"}, true
	})
}

func signatureInvalid(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		c, alg, bad := signature(t)
		if !bad || isNone(alg) || foreignAlg(c, alg) || t.View.UnknownKid(r.keys()) {
			return f, false
		}
		return jwtview.Finding{Title: "The signature of the ID token does not hold", Seen: wire(c.Detail),
			Means: "The token must be rejected. " + candidates("it was changed or re-encoded after it was signed, as by a proxy or a hook;", "it was signed with another key that has the same kid, as after a restore;", "the key in the set is not the one that signs."),
			Do:    "Press n: if the next token fails too, the key is the cause, else the way in between. Nothing in this token is to be believed until then.", Spec: "OpenID Connect Core 1.0 §3.1.3.7(6), RFC 7515 §5.2"}, true
	})
}

func audienceWrong(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		for _, id := range []string{"aud", "azp"} {
			c, bad := failed(t.Checks(), id)
			if !bad || strings.Contains(c.Spec, "12.2") {
				continue
			}
			f = jwtview.Finding{Title: "The ID token is for somebody else", Seen: fmt.Sprintf("%s is %s, and this client is %s.", id, lit(c.Got), lit(c.Want)),
				Means: "A token that was made for another client says nothing to this one: taken all the same, it would let that client sign in its users here.",
				Do:    "Check that --client-id is the client that the tenant knows under this name; look for a mapper or a hook that sets " + id + ".", Spec: c.Spec}
			switch {
			case id == "azp" && c.Got == "absent":
				f.Title = "The ID token does not say which client it was issued to"
				f.Means = "It has several audiences; without azp nothing says that this client is the one who asked for it."
			case id == "azp":
				f.Title = "The ID token was issued to another client"
			}
			return f, true
		}
		return f, false
	})
}

func nonceMissing(r *reading) []Finding { return r.nonce(true) }
func nonceWrong(r *reading) []Finding   { return r.nonce(false) }

func (r *reading) nonce(absent bool) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		c, bad := failed(t.Checks(), "nonce")
		if !bad || (c.Got == "absent") != absent || t.Call.Class != story.CodeExchange {
			return f, false
		}
		f = jwtview.Finding{Title: "The ID token answers another request", Seen: fmt.Sprintf("nonce in the token is %s, and %s was sent.", lit(c.Got), lit(c.Want)),
			Means: "The token belongs to another sign-in: another run, or one that is played back. It must be rejected.",
			Do:    "Press n and finish the newest tab. If it stays, the server keeps the nonce of the session's first request.", Spec: c.Spec}
		if absent {
			f.Title = "The ID token has no nonce"
			f.Seen = "A nonce was sent, and the token has none."
			f.Means = "Without it a token of another sign-in could be slipped in; a client that sent one must reject this token."
			f.Do = "The server loses the parameter: look for a proxy or a custom login page that does not pass nonce on. Then press n."
		}
		return f, true
	})
}

// clocks says what the measured difference of the clocks tells about a token that seems to be off by d.
func (r *reading) clocks(d time.Duration) (means, do string) {
	k := r.Skew()
	switch {
	case k.At.IsZero():
		return "The server's clock was not measured: no answer had a usable Date.", "Compare this machine's clock with another one (NTP)."
	case k.Seen() && k.Offset.Abs() > d.Abs()/2:
		return "The clock of this machine is " + off(k.Offset) + " the server's: that explains it. A library on this machine would refuse the token too.",
			"Set this machine's clock (NTP) rather than raise --leeway."
	}
	return "The server's own clock, by the Date of its answers, agrees with this machine's: the token was made with another clock, by a wrong life, or comes from a cache.",
		"Look at the clock and the settings of what signs the tokens. Do not raise --leeway for this."
}

// off says how a clock that is d behind the server's stands to it.
func off(d time.Duration) string {
	if d > 0 {
		return span(d) + " behind"
	}
	return span(d) + " ahead of"
}

func expiredOnArrival(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		_, bad := failed(t.Checks(), "exp")
		exp, has := t.View.Time("exp")
		if !bad || !has {
			return f, false
		}
		late := t.IssuedAt.Sub(exp)
		f = jwtview.Finding{Title: "The ID token had expired when it came", Spec: "OpenID Connect Core 1.0 §3.1.3.7(9), RFC 7519 §4.1.4",
			Seen: fmt.Sprintf("It came at %s and expired at %s, %s before; the leeway is %s.", r.clock(t.IssuedAt), r.clock(exp), span(late), r.settings.Leeway)}
		f.Means, f.Do = r.clocks(late)
		return f, true
	})
}

func issuedInFuture(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		for _, id := range []string{"iat", "nbf"} {
			_, bad := failed(t.Checks(), id)
			at, has := t.View.Time(id)
			if !bad || !has || !at.After(t.IssuedAt) {
				continue
			}
			ahead := at.Sub(t.IssuedAt)
			f = jwtview.Finding{Title: "The ID token was issued in the future", Spec: "OpenID Connect Core 1.0 §3.1.3.7(10), RFC 7519 §4.1.5, §4.1.6",
				Seen: fmt.Sprintf("It came at %s, and its %s says %s, %s later; the leeway is %s.", r.clock(t.IssuedAt), id, r.clock(at), span(ahead), r.settings.Leeway)}
			f.Means, f.Do = r.clocks(ahead)
			return f, true
		}
		return f, false
	})
}

func atHashWrong(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		c, bad := failed(t.Checks(), "at_hash")
		if !bad {
			return f, false
		}
		return jwtview.Finding{Title: "ID token and access token do not belong together", Seen: fmt.Sprintf("at_hash is %s; the access token that came with it gives %s.", lit(c.Got), lit(c.Want)),
			Means: "at_hash ties the access token to the ID token. " + candidates("the access token was put in from another response;", "the server hashes with another algorithm than that of the signature;", "it hashes the token before it changes it."),
			Do:    "Do not use this access token in the person's name. Tell whoever runs the server; a gateway that replaces tokens is the first place to look.", Spec: "OpenID Connect Core 1.0 §3.1.3.6, §3.1.3.8"}, true
	})
}

// claimWrong speaks of the failures that no rule has words of its own for.
func claimWrong(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		if t.View.Claims.Kind != jwtview.Object {
			return f, false
		}
		for _, c := range t.Checks() {
			if c.Status != jwtview.Failed || spoken(t, c) {
				continue
			}
			return jwtview.Finding{Title: "The claim " + c.ID + " of the ID token is wrong", Seen: fmt.Sprintf("%s is %s; expected: %s.", c.ID, lit(c.Got), lit(c.Want)),
				Means: wire(c.Detail) + " A client must reject the token.", Do: "Look at the token in the view Tokens and at what makes it: a hook or a mapper of the tenant may change claims.", Spec: c.Spec}, true
		}
		return f, false
	})
}

// spoken reports whether another rule speaks of a failed check.
func spoken(t *story.Token, c jwtview.Check) bool {
	switch c.ID {
	case "signature", "at_hash", "aud", "azp":
		return true
	case "iss", "sub", "auth_time":
		return t.Call.Class == story.TokenRefresh || c.ID == "iss"
	case "nonce":
		return true
	case "exp":
		_, dated := t.View.Time("exp")
		return dated
	case "iat", "nbf":
		when, dated := t.View.Time(c.ID)
		return dated && (when.After(t.IssuedAt) || t.Call.Class == story.TokenRefresh)
	}
	return false
}
