package ui

import (
	"fmt"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// inbound says how an answer came, and what became of one that was not taken.
func (m *Model) inbound(l *cells, c *story.Call, width int) {
	how := "came to the redirect URI"
	if c.Class == story.LogoutReturn {
		how = "came back"
	}
	if c.Via == "paste" {
		how = "was pasted"
	}
	l.put(m.th.Dim, how)
	cb := m.cur.story.Callback(c.ID)
	if cb == nil || cb.Fit == story.FitAnswer || cb.Fit == story.FitError {
		return
	}
	word, st := "ignored", m.th.Dim
	if cb.Fit == story.FitBad {
		word, st = "not accepted", m.th.Bad
	}
	l.put(st, safe.Cut(" "+theme.Between+" "+word+": "+safe.Line(cb.Why), width-l.w))
}

// waiting says where the answer is waited for, and what can be done meanwhile.
func (m *Model) waiting(s *sheet) {
	set := m.cur.settings()
	l := m.cur.story.Login()
	listening := m.cur.story.Listening()
	if listening.Err == "" {
		s.text(m.th.Text, 0, "Waiting for the answer at "+set.RedirectURI)
	} else {
		s.text(m.th.Warn, 0, "The answer cannot be received here: "+listening.Err+".")
		s.text(m.th.Text, 0, "Sign in, then copy the address that the browser ends at, and paste it here with p.")
	}
	if l != nil && !l.SentAt.IsZero() {
		s.text(m.th.Dim, 0, fmt.Sprintf("for %s so far", sinceText(m.now.Sub(l.SentAt))))
	}
	for _, what := range []string{"browser", "agent", "listener"} {
		if said := m.cur.story.Said(what); said != "" {
			s.text(m.th.Warn, 0, theme.Finding+" "+said)
		}
	}
	s.gap()
	if m.paneHeight() < roomy { // the footer names the keys; the reason must be in sight
		m.whys(s, trace.Authorize, 0)
		m.whys(s, trace.Callback, 0)
		s.gap()
	}
	for _, k := range []string{"y", "b", "a", "p", "esc"} {
		if c := commandOf(k); c.disabled(m) == "" {
			var cl cells
			cl.put(m.th.Key, k)
			cl.to(5)
			cl.put(m.th.Dim, waitingHelp[k])
			s.line(cl.String())
		}
	}
	if m.paneHeight() >= roomy {
		m.whys(s, trace.Authorize, 0)
		m.whys(s, trace.Callback, 0)
	}
	if l != nil {
		s.gap()
		s.labelled("URL", m.th.Dim, m.th.Text, m.words(l.Authorize.Request.URL))
	}
	s.gap()
}

var waitingHelp = map[string]string{
	"y":   "copy the URL, to open it elsewhere",
	"b":   "open it in the browser",
	"a":   "sign the demo user in here",
	"p":   "paste the URL that the browser ended at",
	"esc": "give up",
}
