package story

import (
	"slices"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// DiffClass says how one thing stands in two runs.
type DiffClass string

// The classes of a difference.
const (
	Differs       DiffClass = "different"
	OnlyA         DiffClass = "only_a"
	OnlyB         DiffClass = "only_b"
	FreshByDesign DiffClass = "fresh"     // new in every run by design: state, code, the tokens themselves
	NotKnown      DiffClass = "not_known" // one of them does not tell: a recording that lacks it, a secret that was taken out
	Same          DiffClass = "equal"
)

// Evidence is where something of a run can be looked at.
type Evidence struct {
	Call  trace.CallID
	Stage trace.StageID
	N     int // of the stage
	Token *Token
}

// DiffRow is one thing in two runs: a parameter, a header field, a member, a claim, a check.
type DiffRow struct {
	Where string // "authorization request", "token response", "ID token"
	Part  string // what of it: parameter, header, member, status, claim, check, …
	Name  string
	A, B  *Row // nil does not have it
	Class DiffClass
	Note  string // why it is classed so, where that is not plain
	AtA   Evidence
	AtB   Evidence
}

// Counts reports whether the row is a difference, and not one that every two runs have.
func (d DiffRow) Counts() bool { return d.Class == Differs || d.Class == OnlyA || d.Class == OnlyB }

// DiffSection is one part of the comparison: a request, a response, a token. Its differences come first.
type DiffSection struct {
	Title string
	Rows  []DiffRow
	Only  DiffClass // OnlyA or OnlyB, where only one run has it at all; else ""
}

// Count is how many rows of the section are of a class.
func (s DiffSection) Count(class DiffClass) (n int) {
	for _, r := range s.Rows {
		if r.Class == class {
			n++
		}
	}
	return n
}

// Differing is how many differences the section has. That only one run has all of it is one.
func (s DiffSection) Differing() int {
	if s.Only != "" {
		return 1
	}
	return s.Count(Differs) + s.Count(OnlyA) + s.Count(OnlyB)
}

// Comparison lays two runs side by side.
type Comparison struct {
	A, B     *Story
	Changed  []DiffRow     // settings that differ: what was changed
	Sections []DiffSection // what came of it, in the order of a login
}

// Differences returns the rows that differ and are not new in every run anyway.
func (c Comparison) Differences() (out []DiffRow) {
	for _, s := range c.Sections {
		for _, r := range s.Rows {
			if r.Counts() {
				out = append(out, r)
			}
		}
	}
	return out
}

// Count is how many rows of all sections are of a class.
func (c Comparison) Count(class DiffClass) (n int) {
	for _, s := range c.Sections {
		n += s.Count(class)
	}
	return n
}

// Differing is how many differences there are, as [DiffSection.Differing] counts them.
func (c Comparison) Differing() (n int) {
	for _, s := range c.Sections {
		n += s.Differing()
	}
	return n
}

// Noted is something that was found in a run, to be compared: package diagnose finds, and this one does not know it.
type Noted struct {
	ID, Title string
	Severity  jwtview.Severity
	At        Evidence
}

// AddFindings appends what was found in the two runs, by the ids. It is the last section but those that sum up.
func (c *Comparison) AddFindings(a, b []Noted) {
	in := comparing{*c}
	in.add("findings", side{cells: notedCells(a)}, side{cells: notedCells(b)})
	*c = in.Comparison
}

// notedCells are findings by their ids. One that was found several times stands once, with how often.
func notedCells(list []Noted) (out []cell) {
	at := map[string]int{}
	count := map[string]int{}
	for _, n := range list {
		if count[n.ID]++; count[n.ID] > 1 {
			out[at[n.ID]].Short = itoa(count[n.ID]) + " times"
			continue
		}
		at[n.ID] = len(out)
		out = append(out, cell{Row{Name: n.ID, Value: n.Title, Note: string(n.Severity), Bad: n.Severity == jwtview.Error}, partFinding, n.At})
	}
	return out
}

// Compare lays two runs side by side, by whatever grants they went: requests and responses by what they are for, header fields,
// parameters, members and claims by their names. What it costs is bounded, however long the runs are.
func Compare(a, b *Story) Comparison {
	c := comparing{Comparison: Comparison{A: a, B: b}}
	c.Changed = Changes(a, b)
	c.calls()
	c.tokens()
	c.checks()
	c.add("session", side{cells: sessionCells(a)}, side{cells: sessionCells(b)})
	c.add("stages", side{cells: stageCells(a), gap: a.recording != nil}, side{cells: stageCells(b), gap: b.recording != nil})
	return c.Comparison
}

// comparing is a comparison in the making.
type comparing struct{ Comparison }

// cell is one thing of one run, to be laid beside that of the other.
type cell struct {
	Row
	part string
	at   Evidence
}

// side is all cells of one run in a section. Gap says that what is not among them may have been there all the same: a recording
// does not have everything.
type side struct {
	cells []cell
	gap   bool
}

// maxDiffRows bounds a section; each side has a few hundred rows at the most.
const maxDiffRows = 600

// add appends a section, unless neither run has anything of it.
func (c *comparing) add(title string, a, b side) {
	rows := c.rows(title, a, b)
	if len(rows) == 0 {
		return
	}
	sec := DiffSection{Title: title, Rows: rows}
	switch {
	case summing[title]: // each row speaks for itself
	case len(b.cells) == 0 && !b.gap:
		sec.Only = OnlyA
	case len(a.cells) == 0 && !a.gap:
		sec.Only = OnlyB
	}
	slices.SortStableFunc(sec.Rows, func(x, y DiffRow) int { return rank(x.Class) - rank(y.Class) })
	c.Sections = append(c.Sections, sec)
}

// summing are the sections that sum up what the others have.
var summing = map[string]bool{"checks": true, "session": true, "stages": true, "findings": true}

// rank orders rows: differences first, whichever they are, then what is not known, new in every run, and equal.
func rank(class DiffClass) int {
	switch class {
	case NotKnown:
		return 1
	case FreshByDesign:
		return 2
	case Same:
		return 3
	}
	return 0
}

// key aligns cells: the second value of a parameter that is repeated is laid beside the second.
type key struct {
	part, name string
	n          int
}

func keys(cells []cell) []key {
	seen := map[key]int{}
	out := make([]key, len(cells))
	for i, c := range cells {
		k := key{part: c.part, name: c.Name}
		seen[k]++
		out[i] = key{c.part, c.Name, seen[k]}
	}
	return out
}

// rows aligns the cells of two sides, in the order of the longer one.
func (c *comparing) rows(where string, a, b side) (out []DiffRow) {
	ka, kb := keys(a.cells), keys(b.cells)
	order := slices.Concat(ka, kb)
	if len(kb) > len(ka) {
		order = slices.Concat(kb, ka)
	}
	byKey := func(ks []key, cells []cell) map[key]*cell {
		m := make(map[key]*cell, len(ks))
		for i, k := range ks {
			m[k] = &cells[i]
		}
		return m
	}
	inA, inB := byKey(ka, a.cells), byKey(kb, b.cells)
	done := make(map[key]bool, len(order))
	for _, k := range order {
		if done[k] || len(out) == maxDiffRows {
			continue
		}
		done[k] = true
		d := DiffRow{Where: where, Part: k.part, Name: k.name}
		if x := inA[k]; x != nil {
			d.A, d.AtA = &x.Row, x.at
		}
		if x := inB[k]; x != nil {
			d.B, d.AtB = &x.Row, x.at
		}
		c.class(&d, a.gap, b.gap)
		out = append(out, d)
	}
	return out
}
