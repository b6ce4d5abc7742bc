package diagnose

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

var authorizeRules = []rule{
	{id: "offline-access-alone", catalogue: "D03", also: []string{"D19"}, read: refusal("offline-access-alone", offlineAlone), Text: Text{
		Severity: jwtview.Error,
		Title:    "offline_access without openid is refused",
		Means:    "`offline_access` is a scope of OpenID Connect, and a request without `openid` is none (OIDC Core 1.0 §3.1.2.1).",
		Do:       "Ask for both: press s and switch openid on, or use --scope \"openid offline_access\".",
		Spec:     "OpenID Connect Core 1.0 §3.1.2.1, §11; RFC 6749 §4.1.2.1",
	}},
	{id: "invalid-scope", catalogue: "D18", open: true, read: refusal("invalid-scope", invalidScope), Text: Text{
		Severity: jwtview.Error,
		Title:    "The scope is refused",
		Means:    "The server does not take one of the scopes. They are separated by spaces, and case counts.",
		Causes:   []string{"a scope is unknown here: some servers refuse a request over that, most ignore it;", "a scope exists and is not assigned to this client;", "scopes of two APIs are mixed;", "commas, a double space, or a plus sign stand between the scopes."},
		Do:       "Correct it with --scope, or press s to switch single scopes off, and press n.",
		Spec:     "RFC 6749 §3.3, §4.1.2.1",
	}},
	{id: "access-denied", catalogue: "D22", read: refusal("access-denied", accessDenied), Text: Text{
		Severity: jwtview.Error,
		Title:    "A person or a policy said no",
		Means:    "Client, redirect URI and scope were accepted; then the person cancelled or refused consent, or a rule of the tenant refused them. This is not a mistake in the request.",
		Do:       "Press n and sign in again, agreeing this time; if it is refused again, ask the tenant's administrator which rule applies.",
		Spec:     "RFC 6749 §4.1.2.1",
	}},
	{id: "client-not-accepted", catalogue: "D20", open: true, read: refusal("client-not-accepted", clientNotAccepted), Text: Text{
		Severity: jwtview.Error,
		Title:    "The client may not do this",
		Means:    "The metadata lists what the server can do, not what this client may.",
		Causes:   []string{"the client's type does not have the authorization code grant, as a machine-to-machine client;", "this response type is switched off for it;", "the client id belongs to another tenant."},
		Do:       "Compare the client id and the client's type with the tenant's settings; then start again with --client-id ID.",
		Spec:     "RFC 6749 §4.1.2.1",
	}},
	{id: "prompt-none", catalogue: "D21", read: refusal("prompt-none", promptNone), Text: Text{
		Severity: jwtview.Error,
		Title:    "Without asking the person it does not work",
		Means:    "With prompt=none this is the expected answer where nobody is signed in, or where something has to be asked.",
		Do:       "Run again without prompt=none, here with + where it can be taken away, and sign in; then prompt=none works while that browser's session lasts.",
		Spec:     "OpenID Connect Core 1.0 §3.1.2.6",
	}},
	{id: "consent-required", catalogue: "D21", read: refusal("consent-required", consentRequired), Text: Text{
		Severity: jwtview.Error,
		Title:    "The server wants consent to be asked for",
		Means:    "For `offline_access` OpenID Connect wants the person to be asked, and some servers demand that the request says so.",
		Do:       "Press P to add prompt=consent, or use --param prompt=consent, and run again.",
		Spec:     "OpenID Connect Core 1.0 §11, §3.1.2.6",
	}},
	{id: "pkce-required", catalogue: "D23", read: refusal("pkce-required", pkceRequired), Text: Text{
		Severity: jwtview.Error,
		Title:    "PKCE is required",
		Means:    "A public client has no secret; without PKCE whoever catches the code could use it, so the server refuses.",
		Do:       "Send code_challenge and code_challenge_method=S256. authscope does by itself: press n and leave both in the request.",
		Spec:     "RFC 7636 §4.4.1, RFC 9700 §2.1.1",
	}},
	{id: "pkce-method", catalogue: "D23", read: refusal("pkce-method", pkceMethod), Text: Text{
		Severity: jwtview.Error,
		Title:    "This PKCE method is not accepted",
		Means:    "The server takes S256 only; plain protects nothing against who can read the request.",
		Do:       "Send code_challenge_method=S256 with the SHA-256 of the verifier in base64url. authscope does by itself: press n.",
		Spec:     "RFC 7636 §4.3, §4.4.1",
	}},
	{id: "offline-access-refused", catalogue: "D03", setting: "refresh", open: true, read: refusal("offline-access-refused", offlineRefused), Text: Text{
		Severity: jwtview.Error,
		Title:    "offline_access is refused",
		Means:    "The server does not take this scope from this client.",
		Causes:   []string{"the server does not know the scope, as Google and Amazon Cognito do not: they go by a parameter, or by nothing;", "the client may not have offline access: a setting of the client, or the grant refresh_token, is off;"},
		Do:       "Switch offline access on for the client; or take the scope away with --scope, for a server that does not use it.",
		Spec:     "RFC 6749 §3.3, §4.1.2.1; OpenID Connect Core 1.0 §11",
	}},
	{id: "par-required", catalogue: "D26", read: refusal("par-required", parRequired), Text: Text{
		Severity: jwtview.Error,
		Title:    "The request must be pushed first",
		Means:    "The server takes authorization requests by PAR alone: the client posts the parameters to pushed_authorization_request_endpoint, and sends the browser with the request_uri that it gets.",
		Do:       "Have the server allow this client requests without PAR to go on here; authscope sends the parameters in the URL.",
		Spec:     "RFC 9126 §2.2, §4, §5",
	}},
	{id: "request-object-required", catalogue: "D26", read: refusal("request-object-required", requestObjectRequired), Text: Text{
		Severity: jwtview.Error,
		Title:    "The request must be signed",
		Means:    "The server takes authorization requests as a signed JWT alone, in request or behind request_uri.",
		Do:       "Have the server allow this client requests that are not signed to go on here; authscope sends the parameters in the URL.",
		Spec:     "RFC 9101 §5, §10.5",
	}},
	{id: "request-uri-refused", catalogue: "D26", open: true, read: refusal("request-uri-refused", requestURIRefused), Text: Text{
		Severity: jwtview.Error,
		Title:    "The request_uri is not accepted",
		Means:    "A request_uri of PAR works once, and for a short time, as 60 s.",
		Causes:   []string{"it has expired: the browser was sent too late;", "it was used before, as by a reload or the back button;", "it was pushed by another client, or to another server."},
		Do:       "Push the request again for every sign-in, and send the browser at once.",
		Spec:     "RFC 9126 §2.2, §4; RFC 9101 §7",
	}},
	{id: "authorization-refused", catalogue: "D27", open: true, read: refusal("authorization-refused", authorizationRefused), Text: Text{
		Severity: jwtview.Error,
		Title:    "The tenant refused the authorization request",
		Means:    "The server accepted the client and the redirect URI, else it would not have sent the browser back; its own words say what it does not take.",
		Causes:   []string{"a parameter is missing, has a value that is not allowed, or stands twice;", "the server fails (server_error), or is busy (temporarily_unavailable)."},
		Do:       "Compare every parameter in the stage Authorize with what the words say, change it with --scope or --param, and press n.",
		Spec:     "RFC 6749 §4.1.2.1",
	}},
}

