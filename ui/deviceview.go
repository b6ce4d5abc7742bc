package ui

import (
	"fmt"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// device shows a device authorization: the code for the person, where to enter it, and how the asking goes.
func (m *Model) device(s *sheet, st *story.Stage) {
	d := m.cur.story.Device()
	if d == nil || d.Code.IsZero() {
		return
	}
	if st.Status != trace.Running || !d.Pending() {
		m.asked(s, d)
		s.gap()
		return
	}
	s.text(m.th.Text, 0, "On any device open "+safe.Cut(safe.Line(m.words(d.URI)), maxSentence)+" and enter this code:")
	s.gap()
	m.userCode(s, d)
	s.gap()
	m.withScan(s, d, func(s *sheet) {
		m.codeClock(s, d)
		m.asked(s, d)
		m.troubles(s)
		s.gap()
		m.pageKeys(s, "a", "d", "b", "y", "esc") // a small window has them in the footer
	})
	s.gap()
}

// maxUserCode is how long a code for a person to type may be and still be shown whole.
const maxUserCode = 64

// userCode draws the code as large as there is room for, and once more to be selected and copied.
func (m *Model) userCode(s *sheet, d *story.Device) {
	code := d.CodeShown()
	if code == "" {
		s.text(m.th.Dim, 0, "the code is not in this file")
		return
	}
	lines := largeCode(code, s.w-2, m.paneHeight())
	long := len(code) > maxUserCode && len(lines) > 3 // nobody types that: what else there is to see comes first
	if long {
		lines = lines[:2]
	}
	for _, line := range lines {
		var c cells
		c.space(2)
		c.put(m.th.Strong, line)
		s.line(c.String())
	}
	if long {
		s.text(m.th.Warn, 2, fmt.Sprintf("%s and so on: the code has %s; RFC 8628 §6.1 wants one that a person can type", theme.Finding, many(len(code), "byte")))
	}
}

// codeClock shows how long the codes still live.
func (m *Model) codeClock(s *sheet, d *story.Device) {
	if d.ExpiresAt.IsZero() {
		s.text(m.th.Dim, 0, "The server did not say how long the codes live.")
		return
	}
	left, all := d.ExpiresAt.Sub(m.now), d.ExpiresAt.Sub(d.Call.DoneAt)
	if left <= 0 {
		s.text(m.th.Bad, 0, theme.Failed+" the codes have expired")
		return
	}
	full, rest := theme.Bar(min(30, s.w-24), float64(left)/float64(max(1, all)))
	var c cells
	c.put(m.th.Code, full)
	c.put(m.th.Faint, rest)
	st := m.th.Text
	if left < all/10 {
		st = m.th.Warn
	}
	c.put(st, " "+clockText(left))
	c.put(m.th.Dim, " to enter it")
	s.line(c.String())
}

// asked says how often the tenant was asked, how often it is, and what it said last.
func (m *Model) asked(s *sheet, d *story.Device) {
	if h := m.cur.held(); h != nil && h.Class == story.DevicePage {
		s.text(m.th.Dim, 0, "Nobody asks yet: enter begins to ask the tenant whether somebody has agreed, "+d.Rhythm()+". Each poll goes by itself.")
		return
	}
	if d.Pending() {
		s.text(m.th.Dim, 0, "asks "+d.Rhythm())
	}
	if d.LastPoll == nil {
		s.text(m.th.Dim, 0, "nothing asked yet: the first poll comes after that pause")
		return
	}
	times := "once"
	if d.Polls > 1 {
		times = fmt.Sprintf("%d times", d.Polls)
	}
	s.text(m.th.Text, 0, theme.Received+" "+times+", last at "+clockTime(d.LastPoll.DoneAt, m.now)+": "+m.words(d.Said()))
}

// calls shows the calls of a stage. Polls are all alike: of them only the last is shown whole.
func (m *Model) calls(s *sheet, st *story.Stage) {
	from := max(0, len(st.Calls)-maxCalls)
	if from > 0 {
		s.text(m.th.Dim, 0, fmt.Sprintf("%d earlier calls of this stage are in Wire (6).", from))
	}
	for i, c := range st.Calls[from:] {
		if len(st.Calls) > 1 {
			m.callHeading(s, from+i, c)
		}
		if c.Class != story.DeviceToken || from+i == len(st.Calls)-1 {
			m.callRows(s, c)
		}
	}
}
