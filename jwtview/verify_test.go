package jwtview

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// now is 3 min 32 s before the Authgear ID token of these tests expires.
var now = time.Date(2026, 11, 22, 21, 10, 0, 0, time.UTC)

// A case changes a good set of claims and expectations, and says what the check of that id becomes.
type verifyCase struct {
	name   string
	claims jwt.MapClaims // replaced; nil removes
	expect func(*Expect) // changed
	status Status
	want   string // part of Want
	got    string // part of Got
	detail string // part of Detail
}

func goodClaims() jwt.MapClaims {
	at := now.Unix()
	return jwt.MapClaims{
		"iss": "https://id.example", "sub": "u1", "aud": []string{"app"}, "iat": at - 2, "exp": at + 298,
		"auth_time": at - 60, "nonce": "n-1",
	}
}

func goodExpect(t testing.TB) Expect {
	return Expect{
		Issuer: "https://id.example", ClientID: "app", Nonce: "n-1", NonceSent: true, AccessToken: "access",
		Keys: mustKeys(t, with(signerOf("ES256").jwk, `"kid":"k1"`)), KeysKnown: true, Leeway: 10 * time.Second,
	}
}

// changed applies a case to good claims.
func changed(claims jwt.MapClaims) jwt.MapClaims {
	all := goodClaims()
	for name, v := range claims {
		if v == nil {
			delete(all, name)
		} else {
			all[name] = v
		}
	}
	return all
}

func find(t *testing.T, checks []Check, id string) Check {
	t.Helper()
	i := slices.IndexFunc(checks, func(c Check) bool { return c.ID == id })
	if i < 0 {
		t.Fatalf("no check %s among %v", id, checks)
	}
	return checks[i]
}

func compare(t *testing.T, id string, tt verifyCase, c Check) {
	t.Helper()
	if c.Status != tt.status || !strings.Contains(c.Want, tt.want) || !strings.Contains(c.Got, tt.got) || !strings.Contains(c.Detail, tt.detail) {
		t.Errorf("%s, %s:\n is   %s, want %q, got %q: %s\nnot   %s, want %q, got %q: %s",
			id, tt.name, c.Status, c.Want, c.Got, c.Detail, tt.status, tt.want, tt.got, tt.detail)
	}
	if c.Spec == "" || c.Detail == "" {
		t.Errorf("%s, %s: no specification %q or no detail %q", id, tt.name, c.Spec, c.Detail)
	}
}

func ids(checks []Check) string {
	var all []string
	for _, c := range checks {
		all = append(all, c.ID)
	}
	return strings.Join(all, " ")
}

func TestVerifyAuthgear(t *testing.T) {
	keys, err := ParseKeys([]byte(authgearKeys))
	if err != nil {
		t.Fatal(err)
	}
	e := Expect{Issuer: "http://localhost:3100", ClientID: "spa_client", Nonce: "no-88beb3ea", NonceSent: true,
		AccessToken: "B9o8xCOnVKcUzlKy1udLNIydOerbhPeD", Algs: []string{"RS256"}, Keys: keys, KeysKnown: true}
	checks := Decode(authgearIDToken).VerifyID(e, now)
	if got, want := ids(checks), "signature iss sub aud azp exp iat nbf nonce at_hash"; got != want {
		t.Errorf("checks are %s, want %s", got, want)
	}
	for _, c := range checks {
		want := Passed
		if c.ID == "azp" || c.ID == "nbf" || c.ID == "at_hash" {
			want = NotApplicable
		}
		if c.Status != want {
			t.Errorf("%s of a real ID token is %s, want %s: %+v", c.ID, c.Status, want, c)
		}
	}
	if got, want := find(t, checks, "exp").Got, "2026-11-22T21:13:32Z (in 3m32s)"; got != want {
		t.Errorf("exp is shown as %q, want %q", got, want)
	}
}

