package report

import (
	"fmt"
	"io"
	"strings"

	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// checks writes a line for each comparison, with both values; what did not pass says what that means.
func (s *sheet) checks(t Token) {
	if len(t.Checks) == 0 {
		return
	}
	s.title("checks", "as of "+t.demand.Now.Format("2006-01-02 15:04:05 -07:00"))
	names := 0
	for _, c := range t.Checks {
		names = max(names, len(c.ID))
	}
	const word = 14 // "not verified", and the gap
	for _, c := range t.Checks {
		style, symbol, said := s.status(c)
		s.line(0, append([]span{{style, "  " + symbol + " "}, {s.th.Text, safe.Pad(c.ID, names+2)}, {style, safe.Pad(said, word)}},
			s.values(c, s.width-4-names-2-word)...)...)
		col := 4 + names + 2
		switch room := s.width - col - word; {
		case c.Status == jwtview.NotApplicable || s.fits(c, room):
		case c.Status == jwtview.Passed && safe.Width(safe.Line(c.Got)) <= room:
			s.para(col+word, span{s.th.Dim, "want"}, 6, s.th.Dim, c.Want)
		default:
			s.para(col, span{s.th.Dim, "got"}, 6, s.th.Text, c.Got)
			s.para(col, span{s.th.Dim, "want"}, 6, s.th.Dim, c.Want)
		}
		if c.Status != jwtview.Passed {
			s.para(col, span{}, 0, s.th.Dim, join(" ", c.Detail, bracketed(c.Spec)))
		}
	}
}

// values are what is shown of a check on its line: both values, if there is room for both.
func (s *sheet) values(c jwtview.Check, room int) []span {
	switch {
	case c.Status == jwtview.NotApplicable:
		return nil
	case s.fits(c, room) && c.Want == c.Got:
		return []span{{s.th.Text, c.Got}, {s.th.Dim, "  as wanted"}}
	case s.fits(c, room):
		return []span{{s.th.Text, c.Got}, {s.th.Dim, "  want " + orDash(c.Want)}}
	case c.Status == jwtview.Passed && safe.Width(safe.Line(c.Got)) <= room:
		return []span{{s.th.Text, c.Got}}
	}
	return nil
}

func (s *sheet) fits(c jwtview.Check, room int) bool {
	if c.Want == c.Got {
		return safe.Width(safe.Line(c.Got))+len("  as wanted") <= room
	}
	return safe.Width(safe.Line(c.Got))+len("  want ")+safe.Width(safe.Line(orDash(c.Want))) <= room
}

// status is the outcome as a style, a symbol and a word: any one of them is enough.
func (s *sheet) status(c jwtview.Check) (theme.Style, string, string) {
	switch {
	case c.Status == jwtview.Passed:
		return s.th.OK, theme.Passed, "passed"
	case c.Status == jwtview.Failed:
		return s.th.Bad, theme.Failed, "failed"
	case c.ID == "signature":
		return s.th.Warn, theme.Skipped, "not verified"
	case c.ID == "decryption":
		return s.th.Warn, theme.Skipped, "not decrypted"
	}
	return s.th.Dim, theme.Skipped, "not checked"
}

var outcomes = map[jwtview.Outcome]string{
	jwtview.Verified: "verified", jwtview.Mismatch: "tried", jwtview.Refused: "refused", jwtview.NotNamed: "not named", jwtview.NotNeeded: "not needed",
}

// keys shows the choice among the keys. Of a large set the keys that the token does not name are counted only.
func (s *sheet) keys(t Token) {
	attempts := t.attempts()
	if len(attempts) == 0 {
		return
	}
	s.title("keys", "from "+orText(t.demand.KeysFrom, "what was given"))
	const most = 8
	others, left := 0, most
	var rows []row
	for _, a := range attempts {
		if len(attempts) > most && (a.Outcome == jwtview.NotNamed || left == 0) && a.Outcome != jwtview.Verified {
			others++
			continue
		}
		left--
		mark := span{s.th.Dim, theme.Skipped}
		switch a.Outcome {
		case jwtview.Verified:
			mark = span{s.th.OK, theme.Passed}
		case jwtview.Mismatch, jwtview.Refused:
			mark = span{s.th.Bad, theme.Failed}
		}
		rows = append(rows, row{mark: mark, name: strings.TrimPrefix(a.Key, "the "), value: []string{outcomes[a.Outcome]},
			note: span{s.th.Text, safe.Cut(safe.Line(a.Type), 60)}, meaning: head(a.Why, maxLines*s.width)})
	}
	s.rows(2, rows)
	if others > 0 {
		s.line(2, span{s.th.Dim, fmt.Sprintf("… %s more, of another kid or not needed: --json has them all", plural(others, "key"))})
	}
}

// findings says what is wrong or risky, the worst first.
func (s *sheet) findings(fs []jwtview.Finding) {
	if len(fs) == 0 {
		return
	}
	s.title("findings", "")
	for i, f := range fs {
		if i > 0 {
			s.blank()
		}
		style := s.th.Info
		switch f.Severity {
		case jwtview.Error:
			style = s.th.Bad
		case jwtview.Warning:
			style = s.th.Warn
		}
		s.para(2, span{style, severities[f.Severity]}, 2, s.th.Strong, f.Title)
		const label = 7
		s.para(4, span{s.th.Dim, "seen"}, label, s.th.Text, f.Seen)
		s.para(4, span{s.th.Dim, "means"}, label, s.th.Text, f.Means)
		s.para(4, span{s.th.Do, "do"}, label, s.th.Text, f.Do)
		s.para(4, span{s.th.Dim, ""}, label, s.th.Dim, join(" · ", f.ID, string(f.Severity), f.Spec))
	}
}

// verdict is the last line: how it went, and what to do where it could not be told.
func (s *sheet) verdict(t Token) {
	style, symbol, words := s.th.Dim, theme.Pending, ""
	passed, failed := t.count()
	switch v := t.Verdict(); {
	case v == Unreadable:
		style, symbol, words = s.th.Bad, theme.Failed, "cannot be read: "+t.Err
	case v == Holds:
		style, symbol, words = s.th.OK, theme.Passed, "holds: "+plural(passed, "check")+" passed"
		if t.demand.KeysFrom != "" {
			words += ", with the keys from " + t.demand.KeysFrom
		}
	case v == Fails && len(failed) > 0:
		style, symbol, words = s.th.Bad, theme.Failed, "does not hold: "+strings.Join(failed, ", ")
	case v == Fails:
		style, symbol, words = s.th.Warn, theme.Skipped, "not verified: "+strings.TrimPrefix(t.missed()[0].Detail, "Not verified: ")
	case t.isOpaque():
		words = "read; only who issued it can say whether it holds"
	default:
		style, symbol, words = s.th.Warn, theme.Skipped, "not verified: --keys FILE, --secret-file FILE, --issuer URL or --discover give keys"
		if len(failed) > 0 {
			words += ". " + strings.Join(failed, ", ") + " failed all the same"
		}
	}
	s.para(0, span{style, symbol}, 2, style, words)
}

// count counts the checks that passed, and names those that failed, each once.
func (t Token) count() (passed int, failed []string) {
	named := map[string]bool{}
	for _, part := range t.parts() {
		for _, c := range part.Checks {
			switch {
			case c.Status == jwtview.Passed:
				passed++
			case c.Status == jwtview.Failed && !named[c.ID]:
				named[c.ID] = true
				failed = append(failed, c.ID)
			}
		}
	}
	return passed, failed
}

// TokenLine writes the token as one line of a list: its number, how it stands, what it is, of whom and until when.
func TokenLine(w io.Writer, t Token, o TokenOptions) error {
	s := newSheet(o)
	style, symbol, word := s.th.Dim, theme.Pending, "read"
	switch t.Verdict() {
	case Holds:
		style, symbol, word = s.th.OK, theme.Passed, "holds"
	case Fails:
		style, symbol, word = s.th.Bad, theme.Failed, "fails"
	case Unreadable:
		style, symbol, word = s.th.Bad, theme.Failed, "unreadable"
	}
	last := t
	for last.Content != nil {
		last = *last.Content
	}
	iss, _ := last.Token.Claims.Str("iss")
	sub, _ := last.Token.Claims.Str("sub")
	ends := ""
	if at, ok := last.Token.Time("exp"); ok {
		ends = "exp " + at.UTC().Format("2006-01-02 15:04:05Z")
	}
	why := ""
	if v := t.Verdict(); v == Fails || v == Unreadable {
		why = t.Why()
	}
	s.line(0, span{s.th.Dim, fmt.Sprintf("%6d  ", t.Line)}, span{style, safe.Pad(symbol+" "+word, 14)}, span{s.th.Text, t.Name},
		span{s.th.Dim, "  " + join("  ", head(why, 300), ends, head(iss, 200), head(sub, 200))})
	_, err := io.WriteString(w, s.b.String())
	return err
}
