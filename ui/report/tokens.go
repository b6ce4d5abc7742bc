package report

import (
	"fmt"
	"slices"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// tokens lists what was received, with the claims of what can be read.
func (p *page) tokens(s *story.Story) {
	if len(s.Tokens()) == 0 {
		return
	}
	p.blank()
	p.put(0, "Tokens, as of "+s.End().UTC().Format("15:04:05 UTC"))
	var rows []entry
	for _, t := range s.Tokens() {
		rows = append(rows, entry{name: fmt.Sprintf("%s #%d", t.Kind, t.Generation), value: t.Describe, note: life(t, s.End())})
	}
	p.entries(2, rows)
	for _, t := range s.Tokens() {
		if t.View.Claims.Kind == jwtview.Object {
			p.claims(t, before(s, t), s.End().UTC())
		}
	}
}

// life says in words how a token stands.
func life(t *story.Token, now time.Time) string {
	until := ""
	if !t.ExpiresAt.IsZero() {
		until = fmt.Sprintf("lives %s, until %s by %s", story.Lifetime(lifetime(t)), t.ExpiresAt.UTC().Format("2006-01-02 15:04:05 UTC"), t.Source)
	}
	switch t.Life(now) {
	case story.Dead:
		return t.DeadWhy
	case story.Expired:
		return "expired: " + until
	case story.Replaced:
		return join(", ", fmt.Sprintf("replaced by #%d", t.Replaced.Generation), until)
	case story.NotTold:
		return "the server does not say how long it lives"
	}
	return until
}

// lifetime is how long the server gave a token: the time on the way to here belongs to it.
func lifetime(t *story.Token) time.Duration {
	if iat, ok := t.View.Time("iat"); ok && t.Source == "exp" {
		return t.ExpiresAt.Sub(iat)
	}
	return t.Lifetime().Round(time.Second)
}

// before returns the token of the same kind that came before t, if it can be read too.
func before(s *story.Story, t *story.Token) *story.Token {
	var found *story.Token
	for _, o := range s.Tokens() {
		if o.Kind == t.Kind && o.Generation < t.Generation && o.View.Claims.Kind == jwtview.Object {
			found = o
		}
	}
	return found
}

// claims writes a token's claims, each with what it is; of a later generation what changed.
func (p *page) claims(t, old *story.Token, now time.Time) {
	p.blank()
	title, gone := fmt.Sprintf("Claims of %s #%d", t.Kind, t.Generation), ""
	var was jwtview.Value
	if old != nil {
		was = old.View.Claims
		title += fmt.Sprintf(", where they differ from #%d", old.Generation)
		for _, m := range was.Members {
			if _, still := t.View.Claims.Get(m.Name); !still {
				gone = join(", ", gone, m.Name)
			}
		}
	}
	p.line(0, title)
	var rows []entry
	for _, m := range t.View.Claims.Members {
		if same, ok := was.Get(m.Name); ok && same.String() == m.Value.String() {
			continue
		}
		rows = append(rows, p.claim(t, m, now))
	}
	if gone != "" {
		rows = append(rows, entry{name: "no longer there", value: gone})
	}
	if len(rows) == 0 {
		p.put(2, "nothing")
	}
	p.entries(2, rows)
	for _, problem := range t.View.Problems {
		p.para(2, 2, "!", problem)
	}
}

func (p *page) claim(t *story.Token, m jwtview.Member, now time.Time) entry {
	value := m.Value.String()
	if m.Value.Kind == jwtview.String {
		value = m.Value.Text
	}
	meaning, _ := jwtview.ClaimMeaning(m.Name)
	return entry{name: m.Name, value: value, note: join("; ", meaning, t.View.ClaimNote(m, now))}
}

// outcome is the run in one sentence.
func (r Run) outcome() string {
	passed, skipped, missing := 0, 0, 0
	for _, st := range r.stages() {
		switch st.status {
		case trace.Failed:
			return fmt.Sprintf("✗ failed at %s: %s", name(st), firstLine(st.run.Reason))
		case trace.Cancelled:
			return fmt.Sprintf("– ended at %s: %s", name(st), firstLine(st.run.Reason))
		case trace.Passed:
			passed++
		case trace.Skipped:
			skipped++
		default:
			missing++
		}
	}
	if c, where := r.failedCheck(); c != nil {
		return fmt.Sprintf("✗ a check failed: %s of %s. %s", c.ID, where, c.Detail)
	}
	line := fmt.Sprintf("✓ passed: %d stages, %s", passed, plural(r.checksPassed(), "check"))
	if skipped > 0 {
		line += fmt.Sprintf("; %d skipped", skipped)
	}
	if missing > 0 {
		line = fmt.Sprintf("· %d stages passed, %d not run", passed, missing)
		if _, ok := r.Story.Recording(); ok {
			line = fmt.Sprintf("· %d stages passed, %d without an answer in the recording", passed, missing)
		}
	}
	return line
}

// Failed reports whether a stage or a check failed.
func (r Run) Failed() bool {
	for _, st := range r.Story.Stages() {
		if st.Status == trace.Failed {
			return true
		}
	}
	c, _ := r.failedCheck()
	return c != nil
}

// failedCheck returns the first check that failed, and of what.
func (r Run) failedCheck() (*jwtview.Check, string) {
	for _, st := range r.Story.Stages() {
		if c, ok := st.Failed(); ok {
			return &c, st.Title
		}
	}
	for _, t := range r.Story.Tokens() {
		for _, c := range t.Checks() {
			if c.Status == jwtview.Failed {
				return &c, string(t.Kind)
			}
		}
	}
	return nil, ""
}

func (r Run) checksPassed() (n int) {
	for _, st := range r.Story.Stages() {
		for _, c := range st.Checks() {
			if c.Status == jwtview.Passed {
				n++
			}
		}
	}
	return n
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Ended reports whether a stage was ended before it was done.
func (r Run) Ended() bool {
	return slices.ContainsFunc(r.Story.Stages(), func(st *story.Stage) bool { return st.Status == trace.Cancelled })
}
