package ui

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"context"

	"authscope/flow/profile"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestIntrospect asks about each token, after the embedded tenant was given an endpoint for it.
func TestIntrospect(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("i")
		d.has("first finish what runs")
		d.login()
		d.press("i")
		d.has("Switch an introspection endpoint on?", "Authgear has no introspection endpoint")
		d.press("y")
		d.has("introspection is on: sign in, then press i")
		d.login()
		d.press("i")
		d.has("Introspect which token?", "the refresh token")
		d.press("down", "enter")
		d.has("Ask what a token is worth", "will be sent", "refresh_token")
		d.press("enter")
		d.has("✓ Introspect", "active", "true", "whether the token can be used")
		d.press("6")
		d.has("/oauth2/introspect")
		d.press("1", "i", "down", "down", "enter", "enter", "enter")
		if n := len(d.m.cur.story.StageRun(trace.Introspect, 2).Calls); n != 2 {
			t.Errorf("both tokens were asked about with %d calls", n)
		}
	})
}

// TestRevokeToken ends one token, and says which before it is sent.
func TestRevokeToken(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("X", "enter")
		d.has("This is to end the access token", "enter revoke")
		d.press("esc")
		d.has("Given up before anything was sent")
		d.press("X", "down", "enter")
		d.has("This ends the session of the person")
		d.press("enter")
		d.has("✓ Revoke", "what died")
	})
}

