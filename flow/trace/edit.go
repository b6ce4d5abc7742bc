package trace

import "strings"

// Edited is a request as the person changed it before it left; [Ready] has it as it was made. What was changed is
// found by comparing the two, see [Edits]. A request may be edited more than once: the last time counts.
type Edited Ready

func (Edited) kind() string { return "edited" }

// Edit records that the person changed call into d.
func (l *Log) Edit(call CallID, d Draft) Event { return l.Append(call, Edited(d.ready())) }

// Where says in which part of a request something stands.
type Where string

// The parts of a request.
const (
	InURL    Where = "url"    // scheme, host and path
	InQuery  Where = "query"  // a parameter of the URL
	InForm   Where = "form"   // a parameter of the body
	InHeader Where = "header" // a header field
	InBody   Where = "body"   // a body that is no form, as a whole
)

// Change says what became of a part of a request.
type Change string

// The changes.
const (
	WasAdded   Change = "added"
	WasChanged Change = "changed"
	WasRemoved Change = "removed"
)

// Edit is one thing in a request that is not as it was made.
type Edit struct {
	Where  Where
	Change Change
	Name   string
	Was    string // "" if it was added
	Now    string // "" if it was removed
}

// Secret is the kind of secret that was changed, or "".
func (e Edit) Secret() string {
	if kind := SecretPart(e.Where, e.Name, e.Now); kind != "" {
		return kind
	}
	return SecretPart(e.Where, e.Name, e.Was)
}

// SecretPart returns the kind of secret in a part of a request, or "".
func SecretPart(where Where, name, value string) string {
	if kind := SecretName(name); kind != "" && (where == InQuery || where == InForm) {
		return kind
	}
	if spans := partSecrets(where, name, value); len(spans) > 0 {
		return spans[0].Kind
	}
	return ""
}

func partSecrets(where Where, name, value string) []Span {
	if where == InHeader {
		return HeaderSecrets(name, value)
	}
	return Secrets(value)
}

// MaskPart is the value of a part of a request without its secrets.
func MaskPart(where Where, name, value string) string {
	if kind := SecretName(name); kind != "" && (where == InQuery || where == InForm) {
		return Mask(kind, value)
	}
	return Hide(value, partSecrets(where, name, value))
}

// Edits compares a request as it was made with what became of it. Of parts that share a name, those that are equal
// belong together, and the others in their order. What was changed or removed comes first.
func Edits(made, left Draft) []Edit {
	before, after := compared(made), compared(left)
	gone := make([]bool, len(after)) // parts that have found the one they were
	match := func(p Part, equal bool) int {
		for i, q := range after {
			if !gone[i] && q.Where == p.Where && sameName(p, q) && (!equal || q.Value == p.Value) {
				gone[i] = true
				return i
			}
		}
		return -1
	}
	var rest []Part
	for _, p := range before {
		if match(p, true) < 0 {
			rest = append(rest, p)
		}
	}
	var out []Edit
	for _, p := range rest {
		e := Edit{Where: p.Where, Change: WasRemoved, Name: p.Name, Was: p.Value}
		if i := match(p, false); i >= 0 {
			e.Change, e.Now = WasChanged, after[i].Value
		}
		out = append(out, e)
	}
	for i, q := range after {
		if !gone[i] {
			out = append(out, Edit{Where: q.Where, Change: WasAdded, Name: q.Name, Now: q.Value})
		}
	}
	return out
}

// maxCompared bounds the parts that are compared: a saved file may hold any number.
const maxCompared = 1000

func compared(d Draft) []Part {
	parts := TakeApart(d)
	return parts[:min(len(parts), maxCompared)]
}

// sameName compares names; those of header fields have no case (RFC 9110 §5.1).
func sameName(p, q Part) bool {
	return p.Name == q.Name || p.Where == InHeader && strings.EqualFold(p.Name, q.Name)
}

// EditList names what was changed, without any value.
func EditList(edits []Edit) string {
	var out []string
	for _, e := range edits {
		name := e.Name
		if e.Where == InHeader {
			name = "header " + name
		}
		if e.Change != WasChanged {
			name += " (" + string(e.Change) + ")"
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}
