package story

import (
	"fmt"
	"time"
)

// Lane is the life of one kind of token in a session, on a time line.
type Lane struct {
	Kind  Kind
	Bars  []Bar
	Marks []Mark
}

// Bar is a token's life. Foreseen means that it has not been issued: it is what a refresh at the
// end of the one before will give.
type Bar struct {
	From, To time.Time
	Foreseen bool
}

// Mark is a moment on a time line.
type Mark struct {
	At   time.Time
	What string // "refresh", "sign in again", "revoked"
}

// TimeLine returns the session's access and ID tokens from its sign-in to until: those that were issued,
// and, while there is a refresh token that lives, those that refreshes at each expiry will bring.
func (s *Story) TimeLine(until time.Time) []Lane {
	access, id := Lane{Kind: AccessToken}, Lane{Kind: IDToken}
	for _, t := range s.tokens {
		if t.ExpiresAt.IsZero() {
			continue
		}
		end := t.ExpiresAt
		if !t.DeadAt.IsZero() && t.DeadAt.Before(end) {
			end = t.DeadAt
		}
		if t.Replaced != nil && t.Replaced.IssuedAt.Before(end) {
			end = t.Replaced.IssuedAt
		}
		switch t.Kind {
		case AccessToken:
			access.Bars = append(access.Bars, Bar{From: t.IssuedAt, To: end})
			if t.Generation > 1 {
				access.Marks = append(access.Marks, Mark{t.IssuedAt, "refresh"})
			}
		case IDToken:
			id.Bars = append(id.Bars, Bar{From: t.IssuedAt, To: end})
		}
	}
	s.foresee(&access, &id, until)
	return []Lane{access, id}
}

// foresee draws what comes after the newest access token.
func (s *Story) foresee(access, id *Lane, until time.Time) {
	at, rt, idt := s.newest[AccessToken], s.newest[RefreshToken], s.newest[IDToken]
	if at == nil || at.ExpiresAt.IsZero() || at.Lifetime() <= 0 {
		return
	}
	if !at.DeadAt.IsZero() {
		access.Marks = append(access.Marks, Mark{at.DeadAt, "sign in again"})
		return
	}
	if rt == nil || !rt.DeadAt.IsZero() {
		access.Marks = append(access.Marks, Mark{at.ExpiresAt, "sign in again"})
		return
	}
	for t, n := at.ExpiresAt, 0; t.Before(until) && n < 64; t, n = t.Add(at.Lifetime()), n+1 {
		access.Marks = append(access.Marks, Mark{t, "refresh"})
		access.Bars = append(access.Bars, Bar{t, t.Add(at.Lifetime()), true})
		if idt != nil && idt.Lifetime() > 0 {
			id.Bars = append(id.Bars, Bar{t, t.Add(idt.Lifetime()), true})
		}
	}
}

func checkCount(passed, failed int) string {
	switch {
	case failed > 0:
		return fmt.Sprintf("%d of %d checks failed", failed, passed+failed)
	case passed == 1:
		return "1 check"
	case passed > 0:
		return fmt.Sprintf("%d checks", passed)
	}
	return ""
}
