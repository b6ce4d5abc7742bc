package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"authscope/flow"
	"authscope/flow/story"
)

// signInMode is how somebody signs in during a run without a screen.
type signInMode string

const (
	signInAuto    signInMode = "auto"
	signInBrowser signInMode = "browser"
	signInPaste   signInMode = "paste"
)

func parseSignIn(s string) (signInMode, error) {
	switch m := signInMode(s); m {
	case signInAuto, signInBrowser, signInPaste:
		return m, nil
	}
	return "", usage("--sign-in %q is not known: auto, browser and paste are", s)
}

// opener hands authorization URLs over, and brings back what the person pastes.
type opener struct {
	world   *World
	target  *flow.Target
	mode    signInMode
	session *flow.Session
	// fail ends the run with a reason: the one who should sign in cannot.
	fail context.CancelCauseFunc
}

// open is the hook of a run.
func (o *opener) open(ctx context.Context, url string) (via string, err error) {
	class, d := o.page()
	if class == story.DevicePage {
		return o.device(ctx, url, d)
	}
	if o.mode == signInAuto && o.target.Agent != nil {
		go o.agent(ctx, url)
		return "agent", nil
	}
	w := o.world
	if o.mode == signInPaste {
		w.say("open this URL in a browser, sign in, and paste the URL at which it ends:")
		w.say("%s", url)
		go o.readPaste(ctx, true)
		return "person", nil
	}
	if class == story.LogoutPage {
		return o.signOut(ctx, url)
	}
	w.say("sign in in the browser; it is sent to:")
	w.say("%s", url)
	err = o.target.Browser(ctx, url)
	switch {
	case err != nil:
		w.say("%v. Open the URL elsewhere; if the answer does not arrive by itself, paste the URL at which the browser ends.", err)
		go o.readPaste(ctx, false)
	case w.terminal(w.Stdin):
		w.say("if the answer does not arrive by itself, paste the URL at which the browser ends.")
		go o.readPaste(ctx, false)
	}
	return "browser", err
}

// agent signs the demo user in. That it cannot is the end of the run: nobody else will.
func (o *opener) agent(ctx context.Context, url string) {
	if err := o.target.Agent(ctx, url); err != nil && ctx.Err() == nil {
		// The answer may be on its way all the same, and only the page after it got lost.
		time.AfterFunc(time.Second, func() {
			if !o.answered() {
				o.fail(fmt.Errorf("the demo user could not sign in: %w", err))
			}
		})
	}
}

// answered reports whether the login was answered, by a code or an error.
func (o *opener) answered() (yes bool) {
	o.session.Read(func(s *story.Story) { yes = s.Login() != nil && !s.Login().Waiting() })
	return yes
}

// errNoPaste says that nothing more can be pasted.
var errNoPaste = errors.New("the standard input ended before a URL was pasted: paste the URL at which the browser ends")

// readPaste hands in every line of the standard input. A read cannot be called off: it ends with the program.
func (o *opener) readPaste(ctx context.Context, must bool) {
	in := bufio.NewScanner(o.world.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		if line := strings.TrimSpace(in.Text()); line != "" && ctx.Err() == nil {
			if err := o.session.Paste(line); err != nil {
				o.world.say("  %v", err)
			}
			must = false
		}
	}
	if must {
		o.fail(errNoPaste)
	}
}
