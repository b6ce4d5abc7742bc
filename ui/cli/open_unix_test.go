//go:build unix

package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"authscope/ui/cli"
)

// TestOpenPipe ends the program while it waits for a pipe that nobody writes to.
func TestOpenPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skipf("no pipe can be made here: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	ended := make(chan int)
	go func() {
		ended <- cli.Main(ctx, []string{"open", path, "--text"}, cli.World{Stdout: &stream{}, Stderr: &stream{}})
	}()
	if got := <-ended; got != 130 {
		t.Errorf("interrupted while a pipe was waited for: exit status %d, want 130", got)
	}
	if w, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil { // lets the reader go
		w.Close()
	}
}
