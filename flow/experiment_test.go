package flow_test

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// TestExperiments makes every experiment in every mode of the embedded tenant in which it comes out differently.
func TestExperiments(t *testing.T) {
	const spa, rotating = "workshop-spa", "workshop-rotating"
	tried := map[string]int{}
	for _, c := range []struct {
		name, client string
		habits       string
		want         story.Assessment
		says         string
	}{
		{"reuse", spa, "", story.AsKnown, "the same one works again"},
		{"reuse", rotating, "", story.AsKnown, "the newest one goes on working"},
		{"reuse", rotating, "reuse-detection", story.AsSpecified, "since then the newest one too"},
		{"reuse", rotating, "rotation-grace", story.Weaker, "works again"},
		{"race", spa, "", story.Unsettled, "3 of 3 succeeded"},
		{"race", rotating, "", story.AsKnown, "1 work and 2 do not"},
		{"race", rotating, "rotation-grace", story.Unsettled, "side by side"},
		{"race", rotating, "reuse-detection", story.Unsettled, "ended the session"},
		{"narrower-scope", spa, "", story.AsKnown, "names no scope"},
		{"narrower-scope", spa, "refresh-scope", story.AsSpecified, "with the scope"},
		{"wider-scope", spa, "", story.AsKnown, "names no scope"},
		{"wider-scope", spa, "refresh-scope", story.AsSpecified, "invalid_scope"},
		{"wider-scope", spa, "refresh-widens", story.Weaker, "now has address"},
		{"other-scope", spa, "", story.AsKnown, "names no scope"},
		{"other-scope", spa, "refresh-scope", story.AsSpecified, "invalid_scope"},
		{"other-client", spa, "", story.Weaker, "used up by a request that failed"},
		{"other-client", rotating, "", story.AsSpecified, "the right client can still use it"},
		{"other-client", spa, "binding-first", story.AsSpecified, "another client"},
		{"other-client", spa, "no-binding", story.Weaker, "given to another"},
		{"access-after-expiry", spa, "", story.AsSpecified, "401"},
		{"access-after-refresh", spa, "", story.AsKnown, "It still works"},
		{"access-after-refresh", spa, "refresh-ends-access", story.Unsettled, "401"},
		{"access-after-revocation", spa, "", story.AsSpecified, "401"},
		{"access-after-revocation", spa, "revocation-keeps-access", story.Weaker, "It still works"},
		{"access-after-logout", spa, "", story.AsKnown, "The tokens ended with the person's session"},
		{"code-twice", spa, "", story.AsKnown, "go on working"},
		{"code-twice", spa, "code-reuse-revokes", story.AsSpecified, "since then too"},
		{"code-twice", spa, "code-reusable", story.Weaker, "succeeded too"},
		{"wrong-verifier", spa, "", story.AsSpecified, "still good for a right request"},
		{"wrong-verifier", spa, "failed-code-dies", story.AsSpecified, "used up"},
		{"wrong-verifier", spa, "no-pkce-check", story.Weaker, "accepted"},
		{"wrong-redirect-uri", spa, "", story.AsSpecified, "still good for a right request"},
		{"wrong-redirect-uri", spa, "no-redirect-check", story.Weaker, "accepted"},
		{"no-nonce", spa, "", story.AsSpecified, "has no nonce"},
	} {
		tried[c.name]++
		t.Run(c.name+"/"+c.client+"/"+c.habits, func(t *testing.T) {
			o := demo.Options{}
			if c.habits != "" && !o.Switch(c.habits) {
				t.Fatalf("there is no switch %s", c.habits)
			}
			if c.name == "access-after-expiry" {
				o.AccessLifetime = 20e9
			}
			faulty.InWith(t, o, func(w *faulty.World) {
				t := w.T
				s := w.Session(faulty.Client(c.client), faulty.Scope("openid offline_access profile"),
					func(cfg *flow.Config) { cfg.Embedded = &trace.Embedded{Client: c.client} })
				if !story.ExperimentNamed(c.name).Fresh {
					if err := w.Run(s, flow.Login); err != nil {
						t.Fatal(err)
					}
				}
				err := w.Run(s, flow.Experiment(c.name))
				st := story.Read(s.Log.Since(0))
				x := experimentOf(t, st)
				if x.Verdict != c.want || !strings.Contains(x.Real+x.Why, c.says) {
					t.Errorf("the verdict is %s: %s %s\nwant %s and %q", x.Verdict, x.Real, x.Why, c.want, c.says)
				}
				if failed := err != nil; failed != (c.want == story.Weaker) {
					t.Errorf("the run ended with %v, and the verdict is %s", err, x.Verdict)
				}
				if fs := diagnose.Read(st, st.End()); slices.ContainsFunc(fs, func(f diagnose.Finding) bool { return f.Severity != jwtview.Info }) {
					t.Errorf("what an experiment provokes is taken for a fault: %+v", fs)
				}
				sameWhenSaved(t, s, x)
			})
		})
	}
	modes := 0
	for _, about := range story.AllExperiments {
		if tried[about.Name] == 0 || flow.Experiment(about.Name) == nil {
			t.Errorf("no test makes the experiment %s, or there is no such", about.Name)
		}
		modes += tried[about.Name]
	}
	t.Logf("%d experiments in %d modes", len(story.AllExperiments), modes)
}

