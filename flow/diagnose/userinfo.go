package diagnose

import (
	"fmt"
	"net/http"

	"authscope/flow/story"
	"authscope/jwtview"
)

var userInfoRules = []rule{
	{id: "userinfo-refused", catalogue: "D55", open: true, read: userInfoRefused, Text: Text{
		Severity: jwtview.Error,
		Title:    "UserInfo refuses the access token",
		Means:    "UserInfo does not take this access token.",
		Causes:   []string{"it has expired;", "the session was ended at the server: sign-out, revocation, an administrator;", "the token is for another API (audience), or of another tenant;", "openid was not granted;", "a proxy drops the header Authorization."},
		Do:       "Press n and look whether a fresh token is refused too: then the session is not the cause.",
		Spec:     "RFC 6750 §3.1, OpenID Connect Core 1.0 §5.3.3",
	}},
	{id: "userinfo-signature-invalid", catalogue: "D55", open: true, read: userInfoSignature, Text: Text{
		Severity: jwtview.Error,
		Title:    "The signature of UserInfo does not hold",
		Means:    "Its values must not be used.",
		Causes:   []string{"it is signed with a key that is not in the tenant's key set;", "it was changed on the way;", "the address is not of this tenant."},
		Do:       "Compare userinfo_endpoint and jwks_uri in stage Discover. Asking for plain JSON is a setting of the client (userinfo_signed_response_alg).",
		Spec:     "OpenID Connect Core 1.0 §5.3.2, §5.3.4",
	}},
	{id: "userinfo-other-party", catalogue: "D55", read: userInfoParty, Text: Text{
		Severity: jwtview.Error,
		Title:    "Signed UserInfo is not for this client",
		Means:    "The signature may hold, and the values are somebody else's to use: iss must be this issuer, and aud must have this client's id.",
		Do:       "Compare the client id and the issuer with the tenant's settings.",
		Spec:     "OpenID Connect Core 1.0 §5.3.2",
	}},
	{id: "userinfo-other-person", catalogue: "D55", read: userInfoOtherPerson, Text: Text{
		Severity: jwtview.Error,
		Title:    "UserInfo speaks of somebody else",
		Means:    "Its values must not be used: they may be another person's. Usual causes: an access token of another sign-in, a cache without a key per token, or pairwise and public subjects mixed.",
		Do:       "Press n. If it stays, look for a cache in front of UserInfo, and tell whoever runs the server.",
		Spec:     "OpenID Connect Core 1.0 §5.3.2",
	}},
}

// bearerOf returns the access token that a call was made with, or nil.
func (r *reading) bearerOf(c *story.Call) *story.Token {
	value := c.Request.Header.Get("Authorization")
	for i := len(r.Tokens()) - 1; i >= 0; i-- {
		if t := r.Tokens()[i]; t.Kind == story.AccessToken && value == "Bearer "+t.Value.Reveal() {
			return t
		}
	}
	return nil
}

func userInfoRefused(r *reading) []Finding {
	c := r.last[story.UserInfoCall]
	if !answered(c) || c.Response.Status/100 != 4 || c.Response.Status == http.StatusTooManyRequests {
		return nil
	}
	code, _ := c.OAuthError()
	if code == "" && c.Response.Status != 401 && c.Response.Status != 403 {
		return nil // notOAuth speaks of it
	}
	f := jwtview.Finding{Seen: place(c) + " answered " + saidBy(c) + "."}
	if h := c.Response.Header.Get("WWW-Authenticate"); h != "" && code == "" {
		f.Seen += " WWW-Authenticate: " + lit(h) + "."
	}
	t := r.bearerOf(c)
	switch {
	case t != nil && !t.ExpiresAt.IsZero() && !c.SentAt.Before(t.ExpiresAt):
		f.Means = fmt.Sprintf("The access token had expired at %s, %s before.", r.clock(t.ExpiresAt), span(c.SentAt.Sub(t.ExpiresAt)))
		f.Do = "Press r for a new access token, or n to sign in again."
	case has(code, "insufficient_scope") || c.Response.Status == http.StatusForbidden:
		f.Means = "The token is accepted, and its scope does not reach: UserInfo needs `openid`."
		f.Do = "Run again with openid among the scopes, here with --scope."
	default:
		f.Means = candidates("the session was ended at the server: sign-out, revocation, an administrator;", "the token is for another API (audience), or of another tenant;", unlessSigned(t), "a proxy drops the header Authorization.")
		if t != nil {
			f.Means = fmt.Sprintf("The token is the one that came %s before and has not expired, so that is not it. ", span(c.SentAt.Sub(t.IssuedAt))) + f.Means
		}
		f.Do = "Press n and look whether a fresh token is refused too: then the session is not the cause. Compare the host of UserInfo with that of the token endpoint in stage Discover."
	}
	return at(c, f)
}

// unlessSigned is a cause that an ID token rules out.
func unlessSigned(t *story.Token) string {
	if t != nil && t.Login != nil && t.Login.Exchange != nil && t.Login.Exchange.Response != nil {
		if id, _ := t.Login.Exchange.Response.JSON.Str("id_token"); id != "" {
			return ""
		}
	}
	return "openid was not granted;"
}

func userInfoOtherPerson(r *reading) []Finding {
	c := r.last[story.UserInfoCall]
	if c == nil || c.Response == nil || c.UserInfoClaims().Kind != jwtview.Object {
		return nil
	}
	check, bad := failed(r.checksOf(c), "sub")
	if !bad {
		return nil
	}
	f := jwtview.Finding{Seen: fmt.Sprintf("sub in UserInfo is %s, in the ID token %s.", lit(check.Got), lit(check.Want))}
	if check.Got == "absent" {
		f.Title = "UserInfo does not say of whom it speaks"
		f.Means = "sub is required: without it nothing ties the answer to the person in the ID token, and it must not be used."
	}
	return at(c, f)
}

// userInfoSignature speaks of UserInfo that came as a JWT whose signature does not hold.
func userInfoSignature(r *reading) []Finding {
	c := r.last[story.UserInfoCall]
	check, bad := failed(r.checksOf(c), "signature")
	if !bad {
		return nil
	}
	return at(c, jwtview.Finding{Seen: "UserInfo came as a JWT. " + wire(check.Detail)})
}

// userInfoParty speaks of signed UserInfo of another issuer, or for another client.
func userInfoParty(r *reading) []Finding {
	c := r.last[story.UserInfoCall]
	for _, id := range []string{"iss", "aud"} {
		if check, bad := failed(r.checksOf(c), id); bad {
			return at(c, jwtview.Finding{Seen: fmt.Sprintf("%s is %s, and %s was expected.", id, lit(check.Got), lit(check.Want))})
		}
	}
	return nil
}
