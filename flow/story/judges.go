package story

import (
	"fmt"
	"strings"
)

// judges read what came of each experiment: the verdict, what the tenant did, and why that is the verdict.
var judges = map[string]func(*Experiment) (Assessment, string, string){
	"reuse": judgeReuse, "race": judgeRace,
	"narrower-scope": judgeNarrower, "wider-scope": judgeWider, "other-scope": judgeWider,
	"other-client":        judgeOtherClient,
	"access-after-expiry": judgeExpired, "access-after-refresh": judgeAfterRefresh, "access-after-revocation": judgeAfterRevocation, "access-after-logout": judgeAfterLogout,
	"code-twice": judgeCodeTwice, "wrong-verifier": judgeChanged, "wrong-redirect-uri": judgeChanged, "no-nonce": judgeNoNonce,
}

func judgeReuse(x *Experiment) (Assessment, string, string) {
	if first, c := x.step(StepRotate); first != accepted && first != notTried {
		return odd(c)
	}
	if again, c := x.step(StepSame); again != notTried { // nothing replaced it
		switch again {
		case accepted:
			return x.weakUnlessKnown("The refresh brought no other refresh token, and the same one works again.",
				"There is no rotation: a stolen token works until it expires or is revoked, and nobody notices. For a public client a server must rotate, or bind the token to a key.")
		case refused:
			x.Dead = append(x.Dead, "the refresh token")
			return Unsettled, "The refresh brought no other refresh token, and the same one is refused: " + said(c) + ".", "It could be used once. Whoever needs more than one refresh has to sign in again."
		}
		return odd(c)
	}
	old, c := x.step(StepOld)
	newest, n := x.step(StepNewest)
	switch {
	case old == accepted:
		return Weaker, "The old refresh token works again.", "It was replaced, so it should be refused. Some servers allow it for a time of grace after the refresh, for retries: try again a minute later to tell."
	case old != refused:
		return odd(c)
	case newest == refused:
		x.Dead = append(x.Dead, "every refresh token of this session")
		return AsSpecified, "The old refresh token is refused (" + said(c) + "), and since then the newest one too (" + said(n) + ").", "The server noticed the reuse and ended the session: a thief gains nothing, and the person signs in again."
	case newest == accepted:
		return x.weakUnlessKnown("The old refresh token is refused ("+said(c)+"), and the newest one goes on working.", "If the newest was stolen too, nobody notices.")
	}
	return odd(n)
}

// weakUnlessKnown is the verdict on what falls short of the specification, unless it is what Authgear is known for.
func (x *Experiment) weakUnlessKnown(real, why string) (Assessment, string, string) {
	if x.About.Authgear != "" && x.story.isAuthgear() {
		return AsKnown, real, why
	}
	return Weaker, real, why
}

func judgeRace(x *Experiment) (Assessment, string, string) {
	var won, lost, other int
	for _, st := range x.Steps {
		if st.What != StepRace {
			continue
		}
		for _, c := range st.Calls {
			switch came(c) {
			case accepted:
				won++
			case refused:
				lost++
			default:
				other++
			}
		}
	}
	alive, dead := 0, 0
	for _, st := range x.Steps {
		if st.What != StepRaced {
			continue
		}
		for _, c := range st.Calls {
			switch came(c) {
			case accepted:
				alive++
			case refused:
				dead++
			}
		}
	}
	real := fmt.Sprintf("%d of %d succeeded", won, won+lost+other)
	if alive+dead > 0 {
		real += fmt.Sprintf("; of the refresh tokens that came of it %d work and %d do not", alive, dead)
	}
	real += "."
	switch {
	case won == 0 && other > 0, won+lost+other == 0:
		return NoAnswer, "No refresh was answered.", ""
	case alive == 0 && dead > 0, x.endedBy(dead):
		x.Dead = append(x.Dead, "every refresh token of this session")
		return Unsettled, real, "The server took the race for a theft and ended the session: in an application two tabs do this. Let one place refresh, and the others wait for it."
	case won > 1 && alive > 1 && x.rotated():
		return Unsettled, real, "Branches of the session now live side by side: a thief's would live on unseen. If the server has a time of grace, all but one end with it; try again a minute later to tell."
	case won > 1 && dead > 0:
		return x.knownOr(Unsettled, real, "Whoever comes last has the token that works; the others have to sign in again, and learn it at their next refresh.")
	case won == 1:
		return Unsettled, real, "One won. The others have to take its tokens, or sign in again."
	}
	return Unsettled, real, "The token is not rotated, or there is a time of grace: a race does no harm."
}

// endedBy reports whether the newest refresh token is dead too since dead ones were tried.
func (x *Experiment) endedBy(dead int) bool {
	newest, _ := x.step(StepNewest)
	return dead > 0 && newest == refused
}

