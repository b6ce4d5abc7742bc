package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process prepares the built program as a process without a terminal.
func process(t *testing.T, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	cmd = exec.CommandContext(t.Context(), bin, args...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

func status(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

func TestProgram(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		stdout string
		stderr string
	}{
		{"run --json --refresh 1 --revoke", 0, `"schema": 1`, "✓ Revoke"},
		{"run --scope offline_access", 1, "invalid_scope", "✗ Look ahead"},
		{"", 2, "", "authscope run"},
		{"--nonsense", 2, "", "unknown flag"},
		{"--version", 0, "authscope ", ""},
	} {
		cmd, stdout, stderr := process(t, strings.Fields(c.args)...)
		if got := status(t, cmd.Run()); got != c.status {
			t.Errorf("authscope %s: exit status %d, want %d\n%s", c.args, got, c.status, stderr)
		}
		if !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
			t.Errorf("authscope %s: want %q on stdout and %q on stderr\n%s\n%s", c.args, c.stdout, c.stderr, stdout, stderr)
		}
	}
}

// TestSignals ends the program while it waits for an answer. The result is printed all the same.
func TestSignals(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows cannot send signals to a process")
	}
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		cmd, stdout, _ := process(t, "run", "--json", "--sign-in", "paste", "--redirect-uri", "com.example:/never")
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = nil
		progress, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		late := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		waitFor(t, progress, "✓ Authorize")
		cmd.Process.Signal(sig)
		if got := status(t, cmd.Wait()); got != 130 {
			t.Errorf("%s: exit status %d, want 130", sig, got)
		}
		late.Stop()
		stdin.Close()
		var result struct{ Stages []struct{ ID, Status string } }
		if err := json.Unmarshal(stdout.Bytes(), &result); err != nil {
			t.Fatalf("%s: stdout is no JSON: %v\n%s", sig, err, stdout)
		}
		if len(result.Stages) != 7 || result.Stages[3].Status != "cancelled" {
			t.Errorf("%s: the stages are %v, want the callback cancelled", sig, result.Stages)
		}
	}
}

// waitFor reads until words came, and what comes after them in the background.
func waitFor(t *testing.T, r interface{ Read([]byte) (int, error) }, words string) {
	t.Helper()
	var all []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(all, []byte(words)) {
		n, err := r.Read(buf)
		all = append(all, buf[:n]...)
		if err != nil {
			t.Fatalf("the program ended before it said %q:\n%s", words, all)
		}
	}
}
