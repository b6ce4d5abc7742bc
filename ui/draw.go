package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"authscope/ui/safe"
	"authscope/ui/theme"
)

// Sizes of the screen, in cells.
const (
	minWidth  = 60
	minHeight = 16
	wideFrom  = 100 // from here on, list and pane stand side by side
	menuWidth = 29
	maxPane   = 140 // beyond this an eye loses the line
)

// spot is a place that can be clicked.
type spot struct {
	x, y, w, h int
	do         func(*Model) tea.Cmd
}

func (m *Model) wide() bool { return m.w >= wideFrom }

// bodyHeight is how many rows there are between the two rules.
func (m *Model) bodyHeight() int { return max(0, m.h-6) }

// paneHeight is how many of them the pane has.
func (m *Model) paneHeight() int {
	if m.modal != nil {
		return m.bodyHeight()
	}
	if m.view == compareView {
		return max(0, m.bodyHeight()-len(m.pane().foot))
	}
	h := m.bodyHeight() - len(m.pane().foot)
	if !m.wide() && m.view != compareView {
		h -= 2 // the list is one line, and a blank
	}
	return max(0, h)
}

// paneWidth is how wide the pane is, without its margins.
func (m *Model) paneWidth() int {
	if m.wide() && m.view != compareView && m.modal == nil {
		return min(m.w-menuWidth-4, maxPane)
	}
	return min(m.w-4, maxPane+menuWidth)
}

// draw makes the frame. It is a function of the model's state, and reads no clock.
func (m *Model) draw() {
	m.spots = m.spots[:0]
	m.lines = m.lines[:0]
	if m.w <= 0 || m.h <= 0 {
		return
	}
	if m.w < minWidth || m.h < minHeight {
		m.lines = append(m.lines, safe.Cut(fmt.Sprintf("authscope needs %d×%d, this is %d×%d", minWidth, minHeight, m.w, m.h), m.w))
		return
	}
	m.lines = append(m.lines, m.header(), m.tabs(), m.rule(theme.Joint))
	m.body()
	m.lines = append(m.lines, m.rule(theme.Foot), m.clocks(), m.footer())
}

// rule is a line across the screen, with a joint where the list ends.
func (m *Model) rule(joint string) string {
	if !m.wide() || m.view == compareView || m.modal != nil {
		return m.th.Faint.Render(theme.Rule(m.w))
	}
	return m.th.Faint.Render(theme.Rule(menuWidth) + joint + theme.Rule(m.w-menuWidth-1))
}

// body draws the list and the pane, or the open modal.
func (m *Model) body() {
	h := m.bodyHeight()
	if m.modal != nil {
		p := m.modal.pane(m)
		m.column(p, 2, h)
		return
	}
	m.fill()
	switch {
	case m.view == compareView:
		m.column(&m.panes[compareView], 2, h)
	case m.wide():
		m.sideBySide(h)
	default:
		m.lines = append(m.lines, m.menuLine(), "")
		m.column(m.pane(), 2, h-2)
	}
}

// fill makes the content of the present view's pane.
func (m *Model) fill() {
	p := m.pane()
	s := &sheet{th: m.th, w: m.paneWidth(), sel: p.sel, focused: !m.onMenu || !m.wide() && m.view != flowView, m: m}
	if !m.wide() && m.view == flowView {
		s.focused = !m.onMenu
	}
	switch m.view {
	case flowView:
		m.fillFlow(s)
	case tokensView:
		m.fillTokens(s)
	case compareView:
		s.focused = true
		m.fillCompare(s)
	case tenantView:
		m.fillTenant(s)
	case wireView:
		m.fillWire(s)
	case sessionView:
		m.fillSession(s)
	}
	m.whyFoot(s)
	s.into(p, 0)
	p.clamp(m.paneHeight()) // known only now: what stands at the foot takes its share
}

// column draws the rows of p that are in sight, h of them.
func (m *Model) column(p *pane, indent, h int) {
	defer func() {
		for _, l := range p.foot {
			m.lines = append(m.lines, blanks(indent)+l)
		}
	}()
	h -= len(p.foot)
	for i := range h {
		m.lines = append(m.lines, blanks(indent)+m.paneRow(p, i, h))
	}
	m.paneSpots(p, 0, len(m.lines)-h, m.w, h)
}

// paneRow is the i-th row in sight; the last one says if there is more.
func (m *Model) paneRow(p *pane, i, h int) string {
	text := m.paneText(p, i, h)
	if i >= len(p.beside) {
		return text
	}
	return text + blanks(p.listW-safe.Width(text)) + "  " + m.th.Faint.Render(theme.Vertical) + " " + p.beside[i]
}

func (m *Model) paneText(p *pane, i, h int) string {
	n := p.off + i
	if n >= p.height() {
		return ""
	}
	if more := p.height() - p.off - h; i == h-1 && more > 0 {
		return m.th.Dim.Render(fmt.Sprintf("%s %d more", theme.Down, more+1))
	}
	if i == 0 && p.off > 0 {
		return m.th.Dim.Render(fmt.Sprintf("%s %d more", theme.Up, p.off+1))
	}
	return p.text(m, n)
}

func (m *Model) paneSpots(p *pane, x, y, w, h int) {
	for i := range h {
		n := p.off + i
		if n >= p.height() {
			return
		}
		if item := p.itemOf(n); item >= 0 {
			m.spots = append(m.spots, spot{x, y + i, w, 1, func(m *Model) tea.Cmd {
				m.onMenu = false
				m.activePane().sel = item
				return nil
			}})
		}
	}
}

// activePane is the pane that the mouse points at.
func (m *Model) activePane() *pane {
	if m.modal != nil {
		return m.modal.pane(m)
	}
	return m.pane()
}

// sideBySide draws the list on the left and the pane on the right.
func (m *Model) sideBySide(h int) {
	menu := m.menu(h)
	p := m.pane()
	bar := m.th.Faint.Render(theme.Vertical)
	y := len(m.lines)
	rows := h - len(p.foot)
	for i := range h {
		left, right := "", ""
		if i < len(menu) {
			left = menu[i]
		}
		if i < rows {
			right = m.paneRow(p, i, rows)
		} else {
			right = p.foot[i-rows]
		}
		m.lines = append(m.lines, left+blanks(menuWidth-safe.Width(left))+bar+"  "+right)
	}
	m.paneSpots(p, menuWidth+1, y, m.w-menuWidth-1, rows)
}
