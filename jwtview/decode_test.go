package jwtview

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"
)

// An ID token and a refresh token of one session, from a real Authgear.
const (
	authgearHeader    = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImNhMDlhODE1LTU3NDYtNGEzYS1iODFmLWZmOWM2YmUzNmE0ZSIsInR5cCI6IkpXVCJ9"
	authgearSignature = "VTJq4jjHIB03tC9prgYjbjil0VPcr6gTuAveCceoqD75l3PL8HehhGfleoJWj0gQFHIBW__XL3Pm8jUF6t7aCC8aKeLXsJOLrtqVzlG2sk8sJBP-qyycSFWTaQOUMO93dIBYHC3XouQM6t-jqXL-y004I-RfWPEdqMWSkz8YkJbYFJbXuvmUHgdd_GozPrlKF9tR-kd32U4QrM8NVUVmc7evDuTmik7YK3lOQajBvn1Z1q8XABCBloJoX91KQjUdCQdNu8UAC9n3_jeYhMw6mgezeb6eEVWsSyttD-mHLzP9ZQrIS0n-kQG4kx7-4lIHHKHNe1l4z-jMuC3Exjq9Dg"
	authgearPayload   = "eyJhbXIiOlsicHdkIiwieF9wcmltYXJ5X3Bhc3N3b3JkIl0sImF1ZCI6WyJzcGFfY2xpZW50Il0sImF1dGhfdGltZSI6MTc5NTM4MTcxMiwiZXhwIjoxNzk1MzgyMDEyLCJodHRwczovL2F1dGhnZWFyLmNvbS9jbGFpbXMvdXNlci9jYW5fcmVhdXRoZW50aWNhdGUiOnRydWUsImh0dHBzOi8vYXV0aGdlYXIuY29tL2NsYWltcy91c2VyL2lzX2Fub255bW91cyI6ZmFsc2UsImh0dHBzOi8vYXV0aGdlYXIuY29tL2NsYWltcy91c2VyL2lzX3ZlcmlmaWVkIjpmYWxzZSwiaHR0cHM6Ly9hdXRoZ2Vhci5jb20vY2xhaW1zL3VzZXIvcm9sZXMiOltdLCJpYXQiOjE3OTUzODE3MTIsImlzcyI6Imh0dHA6Ly9sb2NhbGhvc3Q6MzEwMCIsIm5vbmNlIjoibm8tODhiZWIzZWEiLCJzaWQiOiJiMlptYkdsdVpWOW5jbUZ1ZERvek9UQmtOVFE1Tmkwek5EUXpMVFEwWldZdE9UWTVaQzB3TXpWbE1EZGhZVFZrWm1JIiwic3ViIjoiNDVhNTNkMWQtNWIyYi00YmRiLTlmNDYtNzFjYTRiOTNiMjczIn0"
	authgearIDToken   = authgearHeader + "." + authgearPayload + "." + authgearSignature
	authgearKeys      = `{"keys":[{"alg":"RS256","created_at":1795381340,"e":"AQAB","kid":"ca09a815-5746-4a3a-b81f-ff9c6be36a4e","kty":"RSA","n":"wzF1GoV0OfdIiCECCeNUcOaOLqlDndkOBTkcVOkJcrKKNzl0zzc0lD3BcV7XP5yWtElZgbvEzu3N5M_0ZkONZrBMapTqbQEhosBzW_ox1okPM8kinN3ws5sQhtV3AtzLil_0YocuBqDf_iHAeXwrb7fEOaNiocUAUNylZmgsuYi2SYddoSlJ866o9SiGnxA1RCEemW5opqBiOvSFG14krtxVlCrQfvUJRGKR_9NetYqtu6Smt2ApjhaQYfrgdM8eEcU7_2BQL-lm29DZRvnfy-p-peIn1q6TrBmDVklnisq-MT5MjUEheWDB3F_yLzV1ErWECD6W5YRGIjebKlUNTQ","use":"sig"}]}`
	grantID           = "b7d1abb8-a878-4c6d-953f-0c451c6fc30e"
	authgearRefresh   = grantID + ".VxlG5qaoNzRAB2xybCoJ0vY9tKPQFFYG"
)

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// token writes a compact serialization of any header and payload.
func token(header, payload, signature string) string {
	return b64(header) + "." + b64(payload) + "." + b64(signature)
}

