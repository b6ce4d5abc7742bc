package flow_test

import (
	"bytes"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/report"
)

func newestRefresh(s *flow.Session) (v trace.Secret) {
	s.Read(func(st *story.Story) {
		if t := st.Newest(story.RefreshToken); t != nil {
			v = t.Value
		}
	})
	return v
}

func TestResume(t *testing.T) {
	for _, client := range []string{"workshop-spa", "workshop-rotating"} {
		inWorld(t, func(w *world) {
			set := settings()
			set.ClientID = client
			kept := newestRefresh(w.login(flow.Config{Settings: set}))

			s := w.session(flow.Config{Settings: set})
			if err := s.HandIn(kept, "keyring"); err != nil {
				t.Fatal(err)
			}
			if err := flow.Run(w.t.Context(), s, flow.Resume, flow.Hooks{}); err != nil {
				t.Fatalf("%s: resume: %v", client, err)
			}
			st := read(s)
			if !st.Resumed() || st.Newest(story.AccessToken) == nil || st.Login() != nil {
				t.Errorf("%s: resumed %v, access token %v, login %v", client, st.Resumed(), st.Newest(story.AccessToken), st.Login())
			}
			if got := st.StageRun(trace.UserInfo, 1).Status; got != trace.Passed {
				t.Errorf("%s: UserInfo is %s after a resume: %s", client, got, st.StageRun(trace.UserInfo, 1).Reason)
			}
			old := st.Tokens()[0]
			if rotated := old.Replaced != nil; rotated != (client == "workshop-rotating") {
				t.Errorf("%s: the token that was handed in was replaced: %v", client, rotated)
			}
			noSecret(t, s, kept.Reveal())
		})
	}
}

// noSecret holds that what is printed and saved of the session does not hold the token.
func noSecret(t *testing.T, s *flow.Session, secret string) {
	t.Helper()
	events := s.Log.Since(0)
	run := report.Make(events, events[len(events)-1].At)
	var b bytes.Buffer
	if err := trace.Save(&b, report.Redact(events)); err != nil {
		t.Fatal(err)
	}
	for name, print := range map[string]func() error{"text": func() error { return report.Text(&b, run, report.Options{}) }, "JSON": func() error { return report.JSON(&b, run, report.Options{}) }} {
		if err := print(); err != nil {
			t.Errorf("%s of a resumed session: %v", name, err)
		}
	}
	if strings.Contains(b.String(), secret) {
		t.Errorf("the refresh token that was handed in stands in what is saved or printed")
	}
}

func TestResumeIsSaved(t *testing.T) {
	inWorld(t, func(w *world) {
		kept := newestRefresh(w.login(flow.Config{Settings: settings()}))
		s := w.session(flow.Config{Settings: settings()})
		s.HandIn(kept, "keyring")
		flow.Run(w.t.Context(), s, flow.Resume, flow.Hooks{})
		var b bytes.Buffer
		if err := trace.Save(&b, s.Log.Since(0)); err != nil {
			t.Fatal(err)
		}
		events, err := trace.Open(&b)
		if err != nil {
			t.Fatal(err)
		}
		st := story.Read(events)
		if got := st.Newest(story.RefreshToken); got == nil || got.Value.Reveal() != kept.Reveal() || got.Call.Class != story.HandedIn {
			t.Errorf("a session saved with its secrets does not show the token that was handed in: %v", got)
		}
	})
}

func TestResumeIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		s := w.session(flow.Config{Settings: settings()})
		s.HandIn(trace.NewSecret("b7d1abb8-a878-4c6d-953f-0c451c6fc30e.VxlG5qaoNzRAB2xybCoJ0vY9tKPQFFYG"), "keyring")
		err := flow.Run(w.t.Context(), s, flow.Resume, flow.Hooks{})
		if err == nil || !strings.Contains(err.Error(), "invalid_grant") {
			t.Errorf("a refused token: %v, want invalid_grant", err)
		}
		st := read(s)
		if tok := st.Newest(story.RefreshToken); tok.DeadAt.IsZero() || tok.Life(st.End()) != story.Dead {
			t.Error("the refused token is not known to be dead")
		}
		noSecret(t, s, "VxlG5qaoNzRAB2xybCoJ0vY9tKPQFFYG")
	})
}

func TestHandInNothing(t *testing.T) {
	inWorld(t, func(w *world) {
		if err := w.session(flow.Config{Settings: settings()}).HandIn(trace.Secret{}, "keyring"); err == nil {
			t.Error("no token was handed in, and no error says so")
		}
	})
}