// rotated reports whether the race brought refresh tokens that differ.
func (x *Experiment) rotated() bool {
	seen := map[string]bool{}
	for _, st := range x.Steps {
		for _, c := range st.Calls {
			if st.What == StepRace && came(c) == accepted {
				if t, ok := c.Response.JSON.Str("refresh_token"); ok {
					seen[t] = true
				}
			}
		}
	}
	return len(seen) > 1
}

// knownOr is AsKnown at Authgear, else v.
func (x *Experiment) knownOr(v Assessment, real, why string) (Assessment, string, string) {
	if x.About.Authgear != "" && x.story.isAuthgear() {
		v = AsKnown
	}
	return v, real, why
}

func judgeNarrower(x *Experiment) (Assessment, string, string) {
	how, c := x.step(StepScope)
	switch how {
	case refused:
		return Unsettled, "Refused: " + said(c) + ".", "Asking for less is permitted, and a server may refuse any request."
	case accepted:
	default:
		return odd(c)
	}
	asked := c.Request.form.Get("scope")
	scope, told := c.Response.JSON.Str("scope")
	switch {
	case told && sameWords(scope, asked):
		return AsSpecified, "It succeeded, with the scope " + clip(scope, 120) + ".", ""
	case told:
		return Weaker, "It succeeded, with the scope " + clip(scope, 120) + ", not the one that was asked for.", "An application that wanted a weaker token did not get one, but at least it is told."
	}
	return x.knownOr(Unsettled, "It succeeded, and the answer names no scope.", "By RFC 6749 §5.1 the scope is then the one that was asked for; whether it is, the access token alone knows.")
}

func judgeWider(x *Experiment) (Assessment, string, string) {
	how, c := x.step(StepScope)
	switch how {
	case refused:
		return AsSpecified, "Refused: " + said(c) + ".", ""
	case accepted:
	default:
		return odd(c)
	}
	more := x.more(c)
	scope, told := c.Response.JSON.Str("scope")
	switch {
	case told && asked(scope, more):
		return Weaker, "It succeeded, and the scope now has " + more + ".", "Nobody was asked to agree to that."
	case told:
		return Unsettled, "It succeeded, with the scope " + clip(scope, 120) + ", without " + more + ".", "Nothing was gained. An error would have told the application of its mistake."
	}
	return x.knownOr(Unsettled, "It succeeded, and the answer names no scope.", "By RFC 6749 §5.1 that means the scope that was asked for; that nothing was gained, the access token alone knows.")
}

// more is the scope that was asked for beyond what the sign-in asked for.
func (x *Experiment) more(c *Call) string {
	had := ""
	if c.Login != nil {
		had = c.Login.Scope
	}
	for _, s := range strings.Fields(c.Request.form.Get("scope")) {
		if !asked(had, s) {
			return clip(s, 60)
		}
	}
	return "more"
}

func sameWords(a, b string) bool {
	for _, w := range strings.Fields(a) {
		if !asked(b, w) {
			return false
		}
	}
	return len(strings.Fields(a)) == len(strings.Fields(b))
}

func judgeOtherClient(x *Experiment) (Assessment, string, string) {
	other, c := x.step(StepOther)
	own, o := x.step(StepOwn)
	switch {
	case other == accepted:
		return Weaker, "It succeeded: the tokens of one client were given to another.", "Whoever steals a refresh token needs no client of their own to be the right one."
	case other != refused:
		return odd(c)
	case own == accepted && isUnknownClient(c):
		return NoAnswer, "Refused (" + said(c) + "), which speaks of the client, not of the token; the right client can still use it.",
			"No other client that is registered is known here, so whether one could use the token was not tried."
	case own == refused:
		x.Dead = append(x.Dead, "the refresh token")
		return Weaker, "Refused (" + said(c) + "), and since then the right client is refused too (" + said(o) + ").", "The token was used up by a request that failed: anybody who knows it, and any client's id, can end the session."
	case own == accepted:
		return AsSpecified, "Refused (" + said(c) + "); the right client can still use it.", ""
	}
	return odd(o)
}

// isUnknownClient reports whether a client was refused for what it is, before anybody looked at its token (RFC 6749 §5.2).
func isUnknownClient(c *Call) bool {
	code, _ := c.OAuthError()
	return code == "invalid_client"
}

func judgeExpired(x *Experiment) (Assessment, string, string) {
	switch how, c := x.step(StepAccess); how {
	case accepted:
		return Weaker, "It still works after its time.", "expires_in promised an end that is not kept; servers allow for a few seconds of clock skew."
	case refused:
		return AsSpecified, "Refused: " + said(c) + ".", ""
	default:
		return odd(c)
	}
}

func judgeAfterRefresh(x *Experiment) (Assessment, string, string) {
	if first, c := x.step(StepRotate); first != accepted {
		return odd(c)
	}
	switch how, c := x.step(StepOldAccess); how {
	case accepted:
		return x.knownOr(Unsettled, "It still works.", "Two access tokens live side by side until the older one expires.")
	case refused:
		x.Dead = append(x.Dead, "the access token of before")
		return Unsettled, "Refused: " + said(c) + ".", "Requests that are on their way with the old token fail: an application has to try them again with the new one."
	default:
		return odd(c)
	}
}

