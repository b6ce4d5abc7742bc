package ui

import tea "charm.land/bubbletea/v2"

// click does what stands at the place that was clicked in the frame that is on the screen.
func (m *Model) click(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft {
		return nil
	}
	m.toast = ""
	for i := len(m.spots) - 1; i >= 0; i-- {
		s := m.spots[i]
		if msg.X >= s.x && msg.X < s.x+s.w && msg.Y >= s.y && msg.Y < s.y+s.h {
			return s.do(m)
		}
	}
	return nil
}

// wheel scrolls the pane.
func (m *Model) wheel(msg tea.MouseWheelMsg) {
	p := m.activePane()
	switch msg.Button {
	case tea.MouseWheelDown:
		p.scroll(3, m.paneHeight())
	case tea.MouseWheelUp:
		p.scroll(-3, m.paneHeight())
	}
}
