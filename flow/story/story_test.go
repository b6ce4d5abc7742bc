package story_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// aRun is the trace of a login, two refreshes, a revocation, and a refresh that is refused then.
func aRun(t *testing.T, client string) (events []trace.Event) {
	t.Helper()
	faulty.In(t, func(w *faulty.World) {
		s := w.Session(faulty.Client(client))
		err := w.Run(s, flow.Login, flow.Refresh, flow.Refresh, flow.Revoke, flow.Refresh)
		if err == nil || !strings.Contains(err.Error(), "invalid refresh token") {
			w.T.Errorf("the refresh after the revocation: %v", err)
		}
		time.Sleep(time.Minute)
		events = s.Log.Since(0)
	})
	return events
}

// picture is all that a story says, as text.
func picture(s *story.Story, now time.Time) string {
	var b strings.Builder
	line := func(args ...any) { fmt.Fprintln(&b, args...) }
	for _, c := range s.Calls() {
		line("call", c.ID, c.Class, c.Stage, c.N, c.State, c.Late, c.Duration(), c.Err, c.Sections)
	}
	for _, st := range s.Stages() {
		line("stage", st.ID, st.N, st.Status, st.Reason, st.Duration(), st.Checks(), s.Problem(st.ID, st.N))
	}
	for _, t := range s.Tokens() {
		line("token", t.Kind, t.Generation, t.Value.Reveal(), t.Describe, t.IssuedAt, t.ExpiresAt, t.Source, t.Life(now), t.DeadWhy, t.Checks())
	}
	for _, l := range s.Logins() {
		line("login", l.N, l.State, l.Scope, l.Granted, l.RevokedAt, l.Waiting(), len(l.Callbacks))
	}
	line(s.Began(), s.End(), s.Skew(), s.Suspends(), s.Listening(), s.Next(now), s.Due())
	for _, c := range s.Clocks(now) {
		line("clock", c.What, c.Began, c.Ends, c.Source, c.State, c.Note, c.Left(now), c.Life())
	}
	for _, l := range s.Lineage() {
		switch {
		case l.Token != nil:
			line("line", l.Token.Kind, l.Token.Generation, l.Token.Uses, l.Token.Refusals, l.Token.UsedBy(), l.Token.Fate(now))
		case l.Turn != nil:
			line("turn", l.Turn.Generation, l.Turn.By(), l.Turn.Failed, l.Turn.Spent, l.Turn.At)
		default:
			rotates, known := l.Family.Rotates()
			line("family", l.Family.N, l.Family.GrantID, l.Family.SID, l.Family.Tied, l.Family.Refreshes, l.Family.Failures, rotates, known)
			line(l.Family.TimeLine(story.Frame{From: s.Began(), Until: now.Add(time.Hour), Cells: 60}, now, s.Due()))
		}
	}
	for _, st := range s.Arrows() {
		line("step", st.From, st.To, st.Kind, st.At, s.Label(st))
	}
	for _, f := range diagnose.Read(s, now) {
		line("finding", f.Stage, f.N, f.Call, f.Finding)
	}
	return b.String()
}

// Asking in between changes nothing: the story of a prefix that goes on is the story of the whole.
func TestIncrementalFold(t *testing.T) {
	for _, client := range []string{"workshop-spa", "workshop-rotating", "third-party"} {
		events := aRun(t, client)
		now := events[len(events)-1].At
		var live story.Story
		for i, e := range events {
			live.Add(e)
			if a, b := picture(&live, now), picture(story.Read(events[:i+1]), now); a != b {
				t.Fatalf("%s: after event %d (%T) the story that grew is not the one that was read at once:\n%s", client, i, e.Data, firstLine(a, b))
			}
		}
	}
}

func firstLine(a, b string) string {
	la, lb := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(la), len(lb)) {
		if la[i] != lb[i] {
			return la[i] + "\n" + lb[i]
		}
	}
	return "one is longer"
}

