package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow/diagnose"
	"authscope/ui/report"
)

// explainFlags are the flags of `authscope explain`.
type explainFlags struct {
	list, json bool
}

func newExplain(w *World) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain [ID ...]",
		Short: "What a finding means, in full",
		Long: "explain prints what a finding means: its causes, what to do, the specification, and the words by which providers say\n" +
			"it. ID is that of a finding, or a number of the diagnosis catalogue such as D06. Nothing goes over the network.\n\n" +
			"Exit status: 0, or 2 where there is no such finding.",
		Example: "  authscope explain code-rejected\n" +
			"  authscope explain D01 --json\n" +
			"  authscope explain --list",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var ids []string
			for _, e := range diagnose.Entries() {
				ids = append(ids, e.ID+"\t"+e.Title)
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error { return f.run(w, args) },
	}
	inGroup(cmd, groupOutput, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.list, "list", false, "list every finding that there can be, a line for each")
		fs.BoolVar(&f.json, "json", false, "print JSON, schema 1")
	})
	return cmd
}

func (f *explainFlags) run(w *World, args []string) error {
	entries, err := f.entries(args)
	if err != nil {
		return err
	}
	o := report.Options{Width: w.Width}
	switch {
	case f.json:
		err = report.ExplainJSON(w.Stdout, w.reader(), entries)
	case f.list:
		err = report.ExplainList(w.Stdout, entries, o)
	default:
		err = report.Explain(w.Stdout, w.reader(), entries, o)
	}
	if err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("print the finding: %w", err)}
	}
	return nil
}

func (f *explainFlags) entries(args []string) ([]diagnose.Entry, error) {
	switch {
	case f.list && len(args) > 0:
		return nil, usage("--list lists every finding: leave %s out", strings.Join(args, " "))
	case f.list:
		return diagnose.Entries(), nil
	case len(args) == 0:
		return nil, &exitError{status: exitUsage, err: errors.New("explain wants the id of a finding"), hint: "authscope explain --list lists them all"}
	}
	var out []diagnose.Entry
	for _, id := range args {
		found := diagnose.ByCatalogue(id)
		if e, ok := diagnose.Explain(id); ok {
			found = []diagnose.Entry{e}
		}
		if len(found) == 0 {
			return nil, &exitError{status: exitUsage, err: fmt.Errorf("there is no finding %q", id), hint: "nearest are " + strings.Join(diagnose.Near(id, 3), ", ") + "; authscope explain --list lists them all"}
		}
		for _, e := range found {
			if !slices.ContainsFunc(out, func(o diagnose.Entry) bool { return o.ID == e.ID }) {
				out = append(out, e)
			}
		}
	}
	return out, nil
}