// errorAnswer is an answer at the redirect URI that reports an error (RFC 6749 §4.1.2.1), or the same to a look ahead.
type errorAnswer struct {
	call       *story.Call
	asked      url.Values // the request's parameters
	ahead      bool       // nobody was sent there yet
	code, text string
}

func (a errorAnswer) seen() string {
	if a.ahead {
		return "Before anybody signed in, the tenant answered the authorization request with " + said(a.code, a.text) + "."
	}
	return "The tenant sent the browser back with " + said(a.code, a.text) + "."
}

func (a errorAnswer) scope() string { return a.asked.Get("scope") }

func (a errorAnswer) has(scope string) bool { return hasWord(a.scope(), scope) }

// refused returns the answer by which the newest authorization request was refused.
func (r *reading) refused() (a errorAnswer, ok bool) {
	if p := r.ahead(); p != nil {
		return errorAnswer{p.Call, p.Params, true, p.Error, p.Description}, p.Verdict == story.Refused && !p.OnPage
	}
	for _, cb := range slices.Backward(r.answers) {
		switch cb.Fit {
		case story.FitAnswer:
			return a, false
		case story.FitError:
			return errorAnswer{cb.Call, r.login.Params, false, cb.Params.Get("error"), cb.Params.Get("error_description")}, true
		}
	}
	return a, false
}

