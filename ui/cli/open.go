package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow/diagnose"
	"authscope/flow/trace"
	"authscope/ui/report"
)

// errNoTerminal says why there is no screen.
var errNoTerminal = errors.New("the screen needs a terminal at its standard input and output")

// openFlags are the flags of `authscope open`.
type openFlags struct {
	json, text, showSecrets bool
	session                 int
	compare                 string
	compareSession          int
	diagram                 string
}

func newOpen(w *World) *cobra.Command {
	var f openFlags
	cmd := &cobra.Command{
		Use:   "open FILE",
		Short: "Show a saved session, or somebody else's recording",
		Long: "open shows a session that run --save or the screen saved, in the same screen, or printed with --text or --json. What\n" +
			"authscope inspect reads, as a HAR, it shows too; of several logins the one of --session, and in the screen O chooses.",
		Example: "  authscope open session.trace\n" +
			"  authscope open session.trace --json\n" +
			"  authscope open works.trace --compare broken.trace    the two side by side",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &exitError{status: exitUsage, err: fmt.Errorf("open wants one file, not %d", len(args)), hint: "authscope open FILE"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, w, args[0]) },
	}
	inGroup(cmd, groupOutput, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.text, "text", false, "print it for people")
		fs.BoolVar(&f.json, "json", false, "print it as JSON, schema 1")
		fs.StringVar(&f.diagram, "diagram", "", "print it as a sequence diagram in this `FORMAT`: text or mermaid")
		fs.StringVar(&f.compare, "compare", "", "lay it beside the session in this `FILE`, and show what differs")
		fs.IntVar(&f.compareSession, "compare-session", 0, "with --compare: login number `N` of that file")
		fs.BoolVar(&f.showSecrets, "show-secrets", false, "print the secrets that the file holds")
		fs.IntVar(&f.session, "session", 0, "login number `N` of a HAR that has several (default: the first with an error, else the last)")
	})
	complete(cmd, "diagram", string(report.DiagramText), string(report.DiagramMermaid))
	return cmd
}

// checkDiagram says what is wrong with --diagram.
func checkDiagram(cmd *cobra.Command, format string, other bool) error {
	switch d := report.DiagramFormat(format); {
	case !cmd.Flags().Changed("diagram"):
	case d != report.DiagramText && d != report.DiagramMermaid:
		return usage("--diagram %q is not known: text and mermaid are", format)
	case other:
		return usage("--diagram prints a diagram instead of the report: leave --json and --text out")
	}
	return nil
}

func (f *openFlags) run(cmd *cobra.Command, w *World, path string) error {
	if f.json && f.text {
		return usage("--json and --text exclude each other")
	}
	if err := checkDiagram(cmd, f.diagram, f.json || f.text); err != nil {
		return err
	}
	if cmd.Flags().Changed("compare") || cmd.Flags().Changed("compare-session") {
		return f.runCompare(cmd, w, path)
	}
	in, err := readBeside(cmd.Context(), w, path, f.session)
	if err != nil {
		return err
	}
	events := in.events
	o := report.Options{ShowSecrets: f.showSecrets, Width: w.Width}
	run := report.MakeWith(w.reader(), events, events[len(events)-1].At)
	switch {
	case f.diagram != "":
		err = report.Diagram(w.Stdout, run, report.DiagramFormat(f.diagram), o)
	case f.json:
		err = report.JSON(w.Stdout, run, o)
	case f.text:
		err = report.Text(w.Stdout, run, o)
	case !w.terminal(w.Stdin, w.Stdout):
		return &exitError{status: exitUsage, err: errNoTerminal, hint: fmt.Sprintf("authscope open %s --text prints the session, --json prints it for programs", path)}
	default:
		return w.screen(cmd.Context(), ScreenOptions{Opened: events, Logins: in.logins, Path: path, Cut: in.cut != nil})
	}
	if err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("print the session: %w", err)}
	}
	return nil
}

// opened is what was read of a file.
type opened struct {
	events []trace.Event
	logins [][]trace.Event // of a recording: all that it has, of which events are one
	cut    error           // the file is damaged: events are what came before
	said   string          // which of several logins it is
}

// readBeside is readSession until ctx ends: a pipe that nobody writes to lets its reader wait for ever.
func readBeside(ctx context.Context, w *World, path string, number int) (opened, error) {
	type session struct {
		opened
		err error
	}
	d := w.reader()
	done := make(chan session, 1)
	go func() {
		var s session
		s.opened, s.err = readSession(d, path, number)
		done <- s
	}()
	select {
	case s := <-done:
		if s.cut != nil {
			w.say("warning: %s: %v; this is what came before", path, s.cut)
		}
		if s.said != "" {
			w.say("%s", s.said)
		}
		return s.opened, s.err
	case <-ctx.Done():
		return opened{}, &exitError{status: exitInterrupted}
	}
}

// readSession reads a saved session, or a recording. Of one that is cut off it returns what is there, and how it was cut; of one
// with several logins, which it took.
func readSession(d diagnose.Reader, path string, number int) (opened, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return opened{}, usage("there is no file %s", path)
	case err != nil:
		var pe *fs.PathError // it names the file once more
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return opened{}, usage("open %s: %w", path, err)
	}
	defer f.Close()
	if st, err := f.Stat(); err == nil && st.IsDir() {
		return opened{}, usage("%s is a directory, not a saved session", path)
	}
	in := bufio.NewReaderSize(f, 4096)
	if start, _ := in.Peek(16); len(start) > 0 && !bytes.HasPrefix(start, []byte(`{"authscope"`)) {
		return readRecording(d, path, in, number)
	}
	events, err := trace.Open(in)
	if errors.Is(err, trace.ErrCutOff) && len(events) > 0 {
		return opened{events: events, cut: err}, nil
	}
	if err != nil {
		return opened{}, usage("%s: %w", path, err)
	}
	if len(events) == 0 {
		return opened{}, usage("%s holds no event", path)
	}
	return opened{events: events}, nil
}
