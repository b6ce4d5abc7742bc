package jwtview

import (
	"fmt"
	"strings"
)

// Kind is the type of a JSON value (RFC 8259 §3).
type Kind int

// The kinds of JSON values. The zero Value is Null.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

var kindNames = [...]string{"null", "boolean", "number", "string", "array", "object"}

// String names the kind as RFC 8259 does, in lower case.
func (k Kind) String() string {
	if k < Null || k > Object {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// A Value is a JSON value as it was received: members keep their order and may occur twice, numbers keep their digits.
// encoding/json keeps neither, and a token in which a member occurs twice is just the one to look at closely.
type Value struct {
	Kind    Kind
	Text    string   // the content of a String; the literal of a Number or Bool
	Members []Member // of an Object, in the order received
	Elems   []Value  // of an Array
}

// A Member is one name and value of an object.
type Member struct {
	Name  string
	Value Value
}

// Get returns the first member of that name.
func (v Value) Get(name string) (Value, bool) {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return v.Members[i].Value, true
		}
	}
	return Value{}, false
}

// Str returns the first member of that name if it is a string.
func (v Value) Str(name string) (string, bool) {
	m, ok := v.Get(name)
	if !ok || m.Kind != String {
		return "", false
	}
	return m.Text, true
}

// count returns how many members have that name.
func (v Value) count(name string) int {
	n := 0
	for i := range v.Members {
		if v.Members[i].Name == name {
			n++
		}
	}
	return n
}

// Duplicates returns the names of members that occur more than once, each once, in the order received, at any depth: a
// nested one with the names that lead to it, as in "address.country" or "keys[2].kid". RFC 7519 §4 and RFC 7515 §4
// demand that names be unique. After 100 it stops; names longer than 64 bytes are cut.
func (v Value) Duplicates() []string {
	return v.duplicates(nil, nil)
}

const maxDuplicates = 100

func (v Value) duplicates(at *step, found []string) []string {
	// A map only where there is something to compare: most objects are small, and this runs on every token.
	if len(v.Members) > 1 {
		seen := make(map[string]int, len(v.Members))
		for i := range v.Members {
			name := v.Members[i].Name
			seen[name]++
			if seen[name] == 2 && len(found) < maxDuplicates {
				found = append(found, (&step{parent: at, name: name}).path())
			}
		}
	}
	for i := range v.Elems {
		if v.Elems[i].Kind >= Array && len(found) < maxDuplicates {
			found = v.Elems[i].duplicates(&step{parent: at, index: i, elem: true}, found)
		}
	}
	for i := range v.Members {
		if v.Members[i].Value.Kind >= Array && len(found) < maxDuplicates {
			found = v.Members[i].Value.duplicates(&step{parent: at, name: v.Members[i].Name}, found)
		}
	}
	return found
}

// A step leads from a value to one in it. Paths are written only for what is found: written on the way down, one long
// name above many small values would cost gigabytes.
type step struct {
	parent *step
	name   string
	index  int
	elem   bool
}

func (s *step) path() string {
	if s == nil {
		return ""
	}
	path := s.parent.path()
	if s.elem {
		return fmt.Sprintf("%s[%d]", path, s.index)
	}
	if path != "" {
		path += "."
	}
	return path + clip(s.name, 64)
}

// clip shortens foreign text for a sentence.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
