package recording_test

import (
	"testing"

	"authscope/flow/diagnose"
	"authscope/flow/recording"
	"authscope/flow/recording/harfile"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// through reads data, and whatever came of it with all that reads a trace: nothing may panic, and the order of the events
// must be that of time.
func through(t *testing.T, data []byte) {
	r, err := recording.Read(data, recording.Options{Now: began, Leeway: 1})
	if err != nil {
		return
	}
	if r.Kind == recording.KindTrace { // whoever saved it answers for its order
		return
	}
	for _, events := range r.Sessions {
		if len(events) == 0 {
			t.Fatal("a session without an event")
		}
		if _, ok := events[0].Data.(trace.Recording); !ok {
			t.Fatalf("the first event is a %T: nothing tells that this is a recording", events[0].Data)
		}
		for i, e := range events {
			if i > 0 && (e.At.Before(events[i-1].At) || e.Mono < events[i-1].Mono) {
				t.Fatalf("event %d goes back in time", i)
			}
		}
		s := story.Read(events)
		for _, f := range diagnose.Read(s, s.End()) {
			if f.ID == "" || f.Title == "" {
				t.Fatalf("a finding without words: %+v", f)
			}
		}
		again := trace.Redact(events, s.Verdicts())
		diagnose.Read(story.Read(again), s.End())
	}
}

// FuzzHAR reads files that are no HAR of anybody's.
func FuzzHAR(f *testing.F) {
	for _, d := range harfile.Dialects {
		f.Add(harfile.Encode(login(200, tokens(granted, "n1")).all, harfile.Options{Dialect: d}))
		f.Add(harfile.Encode(login(400, `{"error":"invalid_grant"}`).all, harfile.Options{Dialect: d, Reversed: true}))
	}
	f.Add(harfile.Encode(login(200, tokens(granted, "n1")).all, harfile.Options{Sanitized: true, NoBodies: true, NoForms: true}))
	f.Add(harfile.Encode(new(tape).add("GET", ask("s1", "n1"), 302, to("com.example:/cb#code=a&state=s1")).add("GET", "https://idp.example/end_session?post_logout_redirect_uri=https%3A%2F%2Fapp.example%2F&id_token_hint=a", 302, to("https://app.example/")).all, harfile.Options{}))
	f.Add([]byte(`{"log":{"entries":[{"request":{"url":"https://a/authorize?response_type=code&client_id=a&request=eyJ.e30.&state=%zz"},"response":{"status":302,"redirectURL":"::"}}]}}`))
	f.Fuzz(through)
}

// FuzzPiece reads everything else that somebody may bring.
func FuzzPiece(f *testing.F) {
	for _, s := range []string{
		"https://app.example/cb?code=abc&state=xyz", "com.app:/cb?error=access_denied", "?code=abc&state=%", "#access_token=abc&token_type=bearer&id_token=" + jwt,
		`{"access_token":"a","token_type":"Bearer","expires_in":"1e9","id_token":"` + jwt + `"}`, `{"error":"invalid_grant"}`, `{"keys":[{"kty":"RSA"}]}`, `{"kty":"EC"}`, metadata,
		`{"device_code":"a","user_code":"b","interval":-1}`, `{"active":1}`, jwt, "Bearer " + jwt, askURL,
		"curl 'https://idp.example/token' \\\n -H 'a: b' --data-raw $'grant_type=refresh_token\\u0026refresh_token=\\x41'", "curl ^\"https://a/token^\" ^\r\n -d ^\"a=^%^41^\"", "curl.exe `\n -d \"x`\"y\" https://a",
		rawExchange, verboseExchange, "HTTP/2 200\ntransfer-encoding: chunked\n\n7fffffff\n{", "GET / HTTP/1.1\nHost: [\n\nHTTP/1.1 302 F\nLocation: ?code=a&state=b\n\n", "curl -GsuX @ > 2>x -d@- -F a -I ;",
		"Invoke-WebRequest -Uri \"https://a/userinfo\" -Headers @{\n\"Authorization\"=\"Bearer x\"\n}", "$session", "curl", "\xff\xfe{\x00}\x00",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(through)
}
