package ui

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// row draws a line.
func (d *diffList) row(m *Model, i, w int, selected bool) string {
	e := &d.lines[i]
	if e.kind == diffLane {
		if e.row < len(d.lanes) {
			return d.lanes[e.row].text
		}
		return ""
	}
	th := m.th.Row(selected)
	c := begin(th, selected)
	switch e.kind {
	case diffHead:
		d.head(&c, th, e, w)
	case diffRest:
		c.space(2)
		c.put(th.Dim, map[folding]string{open: theme.Unfolded, closed: theme.Current}[e.fold]+" ")
		c.put(th.Dim, safe.Cut(restWords(&d.l.c.Sections[e.sec]), w-c.w))
	case diffLine:
		d.diff(m, &c, th, e, w)
	case diffText:
		c.fit(roleOf(th, e.style), e.text, w)
	}
	c.to(w)
	return c.String()
}

// head is the title of a section, and how it stands as a whole.
func (d *diffList) head(c *cells, th *theme.Theme, e *diffEntry, w int) {
	sec := &d.l.c.Sections[e.sec]
	c.put(th.Dim, map[folding]string{open: theme.Unfolded, closed: theme.Current}[e.fold]+" ")
	st := th.Title
	if sec.Differing() == 0 {
		st = th.Text
	}
	c.put(st, safe.Line(sec.Title))
	c.to(max(c.w+2, min(34, w/3)))
	switch {
	case sec.Only != "":
		side := map[story.DiffClass]string{story.OnlyA: "A", story.OnlyB: "B"}[sec.Only]
		c.put(th.Warn, safe.Cut(theme.Differs+" only in "+side, w-c.w))
		c.put(th.Dim, safe.Cut(": the other run has none", w-c.w))
	case sec.Differing() == 0:
		c.put(th.Dim, safe.Cut(theme.Equal+" no difference: "+restWords(sec), w-c.w))
	default:
		c.put(th.Warn, safe.Cut(count(sec.Differing(), "difference", "differences"), w-c.w))
	}
}

// restWords counts what is folded, and names what is new in every run.
func restWords(sec *story.DiffSection) string {
	var parts []string
	if n := sec.Count(story.Same); n > 0 {
		parts = append(parts, fmt.Sprintf("%d equal", n))
	}
	if n := sec.Count(story.NotKnown); n > 0 {
		parts = append(parts, fmt.Sprintf("%d not known", n))
	}
	if n := sec.Count(story.FreshByDesign); n > 0 {
		var names []string
		for _, r := range sec.Rows {
			if r.Class == story.FreshByDesign && len(names) < 8 {
				names = append(names, safe.Line(diffName(&r)))
			}
		}
		parts = append(parts, fmt.Sprintf("%d new in every run: %s", n, strings.Join(names, ", ")))
	}
	return strings.Join(parts, ", ")
}

// diffName writes a header field as one.
func diffName(d *story.DiffRow) string {
	if d.Part == "header" {
		return d.Name + ":"
	}
	return d.Name
}

// checkName is the id of a check, without the stage that it was made in.
func checkName(name string) string {
	_, id, _ := strings.Cut(name, ": ")
	return id
}

// diff draws one thing in both runs.
func (d *diffList) diff(m *Model, c *cells, th *theme.Theme, e *diffEntry, w int) {
	row := &d.l.c.Sections[e.sec].Rows[e.row]
	left, right := diffColumns(w)
	mark, st := theme.Equal, th.Dim
	switch {
	case row.Counts():
		mark, st = theme.Differs, th.Warn
	case row.Class == story.FreshByDesign:
		mark = theme.Between
	case row.Class == story.NotKnown:
		mark = theme.Skipped
	}
	c.space(2)
	c.put(st, mark)
	c.space(1)
	c.fit(th.Dim, safe.Cut(nameText(diffName(row), left-5), left-5), left-5)
	c.to(left)
	old := m.th
	m.th = th
	m.diffSide(c, d.l.a, row.A, row.B, right-left-3, row.Counts(), "not there")
	c.to(right - 2)
	c.put(th.Faint, theme.Vertical)
	c.space(1)
	m.diffSide(c, d.l.b, row.B, row.A, w-right, row.Counts(), "not there")
	m.th = old
}

// diffSide draws one side; of a list it lifts out what the other side lacks.
func (m *Model) diffSide(c *cells, of *run, r, other *story.Row, width int, differs bool, absent string) {
	if r == nil || r.Absent {
		if other != nil && !other.Absent && differs {
			c.put(m.th.Warn, safe.Cut(theme.Failed+" "+absent, width))
		} else {
			c.put(m.th.Dim, safe.Cut(absent, width))
		}
		return
	}
	if r.List && differs && r.Secret == "" {
		m.diffWords(c, r, other, width)
		return
	}
	st := m.th.Text
	switch {
	case r.Bad:
		st = m.th.Bad
	case r.Kind != "":
		st = m.th.Value(r.Kind)
	case differs:
		st = m.th.Strong
	}
	text := safe.Cut(m.seen(of, r), width)
	c.put(st, text)
	if room := width - safe.Width(text) - 2; r.Short != "" && room > 6 {
		gap := "  "
		if text == "" {
			gap = ""
		}
		c.put(m.th.Dim, gap+safe.Cut(m.words(clip(r.Short, maxShown)), room))
	}
}

// diffWords writes a list; what the other side lacks stands out.
func (m *Model) diffWords(c *cells, r, other *story.Row, width int) {
	var theirs []string
	if other != nil {
		theirs = strings.Fields(other.Value)
	}
	end := c.w + width
	list := strings.Fields(clip(r.Value, maxShown))
	if safe.Width(safe.Line(r.Value)) > width { // what is not in sight may be all that differs
		slices.SortStableFunc(list, func(x, y string) int { return before(!slices.Contains(theirs, x), !slices.Contains(theirs, y)) })
	}
	for i, word := range list {
		st := m.th.Text
		if !slices.Contains(theirs, word) {
			st = m.th.Refresh
		}
		if i > 0 && c.w < end {
			c.space(1)
		}
		if c.w >= end {
			return
		}
		c.put(st, safe.Cut(safe.Line(word), end-c.w))
	}
}

// before orders what x is true of before what y is not.
func before(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return -1
	}
	return 1
}

// aboutScopes says what offline_access brings, where that is what was changed.
func aboutScopes(l *laid) string {
	a, b := l.a.settings(), l.b.settings()
	switch on, off := a.HasScope("offline_access"), b.HasScope("offline_access"); {
	case on != off && a.HasScope("openid") && b.HasScope("openid"):
		return "Without a refresh token the client can only start a new authorization when the access token expires. With one it asks the token endpoint again, and the person notices nothing. RFC 6749 §1.5, §6; OpenID Connect Core §11."
	case on && off && a.HasScope("openid") != b.HasScope("openid"):
		return "Authgear's documentation says that scope=offline_access alone is enough. The server wants openid beside it, and answers invalid_scope."
	}
	return ""
}
