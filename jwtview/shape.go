package jwtview

// Shape is the form that a thing was received in.
type Shape string

// The shapes told apart.
const (
	ShapeEmpty       Shape = "empty"
	ShapeUnreadable  Shape = "unreadable"    // starts like a token, and cannot be read as one
	ShapeJWT         Shape = "jwt"           // a JWS in compact form over claims (RFC 7519 §3)
	ShapeUnsecured   Shape = "jwt_unsecured" // alg none (RFC 7519 §6)
	ShapeNested      Shape = "jwt_nested"    // a JWT whose content is a JWT, cty JWT (RFC 7519 §5.2)
	ShapeJWS         Shape = "jws"           // compact, and the payload is no JSON object (RFC 7515 §7.1)
	ShapeDetached    Shape = "jws_detached"  // the payload travels apart (RFC 7515 appendix F)
	ShapeJWSJSON     Shape = "jws_json"      // general JSON serialization (RFC 7515 §7.2.1)
	ShapeJWSFlat     Shape = "jws_json_flat" // flattened (RFC 7515 §7.2.2)
	ShapeJWE         Shape = "jwe"           // compact (RFC 7516 §7.1)
	ShapeJWEJSON     Shape = "jwe_json"      // general (RFC 7516 §7.2.1)
	ShapeJWEFlat     Shape = "jwe_json_flat" // flattened (RFC 7516 §7.2.2)
	ShapeSDJWT       Shape = "sd_jwt"        // a JWT with disclosures (RFC 9901)
	ShapeOpaque      Shape = "opaque"        // a handle that only its issuer understands (RFC 6749 §1.4)
	ShapeGrantSecret Shape = "grant_secret"  // Authgear's refresh token: grant id, dot, secret
	ShapeUUID        Shape = "uuid"          // RFC 9562 §4
	ShapePASETO      Shape = "paseto"        // version.purpose.payload, v1 to v4
	ShapeMacaroon    Shape = "macaroon"      // a token whose holder can narrow it
	ShapeSAML        Shape = "saml"          // XML of SAML, most often in base64
)

// Role is what a token is for.
type Role string

// The roles told apart, each by what is in the token; RoleUnknown where nothing in it tells.
const (
	RoleUnknown         Role = ""
	RoleIDToken         Role = "id_token"         // OpenID Connect Core 1.0 §2
	RoleAccessToken     Role = "access_token"     // RFC 6749 §1.4, RFC 9068
	RoleRefreshToken    Role = "refresh_token"    // RFC 6749 §1.5
	RoleCode            Role = "code"             // RFC 6749 §1.3.1
	RoleLogoutToken     Role = "logout_token"     // OpenID Connect Back-Channel Logout 1.0 §2.4
	RoleClientAssertion Role = "client_assertion" // RFC 7523 §3
	RoleDPoP            Role = "dpop_proof"       // RFC 9449 §4.2
	RoleKeyBinding      Role = "key_binding"      // RFC 9901 §4.3
	RoleSecurityEvent   Role = "security_event"   // RFC 8417
	RoleRequestObject   Role = "request_object"   // RFC 9101
	RoleResponse        Role = "response"         // of authorization, JARM
	RoleIntrospection   Role = "introspection"    // RFC 9701
	RoleUserInfo        Role = "userinfo"         // OpenID Connect Core 1.0 §5.3.2
	RoleCredential      Role = "credential"       // SD-JWT VC and its relatives
	RoleAssertion       Role = "assertion"        // SAML
	RoleAPIKey          Role = "api_key"          // a personal or machine token that no OAuth flow issued
	RoleAttestation     Role = "attestation"      // of a client or a wallet
	RoleMetadata        Role = "metadata"         // signed metadata: entity statements, software statements
)

var roleNames = map[Role]string{
	RoleIDToken: "ID token", RoleAccessToken: "access token", RoleRefreshToken: "refresh token", RoleCode: "authorization code",
	RoleLogoutToken: "logout token", RoleClientAssertion: "client assertion", RoleDPoP: "DPoP proof", RoleKeyBinding: "key binding JWT",
	RoleSecurityEvent: "security event token", RoleRequestObject: "request object", RoleResponse: "authorization response",
	RoleIntrospection: "introspection response", RoleUserInfo: "UserInfo response", RoleCredential: "verifiable credential",
	RoleAssertion: "assertion", RoleAPIKey: "API key", RoleAttestation: "attestation", RoleMetadata: "signed metadata",
}

var shapeNames = map[Shape]string{
	ShapeEmpty: "nothing", ShapeUnreadable: "no token that can be read", ShapeJWT: "JWT", ShapeUnsecured: "unsecured JWT",
	ShapeNested: "nested JWT", ShapeJWS: "JWS", ShapeDetached: "JWS with detached payload", ShapeJWSJSON: "JWS in JSON",
	ShapeJWSFlat: "JWS in flattened JSON", ShapeJWE: "JWE", ShapeJWEJSON: "JWE in JSON", ShapeJWEFlat: "JWE in flattened JSON",
	ShapeSDJWT: "SD-JWT", ShapeOpaque: "opaque token", ShapeGrantSecret: "refresh token of Authgear", ShapeUUID: "UUID",
	ShapePASETO: "PASETO", ShapeMacaroon: "macaroon", ShapeSAML: "SAML",
}

// String is the role in words, "" if it is unknown.
func (r Role) String() string { return roleNames[r] }

// String is the shape in words.
func (s Shape) String() string { return shapeNames[s] }
