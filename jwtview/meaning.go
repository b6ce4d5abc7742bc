package jwtview

// A meaning says in a few words what a name stands for, and where that is written.
type meaning struct{ text, spec string }

// ClaimMeaning says in at most 60 characters what a claim is, and where it is specified. Both are "" for a claim that is
// not known: those that IANA registers are, and the usual ones of Authgear, Keycloak, Entra, Auth0, Okta, Cognito and
// Google.
func ClaimMeaning(name string) (meaning, spec string) {
	for _, table := range claimTables {
		if m, ok := table[name]; ok {
			return m.text, m.spec
		}
	}
	return "", ""
}

// claimTables in the order of precedence: what a provider means by a registered name is in [Token.Explain].
var claimTables = [...]map[string]meaning{claimMeanings, registeredClaims, providerClaims}

// HeaderMeaning is [ClaimMeaning] for the parameters of a JOSE header (RFC 7515 §4.1, RFC 7516 §4.1).
func HeaderMeaning(name string) (meaning, spec string) {
	for _, table := range headerTables {
		if m, ok := table[name]; ok {
			return m.text, m.spec
		}
	}
	return "", ""
}

var headerTables = [...]map[string]meaning{headerMeanings, registeredHeaders}

const (
	oidcID       = "OpenID Connect Core 1.0 §2"
	oidcStandard = "OpenID Connect Core 1.0 §5.1"
	authgear     = "Authgear"
)

var claimMeanings = map[string]meaning{
	"iss": {"issuer: who made the token", "RFC 7519 §4.1.1"},
	"sub": {"subject: the user, unique at this issuer", "RFC 7519 §4.1.2"},
	"aud": {"audience: who the token is for", "RFC 7519 §4.1.3"},
	"exp": {"expires: not accepted from then on", "RFC 7519 §4.1.4"},
	"nbf": {"not before: not accepted until then", "RFC 7519 §4.1.5"},
	"iat": {"issued at", "RFC 7519 §4.1.6"},
	"jti": {"id of this token, never used twice", "RFC 7519 §4.1.7"},

	"auth_time": {"when the user signed in", oidcID},
	"nonce":     {"repeats the nonce of the authorization request", oidcID},
	"acr":       {"how strong the sign-in was, by the issuer's scale", oidcID},
	"amr":       {"how the user signed in", "RFC 8176"},
	"azp":       {"authorized party: the client it was issued to", oidcID},
	"at_hash":   {"ties the access token to this ID token", "OpenID Connect Core 1.0 §3.1.3.6"},
	"c_hash":    {"ties the code to this ID token", "OpenID Connect Core 1.0 §3.3.2.11"},
	"s_hash":    {"ties the state to this ID token", "FAPI 1.0 Part 2 §5.1"},
	"sid":       {"session at the issuer", "OpenID Connect Front-Channel Logout 1.0 §3"},
	"sub_jwk":   {"public key of a self-issued token", "OpenID Connect Core 1.0 §7.4"},
	"events":    {"what happened: says that it is a logout token", "OpenID Connect Back-Channel Logout 1.0 §2.4"},

	"name":                  {"full name", oidcStandard},
	"given_name":            {"first name", oidcStandard},
	"family_name":           {"last name", oidcStandard},
	"middle_name":           {"middle name", oidcStandard},
	"nickname":              {"casual name", oidcStandard},
	"preferred_username":    {"name the user goes by; may change, may repeat", oidcStandard},
	"profile":               {"address of the profile page", oidcStandard},
	"picture":               {"address of the profile picture", oidcStandard},
	"website":               {"address of the user's website", oidcStandard},
	"email":                 {"preferred email address", oidcStandard},
	"email_verified":        {"whether the email address was verified", oidcStandard},
	"gender":                {"gender", oidcStandard},
	"birthdate":             {"birthday, YYYY-MM-DD or YYYY", oidcStandard},
	"zoneinfo":              {"time zone, such as Europe/Paris", oidcStandard},
	"locale":                {"language and region, such as en-US", oidcStandard},
	"phone_number":          {"preferred telephone number", oidcStandard},
	"phone_number_verified": {"whether the telephone number was verified", oidcStandard},
	"address":               {"postal address", "OpenID Connect Core 1.0 §5.1.1"},
	"updated_at":            {"when the profile was last changed", oidcStandard},
	"_claim_names":          {"claims that other parties hold", "OpenID Connect Core 1.0 §5.6.2"},
	"_claim_sources":        {"where the claims of other parties are", "OpenID Connect Core 1.0 §5.6.2"},

	"client_id":             {"client that asked for the token", "RFC 8693 §4.3"},
	"scope":                 {"what the token permits, separated by spaces", "RFC 8693 §4.2"},
	"act":                   {"who acts for the subject", "RFC 8693 §4.1"},
	"may_act":               {"who may act for the subject", "RFC 8693 §4.4"},
	"cnf":                   {"key that the holder has to prove", "RFC 7800 §3.1"},
	"authorization_details": {"what the token permits, in detail", "RFC 9396 §9.1"},
	"groups":                {"groups of the user", "RFC 9068 §2.2.3.1"},
	"roles":                 {"roles of the user", "RFC 9068 §2.2.3.1"},
	"entitlements":          {"entitlements of the user", "RFC 9068 §2.2.3.1"},

	"ds_hash":           {"ties the device secret to this ID token", "OpenID Connect Native SSO 1.0"},
	"custom_attributes": {"attributes that the project defined", authgear},
	"x_web3":            {"Ethereum accounts and tokens of the user", authgear},
	"https://authgear.com/claims/user/is_anonymous":          {"whether the user has no identity yet", authgear},
	"https://authgear.com/claims/user/is_verified":           {"whether an email or phone number was verified", authgear},
	"https://authgear.com/claims/user/can_reauthenticate":    {"whether the user can be asked to sign in again", authgear},
	"https://authgear.com/claims/user/roles":                 {"roles of the user, by key", authgear},
	"https://authgear.com/claims/user/identities":            {"identities: login ids, OAuth accounts, passkeys", authgear},
	"https://authgear.com/claims/user/authenticators":        {"what the user can sign in with", authgear},
	"https://authgear.com/claims/user/recovery_code_enabled": {"whether there are recovery codes", authgear},
	"https://authgear.com/claims/oauth/asserted":             {"what the OAuth provider said about the user", authgear},
}

