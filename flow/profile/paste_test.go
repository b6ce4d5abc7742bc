package profile

import (
	"encoding/base64"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"authscope/flow/trace"
)

func TestRead(t *testing.T) {
	const authorize = "client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code&scope=openid%20email&state=s1&nonce=n1&code_challenge=c1&code_challenge_method=S256"
	for _, c := range []struct {
		input  string
		kind   Kind
		issuer string
		says   string // within the sentences
	}{
		{"https://my-app.authgear.cloud", KindIssuer, "https://my-app.authgear.cloud", "an Authgear endpoint"},
		{"my-app.authgearapps.com", KindIssuer, "https://my-app.authgearapps.com", "an Authgear endpoint"},
		{"My-App.AuthgearApps.com/login?x=1", KindIssuer, "https://my-app.authgearapps.com", "the endpoint is the issuer"},
		{"  \"https://idp.example/tenant\"\n", KindIssuer, "https://idp.example/tenant", ""},
		{"https://idp.example/", KindIssuer, "https://idp.example", ""},
		{"<https://idp.example>", KindIssuer, "https://idp.example", ""},
		{"https://idp.example?login_hint=a@b.example", KindIssuer, "https://idp.example", ""},
		{"localhost:3000", KindIssuer, "http://localhost:3000", ""},
		{"127.0.0.1:3000/x", KindIssuer, "http://127.0.0.1:3000/x", ""},
		{"[::1]:3000", KindIssuer, "http://[::1]:3000", ""},
		{"http://idp.example", KindIssuer, "http://idp.example", "readable for everybody"},
		{"dev-x.eu.auth0.com", KindIssuer, "https://dev-x.eu.auth0.com/", ""},
		{"see https://idp.example, please", KindIssuer, "https://idp.example", ""},
		{"https://idp.example/t/.well-known/openid-configuration", KindMetadataURL, "https://idp.example/t", ""},
		{"idp.example/.well-known/oauth-authorization-server", KindMetadataURL, "https://idp.example", ""},
		{"https://idp.example/.well-known/oauth-authorization-server/t/2", KindMetadataURL, "https://idp.example/t/2", ""},
		{"https://idp.example/.well-known/openid-configuration?p=B2C_1", KindMetadataURL, "https://idp.example", "no part of an issuer"},
		{"https://idp.example/oauth2/token", KindEndpointURL, "https://idp.example", "one of its endpoints"},
		{"https://a.authgear.cloud/oauth2/authorize?" + authorize, KindAuthorizeURL, "https://a.authgear.cloud", "client_id is app."},
		{"https://k.example/realms/r/protocol/openid-connect/auth?" + authorize, KindAuthorizeURL, "https://k.example/realms/r", "state was left out"},
		{"https://login.microsoftonline.com/T/oauth2/v2.0/authorize?" + authorize, KindAuthorizeURL, "https://login.microsoftonline.com/T/v2.0", ""},
		{"https://accounts.google.com/o/oauth2/v2/auth?" + authorize + "&access_type=offline", KindAuthorizeURL, "https://accounts.google.com", "access_type=offline is sent too"},
		{"https://x.okta.com/oauth2/default/v1/authorize?" + authorize, KindAuthorizeURL, "https://x.okta.com/oauth2/default", ""},
		{"https://x.okta.com/oauth2/v1/authorize?" + authorize, KindAuthorizeURL, "https://x.okta.com", ""},
		{"https://x.auth0.com/authorize?" + authorize, KindAuthorizeURL, "https://x.auth0.com/", ""},
		{"https://p.auth.eu.amazoncognito.com/oauth2/authorize?" + authorize, KindAuthorizeURL, "https://p.auth.eu.amazoncognito.com", "cognito-idp.REGION"},
		{"https://odd.example/a/b/login.php?" + authorize, KindAuthorizeURL, "https://odd.example/a/b", "code_challenge was left out"},
		{"https://a.example/authorize?client_id=x\n  &scope=openid\n", KindAuthorizeURL, "https://a.example", "sends no code_challenge"},
		{"https://a.example/authorize?client_id=x&client_secret=hush-hush", KindAuthorizeURL, "https://a.example", "make a new one"},
		{"https://a.example/authorize?client_id=x#access_token=hush-hush", KindAuthorizeURL, "https://a.example", "client_id is x."},
		{"https://a.example/authorize?client_id=x&request_uri=urn:x", KindAuthorizeURL, "https://a.example", "(PAR)"},
		{"https://a.example/authorize?client_id=x&request=eyJ.e30.", KindAuthorizeURL, "https://a.example", "signed request object"},
		{"https://a.example/authorize?client_id=x&response_type=id_token", KindAuthorizeURL, "https://a.example", "RFC 9700"},
		{"https://a.example/authorize?scope=openid,email&client_id=x", KindAuthorizeURL, "https://a.example", "not commas"},
		{"https://a.example/authorize?client_id=x&client_id=y", KindAuthorizeURL, "https://a.example", "more than once"},
		{"curl 'https://a.example/authorize?" + authorize + "' -H 'Accept: */*'", KindCurl, "https://a.example", "client_id is app."},
		{"curl -X POST https://a.example/oauth2/token \\\n -d grant_type=authorization_code -d client_id=app --data-urlencode 'resource=https://api' --data=code=abcdefgh", KindCurl, "https://a.example", "resource=https://api goes with the token requests"},
		{`{"issuer":"https://idp.example/","token_endpoint":"https://idp.example/t"}`, KindDocument, "https://idp.example/", "The issuer is"},
		{`{"authorization_endpoint":"https://x/a","token_endpoint":"https://x/t"}`, KindDocument, "", "token_endpoint is https://x/t"},
		{`{"web":{"client_id":"g.apps","client_secret":"hush-hush-hush-hush-hush","auth_uri":"https://accounts.google.com/o/oauth2/auth","redirect_uris":["http://localhost:1/cb"]}}`, KindDocument, "https://accounts.google.com", "client_secret was left out"},
		{`{"clientID":"a","endpoint":"https://a.authgear.cloud"}`, KindDocument, "https://a.authgear.cloud", "client_id is a."},
	} {
		g, err := Read(c.input)
		if err != nil {
			t.Errorf("%.80q: %v", c.input, err)
			continue
		}
		all := strings.Join(g.Sentences(), "\n")
		if g.Kind != c.kind || g.Profile.Issuer != c.issuer || !strings.Contains(all, c.says) {
			t.Errorf("%.80q is %s of %q, want %s of %q, saying %q:\n%s", c.input, g.Kind, g.Profile.Issuer, c.kind, c.issuer, c.says, all)
		}
		if c.issuer != "" && g.Issuers[0] != c.issuer {
			t.Errorf("%.80q: the first of %q is not the profile's issuer", c.input, g.Issuers)
		}
		if strings.Contains(all, hush) || strings.Contains(all, "abcdefgh") {
			t.Errorf("%.40q: a secret is repeated:\n%s", c.input, all)
		}
		if err := g.Profile.check(); err != nil {
			t.Errorf("%.80q: what was read cannot be saved: %v", c.input, err)
		}
	}
}

