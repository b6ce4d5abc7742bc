package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// sourceJSON says what a session was read from that authscope did not make itself.
type sourceJSON struct {
	Format    string           `json:"format"` // har, callback_url, token_response, …
	File      *string          `json:"file"`
	Tool      *string          `json:"tool"` // that wrote the file
	ReadAt    *string          `json:"read_at"`
	From      *string          `json:"from"` // the first and the last instant in the file; null: it has no times
	To        *string          `json:"to"`
	Entries   int              `json:"entries"` // requests in the file
	Used      int              `json:"used"`    // those of this session
	Session   int              `json:"session"` // its number in the file, from 1
	Sessions  int              `json:"sessions"`
	Sanitized bool             `json:"sanitized"` // no Authorization and no cookie is in the file
	Inferred  []trace.Inferred `json:"inferred"`  // settings that were read from the requests
	Notes     []string         `json:"notes"`
}

func sourceOf(s *story.Story) *sourceJSON {
	r, ok := s.Recording()
	if !ok {
		return nil
	}
	return &sourceJSON{r.Format, text(r.File), text(r.Tool), instant(r.ReadAt), instant(r.From), instant(r.To), r.Entries, r.Used, r.Session, r.Sessions, r.Sanitized,
		list(r.Inferred), list(r.Notes)}
}

// formats are the kinds of sources in words.
var formats = map[string]string{"har": "a HAR", "callback_url": "a callback URL", "authorize_url": "an authorization request", "token_response": "a token response",
	"error_response": "an error of OAuth", "device_response": "a device authorization response", "introspection_response": "an introspection response",
	"discovery_document": "a discovery document", "jwk_set": "a JWK set", "curl_command": "a command that sends a request", "http_message": "raw HTTP"}

// FormatName is the kind of a source in words.
func FormatName(format string) string {
	if name := formats[format]; name != "" {
		return name
	}
	return format
}

// source says what was read, and what of the settings was inferred from it.
func (p *page) source(s *story.Story, r trace.Recording) {
	const label = 14
	what := FormatName(r.Format)
	if r.Tool != "" {
		what += " of " + r.Tool
	}
	if r.Entries > 1 {
		what += fmt.Sprintf(", %d requests", r.Entries)
		what += fmt.Sprintf("; %d of them belong to this login", r.Used)
	}
	p.para(0, label, "source", join(": ", r.File, what))
	if r.Sessions > 1 {
		p.para(0, label, "login", fmt.Sprintf("%d of %d", r.Session, r.Sessions))
	}
	p.para(0, label, "recorded", recorded(s, r))
	set, _ := s.Settings()
	shown := func(label, name, value string) {
		in, ok := r.Infer(name)
		if value == "" {
			value = in.Value
		}
		if ok {
			value += " (inferred: " + in.From + ")"
		}
		p.para(0, 14, label, value)
	}
	shown("tenant", "issuer", set.Issuer)
	shown("client", "client_id", set.ClientID)
	if in, ok := r.Infer("client_id"); ok && in.Value != "" {
		p.para(0, label, "", recordedAuth(s))
	}
	shown("redirect URI", "redirect_uri", set.RedirectURI)
	shown("scope", "scope", set.Scope)
	if from := s.KeysGiven(); from != "" {
		p.para(0, label, "keys", "given: "+from)
	}
	for _, n := range r.Notes {
		p.para(0, label, "note", n)
	}
	if s.Redacted() {
		p.para(0, label, "secrets", "hidden: code#1 stands for one value wherever it was. --show-secrets prints them.")
	} else {
		p.para(0, label, "secrets", "SHOWN: this report opens what its tokens open")
	}
}

// recorded says of when the recording is, and as of when it is judged: what was live then may be long over.
func recorded(s *story.Story, r trace.Recording) string {
	const stamp = "2006-01-02 15:04:05 UTC"
	read := r.ReadAt.UTC().Format(stamp)
	if r.Untimed {
		return "when is not known; judged as of now, " + read
	}
	line := s.Began().UTC().Format(stamp) + ", and judged as of its end, " + s.End().UTC().Format("15:04:05 UTC")
	if age := r.ReadAt.Sub(s.End()); age > time.Minute {
		line += "; read " + story.Lifetime(age.Round(time.Second)) + " later, at " + read
	}
	return line
}

// recordedAuth says how the client proves itself, as far as the recording shows.
func recordedAuth(s *story.Story) string {
	if auth := s.ClientAuth(); auth.Method != "" {
		return strings.TrimSpace(clientAuth(auth))
	}
	return "how it authenticates is not in the recording"
}

// HasErrors reports whether something is wrong in a recording: a finding says so, or a stage failed of which none speaks.
func (r Run) HasErrors() bool {
	for _, f := range r.Findings {
		if f.Severity == jwtview.Error {
			return true
		}
	}
	for _, st := range r.Story.Stages() { // an API that refuses a token may be what a refresh is for
		if st.Status == trace.Failed && st.ID != trace.Call && !r.speaksOf(st.ID) {
			return true
		}
	}
	return false
}

// speaksOf reports whether a finding says why a stage is as it is.
func (r Run) speaksOf(id trace.StageID) bool {
	return slices.ContainsFunc(r.Findings, func(f diagnose.Finding) bool { return f.Stage == id })
}
