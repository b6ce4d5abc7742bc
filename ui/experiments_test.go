package ui

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/report"
)

// try makes an experiment as a person does who finds it in the list.
func (d *driver) try(name string) {
	d.t.Helper()
	d.chosen(name)
	d.press("enter", "y")
	d.wait(time.Second)
}

// chosen selects an experiment in the list.
func (d *driver) chosen(name string) {
	d.t.Helper()
	d.press("E", "home")
	for range story.AllExperiments {
		if d.m.chosenExperiment().Name == name {
			return
		}
		d.press("down")
	}
	d.t.Fatalf("the list has no %s:\n%s", name, d.frame())
}

// TestExperimentsOnTheScreen makes experiments on tenants of different habits: what is said of them stands in the list and below it.
func TestExperimentsOnTheScreen(t *testing.T) {
	for _, c := range []struct {
		name, habit string
		says        []string
	}{
		{"reuse", "", []string{"✓ as this provider is known to do", "the same one works again", "There is no rotation", "1 made"}},
		{"reuse", "rotation", []string{"✓ as this provider is known to do", "the newest one goes on working"}},
		{"reuse", "rotation reuse-detection", []string{"✓ as the specification says", "dead", "every refresh token of this session", "n signs in anew"}},
		{"reuse", "rotation rotation-grace", []string{"✗ weaker than the specification", "The old refresh token works again"}},
		{"race", "", []string{"i left open by the specification", "3 of 3 succeeded", "3 calls"}},
		{"race", "rotation reuse-detection", []string{"i left open by the specification", "took the race for a theft", "every refresh token of this session"}},
		{"narrower-scope", "refresh-scope", []string{"✓ as the specification says", "with the scope"}},
		{"wider-scope", "refresh-scope", []string{"✓ as the specification says", "400 invalid_scope"}},
		{"wider-scope", "refresh-widens", []string{"✗ weaker than the specification", "Nobody was asked to agree"}},
		{"other-scope", "refresh-scope", []string{"✓ as the specification says", "400 invalid_scope"}},
		{"other-client", "binding-first", []string{"✓ as the specification says", "still use it"}},
		{"other-client", "no-binding", []string{"✗ weaker than the specification", "given to another"}},
		{"access-after-refresh", "", []string{"✓ as this provider is known to do", "It still works"}},
		{"access-after-refresh", "refresh-ends-access", []string{"i left open by the specification", "the access token of before"}},
		{"access-after-revocation", "revocation-keeps-access", []string{"✗ weaker than the specification", "keep its life short"}},
		{"access-after-revocation", "", []string{"✓ as the specification says", "dead", "n signs in anew"}},
		{"access-after-logout", "", []string{"✓ as this provider is known to do", "The tokens ended with the person's session"}},
		{"code-twice", "code-reuse-revokes", []string{"✓ as the specification says", "the tokens of this sign-in"}},
		{"wrong-verifier", "no-pkce-check", []string{"✗ weaker than the specification", "The check is missing"}},
		{"wrong-verifier", "failed-code-dies", []string{"✓ as the specification says", "used up"}},
		{"wrong-redirect-uri", "no-redirect-check", []string{"✗ weaker than the specification", "The check is missing"}},
		{"code-twice", "code-reusable", []string{"✗ weaker than the specification", "The second time succeeded too"}},
		{"wrong-verifier", "", []string{"✓ as the specification says", "for a right request"}},
		{"wrong-redirect-uri", "", []string{"✓ as the specification says"}},
		{"no-nonce", "", []string{"✓ as the specification says", "has no nonce"}},
	} {
		t.Run(c.name+"/"+c.habit, func(t *testing.T) {
			drive(t, 120, 36, func(d *driver) {
				for _, habit := range strings.Fields(c.habit) {
					if !d.tenant.Switch(habit) {
						t.Fatalf("there is no habit %s", habit)
					}
				}
				d.m.cfg.Scope = "openid profile offline_access"
				d.press("n")
				d.login()
				d.try(c.name)
				d.has(c.says...)
				d.fits()
				if d.m.cur.trying != "" || d.m.cur.cancel != nil {
					t.Errorf("it is still under way: %q", d.m.cur.trying)
				}
				if d.m.cur.failed != "" {
					t.Errorf("the walk is said to have failed at %s", d.m.cur.failed)
				}
				d.press("6")
				if x := d.m.cur.story.LastTried(c.name); d.m.view != wireView || d.m.cur.story.Calls()[d.m.call].ID != firstCall(x) {
					t.Errorf("6 shows call %d, want the first of the experiment", d.m.call+1)
				}
			})
		})
	}
}

