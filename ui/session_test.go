package ui

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/report"
)

// session goes to a part of the view Session.
func (d *driver) session(p sessionPart) {
	d.press("3")
	for range parts {
		if d.m.chapter < p {
			d.move("down")
		} else if d.m.chapter > p {
			d.move("up")
		}
	}
	if d.m.view != sessionView || d.m.chapter != p {
		d.t.Fatalf("part %d of Session is not shown:\n%s", p, d.frame())
	}
}

// move goes on in the list, wherever it stands.
func (d *driver) move(key string) {
	if !d.m.wide() {
		key = map[string]string{"down": "right", "up": "left"}[key]
	}
	d.press(key)
}

// rotating makes the driver's client one whose refresh tokens rotate.
func rotating(_ *driver, o *Options) {
	start := o.Start
	o.Start = func(ctx context.Context) (*flow.Target, error) {
		t, err := start(ctx)
		t.Config.ClientID, t.Config.Embedded.Client = "workshop-rotating", "workshop-rotating"
		return t, err
	}
}

// textOf is the frame of a model without colour.
func textOf(m *Model) string { return ansi.Strip(strings.Join(m.lines, "\n")) }

func TestLineageView(t *testing.T) {
	driveWith(t, 120, 36, rotating, func(d *driver) {
		d.session(lineagePart)
		d.has("There are no tokens yet")
		d.press("1")
		d.login()
		d.session(lineagePart)
		d.has("● 0  Exchange", "refresh #1", "ready", "grant ", "= ID token's sid", "next refresh")
		d.press("r")
		d.wait(time.Second) // a tenant that rotates takes its time
		d.has("↻ 1  Refresh 1", "with refresh #1", "replaced by #2", "refresh tokens rotate")
		d.press("tab", "home", "down", "down", "down", "down") // refresh #1
		d.has("a new refresh token came with Refresh 1, #2", "maybe", "nobody has tried it since")
		d.press("home", "down")
		d.has("the first tokens of the session")
		d.press("1", "x", "enter")
		d.session(lineagePart)
		d.press("tab", "end")
		d.has("revoked with the session: 200 of the revocation")
		d.fits()
	})
}

// TestRefreshModes holds what each mode does by itself: nothing, nothing, a refresh at 90 %.
func TestRefreshModes(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		refreshes := func() int { return d.m.cur.story.Family().Refreshes }
		d.login()
		d.session(clocksPart)
		d.has("by hand", "the SDK at 00:27:00")
		d.wait(28 * time.Minute)
		if n := refreshes(); n != 0 {
			t.Fatalf("by hand: %d refreshes that nobody asked for", n)
		}
		d.press("u")
		if n := refreshes(); n != 0 {
			t.Fatalf("by hand: asking UserInfo refreshed %d times", n)
		}
		d.press("K")
		d.has("if needed", "when something asks, due since 00:27:00")
		d.wait(30 * time.Second)
		if n := refreshes(); n != 0 {
			t.Fatalf("if needed: %d refreshes although nothing asked", n)
		}
		d.press("u")
		if n := refreshes(); n != 1 {
			t.Fatalf("if needed: %d refreshes when UserInfo was asked at 95 %%, want one", n)
		}
		if c := d.m.cur.story.Calls(); c[len(c)-1].Class != story.UserInfoCall {
			t.Errorf("the last call is %s, want UserInfo", c[len(c)-1].Class)
		}
		d.press("u")
		if n := refreshes(); n != 1 {
			t.Errorf("if needed: a fresh access token was refreshed all the same")
		}
		d.press("K")
		d.has("keep alive", "↻ in 2")
		d.wait(27*time.Minute + time.Minute)
		if n := refreshes(); n != 2 {
			t.Errorf("keep alive: %d refreshes after 28 min, want one more than before", n)
		}
		d.press("n") // the mode stays for the next run
		d.login()
		d.wait(28 * time.Minute)
		if n := refreshes(); n != 1 {
			t.Errorf("keep alive in the next run: %d refreshes, want one", n)
		}
		d.press("3", "K")
		d.wait(30 * time.Minute)
		if n := refreshes(); n != 1 {
			t.Errorf("by hand again: %d refreshes, want none more", n)
		}
	})
}

