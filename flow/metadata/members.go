package metadata

// Names of specifications that stand often.
const (
	disco   = "OpenID Connect Discovery 1.0 §3"
	both    = "OpenID Connect Discovery 1.0 §3, RFC 8414 §2"
	rfc8414 = "RFC 8414 §2"
	ciba    = "OpenID Connect CIBA 1.0 §4"
	jarm    = "JARM §4"
	fed     = "OpenID Federation 1.0 §5.1.3"
)

var endpointMembers = []Member{
	{Name: "issuer", Kind: URL, Spec: both, Default: "none: without it nothing ties the document, and later the tokens, to this server",
		Meaning: "Its name: iss of every ID token, compared byte by byte."},
	{Name: "authorization_endpoint", Kind: URL, Spec: both, Default: "none: nobody can sign in with a browser", Meaning: "Where the browser goes to sign in."},
	{Name: "token_endpoint", Kind: URL, Spec: both, Default: "none: no code can be exchanged", Meaning: "Where codes and other grants become tokens."},
	{Name: "userinfo_endpoint", Kind: URL, Spec: disco, Default: "there is none: claims come in the ID token alone", Meaning: "Says who signed in, for an access token."},
	{Name: "jwks_uri", Kind: URL, Spec: both, Default: "none: signatures of tokens cannot be verified", Meaning: "The public keys that it signs with."},
	{Name: "revocation_endpoint", Kind: URL, Spec: "RFC 7009 §2, RFC 8414 §2", Default: "tokens cannot be revoked by the client", Meaning: "Ends a token before its time."},
	{Name: "introspection_endpoint", Kind: URL, Spec: "RFC 7662 §2, RFC 8414 §2", Default: "what an opaque token is worth cannot be asked", Meaning: "Says what a token is worth, to an API."},
	{Name: "end_session_endpoint", Kind: URL, Spec: "OpenID Connect RP-Initiated Logout 1.0 §2.1", Default: "an application cannot end the session at the server", Meaning: "Where the browser goes to sign out."},
	{Name: "device_authorization_endpoint", Kind: URL, Spec: "RFC 8628 §4", Default: "no login on another device", Meaning: "Starts a login on another device."},
	{Name: "pushed_authorization_request_endpoint", Kind: URL, Spec: "RFC 9126 §5", Default: "authorization requests go through the browser only", Meaning: "Takes requests before the browser is sent."},
	{Name: "registration_endpoint", Kind: URL, Spec: "RFC 7591 §3, OpenID Connect Discovery 1.0 §3", Default: "clients are registered by hand", Meaning: "Registers clients by a request."},
	{Name: "mtls_endpoint_aliases", Kind: Object, Spec: "RFC 8705 §5", Default: "clients with a certificate use the same endpoints as all", Meaning: "Endpoints for clients that show a certificate."},
	{Name: "check_session_iframe", Kind: URL, Spec: "OpenID Connect Session Management 1.0 §3.3", Default: "a page cannot ask whether the session still lives", Meaning: "A page that tells an application in the browser that the session changed."},
	{Name: "backchannel_authentication_endpoint", Kind: URL, Spec: ciba, Default: "no sign-in that the client starts without a browser", Meaning: "Starts a sign-in that the person confirms elsewhere (CIBA)."},
	{Name: "challenge_endpoint", Kind: URL, Spec: "draft-ietf-oauth-attestation-based-client-auth", Meaning: "Gives out challenges for client attestations."},
}

