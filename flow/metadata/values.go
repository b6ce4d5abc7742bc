package metadata

import "strings"

// values says what single values of lists are, by the member that they stand in.
var values = map[string]map[string]string{
	"grant_types_supported": {
		"authorization_code": "a code for tokens (RFC 6749 §4.1)",
		"refresh_token":      "new tokens without the person (RFC 6749 §6)",
		"client_credentials": "the client for itself (RFC 6749 §4.4)",
		"implicit":           "tokens in the URL; RFC 9700 §2.1.2 advises against it",
		"password":           "the person's password; RFC 9700 §2.4 forbids it",
		"urn:ietf:params:oauth:grant-type:device_code":    "on another device (RFC 8628)",
		"urn:ietf:params:oauth:grant-type:token-exchange": "a token for another (RFC 8693)",
		"urn:ietf:params:oauth:grant-type:jwt-bearer":     "a signed JWT for a token (RFC 7523 §2.1)",
		"urn:ietf:params:oauth:grant-type:saml2-bearer":   "a SAML assertion for a token (RFC 7522)",
		"urn:ietf:params:oauth:grant-type:uma-ticket":     "a permission ticket (UMA 2.0)",
		"urn:openid:params:grant-type:ciba":               "confirmed elsewhere (CIBA)",
	},
	"response_types_supported": {
		"code": "a code; the one to use", "none": "no token: only that the person agreed", "token": "implicit; RFC 9700 §2.1.2 advises against it",
		"id_token": "an ID token in the answer, no code", "id_token token": "implicit; RFC 9700 §2.1.2 advises against it",
		"token id_token": "implicit; RFC 9700 §2.1.2 advises against it",
		"code id_token":  "hybrid: a code and an ID token", "code token": "hybrid: an access token in the URL", "code id_token token": "hybrid: all of them",
		"code token id_token": "hybrid: all of them",
	},
	"response_modes_supported": {
		"query": "in the URL; the default of code", "fragment": "behind the #: never sent to a server", "form_post": "as a form that the browser posts",
		"jwt": "as a signed JWT (JARM)", "query.jwt": "JARM in the URL", "fragment.jwt": "JARM behind the #", "form_post.jwt": "JARM as a form",
		"web_message": "to the page that opened it, by postMessage; no standard",
	},
	"code_challenge_methods_supported":           {"S256": "a hash; the one to use", "plain": "the verifier itself: proves little (RFC 7636 §7.2)"},
	"subject_types_supported":                    {"public": "one sub for all clients", "pairwise": "another sub for each client"},
	"claim_types_supported":                      {"normal": "claims of its own", "aggregated": "signed by others, included", "distributed": "at others, to be fetched"},
	"prompt_values_supported":                    {"none": "no page is shown", "login": "the person signs in again", "consent": "the person agrees again", "select_account": "the person chooses an account", "create": "the person registers"},
	"backchannel_token_delivery_modes_supported": {"poll": "the client asks again", "ping": "the client is told, and asks", "push": "the tokens are sent"},
	"scopes_supported": {
		"openid": "an ID token", "profile": "name, picture and the like", "email": "email, email_verified", "phone": "phone_number", "address": "address",
		"offline_access": "a refresh token", "device_sso": "sign-in across apps of a device",
		"https://authgear.com/scopes/full-access":           "Authgear: all of its own API",
		"https://authgear.com/scopes/full-userinfo":         "Authgear: all claims of the person",
		"https://authgear.com/scopes/pre-authenticated-url": "Authgear: URLs that are signed in already",
	},
}

// authMethods are those of the token endpoint, which the other endpoints have too.
var authMethods = map[string]string{
	"none": "public clients", "client_secret_basic": "the secret in a header", "client_secret_post": "the secret in the form",
	"client_secret_jwt": "a JWT made with the secret (RFC 7523)", "private_key_jwt": "a JWT signed with the client's key (RFC 7523)",
	"tls_client_auth": "a certificate (RFC 8705 §2.1)", "self_signed_tls_client_auth": "a certificate of its own (RFC 8705 §2.2)",
	"attest_jwt_client_auth": "an attestation of the client", "bearer": "an access token",
}

// ValueMeaning says in a few words what a value of a list is, or "".
func ValueMeaning(member, value string) string {
	if m := values[member][value]; m != "" {
		return m
	}
	switch {
	case strings.HasSuffix(member, "_auth_methods_supported"):
		return authMethods[value]
	case strings.HasSuffix(member, "_alg_values_supported") && value == "none":
		return "no signature"
	case member == "id_token_signing_alg_values_supported" && strings.HasPrefix(value, "HS"):
		return "with the client's secret"
	}
	return ""
}

// OwnOf returns the product that a value is of, where it names it itself: "Authgear", or "".
func OwnOf(value string) string {
	if strings.HasPrefix(value, "https://authgear.com/") || strings.HasPrefix(value, "urn:authgear:") {
		return "Authgear"
	}
	return ""
}
