package ui

import (
	"fmt"
	"time"

	"authscope/flow/story"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// laneLeft is where time lines begin: before it stand the names.
const laneLeft = 18

// axis is the scale of a time line.
type axis struct {
	story.Frame
	left   int
	origin string // what stands at its beginning; "" is the instant
}

// newAxis makes an axis of a sheet's width.
func newAxis(from, until time.Time, width int) axis {
	return axis{Frame: story.Frame{From: from, Until: until, Cells: max(1, width-laneLeft-2)}, left: laneLeft}
}

// steps are the lengths between the marks of an axis.
var steps = []time.Duration{time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
	15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 7 * 24 * time.Hour, 28 * 24 * time.Hour}

// step is the length between two marks of the axis, so that their texts stand apart.
func (a axis) step() time.Duration {
	const room = 12
	for _, s := range steps {
		if float64(s)*float64(a.Cells) >= room*float64(a.Until.Sub(a.From)) {
			return s
		}
	}
	return a.Until.Sub(a.From)
}

// scale draws the axis: the instant at which it begins, and the time since then.
func (m *Model) scale(s *sheet, a axis, title string) {
	var c, l cells
	c.put(m.th.Title, title)
	c.to(a.left)
	l.to(a.left)
	step := a.step()
	for at, n := a.From, 0; at.Before(a.Until) && n < 64; at, n = at.Add(step), n+1 {
		i, ok := a.Cell(at)
		text := "+" + spanText(at.Sub(a.From))
		if n == 0 {
			text = a.origin
			if text == "" {
				text = clockTime(at, m.now)
			}
		}
		if col := a.left + i; ok && (n == 0 || col >= c.w+2) && col >= l.w && col+safe.Width(text) <= s.w {
			c.to(col)
			c.put(m.th.Dim, text)
			l.put(m.th.Faint, theme.Rule(col-l.w)+theme.Tick)
		}
	}
	l.put(m.th.Faint, theme.Rule(a.left+a.Cells-l.w))
	s.line(c.String())
	s.line(l.String())
}

// spanText writes a length on an axis: 5 s, 10 min, 1 h 30.
func spanText(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour && d%time.Minute == 0:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < time.Hour:
		return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
	case d%(24*time.Hour) == 0:
		return fmt.Sprintf("%d d", int(d.Hours()/24))
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d h %02d", int(d.Hours()), int(d.Minutes())%60)
}

// nowMark draws where the present is, if it is on the axis.
func (m *Model) nowMark(s *sheet, a axis) {
	i, ok := a.Cell(m.now)
	if !ok {
		return
	}
	text := " now, " + clockTime(m.now, m.now)
	var c cells
	if w := safe.Width(text); i > a.Cells/2 { // on the left of it, where there is more room
		c.to(a.left + i - w)
		c.put(m.th.Active, text[1:]+" "+theme.Now)
	} else {
		c.to(a.left + i)
		c.put(m.th.Active, theme.Now+text)
	}
	s.line(c.String())
}

// lanes draws the lives of one session's tokens, each in a line, and its refreshes below them.
func (m *Model) lanes(s *sheet, a axis, label string, lanes []story.Lane) {
	for i, l := range lanes {
		if l.Kind == "" && !anyMark(l.Cells) {
			continue
		}
		var c cells
		switch {
		case i == 0:
			c.put(m.th.Text, safe.Cut(label, a.left-9))
			c.end(m.th.Dim, "access", a.left-1)
		case l.Kind == "":
			c.end(m.th.Dim, "refreshes", a.left-1)
		default:
			c.end(m.th.Dim, l.Kind.Short(), a.left-1)
		}
		c.to(a.left)
		if l.Kind == "" {
			m.marksLane(&c, l.Cells)
		} else {
			m.lifeLane(&c, l)
		}
		s.line(c.String())
	}
}

func anyMark(cells []story.Cell) bool {
	for _, c := range cells {
		if c != 0 {
			return true
		}
	}
	return false
}

// lifeLane draws the life of one kind of token. Equal cells that follow each other are one text.
func (m *Model) lifeLane(c *cells, l story.Lane) {
	st := m.th.Value(string(l.Kind))
	runs(l.Cells, func(of story.Cell, n int) {
		switch {
		case of&story.CellIssued != 0 && of&story.CellMany == 0:
			c.repeat(st, theme.Joined, n)
		case of&story.CellLive != 0:
			c.repeat(st, theme.Filled, n)
		case of&story.CellForeseen != 0:
			c.repeat(m.th.Dim, theme.Dashed, n)
		default:
			c.space(n)
		}
	})
}

// marksLane draws refreshes, and where the person must sign in again. Words and symbols tell them apart, not colours.
func (m *Model) marksLane(c *cells, marks []story.Cell) {
	end := c.w + len(marks)
	const again = theme.Failed + " sign in again"
	for i, mk := range marks {
		if mk&story.CellSignIn == 0 {
			continue
		}
		m.marksRun(c, marks[:i])
		if w := safe.Width(again); c.w+w > end {
			c.end(m.th.Bad, "sign in again "+theme.Failed, c.w+1)
			return
		}
		c.put(m.th.Bad, again)
		return
	}
	m.marksRun(c, marks)
}

func (m *Model) marksRun(c *cells, marks []story.Cell) {
	runs(marks, func(of story.Cell, n int) {
		switch {
		case of&story.CellFailed != 0:
			c.repeat(m.th.Bad, theme.Failed, n)
		case of&story.CellMany != 0:
			c.repeat(m.th.Refresh, theme.Dense, n)
		case of&story.CellIssued != 0:
			c.repeat(m.th.Refresh, theme.Repeat, n)
		case of&story.CellForeseen != 0:
			c.repeat(m.th.Dim, theme.Repeat, n)
		default:
			c.space(n)
		}
	})
}

// runs calls f for each run of equal cells.
func runs(cells []story.Cell, f func(of story.Cell, n int)) {
	for i := 0; i < len(cells); {
		n := 1
		for i+n < len(cells) && cells[i+n] == cells[i] {
			n++
		}
		f(cells[i], n)
		i += n
	}
}

// laneKey says what the symbols of a time line mean.
func (m *Model) laneKey(s *sheet) {
	var c cells
	c.to(laneLeft)
	for _, k := range []struct {
		st         theme.Style
		mark, text string
	}{{m.th.Access, theme.Filled, "lives"}, {m.th.Dim, theme.Dashed, "foreseen"}, {m.th.Refresh, theme.Repeat, "refresh"}, {m.th.Refresh, theme.Dense, "several"}, {m.th.Bad, theme.Failed, "failed"}} {
		if c.w+2+len(k.text) > s.w {
			break
		}
		c.put(k.st, k.mark)
		c.put(m.th.Dim, " "+k.text)
		c.space(min(3, s.w-c.w))
	}
	s.line(c.String())
}

// lanesOf draws the newest session of a run.
func (m *Model) lanesOf(s *sheet, ax axis, label string, r *run) {
	f := r.story.Family()
	if f == nil {
		var c cells
		c.put(m.th.Text, label)
		c.to(ax.left)
		c.put(m.th.Bad, theme.Failed+" no tokens at all")
		s.line(c.String())
		return
	}
	m.lanes(s, ax, label, f.TimeLine(ax.Frame, m.now, r.story.Due()))
}

func maxOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
