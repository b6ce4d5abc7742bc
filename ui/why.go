package ui

import (
	"slices"
	"strings"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// whys are the findings of a run by what they speak of. They are sorted when the findings are read, and not while drawing.
type whys struct {
	all      []diagnose.Finding
	calls    map[trace.CallID][]int
	tokens   map[tokenID][]int
	members  []int // that speak of the tenant's metadata
	keys     []int // of its keys
	clocks   []int // of the clocks
	severity map[jwtview.Severity]int
}

// tokenID names a token of a run.
type tokenID struct {
	kind       story.Kind
	generation int
}

// maxWhys bounds how many findings are listed beside one thing; the list of all has the rest.
const maxWhys = 32

func sortWhys(fs []diagnose.Finding) whys {
	w := whys{all: fs, calls: map[trace.CallID][]int{}, tokens: map[tokenID][]int{}, severity: map[jwtview.Severity]int{}}
	for i, f := range fs {
		w.severity[f.Severity]++
		if f.Call != 0 {
			w.calls[f.Call] = append(w.calls[f.Call], i)
		}
		switch f.Of.Kind {
		case diagnose.OfMetadata:
			w.members = append(w.members, i)
		case diagnose.OfKeys:
			w.keys = append(w.keys, i)
		case diagnose.OfClocks:
			w.clocks = append(w.clocks, i)
		}
		if f.Of.Token != "" {
			id := tokenID{f.Of.Token, f.Of.Generation}
			w.tokens[id] = append(w.tokens[id], i)
		}
	}
	return w
}

// ofToken lists what belongs to a token: what speaks of it, and what speaks of the answer that brought it and of no token.
func (w *whys) ofToken(id tokenID, call trace.CallID) []int {
	out := slices.Clone(w.tokens[id])
	for _, i := range w.calls[call] {
		if w.all[i].Of.Token == "" {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return out
}

// whyHere is what belongs to what is selected in the present view: the findings, those of the selected row first.
type whyHere struct {
	all   []diagnose.Finding // what the indices are of
	found []int
	row   int // how many of them are of the selected row
}

// first returns the finding to be shown first, or nil.
func (h *whyHere) first() *diagnose.Finding {
	if len(h.found) == 0 {
		return nil
	}
	return &h.all[h.found[0]]
}

// before puts the findings that hold of the selected row before the others.
func (h *whyHere) before(holds func(f *diagnose.Finding) bool) {
	at := func(i int) bool { return holds(&h.all[i]) }
	rest := slices.DeleteFunc(slices.Clone(h.found), at)
	h.found = slices.DeleteFunc(h.found, func(i int) bool { return !at(i) })
	h.row = len(h.found)
	h.found = append(h.found, rest...)
	h.found = h.found[:min(len(h.found), maxWhys)]
}

// whyHere finds what belongs to what is selected; sel is the selected row, or nil.
func (m *Model) whyHere(sel *item) (h whyHere) {
	w := &m.cur.why
	h.all = w.all
	switch m.view {
	case flowView:
		h.found = m.stageWhys(m.stage)
		h.before(func(f *diagnose.Finding) bool { return sel != nil && speaksOfRow(f, sel) })
	case tokensView:
		k := m.looked()
		if k.token == nil {
			return whyHere{}
		}
		h.found = w.ofToken(tokenID{k.token.Kind, k.token.Generation}, k.token.Call.ID)
		h.before(func(f *diagnose.Finding) bool { return sel != nil && speaksOfPath(f, sel.path) })
	case sessionView:
		h.found = m.sessionWhys(sel)
		h.before(func(f *diagnose.Finding) bool { return m.chapter == clocksPart && f.Of.Kind == diagnose.OfClocks })
	case wireView:
		if calls := m.cur.story.Calls(); m.call < len(calls) {
			h.found = slices.Clone(w.calls[calls[m.call].ID])
		}
		h.before(func(f *diagnose.Finding) bool {
			return sel != nil && f.Of.Kind == diagnose.OfBytes && f.Of.Name == sel.name
		})
	case tenantView:
		return m.tenantWhys(sel)
	case compareView:
		h = m.compareWhys()
		h.found = slices.Clone(h.found)
		if d := m.selectedDiff(); d != nil {
			h.before(func(f *diagnose.Finding) bool { return d.Part == "finding" && f.ID == d.Name })
		}
	}
	return h
}

// stageWhys are the findings of a stage, as Flow shows them.
func (m *Model) stageWhys(id trace.StageID) (out []int) {
	st := m.stageRun(id)
	for i, f := range m.cur.findings {
		if f.Stage == id && (f.N == 0 || st == nil || f.N == st.N) {
			out = append(out, i)
		}
	}
	return out
}

// speaksOfRow reports whether f speaks of a parameter or a member that a row of a call shows.
func speaksOfRow(f *diagnose.Finding, sel *item) bool {
	return f.Of.Name != "" && f.Of.Name == sel.name && (sel.call == 0 || f.Call == sel.call)
}

// tokenPath is where what f speaks of stands in the tree of a token.
func tokenPath(of diagnose.Subject) string {
	switch of.Kind {
	case diagnose.OfHeader:
		return "header." + of.Name
	case diagnose.OfClaim:
		return "claims." + of.Name
	case diagnose.OfSignature:
		return "signature"
	}
	return "token"
}

// speaksOfPath reports whether f speaks of what stands there in the tree of a token, or of the check of that.
func speaksOfPath(f *diagnose.Finding, path string) bool {
	at := tokenPath(f.Of)
	return path == at || f.Of.Name != "" && path == "checks."+f.Of.Name || at == "signature" && (strings.HasPrefix(path, "signature") || path == "checks.signature" || path == "header.alg")
}

// sessionWhys are what belongs to a row of the view Session; where none is selected, to the newest session.
func (m *Model) sessionWhys(sel *item) []int {
	w := &m.cur.why
	switch {
	case sel != nil && sel.generation != 0:
		return w.ofToken(tokenID{story.Kind(sel.kind), sel.generation}, sel.call)
	case sel != nil && sel.call != 0:
		return slices.Clone(w.calls[sel.call])
	}
	f := m.cur.story.Family()
	if f == nil {
		return nil
	}
	var out []int
	for _, t := range f.Turns[max(0, len(f.Turns)-maxWhys):] {
		out = append(out, w.calls[t.Call.ID]...)
	}
	out = append(out, w.clocks...)
	out = slices.DeleteFunc(out, func(i int) bool { return w.all[i].Severity == jwtview.Info }) // a remark stands beside its row
	slices.Sort(out)
	return slices.Compact(out)
}

// tenantWhys are what belongs to the part of the view Tenant, what speaks of the selected member first.
func (m *Model) tenantWhys(sel *item) (h whyHere) {
	g := m.readTenant()
	w := &g.why
	h.all = w.all
	switch m.part {
	case findingsPart:
		return whyHere{}
	case keysPart:
		h.found = slices.Clone(w.keys)
	case attemptsPart:
		h.found = slices.Clone(w.calls[m.selectedAttempt()])
	case documentsPart:
		for _, i := range w.members {
			if w.all[i].Of.Name == "" {
				h.found = append(h.found, i)
			}
		}
	case overviewPart:
		for i, f := range w.all {
			if f.Severity != jwtview.Info {
				h.found = append(h.found, i)
			}
		}
	default:
		for _, i := range w.members {
			if x := g.tenant.Member(w.all[i].Of.Name); x != nil && tenantPart(x.Group) == m.part {
				h.found = append(h.found, i)
			}
		}
	}
	h.before(func(f *diagnose.Finding) bool {
		return sel != nil && f.Of.Name != "" && f.Of.Kind == diagnose.OfMetadata && memberPath(sel.path) == f.Of.Name
	})
	return h
}

// memberPath is the name of the member that a row of the view Tenant shows, or "".
func memberPath(path string) string {
	name, ok := strings.CutPrefix(path, "tenant.member.")
	if !ok {
		return ""
	}
	name, _, _ = strings.Cut(name, "#")
	return name
}

// selectedDiff is the selected row of the comparison, or nil.
func (m *Model) selectedDiff() *story.DiffRow {
	if m.laid.list.l == nil || m.pane().sel >= m.laid.list.count() {
		return nil
	}
	return m.laid.list.diffAt(m.pane().sel)
}

// comparedWhys are the findings that one side of a comparison has and the other has not.
type comparedWhys struct {
	a, b   *run
	at, bt int
	here   whyHere
	sides  []*run // of each finding, the run that has it
}

// compareWhys are made anew only when one of the runs has grown.
func (m *Model) compareWhys() whyHere {
	a, b := m.sides()
	if a == nil || b == nil {
		return whyHere{}
	}
	c := &m.apart
	if c.a == a && c.b == b && c.at == a.folded && c.bt == b.folded {
		return c.here
	}
	*c = comparedWhys{a: a, b: b, at: a.folded, bt: b.folded}
	for _, side := range [][2]*run{{b, a}, {a, b}} {
		for _, f := range side[0].findings {
			if slices.ContainsFunc(side[1].findings, func(o diagnose.Finding) bool { return o.ID == f.ID }) || len(c.here.all) == maxWhys {
				continue
			}
			c.here.all = append(c.here.all, f)
			c.here.found = append(c.here.found, len(c.here.found))
			c.sides = append(c.sides, side[0])
		}
	}
	return c.here
}
