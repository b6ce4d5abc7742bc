package diagnose

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// silenceRules speak of what works and is odd, and of what a server leaves unsaid.
var silenceRules = []rule{
	{id: "scope-odd", catalogue: "D18", read: scopeOdd, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The scope is not written as it should be",
		Means:    "Scopes are separated by single spaces, and each stands once. This server took it; another refuses it, or reads one long scope that it ignores.",
		Do:       "Write the scopes with one space between, here with --scope.",
		Spec:     "RFC 6749 §3.3",
	}},
	{id: "pkce-not-used", catalogue: "D23", read: pkceNotUsed, Text: Text{
		Severity: jwtview.Info,
		Title:    "PKCE was not used",
		Means:    "The authorization request has no code_challenge. Without PKCE a code that is caught can be used, or slipped into another session; every client is advised to use it.",
		Do:       "Send code_challenge and code_challenge_method=S256, as authscope does by itself.",
		Spec:     "RFC 7636 §1, RFC 9700 §2.1.1, §4.8.2",
	}},
	{id: "metadata-silent", catalogue: "D63", read: metadataSilent, Text: Text{
		Severity: jwtview.Info,
		Title:    "The metadata leaves out what the server can do",
		Means:    "What is absent has a default that a library goes by: no grant_types_supported means authorization_code and implicit; no code_challenge_methods_supported means that nothing is known of PKCE.",
		Do:       "Have the server list what it does, or set it by hand in your library.",
		Spec:     "OpenID Connect Discovery 1.0 §3, RFC 8414 §2",
	}},
	{id: "claim-missing", catalogue: "D54", open: true, read: claimMissing, Text: Text{
		Severity: jwtview.Info,
		Title:    "A scope was granted, and none of its claims came",
		Means:    "A scope such as email asks for claims; they may come in the ID token or from UserInfo, and with an access token the latter is the rule.",
		Causes:   []string{"this person has no such value;", "the scope was not granted, or is not assigned to the client;", "a mapper or a setting of the tenant decides what is told."},
		Do:       "Look at the person at the tenant; compare ID token and UserInfo in the view Tokens (w).",
		Spec:     "OpenID Connect Core 1.0 §5.1, §5.4",
	}},
	{id: "refresh-lifetime-shrinks", catalogue: "D08", read: refreshShrinks, Text: Text{
		Severity: jwtview.Info,
		Title:    "Refreshing does not extend the session",
		Means:    "The refresh token's life counts from the sign-in: an absolute limit, as the longest life of the session. Idle time and longest life are two clocks; the earlier one ends the session.",
		Do:       "Plan a new sign-in by then. The limit is a setting of the tenant or of the client.",
		Spec:     "RFC 6749 §1.5, RFC 9700 §4.14.2",
	}},
	{id: "cors-refused", catalogue: "D36", read: corsRefused, Text: Text{
		Severity: jwtview.Error,
		Title:    "The server does not allow the browser's call",
		Means:    "This is no OAuth error: the browser asked beforehand (CORS) whether a page of this origin may call, and the answer does not allow it, so the page gets nothing. The same request works with curl.",
		Do:       "Register the page's origin for the client (web origins, type single-page application), or make the exchange on a server.",
		Spec:     "Fetch Standard, CORS protocol",
	}, setting: "origins"},
	{id: "api-names-metadata", catalogue: "D62", read: apiNamesMetadata, Text: Text{
		Severity: jwtview.Info,
		Title:    "The API says where its tokens come from",
		Means:    "Its WWW-Authenticate names the metadata of the protected resource: there stand the authorization servers and scopes that it takes, and the resource for which a token must be asked (RFC 9728, as MCP clients do).",
		Do:       "Open that address; ask one of its authorization_servers for a token with --param resource=URI, the resource that stands there.",
		Spec:     "RFC 9728 §3.1, §5.1; RFC 8707 §2",
	}},
}

func scopeOdd(r *reading) []Finding {
	if _, refused := r.refused(); refused || r.login == nil || r.login.Answer == nil {
		return nil
	}
	scope, why := r.login.Scope, ""
	seen := map[string]bool{}
	for _, s := range strings.Fields(scope) {
		if seen[s] {
			why = lit(s) + " stands twice"
		}
		seen[s] = true
	}
	switch {
	case strings.Contains(scope, ","):
		why = "there is a comma in it"
	case strings.Contains(scope, "  "), strings.TrimSpace(scope) != scope:
		why = "there is a space too many"
	}
	if why == "" {
		return nil
	}
	return at(r.login.Authorize, jwtview.Finding{Seen: "scope was " + lit(scope) + ": " + why + "."})
}

func pkceNotUsed(r *reading) []Finding {
	c := r.exchange()
	if c == nil || r.login == nil || r.login.Authorize == nil || r.login.Params.Get("code_challenge") != "" {
		return nil
	}
	return at(r.login.Authorize, jwtview.Finding{Seen: "The authorization request that was sent has no code_challenge, and the code was exchanged without a verifier."})
}

