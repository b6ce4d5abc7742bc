package metadata

import (
	"slices"
	"strings"
	"testing"
)

// registered are the names of IANA's registry "OAuth Authorization Server Metadata" and of OpenID Connect Discovery, as far as
// this program speaks of them: the table must have each.
var registered = strings.Fields(`issuer authorization_endpoint token_endpoint jwks_uri registration_endpoint scopes_supported response_types_supported
	response_modes_supported grant_types_supported token_endpoint_auth_methods_supported token_endpoint_auth_signing_alg_values_supported
	service_documentation ui_locales_supported op_policy_uri op_tos_uri revocation_endpoint revocation_endpoint_auth_methods_supported
	revocation_endpoint_auth_signing_alg_values_supported introspection_endpoint introspection_endpoint_auth_methods_supported
	introspection_endpoint_auth_signing_alg_values_supported code_challenge_methods_supported signed_metadata device_authorization_endpoint
	tls_client_certificate_bound_access_tokens mtls_endpoint_aliases nfv_token_signing_alg_values_supported
	nfv_token_encryption_alg_values_supported nfv_token_encryption_enc_values_supported userinfo_endpoint acr_values_supported
	subject_types_supported id_token_signing_alg_values_supported id_token_encryption_alg_values_supported
	id_token_encryption_enc_values_supported userinfo_signing_alg_values_supported userinfo_encryption_alg_values_supported
	userinfo_encryption_enc_values_supported request_object_signing_alg_values_supported request_object_encryption_alg_values_supported
	request_object_encryption_enc_values_supported display_values_supported claim_types_supported claims_supported claims_locales_supported
	claims_parameter_supported request_parameter_supported request_uri_parameter_supported require_request_uri_registration
	require_signed_request_object pushed_authorization_request_endpoint require_pushed_authorization_requests
	introspection_signing_alg_values_supported introspection_encryption_alg_values_supported introspection_encryption_enc_values_supported
	authorization_response_iss_parameter_supported check_session_iframe frontchannel_logout_supported frontchannel_logout_session_supported
	backchannel_logout_supported backchannel_logout_session_supported end_session_endpoint backchannel_token_delivery_modes_supported
	backchannel_authentication_endpoint backchannel_authentication_request_signing_alg_values_supported backchannel_user_code_parameter_supported
	authorization_details_types_supported dpop_signing_alg_values_supported authorization_signing_alg_values_supported
	authorization_encryption_alg_values_supported authorization_encryption_enc_values_supported client_registration_types_supported
	client_registration_authn_methods_supported protected_resources prompt_values_supported`)

func TestEveryRegisteredMemberIsKnown(t *testing.T) {
	for _, name := range registered {
		m, known := Lookup(name)
		if !known {
			t.Errorf("%s is registered and not in the table", name)
			continue
		}
		if m.Product != "" {
			t.Errorf("%s is called %s's own, but is registered", name, m.Product)
		}
	}
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Members {
		if seen[m.Name] {
			t.Errorf("%s stands twice", m.Name)
		}
		seen[m.Name] = true
		if m.Meaning == "" || m.Kind == Any || !slices.Contains(Groups, m.Group) || m.Group == Unknown {
			t.Errorf("%s lacks its meaning, its type or its group: %+v", m.Name, m)
		}
		if !strings.HasSuffix(m.Meaning, ".") {
			t.Errorf("%s: the meaning %q is no sentence", m.Name, m.Meaning)
		}
		if (m.Spec == "") == (m.Product == "") {
			t.Errorf("%s has spec %q and product %q: a member has one of them", m.Name, m.Spec, m.Product)
		}
		if k := kindByName(m.Name); k != Any && m.Kind != k {
			t.Errorf("%s is of type %q; by its name it would be %q", m.Name, m.Kind, k)
		}
	}
	for _, name := range usual {
		if m, known := Lookup(name); !known || m.Default == "" {
			t.Errorf("the absence of %s is told, and there is no default to tell", name)
		}
	}
	for name := range values {
		if m, known := Lookup(name); !known || m.Kind != List {
			t.Errorf("values of %s are explained, which is no list that is known", name)
		}
	}
	for _, g := range Groups {
		if g.Title() == "" {
			t.Errorf("the group %s has no heading", g)
		}
	}
}

// kindByName is the type that names of a pattern have.
func kindByName(name string) Kind {
	switch {
	case strings.HasSuffix(name, "_endpoint"), strings.HasSuffix(name, "jwks_uri"):
		return URL
	case strings.HasSuffix(name, "_values_supported"), strings.HasSuffix(name, "_types_supported"):
		return List
	case strings.HasPrefix(name, "require_"):
		return Bool
	}
	return Any
}

func TestLookupUnknown(t *testing.T) {
	m, known := Lookup("no_such_member")
	if known || m.Name != "no_such_member" || m.Group != Unknown {
		t.Errorf("an unknown member is read as %+v, known %v", m, known)
	}
}

func TestNear(t *testing.T) {
	for name, want := range map[string]string{
		"code_challenge_method_supported":  "", // the plural is within: not a mistake that is told
		"Issuer":                           "issuer",
		"token-endpoint":                   "token_endpoint",
		"scopes":                           "scopes_supported",
		"grant_types":                      "grant_types_supported",
		"claims_supporteds":                "claims_supported",
		"issuer":                           "",
		"something_else":                   "",
		strings.Repeat("issuer", 1000):     "",
		"":                                 "",
		"revocation_endpoints":             "revocation_endpoint",
		"code_challenge_methods_supported": "",
	} {
		if got := Near(name); got != want {
			t.Errorf("Near(%.40q) = %q, want %q", name, got, want)
		}
	}
}

func TestValueMeaning(t *testing.T) {
	for _, c := range []struct{ member, value, part string }{
		{"grant_types_supported", "password", "RFC 9700"},
		{"introspection_endpoint_auth_methods_supported", "private_key_jwt", "RFC 7523"},
		{"id_token_signing_alg_values_supported", "none", "no signature"},
		{"id_token_signing_alg_values_supported", "HS256", "secret"},
		{"scopes_supported", "https://authgear.com/scopes/full-access", "Authgear"},
		{"code_challenge_methods_supported", "plain", "RFC 7636"},
	} {
		if got := ValueMeaning(c.member, c.value); !strings.Contains(got, c.part) {
			t.Errorf("%s of %s is explained as %q, without %q", c.value, c.member, got, c.part)
		}
	}
	if got := ValueMeaning("scopes_supported", "made-up"); got != "" {
		t.Errorf("an unknown scope is explained as %q", got)
	}
	if OwnOf("urn:authgear:params:oauth:response-type:settings-action") != "Authgear" || OwnOf("code") != "" {
		t.Error("what is Authgear's own is told by its prefix, and nothing else is")
	}
}
