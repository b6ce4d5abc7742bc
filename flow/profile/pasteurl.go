package profile

import (
	"net/url"
	"slices"
	"strings"

	"authscope/flow/trace"
)

// maxParams bounds what is taken from a URL.
const maxParams = 100

// readAuthorize takes an application's authorization request apart (RFC 6749 §4.1.1).
func readAuthorize(u *url.URL) (Guess, error) {
	g := Guess{Kind: KindAuthorizeURL}
	if list := issuersOf(u); len(list) > 0 {
		g.issuers(list...)
	} else {
		g.issuers(anyIssuers(u)...)
	}
	g.take("The issuer may be %s, by the address; the metadata will tell.", g.Profile.Issuer)
	if strings.HasSuffix(u.Hostname(), ".amazoncognito.com") {
		g.note("Cognito's issuer has another host than its pages: https://cognito-idp.REGION.amazonaws.com/POOL. Take the pool's id from its settings.")
	}
	g.params(ordered(u.RawQuery))
	g.remarks(u.Query())
	return g, nil
}

// ordered splits a query or a form, in its order.
func ordered(raw string) (ps []trace.Param) {
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" || len(ps) >= maxParams {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		name, err1 := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		if err1 == nil && err2 == nil && name != "" {
			ps = append(ps, trace.Param{Name: name, Value: value})
		}
	}
	return ps
}

// perRequest are parameters that belong to one request, with why they are not taken.
var perRequest = map[string]string{
	"state":                 "it ties the answer to one run; authscope makes a fresh one",
	"nonce":                 "it ties the ID token to one run; authscope makes a fresh one",
	"code_challenge":        "it belongs to a verifier that only your application knows; authscope makes its own",
	"code_challenge_method": "authscope always uses S256",
	"request":               "it is a request that your application signed, and authscope cannot sign for it; what stands in it must be given as parameters",
	"request_uri":           "it stands for a request that was pushed to the server, is used once and lives for a minute or so (RFC 9126)",
	"dpop_jkt":              "it names a key that only your application has",
	"x_ref":                 "it belongs to one sign-in at Authgear",
}

// params sorts parameters into those that stay and those that do not.
func (g *Guess) params(ps []trace.Param) {
	seen := map[string]bool{}
	for _, p := range ps {
		single := p.Name == "client_id" || p.Name == "redirect_uri" || p.Name == "scope"
		if single && seen[p.Name] {
			g.note("%s stands more than once, which RFC 6749 §3.1 forbids; the first was taken.", p.Name)
			continue
		}
		seen[p.Name] = true
		g.param(p)
	}
	if uri := g.Profile.RedirectURI; uri != "" {
		g.Redirect = new(ReadRedirect(uri))
	}
}

func (g *Guess) param(p trace.Param) {
	why := perRequest[p.Name]
	switch {
	case why != "":
		g.drop("%s was left out: %s.", p.Name, why)
	case trace.SecretParam(p.Name) != "":
		g.drop("%s was left out: it is a secret, and none stands in a profile.", p.Name)
	case p.Value == "":
		g.drop("%s was left out: it is empty.", p.Name)
	case p.Name == "client_id":
		g.Profile.ClientID = p.Value
		g.take("client_id is %s.", p.Value)
	case p.Name == "redirect_uri":
		g.Profile.RedirectURI = p.Value
		g.take("redirect_uri is %s.", p.Value)
	case p.Name == "scope":
		g.Profile.Scope = strings.Fields(p.Value)
		g.take("scope is %s.", strings.Join(g.Profile.Scope, " "))
	case p.Name == "response_mode":
		g.Profile.ResponseMode = p.Value
		g.take("response_mode is %s.", p.Value)
	case p.Name == "response_type":
		if p.Value != "code" {
			g.drop("response_type=%s was left out: authscope asks for a code, as RFC 9700 §2.1.2 advises.", p.Value)
		}
	default:
		g.Profile.Params = append(g.Profile.Params, p)
		g.take("%s=%s is sent too.", p.Name, p.Value)
	}
}

// remarks say what differs between the application's request and authscope's.
func (g *Guess) remarks(q url.Values) {
	if q.Has("client_secret") {
		g.note("The client secret stood in a URL, and so it is in the browser's history and in logs: make a new one, and send it to the token endpoint alone.")
	}
	switch {
	case q.Has("request_uri"):
		g.note("The parameters of this request are at the server (PAR): take redirect URI and scopes from the request with which your application pushed them.")
	case q.Has("request"):
		g.note("The parameters of this request stand in a signed request object: take redirect URI and scopes from your application's settings.")
	default:
		if !q.Has("code_challenge") {
			g.note("Your application sends no code_challenge: it does without PKCE. authscope always sends one.")
		} else if q.Get("code_challenge_method") != "S256" {
			g.note("Your application's code_challenge_method is not S256, which Authgear and others refuse.")
		}
		if !q.Has("state") {
			g.note("Your application sends no state. authscope always sends one.")
		}
		if slices.Contains(g.Profile.Scope, "openid") && !q.Has("nonce") {
			g.note("Your application sends no nonce. authscope always sends one.")
		}
	}
	if g.Profile.ClientID == "" {
		g.note("There is no client_id in it: give it yourself.")
	}
	if err := CheckScope(strings.Join(g.Profile.Scope, " ")); err != nil {
		g.note("%s.", upper(err.Error()))
	}
	if g.Profile.Issuer != "" {
		if w := IssuerWarning(g.Profile.Issuer); w != "" {
			g.note("%s.", upper(w))
		}
	}
}