// An authorize URL, member for member.
func TestReadAuthorizeURL(t *testing.T) {
	g, err := Read("https://a.authgear.cloud/oauth2/authorize?client_id=my%20app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&response_type=code&response_mode=form_post" +
		"&scope=openid+offline_access&x_page=signup&resource=a&resource=b&prompt=login&state=STATE123&nonce=NONCE123&code_challenge=CH123&code_challenge_method=S256&id_token_hint=eyJhbGciOi.e30.sig&empty=")
	if err != nil {
		t.Fatal(err)
	}
	p := g.Profile
	want := []trace.Param{{Name: "x_page", Value: "signup"}, {Name: "resource", Value: "a"}, {Name: "resource", Value: "b"}, {Name: "prompt", Value: "login"}}
	if p.ClientID != "my app" || p.RedirectURI != "https://app.example/cb" || p.ResponseMode != "form_post" || !slices.Equal(p.Scope, []string{"openid", "offline_access"}) || !slices.Equal(p.Params, want) {
		t.Errorf("the profile is %+v", p)
	}
	dropped := strings.Join(g.Dropped, "\n")
	for _, name := range []string{"state", "nonce", "code_challenge", "code_challenge_method", "id_token_hint", "empty"} {
		if !strings.Contains(dropped, name+" was left out: ") {
			t.Errorf("it is not said why %s was left out:\n%s", name, dropped)
		}
	}
	for _, v := range []string{"STATE123", "NONCE123", "CH123", "eyJhbGciOi"} {
		if strings.Contains(strings.Join(g.Sentences(), "\n"), v) {
			t.Errorf("%s is repeated", v)
		}
	}
	if g.Redirect == nil || g.Redirect.Ours || !strings.Contains(g.Redirect.Do, "paste the URL") {
		t.Errorf("the redirect URI of an application elsewhere: %+v", g.Redirect)
	}
}

