package jwtview

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// An example is one of a specification. testdata/rfc.json holds those of RFC 7515, 7516, 7517, 7519 and 8037 and, from the
// cookbook that its authors published, of RFC 7520.
type example struct {
	Name, Kind, Secret string
	Input              json.RawMessage
	Keys               json.RawMessage
	Plaintext          *string
}

// text is the token as it would be pasted: a compact one is a JSON string in the file.
func (e example) text(t testing.TB) string {
	t.Helper()
	var s string
	if json.Unmarshal(e.Input, &s) == nil {
		return s
	}
	return string(e.Input)
}

func (e example) keys(t testing.TB) Keys {
	t.Helper()
	if e.Secret != "" {
		return ReadSecret([]byte(e.Secret), AsText)
	}
	if len(e.Keys) == 0 {
		return nil
	}
	keys, err := ReadKeys(e.Keys)
	if err != nil {
		t.Fatalf("%s: %v", e.Name, err)
	}
	return keys
}

func examples(t testing.TB) []example {
	t.Helper()
	b, err := os.ReadFile("testdata/rfc.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []example
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestExamplesOfSpecifications(t *testing.T) {
	for _, e := range examples(t) {
		t.Run(e.Name, func(t *testing.T) {
			in := Inspect(e.text(t))
			switch e.Kind {
			case "keys":
				e.testKeys(t)
			case "jwe", "jwe-password":
				content, c := in.Token.Decrypt(e.keys(t))
				if c.Status != Passed || e.Plaintext != nil && string(content) != *e.Plaintext {
					t.Errorf("%s %s: %s, content %.60q", in.Name, c.Status, c.Detail, content)
				}
			case "unsecured", "invalid":
				if c := in.Token.CheckSignature(nil); c.Status != Failed || in.Shape != ShapeUnsecured {
					t.Errorf("%s %s: %s", in.Name, c.Status, c.Detail)
				}
			default:
				e.testJWS(t, in)
			}
		})
	}
}

func (e example) testJWS(t *testing.T, in Inspection) {
	all := in.Signatures
	if len(all) == 0 {
		all = []Token{in.Token}
	}
	for _, tok := range all {
		if e.Kind == "jws-detached" {
			tok = tok.WithPayload([]byte(*e.Plaintext))
		}
		c := tok.Verify(Demands{Keys: e.keys(t)}, now)[0]
		if c.Status != Passed || string(tok.Payload) != *e.Plaintext {
			t.Errorf("%s %s: %s, payload %.60q", in.Name, c.Status, c.Detail, tok.Payload)
		}
		if c := tok.Verify(Demands{}, now)[0]; c.Status != NotApplicable || c.Got != "not verified" {
			t.Errorf("without a key %s, %s", c.Status, c.Got)
		}
		tok.Signed += "A"
		if c := tok.CheckSignature(e.keys(t)); c.Status != Failed {
			t.Errorf("changed, and %s", c.Status)
		}
	}
}

// testKeys expects that each key of an example can be used, by [ParseKeys] if it is public.
func (e example) testKeys(t *testing.T) {
	for i, k := range e.keys(t) {
		if k.Problem != "" {
			t.Errorf("key %d: %s", i, k.Problem)
		}
		if strings.HasSuffix(e.Name, "A.2") && k.private == nil {
			t.Errorf("key %d: the private part was not read", i)
		}
	}
}

// RFC 7519 A.2: decrypted, what comes out is the signed JWT of RFC 7515 A.2.
func TestNestedExample(t *testing.T) {
	for _, e := range examples(t) {
		if e.Name != "RFC 7519 A.2" {
			continue
		}
		content, _ := Inspect(e.text(t)).Token.Decrypt(e.keys(t))
		if inner := Inspect(string(content)); inner.Token.Raw != rfcRS256 || inner.Token.CheckSignature(mustKeys(t, rfcRSA)).Status != Passed {
			t.Errorf("inside is %s", inner.Name)
		}
	}
}
