package story_test

import (
	"slices"
	"strings"
	"testing"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestAfterLogout holds what is said of an access token that is tried after a logout: no more than the wire shows.
func TestAfterLogout(t *testing.T) {
	const back = "&post_logout_redirect_uri=http://127.0.0.1/&state=bye"
	access := []string{"the access token"}
	for _, c := range []struct {
		name, query, metadata string
		returns               bool
		status                int
		want                  story.Assessment
		says                  string
		dead                  []string
	}{
		{"works after the return", back, "", true, 200, story.Unsettled, "If it was the browser that signed in, a logout is no end of the tokens", nil},
		{"refused after the return", back, "", true, 401, story.Unsettled, "and was not tried", access},
		{"refused at Authgear", back, `,"revocation_endpoint":"https://a/oauth2/revoke","authorization_endpoint":"https://a/oauth2/authorize","scopes_supported":["openid","offline_access","https://authgear.com/scopes/full-access"]`,
			true, 401, story.AsKnown, "ended with the person's session", append(slices.Clone(access), "every refresh token of this session")},
		{"nobody came back", back, "", false, 200, story.NoAnswer, "did not come back", nil},
		{"nobody came back, and it is refused", back, "", false, 401, story.NoAnswer, "did not come back", nil},
		{"nobody was asked to come back", "", "", false, 200, story.NoAnswer, "nobody was asked to come back", nil},
		{"nobody was asked to come back, and it is refused", "", "", false, 401, story.Unsettled, "401", access},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWire().call("GET", "https://a/.well-known/openid-configuration", "", nil, 200,
				`{"issuer":"https://a","token_endpoint":"https://a/token","userinfo_endpoint":"https://a/userinfo","end_session_endpoint":"https://a/end"`+c.metadata+`}`)
			w.login(`{"access_token":"access-1","expires_in":300,"refresh_token":"refresh-1"}`)
			w.id++
			w.add(w.id, trace.Ready{Front: true, Method: "GET", URL: "https://a/end?client_id=c" + c.query})
			w.add(w.id, trace.RedirectOut{Via: "browser"})
			if c.returns {
				w.id++
				w.add(w.id, trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/?state=bye"})
			}
			w.add(0, trace.Choice{What: trace.ExperimentName, Value: "access-after-logout"})
			w.add(0, trace.Choice{What: trace.ExperimentStep, Value: story.StepAccess})
			w.userInfo("access-1", c.status)
			all := w.read().Experiments()
			if len(all) != 1 {
				t.Fatalf("%d experiments are read, want one", len(all))
			}
			if x := all[0]; x.Verdict != c.want || !strings.Contains(x.Real+" "+x.Why, c.says) || !slices.Equal(x.Dead, c.dead) {
				t.Errorf("the verdict is %s, dead are %q: %s %s\nwant %s, %q and %q", x.Verdict, x.Dead, x.Real, x.Why, c.want, c.dead, c.says)
			}
		})
	}
}
