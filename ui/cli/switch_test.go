package cli_test

import (
	"context"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/cli"
)

// withTarget starts the screen with args, and gives f what it would work with.
func withTarget(t *testing.T, b *bench, f func(context.Context, *flow.Target), args ...string) {
	t.Helper()
	b.terminal = true
	shown := false
	b.world.Screen = func(ctx context.Context, o cli.ScreenOptions) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		target, err := o.Start(ctx)
		if err != nil {
			t.Fatal(err)
		}
		shown = true
		f(ctx, target)
		return nil
	}
	b.want(0, args...)
	if !shown {
		t.Error("the screen was not shown")
	}
}

// walkWith walks the login of cfg, and does with its page what do says.
func walkWith(ctx context.Context, t *testing.T, target *flow.Target, cfg flow.Config, do func(context.Context, string) error) (*story.Story, error) {
	t.Helper()
	s := flow.NewSession(cfg, target.Env)
	defer s.Close()
	err := flow.Run(ctx, s, flow.LoginFor(cfg.Settings), flow.Hooks{Open: func(ctx context.Context, url string) (string, error) {
		go func() {
			if err := do(ctx, url); err != nil && ctx.Err() == nil {
				t.Errorf("at the page: %v", err)
			}
		}()
		return "agent", nil
	}})
	return story.Read(s.Log.Since(0)), err
}

// TestScreenGrants changes the grant while the embedded tenant runs, as the screen does.
func TestScreenGrants(t *testing.T) {
	inBench(t, func(b *bench) {
		withTarget(t, b, func(ctx context.Context, target *flow.Target) {
			device := target.ForGrant(target.Config, trace.GrantDevice)
			if !strings.Contains(device.Embedded.Note, "device-grant is on") || strings.Contains(target.Config.Embedded.Note, "device-grant") {
				t.Errorf("the notes are %q and %q", device.Embedded.Note, target.Config.Embedded.Note)
			}
			if st, err := walkWith(ctx, t, target, device, target.Agent); err != nil || st.Newest(story.RefreshToken) == nil {
				t.Errorf("the device that the demo user agreed to: %v", err)
			}
			if _, err := walkWith(ctx, t, target, device, target.Refuse); err == nil || !strings.Contains(err.Error(), "access_denied") {
				t.Errorf("the device that the demo user refused: %v", err)
			}
			machine := target.ForGrant(device, trace.GrantClientCredentials)
			if st, err := walkWith(ctx, t, target, machine, nil); err != nil || st.Newest(story.AccessToken) == nil || machine.ClientID != "workshop-machine" {
				t.Errorf("the client %s for itself: %v", machine.ClientID, err)
			}
			back := target.ForGrant(target.ForGrant(machine, trace.GrantClientCredentials), trace.GrantCode)
			if back.ClientID != "workshop-web" || back.ClientSecret.IsZero() || len(back.TokenParams) != 0 || back.Embedded.Client != "workshop-web" {
				t.Errorf("back at the code the client is %s with %v", back.ClientID, back.TokenParams)
			}
			back = target.SwitchOn(back, "introspection")
			st, err := walkWith(ctx, t, target, back, target.Agent)
			if err != nil || st.Metadata().IntrospectionEndpoint == "" {
				t.Errorf("after the switch the metadata has no introspection endpoint: %v", err)
			}
		}, "--demo-client", "workshop-web")
	})
}

// TestScreenByGrant starts the screen with a grant.
func TestScreenByGrant(t *testing.T) {
	for _, c := range []struct {
		args   string
		grant  trace.Grant
		client string
	}{{"--grant device", trace.GrantDevice, "workshop-spa"}, {"--grant client-credentials", trace.GrantClientCredentials, "workshop-machine"}, {"--no-preflight", trace.GrantCode, "workshop-spa"}} {
		inBench(t, func(b *bench) {
			withTarget(t, b, func(ctx context.Context, target *flow.Target) {
				if target.Config.Grant != c.grant || target.Config.ClientID != c.client || target.Config.NoPreflight != (c.args == "--no-preflight") {
					t.Errorf("%s: the target is %+v", c.args, target.Config.Settings)
				}
				if _, err := walkWith(ctx, t, target, target.Config, target.Agent); err != nil {
					t.Errorf("%s: %v", c.args, err)
				}
				if code := target.ForGrant(target.Config, trace.GrantCode); code.ClientID != "workshop-spa" {
					t.Errorf("%s: by code the client is %s, which signs nobody in", c.args, code.ClientID)
				}
			}, strings.Fields(c.args)...)
		})
	}
}
