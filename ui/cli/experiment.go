package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/report"
)

// experimentFlags are the flags of `authscope run` that try a tenant and hold the run against what is expected.
type experimentFlags struct {
	names   []string
	expects []string
	junit   string

	expect []report.Expectation
}

const listThem = "list"

func (f *experimentFlags) add(cmd *cobra.Command) {
	inGroup(cmd, groupRun, func(fs *pflag.FlagSet) {
		fs.StringArrayVar(&f.names, "experiment", nil, "try what the tenant does: `NAME`, or list for all names; repeatable")
		fs.StringArrayVar(&f.expects, "expect", nil, "what has to be so when the run is over: `EXPR`, or list for all forms; repeatable")
	})
	inGroup(cmd, groupOutput, func(fs *pflag.FlagSet) {
		fs.StringVar(&f.junit, "junit", "", "write stages, checks, experiments and expectations to `FILE`, as the XML that CI systems read")
	})
	var names []string
	for _, x := range story.AllExperiments {
		names = append(names, x.Name)
	}
	complete(cmd, "experiment", append(names, listThem)...)
}

// listed prints what can be tried and expected, and reports whether that was asked for.
func (f *experimentFlags) listed(w *World) bool {
	asked := false
	for _, n := range f.names {
		if n == listThem {
			asked = true
			for _, x := range story.AllExperiments {
				fmt.Fprintf(w.Stdout, "%-24s %s\n", x.Name, x.Title)
				for _, l := range []struct{ what, text string }{{"does", x.What}, {"costs", x.Destroys}, {"by spec", x.Expected + " (" + x.Spec + ")"}, {"Authgear", x.Authgear}} {
					if l.text != "" {
						fmt.Fprintf(w.Stdout, "    %-9s %s\n", l.what, l.text)
					}
				}
			}
		}
	}
	for _, e := range f.expects {
		if e == listThem {
			asked = true
			for _, form := range report.Expectations {
				fmt.Fprintf(w.Stdout, "%-18s %s\n", form[0], form[1])
			}
		}
	}
	return asked
}

// check finds what is wrong with them before anything is sent.
func (f *experimentFlags) check(grant trace.Grant) error {
	for _, n := range f.names {
		x := story.ExperimentNamed(n)
		if x == nil {
			return usage("--experiment %q is not known: --experiment list prints those there are", n)
		}
		if grant != "" && x.Fresh {
			return usage("--experiment %s needs the authorization code grant", n)
		}
	}
	for _, s := range f.expects {
		e, err := report.ParseExpectation(s)
		if err != nil {
			return usage("--expect %w", err)
		}
		f.expect = append(f.expect, e)
	}
	return checkOutput("--junit", f.junit)
}

// flows are the experiments, in their order. After one that may have ended the session the next one that needs tokens signs
// in again.
func (f *experimentFlags) flows(s trace.Settings) (flows [][]flow.Stage) {
	s.NoPreflight = true
	spoilt := false
	for _, n := range f.names {
		x := story.ExperimentNamed(n)
		if spoilt && !x.Fresh {
			flows = append(flows, flow.LoginFor(s))
			spoilt = false
		}
		spoilt = spoilt || x.Destroys != "" || x.Fresh // the tokens of a fresh one are the newest then
		flows = append(flows, flow.Experiment(n))
	}
	return flows
}

// write writes the XML, if it was asked for.
func (f *experimentFlags) write(w *World, r report.Run) error {
	if f.junit == "" {
		return nil
	}
	err := trace.WriteFile(f.junit, func(out io.Writer) error { return report.JUnit(out, r, report.Options{Expect: f.expect}) })
	if err != nil {
		return fmt.Errorf("--junit: %w", err)
	}
	w.say("wrote %s", f.junit)
	return nil
}

// disappointed names what does not hold, "" if all does.
func (f *experimentFlags) disappointed(r report.Run) string {
	var broken []string
	for _, e := range f.expect {
		if c := e.Judge(r); c.Status == jwtview.Failed {
			broken = append(broken, e.Expr+" (it is "+c.Got+")")
		}
	}
	return strings.Join(broken, ", ")
}

// excused reports whether an error was expected and came: then a run that failed is as it should be.
func (f *experimentFlags) excused(r report.Run) bool {
	for _, e := range f.expect {
		if e.IsError() && e.Judge(r).Status == jwtview.Passed {
			return true
		}
	}
	return false
}
