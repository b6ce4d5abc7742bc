package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// group is the annotation that says under which heading a flag stands in the help.
const group = "group"

// groups are the headings, in their order.
var groups = []string{"A real tenant", "The embedded tenant (without --issuer)", "The login", "This run",
	"The input", "Keys", "Expectations", "Output"}

const (
	groupReal = iota
	groupEmbedded
	groupLogin
	groupRun
	groupInput
	groupKeys
	groupExpect
	groupOutput
)

// inGroup puts the flags that define adds under a heading.
func inGroup(cmd *cobra.Command, heading int, define func(*pflag.FlagSet)) {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	define(fs)
	fs.VisitAll(func(f *pflag.Flag) { f.Annotations = map[string][]string{group: {groups[heading]}} })
	fs.SortFlags = false
	cmd.Flags().SortFlags = false
	cmd.Flags().AddFlagSet(fs)
}

// help prints what a command is for, with its flags under their headings.
func help(cmd *cobra.Command, _ []string) {
	var b strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	fmt.Fprintf(&b, "%s\n\nUsage\n  %s\n", about, cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "  %s COMMAND\n", cmd.CommandPath())
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, "\nExamples\n%s\n", cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\nCommands\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-12s %s\n", c.Name(), c.Short)
			}
		}
	}
	for _, heading := range append(groups, "") {
		if flags := flagsOf(cmd, heading); flags != "" {
			fmt.Fprintf(&b, "\n%s\n%s", orText(heading, "Other flags"), flags)
		}
	}
	fmt.Fprint(cmd.OutOrStdout(), b.String())
}

// flagsOf lists the flags under a heading; "" has those without one.
func flagsOf(cmd *cobra.Command, heading string) string {
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	fs.SortFlags = false
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if g := f.Annotations[group]; len(g) == 0 && heading == "" || len(g) > 0 && g[0] == heading {
			fs.AddFlag(f)
		}
	})
	return fs.FlagUsagesWrapped(100)
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
