package ui

import (
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// tokenEntries lists every token by kind and generation, the newest last.
func (m *Model) tokenEntries() (out []entry) {
	tokens := m.cur.story.Tokens()
	m.token = max(0, min(m.token, len(tokens)-1))
	from := max(0, min(m.token-m.h/2, len(tokens)-m.h)) // a long session has more than a screen
	for i := from; i < len(tokens) && i < from+m.h; i++ {
		t := tokens[i]
		st, _ := m.lifeText(t)
		mark := theme.On
		switch t.Life(m.now) {
		case story.Dead, story.Expired:
			mark = theme.Failed
		case story.Replaced:
			mark = theme.Off
		}
		e := entry{mark: mark, markSt: st, title: fmt.Sprintf("%s token #%d", t.Kind.Short(), t.Generation), selected: i == m.token}
		if t.Life(m.now) == story.Live {
			e.right = clockText(t.Left(m.now))
		} else if t.Life(m.now) == story.Expired {
			e.right = "expired"
		}
		e.choose = func(m *Model) tea.Cmd {
			m.token, m.panes[tokensView], m.onMenu = i, pane{}, true
			return nil
		}
		out = append(out, e)
	}
	return out
}

// fillTokens shows the selected token: what it is, how long it lives, what it says, whether it
// holds.
func (m *Model) fillTokens(s *sheet) {
	tokens := m.cur.story.Tokens()
	if len(tokens) == 0 {
		s.text(m.th.Text, 0, "No tokens yet. They come with the stage Exchange.")
		return
	}
	t := tokens[max(0, min(m.token, len(tokens)-1))]
	m.tokenHead(s, t)
	m.tokenLife(s, t)
	m.tokenFindings(s, t)
	m.tokenSays(s, t)
	if cs := t.Checks(); len(cs) > 0 {
		s.gap()
		m.checkLines(s, cs, t.Call.Stage, t.Call.N)
	}
	m.tokenChanges(s, t)
}

func (m *Model) tokenHead(s *sheet, t *story.Token) {
	var c cells
	c.put(m.th.Title, fmt.Sprintf("%s token #%d", t.Kind.Short(), t.Generation))
	c.end(m.th.Dim, safe.Cut(safe.Line(t.Describe), s.w-c.w-2), s.w)
	s.line(c.String())
	c = cells{}
	c.put(m.th.Dim, "from ")
	c.put(m.th.Text, trace.StageOf(t.Call.Stage).Title)
	c.put(m.th.Dim, " at "+clockTime(t.IssuedAt, m.now))
	if t.GrantID != "" {
		c.put(m.th.Dim, "  grant "+safe.Cut(safe.Line(t.GrantID), 36))
	}
	s.line(c.String())
	s.gap()
	m.valueRow(s, t)
}

// valueRow is the token itself.
func (m *Model) valueRow(s *sheet, t *story.Token) {
	value := t.Value.Reveal()
	it := item{name: string(t.Kind), value: value, secret: string(t.Kind), kind: string(t.Kind), stage: t.Call.Stage, n: t.Call.N, call: t.Call.ID}
	selected, th := s.add(it)
	l := begin(th, selected)
	l.space(2)
	l.fit(th.Dim, "token", 12)
	text := safe.Line(trace.Mask(string(t.Kind), value))
	if m.shown(value) {
		text = safe.Line(value)
	}
	l.put(th.Value(string(t.Kind)), safe.Cut(text, s.w-l.w-1))
	l.to(s.w)
	s.itemLine(l.String())
	if m.expanded[it.id()] || m.shown(value) {
		for _, line := range safe.Wrap(text, s.w-14) {
			var c cells
			c.space(14)
			c.put(m.th.Value(string(t.Kind)), line)
			s.itemLine(c.String())
		}
	}
}

// tokenLife draws the clock of the token, and says where it comes from.
func (m *Model) tokenLife(s *sheet, t *story.Token) {
	var c cells
	c.space(2)
	c.fit(m.th.Dim, "life", 12)
	if !t.ExpiresAt.IsZero() {
		full, rest := theme.Bar(min(40, s.w-40), float64(t.Left(m.now))/float64(max(1, t.Lifetime())))
		if t.Life(m.now) == story.Dead {
			full, rest = "", full+rest
		}
		c.put(m.th.Value(string(t.Kind)), full)
		c.put(m.th.Faint, rest)
		c.space(1)
	}
	st, text := m.lifeText(t)
	c.put(st, safe.Cut(text, s.w-c.w))
	s.line(c.String())
	c = cells{}
	c.space(14)
	switch {
	case t.Source != "":
		c.put(m.th.Dim, safe.Cut(fmt.Sprintf("from %s: %s, until %s", t.Source, story.Lifetime(t.Lifetime().Round(time.Second)), clockTime(t.ExpiresAt, m.now)), s.w-14))
	case t.Kind == story.RefreshToken:
		c.put(m.th.Dim, safe.Cut("no field of the answer tells how long a refresh token lives", s.w-14))
	default:
		c.put(m.th.Dim, "nobody said when it expires")
	}
	s.line(c.String())
	s.gap()
}

// tokenFindings draws the findings that speak of the call which brought the token.
func (m *Model) tokenFindings(s *sheet, t *story.Token) {
	id := t.Call.Stage
	if t.Kind == story.IDToken && t.Call.Stage == trace.Exchange {
		id = trace.Verify
	}
	if t.Kind == story.RefreshToken && t.Call.Stage == trace.Exchange {
		return
	}
	m.whys(s, id, 0)
}

// tokenSays shows header and claims with their meanings.
func (m *Model) tokenSays(s *sheet, t *story.Token) {
	if t.View.Format != jwtview.FormatJWT {
		s.gap()
		s.text(m.th.Text, 2, m.opaque(t))
		return
	}
	s.gap()
	m.members(s, t, "header", t.View.Header.Members, jwtview.HeaderMeaning)
	s.gap()
	m.members(s, t, "claims", t.View.Claims.Members, jwtview.ClaimMeaning)
	for _, p := range t.View.Problems {
		s.text(m.th.Warn, 2, theme.Finding+" "+p)
	}
}

func (m *Model) opaque(t *story.Token) string {
	switch t.Kind {
	case story.RefreshToken:
		if t.GrantID != "" {
			return "GRANT.SECRET: the first part names the session at Authgear and stands in the ID token's sid; the second is the secret. Only the token endpoint takes it."
		}
		return "Only the token endpoint takes it (RFC 6749 §1.5)."
	case story.AccessToken:
		return "Opaque by design: a handle that only the tenant understands (RFC 6749 §1.4). Nothing is wrong. How long it lives stands in expires_in, whom it speaks of at UserInfo."
	}
	return "This is no JWT, so nothing of it can be read."
}

func (m *Model) members(s *sheet, t *story.Token, title string, members []jwtview.Member, meaning func(string) (string, string)) {
	s.title(title)
	rows := make([]story.Row, 0, len(members))
	for _, mem := range members[:min(len(members), 200)] {
		value := mem.Value.String()
		if mem.Value.Kind == jwtview.String {
			value = mem.Value.Text
		}
		note, _ := meaning(mem.Name)
		if n := t.View.ClaimNote(mem, m.now); n != "" && title == "claims" {
			note = n
		}
		rows = append(rows, story.Row{Name: mem.Name, Value: value, Note: note})
	}
	name, value := m.columns(s.w, []story.Section{{Rows: rows}})
	for i := range rows {
		m.rowLine(s, t.Call, &rows[i], name, value)
	}
}

// tokenChanges compares a token with the generation before it, claim by claim.
func (m *Model) tokenChanges(s *sheet, t *story.Token) {
	if t.Generation < 2 || t.View.Format != jwtview.FormatJWT {
		return
	}
	var before *story.Token
	for _, o := range slices.Backward(m.cur.story.Tokens()) {
		if o.Kind == t.Kind && o.Generation == t.Generation-1 {
			before = o
			break
		}
	}
	if before == nil {
		return
	}
	s.gap()
	s.title(fmt.Sprintf("changed since #%d", before.Generation))
	same := 0
	for _, name := range claimNames(before, t) {
		old, hadOld := before.View.Claims.Get(name)
		cur, hasNew := t.View.Claims.Get(name)
		if hadOld && hasNew && old.String() == cur.String() {
			same++
			continue
		}
		var c cells
		c.space(2)
		c.fit(m.th.Dim, safe.Line(name), 24)
		switch {
		case !hasNew:
			c.put(m.th.Warn, "gone")
			c.put(m.th.Dim, safe.Cut("  was "+safe.Line(old.String()), s.w-c.w))
		case !hadOld:
			c.put(m.th.OK, safe.Cut("new  "+safe.Line(cur.String()), s.w-c.w))
		default:
			c.put(m.th.Dim, safe.Cut(safe.Line(old.String()), 24)+" "+theme.Sent+" ")
			c.put(m.th.Text, safe.Cut(safe.Line(cur.String()), s.w-c.w))
		}
		s.line(c.String())
	}
	s.line("  " + m.th.Dim.Render(fmt.Sprintf("%d claims are the same", same)))
}

func claimNames(a, b *story.Token) (names []string) {
	for _, t := range []*story.Token{a, b} {
		for _, mem := range t.View.Claims.Members {
			if !slices.Contains(names, mem.Name) && len(names) < 200 {
				names = append(names, mem.Name)
			}
		}
	}
	return names
}
