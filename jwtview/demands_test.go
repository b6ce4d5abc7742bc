package jwtview

import (
	"strings"
	"testing"
	"time"
)

// One line a demand that holds and one that does not.
func TestVerifyDemands(t *testing.T) {
	const claims = `{"iss":"https://i","aud":["api","other"],"azp":"app","nonce":"n","sub":"u","iat":1795381700,"nbf":1795381700,"exp":1795382000,"auth_time":1795378000}`
	tok := Decode(token(`{"alg":"RS256","typ":"at+jwt"}`, claims, "s"))
	tests := []struct {
		name   string
		d      Demands
		id     string
		status Status
		detail string
	}{
		{"iss", Demands{Issuer: "https://i"}, "iss", Passed, ""},
		{"iss with a slash", Demands{Issuer: "https://i/"}, "iss", Failed, "trailing slash"},
		{"aud", Demands{Audience: "api"}, "aud", Passed, ""},
		{"aud of another", Demands{Audience: "mine"}, "aud", Failed, "This token is for api, other, not for mine"},
		{"azp", Demands{Party: "app"}, "azp", Passed, ""},
		{"azp of another", Demands{Party: "x"}, "azp", Failed, "not what was expected"},
		{"nonce", Demands{Nonce: "n"}, "nonce", Passed, ""},
		{"nonce of another", Demands{Nonce: "m"}, "nonce", Failed, ""},
		{"typ", Demands{Type: "application/AT+jwt"}, "typ", Passed, ""},
		{"typ of another", Demands{Type: "JWT"}, "typ", Failed, "another kind"},
		{"max-age", Demands{MaxAge: 2 * time.Hour}, "auth_time", Passed, "auth_time"},
		{"max-age, older", Demands{MaxAge: time.Hour}, "auth_time", Failed, "sign in again"},
		{"max-age, leeway", Demands{MaxAge: time.Hour, Leeway: 5 * time.Minute}, "auth_time", Passed, ""},
		{"exp", Demands{}, "exp", Passed, ""},
		{"no key", Demands{Issuer: "https://i"}, "signature", NotApplicable, "Not verified"},
		{"an empty set", Demands{KeysKnown: true}, "signature", Failed, "no keys"},
	}
	for _, tt := range tests {
		found := false
		for _, c := range tok.Verify(tt.d, now) {
			if c.ID != tt.id {
				continue
			}
			found = true
			if c.Status != tt.status || !strings.Contains(c.Detail, tt.detail) || c.Want == "" || c.Got == "" || c.Spec == "" {
				t.Errorf("%s: %+v, want %s %q", tt.name, c, tt.status, tt.detail)
			}
		}
		if !found {
			t.Errorf("%s: there is no check %s", tt.name, tt.id)
		}
	}
	if c := tok.Verify(Demands{}, now.Add(time.Hour))[1]; c.ID != "exp" || c.Status != Failed || strings.Contains(c.Detail, "ID token") {
		t.Errorf("an hour later: %+v", c)
	}
	everything := Demands{Issuer: "i", Audience: "a", Party: "p", Nonce: "n", Type: "t", MaxAge: 1}
	var order []string
	for _, c := range tok.Verify(everything, now) {
		order = append(order, c.ID)
	}
	if got := strings.Join(order, " "); got != "signature typ iss aud azp nonce exp nbf iat auth_time" {
		t.Errorf("the order is %s", got)
	}
}

// What cannot be verified here is said by name, and is never valid.
func TestVerifyNeverSaysValid(t *testing.T) {
	keys := mustKeys(t, signers()["RSA"].jwk)
	for alg, detail := range map[string]string{"ES256K": "secp256k1", "Ed448": "Ed448", "ML-DSA-65": "post-quantum", "rs256": "case-sensitive"} {
		tok := Decode(token(`{"alg":"`+alg+`"}`, `{}`, "s"))
		for _, d := range []Demands{{}, {Keys: keys}, {KeysKnown: true}} {
			if c := tok.Verify(d, now)[0]; c.Status == Passed || !strings.HasPrefix(c.Got, "not verified") && alg != "rs256" || len(d.Keys) > 0 && !strings.Contains(c.Detail, detail) {
				t.Errorf("%s: %+v", alg, c)
			}
		}
	}
	for _, s := range []string{"", "opaque", authgearRefresh, token(`{"alg":"none"}`, `{}`, ""), b64(`{"alg":"dir","enc":"A128GCM"}`) + "..a.b.c", authgearIDToken} {
		for _, c := range Decode(s).Verify(Demands{}, now) {
			if c.ID == "signature" && c.Status == Passed {
				t.Errorf("%.30s passed without a key: %+v", s, c)
			}
		}
	}
	for _, d := range []Demands{{Issuer: "i"}, {Audience: "a"}, {Type: "t"}, {MaxAge: 1}} {
		for _, c := range Decode("opaque").Verify(d, now)[1:] {
			if c.Status == Passed {
				t.Errorf("an opaque token: %+v", c)
			}
		}
	}
}
