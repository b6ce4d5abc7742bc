package recording_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"authscope/flow/recording"
	"authscope/flow/recording/harfile"
	"authscope/flow/story"
)

// TestMany: of what there is very much in a file, a bounded part is read, in time that does not grow with the square of it.
func TestMany(t *testing.T) {
	const n = 6000
	for _, c := range []struct {
		name string
		add  func(p *tape, i int)
	}{
		{"answers of one login", func(p *tape, i int) {
			if i == 0 {
				p.add("GET", ask("s", "n"), 200)
			}
			p.add("GET", fmt.Sprintf("https://app.example/cb?code=c%d&state=s", i), 200)
		}},
		{"servers", func(p *tape, i int) {
			other := strings.NewReplacer("idp.example", fmt.Sprintf("idp%d.example", i))
			p.add("GET", other.Replace(discoURL), 200, isJSON(other.Replace(metadata))).add("GET", other.Replace(ask(fmt.Sprint(i), "n")), 302, to("https://app.example/cb?code=c&state="+fmt.Sprint(i)))
		}},
		{"logouts", func(p *tape, i int) {
			p.add("GET", fmt.Sprintf("https://idp.example/end_session?id_token_hint=a&post_logout_redirect_uri=https%%3A%%2F%%2Fapp.example%%2F%d", i), 200)
		}},
		{"refreshes", func(p *tape, i int) {
			p.add("POST", "https://idp.example/token", 200, posts(fmt.Sprintf("grant_type=refresh_token&client_id=spa&refresh_token=r%d", i)), isJSON(fmt.Sprintf(`{"access_token":"a%d","token_type":"Bearer","refresh_token":"r%d"}`, i, i+1)))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := new(tape)
			for i := range n {
				c.add(p, i)
			}
			file := harfile.Encode(p.all, harfile.Options{})
			start := time.Now()
			r, err := recording.Read(file, recording.Options{Now: began})
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			if len(r.Sessions) > 200 {
				t.Errorf("%d sessions", len(r.Sessions))
			}
			for i, events := range r.Sessions[:min(len(r.Sessions), 5)] {
				if calls := len(story.Read(events).Calls()); calls > 2000 {
					t.Errorf("session %d has %d calls", i, calls)
				}
			}
			t.Logf("%d sessions in %s: %q", len(r.Sessions), time.Since(start), r.Notes)
		})
	}
}
