package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// foreign is a token that came from elsewhere and was pasted. It is in no trace and is saved nowhere.
type foreign struct {
	n      int
	at     time.Time
	in     jwtview.Inspection
	lints  []jwtview.Finding
	run    *run // whose keys it was held against
	folded int  // how much of its trace had been read then
	checks []jwtview.Check
	keys   jwtview.Keys
	why    string // which keys, or why none
	next   time.Time
	judged int
}

// maxForeign is how many pasted tokens are kept.
const maxForeign = 16

// inspected is a pasted token that has been read.
type inspected struct{ in jwtview.Inspection }

// short names a pasted token in a word or two.
func (f *foreign) short() string {
	if r := f.in.Role.String(); r != "" {
		return r
	}
	return f.in.Shape.String()
}

// kind is what travels: the colour of the token.
func (f *foreign) kind() string {
	switch f.in.Role {
	case jwtview.RoleIDToken, jwtview.RoleLogoutToken, jwtview.RoleUserInfo:
		return string(story.IDToken)
	case jwtview.RoleRefreshToken:
		return string(story.RefreshToken)
	}
	return string(story.AccessToken)
}

// read inspects pasted text beside the screen: a megabyte takes its time.
func (m *Model) read(text string) tea.Cmd {
	if strings.TrimSpace(text) == "" {
		m.toast = "nothing was pasted"
		return nil
	}
	return func() tea.Msg { return inspected{jwtview.Inspect(text)} }
}

// lookAt adds a token that was pasted, and shows it.
func (m *Model) lookAt(in jwtview.Inspection) {
	m.pastes++
	f := &foreign{n: m.pastes, at: m.now, in: in}
	m.foreign = append(m.foreign, f)
	if len(m.foreign) > maxForeign {
		m.foreign = m.foreign[1:]
	}
	m.token = len(m.cur.story.Tokens()) + len(m.foreign) - 1
	m.view, m.tokenMode, m.onMenu = tokensView, byClaim, true
	m.panes[tokensView] = pane{}
	m.judge(f)
}

// judge holds a pasted token against the keys of the run, if that run, what it has fetched, or the time has changed
// since the last judgement.
func (m *Model) judge(f *foreign) {
	due := !f.next.IsZero() && !m.now.Before(f.next)
	if f.judged > 0 && f.run == m.cur && f.folded == m.cur.folded && !due {
		return
	}
	f.run, f.folded = m.cur, m.cur.folded
	f.judged++
	f.checks, f.keys, f.why = m.cur.story.Judge(f.in.Token, m.now)
	f.lints = f.in.Token.Lint(f.keys)
	f.next = time.Time{}
	leeway := m.cur.settings().Leeway
	for _, claim := range []string{"exp", "nbf"} {
		for _, d := range []time.Duration{0, leeway, -leeway} {
			if at, ok := f.in.Token.Time(claim); ok && at.Add(d).After(m.now) && (f.next.IsZero() || at.Add(d).Before(f.next)) {
				f.next = at.Add(d)
			}
		}
	}
}

// foreignHead says what was pasted, how that is known, and what stood in the way.
func (m *Model) foreignHead(s *sheet, f *foreign) {
	m.judge(f)
	s.text(m.th.Strong, 0, f.in.Name)
	why := f.in.Reason
	if f.in.Spec != "" {
		why += " " + f.in.Spec + "."
	}
	s.text(m.th.Dim, 0, why)
	if f.in.Provider != "" {
		s.text(m.th.Dim, 0, "It looks like one of "+f.in.Provider+".")
	}
	for _, p := range f.in.Problems {
		s.text(m.th.Warn, 0, theme.Finding+" "+p)
	}
	for _, b := range f.in.Beside {
		s.text(m.th.Dim, 0, "Beside it stood "+b+", which is not shown here.")
	}
	if f.why != "" {
		s.text(m.th.Dim, 0, f.why)
	}
	s.gap()
	m.valueRow(s, item{name: "the pasted token", path: "pasted", value: f.in.Token.Raw, secret: f.kind(), kind: f.kind()})
}

