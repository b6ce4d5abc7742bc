package trace_test

import (
	"bytes"
	"strings"
	"testing"

	"authscope/flow/trace"
)

const (
	code   = "thecode-0123456789abcdef"
	bearer = "at-65fd42bcca2d21e6239fddfbb22c0ffee"
)

// echoed is a trace in which a server repeats what it got, where no name stands before it.
func echoed() []trace.Event {
	cut := "status 500: Authorization: Bearer " + bearer[:len(bearer)-6] + "…"
	return []trace.Event{
		{Call: 1, Data: trace.Ready{Method: "POST", URL: host, Header: trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}, Body: trace.Bytes("code=" + code + "&code_verifier=short")}},
		{Call: 1, Data: trace.Body{Bytes: trace.Bytes(`{"error":"invalid_grant","error_description":"bad code ` + code + `"}`)}},
		{Call: 2, Data: trace.Ready{Method: "GET", URL: host, Header: trace.Header{{"Authorization", "Bearer " + bearer}}}},
		{Call: 2, Data: trace.Body{Bytes: trace.Bytes("<pre>" + bearer + "</pre>")}},
		{Data: trace.StageEnded{Stage: trace.UserInfo, N: 1, Status: trace.Failed, Reason: cut, Err: cut}},
	}
}

func TestKnownHidesWhatIsRepeated(t *testing.T) {
	var k trace.Known
	if got := k.Hide("bad code " + code); got != "bad code "+code {
		t.Errorf("who knows nothing changed the text to %q", got)
	}
	for _, e := range echoed() {
		k.Add(e)
	}
	for text, want := range map[string]string{
		"bad code " + code + ".": "bad code thec••••.",
		code + bearer:            "thec••••at-6••••",
		"Bearer " + bearer[:20] + "… came, " + code[:9] + "…": "Bearer ••••… came, ••••…",
		"at-65 and thecode are no secrets…":                   "at-65 and thecode are no secrets…",
		"this is short":                                       "this is short",
		"":                                                    "",
	} {
		if got := k.Hide(text); got != want {
			t.Errorf("Hide(%q) = %q, want %q", text, got, want)
		}
	}
}

// A sentence of ours that quotes the wire is cut at some length: the half of a token in it is a secret too.
func TestRedactCutSecrets(t *testing.T) {
	var b bytes.Buffer
	if err := trace.Save(&b, trace.Redact(echoed(), []trace.Verdict{{Subject: "x", Checks: []byte(`[{"got":"` + bearer[:15] + `…"}]`)}})); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{code, bearer, bearer[:15], bearer[:len(bearer)-6]} {
		if strings.Contains(b.String(), part) {
			t.Errorf("the saved file holds %q:\n%s", part, b.String())
		}
	}
	if !strings.Contains(b.String(), "access_token#1…") {
		t.Errorf("the cut token has not its name:\n%s", b.String())
	}
}
