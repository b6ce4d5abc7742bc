package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/profile"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// formLabel is how wide the names of a form's fields are, with what marks the current one.
const formLabel = 18

// endpointLabels are the names of endpoints as they fit.
var endpointLabels = map[string]string{"authorization_endpoint": "  authorization", "token_endpoint": "  token", "userinfo_endpoint": "  userinfo",
	"jwks_uri": "  jwks_uri", "revocation_endpoint": "  revocation", "introspection_endpoint": "  introspection",
	"device_authorization_endpoint": "  device", "end_session_endpoint": "  end session"}

// maxSentence is how much is shown of a sentence that quotes what was pasted, in cells.
const maxSentence = 500

// formWidth is how wide a value can be.
func (m *Model) formWidth() int { return max(10, m.paneWidth()-formLabel-3) }

func (f *form) pane(m *Model) *pane {
	f.sync(m)
	s := &sheet{th: m.th, w: m.paneWidth(), sel: f.at, focused: true, m: m}
	title := "New tenant"
	if f.entry.Name != "" {
		title = "Change profile " + f.entry.Name
	}
	s.title(title)
	s.gap()
	for i, x := range f.visible() {
		f.draw(m, s, x, i == f.at)
	}
	s.gap()
	switch {
	case f.busy != "":
		s.text(m.th.Active, 0, theme.Current+" "+f.busy+theme.More)
	case f.failed != nil:
		s.text(m.th.Strong, 0, theme.Failed+" It could not be started")
		s.labelled("why", m.th.Why, m.th.Text, m.words(f.failed.Error()))
		saved := ""
		if f.saved {
			saved = " The profile is saved."
		}
		s.labelled("do", m.th.Do, m.th.Text, "change what it names, and start again."+saved+" The present tenant stays.")
	}
	h := m.bodyHeight()
	s.into(&f.p, h)
	if f.follow {
		f.show(h)
		f.follow, f.tail = false, false
	}
	return &f.p
}

// show brings the current field into sight, and what failed below all of them. A pane's first and last row in sight may say
// that there is more.
func (f *form) show(h int) {
	first, last := f.p.span()
	if f.tail {
		last = len(f.p.rows) - 1
	}
	if last+1 >= f.p.off+h {
		f.p.off = last + 2 - h
	}
	if first-1 < f.p.off && !f.tail {
		f.p.off = first - 1
	}
	f.p.clamp(h)
}

// draw draws a field: its value, and below it what there is to say.
func (f *form) draw(m *Model, s *sheet, x *formField, here bool) {
	s.add(item{name: x.id})
	th := m.th
	var c cells
	mark, name := " ", th.Dim
	if here {
		mark, name = theme.Current, th.Active
	}
	c.put(th.Key, mark+" ")
	label := x.id
	if l := endpointLabels[label]; l != "" {
		label = l
	}
	c.fit(name, label, formLabel-2)
	if here && x.typed() {
		f.row = len(s.rows)
		x.input.SetWidth(m.formWidth())
		s.itemLine(c.String() + x.input.View())
	} else if shown := x.shown(); shown == "" && x.empty != "" {
		c.put(th.Dim, safe.Cut(x.empty, s.w-c.w))
		s.itemLine(c.String())
	} else {
		c.put(th.Text, safe.Cut(shown, s.w-c.w))
		s.itemLine(c.String())
	}
	if here && x.help != "" {
		f.say(m, s, m.th.Dim, "", x.help)
	}
	if x.err != "" {
		f.say(m, s, m.th.Bad, theme.Failed, m.words(x.err))
	}
	if x.warn != "" && !(x.id == inRedirect && f.current().id == inTenant) { // there it stands already
		f.say(m, s, m.th.Warn, theme.Finding, m.words(x.warn))
	}
	if x.id == inTenant {
		f.told(m, s, here)
		f.answer(m, s)
	}
}

// shown is the value of a field without a cursor in it, safe and in one line.
func (f *formField) shown() string {
	switch {
	case f.choices != nil:
		return f.choices[f.n]
	case f.id == inScope:
		return safe.Line(orNone(f.text()))
	case f.id == inSecret && f.input.Value() != "":
		return theme.Hidden
	}
	return safe.Line(f.input.Value())
}

// say writes a sentence below a field.
func (f *form) say(_ *Model, s *sheet, st theme.Style, mark, words string) {
	for i, l := range safe.Wrap(safe.Text(words), s.w-formLabel-2) {
		var c cells
		c.space(formLabel)
		if mark != "" {
			if i == 0 {
				c.put(st, mark)
			}
			c.to(formLabel + 2)
		}
		c.put(st, l)
		s.itemLine(c.String())
	}
}

// told says what was made of what stands in the first field: all of it as long as that has the cursor. That the answer goes
// to somebody else comes first.
func (f *form) told(m *Model, s *sheet, all bool) {
	g := &f.guess
	if r := g.Redirect; r != nil && !r.Ours && all {
		f.say(m, s, m.th.Warn, theme.Finding, m.words(r.Seen+" "+r.Do))
	}
	if !all {
		if n := len(g.Taken) + len(g.Dropped) + len(g.Notes); n > 1 {
			f.say(m, s, m.th.Dim, theme.Passed, fmt.Sprintf("%d taken, %d left out, %s", len(g.Taken), len(g.Dropped), many(len(g.Notes), "remark")))
		}
		return
	}
	list := func(st theme.Style, mark string, sentences []string) {
		for _, t := range sentences {
			f.say(m, s, st, mark, safe.Cut(safe.Line(m.words(t)), maxSentence)) // a parameter can have any length
		}
	}
	list(m.th.OK, theme.Passed, g.Taken)
	list(m.th.Dim, theme.Skipped, g.Dropped)
	list(m.th.Info, theme.Info, g.Notes)
}

// answer says what the tenant's metadata told.
func (f *form) answer(m *Model, s *sheet) {
	switch {
	case f.probing:
		f.say(m, s, m.th.Dim, theme.Pending, "asking for its metadata"+theme.More)
	case f.probe == nil:
	case f.probe.Issuer != "":
		words := "its metadata names it as the issuer"
		if n := len(f.probe.Metadata.ScopesSupported); n > 0 {
			words += ", with " + many(n, "scope")
		}
		f.say(m, s, m.th.OK, theme.Passed, words)
	case f.probe.Err != nil:
		words := "no metadata: " + f.probe.Err.Error() + "."
		if n := f.probe.Others; n > 0 {
			words += fmt.Sprintf(" %s asked besides, in vain.", were(n))
		}
		f.say(m, s, m.th.Warn, theme.Finding, m.words(words+" Check the address; a server without metadata can be used with endpoints given by hand, below."))
	}
	if w := profile.IssuerWarning(f.base.Issuer); w != "" && f.probe != nil {
		f.say(m, s, m.th.Warn, theme.Finding, w)
	}
}

func were(n int) string {
	if n == 1 {
		return "1 other was"
	}
	return fmt.Sprintf("%d others were", n)
}

// cursor places the terminal's cursor. The input counts characters, not cells.
func (f *form) cursor(m *Model) *tea.Cursor {
	x := f.current()
	row := f.row - f.p.off
	if f.busy != "" || !x.typed() || row < 0 || row >= m.bodyHeight() {
		return nil
	}
	c := x.input.Cursor()
	if c == nil {
		return nil
	}
	value := []rune(x.input.Value())
	before := min(x.input.Position(), len(value))
	at := before
	if x.id != inSecret {
		at = safe.Width(safe.Line(string(value[:before])))
	}
	c.X = 2 + formLabel + min(at, m.formWidth())
	c.Y = 3 + row
	return c
}
