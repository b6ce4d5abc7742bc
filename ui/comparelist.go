package ui

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/ui/safe"
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
