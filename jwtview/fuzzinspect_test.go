package jwtview

import (
	"encoding/json"
	"testing"
	"time"
)

// pasted are the seeds of everything that takes what somebody pasted: the examples of the specifications among them.
func pasted(f *testing.F) []string {
	f.Helper()
	all := seeds()
	for _, e := range examples(f) {
		all = append(all, e.text(f))
	}
	for _, p := range prefixes {
		all = append(all, p.text+"x.y")
	}
	return append(all, "Authorization: Bearer "+rfcRS256, `{"id_token":"`+rfcES256+`"}`, "https://a/cb#access_token=a.b&x=1", "eyJhbGciOiJSUzI1NiJ9%2Ee30%2Ecw",
		"v4.public.AAAA", "AgEEYmFuawIEaWQAAA", "PHNhbWw6", rfcES256+"~WyJzIiwibiIsMV0~"+rfcES256, `{"v":2,"i":"x"}`, "ZXlKaGJHY2lPaUpTVXpJMU5pSjk")
}

func FuzzInspect(f *testing.F) {
	for _, s := range pasted(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in := Inspect(s)
		if in.Name == "" || in.Reason == "" || in.Kind() == "" || in.Token.Raw != s {
			t.Errorf("%q: %+v", s, in)
		}
		if in.Shape == ShapeOpaque && in.Advice.JWT == "" {
			t.Errorf("%q: opaque without advice", s)
		}
		for _, tok := range append(in.Signatures, in.Token) {
			tok.Lint(nil)
			tok.ExplainHeader(now)
			tok.ExplainClaims(now)
			for _, c := range tok.Verify(Demands{Issuer: "i", Audience: "a", Party: "p", Nonce: "n", Type: "JWT", MaxAge: time.Hour}, now) {
				if c.ID == "" || c.Status == "" || c.Detail == "" || c.Spec == "" || c.ID == "signature" && c.Status == Passed {
					t.Errorf("%q: %+v", s, c)
				}
			}
		}
	})
}

func FuzzReadKeys(f *testing.F) {
	for _, e := range examples(f) {
		if len(e.Keys) > 0 {
			f.Add([]byte(e.Keys))
		}
	}
	f.Add([]byte("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n"))
	f.Add([]byte("deadbeef\n"))
	tokens := []Token{Decode(rfcRS256), Decode(rfcES256), Decode(rfcEdDSA), Decode(mac(f, []byte("deadbeef"), `{}`))}
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := ReadKeys(b)
		if err == nil {
			for _, k := range keys {
				if (k.Public == nil && k.mac == nil) == (k.Problem == "") {
					t.Errorf("key %+v is neither usable nor has a problem", k)
				}
				k.Thumbprint()
			}
		}
		keys = append(keys, ReadSecret(b, AnyReading)...)
		for _, tok := range tokens {
			c := tok.CheckSignature(keys)
			verified := false
			for _, a := range tok.Attempts(keys) {
				verified = verified || a.Outcome == Verified
			}
			if verified != (c.Status == Passed) && len(keys) <= maxTried {
				t.Errorf("the attempts say %t, the check %s", verified, c.Status)
			}
			tok.Lint(keys)
		}
	})
}

// FuzzDecrypt leaves passwords out: their rounds are bounded, and still too slow to fuzz.
func FuzzDecrypt(f *testing.F) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	for _, e := range examples(f) {
		if e.Kind != "jwe" {
			continue
		}
		f.Add(e.text(f))
		var own struct{ Keys []json.RawMessage }
		if err := json.Unmarshal(e.Keys, &own); err == nil && len(set.Keys) < 12 {
			set.Keys = append(set.Keys, own.Keys...)
		}
	}
	b, err := json.Marshal(set)
	if err != nil {
		f.Fatal(err)
	}
	keys, err := ReadKeys(b)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tok := Inspect(s).Token
		if p2s, ok := tok.Header.Get("p2s"); ok && p2s.Kind == String {
			t.Skip()
		}
		content, c := tok.Decrypt(keys)
		if (c.Status == Passed) != (content != nil) && len(content) > 0 || c.Detail == "" {
			t.Errorf("%q: %+v with %d bytes", s, c, len(content))
		}
	})
}
