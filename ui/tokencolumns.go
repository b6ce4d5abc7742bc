package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// tokenMode is how Tokens lays out what it shows.
type tokenMode int

const (
	byClaim      tokenMode = iota // one token as a tree
	byGeneration                  // its generations side by side
	byPlace                       // ID token, UserInfo and access token side by side
)

var tokenModes = []string{"the token", "its generations", "where each claim stands"}

// nextTokenMode lays the tokens out in the next way.
func (m *Model) nextTokenMode() tea.Cmd {
	m.tokenMode = (m.tokenMode + 1) % tokenMode(len(tokenModes))
	m.panes[tokensView] = pane{}
	return nil
}

func (m *Model) whyNotTokenMode() string {
	if m.view != tokensView {
		return "that is for the view Tokens"
	}
	return ""
}

// generation is one column of the view by generation: a token with its claims by name.
type generation struct {
	t      *story.Token
	claims map[string]*jwtview.Value
}

// placed is what the last table was made from, and the table.
type placed struct {
	run    *run
	folded int
	token  *story.Token
	table  story.ClaimTable
	gens   []generation
	names  []string
}

// generationsOf returns the generations of a kind of token, the newest last, at most n, and the claims of all.
func (m *Model) generationsOf(t *story.Token, n int) *placed {
	if p := &m.placed; p.run == m.cur && p.folded == m.cur.folded && p.token == t && len(p.gens) > 0 && len(p.gens) <= n {
		return p
	}
	m.placed = placed{run: m.cur, folded: m.cur.folded, token: t}
	p := &m.placed
	for g := t; g != nil && len(p.gens) < n; g = generationBefore(m.cur.story.Tokens(), g) {
		p.gens = append([]generation{{g, claimsByName(g)}}, p.gens...)
	}
	seen := map[string]bool{}
	for _, g := range p.gens {
		for _, c := range g.t.View.Claims.Members {
			if !seen[c.Name] && len(p.names) < maxDiffs {
				seen[c.Name] = true
				p.names = append(p.names, c.Name)
			}
		}
	}
	return p
}

func claimsByName(t *story.Token) map[string]*jwtview.Value {
	out := map[string]*jwtview.Value{}
	for i := range t.View.Claims.Members {
		if c := &t.View.Claims.Members[i]; out[c.Name] == nil {
			out[c.Name] = &c.Value
		}
	}
	return out
}

// fillGenerations lays the generations of the selected token side by side, up to the selected one.
func (m *Model) fillGenerations(s *sheet, k looked) {
	m.modeTitle(s)
	if k.token == nil {
		s.text(m.th.Dim, 0, "A pasted token stands alone. Choose one of the run.")
		return
	}
	fits := max(1, (s.w-18)/26)
	p := m.generationsOf(k.token, fits)
	if len(p.gens) == 1 && k.token.Generation == 1 {
		s.text(m.th.Text, 0, "There is one generation so far. A refresh makes the next: r.")
		s.gap()
	}
	width := min(46, (s.w-18)/len(p.gens))
	m.generationHead(s, p, width)
	if k.token.View.Format != jwtview.FormatJWT {
		s.gap()
		s.text(m.th.Dim, 2, "It is opaque, so there are no claims to compare.")
		return
	}
	m.generationClaims(s, p, width)
}

func (m *Model) generationHead(s *sheet, p *placed, width int) {
	rows := []struct {
		name string
		text func(*story.Token) (theme.Style, string)
	}{
		{"", func(t *story.Token) (theme.Style, string) { return m.th.Strong, looked{token: t}.title() }},
		{"issued", func(t *story.Token) (theme.Style, string) { return m.th.Text, clockTime(t.IssuedAt, m.now) }},
		{"by", func(t *story.Token) (theme.Style, string) {
			return m.th.Text, fmt.Sprintf("%s %d", trace.StageOf(t.Call.Stage).Title, t.Call.N)
		}},
		{"lifetime", func(t *story.Token) (theme.Style, string) {
			if t.ExpiresAt.IsZero() {
				return m.th.Dim, "not told"
			}
			return m.th.Text, story.Lifetime(t.Lifetime())
		}},
		{"state", func(t *story.Token) (theme.Style, string) { return m.lifeText(t) }},
	}
	for _, r := range rows {
		var c cells
		c.space(2)
		c.fit(m.th.Dim, r.name, 16)
		for i, g := range p.gens {
			c.to(18 + i*width)
			st, text := r.text(g.t)
			c.fit(st, safe.Line(text), width-2)
		}
		s.line(c.String())
	}
	s.gap()
}