func TestDecodeFormats(t *testing.T) {
	const rs = `{"alg":"RS256"}`
	tests := []struct {
		name, in string
		format   Format
		describe string
		problem  string // a part of the first one, "" for none
	}{
		{"ID token", authgearIDToken, FormatJWT, "JWT RS256", ""},
		{"access token", "B9o8xCOnVKcUzlKy1udLNIydOerbhPeD", FormatOpaque, "opaque, 32 characters", ""},
		{"refresh token", authgearRefresh, FormatAuthgearRefresh, "grant.secret, 69 characters", ""},
		{"refresh token, short secret", grantID + ".VxlG5", FormatOpaque, "opaque, 42 characters", ""},
		{"refresh token, odd secret", grantID + ".VxlG5qaoNzRAB2xybCoJ0vY9tKPQFFY-", FormatOpaque, "opaque, 69 characters", ""},
		{"UUID", grantID, FormatUUID, "UUID", ""},
		{"upper-case UUID", strings.ToUpper(grantID), FormatUUID, "UUID", ""},
		{"no UUID", strings.Replace(grantID, "b", "g", 1), FormatOpaque, "opaque, 36 characters", ""},
		{"empty", "", FormatEmpty, "empty", ""},
		{"blank", " \n", FormatEmpty, "empty", ""},
		{"one character", "x", FormatOpaque, "opaque, 1 character", ""},
		{"Google", "ya29.a0AfH6SMB-x.y", FormatOpaque, "opaque, 18 characters", ""},
		{"dots", "..", FormatOpaque, "opaque, 2 characters", ""},
		{"unsecured", token(`{"alg":"none"}`, `{}`, ""), FormatJWT, "JWT none", ""},
		{"no alg", token(`{"typ":"JWT"}`, `{}`, "s"), FormatJWT, "JWT without alg", ""},
		{"JWE", b64(`{"alg":"RSA-OAEP-256","enc":"A256GCM"}`) + ".a.b.c.d", FormatJWE, "JWE RSA-OAEP-256 A256GCM", "encrypted"},
		{"five parts that are none", "a.b.c.d.e", FormatOpaque, "opaque, 9 characters", ""},
		{"payload is text", token(rs, "Payload", "s"), FormatJWT, "JWT RS256", "the payload cannot be read: not JSON: 'P'"},
		{"payload is an array", token(rs, "[1]", "s"), FormatJWT, "JWT RS256", "the payload is a JSON array, not an object"},
		{"payload is empty", token(rs, "", "s"), FormatJWT, "JWT RS256", "the payload is empty: detached, or lost"},
		{"header is an array", token(`["alg"]`, "{}", "s"), FormatOpaque, "opaque, 17 characters", ""},
		{"header is half", b64(`{"alg":`) + ".e30.cw", FormatOpaque, "opaque, 17 characters", "the header cannot be read: not JSON: the end of the text"},
		{"no signature", token(rs, `{}`, ""), FormatJWT, "JWT RS256", "the signature is empty"},
		{"cut after the payload", b64(rs) + "." + b64(`{}`), FormatJWT, "JWT RS256", "cut off: the signature is missing"},
		{"cut after the header", b64(rs), FormatJWT, "JWT RS256", "cut off: the header stands alone"},
		{"JSON cookie", b64(`{"user":1}`), FormatOpaque, "opaque, 14 characters", ""},
		{"four parts", token(rs, `{}`, "s") + ".x", FormatOpaque, "opaque, 29 characters", "starts like a JWT, but has 4 parts"},
		{"shortened", b64(rs) + "…" + b64(`{}`) + ".x", FormatOpaque, "opaque, 28 characters", `characters are missing where it says "…"`},
		{"shortened with dots", b64(rs) + "...x", FormatOpaque, "opaque, 24 characters", `characters are missing where it says "…"`},
		{"space around", " " + token(rs, `{}`, "s") + "\n", FormatJWT, "JWT RS256", "white space around the token"},
		{"Bearer", "bearer " + token(rs, `{}`, "s"), FormatJWT, "JWT RS256", `"bearer " in front of the token`},
		{"quoted", `"` + token(rs, `{}`, "s") + `"`, FormatJWT, "JWT RS256", "quotes around the token"},
		{"wrapped", b64(rs) + ".\n" + b64(`{}`) + ".\n  cw", FormatJWT, "JWT RS256", "white space or line breaks inside the token"},
		{"padded", b64(rs) + "=." + b64(`{}`) + "=.cw==", FormatJWT, "JWT RS256", "the header has padding (=)"},
		{"standard base64", b64(rs) + ".eyJhIjoi/+8ifQ.cw", FormatJWT, "JWT RS256", "the payload is base64 with + or /"},
		{"bad character", b64(rs) + ".e3!0.cw", FormatJWT, "JWT RS256", "the payload is not base64url: '!' at character 3"},
		{"impossible length", b64(rs) + ".e30.c", FormatJWT, "JWT RS256", "the signature is not base64url: no bytes have 1 characters"},
		{"loose bits", b64(rs) + ".e30.cx", FormatJWT, "JWT RS256", "the last character of the signature carries bits"},
		{"duplicate claim", token(rs, `{"a":1,"a":2}`, "s"), FormatJWT, "JWT RS256", `"a" occurs more than once in the payload`},
		{"duplicate parameter", token(`{"alg":"RS256","alg":"none"}`, `{}`, "s"), FormatJWT, "JWT RS256", `"alg" occurs more than once in the header`},
		{"not UTF-8", token(rs, "{\"a\":\"\xff\"}", "s"), FormatJWT, "JWT RS256", "the payload is not all UTF-8"},
		{"too large", strings.Repeat("a", MaxSize+1), FormatOpaque, "opaque, 4194305 characters", "not decoded: 4194305 bytes"},
		{"long alg", token(`{"alg":"`+strings.Repeat("A", 99)+`"}`, `{}`, "s"), FormatJWT, "JWT " + strings.Repeat("A", 40) + "…", ""},
	}
	for _, tt := range tests {
		got := Decode(tt.in)
		if got.Format != tt.format {
			t.Errorf("%s: format is %s, want %s", tt.name, got.Format, tt.format)
		}
		if got.Raw != tt.in {
			t.Errorf("%s: Raw is not what was received", tt.name)
		}
		if d := got.Describe(); d != tt.describe {
			t.Errorf("%s: described as %q, want %q", tt.name, d, tt.describe)
		}
		switch {
		case tt.problem == "" && len(got.Problems) > 0:
			t.Errorf("%s: unexpected problems %q", tt.name, got.Problems)
		case tt.problem != "" && (len(got.Problems) == 0 || !strings.HasPrefix(got.Problems[0], tt.problem)):
			t.Errorf("%s: problems are %q, want first %q", tt.name, got.Problems, tt.problem)
		}
	}
	if got := (Token{}).Describe(); got != "empty" {
		t.Errorf("zero Token described as %q", got)
	}
}

