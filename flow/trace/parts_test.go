package trace_test

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"authscope/flow/trace"
)

// post is a token request as authscope makes one.
func post() trace.Draft {
	return trace.Draft{Method: "POST", URL: "https://id.example/oauth2/token?x=1", Body: []byte("grant_type=authorization_code&code=abc%20d&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb&code_verifier=v"),
		Header: trace.Header{{"Content-Length", "99"}, {"Content-Type", "application/x-www-form-urlencoded"}, {"User-Agent", "authscope"}}}
}

// part returns the index of a part.
func part(t *testing.T, parts []trace.Part, where trace.Where, name string) *trace.Part {
	t.Helper()
	for i := range parts {
		if parts[i].Where == where && parts[i].Name == name {
			return &parts[i]
		}
	}
	t.Fatalf("there is no %s %q in %+v", where, name, parts)
	return nil
}

func TestTakeApart(t *testing.T) {
	var got []string
	for _, p := range trace.TakeApart(post()) {
		got = append(got, string(p.Where)+" "+p.Name+"="+p.Value)
	}
	want := []string{"url url=https://id.example/oauth2/token", "query x=1", "form grant_type=authorization_code", "form code=abc d",
		"form redirect_uri=http://127.0.0.1/cb", "form code_verifier=v", "header Content-Type=application/x-www-form-urlencoded", "header User-Agent=authscope"}
	if !slices.Equal(got, want) {
		t.Errorf("parts\n got %q\nwant %q", got, want)
	}
}

// What is changed is changed, and what is not stays as it was, byte by byte.
func TestWith(t *testing.T) {
	d := post()
	parts := trace.TakeApart(d)
	part(t, parts, trace.InForm, "redirect_uri").Value = "http://127.0.0.1/a b&c"
	part(t, parts, trace.InForm, "code_verifier").Removed = true
	part(t, parts, trace.InQuery, "x").Value = ""
	part(t, parts, trace.InHeader, "User-Agent").Value = " curl/8 "
	parts = append(parts, trace.Part{Where: trace.InForm, Name: "a&b", Value: "ü", Added: true}, trace.Part{Where: trace.InHeader, Name: "X-Test", Value: "1", Added: true})
	got, err := d.With(parts)
	if err != nil {
		t.Fatal(err)
	}
	if want := "grant_type=authorization_code&code=abc%20d&redirect_uri=http%3A%2F%2F127.0.0.1%2Fa+b%26c&a%26b=%C3%BC"; string(got.Body) != want {
		t.Errorf("body\n got %s\nwant %s", got.Body, want)
	}
	if want := "https://id.example/oauth2/token?x="; got.URL != want {
		t.Errorf("URL %s, want %s", got.URL, want)
	}
	if got.Header.Get("User-Agent") != "curl/8" || got.Header.Get("x-test") != "1" || got.Header.Get("Content-Length") != "99" {
		t.Errorf("header %v", got.Header)
	}
	var edits []string
	for _, e := range trace.Edits(d, got) {
		edits = append(edits, strings.Join([]string{string(e.Where), string(e.Change), e.Name, e.Was, e.Now}, "|"))
	}
	want := []string{"query|changed|x|1|", "form|changed|redirect_uri|http://127.0.0.1/cb|http://127.0.0.1/a b&c", "form|removed|code_verifier|v|",
		"header|changed|User-Agent|authscope|curl/8", "form|added|a&b||ü", "header|added|X-Test||1"}
	if !slices.Equal(edits, want) {
		t.Errorf("edits\n got %q\nwant %q", edits, want)
	}
	if !bytes.Equal(d.Body, post().Body) || !slices.Equal(d.Header, post().Header) {
		t.Error("the request as it was made has changed with it")
	}
}