// foreignLife draws the clock of a pasted token, where it has one.
func (m *Model) foreignLife(s *sheet, f *foreign) {
	exp, ok := f.in.Token.Time("exp")
	if !ok {
		s.gap()
		return
	}
	from := "from exp: until " + clockTime(exp, m.now)
	iat, ok := f.in.Token.Time("iat")
	left := exp.Sub(m.now)
	if ok && iat.Before(exp) {
		from = fmt.Sprintf("from iat and exp: %s, until %s", story.Lifetime(exp.Sub(iat)), clockTime(exp, m.now))
	}
	if left <= 0 {
		m.lifeLines(s, f.kind(), ok, 0, m.th.Bad, theme.Failed+" expired at "+clockTime(exp, m.now), from)
		return
	}
	share := 0.0
	if ok && iat.Before(exp) {
		share = float64(left) / float64(exp.Sub(iat))
	}
	m.lifeLines(s, f.kind(), share > 0, min(1, share), m.th.Text, theme.On+" lives "+clockText(left)+" more", from)
}

// box is the modal that takes a token of any size. It shows how much it holds, not what: a token is a secret.
type box struct {
	p    pane
	text []byte
	over bool
}

func (m *Model) askToken() tea.Cmd {
	m.modal = &box{}
	return nil
}

func (b *box) key(m *Model, msg tea.KeyPressMsg) tea.Cmd {
	switch msg.String() {
	case "esc":
		m.modal = nil
	case "enter":
		m.modal = nil
		if b.over {
			m.toast = fmt.Sprintf("too long: a token of more than %d MiB is not read", jwtview.MaxSize>>20)
			return nil
		}
		return m.read(string(b.text))
	case "backspace":
		_, n := utf8.DecodeLastRune(b.text)
		b.text = b.text[:len(b.text)-n]
	case "ctrl+u":
		b.text, b.over = nil, false
	default:
		b.add(msg.Text)
	}
	return nil
}

func (b *box) add(text string) {
	if len(b.text)+len(text) > jwtview.MaxSize {
		b.over = true
		return
	}
	b.text = append(b.text, text...)
}

func (b *box) other(_ *Model, msg tea.Msg) tea.Cmd {
	if p, ok := msg.(tea.PasteMsg); ok {
		b.add(p.Content)
	}
	return nil
}

func (b *box) cursor(*Model) *tea.Cursor { return nil }

func (b *box) pane(m *Model) *pane {
	s := &sheet{th: m.th, w: m.paneWidth(), m: m}
	s.title("Paste a token")
	s.text(m.th.Dim, 0, "Any token, from anywhere: what it is, what it says, whether it holds. With line breaks, quotes or `Bearer ` around it too. It stays in this program: nothing is sent, nothing is saved.")
	s.gap()
	var c cells
	c.put(m.th.Key, "› ")
	switch {
	case b.over:
		c.put(m.th.Bad, fmt.Sprintf("more than %d MiB: too long", jwtview.MaxSize>>20))
	case len(b.text) == 0:
		c.put(m.th.Dim, theme.Cursor)
	default:
		c.put(m.th.Text, safe.Line(trace.Mask(string(story.AccessToken), string(b.text))))
		c.put(m.th.Dim, fmt.Sprintf("  %s in %s", many(utf8.RuneCount(b.text), "character"), many(b.lines(), "line")))
	}
	s.line(c.String())
	s.into(&b.p, m.bodyHeight())
	return &b.p
}

// lines counts the lines that have something in them.
func (b *box) lines() (n int) {
	for l := range strings.Lines(string(b.text)) {
		if strings.ContainsFunc(l, func(r rune) bool { return !unicode.IsSpace(r) }) {
			n++
		}
	}
	return max(1, n)
}

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (b *box) hints(*Model) [][2]string {
	return [][2]string{{"enter", "read it"}, {"ctrl+u", "empty"}, {"esc", "leave it"}}
}

// countingForeign reports whether the clock of a pasted token is in sight.
func (m *Model) countingForeign() bool {
	return m.view == tokensView && slices.ContainsFunc(m.foreign, func(f *foreign) bool { return f == m.looked().paste && !f.next.IsZero() })
}
