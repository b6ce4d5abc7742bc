// Package recording reads what somebody else recorded of a login: a HAR of a browser or a proxy, or one piece of it, as
// a callback URL, a token response or a curl command. It makes traces of it, one for each login, so that whatever can be
// said of a session of authscope's own can be said of that one too. It touches nothing: bytes in, traces out.
//
// A trace from here begins with a [trace.Recording], which tells the reading of it that authscope made none of these
// requests. What the file does not have is left out, or marked as missing; nothing is made up for it.
package recording

import (
	"errors"
	"fmt"
	"time"

	"authscope/flow/trace"
)

// Bounds of what is read. The size of the input is the caller's to bound.
const (
	MaxSize     = 64 << 20 // bytes of a file, unless the person allows more
	maxEntries  = 200_000  // of a HAR
	maxKept     = 20_000   // of them, those that may belong to a login
	maxSessions = 100
	maxVisits   = 5000 // pages that a logout may have come back to
	maxCalls    = 2000 // of a session
	maxAnswers  = 50   // of a session
	maxServers  = 200  // whose metadata are read
	maxDocs     = 1000 // fetches of metadata and keys
	maxDepth    = 200  // of JSON within JSON
	maxHeader   = 200  // fields
	maxRequest  = 1 << 20
)

// Options say how to read.
type Options struct {
	File   string        // its name, to be said
	Now    time.Time     // when it is read
	Leeway time.Duration // by which clocks may be apart
	// Given are metadata and keys that the person adds, since few recordings have them.
	Given []trace.Given

	alone *exchange // the raw answer in which a piece stood, or nil
}

// Recording is what was read.
type Recording struct {
	Kind     Kind
	Sessions [][]trace.Event // one for each login, in the order in which they began
	Token    string          // of KindToken: the text that is one
	Cut      bool            // the file ends too early: what is here came before
	Notes    []string        // what the person should know of the file
}

// Read says what data is, and makes traces of it. Its error says what would fit.
func Read(data []byte, o Options) (Recording, error) {
	data, err := plainText(data)
	if err != nil {
		return Recording{}, err
	}
	kind, err := KindOf(data)
	if err != nil {
		return Recording{}, err
	}
	r := Recording{Kind: kind}
	switch kind {
	case KindHAR:
		return readHAR(data, o)
	case KindToken:
		r.Token = string(data)
		return r, nil
	case KindTrace:
		return readTrace(data)
	case KindHTTP:
		return readMessages(string(data), o)
	}
	events, err := readPiece(kind, data, o)
	if err != nil {
		return Recording{}, err
	}
	r.Sessions = [][]trace.Event{events}
	return r, nil
}

// readHAR reads a whole HAR.
func readHAR(data []byte, o Options) (Recording, error) {
	h, err := parseHAR(data)
	if err != nil {
		return Recording{}, err
	}
	sessions := h.sessions()
	r := Recording{Kind: KindHAR, Cut: h.cut, Notes: h.notes()}
	if len(sessions) == 0 {
		return Recording{}, fmt.Errorf("there is no login in this HAR: none of its %d requests is one to an authorization, token, UserInfo, discovery or logout endpoint; record again with the developer tools open before the login begins, with “preserve log” on", h.entries)
	}
	for i, s := range sessions {
		r.Sessions = append(r.Sessions, s.events(h, i+1, len(sessions), o))
	}
	return r, nil
}

var errEmpty = errors.New("there is nothing in it: " + whatFits)
