package provider

import (
	"strings"
	"testing"
)

// possible are the words by which a sentence says that it is not sure.
var possible = []string{" may ", " may be ", "was seen to", "perhaps"}

func hedged(s string) bool {
	for _, w := range possible {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// TestPresets: the files that are built in can be read, name what must be named, and word as a possibility what nobody
// has checked.
func TestPresets(t *testing.T) {
	want := []string{"authgear", "auth0", "okta", "entra", "google", "keycloak", "cognito", "dex", "zitadel", "hydra", "node-oidc-provider", "duende", "gitlab", "github"}
	for _, id := range want {
		if Default().Get(id) == nil {
			t.Errorf("there is no preset %s", id)
		}
	}
	for _, p := range Default().Presets() {
		unchecked := map[string]bool{p.Refresh.When: p.Refresh.Unchecked && p.Refresh.Rotation == ""}
		if p.Refresh.Unchecked && !hedged(p.Refresh.When) && !hedged(p.Refresh.Rotation) {
			t.Errorf("%s: refresh is unchecked, and its sentences claim: %s", p.ID, p.Refresh.When)
		}
		for _, c := range p.Refresh.Causes {
			unchecked[c.Text] = c.Unchecked
		}
		for _, e := range p.Errors {
			unchecked[e.Says] = e.Unchecked && e.Says != ""
		}
		for text, yes := range unchecked {
			if yes && !hedged(" "+text) {
				t.Errorf("%s: nobody has checked %q, and it is worded as a fact", p.ID, text)
			}
		}
		for name, s := range p.Settings {
			if where := p.Where(name); !s.Checked && !hedged(where) {
				t.Errorf("%s: %q is worded as a fact", p.ID, where)
			}
		}
	}
}

func TestRecognise(t *testing.T) {
	ends := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = "https://id.example" + pairs[i+1]
		}
		return m
	}
	for name, c := range map[string]struct {
		e    Evidence
		want string
		sure bool
	}{
		"authgear, hosted":         {Evidence{Issuer: "https://my-app.authgear.cloud"}, "authgear", true},
		"authgear, own domain":     {Evidence{Issuer: "https://auth.example", Scopes: []string{"openid", "https://authgear.com/scopes/full-access"}}, "authgear", true},
		"auth0":                    {Evidence{Issuer: "https://dev-1.eu.auth0.com/"}, "auth0", true},
		"auth0, own domain":        {Evidence{Issuer: "https://login.example/", Members: []string{"issuer", "mfa_challenge_endpoint"}}, "auth0", true},
		"okta":                     {Evidence{Issuer: "https://dev-1.okta.com/oauth2/default"}, "okta", true},
		"okta, own domain":         {Evidence{Issuer: "https://login.example", Headers: []string{"x-okta-request-id"}}, "okta", false},
		"entra":                    {Evidence{Issuer: "https://login.microsoftonline.com/t/v2.0"}, "entra", true},
		"entra, by a text":         {Evidence{Issuer: "https://login.example", Texts: []string{"AADSTS50011: the redirect URI"}}, "entra", true},
		"google":                   {Evidence{Issuer: "https://accounts.google.com"}, "google", true},
		"keycloak":                 {Evidence{Issuer: "https://sso.example/realms/dev"}, "keycloak", false},
		"keycloak, by endpoint":    {Evidence{Issuer: "https://sso.example", Endpoints: ends("authorization_endpoint", "/x/protocol/openid-connect/auth", "token_endpoint", "/x/protocol/openid-connect/token")}, "keycloak", false},
		"cognito":                  {Evidence{Issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x"}, "cognito", true},
		"dex":                      {Evidence{Issuer: "https://id.example", Endpoints: ends("authorization_endpoint", "/auth", "token_endpoint", "/token", "jwks_uri", "/keys", "userinfo_endpoint", "/userinfo", "device_authorization_endpoint", "/device/code")}, "dex", false},
		"zitadel":                  {Evidence{Issuer: "https://id.example", Endpoints: ends("authorization_endpoint", "/oauth/v2/authorize", "token_endpoint", "/oauth/v2/token", "userinfo_endpoint", "/oidc/v1/userinfo")}, "zitadel", false},
		"hydra":                    {Evidence{Issuer: "https://id.example", Endpoints: ends("authorization_endpoint", "/oauth2/auth", "token_endpoint", "/oauth2/token", "jwks_uri", "/.well-known/jwks.json")}, "hydra", false},
		"node-oidc-provider":       {Evidence{Issuer: "https://id.example", Endpoints: ends("authorization_endpoint", "/auth", "token_endpoint", "/token", "userinfo_endpoint", "/me", "jwks_uri", "/jwks")}, "node-oidc-provider", false},
		"duende":                   {Evidence{Issuer: "https://id.example", Endpoints: ends("authorization_endpoint", "/connect/authorize", "token_endpoint", "/connect/token", "end_session_endpoint", "/connect/endsession", "jwks_uri", "/.well-known/openid-configuration/jwks")}, "duende", false},
		"gitlab":                   {Evidence{Issuer: "https://gitlab.com"}, "gitlab", true},
		"github":                   {Evidence{Endpoints: map[string]string{"authorization_endpoint": "https://github.com/login/oauth/authorize"}}, "github", true},
		"logto":                    {Evidence{Issuer: "https://id.example/oidc", Endpoints: ends("authorization_endpoint", "/oidc/auth", "token_endpoint", "/oidc/token", "userinfo_endpoint", "/oidc/me")}, "logto", false},
		"a name that only ends so": {Evidence{Issuer: "https://notokta.com"}, "", false},
		"a host within a path":     {Evidence{Issuer: "https://evil.example/accounts.google.com"}, "", false},
		"nobody known":             {Evidence{Issuer: "https://id.example", Headers: []string{"Date"}}, "", false},
		"nothing":                  {Evidence{}, "", false},
		"no URL":                   {Evidence{Issuer: "%zz"}, "", false},
	} {
		m := Default().Recognise(c.e)
		got := ""
		if m.Preset != nil {
			got = m.ID
		}
		if got != c.want || m.Sure != c.sure {
			t.Errorf("%s: recognised %q (sure: %v, by %s), want %q (sure: %v)", name, got, m.Sure, m.By, c.want, c.sure)
		}
	}
}

// TestErrors: texts that are a provider's own are understood there, and elsewhere only if they point at it by themselves.
func TestErrors(t *testing.T) {
	never := func(string) bool { return false }
	match := func(id string, sure bool) Match { return Match{Default().Get(id), sure, ""} }
	for name, c := range map[string]struct {
		m                     Match
		at, grant, code, text string
		want                  string
	}{
		"authgear's secret":             {match("authgear", true), "token", "authorization_code", "invalid_request", "invalid client secret", "client-authentication-failed"},
		"dex's refresh token":           {match("dex", false), "token", "refresh_token", "invalid_request", "Refresh token is invalid or has already been claimed by another client.", "refresh-refused"},
		"dex's session":                 {match("dex", false), "token", "refresh_token", "invalid_request", "The session this refresh token belongs to has ended.", "refresh-refused"},
		"a code of Entra, unrecognised": {Match{}, "token", "refresh_token", "invalid_grant", "AADSTS700084: The refresh token was issued to a single page app", "refresh-refused"},
		"a code of Entra, at Okta":      {match("okta", true), "token", "refresh_token", "invalid_grant", "AADSTS700084", ""},
		"a short text, unrecognised":    {Match{}, "token", "refresh_token", "invalid_grant", "stale token", "refresh-refused"},
		"an error that says nothing":    {match("authgear", true), "token", "refresh_token", "invalid_grant", "invalid refresh token", ""},
		"at another endpoint":           {match("keycloak", true), "authorize", "", "invalid_grant", "stale token", ""},
		"Cognito without the fact":      {match("cognito", true), "token", "authorization_code", "unauthorized_client", "", ""},
	} {
		e, _ := Default().Error(c.m, c.at, c.grant, c.code, c.text, never)
		if e.Finding != c.want {
			t.Errorf("%s: leads to %q, want %q", name, e.Finding, c.want)
		}
	}
	e, p := Default().Error(match("cognito", true), "token", "authorization_code", "unauthorized_client", "", func(f string) bool { return f == "redirect_differs" })
	if e.Finding != "redirect-uri-differs" || p == nil || p.ID != "cognito" {
		t.Errorf("Cognito with another redirect URI leads to %q", e.Finding)
	}
}

const own = `{
  "id": "mine",
  "name": "Mine",
  "recognise": {"hosts": ["id.mine.example"]},
  "refresh": {"when": "Mine issues one on Mondays."}
}
`

// with adds members to the file, on a line of their own.
func with(members string) string {
	return strings.Replace(own, "\n}\n", ",\n  "+members+"\n}\n", 1)
}

// TestWith: a file takes the place of what is built in; a broken one is reported with line and column, and changes nothing.
func TestWith(t *testing.T) {
	before := len(Default().Presets())
	s, errs := Default().With([]File{{"mine.json", []byte(own)}, {"okta.json", []byte(strings.ReplaceAll(own, `"mine"`, `"okta"`))}})
	if len(errs) > 0 || len(s.Presets()) != before+1 || s.Get("okta").Name != "Mine" || s.Get("mine") == nil {
		t.Fatalf("errors %v, %d presets, want %d with okta replaced", errs, len(s.Presets()), before+1)
	}
	if Default().Get("okta").Name != "Okta" || len(Default().Presets()) != before {
		t.Error("what is built in was changed")
	}
	for name, c := range map[string]struct{ file, where, says string }{
		"no JSON":           {"{\"id\": \"x\",\n\"name\": ]", "x.json:2:9: ", ""},
		"cut off":           {own[:40], "x.json:", ""},
		"two objects":       {own + "{}", "x.json:7:1: ", "behind the object"},
		"unknown key":       {with(`"colour": 1`), "x.json:6:3: ", "colour"},
		"wrong type":        {"{\n\"id\": \"x\",\n\"name\": 3}", "x.json:3:", ""},
		"bad id":            {`{"id": "../x"}`, "x.json:1:9: ", "letters"},
		"no rule":           {`{"id": "x", "name": "X"}`, "x.json:1:1: ", "refresh.when"},
		"unknown place":     {with(`"errors": [{"at": "moon", "text": "x", "finding": "y"}]`), "x.json:6:21: ", "moon"},
		"capitals":          {with(`"errors": [{"at": "token", "text": "Stale", "finding": "y"}]`), "x.json:6:39: ", "lower case"},
		"fits everything":   {with(`"errors": [{"at": "token", "finding": "y"}]`), "x.json:6:3: ", "everything"},
		"unknown setting":   {with(`"settings": {"colour": {"path": "x"}}`), "x.json:6:16: ", "colour"},
		"an escape":         {strings.Replace(own, "Mondays", `Mondays\u001b[31m`, 1), "x.json:", "cannot be shown"},
		"too long":          {strings.Replace(own, "Mondays", strings.Repeat("x", 2000), 1), "x.json:", "longer"},
		"settles unchecked": {with(`"errors": [{"at": "token", "text": "stale", "finding": "y", "settles": true}]`), "x.json:6:39: ", "settles"},
	} {
		s, errs := Default().With([]File{{"x.json", []byte(c.file)}})
		if len(errs) != 1 || len(s.Presets()) != before {
			t.Errorf("%s: errors %v, %d presets, want one error and %d", name, errs, len(s.Presets()), before)
			continue
		}
		if got := errs[0].Error(); !strings.HasPrefix(got, c.where) || !strings.Contains(got, c.says) {
			t.Errorf("%s: the error is %q, want it to begin with %q and say %q", name, got, c.where, c.says)
		}
	}
	if _, errs := Default().With([]File{{"big.json", make([]byte, MaxFile+1)}}); len(errs) != 1 {
		t.Error("a file of any size is read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(own))
	f.Add([]byte(`{"id": "x", "errors": [{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("f.json", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.json") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		s := Default().with(p)
		m := s.Recognise(Evidence{Issuer: "https://id.mine.example", Texts: []string{"x"}})
		s.Error(m, "token", "refresh_token", "invalid_grant", "stale", func(string) bool { return true })
	})
}
