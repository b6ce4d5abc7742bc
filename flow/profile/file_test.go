package profile

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"authscope/flow/trace"
)

// full has something in every field.
func full() Profile {
	return Profile{
		Title: "Staging", Note: "ask Ann\nbefore changing", Issuer: "https://my-app.authgear.cloud",
		Endpoints: trace.Endpoints{Authorization: "https://x/a", Token: "https://x/t", UserInfo: "https://x/u", JWKS: "https://x/j", Revocation: "https://x/r",
			Introspection: "https://x/i", DeviceAuthorization: "https://x/d", EndSession: "https://x/e"},
		ClientID: `odd "id"\`, ClientAuth: "basic", Secret: "env:APP_SECRET", ClientKey: "key.pem", ClientKeyID: "k1", ClientCert: "cert.pem", AssertionAlg: "ES256", AssertionAud: "issuer",
		RedirectURI: "http://127.0.0.1:8976/callback", Scope: []string{"openid", "offline_access"}, ResponseMode: "form_post",
		Grant: trace.GrantDevice, NoPreflight: true, PostLogoutURI: "http://127.0.0.1:8976/bye",
		Params:        []trace.Param{{Name: "prompt", Value: "consent"}, {Name: "ü x", Value: ""}},
		TokenParams:   []trace.Param{{Name: "resource", Value: "a"}, {Name: "resource", Value: "b"}},
		RefreshParams: []trace.Param{{Name: "x", Value: "\x01\u202e"}},
		CAFile:        "ca.pem", Leeway: new(3 * time.Second), KeepRefreshToken: true,
	}
}

// mustEncode and mustDecode end the test where a profile cannot be written or read.
func mustEncode(t *testing.T, src string, p Profile) string {
	t.Helper()
	b, err := encode("p.toml", []byte(src), p)
	if err != nil {
		t.Fatalf("write %+v into\n%s\n%v", p, src, err)
	}
	return string(b)
}

func mustDecode(t *testing.T, src string) (Profile, []string) {
	t.Helper()
	p, warnings, err := decode("p.toml", []byte(src))
	if err != nil {
		t.Fatalf("read\n%s\n%v", src, err)
	}
	return p, warnings
}

func TestRoundTrip(t *testing.T) {
	for name, p := range map[string]Profile{"full": full(), "empty": {}, "one": {Issuer: "https://x"}} {
		text := mustEncode(t, "", p)
		got, warnings := mustDecode(t, text)
		if !reflect.DeepEqual(got.normal(), p.normal()) || len(warnings) > 0 {
			t.Errorf("%s: what was written reads as\n%+v, want\n%+v\nwarnings %v\n%s", name, got, p, warnings, text)
		}
		if again := mustEncode(t, text, p); again != text {
			t.Errorf("%s: written again it changes:\n%s\n%s", name, text, again)
		}
	}
}

// Every field of a Profile is in its file: one that is added to the struct alone would be lost.
func TestEveryFieldIsWritten(t *testing.T) {
	v := reflect.ValueOf(full())
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("the test's profile has nothing in %s", v.Type().Field(i).Name)
		}
	}
}

const handwritten = `# my profile
schema = 1
issuer = "https://old.example" # production!
   # indented comment
client_id = 'app' 
colour = "blue"   # mine
scope = [
  "openid", # needed
  "email",
]

# extra
[params]
prompt = "login" # why not
max_age = 10

[mine]
x = { y = 1 }
[[list]]
a = 1
[[list]]
a = 2
`

func TestEditKeepsWhatThePersonWrote(t *testing.T) {
	p, warnings := mustDecode(t, handwritten)
	if p.Params[1].Value != "10" || len(p.Scope) != 2 {
		t.Fatalf("read %+v", p)
	}
	if all := strings.Join(warnings, "\n"); !strings.Contains(all, "line 6: colour") || !strings.Contains(all, "mine.x") {
		t.Errorf("warnings about unknown keys: %q", all)
	}
	if got := mustEncode(t, handwritten, p); got != handwritten {
		t.Errorf("nothing changed, and the file did:\n%s", got)
	}
	p.Issuer, p.Title, p.ClientID = "https://new.example", "New", ""
	p.Params = []trace.Param{{Name: "max_age", Value: "10"}, {Name: "ui_locales", Value: "de"}}
	got := mustEncode(t, handwritten, p)
	for _, keeps := range []string{"# my profile\n", `issuer = "https://new.example" # production!`, "   # indented comment\n", `colour = "blue"   # mine`, `"openid", # needed`,
		"# why not", "max_age = 10\n", "# extra\n[params]\n", "x = { y = 1 }", "[[list]]\na = 1\n[[list]]\na = 2\n", `title = "New"`, "ui_locales = \"de\"\n"} {
		if !strings.Contains(got, keeps) {
			t.Errorf("after the edit %q is not in\n%s", keeps, got)
		}
	}
	for _, gone := range []string{"old.example", "'app'", `prompt = "login"`} {
		if strings.Contains(got, gone) {
			t.Errorf("after the edit %q is still in\n%s", gone, got)
		}
	}
}

