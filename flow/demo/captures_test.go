package demo

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// notReplayed are captured exchanges that are not compared, by what their request contains, and why.
var notReplayed = map[string]string{
	"client_id=m2m_client":       "the tenant has no machine-to-machine client",
	"client_id=native_devicesso": "no client has device_sso",
	"client_id=spa_single":       "x_ parameters: x_sso_enabled is not read",
}

// sameAs are the tenant's names for what the captures' server has.
var sameAs = strings.NewReplacer(
	"spa_client", "workshop-spa", "conf_client", "workshop-web", "native_rotating", "workshop-rotating",
	"client_id=third_party", "client_id=third-party", `"third_party"`, `"third-party"`,
	"research-conf-secret", "workshop-web-secret", "client_secret=conf-secret", "client_secret=workshop-web-secret",
	"client_secret=third-secret", "client_secret=third-party-secret",
)

// exchange is one captured request with its response.
type exchange struct {
	method, target   string
	header           http.Header
	body             string
	status           int
	responseHeader   http.Header
	responseBody     string
	original, reason string
}

// TestCaptures sends every captured request again, in order, with the codes and tokens that the tenant gave in place of
// the captured ones, and compares status, headers, text, and JSON member by member in order.
func TestCaptures(tt *testing.T) {
	files, err := filepath.Glob("testdata/captures/*.txt")
	if err != nil || len(files) != 14 {
		tt.Fatalf("found %d captures (%v), want 14", len(files), err)
	}
	for _, file := range files {
		tt.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(tt *testing.T) {
			p := &replay{tt: tt, t: newTestTenant(Options{AccessLifetime: 300 * time.Second}), known: map[string]string{}}
			for _, x := range readCapture(tt, file) {
				if x.reason == "" {
					p.exchange(x)
				}
			}
		})
	}
}

func readCapture(tt *testing.T, file string) []exchange {
	b, err := os.ReadFile(file)
	if err != nil {
		tt.Fatal(err)
	}
	var all []exchange
	for _, text := range strings.Split(string(b), strings.Repeat("-", 78)+"\n") {
		i := strings.Index(text, "HTTP/1.1 ")
		for i > 0 && text[i-1] != '\n' {
			next := strings.Index(text[i+1:], "HTTP/1.1 ")
			if next < 0 {
				i = -1
				break
			}
			i += 1 + next
		}
		if i < 0 {
			continue // a remark
		}
		x := exchange{original: text}
		for part, why := range notReplayed {
			if strings.Contains(text[:i], part) {
				x.reason = why
			}
		}
		var first string
		first, x.header, x.body = parsePart(tt, text[:i])
		x.method, x.target, _ = strings.Cut(strings.TrimSuffix(first, " HTTP/1.1"), " ")
		first, x.responseHeader, x.responseBody = parsePart(tt, text[i:])
		for _, c := range first[9:12] {
			x.status = x.status*10 + int(c-'0')
		}
		all = append(all, x)
	}
	return all
}

func parsePart(tt *testing.T, text string) (first string, h http.Header, body string) {
	h = http.Header{}
	s := bufio.NewScanner(strings.NewReader(text))
	s.Buffer(nil, 1<<20)
	for s.Scan() && (first == "" || s.Text() != "") {
		if strings.HasPrefix(s.Text(), "###") || s.Text() == "" && first == "" {
			continue
		}
		if first == "" {
			first = s.Text()
			continue
		}
		name, value, _ := strings.Cut(s.Text(), ": ")
		h.Add(name, value)
	}
	for s.Scan() {
		body += s.Text() + "\n"
	}
	if s.Err() != nil {
		tt.Fatal(s.Err())
	}
	return first, h, strings.Trim(body, "\n")
}

// replay knows what the tenant gave for each captured value.
type replay struct {
	tt     *testing.T
	t      *Tenant
	known  map[string]string
	before tokens // of a sign-in that was not captured
}

// ours translates a captured text.
func (p *replay) ours(s string) string {
	for theirs, ours := range p.known {
		s = strings.ReplaceAll(s, theirs, ours)
	}
	return sameAs.Replace(s)
}

