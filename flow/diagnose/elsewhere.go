package diagnose

import (
	"regexp"
	"strings"
	"sync"

	"authscope/flow/story"
	"authscope/jwtview"
)

// A recording is somebody else's login: there is no key to press, and authscope sent nothing. What the rules say of a
// session of its own is said here in the words that hold for both.

// recorded reports whether authscope did not make the session itself.
func (r *reading) recorded() bool {
	_, ok := r.Recording()
	return ok
}

// signInAgain is what "press n" means for who has an application and not the screen.
const signInAgain = "sign in again in the application"

// elsewhere are the phrases that speak of a run of authscope's own, with what holds of a recording. The first that fits a
// place is taken; what is longer stands before what it contains.
var elsewhere = []struct{ of, by string }{
	{"Press o to run again with offline_access, and c to compare the two; or use --scope ", "Have the application ask for "},
	{"Press P to add prompt=consent, or use --param prompt=consent, and run again", "Have the application send prompt=consent"},
	{"Run again without prompt=none, here with + where it can be taken away, and sign in", "Sign in without prompt=none"},
	{"press s and switch openid on, or use --scope ", "have the application send scope "},
	{"Correct it with --scope, or press s to switch single scopes off, and press n.", "Correct it in the application, or leave single scopes out to find the one."},
	{"Switch openid on among the scopes, or use --scope ", "Have the application ask for "},
	{" authscope does by itself: press n and leave both in the request.", " authscope run does so by itself, to compare with."},
	{" authscope does by itself: press n.", " authscope run does so by itself, to compare with."},
	{" authscope does: press n, and take a --token-param code_verifier=… away.", " authscope run does so, to compare with."},
	{" Press n: authscope makes a new pair.", " authscope run makes a right pair, to compare with."},
	{"Press n: authscope makes a new one for every request.", "Make a new one for every request."},
	{"authscope asks for response_type=code; take a --param response_mode=… away and press n.", "Ask for response_type=code and leave response_mode out."},
	{"Finish the newest tab: the screen offers to go on waiting. Or press n for a new run.", "Record one sign-in from its beginning, in one tab, to see whether it comes again."},
	{"Copy the whole address from the browser and press p to paste it. ", ""},
	{"Look at the browser's address bar: if there is a code in it, press p and paste the whole address. Else press n.", "Look at the browser's address bar at the end of a sign-in: authscope inspect reads the whole address."},
	{"What authscope sent is identical, so ", "What was sent is identical, so "},
	{"; authscope asked with Accept: application/json", ""},
	{"authscope has none", "it is not in the recording"},
	{" (stage Discover)", ""},
	{"this run talks to", "this login is with"},
	{"by this run", "by this login"},
	{"where this run did not", "where this login did not"},
	{"Both requests of this run had", "Both requests had"},
	{"to this run at all", "to this login at all"},
	{"what stands there tells who answers", "what stands there tells who answers"},
	{"Press n and look whether a fresh token is refused too", "Sign in again and look whether a fresh token is refused too"},
	{"Press n: if the next token fails too", "Sign in again: if the next token fails too"},
	{"Press n and finish the newest tab.", "Sign in again in one tab alone."},
	{"the set, fetched again for this token, has", "the set in the recording has"},
	{"The set, fetched again for this token, has", "The set in the recording has"},
	{"The clock of this machine", "The clock of the machine that recorded"},
	{"A library on this machine would refuse the token too.", "A library there refuses the token too."},
	{"this machine's", "the recording machine's"},
	{"This machine's", "The recording machine's"},
	{"on this machine", "on that machine"},
	{"this machine", "that machine"},
	{" is not that machine", " is not a loopback name"},
	{"Press r for a new one. ", ""},
	{"as the sign to press r, or in an application to refresh", "as the sign to refresh"},
	{"press r for new tokens", "refresh for new tokens"},
	{"Press r for a new access token, or n to sign in again.", "Refresh, or sign in again."},
	{"Always use the newest one: authscope does with r. In an application store", "Always use the newest one: store"},
	{"Refresh (r), and call again.", "Have the application refresh, and call again."},
	{"Then press x again.", "Then revoke again."},
	{", then press x again", ", then revoke again"},
	{", or o to do so with offline_access", ", and ask for offline_access to stay signed in"},
	{"run again with offline_access (o)", "sign in again with offline_access"},
	{"run again with P (prompt=consent), so that the person is asked", "sign in again with prompt=consent, so that the person is asked"},
	{"(x, or --revoke)", ""},
	{"Nothing: authscope keeps to it. In an application add", "In the application add"},
	{"Here press n for a new code.", ""},
	{"b opens the browser again.", ""},
	{"Press n for a new run and let the answer come by itself. ", "Record the sign-in from its beginning. "},
	{"Before anybody signed in, the authorization endpoint", "The authorization endpoint"},
	{"in a new run", "in a new login"},
	{" If the page appears to authscope alone, go on with --no-preflight.", ""},
	{"authscope sends bearer tokens: ask the API", "Ask the API"},
	{"started again with", "started again with"},
	{"start again with --issuer URL", "configure the right issuer"},
	{"start again with --issuer", "configure the issuer"},
	{", here with e before it leaves", ""},
	{"Press enter to try again", "Try again"},
}

