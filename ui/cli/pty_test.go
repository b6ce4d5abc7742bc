package cli_test

import (
	"encoding/base64"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

// built is where program put the binary, "" if no test asked for it.
var built string

// TestMain removes the binary, which is of no use to the next run.
func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

// program builds authscope once and returns the path of the binary.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "authscope-test-")
	if err != nil {
		return "", err
	}
	built = dir
	bin := filepath.Join(dir, "authscope")
	out, err := exec.Command("go", "build", "-o", bin, "authscope").CombinedOutput()
	if err != nil {
		return "", &buildError{string(out), err}
	}
	return bin, nil
})

type buildError struct {
	out string
	err error
}

func (e *buildError) Error() string { return e.err.Error() + "\n" + e.out }

// terminal is the built program on a pseudo-terminal, with an emulator that shows its screen.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	pty    *os.File
	screen *vt.SafeEmulator
	done   chan error
	raw    *tail
}

// tail keeps what the program wrote, to look for what must be at its end.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// open starts the program on a terminal of w by h cells.
func open(t *testing.T, w, h int, args ...string) *terminal {
	t.Helper()
	return openIn(t, nil, w, h, args...)
}

// openIn is open with more in the environment.
func openIn(t *testing.T, env []string, w, h int, args ...string) *terminal {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there are no pseudo-terminals of this kind on Windows")
	}
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, cmd: exec.Command(bin, args...), screen: vt.NewSafeEmulator(w, h), done: make(chan error, 1), raw: &tail{}}
	home := t.TempDir()
	x.cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "COLORTERM=truecolor", "TZ=UTC"}
	x.cmd.Env = append(x.cmd.Env, env...)
	x.cmd.Dir = home
	x.pty, err = pty.StartWithSize(x.cmd, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)})
	if err != nil {
		t.Fatalf("start the program on a pseudo-terminal: %v", err)
	}
	go io.Copy(x.pty, x.screen) // the terminal's answers to the program's questions
	go func() {
		io.Copy(io.MultiWriter(x.screen, x.raw), x.pty)
		x.done <- x.cmd.Wait()
	}()
	t.Cleanup(func() {
		x.cmd.Process.Kill()
		x.pty.Close()
		x.screen.InputPipe().(io.Closer).Close() // ends the copying; the emulator's own Close races with its Read
	})
	return x
}

// text is the screen without colour.
func (x *terminal) text() string { return ansi.Strip(x.screen.Render()) }

// sees waits until the screen shows text.
func (x *terminal) sees(text string) {
	x.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !strings.Contains(x.text(), text) {
		if time.Now().After(deadline) {
			x.t.Fatalf("the screen never showed %q:\n%s", text, x.text())
		}
		time.Sleep(10 * time.Millisecond) // a real process writes when it likes
	}
}

// types sends keys as a terminal does.
func (x *terminal) types(keys string) {
	x.t.Helper()
	if _, err := io.WriteString(x.pty, keys); err != nil {
		x.t.Fatalf("type %q: %v", keys, err)
	}
}

// ends waits for the program to end, and checks that it restored the terminal.
func (x *terminal) ends(wantStatus int) {
	x.t.Helper()
	select {
	case <-x.done:
	case <-time.After(20 * time.Second):
		x.t.Fatalf("the program did not end:\n%s", x.text())
	}
	if got := x.cmd.ProcessState.ExitCode(); got != wantStatus {
		x.t.Errorf("the program ended with status %d, want %d:\n%s", got, wantStatus, x.text())
	}
	if x.screen.IsAltScreen() {
		x.t.Error("the terminal was left on the alternate screen")
	}
	raw := x.raw.String()
	for mode, name := range map[string]string{"?1049": "alternate screen", "?1002": "mouse", "?2004": "bracketed paste"} {
		if on, off := strings.LastIndex(raw, "\x1b["+mode+"h"), strings.LastIndex(raw, "\x1b["+mode+"l"); on > off {
			x.t.Errorf("the terminal was left with %s on", name)
		}
	}
	if hide, show := strings.LastIndex(raw, "\x1b[?25l"), strings.LastIndex(raw, "\x1b[?25h"); hide > show {
		x.t.Error("the cursor was left hidden")
	}
	if strings.Contains(raw, "goroutine ") {
		x.t.Errorf("a stack trace reached the terminal:\n%s", raw[strings.Index(raw, "goroutine "):])
	}
}

const enter, esc = "\r", "\x1b"

