package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is that of the release being worked on.
var version = "0.1.0-dev"

// fullVersion adds the revision that the program was built from, where the build tells.
func fullVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	v := version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			v += " (" + s.Value[:12] + ")"
		case s.Key == "vcs.modified" && s.Value == "true":
			v += " with changes"
		}
	}
	return v
}

// newRoot makes the command tree. The bare command is the screen.
func newRoot(w *World) *cobra.Command {
	var f targetFlags
	var showVersion bool
	root := &cobra.Command{
		Use:   "authscope",
		Short: "Walk an OAuth 2.0 or OpenID Connect login, and see why something is missing",
		Long: "authscope walks a login through authorize, code exchange and refresh, live in the terminal, decodes and checks\n" +
			"every token, and says in one sentence why something is missing or wrong. Without --issuer it brings its own\n" +
			"tenant along, which answers as an Authgear server does.",
		Example: "  authscope                                            the screen, on the embedded tenant\n" +
			"  authscope --issuer https://my-app.authgear.cloud --client-id ID\n" +
			"  authscope run --json                                 one login without a screen\n" +
			"  authscope decode token.txt                           read and check one token\n" +
			"  authscope inspect login.har                          say the same of a recording of somebody else's\n" +
			"  authscope tenant my-app.authgear.cloud               what a tenant publishes of itself\n" +
			"  authscope explain code-rejected                      a finding, in full",
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if showVersion {
				fmt.Fprintln(w.Stdout, "authscope", fullVersion())
				return nil
			}
			if f.listsFaults() {
				return printFaults(w)
			}
			plan, err := f.plan(w, cmd)
			if err != nil {
				return err
			}
			if !w.terminal(w.Stdin, w.Stdout) {
				return &exitError{status: exitUsage, err: errNoTerminal, hint: "authscope run walks a login without one; authscope run --json prints it for programs"}
			}
			return w.screen(cmd.Context(), ScreenOptions{Start: plan.startForScreen})
		},
	}
	// Not cobra's Version with a template of ours: it links text/template, whose calls of methods by name keep every exported
	// method of every type in the binary, which costs 2.9 MB.
	root.Flags().BoolVarP(&showVersion, "version", "v", false, "print the version")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &exitError{status: exitUsage, err: err, hint: cmd.CommandPath() + " --help lists the flags"}
	})
	f.add(root, w)
	root.AddCommand(newRun(w), newOpen(w), newInspect(w), newDecode(w), newTenant(w), newExplain(w), newProfiles(w))
	root.SetHelpFunc(help)
	return root
}
