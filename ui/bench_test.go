package ui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/trace"
)

// longTrace is a session of n calls, each with an answer of 4 KB.
func longTrace(n int) []trace.Event {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	body := []byte(`{"sub":"someone","padding":"` + strings.Repeat("x", 4000) + `"}`)
	events := []trace.Event{{At: at, Data: trace.Settings{Issuer: "http://localhost:8975", ClientID: "workshop-spa", Scope: "openid"}}}
	for i := range n {
		id, mono := trace.CallID(i+1), time.Duration(i)*time.Second
		add := func(d trace.Data) {
			events = append(events, trace.Event{At: at.Add(mono), Mono: mono, Call: id, Data: d})
		}
		add(trace.Ready{Method: "GET", URL: "http://localhost:8975/oauth2/userinfo", Header: trace.Header{{"Authorization", "Bearer abc"}}})
		add(trace.Sent{Header: trace.Header{{"Host", "localhost:8975"}}})
		add(trace.Head{Status: 200, Proto: "HTTP/1.1", Header: trace.Header{{"Content-Type", "application/json"}}})
		add(trace.Body{Bytes: body, Declared: int64(len(body))})
	}
	return events
}

// BenchmarkFrame makes the whole frame and hands it to the renderer: what one message costs. Drawing is
// done in Update, so both are measured together.
func BenchmarkFrame(b *testing.B) {
	for _, size := range [][2]int{{120, 36}, {200, 50}} {
		for _, calls := range []int{10, 10_000} {
			for _, v := range views {
				if v.id == sessionView {
					continue // BenchmarkSession
				}
				b.Run(fmt.Sprintf("%dx%d/%s/%d-calls", size[0], size[1], v.title, calls), func(b *testing.B) {
					events := longTrace(calls)
					if v.id == tokensView || v.id == compareView {
						events = refreshTrace("openid offline_access", calls)
					}
					m := New(b.Context(), Options{Opened: events})
					m.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
					m.see(v.id)
					m.stage = trace.UserInfo
					b.ReportAllocs()
					for b.Loop() {
						m.draw()
						_ = m.View()
					}
				})
			}
		}
	}
}

// TestFrameDoesNotGrow holds that a frame of a long session allocates no more than one of a short session.
func TestFrameDoesNotGrow(t *testing.T) {
	allocs := func(calls int, v viewID) float64 {
		m := New(t.Context(), Options{Opened: longTrace(calls)})
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		m.see(v)
		m.call = calls - 1
		return testing.AllocsPerRun(5, func() { m.draw(); _ = m.View() })
	}
	for _, v := range views {
		few, many := allocs(50, v.id), allocs(5000, v.id)
		if many > few*1.3+20 {
			t.Errorf("%s: a frame of 5000 calls makes %.0f allocations, one of 50 calls %.0f: the frame grows with the trace", v.title, many, few)
		}
	}
}

// refreshTrace is a login with n refreshes after it.
func refreshTrace(scope string, n int) []trace.Event {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	form := trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}
	events := []trace.Event{{At: at, Data: trace.Settings{Issuer: "http://localhost:8975", ClientID: "workshop-spa", Scope: scope, RedirectURI: "http://127.0.0.1:8976/callback"}}}
	id, mono := trace.CallID(0), time.Duration(0)
	add := func(d trace.Data) {
		mono += time.Millisecond
		events = append(events, trace.Event{At: at.Add(mono), Mono: mono, Call: id, Data: d})
	}
	call := func(body, answer string) {
		id++
		add(trace.Ready{Method: "POST", URL: "http://localhost:8975/oauth2/token", Header: form, Body: trace.Bytes(body)})
		add(trace.Sent{})
		add(trace.Head{Status: 200})
		add(trace.Body{Bytes: trace.Bytes(answer)})
	}
	id++
	add(trace.Ready{Front: true, Method: "GET", URL: "http://localhost:8975/oauth2/authorize?state=s&scope=" + strings.ReplaceAll(scope, " ", "+")})
	add(trace.RedirectOut{Via: "agent"})
	id++
	add(trace.CallbackIn{Via: "listener", Method: "GET", URL: "http://127.0.0.1:8976/callback?code=c&state=s"})
	tokens := func(i int) string { // as long as real ones, and rotated: each is a secret of its own
		return fmt.Sprintf(`{"access_token":"access-token-%030d","token_type":"Bearer","expires_in":1800,"refresh_token":"refresh-token-%030d"}`, i, i)
	}
	call("grant_type=authorization_code&code=c", tokens(0))
	for i := range n {
		call(fmt.Sprintf("grant_type=refresh_token&refresh_token=refresh-token-%030d", i), tokens(i+1))
	}
	return events
}

