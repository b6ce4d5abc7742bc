package ui

import (
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// looked is the token that is looked at: one of the run, or one that was pasted.
type looked struct {
	token *story.Token
	paste *foreign
}

func (k looked) none() bool { return k.token == nil && k.paste == nil }

func (k looked) view() jwtview.Token {
	if k.token != nil {
		return k.token.View
	}
	return k.paste.in.Token
}

func (k looked) checks() []jwtview.Check {
	if k.token != nil {
		return k.token.Checks()
	}
	return k.paste.checks
}

// keys are those that its signature was held against.
func (k looked) keys(m *Model) jwtview.Keys {
	if k.paste != nil {
		return k.paste.keys
	}
	keys, _ := m.cur.story.Keys()
	return keys
}

// judged counts the judgements of a pasted token: each may change its checks.
func (k looked) judged() int {
	if k.paste != nil {
		return k.paste.judged
	}
	return 0
}

func (k looked) title() string {
	if k.token != nil && k.token.Kind == story.IDToken {
		return fmt.Sprintf("ID token #%d", k.token.Generation)
	}
	if k.token != nil {
		return fmt.Sprintf("%s token #%d", k.token.Kind.Short(), k.token.Generation)
	}
	return fmt.Sprintf("pasted #%d", k.paste.n)
}

// looked returns the selected token.
func (m *Model) looked() looked {
	tokens := m.cur.story.Tokens()
	m.token = max(0, min(m.token, len(tokens)+len(m.foreign)-1))
	switch {
	case m.token < len(tokens):
		return looked{token: tokens[m.token]}
	case m.token-len(tokens) < len(m.foreign):
		return looked{paste: m.foreign[m.token-len(tokens)]}
	}
	return looked{}
}

// tokenEntries lists every token by kind and generation, the newest last, and what was pasted.
func (m *Model) tokenEntries() (out []entry) {
	tokens := m.cur.story.Tokens()
	all := len(tokens) + len(m.foreign)
	m.token = max(0, min(m.token, all-1))
	from := max(0, min(m.token-m.h/2, all-m.h)) // a long session has more than a screen
	for i := from; i < all && i < from+m.h; i++ {
		var e entry
		if i < len(tokens) {
			e = m.tokenEntry(tokens[i])
		} else {
			f := m.foreign[i-len(tokens)]
			e = entry{mark: theme.Received, markSt: m.th.Dim, title: fmt.Sprintf("pasted #%d", f.n), right: safe.Cut(f.short(), 14)}
		}
		e.selected = i == m.token
		e.choose = func(m *Model) tea.Cmd {
			m.token, m.panes[tokensView], m.onMenu = i, pane{}, true
			return nil
		}
		out = append(out, e)
	}
	return out
}

func (m *Model) tokenEntry(t *story.Token) entry {
	st, _ := m.lifeText(t)
	mark := theme.On
	life := t.Life(m.now)
	switch life {
	case story.Dead, story.Expired:
		mark = theme.Failed
	case story.Replaced:
		mark = theme.Off
	}
	e := entry{mark: mark, markSt: st, title: looked{token: t}.title(), found: m.cur.why.tokens[tokenID{t.Kind, t.Generation}]}
	switch life {
	case story.Live:
		e.right = clockText(t.Left(m.now))
	case story.Expired:
		e.right = "expired"
	}
	return e
}

// fillTokens shows the selected token: what it is, how long it lives, what it says, whether it
// holds.
func (m *Model) fillTokens(s *sheet) {
	k := m.looked()
	if k.none() {
		s.text(m.th.Text, 0, "No tokens yet. They come with the stage Exchange.")
		s.gap()
		s.text(m.th.Dim, 0, "p pastes a token from elsewhere, to read it here.")
		return
	}
	switch m.tokenMode {
	case byGeneration:
		m.fillGenerations(s, k)
		return
	case byPlace:
		m.fillPlaces(s)
		return
	}
	beside := s.w >= besideFrom && len(k.checks()) > 0
	whole := s.w
	if beside {
		s.w -= besideWidth
	}
	m.tokenHead(s, k)
	m.tokenLife(s, k)
	m.tokenFindings(s, k)
	s.gap()
	s.list = m.plant(k, s.w, beside)
	if beside {
		s.beside = m.besideChecks(k, besideWidth-4, whole)
	}
}

// Sizes of the column of checks beside a token.
const (
	besideFrom  = 120
	besideWidth = 52
)

// tokenHead says what the token is, where it came from, and how that is known.
func (m *Model) tokenHead(s *sheet, k looked) {
	var c cells
	c.put(m.th.Title, k.title())
	if k.paste != nil {
		c.end(m.th.Dim, "pasted at "+clockTime(k.paste.at, m.now), s.w)
		s.line(c.String())
		m.foreignHead(s, k.paste)
		return
	}
	t := k.token
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
	m.valueRow(s, item{name: string(t.Kind), path: "token", value: t.Value.Reveal(), secret: string(t.Kind), kind: string(t.Kind), stage: t.Call.Stage, n: t.Call.N, call: t.Call.ID})
}

// valueRow is the token itself.
func (m *Model) valueRow(s *sheet, it item) {
	selected, th := s.add(it)
	l := begin(th, selected)
	l.space(2)
	l.fit(th.Dim, "token", 12)
	shown := m.shown(it.value)
	text := safe.Line(trace.Mask(it.secret, it.value))
	if shown {
		text = safe.Line(clip(it.value, maxShown))
	}
	l.put(th.Value(it.kind), safe.Cut(text, s.w-l.w-1))
	l.to(s.w)
	s.itemLine(l.String())
	if m.expanded[it.id()] || shown {
		for _, line := range safe.Wrap(text, s.w-14) {
			var c cells
			c.space(14)
			c.put(m.th.Value(it.kind), line)
			s.itemLine(c.String())
		}
		if shown && len(it.value) > maxShown {
			s.text(m.th.Dim, 14, fmt.Sprintf("%s the first %d of %d bytes; y copies all", theme.More, maxShown, len(it.value)))
		}
	}
}

// tokenLife draws the clock of the token, and says where it comes from.
func (m *Model) tokenLife(s *sheet, k looked) {
	if k.paste != nil {
		m.foreignLife(s, k.paste)
		return
	}
	t := k.token
	st, text := m.lifeText(t)
	left := float64(t.Left(m.now)) / float64(max(1, t.Lifetime()))
	if t.Life(m.now) == story.Dead {
		left = 0
	}
	from := "nobody said when it expires"
	switch {
	case t.Source != "":
		from = fmt.Sprintf("from %s: %s, until %s", t.Source, story.Lifetime(t.Lifetime().Round(time.Second)), clockTime(t.ExpiresAt, m.now))
	case t.Kind == story.RefreshToken:
		from = "no field of the answer tells how long a refresh token lives"
	}
	m.lifeLines(s, string(t.Kind), !t.ExpiresAt.IsZero(), left, st, text, from)
}

// lifeLines draws a bar with what is left, and where that is known from.
func (m *Model) lifeLines(s *sheet, kind string, bar bool, left float64, st theme.Style, text, from string) {
	var c cells
	c.space(2)
	c.fit(m.th.Dim, "life", 12)
	if bar {
		full, rest := theme.Bar(max(4, min(40, s.w-40)), left)
		c.put(m.th.Value(kind), full)
		c.put(m.th.Faint, rest)
		c.space(1)
	}
	c.put(st, safe.Cut(text, s.w-c.w))
	s.line(c.String())
	c = cells{}
	c.space(14)
	c.put(m.th.Dim, safe.Cut(from, s.w-14))
	s.line(c.String())
	s.gap()
}

// tokenFindings draws the findings that speak of the call which brought the token, and what is odd about the token
// whoever reads it.
func (m *Model) tokenFindings(s *sheet, k looked) {
	if k.paste != nil {
		for _, f := range k.paste.lints { // what they say stands below the claims
			m.findingTitle(s, diagnose.Finding{Finding: f})
		}
		m.advice(s, k.paste.in.Advice)
		return
	}
	t := k.token
	if t.View.Format != jwtview.FormatJWT {
		m.advice(s, m.adviceOf(t))
	}
	for _, p := range t.View.Problems {
		s.text(m.th.Warn, 2, theme.Finding+" "+p)
	}
}

// adviceOf says of an opaque token of the run what a JWT would say itself. A redacted one is known by its kind only.
func (m *Model) adviceOf(t *story.Token) jwtview.Advice {
	if t.Alias() == "" {
		if a := jwtview.Inspect(clip(t.Value.Reveal(), 64<<10)).Advice; a.Lifetime != "" && t.Kind == story.RefreshToken == (t.GrantID != "") {
			return a
		}
	}
	switch t.Kind {
	case story.RefreshToken:
		return jwtview.Advice{Content: "Only the token endpoint takes it, and only the tenant knows what it stands for (RFC 6749 §1.5)."}
	case story.AccessToken:
		return jwtview.Advice{
			Lifetime: "expires_in of the answer that brought it, counted from its arrival (RFC 6749 §5.1).",
			Content:  "Opaque by design: a handle that only the tenant understands (RFC 6749 §1.4). Nothing is wrong. UserInfo tells whom it speaks of.",
		}
	}
	return jwtview.Advice{Content: "This is no JWT, so nothing of it can be read."}
}

// advice says of what is no JWT where its lifetime and its content are to be found, and how to get a JWT instead.
func (m *Model) advice(s *sheet, a jwtview.Advice) {
	for _, l := range []struct{ label, text string }{{"lifetime", a.Lifetime}, {"content", a.Content}, {"as a JWT", a.JWT}} {
		if l.text == "" {
			continue
		}
		for i, line := range safe.Wrap(safe.Text(l.text), s.w-14) {
			var c cells
			c.space(2)
			if i == 0 {
				c.put(m.th.Dim, l.label)
			}
			c.to(14)
			c.put(m.th.Text, line)
			s.line(c.String())
		}
	}
}

// besideChecks is the column of checks at the right of a token: a line each, and of one that failed, both values.
func (m *Model) besideChecks(k looked, w, whole int) []string {
	s := &sheet{th: m.th, w: w, m: m}
	cs := k.checks()
	text, st := tally(cs)
	var c cells
	c.put(m.th.Title, "checks")
	c.space(2)
	c.put(roleOf(m.th, st), safe.Cut(text, w-c.w))
	s.line(c.String())
	s.line("")
	name := 10
	for _, c := range cs {
		name = max(name, min(safe.Width(safe.Line(c.ID))+1, 16))
	}
	for _, c := range cs {
		m.besideCheck(s, c, name)
	}
	h := m.bodyHeight()
	for len(s.rows) < h {
		s.line("")
	}
	out := make([]string, 0, h)
	for _, r := range s.rows[:h] {
		out = append(out, r.text)
	}
	if more := len(s.rows) - h; more > 0 {
		out[h-1] = m.th.Dim.Render(fmt.Sprintf("%s %d more on a narrower screen", theme.Down, more+1))
	}
	return out
}

func (m *Model) besideCheck(s *sheet, c jwtview.Check, name int) {
	mark, st := m.checkMark(m.th, c.Status)
	var l cells
	l.put(st, mark)
	l.space(1)
	l.fit(m.th.Text, safe.Line(c.ID), name)
	got, gs := c.Got, m.th.Dim
	if c.Status == jwtview.NotApplicable {
		got = c.Detail
	}
	if c.Status == jwtview.Failed {
		gs = m.th.Bad
	}
	l.put(gs, safe.Cut(safe.Line(got), s.w-l.w))
	s.line(l.String())
	if c.Status == jwtview.Failed {
		s.text(m.th.Dim, 2, "expected "+c.Want)
		s.text(m.th.Text, 2, c.Detail)
		s.text(m.th.Dim, 2, c.Spec)
	}
}
