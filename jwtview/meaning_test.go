package jwtview

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestMeaningsAreShortAndCited(t *testing.T) {
	for kind, table := range map[string]map[string]meaning{
		"claim": claimMeanings, "registered claim": registeredClaims, "claim of a provider": providerClaims,
		"header parameter": headerMeanings, "registered header parameter": registeredHeaders,
	} {
		for name, m := range table {
			if n := utf8.RuneCountInString(m.text); n == 0 || n > 60 {
				t.Errorf("meaning of %s %q has %d characters, want 1 to 60: %q", kind, name, n, m.text)
			}
			if m.spec == "" || strings.HasSuffix(m.text, ".") {
				t.Errorf("meaning of %s %q: %q, specification %q: a phrase with a specification is wanted", kind, name, m.text, m.spec)
			}
		}
	}
}

// Everything in a token of the home provider is explained.
func TestMeaningsCoverAuthgear(t *testing.T) {
	tok := Decode(authgearIDToken)
	for _, m := range tok.Claims.Members {
		if text, spec := ClaimMeaning(m.Name); text == "" || spec == "" {
			t.Errorf("claim %s of a real Authgear token has no meaning", m.Name)
		}
	}
	for _, m := range tok.Header.Members {
		if text, spec := HeaderMeaning(m.Name); text == "" || spec == "" {
			t.Errorf("header parameter %s of a real Authgear token has no meaning", m.Name)
		}
	}
	if text, spec := ClaimMeaning("no such claim"); text != "" || spec != "" {
		t.Errorf("an unknown claim means %q (%s)", text, spec)
	}
}

func TestClaimNote(t *testing.T) {
	paris := time.FixedZone("UTC+1", 3600)
	at := now.In(paris) // 22:10 on the 22nd
	tests := []struct{ claim, want string }{
		{`{"exp":1795381798}`, "22:09:58, 2s ago"},
		{`{"exp":1795382012}`, "22:13:32, in 3m32s"},
		{`{"exp":1795388400}`, "2026-11-23 00:00:00, in 1h50m0s"},
		{`{"iat":1795381800.0}`, "22:10:00, now"},
		{`{"auth_time":1795381798}`, "22:09:58, 2s ago"},
		{`{"exp":"1795382012"}`, ""},
		{`{"exp":1e400}`, ""},
		{`{"sid":"b2ZmbGluZV9ncmFudDozOTBkNTQ5Ni0zNDQzLTQ0ZWYtOTY5ZC0wMzVlMDdhYTVkZmI"}`, "offline grant 390d5496-3443-44ef-969d-035e07aa5dfb"},
		{`{"sid":"other"}`, ""},
		{`{"sid":1}`, ""},
		{`{"sub":"u"}`, ""},
	}
	for _, tt := range tests {
		tok := Decode(token(`{"alg":"none"}`, tt.claim, ""))
		if got := tok.ClaimNote(tok.Claims.Members[0], at); got != tt.want {
			t.Errorf("note on %s is %q, want %q", tt.claim, got, tt.want)
		}
	}
}
