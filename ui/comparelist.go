package ui

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// diffKind is what a line of a comparison is.
type diffKind int

const (
	diffGap  diffKind = iota
	diffHead          // the title of a section
	diffLine          // one thing in both runs
	diffRest          // what is folded of a section
	diffText          // words below one of them
	diffLane          // a line of the time line
)

// diffEntry is one line of the list.
type diffEntry struct {
	kind     diffKind
	item     int // what it belongs to, or -1
	sec, row int
	fold     folding
	text     string
	style    textStyle
}

// diffList is a comparison as the list of a pane: each section a heading with what differs, then, folded, the rest. It is made when the
// runs, the folds or the width change; drawing it draws what is in sight.
type diffList struct {
	l      *laid
	lines  []diffEntry
	starts []int       // of each item, its first line
	lanes  []row       // of the time line
	onB    func() bool // the right side has the cursor
}

func (d *diffList) height() int { return len(d.lines) }
func (d *diffList) count() int  { return len(d.starts) }

func (d *diffList) itemOf(row int) int { return d.lines[row].item }

func (d *diffList) rowsOf(i int) (first, last int) {
	first = d.starts[i]
	for last = first; last+1 < len(d.lines) && d.lines[last+1].item == i; last++ {
	}
	return first, last
}

// diffAt is the row that an item stands for, or nil.
func (d *diffList) diffAt(i int) *story.DiffRow {
	if i < 0 || i >= len(d.starts) {
		return nil
	}
	e := &d.lines[d.starts[i]]
	if e.kind != diffLine {
		return nil
	}
	return &d.l.c.Sections[e.sec].Rows[e.row]
}

// item is what y copies and v reveals: the value on the side of the cursor, or the only one.
func (d *diffList) item(i int) item {
	e := &d.lines[d.starts[i]]
	sec := &d.l.c.Sections[e.sec]
	it := item{name: sec.Title, path: diffPath(e, sec), fold: e.fold}
	diff := d.diffAt(i)
	if diff == nil {
		return it
	}
	there := func(r *story.Row) bool { return r != nil && !r.Absent }
	r := diff.A
	if d.onB() && there(diff.B) || !there(diff.A) {
		r = diff.B
	}
	it.fold = leaf // a search looks at it as it stands
	if r == nil {
		return it
	}
	it.name, it.value, it.secret, it.kind = diff.Name, r.Value, r.Secret, r.Kind
	return it
}

func diffPath(e *diffEntry, sec *story.DiffSection) string {
	switch e.kind {
	case diffHead:
		return "compare\x00" + sec.Title
	case diffRest:
		return "compare\x00" + sec.Title + "\x00rest"
	}
	return fmt.Sprintf("compare\x00%s\x00%d", sec.Title, e.row)
}

// holds reports whether an item contains text, or has something folded in it that does.
func (d *diffList) holds(i int, text string) bool {
	e := &d.lines[d.starts[i]]
	sec := &d.l.c.Sections[e.sec]
	if diff := d.diffAt(i); diff != nil {
		return diffHolds(diff, text)
	}
	if e.kind == diffHead && contains(sec.Title, text) {
		return true
	}
	return e.fold == closed && slices.ContainsFunc(sec.Rows, func(r story.DiffRow) bool { return (e.kind == diffHead || !r.Counts()) && diffHolds(&r, text) })
}

func diffHolds(d *story.DiffRow, text string) bool {
	for _, r := range []*story.Row{d.A, d.B} {
		if r != nil && r.Secret == "" && contains(clip(r.Value, maxShown), text) {
			return true
		}
	}
	return contains(d.Name, text)
}

// layDiffs makes the lines of a comparison. What is folded otherwise than at first stands in m.expanded.
func (m *Model) layDiffs(l *laid, w, lanes int) diffList {
	d := diffList{l: l, onB: func() bool { return m.pair.onB }}
	for i := range l.c.Sections {
		if l.c.Sections[i].Differing() > 0 {
			if l.c.Sections[i].Only == "" { // it is open at first
				d.gap()
			}
			was := len(d.lines)
			d.section(m, i, w)
			if len(d.lines) > was+1 {
				d.gap()
			}
		}
	}
	d.gap()
	for i := range lanes {
		d.lines = append(d.lines, diffEntry{kind: diffLane, item: -1, row: i})
	}
	if lanes > 0 {
		d.gap()
	}
	if why := aboutScopes(l); why != "" {
		d.words(w, "why   ", why)
		d.gap()
	}
	for i := range l.c.Sections {
		if l.c.Sections[i].Differing() == 0 {
			d.section(m, i, w)
		}
	}
	return d
}

