package jwtview

import (
	"fmt"
	"slices"
	"strings"
)

// types are media types that say what a JWT is for (RFC 8725 §3.11), without "application/".
var types = map[string]struct {
	role Role
	spec string
}{
	"at+jwt":                           {RoleAccessToken, "RFC 9068 §2.1"},
	"logout+jwt":                       {RoleLogoutToken, "OpenID Connect Back-Channel Logout 1.0 §2.4"},
	"dpop+jwt":                         {RoleDPoP, "RFC 9449 §4.2"},
	"kb+jwt":                           {RoleKeyBinding, "RFC 9901 §4.3"},
	"secevent+jwt":                     {RoleSecurityEvent, "RFC 8417 §2.3"},
	"oauth-authz-req+jwt":              {RoleRequestObject, "RFC 9101 §10.8"},
	"token-introspection+jwt":          {RoleIntrospection, "RFC 9701 §5"},
	"dc+sd-jwt":                        {RoleCredential, "SD-JWT VC"},
	"vc+sd-jwt":                        {RoleCredential, "SD-JWT VC"},
	"vc+jwt":                           {RoleCredential, "W3C Securing Verifiable Credentials using JOSE and COSE"},
	"vp+jwt":                           {RoleCredential, "W3C Securing Verifiable Credentials using JOSE and COSE"},
	"client-authentication+jwt":        {RoleClientAssertion, "RFC 7523bis"},
	"oauth-client-attestation+jwt":     {RoleAttestation, "OAuth 2.0 Attestation-Based Client Authentication"},
	"oauth-client-attestation-pop+jwt": {RoleAttestation, "OAuth 2.0 Attestation-Based Client Authentication"},
	"keyattestation+jwt":               {RoleAttestation, "OpenID for Verifiable Credential Issuance 1.0 appendix D"},
	"openid4vci-proof+jwt":             {RoleAttestation, "OpenID for Verifiable Credential Issuance 1.0 appendix F"},
	"entity-statement+jwt":             {RoleMetadata, "OpenID Federation 1.0 §3"},
	"trust-mark+jwt":                   {RoleMetadata, "OpenID Federation 1.0 §7"},
	"statuslist+jwt":                   {RoleMetadata, "Token Status List §5"},
}

func roleOfType(typ string) (Role, string, string) {
	t, ok := types[typ]
	if !ok {
		return RoleUnknown, "", ""
	}
	return t.role, fmt.Sprintf("The typ of its header is %s.", typ), t.spec
}

// keycloakTypes are what Keycloak writes into the claim typ.
var keycloakTypes = map[string]Role{
	"Bearer": RoleAccessToken, "DPoP": RoleAccessToken, "ID": RoleIDToken, "Refresh": RoleRefreshToken, "Offline": RoleRefreshToken, "Logout": RoleLogoutToken,
}

// role says what a JWT is for and why: by what it says itself, then by claims that only one kind has, then by what a
// kind usually has. RFC 8725 §3.12 is about what happens to those who do not look.
func (t Token) role() (Role, string, string) {
	for _, tell := range [...]func(Token) (Role, string, string){declared, oneKindOnly, likelyRole} {
		if role, why, spec := tell(t); role != RoleUnknown {
			return role, why, spec
		}
	}
	return RoleUnknown, "", ""
}

// declared reads typ of the header, Keycloak's typ and Cognito's token_use.
func declared(t Token) (Role, string, string) {
	if role, why, spec := roleOfType(mediaType(t.Typ())); role != RoleUnknown {
		return role, why, spec
	}
	if typ, _ := t.Claims.Str("typ"); keycloakTypes[typ] != RoleUnknown {
		return keycloakTypes[typ], fmt.Sprintf("Its claim typ is %s: so Keycloak marks its tokens.", typ), "Keycloak"
	}
	switch use, _ := t.Claims.Str("token_use"); use {
	case "id":
		return RoleIDToken, "Its token_use is id: so Amazon Cognito marks its tokens.", "Amazon Cognito"
	case "access":
		return RoleAccessToken, "Its token_use is access: so Amazon Cognito marks its tokens.", "Amazon Cognito"
	}
	return RoleUnknown, "", ""
}

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// oneKindOnly looks for claims that one kind of token has and no other.
func oneKindOnly(t Token) (Role, string, string) {
	if events, ok := t.Claims.Get("events"); ok && events.Kind == Object {
		if _, logout := events.Get(logoutEvent); logout {
			return RoleLogoutToken, "It has the event " + logoutEvent + ".", "OpenID Connect Back-Channel Logout 1.0 §2.4"
		}
		return RoleSecurityEvent, "It has events: it reports what happened, and is no permission to do anything.", "RFC 8417 §2.2"
	}
	_, jwk := t.Header.Get("jwk")
	switch {
	case jwk && t.has("htm", "htu"):
		return RoleDPoP, "It has htm and htu, a method and an address, and the public key in its header.", "RFC 9449 §4.2"
	case t.has("sd_hash", "nonce"):
		return RoleKeyBinding, "It has sd_hash, the hash of an SD-JWT.", "RFC 9901 §4.3"
	case t.has("token_introspection"):
		return RoleIntrospection, "It has token_introspection.", "RFC 9701 §5"
	case t.has("response_type", "client_id") || t.has("client_id", "redirect_uri"):
		return RoleRequestObject, "It has the parameters of an authorization request.", "RFC 9101 §4"
	case t.has("at_hash"), t.has("c_hash"):
		return RoleIDToken, "It has at_hash or c_hash, which tie an ID token to what was issued with it.", core("3.1.3.6")
	case t.has("code", "iss", "aud") || t.has("error", "iss", "aud"):
		return RoleResponse, "It has the parameters of an authorization response.", "JWT Secured Authorization Response Mode §2.1"
	}
	return RoleUnknown, "", ""
}

