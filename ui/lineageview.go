package ui

import (
	"fmt"

	"authscope/flow/story"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// fillLineage shows every token of the session as a family tree, a line each, and below it what is known of the selected one.
func (m *Model) fillLineage(s *sheet) {
	if m.noSession(s, "Lineage", "Every refresh token and access token of a session stands here, generation by generation: what brought it, what used it, how long it lives, and how its end is known.") {
		return
	}
	f := m.cur.story.Family()
	m.familyHead(s, f)
	m.dueLine(s)
	s.gap()
	lines := familyTree{m, m.cur.story.Lineage()}
	s.list = lines
	p := m.pane()
	if m.onMenu { // follow what grows
		p.sel, p.off = lines.count()-1, 1<<20
	}
	s.sel = max(0, min(p.sel, lines.count()-1))
	s.foot = m.lineFoot(s.w, lines.lines[s.sel])
}

// familyHead sums the newest session up in two lines.
func (m *Model) familyHead(s *sheet, f *story.Family) {
	var c cells
	c.put(m.th.Title, "Lineage")
	text := fmt.Sprintf("   %s, %s", count(f.Refreshes, "refresh", "refreshes"), count(f.Failures, "failure", "failures"))
	if rotates, known := f.Rotates(); known && rotates {
		text += "; refresh tokens rotate"
	} else if known {
		text += "; the refresh token stays the same"
	}
	c.put(m.th.Dim, text)
	s.line(c.String())
	c = cells{}
	c.fit(m.th.Dim, "tied by", 14)
	switch {
	case f.Untied:
		c.put(m.th.Warn, safe.Cut(theme.Finding+" the ID token's sid names another session than the refresh token "+safe.Line(f.GrantID), s.w-c.w))
	case f.Tied:
		c.put(m.th.Refresh, safe.Cut("grant "+safe.Line(f.GrantID), s.w-c.w))
		c.put(m.th.Dim, safe.Cut("  = ID token's sid", s.w-c.w))
	case f.GrantID != "":
		c.put(m.th.ID, safe.Cut("grant "+safe.Line(f.GrantID), s.w-c.w))
		c.put(m.th.Dim, safe.Cut("  by the sid of the ID token", s.w-c.w))
	case f.SID != "":
		c.put(m.th.ID, safe.Cut("sid "+safe.Line(f.SID), s.w-c.w))
	default:
		c.put(m.th.Dim, safe.Cut("no id that the tokens show: each follows from the request that brought it", s.w-c.w))
	}
	s.line(c.String())
}

func count(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// familyTree is the lineage as a list of a pane.
type familyTree struct {
	m     *Model
	lines []story.Line
}

func (t familyTree) height() int                    { return len(t.lines) }
func (t familyTree) count() int                     { return len(t.lines) }
func (t familyTree) itemOf(row int) int             { return row }
func (t familyTree) rowsOf(i int) (first, last int) { return i, i }

func (t familyTree) item(i int) item {
	switch l := t.lines[i]; {
	case l.Token != nil:
		tok := l.Token
		return item{name: looked{token: tok}.title(), path: fmt.Sprintf("line%d", i), value: tok.Value.Reveal(), secret: string(tok.Kind), kind: string(tok.Kind), stage: tok.Call.Stage, n: tok.Call.N, call: tok.Call.ID, generation: tok.Generation}
	case l.Turn != nil:
		return item{name: l.Turn.By(), path: fmt.Sprintf("line%d", i), stage: l.Turn.Call.Stage, n: l.Turn.Call.N, call: l.Turn.Call.ID}
	default:
		return item{name: fmt.Sprintf("session %d", l.Family.N), path: fmt.Sprintf("line%d", i), value: l.Family.GrantID}
	}
}

func (t familyTree) holds(i int, text string) bool { return contains(t.item(i).name, text) }

// row draws one line: a session's beginning, a turn, or a token below its turn.
func (t familyTree) row(m *Model, i, w int, selected bool) string {
	l := t.lines[i]
	th := m.th.Row(selected)
	c := begin(th, selected)
	switch {
	case l.Token != nil:
		last := i+1 >= len(t.lines) || t.lines[i+1].Token == nil
		m.tokenLine(&c, th, l.Token, last, w)
	case l.Turn != nil:
		m.turnLine(&c, th, l.Turn, w)
	default:
		c.put(th.Strong, fmt.Sprintf("session %d", l.Family.N))
		c.put(th.Dim, safe.Cut("   "+beginnings[l.Family.Login != nil], w-c.w))
	}
	c.to(w)
	return c.String()
}

var beginnings = map[bool]string{true: "a person signed in", false: "nobody signed in here"}

// turnLine is a request for tokens: the sign-in, or a refresh.
func (m *Model) turnLine(c *cells, th *theme.Theme, t *story.Turn, w int) {
	mark, st := theme.Repeat, th.Refresh
	if !t.Refresh() {
		mark, st = theme.On, th.OK
	}
	if t.Failed {
		mark, st = theme.Failed, th.Bad
	}
	c.put(st, mark+" ")
	if !t.Failed {
		c.put(th.Strong, fmt.Sprintf("%d", t.Generation))
	}
	c.to(max(5, c.w+1))
	c.fit(th.Text, safe.Line(t.By()), max(13, min(24, w/5)))
	c.put(th.Dim, clockTime(t.At, m.now))
	c.space(2)
	switch {
	case t.Failed:
		c.put(th.Bad, safe.Cut(m.failedWords(t), w-c.w))
		return
	case !t.Refresh():
		c.put(th.Dim, "the first tokens")
		return
	}
	text := ""
	if t.With != nil {
		text = fmt.Sprintf("with refresh #%d", t.With.Generation)
	}
	if t.Kept != nil {
		text += ", which stays"
	}
	if t.Spent >= 1 {
		text += "; the access token had expired"
	} else if t.Spent > 0 {
		text += fmt.Sprintf("; at %.0f %% of expires_in", t.Spent*100)
	}
	c.put(th.Dim, safe.Cut(text, w-c.w))
}

// spentWords says when a refresh came: how old the access token was.
func spentWords(part float64) string {
	if part >= 1 {
		return "after the access token had expired"
	}
	return fmt.Sprintf("at %.0f %% of the access token's life", part*100)
}

// failedWords says why a refresh brought nothing.
func (m *Model) failedWords(t *story.Turn) string {
	if code, desc := t.Call.OAuthError(); code != "" {
		return m.words(fmt.Sprintf("%d %s %s", t.Call.Response.Status, code, desc))
	}
	if t.Call.Response != nil && t.Call.Response.Status != 0 {
		return fmt.Sprintf("status %d, and no tokens", t.Call.Response.Status)
	}
	return "no answer: " + m.words(t.Call.Err)
}

// tokenLine is one token: how it stands, and what used it.
func (m *Model) tokenLine(c *cells, th *theme.Theme, t *story.Token, last bool, w int) {
	branch := theme.Tee
	if last {
		branch = theme.Corner
	}
	c.put(th.Faint, branch+theme.Line+" ")
	c.fit(th.Value(string(t.Kind)), fmt.Sprintf("%s #%d", t.Kind.Short(), t.Generation), 14)
	mark, st, text := m.fateWords(th, t)
	c.put(st, mark+" ")
	c.fit(st, text, max(24, min(34, w/3)))
	c.put(th.Dim, safe.Cut(useWords(t), w-c.w))
}

// fateWords says in a few words how a token stands. What no answer has proved carries a question mark.
func (m *Model) fateWords(th *theme.Theme, t *story.Token) (mark string, st theme.Style, text string) {
	f := t.Fate(m.now)
	switch f.State {
	case story.Dead:
		if !f.Proved {
			return theme.Failed, th.Warn, "revoked? not proved"
		}
		if t.RevokedBy != nil || t.Family != nil && f.Cause == "" {
			return theme.Failed, th.Bad, "revoked"
		}
		return theme.Failed, th.Bad, "refused"
	case story.Expired:
		st := th.Bad
		if t.Replaced != nil { // as every older one does: nothing to look at
			st = th.Dim
		}
		return theme.Failed, st, "expired " + clockTime(t.ExpiresAt, m.now)
	case story.Replaced:
		if t.Kind == story.RefreshToken {
			return theme.Off, th.Dim, fmt.Sprintf("replaced by #%d", t.Replaced.Generation)
		}
		if !t.ExpiresAt.IsZero() {
			return theme.Off, th.Dim, "older, lives " + clockText(t.Left(m.now))
		}
		return theme.Off, th.Dim, "older"
	}
	if !f.Proved && f.Cause != "" {
		return theme.Finding, th.Warn, "may have ended"
	}
	if f.State == story.NotTold {
		return theme.On, th.OK, "ready"
	}
	return theme.On, th.OK, "lives " + clockText(t.Left(m.now))
}

// useWords says how often a token was used, and by what last.
func useWords(t *story.Token) string {
	if t.Uses+t.Refusals == 0 {
		if t.Kind == story.IDToken {
			return ""
		}
		return "not used"
	}
	text := "used " + times(t.Uses)
	if t.Uses == 0 {
		text = "refused"
	}
	if t.Refusals > 0 && t.Uses > 0 {
		text += fmt.Sprintf(", refused %s", times(t.Refusals))
	}
	return text + ", last by " + safe.Line(t.UsedBy())
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func (m *Model) lineageRight() string {
	if f := m.cur.story.Family(); f != nil {
		return count(f.Refreshes, "refresh", "refreshes")
	}
	return ""
}
