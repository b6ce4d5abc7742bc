package trace_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// fullRun is the trace of everything that a session does, with a client that has a secret or rotates.
func fullRun(t *testing.T, change ...func(*flow.Config)) (events []trace.Event) {
	t.Helper()
	faulty.In(t, func(w *faulty.World) {
		s := w.Session(change...)
		if err := w.Run(s, flow.Login, flow.Refresh, flow.Refresh, flow.Revoke); err != nil {
			w.T.Fatal(err)
		}
		w.Run(s, flow.Refresh) // refused now
		events = s.Log.Since(0)
	})
	return events
}

var clients = []string{"workshop-spa", "workshop-web", "workshop-rotating", "third-party"}

func saved(t *testing.T, events []trace.Event) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := trace.Save(&b, events); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(t *testing.T, file []byte) []trace.Event {
	t.Helper()
	events, err := trace.Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func redacted(events []trace.Event) []trace.Event {
	return trace.Redact(events, story.Read(events).Verdicts())
}

func difference(a, b []byte) string {
	la, lb := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(la), len(lb)) {
		if !bytes.Equal(la[i], lb[i]) {
			return fmt.Sprintf("line %d\n%.600s\n%.600s", i+1, la[i], lb[i])
		}
	}
	return fmt.Sprintf("%d lines and %d", len(la), len(lb))
}

// content is what a session says: checks, tokens without their values, findings.
func content(s *story.Story, now time.Time) string {
	var b strings.Builder
	for _, st := range s.Stages() {
		fmt.Fprintln(&b, st.ID, st.N, st.Status, st.Checks())
	}
	for _, t := range s.Tokens() {
		fmt.Fprintln(&b, t.Kind, t.Generation, t.View.Format, t.View.Header, t.View.Claims, t.Describe, t.Length, t.GrantID, t.IssuedAt.UTC(), t.ExpiresAt.UTC(), t.Source, t.Life(now), t.DeadWhy, t.Checks())
	}
	for _, f := range diagnose.Read(s, now) {
		j, _ := json.Marshal(f.Finding)
		fmt.Fprintf(&b, "%s %d %d %s\n", f.Stage, f.N, f.Call, j)
	}
	return b.String()
}

// What was saved says the same when it is opened, with its secrets and without.
func TestOpenSaysTheSame(t *testing.T) {
	for _, client := range clients {
		events := fullRun(t, faulty.Client(client))
		now := events[len(events)-1].At
		want := content(story.Read(events), now)
		if got := content(story.Read(opened(t, saved(t, redacted(events)))), now); got != want {
			t.Errorf("%s: redacted, saved and opened it says something else:\n%s", client, difference([]byte(want), []byte(got)))
		}
		whole := opened(t, saved(t, events))
		if got := content(story.Read(whole), now); got != want {
			t.Errorf("%s: saved with secrets and opened it says something else:\n%s", client, difference([]byte(want), []byte(got)))
		}
		if again := saved(t, whole); !bytes.Equal(saved(t, events), again) {
			t.Errorf("%s: saved, opened and saved it is another file", client)
		}
	}
}

// Bytes that are no text survive.
func TestBinaryBodies(t *testing.T) {
	body := trace.Bytes("\xff\xfe\x00\x1b[2J\u2028<&>")
	events := opened(t, saved(t, []trace.Event{{At: time.Unix(1, 2), Mono: 3, Call: 4, Data: trace.Body{Bytes: body, Cut: true, Declared: -1, Err: "x"}}}))
	got := events[0].Data.(trace.Body)
	if !bytes.Equal(got.Bytes, body) || !got.Cut || got.Declared != -1 || got.Err != "x" || !events[0].At.Equal(time.Unix(1, 2)) || events[0].Mono != 3 || events[0].Call != 4 {
		t.Errorf("saved %q, opened %+v", body, events[0])
	}
}

// A file that is cut off gives what came before the cut.
func TestCutOffFile(t *testing.T) {
	file := saved(t, fullRun(t))
	all := opened(t, file)
	for cut := len(file) - 2; cut > 200; cut -= 211 {
		events, err := trace.Open(bytes.NewReader(file[:cut]))
		if err == nil && file[cut-1] != '\n' && file[cut] != '\n' {
			t.Fatalf("cut at %d of %d: no error", cut, len(file))
		}
		if want := bytes.Count(file[:cut], []byte("\n")) - 1; len(events) < want || len(events) > len(all) {
			t.Errorf("cut at %d: %d events, want %d", cut, len(events), want)
		}
	}
	events, err := trace.Open(bytes.NewReader(file[:len(file)-20]))
	if !errors.Is(err, trace.ErrCutOff) || len(events) != len(all)-1 {
		t.Errorf("cut near the end: %v, %d of %d events", err, len(events), len(all))
	}
}

