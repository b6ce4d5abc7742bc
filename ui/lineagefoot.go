package ui

import (
	"fmt"
	"strings"

	"authscope/flow/story"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// footHeight is how many rows the foot of the lineage takes, with the rule above it, unless there is more to say.
const footHeight = 7

// lineFoot says all that is known of the selected line.
func (m *Model) lineFoot(w int, l story.Line) []string {
	s := &sheet{th: m.th, w: w, m: m}
	s.line(m.th.Faint.Render(theme.Rule(w)))
	switch {
	case l.Token != nil:
		m.tokenFoot(s, l.Token)
	case l.Turn != nil:
		m.turnFoot(s, l.Turn)
	default:
		s.text(m.th.Text, 0, "A session begins: all below it came of this sign-in, or of a refresh with its refresh token.")
	}
	h := min(footHeight, m.bodyHeight()/3)
	return s.footOf(max(h, min(len(s.rows), m.bodyHeight()*2/5)))
}

// footOf is the sheet as the foot of a pane, always h rows of it, so that what stands above does not jump.
func (s *sheet) footOf(h int) []string {
	out := make([]string, h)
	for i := range min(h, len(s.rows)) {
		out[i] = s.rows[i].text
	}
	return out
}

func (m *Model) tokenFoot(s *sheet, t *story.Token) {
	f := t.Fate(m.now)
	var c cells
	c.put(m.th.Value(string(t.Kind)), looked{token: t}.title())
	c.put(m.th.Dim, safe.Cut("  "+safe.Line(t.Describe)+"; 2 reads it, y copies it", s.w-c.w))
	s.line(c.String())
	life := "not told how long it lives"
	if !t.ExpiresAt.IsZero() {
		life = fmt.Sprintf("lives %s by %s, until %s", story.Lifetime(roundSecond(t.Lifetime())), t.Source, clockTime(t.ExpiresAt, m.now))
	}
	by := t.Turn.By()
	if t.Call.ID != 0 {
		by += fmt.Sprintf(", call %d", t.Call.ID)
	}
	if value := t.Value.Reveal(); m.shown(value) {
		s.note("token", safe.Cut(safe.Line(clip(value, maxShown)), 2*(s.w-6)))
	}
	s.note("came", fmt.Sprintf("at %s by %s; %s", clockTime(t.IssuedAt, m.now), by, life))
	use := strings.TrimPrefix(useWords(t), "used ")
	if t.LastUse != nil {
		use += ", at " + clockTime(t.LastUse.DoneAt, m.now)
	}
	s.note("known", m.words(f.Known))
	s.note("maybe", m.words(f.Cause))
	s.note("used", use) // last: where there is no room for all, the line of the token says it too
}

func (m *Model) turnFoot(s *sheet, t *story.Turn) {
	var c cells
	c.put(m.th.Strong, safe.Line(t.By()))
	if t.Call.ID != 0 {
		c.put(m.th.Dim, safe.Cut(fmt.Sprintf("  call %d, %s; 6 shows its bytes", t.Call.ID, took(t.Call.Duration())), s.w-c.w))
	}
	s.line(c.String())
	switch {
	case t.Failed:
		s.note("came", "nothing: "+m.failedWords(t))
	case !t.Refresh():
		s.note("came", "the first tokens of the session")
	default:
		s.note("came", fmt.Sprintf("generation %d, %s", t.Generation, orNone(spentOrNone(t))))
	}
	switch {
	case t.With != nil && t.Kept != nil:
		s.note("with", fmt.Sprintf("refresh token #%d, which goes on: the answer brought no other one (RFC 6749 §6)", t.With.Generation))
	case t.With != nil && !t.Failed:
		s.note("with", fmt.Sprintf("refresh token #%d, in whose place the answer brought a new one: it was rotated", t.With.Generation))
	case t.With != nil:
		s.note("with", fmt.Sprintf("refresh token #%d", t.With.Generation))
	}
}

func spentOrNone(t *story.Turn) string {
	if t.Spent <= 0 {
		return ""
	}
	return spentWords(t.Spent)
}

// note appends a word and a sentence beside it, wrapped.
func (s *sheet) note(label, text string) {
	if text != "" {
		s.labelled(label, s.th.Dim, s.th.Text, text)
	}
}
