package ui

import (
	"time"

	"authscope/flow/story"
	"authscope/ui/theme"
)

// timeLine draws both sessions past the first expiry, on one axis.
func (m *Model) timeLine(s *sheet, a, b *run) {
	at := a.story.Newest(story.AccessToken)
	if at == nil {
		at = b.story.Newest(story.AccessToken)
	}
	if at == nil || at.Lifetime() <= 0 {
		return
	}
	from := firstIssue(a, b)
	until := from.Add(at.Lifetime()*3 - at.Lifetime()/5)
	ax := axis{from: from, until: until, left: 18, width: s.w - 20}
	var c cells
	c.put(m.th.Title, "time line")
	c.to(ax.left)
	c.put(m.th.Dim, clockTime(from, m.now))
	for i := 1; i < 3; i++ {
		if col := ax.col(from.Add(time.Duration(i) * at.Lifetime())); col > c.w+2 {
			c.to(col)
			c.put(m.th.Dim, "+"+story.Lifetime(time.Duration(i)*at.Lifetime()))
		}
	}
	s.line(c.String())
	la, lb := m.lanesOf(a, b, until)
	m.lanes(s, ax, "with", a, la)
	m.lanes(s, ax, "without", b, lb)
	var now cells
	if col := ax.col(m.now); !m.now.Before(from) && m.now.Before(until) {
		now.to(col)
		now.put(m.th.Active, theme.Now+" now")
		s.line(now.String())
	}
}

func firstIssue(rs ...*run) (first time.Time) {
	for _, r := range rs {
		if t := r.story.Tokens(); len(t) > 0 && (first.IsZero() || t[0].IssuedAt.After(first)) {
			first = t[0].IssuedAt
		}
	}
	return first
}

// axis maps instants to columns.
type axis struct {
	from, until time.Time
	left, width int
}

func (a axis) col(t time.Time) int {
	part := float64(t.Sub(a.from)) / float64(a.until.Sub(a.from))
	return a.left + int(max(0, min(part, 1))*float64(a.width))
}

func (m *Model) lanes(s *sheet, ax axis, label string, r *run, lanes []story.Lane) {
	if m.pair == 1 && label == "without" {
		label = "alone"
	}
	if len(r.story.Tokens()) == 0 {
		var c cells
		c.put(m.th.Text, label)
		c.to(ax.left)
		c.put(m.th.Bad, theme.Failed+" no tokens at all")
		s.line(c.String())
		return
	}
	for _, l := range lanes {
		if len(l.Bars) == 0 {
			continue
		}
		var c cells
		if l.Kind == story.AccessToken {
			c.put(m.th.Text, label)
		} else {
			c.put(m.th.Dim, "  id token")
		}
		m.lane(&c, ax, l)
		s.line(c.String())
	}
}

// lane draws bars and marks from left to right; a mark takes the cell at its place.
func (m *Model) lane(c *cells, ax axis, l story.Lane) {
	st := m.th.Value(string(l.Kind))
	marks := map[int]story.Mark{}
	for _, mk := range l.Marks {
		if !mk.At.After(ax.until) {
			marks[ax.col(mk.At)] = mk
		}
	}
	for _, b := range l.Bars {
		from, to := ax.col(b.From), ax.col(b.To)
		for col := max(from, c.w); col < to; col++ {
			c.to(col)
			if mk, ok := marks[col]; ok && mk.What == "refresh" {
				c.put(m.th.Refresh, theme.Repeat)
				continue
			}
			if b.Foreseen {
				c.put(st, theme.Line)
			} else {
				c.put(st, theme.Filled)
			}
		}
	}
	for _, mk := range l.Marks {
		if mk.What == "sign in again" && !mk.At.After(ax.until) {
			c.to(max(c.w, ax.col(mk.At)))
			c.put(m.th.Bad, theme.Failed+" sign in again")
		}
	}
}
