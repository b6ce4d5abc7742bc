package jwtview

import (
	"strings"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// oneKilobyte is a token as issuers make them: 1,024 bytes, a dozen claims.
func oneKilobyte() string {
	const claims = `{"iss":"https://issuer.example.com","sub":"45a53d1d-5b2b-4bdb-9f46-71ca4b93b273","aud":["app"],"exp":1795382012,"iat":1795381712,"auth_time":1795381712,"nonce":"no-88beb3ea","acr":"1","amr":["pwd","otp"],"sid":"5f1c","email":"a@example.com","email_verified":true,"name":"`
	const header = `{"alg":"RS256","typ":"JWT","kid":"ca09a815-5746-4a3a-b81f-ff9c6be36a4e"}`
	signature := strings.Repeat("s", 256)
	pad := 0
	for len(token(header, claims+strings.Repeat("n", pad)+`"}`, signature)) < 1024 {
		pad++
	}
	return token(header, claims+strings.Repeat("n", pad)+`"}`, signature)
}

// Decode, inspect and explain a token of 1 KB, and what jwt/v5 needs to parse the same without verifying it.
func BenchmarkOneKilobyte(b *testing.B) {
	s := oneKilobyte()
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				f()
			}
		})
	}
	run("Decode", func() { Decode(s) })
	run("Inspect", func() { Inspect(s) })
	run("InspectAndExplain", func() {
		tok := Inspect(s).Token
		tok.ExplainHeader(now)
		tok.ExplainClaims(now)
	})
	run("Lint", func() { Decode(s).Lint(nil) })
	p := jwt.NewParser()
	run("ParseUnverified", func() {
		if _, _, err := p.ParseUnverified(s, jwt.MapClaims{}); err != nil {
			b.Fatal(err)
		}
	})
}

// Verify with one key of the set, beside jwt/v5 doing the same.
func BenchmarkVerify(b *testing.B) {
	for _, alg := range []string{"RS256", "ES256"} {
		s := sign(b, alg, "k1", goodClaims())
		keys := mustKeys(b, with(signerOf(alg).jwk, `"kid":"k1"`))
		b.Run(alg, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if c := Decode(s).CheckSignature(keys); c.Status != Passed {
					b.Fatal(c.Detail)
				}
			}
		})
		b.Run(alg+"/jwt", func(b *testing.B) {
			p := jwt.NewParser(jwt.WithoutClaimsValidation())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Parse(s, func(*jwt.Token) (any, error) { return keys[0].Public, nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkInspect1MiB(b *testing.B) {
	claims := `{"roles":["` + strings.Repeat(`administrator","`, 1<<20*3/4/16) + `x"]}`
	s := token(`{"alg":"RS256"}`, claims, "s")
	b.ReportAllocs()
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Inspect(s)
	}
}
