package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"authscope/flow/recording"
	"authscope/flow/recording/harfile"
)

// TestPlantedOnScreen walks through all that the screen shows of a HAR with a value of its own in every place. No secret is seen.
func TestPlantedOnScreen(t *testing.T) {
	file, plants := harfile.Planted()
	at := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	r, err := recording.Read(file, recording.Options{Now: at, File: "planted.har"})
	if err != nil {
		t.Fatal(err)
	}
	seen, open := map[string]bool{}, false
	for _, events := range r.Sessions {
		m := New(t.Context(), Options{Opened: events, Path: "planted.har", Now: func() time.Time { return at }})
		show := func(where string, msg tea.Msg) {
			m.Update(msg)
			screen := ansi.Strip(strings.Join(m.lines, ""))
			for _, p := range plants {
				if !strings.Contains(screen, p.Mark()) {
					continue
				}
				open = true
				if p.Open == "" && !seen[p.Place] {
					seen[p.Place] = true
					t.Errorf("%s: the screen shows: %s", where, p.Place)
				}
			}
		}
		show("the first frame", tea.WindowSizeMsg{Width: 200, Height: 60})
		for _, view := range "123456!" {
			show(string(view), tea.KeyPressMsg{Code: view, Text: string(view)})
			for n := range 60 {
				show(string(view)+" down", tea.KeyPressMsg{Code: tea.KeyDown})
				if n%3 == 0 {
					show(string(view)+" right", tea.KeyPressMsg{Code: tea.KeyRight})
					show(string(view)+" enter", tea.KeyPressMsg{Code: tea.KeyEnter})
					show(string(view)+" page", tea.KeyPressMsg{Code: tea.KeyPgDown})
					show(string(view)+" back", tea.KeyPressMsg{Code: tea.KeyEscape})
				}
				if n%10 == 0 {
					show(string(view)+" tab", tea.KeyPressMsg{Code: tea.KeyTab})
				}
			}
			m.Update(tea.KeyPressMsg{Code: tea.KeyEscape})
		}
	}
	if !open {
		t.Error("nothing of the file was on the screen, not even what may be")
	}
}
