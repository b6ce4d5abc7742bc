package trace

import (
	"slices"
	"time"
)

type (
	// Recording says that the session is somebody else's: another program made its requests, and yet another wrote them
	// down. It is the first event of such a trace. What authscope knows of its own requests it does not know of these.
	Recording struct {
		Format    string     `json:"format"`         // har, curl, callback_url, …
		Tool      string     `json:"tool,omitempty"` // what wrote it, as it says itself
		File      string     `json:"file,omitempty"`
		ReadAt    time.Time  `json:"read_at,omitzero"`    // when it was read
		From      time.Time  `json:"from,omitzero"`       // the first and the last instant in all of the file
		To        time.Time  `json:"to,omitzero"`         //
		Untimed   bool       `json:"untimed,omitempty"`   // it has no times: ReadAt stands for them
		Entries   int        `json:"entries,omitempty"`   // requests in the file
		Used      int        `json:"used,omitempty"`      // those that belong to this session
		Session   int        `json:"session,omitempty"`   // number of this session in the file, from 1
		Sessions  int        `json:"sessions,omitempty"`  // how many there are
		Sanitized bool       `json:"sanitized,omitempty"` // it has no Authorization and no cookies: they may have been taken out
		Inferred  []Inferred `json:"inferred,omitempty"`  // the settings, which nobody told
		Endpoints Endpoints  `json:"endpoints,omitzero"`  // as the requests show them; metadata wins
		Notes     []string   `json:"notes,omitempty"`     // what the reader of the file noticed
	}
	// Inferred is a setting that was read from the wire.
	Inferred struct {
		Name  string `json:"name"`
		Value string `json:"value"`
		From  string `json:"from"` // what it was read from, in a few words
	}
	// Given is a document that the person added to a recording: metadata or keys, with where it comes from.
	Given struct {
		What string `json:"what"` // GivenMetadata or GivenKeys
		From string `json:"from"`
		Body Bytes  `json:"body"`
	}
)

// What can be given.
const (
	GivenMetadata = "metadata"
	GivenKeys     = "keys"
)

func (Recording) kind() string { return "recording" }
func (Given) kind() string     { return "given" }

// Infer returns what was inferred of a setting.
func (r Recording) Infer(name string) (Inferred, bool) {
	i := slices.IndexFunc(r.Inferred, func(in Inferred) bool { return in.Name == name })
	if i < 0 {
		return Inferred{}, false
	}
	return r.Inferred[i], true
}

// eachText calls text for what of the file stands in r.
func (r Recording) eachText(text func(string) string) Recording {
	r.File, r.Tool = text(r.File), text(r.Tool)
	r.Inferred, r.Notes = slices.Clone(r.Inferred), slices.Clone(r.Notes)
	for i := range r.Inferred {
		r.Inferred[i].Value = text(r.Inferred[i].Value)
	}
	for i := range r.Notes {
		r.Notes[i] = text(r.Notes[i])
	}
	for _, name := range EndpointNames {
		r.Endpoints.set(name, text)
	}
	return r
}
