package ui

import (
	"context"
	"errors"
	"os"
	"os/signal"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
)

// Run shows the screen until the person leaves it or ctx ends. The terminal is restored whatever
// happens.
func Run(ctx context.Context, o Options, opts ...tea.ProgramOption) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends what the runs still do
	// Signals end ctx, for all commands alike; Bubble Tea's own handler would race with that.
	opts = append(opts, tea.WithContext(ctx), tea.WithoutSignalHandler())
	if o.NoColor {
		opts = append(opts, tea.WithColorProfile(colorprofile.ASCII))
	}
	m := New(ctx, o)
	p := tea.NewProgram(m, opts...)
	stopped := make(chan os.Signal, 1)
	notifyContinued(stopped)
	defer signal.Stop(stopped)
	go func() {
		for {
			select {
			case <-stopped:
				p.Send(continued{})
			case <-ctx.Done():
				return
			}
		}
	}()
	_, err := p.Run()
	for _, r := range m.runs {
		r.close()
	}
	if errors.Is(err, tea.ErrInterrupted) {
		return nil
	}
	return err
}
