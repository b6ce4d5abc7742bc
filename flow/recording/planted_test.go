package recording_test

import (
	"bytes"
	"strings"
	"testing"

	"authscope/flow/diagnose"
	"authscope/flow/recording"
	"authscope/flow/recording/harfile"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// TestPlanted: of a HAR that has a secret in every place, none is in what is saved without secrets, and none of what was typed
// is taken from the file at all.
func TestPlanted(t *testing.T) {
	file, plants := harfile.Planted()
	r, err := recording.Read(file, recording.Options{File: "x.har", Now: began})
	if err != nil {
		t.Fatal(err)
	}
	var raw, safe bytes.Buffer
	for _, events := range r.Sessions {
		t.Log(summary(story.Read(events)))
		s := story.Read(events)
		if err := trace.Save(&raw, events); err != nil {
			t.Fatal(err)
		}
		redacted := trace.Redact(events, s.Verdicts())
		if err := trace.Save(&safe, redacted); err != nil {
			t.Fatal(err)
		}
		diagnose.Read(story.Read(redacted), s.End())
	}
	for _, p := range plants {
		if p.Open == "" && strings.Contains(safe.String(), p.Mark()) {
			t.Errorf("saved without secrets, and it holds: %s", p.Place)
		}
		if strings.Contains(p.Place, "typed") && strings.Contains(raw.String(), p.Mark()) {
			t.Errorf("taken from the file: %s", p.Place)
		}
	}
}
