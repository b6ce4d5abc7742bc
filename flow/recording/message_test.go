package recording_test

import (
	"runtime"
	"strings"
	"testing"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/recording"
	"authscope/flow/story"
)

const rawExchange = "POST /token HTTP/1.1\r\nHost: idp.example\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: Basic c3BhOnZlcnktc2VjcmV0LTEyMzQ1Ng==\r\nContent-Length: 10\r\n\r\n" +
	"grant_type=authorization_code&code=code-1234567890abcdef&redirect_uri=https%3A%2F%2Fapp.example%2Fcb\r\n\r\n" +
	"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nDate: Mon, 04 May 2026 09:00:00 GMT\r\n\r\n{\"error\":\"invalid_grant\",\"error_description\":\"code expired\"}\r\n"

const verboseExchange = "$ curl -v https://idp.example/token -d grant_type=refresh_token -d refresh_token=refresh-1234567890abcdef\n" +
	"*   Trying 192.0.2.1:443...\n* Connected to idp.example (192.0.2.1) port 443\n* ALPN: curl offers h2,http/1.1\n} [5 bytes data]\n* SSL connection using TLSv1.3\n" +
	"> POST /token HTTP/2\n> Host: idp.example\n> User-Agent: curl/8.5.0\n> Content-Length: 69\n> Content-Type: application/x-www-form-urlencoded\n>\n} [69 bytes data]\n" +
	"< HTTP/2 400\n< content-type: application/json\n<\n{ [30 bytes data]\n{\"error\":\"invalid_grant\"}\n* Connection #0 to host idp.example left intact\n"

