package diagnose_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// read returns the findings of a session as of now, after it held them against those of the same trace without stage
// events.
func read(t *testing.T, s *flow.Session) []diagnose.Finding {
	t.Helper()
	return readEvents(t, s.Log.Since(0), time.Now())
}

func readEvents(t *testing.T, events []trace.Event, now time.Time) []diagnose.Finding {
	t.Helper()
	latest = recorded{events: events, now: now}
	got := diagnose.Read(story.Read(events), now)
	bare := diagnose.Read(story.Read(faulty.WithoutStages(events)), now)
	if a, b := asJSON(t, got), asJSON(t, bare); a != b {
		t.Errorf("findings change when the stage events are taken out of the trace:\nwith:    %s\nwithout: %s", a, b)
	}
	if a, b := asJSON(t, got), asJSON(t, diagnose.Read(story.Read(reopened(t, events)), now)); a != b {
		t.Errorf("findings change when the trace is redacted, saved and opened:\nbefore: %s\nafter:  %s", a, b)
	}
	for _, f := range got {
		wellFormed(t, f)
		subjectHolds(t, story.Read(events), f)
		spoke[f.ID] = true
	}
	return got
}

// reopened is what a saved session without its secrets holds.
func reopened(t *testing.T, events []trace.Event) []trace.Event {
	t.Helper()
	var file bytes.Buffer
	if err := trace.Save(&file, trace.Redact(events, story.Read(events).Verdicts())); err != nil {
		t.Fatal(err)
	}
	again, err := trace.Open(&file)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func asJSON(t *testing.T, fs []diagnose.Finding) string {
	t.Helper()
	var plain []jwtview.Finding
	for _, f := range fs {
		plain = append(plain, f.Finding)
	}
	b, err := json.MarshalIndent(plain, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// wellFormed holds what every finding owes to whoever reads it.
func wellFormed(t *testing.T, f diagnose.Finding) {
	t.Helper()
	for name, text := range map[string]string{"title": f.Title, "seen": f.Seen, "means": f.Means, "do": f.Do, "spec": f.Spec, "catalogue": f.Catalogue} {
		if name == "catalogue" && f.ID == "request-edited" {
			continue // it is in no catalogue: only authscope knows
		}
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s: %s is empty", f.ID, name)
		}
		if n := utf8.RuneCountInString(text); n > 1500 {
			t.Errorf("%s: %s has %d characters", f.ID, name, n)
		}
		if strings.Contains(text, "..") || strings.Contains(text, "  ") || strings.ContainsAny(text, "\n\r") {
			t.Errorf("%s: %s has a slip in it: %q", f.ID, name, text)
		}
	}
	if f.Severity != jwtview.Error && f.Severity != jwtview.Warning && f.Severity != jwtview.Info {
		t.Errorf("%s: severity %q", f.ID, f.Severity)
	}
	if f.Stage == "" || !slices.Contains(diagnose.IDs(), f.ID) {
		t.Errorf("%s: stage %q, or an id that no rule has", f.ID, f.Stage)
	}
}

func ids(fs []diagnose.Finding) (out []string) {
	for _, f := range fs {
		out = append(out, f.ID)
	}
	return out
}

func show(t *testing.T, fs []diagnose.Finding) {
	t.Helper()
	for _, f := range fs {
		t.Logf("%-7s %s (%s, %s/%d)\n    title %s\n    seen  %s\n    means %s\n    do    %s\n    spec  %s", f.Severity, f.ID, f.Catalogue, f.Stage, f.N, f.Title, f.Seen, f.Means, f.Do, f.Spec)
	}
}

// TestHealthy: where nothing is wrong, nothing is said but what is good to know.
func TestHealthy(t *testing.T) {
	for _, client := range demo.Clients() {
		for _, scope := range []string{"openid", "openid offline_access", "openid profile email offline_access"} {
			t.Run(client.ID+" "+scope, func(t *testing.T) {
				faulty.In(t, func(w *faulty.World) {
					t := w.T
					s := w.Session(faulty.Client(client.ID), faulty.Scope(scope))
					if err := w.Run(s, flow.Login); err != nil {
						t.Fatal(err)
					}
					calm(t, "login", read(t, s))
					if strings.Contains(scope, "offline_access") {
						time.Sleep(time.Minute)
						if err := w.Run(s, flow.Refresh, flow.Refresh); err != nil {
							t.Fatal(err)
						}
						calm(t, "refresh", read(t, s))
					}
					time.Sleep(time.Hour)
					calm(t, "expiry", read(t, s))
				})
			})
		}
	}
}

// TestHealthyKinds walks every kind of client that the tenant can have, with and without rotation, with JWT and opaque access
// tokens, and every set of scopes: no error and no warning.
func TestHealthyKinds(t *testing.T) {
	const full = "openid offline_access https://authgear.com/scopes/full-userinfo"
	for _, kind := range []demo.Client{{Type: "spa"}, {Type: "traditional_webapp"}, {Type: "native"}, {Type: "confidential", Secret: "kind-secret"}, {Type: "third_party_app", Secret: "kind-secret"}} {
		for _, scope := range []string{"openid", "openid profile", "openid offline_access", "openid profile email phone address offline_access", full} {
			for n := range 4 {
				kind.ID, kind.Name = "kind", "Kind"
				kind.Rotation, kind.JWT = n&1 != 0, n&2 != 0
				t.Run(fmt.Sprintf("%s rotation=%v jwt=%v %s", kind.Type, kind.Rotation, kind.JWT, scope), func(t *testing.T) {
					faulty.InWith(t, demo.Options{Clients: []demo.Client{kind}}, func(w *faulty.World) { healthyKind(w, kind, scope) })
				})
			}
		}
	}
}

func healthyKind(w *faulty.World, kind demo.Client, scope string) {
	s := w.Session(faulty.Scope(scope), func(c *flow.Config) {
		c.ClientID = kind.ID
		if kind.Secret != "" {
			c.ClientAuth, c.ClientSecret = trace.AuthBasic, trace.NewSecret(kind.Secret)
		}
	})
	stages := [][]flow.Stage{flow.LoginFor(trace.Settings{})}
	if strings.Contains(scope, "offline_access") {
		stages = append(stages, flow.Refresh, flow.Refresh)
	}
	if err := w.Run(s, stages...); err != nil {
		w.T.Fatal(err)
	}
	calm(w.T, "login", read(w.T, s))
	time.Sleep(time.Hour)
	calm(w.T, "expiry", read(w.T, s))
}

func calm(t *testing.T, when string, fs []diagnose.Finding) {
	t.Helper()
	for _, f := range fs {
		if f.Severity != jwtview.Info {
			t.Errorf("after the %s of a healthy run: %s %s: %s", when, f.Severity, f.ID, f.Seen)
		}
	}
}

// The most repeated question, in the words of the design.
func TestNoRefreshToken(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session(faulty.Scope("openid"))
		if err := w.Run(s, flow.Login); err != nil {
			t.Fatal(err)
		}
		fs := read(t, s)
		if got := ids(fs); !slices.Equal(got, []string{"no-refresh-token"}) {
			t.Fatalf("findings %v, want no-refresh-token alone", got)
		}
		for _, want := range []string{"asked for `openid` only", "Authgear issues a refresh token only when `offline_access` is in the authorization request", "not an error", "30 min", "Press o", `--scope "openid offline_access"`} {
			if text := fs[0].Seen + fs[0].Means + fs[0].Do; !strings.Contains(text, want) {
				t.Errorf("%q is not said: %s", want, text)
			}
		}
		time.Sleep(31 * time.Minute)
		want(t, s, "after the access token's end", "no-refresh-token", "access-token-expired")
	})
}

