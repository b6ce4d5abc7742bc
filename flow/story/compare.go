package story

import (
	"slices"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// DiffRow is one parameter, member or property in two runs. A nil side does not have it.
type DiffRow struct {
	Where string // "authorization request", "token response", "tokens"
	Name  string
	A, B  *Row
	Fresh bool // it differs by design: state, nonce, challenge, code, the tokens themselves
	Same  bool
}

// Comparison lays two runs side by side.
type Comparison struct {
	A, B     *Story
	Sections []DiffSection
}

// DiffSection is one part of the comparison.
type DiffSection struct {
	Title string
	Rows  []DiffRow
}

// fresh are values that are new in every run, whatever else is.
var fresh = []string{"state", "nonce", "code_challenge", "code", "code_verifier"}

// Compare aligns what two runs sent and received, by name.
func Compare(a, b *Story) Comparison {
	c := Comparison{A: a, B: b}
	c.add("authorization request", rowsOf(authorizeCall(a), "sent"), rowsOf(authorizeCall(b), "sent"))
	c.add("answer", rowsOf(answerCall(a), "received"), rowsOf(answerCall(b), "received"))
	c.add("token response", rowsOf(exchangeCall(a), "received"), rowsOf(exchangeCall(b), "received"))
	c.add("stages", stageRows(a), stageRows(b))
	return c
}

// Differences returns the rows that differ and are not new in every run anyway.
func (c Comparison) Differences() (out []DiffRow) {
	for _, s := range c.Sections {
		for _, r := range s.Rows {
			if !r.Same && !r.Fresh {
				out = append(out, r)
			}
		}
	}
	return out
}

func (c *Comparison) add(title string, a, b []Row) {
	if len(a) == 0 && len(b) == 0 {
		return
	}
	sec := DiffSection{Title: title}
	for _, name := range union(a, b) {
		d := DiffRow{Where: title, Name: name, A: find(a, name), B: find(b, name)}
		d.compare()
		sec.Rows = append(sec.Rows, d)
	}
	c.Sections = append(c.Sections, sec)
}

// compare says whether the two sides are the same. Tokens are new in every run, so of them only
// the form is compared, and whether they are there.
func (d *DiffRow) compare() {
	there := func(r *Row) bool { return r != nil && !r.Absent }
	if !there(d.A) || !there(d.B) {
		d.Same = !there(d.A) && !there(d.B)
		return
	}
	switch Kind(d.Name) {
	case AccessToken, IDToken, RefreshToken:
		d.Same = d.A.Short == d.B.Short
		d.Fresh = d.Same
		return
	}
	d.Same = d.A.Value == d.B.Value
	d.Fresh = !d.Same && slices.Contains(fresh, d.Name)
}

// union lists the names of both sides, in the order of the longer one.
func union(a, b []Row) (names []string) {
	long, short := a, b
	if len(b) > len(a) {
		long, short = b, a
	}
	for _, side := range [][]Row{long, short} {
		for _, r := range side {
			if !slices.Contains(names, r.Name) {
				names = append(names, r.Name)
			}
		}
	}
	return names
}

func find(rows []Row, name string) *Row {
	for i := range rows {
		if rows[i].Name == name {
			return &rows[i]
		}
	}
	return nil
}

func rowsOf(c *Call, title string) []Row {
	if c == nil {
		return nil
	}
	for _, s := range c.Sections {
		if s.Title == title {
			return s.Rows
		}
	}
	return nil
}

func authorizeCall(s *Story) *Call {
	if l := s.Login(); l != nil {
		return l.Authorize
	}
	return nil
}

func answerCall(s *Story) *Call {
	l := s.Login()
	if l == nil {
		return nil
	}
	for _, cb := range l.Callbacks {
		if cb.Fit == FitAnswer || cb.Fit == FitError {
			return cb.Call
		}
	}
	return nil
}

func exchangeCall(s *Story) *Call {
	if l := s.Login(); l != nil {
		return l.Exchange
	}
	return nil
}

// stageRows tells how each stage of the login ended, with its checks.
func stageRows(s *Story) (rows []Row) {
	for _, stage := range trace.Stages {
		st := s.latest[stage.ID]
		if st == nil {
			continue
		}
		r := Row{Name: string(st.ID), Value: string(st.Status)}
		if st.Reason != r.Value {
			r.Note = st.Reason
		}
		passed, failed := 0, 0
		for _, c := range st.Checks() {
			switch c.Status {
			case jwtview.Passed:
				passed++
			case jwtview.Failed:
				failed++
			}
		}
		r.Short = checkCount(passed, failed)
		rows = append(rows, r)
	}
	return rows
}

// OneSided reports that only one of the runs has anything of this part.
func (s DiffSection) OneSided() (left, right bool) {
	var a, b bool
	for _, r := range s.Rows {
		a, b = a || r.A != nil, b || r.B != nil
	}
	return a && !b, b && !a
}
