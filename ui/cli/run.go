package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/trace"
	"authscope/ui/report"
)

// runFlags are the flags of `authscope run` alone.
type runFlags struct {
	target       targetFlags
	grants       grantFlags
	experiments  experimentFlags
	json         bool
	refreshes    int
	keepAlive    time.Duration
	diagram      string
	resume       bool
	kept         trace.Secret // what --resume begins with
	revoke       bool
	signIn       string
	timeout      time.Duration
	compareScope string
	changes      []string // of the run to compare with
	save         string
	withSecrets  bool
	showSecrets  bool
}

func newRun(w *World) *cobra.Command { return new(runFlags).command(w) }

// command makes the command that reads its flags into f.
func (f *runFlags) command(w *World) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Walk a login without a screen and print it",
		Long: "run walks one login without a screen: discover, look ahead, authorize, callback, exchange, verify, UserInfo, then\n" +
			"refreshes, calls, introspection, a revocation and a logout if asked for.\n" +
			"The result goes to stdout, for people or with --json for programs; progress goes to\n" +
			"stderr. Secrets are hidden unless asked for.\n\n" +
			"Exit status: 0 nothing failed, 1 a stage, a check or an expectation failed, an experiment found the tenant weaker than\n" +
			"the specification, or the time was over, 2 wrong usage, 130 interrupted.",
		Example: "  authscope run                                        on the embedded tenant\n" +
			"  authscope run --json --refresh 2 --revoke\n" +
			"  authscope run --compare scope=openid                 what offline_access brings\n" +
			"  authscope run --compare param=prompt=login --compare response-mode=form_post\n" +
			"  authscope run --lifetime access=20s --keep-alive 1m  a session refreshed by itself\n" +
			"  authscope run --diagram mermaid                      who asks whom, for a README\n" +
			"  authscope run --grant device                         prints a code to enter on another device\n" +
			"  authscope run --grant client-credentials\n" +
			"  authscope run --fault nonce-missing                  what it looks like, and what is said of it\n" +
			"  authscope run --experiment reuse --expect refresh_token --junit out.xml\n" +
			"  authscope run --issuer https://my-app.authgear.cloud --client-id ID --save session.trace",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd, w) },
	}
	f.target.add(cmd, w)
	f.grants.add(cmd)
	f.experiments.add(cmd)
	inGroup(cmd, groupRun, func(fs *pflag.FlagSet) {
		fs.StringVar(&f.signIn, "sign-in", string(signInAuto), "`HOW` to sign in: auto, browser or paste; auto is the demo user on the embedded tenant, else the browser")
		fs.BoolVar(&f.resume, "resume", false, "sign nobody in: begin with the refresh token that was kept of an earlier run; with --profile")
		fs.IntVar(&f.refreshes, "refresh", 0, "refresh the tokens `N` times after the login")
		fs.DurationVar(&f.keepAlive, "keep-alive", 0, "then keep the session alive for this `DURATION`: refresh at 90 % of expires_in; --timeout counts from its end")
		fs.BoolVar(&f.revoke, "revoke", false, "revoke the session at the end")
		fs.DurationVar(&f.timeout, "timeout", 5*time.Minute, "`DURATION` that all of it may take")
		fs.StringArrayVar(&f.changes, "compare", nil, "run again with `FLAG=VALUE` changed, any flag of run, and print what differs; may be repeated")
		fs.StringVar(&f.compareScope, "compare-scope", "", "the same as --compare scope=`SCOPES`")
	})
	inGroup(cmd, groupOutput, func(fs *pflag.FlagSet) {
		fs.BoolVar(&f.json, "json", false, "print JSON, schema 1")
		fs.StringVar(&f.diagram, "diagram", "", "print a sequence diagram instead, as `FORMAT`: text or mermaid")
		fs.BoolVar(&f.showSecrets, "show-secrets", false, "print tokens, codes and verifiers as they are")
		fs.StringVar(&f.save, "save", "", "save the session to `FILE`, without its secrets; authscope open shows it")
		fs.BoolVar(&f.withSecrets, "with-secrets", false, "with --save: save the secrets too")
	})
	complete(cmd, "diagram", string(report.DiagramText), string(report.DiagramMermaid))
	complete(cmd, "sign-in", string(signInAuto), string(signInBrowser), string(signInPaste))
	return cmd
}