// essence is what bytes alone must give: classes, tokens, checks, findings.
func essence(t *testing.T, s *story.Story, now time.Time) string {
	t.Helper()
	var b strings.Builder
	for _, c := range s.Calls() {
		fmt.Fprintln(&b, c.Class, c.Stage, c.State)
	}
	for _, tok := range s.Tokens() {
		fmt.Fprintln(&b, tok.Kind, tok.Generation, tok.Describe, tok.ExpiresAt, tok.Life(now), tok.Checks())
	}
	for _, st := range s.Stages() {
		if len(st.Calls) > 0 {
			fmt.Fprintln(&b, st.ID, st.Status, st.Checks())
		}
	}
	for _, f := range diagnose.Read(s, now) {
		j, _ := json.Marshal(f.Finding)
		b.Write(append(j, '\n'))
	}
	return b.String()
}

// Without stage events calls are classified from their bytes, and stages, tokens, checks and findings stay the same.
func TestWithoutStageEvents(t *testing.T) {
	for _, client := range []string{"workshop-spa", "workshop-web", "workshop-rotating"} {
		events := aRun(t, client)
		now := events[len(events)-1].At
		a, b := essence(t, story.Read(events), now), essence(t, story.Read(faulty.WithoutStages(events)), now)
		if a != b {
			t.Errorf("%s: without stage events the story is another one:\n%s", client, firstLine(a, b))
		}
	}
}

// A recording that lacks something says "not checkable", never "failed".
func TestRecordingsNeverFailForWhatTheyLack(t *testing.T) {
	events := faulty.WithoutStages(aRun(t, "workshop-rotating"))
	var calls []trace.CallID
	for _, e := range events {
		if e.Call != 0 && !slices.Contains(calls, e.Call) {
			calls = append(calls, e.Call)
		}
	}
	lacks := func(name string, gone func(trace.Event) bool) {
		kept := slices.DeleteFunc(slices.Clone(events), gone)
		s := story.Read(kept)
		for _, st := range s.Stages() {
			if c, bad := st.Failed(); bad {
				t.Errorf("without %s: stage %s: check %s failed: want %s, got %s (%s)", name, st.ID, c.ID, c.Want, c.Got, c.Detail)
			}
		}
		for _, tok := range s.Tokens() {
			for _, c := range tok.Checks() {
				if c.Status == jwtview.Failed {
					t.Errorf("without %s: %s #%d: check %s failed (%s)", name, tok.Kind, tok.Generation, c.ID, c.Detail)
				}
			}
		}
	}
	isSettings := func(e trace.Event) bool { _, ok := e.Data.(trace.Settings); return ok }
	lacks("settings", isSettings)
	for _, id := range calls {
		lacks(fmt.Sprintf("call %d", id), func(e trace.Event) bool { return e.Call == id })
		lacks(fmt.Sprintf("settings and call %d", id), func(e trace.Event) bool { return isSettings(e) || e.Call == id })
		lacks(fmt.Sprintf("calls up to %d", id), func(e trace.Event) bool { return e.Call != 0 && e.Call <= id })
		lacks(fmt.Sprintf("settings and calls up to %d", id), func(e trace.Event) bool { return isSettings(e) || e.Call != 0 && e.Call <= id })
	}
}

// Without settings the comparison with what was meant cannot be made, and that is said.
func TestNotCheckableWithoutSettings(t *testing.T) {
	events := slices.DeleteFunc(slices.Clone(aRun(t, "workshop-spa")), func(e trace.Event) bool { _, ok := e.Data.(trace.Settings); return ok })
	st := story.Read(events).StageRun(trace.Discover, 0)
	for _, c := range st.Checks() {
		if c.ID == "issuer" {
			if c.Status != jwtview.NotApplicable || !strings.Contains(c.Detail, "Not checkable") {
				t.Errorf("issuer is %s (%s), want not checkable", c.Status, c.Detail)
			}
			return
		}
	}
	t.Error("there is no check of the issuer")
}

// ready, form and done make the events of a call by hand.
func ready(id trace.CallID, method, url string, h trace.Header, body string) trace.Event {
	return trace.Event{At: time.Unix(1e9, 0), Call: id, Data: trace.Ready{Method: method, URL: url, Header: h, Body: trace.Bytes(body)}}
}

func form(id trace.CallID, url, body string) trace.Event {
	return ready(id, "POST", url, trace.Header{{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}}, body)
}

func done(id trace.CallID, status int, body string) []trace.Event {
	at := time.Unix(1e9, 0)
	return []trace.Event{{At: at, Call: id, Data: trace.Head{Status: status}}, {At: at, Call: id, Data: trace.Body{Bytes: trace.Bytes(body)}}}
}

