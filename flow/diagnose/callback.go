package diagnose

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

var callbackRules = []rule{
	{id: "state-missing", catalogue: "D17", read: stateMissing, Text: Text{
		Severity: jwtview.Error,
		Title:    "The answer carries no state",
		Means:    "A server must return state exactly as it came, with an error too.",
		Causes:   []string{"the server does not;", "a proxy or a rewriting rule dropped it;", "the request is not an answer to this run at all: somebody sent the browser here."},
		Do:       "Finish the newest tab, or press n for a new run.",
		Spec:     "RFC 6749 §4.1.2, §10.12; RFC 9700 §2.1",
	}},
	{id: "state-mismatch", catalogue: "D17", read: stateMismatch, Text: Text{
		Severity: jwtview.Error,
		Title:    "The answer has another state than the one that was sent",
		Means:    "This answer was not asked for by this run; a client that takes it can be tricked into somebody else's login.",
		Causes:   []string{"an old tab or the back button;", "two runs at once, with another program;", "the server changed the value."},
		Do:       "Finish the newest tab, or press n for a new run.",
		Spec:     "RFC 6749 §4.1.2, §10.12; RFC 9700 §2.1",
	}},
	{id: "iss-missing", catalogue: "D24", read: issMissing, Text: Text{
		Severity: jwtview.Error,
		Title:    "The answer does not say who gave it",
		Means:    "A server that says so sends iss with every answer; one without it may come from another server (mix-up), so it is rejected.",
		Do:       "If a proxy or a rewriting rule drops parameters, stop it. Else the metadata is wrong: tell whoever runs the server. Press n for a new run.",
		Spec:     "RFC 9207 §2.3, §2.4",
	}},
	{id: "iss-mismatch", catalogue: "D24", read: issMismatch, Text: Text{
		Severity: jwtview.Error,
		Title:    "The answer comes from another issuer",
		Means:    "The answer names another issuer than the one that this run talks to. The code is not sent anywhere: in a mix-up it would go to the wrong server.",
		Do:       "Have the server send in iss exactly the issuer of its metadata, or, if that is the tenant you mean, use that issuer with --issuer. Press n for a new run.",
		Spec:     "RFC 9207 §2.4",
	}},
	{id: "answer-without-code", catalogue: "D25", open: true, read: answerWithoutCode, Text: Text{
		Severity: jwtview.Error,
		Title:    "The answer has no code",
		Causes:   []string{"the answer stands in the fragment, after #, which browsers keep to themselves;", "the response type does not give a code;", "the redirect lost its parameters on the way."},
		Do:       "Look at the browser's address bar: if there is a code in it, press p and paste the whole address. Else press n.",
		Spec:     "RFC 6749 §4.1.2",
	}},
	{id: "answer-encoded-twice", catalogue: "D25", read: encodedTwice, Text: Text{
		Severity: jwtview.Info,
		Title:    "The fragment is encoded twice",
		Means:    "The server encodes the parameters and then the fragment as a whole. Authgear does that with response_mode=fragment. Code and state survive where they are of letters and digits, as authscope's state is; a state with other characters comes back changed.",
		Do:       "In an application keep state to letters and digits, or use another response mode; here leave --response-mode out.",
		Spec:     "OAuth 2.0 Multiple Response Type Encoding Practices §2.1, RFC 6749 §4.2.2",
	}},
	{id: "not-listening", catalogue: "D16", read: notListening, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The answer cannot be received here",
		Means:    "The browser will end at the redirect URI and may show an error page there. That does no harm: the answer stands in its address bar.",
		Do:       "Copy the whole address from the browser and press p to paste it. Or use a redirect URI on this machine that is registered, with --redirect-uri; a port that is taken can be freed.",
		Spec:     "RFC 8252 §7.3",
	}},
	{id: "no-answer-yet", catalogue: "D14", also: []string{"D15", "D16"}, open: true, read: noAnswerYet, Text: Text{
		Severity: jwtview.Warning,
		Title:    "Nothing came back yet",
		Means:    "While somebody is typing a password this is normal. If the browser shows an error page, the tenant must not redirect; if it cannot connect, the answer does not reach this machine.",
		Causes:   []string{"the redirect URI is not registered exactly as it was sent (scheme, host, port, path, slash and case count, and localhost is not 127.0.0.1);", "the client id is unknown to this tenant;", "the browser runs on another machine than authscope (SSH, a container, WSL);", "the redirect went to another address than the one that is listened at."},
		Do:       "Read the browser's page. Register exactly the redirect URI that was sent; or, if a code stands in the browser's address bar, press p and paste the address.",
		Spec:     "RFC 6749 §3.1.2.4, §4.1.2.1; RFC 9700 §2.1; RFC 8252 §7.3, §8.3",
	}},
	{id: "earlier-run-answer", catalogue: "D17", read: earlierRun, Text: Text{
		Severity: jwtview.Info,
		Title:    "An answer to an earlier run came",
		Means:    "It was recorded and not used: its code belongs to a verifier that is gone. An older tab was finished.",
		Do:       "Finish the newest tab; close the others.",
		Spec:     "RFC 6749 §10.12",
	}},
	{id: "stray-request", catalogue: "D16", read: strayRequest, Text: Text{
		Severity: jwtview.Info,
		Title:    "Something else asked at the redirect URI",
		Means:    "Browsers look for an icon, and other programs try ports. It was recorded, answered with 404, and waited past.",
		Do:       "Nothing, if a browser is open. If the path looks like a redirect URI of yours, give exactly that with --redirect-uri.",
		Spec:     "RFC 8252 §7.3",
	}},
}

