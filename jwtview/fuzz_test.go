package jwtview

import (
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"
)

// seeds are tokens of every kind, whole and damaged.
func seeds() []string {
	return []string{
		"", " ", "opaque", grantID, authgearRefresh, authgearIDToken, rfcRS256, rfcES256, rfcES512, rfcEdDSA, "Bearer " + rfcRS256, rfcRS256[:60],
		rfcRS256 + "==", "..", "....", "eyJ", "eyJ...", "\"eyJ\n.\"", b64(`{"alg":"dir","enc":"A128GCM"}`) + "..a.b.c",
		token(`{"alg":"NonE"}`, `{"sub":"u","sub":"v"}`, ""), token(`{"alg":"ES256","crit":["b64"],"b64":false}`, `[]`, "0"),
		token(`{"alg":"RS256","kid":1}`, `{"iss":1,"sub":[],"aud":{},"azp":0,"exp":1e400,"iat":-1e999,"nbf":"x","nonce":null,"at_hash":7,"auth_time":[]}`, "s"),
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tok := Decode(s)
		if tok.Raw != s {
			t.Errorf("Raw is %q, received was %q", tok.Raw, s)
		}
		if tok.Format == FormatJWT && tok.Header.Kind != Object {
			t.Errorf("a JWT with a header that is a %s", tok.Header.Kind)
		}
		if tok.Describe() == "" {
			t.Error("no description")
		}
		for _, m := range tok.Claims.Members {
			tok.ClaimNote(m, now)
			tok.Time(m.Name)
		}
		tok.Audience()
		tok.GrantID()
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":[1,-0.5e+3,true,null,"\ud83d\ude00\ud800"],"a":{}}`, "\"\xff\xed\xa0\x80\"", `[[[[`, `"\u0000"`, `1e999`, "\ufeff1", "\"\\ud800\xed\xb7\x80\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := ParseJSON(b)
		if err != nil {
			// encoding/json takes any bytes as UTF-8, as does ParseJSON, and is bounded elsewhere.
			if json.Valid(b) && len(b) < 1000 && deepest(b) <= MaxDepth {
				t.Fatalf("refused %q, which is JSON: %v", b, err)
			}
			return
		}
		if !json.Valid(b) {
			t.Fatalf("accepted %q, which is no JSON", b)
		}
		out := v.String()
		if !json.Valid([]byte(out)) || !utf8.ValidString(out) {
			t.Fatalf("%q was written as %q, which is no JSON", b, out)
		}
		again, err := ParseJSON([]byte(out))
		if err != nil || again.String() != out {
			t.Fatalf("%q did not come back: %q, %v", out, again.String(), err)
		}
		v.Duplicates()
	})
}

// deepest counts brackets, more than there are levels when some stand in strings.
func deepest(b []byte) (n int) {
	for _, c := range b {
		if c == '[' || c == '{' {
			n++
		}
	}
	return n
}

func FuzzParseKeys(f *testing.F) {
	for _, s := range []string{authgearKeys, rfcRSA, rfcP256, rfcP521, rfcEd25519, `{"keys":[1,{"kty":"oct","k":"AA"},{}]}`,
		`{"kty":"RSA","n":"AQ","e":"AQ","d":"AQ"}`, `{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}`, `{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}`} {
		f.Add([]byte(s))
	}
	tokens := []Token{Decode(authgearIDToken), Decode(rfcES256), Decode(rfcEdDSA)}
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := ParseKeys(b)
		if err != nil {
			return
		}
		for _, k := range keys {
			if (k.Public == nil) == (k.Problem == "") {
				t.Errorf("key %+v is neither usable nor has a problem", k)
			}
		}
		for _, tok := range tokens {
			tok.CheckSignature(keys)
		}
	})
}

func FuzzVerify(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, int64(1795381800))
	}
	keys, err := ParseKeys([]byte(`{"keys":[` + rfcRSA + "," + rfcP256 + "," + rfcP521 + "," + rfcEd25519 + "]}"))
	if err != nil {
		f.Fatal(err)
	}
	genuine := map[string]bool{}
	for _, s := range []string{rfcRS256, rfcES256, rfcES512, rfcEdDSA} {
		genuine[Decode(s).Signed] = true
	}
	first := Decode(authgearIDToken)
	f.Fuzz(func(t *testing.T, s string, seconds int64) {
		tok := Decode(s)
		e := Expect{Issuer: "joe", ClientID: "app", Nonce: "n", NonceSent: true, AccessToken: "a", Keys: keys, KeysKnown: true, First: &first}
		at := time.Unix(seconds%253402300799, 0)
		if c := tok.VerifyID(e, at)[0]; c.Status == Passed && !genuine[tok.Signed] {
			t.Errorf("a forgery verified: %q", s)
		}
		for _, checks := range [][]Check{tok.VerifyID(e, at), tok.VerifyRefreshedID(e, at), tok.VerifyID(Expect{}, at)} {
			for _, c := range checks {
				if c.ID == "" || c.Status == "" || c.Detail == "" || c.Spec == "" {
					t.Errorf("incomplete check of %q: %+v", s, c)
				}
			}
		}
	})
}