func TestDecodeReadsParts(t *testing.T) {
	got := Decode(authgearIDToken)
	if got.Alg() != "RS256" || got.Typ() != "JWT" || got.Kid() != "ca09a815-5746-4a3a-b81f-ff9c6be36a4e" {
		t.Errorf("header read as alg %q typ %q kid %q", got.Alg(), got.Typ(), got.Kid())
	}
	if got.Signed != authgearHeader+"."+authgearPayload {
		t.Errorf("Signed is %q", got.Signed)
	}
	if string(got.Payload) != got.Claims.String() {
		t.Errorf("claims changed on the way:\n%s\n%s", got.Payload, got.Claims)
	}
	if len(got.Signature) != 256 {
		t.Errorf("signature has %d bytes, want 256", len(got.Signature))
	}
	if aud := got.Audience(); !slices.Equal(aud, []string{"spa_client"}) {
		t.Errorf("audience is %q", aud)
	}
}

func TestDecodeReadsNearMisses(t *testing.T) {
	clean := Decode(authgearIDToken)
	wrapped := authgearIDToken[:100] + "\r\n\t" + authgearIDToken[100:]
	for name, in := range map[string]string{
		"wrapped": wrapped, "Bearer": "Bearer " + authgearIDToken, "padded": authgearHeader + "==." + authgearPayload + "=." + authgearSignature + "==",
		"standard base64": strings.NewReplacer("-", "+", "_", "/").Replace(authgearIDToken), "all": " 'Bearer  " + wrapped + "'\n",
	} {
		got := Decode(in)
		if got.Claims.String() != clean.Claims.String() || got.Signed != clean.Signed || string(got.Signature) != string(clean.Signature) {
			t.Errorf("%s: not read like the clean token; problems %q", name, got.Problems)
		}
		if got.flaw == "" {
			t.Errorf("%s: read, but not marked as flawed", name)
		}
	}
	cut := Decode(authgearIDToken[:len(authgearHeader)+100])
	if cut.Format != FormatJWT || len(cut.Problems) < 2 {
		t.Errorf("cut in the payload: %s with problems %q", cut.Format, cut.Problems)
	}
}

