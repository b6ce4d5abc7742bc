package cli

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"authscope/flow/trace"
	"authscope/ui/report"
)

// notCompared are flags that say something of both runs, or of what is printed of them.
var notCompared = map[string]string{
	"compare": "it says what differs", "compare-scope": "--compare scope=… says the same",
	"json": "both runs are printed together", "diagram": "a diagram is of one run", "show-secrets": "both runs are printed together",
	"save": "a file holds one session", "with-secrets": "a file holds one session", "junit": "it is written of the first run",
	"expect": "what is expected counts for the first run", "timeout": "it is for both runs together",
	"keep-alive": "one session at a time is kept alive", "resume": "another run needs another sign-in",
	"save-profile": "a profile is saved once", "keep-refresh-token": "the token of the first run is the one that is kept", "help": "",
}

// named are flags that are repeated for one name each: a change takes the place of the same name.
var named = []string{"param", "token-param", "refresh-param", "lifetime"}

// compares reports whether a second run is asked for.
func (f *runFlags) compares(cmd *cobra.Command) bool {
	return cmd.Flags().Changed("compare") || cmd.Flags().Changed("compare-scope")
}

// checkCompare says what does not go with a second run.
func (f *runFlags) checkCompare(cmd *cobra.Command) error {
	if !f.compares(cmd) {
		return nil
	}
	name := "--compare"
	if !cmd.Flags().Changed("compare") {
		name = "--compare-scope"
	}
	switch {
	case cmd.Flags().Changed("compare-scope") && strings.TrimSpace(f.compareScope) == "":
		return usage("--compare-scope is empty: it wants the scopes of the second run, such as openid")
	case f.resume:
		return usage("--resume and %s exclude each other: the second run needs a sign-in of its own", name)
	case f.keepAlive > 0:
		return usage("--keep-alive and %s exclude each other: one session at a time is kept alive", name)
	case f.save != "":
		return usage("--save and %s exclude each other: a file holds one session", name)
	case f.diagram != "":
		return usage("--diagram and %s exclude each other: a diagram is of one run", name)
	}
	return nil
}

// another is the run to compare with: the flags that were given, with what --compare changes.
type another struct {
	flags   *runFlags
	cmd     *cobra.Command
	changed []string // in words
}

// second reads --compare, or returns nil if there is nothing to compare. It is called before a profile puts its own into the flags.
func (f *runFlags) second(w *World, cmd *cobra.Command) (*another, error) {
	if !f.compares(cmd) {
		return nil, nil
	}
	a := &another{flags: &runFlags{}}
	a.cmd = a.flags.command(w)
	a.cmd.SetContext(cmd.Context())
	var failed error
	cmd.Flags().Visit(func(fl *pflag.Flag) {
		if _, not := notCompared[fl.Name]; not && fl.Name != "timeout" || failed != nil {
			return
		}
		values := []string{fl.Value.String()}
		if list, ok := fl.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			if err := a.cmd.Flags().Set(fl.Name, v); err != nil {
				failed = usage("--%s: %w", fl.Name, err)
			}
		}
	})
	if failed != nil {
		return nil, failed
	}
	changes := slices.Clone(f.changes)
	if cmd.Flags().Changed("compare-scope") {
		changes = append(changes, "scope="+strings.Join(strings.Fields(f.compareScope), " "))
	}
	for _, text := range changes {
		if err := a.change(text); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// change sets one flag otherwise.
func (a *another) change(text string) error {
	name, value, valued := strings.Cut(strings.TrimLeft(text, "-"), "=")
	fl := a.cmd.Flags().Lookup(name)
	why, not := notCompared[name]
	switch {
	case name == "":
		return usage("--compare is empty: it wants a flag of run with its value in the second run, such as scope=openid")
	case not:
		return usage("--compare %s: --%s cannot differ between two runs that are compared: %s", text, name, why)
	case fl == nil:
		return &exitError{status: exitUsage, err: fmt.Errorf("--compare %s: run has no flag --%s", text, name), hint: closest(a.cmd, name)}
	case !valued && fl.NoOptDefVal == "":
		return usage("--compare %s: --%s wants a value, such as %s=VALUE", text, name, name)
	case !valued:
		value = fl.NoOptDefVal
	}
	if slices.Contains(named, name) {
		list := fl.Value.(pflag.SliceValue)
		k, _, _ := strings.Cut(value, "=")
		kept := slices.DeleteFunc(list.GetSlice(), func(s string) bool { return strings.HasPrefix(s, k+"=") })
		if err := list.Replace(kept); err != nil {
			return usage("--compare %s: %w", text, err)
		}
	}
	if err := a.cmd.Flags().Set(name, value); err != nil {
		return usage("--compare %s: %w", text, err)
	}
	a.changed = append(a.changed, fmt.Sprintf("%s %q", name, shownValue(name, value)))
	return nil
}

// shownValue is the value of a flag without a secret in it.
func shownValue(name, value string) string {
	if k, v, ok := strings.Cut(value, "="); ok && slices.Contains(named, name) {
		return k + "=" + trace.MaskPart(trace.InQuery, k, v)
	}
	return value
}

// closest names the flags of run that a person may have meant.
func closest(cmd *cobra.Command, name string) string {
	var near []string
	cmd.Flags().VisitAll(func(fl *pflag.Flag) {
		if _, not := notCompared[fl.Name]; !not && len(name) > 1 && (strings.Contains(fl.Name, name) || strings.Contains(name, fl.Name) || strings.HasPrefix(fl.Name, name[:2])) {
			near = append(near, fl.Name)
		}
	})
	if len(near) == 0 || len(near) > 6 {
		return "authscope run --help lists the flags"
	}
	return "there are: " + strings.Join(near, ", ")
}

// sameKey sees to it that both runs meet a tenant with the same key: else each token's key would differ.
func (w *World) sameKey() (*World, error) {
	both := *w
	var id [16]byte
	rand.Read(id[:]) // never fails
	both.tenantKeyID = fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
	if both.TenantKey != nil {
		return &both, nil
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, &exitError{status: exitFailed, err: fmt.Errorf("make a key for the embedded tenant: %w", err)}
	}
	both.TenantKey = key
	return &both, nil
}

// prepare finds what is wrong with the second run before the first begins. What there is to say of its flags was said of the first's.
func (a *another) prepare(w *World) (*plan, signInMode, error) {
	quiet := *w
	quiet.Stderr = io.Discard
	p, mode, err := a.flags.prepare(&quiet, a.cmd)
	if err != nil {
		var exit *exitError
		if errors.As(err, &exit) && exit.err != nil {
			err = &exitError{status: exit.status, err: fmt.Errorf("the second run: %w", exit.err), hint: exit.hint}
		}
		return nil, "", err
	}
	p.world = w
	p.config.Run = 2
	return p, mode, nil
}

// after tells the second run of the first, so that a late answer is not taken for its own.
func (a *another) after(p *plan, first report.Run) {
	if l := first.Story.Login(); l != nil {
		p.config.Earlier = []trace.EarlierRun{{Run: 1, State: l.State, Began: first.Story.Began()}}
	}
}
