package ui

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// change chooses the n-th thing to change.
func (d *driver) change(n int) {
	d.press("N")
	for range n {
		d.press("down")
	}
	d.press("enter")
}

// row moves the cursor of the comparison to a row, in a section.
func (d *driver) row(where, name string) {
	d.t.Helper()
	p := d.m.pane()
	for i := range p.count() {
		if diff := d.m.laid.list.diffAt(i); diff != nil && diff.Where == where && diff.Name == name {
			p.sel = i
			d.m.draw()
			return
		}
	}
	d.t.Fatalf("the comparison has no row %s/%s in sight:\n%s", where, name, d.frame())
}

// TestComparePick makes three runs, chooses two of them, and swaps their sides.
func TestComparePick(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("o")
		d.login()
		d.press("P")
		d.login()
		d.press("4")
		d.has("A #2", "B #3", "* prompt", "consent")
		d.press("c")
		d.has("Compare which run?", "#1  authorization code", "#2  authorization code", "#3  authorization code", "scope openid; prompt consent", "a new run")
		d.press("up", "enter")
		d.has("Compare #1 with which?")
		d.lacks("#1  authorization code")
		d.press("enter")
		d.has("A #1", "B #3", "* scope", "* prompt")
		d.press("z")
		d.has("A #3", "B #1")
		d.press("c", "esc")
		d.has("A #3", "B #1")
	})
}

// TestCompareEvidence goes from a row to where it comes from, in the run that it belongs to.
func TestCompareEvidence(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("c")
		for _, c := range []struct {
			where, name string
			side        string // key before
			run         int
			view        viewID
			shows       string
		}{
			{"authorization request", "scope", "left", 1, flowView, "ID token and refresh token"},
			{"authorization request", "scope", "right", 2, flowView, "ID token, no refresh token"},
			{"token response", "refresh_token", "right", 2, flowView, "not in the response"},
			{"token response", "refresh_token", "left", 1, flowView, "grant.secret, 69 characters"},
			{"findings", "no-refresh-token", "left", 2, flowView, "No refresh token"},
			{"session", "sign in again", "right", 2, flowView, "Exchange"},
		} {
			d.press("4", c.side)
			d.row(c.where, c.name)
			d.press("enter")
			if d.m.cur.n != c.run || d.m.view != c.view {
				t.Errorf("%s/%s of the %s side leads to view %d of run #%d, want view %d of run #%d", c.where, c.name, c.side, d.m.view, d.m.cur.n, c.view, c.run)
			}
			d.has(c.shows, "4 goes back to the comparison")
			if it := d.m.pane().at(); c.view == flowView && c.where == "authorization request" && (it == nil || it.name != c.name) {
				t.Errorf("%s/%s: the row itself is not selected", c.where, c.name)
			}
		}
		d.press("4")
		d.found("UserInfo response")
		d.press("space")
		d.row("UserInfo response", "Content-Type")
		d.press("enter")
		if d.m.view != wireView {
			t.Errorf("a header field leads to view %d, want Wire", d.m.view)
		}
		d.press("4")
		d.found("ID token")
		d.press("space")
		d.row("ID token", "sub")
		d.press("enter")
		if d.m.view != tokensView || d.m.cur.story.Tokens()[d.m.token].Kind != story.IDToken {
			t.Errorf("a claim leads to view %d and token %d, want the ID token", d.m.view, d.m.token)
		}
	})
}

// TestCompareCopy copies the value on the side of the cursor, or the only one.
func TestCompareCopy(t *testing.T) {
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		o.Copy = func(text string) error { d.clip = text; return nil }
	}, func(d *driver) {
		d.login()
		d.press("c")
		first, second := d.m.runs[0], d.m.runs[1]
		d.row("authorization request", "scope")
		for _, c := range []struct{ key, want string }{{"left", "openid offline_access"}, {"right", "openid"}, {"tab", "openid offline_access"}} {
			d.press(c.key, "y")
			if d.clip != c.want {
				t.Errorf("after %s, y copied %q, want %q", c.key, d.clip, c.want)
			}
		}
		d.press("right")
		d.row("token response", "refresh_token")
		d.lacks(first.story.Newest(story.RefreshToken).Value.Reveal())
		d.press("y")
		if want := first.story.Newest(story.RefreshToken).Value.Reveal(); d.clip != want {
			t.Errorf("y copied %q, want the refresh token of the run that has one", d.clip)
		}
		d.has("the whole secret")
		d.press("v")
		d.has(first.story.Newest(story.RefreshToken).Value.Reveal()[:30])
		for _, r := range []*run{first, second} {
			d.lacks(r.story.Newest(story.AccessToken).Value.Reveal())
		}
	})
}

