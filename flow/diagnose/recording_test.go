package diagnose_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/recording"
	"authscope/flow/recording/harfile"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// lostInHAR says what a HAR of a run does not carry, by the name of the fault: the findings that only the program that made
// the requests can have, and why. What a HAR adds stands in gained.
var lostInHAR = map[string]struct {
	lost, gained []string
	why          string
}{
	"issuer no URL":               {[]string{"issuer-not-a-url", "unreachable"}, nil, "no request has such an address"},
	"another issuer":              {[]string{"issuer-differs"}, nil, "which issuer was meant is in the settings; of a slash at its end the wire shows nothing"},
	"overloaded ahead":            {[]string{"preflight-unclear"}, nil, "no application looks ahead"},
	"silent ahead":                {[]string{"preflight-unclear"}, nil, "no application looks ahead"},
	"a code ahead":                {[]string{"preflight-code"}, nil, "no application looks ahead"},
	"no device grant on Authgear": {[]string{"grant-not-offered"}, nil, "that the device grant was meant is in the settings: nothing was asked"},
	"no device grant elsewhere":   {[]string{"grant-not-offered"}, nil, "that the device grant was meant is in the settings: nothing was asked"},
	"API: forbidden":              {[]string{"api-forbidden"}, nil, "what an API refuses without a word of the token is no matter of the login"},
	"API: redirect":               {[]string{"api-redirected"}, nil, "what an API refuses without a word of the token is no matter of the login"},
	"API: not found":              {[]string{"api-not-served"}, nil, "what an API refuses without a word of the token is no matter of the login"},
	"API: broken":                 {[]string{"server-error"}, nil, "what an API refuses without a word of the token is no matter of the login"},
	"logout: not registered":      {[]string{"logout-no-return"}, nil, "a recording may just end there"},
}

// TestFromHAR: a run, recorded as a browser and a proxy record it, gives the findings that the run itself gives. What a HAR
// cannot carry is listed above, with the reason.
func TestFromHAR(t *testing.T) {
	lists := [][]fault{discoveryFaults(), preflightFaults(), deviceFaults(), apiFaults(), otherFaults(), authorizeFaults(), exchangeFaults(), tokenFaults(), claimFaults(), laterFaults()}
	same, listed := 0, 0
	seen := map[string]bool{}
	for _, f := range slices.Concat(lists...) {
		seen[f.name] = true
		t.Run(f.name, func(t *testing.T) {
			faulty.InWith(t, f.tenant, func(w *faulty.World) {
				live, har := f.both(w.T, w)
				want := slices.Clone(live)
				_, name, _ := strings.Cut(w.T.Name(), "/") // it tells two of one name apart
				if ex, ok := lostInHAR[strings.ReplaceAll(name, "_", " ")]; ok {
					listed++
					want = slices.DeleteFunc(want, func(id string) bool { return slices.Contains(ex.lost, id) })
					want = append(want, ex.gained...)
				} else {
					same++
				}
				slices.Sort(want)
				slices.Sort(har)
				if !slices.Equal(want, har) {
					w.T.Errorf("a HAR of the run gives %v, the run itself %v", har, live)
				}
			})
		})
	}
	for name := range lostInHAR {
		if !seen[name] {
			t.Errorf("the list of what a HAR does not carry names %q, and there is no such fault", name)
		}
	}
	t.Logf("%d faults give the same findings from a HAR, %d give others, which are listed", same, listed)
}

// both runs a fault, and returns what is found live and in a HAR of it.
func (f fault) both(t *testing.T, w *faulty.World) (live, har []string) {
	t.Helper()
	if f.break_ != nil {
		f.break_(w)
	}
	browser := &harfile.Recorder{Base: w.Network()}
	w.Browser, w.Latency = browser, 10*time.Millisecond
	s := w.Session(f.change...)
	stages := f.stages
	if stages == nil {
		stages = login()
	}
	w.Run(s, stages...)
	live = ids(diagnose.Read(faulty.Read(s), time.Now()))
	file := harfile.Write(s.Log.Since(0), browser.Exchanges(), harfile.Options{})
	return live, fromHAR(t, file)
}

