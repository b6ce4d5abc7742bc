package ui

import (
	"bytes"
	"context"
	"fmt"
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
		{"race", "", []string{"i left open by the specification", "3 of 3 succeeded", "3 calls"}},
		{"narrower-scope", "refresh-scope", []string{"✓ as the specification says", "with the scope"}},
		{"other-client", "no-binding", []string{"✗ weaker than the specification", "given to another"}},
		{"access-after-refresh", "", []string{"✓ as this provider is known to do", "It still works"}},
		{"access-after-revocation", "", []string{"✓ as the specification says", "dead", "n signs in anew"}},
		{"access-after-logout", "", []string{"✓ as this provider is known to do", "The tokens ended with the person's session"}},
		{"code-twice", "code-reusable", []string{"✗ weaker than the specification", "The second time succeeded too"}},
		{"wrong-verifier", "", []string{"✓ as the specification says", "for a right request"}},
		{"wrong-redirect-uri", "", []string{"✓ as the specification says"}},
		{"no-nonce", "", []string{"✓ as the specification says", "has no nonce"}},
	} {
		t.Run(c.name+"/"+c.habit, func(t *testing.T) {
			drive(t, 120, 36, func(d *driver) {
				if c.habit != "" && !d.tenant.Switch(c.habit) {
					t.Fatalf("there is no habit %s", c.habit)
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
		d.has("↻", "under way; esc ends it")
		d.chosen("reuse")
		d.press("enter")
		d.has("one experiment at a time")
		d.wait(5 * time.Second)
		d.press("esc")
		d.chosen("access-after-expiry")
		d.lacks("under way")
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
