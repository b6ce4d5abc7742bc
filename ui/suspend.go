package ui

import (
	"io"

	tea "charm.land/bubbletea/v2"
)

// suspend goes to the shell, until fg.
func (m *Model) suspend() tea.Cmd {
	m.away = true
	return tea.Suspend
}

// cameBack sets the terminal up anew after a stop that came from outside (kill -TSTP): the shell has taken its own
// settings meanwhile. After one that was asked for here, Bubble Tea has done so.
func (m *Model) cameBack() tea.Cmd {
	if m.away {
		m.away = false
		return nil
	}
	return tea.Sequence(tea.Exec(nothing{}, nil), tea.ClearScreen)
}

// nothing is a command for the terminal that does not do anything: leaving the terminal to it and taking it back is
// what sets it up.
type nothing struct{}

func (nothing) Run() error          { return nil }
func (nothing) SetStdin(io.Reader)  {}
func (nothing) SetStdout(io.Writer) {}
func (nothing) SetStderr(io.Writer) {}
