package diagnose

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"authscope/flow/story"
	"authscope/jwtview"
)

var tokenRules = []rule{
	{id: "access-token-missing", catalogue: "D35", read: accessTokenMissing, Text: Text{
		Severity: jwtview.Error,
		Title:    "The token response has no access token",
		Means:    "access_token is required in every token response; what came is another kind of answer, perhaps wrapped by a gateway.",
		Do:       "Look at the body in the view Wire, and check that the address is the token endpoint of the metadata.",
		Spec:     "RFC 6749 §5.1",
	}},
	{id: "token-type-odd", catalogue: "D37", read: tokenTypeOdd, Text: Text{
		Severity: jwtview.Error,
		Title:    "The token is of a type that is not Bearer",
		Means:    "A client must not use a token whose type it does not know: another type is sent in another way, as DPoP with a proof.",
		Do:       "Switch the client to Bearer tokens in the tenant's settings.",
		Spec:     "RFC 6749 §5.1, §7.1; RFC 9449 §5",
	}},
	{id: "id-token-missing", catalogue: "D19", read: idTokenMissing, Text: Text{
		Severity: jwtview.Error,
		Title:    "No ID token, though openid was asked for",
		Means:    "With openid the response must have an ID token.",
		Causes:   []string{"the server does OAuth 2.0 only and ignores openid;", "the scope openid is not assigned to this client;", "the token endpoint is another API's."},
		Do:       "Check that openid is allowed for this client, and that the tenant is an OpenID Provider. Then press n.",
		Spec:     "OpenID Connect Core 1.0 §3.1.3.3",
	}},
	{id: "expires-in-odd", catalogue: "D50", read: expiresInOdd, Text: Text{
		Severity: jwtview.Warning,
		Title:    "expires_in is odd",
		Means:    "expires_in is a whole JSON number of seconds. A string, a fraction, milliseconds, zero and less are read differently by every library.",
		Do:       "Have the server send a whole number of seconds, as 1800. authscope counts what can be read of it.",
		Spec:     "RFC 6749 §5.1, App. A.14",
	}},
	{id: "expires-in-missing", catalogue: "D50", read: expiresInMissing, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The server does not say how long the access token lives",
		Means:    "It is recommended, not required. Without it a client cannot renew in time; some libraries, x/oauth2 of Go among them, take the token for one that never expires.",
		Do:       "Have the server send it. Until then treat a 401 from the API as the sign to press r, or in an application to refresh.",
		Spec:     "RFC 6749 §5.1",
	}},
	{id: "exp-and-expires-in-disagree", catalogue: "D50", read: expDisagrees, Text: Text{
		Severity: jwtview.Warning,
		Title:    "expires_in and exp disagree",
		Means:    "The API goes by exp, and a client goes by expires_in: with the longer expires_in it sends a dead token for a while, with the shorter it renews too early.",
		Do:       "Plan by the shorter of the two. Have the server count both from the same life.",
		Spec:     "RFC 6749 §5.1, RFC 9068 §2.2",
	}},
	{id: "scope-narrowed", catalogue: "D18", also: []string{"D02"}, open: true, read: scopeNarrowed, Text: Text{
		Severity: jwtview.Warning,
		Title:    "Less scope was granted than asked for",
		Means:    "A server may do that, and must say so in scope, as it did.",
		Causes:   []string{"the scope is not assigned to this client;", "the person did not agree to it;", "this server knows no such scope and ignores it."},
		Do:       "Check the client's scopes in the tenant's settings, then run again with P (prompt=consent), so that the person is asked.",
		Spec:     "RFC 6749 §3.3, §5.1",
	}},
	{id: "openid-not-asked", catalogue: "D19", read: openidNotAsked, Text: Text{
		Severity: jwtview.Info,
		Title:    "No ID token: openid was not asked for",
		Means:    "Without `openid` this is plain OAuth 2.0: there is an access token, and nothing that says who signed in.",
		Do:       "Switch openid on among the scopes, or add it with --scope, and run again.",
		Spec:     "OpenID Connect Core 1.0 §3.1.2.1",
	}},
}

// responses returns the newest token responses, of the code and of a refresh.
func (r *reading) responses() (out []*story.Call) {
	for _, class := range []story.Class{story.CodeExchange, story.TokenRefresh} {
		if c := r.last[class]; granted(c) {
			out = append(out, c)
		}
	}
	return out
}

func accessTokenMissing(r *reading) []Finding {
	for _, class := range []story.Class{story.CodeExchange, story.TokenRefresh} {
		c := r.last[class]
		if !answered(c) || !c.OK() || granted(c) || !c.Response.IsJSON || c.Response.JSON.Kind != jwtview.Object {
			continue
		}
		if code, _ := c.OAuthError(); code != "" {
			continue
		}
		return at(c, jwtview.Finding{Seen: "Status " + strconv.Itoa(c.Response.Status) + " with the members " + list(names(c.Response.JSON), 8) + "."})
	}
	return nil
}

func names(v jwtview.Value) (out []string) {
	for _, m := range v.Members {
		out = append(out, m.Name)
	}
	return out
}

