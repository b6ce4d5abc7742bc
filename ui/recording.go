package ui

import (
	"cmp"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/trace"
	"authscope/jwtview"
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
	m.toast = asOfEnd(rec, m.asOf)
}

// asOfEnd says of when what is shown is.
func asOfEnd(rec trace.Recording, asOf time.Time) string {
	said := "as of the recording's end, " + asOf.UTC().Format("2006-01-02 15:04:05 UTC")
	if rec.Untimed {
		said = "the recording has no times: it is judged as of when it was opened"
	}
	if rec.Sessions > 1 {
		said = fmt.Sprintf("login %d of %d (O: the others), ", rec.Session, rec.Sessions) + said
	}
	return said
}

// openLogins makes a run of each login of a recording, so that another one can be looked at, and two be compared.
func (m *Model) openLogins() {
	if len(m.opt.Logins) < 2 || m.opt.Other != nil {
		return
	}
	m.runs = nil
	for i, events := range m.opt.Logins {
		r := m.cur
		if &events[0] != &m.opt.Opened[0] {
			r = m.openRun(events, "")
		}
		r.n, r.name = i+1, fmt.Sprintf("login %d", i+1)
		m.runs = append(m.runs, r)
	}
}

func (m *Model) whyNotLogin() string {
	switch {
	case m.opt.Opened == nil:
		return "only a recording of somebody else has several logins; runs are compared in Compare (4)"
	case len(m.opt.Logins) < 2 || m.opt.Other != nil:
		return "there is one login in what is open"
	}
	return ""
}

// askLogin chooses among the logins of a recording.
func (m *Model) askLogin() tea.Cmd {
	c := &chooser{title: "Look at which login?", about: fmt.Sprintf("There are %d in the recording, in the order in which they began. Compare (4) lays two beside each other.", len(m.runs)), enter: "look at it"}
	for _, r := range m.runs {
		c.options = append(c.options, r.asLogin(r == m.cur))
	}
	c.pick = func(m *Model, i int) tea.Cmd {
		m.present(m.runs[i])
		if m.view == compareView { // which shows two
			m.view = flowView
		}
		rec, _ := m.cur.story.Recording()
		m.toast = asOfEnd(rec, m.asOf)
		return nil
	}
	return m.choose(c)
}

// asLogin tells a login from the others: when, whose, how it ended, and the worst that is to be said of it.
func (r *run) asLogin(on bool) option {
	rec, _ := r.story.Recording()
	set := r.settings()
	o := option{name: r.title(), spec: r.outcome(), on: on}
	if !rec.Untimed {
		o.name += "  " + r.story.Began().UTC().Format("15:04:05")
	}
	o.name += "  " + cmp.Or(set.ClientID, "client not known")
	if in, ok := rec.Infer("issuer"); ok {
		o.notes = append(o.notes, [2]string{"", "at " + in.Value})
	}
	for _, f := range r.findings {
		if f.Severity == jwtview.Error {
			o.warn = f.Title
			break
		}
	}
	return o
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
	if rec.Sessions > 1 {
		name = fmt.Sprintf("login %d/%d, ", rec.Session, rec.Sessions) + name
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