func (p *replay) exchange(x exchange) {
	p.tt.Helper()
	if strings.Contains(x.target, "/api/v1/authentication_flows") {
		p.signIn(x)
		return
	}
	p.catchUp(x)
	r := httptest.NewRequest(x.method, p.ours(x.target), strings.NewReader(p.ours(x.body)))
	r.Host = orElse(x.header.Get("Host"), p.t.host)
	for _, name := range []string{"Content-Type", "Authorization", "Cookie", "Origin"} {
		if v := x.header.Get(name); v != "" {
			r.Header.Set(name, p.authorization(v))
		}
	}
	got := serve(p.t, r)
	p.compare(x, got)
}

var (
	capturedHint    = regexp.MustCompile(`id_token_hint=([^&]+)`)
	capturedBearer  = regexp.MustCompile(`^Bearer (\w{32})$`)
	capturedRefresh = regexp.MustCompile(`\brefresh_token=([-0-9a-f]{36}\.\w{32})`)
)

// catchUp makes the sign-in that a capture does not show: a browser comes with a session that it got before.
func (p *replay) catchUp(x exchange) {
	cookie := x.header.Get("Cookie")
	if m := sessionValue.FindStringSubmatch(cookie); m != nil && p.known[m[1]] == "" && strings.Contains(cookie, "oauth_ui=") {
		jar, got := browse(p.tt, p.t)
		p.known[m[1]] = jar
		p.before = got
	}
	for _, c := range []struct {
		form *regexp.Regexp
		text string
		ours string
	}{
		{capturedHint, x.target, p.before.ID},
		{capturedBearer, x.header.Get("Authorization"), p.before.Access},
		{capturedRefresh, x.body, p.before.Refresh},
	} {
		if m := c.form.FindStringSubmatch(c.text); m != nil && p.known[m[1]] == "" && c.ours != "" {
			p.known[m[1]] = c.ours
		}
	}
}

// authorization translates the inside of Basic, too.
func (p *replay) authorization(v string) string {
	if encoded, ok := strings.CutPrefix(v, "Basic "); ok {
		b, _ := base64.StdEncoding.DecodeString(encoded)
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(p.ours(string(b))))
	}
	return p.ours(v)
}

var (
	capturedCode  = regexp.MustCompile(`(?:[?&#]|\\u0026)code=([A-Za-z0-9]{32})`)
	capturedRef   = regexp.MustCompile(`\bx_ref=([A-Z0-9]{32})`)
	capturedTrace = regexp.MustCompile(`x_traceparent=00-[0-9a-f]{32}-[0-9a-f]{16}-01`)
	capturedUI    = regexp.MustCompile(`oauth_ui=[A-Z0-9]{32}`)
	sessionValue  = regexp.MustCompile(`session=([-0-9a-f]{36}\.\w{32})`)
)

// signIn signs alice in on the tenant's page in place of Authgear's API, and compares the cookies.
func (p *replay) signIn(x exchange) {
	ref := ""
	for theirs, ours := range p.known {
		if strings.Contains(x.header.Get("Cookie"), "oauth_ui="+theirs) {
			ref = ours
		}
	}
	u := findUser("alice")
	got := send(p.tt, p.t, "/login?x_ref="+ref, query(nil, "login", u.Login, "password", u.Password))
	p.learn(sessionValue, strings.Join(x.responseHeader["Set-Cookie"], "\n"), strings.Join(got.header["Set-Cookie"], "\n"))
	p.learn(capturedCode, x.responseBody, got.header.Get("Location"))
	p.equal("Set-Cookie of the sign-in", got.header["Set-Cookie"], x.responseHeader["Set-Cookie"])
}

// learn remembers what stands where a captured value stood.
func (p *replay) learn(form *regexp.Regexp, theirs, ours string) {
	a, b := form.FindStringSubmatch(theirs), form.FindStringSubmatch(ours)
	if a == nil || b == nil {
		p.tt.Errorf("no %v in captured %q and ours %q", form, cut(theirs, 200), cut(ours, 200))
		return
	}
	p.known[a[1]] = b[1]
}

func (p *replay) compare(x exchange, got answer) {
	p.tt.Helper()
	about := x.method + " " + cut(x.target+" "+x.body, 300)
	if got.status != x.status {
		p.tt.Fatalf("%s: got %d %s, Authgear answered %d %s", about, got.status, cut(got.body, 300), x.status, cut(x.responseBody, 300))
	}
	theirs, ours := x.responseHeader.Get("Location"), got.header.Get("Location")
	for _, form := range []*regexp.Regexp{capturedRef, capturedCode} {
		if form.MatchString(theirs) {
			p.learn(form, theirs, ours)
		}
	}
	for _, name := range []string{"Cache-Control", "Pragma", "Content-Type", "Www-Authenticate", "Allow", "Location",
		"Set-Cookie", "Access-Control-Allow-Origin", "Access-Control-Max-Age"} {
		if name == "Content-Type" && x.status == http.StatusUnauthorized {
			continue // sniffed by net/http, which the recorder does not do when a status was written
		}
		p.equal(about+": header "+name, got.header[name], x.responseHeader[name])
	}
	p.compareBody(about, x.responseBody, got.body)
}