func tokenTypeOdd(r *reading) (out []Finding) {
	for _, c := range r.responses() {
		check, bad := failed(r.checksOf(c), "token_type")
		if !bad {
			continue
		}
		means := "A client must not use a token whose type it does not know: another type is sent in another way, as DPoP with a proof."
		if check.Got == "absent" {
			means = "token_type is required in every token response; without it nothing says how the token is to be sent."
		}
		out = append(out, at(c, jwtview.Finding{Seen: "token_type is " + lit(check.Got) + ".", Means: means})...)
	}
	return out
}

func idTokenMissing(r *reading) []Finding {
	c := r.exchange()
	if _, bad := failed(r.checksOf(c), "id_token"); c == nil || !bad {
		return nil
	}
	return at(c, jwtview.Finding{Seen: "The request asked for " + lit(r.login.Scope) + "; the token response has " + list(names(c.Response.JSON), 8) + "."})
}

func openidNotAsked(r *reading) []Finding {
	c := r.exchange()
	if c == nil || r.login == nil || r.login.Unseen() || r.asked("openid") {
		return nil
	}
	if _, has := c.Response.JSON.Str("id_token"); has {
		return nil
	}
	return at(c, jwtview.Finding{
		Seen: "The authorization request asked for " + lit(r.login.Scope) + ".",
		Do:   "Switch openid on among the scopes, or use --scope \"openid " + wire(r.login.Scope) + "\", and run again.",
	})
}

func expiresInMissing(r *reading) (out []Finding) {
	for _, c := range r.responses() {
		if _, err := story.ExpiresIn(c.Response.JSON); !errors.Is(err, story.ErrNoExpiresIn) {
			continue
		}
		f := jwtview.Finding{Seen: "The token response has no expires_in."}
		if t := tokenOf(r, c, story.AccessToken); t != nil && t.Source == "exp" {
			f.Seen += fmt.Sprintf(" The access token itself, a JWT, says until %s.", r.clock(t.ExpiresAt))
		}
		out = append(out, at(c, f)...)
	}
	return out
}

// tokenOf returns the token of a kind that came with c.
func tokenOf(r *reading, c *story.Call, k story.Kind) *story.Token {
	for _, t := range slices.Backward(r.Tokens()) {
		if t.Call == c && t.Kind == k {
			return t
		}
	}
	return nil
}

func expiresInOdd(r *reading) (out []Finding) {
	for _, c := range r.responses() {
		v, ok := c.Response.JSON.Get("expires_in")
		means := oddSeconds(v)
		if !ok || means == "" {
			continue
		}
		out = append(out, at(c, jwtview.Finding{Seen: "expires_in is " + lit(v.String()) + ".", Means: means})...)
	}
	return out
}

// oddSeconds says what is wrong with a value of expires_in, or "".
func oddSeconds(v jwtview.Value) string {
	n, err := strconv.ParseFloat(strings.TrimSpace(v.Text), 64)
	switch {
	case v.Kind != jwtview.Number && v.Kind != jwtview.String, err != nil:
		return "It must be a number of seconds; this cannot be read as one, so the token's life is not known here."
	case n < 0:
		return "A token cannot expire before it was issued: the server took the time of another clock, or counted from the sign-in."
	case n == 0:
		return "The token has no life at all by this; some servers mean “never expires”, and no client can know that."
	case v.Kind == jwtview.String:
		return "It must be a JSON number and is a string. Some libraries fail over that, and some read it as 0."
	case strings.ContainsAny(v.Text, ".eE"):
		return "It must be a whole number and is a fraction. Libraries that read an integer fail over that, x/oauth2 of Go among them."
	case n >= 300e3 && int64(n)%60e3 == 0 && int64(n)%86400 != 0:
		return fmt.Sprintf("As seconds that is %s; as milliseconds it would be %s, a usual life. If the server means that, clients keep a dead token.",
			story.Lifetime(time.Duration(min(n, 9e9))*time.Second), story.Lifetime(time.Duration(min(n, 9e12))*time.Millisecond))
	}
	return ""
}

// expDisagrees compares within the token, so that no clock of ours matters.
func expDisagrees(r *reading) (out []Finding) {
	const tolerance = 3 * time.Second
	for _, c := range r.responses() {
		t := tokenOf(r, c, story.AccessToken)
		d, err := story.ExpiresIn(c.Response.JSON)
		if t == nil || err != nil || t.View.Format != jwtview.FormatJWT {
			continue
		}
		exp, ok1 := t.View.Time("exp")
		iat, ok2 := t.View.Time("iat")
		if !ok1 || !ok2 || (exp.Sub(iat)-d).Abs() <= tolerance {
			continue
		}
		out = append(out, at(c, jwtview.Finding{Seen: fmt.Sprintf("expires_in says %s; the access token says exp %s after its iat.", d, exp.Sub(iat))})...)
	}
	return out
}

func scopeNarrowed(r *reading) []Finding {
	c := r.exchange()
	if c == nil || r.login == nil || !r.login.GrantedOK {
		return nil
	}
	var lost []string
	for _, s := range strings.Fields(r.login.Scope) {
		if s != "offline_access" && !hasWord(r.login.Granted, s) {
			lost = append(lost, s)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return at(c, jwtview.Finding{Seen: "Asked was " + lit(r.login.Scope) + ", granted is " + lit(r.login.Granted) + ": without " + list(lost, 5) + "."})
}