func TestVerifyID(t *testing.T) {
	at := now.Unix()
	for id, cases := range map[string][]verifyCase{
		"signature": {
			{"good", nil, nil, Passed, "ES256", "verified by kid k1 (ES256, EC P-256)", "signed exactly this"},
			{"keys unknown", nil, func(e *Expect) { e.KeysKnown = false }, NotApplicable, "", "", "not checkable: the keys"},
			{"set empty", nil, func(e *Expect) { e.Keys = nil }, Failed, "none: the set is empty", "k1", "not in the set"},
			{"alg advertised", nil, func(e *Expect) { e.Algs = []string{"RS256", "ES256"} }, Passed, "", "", ""},
			{"alg not advertised", nil, func(e *Expect) { e.Algs = []string{"RS256"} }, Failed, "RS256", "ES256", "does not list this algorithm"},
		},
		"iss": {
			{"good", nil, nil, Passed, "https://id.example", "https://id.example", "byte by byte"},
			{"unknown", nil, func(e *Expect) { e.Issuer = "" }, NotApplicable, "", "https://id.example", "not checkable"},
			{"absent", jwt.MapClaims{"iss": nil}, nil, Failed, "", "absent", "must name its issuer"},
			{"number", jwt.MapClaims{"iss": 1}, nil, Failed, "", "1", "must be a JSON string, and is a number"},
			{"trailing slash", jwt.MapClaims{"iss": "https://id.example/"}, nil, Failed, "", "", `trailing slash only, which counts; the first difference is at byte 19: "/" instead of the end.`},
			{"missing slash", nil, func(e *Expect) { e.Issuer += "/" }, Failed, "", "", `trailing slash only, which counts; the first difference is at byte 19: the end instead of "/".`},
			{"http", jwt.MapClaims{"iss": "http://id.example"}, nil, Failed, "", "", `They differ in https and http, as behind a proxy that ends TLS; the first difference is at byte 5: ":" instead of "s".`},
			{"case", jwt.MapClaims{"iss": "https://ID.example"}, nil, Failed, "", "", "upper and lower case only"},
			{"host", jwt.MapClaims{"iss": "https://auth.example"}, nil, Failed, "", "", "differ in the host"},
			{"path", jwt.MapClaims{"iss": "https://id.example/v2"}, nil, Failed, "", "", "the path is not: another tenant"},
			{"other", jwt.MapClaims{"iss": "https://evil.example/x"}, nil, Failed, "", "", "another issuer"},
			{"no URL", jwt.MapClaims{"iss": "https://id.example\x7f"}, nil, Failed, "", "", "byte 19: 0x7f instead of the end"},
		},
		"sub": {
			{"good", nil, nil, Passed, "", "u1", ""},
			{"absent", jwt.MapClaims{"sub": nil}, nil, Failed, "", "absent", "must name its subject"},
			{"empty", jwt.MapClaims{"sub": ""}, nil, Failed, "", "an empty string", "must name its subject"},
			{"number", jwt.MapClaims{"sub": 7}, nil, Failed, "", "7", "must be a JSON string"},
			{"long", jwt.MapClaims{"sub": strings.Repeat("u", 256)}, nil, Passed, "", "uuu", "no more than 255"},
		},
		"aud": {
			{"good", nil, nil, Passed, "app", "app", "and no other"},
			{"string", jwt.MapClaims{"aud": "app"}, nil, Passed, "app", "app", "and no other"},
			{"others too", jwt.MapClaims{"aud": []string{"api", "app"}}, nil, Passed, "app", "api, app", "also for api"},
			{"others only", jwt.MapClaims{"aud": []string{"api"}}, nil, Failed, "app", "api", "for somebody else"},
			{"absent", jwt.MapClaims{"aud": nil}, nil, Failed, "app", "absent", "must name the client"},
			{"empty", jwt.MapClaims{"aud": []string{}}, nil, Failed, "app", "[]", "a string, or an array of strings"},
			{"number inside", jwt.MapClaims{"aud": []any{"app", 1}}, nil, Failed, "app", `["app",1]`, "a string, or an array of strings"},
			{"object", jwt.MapClaims{"aud": jwt.MapClaims{"app": 1}}, nil, Failed, "app", `{"app":1}`, "a string, or an array of strings"},
			{"client unknown", nil, func(e *Expect) { e.ClientID = "" }, NotApplicable, "", "app", "not checkable"},
		},
		"azp": {
			{"absent", nil, nil, NotApplicable, "app", "absent", "as it may be with one audience"},
			{"absent among several", jwt.MapClaims{"aud": []string{"app", "api"}}, nil, Failed, "app", "absent", "With several audiences"},
			{"good", jwt.MapClaims{"azp": "app"}, nil, Passed, "app", "app", "issued to this client"},
			{"other", jwt.MapClaims{"azp": "api"}, nil, Failed, "app", "api", "issued to another client"},
			{"number", jwt.MapClaims{"azp": 1}, nil, Failed, "app", "1", "must be a JSON string"},
			{"client unknown", jwt.MapClaims{"azp": "app"}, func(e *Expect) { e.ClientID = "" }, NotApplicable, "", "app", "not checkable"},
		},
		"exp": {
			{"good", nil, nil, Passed, "after now, leeway 10s (2026-11-22T21:10:00Z)", "2026-11-22T21:14:58Z (in 4m58s)", "not expired"},
			{"leeway", jwt.MapClaims{"exp": at - 9}, nil, Passed, "", "(9s ago)", "within the leeway"},
			{"end of leeway", jwt.MapClaims{"exp": at - 10}, nil, Failed, "", "(10s ago)", "has expired"},
			{"now, no leeway", jwt.MapClaims{"exp": at}, func(e *Expect) { e.Leeway = 0 }, Failed, "leeway 0s", "(now)", "has expired"},
			{"long ago", jwt.MapClaims{"exp": at - 86400*9}, nil, Failed, "", "(9d0h ago)", "has expired"},
			{"absent", jwt.MapClaims{"exp": nil}, nil, Failed, "", "absent", "must say when it expires"},
			{"string", jwt.MapClaims{"exp": "1795381712"}, nil, Failed, "", `"1795381712"`, "seconds since 1970, and is a JSON string"},
			{"null", jwt.MapClaims{"exp": json.RawMessage("null")}, nil, Failed, "", "null", "is a JSON null"},
			{"milliseconds", jwt.MapClaims{"exp": at * 1000}, nil, Failed, "", fmt.Sprint(at * 1000), "Read as milliseconds it is 2026-11-22T21:10:00Z"},
			{"huge", jwt.MapClaims{"exp": json.Number("1e400")}, nil, Failed, "", "1e400", "no date between the years"},
			{"negative", jwt.MapClaims{"exp": -1}, nil, Failed, "", "1969-12-31T23:59:59Z", "has expired"},
			{"far", jwt.MapClaims{"exp": json.Number("253402300799")}, nil, Passed, "", "9999-12-31T23:59:59Z (in 106751d23h)", "not expired"},
			{"fraction", jwt.MapClaims{"exp": json.Number(fmt.Sprint(at, ".5"))}, nil, Passed, "", "(now)", "not expired"},
		},
		"iat": {
			{"good", nil, nil, Passed, "not after now", "2026-11-22T21:09:58Z (2s ago)", "in the past"},
			{"leeway", jwt.MapClaims{"iat": at + 10}, nil, Passed, "", "(in 10s)", "within the leeway"},
			{"future", jwt.MapClaims{"iat": at + 47}, nil, Failed, "", "(in 47s)", "our clock is 47s behind that of the issuer"},
			{"absent", jwt.MapClaims{"iat": nil}, nil, Failed, "", "absent", "must say when it was issued"},
			{"string", jwt.MapClaims{"iat": "x"}, nil, Failed, "", `"x"`, "is a JSON string"},
		},
		"nbf": {
			{"absent", nil, nil, NotApplicable, "", "absent", "as it may be"},
			{"good", jwt.MapClaims{"nbf": at}, nil, Passed, "", "(now)", "valid already"},
			{"leeway", jwt.MapClaims{"nbf": at + 10}, nil, Passed, "", "(in 10s)", "within the leeway"},
			{"future", jwt.MapClaims{"nbf": at + 3700}, nil, Failed, "", "(in 1h1m40s)", "not valid yet"},
			{"array", jwt.MapClaims{"nbf": []int{1}}, nil, Failed, "", "[1]", "is a JSON array"},
		},
		"nonce": {
			{"good", nil, nil, Passed, "n-1", "n-1", "answers this authorization request"},
			{"other", jwt.MapClaims{"nonce": "n-2"}, nil, Failed, "n-1", "n-2", "another authorization request"},
			{"absent", jwt.MapClaims{"nonce": nil}, nil, Failed, "n-1", "absent", "must be in the ID token"},
			{"number", jwt.MapClaims{"nonce": 1}, nil, Failed, "n-1", "1", "must be a JSON string"},
			{"not sent", nil, func(e *Expect) { e.Nonce, e.NonceSent = "", false }, NotApplicable, "", "n-1", "Present, though no nonce"},
			{"not sent, absent", jwt.MapClaims{"nonce": nil}, func(e *Expect) { e.Nonce, e.NonceSent = "", false }, NotApplicable, "", "absent", "none is here"},
			{"sent, value unknown", nil, func(e *Expect) { e.Nonce = "" }, NotApplicable, "", "n-1", "not checkable"},
		},
		"at_hash": {
			{"absent", nil, nil, NotApplicable, "", "absent", "as it may be"},
			{"good", jwt.MapClaims{"at_hash": "oFYf1knNtrqnhAVfBRuteQ"}, nil, Passed, "oFYf1knNtrqnhAVfBRuteQ", "oFYf1knNtrqnhAVfBRuteQ", "issued together"},
			{"other", jwt.MapClaims{"at_hash": "x"}, nil, Failed, "oFYf1knNtrqnhAVfBRuteQ", "x", "another access token, or was hashed with another algorithm than SHA-256 of ES256"},
			{"token unknown", jwt.MapClaims{"at_hash": "x"}, func(e *Expect) { e.AccessToken = "" }, NotApplicable, "", "x", "not checkable"},
			{"number", jwt.MapClaims{"at_hash": 1}, nil, Failed, "", "1", "must be a JSON string"},
		},
	} {
		for _, tt := range cases {
			e := goodExpect(t)
			if tt.expect != nil {
				tt.expect(&e)
			}
			checks := Decode(sign(t, "ES256", "k1", changed(tt.claims))).VerifyID(e, now)
			compare(t, id, tt, find(t, checks, id))
		}
	}
}

