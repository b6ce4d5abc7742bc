package report

import (
	"fmt"
	"slices"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Expectation is what somebody expects of a run, to be judged when it is over.
type Expectation struct {
	Expr string // as it was written
	name string // what comes before the first =
	want string // what comes after it
	bare bool   // there is no =
}

// Expectations are the forms that an expectation can have, with what they mean.
var Expectations = [][2]string{
	{"refresh_token", "the login gave a refresh token"},
	{"no-refresh_token", "it gave none"},
	{"rotation", "a refresh brought another refresh token"},
	{"no-rotation", "no refresh did, and there was one"},
	{"aud=VALUE", "an audience of the access token where that is a JWT, else of the ID token"},
	{"scope=SCOPE …", "all of them were granted"},
	{"claim.NAME", "the ID token has this claim; claim.NAME=VALUE: with this value, or with it in a list"},
	{"error=CODE", "the tenant answered with this OAuth error"},
	{"finding=ID", "this finding is there"},
	{"no-finding=ID", "it is not"},
	{"no-findings", "there is neither an error nor a warning among the findings"},
}

// ParseExpectation reads what Expectations lists.
func ParseExpectation(s string) (Expectation, error) {
	e := Expectation{Expr: strings.TrimSpace(s)}
	name, want, has := strings.Cut(e.Expr, "=")
	e.name, e.want, e.bare = strings.TrimSpace(name), strings.TrimSpace(want), !has
	switch {
	case slices.Contains([]string{"refresh_token", "no-refresh_token", "rotation", "no-rotation", "no-findings"}, e.name):
		if has {
			return e, fmt.Errorf("%s takes no value", e.name)
		}
	case slices.Contains([]string{"aud", "scope", "error", "finding", "no-finding"}, e.name):
		if e.want == "" {
			return e, fmt.Errorf("%s wants a value: %s=…", e.name, e.name)
		}
	case strings.HasPrefix(e.name, "claim.") && len(e.name) > len("claim."):
	default:
		var forms []string
		for _, f := range Expectations {
			forms = append(forms, f[0])
		}
		return e, fmt.Errorf("%.60q is not known: there are %s", e.Expr, strings.Join(forms, ", "))
	}
	return e, nil
}

// IsError reports whether an error of the tenant is expected.
func (e Expectation) IsError() bool { return e.name == "error" }

// Judge holds a run against the expectation.
func (e Expectation) Judge(r Run) jwtview.Check {
	c := jwtview.Check{ID: "expect", Status: jwtview.Failed, Want: e.Expr}
	ok := false
	s := r.Story
	switch e.name {
	case "refresh_token", "no-refresh_token":
		has := refreshTokenCame(s)
		ok, c.Got = has == (e.name == "refresh_token"), "a refresh token"
		if !has {
			c.Got = "no refresh token"
		}
	case "rotation", "no-rotation":
		rotated, refreshed := rotation(s)
		ok, c.Got = refreshed && rotated == (e.name == "rotation"), "another refresh token"
		if !rotated {
			c.Got = "the same refresh token, or none"
		}
		if !refreshed {
			c.Got, c.Detail = "no refresh succeeded", "Nothing can be said without one: --refresh 1 makes one."
		}
	case "aud":
		ok, c.Got = audience(s, e.want)
	case "scope":
		ok, c.Got, c.Detail = granted(s, e.want)
	case "error":
		ok, c.Got = errorCame(s, e.want)
	case "finding", "no-finding":
		ids := findingIDs(r, "")
		ok, c.Got = slices.Contains(ids, e.want) == (e.name == "finding"), orNone(strings.Join(ids, " "))
	case "no-findings":
		ids := findingIDs(r, jwtview.Info)
		ok, c.Got = len(ids) == 0, orNone(strings.Join(ids, " "))
	default:
		ok, c.Got = e.claim(s)
	}
	if ok {
		c.Status = jwtview.Passed
	}
	return c
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// firstLogin is the token response to the login that was asked for; those of experiments come after it.
func firstLogin(s *story.Story) *story.Call {
	for _, c := range s.Calls() {
		if c.Experiment == nil && (c.Class == story.CodeExchange || c.Class == story.DeviceToken || c.Class == story.ClientToken) && c.OK() {
			return c
		}
	}
	return nil
}

func refreshTokenCame(s *story.Story) bool {
	c := firstLogin(s)
	if c == nil || !c.Response.IsJSON {
		return false
	}
	token, _ := c.Response.JSON.Str("refresh_token")
	return token != ""
}

func rotation(s *story.Story) (rotated, refreshed bool) {
	for _, t := range s.Tokens() {
		if t.Kind == story.RefreshToken && t.Replaced != nil && t.Replaced.Call.Experiment == nil {
			rotated = true
		}
	}
	for _, c := range s.Calls() {
		refreshed = refreshed || c.Class == story.TokenRefresh && c.Experiment == nil && c.OK()
	}
	return rotated, refreshed
}

// first returns the first token of a kind, which the login gave.
func first(s *story.Story, kind story.Kind) *story.Token {
	for _, t := range s.Tokens() {
		if t.Kind == kind {
			return t
		}
	}
	return nil
}

func audience(s *story.Story, want string) (bool, string) {
	t := first(s, story.AccessToken)
	if t == nil || t.View.Format != jwtview.FormatJWT {
		t = first(s, story.IDToken)
	}
	if t == nil {
		return false, "no token that says it"
	}
	aud := t.View.Audience()
	return slices.Contains(aud, want), orNone(strings.Join(aud, " "))
}

// granted reads the scope from the response, from the access token, or, since neither says it, from the request.
func granted(s *story.Story, want string) (ok bool, got, detail string) {
	c := firstLogin(s)
	if c == nil {
		return false, "no token response", ""
	}
	got, told := c.Response.JSON.Str("scope")
	if t := first(s, story.AccessToken); !told && t != nil {
		got, told = t.View.Claims.Str("scope")
	}
	if !told {
		got, detail = s.AskedScope(), "Nothing says what was granted, so it is what was asked for (RFC 6749 §5.1)."
	}
	for _, w := range strings.Fields(want) {
		if !slices.Contains(strings.Fields(got), w) {
			return false, orNone(got), detail
		}
	}
	return true, orNone(got), detail
}

func errorCame(s *story.Story, want string) (bool, string) {
	var seen []string
	for _, c := range s.Calls() {
		code, _ := c.OAuthError()
		if cb := s.Callback(c.ID); cb != nil && code == "" {
			code = cb.Params.Get("error")
		}
		if code != "" && c.Experiment == nil && !slices.Contains(seen, code) {
			seen = append(seen, code)
		}
	}
	return slices.Contains(seen, want), orNone(strings.Join(seen, " "))
}

// findingIDs are those of the findings, without those of a severity.
func findingIDs(r Run, without jwtview.Severity) (ids []string) {
	for _, f := range r.Findings {
		if f.Severity != without && !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}

func (e Expectation) claim(s *story.Story) (bool, string) {
	t := first(s, story.IDToken)
	if t == nil {
		return false, "no ID token"
	}
	v, ok := t.View.Claims.Get(strings.TrimPrefix(e.name, "claim."))
	if !ok {
		return false, "absent"
	}
	is := func(v jwtview.Value) bool {
		return v.Kind == jwtview.String && v.Text == e.want || v.String() == e.want
	}
	return e.bare || is(v) || slices.ContainsFunc(v.Elems, is), v.String()
}

// judged are the checks of what was expected.
func (o Options) judged(r Run) []jwtview.Check {
	checks := []jwtview.Check{}
	for _, e := range o.Expect {
		checks = append(checks, e.Judge(r))
	}
	return checks
}

// Disappointed reports whether an expectation does not hold.
func (o Options) Disappointed(r Run) bool {
	return slices.ContainsFunc(o.judged(r), func(c jwtview.Check) bool { return c.Status == jwtview.Failed })
}

// experimentJSON is an experiment in the contract.
type experimentJSON struct {
	Name     string           `json:"name"`
	N        int              `json:"n"` // of its stage
	Verdict  story.Assessment `json:"verdict"`
	Real     string           `json:"real"`
	Why      *string          `json:"why"`
	Expected string           `json:"expected"`
	Known    *string          `json:"known"` // what this provider is known to do, or null
	Spec     string           `json:"spec"`
	Dead     []string         `json:"dead"`
	Calls    []trace.CallID   `json:"calls"`
}

func experimentsOf(s *story.Story) []experimentJSON {
	out := []experimentJSON{}
	for _, x := range s.Experiments() {
		expected, known := x.Expected()
		e := experimentJSON{Name: x.About.Name, N: x.N, Verdict: x.Verdict, Real: x.Real, Why: text(x.Why), Expected: expected, Known: text(known),
			Spec: x.About.Spec, Dead: list(x.Dead), Calls: []trace.CallID{}}
		for _, st := range x.Steps {
			for _, c := range st.Calls {
				e.Calls = append(e.Calls, c.ID)
			}
		}
		out = append(out, e)
	}
	return out
}

// experiments writes what came of each.
func (p *page) experiments(s *story.Story) {
	for _, x := range s.Experiments() {
		expected, known := x.Expected()
		p.blank()
		p.line(0, "Experiment: "+x.About.Title)
		p.para(2, 10, "tried", x.About.What)
		p.para(2, 10, "expected", expected+" ("+x.About.Spec+")")
		if known != "" {
			p.para(2, 10, "known", "Of Authgear: "+known)
		}
		p.para(2, 10, "real", x.Real)
		p.para(2, 10, "verdict", strings.TrimSpace(x.Verdict.Words()+". "+x.Why))
		if len(x.Dead) > 0 {
			p.para(2, 10, "dead now", strings.Join(x.Dead, "; "))
		}
	}
}

// expected writes what was expected of the run.
func (p *page) expected(checks []jwtview.Check) {
	if len(checks) == 0 {
		return
	}
	p.blank()
	p.put(0, "Expected")
	var rows []entry
	for _, c := range checks {
		mark := "✓"
		if c.Status == jwtview.Failed {
			mark = "✗"
		}
		rows = append(rows, entry{mark, c.Want, c.Got, c.Detail})
	}
	p.entries(4, rows)
}
