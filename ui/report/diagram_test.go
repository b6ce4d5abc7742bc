package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/ui/report"
	"authscope/ui/safe"
)

func asDiagram(format report.DiagramFormat, width int) func(*strings.Builder, report.Run) error {
	return func(b *strings.Builder, r report.Run) error {
		return report.Diagram(b, r, format, report.Options{Width: width, ShowSecrets: true})
	}
}

func TestDiagram(t *testing.T) {
	traces := play(t, full, openid)
	golden(t, "diagram-100.txt", print(t, asDiagram(report.DiagramText, 0), traces[0]))
	golden(t, "diagram-60.txt", print(t, asDiagram(report.DiagramText, 60), traces[0]))
	golden(t, "diagram-200.txt", print(t, asDiagram(report.DiagramText, 200), withAPI(traces[1])))
	golden(t, "diagram.mmd", print(t, asDiagram(report.DiagramMermaid, 0), withAPI(traces[1])))
	for _, w := range []int{60, 80, 100, 133, 200} {
		for _, events := range [][]trace.Event{traces[0], withAPI(traces[1])} {
			for l := range strings.Lines(print(t, asDiagram(report.DiagramText, w), events)) {
				if got := safe.Width(strings.TrimRight(l, "\n")); got > w && !strings.Contains(l, "not seen from here") {
					t.Errorf("at %d a line has %d cells: %s", w, got, l)
				}
			}
		}
	}
	if err := report.Diagram(&strings.Builder{}, report.Make(traces[0], time.Time{}), "svg", report.Options{}); err == nil {
		t.Error("a format that is not there is taken")
	}
}

// withAPI adds a call to an API, and one that is not answered.
func withAPI(events []trace.Event) []trace.Event {
	out, last := slices.Clone(events), events[len(events)-1]
	access := story.Read(events).Newest(story.AccessToken).Value.Reveal()
	h := trace.Header{{"Authorization", "Bearer " + access}, {"Accept", story.APIAccept}}
	for id, end := range map[trace.CallID][]trace.Data{1000: {trace.Head{Status: 403}, trace.Body{}}} {
		for _, d := range append([]trace.Data{trace.Ready{Method: "GET", URL: "https://api.example/orders", Header: h}, trace.Sent{Header: h}}, end...) {
			out = append(out, trace.Event{At: last.At, Mono: last.Mono, Call: id, Data: d})
		}
	}
	for _, d := range []trace.Data{trace.Ready{Method: "GET", URL: "https://api.example/slow", Header: h}, trace.Sent{Header: h}, trace.CallFailed{Err: "timeout", Class: trace.ErrTimeout}} {
		out = append(out, trace.Event{At: last.At, Mono: last.Mono, Call: 1001, Data: d})
	}
	return out
}

// TestMermaidIsHarmless holds that nothing received is a command of the diagram's language.
func TestMermaidIsHarmless(t *testing.T) {
	var events []trace.Event
	add := func(id trace.CallID, d trace.Data) { events = append(events, trace.Event{Call: id, Data: d}) }
	const evil = "/a;b%%{init:{}}%%<script>alert(1)</script>\nend\nclick \"x\" #quot; & `$$x$$` \\ \x1b[31m\u202e"
	add(0, trace.Settings{Issuer: "https://a"})
	add(1, trace.Ready{Method: "GET;x->>y: z\nloop", URL: "https://a" + evil})
	add(1, trace.Sent{})
	add(1, trace.Head{Status: 400})
	add(1, trace.Body{Bytes: trace.Bytes(`{"error":"a;b\nend<b>%%#"}`)})
	out := print(t, asDiagram(report.DiagramMermaid, 0), events)
	for l := range strings.Lines(out) {
		l = strings.TrimSpace(l)
		if l != "sequenceDiagram" && !strings.HasPrefix(l, "participant ") && !strings.HasPrefix(l, "Note over C: ") && !strings.HasPrefix(l, "C->>S: ") && !strings.HasPrefix(l, "S-->>C: ") {
			t.Errorf("a line is no step: %q", l)
		}
		text := l[strings.Index(l, ": ")+1:]
		for i, r := range text {
			if strings.ContainsRune("<>&%`$\\\"\x1b\u202e", r) || r == ';' && !strings.Contains(text[max(0, i-6):i], "#") {
				t.Errorf("%q stands raw in %q", r, l)
			}
		}
	}
}

// TestMermaidIsBounded holds that a long session makes a diagram that its renderer takes: 50,000 characters.
func TestMermaidIsBounded(t *testing.T) {
	var events []trace.Event
	for id := range trace.CallID(3000) {
		for _, d := range []trace.Data{trace.Ready{Method: "GET", URL: "https://a/a-rather-long-path/to-something/that-is-asked"}, trace.Sent{}, trace.Head{Status: 200}, trace.Body{}} {
			events = append(events, trace.Event{Call: id + 1, Data: d})
		}
	}
	out := print(t, asDiagram(report.DiagramMermaid, 0), events)
	if len(out) > 50_000 || !strings.Contains(out, "5600 steps are left out here") {
		t.Errorf("%d characters", len(out))
	}
}

// TestSessionInReports holds that text and JSON tell the life of a session: a rotated line, and a sleep of the machine.
func TestSessionInReports(t *testing.T) {
	rotated := scenario{client: "workshop-rotating", scope: "openid offline_access", refreshes: 30}
	events := play(t, rotated)[0]
	text := print(t, asText(report.Options{}), events)
	for _, want := range []string{"Lineage\n", "with refresh token #1\n", "replaced: a new refresh token came with Refresh 1, #2; possible: it may have", "… 7 more refreshes; the JSON has them", "Clocks, as of", "next refresh", "the server's clock"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("the text lacks %q:\n%s", want, text[strings.Index(text, "Lineage"):])
		}
	}
	doc := parse(t, print(t, asJSON(false), events))
	sessions, _ := doc.Get("sessions")
	turns, _ := sessions.Elems[0].Get("turns")
	if n := len(turns.Elems); n != 31 {
		t.Errorf("the JSON has %d turns, want 31", n)
	}
	if strings.Contains(print(t, asJSON(false), events), "\"grant_id\": null") {
		t.Error("the grant id of an Authgear session is missing")
	}
	last := events[len(events)-1]
	slept := append(slices.Clone(events), trace.Event{At: last.At.Add(3 * time.Hour), Mono: last.Mono + time.Second, Data: trace.ClockRead{}})
	if text := print(t, asText(report.Options{}), slept); !strings.Contains(text, "the machine slept, or its clock was set forward") || !strings.Contains(text, "by 179 min") {
		t.Errorf("a sleep is not told:\n%s", text[strings.Index(text, "Clocks"):])
	}
}

// TestClocksOfAnotherDay holds that an end that is weeks away is not written as a time of today.
func TestClocksOfAnotherDay(t *testing.T) {
	events := play(t, scenario{client: "workshop-rotating", scope: "openid offline_access", refreshes: 1})[0]
	for i, e := range events {
		if s, ok := e.Data.(trace.Settings); ok {
			s.Embedded = &trace.Embedded{RefreshIdle: 30 * 24 * time.Hour, RefreshWhole: 364 * 24 * time.Hour}
			events[i].Data = s
		}
	}
	text := print(t, asText(report.Options{}), events)
	day := events[0].At.Add(30 * 24 * time.Hour).UTC().Format("2006-01-02")
	if !strings.Contains(text, "until "+day) {
		t.Errorf("the end of the idle time does not stand with its day, %s:\n%s", day, text[strings.Index(text, "Clocks"):])
	}
}