// TestMessages: of raw HTTP the same is read as of a HAR of it.
func TestMessages(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       recording.Kind
		class      story.Class
		request    string
		status     int
		code       string // of OAuth's error
		note       string
	}{
		{"request and answer", rawExchange, recording.KindHTTP, story.CodeExchange, "POST https://idp.example/token", 400, "invalid_grant", "Date"},
		{"with line feeds alone", strings.ReplaceAll(rawExchange, "\r", ""), recording.KindHTTP, story.CodeExchange, "POST https://idp.example/token", 400, "invalid_grant", "assumed"},
		{"request alone", strings.SplitAfter(rawExchange, "\r\n\r\n")[0] + "grant_type=refresh_token&refresh_token=refresh-1234567890abcdef", recording.KindHTTP, story.TokenRefresh, "POST https://idp.example/token", 0, "", "assumed"},
		{"to a whole address, through a proxy", strings.Replace(rawExchange, "/token", "http://idp.example/token", 1), recording.KindHTTP, story.CodeExchange, "POST http://idp.example/token", 400, "invalid_grant", ""},
		{"to this machine", strings.Replace(rawExchange, "idp.example", "127.0.0.1:8080", 1), recording.KindHTTP, story.CodeExchange, "POST http://127.0.0.1:8080/token", 400, "invalid_grant", ""},
		{"interim answer", strings.Replace(rawExchange, "HTTP/1.1 400", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400", 1), recording.KindHTTP, story.CodeExchange, "POST https://idp.example/token", 400, "invalid_grant", ""},
		{"chunked", "GET /userinfo HTTP/1.1\nHost: idp.example\n\nHTTP/1.1 401 Unauthorized\nTransfer-Encoding: chunked\nContent-Type: application/json\n\n9\n{\"error\":\nf\n\"invalid_token\"\n1\n}\n0\n", recording.KindHTTP, story.UserInfoCall, "GET https://idp.example/userinfo", 401, "invalid_token", ""},
		{"answer alone", "HTTP/2 400\ncontent-type: application/json\n\n{\"error\":\"invalid_client\"}", recording.KindError, story.CodeExchange, "", 400, "invalid_client", "its request is not known"},
		{"answer of another status", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Basic\nContent-Type: application/json\n\n{\"error\":\"invalid_client\"}", recording.KindError, story.CodeExchange, "", 401, "invalid_client", ""},
		{"authorization request, refused on a page", "GET /auth?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=1 HTTP/2\nHost: idp.example\n\nHTTP/2 400\nContent-Type: text/html\n\n<h1>redirect_uri mismatch</h1>", recording.KindHTTP, story.Authorization, "GET https://idp.example/auth?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=1", 400, "", ""},
		{"curl -v, without the form that was sent", verboseExchange, recording.KindHTTP, story.CodeExchange, "POST https://idp.example/token", 400, "invalid_grant", "does not print the body"},
		{"of no login", "GET /x HTTP/1.1\nHost: www.example.com\n\nHTTP/1.1 200 OK\n\nhello", recording.KindHTTP, story.Unknown, "GET https://www.example.com/x", 200, "", "does not follow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := recording.Read([]byte(c.text), recording.Options{Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			s := story.Read(r.Sessions[0])
			if r.Kind != c.kind || len(r.Sessions) != 1 || len(s.Calls()) != 1 {
				t.Fatalf("read as %s with %d logins and %d calls, want %s with one", r.Kind, len(r.Sessions), len(s.Calls()), c.kind)
			}
			x := s.Calls()[0]
			if got := x.Request.Method + " " + x.Request.URL; c.request != "" && got != c.request {
				t.Errorf("the request is %s, want %s", got, c.request)
			}
			status := 0
			if x.Response != nil {
				status = x.Response.Status
			}
			code, _ := x.OAuthError()
			if x.Class != c.class || status != c.status || code != c.code {
				t.Errorf("read as %s with %d %q, want %s with %d %q", x.Class, status, code, c.class, c.status, c.code)
			}
			if rec, _ := s.Recording(); !strings.Contains(strings.Join(rec.Notes, " "), c.note) {
				t.Errorf("the notes do not say %q: %q", c.note, rec.Notes)
			}
			diagnose.Read(s, s.End())
		})
	}
}

// TestMessageLogin: several requests, each with its answer, make one login; a redirect alone is the answer that it carries.
func TestMessageLogin(t *testing.T) {
	r, err := recording.Read([]byte("GET /auth?response_type=code&client_id=spa&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state=s1 HTTP/1.1\nHost: idp.example\n\n"+
		"HTTP/1.1 302 Found\nLocation: https://app.example/cb?code=code-1234567890abcdef&state=s1\n\n"+rawExchange), recording.Options{Now: time.Unix(1e9, 0)})
	if err != nil {
		t.Fatal(err)
	}
	s := story.Read(r.Sessions[0])
	if l := s.Login(); len(r.Sessions) != 1 || l == nil || l.Params.Get("client_id") != "spa" || l.Exchange == nil {
		t.Errorf("%d logins, want one with its request and its exchange", len(r.Sessions))
	}
	r, err = recording.Read([]byte("HTTP/1.1 302 Found\nLocation: https://app.example/cb?error=login_required&state=s1\n\n"), recording.Options{Now: time.Unix(1e9, 0)})
	if err != nil || r.Kind != recording.KindCallback {
		t.Errorf("a redirect to an error is read as %q (%v), want %s", r.Kind, err, recording.KindCallback)
	}
}

// TestMessageBounds: of very much text little is held, and that not all was read is said.
func TestMessageBounds(t *testing.T) {
	const request = "GET /auth?client_id=a&response_type=code&state=1 HTTP/1.1\nHost: a.example\n\n"
	r, err := recording.Read([]byte(strings.Repeat(request, 25_000)), recording.Options{Now: time.Unix(1e9, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if rec, _ := story.Read(r.Sessions[0]).Recording(); !strings.Contains(strings.Join(rec.Notes, " "), "more than 19999 requests") {
		t.Errorf("that not all was read is not said: %q", rec.Notes)
	}
	for _, text := range []string{"curl " + strings.Repeat("-d a ", 2<<20), strings.Repeat("x ", 4<<20), "GET " + strings.Repeat("x ", 4<<20) + "HTTP/1.1"} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := recording.Read([]byte(text), recording.Options{Now: time.Unix(1e9, 0)}); err == nil {
			t.Errorf("%.20s… of %d bytes is taken", text, len(text))
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(6*len(text)) {
			t.Errorf("%.20s… of %d bytes: %d bytes were allocated to refuse it, more than 6 times its size", text, len(text), used)
		}
	}
}
