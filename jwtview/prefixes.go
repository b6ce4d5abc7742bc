package jwtview

// A prefix is how tokens of one provider start. Where two providers share one, what says so.
type prefix struct {
	text, provider         string
	role                   Role
	what                   string
	lifetime, content, jwt string // "" for what holds of opaque tokens in general
}

const (
	googleInfo = "From https://oauth2.googleapis.com/tokeninfo, which says audience, scope and expiry."
	googleJWT  = "Google's access tokens are always opaque; its ID token is a JWT: ask for the scope openid."
	githubInfo = "From GitHub's REST API: GET /user, whose X-OAuth-Scopes header says the scopes; POST /applications/{client_id}/token for an OAuth app's."
	githubJWT  = "GitHub issues no JWT to applications; only its Actions have OpenID Connect ID tokens."
	gitlabInfo = "From GitLab: GET /oauth/token/info for OAuth tokens, GET /api/v4/personal_access_tokens/self for personal ones."
	slackInfo  = "From Slack's auth.test."
	slackJWT   = "Slack's access tokens are always opaque; Sign in with Slack gives an ID token, a JWT: ask for the scope openid."
	hydraInfo  = "From introspection at Hydra's admin API: POST /admin/oauth2/introspect."
	hydraJWT   = "Ory Hydra: set strategies.access_token to jwt, or access_token_strategy of the client."
	entraJWT   = "Ask for a scope of an API of your own, api://…/name: its access tokens are JWTs. Those of personal accounts for Microsoft's own services stay opaque."
	never      = "It has none: it is valid until it is revoked."
)

