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

func keysUnreadable(r *reading) []Finding {
	c := r.last[story.JWKS]
	if !answered(c) || c.Response.Cut || c.Response.Status >= 500 || c.Response.Status == http.StatusTooManyRequests {
		return nil
	}
	if _, read := c.Keys(); read {
		return nil
	}
	f := jwtview.Finding{Seen: place(c) + " answered " + saidBy(c) + "."}
	if c.Stage == "" { // asked for before anybody signed in
		return r.published(c, f)
	}
	f.Means = r.text.Means + " The ID token is shown, and must not be trusted."
	return at(c, f)
}

// eachID applies f to the ID tokens.
func (r *reading) eachID(f func(*story.Token) (jwtview.Finding, bool)) []Finding {
	return r.eachIDWith(jwtview.Error, f)
}

// eachIDWith is eachID for a rule of another severity.
func (r *reading) eachIDWith(usual jwtview.Severity, f func(*story.Token) (jwtview.Finding, bool)) (out []Finding) {
	for _, t := range r.idTokens() {
		r.claim = ""
		if found, ok := f(t); ok {
			if found.Severity == "" {
				found.Severity = usual
			}
			fs := at(t.Call, found)
			if t.OfSignIn() { // it came with the exchange and is judged in a stage of its own
				fs = r.in(trace.Verify, found)
				fs[0].Call = t.Call.ID
			}
			out = append(out, about(Subject{Name: r.claim, Token: t.Kind, Generation: t.Generation}, fs)...)
		}
	}
	return out
}

func idTokenNotJWT(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		if t.View.Format == jwtview.FormatJWT && t.View.Claims.Kind == jwtview.Object || t.View.Format == jwtview.FormatJWE {
			return f, false
		}
		f = jwtview.Finding{Seen: "What stands in id_token is " + wire(t.Describe) + "."}
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
		return jwtview.Finding{Seen: "alg in its header is " + lit(alg) + "."}, true
	})
}

func isNone(alg string) bool { return strings.EqualFold(strings.TrimSpace(alg), "none") }

// foreignAlg reports a failure that is the algorithm's: no key of the set could repair it.
func foreignAlg(c jwtview.Check, alg string) bool {
	return !isNone(alg) && (alg == "" || has(c.Detail, "this is a mac", "does not list this algorithm", "is not verified here", "no key fits"))
}

func algNotAccepted(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		c, alg, bad := signature(t)
		if !bad || !foreignAlg(c, alg) || t.View.UnknownKid(r.keys()) {
			return f, false
		}
		return jwtview.Finding{Seen: "alg in its header is " + lit(alg) + ". " + wire(c.Detail)}, true
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
		f = jwtview.Finding{Seen: fmt.Sprintf("The header names kid %s. The set, fetched again for this token, has: %s.", lit(t.View.Kid()), wire(c.Want))}
		if passed(t.Checks(), "iss") {
			f.Seen += " iss is the issuer of the metadata."
			f.Means = r.text.Means + " Not another issuer, by its name. " + candidates("the keys were changed and the server still publishes the old set, as from a cache;", "jwks_uri names the wrong document;", "the token was made in another environment that has the same name.")
			f.Do = "Wait for the server's cache and press n; if it stays, ask whoever runs the server which key signs."
		}
		return f, true
	})
}

func signatureInvalid(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		c, alg, bad := signature(t)
		if !bad || isNone(alg) || foreignAlg(c, alg) || t.View.UnknownKid(r.keys()) {
			return f, false
		}
		f = jwtview.Finding{Seen: wire(c.Detail)}
		if strings.HasPrefix(alg, "HS") {
			f.Means = "The token must be rejected. " + candidates("the server signs with another secret than the one that is given here;", "one of the two reads the secret in another way, as text or as base64;", "the token was changed or re-encoded after it was signed, as by a proxy or a hook.")
			f.Do = "Compare the secret with the tenant's settings, here with --client-secret-file. Press n: if the next token fails too, the secret is the cause, else the way in between."
		}
		return f, true
	})
}

func audienceWrong(r *reading) []Finding {
	return r.eachID(func(t *story.Token) (f jwtview.Finding, ok bool) {
		for _, id := range []string{"aud", "azp"} {
			c, bad := failed(t.Checks(), id)
			if !bad || strings.Contains(c.Spec, "12.2") {
				continue
			}
			r.claim = id
			f = jwtview.Finding{
				Seen: fmt.Sprintf("%s is %s, and this client is %s.", id, lit(c.Got), lit(c.Want)),
				Do:   "Check that --client-id is the client that the tenant knows under this name; look for a mapper or a hook that sets " + id + ".",
				Spec: c.Spec,
			}
			switch {
			case id == "aud" && c.Got == "absent":
				f.Title = "The ID token does not say for whom it is"
				f.Seen = "The ID token has no aud, and must have this client's id, " + lit(c.Want) + ", in it."
				f.Means = "A token that anybody may have been given says nothing to this client. It must be rejected."
				f.Do = "Look at what makes the token: a mapper or a hook that sets aud, or takes it out."
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
		if !bad || (c.Got == "absent") != absent || !t.OfSignIn() {
			return f, false
		}
		f = jwtview.Finding{Title: "The ID token answers another request", Seen: fmt.Sprintf("nonce in the token is %s, and %s was sent.", lit(c.Got), lit(c.Want)),
			Means: "The token belongs to another sign-in: another run, or one that is played back. It must be rejected.",
			Do:    "Press n and finish the newest tab. If it stays, the server may keep the nonce of the session's first request.", Spec: c.Spec}
		if absent {
			f.Title = "The ID token has no nonce"
			f.Seen = "A nonce was sent, and the token has none."
			f.Means = "Without it a token of another sign-in could be slipped in; a client that sent one must reject this token."
			f.Do = "Look for what loses the parameter: the server itself, a proxy, or a custom login page that does not pass nonce on. Then press n."
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
		f = jwtview.Finding{Seen: fmt.Sprintf("It came at %s and expired at %s, %s before; the leeway is %s.", r.clock(t.IssuedAt), r.clock(exp), span(late), r.settings.Leeway)}
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
			r.claim = id
			ahead := at.Sub(t.IssuedAt)
			f = jwtview.Finding{Seen: fmt.Sprintf("It came at %s, and its %s says %s, %s later; the leeway is %s.", r.clock(t.IssuedAt), id, r.clock(at), span(ahead), r.settings.Leeway)}
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
		return jwtview.Finding{Seen: fmt.Sprintf("at_hash is %s; the access token that came with it gives %s.", lit(c.Got), lit(c.Want))}, true
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
			r.claim = c.ID
			if c.Got == "absent" {
				return jwtview.Finding{Title: "The claim " + c.ID + " of the ID token is missing", Seen: "The ID token has no " + c.ID + ".", Means: wire(c.Detail) + " A client must reject the token.", Spec: c.Spec}, true
			}
			return jwtview.Finding{
				Title: "The claim " + c.ID + " of the ID token is wrong",
				Seen:  fmt.Sprintf("%s is %s; expected: %s.", c.ID, lit(c.Got), lit(c.Want)),
				Means: wire(c.Detail) + " A client must reject the token.",
				Spec:  c.Spec,
			}, true
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
