package diagnose

import (
	"fmt"
	"time"

	"authscope/flow/trace"
	"authscope/jwtview"
)

var clockRules = []rule{
	{id: "clock-skew", catalogue: "D49", read: clockSkew, Text: Text{
		Severity: jwtview.Info,
		Title:    "The clocks differ",
		Do:       "Set this machine's clock (NTP).",
		Spec:     "RFC 7519 §4.1.4; RFC 9110 §6.6.1",
		Means:    "A difference below the leeway is forgiven, and countdowns from exp are off by as much; above it fresh tokens may look expired, or issued in the future.",
	}},
	{id: "suspended", catalogue: "D49", read: suspended, Text: Text{
		Severity: jwtview.Info,
		Title:    "This machine slept, or its clock was set",
		Means:    "Tokens age while a machine sleeps: what was fresh before may have expired.",
		Do:       "Look at the countdowns; press r for new tokens.",
		Spec:     "RFC 7519 §4.1.4",
	}},
}

// clockSkew speaks of a difference that was measured: a warning where it is more than the leeway forgives.
func clockSkew(r *reading) []Finding {
	k := r.Skew()
	if !k.Seen() {
		return nil
	}
	f := jwtview.Finding{
		Seen:  fmt.Sprintf("By the Date of its answers the server's clock stands %s this machine's, give or take %s.", aheadOf(k.Offset), k.Error.Round(100*time.Millisecond)),
		Means: fmt.Sprintf("The leeway of %s forgives that; countdowns from exp are off by as much.", r.settings.Leeway),
	}
	if k.Offset.Abs() > max(r.settings.Leeway, time.Second) {
		f.Severity = jwtview.Warning
		f.Means = fmt.Sprintf("That is more than the leeway of %s: fresh tokens may look expired, or issued in the future.", r.settings.Leeway)
		f.Do = "Set this machine's clock (NTP) rather than raise --leeway. If other servers agree with this machine, it is the server's clock."
	}
	return r.in(trace.Discover, f)
}

func aheadOf(d time.Duration) string {
	if d < 0 {
		return span(d) + " behind"
	}
	return span(d) + " ahead of"
}

func suspended(r *reading) []Finding {
	gaps := r.Suspends()
	if len(gaps) == 0 {
		return nil
	}
	last := gaps[len(gaps)-1]
	f := jwtview.Finding{Seen: fmt.Sprintf("Before %s the clock on the wall went on by %s more than the time that passed.", r.clock(last.At), span(last.Gap))}
	if last.Gap < 0 {
		f.Seen = fmt.Sprintf("Before %s the clock on the wall was set back by %s.", r.clock(last.At), span(last.Gap))
		f.Means = "Lives that are counted by this clock seem longer now than they are."
	}
	return r.in(trace.Discover, f)
}