var headerMeanings = map[string]meaning{
	"alg":      {"algorithm of the signature, or of the key", "RFC 7515 §4.1.1"},
	"jku":      {"address of a key set; never fetched", "RFC 7515 §4.1.2"},
	"jwk":      {"public key; never trusted from a token", "RFC 7515 §4.1.3"},
	"kid":      {"which key of the issuer", "RFC 7515 §4.1.4"},
	"x5u":      {"address of a certificate; never fetched", "RFC 7515 §4.1.5"},
	"x5c":      {"certificate chain; never trusted from a token", "RFC 7515 §4.1.6"},
	"x5t":      {"SHA-1 of the certificate", "RFC 7515 §4.1.7"},
	"x5t#S256": {"SHA-256 of the certificate", "RFC 7515 §4.1.8"},
	"typ":      {"type of the token", "RFC 7515 §4.1.9"},
	"cty":      {"type of the content", "RFC 7515 §4.1.10"},
	"crit":     {"extensions that must be understood", "RFC 7515 §4.1.11"},
	"b64":      {"whether the payload is base64url", "RFC 7797 §3"},
	"enc":      {"algorithm that encrypts the content", "RFC 7516 §4.1.2"},
	"zip":      {"compression before encryption", "RFC 7516 §4.1.3"},
	"epk":      {"one-time public key of the sender", "RFC 7518 §4.6.1.1"},
	"apu":      {"about the sender", "RFC 7518 §4.6.1.2"},
	"apv":      {"about the recipient", "RFC 7518 §4.6.1.3"},
	"iv":       {"initialization vector of the encrypted key", "RFC 7518 §4.7.1.1"},
	"tag":      {"authentication tag of the encrypted key", "RFC 7518 §4.7.1.2"},
	"p2s":      {"salt of the password", "RFC 7518 §4.8.1.1"},
	"p2c":      {"iterations over the password", "RFC 7518 §4.8.1.2"},
	"nonce":    {"nonce of the server", "RFC 8555 §6.5.2"},
	"url":      {"address that was requested", "RFC 8555 §6.4.1"},
}
