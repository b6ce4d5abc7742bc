package ui

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// maxRaw bounds what Wire draws of one body; the trace keeps all of it, and y copies it.
const maxRaw = 64 << 10

// callEntries lists the calls around the selected one: the list can be long, the screen is not.
func (m *Model) callEntries() (out []entry) {
	calls := m.cur.story.Calls()
	m.call = max(0, min(m.call, len(calls)-1))
	from := max(0, min(m.call-m.h/2, len(calls)-m.h))
	for i := from; i < len(calls) && i < from+m.h; i++ {
		c := calls[i]
		e := entry{selected: i == m.call, title: fmt.Sprintf("%d %s %s", i+1, safe.Line(c.Request.Method), safe.Line(path(c.Request.URL)))}
		e.mark, e.markSt, e.right = m.wireMark(c)
		e.found = m.cur.why.calls[c.ID]
		e.choose = func(m *Model) tea.Cmd {
			m.call, m.panes[wireView], m.onMenu = i, pane{}, true
			return nil
		}
		out = append(out, e)
	}
	return out
}

func (m *Model) wireMark(c *story.Call) (string, theme.Style, string) {
	switch {
	case c.Inbound:
		return theme.Received, m.th.Text, "in"
	case c.Front:
		return theme.Sent, m.th.Text, "browser"
	case c.Response != nil && c.State == story.Answered:
		return theme.Sent, m.statusStyle(c.Response.Status), strconv.Itoa(c.Response.Status)
	case c.State == story.Held:
		return theme.Pending, m.th.Active, "ready"
	case c.State == story.Broken:
		return theme.Failed, m.th.Bad, "none"
	}
	return theme.Pending, m.th.Dim, string(c.State)
}

func wireKey(id trace.CallID) string { return "wire\x00" + strconv.Itoa(int(id)) }

// fillWire shows the selected call as it was on the wire.
func (m *Model) fillWire(s *sheet) {
	calls := m.cur.story.Calls()
	if len(calls) == 0 {
		s.text(m.th.Text, 0, "Nothing was sent yet.")
		return
	}
	c := calls[max(0, min(m.call, len(calls)-1))]
	var l cells
	l.put(m.th.Title, fmt.Sprintf("call %d of %d", m.call+1, len(calls)))
	right := m.callState(c)
	l.to(s.w - right.w)
	l.b = append(l.b, right.b...)
	s.line(l.String())
	if t := m.timings(c); t != "" {
		s.line(m.th.Dim.Render(safe.Cut(t, s.w)))
	}
	s.gap()
	if len(c.Edits) > 0 {
		s.text(m.th.Warn, 0, theme.Edited+" changed by you before it left: "+trace.EditList(c.Edits))
		s.gap()
	}
	m.rawRequest(s, c)
	if c.Response != nil {
		s.gap()
		m.rawResponse(s, c)
	}
	if c.Err != "" {
		s.gap()
		s.text(m.th.Bad, 0, theme.Failed+" "+m.words(c.Err))
	}
	s.gap()
	if !c.Inbound && !c.Front {
		s.text(m.th.Dim, 0, "URL and bodies are exact. Names of fields are written as Go writes them; the order of the response's is not known.")
	}
}

// timings says when the call was made, and where its time went.
func (m *Model) timings(c *story.Call) string {
	var parts []string
	if !c.SentAt.IsZero() {
		parts = append(parts, "at "+clockTime(c.SentAt, m.now))
	}
	if c.Sent.Remote != "" {
		parts = append(parts, "to "+safe.Line(c.Sent.Remote))
	}
	if c.Proxy != "" {
		parts = append(parts, "through the proxy "+safe.Line(c.Proxy))
	}
	if c.Sent.Reused {
		parts = append(parts, "on an open connection")
	}
	for _, p := range []struct {
		what string
		d    string
	}{{"dns", took(c.Sent.DNS)}, {"connect", took(c.Sent.Connect)}, {"tls", took(c.Sent.TLS)}} {
		if p.d != "" {
			parts = append(parts, p.what+" "+p.d)
		}
	}
	return strings.Join(parts, "  ")
}

func (m *Model) rawRequest(s *sheet, c *story.Call) {
	r := &c.Request
	spans := trace.Secrets(r.URL)
	m.raw(s, m.th.Strong, c, item{name: "request line", value: r.Method + " " + r.URL, secret: secretOf(spans)}, r.Method+" "+m.hide(c, r.URL, spans))
	h := c.Sent.Header
	if len(h) == 0 {
		h = r.Header
	}
	m.rawHeader(s, c, h)
	m.rawBody(s, c, r.Body, "request body")
	if r.Cut {
		s.text(m.th.Warn, 0, fmt.Sprintf("%s the body went on: the first %d KiB are kept", theme.Finding, len(r.Body)>>10))
	}
}

func (m *Model) rawResponse(s *sheet, c *story.Call) {
	r := c.Response
	if r.Status != 0 {
		m.raw(s, m.th.Strong, c, item{name: "status line"}, fmt.Sprintf("%s %d", r.Proto, r.Status))
	}
	m.rawHeader(s, c, r.Header)
	m.rawBody(s, c, r.Body, "response body")
	if r.Cut {
		s.text(m.th.Warn, 0, fmt.Sprintf("%s the body went on: the first %d MiB are kept", theme.Finding, trace.MaxBody>>20))
	}
}

func (m *Model) rawHeader(s *sheet, c *story.Call, h trace.Header) {
	for _, f := range h {
		spans := trace.HeaderSecrets(f[0], f[1])
		m.raw(s, m.th.Text, c, item{name: f[0], value: f[1], secret: secretOf(spans)}, f[0]+": "+m.hide(c, f[1], spans))
	}
}

func (m *Model) rawBody(s *sheet, c *story.Call, body []byte, name string) {
	if len(body) == 0 {
		return
	}
	s.gap()
	text := string(body[:min(len(body), maxRaw)])
	spans := trace.Secrets(text)
	m.raw(s, m.th.Text, c, item{name: name, value: text, whole: body, secret: secretOf(spans)}, m.hide(c, text, spans))
	if len(body) > maxRaw {
		s.text(m.th.Dim, 0, fmt.Sprintf("… %d of %d bytes are shown; y copies all", maxRaw, len(body)))
	}
}

// secretOf is the kind of the first secret of a text, or "".
func secretOf(spans []trace.Span) string {
	if len(spans) == 0 {
		return ""
	}
	return spans[0].Kind
}

// hide masks the secrets of a text, unless those of the call may be seen.
func (m *Model) hide(c *story.Call, text string, spans []trace.Span) string {
	if m.shown(wireKey(c.ID)) {
		return text
	}
	return m.cur.known.Hide(trace.Hide(text, spans))
}

// raw appends an item of as many lines as its text needs.
func (m *Model) raw(s *sheet, st theme.Style, c *story.Call, it item, text string) {
	it.call, it.stage, it.n = c.ID, c.Stage, c.N
	selected, th := s.add(it)
	for _, line := range safe.Wrap(safe.Text(text), s.w) {
		l := begin(th, selected)
		if selected {
			l.put(th.Text, line)
		} else {
			l.put(st, line)
		}
		l.to(s.w)
		s.itemLine(l.String())
	}
}
