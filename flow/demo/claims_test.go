package demo

import (
	"slices"
	"strings"
	"testing"
)

const (
	claimUser    = "https://authgear.com/claims/user/"
	canReauth    = claimUser + "can_reauthenticate"
	isAnonymous  = claimUser + "is_anonymous"
	isVerified   = claimUser + "is_verified"
	userRoles    = claimUser + "roles"
	fullScopes   = "openid offline_access " + scopeFullAccess
	everyScope   = "openid offline_access profile email"
	withoutLater = "openid profile email"
)

// demoLogin signs ada in, who has a name and an email address.
func demoLogin(tt *testing.T, t *Tenant, clientID, scope string) tokens {
	tt.Helper()
	final, err := SignIn(tt.Context(), local{t}, authorizeURL("client_id", clientID, "scope", scope), DemoUser())
	if err != nil {
		tt.Fatal(err)
	}
	_, rest, _ := strings.Cut(final, "code=")
	return tokensOf(tt, t, codeForm(rest[:32], "client_id", clientID, "client_secret", orElse(builtin(clientID).Secret, "-")))
}

// TestUserInfo holds who is told what: a first party everything whatever the scope, a third party by scope and with
// offline_access only, the identities with a full- scope and offline_access only.
func TestUserInfo(tt *testing.T) {
	base := []string{canReauth, isAnonymous, isVerified, userRoles}
	profile := []string{"name", "preferred_username", "sub", "updated_at"}
	all := slices.Concat([]string{"custom_attributes", "email", "email_verified", "family_name", "given_name"}, base, profile, []string{"x_web3"})
	full := slices.Concat(all[:5], []string{claimUser + "authenticators", canReauth, claimUser + "identities", isAnonymous, isVerified,
		claimUser + "recovery_code_enabled", userRoles}, profile, []string{"x_web3"})
	for _, row := range []struct {
		clientID, scope string
		want            []string
	}{
		{"workshop-spa", "openid", all},
		{"workshop-web", "openid offline_access", all},
		{"workshop-spa", fullScopes, full},
		{"workshop-spa", "openid " + scopeFullAccess, all},
		{"workshop-spa", "openid offline_access " + scopeFullUserInfo, full},
		{"third-party", withoutLater, append(slices.Clone(base), "sub")},
		{"third-party", everyScope, slices.Concat([]string{"email", "email_verified", "family_name", "given_name"}, base, profile)},
		{"third-party", "openid offline_access", append(slices.Clone(base), "sub")},
	} {
		t := newTestTenant(Options{})
		got := demoLogin(tt, t, row.clientID, row.scope)
		a := send(tt, t, "/oauth2/userinfo", nil, "Authorization", "Bearer "+got.Access)
		if a.status != 200 || !slices.Equal(names(tt, a.body), row.want) {
			tt.Errorf("%s with %q: got %d %v\nwant %v", row.clientID, row.scope, a.status, names(tt, a.body), row.want)
		}
	}
}

// TestUserInfoErrors holds the one answer for every token that does not work, and the browser's session behind it.
func TestUserInfoErrors(tt *testing.T) {
	t := newTestTenant(Options{})
	session, got := browse(tt, t)
	for _, header := range []string{"", "Bearer", "Bearer garbage", "Bearer a.b.c", "DPoP " + got.Access, "Basic x", "Bearer " + got.ID} {
		for _, form := range []map[string][]string{nil, {"access_token": {got.Access}}} {
			a := send(tt, t, "/oauth2/userinfo", form, "Authorization", header)
			if a.status != 401 || a.body != `{"error":"invalid_grant","error_description":"invalid session"}`+"\n" ||
				a.header.Get("WWW-Authenticate") != `Bearer error="invalid_grant", error_description="invalid session"` {
				tt.Errorf("Authorization %q, form %v: got %d %q %v", header, form, a.status, a.body, a.header)
			}
		}
	}
	if a := send(tt, t, "/oauth2/userinfo", nil, "Authorization", "Bearer garbage", "Cookie", "session="+session); a.status != 200 {
		tt.Errorf("a bad token with a browser's session: got %d, want 200 as Authgear", a.status)
	}
	if a := send(tt, t, "/oauth2/userinfo", map[string][]string{}, "Authorization", "bearer "+got.Access); a.status != 200 {
		tt.Errorf("POST with a right token: got %d, want 200", a.status)
	}
}

// TestIDTokenClaims holds names and order by client, and that personal data is for clients with a secret only.
func TestIDTokenClaims(tt *testing.T) {
	plain := []string{"amr", "aud", "auth_time", "exp", canReauth, isAnonymous, isVerified, userRoles, "iat", "iss", "nonce", "sid", "sub"}
	personal := []string{"amr", "aud", "auth_time", "email", "email_verified", "exp", "family_name", "given_name",
		canReauth, isAnonymous, isVerified, userRoles, "iat", "iss", "name", "nonce", "preferred_username", "sid", "sub", "updated_at"}
	for clientID, want := range map[string][]string{
		"workshop-spa": plain, "workshop-rotating": plain, "workshop-web": personal, "third-party": personal,
	} {
		got := demoLogin(tt, newTestTenant(Options{}), clientID, everyScope)
		header, payload := segments(tt, got.ID)
		if !slices.Equal(names(tt, payload), want) {
			tt.Errorf("%s: claims %v\nwant %v", clientID, names(tt, payload), want)
		}
		if h := names(tt, header); !slices.Equal(h, []string{"alg", "kid", "typ"}) || !strings.HasSuffix(header, `"typ":"JWT"}`) {
			tt.Errorf("%s: header %s, want alg, kid, typ JWT", clientID, header)
		}
		if id, _, _ := strings.Cut(got.Refresh, "."); !strings.Contains(payload, `"sid":"`+sid(id)+`"`) {
			tt.Errorf("%s: %s, want the sid of refresh token %s", clientID, payload, got.Refresh)
		}
	}
}

// TestKeys holds that the tokens verify with the key set, and that a tenant makes its own key beside what it answers.
func TestKeys(tt *testing.T) {
	t := New(Options{Issuer: testIssuer})
	if a := send(tt, t, "/.well-known/openid-configuration", nil); a.status != 200 {
		tt.Errorf("metadata before the key: got %d", a.status)
	}
	got := login(tt, t)
	if claims, ok := t.key().open(got.ID); !ok || claims["iss"] != testIssuer {
		tt.Errorf("the tenant does not know its own ID token: %v", claims)
	}
	a := send(tt, t, "/oauth2/jwks", nil)
	if want := `{"keys":[{"alg":"RS256","created_at":`; !strings.HasPrefix(a.body, want) || !strings.Contains(a.body, `"e":"AQAB","kid":"`+t.key().kid) {
		tt.Errorf("key set %s, want %s… and the kid of the tokens", a.body, want)
	}
	if _, ok := t.key().open("eyJhbGciOiJub25lIn0.e30."); ok {
		tt.Error("a token with alg none was taken for the tenant's")
	}
}
