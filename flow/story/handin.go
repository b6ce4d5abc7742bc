package story

import "authscope/flow/trace"

// HandedIn is the class of what stands for a call where a token came of none: it was kept from an earlier run.
const HandedIn Class = "handed_in"

// handedIn reads a refresh token that the session begins with. Nobody told how long it lives, and the login that
// it comes from is not in this trace.
func (s *Story) handedIn(e trace.Event, d trace.HandedIn) {
	if d.Token == "" || s.byValue[d.Token] != nil {
		return
	}
	c := &Call{Class: HandedIn, State: Answered, Stage: trace.Refresh, Via: d.From, ReadyAt: e.At, SentAt: e.At, DoneAt: e.At, Response: &Response{}}
	s.receive(c, RefreshToken, d.Token)
}

// Resumed reports whether the session began with a token from an earlier run.
func (s *Story) Resumed() bool {
	for _, t := range s.tokens {
		if t.Call.Class == HandedIn {
			return true
		}
	}
	return false
}