func metadataSilent(r *reading) []Finding {
	m := r.Metadata()
	x := r.exchange()
	if m == nil || x == nil || m.JSON.Kind != jwtview.Object || r.login == nil {
		return nil
	}
	var absent []string
	if r.login.Params.Get("code_challenge") != "" && len(m.ChallengeMethods) == 0 {
		absent = append(absent, "no code_challenge_methods_supported, though PKCE works")
	}
	if _, has := m.JSON.Get("grant_types_supported"); !has && granted(r.last[story.TokenRefresh]) {
		absent = append(absent, "no grant_types_supported, though a refresh works")
	}
	if len(m.IDTokenAlgs) > 0 && !slices.Contains(m.IDTokenAlgs, "RS256") {
		absent = append(absent, "no RS256 in id_token_signing_alg_values_supported, which every server must list")
	}
	if len(absent) == 0 {
		return nil
	}
	return r.in(trace.Discover, jwtview.Finding{Seen: "The metadata has " + strings.Join(absent, "; ") + "."})
}

// standard are the claims that a scope asks for (OpenID Connect Core §5.4), the first few of each.
var standard = map[string][]string{
	"profile": {"name", "family_name", "given_name", "preferred_username", "nickname", "picture", "updated_at", "locale"},
	"email":   {"email"}, "phone": {"phone_number"}, "address": {"address"},
}

func claimMissing(r *reading) []Finding {
	c := r.last[story.UserInfoCall]
	if c == nil || !c.OK() || c.UserInfoClaims().Kind != jwtview.Object || r.login == nil || c.Login != r.login {
		return nil
	}
	var lost []string
	for _, scope := range []string{"profile", "email", "phone", "address"} {
		if !r.asked(scope) || r.login.GrantedOK && !hasWord(r.login.Granted, scope) {
			continue
		}
		if !slices.ContainsFunc(standard[scope], func(name string) bool { return r.told(c, name) }) {
			lost = append(lost, scope)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return at(c, jwtview.Finding{Seen: "Asked was " + lit(r.login.Scope) + "; neither the ID token nor UserInfo has a claim of " + list(lost, 4) + "."})
}

// told reports whether a claim came, in UserInfo or an ID token.
func (r *reading) told(userInfo *story.Call, name string) bool {
	if _, has := userInfo.UserInfoClaims().Get(name); has {
		return true
	}
	return slices.ContainsFunc(r.idTokens(), func(t *story.Token) bool { _, has := t.View.Claims.Get(name); return has })
}

func refreshShrinks(r *reading) []Finding {
	c := r.last[story.TokenRefresh]
	if !granted(c) {
		return nil
	}
	t := r.used(c)
	if t == nil || t.Call == c || t.Call.Response == nil {
		return nil
	}
	before, ok1 := seconds(t.Call, "refresh_expires_in")
	now, ok2 := seconds(c, "refresh_expires_in")
	passed := c.DoneAt.Sub(t.Call.DoneAt)
	if !ok1 || !ok2 || before <= now || (before-now-passed).Abs() > 5*time.Second || passed < 10*time.Second {
		return nil
	}
	return at(c, jwtview.Finding{Seen: fmt.Sprintf("refresh_expires_in fell from %d to %d, as much as the time that passed.", before/time.Second, now/time.Second)})
}

// seconds reads a member of a token response that is a number of seconds.
func seconds(c *story.Call, name string) (time.Duration, bool) {
	v, ok := c.Response.JSON.Get(name)
	if !ok || v.Kind != jwtview.Number {
		return 0, false
	}
	d, err := time.ParseDuration(v.Text + "s")
	return d, err == nil && d > 0
}

// corsRefused reads what a browser asked beforehand, as a recording of one has it.
func corsRefused(r *reading) []Finding {
	const most = 2000
	calls := r.Calls()
	for i := len(calls) - 1; i >= 0 && i >= len(calls)-most; i-- {
		c := calls[i]
		origin := c.Request.Header.Get("Origin")
		if c.Request.Method != http.MethodOptions || c.Inbound || origin == "" || !answered(c) {
			continue
		}
		allowed := c.Response.Header.Get("Access-Control-Allow-Origin")
		if allowed == "*" || allowed == origin {
			return nil
		}
		return at(c, jwtview.Finding{Seen: fmt.Sprintf("The browser asked %s for origin %s; the answer, status %d, has Access-Control-Allow-Origin %s.", place(c), lit(origin), c.Response.Status, lit(allowed))})
	}
	return nil
}

func apiNamesMetadata(r *reading) []Finding {
	c := r.last[story.APICall]
	if !answered(c) || c.Response.Status != http.StatusUnauthorized {
		return nil
	}
	for _, a := range story.Challenges(c.Response.Header) {
		named := a.Get("resource_metadata")
		if named == "" {
			continue
		}
		f := jwtview.Finding{Seen: place(c) + " names resource_metadata " + lit(named) + "."}
		if want := wellKnownResource(c.Request.URL); want != "" && want != named {
			f.Seen += " By RFC 9728 §3.1 a client would look at " + lit(want) + "."
		}
		return at(c, f)
	}
	return nil
}

// wellKnownResource is where the metadata of a protected resource stands (RFC 9728 §3.1): between host and path.
func wellKnownResource(resource string) string {
	u, err := url.Parse(resource)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/.well-known/oauth-protected-resource" + strings.TrimSuffix(u.EscapedPath(), "/")
}
