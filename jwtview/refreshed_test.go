package jwtview

import (
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

func TestVerifyRefreshedID(t *testing.T) {
	at := now.Unix()
	first := Decode(sign(t, "ES256", "k1", changed(jwt.MapClaims{"iat": at - 1800, "exp": at - 1500, "auth_time": at - 1860, "nonce": "n-1"})))
	withAzp := Decode(sign(t, "ES256", "k1", changed(jwt.MapClaims{"azp": "app", "aud": []string{"app", "api"}})))
	bare := Decode(sign(t, "ES256", "k1", changed(jwt.MapClaims{"auth_time": nil, "nonce": nil})))
	none := func(e *Expect) { e.First = nil }
	refreshed := jwt.MapClaims{"auth_time": at - 1860, "nonce": nil}
	for id, cases := range map[string][]verifyCase{
		"signature": {{"good", nil, nil, Passed, "", "kid k1", ""}},
		"iss": {
			{"good", nil, nil, Passed, "https://id.example, as in the first ID token", "https://id.example", "Unchanged"},
			{"other", jwt.MapClaims{"iss": "https://x.example"}, nil, Failed, "https://id.example", "https://x.example", "differ in the host"},
			{"other than the first", jwt.MapClaims{"iss": "https://x.example"}, func(e *Expect) { e.Issuer = "" }, Failed, "as in the first", "https://x.example", "must have the same iss"},
			{"first unknown", nil, none, Passed, "https://id.example", "", "byte by byte"},
		},
		"sub": {
			{"good", nil, nil, Passed, "u1, as in the first ID token", "u1", "Unchanged"},
			{"other", jwt.MapClaims{"sub": "u2"}, nil, Failed, "u1, as in the first ID token", "u2", "must have the same sub"},
			{"first unknown", nil, none, Passed, "", "u1", "names the user"},
		},
		"aud": {
			{"good", nil, nil, Passed, "app", "app", "Unchanged"},
			{"as a string", jwt.MapClaims{"aud": "app"}, nil, Passed, "app", "app", "Unchanged"},
			{"more", jwt.MapClaims{"aud": []string{"app", "api"}}, nil, Failed, "app", "app, api", "must have the same aud"},
			{"another", jwt.MapClaims{"aud": "api"}, nil, Failed, "app", "api", "for somebody else"},
		},
		"azp": {
			{"absent in both", nil, nil, NotApplicable, "", "absent", ""},
			{"new", jwt.MapClaims{"azp": "app"}, nil, Failed, "absent, as in the first ID token", "app", "must have the same azp"},
			{"lost", nil, func(e *Expect) { e.First = &withAzp }, Failed, "app, as in the first ID token", "absent", "must have the same azp"},
			{"same", jwt.MapClaims{"azp": "app"}, func(e *Expect) { e.First = &withAzp }, Passed, "app", "app", "Unchanged"},
		},
		"iat": {
			{"good", nil, nil, Passed, "", "2s ago", ""},
			{"same as the first", jwt.MapClaims{"iat": at - 1800}, nil, Passed, "", "30m0s ago", ""},
			{"before the first", jwt.MapClaims{"iat": at - 1801}, nil, Failed, "not before the first ID token", "30m1s ago", "a time before the first"},
			{"first unknown", jwt.MapClaims{"iat": at - 1801}, none, Passed, "", "", ""},
			{"absent", jwt.MapClaims{"iat": nil}, nil, Failed, "", "absent", ""},
		},
		"exp": {{"good", nil, nil, Passed, "", "in 4m58s", ""}},
		"nbf": {{"absent", nil, nil, NotApplicable, "", "absent", ""}},
		"auth_time": {
			{"good", nil, nil, Passed, ", as in the first ID token", "2026-11-22T20:39:00Z", "still the time of the sign-in"},
			{"of the refresh", jwt.MapClaims{"auth_time": at}, nil, Failed, "2026-11-22T20:39:00Z", "2026-11-22T21:10:00Z", "not of the refresh"},
			{"absent", jwt.MapClaims{"auth_time": nil}, nil, NotApplicable, "", "absent", "as it may be"},
			{"string", jwt.MapClaims{"auth_time": "x"}, nil, Failed, "", `"x"`, "is a JSON string"},
			{"first unknown", nil, none, NotApplicable, "", "", "not checkable: the first ID token is not known"},
			{"first without", nil, func(e *Expect) { e.First = &bare }, NotApplicable, "", "", "the first ID token has no auth_time"},
		},
		"nonce": {
			{"absent", nil, nil, NotApplicable, "absent, or", "absent", "as it should be after a refresh"},
			{"same", jwt.MapClaims{"nonce": "n-1"}, nil, Passed, "", "n-1", "the nonce of the first"},
			{"other", jwt.MapClaims{"nonce": "n-2"}, nil, Failed, "absent, or n-1", "n-2", "must not have another one"},
			{"first without", jwt.MapClaims{"nonce": "n-1"}, func(e *Expect) { e.First = &bare }, Failed, "absent, or as in the first", "n-1", "must not have another one"},
			{"first unknown, sent", jwt.MapClaims{"nonce": "n-1"}, none, Passed, "", "n-1", ""},
			{"first unknown, not sent", jwt.MapClaims{"nonce": "n-1"}, func(e *Expect) { e.First, e.NonceSent = nil, false }, NotApplicable, "", "n-1", "not checkable"},
			{"number", jwt.MapClaims{"nonce": 1}, nil, Failed, "", "1", "must be a JSON string"},
		},
		"at_hash": {{"absent", nil, nil, NotApplicable, "", "absent", ""}},
	} {
		for _, tt := range cases {
			e := goodExpect(t)
			e.First = &first
			if tt.expect != nil {
				tt.expect(&e)
			}
			claims := changed(refreshed)
			for name, v := range tt.claims {
				if claims[name] = v; v == nil {
					delete(claims, name)
				}
			}
			checks := Decode(sign(t, "ES256", "k1", claims)).VerifyRefreshedID(e, now)
			if got, want := ids(checks), "signature iss sub aud azp iat exp nbf auth_time nonce at_hash"; got != want {
				t.Fatalf("checks are %s, want %s", got, want)
			}
			compare(t, id, tt, find(t, checks, id))
		}
	}
}
