package flow_test

import (
	"net/http"
	"net/url"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/trace"
)

func ps(kv ...string) (out []trace.Param) {
	for i := 0; i < len(kv); i += 2 {
		out = append(out, trace.Param{Name: kv[i], Value: kv[i+1]})
	}
	return out
}

// Of one name the most special parameters are sent; a name may stand more than once.
func TestRefreshParams(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		var seen []*http.Request
		capture(w, &seen)
		s := w.Session(func(c *flow.Config) {
			c.TokenParams = ps("resource", "https://a.example", "x", "token")
			c.RefreshParams = ps("scope", "openid", "x", "refresh")
		})
		if err := w.Run(s, flow.Login[:4], flow.Refresh, flow.RefreshWith(ps("scope", "profile", "resource", "https://b.example", "resource", "https://c.example")...),
			flow.RefreshBy(nil), flow.RefreshBy(ps("x", "now"))); err != nil {
			w.T.Fatal(err)
		}
		for i, want := range []url.Values{
			{"resource": {"https://a.example"}, "x": {"token"}, "scope": nil},
			{"resource": {"https://a.example"}, "x": {"refresh"}, "scope": {"openid"}},
			{"resource": {"https://b.example", "https://c.example"}, "x": {"refresh"}, "scope": {"profile"}},
			{"resource": {"https://a.example"}, "x": {"token"}, "scope": nil},
			{"resource": {"https://a.example"}, "x": {"now"}, "scope": nil},
		} {
			got, _ := url.ParseQuery(body(seen[i]))
			for name, values := range want {
				if g := got[name]; len(g) != len(values) || len(g) > 0 && (g[0] != values[0] || g[len(g)-1] != values[len(values)-1]) {
					w.T.Errorf("request %d: %s is %q, want %q", i, name, g, values)
				}
			}
		}
	})
}
