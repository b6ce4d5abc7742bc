package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// pairs are the comparisons that can be seen: a login with offline_access beside one without it, and beside
// the third case, which Authgear's documentation names and its server refuses.
var pairs = []struct {
	title string
	want  func(trace.Settings) bool
	scope func(string) string
	about string
}{
	{"without offline_access", func(s trace.Settings) bool { return s.HasScope("openid") && !s.HasScope("offline_access") },
		func(s string) string { return without(s, "offline_access") },
		"Without a refresh token the client can only start a new authorization when the access token expires. With one it asks the token endpoint again, and the person notices nothing."},
	{"offline_access alone", func(s trace.Settings) bool { return !s.HasScope("openid") && s.HasScope("offline_access") },
		func(string) string { return "offline_access" },
		"Authgear's documentation says that scope=offline_access alone is enough. The server wants openid beside it, and answers invalid_scope."},
}

func without(scope, name string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(scope), func(s string) bool { return s == name }), " ")
}

// with adds what the left side of every comparison has.
func with(scope string) string {
	for _, name := range []string{"openid", "offline_access"} {
		if !slices.Contains(strings.Fields(scope), name) {
			scope = strings.TrimSpace(scope + " " + name)
		}
	}
	return scope
}

// sides finds the newest runs for the pair that is shown.
func (m *Model) sides() (a, b *run) {
	for i := len(m.runs) - 1; i >= 0; i-- {
		r := m.runs[i]
		s := r.settings()
		if !r.answered() {
			continue
		}
		if a == nil && s.HasScope("openid") && s.HasScope("offline_access") {
			a = r
		}
		if b == nil && pairs[m.pair].want(s) {
			b = r
		}
	}
	return a, b
}

func (m *Model) whyNotCompare() string {
	if m.opt.Opened != nil {
		return savedOnly
	}
	return m.whyNotRun()
}

// compare shows the comparison, and makes the runs that it needs where nobody has to sign in.
func (m *Model) compare() tea.Cmd {
	m.view, m.onMenu = compareView, false
	if m.target.Agent == nil {
		return nil
	}
	return m.comparePair()
}

// comparePair starts the next run that the shown pair lacks.
func (m *Model) comparePair() tea.Cmd {
	if m.whyNotRun() != "" || m.comparing() {
		return nil
	}
	a, b := m.sides()
	switch {
	case a == nil:
		return m.sideRun(with(m.cfg.Scope))
	case b == nil:
		return m.sideRun(pairs[m.pair].scope(with(m.cfg.Scope)))
	}
	return nil
}

// sideRun makes a run with another scope for the comparison: by itself on the embedded tenant,
// with a person's sign-in elsewhere.
func (m *Model) sideRun(scope string) tea.Cmd {
	if m.cur.cancel != nil { // a run that stands half-way would keep the redirect URI
		m.cur.close()
	}
	before := m.cfg.Scope
	m.cfg.Scope = scope
	r := m.newRun()
	m.cfg.Scope = before
	g := newGate()
	if m.target.Agent == nil {
		m.cur, m.view, m.onMenu = r, flowView, true
		m.stage, m.followed = trace.Authorize, trace.Discover
		m.panes[flowView] = pane{}
		g.back = true
		m.toast = "sign in for the second run; 4 shows the comparison then"
		return m.walk(r, flow.Login, g)
	}
	g.choose("agent")
	g.all, r.silent = true, true
	return m.walk(r, flow.Login, g)
}

// comparing reports whether a run for the comparison is under way.
func (m *Model) comparing() bool {
	return slices.ContainsFunc(m.runs, func(r *run) bool { return r.silent && r.cancel != nil })
}

// afterRun goes on with a comparison when one of its runs has ended.
func (m *Model) afterRun(r *run) tea.Cmd {
	if !r.silent {
		return nil
	}
	if r.session != nil {
		r.session.Close()
	}
	if !m.cur.answered() {
		m.cur = r
	}
	return m.comparePair()
}

// pairOffer says what enter will do in the comparison.
func (m *Model) pairOffer() string {
	if m.whyNotRun() != "" || m.comparing() {
		return ""
	}
	a, b := m.sides()
	switch {
	case a == nil:
		return "run with offline_access"
	case b == nil:
		return "run " + pairs[m.pair].title
	}
	return ""
}

// fillCompare lays two runs side by side: the differences first.
func (m *Model) fillCompare(s *sheet) {
	a, b := m.sides()
	p := pairs[m.pair]
	if a == nil || b == nil {
		m.compareMissing(s, a, b)
		return
	}
	c := story.Compare(&a.story, &b.story)
	m.compareHead(s, a, b)
	for _, sec := range c.Sections {
		m.compareSection(s, sec)
	}
	m.timeLine(s, a, b)
	s.gap()
	s.labelled("why", m.th.Why, m.th.Text, p.about)
	s.labelled("", m.th.Dim, m.th.Dim, "RFC 6749 §1.5, §6 · OpenID Connect Core §11")
	for _, f := range b.findings {
		if f.Severity == jwtview.Error {
			s.gap()
			m.finding(s, f)
		}
	}
}

