package jwtview

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

func BenchmarkDecode(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(authgearIDToken)))
	for b.Loop() {
		Decode(authgearIDToken)
	}
}

// BenchmarkParseUnverified is what jwt/v5 needs for the same token, beside [BenchmarkDecode].
func BenchmarkParseUnverified(b *testing.B) {
	p := jwt.NewParser()
	b.ReportAllocs()
	b.SetBytes(int64(len(authgearIDToken)))
	for b.Loop() {
		if _, _, err := p.ParseUnverified(authgearIDToken, jwt.MapClaims{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode1MiB(b *testing.B) {
	claims := `{"roles":["` + strings.Repeat(`administrator","`, 1<<20*3/4/16) + `x"]}`
	s := token(`{"alg":"RS256"}`, claims, "s")
	b.ReportAllocs()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Decode(s)
	}
}

func BenchmarkParseJSON(b *testing.B) {
	payload := Decode(authgearIDToken).Payload
	b.ReportAllocs()
	b.SetBytes(int64(len(payload)))
	for b.Loop() {
		if _, err := ParseJSON(payload); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyID(b *testing.B) {
	for _, alg := range []string{"RS256", "ES256"} {
		b.Run(alg, func(b *testing.B) {
			tok := Decode(sign(b, alg, "k1", goodClaims()))
			e := goodExpect(b)
			e.Keys = mustKeys(b, with(signerOf(alg).jwk, `"kid":"k1"`))
			b.ReportAllocs()
			for b.Loop() {
				tok.VerifyID(e, now)
			}
		})
	}
}
