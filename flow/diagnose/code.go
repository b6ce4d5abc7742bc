package diagnose

import (
	"fmt"
	"strings"
	"time"

	"authscope/flow/story"
	"authscope/jwtview"
)

// codeRules speak of a code that was not accepted. What authscope itself knows makes them certain; where it knows of
// nothing wrong, causes that the wire does not show remain.
var codeRules = []rule{
	{id: "code-used-twice", catalogue: "D31", read: tokenRefusal("code-used-twice", codeUsedTwice), Text: Text{
		Severity: jwtview.Error,
		Title:    "The code was used before",
		Means:    "A code works once. The server may now have revoked the tokens that the first exchange gave, too (RFC 6749 §10.5).",
		Do:       "In an application look for what exchanges twice: a reload, a retry after a timeout, an effect that runs two times, a link scanner. Here press n for a new code.",
		Spec:     "RFC 6749 §4.1.2, §10.5",
	}},
	{id: "pkce-verifier-wrong", catalogue: "D29", read: tokenRefusal("pkce-verifier-wrong", verifierWrong), Text: Text{
		Severity: jwtview.Error,
		Title:    "The code_verifier does not fit the code_challenge",
		Means:    "S256 of the verifier must be the challenge that was sent. " + verifierCauses,
		Do:       "The challenge is base64url(SHA-256(verifier)) without padding, 43 characters; the verifier has 43 to 128 letters, digits, and - . _ ~. Press n: authscope makes a new pair.",
		Spec:     "RFC 7636 §4.1, §4.2, §4.6, App. B",
	}},
	{id: "pkce-verifier-missing", catalogue: "D29", read: tokenRefusal("pkce-verifier-missing", verifierMissing), Text: Text{
		Severity: jwtview.Error,
		Title:    "The token request has no code_verifier",
		Means:    "PKCE was used in the authorization request, and without the verifier the server cannot tell that both requests come from the same client.",
		Do:       "Send code_verifier with the code. authscope does: press n, and take a --token-param code_verifier=… away.",
		Spec:     "RFC 7636 §4.5, §4.6",
	}},
	{id: "code-too-old", catalogue: "D28", read: tokenRefusal("code-too-old", codeTooOld), Text: Text{
		Severity: jwtview.Error,
		Title:    "The code has expired",
		Means:    "A code lives for minutes: RFC 6749 recommends 10 at most, Authgear gives 5, others one or less.",
		Do:       "Press n and let the exchange follow at once.",
		Spec:     "RFC 6749 §4.1.2, §5.2",
	}},
	{id: "code-rejected", catalogue: "D28", open: true, read: tokenRefusal("code-rejected", codeRejected), Text: Text{
		Severity: jwtview.Error,
		Title:    "The code is not accepted",
		Means:    "invalid_grant covers a dozen causes. What authscope itself knows of the code strikes most of them out: its age, its uses, the verifier, the redirect URI and the client.",
		Causes:   []string{"the code has expired: some servers give it a minute or less;", "the token endpoint belongs to another tenant or environment than the authorization endpoint;", "another program, such as your application at the same redirect URI, has used the code before;", "the server lost it, as by a restart."},
		Do:       "Press n for a new code. If it stays: compare the hosts of both endpoints in stage Discover, and stop whatever else listens for this redirect URI.",
		Spec:     "RFC 6749 §4.1.2, §5.2; RFC 7636 §4.6",
	}},
}

const verifierCauses = "Usual causes: the verifier of another run, tab or process; a hex digest that was encoded (86 characters instead of 43); padding with =, or + and / in place of - and _; the verifier sent as the challenge."

// codeFacts is what authscope itself knows about a code.
type codeFacts struct {
	facts         string
	age           time.Duration
	uses, refused int // exchanges with it before that the server may have carried out, and those that it refused
	lives         time.Duration
	challengeBad  bool
	missing       bool   // the verifier
	class         string // of the mismatch
}

func (k codeFacts) why() string {
	switch {
	case k.uses > 0:
		return "code-used-twice"
	case k.missing:
		return "pkce-verifier-missing"
	case k.challengeBad:
		return "pkce-verifier-wrong"
	case k.lives > 0 && k.age >= k.lives:
		return "code-too-old"
	}
	return "code-rejected"
}

