package jwtview

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// maxSignatures bounds those of one JWS in JSON: each is decoded.
const maxSignatures = 100

// inspectJSON reads the JSON serializations of RFC 7515 §7.2 and RFC 7516 §7.2, and the macaroon that has one.
func inspectJSON(text string, most int) (Inspection, bool) {
	v, err := parseJSON([]byte(text), most)
	if err != nil || v.Kind != Object {
		return Inspection{}, false
	}
	if _, ok := v.Str("payload"); ok {
		return inspectJWSJSON(text, v, most)
	}
	if list, ok := v.Get("signatures"); ok && list.Kind == Array {
		return inspectJWSJSON(text, v, most)
	}
	_, signature := v.Get("signature")
	if _, protected := v.Get("protected"); signature && protected {
		return inspectJWSJSON(text, v, most)
	}
	if _, ok := v.Str("ciphertext"); ok {
		return inspectJWEJSON(text, v, most), true
	}
	_, version := v.Get("v")
	_, id := v.Get("i")
	_, id64 := v.Get("i64")
	if version && (id || id64) {
		in := macaroon(Token{Raw: text, text: text, Format: FormatOpaque, max: most}, "a JSON object with v and i: version 2 in JSON")
		return in, true
	}
	return Inspection{}, false
}

func inspectJWSJSON(text string, v Value, most int) (Inspection, bool) {
	payload, _ := v.Str("payload")
	in := Inspection{Shape: ShapeJWSFlat, Spec: "RFC 7515 §7.2.2", Reason: "A JSON object with payload and signature: a JWS in the flattened JSON serialization."}
	signatures := []Value{v}
	if list, ok := v.Get("signatures"); ok {
		in.Shape, in.Spec = ShapeJWSJSON, "RFC 7515 §7.2.1"
		in.Reason = fmt.Sprintf("A JSON object with payload and signatures, %d here: a JWS in the general JSON serialization.", len(list.Elems))
		signatures = list.Elems
	} else if _, ok := v.Get("signature"); !ok {
		return Inspection{}, false
	}
	for _, s := range signatures {
		if len(in.Signatures) == maxSignatures {
			break
		}
		in.Signatures = append(in.Signatures, signatureToken(text, payload, s, most))
	}
	if len(in.Signatures) == 0 {
		in.Token = Token{Raw: text, text: text, Format: FormatOpaque, Problems: []string{"the list of signatures is empty"}}
		return in, true
	}
	if twice := v.Duplicates(); len(twice) > 0 {
		for i := range in.Signatures {
			in.Signatures[i].flawed("%q occurs more than once in the JSON: readers disagree about which one counts (RFC 7515 §4)", twice[0])
		}
	}
	in.Token = in.Signatures[0]
	if _, attached := v.Get("payload"); !attached {
		in.Token.problem("the payload is not in it: detached (RFC 7515 appendix F)")
	}
	if role, why, spec := in.Token.role(); role != RoleUnknown {
		in.Role, in.Reason, in.Spec = role, why, spec
	}
	return in, true
}

// signatureToken makes of one signature the token that a compact serialization would be. The header joins what is signed
// and what is not (RFC 7515 §4), and a name in both makes it ambiguous, which verifying refuses.
func signatureToken(text, payload string, s Value, most int) Token {
	t := Token{Raw: text, text: text, Format: FormatJWT, max: most, Header: Value{Kind: Object}}
	protected, _ := s.Str("protected")
	if protected != "" {
		if header, ok := t.header(protected, true); ok {
			t.Header = header
		}
	}
	if loose, ok := s.Get("header"); ok && loose.Kind == Object {
		t.problem("header parameters outside of what is signed: anybody can have changed them")
		t.Header.Members = append(t.Header.Members[:len(t.Header.Members):len(t.Header.Members)], loose.Members...)
	}
	if b, ok := t.segment("payload", payload); ok {
		t.Payload = b
		t.payloadOf(b)
	}
	t.Signed = canonical(protected) + "." + canonical(payload)
	if signature, ok := s.Str("signature"); ok {
		if b, ok := t.segment("signature", signature); ok {
			t.Signature = b
		}
	}
	return t
}

// payloadOf reads claims if the payload is JSON, and says nothing if it is not: a JWS may sign anything.
func (t *Token) payloadOf(b []byte) {
	if v, err := parseJSON(b, max(t.max, MaxSize)); err == nil && v.Kind == Object {
		t.Claims = v
		t.oddities("payload", b, v)
	}
}

func inspectJWEJSON(text string, v Value, most int) Inspection {
	t := Token{Raw: text, text: text, Format: FormatJWE, max: most, Header: Value{Kind: Object}}
	in := Inspection{Shape: ShapeJWEFlat, Spec: "RFC 7516 §7.2.2", Reason: "A JSON object with ciphertext: a JWE in the flattened JSON serialization."}
	if protected, ok := v.Str("protected"); ok {
		if header, ok := t.header(protected, true); ok {
			t.Header = header
		}
	}
	join := func(header Value, ok bool) {
		if ok && header.Kind == Object {
			t.Header.Members = append(t.Header.Members[:len(t.Header.Members):len(t.Header.Members)], header.Members...)
		}
	}
	join(v.Get("unprotected"))
	recipients, general := v.Get("recipients")
	if general {
		in.Shape, in.Spec = ShapeJWEJSON, "RFC 7516 §7.2.1"
		in.Reason = fmt.Sprintf("A JSON object with ciphertext and recipients, %d here: a JWE in the general JSON serialization.", len(recipients.Elems))
	}
	switch {
	case !general:
		join(v.Get("header"))
	case len(recipients.Elems) == 1:
		join(recipients.Elems[0].Get("header"))
	default:
		for _, r := range recipients.Elems {
			header, _ := r.Get("header")
			t.more = append(t.more, header)
		}
	}
	t.problem("encrypted: only the holder of the key can read its claims (RFC 7516)")
	in.Token = t
	return in
}

// WithPayload returns the token with a payload that travelled apart (RFC 7515 appendix F), ready to be verified.
func (t Token) WithPayload(payload []byte) Token {
	if t.Format != FormatJWT || len(payload) > max(t.max, MaxSize) {
		return t
	}
	t.Signed = signedHeader(t.Signed) + "." + encode(payload)
	t.Payload, t.Claims = payload, Value{}
	t.payloadOf(payload)
	return t
}

func signedHeader(signed string) string {
	head, _, _ := strings.Cut(signed, ".")
	return head
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