// equal compares header values but for what is new in each run.
func (p *replay) equal(about string, got, want []string) {
	p.tt.Helper()
	fresh := func(values []string) string {
		s := p.ours(strings.Join(values, "\n"))
		for _, form := range []*regexp.Regexp{capturedTrace, capturedUI} {
			s = form.ReplaceAllString(s, "…")
		}
		return s
	}
	if fresh(got) != fresh(want) {
		p.tt.Errorf("%s:\n got %q\nwant %q, as Authgear", about, fresh(got), fresh(want))
	}
}

func (p *replay) compareBody(about, theirs, ours string) {
	p.tt.Helper()
	switch {
	case strings.HasPrefix(theirs, "<!DOCTYPE html>"):
		if !strings.HasPrefix(ours, "<!DOCTYPE html>") {
			p.tt.Errorf("%s: got %q, Authgear sent a page", about, cut(ours, 100))
		}
	case strings.HasPrefix(theirs, "{"):
		if !strings.HasSuffix(ours, "}\n") {
			p.tt.Errorf("%s: JSON ends in %q, want a line feed as Authgear's", about, ours[max(0, len(ours)-3):])
		}
		a, b := p.flatten(theirs, true), p.flatten(ours, false)
		if !slices.Equal(a, b) {
			p.tt.Errorf("%s: JSON differs\n got %q\nwant %q, as Authgear", about, b, a)
		}
	default:
		p.equal(about+": body", []string{strings.Trim(ours, "\n")}, []string{theirs})
	}
}

// fresh are members whose value is new in each run; that they are there, and where, is compared.
var fresh = []string{"access_token", "refresh_token", "auth_time", "exp", "iat", "jti", "sid", "kid", "n", "created_at", "updated_at"}

// flatten lists the members of a JSON object in order, with their values, and what is in JWTs. It learns the tokens.
func (p *replay) flatten(text string, captured bool) []string {
	var out []string
	for _, name := range names(p.tt, text) {
		var all map[string]json.RawMessage
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			p.tt.Fatal(err)
		}
		value := string(all[name])
		p.rememberToken(name, value, captured)
		if header, payload, ok := openToken(value); ok && name != "access_token" || ok && strings.Contains(payload, "workshop-rotating") ||
			ok && strings.Contains(payload, "native_rotating") { // the captures' confidential client has JWTs, ours has not
			out = append(out, name+" header")
			out = append(out, p.flatten(header, captured)...)
			out = append(out, name+" payload")
			out = append(out, p.flatten(payload, captured)...)
			continue
		}
		if slices.Contains(fresh, name) {
			value = "…"
		}
		if name == "keys" || strings.HasSuffix(name, "/identities") || strings.HasSuffix(name, "/authenticators") {
			out = append(out, name)
			out = append(out, p.flatten(strings.Trim(value, "[]"), captured)...)
			continue
		}
		out = append(out, name+"="+p.ours(value))
	}
	return out
}

// rememberToken pairs tokens: the captured one is read first, ours next.
func (p *replay) rememberToken(name, value string, captured bool) {
	if name != "access_token" && name != "refresh_token" && name != "id_token" {
		return
	}
	token := strings.Trim(value, `"`)
	if captured {
		p.known["pending "+name] = token
	} else if theirs := p.known["pending "+name]; theirs != "" {
		delete(p.known, "pending "+name)
		p.known[theirs] = token
	}
}

func openToken(value string) (header, payload string, ok bool) {
	parts := strings.Split(strings.Trim(value, `"`), ".")
	if len(parts) != 3 || !strings.HasPrefix(parts[0], "eyJ") {
		return "", "", false
	}
	h, err1 := base64.RawURLEncoding.DecodeString(parts[0])
	b, err2 := base64.RawURLEncoding.DecodeString(parts[1])
	return string(h), string(b), err1 == nil && err2 == nil
}
