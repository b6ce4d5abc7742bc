package diagnose_test

import (
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
)

// What failed before and works now is not spoken of any more.
func TestSecondTryClearsTheFirst(t *testing.T) {
	for name, c := range map[string]struct {
		fault  func(*faulty.World)
		first  []flow.Stage
		second []flow.Stage
		want   string
	}{
		"login":    {say(token, 400, "application/json", oauthError("invalid_grant", "")), flow.Login, flow.Login, "code-rejected"},
		"state":    {answer("code=abc&state=wrong"), flow.Login, flow.Login, "state-mismatch"},
		"keys":     {say(jwks, 404, "text/html", ""), flow.Login, flow.Login, "keys-unreadable"},
		"userinfo": {say(userinfo, 401, "application/json", oauthError("x", "")), flow.Login, flow.Login, "userinfo-refused"},
	} {
		t.Run(name, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				c.fault(w)
				s := w.Session()
				w.Run(s, c.first)
				want(w.T, s, "with the fault", c.want)
				w.Heal()
				if err := w.Run(s, c.second); err != nil {
					w.T.Fatal(err)
				}
				want(w.T, s, "after the second try")
			})
		})
	}
}

// A refresh that fails in passing is forgotten with the next one that works; the refresh token was not used up.
func TestSecondRefreshClearsTheFirst(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session()
		if err := w.Run(s, flow.Login); err != nil {
			w.T.Fatal(err)
		}
		say(token, 503, "text/plain", "busy")(w)
		w.Run(s, flow.Refresh)
		want(w.T, s, "while the server is busy", "server-error")
		w.Heal()
		if err := w.Run(s, flow.Refresh); err != nil {
			w.T.Fatal(err)
		}
		want(w.T, s, "after the second refresh", "refresh-token-kept")
	})
}