func TestReadCurlWithSecrets(t *testing.T) {
	basic := base64.StdEncoding.EncodeToString([]byte("my%3Aapp:" + hush))
	for input, auth := range map[string]string{
		"curl -u 'my%3Aapp:" + hush + "' https://a/oauth2/token -d grant_type=refresh_token -d refresh_token=" + hush:                                                                           "basic",
		"curl https://a:8443/oauth2/token -H 'Authorization: Basic " + basic + "' --data-raw 'grant_type=authorization_code&code=" + hush + "'":                                                 "basic",
		"curl --url https://a.example/oauth2/token --data $'client_id=my%3Aapp&client_secret=" + hush + "&grant_type=authorization_code&redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Fcallback'": "post",
	} {
		input = strings.Replace(input, "https://a/", "https://a.example/", 1)
		g, err := Read(input)
		if err != nil || g.Profile.ClientAuth != auth || g.Profile.ClientID != "my:app" {
			t.Errorf("%.40q: %+v, %v", input, g.Profile, err)
		}
		if all := strings.Join(g.Sentences(), "\n"); strings.Contains(all, hush) || !strings.Contains(all, "keyring") {
			t.Errorf("%.40q says\n%s", input, all)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for input, says := range map[string]string{
		"": "paste the tenant's URL", " \n ": "paste the tenant's URL", "eyJhbGciOiJub25lIn0.e30." + hush: "a token",
		"-----BEGIN PRIVATE KEY-----" + hush: "a key", "/oauth2/authorize?client_id=x": "its beginning", "?client_id=x": "its beginning",
		"mailto://x": "of the kind", "https://": "no host", "https://user:" + hush + "@x.example/": "user name or password", "hello": "no host", "hello world": "no URL",
		"https://portal.authgear.com/project/x": "the Authgear portal", "https://app.example/cb?code=" + hush + "&state=x": "the answer to a login",
		"https://x.example/.well-known/security.txt": "is not the address", "{": "JSON", `{"a":1}`: "neither", `{"issuer":"::"}`: "not a URL",
		"curl": "no URL", "curl -X POST": "no URL", "https://x.example/%zz": "not a URL", strings.Repeat("x", maxPaste+1): "bytes",
	} {
		_, err := Read(input)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), hush) {
			t.Errorf("%.60q: %v, want it to say %q and no secret", input, err, says)
		}
	}
}

// Whatever is pasted: no panic, and what is read can be saved.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"https://a/authorize?client_id=x&a=%zz&&=&b", "curl -d 'a=b' x.y", `{"issuer":"x","redirect_uris":[1]}`, "a.b", "[::1]", "x:1", "\"\"", "<", "curl $'\\", "https://x/.well-known/openid-configuration/", "//", "https://ſ.com"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, err := Read(s)
		if err != nil {
			return
		}
		if len(g.Sentences()) == 0 {
			t.Errorf("%q was read without a word", s)
		}
		if g.Profile.Issuer != "" && (strings.Contains(g.Profile.Issuer, "@") && hasPassword(g.Profile.Issuer)) {
			t.Errorf("%q gives the issuer %q", s, g.Profile.Issuer)
		}
		for _, p := range g.Profile.Params {
			if trace.SecretParam(p.Name) != "" {
				t.Errorf("%q: the secret %s was taken", s, p.Name)
			}
		}
	})
}

