package jwtview

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// paseto reads version.purpose.payload, with a footer perhaps.
func paseto(t Token) (Inspection, bool) {
	parts := strings.Split(t.text, ".")
	if len(parts) < 3 || len(parts) > 4 || len(parts[0]) != 2 || parts[0][0] != 'v' || parts[0][1] < '1' || parts[0][1] > '4' {
		return Inspection{}, false
	}
	in := Inspection{Shape: ShapePASETO, Token: t, Spec: "PASETO version " + parts[0][1:]}
	switch parts[1] {
	case "local":
		in.Reason = fmt.Sprintf("It starts with %s.local: a PASETO, encrypted with a key that issuer and reader share.", parts[0])
		in.Advice = Advice{"From its own exp, which only the holder of the key can read.", "From decrypting it with the shared key.", "PASETO is another format than JWT: the issuer would have to issue both."}
	case "public":
		in.Reason = fmt.Sprintf("It starts with %s.public: a PASETO, signed. Its claims are read here, its signature is not verified.", parts[0])
		in.Advice = Advice{"From its own exp, a date as text.", "From itself: claims in JSON, and behind them the signature.", "PASETO is another format than JWT: the issuer would have to issue both."}
		in.Token.pasetoClaims(parts)
	default:
		return Inspection{}, false
	}
	return in, true
}

// pasetoClaims separates claims and signature, whose length goes with the version.
func (t *Token) pasetoClaims(parts []string) {
	size := map[string]int{"v1": 256, "v2": 64, "v3": 96, "v4": 64}[parts[0]]
	b, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(b) <= size {
		t.problem("the payload cannot be read: not base64url, or shorter than the signature that ends it")
		return
	}
	t.Payload = b[:len(b)-size]
	t.payloadOf(t.Payload)
}

// macaroon names one by its form.
func macaroon(t Token, form string) Inspection {
	return Inspection{Shape: ShapeMacaroon, Token: t, Spec: "libmacaroons",
		Reason: "A macaroon, " + form + ": its holder can narrow what it permits by adding caveats, without asking the issuer.",
		Advice: Advice{"From a caveat in it, if it has one about time.", "From itself in part: location, id and caveats are readable; what the id stands for, only the issuer knows.", "A macaroon is another format than JWT: the issuer would have to issue both."}}
}

// binaryMacaroon looks into base64 for version 1, packets with their length in hexadecimal, and version 2.
func binaryMacaroon(t Token) (Inspection, bool) {
	text := t.text
	for _, prefix := range [...]string{"pypi-", "fm2_", "discharge-"} {
		text = strings.TrimPrefix(text, prefix)
	}
	b, err := base64.RawURLEncoding.DecodeString(canonical(text))
	if err != nil || len(b) < 16 {
		return Inspection{}, false
	}
	switch {
	case bytes.HasPrefix(b[4:], []byte("location ")) || bytes.HasPrefix(b[4:], []byte("identifier ")):
		return macaroon(t, "version 1 in base64"), true
	case b[0] == 2 && (b[1] == 1 || b[1] == 2) && int(b[2]) < len(b)-3 && b[2] > 0:
		in := macaroon(t, "version 2 in base64")
		if strings.HasPrefix(t.text, "pypi-") {
			in.Provider, in.Role = "PyPI", RoleAPIKey
		}
		return in, true
	}
	return Inspection{}, false
}

// saml looks for XML of SAML, as it is or in base64.
func saml(t Token) (Inspection, bool) {
	form, b := "XML", []byte(t.text)
	if !strings.HasPrefix(t.text, "<") {
		clean := canonical(strings.Map(func(r rune) rune {
			if r == '\n' || r == '\r' || r == ' ' {
				return -1
			}
			return r
		}, t.text))
		var err error
		if b, err = base64.RawURLEncoding.DecodeString(clean); err != nil {
			return Inspection{}, false
		}
		form = "XML in base64"
	}
	b = bytes.TrimSpace(b)
	if !bytes.HasPrefix(b, []byte("<")) || !bytes.Contains(b[:min(len(b), 4096)], []byte("urn:oasis:names:tc:SAML:")) {
		return Inspection{}, false
	}
	what := "a message"
	for _, name := range [...]string{"Response", "Assertion", "AuthnRequest", "LogoutRequest", "LogoutResponse"} {
		head := b[:min(len(b), 4096)]
		if bytes.Contains(head, []byte(":"+name+" ")) || bytes.HasPrefix(head, []byte("<"+name)) {
			what = "an element " + name
			break
		}
	}
	return Inspection{Shape: ShapeSAML, Role: RoleAssertion, Token: t, Spec: "SAML 2.0 Core",
		Reason: fmt.Sprintf("%s with %s of SAML: of another family than OAuth tokens.", form, what),
		Advice: Advice{"From its Conditions, NotBefore and NotOnOrAfter.", "From itself: decode the base64 and read the XML.",
			"By using it as a grant where the issuer permits that (RFC 7522), or by signing in with OpenID Connect instead."}}, true
}
