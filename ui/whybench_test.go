package ui

import (
	"context"
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"

	"authscope/flow/diagnose"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// manyFindings is a session of n calls with so many findings, spread over the calls.
func manyFindings(ctx context.Context, calls, findings, w, h int) *Model {
	m := New(ctx, Options{Opened: longTrace(calls)})
	m.Update(tea.WindowSizeMsg{Width: w, Height: h})
	m.cur.findings = nil
	for i := range findings {
		m.cur.findings = append(m.cur.findings, diagnose.Finding{Stage: trace.UserInfo, N: i, Call: trace.CallID(1 + i*calls/findings),
			Of: diagnose.Subject{Kind: diagnose.OfBytes, Name: diagnose.ResponseBody},
			Finding: jwtview.Finding{ID: fmt.Sprintf("finding-%d", i), Severity: severityWords[i%3].severity, Title: "The title of a finding",
				Seen: "What was seen, in a sentence of some length.", Means: "What it means, in another one.", Do: "What is to be done: press n.", Spec: "RFC 6749 §5.1"}})
	}
	m.cur.why = sortWhys(m.cur.findings)
	return m
}

// TestWhyDoesNotGrow holds that the why pane and the list of findings make no allocation that grows with the trace.
func TestWhyDoesNotGrow(t *testing.T) {
	for _, list := range []bool{false, true} {
		for _, v := range views {
			allocs := func(calls int) float64 {
				m := manyFindings(t.Context(), calls, 200, 120, 36)
				m.see(v.id)
				m.stage, m.call = trace.UserInfo, 0
				if list {
					m.askFindings()
				}
				return testing.AllocsPerRun(5, func() { m.draw(); _ = m.View() })
			}
			if few, many := allocs(200), allocs(10_000); many > few*1.1+20 {
				t.Errorf("%s, list %v: with 200 findings a frame of 10,000 calls makes %.0f allocations, one of 200 calls %.0f", v.title, list, many, few)
			}
		}
	}
}

// BenchmarkWhy makes the whole frame with 200 findings, as BenchmarkFrame does without.
func BenchmarkWhy(b *testing.B) {
	for _, calls := range []int{200, 10_000} {
		for _, what := range []string{"pane", "list"} {
			b.Run(fmt.Sprintf("%s/%d-calls", what, calls), func(b *testing.B) {
				m := manyFindings(b.Context(), calls, 200, 120, 36)
				m.see(wireView)
				m.call = 0
				if what == "list" {
					m.askFindings()
				}
				b.ReportAllocs()
				for b.Loop() {
					m.draw()
					_ = m.View()
				}
			})
		}
	}
}

// BenchmarkSortWhys sorts findings by what they speak of: what each reading of them costs besides.
func BenchmarkSortWhys(b *testing.B) {
	fs := manyFindings(b.Context(), 1000, 200, 120, 36).cur.findings
	b.ReportAllocs()
	for b.Loop() {
		sortWhys(fs)
	}
}