// bad returns the newest answer that failed a check, unless a good one came after it.
func (r *reading) bad() *story.Callback {
	for i := len(r.answers) - 1; i >= 0; i-- {
		switch cb := r.answers[i]; cb.Fit {
		case story.FitBad:
			return cb
		case story.FitAnswer, story.FitError:
			return nil
		}
	}
	return nil
}

// badState returns the newest answer if its state is not the one that was sent.
func (r *reading) badState() *story.Callback {
	if cb := r.bad(); cb != nil && cb.Params.Get("state") != r.login.State {
		return cb
	}
	return nil
}

const goOn = "Finish the newest tab: the screen offers to go on waiting. Or press n for a new run."

func stateMissing(r *reading) []Finding {
	cb := r.badState()
	if cb == nil || cb.Params.Get("state") != "" {
		return nil
	}
	return at(cb.Call, jwtview.Finding{Seen: "A state was sent, and the answer that came has none.", Do: goOn})
}

func stateMismatch(r *reading) []Finding {
	cb := r.badState()
	if cb == nil || cb.Params.Get("state") == "" {
		return nil
	}
	got := cb.Params.Get("state")
	f := jwtview.Finding{Seen: fmt.Sprintf("Sent was state %s, and %s came back. %s", lit(r.login.State), lit(got), firstDifference(r.login.State, got)), Do: goOn}
	if decoded, err := url.QueryUnescape(got); err == nil && decoded == r.login.State {
		f.Means = "It is the state that was sent, encoded once more: the server encodes its answer twice. Authgear does that with response_mode=fragment."
		f.Do = "Take --response-mode fragment away, so that the answer comes in the query, and press n."
		if r.login.Params.Get("response_mode") != "fragment" {
			f.Means = "It is the state that was sent, encoded once more: the server, or what stands before it, encodes the answer twice."
			f.Do = "Look for a proxy or a rewriting rule that encodes the redirect again; else tell whoever runs the server."
		}
	}
	return at(cb.Call, f)
}

func issMissing(r *reading) []Finding {
	cb := r.bad()
	if cb == nil || r.badState() != nil || r.Metadata() == nil || !r.Metadata().IssParameter || cb.Params.Get("iss") != "" {
		return nil
	}
	return at(cb.Call, jwtview.Finding{Seen: "The metadata advertises authorization_response_iss_parameter_supported, and the answer has no iss."})
}

func issMismatch(r *reading) []Finding {
	cb := r.bad()
	if cb == nil || r.badState() != nil || r.Metadata() == nil {
		return nil
	}
	got, want := cb.Params.Get("iss"), r.Metadata().Issuer
	if got == "" || got == want {
		return nil
	}
	return at(cb.Call, jwtview.Finding{
		Seen:  fmt.Sprintf("The answer says iss %s, and this run talks to %s. %s", lit(got), lit(want), firstDifference(want, got)),
		Means: issuerClass(want, got) + " The code is not sent anywhere: in a mix-up it would go to the wrong server.",
	})
}

func answerWithoutCode(r *reading) []Finding {
	cb := r.bad()
	if cb == nil || r.badState() != nil || cb.Params.Get("code") != "" || cb.Params.Get("error") != "" || cb.Why == "" || strings.Contains(cb.Why, "iss") && !strings.Contains(cb.Why, "code") {
		return nil
	}
	f := jwtview.Finding{
		Seen: fmt.Sprintf("The answer has the right state and neither code nor error. response_type was %s, response_mode %s.", lit(r.login.Params.Get("response_type")), lit(r.login.Params.Get("response_mode"))),
	}
	return at(cb.Call, f)
}