func (m *Model) compareMissing(s *sheet, a, b *run) {
	s.title("two runs side by side: with offline_access, and " + pairs[m.pair].title)
	s.gap()
	line := func(have bool, text string) {
		mark, st := theme.Pending, m.th.Dim
		if have {
			mark, st = theme.Passed, m.th.OK
		}
		s.line("  " + st.Render(mark) + " " + m.th.Text.Render(text))
	}
	line(a != nil, "a run with openid and offline_access")
	line(b != nil, "a run "+pairs[m.pair].title)
	s.gap()
	switch {
	case m.opt.Opened != nil:
		s.text(m.th.Dim, 0, "A saved session holds one run. authscope run --compare-scope makes two.")
	case m.comparing():
		s.text(m.th.Active, 0, "running…")
	case m.target == nil:
		s.text(m.th.Dim, 0, "The tenant is still starting.")
	default:
		s.text(m.th.Text, 0, "Press enter to make the run that is missing.")
	}
}

// half is where the right side begins.
func half(w int) int { return 18 + (w-18)/2 }

func (m *Model) compareHead(s *sheet, a, b *run) {
	var c cells
	c.to(18)
	c.fit(m.th.Strong, fmt.Sprintf("#%d with offline_access", a.n), half(s.w)-20)
	c.to(half(s.w))
	c.put(m.th.Strong, safe.Cut(fmt.Sprintf("#%d %s", b.n, pairs[m.pair].title), s.w-c.w))
	s.line(c.String())
	s.gap()
}

// compareSection draws the rows that differ, and counts the others.
func (m *Model) compareSection(s *sheet, sec story.DiffSection) {
	if left, right := sec.OneSided(); left || right {
		m.oneSided(s, sec, left)
		return
	}
	var differ, fresh, same int
	for _, r := range sec.Rows {
		switch {
		case r.Fresh:
			fresh++
		case r.Same:
			same++
		default:
			differ++
		}
	}
	var c cells
	c.put(m.th.Title, sec.Title)
	if differ == 0 {
		c.put(m.th.Dim, "  no difference")
	} else if differ == 1 {
		c.put(m.th.Warn, "  one difference")
	} else {
		c.put(m.th.Warn, fmt.Sprintf("  %d differences", differ))
	}
	s.line(c.String())
	all := m.expanded["fresh"] || sec.Title == "token response"
	for _, r := range sec.Rows {
		if !r.Same && !r.Fresh || all {
			m.diffLine(s, r)
		}
	}
	if !all && fresh+same > 0 {
		text := fmt.Sprintf("%d equal", same)
		if fresh > 0 {
			text += fmt.Sprintf(", %d fresh by design: %s", fresh, freshNames(sec))
		}
		s.line("  " + m.th.Dim.Render(safe.Cut(text+" (space shows them)", s.w-2)))
	}
	s.gap()
}

// oneSided says in a line that only one of the runs came so far.
func (m *Model) oneSided(s *sheet, sec story.DiffSection, left bool) {
	var c cells
	c.put(m.th.Title, sec.Title)
	c.to(18)
	there, missing := fmt.Sprintf("%d members", len(sec.Rows)), theme.Failed+" none: the run did not come so far"
	if left {
		c.put(m.th.Text, there)
		c.to(half(s.w))
		c.put(m.th.Warn, safe.Cut(missing, s.w-c.w))
	} else {
		c.put(m.th.Warn, safe.Cut(missing, half(s.w)-20))
		c.to(half(s.w))
		c.put(m.th.Text, there)
	}
	s.line(c.String())
	s.gap()
}