// refusal makes a rule of what to say where the tenant refused for the reason called id.
//
//go:noinline
func refusal(id string, say func(*reading, errorAnswer) jwtview.Finding) func(*reading) []Finding {
	return func(r *reading) []Finding {
		a, ok := r.refused()
		if !ok || r.whyRefused(a) != id {
			return nil
		}
		f := say(r, a)
		e, _ := r.refusalText(a)
		tell(&f, r.text, e)
		if r.login.Unseen() { // what it asked for is not known
			f.Seen = ""
		}
		f.Severity, f.Seen = jwtview.Error, strings.TrimSpace(a.seen()+" "+f.Seen)
		if id == "prompt-none" && r.recorded() && hasWord(a.asked.Get("prompt"), "none") { // an application asks so to find out
			f.Severity = jwtview.Info
		}
		return at(a.call, f)
	}
}

// whyRefused goes by the error, the request and the server's words together: the error alone means different things on
// different servers.
func (r *reading) whyRefused(a errorAnswer) string {
	if e, _ := r.refusalText(a); slices.Contains(authorizeReasons, e.Finding) {
		return e.Finding
	}
	if m := r.Metadata(); m != nil && a.code == "invalid_request" {
		switch {
		case isTrue(m, "require_pushed_authorization_requests") && !a.asked.Has("request_uri"):
			return "par-required"
		case isTrue(m, "require_signed_request_object") && !a.asked.Has("request") && !a.asked.Has("request_uri"):
			return "request-object-required"
		}
	}
	switch a.code {
	case "invalid_scope":
		switch scope := r.whichRefused(a); {
		case a.has("offline_access") && !a.has("openid"):
			return "offline-access-alone"
		case a.has("offline_access") && scope == "offline_access":
			return "offline-access-refused"
		}
		return "invalid-scope"
	case "access_denied":
		return "access-denied"
	case "unauthorized_client", "invalid_client", "unsupported_response_type", "unsupported_response_mode":
		return "client-not-accepted"
	case "consent_required":
		if !hasWord(a.asked.Get("prompt"), "none") {
			return "consent-required"
		}
		return "prompt-none"
	case "login_required", "interaction_required", "account_selection_required":
		return "prompt-none"
	}
	switch {
	case a.code == "invalid_request_uri", has(a.text, "request_uri", "request uri") && a.asked.Has("request_uri"):
		return "request-uri-refused"
	case has(a.text, "pushed authorization request"):
		return "par-required"
	}
	if has(a.text, "pkce", "code challenge", "code_challenge") {
		if a.asked.Get("code_challenge") == "" {
			return "pkce-required"
		}
		return "pkce-method"
	}
	return "authorization-refused"
}

func offlineAlone(r *reading, a errorAnswer) jwtview.Finding {
	f := jwtview.Finding{Seen: "The authorization request asked for " + lit(a.scope()) + "."}
	if r.Metadata().IsAuthgear() {
		f.Means = "Authgear's documentation says of refresh tokens “Or just scope=offline_access”, and the server answers otherwise, as above: `openid` is mandatory in every request. The server decides, so the documentation is wrong here."
	}
	return f
}

func invalidScope(r *reading, a errorAnswer) jwtview.Finding {
	scope := a.scope()
	f := jwtview.Finding{Seen: "The authorization request asked for " + lit(scope) + "."}
	switch {
	case strings.Contains(scope, ","):
		f.Means = "Scopes are separated by spaces. With commas the whole is one scope that nobody knows."
		f.Do = "Write them with spaces, here with --scope " + fmt.Sprintf("%q", wire(strings.Join(strings.FieldsFunc(scope, func(c rune) bool { return c == ',' || c == ' ' }), " "))) + ", and press n."
	case strings.Contains(scope, "+"):
		f.Means = "There is a plus sign in the scope itself. In a URL `+` stands for a space; a library that encodes it again sends `%2B`, which is a plus sign."
		f.Do = "Write the scopes with spaces and let the library encode them, here with --scope \"openid offline_access\"."
	case strings.Contains(scope, "  ") || strings.TrimSpace(scope) != scope:
		f.Means = "There is one space too many: some servers, Authgear among them, read an empty scope there and refuse it."
	case !a.has("openid") && has(a.text, "openid"):
		f.Means = "This server wants `openid` in every request; without it a request is plain OAuth 2.0, which it does not do."
		f.Do = "Add openid, here with --scope \"openid " + wire(scope) + "\"."
	default:
		f.Means = r.whichScope(a)
		if typo := typoOf(scope); typo != "" {
			f.Means = typo + " " + f.Means
		}
	}
	return f
}