func TestEditOddForms(t *testing.T) {
	for _, src := range []string{
		"", "# only a comment", "# a\n\n# b\n", "issuer='a'", "schema=1\r\nissuer='a'\r\n", "[params]\n", "# head\n[params]\na='1'", "params = { a = '1', b.c = 2 }\n[x]\n",
		"params.a = '1' # note\nparams.b = '2'\n[x]\ny=1\n", "\n\n  issuer  =  '''x'''  \n", "[ \"params\" ]\n a = 1\n[x]\n[token_params]\n", "[x]\ny=1\n[params.z]\n",
		"[x.params]\na=1\n", "\"issuer\" = 'q'\n", "scope = 'openid email'\n",
	} {
		for _, p := range []Profile{full(), {}, {Issuer: "https://x", Params: []trace.Param{{Name: "a", Value: "1"}, {Name: "z", Value: "2"}}}} {
			got, err := encode("p.toml", []byte(src), p)
			if err != nil {
				if strings.Contains(src, "b.c = 2") || strings.Contains(src, "params.z") {
					continue // nested parameters: refused as a broken file
				}
				t.Errorf("write into %q: %v", src, err)
				continue
			}
			back, _ := mustDecode(t, string(got))
			if !reflect.DeepEqual(back.normal(), p.normal()) {
				t.Errorf("written into %q it reads as %+v\n%s", src, back, got)
			}
			for line := range strings.Lines(src) {
				if i := strings.IndexByte(line, '#'); i >= 0 && !strings.Contains(string(got), strings.TrimSpace(line[i:])) {
					t.Errorf("written into %q it loses the comment %q:\n%s", src, line[i:], got)
				}
			}
		}
	}
}

func TestBrokenFiles(t *testing.T) {
	const hush = "hush-hush-hush"
	for _, c := range []struct {
		src       string
		line, col int
		says      string
	}{
		{"issuer = ", 1, 9, "not TOML"},
		{"issuer = 'x'\nclient_id = \"a\n", 2, 0, "not TOML"},
		{"# ü\n'ü' = 1\n'ü' = 2\n", 3, 1, "stands twice"},
		{"[params]\na = 1\n\n  a = 2\n", 4, 3, "params.a stands twice"},
		{"[params]\n[x]\n[params]\n", 3, 1, "[params] stands twice"},
		{"params = {a = 1}\n[params]\nb = 1\n", 1, 1, "stands twice"},
		{"issuer = 5\n", 1, 10, "wants a text in quotes"},
		{"scope = [1]\n", 1, 9, "a list of texts"},
		{"scope = true\n", 1, 9, "a list of texts"},
		{"leeway = 'soon'\n", 1, 10, "a duration"},
		{"leeway = '-1s'\n", 1, 10, "a duration"},
		{"keep_refresh_token = 'yes'\n", 1, 22, "true or false"},
		{"params = 3\n", 1, 10, "a table"},
		{"[params]\na = {b = 1}\n", 2, 5, "wants a text"},
		{"[params]\na = [['x']]\n", 2, 5, "wants a text"},
		{"[params]\na.b = 1\n", 2, 7, "is nested"},
		{"schema = 2\n", 1, 10, "format 2"},
		{"schema = 'x'\n", 1, 10, "the number"},
		{"client_id = 'x'\n  client_secret = '" + hush + "'\n", 2, 3, "no secret stands in a profile"},
		{"secret = '" + hush + "'\n", 1, 10, `"keyring"`},
		{"secret = 'env:" + "'\n", 1, 10, `"keyring"`},
		{"refresh_token = '" + hush + "'\n", 1, 1, "no secret, token"},
		{"[token_params]\nclient_assertion = '" + hush + "'\n", 2, 1, "no secret"},
		{"[x]\nPassword = '" + hush + "'\n", 2, 1, "no secret"},
		{"client_key_file = '''\n-----BEGIN PRIVATE KEY-----\n" + hush + "'''\n", 1, 19, "name of a file"},
		{"issuer = 'https://user:" + hush + "@x'\n", 1, 10, "user name or password"},
		{"token_endpoint = 'https://user:" + hush + "@x/t'\n", 1, 18, "user name or password"},
		{"issuer = '\xff'\n", 1, 11, "not UTF-8"},
		{"\ufeffissuer = 'x'\n", 1, 1, "byte order mark"},
		{"a = " + strings.Repeat("[", 100) + strings.Repeat("]", 100), 1, 0, "too deep"},
		{"a = " + strings.Repeat("{b=", 100) + "1" + strings.Repeat("}", 100), 1, 0, "too deep"},
		{strings.Repeat("[", 1<<19), 1, 0, "not TOML"},
		{"a = " + strings.Repeat("[", 1<<19), 1, 0, "not TOML"},
		{"issuer = '" + strings.Repeat("x", maxValue) + "'", 1, 10, "longer"},
		{strings.Repeat("[x]\n", maxKeys+10), 0, 0, "more than"},
	} {
		_, _, err := decode("dir/p.toml", []byte(c.src))
		var se *SyntaxError
		if !errors.As(err, &se) {
			t.Errorf("%.60q: %v, want an error with a place", c.src, err)
			continue
		}
		if c.line > 0 && se.Line != c.line || c.col > 0 && se.Col != c.col || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "dir/p.toml:") {
			t.Errorf("%.60q: %v, want %d:%d and %q", c.src, err, c.line, c.col, c.says)
		}
		if strings.Contains(err.Error(), hush) {
			t.Errorf("the error tells a secret: %v", err)
		}
		if _, err := encode("p.toml", []byte(c.src), Profile{Issuer: "https://x"}); err == nil {
			t.Errorf("%.60q: a broken file was written over", c.src)
		}
	}
}

