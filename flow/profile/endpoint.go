package profile

import (
	"net/url"
	"strings"
)

// shapes are the paths of endpoints as servers have them. What stands before one is the issuer's path, with what the shape
// puts after it.
var shapes = []struct{ ends, issuer string }{
	{"/protocol/openid-connect/auth", ""}, {"/protocol/openid-connect/token", ""}, // Keycloak
	{"/protocol/openid-connect/userinfo", ""}, {"/protocol/openid-connect/certs", ""},
	{"/oauth2/v2.0/authorize", "/v2.0"}, {"/oauth2/v2.0/token", "/v2.0"}, // Entra ID
	{"/o/oauth2/v2/auth", ""}, {"/o/oauth2/auth", ""}, // Google
	{"/v1/authorize", ""}, {"/v1/token", ""}, // Okta, with or without /oauth2/ID before it
	{"/_internals/oauth_entrypoint", ""}, {"/oauth2/consent", ""}, // Authgear's own pages
	{"/oauth2/authorize", ""}, {"/oauth2/token", ""}, {"/oauth2/auth", ""}, {"/oauth2/userinfo", ""}, {"/oauth2/revoke", ""}, {"/oauth2/jwks", ""},
	{"/connect/authorize", ""}, {"/connect/token", ""}, {"/connect/userinfo", ""},
	{"/oauth/v2/authorize", ""}, {"/oauth/v2/token", ""},
	{"/oauth/authorize", ""}, {"/oauth/token", ""}, {"/oidc/auth", "/oidc"},
	{"/authorize", ""}, {"/token", ""}, {"/userinfo", ""}, {"/auth", ""},
}

// issuersOf guesses the issuer from the address of an endpoint, the likeliest first, or returns none for what looks like no
// endpoint.
func issuersOf(u *url.URL) []string {
	base := u.Scheme + "://" + u.Host
	path := strings.TrimRight(u.EscapedPath(), "/")
	for _, s := range shapes {
		before, ok := strings.CutSuffix(path, s.ends)
		if !ok {
			continue
		}
		if s.ends[:4] == "/v1/" && before == "/oauth2" { // Okta's own server, not one made in it
			before = ""
		}
		list := []string{base + before + s.issuer}
		switch {
		case strings.HasSuffix(u.Hostname(), ".auth0.com"):
			return []string{base + "/"}
		case before+s.issuer == "" && !isAuthgear(u.Hostname()):
			list = append(list, base+"/")
		case before != "":
			list = append(list, base+before+s.issuer+"/", base)
		}
		if s.issuer != "" {
			list = append(list, base+before)
		}
		return list
	}
	return nil
}

// anyIssuers are what the issuer of an authorize URL of no known shape may be: what remains when its path is shortened.
func anyIssuers(u *url.URL) []string {
	base := u.Scheme + "://" + u.Host
	path := strings.TrimRight(u.EscapedPath(), "/")
	var list []string
	for range 3 {
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			break
		}
		path = path[:i]
		list = append(list, base+path)
	}
	if len(list) == 0 {
		return []string{base}
	}
	return list
}