// TestExperimentAsks: what it may cost is said before, and no means no.
func TestExperimentAsks(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.login()
		before := len(d.m.cur.story.Calls())
		d.chosen("reuse")
		d.has("An old refresh token again", "costs")
		d.press("enter")
		d.has("An old refresh token again?", "What it may cost", "takes it for a theft", "try it", "leave it")
		d.press("esc")
		if n := len(d.m.cur.story.Calls()); n != before || len(d.m.cur.story.Experiments()) != 0 {
			t.Errorf("after no there are %d calls, %d before", n, before)
		}
		d.command("try reuse")
		d.has("An old refresh token again?")
		d.press("y")
		if all := d.m.cur.story.Experiments(); len(all) != 1 || all[0].About.Name != "reuse" {
			t.Errorf("found by its name, it was not made: %d", len(all))
		}
		d.fits()
	})
}

// TestExperimentCancelled: esc ends one in its midst, the list says so, and another can be made.
func TestExperimentCancelled(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("t")
		d.login()
		d.try("access-after-expiry")
		d.has("↻", "waits for the access token to end: 0:1", "esc gives up")
		d.chosen("reuse")
		d.press("enter")
		d.has("one experiment at a time")
		d.wait(5 * time.Second)
		d.press("esc")
		d.chosen("access-after-expiry")
		d.lacks("waits for the access token")
		if d.m.cur.trying != "" {
			t.Errorf("%s is still under way", d.m.cur.trying)
		}
		d.try("access-after-expiry")
		d.wait(20 * time.Second)
		d.has("as the specification says", "401")
	})
}

// TestExperimentNotNow: why one cannot be made stands beside it, with what to do.
func TestExperimentNotNow(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("E")
		d.has("first walk the login to its end: f")
		d.press("enter")
		if d.m.modal != nil {
			t.Error("an experiment is offered before anybody signed in")
		}
		d.press("o")
		d.login()
		d.chosen("reuse")
		d.has("there is no refresh token to try with", "one scope alone was asked for", "lives 30m0s more")
		d.try("code-twice")
		d.has("as this provider is known to do")
	})
	drive(t, 120, 36, func(d *driver) {
		d.byGrant(2)
		d.press("f")
		d.chosen("code-twice")
		d.has("it needs the authorization code grant")
	})
}

// TestExperimentByPerson: where no browser can be opened, the list says that the sign-in is waited for, and where its address is.
func TestExperimentByPerson(t *testing.T) {
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		start := o.Start
		o.Start = func(ctx context.Context) (*flow.Target, error) {
			target, err := start(ctx)
			target.Agent, target.Browser = nil, nil
			return target, err
		}
	}, func(d *driver) {
		d.m.cur.cancel()
		d.settle()
		d.chosen("no-nonce")
		d.press("enter")
		d.has("then stands in Flow (1)")
		d.press("y")
		d.has("waits for the sign-in: 1 has the address")
		d.press("esc")
		d.lacks("waits for the sign-in")
	})
}