// generationClaims draws the claims that change first, each change marked, and then those that stay.
func (m *Model) generationClaims(s *sheet, p *placed, width int) {
	var stay []string
	changed := 0
	for _, name := range p.names {
		if p.changes(name) {
			m.generationRow(s, p, name, width)
			changed++
		} else {
			stay = append(stay, name)
		}
	}
	if len(p.gens) > 1 && changed > 0 {
		s.gap()
		s.line("  " + m.th.Dim.Render(fmt.Sprintf("%s changed since the one before; %s the same in all:", theme.Differs, many(len(stay), "claim"))))
	}
	for _, name := range stay {
		m.generationRow(s, p, name, width)
	}
}

// changes reports whether a claim is not the same in all generations.
func (p *placed) changes(name string) bool {
	for i := 1; i < len(p.gens); i++ {
		if !same(p.gens[i-1].claims[name], p.gens[i].claims[name]) {
			return true
		}
	}
	return false
}

func same(a, b *jwtview.Value) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.String() == b.String()
}

func (m *Model) generationRow(s *sheet, p *placed, name string, width int) {
	last := p.gens[len(p.gens)-1].claims[name]
	it := item{name: name, path: "generation." + name, json: last}
	if last != nil {
		it.value = last.Text
	}
	selected, th := s.add(it)
	l := begin(th, selected)
	l.space(2)
	l.fit(th.Dim, safe.Line(name), 15)
	for i, g := range p.gens {
		l.to(18 + i*width)
		v := g.claims[name]
		differs := i > 0 && !same(p.gens[i-1].claims[name], v)
		mark, st := " ", th.Text
		if differs {
			mark, st = theme.Differs, th.Warn
		}
		l.put(th.Warn, mark)
		l.space(1)
		text := theme.Skipped
		if v != nil {
			text = safe.Line(preview(*v, 2*width))
		} else {
			st = th.Dim
		}
		l.fit(st, text, width-4)
	}
	l.to(s.w)
	s.itemLine(l.String())
	if m.expanded[it.path] {
		for _, g := range p.gens {
			if v := g.claims[name]; v != nil {
				m.unfolded(s, looked{token: g.t}.title(), valueText(*v))
			}
		}
	}
}

// unfolded writes a value out below its row, with a word before it.
func (m *Model) unfolded(s *sheet, label, text string) {
	for i, line := range safe.Wrap(safe.Line(clip(text, maxShown)), s.w-20) {
		var c cells
		c.space(4)
		if i == 0 {
			c.put(m.th.Dim, label)
		}
		c.to(20)
		c.put(m.th.Text, line)
		s.itemLine(c.String())
	}
}

// modeTitle says how the tokens are laid out, and what the other ways are.
func (m *Model) modeTitle(s *sheet) {
	var c cells
	c.put(m.th.Title, tokenModes[m.tokenMode])
	c.end(m.th.Dim, "w "+tokenModes[(int(m.tokenMode)+1)%len(tokenModes)], s.w)
	s.line(c.String())
	s.gap()
}

// claimTable is the table of claims of the run, made anew only when the run has grown.
func (m *Model) claimTable() *story.ClaimTable {
	if p := &m.placed; p.run != m.cur || p.folded != m.cur.folded || p.table.ID == "" {
		m.placed = placed{run: m.cur, folded: m.cur.folded, table: m.cur.story.Claims()}
	}
	return &m.placed.table
}

