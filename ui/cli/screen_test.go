package cli_test

import (
	"context"
	"errors"
	"io"
	"log"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/cli"
)

func TestNoTerminal(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(2)
		b.says("authscope run")
		path := filepath.Join(t.TempDir(), "s")
		b.want(0, "run", "--save", path)
		b.want(2, "open", path)
		b.says("--text", "--json")
	})
}

// TestScreen starts the screen, which logs in by means of what it was given.
func TestScreen(t *testing.T) {
	inBench(t, func(b *bench) {
		b.terminal = true
		b.env["NO_COLOR"] = "yes"
		shown := false
		b.world.Screen = func(ctx context.Context, o cli.ScreenOptions) error {
			shown = true
			if !o.NoColor {
				t.Error("NO_COLOR is set, and the screen was not told")
			}
			if log.Writer() != io.Discard {
				t.Error("the standard log can write into the screen")
			}
			ctx, stop := context.WithCancel(ctx)
			defer stop()
			target, err := o.Start(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if e := target.Config.Embedded; e == nil || e.Client != "workshop-rotating" || e.AccessLifetime != 20*time.Second {
				t.Errorf("the embedded tenant is %+v", e)
			}
			target.SetAccessLifetime(time.Minute)
			s := flow.NewSession(target.Config, target.Env)
			err = flow.Run(ctx, s, flow.Login, flow.Hooks{Open: func(ctx context.Context, url string) (string, error) {
				go target.Agent(ctx, url)
				return "agent", nil
			}})
			if err != nil {
				t.Error(err)
			}
			if tok := story.Read(s.Log.Since(0)).Newest(story.AccessToken); tok == nil || tok.Lifetime() != time.Minute {
				t.Errorf("the lifetime was set to a minute, and the access token is %+v", tok)
			}
			return nil
		}
		b.want(0, "--demo-client", "workshop-rotating", "--lifetime", "access=20s")
		if !shown {
			t.Error("the screen was not shown")
		}
		if log.Writer() == io.Discard {
			t.Error("the standard log stays silent after the screen")
		}
	})
}

func TestScreenFails(t *testing.T) {
	inBench(t, func(b *bench) {
		b.terminal = true
		b.world.Screen = func(context.Context, cli.ScreenOptions) error { return errors.New("the terminal is gone") }
		b.want(1)
		b.says("the terminal is gone")
		b.world.Screen = func(context.Context, cli.ScreenOptions) error { panic("oops") }
		b.want(1)
		b.says("internal error: oops")
		if strings.Contains(b.err.String(), "goroutine") {
			t.Errorf("a stack trace is shown:\n%s", b.err)
		}
	})
}

func TestOpenOnScreen(t *testing.T) {
	inBench(t, func(b *bench) {
		path := filepath.Join(t.TempDir(), "s")
		b.want(0, "run", "--save", path)
		b.terminal = true
		var got cli.ScreenOptions
		b.world.Screen = func(_ context.Context, o cli.ScreenOptions) error { got = o; return nil }
		b.want(0, "open", path)
		if got.Start != nil || got.Path != path || len(got.Opened) == 0 || got.NoColor {
			t.Errorf("the screen got %d events of %s", len(got.Opened), got.Path)
		}
		if _, ok := got.Opened[0].Data.(trace.Redacted); !ok {
			t.Error("the saved session is not redacted")
		}
	})
}