func (d *diffList) gap() {
	if n := len(d.lines); n > 0 && d.lines[n-1].kind != diffGap {
		d.lines = append(d.lines, diffEntry{item: -1})
	}
}

func (d *diffList) words(w int, label, text string) {
	for i, line := range safe.Wrap(safe.Line(text), w-len(label)) {
		if i > 0 {
			label = blanks(len(label))
		}
		d.lines = append(d.lines, diffEntry{kind: diffText, item: -1, text: label + line, style: dim})
	}
}

// add begins an item and reports whether it is open.
func (d *diffList) add(m *Model, e diffEntry, first folding) bool {
	e.item, e.fold = len(d.starts), first
	if first != leaf && m.expanded[diffPath(&e, &d.l.c.Sections[e.sec])] {
		e.fold = open + closed - first
	}
	d.starts = append(d.starts, len(d.lines))
	d.lines = append(d.lines, e)
	return e.fold == open
}

// section adds a heading and the rows that differ; those that do not are folded. A section that only one run has, or in which nothing
// differs, is folded as a whole.
func (d *diffList) section(m *Model, i, w int) {
	sec := &d.l.c.Sections[i]
	first := open
	if sec.Only != "" || sec.Differing() == 0 {
		first = closed
	}
	if !d.add(m, diffEntry{kind: diffHead, sec: i}, first) {
		return
	}
	whole := sec.Only != "" || sec.Differing() == 0
	for k := range sec.Rows {
		if whole || sec.Rows[k].Counts() {
			d.thing(m, i, k, w)
		}
	}
	if rest := len(sec.Rows) - sec.Differing(); !whole && rest > 0 && d.add(m, diffEntry{kind: diffRest, sec: i}, closed) {
		for k := range sec.Rows {
			if !sec.Rows[k].Counts() {
				d.thing(m, i, k, w)
			}
		}
	}
}

// thing adds one thing; unfolded, with both values written out and what is to be said of them.
func (d *diffList) thing(m *Model, i, k, w int) {
	if !d.add(m, diffEntry{kind: diffLine, sec: i, row: k}, closed) {
		return
	}
	diff := &d.l.c.Sections[i].Rows[k]
	below := func(st textStyle, label, text string) {
		for n, line := range safe.Wrap(safe.Line(text), max(10, w-10)) {
			if n > 0 {
				label = ""
			}
			d.lines = append(d.lines, diffEntry{kind: diffText, item: len(d.starts) - 1, text: blanks(5) + fmt.Sprintf("%-5s", label) + line, style: st})
		}
	}
	for n, r := range []*story.Row{diff.A, diff.B} {
		of, letter := []*run{d.l.a, d.l.b}[n], []string{"A", "B"}[n]
		switch {
		case r == nil || r.Absent:
			below(dim, letter, "not there")
			continue
		case r.Value == "":
			below(plain, letter, strings.TrimSpace("(empty) "+r.Short))
		default:
			below(plain, letter, m.seen(of, r))
		}
		if r.Note != "" && r.Note != r.Value {
			below(dim, "", m.words(clip(r.Note, maxShown)))
		}
		if diff.Part == "finding" {
			for _, f := range of.findings {
				if f.ID == diff.Name {
					below(plain, "seen", m.words(f.Seen))
					below(plain, "why", m.words(f.Means))
					below(plain, "do", m.words(f.Do))
					break
				}
			}
		}
	}
	if diff.Note != "" {
		below(dim, "", diff.Note)
	}
	if full := story.Meaning(diff.Name); full != "" && diff.Part != "header" {
		below(dim, "", diff.Name+": "+full)
	}
}

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
