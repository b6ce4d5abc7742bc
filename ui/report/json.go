package report

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// Schema is the number of the JSON contract. Members may be added to it; none is renamed or changes its meaning.
const Schema = 1

// JSON writes the run as one JSON object, the contract of `authscope run --json`.
func JSON(w io.Writer, r Run, o Options) error {
	return encode(w, document(r.as(o), o))
}

// encode writes v without a character that a terminal obeys.
func encode(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(escape(b.Bytes()))
	return err
}

// The types below are the contract. Their order is that of the output.

type runJSON struct {
	Schema   int           `json:"schema"`
	Source   *sourceJSON   `json:"source,omitempty"` // of a recording that somebody else made
	Tenant   tenantJSON    `json:"tenant"`
	Settings *settingsJSON `json:"settings"` // null: the recording does not tell
	Stages   []stageJSON   `json:"stages"`
	Calls    []callJSON    `json:"calls"`
	Tokens   []tokenJSON   `json:"tokens"`
	Findings []findingJSON `json:"findings"`
	Sessions []sessionJSON `json:"sessions"`
	Clocks   []clockJSON   `json:"clocks"`
	Time     timeJSON      `json:"time"`

	Experiments  []experimentJSON `json:"experiments"`
	Expectations []jwtview.Check  `json:"expectations"`
}

type tenantJSON struct {
	Issuer   string        `json:"issuer"`
	Provider string        `json:"provider"` // authgear, unknown
	Embedded *embeddedJSON `json:"embedded"`
}

type embeddedJSON struct {
	Client         string  `json:"client"`
	AccessLifetime seconds `json:"access_lifetime_s"`
	Note           string  `json:"note"`
}

type settingsJSON struct {
	ClientID      string        `json:"client_id"`
	ClientAuth    string        `json:"client_auth"`
	AuthReason    *string       `json:"client_auth_reason"`
	RedirectURI   string        `json:"redirect_uri"`
	Scope         string        `json:"scope"`
	Params        []trace.Param `json:"params"`
	TokenParams   []trace.Param `json:"token_params"`
	Leeway        seconds       `json:"leeway_s"`
	Preflight     bool          `json:"preflight"`
	Grant         trace.Grant   `json:"grant"` // "": the authorization code grant
	RefreshParams []trace.Param `json:"refresh_params"`
	ResponseMode  string        `json:"response_mode"`            // "": not asked for
	PostLogoutURI string        `json:"post_logout_redirect_uri"` // "": the root of the redirect URI's origin
}

type stageJSON struct {
	ID       trace.StageID   `json:"id"`
	N        int             `json:"n"`
	Status   trace.Status    `json:"status"`
	Reason   *string         `json:"reason"`
	Duration *millis         `json:"duration_ms"` // null: it did not run
	Checks   []jwtview.Check `json:"checks"`
	Error    *string         `json:"error"`
}

type tokenJSON struct {
	Kind        story.Kind      `json:"kind"`
	Generation  int             `json:"generation"`
	Format      jwtview.Format  `json:"format"`
	Describe    string          `json:"describe"`
	IssuedAt    *string         `json:"issued_at"`
	ExpiresAt   *string         `json:"expires_at"`
	ExpiresFrom *string         `json:"expires_from"`
	State       story.Life      `json:"state"`
	StateReason *string         `json:"state_reason"`
	Header      jwtview.Value   `json:"header"`
	Claims      jwtview.Value   `json:"claims"`
	Problems    []string        `json:"problems"`
	Checks      []jwtview.Check `json:"checks"`
	Alias       *string         `json:"alias"` // what stands for it in calls
	Value       *string         `json:"value"` // null unless secrets are shown
}

type findingJSON struct {
	jwtview.Finding
	Provider *string `json:"provider"` // that it speaks of
	Stage    *string `json:"stage"`
	N        int     `json:"n"`
	Call     *int    `json:"call"` // null: of no call
	Of       *ofJSON `json:"of"`   // null: of nothing narrower than that
}

// ofJSON is what a finding speaks of.
type ofJSON struct {
	Kind       diagnose.SubjectKind `json:"kind"`
	Name       *string              `json:"name"`
	Token      *string              `json:"token"`
	Generation int                  `json:"generation"`
}

