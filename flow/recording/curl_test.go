package recording_test

import (
	"strings"
	"testing"
	"time"

	"authscope/flow/recording"
	"authscope/flow/story"
)

// TestCurl: a request is read out of a command in every form in which browsers copy it.
func TestCurl(t *testing.T) {
	const form = "grant_type=authorization_code&code=Z8vxQ1w2e3r4t5y6u7i8o9p0&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=it's%20a%20%22verifier%22"
	for _, c := range []struct{ name, text, secret string }{
		{"bash, as Chrome copies it", "curl 'https://idp.example/oauth2/token' \\\n  -H 'accept: application/json' \\\n  -H 'content-type: application/x-www-form-urlencoded' \\\n  -b 'sid=abc' \\\n" +
			`  --data-raw $'grant_type=authorization_code&code=Z8vxQ1w2e3r4t5y6u7i8o9p0&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=it\'s%20a%20%22verifier%22'`, ""},
		{"bash, with quotes of the shell", `curl https://idp.example/oauth2/token --data-raw 'grant_type=authorization_code&code=Z8vxQ1w2e3r4t5y6u7i8o9p0&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=it'\''s%20a%20%22verifier%22'`, ""},
		{"escapes of ANSI C", `curl 'https://idp.example/oauth2/token' --data-raw $'grant_type=authorization_code\u0026code=Z8vxQ1w2e3r4t5y6u7i8o9p0\x26redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=it\'s%20a%20%22verifier%22'`, ""},
		{"cmd, as Chrome copies it", "curl ^\"https://idp.example/oauth2/token^\" ^\r\n  -H ^\"content-type: application/x-www-form-urlencoded^\" ^\r\n  --data-raw ^\"grant_type=authorization_code^&code=Z8vxQ1w2e3r4t5y6u7i8o9p0^&redirect_uri=https^%^3A^%^2F^%^2Fapp.example^%^2Fcb^&code_verifier=it's^%^20a^%^20^%^22verifier^%^22^\"", ""},
		{"cmd, older", "curl \"https://idp.example/oauth2/token\" ^\r\n  -H \"content-type: application/x-www-form-urlencoded\" ^\r\n  --data-raw \"" + form + "\"", ""},
		{"PowerShell with curl.exe", "curl.exe `\n  -X POST `\n  -H \"content-type: application/x-www-form-urlencoded\" `\n  --data-raw \"" + form + "\" `\n  https://idp.example/oauth2/token", ""},
		{"PowerShell", "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\n$session.UserAgent = \"Mozilla/5.0\"\nInvoke-WebRequest -UseBasicParsing -Uri \"https://idp.example/oauth2/token\" `\n-Method \"POST\" `\n-WebSession $session `\n" +
			"-Headers @{\n\"accept\"=\"application/json\"\n  \"origin\"=\"https://app.example\"\n} `\n-ContentType \"application/x-www-form-urlencoded\" `\n-Body \"grant_type=authorization_code&code=Z8vxQ1w2e3r4t5y6u7i8o9p0&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=it's%20a%20%22verifier%22\"", ""},
		{"parts", "curl -sS -X POST -d grant_type=authorization_code -d code=Z8vxQ1w2e3r4t5y6u7i8o9p0 --data-urlencode redirect_uri=https://app.example/cb --data-urlencode \"code_verifier=it's a \\\"verifier\\\"\" --url=https://idp.example/oauth2/token -o /dev/null", ""},
		{"basic", "curl -uclient:verysecret https://idp.example/oauth2/token -d '" + strings.ReplaceAll(form, "'", "%27") + "'", "verysecret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := recording.Read([]byte(c.text), recording.Options{Now: time.Unix(1e9, 0)})
			if err != nil {
				t.Fatal(err)
			}
			s := story.Read(r.Sessions[0])
			if len(s.Calls()) != 1 {
				t.Fatalf("%d calls, want 1", len(s.Calls()))
			}
			x := s.Calls()[0]
			if x.Class != story.CodeExchange || x.Request.Method != "POST" || x.Request.URL != "https://idp.example/oauth2/token" {
				t.Errorf("read as %s %s %s", x.Class, x.Request.Method, x.Request.URL)
			}
			for name, want := range map[string]string{"grant_type": "authorization_code", "code": "Z8vxQ1w2e3r4t5y6u7i8o9p0", "redirect_uri": "https://app.example/cb", "code_verifier": `it's a "verifier"`} {
				if got := x.Request.Form().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if c.secret != "" && s.SentAuth(x) != "client_secret_basic" {
				t.Errorf("the client authenticates with %q, want client_secret_basic", s.SentAuth(x))
			}
		})
	}
}

// TestCurlOthers: what else is asked with a command.
func TestCurlOthers(t *testing.T) {
	for _, c := range []struct {
		text  string
		class story.Class
		url   string
	}{
		{`curl -H "Authorization: Bearer abcdefghijklmnopqrstuvwxyz" https://idp.example/userinfo`, story.UserInfoCall, "https://idp.example/userinfo"},
		{`curl --oauth2-bearer abcdefghijklmnopqrstuvwxyz idp.example/userinfo`, story.UserInfoCall, "http://idp.example/userinfo"},
		{`curl 'https://idp.example/auth?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fa%2F&state=1'`, story.Authorization, "https://idp.example/auth?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fa%2F&state=1"},
		{`curl https://idp.example/.well-known/openid-configuration`, story.Discovery, "https://idp.example/.well-known/openid-configuration"},
		{`curl -G -d response_type=code -d client_id=a -d scope=openid https://idp.example/auth`, story.Authorization, "https://idp.example/auth?response_type=code&client_id=a&scope=openid"},
		{`curl https://idp.example/token -H 'content-type: application/json' -d '{"grant_type":"refresh_token","refresh_token":"abcdefghijklmnopqrst"}'`, story.TokenRefresh, "https://idp.example/token"},
		{`curl https://www.example.com/`, story.Unknown, "https://www.example.com/"},
	} {
		r, err := recording.Read([]byte(c.text), recording.Options{Now: time.Unix(1e9, 0)})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		x := story.Read(r.Sessions[0]).Calls()[0]
		if x.Class != c.class || x.Request.URL != c.url {
			t.Errorf("%s: read as %s of %s, want %s of %s", c.text, x.Class, x.Request.URL, c.class, c.url)
		}
	}
}