// TestExperimentCouldNotBegin: where the sign-in or the logout before it fails, the list says so and why.
func TestExperimentCouldNotBegin(t *testing.T) {
	away := false // the demo user leaves, and never comes back
	driveWith(t, 120, 36, func(_ *driver, o *Options) {
		start := o.Start
		o.Start = func(ctx context.Context) (*flow.Target, error) {
			target, err := start(ctx)
			usual := target.Agent
			target.Agent = func(ctx context.Context, url string) error {
				if away {
					return nil
				}
				return usual(ctx, url)
			}
			return target, err
		}
	}, func(d *driver) {
		d.login()
		away = true
		d.try("no-nonce")
		d.has("waits for the sign-in")
		d.deliver(url.Values{"error": {"access_denied"}, "state": {d.m.cur.story.Login().State}})
		d.settle()
		d.has("! could not begin", "Callback: access_denied")
		d.fits()
		d.press("space")
		d.has("! could not begin", "Callback: access_denied")
		d.press("esc")
		d.try("access-after-logout")
		d.wait(flow.LogoutPatience)
		d.has("! could not begin", "nobody came back within 2m0s")
		d.try("access-after-logout")
		d.press("esc")
		d.lacks("could not begin") // whoever gives up knows why
		away = false
		d.try("no-nonce")
		d.has("✓ as the specification says", "1 made")
		d.lacks("could not begin")
	})
}

// TestExperimentLogsOutTo: where the browser comes back to from a logout is what was set last, not what the session began with.
func TestExperimentLogsOutTo(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.m.cfg.PostLogoutURI = "http://127.0.0.1:8976/elsewhere"
		d.try("access-after-logout")
		l := d.m.cur.story.Logout()
		if l == nil || l.Params.Get("post_logout_redirect_uri") != d.m.cfg.PostLogoutURI {
			t.Fatalf("the logout was %+v, want it to come back to %s", l, d.m.cfg.PostLogoutURI)
		}
	})
}

// TestExperimentsSaved: a saved session shows what came of them, and makes none.
func TestExperimentsSaved(t *testing.T) {
	var events []trace.Event
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.try("race")
		d.press("S", "enter")
		var file bytes.Buffer
		if err := trace.Save(&file, report.Redact(d.m.cur.log.Since(0))); err != nil {
			t.Fatal(err)
		}
		var err error
		if events, err = trace.Open(&file); err != nil {
			t.Fatal(err)
		}
	})
	driveWith(t, 120, 36, func(d *driver, o *Options) { o.Opened = events }, func(d *driver) {
		d.chosen("race")
		d.has("left open by the specification", "3 of 3 succeeded")
		d.press("enter")
		d.has("saved session")
		if d.m.modal != nil {
			t.Error("a saved session asks whether to make an experiment")
		}
		d.fits()
	})
}

// TestExperimentPage: where the foot of the list has no room, space shows all of an experiment, and enter on a call leads to its bytes.
func TestExperimentPage(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.tenant.Switch("rotation")
		d.login()
		d.chosen("reuse")
		d.press("space")
		d.has("--experiment reuse", "costs", "is revoked too. (RFC 9700", "known", "close")
		d.press("esc")
		d.try("reuse")
		d.has("space shows all of it", "all of it")
		d.press("space")
		d.has("✓ as this provider is known to do", "came", "so ", "is revoked too. (RFC 9700", "known", "With rotation the old")
		d.fits()
		d.press("down", "down")
		d.has("What was sent", "refresh first", "the old refresh token", "400 invalid_grant", "the newest refresh token", "go there")
		d.fits()
		d.press("home", "down", "enter")
		if d.m.view != wireView || d.m.modal != nil {
			t.Fatalf("enter on a call goes to view %d, a page open: %t", d.m.view, d.m.modal != nil)
		}
		x := d.m.cur.story.LastTried("reuse")
		if got, want := d.m.cur.story.Calls()[d.m.call], x.Steps[1].Calls[0]; got != want {
			t.Errorf("Wire shows call %d, want %d, the second of the experiment", got.ID, want.ID)
		}
		d.tenant.SetHabit("rotation", false)
		d.try("reuse")
		d.press("space", "end")
		d.has("Made before: as this provider is known to do.")
		d.press("space")
		if d.m.modal != nil {
			t.Error("space does not close the page that it opened")
		}
	})
}

// TestExperimentPageWhileItRuns: the page follows an experiment, and esc closes the page before it ends the experiment.
func TestExperimentPageWhileItRuns(t *testing.T) {
	drive(t, 80, 24, func(d *driver) {
		d.press("t")
		d.login()
		d.try("access-after-expiry")
		d.press("space")
		d.has("waits for the access token to end")
		d.press("esc")
		if d.m.modal != nil || d.m.cur.trying == "" {
			t.Fatalf("after esc the page is open: %t, and what runs is %q", d.m.modal != nil, d.m.cur.trying)
		}
		d.press("space")
		d.wait(25 * time.Second)
		d.has("✓ as the specification says", "401", "the access token at UserInfo")
	})
}