// press finds what is left of keys.
var press = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b([Pp])ress (?:n|r|o|x|p|P|enter)\b(?: again)?(?: to sign in again| and sign in again| and sign in\b| for a new run)?`)
})

// inRecording says f in the words that hold of a recording.
func inRecording(f jwtview.Finding) jwtview.Finding {
	for _, p := range []*string{&f.Seen, &f.Means, &f.Do} {
		text := *p
		for _, e := range elsewhere {
			text = strings.ReplaceAll(text, e.of, e.by)
		}
		text = press().ReplaceAllStringFunc(text, func(m string) string {
			if m[0] == 'P' {
				return strings.ToUpper(signInAgain[:1]) + signInAgain[1:]
			}
			return signInAgain
		})
		*p = strings.TrimSpace(strings.Join(strings.Fields(text), " "))
	}
	if strings.Contains(f.Do, "--") && !strings.Contains(f.Do, "authscope run") {
		f.Do += " (Flags are those of authscope run, which makes such a login itself.)"
	}
	if f.Do == "" {
		f.Do = "Nothing."
	}
	return f
}

// crossOrigin speaks of a request of a page that the browser gave no answer to. The recording does not say why; nothing
// but the browser's console does.
func crossOrigin(r *reading) []Finding {
	if !r.recorded() || len(corsRefused(r)) > 0 { // which proves what this only supposes
		return nil
	}
	return r.each(func(c *story.Call) []Finding {
		if !barred(c) {
			return nil
		}
		return at(c, jwtview.Finding{Severity: jwtview.Error, Title: "The browser gave the page no answer", Spec: "Fetch Standard §3.2 (CORS)",
			Seen: wire(c.Request.Method) + " " + place(c) + " came from a page of " + lit(c.Request.Header.Get("Origin")) + " and has no status: " + wire(c.Err) + ".",
			Means: candidates("the server does not allow that origin (CORS), so the browser keeps its answer from the page, though the server may have carried the request out;",
				"an extension or a policy blocked it;", "the connection failed."),
			Do: "Look at the browser's console: it names the cause. Register the origin for this client (Web Origins, Allowed Origins, a client of the type SPA), or exchange at a server of yours."})
	})
}

// barred reports whether a request from a page of another origin got no answer, without a reason of the network's.
func barred(c *story.Call) bool {
	from := c.Request.Header.Get("Origin")
	return c.State == story.Broken && c.Response == nil && c.ErrClass == "other" && from != "" && from != "null" && !strings.HasPrefix(c.Request.URL, from+"/")
}

// noAnswerRecorded says that a recording ends before an answer.
func noAnswerRecorded(l *story.Login) jwtview.Finding {
	uri, fragment := l.Params.Get("redirect_uri"), ""
	if types := l.Params.Get("response_type"); l.Params.Get("response_mode") == "fragment" || hasWord(types, "token") || hasWord(types, "id_token") {
		fragment = "the answer came in the fragment, which no HAR keeps where a script and not a redirect led there;"
	}
	return jwtview.Finding{Severity: jwtview.Warning, Title: "There is no answer in the recording", Spec: "RFC 6749 §4.1.2, §4.1.2.1, §3.1.2.4",
		Seen: "The browser was sent to the tenant, and in the recording nothing comes to " + lit(uri) + " after that.",
		Means: candidates("the recording was stopped before the person had signed in;", "the person did not finish, or the tenant showed an error page of its own, as for a redirect URI that is not registered;",
			fragment, "the answer went to a window or a program that was not recorded, as a popup or a native application."),
		Do: "Record again until the login ends, with “preserve log” on. If the browser shows an error page of the tenant, read it: servers do not redirect where client or redirect URI are wrong."}
}