// TestCompareFold unfolds a row, what is folded of a section, and what a search finds in it.
func TestCompareFold(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		d.press("c")
		d.lacks("= client_id")
		d.found("workshop-spa")
		d.has("= client_id")
		d.row("authorization request", "scope")
		d.press("space")
		d.has("ID token and refresh token", "scope: what is asked for")
		d.press("space")
		d.lacks("scope: what is asked for")
		d.found("Lovelace")
		d.has("= family_name")
		d.found("no-refresh-token")
		d.press("space")
		d.has("seen", "why", "do   ")
	})
}

// TestCompareChange changes one thing at a time. What was changed is all that was, and later runs keep the settings that they had.
func TestCompareChange(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string // in the chooser of what to change
		want []string
	}{
		{"offline_access", []string{"enter"}, []string{"* scope", "✗ not there"}},
		{"the scopes", []string{"down", "enter", "down", "space", "enter"}, []string{"* scope", "openid"}},
		{"offline_access alone", []string{"down", "down", "enter"}, []string{"✗ invalid_scope", "no tokens at all", "must request 'openid' scope"}},
		{"prompt", []string{"down", "down", "down", "enter", "down", "down", "enter"}, []string{"* prompt", "login"}},
		{"the answer", []string{"down", "down", "down", "down", "down", "enter", "end", "down", "down", "down", "enter"}, []string{"* answer by", "form_post"}},
		{"PKCE", []string{"down", "down", "down", "down", "down", "down", "enter"}, []string{"code_challenge", "✗ not there"}},
		{"the grant", []string{"down", "down", "down", "down", "down", "down", "down", "enter", "down", "down", "enter"}, []string{"* grant", "client credentials"}},
		{"nothing", []string{"end", "down", "down", "down", "down", "down", "down", "down", "down", "down", "down", "enter"}, []string{"the settings of both are the same", "no difference"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			drive(t, 120, 36, func(d *driver) {
				d.login()
				before := d.m.cfg
				d.press("N")
				d.press(c.keys...)
				d.wait(time.Second)
				d.has(append(c.want, "A #1", "B #2")...)
				if d.m.cfg.Scope != before.Scope || d.m.cfg.Grant != before.Grant || !slices.Equal(d.m.cfg.Params, before.Params) || d.m.cfg.ResponseMode != before.ResponseMode {
					t.Errorf("later runs would begin with %+v, want the settings from before: %+v", d.m.cfg.Settings, before.Settings)
				}
				if d.m.cur.n != 1 {
					t.Errorf("the present run is #%d, want #1, which was looked at", d.m.cur.n)
				}
			})
		})
	}
}

// TestCompareChangeLeft leaves the choosers without a choice: nothing runs, and nothing has changed.
func TestCompareChangeLeft(t *testing.T) {
	drive(t, 120, 36, func(d *driver) {
		d.login()
		for _, keys := range [][]string{{"N", "esc"}, {"N", "down", "enter", "space", "esc", "4"}, {"N", "down", "down", "down", "down", "enter", "esc", "1"}} {
			d.press(keys...)
			if len(d.m.runs) != 1 || d.m.changing != nil || d.m.cfg.Scope != flow.DefaultScope {
				t.Errorf("after %q there are %d runs and the scope is %q", keys, len(d.m.runs), d.m.cfg.Scope)
			}
		}
	})
}

// TestCompareChangeFault has one run go wrong, and none after it.
func TestCompareChangeFault(t *testing.T) {
	var on []string
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		o.Start = d.faulty(&on)
	}, func(d *driver) {
		d.login()
		d.command("change one thing")
		d.has("a fault")
		for range 8 {
			d.press("down")
		}
		d.press("enter")
		d.has("What goes wrong in this run?")
		d.press("enter")
		d.has("* faults", "A #1", "B #2")
		if len(on) != 0 {
			t.Errorf("after the run %q are still on", on)
		}
	})
}

