package story

import (
	"fmt"
	"slices"
	"time"
)

// Cell is what stands at one place of a time line: any of the bits below.
type Cell uint8

// What a cell can hold.
const (
	CellLive     Cell = 1 << iota // a token of the kind was alive
	CellForeseen                  // one will be, if nothing changes: it has not been issued
	CellIssued                    // one came here while another was alive
	CellFailed                    // a refresh brought nothing here
	CellMany                      // more than one came
	CellSignIn                    // from here on the person must sign in again
)

// Frame is the part of the time that a time line shows, in cells of equal length.
type Frame struct {
	From, Until time.Time
	Cells       int
}

// At is the instant at which cell i begins.
func (f Frame) At(i int) time.Time {
	span, n := f.Until.Sub(f.From), time.Duration(max(1, f.Cells))
	return f.From.Add(span/n*time.Duration(i) + span%n*time.Duration(i)/n) // whole numbers: a cell must not begin a little late
}

// Cell is the cell that t falls into; ok is false where it is none of the frame.
func (f Frame) Cell(t time.Time) (i int, ok bool) {
	span := f.Until.Sub(f.From)
	if span <= 0 || f.Cells <= 0 || t.Before(f.From) || !t.Before(f.Until) {
		return 0, false
	}
	i = min(f.Cells-1, int(float64(t.Sub(f.From))/float64(span)*float64(f.Cells)))
	for i > 0 && f.At(i).After(t) {
		i--
	}
	for i < f.Cells-1 && !f.At(i+1).After(t) {
		i++
	}
	return i, true
}

// Lane is the life of one kind of token in a session, on a time line.
type Lane struct {
	Kind  Kind // "" is the lane of the refreshes
	Cells []Cell
}

// TimeLine draws a session as of now: the lives of its access and ID tokens, and its refreshes. What it costs depends on the
// cells, not on how many tokens there were. What comes after now is foreseen: what refreshes will bring.
func (f *Family) TimeLine(fr Frame, now time.Time, due Due) []Lane {
	if f == nil || fr.Cells <= 0 || !fr.Until.After(fr.From) {
		return nil
	}
	out := make([]Lane, 0, 3)
	for _, k := range []Kind{AccessToken, IDToken} {
		if len(f.kinds[k]) == 0 {
			continue
		}
		l := Lane{Kind: k, Cells: make([]Cell, fr.Cells)}
		f.drawLives(l.Cells, fr, k, now)
		out = append(out, l)
	}
	marks := Lane{Cells: make([]Cell, fr.Cells)}
	f.drawRefreshes(marks.Cells, fr)
	f.foresee(out, marks.Cells, fr, now, due)
	return append(out, marks)
}

// end is when the token stopped to count: it expired, it was refused, or a newer one took its place.
func (t *Token) end() time.Time {
	end := t.ExpiresAt
	if !t.DeadAt.IsZero() && (end.IsZero() || t.DeadAt.Before(end)) {
		end = t.DeadAt
	}
	if t.Replaced != nil && (end.IsZero() || t.Replaced.IssuedAt.Before(end)) {
		end = t.Replaced.IssuedAt
	}
	return end
}

// issuedBefore is how many tokens of a kind had come before t.
func (f *Family) issuedBefore(k Kind, t time.Time) int {
	n, _ := slices.BinarySearchFunc(f.kinds[k], t, func(tok *Token, t time.Time) int { return tok.IssuedAt.Compare(t) })
	return n
}

// drawLives marks the cells in which a token of kind k is alive. Where nobody told its end, that is not known beyond now.
func (f *Family) drawLives(cells []Cell, fr Frame, k Kind, now time.Time) {
	tokens := f.kinds[k]
	before := f.issuedBefore(k, fr.From)
	for i := range cells {
		from := fr.At(i)
		until := f.issuedBefore(k, fr.At(i+1))
		if until > before {
			cells[i] |= CellLive
			if i > 0 && cells[i-1]&CellLive != 0 || i == 0 && before > 0 && tokens[before-1].end().After(from) {
				cells[i] |= CellIssued // it follows upon another
			}
			if until > before+1 {
				cells[i] |= CellMany
			}
		} else if until > 0 {
			if end := tokens[until-1].end(); end.After(from) || end.IsZero() && !from.After(now) {
				cells[i] |= CellLive
			}
		}
		before = until
	}
}