// What time changes, story.Next foretells: rules are run then and never in between.
func TestFindingsChangeOnlyAtNext(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session(faulty.Scope("openid"))
		if err := w.Run(s, flow.Login); err != nil {
			t.Fatal(err)
		}
		st := faulty.Read(s)
		before := asJSON(t, diagnose.Read(st, time.Now()))
		for range 40 {
			next := st.Next(time.Now())
			time.Sleep(time.Minute)
			now := time.Now()
			after := asJSON(t, diagnose.Read(st, now))
			if after != before && (next.IsZero() || next.After(now)) {
				t.Fatalf("the findings changed by %s, and Next foretold %s", now, next)
			}
			before = after
		}
	})
}

func TestEarlierRunAndStray(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session(func(c *flow.Config) {
			c.Earlier = []trace.EarlierRun{{Run: 2, State: "state-of-run-2", Began: time.Now().Add(-time.Minute)}}
		})
		defer s.Close()
		hooks := w.Agent()
		open := hooks.Open
		hooks.Open = wait(open, func() {
			w.Browse("GET", "http://127.0.0.1:8976/favicon.ico")
			w.Browse("GET", "http://127.0.0.1:8976/callback?code=x&state=state-of-run-2")
		})
		if err := flow.Run(t.Context(), s, flow.Login, hooks); err != nil {
			t.Fatal(err)
		}
		fs := read(t, s)
		hold(fs)
		if got := ids(fs); !slices.Equal(got, []string{"earlier-run-answer", "stray-request"}) {
			t.Errorf("findings %v", got)
		}
		show(t, fs)
	})
}
