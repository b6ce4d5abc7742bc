package ui

import (
	"time"

	"authscope/flow/trace"
	"authscope/ui/report"
	"authscope/ui/safe"
)

// A recording that somebody else made is shown as of its end: what was live then is not said to be over because it is looked
// at later. Its clocks stand still, and the header says of when they are.

// openRecording notes that what was opened is a recording.
func (m *Model) openRecording() {
	rec, ok := m.cur.story.Recording()
	if !ok {
		return
	}
	m.asOf = m.cur.story.End()
	m.now = m.asOf
	m.cur.judge(m.now)
	m.toast = "as of the recording's end, " + m.asOf.UTC().Format("2006-01-02 15:04:05 UTC")
	if rec.Untimed {
		m.toast = "the recording has no times: it is judged as of when it was opened"
	}
}

// instant is the present, or the end of the recording that is looked at.
func (m *Model) instant() time.Time {
	if !m.asOf.IsZero() {
		return m.asOf
	}
	return m.opt.Now()
}

// recordedSubject names a recording in the header: what it is and of when, and its tenant.
func recordedSubject(rec trace.Recording, issuer string, asOf time.Time) (name, about string) {
	if issuer == "" {
		in, _ := rec.Infer("issuer")
		issuer = safe.Line(in.Value)
	}
	name = report.FormatName(rec.Format)
	if !rec.Untimed {
		name += " of " + asOf.UTC().Format("2006-01-02 15:04 UTC")
	}
	return name, issuer
}

// recordedClient says how the client of a recording proves itself, and whether it uses PKCE, as far as its requests show.
func (m *Model) recordedClient() string {
	auth := m.cur.story.ClientAuth()
	kind := ""
	if auth.Method != "" {
		kind = clientKind(auth, trace.Settings{})
	}
	l := m.cur.story.Login()
	switch {
	case l == nil || l.Unseen():
		return kind
	case l.Params.Get("code_challenge") == "":
		return kind + "  no PKCE"
	case l.Params.Get("code_challenge_method") == "S256":
		return kind + "  PKCE S256"
	}
	return kind + "  PKCE plain"
}
