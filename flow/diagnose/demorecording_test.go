package diagnose_test

import (
	"slices"
	"testing"
	"time"

	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/recording/harfile"
)

// demoLostInHAR says what a HAR does not carry of the runs with a fault of the embedded tenant, and why.
var demoLostInHAR = map[string]struct {
	lost, gained []string
	why          string
}{
	"issuer-trailing-slash": {[]string{"issuer-differs"}, nil, "which issuer was meant is in the settings; of a slash at its end the wire shows nothing"},
}

// TestDemoFaultsFromHAR: each fault of the embedded tenant gives the same findings live, saved and opened (read holds
// that), and from a HAR of the run.
func TestDemoFaultsFromHAR(t *testing.T) {
	same := 0
	for _, f := range demo.Faults() {
		t.Run(f.Name, func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				browser := &harfile.Recorder{Base: w.Network()}
				w.Browser, w.Latency = browser, 10*time.Millisecond
				if err := w.Tenant.SetFault(f.Name, true); err != nil {
					w.T.Fatal(err)
				}
				s, _ := play(w, f)
				want := ids(diagnose.Read(faulty.Read(s), time.Now()))
				if len(want) == 0 && !f.Works {
					w.T.Error("the fault gives no finding")
				}
				har := fromHAR(w.T, harfile.Write(s.Log.Since(0), browser.Exchanges(), harfile.Options{}))
				live := slices.Clone(want)
				if ex, ok := demoLostInHAR[f.Name]; ok {
					want = append(slices.DeleteFunc(want, func(id string) bool { return slices.Contains(ex.lost, id) }), ex.gained...)
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
	for name := range demoLostInHAR {
		if !slices.ContainsFunc(demo.Faults(), func(f demo.Fault) bool { return f.Name == name }) {
			t.Errorf("the list of what a HAR does not carry names %q, and the tenant has no such fault", name)
		}
	}
	counts.har, counts.harListed = same, len(demoLostInHAR)
	t.Logf("%d faults of the embedded tenant give the same findings from a HAR, %d give others, which are listed", same, len(demoLostInHAR))
}
