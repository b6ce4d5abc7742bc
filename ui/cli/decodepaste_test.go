package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"authscope/ui/cli"
)

// pasted runs the paste box, fed with chunks as a terminal sends them, and returns what came of it. The raw mode must have
// been left when it is over.
func pasted(t *testing.T, args []string, chunks ...string) (status int, out, shown string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, keys := io.Pipe()
		var stdout, stderr bytes.Buffer
		raw := 0
		w := cli.World{Stdin: in, Stdout: &stdout, Stderr: &stderr, IsTerminal: func(s any) bool { return s != &stdout },
			Raw: func(any) (func() error, error) { raw++; return func() error { raw--; return nil }, nil }}
		done := make(chan int, 1)
		go func() { done <- cli.Main(t.Context(), append([]string{"decode", "--claim", "sub"}, args...), w) }()
		fed := make(chan bool)
		go func() {
			defer close(fed)
			for _, c := range chunks {
				if c == "(wait)" {
					time.Sleep(time.Second)
				} else if _, err := io.WriteString(keys, c); err != nil {
					return
				}
			}
			time.Sleep(time.Second)
			keys.Close()
		}()
		status = <-done
		in.CloseWithError(errors.New("closed"))
		<-fed
		out, shown = stdout.String(), stderr.String()
		if raw != 0 {
			t.Errorf("the terminal was left in raw mode")
		}
		if strings.LastIndex(shown, "\x1b[?2004h") > strings.LastIndex(shown, "\x1b[?2004l") {
			t.Errorf("bracketed paste was left on: %q", shown)
		}
	})
	return status, out, shown
}

func TestPasteBox(t *testing.T) {
	token := signHS(t, map[string]any{"sub": "ada"})
	long := signHS(t, map[string]any{"sub": "ada", "pad": strings.Repeat("x", 15_000)})
	const open, end = "\x1b[200~", "\x1b[201~"
	for _, c := range []struct {
		name   string
		chunks []string
		status int
	}{
		{"pasted", []string{open + token + end, "\r"}, 0},
		{"typed", append(strings.Split(token, ""), "\r"), 0},
		{"wrapped over lines", []string{open + token[:50] + "\r" + token[50:90] + "\r\n" + token[90:] + "\n" + end, "(wait)", "\r"}, 0},
		{"without brackets", []string{token + "\r"}, 0},
		{"without brackets, in lines", []string{token[:50] + "\r" + token[50:] + "\r"}, 0},
		{"without brackets, cut at a line break", []string{token[:50] + "\r", token[50:] + "\r"}, 0},
		{"20 KB", []string{open, long[:4095], long[4095:9000], long[9000:], end, "\r"}, 0},
		{"brackets in pieces", []string{"\x1b[2", "00~" + token[:20], token[20:] + "\x1b", "[20", "1~", "\r"}, 0},
		{"an escape sequence in the paste", []string{open + token[:10] + end, open + token[10:] + end, "\r"}, 0},
		{"arrows mean nothing", []string{"\x1b[A\x1b[1;5C\x1bOP" + token, "\x1b[D", "\r"}, 0},
		{"cleared", []string{"nonsense\x15" + token, "\r"}, 0},
		{"corrected", []string{token + "xé\x7f\x7f", "\r"}, 0},
		{"ctrl-d reads", []string{token + "\x04"}, 0},
		{"enter with nothing waits", []string{"\r", "(wait)", token + "\r"}, 0},
		{"the terminal goes away", []string{token}, 0},
		{"esc", []string{token, "\x1b", "(wait)"}, 130},
		{"ctrl-c", []string{token, "\x03"}, 130},
		{"ctrl-d leaves", []string{"\x04"}, 130},
	} {
		status, out, shown := pasted(t, nil, c.chunks...)
		if want := map[int]string{0: "ada\n"}[c.status]; status != c.status || out != want {
			t.Errorf("%s: status %d, printed %q, want %d and %q\n%q", c.name, status, out, c.status, want, shown[:min(len(shown), 600)])
		}
		if strings.Contains(shown, token[4:30]) {
			t.Errorf("%s: the box shows the token: %q", c.name, shown)
		}
	}
	status, _, shown := pasted(t, []string{"--max-size", "1KiB"}, open+long+end, "\r")
	if status != 2 || !strings.Contains(shown, "more than the 1024") || !strings.Contains(shown, "--max-size raises") {
		t.Errorf("a paste over the limit: status %d, %q", status, shown)
	}
}

