package report_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/report"
	"authscope/ui/safe"
)

// TestSaveOpen is the proof that everything shown is read from the trace: saved and opened, a session prints the same.
func TestSaveOpen(t *testing.T) {
	for i, events := range append(play(t, full, openid, offline, web), hostile()) {
		for _, redacted := range []bool{true, false} {
			saved := events
			if redacted {
				saved = report.Redact(events)
			}
			opened := reopen(t, saved)
			for _, show := range []bool{false, true} {
				if redacted && show {
					continue // there is nothing to show
				}
				if live, again := print(t, asJSON(show), events), print(t, asJSON(show), opened); live != again {
					t.Errorf("scenario %d: JSON differs after save and open (redacted %v, shown %v): %s", i, redacted, show, firstDifference(live, again))
				}
				o := report.Options{ShowSecrets: show}
				if live, again := print(t, asText(o), events), print(t, asText(o), opened); live != again {
					t.Errorf("scenario %d: text differs after save and open (redacted %v, shown %v): %s", i, redacted, show, firstDifference(live, again))
				}
			}
		}
	}
}

func reopen(t *testing.T, events []trace.Event) []trace.Event {
	t.Helper()
	var file bytes.Buffer
	if err := trace.Save(&file, events); err != nil {
		t.Fatal(err)
	}
	opened, err := trace.Open(&file)
	if err != nil {
		t.Fatal(err)
	}
	return opened
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range x {
		if i >= len(y) || x[i] != y[i] {
			return "\nlive:   " + x[i] + "\nopened: " + at(y, i)
		}
	}
	return "one is longer"
}

// TestNothingIsLeft looks for every secret of a trace in what is printed by default.
func TestNothingIsLeft(t *testing.T) {
	for _, events := range play(t, full, web) {
		found := secrets(events)
		if len(found) < 5 {
			t.Fatalf("only %d secrets in the trace: the test looks in the wrong place", len(found))
		}
		for name, out := range map[string]string{"JSON": print(t, asJSON(false), events), "text": print(t, asText(report.Options{}), events)} {
			for value, kind := range found {
				if strings.Contains(out, value) {
					t.Errorf("%s has a secret in it, a %s", name, kind)
				}
			}
		}
		shown := print(t, asJSON(true), events)
		for value, kind := range found {
			if !strings.Contains(shown, value) {
				t.Errorf("--show-secrets does not show the %s", kind)
			}
		}
	}
}

// secrets collects what must not be seen: of a JWT only the whole, since its claims are shown.
func secrets(events []trace.Event) map[string]string {
	found := map[string]string{}
	add := func(text string, spans []trace.Span) {
		for _, s := range spans {
			found[text[s.Start:s.End]] = s.Kind
		}
	}
	for _, e := range events {
		switch d := e.Data.(type) {
		case trace.Sent:
			for _, f := range d.Header {
				add(f[1], trace.HeaderSecrets(f[0], f[1]))
			}
		case trace.Ready:
			add(d.URL, trace.Secrets(d.URL))
			add(string(d.Body), trace.Secrets(string(d.Body)))
		case trace.Body:
			add(string(d.Bytes), trace.Secrets(string(d.Bytes)))
		case trace.CallbackIn:
			add(d.URL, trace.Secrets(d.URL))
		}
	}
	return found
}

// hostile is a session in which the server sends what a terminal obeys.
func hostile() []trace.Event {
	const evil = "\x1b]0;owned\a\u009b31m\u202ereversed\u2066\x00\x7f\u2028\U000e0041end"
	log := &trace.Log{}
	log.Append(0, trace.Settings{Issuer: "http://x" + evil, ClientID: evil, Scope: evil, RedirectURI: evil,
		Embedded: &trace.Embedded{Client: evil, Note: evil}})
	call := log.NewCall()
	log.Append(0, trace.StageBegan{Stage: trace.Discover, N: 1})
	log.Append(call, trace.Ready{Method: evil, URL: "http://x/.well-known/openid-configuration?" + evil, Header: trace.Header{{evil, evil}}})
	log.Append(call, trace.Head{Status: 200, Proto: evil, Header: trace.Header{{"Content-Type", evil}, {evil, evil}}})
	body, _ := json.Marshal(map[string]string{"issuer": evil, evil: evil})
	log.Append(call, trace.Body{Bytes: body})
	log.Append(0, trace.StageEnded{Stage: trace.Discover, N: 1, Status: trace.Failed, Reason: evil, Err: evil + "\nsecond line"})
	log.Append(0, trace.StageEnded{Stage: trace.StageID(evil), N: 1, Status: trace.Status(evil), Reason: evil})
	broken := log.NewCall()
	log.Append(broken, trace.Ready{Method: "POST", URL: ":" + evil, Body: []byte{0xff, 0xfe, 0x1b}})
	log.Append(broken, trace.Sent{Header: trace.Header{{"X-Latin", "caf\xe9"}}})
	log.Append(broken, trace.CallFailed{Err: evil, Class: trace.ErrKind(evil)})
	return log.Since(0)
}

