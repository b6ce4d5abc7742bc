package demo

import "net/http"

// metadata is the discovery document, the same at both well-known paths (OIDC Discovery 1.0, section 3; RFC 8414). Its
// members are in alphabetical order; claims_supported and its like are in Authgear's.
func (t *Tenant) metadata() object {
	iss := t.issuer
	return t.withSwitches(t.withAuthMethods(object{
		{"authorization_endpoint", iss + "/oauth2/authorize"},
		{"claims_supported", []string{
			"iss", "aud", "iat", "exp", "sub", "email", "email_verified", "phone_number", "phone_number_verified",
			"preferred_username", "family_name", "given_name", "middle_name", "name", "nickname", "picture", "profile",
			"website", "gender", "birthdate", "zoneinfo", "locale", "address", "updated_at"}},
		{"code_challenge_methods_supported", []string{"S256"}},
		{"dpop_signing_alg_values_supported", []string{"ES256", "RS256"}},
		{"end_session_endpoint", iss + "/oauth2/end_session"},
		{"grant_types_supported", []string{grantCode, grantRefresh, grantClientCredentials}},
		{"id_token_signing_alg_values_supported", []string{"RS256"}},
		{"issuer", iss},
		{"jwks_uri", iss + "/oauth2/jwks"},
		{"response_modes_supported", []string{"query", "fragment", "form_post"}},
		{"response_types_supported", []string{"code", "urn:authgear:params:oauth:response-type:settings-action", "none"}},
		{"revocation_endpoint", iss + "/oauth2/revoke"},
		{"scopes_supported", knownScopes},
		{"subject_types_supported", []string{"public"}},
		{"token_endpoint", iss + "/oauth2/token"},
		{"token_endpoint_auth_methods_supported", []string{"none", "client_secret_post", "client_secret_basic"}},
		{"userinfo_endpoint", iss + "/oauth2/userinfo"},
	}))
}

func (t *Tenant) serveMetadata(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, t.metadata())
}

// serveKeys answers with the key set (RFC 7517, section 5). It waits for the key.
func (t *Tenant) serveKeys(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, object{{"keys", []object{t.key().jwk()}}})
}
