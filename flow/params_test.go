package flow_test

import (
	"slices"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/trace"
)

// A parameter that is given several times is sent several times, wherever it is added (RFC 8707 §2).
func TestRepeatedParams(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		want := []string{"https://a.example/?x=1&y", "https://b.example"}
		s := w.Session(func(c *flow.Config) {
			c.Params, c.TokenParams = ps("resource", want[0], "ui_locales", "en", "resource", want[1]), ps("resource", want[0], "resource", want[1])
		})
		if err := w.Run(s, flow.LoginFor(s.Settings())[:5]); err != nil {
			w.T.Fatal(err)
		}
		st := faulty.Read(s)
		l := st.Login()
		if got := l.Authorize.Request.Query(); !slices.Equal(got["resource"], want) || got.Get("ui_locales") != "en" || len(got["state"]) != 1 {
			w.T.Errorf("the authorization request is %s, want both resources", l.Authorize.Request.URL)
		}
		if got := st.Preflight().Params["resource"]; !slices.Equal(got, want) {
			w.T.Errorf("the look ahead asked for %q, want %q: else it tries out another request", got, want)
		}
		if got := l.Exchange.Request.Form()["resource"]; !slices.Equal(got, want) {
			w.T.Errorf("the token request has %q, want %q", got, want)
		}
	})
}

func TestCheckParam(t *testing.T) {
	for _, c := range []struct{ request, text, err string }{
		{trace.RequestAuthorize, "prompt=login", ""},
		{trace.RequestAuthorize, "claims={\"a\":1}", ""},
		{trace.RequestAuthorize, "x=", ""},
		{trace.RequestAuthorize, "state=1", "authscope sets state itself"},
		{trace.RequestAuthorize, "scope=openid", "authscope sets scope itself"},
		{trace.RequestRefresh, "scope=openid", ""},
		{trace.RequestRefresh, "refresh_token=x", "authscope sets refresh_token itself"},
		{trace.RequestToken, "code_verifier=x", "authscope sets code_verifier itself"},
		{trace.RequestAuthorize, "response_mode=query", "answer by"},
		{trace.RequestAuthorize, "prompt", "not of the form name=value"},
		{trace.RequestAuthorize, "=x", "not of the form name=value"},
		{trace.RequestToken, "x=" + strings.Repeat("y", 20000), "more than a request can carry"},
	} {
		p, err := flow.ParseParam(c.text)
		if err == nil {
			err = flow.CheckParam(c.request, p)
		}
		if err == nil && c.err != "" || err != nil && (c.err == "" || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%.40s on %s: %v, want %q", c.text, c.request, err, c.err)
		}
	}
}

func TestRestOf(t *testing.T) {
	device := flow.LoginFor(trace.Settings{Grant: trace.GrantDevice})
	if rest := flow.RestOf(device, trace.DevicePoll); len(rest) != 3 || rest[0].ID != trace.DevicePoll {
		t.Errorf("after the codes are left %d stages of a device's login, want 3", len(rest))
	}
	if flow.RestOf(device, trace.Exchange) != nil {
		t.Error("a device's login exchanges a code")
	}
}
