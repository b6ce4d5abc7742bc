package ui

import (
	"testing"
	"time"

	"authscope/flow/recording"
	"authscope/flow/trace"
)

// framesIn counts the frames that are drawn while nobody does anything.
func (d *driver) framesIn(of time.Duration) int {
	before := d.frames
	d.wait(of)
	return d.frames - before
}

// everywhere calls f in each view, and in each part of Session.
func (d *driver) everywhere(f func(where string)) {
	for _, v := range views {
		d.m.see(v.id)
		if v.id != sessionView {
			f(v.title)
			continue
		}
		for p := range parts {
			d.m.choosePart(sessionPart(p))
			f(v.title + ", " + parts[p].title)
		}
	}
}

// idles fails the test where a frame is drawn that nobody sees a difference in.
func (d *driver) idles(when string) {
	d.t.Helper()
	d.everywhere(func(where string) {
		if n := d.framesIn(time.Minute); n > 0 {
			d.t.Errorf("%s, %s: %d frames in a minute in which nothing counts", when, where, n)
		}
	})
}

// counts fails the test where not one frame a second is drawn.
func (d *driver) counts(when string) {
	d.t.Helper()
	d.everywhere(func(where string) {
		if n := d.framesIn(10 * time.Second); n < 9 || n > 11 {
			d.t.Errorf("%s, %s: %d frames in ten seconds, want one a second", when, where, n)
		}
	})
}

// TestIdle counts frames: one a second while something counts, none when nothing does, whatever is looked at.
func TestIdle(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.idles("before anything is sent")
		d.press("1")
		d.login()
		d.counts("while tokens run out")
		d.press("3", "r")
		d.counts("after a refresh")
		d.wait(time.Hour)
		d.idles("after every token has expired")
		d.press("1", "n")
		d.login()
		d.press("3", "K", "K")
		d.counts("while the session is kept alive")
		d.press("K")
		d.wait(time.Hour)
		d.idles("when it is kept alive no more")
	})
}

// TestIdleWithExperiments is TestIdle while an experiment waits for the end of a token, for a person, and after them.
func TestIdleWithExperiments(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.press("t") // the access token lives 20 seconds, the ID token five minutes
		d.login()
		for _, name := range []string{"reuse", "race", "no-nonce"} {
			d.try(name)
		}
		d.chosen("access-after-expiry")
		d.press("enter", "y")
		if n := d.framesIn(10 * time.Second); n < 9 || n > 11 || d.m.cur.trying == "" {
			t.Errorf("while an experiment (%q) waits: %d frames in ten seconds, want one a second", d.m.cur.trying, n)
		}
		d.wait(15 * time.Second)
		if d.m.cur.trying != "" {
			t.Fatalf("the experiment %s goes on after the token's end:\n%s", d.m.cur.trying, d.frame())
		}
		d.counts("after experiments")
		d.wait(10 * time.Minute)
		d.idles("after experiments, when every token has expired")
	})
}

// TestIdleOpened is TestIdle for a session that was saved, and for what another program recorded.
func TestIdleOpened(t *testing.T) {
	var saved []trace.Event
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("3", "r")
		saved = d.m.cur.log.Since(0)
	})
	har, err := recording.Read([]byte(recordedLogin), recording.Options{Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	open := func(events []trace.Event, f func(d *driver)) {
		driveWith(t, 120, 36, func(_ *driver, o *Options) { o.Opened, o.Start, o.Path = events, nil, "session.trace" }, f)
	}
	open(saved, func(d *driver) { // the bubble's clock begins where that of the first one did
		d.counts("a saved session whose tokens live")
		d.wait(time.Hour)
		d.idles("a saved session whose tokens have expired")
	})
	open(har.Sessions[0], func(d *driver) { d.idles("a recording") })
}
