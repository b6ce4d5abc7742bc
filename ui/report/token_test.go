package report_test

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"authscope/jwtview"
	"authscope/ui/report"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

func tokenText(t testing.TB, tok report.Token, o report.TokenOptions) string {
	t.Helper()
	var b strings.Builder
	if err := report.TokenText(&b, tok, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tokenJSON(t testing.TB, tok report.Token) string {
	t.Helper()
	var b strings.Builder
	if err := report.TokenJSON(&b, tok); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTokenGolden(t *testing.T) {
	for name, tok := range samples(t) {
		for _, width := range []int{80, 120} {
			golden(t, fmt.Sprintf("token-%s-%d.txt", name, width), tokenText(t, tok, report.TokenOptions{Width: width}))
		}
		golden(t, "token-"+name+".json", tokenJSON(t, tok))
	}
}

// TestTokenWidth holds every line to the width, and that colour changes nothing but colour.
func TestTokenWidth(t *testing.T) {
	for name, tok := range samples(t) {
		for _, width := range []int{60, 80, 100, 120} {
			plain := tokenText(t, tok, report.TokenOptions{Width: width})
			for line := range strings.Lines(plain) {
				if w := safe.Width(strings.TrimRight(line, "\n")); w > width {
					t.Errorf("%s at %d: a line of %d cells: %s", name, width, w, line)
				}
			}
			coloured := tokenText(t, tok, report.TokenOptions{Width: width, Theme: theme.Basic(false)})
			stripped := regexp.MustCompile(` +\n`).ReplaceAllString(ansi.Strip(coloured), "\n")
			if stripped != plain {
				t.Errorf("%s at %d: in colour the text is another:\n%s\n%s", name, width, stripped, plain)
			}
			if !strings.Contains(coloured, "\x1b[") {
				t.Errorf("%s: no colour with a theme", name)
			}
		}
	}
}

func TestTokenVerdict(t *testing.T) {
	all := samples(t)
	for name, want := range map[string]report.Verdict{
		"id": report.Read, "id-holds": report.Holds, "id-fails": report.Fails, "opaque": report.Read, "grant": report.Read, "long": report.Read,
		"jwe": report.Holds, "jwe-claims": report.Fails, "jwe-closed": report.Read, "none": report.Read, "payload": report.Read, "sd": report.Fails, "sd-holds": report.Holds,
		"cut": report.Unreadable, "empty": report.Unreadable, "too-large": report.Unreadable, "wrapped": report.Read, "response": report.Read,
	} {
		if got := all[name].Verdict(); got != want {
			t.Errorf("%s: verdict %s, want %s: %s", name, got, want, all[name].Why())
		}
	}
	verify := demand(nil)
	verify.Decides = true
	for name, s := range map[string]string{"JWT": idToken(t), "alg none": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.", "opaque": opaqueToken, "JWE": encryptedJWT} {
		tok := report.ReadToken(s, verify)
		text := tokenText(t, tok, report.TokenOptions{})
		if tok.Verdict() != report.Fails || strings.Contains(text, "holds:") || regexp.MustCompile(`\bvalid\b`).MatchString(text) {
			t.Errorf("%s without a key: verdict %s, want failed and never a word of valid:\n%s", name, tok.Verdict(), text)
		}
	}
	late := demand(secret())
	late.Now = asOf.Add(3 * time.Hour)
	if tok := report.ReadToken(idToken(t), late); tok.Verdict() != report.Fails || !strings.HasPrefix(tok.Why(), "exp: ") {
		t.Errorf("an expired token with its key: %s, %q, want failed for exp", tok.Verdict(), tok.Why())
	}
	missing := demand(nil)
	missing.Decides, missing.KeysErr, missing.KeysFrom = true, fmt.Errorf("nobody answers"), "https://issuer.example"
	if tok := report.ReadToken(idToken(t), missing); tok.Verdict() != report.Fails || tok.Why() != "keys: nobody answers" {
		t.Errorf("keys that cannot be fetched: %s, %q", tok.Verdict(), tok.Why())
	}
}

// TestTokenNested reads JWTs in JWTs, as deep as is allowed and deeper.
func TestTokenNested(t *testing.T) {
	token := idToken(t)
	for range 8 {
		token = sign(t, `{"alg":"HS256","cty":"JWT"}`, token)
	}
	tok, depth := report.ReadToken(token, demand(secret())), 0
	for in := &tok; in.Content != nil; in = in.Content {
		depth++
	}
	if depth != 4 {
		t.Errorf("%d tokens inside of each other were read, want the 4 that are the bound", depth)
	}
	inner := sign(t, hs, `{"sub":"ada","exp":1795464469}`)
	if tok := report.ReadToken(sign(t, `{"alg":"HS256","cty":"JWT"}`, inner), demand(secret())); tok.Verdict() != report.Holds || tok.Content == nil {
		t.Errorf("a nested JWT: verdict %s, %s", tok.Verdict(), tok.Why())
	}
	forged := inner[:len(inner)-4] + "AAAA"
	if tok := report.ReadToken(sign(t, `{"alg":"HS256","cty":"JWT"}`, forged), demand(secret())); tok.Verdict() != report.Fails {
		t.Errorf("a nested JWT with a forged inner signature: verdict %s", tok.Verdict())
	}
}

// TestTokenHostile prints tokens that want to harm the terminal, and huge ones.
func TestTokenHostile(t *testing.T) {
	many := make([]string, 10_000)
	for i := range many {
		many[i] = fmt.Sprintf(`"claim%d":%d`, i, i)
	}
	evil := `{"\u001b[31mname":"\u001b]0;title\u0007","bidi":"\u202eevil","nul":"\u0000","c1":"\u009b31m","raw":"` + "\xff\xfe" + `","lines":"a\nb\rc"}`
	for name, s := range map[string]string{
		"escapes":       sign(t, "{\"alg\":\"HS256\",\"kid\":\"\\u001b[2J\",\"typ\":\"\\u009b1m\"}", evil),
		"raw escapes":   "\x1b[31meyJhbGciOiJIUzI1NiJ9.e30.AAAA\x07",
		"opaque":        "\x1b]52;c;AAAA\x07",
		"NUL":           "eyJ\x00hbGciOiJIUzI1NiJ9.e30.AAAA",
		"invalid UTF-8": "\xff\xfe\xfd",
		"payload":       sign(t, `{"alg":"HS256"}`, "\x1b[31m\u202e text"),
		"10,000 claims": sign(t, hs, "{"+strings.Join(many, ",")+"}"),
		"deep":          sign(t, hs, `{"a":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}`),
		"wide":          sign(t, hs, `{"a":"`+strings.Repeat("x", 3<<20)+`"}`),
		"json":          `{"payload":"\u001b[31m","signature":"x","protected":"eyJhbGciOiJIUzI1NiJ9"}`,
	} {
		tok := report.ReadToken(s, demand(secret()))
		tok.Line = 7
		var line strings.Builder
		if err := report.TokenLine(&line, tok, report.TokenOptions{Width: 80}); err != nil {
			t.Fatal(err)
		}
		text, doc := tokenText(t, tok, report.TokenOptions{Width: 80}), tokenJSON(t, tok)
		for what, out := range map[string]string{"text": text, "JSON": doc, "line": line.String()} {
			if i := strings.IndexFunc(out, func(r rune) bool {
				return r < ' ' && r != '\n' || r >= 0x7f && r <= 0x9f || r >= 0x202a && r <= 0x202e || r == 0xfffd && what != "JSON"
			}); i >= 0 {
				t.Errorf("%s: the %s has a raw %q: …%q", name, what, []rune(out[i:])[0], out[max(0, i-20):min(len(out), i+20)])
			}
		}
		if strings.Count(doc, "\n") != 1 || strings.Count(line.String(), "\n") != 1 {
			t.Errorf("%s: of many tokens each is one line: JSON %d, text %d", name, strings.Count(doc, "\n"), strings.Count(line.String(), "\n"))
		}
		if n := strings.Count(text, "\n"); n > 400 {
			t.Errorf("%s: %d lines of text: large things fold", name, n)
		}
		parse(t, doc)
	}
	text := tokenText(t, report.ReadToken(sign(t, hs, "{"+strings.Join(many, ",")+"}"), demand(nil)), report.TokenOptions{})
	if !strings.Contains(text, "… 9850 more claims") {
		t.Error("10,000 claims: the text does not say how many it leaves out")
	}
}

// TestTokenKeepsReceived holds order, digits and duplicates of claims in the JSON.
func TestTokenKeepsReceived(t *testing.T) {
	doc := tokenJSON(t, report.ReadToken(sign(t, hs, `{"z":1.10,"a":12345678901234567890,"a":1e400,"m":{"y":-0,"b":null}}`), demand(nil)))
	flat := regexp.MustCompile(`\s+`).ReplaceAllString(doc, "")
	for _, want := range []string{`"claims":{"z":1.10,"a":12345678901234567890,"a":1e400,"m":{"y":-0,"b":null}}`, `"duplicates":["a"]`} {
		if !strings.Contains(flat, want) {
			t.Errorf("the JSON does not have %s:\n%s", want, doc)
		}
	}
}

// TestTokenNotRepeated holds that neither a secret token nor a signature is printed, in any form.
func TestTokenNotRepeated(t *testing.T) {
	for name, tok := range samples(t) {
		out := tokenText(t, tok, report.TokenOptions{}) + tokenJSON(t, tok)
		for _, s := range []string{opaqueToken, opaqueToken[4:20], hush, strings.Split(idToken(t), ".")[2], strings.Split(encryptedJWT, ".")[3][:20]} {
			if strings.Contains(out, s) {
				t.Errorf("%s: %q is printed", name, s)
			}
		}
	}
}

// TestTokenKeys shows the choice among many keys.
func TestTokenKeys(t *testing.T) {
	var set []string
	for i := range 30 {
		set = append(set, fmt.Sprintf(`{"kty":"oct","kid":"k%d","k":%q}`, i, base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprintf("%s%d", hush, i)))))
	}
	set = append(set, fmt.Sprintf(`{"kty":"oct","kid":"good","k":%q}`, base64.RawURLEncoding.EncodeToString([]byte(hush))))
	keys, err := jwtview.ReadKeys([]byte(`{"keys":[` + strings.Join(set, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	d := demand(keys)
	text := tokenText(t, report.ReadToken(sign(t, `{"alg":"HS256","kid":"good"}`, `{"exp":1795464469}`), d), report.TokenOptions{Width: 120})
	for _, want := range []string{"keys  from secret.txt", "✓ kid good  verified", "30 keys more", "✓ holds"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q:\n%s", want, text)
		}
	}
	text = tokenText(t, report.ReadToken(sign(t, `{"alg":"HS256","kid":"k3"}`, `{"exp":1795464469}`), d), report.TokenOptions{Width: 120})
	if !strings.Contains(text, "✗ kid k3  tried") || !strings.Contains(text, "✗ does not hold: signature") {
		t.Errorf("a signature by another key:\n%s", text)
	}
	names := []string{}
	for _, tok := range samples(t) {
		names = append(names, tok.Kind())
	}
	if !slices.Contains(names, "id_token") || !slices.Contains(names, "opaque") {
		t.Errorf("kinds %q", names)
	}
}