// encodedTwice speaks of an answer that is good, or an error, and in which a value is still encoded.
func encodedTwice(r *reading) []Finding {
	for _, cb := range slices.Backward(r.answers) {
		if cb.Fit != story.FitAnswer && cb.Fit != story.FitError || r.login.Params.Get("response_mode") != "fragment" {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(cb.Params)) {
			value := cb.Params.Get(name)
			if !story.EncodedTwice(value) || trace.SecretName(name) != "" {
				continue
			}
			return at(cb.Call, jwtview.Finding{Seen: fmt.Sprintf("Decoded once, as it has to be, %s in the fragment is %s.", lit(name), lit(value))})
		}
	}
	return nil
}

// notListening matters only while an answer is waited for: once it was pasted, all is well.
func notListening(r *reading) []Finding {
	problem := r.Listening().Err
	if problem == "" || r.login == nil || !r.login.Waiting() || r.bad() != nil {
		return nil
	}
	return at(r.login.Authorize, jwtview.Finding{
		Seen:  wire(problem) + ".",
		Means: "The browser will end at " + lit(r.login.Params.Get("redirect_uri")) + " and may show an error page there. That does no harm: the answer stands in its address bar.",
	})
}

func noAnswerYet(r *reading) []Finding {
	l := r.login
	if l == nil || !l.Waiting() || r.bad() != nil || r.Listening().Err != "" || !r.overdue(l) {
		return nil
	}
	if r.recorded() {
		if r.ahead() != nil || r.last[story.CodeExchange] != nil || l.Unseen() { // refused, or answered where nobody saw it
			return nil
		}
		return at(l.Authorize, noAnswerRecorded(l))
	}
	uri := l.Params.Get("redirect_uri")
	f := jwtview.Finding{
		Seen: fmt.Sprintf("The URL was handed over at %s. Since then no answer came to %s.", r.clock(l.SentAt), lit(uri)),
		Means: "While somebody is typing a password this is normal. If the browser shows an error page of the tenant: " + candidates(
			"this redirect URI is not registered, exactly as it stands here, for this client; servers must not redirect then (scheme, host, port, path, slash and case all count, and localhost is not 127.0.0.1);",
			"the client id "+lit(l.Params.Get("client_id"))+" is unknown to this tenant.") + " If the browser says that it cannot connect: " + candidates(
			"it runs on another machine than authscope (SSH, a container, WSL);", "the redirect went to another address than this one."),
		Do: "Read the browser's page. Register " + lit(uri) + " and press n; or, if a code stands in the browser's address bar, press p and paste the address. b opens the browser again.",
	}
	if n, paths := r.strays(); n > 0 {
		f.Seen += fmt.Sprintf(" %s that %s no answer came: %s.", counted(n, "request"), wasWere(n), paths)
	}
	return at(l.Authorize, f)
}

// overdue reports whether the answer takes long, or did not come in the time that there was for the run.
func (r *reading) overdue(l *story.Login) bool {
	return r.recorded() || r.Said(trace.TimeOver) != "" || !r.now.Before(l.SentAt.Add(story.Patience))
}

// strays counts what came and was no answer, and names the first few.
func (r *reading) strays() (n int, paths string) {
	var out []string
	for _, cb := range r.answers {
		if cb.Fit != story.FitStray {
			continue
		}
		if n++; n <= 3 {
			out = append(out, wire(cb.Call.Request.Method)+" "+lit(pathOf(cb.Call.Request.URL)))
		}
	}
	return n, strings.Join(out, ", ")
}

func pathOf(raw string) string {
	if u, err := url.Parse(raw); err == nil {
		return u.Path
	}
	return raw
}

func counted(n int, what string) string {
	if n == 1 {
		return "One " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func earlierRun(r *reading) []Finding {
	for i := len(r.answers) - 1; i >= 0; i-- {
		cb := r.answers[i]
		if cb.Fit != story.FitEarlier {
			continue
		}
		seen := fmt.Sprintf("An answer came with the state of run %d", cb.Run)
		for _, e := range r.settings.Earlier {
			if e.Run == cb.Run && !e.Began.IsZero() {
				seen += ", begun at " + r.clock(e.Began)
			}
		}
		return at(cb.Call, jwtview.Finding{Seen: seen + "."})
	}
	return nil
}

func strayRequest(r *reading) []Finding {
	n, paths := r.strays()
	if n == 0 {
		return nil
	}
	for _, cb := range r.answers {
		if cb.Fit == story.FitStray {
			return at(cb.Call, jwtview.Finding{Seen: fmt.Sprintf("%s that %s no answer: %s.", counted(n, "request"), wasWere(n), paths), Spec: trace.StageOf(trace.Callback).Spec})
		}
	}
	return nil
}