// The hash is that of the algorithm: OpenID Connect Core 1.0 §3.1.3.6.
func TestAccessTokenHash(t *testing.T) {
	for alg, want := range map[string]int{"RS256": 22, "PS384": 32, "ES512": 43, "EdDSA": 43} {
		tok := Decode(sign(t, alg, "", jwt.MapClaims{"at_hash": ""}))
		if c := find(t, tok.VerifyID(Expect{AccessToken: "x"}, now), "at_hash"); len(c.Want) != want || c.Status != Failed {
			t.Errorf("at_hash for %s should be %q, of %d characters instead of %d", alg, c.Want, len(c.Want), want)
		}
	}
	// OpenID Connect Core 1.0 A.3: the access token and at_hash of the specification's example.
	tok := Decode(sign(t, "RS256", "", jwt.MapClaims{"at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}))
	if c := find(t, tok.VerifyID(Expect{AccessToken: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"}, now), "at_hash"); c.Status != Passed {
		t.Errorf("at_hash of the specification's example: %+v", c)
	}
	c := find(t, Decode(token(`{"alg":"x"}`, `{"at_hash":"x"}`, "s")).VerifyID(Expect{AccessToken: "x"}, now), "at_hash")
	if c.Status != NotApplicable || !strings.Contains(c.Detail, `alg "x"`) {
		t.Errorf("at_hash with an unknown alg: %+v", c)
	}
}

// Without anything to compare with, nothing fails but what every ID token needs.
func TestVerifyWithoutExpectations(t *testing.T) {
	for _, c := range Decode(authgearIDToken).VerifyID(Expect{}, now) {
		if c.Status == Failed {
			t.Errorf("%s failed for want of an expectation: %s", c.ID, c.Detail)
		}
	}
	for _, header := range []string{`{"alg":"HS256"}`, `{"alg":"ES256K"}`} {
		if c := Decode(token(header, `{}`, "s")).VerifyID(Expect{}, now)[0]; c.Status != NotApplicable {
			t.Errorf("%s without keys: %s, want not_applicable: %s", header, c.Status, c.Detail)
		}
	}
}

func TestVerifyWhatIsNoIDToken(t *testing.T) {
	for _, in := range []string{"", "opaque", authgearRefresh, "eyJ", "a.b.c", token(`{"alg":"RS256"}`, "[]", "s"), b64(`{"alg":"dir"}`) + "....", b64(`{"alg":"RS256"}`)} {
		tok := Decode(in)
		for _, checks := range [][]Check{tok.VerifyID(goodExpect(t), now), tok.VerifyRefreshedID(goodExpect(t), now)} {
			for _, c := range checks {
				want := NotApplicable
				if c.ID == "signature" {
					want = Failed
				}
				if c.Status != want || c.Detail == "" || c.Got == "" {
					t.Errorf("%q: %s is %s with got %q, want %s: %s", in, c.ID, c.Status, c.Got, want, c.Detail)
				}
				if in == "opaque" && strings.Contains(c.Got, authgearRefresh) {
					t.Errorf("%s shows the token itself: %q", c.ID, c.Got)
				}
			}
		}
	}
}

func TestVerifyDuplicateClaim(t *testing.T) {
	tok := Decode(token(`{"alg":"RS256"}`, `{"sub":"u1","sub":"u2","exp":1,"exp":2}`, "s"))
	for _, id := range []string{"sub", "exp"} {
		if c := find(t, tok.VerifyID(Expect{}, now), id); c.Status != Failed || c.Got != "2 members of that name" {
			t.Errorf("%s twice: %+v", id, c)
		}
	}
}