// TestKeepAliveStaysOutOfTheWay holds that a refresh which comes by itself moves no selection, and waits for what runs.
func TestKeepAliveStaysOutOfTheWay(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("3", "K", "K", "1", "up", "up")
		at := d.m.stage
		d.wait(28 * time.Minute)
		if d.m.stage != at || d.m.view != flowView {
			t.Errorf("the selection went from %s to %s", at, d.m.stage)
		}
		if n := d.m.cur.story.Family().Refreshes; n != 1 {
			t.Fatalf("%d refreshes, want one", n)
		}
		d.press("x") // a revocation stands ready: nothing else is begun beside it
		d.wait(30 * time.Minute)
		if n := d.m.cur.story.Family().Refreshes; n != 1 {
			t.Errorf("%d refreshes while another request stood ready, want none more", n)
		}
		d.press("esc")
		if n := d.m.cur.story.Family().Refreshes; n != 2 {
			t.Errorf("%d refreshes after that was given up, want the one that was due", n)
		}
	})
}

// TestKeepAliveEnds holds that a session which has ended is not asked for again and again.
func TestKeepAliveEnds(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("3", "K", "K", "1", "x", "enter", "3")
		d.has("next refresh", "none:", "must sign in again")
		calls := len(d.m.cur.story.Calls())
		d.wait(2 * time.Hour)
		if n := len(d.m.cur.story.Calls()) - calls; n != 0 {
			t.Errorf("%d requests after the end of the session", n)
		}
	})
}

// TestKeepAliveForADayOnTheScreen keeps a session alive for a day, at a client whose refresh tokens rotate: three new secrets
// with each refresh. At its end a frame costs what it cost at the start, the screen was drawn once a second at most and once
// more for what a refresh brings, and what a refresh leaves behind is bounded.
func TestKeepAliveForADayOnTheScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("a day of frames")
	}
	driveWith(t, 120, 36, rotating, func(d *driver) {
		d.tenant.SetAccessLifetime(96 * time.Second)
		d.login()
		d.press("3", "K", "K")
		cost := func() (out [experimentsPart + 1]float64) {
			for p := range parts {
				d.m.choosePart(sessionPart(p))
				out[p] = testing.AllocsPerRun(5, func() { d.m.draw(); _ = d.m.View() })
			}
			return out
		}
		d.wait(40 * time.Minute) // until every part is full
		first := cost()
		d.m.choosePart(linePart)
		before, kept, refreshed := d.frames, heapKept(), d.m.cur.story.Family().Refreshes
		const day = 24 * 3600
		for range day / 4 {
			time.Sleep(4 * time.Second)
			d.settle()
		}
		f := d.m.cur.story.Family()
		per := (heapKept() - kept) / int64(f.Refreshes-refreshed)
		t.Logf("%d refreshes, %d KiB kept for each; at most %d of them: %d MiB", f.Refreshes, per>>10, story.MaxKeptAlive, per*story.MaxKeptAlive>>20)
		if per > 64<<10 {
			t.Errorf("each refresh keeps %d KiB: the %d that keeping alive makes at most would take %d MiB", per>>10, story.MaxKeptAlive, per*story.MaxKeptAlive>>20)
		}
		if frames, most := d.frames-before, day+40*f.Refreshes; frames > most {
			t.Errorf("%d frames in a day, want one a second and a few for each of %d refreshes: %d at most", frames, f.Refreshes, most)
		}
		if f.Refreshes < 980 || f.Refreshes > 1030 || f.Failures > 0 {
			t.Errorf("%d refreshes and %d failures in a day, want about 1000", f.Refreshes, f.Failures)
		}
		t.Logf("%d frames", d.frames-before)
		for p, n := range cost() {
			if n > first[p]*1.3+40 {
				t.Errorf("%s: a frame makes %.0f allocations at the start and %.0f after a day", parts[p].title, first[p], n)
			}
		}
		d.has("↻")
		d.fits()
	})
}