// Of two parameters of one name the one that stayed is not named.
func TestEditsOfOneName(t *testing.T) {
	made, left := trace.Draft{URL: "http://a/?r=1&r=2&r=3"}, trace.Draft{URL: "http://a/?r=2&r=4"}
	got := trace.Edits(made, left)
	want := []trace.Edit{{Where: trace.InQuery, Change: trace.WasChanged, Name: "r", Was: "1", Now: "4"}, {Where: trace.InQuery, Change: trace.WasRemoved, Name: "r", Was: "3"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestCheck(t *testing.T) {
	json := trace.Draft{Method: "POST", URL: "http://127.0.0.1:1/a", Header: trace.Header{{"Content-Type", "application/json"}}, Body: []byte(`{"a":1}`)}
	front := trace.Draft{Front: true, Method: "GET", URL: "https://id.example/authorize?a=b#f"}
	long := strings.Repeat("x", trace.MaxPartValue+1)
	for _, c := range []struct {
		name  string
		d     trace.Draft
		where trace.Where
		field string
		value string
		want  string // a part of the reason, "" if it can be sent
	}{
		{"no name", post(), trace.InForm, "", "x", "name is missing"},
		{"long name", post(), trace.InForm, long, "x", "too long"},
		{"long value", post(), trace.InForm, "x", long, "too long"},
		{"control character", post(), trace.InQuery, "x", "a\nb", "control character"},
		{"control character in a name", post(), trace.InQuery, "x\x00", "a", "control character"},
		{"header injection", post(), trace.InHeader, "X", "a\r\nHost: b", "control character"},
		{"header name", post(), trace.InHeader, "X Y", "a", "no name of a header field"},
		{"host", post(), trace.InHeader, "hOst", "evil.example", "written from the URL"},
		{"length", post(), trace.InHeader, "content-length", "1", "counted anew"},
		{"connection", post(), trace.InHeader, "Transfer-Encoding", "chunked", "connection"},
		{"header of the browser", front, trace.InHeader, "X", "a", "browser"},
		{"other host", post(), trace.InURL, "url", "https://evil.example/oauth2/token", "stays at https://id.example"},
		{"other port", post(), trace.InURL, "url", "https://id.example:444/oauth2/token", "stays at"},
		{"other scheme", post(), trace.InURL, "url", "http://id.example/oauth2/token", "stays at"},
		{"looks like loopback", post(), trace.InURL, "url", "http://localhost.evil.example/", "stays at"},
		{"userinfo", post(), trace.InURL, "url", "https://id.example@evil.example/", "name and password"},
		{"file", front, trace.InURL, "url", "file:///etc/passwd", "no http"},
		{"javascript", front, trace.InURL, "url", "javascript:alert(1)", "no http"},
		{"no URL", post(), trace.InURL, "url", "https://id.example/%zz", "no URL"},
		{"query in the URL", post(), trace.InURL, "url", "https://id.example/?a=b", "rows of their own"},
		{"path", post(), trace.InURL, "url", "https://ID.example/other", ""},
		{"loopback", post(), trace.InURL, "url", "http://127.0.0.1:8080/x", ""},
		{"localhost", post(), trace.InURL, "url", "http://localhost:8080/x", ""},
		{"IPv6 loopback", post(), trace.InURL, "url", "http://[::1]:8080/x", ""},
		{"broken JSON", json, trace.InBody, "body", `{"a":`, "not JSON"},
		{"JSON with lines", json, trace.InBody, "body", "{\n\"a\": 2}", ""},
		{"empty value", post(), trace.InForm, "x", "", ""},
	} {
		p := trace.Part{Where: c.where, Name: c.field, Value: c.value, Was: "before"}
		if c.where == trace.InQuery || c.where == trace.InForm || c.where == trace.InHeader {
			p = trace.Part{Where: c.where, Name: c.field, Value: c.value, Added: true}
		}
		err := c.d.Check(p)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if _, with := c.d.With(append(trace.TakeApart(c.d), p)); (with == nil) != (err == nil) {
			t.Errorf("%s: Check says %v, With %v", c.name, err, with)
		}
	}
	if _, err := post().With([]trace.Part{{Where: trace.InURL, Removed: true}}); err == nil {
		t.Error("a request lost its URL")
	}
	many := trace.TakeApart(post())
	for range trace.MaxParts {
		many = append(many, trace.Part{Where: trace.InForm, Name: "x", Added: true})
	}
	if _, err := post().With(many); err == nil {
		t.Error("parameters without end were added")
	}
}

// A body that is no form is changed as a whole; one that is taken out is not there any more.
func TestBodyAsText(t *testing.T) {
	d := trace.Draft{Method: "POST", URL: "http://a/", Header: trace.Header{{"Content-Type", "application/json"}}, Body: []byte(`{"a":1}`)}
	parts := trace.TakeApart(d)
	part(t, parts, trace.InBody, "body").Value = `{"a":2}`
	if got, err := d.With(parts); err != nil || string(got.Body) != `{"a":2}` || len(trace.Edits(d, got)) != 1 {
		t.Errorf("%s, %v", got.Body, err)
	}
	part(t, parts, trace.InBody, "body").Removed = true
	if got, err := d.With(parts); err != nil || got.Body != nil {
		t.Errorf("%q, %v", got.Body, err)
	}
}

// The masks of what is listed hide what is secret, wherever it stands.
func TestMaskPart(t *testing.T) {
	const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ"
	for _, c := range []struct {
		where       trace.Where
		name, value string
		kind        string
	}{
		{trace.InForm, "code_verifier", "the-whole-verifier", "code_verifier"}, {trace.InForm, "client_secret", "hunter2-hunter2", "client_secret"},
		{trace.InHeader, "Authorization", "Basic d29ya3Nob3A6c2VjcmV0", "authorization"}, {trace.InHeader, "Cookie", "sid=abcdefghij", "cookie"},
		{trace.InForm, "odd", token, "token"}, {trace.InBody, "body", `{"client_secret":"hunter2-hunter2"}`, "client_secret"},
		{trace.InForm, "scope", "openid", ""},
	} {
		if got := trace.SecretPart(c.where, c.name, c.value); got != c.kind {
			t.Errorf("%s %s: a secret of kind %q, want %q", c.where, c.name, got, c.kind)
		}
		masked := trace.MaskPart(c.where, c.name, c.value)
		if (masked == c.value) != (c.kind == "") || strings.Contains(masked, "hunter2") || strings.Contains(masked, "c2lnbmF0") {
			t.Errorf("%s %s is shown as %s", c.where, c.name, masked)
		}
	}
}

func TestCurlNamesEdits(t *testing.T) {
	d := post()
	parts := append(trace.TakeApart(d), trace.Part{Where: trace.InHeader, Name: "X-It's", Value: "1", Added: true})
	part(t, parts, trace.InForm, "code_verifier").Value = "other"
	left, err := d.With(parts)
	if err != nil {
		t.Fatal(err)
	}
	got := trace.Curl(left, trace.Edits(d, left)...)
	if want := `: 'changed by hand: code_verifier, header X-It'\''s (added)'; curl -sS -i -X 'POST'`; !strings.HasPrefix(got, want) {
		t.Errorf("got %s\nwant it to begin with %s", got, want)
	}
	if strings.Contains(trace.Curl(d), "changed by hand") {
		t.Error("a request that nobody changed is said to be")
	}
}

// What is edited and put back is the request as it was; what is changed is what a server reads.
func FuzzEdit(f *testing.F) {
	f.Add("https://id.example/a?b=c&&d=%20+&e#f", "x=1&y=%zz&=&", "text")
	f.Add("http://a/?", "", "")
	f.Add("http://a?b", "&", "\xff")
	f.Add("http://a/#?x=y", "a=b&a=b", "a&b=c#d")
	f.Add("::", "=", "%")
	f.Fuzz(func(t *testing.T, rawURL, body, value string) {
		d := trace.Draft{Method: "POST", URL: rawURL, Header: trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}, {"X-A", value}}, Body: []byte(body)}
		parts := trace.TakeApart(d)
		same, err := d.With(parts)
		if err != nil || same.URL != d.URL || !bytes.Equal(same.Body, d.Body) || !slices.Equal(same.Header, d.Header) {
			t.Fatalf("without an edit %q %q became %q %q (%v)", d.URL, d.Body, same.URL, same.Body, err)
		}
		if edits := trace.Edits(d, same); len(edits) > 0 {
			t.Fatalf("nothing was changed, and %+v is said to be", edits)
		}
		added := trace.Part{Where: trace.InForm, Name: "added", Value: value, Added: true}
		left, err := d.With(append(slices.Clone(parts), added))
		if err != nil {
			return
		}
		if left.URL != d.URL {
			t.Errorf("a form parameter changed the URL %q into %q", d.URL, left.URL)
		}
		if form, err := url.ParseQuery(string(left.Body)); err == nil && !slices.Contains(form["added"], value) {
			t.Errorf("added %q, and the server reads %q", value, form["added"])
		}
		if edits := trace.Edits(d, left); len(edits) != 1 || edits[0].Change != trace.WasAdded || edits[0].Now != value {
			t.Errorf("one parameter was added to %q, and the edits are %+v", body, edits)
		}
		for i, p := range parts {
			if p.Where != trace.InForm && p.Where != trace.InQuery || p.Value == value {
				continue
			}
			one := slices.Clone(parts)
			one[i].Value = value
			if left, err := d.With(one); err == nil {
				if edits := trace.Edits(d, left); len(edits) != 1 || edits[0].Where != p.Where || edits[0].Name != p.Name {
					t.Errorf("%s %q was changed to %q in %q %q, and the edits are %+v", p.Where, p.Name, value, rawURL, body, edits)
				}
			}
		}
	})
}
