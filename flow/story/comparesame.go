package story

import (
	"slices"
	"strings"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// class says how a row stands in both runs.
func (c *comparing) class(d *DiffRow, gapA, gapB bool) {
	there := func(r *Row) bool { return r != nil && !r.Absent && r.Edit != trace.WasRemoved }
	a, b := there(d.A), there(d.B)
	switch {
	case !a && !b:
		d.Class = Same
	case a && !b && (gapB || c.B.withholds(d)), b && !a && (gapA || c.A.withholds(d)):
		d.Class, d.Note = NotKnown, "the recording does not tell"
	case d.Part == partHeader && volatile(d.Name):
		d.Class = FreshByDesign
	case !b:
		d.Class = OnlyA
	case !a:
		d.Class = OnlyB
	default:
		d.Class, d.Note = c.same(d)
	}
}

// withholds reports whether a run may have had something all the same: who saved its recording may have taken out what proves a client
// or a person.
func (s *Story) withholds(d *DiffRow) bool {
	return s.recording != nil && s.recording.Sanitized && (d.Name == "Authorization" || d.Name == "client authentication")
}

// same compares two values that are there. Tokens are new in every run, so of them only the form is compared.
func (c *comparing) same(d *DiffRow) (DiffClass, string) {
	a, b := d.A, d.B
	switch {
	case d.Part == partCheck:
		return sameCheck(a, b)
	case c.A.recording != nil && blank(a.Value), c.B.recording != nil && blank(b.Value):
		return NotKnown, "taken out of the recording"
	case d.Part == partFinding: // the title may name what is new in every run
		return Same, ""
	case tokenKinds[a.Secret] && tokenKinds[b.Secret]:
		if a.Short != b.Short {
			return Differs, ""
		}
		return FreshByDesign, "new in every run; its form is the same"
	case d.Part != partStatus && isFresh(d.Name):
		if a.Value == b.Value && trace.AliasOf(a.Value) == "" {
			return Same, ""
		}
		return FreshByDesign, ""
	case a.Secret != "" || b.Secret != "":
		return c.sameSecret(a, b)
	case (c.A.redacted || c.B.redacted) && (quotes(a.Value) || quotes(b.Value)):
		return sameButSecrets(a.Value, b.Value)
	case a.Value == b.Value && (a.Value != "" || a.Short == b.Short):
		return Same, ""
	case a.List && b.List && sameSet(a.Value, b.Value):
		return Same, "in another order"
	case sameJSON(a.Value, b.Value):
		return Same, "written otherwise"
	}
	return Differs, ""
}

// tokenKinds are secrets of which the form tells something.
var tokenKinds = map[string]bool{string(AccessToken): true, string(IDToken): true, string(RefreshToken): true}

// sameSecret compares what may be compared of secrets. Where one was taken out, its length is all that is known: an alias is the same for
// the same value within a file, and says nothing between two.
func (c *comparing) sameSecret(a, b *Row) (DiffClass, string) {
	if trace.AliasOf(a.Value) == "" && trace.AliasOf(b.Value) == "" {
		if a.Value == b.Value {
			return Same, ""
		}
		return Differs, ""
	}
	if c.A.lengthOf(a.Value) != c.B.lengthOf(b.Value) {
		return Differs, "their lengths differ"
	}
	return NotKnown, "not in the file: only the kind and the length are compared, and these are the same"
}

// lengthOf is how long a secret is, or was before it was taken out.
func (s *Story) lengthOf(value string) int {
	if n, ok := s.AliasLength(value); ok {
		return n
	}
	return len([]rune(value))
}

// sameCheck compares two outcomes. What a recording does not let one check is no difference.
func sameCheck(a, b *Row) (DiffClass, string) {
	const open = "Not checkable"
	switch {
	case a.Value == b.Value:
		return Same, ""
	case strings.HasPrefix(a.Note, open) || strings.HasPrefix(b.Note, open):
		return NotKnown, "not checkable in one of them"
	}
	return Differs, ""
}

// sameSet reports whether two lists have the same words.
func sameSet(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// sameJSON reports whether two texts are the same object or list: the order of members and white space mean nothing (RFC 8259 §4).
func sameJSON(a, b string) bool {
	const most = 64 << 10
	if len(a) > most || len(b) > most || a == "" || b == "" || a[0] != b[0] || a[0] != '{' && a[0] != '[' {
		return false
	}
	x, err1 := jwtview.ParseJSON([]byte(a))
	y, err2 := jwtview.ParseJSON([]byte(b))
	return err1 == nil && err2 == nil && sameValue(x, y)
}

func sameValue(a, b jwtview.Value) bool {
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Elems) != len(b.Elems) || len(a.Members) != len(b.Members) {
		return false
	}
	for i := range a.Elems {
		if !sameValue(a.Elems[i], b.Elems[i]) {
			return false
		}
	}
	other := byName(b)
	if len(other) != len(b.Members) { // a member stands twice: then the order does mean something
		return a.String() == b.String()
	}
	for _, m := range a.Members {
		if v := other[m.Name]; v == nil || !sameValue(m.Value, *v) {
			return false
		}
	}
	return true
}