// A cut can leave a line that ends in a brace.
func TestCutOffAfterBrace(t *testing.T) {
	const whole = `{"authscope":"trace","schema":1}` + "\n" + `{"kind":"choice","data":{"what":"a"}}` + "\n"
	for _, rest := range []string{`{"kind":"choice","data":{"what":"b"}`, `{"kind":"body","data":{"bytes":"{}`, `{"kind":"choice","data":{}`} {
		events, err := trace.Open(strings.NewReader(whole + rest))
		if !errors.Is(err, trace.ErrCutOff) || len(events) != 1 {
			t.Errorf("cut at %s: %d events, %v; want the one before, and that it is cut off", rest, len(events), err)
		}
	}
	if _, err := trace.Open(strings.NewReader(whole + `{"kind":}}` + "\n" + whole)); err == nil || errors.Is(err, trace.ErrCutOff) {
		t.Errorf("a damaged line: %v, want another error than that the file is cut off", err)
	}
}

// A file that is something else is named so, with what is expected.
func TestWrongFiles(t *testing.T) {
	const head = `{"authscope":"trace","schema":1,"redacted":false}` + "\n"
	for want, file := range map[string]string{
		"empty": "", "no saved authscope session": "hello\n", "authscope run --save": `{"log":{"version":"1.2"}}`,
		"format 2": `{"authscope":"trace","schema":2}`, "line 2: not an event": head + `{"at":7}`, "unknown kind": head + `{"kind":"\u001b[2J"}`,
		"line 3: event body": head + "\n" + `{"kind":"body","data":{"bytes":7}}`,
	} {
		_, err := trace.Open(strings.NewReader(file))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", file, err, want)
		}
	}
	if _, err := trace.Open(io.LimitReader(endless{}, 40<<20)); err == nil || !strings.Contains(err.Error(), "longer than 32 MiB") {
		t.Errorf("a line without end: %v, want to be told that it is too long", err)
	}
	line := `{"at":"2026-01-01T00:00:00Z","kind":"choice","data":{"what":"a"}}` + "\n"
	if events, err := trace.Open(strings.NewReader(head + strings.Repeat(line, 200_001))); err == nil || !strings.Contains(err.Error(), "more than 200000 events") {
		t.Errorf("a file of very many events: %d events, %v; want to be told that there are too many", len(events), err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// The file is its owner's alone, whole or not there, and takes the place of an older one.
func TestSaveFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "session")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	events := []trace.Event{{Data: trace.Choice{What: "x"}}}
	if err := trace.SaveFile(path, events); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o, want 0600", info.Mode().Perm())
	}
	if err := trace.SaveFile(filepath.Join(dir, "nowhere", "f"), events); err == nil {
		t.Error("saved into a directory that is not there")
	}
	os.Mkdir(filepath.Join(dir, "taken"), 0o700)
	if err := trace.SaveFile(filepath.Join(dir, "taken"), events); err == nil {
		t.Error("saved in place of a directory")
	}
	entries, _ := os.ReadDir(dir)
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, []string{"session", "taken"}) {
		t.Errorf("left behind: %v", names)
	}
}

func FuzzOpen(f *testing.F) {
	var b bytes.Buffer
	trace.Save(&b, []trace.Event{{Call: 1, Data: trace.Ready{URL: "http://a/?code=abcdefghijklmnop"}}, {Data: trace.Settings{Scope: "openid"}}})
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		events, err := trace.Open(bytes.NewReader(file))
		if err != nil && len(events) == 0 {
			return
		}
		once := trace.Redact(events, nil)
		var a, b bytes.Buffer
		if err := trace.Save(&a, once); err != nil {
			return // an instant out of range cannot be written
		}
		trace.Save(&b, trace.Redact(once, nil))
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("redacting twice changes something:\n%s", difference(a.Bytes(), b.Bytes()))
		}
	})
}
