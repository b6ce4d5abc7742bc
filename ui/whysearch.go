package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/ui/safe"
)

// search asks for a text, and goes to the next finding that has it.
func (l *whyList) search(m *Model) {
	about := "Titles, texts and ids of the findings."
	if l.find != "" {
		about += " Enter alone finds the next `" + safe.Line(l.find) + "`."
	}
	f := m.newField("Find a finding", about, "", "find", func(m *Model, text string) tea.Cmd {
		if text = strings.ToLower(strings.TrimSpace(text)); text == "" {
			text = l.find
		}
		fs := l.entries(m)
		at := l.index(fs)
		if text == l.find {
			at++ // on to the next
		}
		l.find = text
		for k := range fs {
			if n := (at + k) % len(fs); text != "" && contains(m.findingAsText(fs[n].Finding), text) {
				l.choose(fs[n].Finding)
				l.pane(m).show(m.bodyHeight())
				return nil
			}
		}
		m.toast = "no finding has: " + text
		return nil
	})
	f.back = l
	m.modal = f
}
