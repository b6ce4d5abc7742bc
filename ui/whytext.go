package ui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"authscope/flow/diagnose"
	"authscope/jwtview"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// severityMark is how a severity is shown: a symbol and a word, so that it reads without colour.
type severityMark struct {
	severity         jwtview.Severity
	mark, word, many string
}

// severityWords are the severities as the screen calls them, the worst first.
var severityWords = [...]severityMark{
	{jwtview.Error, theme.Failed, "error", "errors"},
	{jwtview.Warning, theme.Finding, "warning", "warnings"},
	{jwtview.Info, theme.Info, "note", "notes"},
}

// worst is the severity of the worst of some findings, if it is worse than a remark: a list marks what it belongs to.
func (m *Model) worst(found []int) (worst severityMark, ok bool) {
	for _, s := range severityWords[:2] {
		if slices.ContainsFunc(found, func(i int) bool { return m.cur.findings[i].Severity == s.severity }) {
			return s, true
		}
	}
	return worst, false
}

// severityMark is the symbol of a severity, and its colour.
func (m *Model) severityMark(sev jwtview.Severity) (string, theme.Style) {
	for _, s := range severityWords {
		if s.severity == sev {
			return s.mark, m.severity(sev)
		}
	}
	return theme.Between, m.th.Dim
}

// severityWord writes how bad something is: a symbol and a word, in its colour.
func (m *Model) severityWord(c *cells, sev jwtview.Severity) {
	for _, s := range severityWords {
		if s.severity == sev {
			c.put(m.severity(sev), s.mark+" "+s.word)
		}
	}
}

// findingText is what was seen, what it means, what to do, where that is written, and how it is called.
func (m *Model) findingText(s *sheet, f diagnose.Finding) {
	s.labelled("seen", m.th.Dim, m.th.Text, m.words(f.Seen))
	s.labelled("why", m.th.Why, m.th.Text, m.words(f.Means))
	s.labelled("do", m.th.Do, m.th.Text, m.words(f.Do))
	if not := m.deadKeys(f.Do); not != "" {
		s.labelled("", m.th.Dim, m.th.Dim, not)
	}
	explain := "authscope explain " + f.ID
	if both := f.Spec + "  " + theme.Between + "  " + explain; safe.Width(both) <= s.w-6 {
		s.labelled("", m.th.Dim, m.th.Dim, both)
		return
	}
	s.labelled("", m.th.Dim, m.th.Dim, f.Spec)
	s.labelled("", m.th.Dim, m.th.Dim, explain)
}

// named finds the keys that a sentence names: press n, refresh (r), with P.
var named = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(?:[Pp]ress|with|[Oo]r) ([A-Za-z+])\b|\(([A-Za-z+])[),]`)
})

// deadKeys says of the keys that a sentence names and that do nothing now, why.
func (m *Model) deadKeys(do string) string {
	var out []string
	said := map[string]bool{}
	for _, found := range named().FindAllStringSubmatch(do, -1) {
		key := found[1] + found[2]
		c := commandOf(key)
		if c == nil || key == "a" || said[key] { // "or a proxy" names no key
			continue
		}
		said[key] = true
		if why := c.disabled(m); why != "" {
			out = append(out, key+" does nothing now: "+why)
		}
	}
	if slices.ContainsFunc(out, func(s string) bool { return strings.HasSuffix(s, savedOnly) }) {
		return "Nothing is sent from a saved session: authscope run makes a login that can."
	}
	return strings.Join(out, "; ")
}

// counted writes how many findings there are of each severity, with words or without.
func (m *Model) counted(words bool) (c cells) {
	for _, s := range severityWords {
		n := m.cur.why.severity[s.severity]
		if n == 0 {
			continue
		}
		if c.w > 0 && words {
			c.put(m.th.Dim, " "+theme.Between+" ")
		} else if c.w > 0 {
			c.space(1)
		}
		c.put(m.severity(s.severity), fmt.Sprintf("%s %d", s.mark, n))
		if words {
			c.put(m.th.Dim, " "+map[bool]string{true: s.word, false: s.many}[n == 1])
		}
	}
	return c
}

// findingAsText is a finding in plain lines, without secrets.
func (m *Model) findingAsText(f *diagnose.Finding) string {
	lines := []string{string(f.Severity) + ": " + f.Title + " (" + f.ID + ")"}
	for _, l := range [][2]string{{"seen", f.Seen}, {"why", f.Means}, {"do", f.Do}, {"spec", f.Spec}} {
		if l[1] != "" {
			lines = append(lines, l[0]+": "+m.words(l[1]))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