func (r *reading) aboutCode(c *story.Call) (k codeFacts) {
	k.lives = 10 * time.Minute
	if p := r.provider.Preset; p != nil && p.Code.Lives > 0 && !p.Code.Unchecked {
		k.lives = time.Duration(p.Code.Lives) * time.Second
	}
	form := c.Request.Form()
	var before *story.Call
	for _, o := range r.Calls() {
		switch {
		case o.Class != story.CodeExchange || o.ID >= c.ID || form.Get("code") == "" || o.Request.Form().Get("code") != form.Get("code") || o.SentAt.IsZero():
		case o.Response != nil && !o.OK():
			k.refused++
		default:
			k.uses++
			before = o
		}
	}
	if r.login == nil || r.login.Answer == nil {
		k.facts = "The authorization request is not in this recording, so nothing can be compared."
		k.lives = 0
		return k
	}
	k.age = c.SentAt.Sub(r.login.Answer.Call.DoneAt)
	facts := []string{"The code was " + span(k.age) + " old"}
	switch {
	case k.uses > 0:
		facts = append(facts, "it was handed in "+ago(c.SentAt.Sub(before.SentAt))+" by another request of this session")
	case k.refused > 0:
		facts = append(facts, "it was refused before")
	default:
		facts = append(facts, "this was its first use here")
	}
	k.facts = strings.Join(append(facts, k.compared(r, c)...), ", ") + "."
	return k
}

// ago says how long before d is.
func ago(d time.Duration) string {
	if d < time.Second {
		return "a moment before"
	}
	return span(d) + " before"
}

// compared tells what the checks of the exchange say, and of the client.
func (k *codeFacts) compared(r *reading, c *story.Call) (facts []string) {
	for _, check := range r.checksOf(c) {
		switch {
		case check.ID == "code_challenge" && check.Status == jwtview.Passed:
			facts = append(facts, "S256 of the verifier is the challenge that was sent")
		case check.ID == "code_challenge" && check.Status == jwtview.Failed:
			k.missing = !c.Request.Form().Has("code_verifier")
			k.challengeBad, k.class = !k.missing, check.Detail
		case check.ID == "redirect_uri" && check.Status == jwtview.Passed:
			facts = append(facts, "the redirect URI is identical")
		}
	}
	if id := c.Request.Form().Get("client_id"); id != "" && id == r.login.Params.Get("client_id") {
		facts = append(facts, "the client is the same")
	}
	return facts
}

func codeUsedTwice(r *reading, c *story.Call) jwtview.Finding {
	return jwtview.Finding{Seen: r.aboutCode(c).facts}
}

func verifierWrong(r *reading, c *story.Call) jwtview.Finding {
	k := r.aboutCode(c)
	f := jwtview.Finding{Seen: k.facts}
	if k.challengeBad {
		challenge := r.login.Params.Get("code_challenge")
		n, redacted := r.AliasLength(challenge)
		if !redacted {
			n = len(challenge)
		}
		f.Seen += fmt.Sprintf(" The challenge that was sent is %s, %s.", lit(challenge), characters(n))
		if f.Means = wire(k.class); !strings.Contains(k.class, ": ") { // nothing tells what was made of it
			f.Means += " " + verifierCauses
		}
	}
	return f
}

func characters(n int) string {
	if n == 1 {
		return "1 character"
	}
	return fmt.Sprintf("%d characters", n)
}

func verifierMissing(r *reading, c *story.Call) jwtview.Finding {
	return jwtview.Finding{Seen: r.aboutCode(c).facts}
}

func codeTooOld(r *reading, c *story.Call) jwtview.Finding {
	k := r.aboutCode(c)
	f := jwtview.Finding{Seen: k.facts}
	if p := r.provider.Preset; p != nil && p.Code.Lives > 0 {
		f.Means = fmt.Sprintf("A code of %s lives %s, and this one was older.", p.Name, span(k.lives))
	}
	return f
}

// codeRejected lists what the wire does not show, once what it shows is struck out.
func codeRejected(r *reading, c *story.Call) jwtview.Finding {
	k := r.aboutCode(c)
	f := jwtview.Finding{Seen: k.facts}
	causes := r.text.Causes
	p := r.provider.Preset
	if k.age < 30*time.Second && r.login != nil && r.login.Answer != nil {
		causes = causes[1:]
	} else if p != nil && p.Code.Lives > 0 && p.Code.Unchecked && k.age >= time.Duration(p.Code.Lives)*time.Second {
		causes = append([]string{fmt.Sprintf("the code has expired: %s may give it %s;", p.Name, story.Lifetime(time.Duration(p.Code.Lives)*time.Second))}, causes[1:]...)
	}
	f.Means = "That leaves what the wire does not show. " + candidates(causes...)
	if p != nil && p.ID == "authgear" {
		f.Means += " Authgear has one text for all of these, for a wrong verifier too."
	}
	if k.refused > 0 && p != nil && p.Code.Once != "" {
		f.Seen += " " + p.Code.Once
	}
	return f
}