func experimentOf(t *testing.T, s *story.Story) *story.Experiment {
	t.Helper()
	all := s.Experiments()
	if len(all) != 1 {
		t.Fatalf("%d experiments are in the trace, want 1", len(all))
	}
	st := s.StageRun(trace.Experiment, 0)
	if st == nil || len(st.Checks()) != 1 {
		t.Fatalf("the stage of the experiment is %+v, want one check", st)
	}
	return all[0]
}

// sameWhenSaved holds that a saved session gives the same verdict.
func sameWhenSaved(t *testing.T, s *flow.Session, want *story.Experiment) {
	t.Helper()
	events := s.Log.Since(0)
	var file bytes.Buffer
	if err := trace.Save(&file, trace.Redact(events, story.Read(events).Verdicts())); err != nil {
		t.Fatal(err)
	}
	opened, err := trace.Open(&file)
	if err != nil {
		t.Fatal(err)
	}
	if x := experimentOf(t, story.Read(opened)); x.Verdict != want.Verdict || x.Real != want.Real || strings.Join(x.Dead, ";") != strings.Join(want.Dead, ";") {
		t.Errorf("saved and opened, the verdict is %s: %s\nwant %s: %s", x.Verdict, x.Real, want.Verdict, want.Real)
	}
}

// TestExperimentsSkip says what is missing, and does nothing then.
func TestExperimentsSkip(t *testing.T) {
	for _, c := range []struct{ name, scope, says string }{
		{"reuse", "openid", "no refresh token"},
		{"race", "openid", "no refresh token"},
		{"narrower-scope", "openid", "no less to ask for"},
		{"access-after-expiry", "openid", "lives 30m0s more"},
		{"access-after-revocation", "openid", "no refresh token"},
		{"wider-scope", "openid offline_access profile email address phone", "asked for already"},
	} {
		faulty.In(t, func(w *faulty.World) {
			s := w.Session(faulty.Scope(c.scope))
			if err := w.Run(s, flow.Login, flow.Experiment(c.name)); err != nil {
				w.T.Errorf("%s: %v", c.name, err)
			}
			st := story.Read(s.Log.Since(0)).StageRun(trace.Experiment, 0)
			if st.Status != trace.Skipped || !strings.Contains(st.Reason, c.says) || len(st.Calls) != 0 {
				w.T.Errorf("%s: %s, %q after %d calls, want it skipped since %q", c.name, st.Status, st.Reason, len(st.Calls), c.says)
			}
		})
	}
}

// TestExperimentsOdd lets the token endpoint answer nonsense in the midst of every experiment: it has no verdict then, and
// nothing breaks.
func TestExperimentsOdd(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"html": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Write([]byte("<h1>Hm</h1>"))
		},
		"500": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) },
		"cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte("{"))
		},
		"array": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(`[1]`))
		},
		"null": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(`{"access_token":null,"refresh_token":7}`))
		},
	}
	for kind, answer := range answers {
		for _, about := range story.AllExperiments {
			if about.Name == "access-after-expiry" || about.Name == "access-after-logout" {
				continue // they ask UserInfo alone
			}
			faulty.In(t, func(w *faulty.World) {
				s := w.Session(faulty.Scope("openid offline_access profile"))
				if !about.Fresh {
					if err := w.Run(s, flow.Login); err != nil {
						w.T.Fatal(err)
					}
				}
				w.Replace("/oauth2/token", answer)
				w.Replace("/oauth2/revoke", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503) })
				if err := w.Run(s, flow.Experiment(about.Name)); err != nil {
					w.T.Errorf("%s with %s: %v", about.Name, kind, err)
				}
				if x := experimentOf(w.T, story.Read(s.Log.Since(0))); x.Verdict != story.NoAnswer {
					w.T.Errorf("%s with %s: the verdict is %s (%s), want none", about.Name, kind, x.Verdict, x.Real)
				}
			})
		}
	}
}