// A call's class is read from its bytes, with the metadata or without.
func TestClassify(t *testing.T) {
	const metadata = `{"issuer":"https://a","token_endpoint":"https://a/t","jwks_uri":"https://a/k","userinfo_endpoint":"https://a/u","revocation_endpoint":"https://a/r","introspection_endpoint":"https://a/i","device_authorization_endpoint":"https://a/d","authorization_endpoint":"https://a/auth","end_session_endpoint":"https://a/end"}`
	known := append([]trace.Event{ready(1, "GET", "https://a/.well-known/openid-configuration", nil, "")}, done(1, 200, metadata)...)
	for _, c := range []struct {
		name   string
		events []trace.Event
		want   story.Class
	}{
		{"discovery", known, story.Discovery},
		{"discovery of RFC 8414", []trace.Event{ready(2, "GET", "https://a/.well-known/oauth-authorization-server/realm", nil, "")}, story.Discovery},
		{"keys, by the metadata", append(slices.Clone(known), ready(2, "GET", "https://a/k", nil, "")), story.JWKS},
		{"keys, by the answer", append([]trace.Event{ready(2, "GET", "https://a/k", nil, "")}, done(2, 200, `{"keys":[]}`)...), story.JWKS},
		{"metadata, by the answer", append([]trace.Event{ready(2, "GET", "https://a/elsewhere", nil, "")}, done(2, 200, metadata)...), story.Discovery},
		{"code", []trace.Event{form(2, "https://a/x", "grant_type=authorization_code&code=1")}, story.CodeExchange},
		{"refresh", []trace.Event{form(2, "https://a/x", "grant_type=refresh_token")}, story.TokenRefresh},
		{"another grant", []trace.Event{form(2, "https://a/x", "grant_type=password")}, story.OtherGrant},
		{"client credentials", []trace.Event{form(2, "https://a/x", "grant_type=client_credentials")}, story.ClientToken},
		{"a poll", []trace.Event{form(2, "https://a/x", "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=1")}, story.DeviceToken},
		{"an API", append(slices.Clone(known), ready(2, "GET", "https://api/x", trace.Header{{"authorization", "Bearer abc"}}, "")), story.APICall},
		{"introspection", append(slices.Clone(known), form(2, "https://a/i", "token=1")), story.Introspection},
		{"device", append(slices.Clone(known), form(2, "https://a/d", "scope=openid")), story.DeviceRequest},
		{"look ahead", append(slices.Clone(known), ready(2, "GET", "https://a/auth?client_id=1", nil, "")), story.PreflightCall},
		{"look ahead, without metadata", []trace.Event{ready(2, "GET", "https://a/auth?client_id=1&response_type=code", nil, "")}, story.PreflightCall},
		{"logout", append(slices.Clone(known), trace.Event{Call: 2, Data: trace.Ready{Front: true, URL: "https://a/end?id_token_hint=1"}}), story.LogoutPage},
		{"a logout that comes back", append(slices.Clone(known), trace.Event{Call: 2, Data: trace.Ready{Front: true, URL: "https://a/end?post_logout_redirect_uri=http://127.0.0.1/&state=s"}}, trace.Event{Call: 3, Data: trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/?state=s"}}), story.LogoutReturn},
		{"no form at the token endpoint", append(slices.Clone(known), ready(2, "POST", "https://a/t", nil, "{}")), story.OtherGrant},
		{"revocation, by the metadata", append(slices.Clone(known), ready(2, "POST", "https://a/r", nil, "")), story.Revocation},
		{"revocation, by the form", []trace.Event{form(2, "https://a/x", "token=1")}, story.Revocation},
		{"userinfo", []trace.Event{ready(2, "GET", "https://a/x", trace.Header{{"authorization", "bearer abc"}}, "")}, story.UserInfoCall},
		{"front", []trace.Event{{Call: 2, Data: trace.Ready{Front: true, URL: "https://a/auth?state=1"}}}, story.Authorization},
		{"answer", []trace.Event{{Call: 2, Data: trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/cb?code=1"}}}, story.Answer},
		{"unknown", []trace.Event{ready(2, "GET", "https://a/logo.png", nil, "")}, story.Unknown},
		{"no URL at all", []trace.Event{ready(2, "GET", "::", nil, "")}, story.Unknown},
	} {
		s := story.Read(c.events)
		calls := s.Calls()
		if got := calls[len(calls)-1].Class; got != c.want {
			t.Errorf("%s: class %s, want %s", c.name, got, c.want)
		}
	}
}

// What follows a redirect is what the first request was for.
func TestRedirectKeepsTheClass(t *testing.T) {
	events := []trace.Event{ready(1, "GET", "https://a/.well-known/openid-configuration", nil, ""),
		{Call: 1, Data: trace.Head{Status: 302, Header: trace.Header{{"Location", "/moved"}}}}, {Call: 1, Data: trace.Body{}},
		ready(2, "GET", "https://a/moved", nil, "")}
	if got := story.Read(events).Call(2).Class; got != story.Discovery {
		t.Errorf("after a redirect: class %s", got)
	}
}

// A revocation of an access token is followed by a probe, not by a UserInfo stage that seems to fail.
func TestProbeAfterRevocation(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session(faulty.Scope("openid"))
		if err := w.Run(s, flow.Login, flow.Revoke); err != nil {
			w.T.Fatal(err)
		}
		for _, events := range [][]trace.Event{s.Log.Since(0), faulty.WithoutStages(s.Log.Since(0))} {
			st := story.Read(events)
			if last := st.Calls()[len(st.Calls())-1]; last.Class != story.Probe {
				w.T.Errorf("the last call is %s, want probe", last.Class)
			}
			for _, stage := range st.Stages() {
				if stage.Status != trace.Passed {
					w.T.Errorf("stage %s is %s", stage.ID, stage.Status)
				}
			}
			if checks := st.StageRun(trace.UserInfo, 0).Checks(); len(checks) != 1 {
				w.T.Errorf("UserInfo has the checks %v, want its own", checks)
			}
		}
	})
}

// A stage that no event tells about never stays "running" once its call has ended.
func TestImpliedStagesEnd(t *testing.T) {
	events := []trace.Event{ready(1, "GET", "https://a/.well-known/openid-configuration", nil, ""), {Call: 1, Data: trace.CallFailed{Err: "x", Class: trace.ErrTimeout}}}
	if got := story.Read(events).StageRun(trace.Discover, 0).Status; got != trace.Failed {
		t.Errorf("after a failed call the stage is %s", got)
	}
}

// A request that is changed before it leaves is still one call, one stage and one login.
func TestChangedBeforeSent(t *testing.T) {
	front := func(state string) trace.Event {
		return trace.Event{Call: 1, Data: trace.Ready{Front: true, Method: "GET", URL: "https://a/auth?scope=openid&state=" + state}}
	}
	s := story.Read([]trace.Event{front("one"), front("two"), {Call: 1, Data: trace.RedirectOut{Via: "agent"}},
		form(2, "https://a/t", "grant_type=refresh_token&refresh_token=a"), form(2, "https://a/t", "grant_type=refresh_token&refresh_token=b")})
	if len(s.Calls()) != 2 || len(s.Logins()) != 1 || len(s.Stages()) != 2 {
		t.Fatalf("%d calls, %d logins, %d stages; want 2, 1, 2", len(s.Calls()), len(s.Logins()), len(s.Stages()))
	}
	if got := s.Login().State; got != "two" {
		t.Errorf("the login has state %q, want the one that was sent", got)
	}
	for _, st := range s.Stages() {
		if len(st.Calls) != 1 {
			t.Errorf("stage %s has %d calls, want 1", st.ID, len(st.Calls))
		}
	}
}

// An answer that comes when nobody waits any more is late, wherever in the answer the waiting ended.
func TestLate(t *testing.T) {
	sent, head, gone, body := trace.Sent{}, trace.Head{Status: 200}, trace.Abandoned{Reason: "cancelled"}, trace.Body{}
	for name, order := range map[string][]trace.Data{"before the head": {sent, gone, head, body}, "within the body": {sent, head, gone, body}, "never": {sent, head, body}} {
		events := []trace.Event{form(1, "https://a/t", "grant_type=refresh_token")}
		for _, d := range order {
			events = append(events, trace.Event{Call: 1, Data: d})
		}
		if c := story.Read(events).Call(1); c.Late != (name != "never") || c.State != story.Answered {
			t.Errorf("given up %s: late %v, %s", name, c.Late, c.State)
		}
	}
}
