package jwtview

import "strings"

const (
	keycloak = "Keycloak"
	entra    = "Microsoft Entra"
	auth0    = "Auth0"
	okta     = "Okta"
	cognito  = "Amazon Cognito"
	google   = "Google"
)

// providerClaims are the usual claims of providers that no registry has.
var providerClaims = map[string]meaning{
	"realm_access":      {"roles of the user in the realm", keycloak},
	"resource_access":   {"roles of the user, by client", keycloak},
	"allowed-origins":   {"web origins that may use the token", keycloak},
	"session_state":     {"session at the issuer", "OpenID Connect Session Management 1.0"},
	"typ":               {"kind of token: Bearer, ID, Refresh, Offline", keycloak},
	"trusted-certs":     {"certificates that are trusted", keycloak},
	"organization":      {"organizations of the user", keycloak},
	"authorization":     {"permissions that were evaluated", keycloak},
	"not-before-policy": {"tokens from before are not accepted", keycloak},

	"tid":                    {"tenant of the user", entra},
	"oid":                    {"user or application, the same in every token", entra},
	"upn":                    {"user principal name; may change", entra},
	"unique_name":            {"name to show; not unique, not verified", entra},
	"appid":                  {"application that got the token, version 1", entra},
	"appidacr":               {"how the application proved itself, version 1", entra},
	"azpacr":                 {"how the application proved itself: 0, 1 or 2", entra},
	"idtyp":                  {"app for a token without a user", entra},
	"idp":                    {"identity provider that signed the user in", entra},
	"ver":                    {"version of the token", entra},
	"uti":                    {"id of the token inside Entra", entra},
	"rh":                     {"of no meaning outside Entra", entra},
	"aio":                    {"of no meaning outside Entra", entra},
	"xms_tcdt":               {"when the tenant was created", entra},
	"xms_st":                 {"subject in the application that asked", entra},
	"xms_cc":                 {"what the client can do, such as cp1", entra},
	"wids":                   {"directory roles of the user", entra},
	"hasgroups":              {"too many groups: ask Microsoft Graph", entra},
	"ipaddr":                 {"address that the user came from", entra},
	"onprem_sid":             {"security id of the user on premises", entra},
	"login_hint":             {"hint for the next sign-in", entra},
	"preferred_language":     {"language of the user", entra},
	"verified_primary_email": {"email addresses of verified domains", entra},
	"acct":                   {"0 for a member, 1 for a guest", entra},
	"ctry":                   {"country of the user", entra},
	"pwd_exp":                {"seconds until the password expires", entra},
	"pwd_url":                {"where the password can be changed", entra},
	"in_corp":                {"signed in from the company's network", entra},
	"scp":                    {"what the token permits", "Microsoft Entra, Okta"},

	"gty":         {"grant that the token came from", auth0},
	"permissions": {"what the user may do at the API", auth0},
	"org_id":      {"organization that the user signed in to", auth0},
	"org_name":    {"name of that organization", auth0},
	"user_id":     {"user", auth0},

	"uid": {"user, as in Okta's own API", okta},
	"cid": {"client that asked for the token", okta},

	"token_use":              {"kind of token: id or access", cognito},
	"cognito:username":       {"user name in the pool", cognito},
	"cognito:groups":         {"groups of the user", cognito},
	"cognito:roles":          {"IAM roles of those groups", cognito},
	"cognito:preferred_role": {"IAM role that comes first", cognito},
	"identities":             {"providers that the user signed in with", cognito},
	"event_id":               {"sign-in that the token came from", cognito},
	"origin_jti":             {"first refresh token of the session", cognito},
	"device_key":             {"device that the user signed in from", cognito},
	"username":               {"user name in the pool", cognito},
	"version":                {"version of the token", cognito},

	"hd": {"domain of the Google Workspace account", google},

	"is_private_email": {"whether the address is a relay of Apple's", "Apple"},
	"real_user_status": {"whether Apple takes the user for a person", "Apple"},
	"firebase":         {"how the user signed in, at Firebase", "Firebase"},
	"transfer_sub":     {"subject after a transfer of the app", "Apple"},
	"tenant":           {"tenant", "common usage"},
	"role":             {"role of the user", "common usage"},
	"user_name":        {"user name", "common usage"},
	"authorities":      {"what the user may do", "Spring Security"},
}

// providerOf guesses who issued the token from iss and from claims that only one provider has, "" for none.
func (t Token) providerOf() string {
	iss, _ := t.Claims.Str("iss")
	for _, p := range [...]struct{ part, name string }{
		{"accounts.google.com", google}, {"login.microsoftonline.", entra}, {"sts.windows.net", entra}, {"ciamlogin.com", entra}, {"b2clogin.com", entra},
		{".auth0.com", auth0}, {".okta.com", okta}, {".oktapreview.com", okta}, {"cognito-idp.", cognito}, {"appleid.apple.com", "Apple"},
		{"securetoken.google.com", "Firebase"}, {"/realms/", keycloak}, {".authgear", authgear}, {".authgearapps.com", authgear},
	} {
		if strings.Contains(iss, p.part) {
			return p.name
		}
	}
	for _, m := range t.Claims.Members {
		if strings.HasPrefix(m.Name, "https://authgear.com/claims/") {
			return authgear
		}
	}
	return ""
}
