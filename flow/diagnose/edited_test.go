package diagnose_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// edit is what a person does in the editor: set a parameter of the first request that has what.
type edit struct {
	where trace.Where
	what  string // the parameter that the request is known by
	name  string
	value string // "" removes
}

// hold is the hook that a screen would be.
func (e edit) hold(t *testing.T, s *flow.Session) trace.Hold {
	done := false
	return func(_ context.Context, d trace.Draft) (trace.Draft, error) {
		parts := trace.TakeApart(d)
		if done || !slices.ContainsFunc(parts, func(p trace.Part) bool { return p.Where == e.where && p.Name == e.what }) {
			return d, nil
		}
		done = true
		at := slices.IndexFunc(parts, func(p trace.Part) bool { return p.Where == e.where && p.Name == e.name })
		switch {
		case at < 0:
			parts = append(parts, trace.Part{Where: e.where, Name: e.name, Value: e.value, Added: true})
		case e.value == "":
			parts[at].Removed = true
		default:
			parts[at].Value = e.value
		}
		left, err := d.With(parts)
		if err != nil {
			t.Errorf("%s cannot be set to %q: %v", e.name, e.value, err)
		}
		s.Log.Edit(d.Call, left)
		return left, nil
	}
}

// TestEdited: what goes wrong after an edit says first that somebody changed something, and what; and the edit is what
// the embedded tenant really answers to.
func TestEdited(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   edit
		want   []string // findings; those that are only good to know too
		says   []string
		failed string // a check that fails, "" for none
		at     trace.StageID
	}{
		{"nothing wrong", edit{trace.InQuery, "scope", "x_hello", "world"}, []string{"request-edited"}, []string{"`x_hello` added, `world` in the authorization request"}, "", trace.Authorize},
		{"scope", edit{trace.InQuery, "scope", "scope", "offline_access"}, []string{"request-edited", "offline-access-alone"}, []string{"`scope` from `openid offline_access` to `offline_access`"}, "response", trace.Callback},
		{"less scope", edit{trace.InQuery, "scope", "scope", "openid"}, []string{"request-edited", "no-refresh-token"}, []string{"to `openid`"}, "", trace.Authorize},
		{"redirect URI", edit{trace.InForm, "code", "redirect_uri", "http://127.0.0.1:8976/other"}, []string{"request-edited", "redirect-uri-differs"}, []string{"`redirect_uri` from", "`http://127.0.0.1:8976/other` in the code exchange"}, "redirect_uri", trace.Exchange},
		{"verifier", edit{trace.InForm, "code", "code_verifier", "another-verifier-that-is-long-enough-to-be-one"}, []string{"request-edited", "code-rejected"}, []string{"`code_verifier` from •••• to ••••"}, "code_challenge", trace.Exchange},
		{"no verifier", edit{trace.InForm, "code", "code_verifier", ""}, []string{"request-edited", "code-rejected"}, []string{"`code_verifier` removed, was ••••"}, "code_challenge", trace.Exchange},
		{"challenge", edit{trace.InQuery, "scope", "code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, []string{"request-edited", "code-rejected"}, []string{"`code_challenge` from"}, "code_challenge", trace.Exchange},
		{"nonce and state", edit{trace.InQuery, "scope", "state", "my own"}, []string{"request-edited"}, []string{"`state` from", "to `my own`"}, "", trace.Authorize},
		{"bearer", edit{trace.InHeader, "Authorization", "Authorization", "Bearer not-the-token-that-was-issued"}, []string{"request-edited", "userinfo-refused"}, []string{"header field `Authorization` from •••• to •••• in the UserInfo request"}, "", trace.UserInfo},
		{"address", edit{trace.InURL, "url", "url", "http://localhost:8975/nowhere"}, []string{"request-edited"}, []string{"the address from"}, "", trace.Discover},
	} {
		t.Run(c.name, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				t := w.T
				s := w.Session()
				defer s.Close()
				hooks := w.Agent()
				hooks.Hold = c.edit.hold(t, s)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				flow.Run(ctx, s, flow.Login, hooks)
				fs := read(t, s)
				show(t, fs)
				if len(fs) == 0 || fs[0].ID != c.want[0] {
					t.Fatalf("findings %v, want %v", ids(fs), c.want)
				}
				for _, id := range c.want {
					if !slices.Contains(ids(fs), id) {
						t.Errorf("findings %v, without %s", ids(fs), id)
					}
				}
				for _, part := range c.says {
					if !strings.Contains(fs[0].Seen, part) {
						t.Errorf("it does not say %q: %s", part, fs[0].Seen)
					}
				}
				if fs[0].Stage != c.at {
					t.Errorf("it speaks of the stage %s, want %s", fs[0].Stage, c.at)
				}
				if c.edit.value != "" && trace.SecretParam(c.edit.name) != "" && strings.Contains(asJSON(t, fs), c.edit.value) {
					t.Error("the new secret stands in the findings")
				}
				holdsCheck(t, s, c.failed)
			})
		})
	}
}

func holdsCheck(t *testing.T, s *flow.Session, want string) {
	t.Helper()
	var got string
	for _, st := range faulty.Read(s).Stages() {
		for _, c := range st.Checks() {
			if c.Status == jwtview.Failed && got == "" {
				got = c.ID
			}
		}
	}
	if got != want {
		t.Errorf("the first check that failed is %q, want %q", got, want)
	}
}

// What was put back is not said to have been changed.
func TestEditPutBack(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		hooks := w.Agent()
		hooks.Hold = func(_ context.Context, d trace.Draft) (trace.Draft, error) {
			if !d.Front {
				return d, nil
			}
			other := d
			other.URL += "&x=y"
			s.Log.Edit(d.Call, other)
			s.Log.Edit(d.Call, d)
			return d, nil
		}
		if err := flow.Run(t.Context(), s, flow.Login, hooks); err != nil {
			t.Fatal(err)
		}
		s.Close()
		if fs := read(t, s); len(fs) > 0 {
			t.Errorf("findings %v, want none", ids(fs))
		}
		for _, c := range faulty.Read(s).Calls() {
			if c.Made != nil || len(c.Edits) > 0 {
				t.Errorf("call %d is said to have been changed: %+v", c.ID, c.Edits)
			}
		}
	})
}

// The rows of an edited request say what it was, and no secret.
func TestEditedRows(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		hooks := w.Agent()
		hooks.Hold = edit{trace.InForm, "code", "code_verifier", "another-verifier-that-is-long-enough-to-be-one"}.hold(t, s)
		flow.Run(t.Context(), s, flow.Login, hooks)
		s.Close()
		c := lastOf(faulty.Read(s), story.CodeExchange)
		if c == nil || c.Made == nil || c.Made.Form().Get("code_verifier") == c.Request.Form().Get("code_verifier") {
			t.Fatal("the request as it was made is not kept beside the one that left")
		}
		for _, r := range c.Sections[0].Rows {
			if r.Name != "code_verifier" {
				if r.Edit != "" {
					t.Errorf("%s is said to be %s", r.Name, r.Edit)
				}
				continue
			}
			if r.Edit != trace.WasChanged || !strings.HasPrefix(r.Note, "changed by you, was ••••") || r.Secret != "code_verifier" {
				t.Errorf("the row is %+v", r)
			}
		}
	})
}

func lastOf(s *story.Story, class story.Class) (last *story.Call) {
	for _, c := range s.Calls() {
		if c.Class == class {
			last = c
		}
	}
	return last
}
