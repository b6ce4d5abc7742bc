// Authscope walks an OAuth 2.0 or OpenID Connect login in the terminal and says why something is missing or wrong.
package main

import (
	"context"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/atotto/clipboard"
	"github.com/charmbracelet/x/term"

	"authscope/flow/trace"
	"authscope/ui"
	"authscope/ui/cli"
)

func main() { os.Exit(run()) }

// run wires the command line to the world. The first signal ends what runs, and the result is printed; the second ends the
// program at once.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), signals()...)
	defer stop()
	context.AfterFunc(ctx, stop)
	return cli.Main(ctx, os.Args[1:], cli.World{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		LookupEnv: os.LookupEnv, IsTerminal: isTerminal, Width: width(), Screen: screen,
	})
}

// signals are those that end the program, without what whoever started it has switched off, as nohup does.
func signals() []os.Signal {
	all := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
	return slices.DeleteFunc(all, signal.Ignored)
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// width is how wide a text may be: as the terminal, but no wider than eyes like.
func width() int {
	if !isTerminal(os.Stdout) {
		return 0
	}
	w, _, err := term.GetSize(os.Stdout.Fd())
	if err != nil {
		return 0
	}
	return min(w, 120)
}

// screen shows the screen until the person leaves it.
func screen(ctx context.Context, o cli.ScreenOptions) error {
	return ui.Run(ctx, ui.Options{Start: o.Start, Opened: o.Opened, Logins: o.Logins, Path: o.Path, Cut: o.Cut, Other: o.Other, Names: o.Names, NoColor: o.NoColor, Reader: o.Reader,
		Copy: clipboard.WriteAll, Save: trace.SaveFile,
		Tenants: &ui.Tenants{Embedded: o.StartEmbedded, Start: o.StartProfile, List: o.Profiles, Save: o.SaveProfile, Remove: o.RemoveProfile,
			Redirect: o.TryRedirect, Keyring: o.CheckKeyring, Probe: o.Probe}})
}