// likelyRole goes by what a kind usually has. The order matters: an access token of OpenID Connect has most claims of an ID
// token, and a scope or a client besides.
func likelyRole(t Token) (Role, string, string) {
	iss, _ := t.Claims.Str("iss")
	sub, _ := t.Claims.Str("sub")
	switch {
	case iss != "" && iss == sub && t.has("aud", "exp") && !t.has("scope") && !t.has("nonce"):
		return RoleClientAssertion, "Its iss and sub are one, as of a client that authenticates itself with it.", "RFC 7523 §3"
	case t.has("scope"), t.has("scp"), t.has("client_id"), t.has("cid"), t.has("gty"), t.has("authorization_details"):
		return RoleAccessToken, fmt.Sprintf("It has %s, which says what somebody may do with it or who got it.", t.first("scope", "scp", "client_id", "cid", "gty", "authorization_details")), "RFC 9068 §2.2"
	case t.has("nonce", "aud"):
		return RoleIDToken, "It has a nonce and no scope: the nonce of an authorization request comes back in the ID token.", core("2")
	case t.has("appid"):
		return RoleAccessToken, "It has appid: an access token of Microsoft Entra, version 1.", "Microsoft Entra"
	case t.has("azp") && slices.Equal(t.Audience(), []string{t.text1("azp")}):
		return RoleIDToken, "Its audience is the client itself (azp), and it has no scope.", core("2")
	case t.has("iss", "aud", "exp", "iat", "sub") && (t.has("auth_time") || t.has("sid") || t.has("acr") || t.has("amr") || t.has("preferred_username") || t.has("email") || t.has("oid")):
		return RoleIDToken, fmt.Sprintf("It has %s, about the sign-in of a person, and neither a scope nor a client_id.", t.first("auth_time", "sid", "acr", "amr", "preferred_username", "email", "oid")), core("2")
	case t.has("iss", "aud", "sub") && !t.has("exp") && !t.has("jti") && !t.has("azp"):
		return RoleUserInfo, "It has iss, sub and aud, and no exp: so a signed UserInfo response looks.", core("5.3.2")
	}
	return RoleUnknown, "", ""
}

// has reports that all of the claims are there.
func (t Token) has(names ...string) bool {
	for _, name := range names {
		if _, ok := t.Claims.Get(name); !ok {
			return false
		}
	}
	return true
}

// first names the first of the claims that is there.
func (t Token) first(names ...string) string {
	for _, name := range names {
		if t.has(name) {
			return name
		}
	}
	return ""
}

func (t Token) text1(name string) string {
	s, _ := t.Claims.Str(name)
	return s
}

// roleOfMember takes the word of the token response or form that the token was in.
func (in *Inspection) roleOfMember(member string) {
	role, ok := map[string]Role{
		"access_token": RoleAccessToken, "id_token": RoleIDToken, "id_token_hint": RoleIDToken, "refresh_token": RoleRefreshToken,
		"logout_token": RoleLogoutToken, "client_assertion": RoleClientAssertion, "code": RoleCode, "SAMLResponse": RoleAssertion,
		"request": RoleRequestObject, "response": RoleResponse,
	}[member]
	if !ok || in.Shape == ShapeEmpty || in.Shape == ShapeUnreadable {
		return
	}
	in.Role = role
	switch {
	case in.Shape != ShapeOpaque || in.Provider != "":
	case role == RoleCode:
		in.Advice = codeAdvice
	case role == RoleRefreshToken:
		in.Advice = refreshAdvice
	}
	in.Reason = strings.TrimSpace(in.Reason + fmt.Sprintf(" It was called %s where it was taken from.", member))
}
