package jwtview_test

import (
	"fmt"
	"time"

	"authscope/jwtview"
)

const signed = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"

func ExampleInspect() {
	for _, s := range []string{"Bearer " + signed, "ya29.a0AfH6SMBx"} {
		in := jwtview.Inspect(s)
		fmt.Println(in.Name)
		for _, problem := range in.Problems {
			fmt.Println("  note:", problem)
		}
	}
	// Output:
	// JWT ES256
	//   note: "Bearer " in front of the token: the scheme of an Authorization header, not a part of the token
	// access token, opaque token of Google
}

func ExampleToken_Verify() {
	keys, err := jwtview.ReadKeys([]byte(`{"kty":"EC","crv":"P-256",
		"x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	tok := jwtview.Inspect(signed).Token
	demands := jwtview.Demands{Keys: keys, Issuer: "joe", Audience: "me"}
	for _, c := range tok.Verify(demands, time.Unix(1300819000, 0)) {
		fmt.Printf("%-9s %-7s %s\n", c.ID, c.Status, c.Got)
	}
	// Output:
	// signature passed  verified by the key without kid (ES256, EC P-256)
	// iss       passed  joe
	// aud       failed  absent
	// exp       passed  2011-03-22T18:43:00Z (in 6m20s)
}

func ExampleToken_Lint() {
	tok := jwtview.Decode("eyJhbGciOiJub25lIn0.eyJzdWIiOiJqb2UifQ.")
	for _, f := range tok.Lint(nil) {
		fmt.Println(f.Severity, f.ID, "·", f.Title)
	}
	// Output:
	// error token-alg-none · The token is not signed
	// warning token-no-exp · The token never expires
}