// fromHAR reads the findings of every login in a HAR.
func fromHAR(t *testing.T, file []byte) (out []string) {
	t.Helper()
	r, err := recording.Read(file, recording.Options{Now: time.Now(), Leeway: flow.DefaultLeeway})
	if err != nil {
		t.Logf("%v", err)
		return nil
	}
	for i, events := range r.Sessions {
		latest = recorded{events: events, now: time.Now()}
		fs := diagnose.Read(story.Read(events), time.Now())
		if a, b := asJSON(t, fs), asJSON(t, diagnose.Read(story.Read(faulty.WithoutStages(events)), time.Now())); a != b {
			t.Errorf("findings of a recording change when the stage events are taken out:\nwith:    %s\nwithout: %s", a, b)
		}
		if a, b := asJSON(t, fs), asJSON(t, diagnose.Read(story.Read(reopened(t, events)), time.Now())); a != b {
			t.Errorf("findings of a recording change when it is redacted, saved and opened:\nbefore: %s\nafter:  %s", a, b)
		}
		for _, x := range fs {
			wellFormed(t, x)
			ofARecording(t, x)
			out = append(out, x.ID)
		}
		t.Logf("login %d of %d:", i+1, len(r.Sessions))
		show(t, fs)
	}
	return out
}

// ofARecording holds that nothing is said that only a run of authscope's own could do or know.
func ofARecording(t *testing.T, f diagnose.Finding) {
	t.Helper()
	for name, text := range map[string]string{"title": f.Title, "seen": f.Seen, "means": f.Means, "do": f.Do} {
		for _, bad := range []string{"ress n", "ress o ", "ress r", "ress P", "ress x", "ress p ", "ress enter", "this machine", "This machine", "authscope sent", "authscope asked", "What authscope", "authscope does", "the screen"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s of %s speaks of a run of authscope's own (%q): %s", name, f.ID, bad, text)
			}
		}
	}
}

// TestHealthyFromHAR: a HAR of a healthy login gives no error and no warning, for any client and scope.
func TestHealthyFromHAR(t *testing.T) {
	for _, client := range demo.Clients() {
		for _, scope := range []string{"openid", "openid offline_access", "openid profile email offline_access"} {
			t.Run(client.ID+" "+scope, func(t *testing.T) {
				faulty.In(t, func(w *faulty.World) {
					f := fault{change: []func(*flow.Config){faulty.Client(client.ID), faulty.Scope(scope)}}
					if strings.Contains(scope, "offline_access") {
						f.stages = [][]flow.Stage{flow.Login, flow.Refresh, flow.Refresh}
					}
					live, har := f.both(w.T, w)
					slices.Sort(live)
					slices.Sort(har)
					if !slices.Equal(live, har) {
						w.T.Errorf("a HAR of the run gives %v, the run itself %v", har, live)
					}
				})
			})
		}
	}
}

// TestCrossOrigin: a page that gets no answer from the token endpoint is told what may be the cause; a request of the page's
// own origin, or one whose reason is known, is not spoken of so.
func TestCrossOrigin(t *testing.T) {
	at := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	entry := func(origin, why string) []byte {
		return harfile.Encode([]harfile.Exchange{{At: at, Done: at.Add(time.Second), Method: "POST", URL: "https://idp.example/token", Failure: why,
			Header: trace.Header{{"Origin", origin}, {"Content-Type", "application/x-www-form-urlencoded"}}, Body: []byte("grant_type=authorization_code&code=abcdefghijklmnopqrst")}}, harfile.Options{})
	}
	for _, c := range []struct{ origin, why, want string }{
		{"https://app.example", "net::ERR_FAILED", "cross-origin-blocked"},
		{"https://app.example", "", "cross-origin-blocked"},
		{"https://idp.example", "net::ERR_FAILED", "unreachable"},
		{"https://app.example", "net::ERR_CONNECTION_REFUSED", "unreachable-refused"},
		{"https://app.example", "net::ERR_NAME_NOT_RESOLVED", "unreachable-dns"},
	} {
		got := fromHAR(t, entry(c.origin, c.why))
		spoke[c.want] = true
		hold(latest.findings(diagnose.Reader{}))
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("from %s, %q: findings %v, want %s", c.origin, c.why, got, c.want)
		}
	}
}
