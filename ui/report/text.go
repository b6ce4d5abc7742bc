package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Text writes the run for people: what was sent and what came, stage by stage, then the tokens, why something is
// missing or wrong, and at the end how it went.
func Text(w io.Writer, r Run, o Options) error {
	p := newPage(o)
	p.run(r.as(o))
	_, err := io.WriteString(w, p.b.String())
	return err
}

func (p *page) run(r Run) {
	p.head(r.Story)
	p.overview(r)
	for _, st := range r.stages() {
		if st.run != nil && (st.status != trace.Skipped || len(st.run.Calls) > 0) {
			p.stage(st)
		}
	}
	p.strays(r.Story)
	p.tokens(r.Story)
	p.lineage(r.Story)
	p.clocks(r.Story)
	p.experiments(r.Story)
	p.findings(r.Findings)
	p.expected(p.o.judged(r))
	p.blank()
	outcome := r.outcome()
	if p.o.Disappointed(r) && strings.HasPrefix(outcome, "✓") {
		outcome = "✗ not as expected, though every stage passed"
	}
	for i, l := range p.wrap(outcome, 2) {
		p.put(min(i, 1)*2, l)
	}
}

// head says what was asked of whom.
func (p *page) head(s *story.Story) {
	set, _ := s.Settings()
	const label = 14
	if rec, ok := s.Recording(); ok {
		p.source(s, rec)
		return
	}
	issuer := set.Issuer
	if e := set.Embedded; e != nil {
		issuer += ", the embedded tenant"
		if e.AccessLifetime > 0 && e.AccessLifetime < 300*time.Second {
			issuer += fmt.Sprintf("; its access tokens live %s, less than Authgear allows (300 s)", story.Lifetime(e.AccessLifetime))
		}
	}
	p.para(0, label, "tenant", issuer)
	if set.Embedded != nil {
		p.para(0, label, "note", set.Embedded.Note)
	}
	p.para(0, label, "client", join(", ", set.ClientID, clientAuth(s.ClientAuth())))
	p.para(0, label, "redirect URI", set.RedirectURI)
	p.para(0, label, "scope", set.Scope)
	p.para(0, label, "began", s.Began().UTC().Format("2006-01-02 15:04:05 UTC"))
	if s.Redacted() {
		p.para(0, label, "secrets", "hidden: code#1 stands for one value wherever it was. --show-secrets prints them.")
	} else {
		p.para(0, label, "secrets", "SHOWN: this report opens what its tokens open")
	}
}

func clientAuth(a trace.ClientAuth) string {
	switch {
	case a.Method == trace.AuthNone:
		return "public (no client authentication)"
	case a.Method == "":
		return "its authentication not chosen yet"
	case a.Reason == "":
		return string(a.Method)
	}
	return string(a.Method) + ": " + a.Reason
}

// overview lists the stages, one line each.
func (p *page) overview(r Run) {
	p.blank()
	p.put(0, "Stages")
	var rows []entry
	for _, st := range r.stages() {
		took, words := "", ""
		if st.run != nil {
			took, words = Duration(st.run.Duration()), firstLine(st.run.Reason)
		}
		switch st.status {
		case trace.Pending:
			took = "not run"
			if _, ok := r.Story.Recording(); ok {
				took = "no answer in the recording"
			}
		case trace.Skipped, trace.Cancelled, trace.Failed:
			took = join(", ", string(st.status), took)
		}
		rows = append(rows, entry{symbols[st.status], name(st), took, words})
	}
	p.entries(4, rows)
}

// name is a stage's title, numbered from its second run on.
func name(st stage) string {
	if st.n > 1 || st.ID == trace.Refresh {
		return fmt.Sprintf("%s #%d", st.Title, st.n)
	}
	return st.Title
}

// stage writes what went over the wire in a stage, and what was checked.
func (p *page) stage(st stage) {
	p.blank()
	p.line(0, st.Long+number(st))
	for _, c := range st.run.Calls {
		p.call(c)
	}
	if checks := st.run.Checks(); len(checks) > 0 {
		p.put(2, "checks")
		p.checks(4, checks)
	}
	if why := firstLine(st.run.Err); why != "" {
		p.para(2, 8, "error", why)
	}
}

func number(st stage) string {
	if st.n > 1 || st.ID == trace.Refresh {
		return fmt.Sprintf(", #%d", st.n)
	}
	return ""
}

