package diagnose_test

import (
	"os"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/recording/harfile"
)

func TestDump(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		browser := &harfile.Recorder{Base: w.Network()}
		w.Browser, w.Latency = browser, 10*time.Millisecond
		s := w.Session(faulty.Scope("openid"))
		w.Run(s, flow.Login)
		os.WriteFile("/tmp/inspect-healthy.har", harfile.Write(s.Log.Since(0), browser.Exchanges(), harfile.Options{}), 0o644)
		os.WriteFile("/tmp/inspect-sanitized.har", harfile.Write(s.Log.Since(0), browser.Exchanges(), harfile.Options{Sanitized: true, NoBodies: true, NoForms: true}), 0o644)
	})
}