// TestCallAPI sends the token where the person says, and explains a refusal.
func TestCallAPI(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		stop, err := d.net.Serve("127.0.0.1:7000", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="orders", error="insufficient_scope", scope="orders.read"`)
			w.WriteHeader(403)
		}))
		if err != nil {
			t.Fatal(err)
		}
		d.stop = append(d.stop, stop)
		d.login()
		d.press("C")
		d.has("http://localhost:8975/oauth2/userinfo", "Whoever answers gets the token")
		d.press("enter")
		d.has("Call an API with the access token", "will be sent")
		d.press("enter")
		d.has("✓ Call", "ada@example.com")
		d.press("C", "ctrl+u")
		d.typed("http://api.example/x")
		d.press("enter")
		d.has("is not https", "› http://api.example/x")
		d.press("ctrl+u")
		d.typed("http://127.0.0.1:7000/orders")
		d.press("enter", "enter")
		d.has("✗ Call", "insufficient_scope", "the token is good, and its scope", "orders.read", "403")
		d.press("C")
		d.has("› http://127.0.0.1:7000/orders")
	})
}

// TestLogout signs out here, in a browser that never comes back, and by a pasted address.
func TestLogout(t *testing.T) {
	opened := ""
	drive(t, 120, 36, func(d *driver) {
		d.m.target.Browser = browserTo(&opened)
		d.login()
		d.press("L")
		d.has("Sign the person out", "This ends the person's session", "post_logout_redirect_uri", "enter log out here")
		if opened != "" {
			t.Error("the browser was opened before anybody said so")
		}
		d.press("esc")
		d.has("Given up before anything was sent")
		d.press("L", "enter")
		d.wait(time.Second)
		d.has("✓ Log out", "came back", "the tokens now")

		d.press("L", "b")
		d.wait(20 * time.Second)
		d.has("Waiting for the browser to come back to http://127.0.0.1:8976/", "for 0:20 so far", "esc  give up")
		if !strings.Contains(opened, "/oauth2/end_session?") {
			t.Errorf("the browser is at %s", opened)
		}
		d.wait(2 * time.Minute)
		d.has("✗ Log out", "nobody came back within 2m0s", "The logout has not come back")

		d.press("L", "b", "esc")
		d.has("Given up here")
		d.press("L", "b", "p")
		back := "http://127.0.0.1:8976/?state=" + d.m.cur.story.Logout().Params.Get("state")
		d.paste(back)
		d.press("enter")
		d.wait(time.Second)
		d.has("✓ Log out")
	})
}

// TestLogoutURI says where a logout comes back to: at once, for the session that is there.
func TestLogoutURI(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.command("after logout")
		d.has("Empty: http://127.0.0.1:8976/, the")
		d.typed("127.0.0.1:8976/bye")
		d.press("enter")
		d.has("not an absolute URI", "127.0.0.1:8976/bye")
		d.press("ctrl+u")
		d.typed("http://127.0.0.1:8976/bye")
		d.press("enter")
		d.has("the next logout comes back to http://127.0.0.1:8976/bye")
		d.press("L")
		if got := d.request(story.LogoutPage).Request.Query().Get("post_logout_redirect_uri"); got != "http://127.0.0.1:8976/bye" {
			t.Errorf("the logout is to come back to %q", got)
		}
		d.press("esc")
		d.command("after logout")
		d.press("ctrl+u", "enter", "L")
		d.has("http://127.0.0.1:8976/")
		d.lacks("8976/bye")
	})
}

// TestParams adds, changes and takes out parameters, and sends them.
func TestParams(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("+")
		d.has("authorization request", "token request", "refresh  for refreshes alone", "+ add one")
		d.press("enter")
		d.has("Add to the authorization request", "prompt", "max_age", "x_page")
		d.typed("max")
		d.lacks("ui_locales")
		d.press("enter")
		d.has("The value of max_age", "OpenID Connect Core 1.0", "3600")
		d.press("down", "enter")
		d.has("max_age=300", "how many seconds old")
		d.press("down", "enter")
		d.typed("colour=blue")
		d.press("enter")
		d.has("colour=blue")
		d.press("down", "enter")
		d.typed("state=mine")
		d.press("enter")
		d.has("authscope sets state itself")
		d.lacks("state=mine")
		d.press("up", "x")
		d.lacks("colour=blue")
		d.press("n")
		d.has("max_age", "300", "will be sent")
		d.login()
		if got := d.m.cur.story.Login().Authorize.Request.Query().Get("max_age"); got != "300" {
			t.Errorf("max_age was sent as %q", got)
		}
	})
}

// TestRefreshWith refreshes with a narrower scope, in the session that is there.
func TestRefreshWith(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("R", "enter")
		d.has("Add to the refresh")
		d.typed("scope")
		d.press("enter")
		d.has("The value of scope", "› openid offline_access", "fewer scopes")
		d.press("ctrl+u")
		d.typed("openid")
		d.press("enter")
		d.has("scope=openid")
		d.press("r")
		d.has("Refresh the tokens", "will be sent", "scope")
		d.press("enter")
		if got := d.m.cur.story.StageRun(trace.Refresh, 0).Calls[0].Request.Form().Get("scope"); got != "openid" {
			t.Errorf("the refresh asked for scope %q:\n%s", got, d.frame())
		}
		d.press("n")
		d.login()
		d.press("R", "x", "r", "enter") // taken out again, though the run began with it
		if c := d.m.cur.story.StageRun(trace.Refresh, 0).Calls[0]; c.Request.Form().Has("scope") {
			t.Errorf("a parameter that was taken out is sent:\n%s", d.frame())
		}
	})
}

// TestKeepSettings writes what was changed on the screen into the profile, and nothing else.
func TestKeepSettings(t *testing.T) {
	was := profile.Profile{Title: "Staging", Issuer: "http://localhost:8975", ClientID: "workshop-spa", Secret: "env:X", Note: "mine"}
	var saved profile.Profile
	tenants := Tenants{
		List: func() ([]profile.Entry, error) {
			return []profile.Entry{{Name: "other", Err: errors.New("broken")}, {Name: "staging", Profile: was}}, nil
		},
		Save: func(_ context.Context, name string, p profile.Profile, secret trace.Secret) (profile.Profile, error) {
			if name != "staging" || !secret.IsZero() {
				t.Errorf("%s is saved with a secret: %v", name, !secret.IsZero())
			}
			saved = p
			return p, nil
		},
	}
	driveWith(t, 120, 36, func(_ *driver, o *Options) { o.Tenants = &tenants }, func(d *driver) {
		d.command("keep settings")
		d.has("the embedded tenant needs no profile")
		d.m.cfg.Embedded = nil
		d.command("keep settings")
		d.has("T makes one")
		d.m.cfg.Profile = "staging"
		d.m.cfg.Params = []trace.Param{{Name: "max_age", Value: "0"}}
		d.m.cfg.NoPreflight, d.m.cfg.ResponseMode, d.m.cfg.Grant = true, "form_post", trace.GrantDevice
		d.command("keep settings")
		d.has("kept in profile staging")
		if saved.Title != "Staging" || saved.Secret != "env:X" || saved.Note != "mine" || saved.Grant != trace.GrantDevice || !saved.NoPreflight || saved.ResponseMode != "form_post" || len(saved.Params) != 1 {
			t.Errorf("kept was %+v", saved)
		}
		d.m.cfg.Profile = "gone"
		d.command("keep settings")
		d.has("profile gone is not there any more")
	})
}

// TestSavedGrants holds that saved sessions of each kind are listed by what happened in them, and that nothing is sent from them.
func TestSavedGrants(t *testing.T) {
	var events []trace.Event
	drive(t, 120, 36, func(d *driver) {
		d.device()
		d.press("a")
		d.wait(6 * time.Second)
		d.press("f", "L", "a")
		d.wait(time.Second)
		events = trace.Redact(d.m.cur.log.Since(0), d.m.cur.story.Verdicts())
	})
	m := New(t.Context(), Options{Opened: events})
	var ids []trace.StageID
	ids = append(ids, m.stageList()...)
	want := []trace.StageID{trace.Discover, trace.Device, trace.DevicePoll, trace.Verify, trace.UserInfo, trace.Logout}
	if len(ids) != len(want) {
		t.Fatalf("listed are %v, want %v", ids, want)
	}
	for i := range want {
		if ids[i] != want[i] {
			t.Errorf("listed are %v, want %v", ids, want)
		}
	}
	for _, key := range []string{"A", "+", "C", "i", "L", "X", "R", "d"} {
		if why := commandOf(key).disabled(m); why != savedOnly {
			t.Errorf("%s in a saved session: %q, want %q", key, why, savedOnly)
		}
	}
	if d := m.cur.story.Device(); d.CodeShown() != "" {
		t.Errorf("the user code stands in a redacted session: %s", d.CodeShown())
	}
}