// call writes one call.
func (p *page) call(c *story.Call) {
	p.line(2, callLine(c))
	if len(c.Edits) > 0 {
		p.para(4, 2, "*", "changed by hand before it left: "+trace.EditList(c.Edits))
	}
	for _, sec := range c.Sections {
		p.put(4, sec.Title)
		var rows []entry
		for _, r := range sec.Rows {
			rows = append(rows, p.entryOf(r))
		}
		p.entries(6, rows)
	}
}

// callLine is a call in one line. The parameters of a URL are not in it: they are rows.
func callLine(c *story.Call) string {
	target, _, _ := strings.Cut(c.Request.URL, "?")
	target, _, _ = strings.Cut(target, "#")
	line := c.Request.Method + " " + target
	switch {
	case c.Request.URL == "" && c.Response != nil && !c.Inbound:
		return "an answer, given without its request"
	case c.Front && c.Response != nil:
		return join(" · ", line, fmt.Sprint(c.Response.Status), handed[c.Via])
	case c.Front:
		return join(" · ", line, handed[c.Via])
	case c.Inbound:
		return join(" · ", line, arrived[c.Via])
	case c.Response != nil:
		return join(" · ", line, fmt.Sprint(c.Response.Status), Duration(c.Duration()))
	}
	return join(" · ", line, stateWords[c.State])
}

var (
	handed     = map[string]string{"recording": "the browser went there", "browser": "opened in the browser", "agent": "walked by the demo user", "person": "shown, to be opened by hand"}
	arrived    = map[string]string{"recording": "came to the redirect URI", "listener": "reached the redirect URI", "relay": "handed over by the page at the redirect URI", "paste": "pasted"}
	stateWords = map[story.State]string{story.Held: "not sent", story.InFlight: "not answered", story.Broken: "no answer", story.NotSent: "dropped", story.Abandoned: "given up"}
)

// entryOf writes a row as text. What is wrong or absent is marked.
func (p *page) entryOf(r story.Row) entry {
	e := entry{name: r.Name, value: r.Value, note: r.Note}
	switch {
	case r.Absent:
		e.mark, e.value = "–", "not in the response"
	case r.Secret != "" && !p.o.ShowSecrets:
		e.value = hidden(r.Secret, r.Value)
	}
	e.note = join("; ", r.Short, e.note)
	if !r.Until.IsZero() {
		e.note = join(", ", e.note, "until "+r.Until.UTC().Format("15:04:05 UTC"))
	}
	if r.Edit == trace.WasRemoved {
		e.value = "–"
	}
	if r.Edit != "" {
		e.mark = "*"
	}
	if r.Bad {
		e.mark = "✗"
	}
	return e
}

// checks writes a passed check as one line, and of a failed one both values and what they mean.
func (p *page) checks(indent int, checks []jwtview.Check) {
	width := 0
	for _, c := range checks {
		width = max(width, len(c.ID))
	}
	width = min(width, maxName) + 4
	for _, c := range checks {
		label := checkSymbols[c.Status] + " " + c.ID
		switch c.Status {
		case jwtview.Passed:
			p.para(indent, width, label, c.Got)
		case jwtview.NotApplicable:
			p.para(indent, width, label, c.Detail)
		default:
			p.para(indent, width, label, "want  "+orDash(c.Want))
			p.para(indent, width, "", "got   "+orDash(c.Got))
			p.para(indent, width, "", join("  ", c.Detail, c.Spec))
		}
	}
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// strays lists the calls that belong to no stage.
func (p *page) strays(s *story.Story) {
	first := true
	for _, c := range s.Calls() {
		if c.Stage != "" {
			continue
		}
		if first {
			p.blank()
			p.put(0, "Other calls")
			first = false
		}
		p.call(c)
	}
}

// findings says why, the root cause first.
func (p *page) findings(fs []diagnose.Finding) {
	if len(fs) == 0 {
		return
	}
	p.blank()
	p.put(0, "Why")
	for i, f := range fs {
		if i > 0 {
			p.blank()
		}
		p.para(2, 2, severities[f.Severity], f.Title+" ("+string(f.Severity)+", "+f.ID+")")
		p.para(4, 7, "seen", f.Seen)
		p.para(4, 7, "means", f.Means)
		p.para(4, 7, "do", f.Do)
		p.para(4, 7, "spec", f.Spec)
	}
}

var severities = map[jwtview.Severity]string{jwtview.Error: "✗", jwtview.Warning: "!", jwtview.Info: "·"}