func judgeAfterRevocation(x *Experiment) (Assessment, string, string) {
	if how, c := x.step(StepRevoke); c == nil || c.Response == nil || c.Response.Status != 200 {
		if how == refused {
			return NoAnswer, "The revocation was refused: " + said(c) + ".", ""
		}
		return odd(c)
	}
	x.Dead = append(x.Dead, "the refresh token")
	switch how, c := x.step(StepAccess); how {
	case accepted:
		return Weaker, "It still works.", "After a sign-out the access token goes on until it expires: keep its life short."
	case refused:
		x.Dead = append(x.Dead, "the access token")
		return AsSpecified, "Refused: " + said(c) + ".", "At the tenant's own endpoints. Whoever only verifies the signature of a JWT does not notice."
	default:
		return odd(c)
	}
}

func judgeAfterLogout(x *Experiment) (Assessment, string, string) {
	l := x.story.Logout()
	if l == nil || l.Return == nil && l.Params.Get("post_logout_redirect_uri") != "" {
		return NoAnswer, "The browser did not come back from the logout.", "Whether the person was signed out is not known, so the token proves nothing."
	}
	switch how, c := x.step(StepAccess); how {
	case accepted:
		if l.Return == nil {
			return NoAnswer, "It still works, and nobody was asked to come back from the logout.", "The browser may not have been at the tenant yet, or the person may not have agreed: once that is done, u asks UserInfo again."
		}
		return Unsettled, "It still works.", "If it was the browser that signed in, a logout is no end of the tokens here: revoke them too, or an application goes on in the name of somebody who has left. In another browser it ends nothing."
	case refused:
		x.Dead = append(x.Dead, "the access token")
		if x.story.isAuthgear() { // there all tokens are the session's
			x.Dead = append(x.Dead, "every refresh token of this session")
			return AsKnown, "Refused: " + said(c) + ".", "The tokens ended with the person's session. Whoever only verifies the signature of a JWT does not notice."
		}
		return Unsettled, "Refused: " + said(c) + ".", "The access token ended with the person's session; the refresh token may have too, and was not tried. Whoever only verifies the signature of a JWT does not notice."
	default:
		return odd(c)
	}
}

func judgeCodeTwice(x *Experiment) (Assessment, string, string) {
	if first, c := x.step(StepExchange); first != accepted {
		return odd(c)
	}
	again, c := x.step(StepAgain)
	after, a := x.step(StepAccess)
	switch {
	case again == accepted:
		return Weaker, "The second time succeeded too.", "A code that leaks, through a log or a referrer, can be handed in by anybody who has it, PKCE aside."
	case again != refused:
		return odd(c)
	case after == accepted:
		return x.weakUnlessKnown("The second time was refused ("+said(c)+"), and the tokens of the first time go on working.", "That the first ones are revoked is recommended: if a thief was first, the thief keeps them.")
	case after == refused:
		x.Dead = append(x.Dead, "the tokens of this sign-in")
		return AsSpecified, "The second time was refused (" + said(c) + "), and the access token of the first time since then too (" + said(a) + ").", ""
	}
	return AsSpecified, "The second time was refused (" + said(c) + "). Whether the tokens of the first time still work could not be tried.", ""
}

func judgeChanged(x *Experiment) (Assessment, string, string) {
	wrong, c := x.step(StepWrong)
	switch wrong {
	case accepted:
		return Weaker, "It was accepted.", "The check is missing: whoever gets hold of a code can hand it in."
	case refused:
	default:
		return odd(c)
	}
	switch right, r := x.step(StepRight); right {
	case accepted:
		return AsSpecified, "Refused: " + said(c) + ". The code was still good for a right request.", ""
	case refused:
		return AsSpecified, "Refused: " + said(c) + ". The code was used up by it (" + said(r) + ").", ""
	}
	return AsSpecified, "Refused: " + said(c) + ".", ""
}

func judgeNoNonce(x *Experiment) (Assessment, string, string) {
	how, c := x.step(StepExchange)
	switch how {
	case refused:
		return Unsettled, "Refused: " + said(c) + ".", "A server may ask for more than the specification."
	case accepted:
	default:
		return odd(c)
	}
	for _, t := range x.story.tokens {
		if t.Call != c || t.Kind != IDToken {
			continue
		}
		if nonce, ok := t.View.Claims.Str("nonce"); ok {
			return Weaker, "The ID token has a nonce that nobody sent: " + clip(nonce, 60) + ".", "It must repeat what the request had, and nothing else."
		}
		return AsSpecified, "It works, and the ID token has no nonce.", "Nothing then ties the ID token to this sign-in; send a nonce all the same."
	}
	return Unsettled, "It works; there is no ID token to look at.", ""
}