var requestMembers = []Member{
	{Name: "response_types_supported", Kind: List, Spec: both, Default: "none: the member is required", Meaning: "What may be asked for: code is the one to use."},
	{Name: "response_modes_supported", Kind: List, Spec: both, Default: "query, fragment", Meaning: "How the answer comes back."},
	{Name: "grant_types_supported", Kind: List, Spec: both, Default: "authorization_code, implicit", Meaning: "What is taken in exchange for tokens."},
	{Name: "scopes_supported", Kind: List, Spec: both, Default: "not told; a server may also leave out scopes that it has", Meaning: "Scopes; not always all."},
	{Name: "code_challenge_methods_supported", Kind: List, Spec: "RFC 8414 §2, RFC 7636 §4.3", Default: "by RFC 8414 no PKCE; some servers have it all the same", Meaning: "How a PKCE challenge is made."},
	{Name: "authorization_response_iss_parameter_supported", Kind: Bool, Spec: "RFC 9207 §3", Default: "false", Meaning: "Answers carry iss, which shows a mix-up of servers."},
	{Name: "prompt_values_supported", Kind: List, Spec: "Initiating User Registration via OpenID Connect 1.0", Default: "not told", Meaning: "Values that prompt may have."},
	{Name: "acr_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "How strong a sign-in may be asked to be."},
	{Name: "display_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Kinds of pages that may be asked for."},
	{Name: "ui_locales_supported", Kind: List, Spec: both, Default: "not told", Meaning: "Languages of the pages (BCP 47)."},
	{Name: "claims_parameter_supported", Kind: Bool, Spec: disco, Default: "false", Meaning: "Single claims may be asked for with the parameter claims."},
	{Name: "request_parameter_supported", Kind: Bool, Spec: "OpenID Connect Discovery 1.0 §3", Default: "false", Meaning: "A request may come as a signed JWT in request."},
	{Name: "request_uri_parameter_supported", Kind: Bool, Spec: "OpenID Connect Discovery 1.0 §3", Default: "true, by OpenID Connect Discovery", Meaning: "A request may be fetched from request_uri."},
	{Name: "require_request_uri_registration", Kind: Bool, Spec: disco, Default: "false", Meaning: "A request_uri must be registered before."},
	{Name: "require_signed_request_object", Kind: Bool, Spec: "RFC 9101 §10.5", Default: "false", Meaning: "Every authorization request must be a signed JWT."},
	{Name: "require_pushed_authorization_requests", Kind: Bool, Spec: "RFC 9126 §5", Default: "false", Meaning: "Every authorization request must be pushed first."},
	{Name: "request_object_signing_alg_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Signatures of request objects."},
	{Name: "request_object_encryption_alg_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Encryption of request objects: of the key."},
	{Name: "request_object_encryption_enc_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Encryption of request objects: of the content."},
	{Name: "authorization_details_types_supported", Kind: List, Spec: "RFC 9396 §10", Default: "not told", Meaning: "Types of authorization_details, which ask for more than a scope can say."},
	{Name: "authorization_signing_alg_values_supported", Kind: List, Spec: jarm, Default: "not told", Meaning: "Signatures of answers that come as a JWT."},
	{Name: "authorization_encryption_alg_values_supported", Kind: List, Spec: jarm, Default: "not told", Meaning: "Encryption of answers that come as a JWT: of the key."},
	{Name: "authorization_encryption_enc_values_supported", Kind: List, Spec: jarm, Default: "not told", Meaning: "Encryption of answers that come as a JWT: of the content."},
	{Name: "protected_resources", Kind: List, Spec: "RFC 9728 §4", Default: "not told", Meaning: "Resources that its tokens can be used at."},
}

var clientMembers = []Member{
	{Name: "token_endpoint_auth_methods_supported", Kind: List, Spec: both, Default: "client_secret_basic", Meaning: "How a client proves who it is."},
	{Name: "token_endpoint_auth_signing_alg_values_supported", Kind: List, Spec: both, Default: "not told; needed for the methods with a JWT", Meaning: "Signatures of client assertions."},
	{Name: "revocation_endpoint_auth_methods_supported", Kind: List, Spec: rfc8414, Default: "client_secret_basic", Meaning: "The same at the revocation endpoint."},
	{Name: "revocation_endpoint_auth_signing_alg_values_supported", Kind: List, Spec: rfc8414, Default: "not told", Meaning: "Signatures of client assertions at the revocation endpoint."},
	{Name: "introspection_endpoint_auth_methods_supported", Kind: List, Spec: rfc8414, Default: "not told", Meaning: "The same at the introspection endpoint."},
	{Name: "introspection_endpoint_auth_signing_alg_values_supported", Kind: List, Spec: rfc8414, Default: "not told", Meaning: "Signatures of client assertions at the introspection endpoint."},
	{Name: "dpop_signing_alg_values_supported", Kind: List, Spec: "RFC 9449 §5.1", Default: "no DPoP is told of", Meaning: "Signatures of DPoP proofs, which bind a token to a key of the client."},
	{Name: "tls_client_certificate_bound_access_tokens", Kind: Bool, Spec: "RFC 8705 §3.3", Default: "false", Meaning: "Access tokens can be bound to the client's certificate."},
	{Name: "client_id_metadata_document_supported", Kind: Bool, Spec: "draft-ietf-oauth-client-id-metadata-document", Default: "false", Meaning: "A client id may be the address of the client's own metadata."},
	{Name: "client_attestation_signing_alg_values_supported", Kind: List, Spec: "draft-ietf-oauth-attestation-based-client-auth", Meaning: "Signatures of client attestations."},
	{Name: "client_attestation_pop_signing_alg_values_supported", Kind: List, Spec: "draft-ietf-oauth-attestation-based-client-auth", Meaning: "Signatures of the proofs beside client attestations."},
}

var tokenMembers = []Member{
	{Name: "subject_types_supported", Kind: List, Spec: disco, Default: "none: the member is required by OpenID Connect", Meaning: "One sub for all clients, or one for each."},
	{Name: "id_token_signing_alg_values_supported", Kind: List, Spec: disco, Default: "none: the member is required by OpenID Connect", Meaning: "Signatures of ID tokens; RS256 is required."},
	{Name: "id_token_encryption_alg_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Encryption of ID tokens: of the key."},
	{Name: "id_token_encryption_enc_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Encryption of ID tokens: of the content."},
	{Name: "userinfo_signing_alg_values_supported", Kind: List, Spec: disco, Default: "not told; UserInfo is plain JSON unless a client wants it signed", Meaning: "Signatures of UserInfo answers."},
	{Name: "userinfo_encryption_alg_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Encryption of UserInfo answers: of the key."},
	{Name: "userinfo_encryption_enc_values_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Encryption of UserInfo answers: of the content."},
	{Name: "introspection_signing_alg_values_supported", Kind: List, Spec: "RFC 9701 §7", Default: "not told", Meaning: "Signatures of introspection answers that come as a JWT."},
	{Name: "introspection_encryption_alg_values_supported", Kind: List, Spec: "RFC 9701 §7", Default: "not told", Meaning: "Encryption of introspection answers: of the key."},
	{Name: "introspection_encryption_enc_values_supported", Kind: List, Spec: "RFC 9701 §7", Default: "not told", Meaning: "Encryption of introspection answers: of the content."},
	{Name: "claims_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Claims that it may give; not always all."},
	{Name: "claim_types_supported", Kind: List, Spec: disco, Default: "normal", Meaning: "Whether claims can also come from elsewhere (aggregated, distributed)."},
	{Name: "claims_locales_supported", Kind: List, Spec: disco, Default: "not told", Meaning: "Languages that claims may have."},
	{Name: "verified_claims_supported", Kind: Bool, Spec: "OpenID Connect for Identity Assurance 1.0", Default: "false", Meaning: "Claims can say how they were verified."},
	{Name: "nfv_token_signing_alg_values_supported", Kind: List, Spec: "ETSI GS NFV-SEC 022", Meaning: "Signatures of access tokens in networks of functions."},
	{Name: "nfv_token_encryption_alg_values_supported", Kind: List, Spec: "ETSI GS NFV-SEC 022", Meaning: "Encryption of such access tokens: of the key."},
	{Name: "nfv_token_encryption_enc_values_supported", Kind: List, Spec: "ETSI GS NFV-SEC 022", Meaning: "Encryption of such access tokens: of the content."},
}
