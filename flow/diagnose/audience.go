package diagnose

import (
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

// audienceRules speak of what an access token is, and of what is taken for one.
var audienceRules = []rule{
	{id: "token-confused", catalogue: "D56", read: tokenConfused, Text: Text{
		Severity: jwtview.Error,
		Title:    "This is not the access token",
		Means:    "An API takes the access token. An ID token says to this client who signed in, and is for nobody else; a refresh token goes to the token endpoint alone. An API that takes another kind can be tricked with one.",
		Do:       "Send access_token of the token response.",
		Spec:     "RFC 8725 §3.12, RFC 9068 §4, RFC 6750 §2.1",
	}},
	{id: "audience-not-in-token", catalogue: "D43", setting: "audience", open: true, read: audienceNotInToken, Text: Text{
		Severity: jwtview.Warning,
		Title:    "The access token is for somebody else than was asked",
		Means:    "An API goes by aud: one that does not find itself there answers 401.",
		Causes:   []string{"the server does not read this parameter: some take resource, some audience, some a scope;", "the API is not registered, or this client may not use it;", "aud is set by a mapper of the client, and there is none for this API."},
		Do:       "Compare aud with what the API expects, and try the other parameter with --param.",
		Spec:     "RFC 8707 §2, RFC 9068 §2.2, §4",
	}},
	{id: "access-token-opaque", catalogue: "D41", setting: "jwt", read: accessTokenOpaque, Text: Text{
		Severity: jwtview.Info,
		Title:    "The access token is opaque, though an API was named",
		Means:    "An opaque token is a handle that the issuer alone understands; nothing is wrong with it. Its life comes from expires_in, its contents from introspection or UserInfo. An API that wants to read it needs a JWT.",
		Do:       "If the API expects a JWT, switch that on for the client or the API in the tenant's settings; some servers want --param audience=URI.",
		Spec:     "RFC 6749 §1.4, RFC 7662 §2",
	}},
	{id: "access-token-encrypted", catalogue: "D42", read: accessTokenEncrypted, Text: Text{
		Severity: jwtview.Info,
		Title:    "The access token is encrypted",
		Means:    "It has five parts (JWE): whoever has the key that it was made for can read it, usually the issuer or the API. For a client it is as good as opaque.",
		Do:       "Nothing: its life comes from expires_in, its contents from UserInfo.",
		Spec:     "RFC 7516 §3.1, §9",
	}},
}

// tokenConfused finds a token of another kind in the header of a call to an API or UserInfo.
func tokenConfused(r *reading) []Finding {
	for _, class := range []story.Class{story.APICall, story.UserInfoCall} {
		c := r.last[class]
		if c == nil {
			continue
		}
		value, is := strings.CutPrefix(c.Request.Header.Get("Authorization"), "Bearer ")
		if !is {
			continue
		}
		for _, t := range slices.Backward(r.Tokens()) {
			if t.Kind != story.AccessToken && t.Value.Reveal() == value {
				return at(c, jwtview.Finding{Seen: "The header Authorization of the call to " + place(c) + " carries the " + t.Kind.Short() + " token, which is " + wire(t.Describe) + "."})
			}
		}
	}
	return nil
}

// wanted returns the API that was named in the authorization request, and by which parameter.
func (r *reading) wanted() (param string, values []string) {
	if r.login == nil {
		return "", nil
	}
	for _, name := range []string{"resource", "audience"} {
		if v := r.login.Params[name]; len(v) > 0 && v[0] != "" {
			return name, v
		}
	}
	return "", nil
}

// access returns the access token of the sign-in, if it came.
func (r *reading) access() *story.Token {
	if c := r.exchange(); c != nil {
		return tokenOf(r, c, story.AccessToken)
	}
	return nil
}

func audienceNotInToken(r *reading) []Finding {
	param, values := r.wanted()
	t := r.access()
	if param == "" || t == nil || t.View.Format != jwtview.FormatJWT {
		return nil
	}
	aud := t.View.Audience()
	for _, v := range values {
		if slices.Contains(aud, v) {
			return nil
		}
	}
	return at(t.Call, jwtview.Finding{Seen: "Asked was " + param + " " + list(values, 3) + "; aud of the access token is " + list(aud, 3) + "."})
}

func accessTokenOpaque(r *reading) []Finding {
	param, values := r.wanted()
	t := r.access()
	if param == "" || t == nil || t.View.Format == jwtview.FormatJWT || t.View.Format == jwtview.FormatJWE {
		return nil
	}
	f := jwtview.Finding{Seen: "Asked was " + param + " " + list(values, 3) + "; the access token is " + wire(t.Describe) + "."}
	if param == "audience" {
		f.Do = "If the API expects a JWT, switch that on for the client or the API in the tenant's settings."
	}
	return at(t.Call, f)
}

func accessTokenEncrypted(r *reading) []Finding {
	t := r.access()
	if t == nil || t.View.Format != jwtview.FormatJWE {
		return nil
	}
	return at(t.Call, jwtview.Finding{Seen: "The access token is " + wire(t.Describe) + "."})
}
