package story_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"authscope/flow/story"
	"authscope/flow/trace"
)

func challenges(values ...string) []story.AuthChallenge {
	var h trace.Header
	for _, v := range values {
		h = append(h, [2]string{"WWW-Authenticate", v})
	}
	return story.Challenges(h)
}

func TestChallenges(t *testing.T) {
	type c = story.AuthChallenge
	p := func(kv ...string) (out [][2]string) {
		for i := 0; i < len(kv); i += 2 {
			out = append(out, [2]string{kv[i], kv[i+1]})
		}
		return out
	}
	for _, x := range []struct {
		values []string
		want   []c
	}{
		{nil, nil},
		{[]string{""}, nil},
		{[]string{"Bearer"}, []c{{Scheme: "Bearer"}}},
		{[]string{`Bearer realm="example", error="invalid_token"`}, []c{{Scheme: "Bearer", Params: p("realm", "example", "error", "invalid_token")}}},
		{[]string{`bearer REALM=x,scope="a b"`}, []c{{Scheme: "bearer", Params: p("realm", "x", "scope", "a b")}}},
		{[]string{`Bearer realm="a \"b\", c"`}, []c{{Scheme: "Bearer", Params: p("realm", `a "b", c`)}}},
		{[]string{`Bearer, DPoP algs="ES256 PS256", error="use_dpop_nonce"`}, []c{{Scheme: "Bearer"}, {Scheme: "DPoP", Params: p("algs", "ES256 PS256", "error", "use_dpop_nonce")}}},
		{[]string{`Basic realm="x", Bearer error=invalid_token`}, []c{{Scheme: "Basic", Params: p("realm", "x")}, {Scheme: "Bearer", Params: p("error", "invalid_token")}}},
		{[]string{"Negotiate YWJj/+ZA==, Bearer"}, []c{{Scheme: "Negotiate", Token68: "YWJj/+ZA=="}, {Scheme: "Bearer"}}},
		{[]string{"Negotiate abc"}, []c{{Scheme: "Negotiate", Token68: "abc"}}},
		{[]string{`Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple"`}, []c{{Scheme: "Newauth", Params: p("realm", "apps", "type", "1", "title", `Login to "apps"`)}, {Scheme: "Basic", Params: p("realm", "simple")}}},
		{[]string{"Bearer", `DPoP algs="ES256"`}, []c{{Scheme: "Bearer"}, {Scheme: "DPoP", Params: p("algs", "ES256")}}},
		{[]string{`Bearer realm = "a" , error = b`}, []c{{Scheme: "Bearer", Params: p("realm", "a", "error", "b")}}},
		{[]string{`Bearer realm="not closed`}, []c{{Scheme: "Bearer", Params: p("realm", "not closed")}}},
		{[]string{`Bearer error="insufficient_user_authentication", acr_values="x", max_age=5`}, []c{{Scheme: "Bearer", Params: p("error", "insufficient_user_authentication", "acr_values", "x", "max_age", "5")}}},
		{[]string{` , ,Bearer,, `}, []c{{Scheme: "Bearer"}}},
		{[]string{"\x00\x1b[31m"}, []c{{Scheme: "31m"}}},
	} {
		if got := challenges(x.values...); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%q\n got: %+v\nwant: %+v", x.values, got, x.want)
		}
	}
}

// Whatever comes is read in bounds.
func FuzzChallenges(f *testing.F) {
	for _, s := range []string{`Bearer realm="a", error=b`, "Negotiate abc==", `DPoP algs="x", Bearer`, `Bearer a="\`, "=,=,=", strings.Repeat("a=b,", 100), strings.Repeat("Bearer,", 100)} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		got := challenges(a, b)
		if len(got) > 16 {
			t.Errorf("%d challenges of %q, %q", len(got), a, b)
		}
		for _, c := range got {
			if c.Scheme == "" || len(c.Params) > 32 || len(c.Scheme)+len(c.Token68) > len(a)+len(b) {
				t.Errorf("%+v of %q, %q", c, a, b)
			}
			if !c.Is(strings.ToUpper(c.Scheme)) {
				t.Errorf("%q is not itself", c.Scheme)
			}
		}
	})
}

// Whatever a page or a redirect holds, a look ahead comes to a verdict.
func FuzzPreflight(f *testing.F) {
	f.Add(400, "", "Invalid OAuth authorization request:\nerror: invalid_request\nerror_description: redirect URI is not allowed")
	f.Add(302, "http://127.0.0.1:8976/callback?error=invalid_scope&state=s", "")
	f.Add(302, "/error?error=%zz#x=%", "<")
	f.Add(200, "", `<form action="http://127.0.0.1:8976/callback"><input name="code" value="1"><input name=state value=s>`)
	f.Add(200, "", "<!-- <script> </style>")
	f.Fuzz(func(t *testing.T, status int, location, body string) {
		const asked = "https://a/authorize?client_id=c&response_type=code&state=s&redirect_uri=http%3A%2F%2F127.0.0.1%3A8976%2Fcallback"
		s := story.Read([]trace.Event{ready(1, "GET", asked, nil, ""),
			{Call: 1, Data: trace.Head{Status: status, Header: trace.Header{{"Location", location}, {"Content-Type", "text/html"}}}}, {Call: 1, Data: trace.Body{Bytes: trace.Bytes(body)}}})
		p := s.Preflight()
		if p == nil || p.Verdict == "" || p.Why == "" {
			t.Fatalf("no verdict: %+v", p)
		}
		if u, err := url.Parse(p.Next); p.Next != "" && (err != nil || !strings.EqualFold(u.Host, "a") || u.Scheme != "https") {
			t.Errorf("it would go on to %q", p.Next)
		}
	})
}