func TestUnknownKeyIsGuessed(t *testing.T) {
	for key, want := range map[string]string{"isseur": "issuer", "clientid": "client_id", "client-id": "client_id", "scopes": "scope", "redirect_url": "", "redirect": "redirect_uri"} {
		_, warnings := mustDecode(t, key+" = 'x'\n")
		if len(warnings) != 1 || want != "" && !strings.Contains(warnings[0], "did you mean "+want+"?") {
			t.Errorf("key %s: warnings %q, want a hint at %q", key, warnings, want)
		}
	}
}

// What cannot be saved is told, without the value.
func TestUnsavable(t *testing.T) {
	const hush = "hush-hush-hush"
	for name, p := range map[string]Profile{
		"secret":    {Secret: hush},
		"param":     {Params: []trace.Param{{Name: "client_secret", Value: hush}}},
		"nameless":  {Params: []trace.Param{{Value: hush}}},
		"password":  {Endpoints: trace.Endpoints{JWKS: "https://u:" + hush + "@x"}},
		"key":       {ClientKey: "-----BEGIN " + hush},
		"not UTF-8": {Title: hush + "\xff"},
		"long":      {Params: []trace.Param{{Name: "x", Value: strings.Repeat(hush, 4000)}}},
	} {
		got, err := encode("p.toml", nil, p)
		if err == nil || got != nil || strings.Contains(err.Error(), hush) {
			t.Errorf("%s: %v, want an error that does not quote the value", name, err)
		}
	}
}

// Whatever a file holds, reading it does not panic, and what can be read can be changed with all comments kept.
func FuzzEdit(f *testing.F) {
	for _, s := range []string{handwritten, "", "params.a = 1\n", "params = {a=1}", "a = 1 # x", "[[params]]\n", "[params]\n'' = 1", "secret='keyring'\r\n[x]", "a.b.c=[{d=1},[2]]"} {
		f.Add(s, "https://x", "k", "v")
	}
	f.Fuzz(func(t *testing.T, src, issuer, key, val string) {
		old, _, err := decode("p", []byte(src))
		if err != nil {
			return
		}
		same, err := encode("p", []byte(src), old)
		if err == nil && len(src) > 0 && string(same) != src {
			t.Fatalf("nothing changed, and the file did:\n%q\n%q", src, same)
		}
		p := old
		p.Issuer = issuer
		p.Params = append([]trace.Param{{Name: key, Value: val}}, p.Params...)
		got, err := encode("p", []byte(src), p)
		if err != nil {
			return
		}
		back, _, err := decode("p", got)
		if err != nil || !reflect.DeepEqual(back.normal(), p.normal()) {
			t.Fatalf("%q\nbecame %q\nwhich reads as %+v (%v), want %+v", src, got, back, err, p)
		}
		again, err := encode("p", got, p)
		if err != nil || string(again) != string(got) {
			t.Fatalf("written again %q changes to %q (%v)", got, again, err)
		}
	})
}
