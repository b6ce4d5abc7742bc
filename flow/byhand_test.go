package flow_test

import (
	"net/http"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// byHand are the endpoints of the embedded tenant, as a person would write them down.
func byHand() trace.Endpoints {
	return trace.Endpoints{Authorization: issuer + "/oauth2/authorize", Token: issuer + "/oauth2/token", UserInfo: issuer + "/oauth2/userinfo",
		JWKS: issuer + "/oauth2/jwks", Revocation: issuer + "/oauth2/revoke"}
}

func TestEndpointsByHand(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		asked := 0
		w.Replace(metadataPath, func(http.ResponseWriter, *http.Request) { asked++ })
		s := w.Session(func(c *flow.Config) { c.Endpoints = byHand() })
		if err := w.Run(s, flow.Login, flow.Refresh, flow.Revoke); err != nil {
			t.Fatalf("a login by endpoints given by hand: %v", err)
		}
		st := read(s)
		if asked != 0 {
			t.Error("the metadata was asked for, though every endpoint was given")
		}
		if d := st.StageRun(trace.Discover, 1); d.Status != trace.Skipped || !strings.Contains(d.Reason, "given by hand") {
			t.Errorf("discover is %s (%s), want skipped with its reason", d.Status, d.Reason)
		}
		if m := st.Metadata(); !m.IsByHand("jwks_uri") || m.IsByHand("introspection_endpoint") || m.Issuer != issuer {
			t.Errorf("the metadata does not tell what was given by hand: %+v", m)
		}
		for _, c := range st.StageRun(trace.Verify, 1).Checks() {
			if c.ID == "signature" && c.Status != jwtview.Passed {
				t.Errorf("the signature is %s with a jwks_uri given by hand: %s", c.Status, c.Detail)
			}
		}
	})
}

// Without jwks_uri the signature is not verified, and says so; all else is checked.
func TestByHandWithoutKeys(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session(func(c *flow.Config) { c.Endpoints, c.Issuer = byHand(), ""; c.Endpoints.JWKS = "" })
		if err := w.Run(s, flow.Login); err != nil {
			t.Fatalf("a login without jwks_uri: %v", err)
		}
		got := map[string]jwtview.Status{}
		for _, c := range read(s).StageRun(trace.Verify, 1).Checks() {
			got[c.ID] = c.Status
		}
		if got["signature"] != jwtview.NotApplicable || got["iss"] == jwtview.Failed || got["nonce"] != jwtview.Passed {
			t.Errorf("the ID token's checks are %v: the signature and iss cannot be checked, the nonce can", got)
		}
	})
}

// Some endpoints by hand: discovery is asked, and they win.
func TestByHandWins(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		asked := false
		w.Replace("/else/userinfo", func(rw http.ResponseWriter, _ *http.Request) {
			asked = true
			rw.Header().Set("Content-Type", "application/json")
			rw.Write([]byte(`{"sub":"somebody"}`))
		})
		s := w.Session(func(c *flow.Config) { c.Endpoints.UserInfo = issuer + "/else/userinfo" })
		w.Run(s, flow.Login)
		st := read(s)
		if d := st.StageRun(trace.Discover, 1); d.Status != trace.Passed {
			t.Errorf("discover is %s, want passed: only one endpoint was given", d.Status)
		}
		if !asked || st.Metadata().UserInfoEndpoint != issuer+"/else/userinfo" || st.Metadata().TokenEndpoint != issuer+"/oauth2/token" {
			t.Errorf("the UserInfo endpoint given by hand was asked: %v; metadata %+v", asked, st.Metadata())
		}
	})
}

func TestEndpointsAreChecked(t *testing.T) {
	for value, says := range map[string]string{
		"nowhere": "is not an https URL", "https://x/#f": "fragment", "https://u:hush@x/": "user name or password",
		"ftp://u:hush@x": "user name", "https://x/%zz": "is not a URL", "https://u:hush@x/%zz": "is not a URL",
	} {
		c := flow.Config{Settings: settings()}
		c.Endpoints.UserInfo = value
		err := c.Validate()
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "userinfo_endpoint") || strings.Contains(err.Error(), "hush") {
			t.Errorf("userinfo_endpoint %q: %v, want it to say %q and no password", value, err, says)
		}
	}
	c := flow.Config{Settings: settings()}
	c.Issuer = ""
	if c.Validate() == nil {
		t.Error("neither issuer nor endpoints: no error")
	}
	c.Endpoints = byHand()
	if err := c.Validate(); err != nil {
		t.Errorf("endpoints without an issuer: %v", err)
	}
}

func TestByHandIsSaved(t *testing.T) {
	set := settings()
	set.Endpoints = byHand()
	set.Endpoints.EndSession = "https://x/?code=abcdefghijklmnop"
	events := []trace.Event{{Data: set}}
	st := story.Read(trace.Redact(events, nil))
	got, _ := st.Settings()
	if got.Endpoints.JWKS != set.Endpoints.JWKS || strings.Contains(got.Endpoints.EndSession, "abcdef") {
		t.Errorf("redacted endpoints are %+v", got.Endpoints)
	}
}
