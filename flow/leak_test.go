package flow_test

import (
	"bytes"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// No secret of any grant or stage is left in a session that was redacted, in its errors, or in what is found.
func TestGrantsLeakNothing(t *testing.T) {
	faulty.InWith(t, demo.Options{Device: true, Introspection: true, SignedUserInfo: true}, func(w *faulty.World) {
		t := w.T
		const hidden = "secret-parameter-0123456789"
		login := w.Session(faulty.Client("workshop-web"), mode("fragment"), func(c *flow.Config) { c.RefreshParams = ps("assertion", hidden) })
		if err := w.Run(login, flow.LoginFor(login.Settings()), flow.Refresh, flow.Introspect(), flow.Logout, flow.RevokeToken(story.AccessToken), flow.Revoke); err != nil {
			t.Fatal(err)
		}
		device := w.Session(faulty.Client("workshop-rotating"))
		if err := w.Run(device, flow.Device); err != nil {
			t.Fatal(err)
		}
		w.Run(device, flow.Call(faulty.Issuer+"/none"))
		machine := w.Session(func(c *flow.Config) {
			m := demo.Machines()[0]
			c.ClientID, c.ClientAuth, c.ClientSecret, c.TokenParams = m.ID, trace.AuthPost, trace.NewSecret(m.Secret), ps("resource", demo.Resources[0])
		})
		if err := w.Run(machine, flow.ClientCredentials); err != nil {
			t.Fatal(err)
		}
		for name, s := range map[string]*flow.Session{"login": login, "device": device, "machine": machine} {
			events := s.Log.Since(0)
			st := story.Read(events)
			secrets := map[string]string{"a parameter": hidden, "the client's secret": demo.Machines()[0].Secret, "the secret of workshop-web": "workshop-web-secret"}
			for _, tok := range st.Tokens() {
				v := tok.Value.Reveal()
				if strings.Count(v, ".") == 2 {
					v = v[strings.LastIndexByte(v, '.'):] // header and claims of a JWT stay readable
				}
				secrets["a "+string(tok.Kind)] = v
				if tok.Kind == story.RefreshToken { // all of it
					secrets["the refresh token's second half"] = v[strings.IndexByte(v, '.')+1:]
				}
			}
			if d := st.Device(); d != nil {
				secrets["the device code"], secrets["the user code"] = d.Code.Reveal(), d.UserCode.Reveal()
			}
			if l := st.Login(); l != nil && l.Answer != nil {
				secrets["the code"] = l.Answer.Params.Get("code")
			}
			var file bytes.Buffer
			if err := trace.Save(&file, trace.Redact(events, st.Verdicts())); err != nil {
				t.Fatal(err)
			}
			for what, value := range secrets {
				if value == "" {
					t.Errorf("%s: %s is not there to be looked for", name, what)
				}
				if strings.Contains(file.String(), value) {
					t.Errorf("%s: the saved session holds %s", name, what)
				}
				for _, f := range diagnose.Read(st, st.End()) {
					if strings.Contains(f.Seen+f.Means+f.Do, value) {
						t.Errorf("%s: the finding %s holds %s", name, f.ID, what)
					}
				}
			}
		}
	})
}
