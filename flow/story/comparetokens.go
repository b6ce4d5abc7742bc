package story

import (
	"slices"
	"strings"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

// tokens lays the tokens of the sign-in beside each other, and those of the last refresh if both runs have refreshed.
func (c *comparing) tokens() {
	a, b := c.A.Family(), c.B.Family()
	titles := map[Kind]string{AccessToken: "access token", IDToken: "ID token", RefreshToken: "refresh token"}
	for _, k := range []Kind{IDToken, AccessToken, RefreshToken} {
		c.token(titles[k], a.First(k), b.First(k))
	}
	for _, k := range []Kind{IDToken, AccessToken, RefreshToken} {
		if x, y := a.Newest(k), b.Newest(k); x != nil && y != nil && x != a.First(k) && y != b.First(k) {
			c.token(titles[k]+" of the last refresh", x, y)
		}
	}
}

func (c *comparing) token(title string, a, b *Token) {
	c.add(title, side{tokenCells(a), a == nil && c.A.recording != nil}, side{tokenCells(b), b == nil && c.B.recording != nil})
}

// tokenCells are what a token is, how long it lives and what it says.
func tokenCells(t *Token) (out []cell) {
	if t == nil {
		return nil
	}
	at := Evidence{Call: t.Call.ID, Token: t}
	at.Stage, at.N = t.stage()
	put := func(part, name, value string) {
		out = append(out, cell{Row{Name: name, Value: value, Note: meaningOf(part, name)}, part, at})
	}
	put(partFact, "form", t.Describe)
	life := "not told"
	if d := t.Lifetime(); d > 0 {
		life = Lifetime(d.Round(time.Second))
	}
	put(partFact, "lives", life)
	if t.View.Format != jwtview.FormatJWT {
		return out
	}
	for _, m := range t.View.Header.Members {
		put(partJOSE, m.Name, valueText(m.Value))
	}
	flatten("", t.View.Claims, 0, func(name string, v jwtview.Value) bool {
		put(partClaim, name, valueText(v))
		if list, ok := words(v); ok {
			out[len(out)-1].Value, out[len(out)-1].List = list, true
		}
		return len(out) < maxDiffRows/2
	})
	return out
}

// partJOSE is a member of a token's header, whose names mean other things than those of its claims.
const partJOSE = "token_header"

func meaningOf(part, name string) string {
	if part != partClaim {
		return ""
	}
	note, _ := jwtview.ClaimMeaning(name)
	return note
}

// flatten calls f for each claim until it returns false; those within an object have its name before theirs.
func flatten(prefix string, v jwtview.Value, depth int, f func(name string, v jwtview.Value) bool) bool {
	for _, m := range v.Members {
		name := prefix + clip(m.Name, 200)
		if m.Value.Kind == jwtview.Object && len(m.Value.Members) > 0 && depth < 3 {
			if !flatten(name+".", m.Value, depth+1, f) {
				return false
			}
		} else if !f(name, m.Value) {
			return false
		}
	}
	return true
}

func valueText(v jwtview.Value) string {
	if v.Kind == jwtview.String {
		return v.Text
	}
	return v.String()
}

// checks lays the outcomes of the checks beside each other, of stages that both runs have walked. The row of a stage that only one has
// says enough of it.
func (c *comparing) checks() {
	var a, b []cell
	for _, stage := range trace.Stages {
		x, y := c.A.compared(stage.ID), c.B.compared(stage.ID)
		if x == nil || y == nil {
			continue
		}
		a, b = append(a, checkCells(x)...), append(b, checkCells(y)...)
	}
	c.add("checks", side{cells: a}, side{cells: b})
}

// compared is the run of a stage that is laid beside that of another run: the last one, of refreshes the first.
func (s *Story) compared(id trace.StageID) *Stage {
	if id == trace.Refresh {
		return s.StageRun(id, 1)
	}
	return s.StageRun(id, 0)
}

func checkCells(st *Stage) (out []cell) {
	for _, k := range st.Checks() {
		if len(out) == maxDiffRows/8 {
			break
		}
		r := Row{Name: string(st.ID) + ": " + k.ID, Value: string(k.Status), Short: k.Got, Note: k.Detail, Bad: k.Status == jwtview.Failed}
		out = append(out, cell{r, partCheck, Evidence{Stage: st.ID, N: st.N, Call: lastCall(st)}})
	}
	return out
}

func lastCall(st *Stage) trace.CallID {
	if len(st.Calls) == 0 {
		return 0
	}
	return st.Calls[len(st.Calls)-1].ID
}

// stageCells tell how each stage ended, with its checks.
func stageCells(s *Story) (out []cell) {
	for _, stage := range trace.Stages {
		st := s.latest[stage.ID]
		if st == nil {
			continue
		}
		r := Row{Name: string(st.ID), Value: string(st.Status), Bad: st.Status == trace.Failed}
		if st.Reason != r.Value {
			r.Note = st.Reason
		}
		passed, failed := 0, 0
		for _, c := range st.Checks() {
			switch c.Status {
			case jwtview.Passed:
				passed++
			case jwtview.Failed:
				failed++
			}
		}
		r.Short = checkCount(passed, failed)
		out = append(out, cell{r, partStatus, Evidence{Stage: st.ID, N: st.N, Call: lastCall(st)}})
	}
	return out
}

// sessionCells tell what became of the session: not at what instant, but how long after the sign-in.
func sessionCells(s *Story) (out []cell) {
	f := s.Family()
	if f == nil || len(f.Turns) == 0 {
		return nil
	}
	first := f.Turns[0]
	put := func(name, value, note string) {
		out = append(out, cell{Row{Name: name, Value: value, Note: note}, partFact, Evidence{Call: first.Call.ID, Stage: first.Call.Stage, N: first.Call.N}})
	}
	put("refreshes", itoa(f.Refreshes), "that brought something")
	if f.Failures > 0 {
		put("failed refreshes", itoa(f.Failures), "")
	}
	if rotates, known := f.Rotates(); known {
		put("refresh token", map[bool]string{true: "replaced by each refresh", false: "stays the same"}[rotates], "RFC 6749 §6")
	}
	put("sign in again", s.signInAgain(f), "the person must")
	if f.revoked != nil || s.Login() != nil && !s.Login().RevokedAt.IsZero() {
		put("revoked", "yes", "")
	}
	return out
}

// signInAgain says when the person must sign in again, counted from the newest access token, as an instant is another in every run.
func (s *Story) signInAgain(f *Family) string {
	until, at := f.SignInAt(s.last), f.Newest(AccessToken)
	switch {
	case until.IsZero() && f.Newest(RefreshToken) != nil:
		return "not foreseen: the refresh token brings more"
	case until.IsZero() || at == nil:
		return "not told"
	case at.DeadAt.Equal(until):
		return "at once: the tokens were ended"
	}
	return Lifetime(until.Sub(at.IssuedAt).Round(time.Second)) + " after the last access token came"
}

// settingCells are what the person chose.
func settingCells(s *Story) (out []cell) {
	set, known := s.Settings()
	if !known {
		return nil
	}
	put := func(name, value string) {
		out = append(out, cell{Row{Name: name, Value: value, Absent: value == "", List: name == "scope"}, partFact, Evidence{}})
	}
	put("grant", GrantTitle(set))
	put("tenant", set.Issuer)
	put("client", set.ClientID)
	put("client authentication", string(s.ClientAuth().Method))
	put("redirect URI", set.RedirectURI)
	put("scope", set.Scope)
	params := func(of string, ps []trace.Param) {
		for _, p := range ps[:min(len(ps), 50)] {
			r := Row{Name: of + p.Name, Value: p.Value, Secret: trace.SecretName(p.Name)}
			out = append(out, cell{r, partParameter, Evidence{}})
		}
	}
	params("", set.Params)
	params("token request: ", set.TokenParams)
	params("refresh: ", set.RefreshParams)
	put("answer by", set.ResponseMode)
	if s.recording == nil {
		put("look ahead", map[bool]string{true: "off", false: "on"}[set.NoPreflight])
	}
	put("after logout", set.PostLogoutURI)
	if e := set.Embedded; e != nil {
		if e.AccessLifetime > 0 {
			put("access tokens live", Lifetime(e.AccessLifetime))
		}
		put("switches", e.Note)
	}
	put("faults", s.faults())
	return out
}

// faults are those that were switched on in the session and not off again.
func (s *Story) faults() string {
	var on []string
	for _, e := range s.choices[:min(len(s.choices), 1000)] {
		if c, ok := e.Data.(trace.Choice); ok && c.What == "fault" {
			name := strings.TrimSuffix(strings.TrimSuffix(c.Value, " off"), " on")
			on = slices.DeleteFunc(on, func(n string) bool { return n == name })
			if strings.HasSuffix(c.Value, " on") {
				on = append(on, clip(name, 60))
			}
		}
	}
	return strings.Join(on, ", ")
}

// GrantTitle names the grant of settings.
func GrantTitle(s trace.Settings) string { return trace.GrantOf(s.Grant).Title }

// Changes returns the settings in which the second of two runs differs from the first.
func Changes(a, b *Story) []DiffRow {
	c := comparing{Comparison: Comparison{A: a, B: b}}
	rows := c.rows("settings", side{settingCells(a), a.recording != nil}, side{settingCells(b), b.recording != nil})
	return slices.DeleteFunc(rows, func(d DiffRow) bool { return !d.Counts() })
}

// Outcome says in a few words how the run ended, and whether it got tokens.
func (s *Story) Outcome() (text string, tokens bool) {
	if len(s.tokens) > 0 {
		return "tokens", true
	}
	for _, st := range slices.Backward(s.stages) {
		if st.Status != trace.Failed && st.Status != trace.Cancelled {
			continue
		}
		for _, c := range slices.Backward(st.Calls) {
			if code, _ := c.OAuthError(); code != "" {
				return clip(code, 40), false
			}
			if cb := s.callbacks[c.ID]; cb != nil && cb.Params.Get("error") != "" {
				return clip(cb.Params.Get("error"), 40), false
			}
		}
		return strings.ToLower(st.Title) + " " + string(st.Status), false
	}
	return "", false
}
