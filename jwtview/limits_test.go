package jwtview

import (
	"runtime"
	"strings"
	"testing"
)

// Inputs made to cost more than they are worth.
func TestInspectIsBounded(t *testing.T) {
	deep := `{"alg":` + strings.Repeat("[", 100_000)
	for name, in := range map[string]string{
		"nested header":    b64(deep) + ".e30.cw",
		"nested JSON":      strings.Repeat(`{"payload":`, 100_000),
		"many signatures":  `{"payload":"e30","signatures":[` + strings.Repeat(`{"protected":"eyJhbGciOiJSUzI1NiJ9","signature":"cw"},`, 50_000) + `{}]}`,
		"many disclosures": token(`{"alg":"ES256"}`, `{}`, "s") + strings.Repeat("~WyJzIiwibiIsMV0", 200_000) + "~",
		"many tildes":      token(`{"alg":"ES256"}`, `{}`, "s") + strings.Repeat("~", 1_000_000),
		"many dots":        "eyJhbGciOiJSUzI1NiJ9" + strings.Repeat(".", 1_000_000),
		"many fields":      "access_token=" + strings.Repeat("&token=x", 500_000),
		"nested quotes":    strings.Repeat(`"`, 1_000_000),
		"percent":          strings.Repeat("%25", 1_000_000),
		"base64 of SAML":   strings.Repeat("PHNhbWw", 500_000),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			in := Inspect(in)
			runtime.ReadMemStats(&after)
			if spent := after.TotalAlloc - before.TotalAlloc; spent > 400<<20 {
				t.Errorf("%s took %d MiB", in.Name, spent>>20)
			}
			if in.Name == "" || in.Reason == "" || len(in.Signatures) > maxSignatures {
				t.Errorf("%q: %q, %d signatures", in.Name, in.Reason, len(in.Signatures))
			}
		})
	}
}

// The bound is 4 MiB, and whoever needs more says so.
func TestInspectMax(t *testing.T) {
	claims := `{"sub":"` + strings.Repeat("u", MaxSize) + `"}`
	s := token(`{"alg":"RS256"}`, claims, "s")
	if in := Inspect(s); in.Shape != ShapeUnreadable || !strings.Contains(in.Problems[0], "more than the 4194304 allowed") {
		t.Errorf("%s: %q", in.Name, in.Problems)
	}
	in := InspectMax(s, 8<<20)
	if sub, _ := in.Token.Claims.Str("sub"); in.Shape != ShapeJWT || len(sub) != MaxSize {
		t.Errorf("%s: %q", in.Name, in.Problems)
	}
	if in := InspectMax("abc", 2); in.Shape != ShapeUnreadable {
		t.Errorf("three bytes of two: %s", in.Name)
	}
}