// drawRefreshes marks the cells in which a refresh ended.
func (f *Family) drawRefreshes(cells []Cell, fr Frame) {
	upTo := func(t time.Time) int {
		n, _ := slices.BinarySearchFunc(f.ends, t, func(e refreshEnd, t time.Time) int { return e.at.Compare(t) })
		return n
	}
	failures := func(n int) int {
		if n == 0 {
			return 0
		}
		return f.ends[n-1].failures
	}
	before := upTo(fr.From)
	for i := range cells {
		until := upTo(fr.At(i + 1))
		failed := failures(until) - failures(before)
		if until-before > failed {
			cells[i] |= CellIssued
		}
		if failed > 0 {
			cells[i] |= CellFailed
		}
		if until-before > 1 {
			cells[i] |= CellMany
		}
		before = until
	}
}

// foresee draws what is still to come: refreshes as long as there is a refresh token, else the sign-in.
func (f *Family) foresee(lanes []Lane, marks []Cell, fr Frame, now time.Time, due Due) {
	at, id := f.Newest(AccessToken), f.Newest(IDToken)
	if at == nil || at.ExpiresAt.IsZero() || at.Lifetime() <= 0 {
		return
	}
	if until := f.SignInAt(now); !until.IsZero() {
		if i, ok := fr.Cell(until); ok {
			marks[i] |= CellSignIn
		}
		return
	}
	step := max(time.Duration(float64(at.Lifetime())*NeededAfter), time.Second)
	next := at.IssuedAt.Add(step)
	if due.At.After(now) && due.At.Before(next.Add(step)) {
		next = due.At
	}
	if next.Before(now) {
		next = now
	}
	foreseeFrom(lanes, marks, fr, next, step, map[Kind]time.Duration{AccessToken: at.Lifetime(), IDToken: id.lifetime()})
}

// lifetime is Lifetime of a token that need not be there.
func (t *Token) lifetime() time.Duration {
	if t == nil {
		return 0
	}
	return t.Lifetime()
}

// foreseeFrom draws refreshes from next on, one every step, and the lives of what they bring.
func foreseeFrom(lanes []Lane, marks []Cell, fr Frame, next time.Time, step time.Duration, lives map[Kind]time.Duration) {
	first, _ := fr.Cell(maxTime(next, fr.From))
	for i := first; i < fr.Cells && fr.Until.After(next); i++ {
		from, to := fr.At(i), fr.At(i+1)
		if to.Before(next) {
			continue
		}
		since := time.Duration(0) // since the refresh before this cell
		if from.After(next) {
			since = from.Sub(next) % step
		}
		if i == first && !from.After(next) || from.After(next) && (since == 0 || since+to.Sub(from) > step) {
			marks[i] |= CellForeseen
		}
		for l := range lanes {
			if life := lives[lanes[l].Kind]; lanes[l].Cells[i]&CellLive == 0 && life > 0 && (since < life || marks[i]&CellForeseen != 0) {
				lanes[l].Cells[i] |= CellForeseen
			}
		}
	}
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// SignInAt is when the person must sign in again as far as is known: when the access token ends, where no refresh token
// brings another one. Zero: not foreseen.
func (f *Family) SignInAt(now time.Time) time.Time {
	at, rt := f.Newest(AccessToken), f.Newest(RefreshToken)
	if rt != nil && rt.Life(now) != Dead && rt.Life(now) != Expired {
		return time.Time{}
	}
	if at == nil {
		return time.Time{}
	}
	return at.end()
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