// heapKept is what is in use after everything else was collected.
func heapKept() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestExpiryIsSeen holds the moment at which an access token ends: the bar is empty, the word changes, the way on is named.
func TestExpiryIsSeen(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("t")
		d.login()
		d.session(clocksPart)
		d.wait(19 * time.Second)
		d.has("0:01", "until 00:00:20")
		d.lacks("expired")
		d.wait(2 * time.Second)
		d.has("✗ expired at 00:00:20", "do", "r refreshes: the person notices nothing")
		d.press("1", "o")
		d.login()
		d.wait(21 * time.Second)
		d.session(clocksPart)
		d.has("n signs in again", "there is none: the session ends with the access token")
		d.move("down")
		d.has("The session is over since", "sign in again")
	})
}

// TestSleepIsNoticed holds that a laptop which slept, and a clock that was set, are noticed with the next message, whichever it
// is, and are written to the trace.
func TestSleepIsNoticed(t *testing.T) {
	var ahead, mono time.Duration
	change := func(_ *driver, o *Options) {
		o.Now = func() time.Time { return time.Now().Round(0).Add(ahead) }
		began := time.Now()
		o.Mono = func() time.Duration { return time.Since(began) + mono }
	}
	driveWith(t, 120, 36, change, func(d *driver) {
		noticed := func() (n int) {
			for _, e := range d.m.cur.log.Since(0) {
				if _, ok := e.Data.(trace.ClockRead); ok {
					n++
				}
			}
			return n
		}
		d.login()
		d.session(clocksPart)
		d.wait(time.Minute)
		if n := noticed(); n != 0 {
			t.Fatalf("%d drifts were noticed where there was none", n)
		}
		d.has("no sleep of the machine")
		ahead += 40 * time.Minute // asleep: the clock on the wall went on
		d.send(tea.WindowSizeMsg{Width: 120, Height: 36})
		if n := noticed(); n != 1 {
			t.Errorf("after a sleep %d were noticed, want one", n)
		}
		d.wait(10 * time.Second)
		ahead -= time.Hour // the clock was set back
		d.send(tea.WindowSizeMsg{Width: 120, Height: 36})
		if n := noticed(); n != 2 {
			t.Errorf("after a step back %d were noticed, want two", n)
		}
	})
}

// TestSleepIsSaid holds what the view says of a trace in which the clocks went apart.
func TestSleepIsSaid(t *testing.T) {
	events := refreshTrace("openid offline_access", 1)
	last := events[len(events)-1]
	events = append(events, trace.Event{At: last.At.Add(40 * time.Minute), Mono: last.Mono + time.Second, Data: trace.ClockRead{}},
		trace.Event{At: last.At.Add(10 * time.Minute), Mono: last.Mono + 2*time.Second, Data: trace.ClockRead{}})
	m := New(t.Context(), Options{Opened: events, Now: func() time.Time { return last.At.Add(10 * time.Minute) }})
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	m.see(sessionView)
	m.choosePart(clocksPart)
	m.draw()
	text := textOf(m)
	for _, want := range []string{"the machine slept, or its clock was set forward", "was set back by 30 min"} {
		if !strings.Contains(text, want) {
			t.Errorf("the clocks do not say %q:\n%s", want, text)
		}
	}
}

