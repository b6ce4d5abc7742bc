// Package diagnose reads findings from a story: why something is missing, odd or wrong. A rule is data and a small function;
// none knows another. A cause that the wire does not prove is a candidate, and is called so.
//
// The package is pure. What it says rests on the bytes and the checks, never on how a stage said that it ended, so a
// recording without stage events gives the same findings as the live run. One rule alone looks at intent: an answer is
// overdue as soon as the time that was given to the run is over.
package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Finding is one answer to "why", with the place that it speaks of.
type Finding struct {
	jwtview.Finding
	Provider string // the id of the provider that it speaks of, "" if none was recognised
	Stage    trace.StageID
	N        int // of the stage
	Call     trace.CallID
	Of       Subject // what it speaks of
}

// rule is one thing that can be said. The ids are part of the JSON contract and are never renamed.
type rule struct {
	id        string
	catalogue string   // the entry of the diagnosis catalogue
	also      []string // further entries that it answers
	setting   string   // of the provider's console, where what is to be done is done
	open      bool     // the wire does not prove the cause: what is said are candidates
	read      func(*reading) []Finding
	Text
}

// Text is what a rule says whatever was seen. It is the one home of its words: a finding has words of its own only where
// what was seen changes them, and the rest is this.
type Text struct {
	Severity jwtview.Severity // the usual one
	Title    string
	Means    string
	Causes   []string // what it may come from; the wire may not tell them apart
	Do       string
	Spec     string
}

// fill gives a finding the words that it does not have itself.
func (t Text) fill(f *Finding) {
	f.Severity = cmp.Or(f.Severity, t.Severity)
	f.Title = cmp.Or(f.Title, t.Title)
	f.Do = cmp.Or(f.Do, t.Do)
	f.Spec = cmp.Or(f.Spec, t.Spec)
	f.Means = cmp.Or(f.Means, t.means())
}

// means is what the text says of its meaning, with the candidates.
func (t Text) means() string {
	if len(t.Causes) == 0 {
		return t.Means
	}
	return strings.TrimSpace(t.Means + " " + candidates(t.Causes...))
}

// leads reports whether what a rule says comes before all else: whoever changed a request by hand must know first that the
// failure may be of their own making.
func (r rule) leads() bool { return r.id == editedID }

// rules are all rules. Where nothing else decides, the order here is that of the findings.
var rules = slices.Concat(discoveryRules, tenantRules, transportRules, preflightRules, authorizeRules, callbackRules, exchangeRules, tokenRequestRules, codeRules, clientAuthRules, tokenRules, lintRules,
	claimRules, keyRules, audienceRules, refreshTokenRules, refusedRefreshRules, refreshRules, userInfoRules, deviceRules, apiRules, introspectionRules, revokeRules, logoutRules, clockRules, silenceRules, editedRules)

// IDs returns the id of every finding that there can be, in the order of the rules.
func IDs() []string {
	ids := make([]string, len(rules))
	for i, r := range rules {
		ids[i] = r.id
	}
	return ids
}

// Read applies every rule, as of now. Root causes come first: errors of the earliest stage, the certain ones before
// candidates; then warnings, then what is only good to know. Of what a tenant publishes only what is wrong is told: its remarks
// are the same in every login, and [Reader.Tenant] has them.
func (d Reader) Read(s *story.Story, now time.Time) []Finding { return d.apply(s, now, rules, true) }

// remarks are the rules whose remarks are not told in a login.
var remarks = func() map[string]bool {
	m := map[string]bool{}
	for _, r := range tenantRules {
		m[r.id] = true
	}
	return m
}()

// apply applies some rules, and sorts what they find.
func (d Reader) apply(s *story.Story, now time.Time, rules []rule, login bool) []Finding {
	type ranked struct {
		Finding
		open, leads bool
	}
	r := newReading(s, now)
	r.presets = d.presets()
	if r.provider = r.presets.Recognise(r.evidence()); r.provider.Preset != nil {
		r.by = r.provider.ID
	}
	var found []ranked
	for _, rule := range rules {
		if rule.id == d.without {
			continue
		}
		r.text = rule.Text
		for _, f := range rule.read(r) {
			f.ID, f.Catalogue = rule.id, cmp.Or(rule.catalogue, f.Catalogue)
			rule.fill(&f)
			if login && f.Severity == jwtview.Info && remarks[rule.id] {
				continue
			}
			r.subject(&f)
			f.Provider = r.by
			if !r.recorded() {
				f.Do = withKeys(f.Do)
			}
			if place := r.where(rule.setting); place != "" {
				f.Do += " " + place
			}
			if r.recorded() {
				f.Finding = inRecording(f.Finding)
			}
			found = append(found, ranked{f, rule.open, rule.leads() && f.Severity != jwtview.Info})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int {
		return cmp.Or(
			certainFirst(b.leads, a.leads),
			cmp.Compare(severities[a.Severity], severities[b.Severity]),
			cmp.Compare(stageOrder(a.Stage), stageOrder(b.Stage)),
			certainFirst(a.open, b.open))
	})
	out := make([]Finding, len(found))
	hide := r.secrets(len(found) > 0)
	for i, f := range found {
		out[i] = f.Finding
		out[i].Seen, out[i].Means, out[i].Do = hide.Replace(f.Seen), hide.Replace(f.Means), hide.Replace(f.Do)
	}
	return out
}

var severities = map[jwtview.Severity]int{jwtview.Error: 0, jwtview.Warning: 1, jwtview.Info: 2}

func stageOrder(id trace.StageID) int {
	return slices.IndexFunc(trace.Stages, func(s trace.Stage) bool { return s.ID == id })
}

func certainFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
