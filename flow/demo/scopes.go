package demo

import (
	"slices"
	"strings"
)

const (
	scopeOffline      = "offline_access"
	scopeDeviceSSO    = "device_sso"
	scopeOpenID       = "openid"
	scopeFullAccess   = "https://authgear.com/scopes/full-access"
	scopeFullUserInfo = "https://authgear.com/scopes/full-userinfo"
	scopePreAuth      = "https://authgear.com/scopes/pre-authenticated-url"
)

// knownScopes is scopes_supported, in Authgear's order.
var knownScopes = []string{scopeOffline, scopeDeviceSSO, scopeOpenID, "profile", "email", "address", "phone",
	scopeFullAccess, scopeFullUserInfo, scopePreAuth}

// splitScopes splits at every single space, so that two spaces make an empty, unknown scope (RFC 6749, section 3.3,
// allows one).
func splitScopes(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, " ")
}

// checkScopes checks the scopes one by one in the order they came, and openid last: an unknown scope is named even
// where openid is missing too (pkg/lib/oauth/scope.go).
func (t *Tenant) checkScopes(c *Client, scopes []string) *oauthError {
	for _, s := range scopes {
		switch {
		case !slices.Contains(knownScopes, s):
			return fail("invalid_scope", "specified scope is not allowed: "+s)
		case s == scopeFullAccess && c.confidential():
			return fail("invalid_scope", "full access is not allowed for this client")
		case s == scopeDeviceSSO:
			return fail("invalid_scope", "device_sso is not allowed for this client")
		case s == scopePreAuth:
			return fail("invalid_scope", "device_sso must be requested when using pre-authenticated url")
		}
	}
	if slices.Contains(scopes, scopeOpenID) || t.options.AllowOfflineAccessAlone && slices.Contains(scopes, scopeOffline) {
		return nil
	}
	return fail("invalid_scope", "must request 'openid' scope")
}