func TestHostile(t *testing.T) {
	events := hostile()
	for name, out := range map[string]string{
		"JSON": print(t, asJSON(false), events), "text": print(t, asText(report.Options{}), events),
		"narrow text": print(t, asText(report.Options{Width: 40}), events), "JSON with secrets": print(t, asJSON(true), events),
	} {
		for _, r := range out {
			if r != '\n' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
				t.Errorf("%s has U+%04X in it", name, r)
			}
		}
	}
	v := parse(t, print(t, asJSON(false), events))
	settings, _ := v.Get("settings")
	if id, _ := settings.Str("client_id"); !strings.Contains(id, "\u202ereversed") || !strings.HasSuffix(id, "\U000e0041end") {
		t.Errorf("the escapes changed the value: client_id is %q", id)
	}
}

func TestWidth(t *testing.T) {
	events := append(play(t, full)[0], hostile()...)
	for _, width := range []int{1, 40, 60, 80, 100, 200} {
		for line := range strings.Lines(print(t, asText(report.Options{Width: width, ShowSecrets: true}), events)) {
			if w := safe.Width(strings.TrimSuffix(line, "\n")); w > max(width, 60) {
				t.Errorf("at width %d a line has %d cells: %s", width, w, line)
				break
			}
		}
	}
}

// TestEmpty prints what is hardly there: a report must never fail on a file.
func TestEmpty(t *testing.T) {
	for _, events := range [][]trace.Event{nil, {{Data: trace.Choice{What: report.Planned, Value: "refresh=x revoke=99999999 = ="}}}} {
		var b strings.Builder
		if err := report.JSON(&b, report.Make(events, time.Time{}), report.Options{}); err != nil {
			t.Error(err)
		}
		v := parse(t, b.String())
		if s, _ := v.Get("settings"); s.Kind != jwtview.Null {
			t.Errorf("settings are %s, want null: nothing tells them", s)
		}
		if stages, _ := v.Get("stages"); len(stages.Elems) != 6 {
			t.Errorf("%d stages, want the six of a login, pending", len(stages.Elems))
		}
		if err := report.Text(&b, report.Make(events, time.Time{}), report.Options{}); err != nil {
			t.Error(err)
		}
	}
}

// TestPlanned lists what was asked for and never ran.
func TestPlanned(t *testing.T) {
	for _, c := range []struct {
		refreshes int
		revoke    bool
		want      int
	}{{0, false, 6}, {2, false, 8}, {1, true, 8}} {
		events := []trace.Event{{Data: trace.Choice{What: report.Planned, Value: report.Plan(c.refreshes, c.revoke)}}}
		stages, _ := parse(t, print(t, asJSON(false), events)).Get("stages")
		if len(stages.Elems) != c.want {
			t.Errorf("%d refreshes, revoke %v: %d stages, want %d", c.refreshes, c.revoke, len(stages.Elems), c.want)
		}
		for _, st := range stages.Elems {
			if status, _ := st.Str("status"); status != "pending" {
				t.Errorf("a stage that never ran is %s", status)
			}
		}
	}
}

// TestRunning says that a report never has a running stage: it did not end, so it is pending.
func TestRunning(t *testing.T) {
	log := &trace.Log{}
	log.Append(0, trace.StageBegan{Stage: trace.Discover, N: 1})
	stages, _ := parse(t, print(t, asJSON(false), log.Since(0))).Get("stages")
	if status, _ := stages.Elems[0].Str("status"); status != "pending" {
		t.Errorf("a stage that never ended is %s, want pending", status)
	}
}

// TestZones prints a session on another side of the earth: nothing may change.
func TestZones(t *testing.T) {
	for _, events := range play(t, full, openid) {
		moved := slices.Clone(events)
		for i := range moved {
			moved[i].At = moved[i].At.In(time.FixedZone("there", 9*60*60))
		}
		if here, there := print(t, asJSON(false), events), print(t, asJSON(false), moved); here != there {
			t.Errorf("JSON depends on the time zone: %s", firstDifference(here, there))
		}
		if here, there := print(t, asText(report.Options{}), events), print(t, asText(report.Options{}), moved); here != there {
			t.Errorf("the text depends on the time zone: %s", firstDifference(here, there))
		}
	}
}
