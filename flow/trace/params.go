package trace

import "slices"

// ParamHelp says what a parameter that a person may add is for.
type ParamHelp struct {
	Name   string
	What   string   // one line
	Values []string // that are defined or usual; nil: any
	On     string   // the requests that it belongs on: RequestAuthorize, RequestToken, RequestRefresh, separated by spaces
	Spec   string
}

// The requests that parameters can be added to.
const (
	RequestAuthorize = "authorize"
	RequestToken     = "token"
	RequestRefresh   = "refresh"
)

// KnownParams are the parameters that people add most often, in the order in which they are offered. Any other can be
// added too.
var KnownParams = []ParamHelp{
	{"prompt", "what the person is asked again; none asks nothing and fails where something must be asked", []string{"login", "consent", "select_account", "none", "create"}, RequestAuthorize, "OpenID Connect Core 1.0 §3.1.2.1"},
	{"max_age", "how many seconds old a sign-in may be; an older one has to be made again", []string{"0", "300", "3600"}, RequestAuthorize, "OpenID Connect Core 1.0 §3.1.2.1"},
	{"login_hint", "who is about to sign in, so that the page can fill it in", nil, RequestAuthorize, "OpenID Connect Core 1.0 §3.1.2.1"},
	{"ui_locales", "languages for the pages, the preferred one first", []string{"en", "de", "fr-CA fr en"}, RequestAuthorize, "OpenID Connect Core 1.0 §3.1.2.1"},
	{"acr_values", "how strong the sign-in should be, the preferred one first; the ID token's acr tells what it was", nil, RequestAuthorize, "OpenID Connect Core 1.0 §3.1.2.1"},
	{"claims", "single claims for the ID token or UserInfo, as a JSON object", []string{`{"userinfo":{"email":{"essential":true}}}`}, RequestAuthorize, "OpenID Connect Core 1.0 §5.5"},
	{"resource", "the API that the access token is for, as its absolute URI; may be repeated", nil, "authorize token refresh", "RFC 8707 §2"},
	{"audience", "the API that the access token is for, in the words of Auth0 and others; not of a specification", nil, "authorize token", "none: see your provider"},
	{"scope", "on a refresh: fewer scopes for this access token than were granted, never more", nil, RequestRefresh, "RFC 6749 §6"},
}

// AuthgearParams are Authgear's own.
var AuthgearParams = []ParamHelp{
	{"x_page", "the page to begin with", []string{"login", "signup"}, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_sso_enabled", "whether the browser's session is shared with other applications", []string{"true", "false"}, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_color_scheme", "how the pages look", []string{"light", "dark"}, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_oauth_provider_alias", "go straight to this social login, by its alias in the portal", nil, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_authentication_flow_group", "the group of authentication flows to use", nil, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_platform", "the platform of the application, as the SDK sends it", []string{"web", "ios", "android"}, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_state", "a value for the SDK's own use, beside state", nil, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_suppress_idp_session_cookie", "leave the browser without a session; the older form of x_sso_enabled=false", []string{"true", "false"}, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_wechat_redirect_uri", "where WeChat sends a person back to in a native application", nil, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_settings_action", "a settings action to be done in place of a sign-in; it wants its own response_type", []string{"change_password", "delete_account"}, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_settings_action_query", "the parameters of the settings action", nil, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
	{"x_pre_authenticated_url_token", "a token from a token exchange that signs a web view in", nil, RequestAuthorize, "Authgear: pkg/lib/oauth/protocol/authz.go"},
}

// ParamsFor returns what to offer for a tenant: with Authgear's own at the end where it is one.
func ParamsFor(authgear bool) []ParamHelp {
	if !authgear {
		return KnownParams
	}
	return slices.Concat(KnownParams, AuthgearParams)
}
