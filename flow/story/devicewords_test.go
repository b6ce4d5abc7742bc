package story_test

import (
	"strings"
	"testing"
	"time"

	"authscope/flow/story"
	"authscope/jwtview"
)

func TestRhythm(t *testing.T) {
	for _, c := range []struct {
		d    story.Device
		want string
	}{
		{story.Device{Interval: 5 * time.Second, IntervalTold: true}, "every 5 s, as the server says"},
		{story.Device{Interval: 5 * time.Second}, "every 5 s, which is meant where the server names no interval"},
		{story.Device{Interval: 3 * time.Second, IntervalTold: true, SlowDowns: 2}, "every 13 s: 3 s, as the server says, and 5 s more for each slow_down (2 so far)"},
	} {
		if got := c.d.Rhythm(); got != c.want {
			t.Errorf("Rhythm of %+v\n got %s\nwant %s", c.d, got, c.want)
		}
	}
	if got := (&story.Device{}).Said(); got != "not asked yet" {
		t.Errorf("a device that nobody asked about says %q", got)
	}
}

func TestSentence(t *testing.T) {
	for _, c := range []struct {
		p    story.Preflight
		want string
	}{
		{story.Preflight{Verdict: story.Accepted, Why: "the browser is sent on to /login"}, "Accepted: the browser is sent on to /login"},
		{story.Preflight{Verdict: story.Consented, Why: "x"}, "Accepted at once, with a code and without a sign-in; the code is kept and never redeemed"},
		{story.Preflight{Verdict: story.Refused, Why: "invalid_scope: no"}, "Refused: an error goes to the redirect URI, invalid_scope: no"},
		{story.Preflight{Verdict: story.Refused, OnPage: true, Why: "an error page, status 400: no"}, "Refused: an error page, status 400: no"},
		{story.Preflight{Verdict: story.Unclear, Why: "there was no answer"}, "It could not be told: there was no answer"},
	} {
		if got := c.p.Sentence(); got != c.want {
			t.Errorf("Sentence of %s\n got %s\nwant %s", c.p.Verdict, got, c.want)
		}
	}
}

// TestModeNotListed holds what the metadata's silence means.
func TestModeNotListed(t *testing.T) {
	for _, c := range []struct{ metadata, mode, says string }{
		{`{"response_modes_supported":["query","form_post"]}`, "fragment", "does not list fragment"},
		{`{"response_modes_supported":["query","form_post"]}`, "form_post", ""},
		{`{"response_modes_supported":[]}`, "query", "does not list query"},
		{`{"response_modes_supported":["query"]}`, "", ""},
		{`{"response_modes_supported":7}`, "query", ""},
		{`{}`, "fragment", ""},
		{`{}`, "form_post", "has no response_modes_supported"},
	} {
		v, err := jwtview.ParseJSON([]byte(c.metadata))
		if err != nil {
			t.Fatal(err)
		}
		if got := story.ParseMetadata(v).ModeNotListed(c.mode); (got == "") != (c.says == "") || !strings.Contains(got, c.says) {
			t.Errorf("%s, %q: %q, want %q", c.metadata, c.mode, got, c.says)
		}
	}
	if got := (*story.Metadata)(nil).ModeNotListed("form_post"); got != "" {
		t.Errorf("without metadata: %q", got)
	}
}
