package demo

import (
	"slices"
	"time"
)

// User is somebody who can sign in, with the standard attributes an administrator would see (OIDC Core 1.0,
// section 5.1). Empty attributes are not told.
type User struct {
	// Login is the user name; Password is the only other thing the sign-in page asks for.
	Login, Password string
	// Sub is the user's identifier, a UUID in Authgear.
	Sub                         string
	Email                       string
	GivenName, FamilyName, Name string
}

// DemoUser returns the user whose login and password the sign-in page shows.
func DemoUser() User {
	return User{
		Login: "ada", Password: "analytical-engine", Sub: "7d0e5f4c-2a91-4b7e-9a5d-0c1843ada001",
		Email: "ada@example.com", GivenName: "Ada", FamilyName: "Lovelace", Name: "Ada Lovelace",
	}
}

// users are everybody who can sign in. The second has nothing but a user name, like the user of the captures.
func users() []User {
	return []User{DemoUser(), {Login: "alice", Password: "correct-horse-1", Sub: "45a53d1d-5b2b-4bdb-9f46-71ca4b93b273"}}
}

// findUser finds a user by user name or email address, as Authgear's sign-in does.
func findUser(login string) *User {
	return pickUser(func(u User) bool { return login != "" && (u.Login == login || u.Email == login) })
}

func userBySub(sub string) *User { return pickUser(func(u User) bool { return u.Sub == sub }) }

func pickUser(match func(User) bool) *User {
	all := users()
	i := slices.IndexFunc(all, match)
	if i < 0 {
		return nil
	}
	return &all[i]
}

// profileClaims are the standard attributes that the scopes tell (OIDC Core 1.0, section 5.4); with all, everything.
func (u *User) profileClaims(scopes []string, all bool, updated time.Time) map[string]any {
	claims := map[string]any{}
	if all || slices.Contains(scopes, "profile") {
		claims["preferred_username"] = u.Login
		claims["updated_at"] = updated.Unix()
		for name, v := range map[string]string{"given_name": u.GivenName, "family_name": u.FamilyName, "name": u.Name} {
			if v != "" {
				claims[name] = v
			}
		}
	}
	if u.Email != "" && (all || slices.Contains(scopes, "email")) {
		claims["email"] = u.Email
		claims["email_verified"] = false
	}
	return claims
}

// authgearClaims are the four that every ID token and userinfo response has.
func (u *User) authgearClaims() map[string]any {
	return map[string]any{
		"https://authgear.com/claims/user/can_reauthenticate": true,
		"https://authgear.com/claims/user/is_anonymous":       false,
		"https://authgear.com/claims/user/is_verified":        false,
		"https://authgear.com/claims/user/roles":              []string{},
	}
}