func TestZoom(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("-")
		d.has("the time line is in Session (3)")
		d.press("+")
		d.has("add one")
		d.press("esc")
		d.session(linePart)
		d.has("offline_access, 1 h;", "with", "without", "✗ sign in again", "makes the dashed session")
		width := func() time.Duration { from, until := d.m.window(); return until.Sub(from) }
		whole := width()
		d.press("+", "+")
		if got := width(); got < whole/4-time.Second || got > whole/4+time.Second {
			t.Errorf("zoomed in twice the line shows %s of %s, want a quarter", got, whole)
		}
		d.press("<", "<", "<", "<", "<", "<")
		if from, _ := d.m.window(); from.Before(d.m.cur.story.Family().Began()) {
			t.Error("the line begins before the session")
		}
		for range 40 {
			d.press("+")
		}
		if got := width(); got < 5*time.Second {
			t.Errorf("zoomed in to %s: there is nothing to see any more", got)
		}
		d.fits()
		d.press("0")
		if got := width(); got != whole {
			t.Errorf("0 shows %s, want all %s", got, whole)
		}
	})
}

// TestWithAndWithout holds that a run which was made is drawn in place of one that is supposed.
func TestWithAndWithout(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.wait(time.Minute)
		d.press("o")
		d.login()
		d.session(linePart)
		d.has("with, #1", "without ", "✗ sign in again")
		d.lacks("makes the dashed session")
	})
}

func TestDiagramView(t *testing.T) {
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		o.Copy = func(text string) error { d.clip = text; return nil }
	}, func(d *driver) {
		d.session(diagramPart)
		d.has("Nothing was sent yet")
		d.press("1", "enter")
		d.session(diagramPart)
		d.has("Discover", "GET /.well-known/openid-config", "200 metadata", "browser", "authorization server")
		d.press("1")
		d.login()
		d.session(diagramPart)
		d.has("sign-in URL", "code, state", "200 access #1, id #1, refresh #1")
		d.press("M")
		if !strings.HasPrefix(d.clip, "sequenceDiagram\n") {
			t.Errorf("M copied %.60q", d.clip)
		}
		d.press("I")
		if !strings.Contains(d.clip, "├─ POST /oauth2/token (code, verifier)") {
			t.Errorf("I copied %.200q", d.clip)
		}
		for _, tok := range d.m.cur.story.Tokens() {
			if strings.Contains(d.clip, tok.Value.Reveal()) {
				t.Errorf("the copied diagram holds %s", tok.Kind)
			}
		}
		d.press("tab", "home", "6")
		if d.m.view != wireView || d.m.call != 0 {
			t.Errorf("6 on the first step shows call %d", d.m.call+1)
		}
	})
}

// TestSavedSession holds that a session that was saved shows the same, and offers nothing that would send.
func TestSavedSession(t *testing.T) {
	var events []trace.Event
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("3", "r")
		events = report.Redact(d.m.cur.log.Since(0))
	})
	m := New(t.Context(), Options{Opened: events, Now: func() time.Time { return events[len(events)-1].At }})
	m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	m.see(sessionView)
	for p := range parts {
		m.choosePart(sessionPart(p))
		m.draw()
		if text := textOf(m); !strings.Contains(text, "2") || strings.Contains(text, "UserInfo   tab") {
			t.Errorf("%s of a saved session:\n%s", parts[p].title, text)
		}
	}
	m.choosePart(lineagePart)
	m.draw()
	if text := textOf(m); !strings.Contains(text, "a saved session is not refreshed") || !strings.Contains(text, "Refresh 1") {
		t.Errorf("the lineage of a saved session:\n%s", text)
	}
}

// TestSessionFits holds that every part fits every size.
func TestSessionFits(t *testing.T) {
	for _, w := range []int{60, 79, 100, 140, 260} {
		for p := range parts {
			drive(t, w, 16+w/8, func(d *driver) {
				d.login()
				d.press("3", "r", "r")
				d.m.choosePart(sessionPart(p))
				d.send(tea.WindowSizeMsg{Width: w, Height: 16 + w/8})
				d.fits()
				d.press("tab", "end")
				d.fits()
			})
		}
	}
}