// TestFrameDoesNotGrowWithTokens is TestFrameDoesNotGrow for a session of many refreshes, compared with another.
func TestFrameDoesNotGrowWithTokens(t *testing.T) {
	allocs := func(n int, v viewID) float64 {
		m := New(t.Context(), Options{Opened: refreshTrace("openid offline_access", n)})
		other := &run{n: 2, log: trace.NewLog(refreshTrace("openid", n))}
		other.fold(m.now)
		m.runs = append(m.runs, other)
		m.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
		m.see(v)
		m.token = n - 1
		if v == compareView {
			if a, b := m.sides(); a == nil || b == nil {
				t.Fatal("the two runs are not taken for the two sides of a comparison")
			}
		}
		return testing.AllocsPerRun(5, func() { m.draw(); _ = m.View() })
	}
	for _, v := range views {
		few, many := allocs(60, v.id), allocs(2000, v.id)
		if many > few*1.3+20 {
			t.Errorf("%s: a frame after 2000 refreshes makes %.0f allocations, one after 60 makes %.0f: the frame grows with the session", v.title, many, few)
		}
	}
}

// TestSessionDoesNotGrow is TestFrameDoesNotGrowWithTokens for each part of the view Session, at its beginning and at its end.
func TestSessionDoesNotGrow(t *testing.T) {
	for p := range parts {
		for _, onMenu := range []bool{true, false} {
			allocs := func(n int) float64 {
				m := sessionOf(t.Context(), n, sessionPart(p), 120, 36)
				m.onMenu = onMenu
				return testing.AllocsPerRun(5, func() { m.draw(); _ = m.View() })
			}
			// Of 500 the words are as long as of 5000: other days, more digits.
			if few, many := allocs(500), allocs(5000); many > few+20 {
				t.Errorf("%s: a frame after 5000 refreshes makes %.0f allocations, one after 500 makes %.0f", parts[p].title, many, few)
			}
		}
	}
}

// sessionOf shows a part of a session of n refreshes.
func sessionOf(ctx context.Context, n int, p sessionPart, w, h int) *Model {
	events := refreshTrace("openid offline_access", n)
	m := New(ctx, Options{Opened: events, Now: func() time.Time { return events[len(events)-1].At }})
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.see(sessionView)
	m.choosePart(p)
	return m
}

// BenchmarkSession makes the whole frame of each part of the view Session, as BenchmarkFrame does of the other views. 10,000
// calls are about 10,000 refreshes.
func BenchmarkSession(b *testing.B) {
	for _, size := range [][2]int{{120, 36}, {200, 50}} {
		for _, n := range []int{10, 10_000} {
			for p := range parts {
				b.Run(fmt.Sprintf("%dx%d/%s/%d-calls", size[0], size[1], parts[p].title, n), func(b *testing.B) {
					m := sessionOf(b.Context(), n, sessionPart(p), size[0], size[1])
					b.ReportAllocs()
					for b.Loop() {
						m.draw()
						_ = m.View()
					}
				})
			}
		}
	}
}

// comparedSessions shows two sessions of n refreshes beside each other.
func comparedSessions(ctx context.Context, n, w, h int) *Model {
	a, b := refreshTrace("openid offline_access", n), refreshTrace("openid offline_access", n)
	m := New(ctx, Options{Opened: a, Other: b, Names: [2]string{"a.trace", "b.trace"}, Now: func() time.Time { return a[len(a)-1].At }})
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	return m
}

// TestCompareDoesNotGrow holds that a frame of the comparison costs no more for long sessions than for short ones, wherever it is
// scrolled to.
func TestCompareDoesNotGrow(t *testing.T) {
	for _, h := range []int{24, 36} {
		for _, at := range []int{0, 1 << 20} {
			allocs := func(n int) float64 {
				m := comparedSessions(t.Context(), n, 120, h)
				m.move(at)
				return testing.AllocsPerRun(5, func() { m.draw(); _ = m.View() })
			}
			if few, many := allocs(10), allocs(5000); many > few*1.1+20 {
				t.Errorf("120x%d: a frame of two sessions with 5000 refreshes makes %.0f allocations, with 10 it makes %.0f", h, many, few)
			}
		}
	}
}

// BenchmarkCompare makes the whole frame of a comparison, and the comparison itself, which is made when a run grows.
func BenchmarkCompare(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		b.Run(fmt.Sprintf("frame/%d-calls", n), func(b *testing.B) {
			m := comparedSessions(b.Context(), n, 120, 36)
			b.ReportAllocs()
			for b.Loop() {
				m.draw()
				_ = m.View()
			}
		})
		b.Run(fmt.Sprintf("compare/%d-calls", n), func(b *testing.B) {
			m := comparedSessions(b.Context(), n, 120, 36)
			b.ReportAllocs()
			for b.Loop() {
				m.laid = laid{}
				m.draw()
			}
		})
	}
}