// TestPasteBoxEnds leaves the box by a signal, by a panic, and where there is nothing to draw on.
func TestPasteBoxEnds(t *testing.T) {
	restored := 0
	w := cli.World{Stdout: io.Discard, Stderr: io.Discard, IsTerminal: func(any) bool { return true },
		Raw: func(any) (func() error, error) { return func() error { restored++; return nil }, nil }}
	ctx, cancel := context.WithCancel(t.Context())
	in, keys := io.Pipe()
	defer keys.Close()
	w.Stdin = in
	time.AfterFunc(0, cancel)
	if status := cli.Main(ctx, []string{"decode"}, w); status != 130 || restored != 1 {
		t.Errorf("a signal: status %d, restored %d times", status, restored)
	}
	w.Stderr = panics{}
	if status := cli.Main(t.Context(), []string{"decode"}, w); status != 1 || restored != 2 {
		t.Errorf("a panic while drawing: status %d, restored %d times", status, restored)
	}
	var out bytes.Buffer
	w.Stderr, w.IsTerminal = &out, func(s any) bool { return s == in }
	if status := cli.Main(t.Context(), []string{"decode"}, w); status != 2 || !strings.Contains(out.String(), "pipe the token in") {
		t.Errorf("no terminal to draw on: status %d, %s", status, &out)
	}
}

// panics panics at the first write, as a program does that is wrong.
type panics struct{}

var panicked bool

func (panics) Write(p []byte) (int, error) {
	if !panicked {
		panicked = true
		panic("a fault")
	}
	return len(p), nil
}

// TestTerminalDecode pastes tokens into the built program on a pseudo-terminal: a short one, and one of 20 KB, which is more
// than a line that the terminal edits can hold.
func TestTerminalDecode(t *testing.T) {
	for _, size := range []int{10, 15_000} {
		token := signHS(t, map[string]any{"sub": "ada-" + strings.Repeat("x", size), "iss": "https://issuer.example"})
		x := open(t, 80, 24, "decode")
		x.sees("Paste a token")
		x.types("\x1b[200~" + token + "\x1b[201~")
		x.sees("characters")
		if strings.Contains(x.text(), token[10:30]) {
			t.Errorf("the box shows the token:\n%s", x.text())
		}
		x.types(enter)
		x.ends(0)
		x.sees("not verified")
		if raw := x.raw.String(); !strings.Contains(raw, "issuer: who made the token") || size > 100 && !strings.Contains(raw, "15004 characters in all") {
			t.Errorf("a token of %d bytes is not read whole:\n%s", len(token), x.text())
		}
		if strings.Contains(x.text(), "Paste a token") {
			t.Errorf("the box is still there:\n%s", x.text())
		}
	}
	for name, leave := range map[string]func(x *terminal){
		"esc":     func(x *terminal) { x.types(esc) },
		"ctrl-c":  func(x *terminal) { x.types("\x03") },
		"SIGTERM": func(x *terminal) { x.cmd.Process.Signal(syscall.SIGTERM) },
		"SIGHUP":  func(x *terminal) { x.cmd.Process.Signal(syscall.SIGHUP) },
	} {
		t.Run(name, func(t *testing.T) {
			x := open(t, 80, 24, "decode")
			x.sees("esc leaves")
			leave(x)
			x.ends(130)
		})
	}
}
