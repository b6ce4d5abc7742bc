package metadata

var logoutMembers = []Member{
	{Name: "frontchannel_logout_supported", Kind: Bool, Spec: "OpenID Connect Front-Channel Logout 1.0 §3", Default: "false", Meaning: "A logout tells other applications through the browser."},
	{Name: "frontchannel_logout_session_supported", Kind: Bool, Spec: "OpenID Connect Front-Channel Logout 1.0 §3", Default: "false", Meaning: "It says which session then: iss and sid."},
	{Name: "backchannel_logout_supported", Kind: Bool, Spec: "OpenID Connect Back-Channel Logout 1.0 §2.1", Default: "false", Meaning: "A logout tells other applications directly, with a logout token."},
	{Name: "backchannel_logout_session_supported", Kind: Bool, Spec: "OpenID Connect Back-Channel Logout 1.0 §2.1", Default: "false", Meaning: "The logout token says which session: sid."},
	{Name: "global_token_revocation_endpoint", Kind: URL, Spec: "draft-parecki-oauth-global-token-revocation", Meaning: "Ends all of a person's tokens at once."},
	{Name: "global_token_revocation_endpoint_auth_methods_supported", Kind: List, Spec: "draft-parecki-oauth-global-token-revocation", Meaning: "How a caller proves who it is there."},
}

var flowMembers = []Member{
	{Name: "backchannel_token_delivery_modes_supported", Kind: List, Spec: ciba, Default: "none: required with CIBA", Meaning: "How tokens come after a CIBA sign-in: poll, ping or push."},
	{Name: "backchannel_authentication_request_signing_alg_values_supported", Kind: List, Spec: ciba, Default: "signed requests are not taken", Meaning: "Signatures of CIBA requests."},
	{Name: "backchannel_user_code_parameter_supported", Kind: Bool, Spec: ciba, Default: "false", Meaning: "A CIBA request may carry a code that only the person knows."},
	{Name: "native_sso_supported", Kind: Bool, Spec: "OpenID Connect Native SSO for Mobile Apps 1.0", Default: "false", Meaning: "Apps of one maker on a device can share a sign-in."},
	{Name: "pre-authorized_grant_anonymous_access_supported", Kind: Bool, Spec: "OpenID for Verifiable Credential Issuance 1.0 §12.3", Default: "false", Meaning: "A pre-authorized code may be handed in without a client id."},
	{Name: "authorization_challenge_endpoint", Kind: URL, Spec: "draft-ietf-oauth-first-party-apps", Meaning: "Signs people in within the maker's own app, without a browser."},
	{Name: "identity_chaining_requested_token_types_supported", Kind: List, Spec: "draft-ietf-oauth-identity-chaining", Meaning: "Types of tokens that can be exchanged for another domain."},
}

var aboutMembers = []Member{
	{Name: "service_documentation", Kind: URL, Spec: both, Default: "not told", Meaning: "Documentation for developers."},
	{Name: "op_policy_uri", Kind: URL, Spec: both, Default: "not told", Meaning: "How what it says may be used."},
	{Name: "op_tos_uri", Kind: URL, Spec: both, Default: "not told", Meaning: "Its terms of service."},
	{Name: "signed_metadata", Kind: Text, Spec: "RFC 8414 §2.1", Default: "the document is vouched for by TLS alone", Meaning: "The same document as a signed JWT, whose members win."},
	{Name: "client_registration_types_supported", Kind: List, Spec: fed, Default: "no federation", Meaning: "How clients of a federation become known: automatic, explicit."},
	{Name: "federation_registration_endpoint", Kind: URL, Spec: fed, Default: "not told", Meaning: "Registers clients of a federation."},
	{Name: "client_registration_authn_methods_supported", Kind: Object, Spec: fed, Default: "not told", Meaning: "How a client proves itself when it is registered by its first request."},
	{Name: "request_authentication_methods_supported", Kind: Object, Spec: fed, Default: "not told", Meaning: "How a client proves itself with its first request."},
	{Name: "request_authentication_signing_alg_values_supported", Kind: List, Spec: fed, Default: "not told", Meaning: "Signatures for that."},
	{Name: "signed_jwks_uri", Kind: URL, Spec: "OpenID Federation 1.0 §5.2.1", Default: "not told", Meaning: "Its keys as a signed JWT."},
	{Name: "jwks", Kind: Object, Spec: "OpenID Federation 1.0 §5.2.1", Default: "see jwks_uri", Meaning: "Its keys, in the document itself."},
	{Name: "organization_name", Kind: Text, Spec: "OpenID Federation 1.0 §5.2.2", Meaning: "Who runs it, for people."},
	{Name: "homepage_uri", Kind: URL, Spec: "OpenID Federation 1.0 §5.2.2", Meaning: "The home page of whoever runs it."},
	{Name: "logo_uri", Kind: URL, Spec: "OpenID Federation 1.0 §5.2.2", Meaning: "Its logo."},
	{Name: "contacts", Kind: List, Spec: "OpenID Federation 1.0 §5.2.2", Meaning: "Whom to write to."},
	{Name: "policy_uri", Kind: URL, Spec: "OpenID Federation 1.0 §5.2.2", Meaning: "Its rules, for people."},
}

// productMembers are in no registry, and are met often.
var productMembers = []Member{
	{Name: "tenant_region_scope", Kind: Text, Group: About, Product: "Microsoft Entra", Meaning: "The region of the tenant."},
	{Name: "tenant_region_sub_scope", Kind: Text, Group: About, Product: "Microsoft Entra", Meaning: "A part of the region of the tenant."},
	{Name: "cloud_instance_name", Kind: Text, Group: About, Product: "Microsoft Entra", Meaning: "Which of Microsoft's clouds it is."},
	{Name: "cloud_graph_host_name", Kind: Text, Group: About, Product: "Microsoft Entra", Meaning: "A host of an interface that is being retired."},
	{Name: "msgraph_host", Kind: Text, Group: About, Product: "Microsoft Entra", Meaning: "The host of Microsoft Graph."},
	{Name: "rbac_url", Kind: URL, Group: About, Product: "Microsoft Entra", Meaning: "A service for permissions."},
	{Name: "kerberos_endpoint", Kind: URL, Group: Flows, Product: "Microsoft Entra", Meaning: "Gives out Kerberos tickets."},
	{Name: "http_logout_supported", Kind: Bool, Group: Logout, Product: "Microsoft", Meaning: "An older name for a logout through the browser."},
	{Name: "access_token_issuer", Kind: URL, Group: Tokens, Product: "Microsoft AD FS", Meaning: "iss of access tokens, where it is another than that of ID tokens."},
	{Name: "microsoft_multi_refresh_token", Kind: Bool, Group: Tokens, Product: "Microsoft AD FS", Meaning: "A refresh token serves several resources."},
	{Name: "mfa_challenge_endpoint", Kind: URL, Group: Flows, Product: "Auth0", Meaning: "Asks for a second factor."},
	{Name: "request_uri_quota", Kind: Number, Group: Requests, Product: "Authlete", Meaning: "How many request_uri a client may register."},
	{Name: "version", Kind: Text, Group: About, Product: "ForgeRock", Meaning: "The version of the server's interface."},
}
