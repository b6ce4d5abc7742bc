package recording_test

import (
	"os"
	"path/filepath"
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

// TestCurlOptions: options are read as curl reads them, several in one word too, and the command ends where the shell ends it.
func TestCurlOptions(t *testing.T) {
	const at, form = "https://idp.example/token", "grant_type=client_credentials"
	for _, c := range []struct{ text, request, body string }{
		{"curl -sSX POST " + at + " -d " + form, "POST " + at, form},
		{"curl -sku client:verysecret " + at + " -d " + form + "|jq .", "POST " + at, form},
		{"curl " + at + " -d " + form + " > out.json && cat out.json", "POST " + at, form},
		{"curl > out.json 2>/dev/null " + at + " -d " + form, "POST " + at, form},
		{"curl -d" + form + " " + at + "; echo done", "POST " + at, form},
		{"curl " + at + " -d " + form + " &", "POST " + at, form},
		{"curl https://idp.example/auth?response_type=code&client_id=a&state=1", "GET https://idp.example/auth?response_type=code&client_id=a&state=1", ""},
		{"curl --cert-type PEM --url-query a=b -o /dev/null --cookie jar.txt " + at + " -d " + form, "POST " + at, form},
		{"curl " + at + ` --json '{"grant_type":"client_` + `' --json 'credentials"}'`, "POST " + at, `{"grant_type":"client_credentials"}`},
		{"curl -GI https://idp.example/userinfo -d a=b", "HEAD https://idp.example/userinfo?a=b", ""},
		{"curl " + at + " --data-urlencode =a=b -d " + form, "POST " + at, "a%3Db&" + form},
		{"curl " + at + " --data-raw @" + form, "POST " + at, "@" + form},
	} {
		r, err := recording.Read([]byte(c.text), recording.Options{Now: time.Unix(1e9, 0)})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		x := story.Read(r.Sessions[0]).Calls()[0]
		if got := x.Request.Method + " " + x.Request.URL; got != c.request || string(x.Request.Body) != c.body || x.Request.Header.Get("Cookie") != "" {
			t.Errorf("%s: read as %s with %q, want %s with %q", c.text, got, x.Request.Body, c.request, c.body)
		}
	}
}

// TestCurlUnknown: what the command takes from elsewhere is neither read nor made up, and it is said.
func TestCurlUnknown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "form.txt")
	if err := os.WriteFile(file, []byte("grant_type=refresh_token&refresh_token=taken-from-the-file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ options, note string }{
		{"-d @" + file, "was not read"},
		{"--data-binary @" + file, "was not read"},
		{"--json @" + file, "was not read"},
		{"--data-urlencode @" + file, "was not read"},
		{"--data-urlencode code@" + file + " -d grant_type=authorization_code", "was not read"},
		{"-T " + file, "was not read"},
		{"-F grant_type=client_credentials -F file=@" + file, "multipart"},
	} {
		r, err := recording.Read([]byte("curl https://idp.example/token "+c.options), recording.Options{Now: time.Unix(1e9, 0)})
		if err != nil {
			t.Errorf("%s: %v", c.options, err)
			continue
		}
		s := story.Read(r.Sessions[0])
		rec, _ := s.Recording()
		if x := s.Calls()[0]; len(x.Request.Body) != 0 || !x.Missing {
			t.Errorf("%s: the body is %q, and said to be missing: %v", c.options, x.Request.Body, x.Missing)
		}
		if notes := strings.Join(rec.Notes, " "); !strings.Contains(notes, c.note) || strings.Contains(notes, "taken-from") {
			t.Errorf("%s: the notes do not say %q: %s", c.options, c.note, notes)
		}
	}
	r, err := recording.Read([]byte(`curl https://idp.example/token -d "grant_type=refresh_token&refresh_token=$REFRESH"`), recording.Options{Now: time.Unix(1e9, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if rec, _ := story.Read(r.Sessions[0]).Recording(); !strings.Contains(strings.Join(rec.Notes, " "), "variable of the shell") {
		t.Errorf("of a variable of the shell the notes say nothing: %q", rec.Notes)
	}
}
