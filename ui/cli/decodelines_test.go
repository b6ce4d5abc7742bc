package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"authscope/ui/cli"
)

func TestDecodeLines(t *testing.T) {
	token := signHS(t, map[string]any{"sub": "ada", "exp": soon()})
	input := strings.Join([]string{token, "", "  ", "not a token, two words", token + "\r", strings.Repeat("x", 9000), token}, "\n") // no line break at the end
	status, out, errs := decode(t, input, "--lines", "--json", "--max-size", "8KiB")
	var got []string
	for line := range strings.Lines(out) {
		var doc struct {
			Line    int
			Verdict string
			Claims  struct{ Sub string }
		}
		if err := json.Unmarshal([]byte(line), &doc); err != nil {
			t.Fatalf("a line is no JSON object: %v\n%s", err, line)
		}
		got = append(got, strings.Join([]string{string(rune('0' + doc.Line)), doc.Verdict, doc.Claims.Sub}, " "))
	}
	want := "1 read ada,4 unreadable ,5 read ada,6 unreadable ,7 read ada"
	if status != 2 || strings.Join(got, ",") != want {
		t.Errorf("status %d, want 2\n got %s\nwant %s\n%s", status, strings.Join(got, ","), want, errs)
	}
	status, out, _ = decode(t, input, "--lines", "--max-size", "8KiB")
	if lines := strings.Count(out, "\n"); status != 2 || lines != 5 || !strings.Contains(out, "     7  · read") {
		t.Errorf("as text: status %d, %d lines\n%s", status, lines, out)
	}
	status, out, errs = decode(t, input, "--lines", "--claim", "sub")
	if status != 2 || out != "ada\n\nada\n\nada\n" || !strings.Contains(errs, "line 4: cannot be read") {
		t.Errorf("--claim: status %d, %q\n%s", status, out, errs)
	}
	secret, old := file(t, "secret", hush, 0o600), signHS(t, map[string]any{"exp": 1_000_000_000})
	for _, c := range []struct {
		input  string
		status int
	}{{token + "\n" + token, 0}, {token + "\n" + old + "\n" + token, 1}, {old + "\nno token here\n" + token, 2}, {"\n\n", 0}} {
		if status, out, _ := decode(t, c.input, "--lines", "--secret-file", secret); status != c.status {
			t.Errorf("status %d, want %d, the worst of all:\n%s", status, c.status, out)
		}
	}
}

// TestDecodeLinesFollow holds that a token is printed before the next one comes.
func TestDecodeLinesFollow(t *testing.T) {
	in, feed := io.Pipe()
	show, out := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- cli.Main(t.Context(), []string{"decode", "--lines", "--claim", "sub"}, cli.World{Stdin: in, Stdout: out, Stderr: io.Discard})
		out.Close()
	}()
	r := bufio.NewReader(show)
	for _, sub := range []string{"ada", "grace"} {
		io.WriteString(feed, signHS(t, map[string]any{"sub": sub})+"\n")
		if line, err := r.ReadString('\n'); line != sub+"\n" {
			t.Fatalf("printed %q (%v), want %s before more input comes", line, err, sub)
		}
	}
	feed.Close()
	if status := <-done; status != 0 {
		t.Errorf("status %d", status)
	}
}

// TestDecodeInterrupted ends the reading of an input that never ends.
func TestDecodeInterrupted(t *testing.T) {
	for _, args := range [][]string{{"decode"}, {"decode", "--lines"}} {
		ctx, cancel := context.WithCancel(t.Context())
		in, feed := io.Pipe()
		done := make(chan int, 1)
		go func() { done <- cli.Main(ctx, args, cli.World{Stdin: in, Stdout: io.Discard, Stderr: io.Discard}) }()
		io.WriteString(feed, "half a tok")
		cancel()
		if status := <-done; status != 130 {
			t.Errorf("%v: status %d, want 130", args, status)
		}
		feed.Close()
	}
}

// endless is an input without an end, or without a line break.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.read += len(p)
	return len(p), nil
}

func TestDecodeEndless(t *testing.T) {
	e := &endless{}
	var out bytes.Buffer
	if status := cli.Main(t.Context(), []string{"decode"}, cli.World{Stdin: e, Stdout: &out, Stderr: &out}); status != 2 || !strings.Contains(out.String(), "--max-size") {
		t.Errorf("an endless input: status %d\n%.300s", status, &out)
	}
	if e.read > 5<<20 {
		t.Errorf("%d bytes of an endless input were read: the limit is 4 MiB", e.read)
	}
}

// peak reads n tokens in a process and returns the most memory that it had, in bytes. What the system tells at the end of a
// process counts what its parent had when it was made, so the process is asked while it waits for more.
func peak(tb testing.TB, n int, args ...string) int64 {
	tb.Helper()
	if runtime.GOOS != "linux" {
		tb.Skip("only Linux tells the peak of a process")
	}
	bin, err := program()
	if err != nil {
		tb.Fatal(err)
	}
	token := signHS(tb, map[string]any{"iss": "https://issuer.example", "sub": "ada", "pad": strings.Repeat("x", 600)}) + "\n"
	cmd := exec.Command(bin, append([]string{"decode", "--lines"}, args...)...)
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	go func() {
		b := bufio.NewWriterSize(in, 64<<10)
		for range n {
			b.WriteString(token)
		}
		b.Flush()
	}()
	r, lines := bufio.NewScanner(out), 0
	for lines < n && r.Scan() {
		lines++
	}
	if lines != n {
		tb.Fatalf("%d lines for %d tokens, %v", lines, n, r.Err())
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
	if err != nil {
		tb.Fatal(err)
	}
	var kib int64
	_, after, _ := strings.Cut(string(b), "VmHWM:")
	if _, err := fmt.Sscan(after, &kib); err != nil {
		tb.Fatalf("the peak of the process: %v\n%s", err, b)
	}
	return kib << 10
}

// TestDecodeLinesMemory holds that 100,000 tokens take no more memory than a few.
func TestDecodeLinesMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100,000 tokens")
	}
	// On a busy machine the collector comes late. A goal makes it hurry; what is really kept would exceed that all the same.
	t.Setenv("GOMEMLIMIT", "24MiB")
	few, many := peak(t, 100), peak(t, 100_000)
	for try := 0; try < 2 && many > 64<<20; try++ {
		many = min(many, peak(t, 100_000))
	}
	if many > 64<<20 || many > few+32<<20 {
		t.Errorf("the peak is %d MiB with 100,000 tokens and %d MiB with 100: want it constant", many>>20, few>>20)
	}
}

// BenchmarkDecodeLines reads 100,000 tokens and prints the peak.
func BenchmarkDecodeLines(b *testing.B) {
	for name, args := range map[string][]string{"text": nil, "json": {"--json"}} {
		b.Run(name, func(b *testing.B) {
			var most int64
			for b.Loop() {
				most = max(most, peak(b, 100_000, args...))
			}
			b.ReportMetric(float64(most)/(1<<20), "MiB/peak")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/100_000, "µs/token")
		})
	}
}
