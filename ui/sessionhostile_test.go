package ui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/trace"
	"authscope/ui/report"
	"authscope/ui/safe"
)

// hostileTrace is a sign-in and refreshes whose answers are given. A pause goes before each answer, on the wall alone.
func hostileTrace(answers []string, pause time.Duration) []trace.Event {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	form := trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}
	events := []trace.Event{{At: at, Data: trace.Settings{Issuer: "https://a", ClientID: "c", Scope: "openid offline_access", RedirectURI: "http://127.0.0.1/cb"}}}
	mono := time.Duration(0)
	add := func(id trace.CallID, d trace.Data) {
		mono += time.Millisecond
		events = append(events, trace.Event{At: at.Add(mono), Mono: mono, Call: id, Data: d})
	}
	add(1, trace.Ready{Front: true, Method: "GET", URL: "https://a/auth?response_type=code&state=s&scope=openid+offline_access"})
	add(1, trace.RedirectOut{Via: "agent"})
	add(2, trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/cb?code=code-0123456789&state=s"})
	for i, answer := range answers {
		body := "grant_type=authorization_code&code=code-0123456789"
		if i > 0 {
			body = fmt.Sprintf("grant_type=refresh_token&refresh_token=refresh-token-%d", (i-1)%2+1)
		}
		add(trace.CallID(i+3), trace.Ready{Method: "POST", URL: "https://a/token", Header: form, Body: trace.Bytes(body)})
		add(trace.CallID(i+3), trace.Sent{})
		at = at.Add(pause)
		add(trace.CallID(i+3), trace.Head{Status: 200})
		add(trace.CallID(i+3), trace.Body{Bytes: trace.Bytes(answer)})
	}
	return events
}

// absurd are sessions that no server should make, and a file may hold.
func absurd() map[string][]trace.Event {
	out := map[string][]trace.Event{}
	for _, life := range []string{"0", "-1", "-9223372036854775808", "9223372036854775807", "1e308", "1e999", "-1e999", "0.0000001", `"NaN"`, `"soon"`, "null", "[]", "1800.5"} {
		answer := `{"access_token":"access-token-%d","token_type":"Bearer","expires_in":` + life + `,"refresh_token":"refresh-token-%d","refresh_expires_in":` + life + `}`
		out["expires_in "+life] = hostileTrace([]string{fmt.Sprintf(answer, 1, 1), fmt.Sprintf(answer, 2, 2), fmt.Sprintf(answer, 3, 3)}, time.Second)
	}
	// Each refresh token brings the other: an ancestry that runs in a circle.
	const turn = `{"access_token":"access-token-%d","expires_in":100,"refresh_token":"refresh-token-%d"}`
	circle := []string{}
	for i := range 40 {
		circle = append(circle, fmt.Sprintf(turn, i, i%2+1))
	}
	out["a circle"] = hostileTrace(circle, time.Second)
	out["one token for all"] = hostileTrace([]string{`{"access_token":"the-same-token","refresh_token":"the-same-token","id_token":"the-same-token","expires_in":5}`,
		`{"access_token":"the-same-token","refresh_token":"the-same-token","id_token":"the-same-token","expires_in":5}`}, time.Second)
	out["a clock that runs back"] = hostileTrace(circle, -time.Hour)
	out["centuries"] = hostileTrace(circle[:5], 290*365*24*time.Hour/4)
	names := []string{}
	for i := range 3 {
		names = append(names, fmt.Sprintf(`{"access_token":"a\u001b[2Jb\u202e\n%d-0123456789","expires_in":60,"refresh_token":"refresh-token-%d","error":"x\u001b]8;;http://evil\u0007","scope":"\n\n"}`, i, i+1))
	}
	out["names"] = hostileTrace(names, time.Second)
	return out
}

var nonsense = regexp.MustCompile(`NaN|Inf\b|-\d+ (s|min|h|days)\b|-\d+:\d\d\b|292277|%!`)

// TestAbsurdSessions holds that no lifetime, clock or ancestry makes a part of Session panic, overflow or say nonsense, at
// any size.
func TestAbsurdSessions(t *testing.T) {
	for name, events := range absurd() {
		end := events[len(events)-1].At
		for _, now := range []time.Time{end, end.Add(time.Hour), end.Add(-time.Hour), {}} {
			for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 24}, {300, 80}} {
				m := New(t.Context(), Options{Opened: events, Now: func() time.Time { return now }})
				m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
				m.see(sessionView)
				for p := range parts {
					m.choosePart(sessionPart(p))
					for _, zoom := range []int{0, 3, 24} {
						m.zoom = zoom
						m.draw()
						for i, l := range strings.Split(textOf(m), "\n") {
							if w := safe.Width(l); w > size[0] || nonsense.MatchString(l) && !strings.Contains(l, "expires_in is") { // that quotes what came
								t.Errorf("%s, %s at %dx%d, zoom %d, %s after its end: line %d (%d cells): %s", name, parts[p].title, size[0], size[1], zoom, now.Sub(end), i+1, w, l)
							}
						}
					}
				}
			}
		}
	}
}

// TestAbsurdReports holds the same of what is printed.
func TestAbsurdReports(t *testing.T) {
	for name, events := range absurd() {
		r := report.Make(events, events[len(events)-1].At)
		for what, write := range map[string]func(*strings.Builder) error{
			"text":    func(b *strings.Builder) error { return report.Text(b, r, report.Options{}) },
			"JSON":    func(b *strings.Builder) error { return report.JSON(b, r, report.Options{}) },
			"diagram": func(b *strings.Builder) error { return report.Diagram(b, r, report.DiagramText, report.Options{}) },
			"Mermaid": func(b *strings.Builder) error { return report.Diagram(b, r, report.DiagramMermaid, report.Options{}) },
		} {
			var b strings.Builder
			if err := write(&b); err != nil {
				t.Errorf("%s as %s: %v", name, what, err)
			}
			if what == "JSON" || strings.Contains(name, "runs back") {
				continue // it repeats the bytes; and a step back is told as one
			}
			for l := range strings.Lines(b.String()) {
				if nonsense.MatchString(l) && !strings.Contains(l, "expires_in") {
					t.Errorf("%s as %s: %s", name, what, l)
				}
			}
		}
	}
}