// faulty is a target that notes which faults are on.
func (d *driver) faulty(on *[]string) func(context.Context) (*flow.Target, error) {
	return func(ctx context.Context) (*flow.Target, error) {
		target, err := d.start(ctx)
		target.Faults = &flow.Faults{All: []flow.Fault{{Name: "wrong-way", Group: "code", What: "it goes the wrong way"}}, On: func() []string { return *on },
			Set: func(name string, is bool) error {
				*on = slices.DeleteFunc(*on, func(n string) bool { return n == name })
				if is {
					*on = append(*on, name)
				}
				return nil
			}}
		return target, err
	}
}

// TestCompareByPerson changes one thing where a person signs in: the comparison comes when the run has its tokens.
func TestCompareByPerson(t *testing.T) {
	driveWith(t, 120, 36, func(d *driver, o *Options) {
		o.Start = func(ctx context.Context) (*flow.Target, error) {
			target, err := d.start(ctx)
			agent := target.Agent
			target.Agent = nil
			target.Browser = func(ctx context.Context, url string) error { go agent(ctx, url); return nil }
			return target, err
		}
	}, func(d *driver) {
		d.login()
		d.change(3)
		d.press("down", "enter")
		d.has("sign in for this run")
		if d.m.view != flowView || d.m.cur.n != 2 {
			t.Fatalf("view %d shows run #%d, want the walk of run #2", d.m.view, d.m.cur.n)
		}
		d.login()
		d.wait(time.Second)
		d.has("* prompt", "none", "A #1", "B #2")
	})
}

// TestCompareOpened lays two saved sessions beside each other; their secrets are not in them.
func TestCompareOpened(t *testing.T) {
	saved := func(scope string) (events []trace.Event) {
		drive(t, 120, 36, func(d *driver) {
			d.m.cfg.Scope = scope
			d.press("n")
			d.login()
			d.press("S", "enter")
			events = d.saved
		})
		var b bytes.Buffer
		if err := trace.Save(&b, events); err != nil {
			t.Fatal(err)
		}
		read, err := trace.Open(&b)
		if err != nil {
			t.Fatal(err)
		}
		return read
	}
	a, other := saved("openid offline_access"), saved("openid")
	driveWith(t, 120, 36, func(_ *driver, o *Options) {
		o.Opened, o.Other, o.Names, o.Start = a, other, [2]string{"good.trace", "bad\x1b[31m.trace"}, nil
	}, func(d *driver) {
		d.has("A good.trace", "B bad", "* scope", "time line", "▲ end")
		d.lacks("\x1b[31m.trace")
		d.row("authorization request", "scope")
		d.press("right", "enter")
		d.has("this is run bad", "ID token, no refresh token")
		d.press("4", "z")
		d.has("A bad", "B good.trace")
		d.press("N")
		d.has("saved session")
		d.press("S")
	})
	driveWith(t, 120, 36, func(_ *driver, o *Options) { o.Opened, o.Start = a, nil }, func(d *driver) {
		d.press("4")
		d.has("authscope open A --compare B")
		d.press("enter", "space", "tab", "z", "y", "up", "down")
	})
}

// TestCompareHostile draws runs whose values are hostile, at every size, with all unfolded.
func TestCompareHostile(t *testing.T) {
	bad := "\x1b]8;;x\x07\u202e" + strings.Repeat("w", 5000)
	events := refreshTrace("openid offline_access", 3)
	for i, e := range events {
		if h, ok := e.Data.(trace.Head); ok {
			h.Header = trace.Header{{bad, bad}, {"X-" + bad, "\x9b1m"}}
			events[i].Data = h
		}
		if b, ok := e.Data.(trace.Body); ok {
			b.Bytes = trace.Bytes(strings.Replace(string(b.Bytes), "{", `{"`+strings.Repeat("name", 200)+`":"\u001b[2J\u202e",`, 1))
			events[i].Data = b
		}
	}
	for _, size := range [][2]int{{60, 16}, {80, 24}, {200, 50}} {
		driveWith(t, size[0], size[1], func(_ *driver, o *Options) {
			o.Opened, o.Other, o.Start = events, refreshTrace("openid", 1), nil
		}, func(d *driver) {
			for range 60 {
				d.press("space", "down")
				d.fits()
			}
			if strings.ContainsAny(d.frame(), "\u202e\x07") {
				t.Errorf("%v: what was received is drawn raw", size)
			}
		})
	}
}
