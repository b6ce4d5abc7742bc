// Package cli is the command line: it reads flags into a target, runs a login without a screen, or hands over to
// the screen. It touches the world only through a [World], and draws nothing.
package cli

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/profile"
	"authscope/flow/trace"
	"authscope/ui/safe"
)

// World is what the commands take from outside.
type World struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// LookupEnv reads the environment; nil: it is empty.
	LookupEnv func(string) (string, bool)
	// IsTerminal reports whether a stream of this world is a terminal; nil: none is.
	IsTerminal func(stream any) bool
	// Width is that of the terminal at Stdout, 0 if there is none.
	Width int
	// Screen shows the screen until the person leaves it.
	Screen func(context.Context, ScreenOptions) error

	// What follows is the real one if nil, or zero.

	// ConfigDir says where programs keep their settings.
	ConfigDir func() (string, error)
	// Vault has the secrets of profiles.
	Vault profile.Vault

	Transport http.RoundTripper
	// Raw lets a terminal be read key by key until restore is called.
	Raw    func(stream any) (restore func() error, err error)
	Listen func(network, address string) (net.Listener, error)
	// OpenURL opens a URL in a browser; command is what --browser or $BROWSER says, or "".
	OpenURL func(ctx context.Context, command, url string) error
	// TenantKey signs the embedded tenant's tokens; tests give one, since making one takes time.
	TenantKey *rsa.PrivateKey

	tenantKeyID string // of it, where two tenants of a comparison stand for one

	read *diagnose.Reader // see reader
}

// ScreenOptions are what the screen is started with: a target to run logins against, or a saved session.
type ScreenOptions struct {
	// Start prepares the target. It may take a while, so the screen calls it beside itself, once. The embedded tenant
	// lives until ctx ends. It is nil for a saved session.
	Start func(ctx context.Context) (*flow.Target, error)

	// StartEmbedded starts the embedded tenant, if Start did not; once.
	StartEmbedded func(ctx context.Context) (*flow.Target, error)
	// StartProfile prepares the target of a profile, saved or not: see [World.StartProfile].
	StartProfile func(ctx context.Context, name string, p profile.Profile, secret trace.Secret) (*flow.Target, error)
	// Profiles lists what is saved, SaveProfile saves a profile with its secret and returns it as saved, RemoveProfile removes
	// one with what the keyring has of it.
	Profiles      func() ([]profile.Entry, error)
	SaveProfile   func(ctx context.Context, name string, p profile.Profile, secret trace.Secret) (profile.Profile, error)
	RemoveProfile func(ctx context.Context, name string) error
	// TryRedirect finds out whether the answer to a login can be received at a redirect URI.
	TryRedirect func(uri string) profile.Redirect
	// CheckKeyring says why the system's keyring cannot be used.
	CheckKeyring func(ctx context.Context) error
	// Probe asks which of issuers is one; caFile has certificates to trust besides the system's, or is "".
	Probe func(ctx context.Context, caFile string, issuers []string) flow.Probed

	Opened []trace.Event   // of a saved session
	Logins [][]trace.Event // of a recording: all that it has, Opened among them
	Path   string          // where it was saved
	Cut    bool            // the file ends within a line: Opened is what came before
	Other  []trace.Event   // of another one, to be compared with Opened; nil if there is none
	Names  [2]string       // of both, in the comparison

	// Reader reads findings, with the presets of the person's own.
	Reader diagnose.Reader

	NoColor bool // $NO_COLOR is there, whatever its value (https://no-color.org)
}

// The exit statuses.
const (
	exitPassed      = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// exitError ends the program with a status. Without an error everything was said.
type exitError struct {
	status int
	err    error
	hint   string
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// usage is an error in how the program was called.
func usage(format string, args ...any) error {
	return &exitError{status: exitUsage, err: fmt.Errorf(format, args...)}
}

// Main runs the command line args, without the program's name, and returns the exit status. When ctx ends it ends what
// runs and still prints the result.
func Main(ctx context.Context, args []string, w World) (status int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(w.Stderr, "authscope: internal error: %v. Please report it with what you did.\n", p)
			status = exitFailed
		}
	}()
	// net/http logs what it finds odd: that would stand raw in the progress, or in the middle of the screen.
	defer log.SetOutput(log.Writer())
	log.SetOutput(io.Discard)
	cmd := newRoot(&w)
	cmd.SetArgs(args)
	cmd.SetIn(w.Stdin)
	cmd.SetOut(w.Stdout)
	cmd.SetErr(w.Stderr)
	return w.status(cmd.ExecuteContext(ctx))
}

// status says what went wrong, and turns it into an exit status. What cobra itself reports is wrong usage.
func (w *World) status(err error) int {
	if err == nil {
		return exitPassed
	}
	var exit *exitError
	if !errors.As(err, &exit) {
		text := strings.Join(strings.Fields(err.Error()), " ") // cobra sets suggestions as a list
		exit = &exitError{status: exitUsage, err: errors.New(text), hint: "authscope --help tells what there is"}
	}
	if exit.err != nil {
		for line := range strings.Lines(exit.err.Error()) {
			w.say("authscope: %s", strings.TrimRight(line, "\n"))
		}
	}
	if exit.hint != "" {
		w.say("%s", exit.hint)
	}
	return exit.status
}

// say writes a line for the person to stderr. Nothing in it reaches the terminal raw.
func (w *World) say(format string, args ...any) {
	fmt.Fprintln(w.Stderr, safe.Line(fmt.Sprintf(format, args...)))
}

func (w *World) terminal(streams ...any) bool {
	for _, s := range streams {
		if w.IsTerminal == nil || !w.IsTerminal(s) {
			return false
		}
	}
	return true
}

func (w *World) env(name string) string {
	if w.LookupEnv == nil {
		return ""
	}
	v, _ := w.LookupEnv(name)
	return v
}

// screen hands the terminal over.
func (w *World) screen(ctx context.Context, o ScreenOptions) error {
	o.NoColor, o.Reader = w.env("NO_COLOR") != "", w.reader()
	o.StartEmbedded, o.StartProfile, o.Profiles, o.SaveProfile = w.startEmbedded, w.StartProfile, w.savedProfiles, w.keepProfile
	o.RemoveProfile, o.TryRedirect, o.CheckKeyring, o.Probe = w.removeProfile, w.tryRedirect, w.checkKeyring, w.probe
	if w.Screen == nil {
		return &exitError{status: exitFailed, err: errors.New("this build has no screen: authscope run works without one")}
	}
	if err := w.Screen(ctx, o); err != nil {
		if ctx.Err() != nil {
			return &exitError{status: exitInterrupted}
		}
		return &exitError{status: exitFailed, err: err}
	}
	return nil
}