func TestFieldChecks(t *testing.T) {
	for _, c := range []struct {
		check func(string) error
		value string
		says  string // "" is right
	}{
		{CheckIssuer, "https://x.example", ""}, {CheckIssuer, "http://localhost:1/a", ""}, {CheckIssuer, "", "the tenant's URL"}, {CheckIssuer, "x.example", "not a URL"},
		{CheckIssuer, "https://x y", "space"}, {CheckIssuer, "https://x/?a", "neither ?"}, {CheckIssuer, "https://x/#a", "nor #"}, {CheckIssuer, "https://x/.well-known/openid-configuration", "metadata"},
		{CheckIssuer, "https://u:" + hush + "@x", "password"},
		{CheckClientID, "app-1", ""}, {CheckClientID, "a b", ""}, {CheckClientID, "", "missing"}, {CheckClientID, "app ", "space"}, {CheckClientID, `"app"`, "quotes"}, {CheckClientID, "'app", "quotes"},
		{CheckClientID, "YOUR_CLIENT_ID", "examples"}, {CheckClientID, "<client id>", "examples"}, {CheckClientID, "{{CLIENT}}", "examples"}, {CheckClientID, "undefined", "examples"},
		{CheckClientID, "a\u200bb", "cannot be seen"}, {CheckClientID, "eyJ.e30.x", "a token"},
		{CheckRedirectURI, "", ""}, {CheckRedirectURI, "http://127.0.0.1:1/cb", ""}, {CheckRedirectURI, "com.app:/cb", ""}, {CheckRedirectURI, "/cb", "not an absolute"}, {CheckRedirectURI, "http://x/#", "#"},
		{CheckLogoutURI, "", ""}, {CheckLogoutURI, "http://127.0.0.1:1/", ""}, {CheckLogoutURI, "com.app:/bye", ""}, {CheckLogoutURI, "/bye", "not an absolute"}, {CheckLogoutURI, "http:///bye", "not an absolute"},
		{CheckLogoutURI, "https://a:b@x/", "password"}, {CheckLogoutURI, "https://*.x/", "*"}, {CheckLogoutURI, "https://x/ y", "space"}, {CheckLogoutURI, "%zz:", "not an absolute"},
		{CheckRedirectURI, "http://*.x/", "*"}, {CheckRedirectURI, "http:///cb", "no host"}, {CheckRedirectURI, "http://x /", "space"},
		{CheckScope, "", ""}, {CheckScope, "openid https://authgear.com/scopes/full-access", ""}, {CheckScope, "openid,email", "commas"}, {CheckScope, `"openid"`, "no scope can have"}, {CheckScope, "openid+email", "+"}, {CheckScope, "öpen", "no scope"},
	} {
		err := c.check(c.value)
		if (err != nil) != (c.says != "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), hush)) {
			t.Errorf("%q: %v, want %q", c.value, err, c.says)
		}
	}
	for value, says := range map[string]string{"GOCSPX-abcdefghijklmnop": "secret", "my-client-secret": "secret", strings.Repeat("x", 60): "long", "My App": "space", "app-1": "", "1234-abc.apps.googleusercontent.com": ""} {
		if got := ClientIDWarning(value); (got != "") != (says != "") || !strings.Contains(got, says) {
			t.Errorf("client id %q: warning %q, want %q", value, got, says)
		}
	}
	for value, says := range map[string]string{"": "without a scope", "email": "without openid", "openid": "without offline_access", "openid offline_access": ""} {
		if got := ScopeWarning(value); (got != "") != (says != "") || !strings.Contains(got, says) {
			t.Errorf("scope %q: warning %q, want %q", value, got, says)
		}
	}
	if CheckEndpoint("token_endpoint", "") != nil || CheckEndpoint("token_endpoint", "https://x/t") != nil || CheckEndpoint("token_endpoint", "x") == nil || CheckEndpoint("token_endpoint", "https://x/#") == nil {
		t.Error("endpoints are not checked as they should be")
	}
}

func TestRedirect(t *testing.T) {
	for uri, says := range map[string]string{
		"http://127.0.0.1:8976/callback": "", "http://localhost/cb": "", "http://[::1]:1/": "", "https://app.example/cb": "not to this machine", "http://192.168.0.1/": "not to this machine",
		"com.example.app://cb": "scheme of its own", "https://localhost/cb": "no certificate", "urn:ietf:wg:oauth:2.0:oob": "on a page", "::": "not a URI",
	} {
		r := ReadRedirect(uri)
		if r.Ours != (says == "") || !strings.Contains(r.Seen, says) || !r.Ours && r.Do == "" {
			t.Errorf("%s: %+v, want %q", uri, r, says)
		}
	}
	var asked string
	taken := func(_, address string) (net.Listener, error) { asked = address; return nil, errors.New("in use") }
	if r := TryRedirect("http://localhost:3000/cb", taken); r.Ours || !strings.Contains(r.Do, "Stop it") || asked != "127.0.0.1:3000" {
		t.Errorf("a port that is taken: %+v, asked for %s", r, asked)
	}
	if r := TryRedirect("http://127.0.0.1:0/cb", net.Listen); !r.Ours {
		t.Errorf("a port that is free: %+v", r)
	}
	asked = ""
	if TryRedirect("https://app.example/cb", taken); asked != "" {
		t.Errorf("it tried to listen at %s", asked)
	}
}

func TestScopes(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Scopes {
		if CheckScope(s.Name) != nil || s.Gives == "" || seen[s.Name] {
			t.Errorf("scope %q: gives %q", s.Name, s.Gives)
		}
		seen[s.Name] = true
	}
	if gives, ok := DescribeScope("https://authgear.com/scopes/full-access"); !ok || !strings.Contains(gives, "Authgear") {
		t.Errorf("full-access gives %q", gives)
	}
	if gives, ok := DescribeScope("api://x/.default"); ok || gives == "" {
		t.Errorf("a scope of Entra's form gives %q, %v", gives, ok)
	}
	if gives, ok := DescribeScope("made-up"); ok || gives != "" {
		t.Errorf("a scope that nobody knows gives %q, %v", gives, ok)
	}
}