func freshNames(sec story.DiffSection) string {
	var names []string
	for _, r := range sec.Rows {
		if r.Fresh {
			names = append(names, r.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (m *Model) diffLine(s *sheet, r story.DiffRow) {
	differs := !r.Same && !r.Fresh
	var c cells
	c.space(1)
	mark := " "
	if differs {
		mark = theme.Differs
	}
	c.put(m.th.Warn, mark)
	c.space(1)
	c.fit(m.th.Dim, safe.Line(r.Name), 14)
	c.to(18)
	m.diffSide(&c, r.A, r.B, half(s.w)-20, differs)
	c.to(half(s.w) - 2)
	c.put(m.th.Faint, theme.Vertical)
	c.space(1)
	m.diffSide(&c, r.B, r.A, s.w-half(s.w), differs)
	s.line(c.String())
}

// diffSide draws one side; of a list it lifts out what the other side lacks.
func (m *Model) diffSide(c *cells, r, other *story.Row, width int, differs bool) {
	switch {
	case r == nil, r.Absent:
		if other != nil && !other.Absent {
			c.put(m.th.Warn, theme.Failed+" not there")
			return
		}
		c.put(m.th.Dim, "not there")
		return
	}
	if r.List && other != nil && differs {
		for i, word := range strings.Fields(r.Value) {
			st := m.th.Text
			if !slices.Contains(strings.Fields(other.Value), word) {
				st = m.th.Refresh
			}
			if i > 0 {
				c.space(1)
			}
			c.put(st, safe.Cut(safe.Line(word), width))
		}
		return
	}
	st := m.th.Text
	if r.Kind != "" {
		st = m.th.Value(r.Kind)
	} else if differs {
		st = m.th.Strong
	}
	text := safe.Cut(m.visible(r), width)
	c.put(st, text)
	short := r.Short
	if short == "" && r.Note != "" && differs {
		short = r.Note
	}
	if room := width - safe.Width(text) - 2; short != "" && room > 8 {
		c.put(m.th.Dim, "  "+safe.Cut(safe.Line(short), room))
	}
}

// timeLine draws both sessions past the first expiry, on one axis.
func (m *Model) timeLine(s *sheet, a, b *run) {
	at := a.story.Newest(story.AccessToken)
	if at == nil {
		at = b.story.Newest(story.AccessToken)
	}
	if at == nil || at.Lifetime() <= 0 {
		return
	}
	from := firstIssue(a, b)
	until := from.Add(at.Lifetime()*3 - at.Lifetime()/5)
	ax := axis{from: from, until: until, left: 18, width: s.w - 20}
	var c cells
	c.put(m.th.Title, "time line")
	c.to(ax.left)
	c.put(m.th.Dim, clockTime(from, m.now))
	for i := 1; i < 3; i++ {
		if col := ax.col(from.Add(time.Duration(i) * at.Lifetime())); col > c.w+2 {
			c.to(col)
			c.put(m.th.Dim, "+"+story.Lifetime(time.Duration(i)*at.Lifetime()))
		}
	}
	s.line(c.String())
	m.lanes(s, ax, "with", a)
	m.lanes(s, ax, "without", b)
	var now cells
	if col := ax.col(m.now); !m.now.Before(from) && m.now.Before(until) {
		now.to(col)
		now.put(m.th.Active, theme.Now+" now")
		s.line(now.String())
	}
}

func firstIssue(rs ...*run) (first time.Time) {
	for _, r := range rs {
		if t := r.story.Tokens(); len(t) > 0 && (first.IsZero() || t[0].IssuedAt.After(first)) {
			first = t[0].IssuedAt
		}
	}
	return first
}

// axis maps instants to columns.
type axis struct {
	from, until time.Time
	left, width int
}

func (a axis) col(t time.Time) int {
	part := float64(t.Sub(a.from)) / float64(a.until.Sub(a.from))
	return a.left + int(max(0, min(part, 1))*float64(a.width))
}

func (m *Model) lanes(s *sheet, ax axis, label string, r *run) {
	if m.pair == 1 && label == "without" {
		label = "alone"
	}
	lanes := r.story.TimeLine(ax.until)
	if len(r.story.Tokens()) == 0 {
		var c cells
		c.put(m.th.Text, label)
		c.to(ax.left)
		c.put(m.th.Bad, theme.Failed+" no tokens at all")
		s.line(c.String())
		return
	}
	for _, l := range lanes {
		if len(l.Bars) == 0 {
			continue
		}
		var c cells
		if l.Kind == story.AccessToken {
			c.put(m.th.Text, label)
		} else {
			c.put(m.th.Dim, "  id token")
		}
		m.lane(&c, ax, l)
		s.line(c.String())
	}
}

// lane draws bars and marks from left to right; a mark takes the cell at its place.
func (m *Model) lane(c *cells, ax axis, l story.Lane) {
	st := m.th.Value(string(l.Kind))
	marks := map[int]story.Mark{}
	for _, mk := range l.Marks {
		if !mk.At.After(ax.until) {
			marks[ax.col(mk.At)] = mk
		}
	}
	for _, b := range l.Bars {
		from, to := ax.col(b.From), ax.col(b.To)
		for col := max(from, c.w); col < to; col++ {
			c.to(col)
			if mk, ok := marks[col]; ok && mk.What == "refresh" {
				c.put(m.th.Refresh, theme.Repeat)
				continue
			}
			if b.Foreseen {
				c.put(st, theme.Line)
			} else {
				c.put(st, theme.Filled)
			}
		}
	}
	for _, mk := range l.Marks {
		if mk.What == "sign in again" && !mk.At.After(ax.until) {
			c.to(max(c.w, ax.col(mk.At)))
			c.put(m.th.Bad, theme.Failed+" sign in again")
		}
	}
}
