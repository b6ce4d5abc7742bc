package cli_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// emptyProgram is the least that Bubble Tea can be asked for.
const emptyProgram = `package main

import tea "charm.land/bubbletea/v2"

type m struct{ w int }

func (m) Init() tea.Cmd { return nil }
func (x m) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		x.w = msg.Width
	case tea.KeyPressMsg:
		return x, tea.Quit
	}
	return x, nil
}
func (x m) View() tea.View {
	s := "first"
	if x.w > 0 {
		s = "frame"
	}
	v := tea.NewView(s)
	v.AltScreen = true
	return v
}
func main() { tea.NewProgram(m{}).Run() }
`

// BenchmarkFirstFrame starts the built program and an empty Bubble Tea program in turn, each on a
// pseudo-terminal, and measures the time to the first full frame. It prints both medians and their ratio.
func BenchmarkFirstFrame(b *testing.B) {
	bin, err := program()
	if err != nil {
		b.Fatal(err)
	}
	empty := buildEmpty(b)
	const rounds = 15
	var ours, theirs []time.Duration
	for b.Loop() {
		for range rounds {
			ours = append(ours, untilShown(b, "UserInfo", bin))
			theirs = append(theirs, untilShown(b, "frame", empty))
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	o, e := ours[len(ours)/2], theirs[len(theirs)/2]
	b.ReportMetric(float64(o.Microseconds())/1000, "ms/authscope")
	b.ReportMetric(float64(e.Microseconds())/1000, "ms/empty")
	b.ReportMetric(float64(o)/float64(e), "ratio")
}

// buildEmpty builds the empty program inside this module, so that it has the same Bubble Tea.
func buildEmpty(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp(".", "emptyprogram-")
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	src := filepath.Join(dir, "main.go")
	if err := os.WriteFile(src, []byte(emptyProgram), 0o644); err != nil {
		b.Fatal(err)
	}
	bin := filepath.Join(b.TempDir(), "empty")
	if out, err := exec.Command("go", "build", "-o", bin, src).CombinedOutput(); err != nil {
		b.Fatalf("build the empty program: %v\n%s", err, out)
	}
	return bin
}

// untilShown starts bin and returns how long it took until text was written to the terminal.
func untilShown(b *testing.B, text, bin string) time.Duration {
	b.Helper()
	cmd := exec.Command(bin)
	cmd.Env = []string{"HOME=" + b.TempDir(), "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "COLORTERM=truecolor"}
	begin := time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 120, Rows: 36})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait()
		tty.Close()
	}()
	var seen strings.Builder
	buf := make([]byte, 64<<10)
	for {
		n, err := tty.Read(buf)
		seen.Write(buf[:n])
		if strings.Contains(seen.String(), text) {
			return time.Since(begin)
		}
		if err != nil && err != io.EOF {
			b.Fatalf("%s never showed %q: %v\n%s", bin, text, err, seen.String())
		}
	}
}
