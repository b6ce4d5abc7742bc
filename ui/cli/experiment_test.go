package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRunExperiments makes experiments without a screen: what comes of them decides the exit status.
func TestRunExperiments(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "run", "--experiment", "list")
		b.prints("reuse", "costs", "Authgear", "no-nonce")
		b.want(0, "run", "--experiment", "reuse", "--demo-client", "workshop-rotating")
		b.prints("Experiment: An old refresh token again", "the newest one goes on working", "as this provider is known to do")
		b.want(0, "run", "--experiment", "reuse", "--experiment", "narrower-scope", "--experiment", "code-twice", "--experiment", "race",
			"--demo-client", "workshop-rotating", "--demo", "reuse-detection", "--scope", "openid offline_access profile")
		b.prints("dead now", "every refresh token of this session", "Experiment: A refresh with less scope", "Experiment: Refreshes at once")
		b.says("reuse-detection is on")
		b.want(1, "run", "--experiment", "wrong-verifier", "--demo", "no-pkce-check")
		b.prints("weaker than the specification", "whoever gets hold of a code")
		b.want(2, "run", "--experiment", "nonsense")
		b.says("--experiment list")
		b.want(2, "run", "--experiment", "code-twice", "--grant", "device")
		b.says("authorization code grant")
	})
}

// TestRunExpect holds runs against what is expected.
func TestRunExpect(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "run", "--expect", "list")
		b.prints("claim.NAME", "no-findings")
		b.want(0, "run", "--expect", "refresh_token", "--expect", "claim.amr=pwd", "--expect", "no-findings")
		b.prints("✓ refresh_token")
		b.want(1, "run", "--scope", "openid", "--expect", "refresh_token")
		b.prints("✗ refresh_token", "✗ not as expected")
		b.says("not as expected: refresh_token (it is no refresh token)")
		b.want(0, "run", "--scope", "openid nonsense", "--no-preflight", "--expect", "error=invalid_scope")
		b.want(1, "run", "--scope", "openid nonsense", "--no-preflight", "--expect", "error=access_denied")
		b.want(2, "run", "--expect", "nonsense")
		b.says("there are refresh_token")
		path := filepath.Join(t.TempDir(), "out.xml")
		b.want(1, "run", "--refresh", "1", "--expect", "rotation", "--junit", path)
		xml, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(xml), `<testcase classname="expect" name="rotation"`) || !strings.Contains(string(xml), "<failure ") {
			t.Errorf("the XML is %s, %v", xml, err)
		}
		if st, err := os.Stat(path); err == nil && st.Mode().Perm() != 0o600 {
			t.Errorf("the XML has mode %o", st.Mode().Perm())
		}
		b.want(2, "run", "--junit", filepath.Join(path, "x", "y"))
	})
}

// prints holds what stands on stdout, however its lines are broken.
func (b *bench) prints(words ...string) {
	b.t.Helper()
	flat := strings.Join(strings.Fields(b.out.String()), " ")
	for _, w := range words {
		if !strings.Contains(flat, w) {
			b.t.Errorf("stdout does not say %q:\n%s", w, b.out)
		}
	}
}
