//go:build unix

package trace_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"authscope/flow/trace"
)

// Saving takes a file's place by its name: a device or a pipe must not lose it.
func TestSaveOverSpecialFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("no pipe can be made here: %v", err)
	}
	if err := trace.SaveFile(path, []trace.Event{{Data: trace.Choice{What: "x"}}}); err == nil || !strings.Contains(err.Error(), "pipe") {
		t.Errorf("saved over a pipe: %v, want to be told that it is one", err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v, %v afterwards, want it untouched", st, err)
	}
}
