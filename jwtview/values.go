package jwtview

import "strings"

// ValueMeaning says what one value of a claim or header parameter means, and where that is written: of amr, acr, alg, enc,
// typ, scope, gty, token_use and their like. Both are "" for what is not known, which of acr and scope is most.
func ValueMeaning(name, value string) (meaning, spec string) {
	table, ok := valueMeanings[name]
	if !ok {
		return "", ""
	}
	if m, ok := table[value]; ok {
		return m.text, m.spec
	}
	m := table[strings.ToLower(value)]
	return m.text, m.spec
}

const amrSpec = "RFC 8176 §2"

var valueMeanings = map[string]map[string]meaning{
	"amr": amrValues, "acr": acrValues, "alg": algValues, "enc": encValues, "scope": scopeValues, "scp": scopeValues,
	"typ": typValues, "cty": typValues,
	"zip":       {"DEF": {"compressed with DEFLATE before encryption", "RFC 7516 §4.1.3"}},
	"token_use": {"id": {"an ID token", cognito}, "access": {"an access token", cognito}},
	"idtyp":     {"app": {"a token without a user", entra}, "user": {"a token of a user", entra}},
	"azpacr":    {"0": {"a public client", entra}, "1": {"proved itself with a secret", entra}, "2": {"proved itself with a certificate", entra}},
	"appidacr":  {"0": {"a public client", entra}, "1": {"proved itself with a secret", entra}, "2": {"proved itself with a certificate", entra}},
	"gty": {"client-credentials": {"no user: the client itself", auth0}, "password": {"user name and password at the client", auth0},
		"authorization_code": {"sign-in in the browser", auth0}, "refresh_token": {"renewed with a refresh token", auth0}},
}

var amrValues = map[string]meaning{
	"face": {"face recognition", amrSpec}, "fpt": {"fingerprint", amrSpec}, "geo": {"place of the device", amrSpec},
	"hwk": {"key in hardware", amrSpec}, "iris": {"iris scan", amrSpec}, "kba": {"answers to questions", amrSpec},
	"mca": {"several channels", amrSpec}, "mfa": {"several factors", amrSpec}, "otp": {"one-time password", amrSpec},
	"pin": {"PIN or pattern", amrSpec}, "pop": {"proof of a key; what passkeys often give", amrSpec}, "pwd": {"password", amrSpec},
	"rba": {"by the estimated risk", amrSpec}, "retina": {"retina scan", amrSpec}, "sc": {"smart card", amrSpec},
	"sms": {"code by SMS", amrSpec}, "swk": {"key in software", amrSpec}, "tel": {"telephone call", amrSpec},
	"user": {"the person was seen to be present", amrSpec}, "vbm": {"voice", amrSpec}, "wia": {"Windows integrated sign-in", amrSpec},

	"x_primary_password":        {"password, as the first factor", authgear},
	"x_secondary_password":      {"additional password, as the second factor", authgear},
	"x_primary_oob_otp_email":   {"code by email, as the first factor", authgear},
	"x_primary_oob_otp_sms":     {"code by SMS, as the first factor", authgear},
	"x_secondary_oob_otp_email": {"code by email, as the second factor", authgear},
	"x_secondary_oob_otp_sms":   {"code by SMS, as the second factor", authgear},
	"x_secondary_totp":          {"authenticator app, as the second factor", authgear},
	"x_recovery_code":           {"recovery code, as the second factor", authgear},
	"x_device_token":            {"trusted device, instead of the second factor", authgear},
	"x_passkey":                 {"passkey", authgear},
	"x_biometric":               {"biometric sign-in of the app", authgear},
	"x_primary_passkey":         {"passkey, as the first factor", authgear},

	"fed": {"another identity provider", entra}, "ngcmfa": {"several factors, with registration", entra}, "rsa": {"certificate or key, such as Windows Hello", entra},
	"fido": {"security key or passkey", entra}, "cert": {"certificate", "common usage"}, "wiaormultiauthn": {"Windows integrated or several factors", entra},
}

