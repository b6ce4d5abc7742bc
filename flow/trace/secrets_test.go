package trace_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"authscope/flow/trace"
)

const aJWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"

// TestSecrets: where a secret stands, what it is called, and nothing else.
func TestSecrets(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string // kind:value
	}{
		{"", nil},
		{"nothing here", nil},
		{"http://a/cb?code=abc&state=s", []string{"code:abc"}},
		{"http://a/cb?state=s&code=abc", []string{"code:abc"}},
		{"http://a/cb#access_token=abc&x=1", []string{"access_token:abc"}},
		{"?error_code=abc&decode=1&barcode=2", nil},
		{"grant_type=authorization_code&code=a%2Bb&code_verifier=vvv&client_secret=p%26q", []string{"code:a%2Bb", "code_verifier:vvv", "client_secret:p%26q"}},
		{"code_challenge=abc&code_challenge_method=S256", nil},
		{"token=abc&token_type_hint=refresh_token", []string{"token:abc"}},
		{`{"access_token":"abc","expires_in":1800,"token_type":"Bearer","refresh_token" : "d\"ef"}`, []string{"access_token:abc", `refresh_token:d\"ef`}},
		{`{"code":"short","error":{"code":"x"}}`, nil},
		{`{"code":"0123456789abcdef"}`, []string{"code:0123456789abcdef"}},
		{`{"access_token":null,"refresh_token":7,"id_token":{}}`, nil},
		{`<input type="hidden" name="code" value="abcdef"/><input name="state" value="s">`, []string{"code:abcdef"}},
		{`<a href="http://a/cb?code=abc&amp;state=s">`, []string{"code:abc"}},
		{"the token " + aJWT + ", they say", []string{"token:" + aJWT}},
		{"[" + aJWT + "]", []string{"token:" + aJWT}},
		{`{"id_token":"` + aJWT + `"}`, []string{"id_token:" + aJWT}},
		{"id_token_hint=" + aJWT, []string{"id_token:" + aJWT}},
		{`Get "http://a/token?code=abc": EOF`, []string{"code:abc"}},
		{"password=hunter2&login=demo", []string{"password:hunter2"}},
		{"eyJhbGciOiJSUzI1NiJ9 alone, and a.b.c", nil},
		{`{"access_token":"cut off he`, []string{"access_token:cut off he"}},
		{`{"keys":[{"kty":"EC","crv":"P-256","x":"xx","y":"yy","kid":"1","d":"ddd"}]}`, []string{"private_key:ddd"}},
		{`{"keys":[{"d":"ddd","p":"pp","q" : "qq","dp":"1","dq":"2","qi":"3","oth":[{"r":"rr","d":"d2","t":"tt"}],"n":"nn","e":"AQAB","kty":"RSA"}]}`,
			[]string{"private_key:ddd", "private_key:pp", "private_key:qq", "private_key:1", "private_key:2", "private_key:3", "private_key:rr", "private_key:d2", "private_key:tt"}},
		{`{"kty":"oct","k":"kk","kid":"k"}`, []string{"symmetric_key:kk"}},
		{`{"keys":[{"d":"cut of`, []string{"private_key:cut of"}},
		{`{"d":"no key","p":"1","k":"2"}`, nil},
		{"x -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- y", []string{"private_key:\nMIIE\n"}},
		{`{"key":"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"}`, []string{`private_key:\nMIIE\n`}},
		{"-----BEGIN EC PRIVATE KEY-----\nMIIE", []string{"private_key:\nMIIE"}},
		{"-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY----- -----BEGIN ", nil},
	} {
		if got := spans(c.text, trace.Secrets(c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestHeaderSecrets(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        []string
	}{
		{"Authorization", "Bearer abc", []string{"access_token:abc"}},
		{"authorization", "Basic dTpw", []string{"authorization:dTpw"}},
		{"AUTHORIZATION", "whatever", []string{"authorization:whatever"}},
		{"Authorization", "DPoP abc", []string{"access_token:abc"}},
		{"Proxy-Authorization", "Basic x", []string{"authorization:x"}},
		{"Cookie", "a=1; b=2", []string{"cookie:1", "cookie:2"}},
		{"Set-Cookie", "sid=abc=d; Path=/; HttpOnly", []string{"cookie:abc=d"}},
		{"DPoP", aJWT, []string{"proof:" + aJWT}},
		{"Location", "http://a/cb?code=abc&state=s", []string{"code:abc"}},
		{"Referer", "http://a/cb?code=abc", []string{"code:abc"}},
		{"Content-Type", "application/json", nil},
		{"Authorization", "Bearer ", nil},
	} {
		if got := spans(c.value, trace.HeaderSecrets(c.name, c.value)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %s: got %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

func spans(text string, all []trace.Span) (out []string) {
	for _, s := range all {
		out = append(out, s.Kind+":"+text[s.Start:s.End])
	}
	return out
}

// Spans are in order, apart from each other and within the text, whatever it is.
func FuzzSecrets(f *testing.F) {
	f.Add("code=1&access_token=" + aJWT)
	f.Add(`{"id_token":"` + aJWT + `","access_token":"\`)
	f.Add(`name="code" value="`)
	f.Add(`{"keys":[{"kty":"EC","d":"x","oth":[{"r":"`)
	f.Add("-----BEGIN PRIVATE KEY----------BEGIN PRIVATE KEY-----")
	f.Fuzz(func(t *testing.T, text string) {
		for _, found := range [][]trace.Span{trace.Secrets(text), trace.HeaderSecrets("Cookie", text), trace.HeaderSecrets("Authorization", text), trace.HeaderSecrets("Set-Cookie", text)} {
			at := 0
			for _, s := range found {
				if s.Start < at || s.End <= s.Start || s.End > len(text) || s.Kind == "" {
					t.Fatalf("span %+v after %d in %d bytes", s, at, len(text))
				}
				at = s.End
			}
			trace.Hide(text, found)
		}
	})
}

// A Secret gives itself away by Reveal alone.
func TestSecretPrintsAsDots(t *testing.T) {
	s := trace.NewSecret("hunter2")
	in := struct {
		S trace.Secret
		P *trace.Secret
	}{s, &s}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s, "in", in)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", s, "in", in)
	j, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	m, err := json.Marshal(map[trace.Secret]int{s: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"%v": fmt.Sprintf("%v %v", s, in), "%+v": fmt.Sprintf("%+v", in), "%#v": fmt.Sprintf("%#v %#v", s, in), "%s": fmt.Sprintf("%s", s),
		"%q": fmt.Sprintf("%q", s), "%x": fmt.Sprintf("%x", s), "wrong verb": fmt.Sprintf(strings.Join([]string{"%", "d"}, ""), s), "error": fmt.Errorf("no: %v", s).Error(), "slog": log.String(), "json": string(j), "json key": string(m)} {
		if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("%s gives the secret away: %s", name, text)
		}
	}
	if s.Reveal() != "hunter2" || s.IsZero() || !trace.NewSecret("").IsZero() {
		t.Error("Reveal or IsZero is wrong")
	}
}

func TestMask(t *testing.T) {
	long := strings.Repeat("ab", 12)
	for _, c := range [][3]string{
		{"code", long, "abab••••"}, {"code", long[:23], "••••"}, {"access_token", "äöüß" + long, "äöüß••••"}, {"client_secret", long, "••••"},
		{"code_verifier", long, "••••"}, {"password", long, "••••"}, {"cookie", long, "••••"}, {"authorization", long, "••••"}, {"private_key", long, "••••"}, {"symmetric_key", long, "••••"}, {"code", "code#1", "code#1"}, {"code", "", "••••"},
	} {
		if got := trace.Mask(c[0], c[1]); got != c[2] {
			t.Errorf("Mask(%s, %s) is %s, want %s", c[0], c[1], got, c[2])
		}
	}
}

func TestHide(t *testing.T) {
	text := "http://a/cb?code=" + strings.Repeat("xy", 16) + "&state=s&client_secret=abc"
	if got, want := trace.Hide(text, trace.Secrets(text)), "http://a/cb?code=xyxy••••&state=s&client_secret=••••"; got != want {
		t.Errorf("hidden: %s, want %s", got, want)
	}
}

// A curl command is one line of words for a shell, whatever stands in the request.
func TestCurl(t *testing.T) {
	got := trace.Curl(trace.Draft{Method: "POST", URL: "https://a/t?x='$(id)'", Header: trace.Header{{"Content-Type", "a'b"}, {"Content-Length", "9"}, {"Host", "a"}}, Body: []byte("a='`id`'")})
	want := `curl -sS -i -X 'POST' -H 'Content-Type: a'\''b' --data-raw 'a='\''` + "`id`" + `'\''' 'https://a/t?x='\''$(id)'\'''`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
