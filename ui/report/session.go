package report

import (
	"fmt"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// The types below are the part of the contract that tells the life of a session.

type sessionJSON struct {
	N         int        `json:"n"`
	GrantID   *string    `json:"grant_id"` // of Authgear
	SID       *string    `json:"sid"`      // of the ID token, where it is no grant id
	Tied      bool       `json:"tied"`     // the ID token's sid is the refresh token's grant
	Refreshes int        `json:"refreshes"`
	Failures  int        `json:"failures"`
	Rotates   *bool      `json:"rotates"` // null: no refresh yet
	SignInAt  *string    `json:"sign_in_again_at"`
	Turns     []turnJSON `json:"turns"`
}

type turnJSON struct {
	Generation int            `json:"generation"`
	Call       trace.CallID   `json:"call"`
	By         string         `json:"by"`
	At         *string        `json:"at"`
	With       *int           `json:"with"` // generation of the refresh token that was handed in
	Failed     bool           `json:"failed"`
	Spent      *float64       `json:"access_life_spent"` // of the access token before, 1 is all of it
	Tokens     []lineTokenDoc `json:"tokens"`
}

type lineTokenDoc struct {
	Kind       story.Kind `json:"kind"`
	Generation int        `json:"generation"`
	State      story.Life `json:"state"`
	Proved     bool       `json:"proved"`
	Known      string     `json:"known"`
	Cause      *string    `json:"possible_cause"`
	Uses       int        `json:"uses"`
	Refusals   int        `json:"refusals"`
	LastUsedAt *string    `json:"last_used_at"`
	LastUsedBy *string    `json:"last_used_by"`
}

type clockJSON struct {
	What   string        `json:"what"`
	Began  *string       `json:"began_at"`
	Ends   *string       `json:"ends_at"` // null: not told by the server
	Source *string       `json:"source"`
	State  story.Ticking `json:"state"`
	Left   seconds       `json:"left_s"`
	Usual  *string       `json:"usual"`
	Note   *string       `json:"note"`
}

type timeJSON struct {
	Skew     *skewJSON     `json:"server_skew"` // null: not measured
	Suspends []suspendJSON `json:"suspends"`
	Refresh  refreshJSON   `json:"next_refresh"`
}

type skewJSON struct {
	Offset seconds `json:"offset_s"` // the server's clock minus this machine's
	Error  seconds `json:"error_s"`  // give or take
	Seen   bool    `json:"seen"`
	At     *string `json:"at"`
}

type suspendJSON struct {
	At  *string `json:"at"`
	Gap seconds `json:"gap_s"` // positive: the clock on the wall went ahead
}

type refreshJSON struct {
	Mode trace.RefreshMode `json:"mode"`
	At   *string           `json:"at"`
	Why  string            `json:"why"`
}

// sessionsOf lays the lineage out.
func sessionsOf(s *story.Story, now time.Time) []sessionJSON {
	out := []sessionJSON{}
	for _, f := range s.Families() {
		j := sessionJSON{N: f.N, GrantID: text(f.GrantID), SID: text(f.SID), Tied: f.Tied, Refreshes: f.Refreshes, Failures: f.Failures, SignInAt: instant(f.SignInAt(now)), Turns: []turnJSON{}}
		if rotates, known := f.Rotates(); known {
			j.Rotates = &rotates
		}
		for _, t := range f.Turns {
			j.Turns = append(j.Turns, turnOf(t, now))
		}
		out = append(out, j)
	}
	return out
}

func turnOf(t *story.Turn, now time.Time) turnJSON {
	j := turnJSON{Generation: t.Generation, Call: t.Call.ID, By: t.By(), At: instant(t.At), Failed: t.Failed, Tokens: []lineTokenDoc{}}
	if t.With != nil {
		j.With = &t.With.Generation
	}
	if t.Refresh() && t.Spent > 0 {
		spent := float64(int64(t.Spent*1e4)) / 1e4
		j.Spent = &spent
	}
	for _, tok := range t.Tokens {
		f := tok.Fate(now)
		j.Tokens = append(j.Tokens, lineTokenDoc{tok.Kind, tok.Generation, f.State, f.Proved, f.Known, text(f.Cause), tok.Uses, tok.Refusals, instant(tok.LastUsedAt), text(tok.UsedBy())})
	}
	return j
}

func clocksOf(s *story.Story, now time.Time) []clockJSON {
	out := []clockJSON{}
	for _, c := range s.Clocks(now) {
		out = append(out, clockJSON{c.What, instant(c.Began), instant(c.Ends), text(c.Source), c.State, seconds(c.Left(now).Round(time.Millisecond)), text(c.Maybe), text(c.Note)})
	}
	return out
}

func timeOf(s *story.Story) timeJSON {
	out := timeJSON{Suspends: []suspendJSON{}}
	if k := s.Skew(); !k.At.IsZero() {
		out.Skew = &skewJSON{seconds(k.Offset.Round(time.Millisecond)), seconds(k.Error.Round(time.Millisecond)), k.Seen(), instant(k.At)}
	}
	for _, g := range s.Suspends() {
		out.Suspends = append(out.Suspends, suspendJSON{instant(g.At), seconds(g.Gap.Round(time.Millisecond))})
	}
	d := s.Due()
	out.Refresh = refreshJSON{d.Mode, instant(d.At), d.Why}
	if d.Mode == trace.ByHand {
		out.Refresh.Mode = "by_hand"
	}
	return out
}

// maxTurns is how many turns of a session a text lists: the first ones and the last; the JSON has all of them.
const maxTurns = 24

// lineage writes the family tree of each session.
func (p *page) lineage(s *story.Story) {
	for _, f := range s.Families() {
		p.blank()
		p.put(0, "Lineage"+ifMany(len(s.Families()) > 1, fmt.Sprintf(" of session %d", f.N)))
		switch {
		case f.Tied:
			p.para(2, 10, "tied by", "grant "+f.GrantID+", of the refresh token and of the ID token's sid")
		case f.GrantID != "":
			p.para(2, 10, "tied by", "grant "+f.GrantID+", of the ID token's sid")
		case f.SID != "":
			p.para(2, 10, "tied by", "sid "+f.SID)
		}
		left := len(f.Turns) - maxTurns
		for i, t := range f.Turns {
			if left > 0 && i >= maxTurns/2 && i < len(f.Turns)-maxTurns/2 {
				if i == maxTurns/2 {
					p.put(2, fmt.Sprintf("… %d more refreshes; the JSON has them", left))
				}
				continue
			}
			p.turn(t, s.End())
		}
	}
}

func ifMany(many bool, text string) string {
	if many {
		return text
	}
	return ""
}

func (p *page) turn(t *story.Turn, now time.Time) {
	head := fmt.Sprintf("%d  %s at %s", t.Generation, t.By(), t.At.UTC().Format("15:04:05 UTC"))
	if t.With != nil {
		head += fmt.Sprintf(", with refresh token #%d", t.With.Generation)
		if t.Kept != nil {
			head += ", which stays"
		}
	}
	if t.Failed {
		head = "✗" + head[1:] + ": brought nothing"
		if code, _ := t.Call.OAuthError(); code != "" {
			head += ", " + code
		}
	}
	p.line(2, head)
	var rows []entry
	for _, tok := range t.Tokens {
		f := tok.Fate(now)
		word := fateWords[f.State]
		if tok.Kind == story.RefreshToken && f.State == story.Replaced {
			word = "replaced"
		}
		rows = append(rows, entry{fateMarks[f.State], fmt.Sprintf("%s #%d", tok.Kind.Short(), tok.Generation), word, join("; ", f.Known, maybe(f.Cause))})
	}
	p.entries(7, rows)
}

func maybe(cause string) string {
	if cause == "" {
		return ""
	}
	return "possible: " + cause
}

var (
	fateMarks = map[story.Life]string{story.Live: "●", story.NotTold: "●", story.Replaced: "○", story.Expired: "✗", story.Dead: "✗"}
	fateWords = map[story.Life]string{story.Live: "lives", story.NotTold: "ready", story.Replaced: "older", story.Expired: "expired", story.Dead: "ended"}
)

// clocks writes what expires, and by whose clock.
func (p *page) clocks(s *story.Story) {
	now := s.End()
	all := s.Clocks(now)
	if len(all) == 0 {
		return
	}
	p.blank()
	p.put(0, "Clocks, as of "+now.UTC().Format("15:04:05 UTC"))
	var rows []entry
	for _, c := range all {
		rows = append(rows, clockEntry(c, now))
	}
	k := s.Skew()
	switch {
	case k.At.IsZero():
		rows = append(rows, entry{name: "the server's clock", value: "not measured"})
	default:
		word := "no difference seen"
		if k.Seen() {
			word = "it differs"
		}
		rows = append(rows, entry{name: "the server's clock", value: word, note: fmt.Sprintf("%+.1f s, give or take %.1f s", k.Offset.Seconds(), k.Error.Seconds())})
	}
	gaps := s.Suspends()
	for _, g := range gaps[max(0, len(gaps)-3):] {
		what := "the machine slept, or its clock was set forward"
		if g.Gap < 0 {
			what = "this machine's clock was set back"
		}
		rows = append(rows, entry{mark: "!", name: "noticed", value: fmt.Sprintf("before %s, by %s", g.At.UTC().Format("15:04:05 UTC"), story.Lifetime(g.Gap.Abs())), note: what})
	}
	d := s.Due()
	due := entry{name: "next refresh", value: "none", note: d.Why}
	if !d.Never {
		due.value = "due at " + d.At.UTC().Format("15:04:05 UTC")
	}
	p.entries(2, append(rows, due))
}

// timeOrDay writes an instant as a time, and one of another day with its date.
func timeOrDay(t, now time.Time) string {
	if t, now = t.UTC(), now.UTC(); t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04:05 UTC")
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

func clockEntry(c story.Clock, now time.Time) entry {
	e := entry{name: c.What, note: c.Note}
	if c.Own() {
		e.name += fmt.Sprintf(" #%d", c.Token.Generation)
	}
	switch c.State {
	case story.Running:
		e.value = fmt.Sprintf("%s left of %s", story.Lifetime(c.Left(now).Round(time.Second)), story.Lifetime(c.Life().Round(time.Second)))
		e.note = join("; ", "until "+timeOrDay(c.Ends, now)+" by "+c.Source, c.Note)
	case story.RunOut:
		e.mark, e.value = "✗", "expired at "+timeOrDay(c.Ends, now)
		e.note = join("; ", "by "+c.Source, c.Note)
	case story.Stopped:
		e.value = "ended"
		if c.Token == nil {
			e.value = "used"
		}
	case story.Untold:
		e.value, e.note = "not told by the server", join("; ", c.Note, c.Maybe)
	case story.Unset:
		e.value = "none"
	}
	return e
}