// places are the columns of the table of claims: where each begins, and how wide it is. One that is empty is narrow.
type places struct {
	name int
	at   [3]int
	w    [3]int
}

func layPlaces(t *story.ClaimTable, width int) places {
	p := places{name: min(26, width/5)}
	filled := [3]bool{}
	for _, r := range t.Rows {
		for i, v := range []*jwtview.Value{r.ID, r.UserInfo, r.Access} {
			filled[i] = filled[i] || v != nil
		}
	}
	n := 0
	for _, f := range filled {
		if f {
			n++
		}
	}
	const narrow = 14
	rest := width - p.name - 4
	at := p.name + 4
	for i, f := range filled {
		p.at[i], p.w[i] = at, narrow
		if f {
			p.w[i] = min(44, (rest-(3-n)*narrow)/max(1, n))
		} else if n == 0 {
			p.w[i] = rest / 3
		}
		at += p.w[i]
	}
	return p
}

// fillPlaces lays the ID token, UserInfo and the access token side by side: where each claim stands, and why.
func (m *Model) fillPlaces(s *sheet) {
	m.modeTitle(s)
	t := m.claimTable()
	p := layPlaces(t, s.w)
	head := func(st theme.Style, texts [3]string) {
		lines := [3][]string{}
		n := 0
		for i, text := range texts {
			lines[i] = safe.Wrap(safe.Line(text), p.w[i]-2)
			n = max(n, len(lines[i]))
		}
		for k := range n {
			var c cells
			for i := range lines {
				if k < len(lines[i]) {
					c.to(p.at[i])
					c.put(st, lines[i][k])
				}
			}
			s.line(c.String())
		}
	}
	head(m.th.Strong, [3]string{"ID token", "UserInfo", "access token"})
	head(m.th.Dim, [3]string{t.ID, t.UserInfo, t.Access})
	s.gap()
	for i := range t.Rows {
		m.placeRow(s, &t.Rows[i], p)
	}
	if t.More > 0 {
		s.text(m.th.Dim, 2, fmt.Sprintf("%s %d more claims", theme.More, t.More))
	}
}

// placeRow draws a claim in its three places; the selected one says why it stands there.
func (m *Model) placeRow(s *sheet, r *story.ClaimRow, p places) {
	it := item{name: r.Name, path: "place." + r.Name}
	for _, v := range []*jwtview.Value{r.Access, r.UserInfo, r.ID} {
		if v != nil {
			it.value, it.json = v.Text, v
		}
	}
	selected, th := s.add(it)
	l := begin(th, selected)
	l.space(2)
	l.fit(th.Dim, nameText(r.Name, p.name-1), p.name-1)
	l.to(p.name + 2)
	if r.Differ {
		l.put(th.Warn, theme.Differs)
	} else if r.Missing {
		l.put(th.Warn, theme.Finding)
	}
	for i, v := range []*jwtview.Value{r.ID, r.UserInfo, r.Access} {
		l.to(p.at[i])
		if v == nil {
			l.put(th.Dim, theme.Skipped)
			continue
		}
		st := th.Text
		if r.Differ {
			st = th.Warn
		}
		l.fit(st, safe.Line(preview(*v, 2*p.w[i])), p.w[i]-2)
	}
	l.to(s.w)
	s.itemLine(l.String())
	if selected || r.Differ || r.Missing || m.expanded[it.path] {
		m.placeWhy(s, r)
	}
}

func (m *Model) placeWhy(s *sheet, r *story.ClaimRow) {
	code := false
	for i, line := range safe.Wrap(safe.Text(r.Why+"."), s.w-12) {
		var c cells
		if i == 0 {
			c.space(6)
			c.put(m.th.Why, "why")
		}
		c.to(10)
		code = s.quoted(&c, m.th.Text, line, code)
		s.itemLine(c.String())
	}
	if r.Spec != "" {
		var c cells
		c.space(10)
		c.put(m.th.Dim, r.Spec)
		s.itemLine(c.String())
	}
}
