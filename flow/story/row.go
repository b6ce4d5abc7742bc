package story

import (
	"time"

	"authscope/flow/trace"
)

// Row is one parameter or member, with a few words on what it is and where its value comes
// from. A screen draws it; a report prints it.
type Row struct {
	Name   string
	Value  string // as it was sent or received, decoded
	Kind   string // code, state, access_token, …: what travels keeps its kind wherever it stands
	Secret string // the kind of secret that Value is, or ""
	Short  string // what the value is, in two or three words: "opaque, 32 characters"
	Note   string
	Until  time.Time    // an instant that belongs to the note
	Absent bool         // it is not there, and that is worth saying
	Normal bool         // that it is absent is as it should be
	Bad    bool         // it is what went wrong
	List   bool         // Value is a list separated by spaces
	Edit   trace.Change // what the person did to it before it left, or ""
}

// Section is a group of rows with a heading.
type Section struct {
	Title string // "sent", "received"
	Rows  []Row
}

// travels are the values that one stage hands to another.
var travels = map[string]string{
	"code": "code", "state": "state", "nonce": "nonce", "code_verifier": "code_verifier", "code_challenge": "code_challenge",
	"access_token": "access_token", "id_token": "id_token", "refresh_token": "refresh_token", "token": "refresh_token",
}

// row makes a row of a parameter called name.
func row(name, value, note string) Row {
	return Row{Name: name, Value: value, Kind: travels[name], Secret: trace.SecretName(name), Note: note}
}

// Carriers returns the stages whose calls carry value in a parameter or member of a kind that
// travels. It looks at the calls of the newest run of each stage.
func (s *Story) Carriers(value string) []*Stage {
	if value == "" {
		return nil
	}
	var out []*Stage
	for _, st := range s.latest {
		if st.carries(value) {
			out = append(out, st)
		}
	}
	return out
}

func (st *Stage) carries(value string) bool {
	for _, c := range st.Calls[max(0, len(st.Calls)-16):] {
		for _, sec := range c.Sections {
			for _, r := range sec.Rows {
				if r.Kind != "" && r.Value == value {
					return true
				}
			}
		}
	}
	return false
}

// AliasLength returns how long the secret was that value stands for in a redacted trace.
func (s *Story) AliasLength(value string) (int, bool) {
	a, ok := s.aliases[trace.AliasOf(value)]
	return a.Length, ok
}
