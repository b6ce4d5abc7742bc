package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/trace"
)

// withFaults gives the driver's target the tenant's faults, as the command line does.
func withFaults(d *driver, o *Options) {
	start := o.Start
	o.Start = func(ctx context.Context) (*flow.Target, error) {
		t, err := start(ctx)
		t.Faults = faultsOf(d)
		return t, err
	}
}

// faultsOf are the faults of the driver's tenant.
func faultsOf(d *driver) *flow.Faults {
	t := &flow.Faults{On: d.tenant.FaultsOn, Set: d.tenant.SetFault, Hold: func(_ context.Context, dr trace.Draft) (trace.Draft, error) {
		e := d.tenant.Edit(demo.Draft{Front: dr.Front, URL: dr.URL, Body: dr.Body})
		dr.URL, dr.Body = e.URL, e.Body
		return dr, nil
	}, AsClient: func(cfg flow.Config, id string) flow.Config {
		for _, c := range demo.Clients() {
			if c.ID == id {
				cfg.ClientID, cfg.ClientSecret, cfg.ClientAuth = c.ID, trace.NewSecret(c.Secret), ""
			}
		}
		if cfg.ClientSecret.IsZero() {
			cfg.ClientAuth = trace.AuthNone
		}
		return cfg
	}}
	for _, f := range demo.Faults() {
		t.All = append(t.All, flow.Fault{Name: f.Name, Group: f.Group, What: f.What, Client: f.Client, Needs: f.Needs})
	}
	return t
}

// TestFaultsOnTheScreen switches a fault while a session goes on: the next request shows it, the list says that it is on.
func TestFaultsOnTheScreen(t *testing.T) {
	driveWith(t, 120, 36, withFaults, func(d *driver) {
		d.press("F")
		screen := d.frame()
		for _, want := range []string{"What goes wrong on purpose", "invalid-iss", "takes effect with the next request"} {
			if !strings.Contains(screen, want) {
				d.t.Errorf("the list of faults does not show %q:\n%s", want, screen)
			}
		}
		d.press("space")
		if on := d.tenant.FaultsOn(); !slices.Equal(on, []string{"invalid-iss"}) {
			d.t.Fatalf("on are %v, want the first of the list", on)
		}
		d.press("esc")
		if screen := d.frame(); !strings.Contains(screen, "fault invalid-iss") {
			d.t.Errorf("the screen does not say that a fault is on:\n%s", screen)
		}
		d.press("f")
		d.press("a")
		if !slices.ContainsFunc(d.m.cur.findings, func(f diagnose.Finding) bool { return f.ID == "issuer-differs" }) {
			d.t.Errorf("the fault is not found: %+v", d.m.cur.findings)
		}
		d.press("F", "0", "esc")
		if on := d.tenant.FaultsOn(); len(on) != 0 {
			d.t.Errorf("on are still %v", on)
		}
		noted := 0
		for _, e := range d.m.cur.log.Since(0) {
			if c, ok := e.Data.(trace.Choice); ok && c.What == "fault" {
				noted++
			}
		}
		if noted == 0 {
			d.t.Error("the session does not note which faults were on")
		}
	})
}

// TestFaultsElsewhere: a tenant that has none says so.
func TestFaultsElsewhere(t *testing.T) {
	drive(t, 100, 30, func(d *driver) {
		d.press("F")
		if !strings.Contains(d.m.toast, "only the embedded tenant") || d.m.modal != nil {
			d.t.Errorf("the toast is %q, want why there is no list", d.m.toast)
		}
	})
}
