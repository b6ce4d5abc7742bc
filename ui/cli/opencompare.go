package cli

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"authscope/ui/report"
)

// runCompare shows two saved sessions, or recordings, beside each other.
func (f *openFlags) runCompare(cmd *cobra.Command, w *World, path string) error {
	switch {
	case f.compare == "":
		return usage("--compare is empty: it wants the file of the other session")
	case f.diagram != "":
		return usage("--diagram and --compare exclude each other: a diagram is of one session")
	}
	left, err := readBeside(cmd.Context(), w, path, f.session)
	if err != nil {
		return err
	}
	right, err := readBeside(cmd.Context(), w, f.compare, f.compareSession)
	if err != nil {
		return err
	}
	events, other := left.events, right.events
	a, b := report.Make(events, events[len(events)-1].At), report.Make(other, other[len(other)-1].At)
	a.Name, b.Name = fileNames(path, f.compare, f.session, f.compareSession)
	o := report.Options{ShowSecrets: f.showSecrets, Width: w.Width}
	switch {
	case f.json:
		err = report.CompareJSON(w.Stdout, a, b, o)
	case f.text:
		err = report.CompareText(w.Stdout, a, b, o)
	case !w.terminal(w.Stdin, w.Stdout):
		return &exitError{status: exitUsage, err: errNoTerminal, hint: "--text prints the comparison, --json prints it for programs"}
	default:
		return w.screen(cmd.Context(), ScreenOptions{Opened: events, Path: path, Cut: left.cut != nil || right.cut != nil, Other: other, Names: [2]string{a.Name, b.Name}})
	}
	if err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("print the comparison: %w", err)}
	}
	return nil
}

// fileNames are names that tell two files apart, and two logins of one file.
func fileNames(a, b string, sessionA, sessionB int) (string, string) {
	nameA, nameB := filepath.Base(a), filepath.Base(b)
	if nameA == nameB {
		nameA, nameB = a, b
	}
	if sessionA > 0 {
		nameA = fmt.Sprintf("%s, login %d", nameA, sessionA)
	}
	if sessionB > 0 {
		nameB = fmt.Sprintf("%s, login %d", nameB, sessionB)
	}
	return nameA, nameB
}
