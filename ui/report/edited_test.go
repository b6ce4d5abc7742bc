package report_test

import (
	"bytes"
	"strings"
	"testing"

	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/report"
)

// editsIn lists what the JSON says was changed, as stage, where, change, name, was and now.
func editsIn(t *testing.T, doc string) (out []string) {
	t.Helper()
	calls, _ := parse(t, doc).Get("calls")
	for _, c := range calls.Elems {
		class, _ := c.Str("class")
		edited, ok := c.Get("edited")
		if !ok || edited.Kind != jwtview.Array {
			t.Fatalf("the call %s has no list edited", class)
		}
		for _, e := range edited.Elems {
			line := class
			for _, name := range []string{"where", "change", "name", "was", "now"} {
				v, _ := e.Get(name)
				line += " " + v.String()
			}
			out = append(out, line)
		}
	}
	return out
}

// TestEdited: what a person changed is marked in every report, of the session as it was and as it was saved, and no
// secret comes out with it.
func TestEdited(t *testing.T) {
	changed := openid
	changed.edit = changeSome
	events := play(t, changed)[0]
	hidden := print(t, asJSON(false), events)
	edits := strings.Join(editsIn(t, hidden), "\n")
	for _, want := range []string{
		`discovery query added "debug" null "a b"`, `discovery header removed "User-Agent" "authscope/test" null`, `authorization query removed "nonce" "`,
		`authorization query added "debug" null "a b"`, `code_exchange form changed "code_verifier" "code_verifier#1" "code_verifier#2"`,
	} {
		if !strings.Contains(unquoted(edits), unquoted(want)) {
			t.Errorf("the JSON does not say %s:\n%s", want, edits)
		}
	}
	const verifier = "a-verifier-of-my-own-that-is-forty-three-long"
	if strings.Contains(hidden, verifier) {
		t.Error("the new verifier stands in the report without secrets")
	}
	if !strings.Contains(print(t, asJSON(true), events), verifier) {
		t.Error("the new verifier does not stand in the report with secrets")
	}
	text := print(t, asText(report.Options{}), events)
	for _, want := range []string{"* changed by hand before it left: header User-Agent (removed), debug (added)", "* debug", "* code_verifier", "changed by you, was ••••", "removed by you, was", "A request was changed by hand"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not say %q:\n%s", want, text)
		}
	}
	var file bytes.Buffer
	if err := trace.Save(&file, report.Redact(events)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(file.String(), verifier) {
		t.Error("the new verifier stands in the saved session")
	}
	again, err := trace.Open(&file)
	if err != nil {
		t.Fatal(err)
	}
	if got := print(t, asJSON(false), again); got != hidden {
		t.Error("saved and opened, the session is reported otherwise")
	}
	if got := print(t, asText(report.Options{}), again); got != text {
		t.Error("saved and opened, the session is printed otherwise")
	}
}

func unquoted(s string) string { return strings.ReplaceAll(s, `"`, "") }