// TestTerminalWalk walks the whole demo of the built program, as a newcomer would: with the keys that
// the screen names.
func TestTerminalWalk(t *testing.T) {
	x := open(t, 120, 36)
	x.sees("Press enter to send the first request")
	x.sees("ready, not sent yet")
	x.types(enter)
	x.sees("token_endpoint")
	x.sees("enter next: Look ahead")
	x.types(enter)
	x.sees("Ask first whether the request is accepted")
	x.sees("enter send")
	x.types(enter)
	x.sees("enter next: Authorize")
	x.types(enter)
	x.sees("code_challenge_method")
	x.sees("enter sign in here")
	x.types(enter)
	x.sees("as it was sent")
	x.sees("enter next: Exchange")
	x.types(enter)
	x.sees("will be sent")
	x.types(enter)
	x.sees("gets new access tokens")
	x.sees("refresh ready")
	x.types(enter)
	x.sees("Verify the ID token")
	x.types(enter)
	x.sees("✓ nonce")
	x.types(enter)
	x.sees("Ask who signed in")
	x.types(enter)
	x.sees("ada@example.com")
	x.sees("r refresh   x revoke")

	x.types("r")
	x.sees("refresh token #1")
	x.types(enter)
	x.sees("keep the one you have")
	x.types("2")
	x.sees("access token #2")
	x.types("16")
	x.sees("call 8 of 8")
	x.types("c")
	x.sees("✗ sign in again")
	x.types("N")
	x.sees("offline_access alone")
	x.types("jj" + enter)
	x.sees("must request 'openid' scope")
	x.types("1o")
	x.sees("ID token, no refresh token")
	x.types("f")
	x.sees("No refresh token: offline_access was not asked for")
	x.types("x")
	x.sees("This is to end the access token")
	x.types(enter)
	x.sees("what died")
	x.types("q")
	x.ends(0)
}

// TestTerminalExpiry watches an access token end.
func TestTerminalExpiry(t *testing.T) {
	x := open(t, 80, 24, "--lifetime", "access=2s")
	x.sees("enter send")
	x.types("f")
	x.sees("refresh ready")
	x.sees("expired")
	x.types("rf")
	x.sees("The refresh token stays the same")
	x.types("q")
	x.ends(0)
}

// TestTerminalRestored ends the program in every way that is not q.
func TestTerminalRestored(t *testing.T) {
	for name, end := range map[string]struct {
		do     func(x *terminal)
		status int
	}{
		"ctrl-c":  {func(x *terminal) { x.types("\x03") }, 0},
		"SIGTERM": {func(x *terminal) { x.cmd.Process.Signal(syscall.SIGTERM) }, 130},
		"SIGHUP":  {func(x *terminal) { x.cmd.Process.Signal(syscall.SIGHUP) }, 130},
		"SIGINT":  {func(x *terminal) { x.cmd.Process.Signal(syscall.SIGINT) }, 130},
	} {
		t.Run(name, func(t *testing.T) {
			x := open(t, 80, 24)
			x.sees("enter send")
			end.do(x)
			x.ends(end.status)
		})
	}
}

// TestTerminalSmall shows one line where there is no room, and the screen again when there is.
func TestTerminalSmall(t *testing.T) {
	x := open(t, 40, 10)
	x.sees("authscope needs 60×16")
	pty.Setsize(x.pty, &pty.Winsize{Cols: 80, Rows: 24})
	x.screen.Resize(80, 24)
	x.sees("Press enter to send the first request")
	x.types("q")
	x.ends(0)
}

// TestTerminalToken pastes a token from elsewhere and copies one of its claims, by OSC 52 at least: the system's
// clipboard is not everywhere.
func TestTerminalToken(t *testing.T) {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	token := part(`{"alg":"RS256","kid":"k1"}`) + "." + part(`{"iss":"https://idp.example","sub":"the subject \u001b[31m","padding":"`+strings.Repeat("p", 20_000)+`"}`) + "." + part(strings.Repeat("s", 256))
	x := open(t, 120, 36)
	x.sees("Press enter to send the first request")
	x.types("2")
	x.sees("p pastes a token from elsewhere")
	x.types("p")
	x.sees("Paste a token")
	x.types("\x1b[200~" + token[:15_000] + "\n" + token[15_000:] + "\x1b[201~") // wrapped, as a terminal or a mail does
	x.sees("in 2 lines")
	x.types(enter)
	x.sees("of another issuer than this tenant")
	x.sees("idp.example")
	x.types("/")
	x.sees("Find a row")
	x.types("sub" + enter)
	x.types("y")
	x.sees("copied sub")
	copied := ansi.SetSystemClipboard("the subject \x1b[31m")
	if !strings.Contains(x.raw.String(), copied) {
		t.Errorf("the terminal did not get %q, by which the claim reaches its clipboard", copied)
	}
	if strings.Contains(x.raw.String(), "subject \x1b[31m") {
		t.Error("the escape sequence of a claim reached the terminal")
	}
	x.types("q")
	x.ends(0)
}
