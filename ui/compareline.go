package ui

import (
	"time"

	"authscope/flow/story"
	"authscope/ui/theme"
)

// compareTimeLine draws the newest sessions of both runs on one axis, as if both had begun at the same time.
func (m *Model) compareTimeLine(s *sheet, a, b *run) {
	fa, fb := a.story.Family(), b.story.Family()
	length := max(m.sessionLength(a), m.sessionLength(b))
	if length <= 0 {
		return
	}
	var from time.Time
	for _, f := range []*story.Family{fb, fa} {
		if f != nil && len(f.Turns) > 0 {
			from = f.Began()
		}
	}
	ax := newAxis(from, from.Add(length), s.w)
	ax.origin = "sign-in"
	m.scale(s, ax, "time line")
	m.laneOf(s, ax, "A "+a.title(), a)
	m.laneOf(s, ax, "B "+b.title(), b)
	m.nowMarks(s, ax, a, b)
}

// sessionLength is how much of a run's newest session there is to see: past what comes after its access token.
func (m *Model) sessionLength(r *run) time.Duration {
	f := r.story.Family()
	at := f.Newest(story.AccessToken)
	if at == nil || at.Lifetime() <= 0 {
		return 0
	}
	until := at.ExpiresAt
	if first := f.First(story.AccessToken); first == at {
		until = until.Add(at.Lifetime() * 9 / 5)
	} else {
		until = until.Add(at.Lifetime())
	}
	return until.Sub(f.Began())
}

// instantOf is now, or the end of a run that was opened: nothing goes on in it.
func (m *Model) instantOf(r *run) time.Time {
	if m.opt.Opened != nil {
		return r.story.End()
	}
	return m.now
}

// laneOf draws the newest session of a run from the beginning of the axis on.
func (m *Model) laneOf(s *sheet, ax axis, label string, r *run) {
	f := r.story.Family()
	if f == nil || len(f.Turns) == 0 || f.Newest(story.AccessToken) == nil {
		m.lanesOf(s, ax, label, r)
		return
	}
	fr := story.Frame{From: f.Began(), Until: f.Began().Add(ax.Until.Sub(ax.From)), Cells: ax.Cells}
	m.lanes(s, ax, label, f.TimeLine(fr, m.instantOf(r), r.story.Due()))
}

// nowMarks draws how far each run has come; of a run that was opened, where it ends.
func (m *Model) nowMarks(s *sheet, ax axis, a, b *run) {
	var c cells
	word := " now"
	if m.opt.Opened != nil {
		word = " end"
	}
	last := -1
	place := func(r *run) (int, bool) {
		f := r.story.Family()
		if f == nil || len(f.Turns) == 0 {
			return 0, false
		}
		return ax.Cell(ax.From.Add(max(0, m.instantOf(r).Sub(f.Began()))))
	}
	ia, okA := place(a)
	ib, okB := place(b)
	marks := []struct {
		at   int
		ok   bool
		text string
	}{{ia, okA, word + " A"}, {ib, okB, word + " B"}}
	if ib < ia {
		marks[0], marks[1] = marks[1], marks[0]
	}
	if okA && okB && max(ia, ib)-min(ia, ib) < 8 {
		marks[0].text, marks[1].ok = word, false
	}
	for _, mk := range marks {
		col := ax.left + mk.at
		if !mk.ok || col <= last || col+1+len(mk.text) > s.w {
			continue
		}
		c.to(col)
		c.put(m.th.Active, theme.Now+mk.text)
		last = c.w
	}
	if c.w > 0 {
		s.line(c.String())
	}
}