// check finds what is wrong with the flags before anything is sent.
func (f *runFlags) check(cmd *cobra.Command) (signInMode, error) {
	mode, err := parseSignIn(f.signIn)
	if err != nil {
		return "", err
	}
	if err := f.checkCompare(cmd); err != nil {
		return "", err
	}
	switch {
	case f.refreshes < 0 || f.refreshes > 1000:
		return "", usage("--refresh %d: between 0 and 1000 are possible", f.refreshes)
	case f.keepAlive < 0 || f.keepAlive > maxKeepAlive:
		return "", usage("--keep-alive %s: up to %s are possible", f.keepAlive, maxKeepAlive)
	case f.timeout <= 0:
		return "", usage("--timeout %s: it must be longer than nothing", f.timeout)
	case f.withSecrets && f.save == "":
		return "", usage("--with-secrets says what --save saves: add --save F")
	}
	if f.save == "" && cmd.Flags().Changed("save") {
		return "", usage("--save is empty: it wants the name of a file")
	}
	if err := checkDiagram(cmd, f.diagram, f.json); err != nil {
		return "", err
	}
	if err := f.grants.check(); err != nil {
		return "", err
	}
	return mode, checkSave(f.save)
}

func (f *runFlags) run(cmd *cobra.Command, w *World) error {
	if f.experiments.listed(w) {
		return nil
	}
	second, err := f.second(w, cmd)
	if err != nil {
		return err
	}
	if second != nil {
		if w, err = w.sameKey(); err != nil {
			return err
		}
	}
	p, mode, err := f.prepare(w, cmd)
	if err != nil {
		return err
	}
	if f.target.listsFaults() {
		return printFaults(w)
	}
	var q *plan
	var modeB signInMode
	if second != nil {
		if q, modeB, err = second.prepare(w); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), f.timeout+f.keepAlive)
	defer cancel()
	first, err := f.one(ctx, w, p, mode)
	if err != nil {
		return err
	}
	runs := []report.Run{first}
	if second != nil && ctx.Err() == nil {
		w.say("once more, with %s", strings.Join(second.changed, ", "))
		second.after(q, first)
		again, err := second.flags.one(ctx, w, q, modeB)
		if err != nil {
			return err
		}
		runs = append(runs, again)
	}
	if err := f.print(w, runs); err != nil {
		return err
	}
	return f.verdict(cmd.Context(), ctx, runs)
}

// prepare finds what is wrong with what was asked for before anything is sent.
func (f *runFlags) prepare(w *World, cmd *cobra.Command) (*plan, signInMode, error) {
	mode, err := f.check(cmd)
	if err != nil || f.target.listsFaults() {
		return nil, mode, err
	}
	p, err := f.target.plan(w, cmd)
	if err != nil {
		return nil, "", err
	}
	if err := f.grants.fits(p.config.Grant, mode); err != nil {
		return nil, "", err
	}
	return p, mode, f.experiments.check(p.config.Grant)
}

// one makes a run, from the start of its target to the end of it.
func (f *runFlags) one(ctx context.Context, w *World, p *plan, mode signInMode) (report.Run, error) {
	// The tenant outlives an interrupted run, so that what was sent can still be answered.
	served, stop := context.WithCancel(context.WithoutCancel(ctx))
	target, wait, err := p.start(served)
	if err != nil {
		stop()
		return report.Run{}, &exitError{status: exitFailed, err: err}
	}
	defer func() { stop(); wait() }()
	if e := target.Config.Embedded; e != nil && e.Note != "" {
		w.say("  %s", e.Note)
	}
	if f.resume {
		if f.kept, err = resumeWith(ctx, target); err != nil {
			return report.Run{}, err
		}
	}
	return f.walk(ctx, w, target, mode), nil
}

