package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/trace"
)

// listFaults is the name that stands for the list of all faults.
const listFaults = "list"

func (f *targetFlags) listsFaults() bool {
	for _, name := range f.faults {
		if name == listFaults {
			return true
		}
	}
	return false
}

func faultNames() []string {
	names := []string{listFaults}
	for _, f := range demo.Faults() {
		names = append(names, f.Name+"\t"+f.What)
	}
	return names
}

// printFaults lists what the embedded tenant can do wrong, group by group.
func printFaults(w *World) error {
	var b strings.Builder
	group := ""
	for _, f := range demo.Faults() {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(&b, "%s%s\n", map[bool]string{true: "\n"}[b.Len() > 0], group)
		}
		fmt.Fprintf(&b, "  %-42s %s", f.Name, f.What)
		if f.Client != "" {
			fmt.Fprintf(&b, "; --demo-client %s", f.Client)
		}
		if f.Needs != "" {
			fmt.Fprintf(&b, "; %s", f.Needs)
		}
		b.WriteString("\n")
	}
	if _, err := io.WriteString(w.Stdout, b.String()); err != nil {
		return &exitError{status: exitFailed, err: fmt.Errorf("print the faults: %w", err)}
	}
	return nil
}

// planFaults holds the faults against what there is, and takes the client that they need unless one was chosen.
func (f *targetFlags) planFaults(p *plan, chosen bool) error {
	for _, name := range f.faults {
		fault, err := findFault(name)
		if err != nil {
			return err
		}
		if fault.Client != "" && !chosen {
			if p.client, err = findClient(fault.Client); err != nil {
				return err
			}
		}
		p.faults = append(p.faults, name)
	}
	return nil
}

func findFault(name string) (demo.Fault, error) {
	var near []string
	for _, f := range demo.Faults() {
		if f.Name == name {
			return f, nil
		}
		if name != "" && (strings.Contains(f.Name, name) || strings.HasPrefix(f.Name, name[:min(4, len(name))])) && len(near) < 4 {
			near = append(near, f.Name)
		}
	}
	hint := "--fault list prints them all"
	if len(near) > 0 {
		hint = "near are " + strings.Join(near, ", ") + "; " + hint
	}
	return demo.Fault{}, &exitError{status: exitUsage, err: fmt.Errorf("--fault %q is not known", name), hint: hint}
}

// faultNote says what was switched on, so that nobody takes it for the way that Authgear is.
func faultNote(name string) string {
	fault, err := findFault(name)
	if err != nil {
		return ""
	}
	note := "fault " + name + " is on: " + fault.What
	if fault.Needs != "" {
		note += " (" + fault.Needs + " shows it)"
	}
	return note
}

// faultsOf are the faults of a tenant, as the screen switches them, and with them how other servers treat a session:
// the experiments come out differently then.
func faultsOf(t *demo.Tenant) *flow.Faults {
	out := &flow.Faults{On: func() []string { return append(t.FaultsOn(), t.HabitsOn()...) }, Set: func(name string, on bool) error {
		if t.SetHabit(name, on) == nil {
			return nil
		}
		return t.SetFault(name, on)
	}, Hold: func(_ context.Context, d trace.Draft) (trace.Draft, error) {
		e := t.Edit(demo.Draft{Front: d.Front, URL: d.URL, Body: d.Body})
		d.URL, d.Body = e.URL, e.Body
		return d, nil
	}, AsClient: func(cfg flow.Config, id string) flow.Config {
		if c, err := findClient(id); err == nil {
			return asClient(cfg, c)
		}
		return cfg
	}}
	for _, f := range demo.Faults() {
		out.All = append(out.All, flow.Fault{Name: f.Name, Group: f.Group, What: f.What, Client: f.Client, Needs: f.Needs, Works: f.Works})
	}
	for _, h := range demo.Habits {
		out.All = append(out.All, flow.Fault{Name: h.Name, Group: "not Authgear: how other servers treat sessions and codes", What: h.What, Works: true})
	}
	return out
}