// whichScope names the scopes that the metadata does not list.
func (r *reading) whichScope(a errorAnswer) string {
	if _, name, ok := strings.Cut(a.text, "scope is not allowed: "); ok {
		return "The server names the scope: " + lit(name) + " is not one of its own, or not one of this client's. Authgear refuses a request over an unknown scope; many servers ignore it."
	}
	var unknown []string
	if m := r.Metadata(); m != nil && len(m.ScopesSupported) > 0 {
		for _, s := range strings.Fields(a.scope()) {
			if !slices.Contains(m.ScopesSupported, s) {
				unknown = append(unknown, s)
			}
		}
	}
	if len(unknown) > 0 {
		return "The metadata does not list " + list(unknown, 5) + " in scopes_supported. " + candidates("that scope is unknown here;", "it exists and is not assigned to this client. Leave it out to tell them apart.")
	}
	return candidates("a scope is not assigned to this client;", "scopes of two APIs are mixed;", "a scope is written in the wrong case. Take them out one by one to find it.")
}

// typoOf recognises what is often written instead of the right name.
func typoOf(scope string) string {
	for _, s := range strings.Fields(scope) {
		switch strings.ToLower(s) {
		case "offline.access", "offline", "offlineaccess", "offline-access":
			return lit(s) + " looks like `offline_access`."
		case "open_id", "open-id", "openid_connect":
			return lit(s) + " looks like `openid`."
		}
	}
	return ""
}

func accessDenied(r *reading, a errorAnswer) jwtview.Finding {
	f := jwtview.Finding{}
	if hasWord(a.asked.Get("prompt"), "none") {
		f.Seen = "The request had prompt=none."
		f.Means = "With prompt=none nobody can be asked, and the consent that this client needs was not given before."
		f.Do = "Run again without --param prompt=none, agree once, then try prompt=none again."
	}
	return f
}

func clientNotAccepted(r *reading, a errorAnswer) jwtview.Finding {
	f := jwtview.Finding{Seen: "client_id was " + lit(a.asked.Get("client_id")) + ", response_type " + lit(a.asked.Get("response_type")) + "."}
	if strings.HasPrefix(a.code, "unsupported_response") {
		f.Title = "This kind of answer is not supported"
		f.Means = "The server does not do this response_type or response_mode at all."
		f.Do = "authscope asks for response_type=code; take a --param response_mode=… away and press n."
		f.Seen += " response_mode was " + lit(a.asked.Get("response_mode")) + "."
	}
	return f
}

func promptNone(r *reading, a errorAnswer) jwtview.Finding {
	f := jwtview.Finding{}
	if !hasWord(a.asked.Get("prompt"), "none") && !r.login.Unseen() {
		f.Means = "The request did not have prompt=none, so the person could have been asked; the server wants a sign-in or a choice that it did not offer."
		f.Do = "Press n and use a fresh browser window; a policy of the tenant, such as a max_age or a required factor, may be in the way."
	}
	return f
}

func consentRequired(r *reading, a errorAnswer) jwtview.Finding {
	return jwtview.Finding{Seen: "The request asked for " + lit(a.scope()) + " with prompt " + lit(a.asked.Get("prompt")) + "."}
}

func pkceRequired(r *reading, a errorAnswer) jwtview.Finding {
	return jwtview.Finding{Seen: "The authorization request that was sent has no code_challenge."}
}

func pkceMethod(r *reading, a errorAnswer) jwtview.Finding {
	method := a.asked.Get("code_challenge_method")
	f := jwtview.Finding{Seen: "code_challenge_method was " + lit(method) + "."}
	if method == "" {
		f.Means = "A code_challenge was sent without a method, and an absent method means plain; the server takes S256 only."
	}
	return f
}

func authorizationRefused(r *reading, a errorAnswer) jwtview.Finding {
	f := jwtview.Finding{Means: "The server's own words stand above. It accepted the client and the redirect URI, else it would not have sent the browser back."}
	switch a.code {
	case "server_error", "temporarily_unavailable":
		f.Means = "The fault lies on the server's side: an error status cannot be sent by a redirect, so it says this instead."
		f.Do = "Press n in a moment; if it stays, look in the tenant's log."
	case "invalid_request":
		f.Means += " Candidates: a parameter is missing, has a value that is not allowed, or stands twice."
	}
	return f
}
