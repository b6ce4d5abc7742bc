package story

import (
	"net/url"
	"strings"
)

// meanings says in a few words what a parameter or a member is, where nothing better is known
// of this one value. Specifications: RFC 6749, 7009, 7636, 9207; OpenID Connect Core and Discovery.
var meanings = map[string]string{
	"response_type":             "asks for a code",
	"response_mode":             "how the answer comes back",
	"client_id":                 "who the client is",
	"client_secret":             "proves who the client is",
	"client_assertion":          "a JWT that proves who the client is",
	"client_assertion_type":     "the proof is a JWT (RFC 7523 §2.2)",
	"redirect_uri":              "registered exactly like this",
	"scope":                     "what is asked for",
	"state":                     "fresh; must come back",
	"nonce":                     "fresh; in the ID token too",
	"code_challenge":            "S256 of a verifier kept here",
	"code_challenge_method":     "how the challenge was made",
	"prompt":                    "whether the person is asked again",
	"max_age":                   "how old a sign-in may be, in seconds",
	"login_hint":                "who is about to sign in",
	"id_token_hint":             "who signed in before",
	"ui_locales":                "languages of the pages",
	"acr_values":                "how strong the sign-in must be",
	"claims":                    "single claims that are asked for",
	"display":                   "what kind of page is wanted",
	"resource":                  "the API that the token is for",
	"audience":                  "the API that the token is for",
	"access_type":               "Google: offline asks for a refresh token",
	"code":                      "single use, short-lived",
	"iss":                       "who answers",
	"session_state":             "for session management",
	"error":                     "what kind of failure it is",
	"error_description":         "the server's own words",
	"error_uri":                 "a page about the error",
	"grant_type":                "what is handed in for tokens",
	"code_verifier":             "S256 of it was the challenge",
	"refresh_token":             "gets new tokens without the person",
	"access_token":              "opens the API",
	"id_token":                  "says who signed in, how and when",
	"token_type":                "how the access token is sent",
	"expires_in":                "seconds the access token lives",
	"token":                     "what is to be revoked",
	"device_code":               "kept here, and handed in when polling",
	"user_code":                 "what the person types in",
	"verification_uri":          "where the person types it in",
	"verification_uri_complete": "the same with the code in it, for a QR code",
	"interval":                  "seconds between polls, at least",
	"active":                    "whether the token can be used",
	"username":                  "the person, for people to read",
	"post_logout_redirect_uri":  "where the browser is to come back to",
	"logout_hint":               "who is to be signed out",
	"token_type_hint":           "what kind of token it is",
	"device_secret":             "for sign-in across apps of a device",
	"refresh_expires_in":        "seconds the refresh token lives",

	"issuer":                                           "its name: iss",
	"authorization_endpoint":                           "where the browser goes",
	"token_endpoint":                                   "codes become tokens",
	"userinfo_endpoint":                                "who signed in",
	"revocation_endpoint":                              "ends tokens",
	"end_session_endpoint":                             "signs the person out",
	"introspection_endpoint":                           "what a token is worth",
	"device_authorization_endpoint":                    "sign-in without a browser here",
	"pushed_authorization_request_endpoint":            "takes authorization requests directly",
	"registration_endpoint":                            "registers clients",
	"jwks_uri":                                         "keys of its tokens",
	"response_types_supported":                         "what may be asked for",
	"response_modes_supported":                         "ways of answering",
	"grant_types_supported":                            "grants",
	"code_challenge_methods_supported":                 "PKCE methods",
	"token_endpoint_auth_methods_supported":            "client authentication",
	"token_endpoint_auth_signing_alg_values_supported": "signatures of client assertions",
	"mtls_endpoint_aliases":                            "endpoints for clients with a certificate (RFC 8705 §5)",
	"tls_client_certificate_bound_access_tokens":       "whether tokens can be bound to a certificate (RFC 8705 §3)",
	"scopes_supported":                                 "scopes, not always all",
	"claims_supported":                                 "claims it may give",
	"subject_types_supported":                          "kind of sub",
	"id_token_signing_alg_values_supported":            "ID token signatures",
	"dpop_signing_alg_values_supported":                "DPoP signatures",
	"authorization_response_iss_parameter_supported":   "whether answers carry iss (RFC 9207)",
	"prompt_values_supported":                          "values that prompt may have",
	"claims_parameter_supported":                       "whether single claims may be asked for",
	"request_parameter_supported":                      "whether signed requests are taken",
	"require_pushed_authorization_requests":            "whether requests must be pushed first",
}

// EncodedTwice reports whether a value that was decoded still looks percent-encoded.
func EncodedTwice(value string) bool {
	again, err := url.QueryUnescape(value)
	return err == nil && again != value && strings.Contains(value, "%")
}

// Meaning returns what a parameter or member called name is, in a few words, or "".
func Meaning(name string) string { return meanings[name] }
