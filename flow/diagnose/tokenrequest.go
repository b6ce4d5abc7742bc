package diagnose

import (
	"fmt"
	"strings"

	"authscope/flow/story"
	"authscope/jwtview"
)

// tokenRequestRules speak of a token request that is wrong by its form, whatever code or token stands in it.
var tokenRequestRules = []rule{
	{id: "token-request-not-a-form", catalogue: "D33", read: tokenRefusal("token-request-not-a-form", tokenRequestNotAForm), Text: Text{
		Severity: jwtview.Error,
		Title:    "The token request is no form",
		Means:    "The token endpoint takes a POST whose body is application/x-www-form-urlencoded. What stands in JSON, in the query or in a GET is not read, and the server then misses the client or the grant.",
		Do:       "Send the parameters as a form, with Content-Type: application/x-www-form-urlencoded. authscope does.",
		Spec:     "RFC 6749 §3.2, §4.1.3, App. B",
	}},
	{id: "dpop-proof-refused", catalogue: "D37", open: true, read: tokenRefusal("dpop-proof-refused", dpopRefused), Text: Text{
		Severity: jwtview.Error,
		Title:    "The server wants a proof of possession (DPoP)",
		Means:    "The code or the refresh token is bound to a key, or the client is registered for bound tokens. A proof is a JWT for this very request.",
		Causes:   []string{"no proof was sent, or one of another key than the code's or the token's;", "htm or htu of the proof is not this request, or htu has a query;", "iat of the proof is too old by the server's clock, or its jti was used before;", "the server wants its nonce in the proof."},
		Do:       "Compare the proof with the request claim by claim, and the key with that of the sign-in. authscope sends no proofs: switch DPoP off for this client to go on here.",
		Spec:     "RFC 9449 §4.3, §5, §8",
	}},
	{id: "entra-spa-redirect", catalogue: "D13", setting: "redirect_uris", read: tokenRefusal("entra-spa-redirect", entraSPA), Text: Text{
		Severity: jwtview.Error,
		Title:    "The redirect URI is registered for another type of application",
		Means:    "Entra ID gives the tokens of a redirect URI of type single-page application to a browser's cross-origin request alone, and those of type web or native never to one.",
		Do:       "Register http://localhost under Mobile and desktop applications for a program like this one; or send an Origin header with the token request, as a browser does, here with e before it leaves.",
		Spec:     "RFC 6749 §4.1.3, §5.2",
	}},
	{id: "refresh-client-authentication-differs", catalogue: "D12", read: tokenRefusal("refresh-client-authentication-differs", refreshAuthDiffers), Text: Text{
		Severity: jwtview.Error,
		Title:    "The refresh authenticates the client in another way than the exchange",
		Means:    "What proved the client at the exchange proves it at a refresh too; libraries and tools that fall back to Basic, or leave the secret out, fail here.",
		Do:       "Use the same method for both, here with --client-auth.",
		Spec:     "RFC 6749 §3.2.1, §6",
	}},
}

func tokenRequestNotAForm(r *reading, c *story.Call) jwtview.Finding {
	f := jwtview.Finding{Seen: fmt.Sprintf("The request was a %s with content type %s.", wire(c.Request.Method), lit(c.Request.Header.Get("Content-Type")))}
	if b := strings.TrimSpace(string(c.Request.Body)); strings.HasPrefix(b, "{") {
		f.Seen += " Its body is JSON."
	}
	return f
}

func dpopRefused(r *reading, c *story.Call) jwtview.Finding {
	code, _ := c.OAuthError()
	f := jwtview.Finding{Seen: "The request carried a proof in the header DPoP."}
	if c.Request.Header.Get("DPoP") == "" {
		f.Seen = "The request carried no header DPoP."
		f.Means = "The code or the refresh token is bound to a key, or the client is registered for bound tokens, and no proof was sent."
	}
	if code == "use_dpop_nonce" {
		f.Seen += " The server's nonce is " + lit(c.Response.Header.Get("DPoP-Nonce")) + "."
		f.Means = "The server wants its own nonce, from the header DPoP-Nonce of its answers, in the proof. That is no failure: a client repeats the request with it."
		f.Do = "Make the proof again with that nonce, and keep the newest nonce for the next request."
	}
	return f
}

func entraSPA(r *reading, c *story.Call) jwtview.Finding {
	uri := c.Request.Form().Get("redirect_uri")
	if uri == "" && r.login != nil {
		uri = r.login.Params.Get("redirect_uri")
	}
	f := jwtview.Finding{Seen: "The redirect URI is " + lit(uri) + ", and the header Origin was " + lit(c.Request.Header.Get("Origin")) + "."}
	if _, text := c.OAuthError(); has(text, "aadsts9002326") {
		f.Do = "Register the redirect URI under Single-page application, or make the exchange on a server."
	}
	return f
}

func refreshAuthDiffers(r *reading, c *story.Call) jwtview.Finding {
	return jwtview.Finding{Seen: fmt.Sprintf("The code exchange used %s and worked; this refresh used %s.", r.SentAuth(r.exchange()), r.SentAuth(c))}
}

// authDiffers reports whether a refresh proves the client in another way than the exchange that worked.
func (r *reading) authDiffers(c *story.Call) bool {
	x := r.exchange()
	return c.Class == story.TokenRefresh && x != nil && r.SentAuth(x) != r.SentAuth(c)
}
