package report_test

import (
	"strings"
	"testing"
	"time"

	"authscope/flow/recording"
	"authscope/jwtview"
	"authscope/ui/report"
)

// TestSourceContract holds the members of what a recording adds to the JSON, and that a run of authscope's own has none of it.
func TestSourceContract(t *testing.T) {
	now := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	formats := "har callback_url authorize_url token_response error_response device_response introspection_response discovery_document jwk_set curl_command"
	for format, text := range map[string]string{
		"har":           `{"log":{"creator":{"name":"x","version":"1"},"entries":[{"startedDateTime":"2026-05-04T09:00:00Z","time":5,"request":{"method":"GET","url":"https://a.example/authorize?client_id=a&response_type=code&redirect_uri=https%3A%2F%2Fb.example%2F&state=1"},"response":{"status":200,"content":{"size":9}}}]}}`,
		"callback_url":  "https://b.example/?code=abcdefghijkl&state=1",
		"authorize_url": "https://a.example/authorize?client_id=a&response_type=code&scope=openid&state=1", "token_response": `{"access_token":"abcdefghijklmnop","token_type":"Bearer"}`,
		"error_response": `{"error":"invalid_grant"}`, "device_response": `{"device_code":"abcdefghijkl","user_code":"B","verification_uri":"https://a.example/d","expires_in":60}`,
		"introspection_response": `{"active":false}`, "discovery_document": `{"issuer":"https://a.example","token_endpoint":"https://a.example/t"}`, "jwk_set": `{"keys":[]}`, "curl_command": "curl https://a.example/userinfo",
	} {
		r, err := recording.Read([]byte(text), recording.Options{Now: now, File: "f"})
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		events := r.Sessions[0]
		doc := parse(t, print(t, asJSON(false), events))
		source, ok := doc.Get("source")
		if !ok || doc.Members[1].Name != "source" {
			t.Errorf("%s: the JSON does not say its source after its schema", format)
		}
		var names []string
		for _, m := range source.Members {
			names = append(names, m.Name)
		}
		if got, want := strings.Join(names, " "), "format file tool read_at from to entries used session sessions sanitized inferred notes"; got != want {
			t.Errorf("members of source\n got: %s\nwant: %s", got, want)
		}
		if got, _ := source.Str("format"); got != format || !strings.Contains(formats, got) {
			t.Errorf("format is %q, want %q", got, format)
		}
		for _, list := range []string{"inferred", "notes"} {
			if v, _ := source.Get(list); v.Kind != jwtview.Array {
				t.Errorf("%s: %s is %s, and lists are never null", format, list, v.Kind)
			}
		}
		text := print(t, asText(report.Options{}), events)
		for _, want := range []string{"source ", "recorded ", report.FormatName(format)} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the text does not have %q:\n%s", format, want, text)
			}
		}
		if strings.Contains(text, "not run") || strings.Contains(text, "not sent") {
			t.Errorf("%s: the text speaks of what a run does:\n%s", format, text)
		}
	}
	own := parse(t, print(t, asJSON(false), play(t, openid)[0]))
	if _, ok := own.Get("source"); ok {
		t.Error("a run of authscope's own has a source")
	}
}

// TestRecordedTimes: of when the recording is, and of when it is read, are both said where they differ.
func TestRecordedTimes(t *testing.T) {
	const har = `{"log":{"entries":[{"startedDateTime":"2026-05-04T09:00:00Z","time":5,"request":{"method":"POST","url":"https://a.example/token","postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=client_credentials"}},"response":{"status":200,"headers":[{"name":"content-type","value":"application/json"}],"content":{"text":"{\"access_token\":\"abcdefghijklmnop\",\"token_type\":\"Bearer\",\"expires_in\":600}"}}}]}}`
	for _, c := range []struct {
		after time.Duration
		says  string
	}{{48 * time.Hour, "read 48 h later, at 2026-05-06 09:00:00 UTC"}, {time.Second, "2026-05-04 09:00:00 UTC, and judged as of its end"}} {
		r, err := recording.Read([]byte(har), recording.Options{Now: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC).Add(c.after)})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(print(t, asText(report.Options{}), r.Sessions[0])), " ")
		if !strings.Contains(text, c.says) || c.after < time.Minute && strings.Contains(text, " later, at") {
			t.Errorf("read %s after: it does not say %q:\n%s", c.after, c.says, text)
		}
		run := report.Make(r.Sessions[0], r.Sessions[0][len(r.Sessions[0])-1].At)
		if life := run.Story.Tokens()[0].Life(run.Story.End()); life != "live" {
			t.Errorf("the token is %s as of the end of the recording", life)
		}
	}
}