var acrValues = map[string]meaning{
	"0":                               {"below level 1: a long-lived cookie for example", "OpenID Connect Core 1.0 §2"},
	"1":                               {"signed in for this session", keycloak},
	"phr":                             {"resistant to phishing", "OpenID Connect EAP ACR Values 1.0"},
	"phrh":                            {"resistant to phishing, key in hardware", "OpenID Connect EAP ACR Values 1.0"},
	"urn:mace:incommon:iap:bronze":    {"InCommon bronze", "InCommon"},
	"urn:mace:incommon:iap:silver":    {"InCommon silver", "InCommon"},
	"urn:okta:loa:1fa:any":            {"any one factor", okta},
	"urn:okta:loa:1fa:pwd":            {"password", okta},
	"urn:okta:loa:2fa:any":            {"any two factors", okta},
	"urn:okta:loa:2fa:any:ifpossible": {"two factors where the user has them", okta},
	"http://schemas.openid.net/pape/policies/2007/06/multi-factor":          {"several factors", "OpenID PAPE 1.0"},
	"http://schemas.openid.net/pape/policies/2007/06/multi-factor-physical": {"several factors, one of them a thing", "OpenID PAPE 1.0"},
	"http://schemas.openid.net/pape/policies/2007/06/phishing-resistant":    {"resistant to phishing", "OpenID PAPE 1.0"},
	"urn:oasis:names:tc:SAML:2.0:ac:classes:Password":                       {"password", "SAML 2.0 Authentication Context"},
	"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport":     {"password over TLS", "SAML 2.0 Authentication Context"},
	"urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified":                    {"not said", "SAML 2.0 Authentication Context"},
	"https://refeds.org/profile/mfa":                                        {"several factors", "REFEDS MFA"},
	"https://refeds.org/profile/sfa":                                        {"one good factor", "REFEDS SFA"},
	"c1":                                                                    {"authentication context c1 of Conditional Access", entra},
}

var scopeValues = map[string]meaning{
	"openid": {"an ID token", "OpenID Connect Core 1.0 §3.1.2.1"}, "profile": {"name, picture and the like", "OpenID Connect Core 1.0 §5.4"},
	"email": {"email address", "OpenID Connect Core 1.0 §5.4"}, "address": {"postal address", "OpenID Connect Core 1.0 §5.4"},
	"phone": {"telephone number", "OpenID Connect Core 1.0 §5.4"}, "offline_access": {"a refresh token", "OpenID Connect Core 1.0 §11"},
	"device_sso": {"single sign-on between apps of a device", "OpenID Connect Native SSO 1.0"},
	"https://authgear.com/scopes/full-access": {"everything that the user may do", authgear}, "https://authgear.com/scopes/full-userinfo": {"everything about the user", authgear},
	"user.read": {"profile of the signed-in user", "Microsoft Graph"}, "aws.cognito.signin.user.admin": {"own attributes in the user pool", cognito},
}

var typValues = map[string]meaning{
	"jwt": {"a JWT of any kind", "RFC 7519 §5.1"}, "at+jwt": {"an access token", "RFC 9068 §2.1"}, "jose": {"a JWS or JWE in compact form", "RFC 7515 §4.1.9"},
	"jose+json": {"a JWS or JWE in JSON", "RFC 7515 §4.1.9"}, "logout+jwt": {"a logout token", "OpenID Connect Back-Channel Logout 1.0 §2.4"},
	"dpop+jwt": {"a DPoP proof", "RFC 9449 §4.2"}, "kb+jwt": {"a key binding", "RFC 9901 §4.3"}, "secevent+jwt": {"a security event", "RFC 8417 §2.3"},
	"oauth-authz-req+jwt": {"a request object", "RFC 9101 §10.8"}, "token-introspection+jwt": {"an introspection response", "RFC 9701 §5"},
	"dc+sd-jwt": {"a verifiable credential", "SD-JWT VC"}, "vc+sd-jwt": {"a verifiable credential", "SD-JWT VC"}, "jwk+json": {"a JWK", "RFC 7517 §8.5.1"},
	"bearer": {"an access token", keycloak}, "id": {"an ID token", keycloak}, "refresh": {"a refresh token", keycloak}, "offline": {"an offline token, a refresh token", keycloak},
}