// TestExperimentCommands: every experiment is found by its name.
func TestExperimentCommands(t *testing.T) {
	for i := range story.AllExperiments {
		x := &story.AllExperiments[i]
		found := false
		for j := range commands {
			found = found || commands[j].name == "try "+x.Name && strings.EqualFold(commands[j].help, x.Title)
		}
		if !found {
			t.Errorf("no command makes %s", x.Name)
		}
	}
}

// triedTrace is a session in which n experiments were made, each in its turn.
func triedTrace(n int) []trace.Event {
	events := refreshTrace("openid offline_access", 1)
	last := events[len(events)-1]
	id := last.Call
	add := func(d trace.Data) {
		last.At, last.Mono = last.At.Add(time.Millisecond), last.Mono+time.Millisecond
		events = append(events, trace.Event{At: last.At, Mono: last.Mono, Call: id, Data: d})
	}
	form := trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}
	tried := []*story.ExperimentInfo{story.ExperimentNamed("reuse"), story.ExperimentNamed("narrower-scope"), story.ExperimentNamed("other-client")}
	for i := range n {
		x := tried[i%len(tried)]
		id = 0
		add(trace.StageBegan{Stage: trace.Experiment, N: i + 1})
		add(trace.Choice{What: trace.ExperimentName, Value: x.Name})
		for k, what := range []string{story.StepRotate, story.StepOld, story.StepScope, story.StepOther} {
			id = 0
			add(trace.Choice{What: trace.ExperimentStep, Value: what})
			id = trace.CallID(100 + 4*i + k)
			add(trace.Ready{Method: "POST", URL: "http://localhost:8975/oauth2/token", Header: form, Body: trace.Bytes("grant_type=refresh_token&refresh_token=r")})
			add(trace.Sent{})
			add(trace.Head{Status: 400})
			add(trace.Body{Bytes: trace.Bytes(`{"error":"invalid_grant"}`)})
		}
		id = 0
		add(trace.StageEnded{Stage: trace.Experiment, N: i + 1, Status: trace.Passed})
	}
	return events
}

// triedSession shows the list of experiments, of which n were made.
func triedSession(ctx context.Context, n int, size [2]int) *Model {
	events := triedTrace(n)
	m := New(ctx, Options{Opened: events, Now: func() time.Time { return events[len(events)-1].At }})
	m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
	m.seeExperiment(story.ExperimentNamed("reuse"))
	return m
}

// TestExperimentsDoNotGrow holds that a frame of any view costs no more after many experiments than after a few.
func TestExperimentsDoNotGrow(t *testing.T) {
	for _, v := range views {
		allocs := func(n int) float64 {
			m := triedSession(t.Context(), n, [2]int{120, 36})
			if got := len(m.cur.story.Experiments()); got != n {
				t.Fatalf("%d experiments were read, want %d", got, n)
			}
			m.see(v.id)
			return testing.AllocsPerRun(5, func() { m.draw(); _ = m.View() })
		}
		if few, many := allocs(30), allocs(2500); many > few*1.1+20 {
			t.Errorf("%s: a frame after 2500 experiments makes %.0f allocations, after 30 it makes %.0f", v.title, many, few)
		}
	}
}

// BenchmarkExperiments makes the whole frame of the list of experiments, as BenchmarkSession does of the other parts. 2,500
// experiments are 10,000 calls.
func BenchmarkExperiments(b *testing.B) {
	for _, size := range [][2]int{{120, 36}, {200, 50}} {
		for _, n := range []int{10, 2_500} {
			b.Run(fmt.Sprintf("%dx%d/%d-made", size[0], size[1], n), func(b *testing.B) {
				m := triedSession(b.Context(), n, size)
				b.ReportAllocs()
				for b.Loop() {
					m.draw()
					_ = m.View()
				}
			})
		}
	}
}