// prefixes of the tokens that people paste. They are from the providers' documentation, where it says them, and otherwise
// from what is commonly seen; they name, and decide nothing.
var prefixes = []prefix{
	{"ya29.", "Google", RoleAccessToken, "an access token of Google; the dot is a part of it", "From expires_in, one hour as a rule; tokeninfo says what is left.", googleInfo, googleJWT},
	{"1//", "Google", RoleRefreshToken, "a refresh token of Google", "Until it is revoked, unused for six months, or seven days old while the app is in testing.", "From nothing: exchange it for an access token and an ID token.", googleJWT},
	{"4/", "Google", RoleCode, "an authorization code of Google; in a URL the slash is %2F", "Some minutes, and one use.", "From exchanging it at the token endpoint.", googleJWT},

	{"gho_", "GitHub", RoleAccessToken, "an access token of a GitHub OAuth app", never + " GitHub also revokes one unused for a year.", githubInfo, githubJWT},
	{"ghu_", "GitHub", RoleAccessToken, "a user access token of a GitHub App", "From expires_in, eight hours unless the app opted out.", githubInfo, githubJWT},
	{"ghs_", "GitHub", RoleAccessToken, "an installation access token of a GitHub App", "From expires_at of the response, one hour.", githubInfo, githubJWT},
	{"ghr_", "GitHub", RoleRefreshToken, "a refresh token of a GitHub App", "From refresh_token_expires_in, six months.", "From nothing: exchange it for an access token.", githubJWT},
	{"ghp_", "GitHub", RoleAPIKey, "a classic personal access token of GitHub", "As set when it was made; GET /user says it in a header.", githubInfo, githubJWT},
	{"github_pat_", "GitHub", RoleAPIKey, "a fine-grained personal access token of GitHub", "As set when it was made; GET /user says it in a header.", githubInfo, githubJWT},

	{"glpat-", "GitLab", RoleAPIKey, "a personal, project or group access token of GitLab", "As set when it was made; the API says it.", gitlabInfo, "GitLab's OAuth access tokens are opaque too; its ID token is a JWT: ask for the scope openid."},
	{"gloas-", "GitLab", RoleAPIKey, "the secret of an OAuth application of GitLab: a client secret, not a token", never, "From nothing: it authenticates the application.", ""},
	{"gldt-", "GitLab", RoleAPIKey, "a deploy token of GitLab", "As set when it was made.", "", ""},
	{"glptt-", "GitLab", RoleAPIKey, "a trigger token of GitLab pipelines", never, "", ""},
	{"glrt-", "GitLab", RoleAPIKey, "the token of a GitLab runner", "", "", ""},
	{"glcbt-", "GitLab", RoleAPIKey, "the token of a GitLab CI job", "Until the job ends.", "", "In a job: id_tokens gives a JWT."},

	{"xoxb-", "Slack", RoleAccessToken, "a bot token of Slack", never + " With token rotation, expires_in.", slackInfo, slackJWT},
	{"xoxp-", "Slack", RoleAccessToken, "a user token of Slack", never + " With token rotation, expires_in.", slackInfo, slackJWT},
	{"xoxe.", "Slack", RoleAccessToken, "an access token of Slack that expires (rotation); the dot is a part of it", "From expires_in, twelve hours.", slackInfo, slackJWT},
	{"xoxe-", "Slack", RoleRefreshToken, "a refresh token of Slack", never, "From nothing: exchange it for an access token.", slackJWT},
	{"xoxa-", "Slack", RoleAccessToken, "a workspace token of Slack", "", slackInfo, slackJWT},
	{"xoxr-", "Slack", RoleRefreshToken, "a refresh token of a Slack workspace app", "", "From nothing: exchange it for an access token.", slackJWT},
	{"xapp-", "Slack", RoleAPIKey, "an app-level token of Slack", never, slackInfo, slackJWT},

	{"EwB", "Microsoft", RoleAccessToken, "an access token of a personal Microsoft account, opaque (a JWT starts with eyJ)", "", "From the API that it was issued for, Microsoft Graph for example: GET /me.", entraJWT},
	{"EwA", "Microsoft", RoleAccessToken, "an access token of a personal Microsoft account, opaque (a JWT starts with eyJ)", "", "From the API that it was issued for, Microsoft Graph for example: GET /me.", entraJWT},
	{"M.C", "Microsoft", RoleUnknown, "a code or a refresh token of a personal Microsoft account; the dot is a part of it", "", "From exchanging it at the token endpoint.", entraJWT},
	{"0.A", "Microsoft Entra", RoleUnknown, "a code or a refresh token of Microsoft Entra; the dots are a part of it", "A code some minutes, a refresh token 90 days (24 hours for single-page applications).", "From exchanging it at the token endpoint.", entraJWT},
	{"1.A", "Microsoft Entra", RoleUnknown, "a code or a refresh token of Microsoft Entra; the dots are a part of it", "A code some minutes, a refresh token 90 days (24 hours for single-page applications).", "From exchanging it at the token endpoint.", entraJWT},

	{"ory_at_", "Ory", RoleAccessToken, "an access token of Ory Hydra; the dot is a part of it", "From expires_in, one hour as a rule.", hydraInfo, hydraJWT},
	{"ory_rt_", "Ory", RoleRefreshToken, "a refresh token of Ory Hydra; the dot is a part of it", "From ttl.refresh_token of the configuration, 30 days as a rule.", hydraInfo, hydraJWT},
	{"ory_ac_", "Ory", RoleCode, "an authorization code of Ory Hydra; the dot is a part of it", "Some minutes, and one use.", "From exchanging it at the token endpoint.", hydraJWT},
	{"ory_st_", "Ory", RoleUnknown, "a session token of Ory Kratos", "From expires_at of the session.", "From GET /sessions/whoami.", "Ory: GET /sessions/whoami?tokenize_as=…"},

	{"AQ", "LinkedIn, Spotify or Microsoft", RoleUnknown, "so access tokens of LinkedIn start, codes and refresh tokens of Spotify, and older codes of Microsoft: the text does not tell which", "", "", "Of LinkedIn and Microsoft an ID token is a JWT: ask for the scope openid. Spotify has none."},
	{"BQ", "Spotify", RoleAccessToken, "so access tokens of Spotify start", "From expires_in, one hour.", "From GET /v1/me.", ""},
	{"EAA", "Meta", RoleAccessToken, "an access token of Facebook; those of Square start alike", "From expires_in, or Meta's debug_token.", "From Meta's debug_token.", "Facebook's Limited Login gives an ID token, a JWT."},
	{"sl.", "Dropbox", RoleAccessToken, "a short-lived access token of Dropbox; the dot is a part of it", "From expires_in, four hours.", "From POST /2/users/get_current_account.", "Ask Dropbox for the scope openid: its ID token is a JWT."},
	{"v1.M", "Auth0", RoleRefreshToken, "a refresh token of Auth0; the dot is a part of it", "From the settings of the application: absolute and idle lifetime.", "From nothing: exchange it for an access token.", "Auth0: send audience, and the access token is a JWT."},
	{"Atza|", "Amazon", RoleAccessToken, "an access token of Login with Amazon", "From expires_in, one hour.", "From https://api.amazon.com/auth/o2/tokeninfo.", ""},
	{"Atzr|", "Amazon", RoleRefreshToken, "a refresh token of Login with Amazon", never, "From nothing: exchange it for an access token.", ""},
	{"A21AA", "PayPal", RoleAccessToken, "an access token of PayPal", "From expires_in, nine hours as a rule.", "", ""},
	{"shpat_", "Shopify", RoleAccessToken, "an access token of a Shopify app", never, "From GET /admin/oauth/access_scopes.json.", "Shopify's session tokens are JWTs."},
	{"lin_oauth_", "Linear", RoleAccessToken, "an access token of Linear", "", "", ""},
	{"dop_v1_", "DigitalOcean", RoleAPIKey, "a personal access token of DigitalOcean", "As set when it was made.", "From GET /v2/account.", ""},
	{"doo_v1_", "DigitalOcean", RoleAccessToken, "an access token of DigitalOcean", "", "From GET /v2/account.", ""},
	{"dor_v1_", "DigitalOcean", RoleRefreshToken, "a refresh token of DigitalOcean", "", "From nothing: exchange it for an access token.", ""},
	{"hvs.", "HashiCorp Vault", RoleAPIKey, "a service token of Vault; the dot is a part of it", "From vault token lookup.", "From vault token lookup.", "Vault can issue ID tokens itself: identity/oidc/token."},
	{"npm_", "npm", RoleAPIKey, "an access token of npm", "As set when it was made.", "From npm whoami.", ""},
	{"dckr_pat_", "Docker", RoleAPIKey, "a personal access token of Docker Hub", "As set when it was made.", "", "POST /v2/users/login of Docker Hub gives a JWT for it."},
	{"sk_live_", "Stripe", RoleAPIKey, "a secret key of Stripe: no token, and dangerous to paste", never, "", ""},
	{"sk_test_", "Stripe", RoleAPIKey, "a secret test key of Stripe: no token", never, "", ""},
	{"AKIA", "Amazon Web Services", RoleAPIKey, "an access key id of AWS: no token", never, "From sts get-access-key-info.", ""},
	{"ASIA", "Amazon Web Services", RoleAPIKey, "a temporary access key id of AWS: no token", "As the session that it belongs to.", "From sts get-access-key-info.", ""},
}
