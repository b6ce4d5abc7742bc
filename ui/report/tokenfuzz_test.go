package report_test

import (
	"io"
	"strings"
	"testing"

	"authscope/jwtview"
	"authscope/ui/report"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// FuzzToken prints whatever is pasted, in every way, with and without keys: without a panic, without a line beyond the edge,
// and without a character that a terminal obeys.
func FuzzToken(f *testing.F) {
	for _, s := range []string{idToken(f), sdJWT(f), encryptedJWT, encryptedClaims, opaqueToken, grantToken, "", "\x1b[31m", "{}",
		`{"access_token":"` + opaqueToken + `"}`, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.", sign(f, `{"alg":"HS256","cty":"JWT"}`, idToken(f)),
		sign(f, hs, `{"exp":1e400,"iat":-1,"exp":{},"a":[[[]]]}`), "a.b.c.d.e", idToken(f)[:77]} {
		f.Add(s)
	}
	keys := encKeys(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range []report.Demand{demand(nil), demand(keys)} {
			tok := report.ReadToken(s, d)
			text := tokenText(t, tok, report.TokenOptions{Width: 80})
			for line := range strings.Lines(text) {
				if safe.Width(strings.TrimSuffix(line, "\n")) > 80 {
					t.Errorf("a line beyond 80 cells: %q", line)
				}
			}
			if safe.Text(text) != text {
				t.Errorf("the text holds what a terminal obeys: %q", text)
			}
			parse(t, tokenJSON(t, tok))
			tok.Line = 1
			if err := report.TokenLine(io.Discard, tok, report.TokenOptions{Theme: theme.Basic(false)}); err != nil {
				t.Error(err)
			}
			if v := tok.Verdict(); v == report.Holds && tok.Token.Header.Kind != jwtview.Object {
				t.Errorf("what has no header is said to hold: %q", s)
			}
		}
	})
}

// TestTokenLine holds the one line of each kind that --lines prints.
func TestTokenLine(t *testing.T) {
	all := samples(t)
	for name, want := range map[string]string{
		"id":        "    12  · read        ID token, JWT HS256  exp 2026-11-23 20:07:49Z  https://my-app.authgear.cloud",
		"id-holds":  "    12  ✓ holds       ID token, JWT HS256  exp 2026-11-23 20:07:49Z",
		"id-fails":  "    12  ✗ fails       ID token, JWT HS256  typ: The token is of another kind",
		"opaque":    "    12  · read        opaque token",
		"jwe":       "    12  ✓ holds       JWE dir  exp 2026-11-23 20:07:49Z  https://issuer.example  ada",
		"cut":       "    12  ✗ unreadable  JWT HS256  ",
		"too-large": "    12  ✗ unreadable  no token that can be read  the input is larger than",
	} {
		tok := all[name]
		tok.Line = 12
		var b strings.Builder
		if err := report.TokenLine(&b, tok, report.TokenOptions{Width: 120}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(b.String(), want) || strings.Count(b.String(), "\n") != 1 {
			t.Errorf("%s\n got: %swant: %s…", name, b.String(), want)
		}
	}
}