// walk makes one run, from the login to what was asked for after it, and saves it.
func (f *runFlags) walk(ctx context.Context, w *World, target *flow.Target, mode signInMode) report.Run {
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	s := flow.NewSession(target.Config, target.Env)
	defer s.Close()
	flows := f.flows(s.Settings())
	if f.resume {
		s.HandIn(f.kept, "keyring")
	}
	s.Log.Append(0, trace.Choice{What: report.Planned, Value: report.PlanStages(ids(flows)...)})
	if target.Follow != nil {
		defer target.Follow(ctx, s, func(said string) { w.say("  %s", said) })()
	}
	o := &opener{world: w, target: target, mode: mode, session: s, fail: fail}
	end := w.watch(s)
	f.walkAll(ctx, w, s, flows, flow.Hooks{Open: o.open, Hold: target.Holding(nil)})
	end()
	events := s.Log.Since(0)
	return report.MakeWith(w.reader(), events, events[len(events)-1].At)
}

// flows are what was asked for, in the order in which it is walked.
func (f *runFlags) flows(s trace.Settings) [][]flow.Stage {
	flows := [][]flow.Stage{flow.LoginFor(s)}
	if f.resume {
		flows[0] = flow.Resume
	}
	for range f.refreshes {
		flows = append(flows, flow.Refresh)
	}
	flows = append(flows, f.experiments.flows(s)...)
	return append(flows, f.grants.after(f.revoke)...)
}

func ids(flows [][]flow.Stage) (out []trace.StageID) {
	for _, stages := range flows {
		for _, st := range stages {
			out = append(out, st.ID)
		}
	}
	return out
}

// verdict is the exit status of what was run. What was expected counts for the first run.
func (f *runFlags) verdict(outer, inner context.Context, runs []report.Run) error {
	if outer.Err() != nil {
		return &exitError{status: exitInterrupted}
	}
	if inner.Err() != nil {
		return &exitError{status: exitFailed, err: errors.New("the time for the run was over: --timeout gives it more")}
	}
	if broken := f.experiments.disappointed(runs[0]); broken != "" {
		return &exitError{status: exitFailed, err: fmt.Errorf("not as expected: %s", broken)}
	}
	for i, r := range runs {
		if (r.Failed() || r.Ended() || r.Story.Said(keptAlive) != "") && !(i == 0 && f.experiments.excused(r)) {
			return &exitError{status: exitFailed}
		}
	}
	return nil
}

// print writes the result, and the file if one was asked for. The file comes first: what a closed pipe costs is not the session.
func (f *runFlags) print(w *World, runs []report.Run) error {
	var saved error
	if f.save != "" {
		saved = saveRun(w, runs[0], f.save, f.withSecrets)
	}
	if err := f.experiments.write(w, runs[0]); err != nil {
		saved = errors.Join(saved, err)
	}
	o := report.Options{ShowSecrets: f.showSecrets, Width: w.Width, Expect: f.experiments.expect}
	var err error
	switch {
	case f.diagram != "":
		err = report.Diagram(w.Stdout, runs[0], report.DiagramFormat(f.diagram), o)
	case len(runs) == 2 && f.json:
		err = report.CompareJSON(w.Stdout, runs[0], runs[1], o)
	case len(runs) == 2:
		err = report.CompareText(w.Stdout, runs[0], runs[1], o)
	case f.json:
		err = report.JSON(w.Stdout, runs[0], o)
	default:
		err = report.Text(w.Stdout, runs[0], o)
	}
	if err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("print the result: %w", err)}
	}
	if saved != nil {
		return &exitError{status: exitFailed, err: saved}
	}
	return nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
