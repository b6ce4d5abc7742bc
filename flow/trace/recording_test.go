package trace

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// TestRecordingKept: what is known of a recording is saved and opened as it was, and loses its secrets with the rest.
func TestRecordingKept(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz0123456789"
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	rec := Recording{Format: "har", Tool: "x", File: "login.har", ReadAt: at, From: at, To: at.Add(time.Second), Entries: 9, Used: 3, Session: 1, Sessions: 2, Sanitized: true,
		Inferred: []Inferred{{"issuer", "https://idp.example", "the metadata"}}, Endpoints: Endpoints{Token: "https://idp.example/token"}, Notes: []string{"a note"}}
	loud := rec
	loud.Notes = []string{"the address was https://app.example/cb?code=" + secret}
	loud.Inferred = []Inferred{{"issuer", "https://idp.example/?access_token=" + secret, "x"}}
	given := Given{What: GivenKeys, From: "keys.json", Body: Bytes(`{"keys":[]}`)}
	events := []Event{{At: at, Data: rec}, {At: at, Data: given}, {At: at, Data: loud}, {At: at, Call: 1, Data: Body{Missing: true}}, {At: at, Call: 1, Data: Head{Status: 200, Cached: true}},
		{At: at, Call: 1, Data: Ready{Method: "POST", Missing: true}}, {At: at, Call: 2, Data: CallbackIn{Via: "recording", Missing: true}}}
	var b bytes.Buffer
	if err := Save(&b, events); err != nil {
		t.Fatal(err)
	}
	again, err := Open(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := again[0].Data.(Recording)
	if in, known := got.Infer("issuer"); !ok || !known || in.Value != "https://idp.example" || got.File != "login.har" || got.Endpoints.Token == "" || len(got.Notes) != 1 || !got.To.Equal(rec.To) {
		t.Errorf("opened, it says %+v", again[0].Data)
	}
	if g, ok := again[1].Data.(Given); !ok || g.From != given.From || string(g.Body) != string(given.Body) {
		t.Errorf("opened, what was given is %+v", again[1].Data)
	}
	for i, missing := range []bool{again[3].Data.(Body).Missing, again[4].Data.(Head).Cached, again[5].Data.(Ready).Missing, again[6].Data.(CallbackIn).Missing} {
		if !missing {
			t.Errorf("event %d lost that its body is missing, or that a cache answered", i+3)
		}
	}
	if _, known := got.Infer("client_id"); known {
		t.Error("a setting that nothing was read from is inferred")
	}
	b.Reset()
	if err := Save(&b, Redact(events, nil)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), secret) {
		t.Error("redacted, the trace has a secret of the recording's notes")
	}
	if loud.Notes[0] != "the address was https://app.example/cb?code="+secret {
		t.Error("redacting changed the events that were given")
	}
}
