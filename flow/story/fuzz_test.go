package story_test

import (
	"bytes"
	"testing"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// FuzzRead opens arbitrary files and reads all that can be read of them: nothing may panic.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	for _, events := range [][]trace.Event{refreshes(5), nil} {
		b.Reset()
		if err := trace.Save(&b, events); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	const head = `{"authscope":"trace","schema":1,"redacted":false}` + "\n"
	for _, line := range []string{
		`{"kind":"body","call":1,"data":{"bytes":"{\"keys\":[{}]}"}}`, `{"kind":"head","call":1,"data":{"status":302,"header":[["Location","::"]]}}`,
		`{"kind":"redirect_out","call":7,"data":{"via":"x"}}`, `{"kind":"callback_in","call":1,"data":{"method":"POST","url":"%"}}`,
		`{"kind":"verdict","data":{"subject":"exchange/1","checks":[{"id":"x","status":"failed"}]}}`, `{"kind":"redacted","data":{"aliases":[{"name":"code#1","kind":"code"}]}}`,
		`{"kind":"stage_ended","data":{"stage":"verify","n":-3,"status":"failed"}}`, `{"kind":"settings","data":null}`, `{"kind":"ready","call":-1,"data":{"front":true}}`,
	} {
		f.Add([]byte(head + line + "\n" + line))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		events, _ := trace.Open(bytes.NewReader(file))
		s := story.Read(events)
		now := s.End()
		picture(s, now)
		for _, later := range []time.Time{{}, now.Add(time.Hour)} {
			diagnose.Read(s, later)
		}
		again := story.Read(trace.Redact(events, s.Verdicts()))
		diagnose.Read(again, now)
		story.Compare(s, again).Differences()
	})
}
