package story_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow/diagnose"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// refreshes makes the trace of a login by hand that is refreshed until it has n calls.
func refreshes(n int) []trace.Event {
	at := time.Unix(1e9, 0)
	events := []trace.Event{{At: at, Data: trace.Settings{Issuer: "https://a", ClientID: "c", Scope: "openid", RedirectURI: "http://127.0.0.1/cb"}}}
	add := func(id int, d trace.Data) {
		at = at.Add(time.Millisecond)
		events = append(events, trace.Event{At: at, Mono: at.Sub(time.Unix(1e9, 0)), Call: trace.CallID(id), Data: d})
	}
	h := trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}
	add(1, trace.Ready{Front: true, Method: "GET", URL: "https://a/auth?client_id=c&state=s&nonce=n&response_type=code&scope=openid&redirect_uri=http://127.0.0.1/cb"})
	add(1, trace.RedirectOut{Via: "agent"})
	add(2, trace.CallbackIn{Method: "GET", URL: "http://127.0.0.1/cb?code=0123456789abcdef&state=s"})
	for id := 3; id <= n; id++ {
		body := fmt.Sprintf("grant_type=refresh_token&refresh_token=refresh-token-%08d&client_id=c", id-1)
		if id == 3 {
			body = "grant_type=authorization_code&code=0123456789abcdef&redirect_uri=http://127.0.0.1/cb&client_id=c"
		}
		add(id, trace.Ready{Method: "POST", URL: "https://a/token", Header: h, Body: trace.Bytes(body)})
		add(id, trace.Sent{Header: h})
		add(id, trace.Head{Status: 200, Header: trace.Header{{"Content-Type", "application/json"}}})
		add(id, trace.Body{Bytes: trace.Bytes(fmt.Sprintf(`{"access_token":"access-token-%08d","token_type":"Bearer","expires_in":300,"refresh_token":"refresh-token-%08d"}`, id, id))})
	}
	return events
}

func benchmarkRead(b *testing.B, n int) {
	events := refreshes(n)
	b.ReportAllocs()
	for b.Loop() {
		story.Read(events)
	}
}

func BenchmarkRead10(b *testing.B)    { benchmarkRead(b, 10) }
func BenchmarkRead10000(b *testing.B) { benchmarkRead(b, 10000) }

// benchmarkAdd adds the events of one more refresh to a story of n calls.
func benchmarkAdd(b *testing.B, n int) {
	s := story.Read(refreshes(n))
	more := refreshes(n + 1)
	more = more[len(more)-4:]
	b.ReportAllocs()
	for b.Loop() {
		for _, e := range more {
			s.Add(e)
		}
	}
}

func BenchmarkAdd10(b *testing.B)    { benchmarkAdd(b, 10) }
func BenchmarkAdd10000(b *testing.B) { benchmarkAdd(b, 10000) }

func benchmarkFindings(b *testing.B, n int) {
	s := story.Read(refreshes(n))
	now := s.End()
	b.ReportAllocs()
	for b.Loop() {
		diagnose.Read(s, now)
	}
}

func BenchmarkFindings10(b *testing.B)    { benchmarkFindings(b, 10) }
func BenchmarkFindings10000(b *testing.B) { benchmarkFindings(b, 10000) }

// Adding one event costs no more as the trace grows: counted in allocations, which do not depend on the machine.
func TestAddDoesNotGrow(t *testing.T) {
	cost := func(n int) float64 {
		s := story.Read(refreshes(n))
		more := refreshes(n + 300)
		more = more[len(more)-300*4:]
		i := 0
		return testing.AllocsPerRun(1000, func() { s.Add(more[i]); i++ })
	}
	small, large := cost(10), cost(10000)
	t.Logf("allocations per event: %.1f at 10 calls, %.1f at 10,000", small, large)
	if large > small*1.2+1 {
		t.Errorf("an event costs %.1f allocations at 10 calls and %.1f at 10,000", small, large)
	}
}

// refusedAtLast is refreshes, the last of which is refused: what the rules then know of its token lies all over the trace.
func refusedAtLast(n int) []trace.Event {
	events := refreshes(n)
	last := len(events)
	events[last-2].Data = trace.Head{Status: 400, Header: trace.Header{{"Content-Type", "application/json"}}}
	events[last-1].Data = trace.Body{Bytes: trace.Bytes(`{"error":"invalid_grant"}`)}
	return events
}

func BenchmarkRefused10000(b *testing.B) {
	s := story.Read(refusedAtLast(10000))
	now := s.End()
	if fs := diagnose.Read(s, now); !slices.ContainsFunc(fs, func(f diagnose.Finding) bool { return f.ID == "refresh-refused" }) {
		b.Fatalf("findings %v, want that of the refused refresh", fs)
	}
	b.ReportAllocs()
	for b.Loop() {
		diagnose.Read(s, now)
	}
}

// What findings cost may follow the calls, by a look at each, and not the rules times the calls; and nothing that was read
// once is read again: counted in allocations, which do not depend on the machine.
func TestFindingsDoNotParse(t *testing.T) {
	cost := func(events []trace.Event) float64 {
		s := story.Read(events)
		now := s.End()
		return testing.AllocsPerRun(20, func() { diagnose.Read(s, now) })
	}
	for name, trace := range map[string]func(int) []trace.Event{"refreshes": refreshes, "the last refused": refusedAtLast} {
		small, large := cost(trace(10)), cost(trace(5000))
		t.Logf("%s: %.0f allocations at 10 calls, %.0f at 5,000", name, small, large)
		if large > small+300 {
			t.Errorf("%s: findings cost %.0f allocations at 10 calls and %.0f at 5,000", name, small, large)
		}
	}
	keys := func(n int) []trace.Event {
		events := refreshes(10)
		at := events[len(events)-1].At
		set := `{"keys":[` + strings.TrimSuffix(strings.Repeat(`{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},`, n), ",") + `]}`
		for _, d := range []trace.Data{trace.Ready{Method: "GET", URL: "https://a/jwks"}, trace.Sent{}, trace.Head{Status: 200, Header: trace.Header{{"Content-Type", "application/json"}}}, trace.Body{Bytes: trace.Bytes(set)}} {
			events = append(events, trace.Event{At: at, Mono: time.Second, Call: 11, Data: d})
		}
		return events
	}
	if one, many := cost(keys(1)), cost(keys(100)); many > one+500 { // five a key; reading the set costs forty
		t.Errorf("findings beside a set of one key cost %.0f allocations, beside one of 100 keys %.0f: the set is read again", one, many)
	}
}
