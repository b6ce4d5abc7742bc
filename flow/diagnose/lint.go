package diagnose

import (
	"slices"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// lintRules say of the newest tokens what is wrong with each by itself: what `authscope decode` says of a single one.
var lintRules = func() (rules []rule) {
	for _, id := range jwtview.Lints {
		if slices.Contains(notOfRuns, id) {
			continue
		}
		text, _ := jwtview.LintText(id)
		rules = append(rules, rule{id: id, catalogue: text.Catalogue, Text: Text{text.Severity, text.Title, text.Means, nil, text.Do, text.Spec}, read: func(r *reading) (out []Finding) {
			for _, f := range r.linted() {
				if f.ID == id {
					out = append(out, f)
				}
			}
			return out
		}})
	}
	return rules
}()

// notOfRuns are the lints that a run cannot have: it knows public keys only, and in a session that was saved without its
// secrets the signatures are gone. That one is in DER the check of an ID token says.
var notOfRuns = []string{"token-hmac-secret-short", "token-signature-der"}

// checkedElsewhere are the lints that the rules about ID tokens cover: there the check says it, with what was wanted.
var checkedElsewhere = []string{"token-alg-none", "token-hmac-beside-public-keys", "token-no-exp"}

// linted reads the newest token of each kind, once.
func (r *reading) linted() []Finding {
	if r.lintsKnown {
		return r.lints
	}
	r.lintsKnown = true
	keys, _ := r.Keys()
	for _, t := range r.idTokens() {
		for _, f := range t.View.Lint(keys) {
			if slices.Contains(checkedElsewhere, f.ID) || slices.Contains(notOfRuns, f.ID) {
				continue
			}
			f.Seen = "In the ID token: " + f.Seen + "."
			fs := at(t.Call, f)
			if t.Call.Class == story.CodeExchange {
				fs = r.in(trace.Verify, f)
				fs[0].Call = t.Call.ID
			}
			r.lints = append(r.lints, about(ofToken(t), fs)...)
		}
	}
	for _, kind := range []story.Kind{story.AccessToken, story.RefreshToken} {
		if t := r.Newest(kind); t != nil && (t.Login == nil || t.Login == r.login) {
			for _, f := range t.View.Lint(keys) {
				f.Seen = "In the " + kindWords[kind] + ": " + f.Seen + "."
				r.lints = append(r.lints, about(ofToken(t), at(t.Call, f))...)
			}
		}
	}
	return r.lints
}

var kindWords = map[story.Kind]string{story.AccessToken: "access token", story.RefreshToken: "refresh token"}