func TestGrantID(t *testing.T) {
	for in, want := range map[string]string{
		authgearRefresh:       grantID,
		" " + authgearRefresh: grantID,
		authgearIDToken:       "390d5496-3443-44ef-969d-035e07aa5dfb",
		grantID:               "",
		"":                    "",
		token(`{"alg":"none"}`, `{"sid":"x"}`, ""):                               "",
		token(`{"alg":"none"}`, `{"sid":"`+b64("offline_grant:x")+`"}`, ""):      "",
		token(`{"alg":"none"}`, `{"sid":"`+b64("idp_session:"+grantID)+`"}`, ""): "",
		token(`{"alg":"none"}`, `{"sid":1}`, ""):                                 "",
		token(`{"alg":"none"}`, `{"sid":"`+strings.Repeat("A", 1000)+`"}`, ""):   "",
	} {
		if got := Decode(in).GrantID(); got != want {
			t.Errorf("grant id of %.60s… is %q, want %q", in, got, want)
		}
	}
}

func TestTime(t *testing.T) {
	tests := []struct{ literal, want string }{
		{"1795382012", "2026-11-22T21:13:32Z"},
		{"1795382012.5", "2026-11-22T21:13:32.5Z"},
		{"1.795382012e9", "2026-11-22T21:13:32Z"},
		{"0", "1970-01-01T00:00:00Z"},
		{"-1", "1969-12-31T23:59:59Z"},
		{"-0.25", "1969-12-31T23:59:59.75Z"},
		{"253402300799", "9999-12-31T23:59:59Z"},
		{"253402300799.9999999", ""},
		{"253402300800", ""},
		{"-62135596800", "0001-01-01T00:00:00Z"},
		{"-62135596801", ""},
		{"1795382012000", ""},
		{"1e400", ""},
		{"-1e400", ""},
		{"1e-400", "1970-01-01T00:00:00Z"},
		{"99999999999999999999999999", ""},
		{`"1795382012"`, ""},
		{"null", ""},
		{"true", ""},
		{"[1]", ""},
	}
	for _, tt := range tests {
		got, ok := Decode(token(`{"alg":"none"}`, `{"exp":`+tt.literal+`}`, "")).Time("exp")
		text := ""
		if ok {
			text = got.Format(time.RFC3339Nano)
		}
		if text != tt.want {
			t.Errorf("exp %s read as %q, want %q", tt.literal, text, tt.want)
		}
	}
	if _, ok := Decode(authgearIDToken).Time("nbf"); ok {
		t.Error("an absent nbf was read as a time")
	}
}

func TestAudience(t *testing.T) {
	for in, want := range map[string][]string{
		`{"aud":"a"}`: {"a"}, `{"aud":["a","b"]}`: {"a", "b"}, `{"aud":[]}`: nil, `{"aud":[1,"b"]}`: {"b"}, `{"aud":1}`: nil, `{}`: nil,
	} {
		if got := Decode(token(`{"alg":"none"}`, in, "")).Audience(); !slices.Equal(got, want) {
			t.Errorf("audience of %s is %q, want %q", in, got, want)
		}
	}
}
