package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkDecodeProcess starts `authscope decode` and an empty Go program in turn, each to its end. It prints both medians
// and what decode takes beyond the empty program.
func BenchmarkDecodeProcess(b *testing.B) {
	bin, err := program()
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	src, empty, token := filepath.Join(dir, "main.go"), filepath.Join(dir, "empty"), filepath.Join(dir, "token")
	if err := os.WriteFile(src, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		b.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", empty, src).CombinedOutput(); err != nil {
		b.Fatalf("build the empty program: %v\n%s", err, out)
	}
	if err := os.WriteFile(token, []byte(signHS(b, map[string]any{"iss": "https://issuer.example", "sub": "ada", "pad": strings.Repeat("x", 600)})), 0o600); err != nil {
		b.Fatal(err)
	}
	const rounds = 50
	var ours, theirs []time.Duration
	for b.Loop() {
		for range rounds {
			ours = append(ours, untilEnd(b, bin, "decode", token))
			theirs = append(theirs, untilEnd(b, empty))
		}
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	o, e := ours[len(ours)/2], theirs[len(theirs)/2]
	b.ReportMetric(float64(o.Microseconds())/1000, "ms/authscope")
	b.ReportMetric(float64(e.Microseconds())/1000, "ms/empty")
	b.ReportMetric(float64((o-e).Microseconds())/1000, "ms/beyond")
}

func untilEnd(b *testing.B, bin string, args ...string) time.Duration {
	b.Helper()
	begin := time.Now()
	if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", bin, err, out)
	}
	return time.Since(begin)
}
