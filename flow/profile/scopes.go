package profile

import "strings"

// Scope is a scope that many people meet, with what it gives them.
type Scope struct {
	Name  string
	Gives string
	Whose string // "" for OpenID Connect's own
	Spec  string
}

// Scopes are the scopes that can be explained. What a server makes of them is its own affair.
var Scopes = []Scope{
	{"openid", "an ID token, which says who signed in; without it this is plain OAuth 2.0", "", "OpenID Connect Core §3.1.2.1"},
	{"offline_access", "a refresh token, so that the person need not sign in again when the access token ends", "", "OpenID Connect Core §11"},
	{"profile", "name, picture, birthdate, locale and the like", "", "OpenID Connect Core §5.4"},
	{"email", "email and email_verified", "", "OpenID Connect Core §5.4"},
	{"phone", "phone_number and phone_number_verified", "", "OpenID Connect Core §5.4"},
	{"address", "the postal address", "", "OpenID Connect Core §5.4"},
	{"device_sso", "a device_secret, with which another app of the same maker on the device signs in", "Authgear", "OpenID Connect Native SSO 1.0"},
	{"https://authgear.com/scopes/full-access", "the settings pages and the account itself, as Authgear's SDKs need it; for first-party public clients", "Authgear", ""},
	{"https://authgear.com/scopes/full-userinfo", "identities and authenticators at UserInfo, together with offline_access", "Authgear", ""},
	{"https://authgear.com/scopes/pre-authenticated-url", "opening a page signed in, from an app; needs device_sso before it", "Authgear", ""},
	{"https://www.googleapis.com/auth/userinfo.email", "the email address, as email does", "Google", ""},
	{"https://www.googleapis.com/auth/userinfo.profile", "name and picture, as profile does", "Google", ""},
	{"https://www.googleapis.com/auth/drive.file", "the files in Drive that this app made or opened", "Google", ""},
	{"https://www.googleapis.com/auth/calendar.readonly", "reading the person's calendars", "Google", ""},
	{"https://www.googleapis.com/auth/gmail.readonly", "reading the person's mail; Google reviews apps that ask for it", "Google", ""},
	{"https://www.googleapis.com/auth/cloud-platform", "everything in Google Cloud that the person may do", "Google", ""},
	{"User.Read", "the person's own profile at Microsoft Graph; the access token is then Graph's and not for your API", "Entra ID", ""},
	{"User.ReadBasic.All", "names and addresses of everybody in the directory", "Entra ID", ""},
	{"Mail.Read", "reading the person's mail at Microsoft Graph", "Entra ID", ""},
	{"Calendars.Read", "reading the person's calendars at Microsoft Graph", "Entra ID", ""},
	{"https://graph.microsoft.com/.default", "all that an administrator has granted the client at Microsoft Graph", "Entra ID", ""},
	{"read:current_user", "the person's own profile at Auth0's Management API; needs its audience", "Auth0", ""},
	{"update:current_user_metadata", "changing the person's own metadata at Auth0", "Auth0", ""},
	{"groups", "the groups that the person is in, where the server is set up for it", "Okta", ""},
	{"roles", "the person's roles", "Keycloak", ""},
	{"microprofile-jwt", "upn and groups, as MicroProfile wants them", "Keycloak", ""},
	{"web-origins", "the origins that a browser may call from, in the access token", "Keycloak", ""},
	{"aws.cognito.signin.user.admin", "the person's own account at Cognito's API", "Cognito", ""},
}

// DescribeScope returns what a scope gives, in a line that can stand behind its name. For one that is not known it says what its
// form tells, or "".
func DescribeScope(name string) (gives string, known bool) {
	for _, s := range Scopes {
		if s.Name == name {
			if s.Whose != "" {
				return s.Gives + " (" + s.Whose + ")", true
			}
			return s.Gives, true
		}
	}
	switch {
	case strings.HasSuffix(name, "/.default"):
		return "all that is granted to the client at this API (Entra ID)", false
	case strings.HasPrefix(name, "api://"):
		return "a permission of an API that is registered in Entra ID", false
	case strings.HasPrefix(name, "https://www.googleapis.com/auth/"):
		return "access to a Google API", false
	}
	return "", false
}
