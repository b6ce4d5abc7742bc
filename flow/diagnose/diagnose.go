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
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Finding is one answer to "why", with the place that it speaks of.
type Finding struct {
	jwtview.Finding
	Stage trace.StageID
	N     int // of the stage
	Call  trace.CallID
}

// rule is one thing that can be said. The ids are part of the JSON contract and are never renamed.
type rule struct {
	id        string
	catalogue string // the entry of the diagnosis catalogue
	open      bool   // the wire does not prove the cause: what is said are candidates
	read      func(*reading) []Finding
}

// leads reports whether what a rule says comes before all else: whoever changed a request by hand must know first that the
// failure may be of their own making.
func (r rule) leads() bool { return r.id == editedID }

// rules are all rules. Where nothing else decides, the order here is that of the findings.
var rules = slices.Concat(discoveryRules, tenantRules, transportRules, preflightRules, authorizeRules, callbackRules, exchangeRules, clientAuthRules, tokenRules, lintRules,
	claimRules, refreshTokenRules, refreshRules, userInfoRules, deviceRules, apiRules, introspectionRules, revokeRules, logoutRules, clockRules, editedRules)

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
// are the same in every login, and [Tenant] has them.
func Read(s *story.Story, now time.Time) []Finding { return apply(s, now, rules, true) }

// remarks are the rules whose remarks are not told in a login.
var remarks = func() map[string]bool {
	m := map[string]bool{}
	for _, r := range tenantRules {
		m[r.id] = true
	}
	return m
}()

// apply applies some rules, and sorts what they find.
func apply(s *story.Story, now time.Time, rules []rule, login bool) []Finding {
	type ranked struct {
		Finding
		open, leads bool
	}
	r := newReading(s, now)
	var found []ranked
	for _, rule := range rules {
		for _, f := range rule.read(r) {
			if login && f.Severity == jwtview.Info && remarks[rule.id] {
				continue
			}
			f.ID, f.Catalogue = rule.id, cmp.Or(rule.catalogue, f.Catalogue)
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
