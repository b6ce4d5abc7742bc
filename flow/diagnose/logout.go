package diagnose

import (
	"fmt"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

const specLogout = "OpenID Connect RP-Initiated Logout 1.0 §2, §3"

var logoutRules = []rule{
	{id: "logout-no-return", catalogue: "D60", open: true, read: logoutNoReturn, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The logout has not come back",
		Spec:     specLogout,
		Means:    "While the tenant asks the person this is normal. The session at the tenant may be over all the same.",
		Causes:   []string{"the post_logout_redirect_uri is not registered for the client, and a server must not redirect to it;", "the id_token_hint is missing or not accepted, so the server does not know which client asks;", "the browser was closed."},
		Do:       "Register it as a post logout redirect URI, or name one that is registered with --post-logout-uri.",
	}},
	{id: "logout-state-wrong", catalogue: "D60", read: logoutStateWrong, Text: Text{
		Severity: jwtview.Error,
		Title:    "The logout came back with another state",
		Means:    "A server returns state as it came.",
		Causes:   []string{"the server does not;", "this is not the way back from this logout: an old tab, or somebody else's link."},
		Do:       "Start the logout again, and close old tabs.",
		Spec:     specLogout,
	}},
	{id: "logout-tokens-live", catalogue: "D60", open: true, read: logoutTokensLive, Text: Text{
		Severity: jwtview.Warning,
		Title:    "Logged out, and the access token still works",
		Do:       "Revoke the refresh token too (x, or --revoke). To see the session end, log out in the browser that signed in.",
		Spec:     specLogout,
		Means:    "A logout ends the person's session in that browser; tokens that are out need not end with it.",
		Causes:   []string{"this server keeps them alive;", "the browser that made the logout was not the one that had signed in, so there was no session to end."},
	}},
}

func logoutNoReturn(r *reading) []Finding {
	l := r.Logout()
	if l == nil || l.Return != nil || r.recorded() || // a recording may just end there
		l.Call.SentAt.IsZero() || r.now.Before(l.Call.SentAt.Add(story.Patience)) {
		return nil
	}
	back := l.Params.Get("post_logout_redirect_uri")
	if back == "" {
		return nil
	}
	f := jwtview.Finding{
		Seen: fmt.Sprintf("The URL was handed over at %s, and nothing came to %s since.", r.clock(l.Call.SentAt), lit(back)),
		Means: "While the tenant asks the person this is normal. Else " + lowerFirst(candidates("this post_logout_redirect_uri is not registered for the client, and a server must not redirect to it;",
			"the id_token_hint is missing or not accepted, so the server does not know which client asks;", "the browser was closed.")) + " The session at the tenant may be over all the same.",
		Do: "Register " + lit(back) + " as a post logout redirect URI, or name one that is registered with --post-logout-uri.",
	}
	if r.Metadata().IsAuthgear() {
		f.Means += " Authgear shows its settings page where the URI is not registered, without an error."
	}
	return at(l.Call, f)
}

func logoutStateWrong(r *reading) []Finding {
	c := r.last[story.LogoutReturn]
	check, bad := failed(r.checksOf(c), "state")
	if c == nil || !bad {
		return nil
	}
	return at(c, jwtview.Finding{Seen: fmt.Sprintf("Sent was state %s, and %s came back.", lit(check.Want), lit(check.Got))})
}

// logoutTokensLive speaks of an access token that UserInfo took after the logout had come back.
func logoutTokensLive(r *reading) []Finding {
	l, c := r.Logout(), r.last[story.Probe]
	if l == nil || l.Return == nil || c == nil || !c.OK() || c.Stage != trace.Logout {
		return nil
	}
	f := jwtview.Finding{
		Seen:  "The browser came back, and after that UserInfo still accepted the access token.",
		Means: "A logout ends the person's session in that browser; tokens that are out need not end with it. " + candidates("this server keeps them alive;", "the browser that made the logout was not the one that had signed in, so there was no session to end."),
	}
	if r.Metadata().IsAuthgear() {
		f.Means += " Authgear ends the tokens of the session that the hint names, but only if the browser brings that session's cookie."
	}
	return at(c, f)
}