// document lays a run out as the contract has it.
func document(r Run, o Options) runJSON {
	s := r.Story
	doc := runJSON{Schema: Schema, Source: sourceOf(s), Tenant: tenantOf(s), Settings: settingsOf(s),
		Stages: []stageJSON{}, Calls: []callJSON{}, Tokens: []tokenJSON{}, Findings: []findingJSON{},
		Experiments: experimentsOf(s), Expectations: o.judged(r)}
	for _, st := range r.stages() {
		doc.Stages = append(doc.Stages, stageOf(st))
	}
	for _, c := range s.Calls() {
		doc.Calls = append(doc.Calls, callOf(c))
	}
	for _, t := range s.Tokens() {
		doc.Tokens = append(doc.Tokens, tokenOf(t, s.End(), o.ShowSecrets))
	}
	for _, f := range r.Findings {
		doc.Findings = append(doc.Findings, findingOf(f))
	}
	doc.Sessions, doc.Clocks, doc.Time = sessionsOf(s, s.End()), clocksOf(s, s.End()), timeOf(s)
	return doc
}

func tenantOf(s *story.Story) tenantJSON {
	set, _ := s.Settings()
	t := tenantJSON{Issuer: set.Issuer, Provider: "unknown"}
	if m := s.Metadata(); m != nil {
		if t.Issuer == "" {
			t.Issuer = m.Issuer
		}
		if m.IsAuthgear() {
			t.Provider = "authgear"
		}
	}
	if rec, ok := s.Recording(); ok && t.Issuer == "" {
		in, _ := rec.Infer("issuer")
		t.Issuer = in.Value
	}
	if e := set.Embedded; e != nil {
		t.Embedded = &embeddedJSON{e.Client, seconds(e.AccessLifetime), e.Note}
	}
	return t
}

// undecided stands for the method that the metadata would have decided on, had it been read.
const undecided = "undecided"

func settingsOf(s *story.Story) *settingsJSON {
	set, known := s.Settings()
	if !known {
		return nil
	}
	auth := s.ClientAuth()
	if auth.Method == "" {
		auth.Method = undecided
		if _, ok := s.Recording(); ok {
			auth.Reason = "not in the recording"
		}
	}
	return &settingsJSON{set.ClientID, string(auth.Method), text(auth.Reason), set.RedirectURI, set.Scope,
		list(set.Params), list(set.TokenParams), seconds(set.Leeway), !set.NoPreflight, set.Grant, list(set.RefreshParams), set.ResponseMode, set.PostLogoutURI}
}

func stageOf(st stage) stageJSON {
	out := stageJSON{ID: st.ID, N: st.n, Status: st.status, Checks: []jwtview.Check{}}
	if st.run == nil {
		return out
	}
	out.Reason, out.Error = text(firstLine(st.run.Reason)), text(firstLine(st.run.Err))
	if st.status != trace.Skipped {
		d := millis(st.run.Duration())
		out.Duration = &d
	}
	out.Checks = list(st.run.Checks())
	return out
}

func tokenOf(t *story.Token, now time.Time, show bool) tokenJSON {
	out := tokenJSON{Kind: t.Kind, Generation: t.Generation, Format: t.View.Format, Describe: t.Describe,
		IssuedAt: instant(t.IssuedAt), ExpiresAt: instant(t.ExpiresAt), ExpiresFrom: text(t.Source),
		State: t.Life(now), Header: t.View.Header, Claims: t.View.Claims, Problems: list(t.View.Problems),
		Checks: list(t.Checks()), Alias: text(t.Alias())}
	if out.State == story.Dead {
		out.StateReason = text(t.DeadWhy)
	}
	if show && out.Alias == nil { // of a redacted session there is nothing to show
		out.Value = text(t.Value.Reveal())
	}
	return out
}

func findingOf(f diagnose.Finding) findingJSON {
	out := findingJSON{Finding: f.Finding, Provider: text(f.Provider), Stage: text(string(f.Stage)), N: f.N}
	if id := int(f.Call); id != 0 {
		out.Call = &id
	}
	if of := f.Of; of.Kind != "" {
		out.Of = &ofJSON{of.Kind, text(of.Name), text(string(of.Token)), of.Generation}
	}
	return out
}

// millis writes a duration as milliseconds with three decimals.
type millis time.Duration

func (d millis) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(d)/float64(time.Millisecond), 'f', 3, 64), nil
}

// seconds writes a duration as seconds.
type seconds time.Duration

func (d seconds) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, time.Duration(d).Seconds(), 'f', -1, 64), nil
}

// text is null where there is none.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// instant writes t in RFC 3339 and UTC, or null.
func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format("2006-01-02T15:04:05.000Z")
	return &s
}

// list is never null.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
