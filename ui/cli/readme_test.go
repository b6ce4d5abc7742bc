package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// question is a block of the README that shows what a run answers: the command, and the lines of its Why up to the first spec.
var question = regexp.MustCompile("(?s)```\n\\$ authscope (run [^|\n]*) \\| sed -n '/\\^Why/,/spec/p'\n(.*?)```\n")

// drawn is what is new in every run.
var drawn = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// TestReadmeQuestions: the ten answers of the README are what is printed. UPDATE=1 writes them.
func TestReadmeQuestions(t *testing.T) {
	const path = "../../README.md"
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	readme := string(file)
	blocks := question.FindAllStringSubmatch(readme, -1)
	if len(blocks) != 10 {
		t.Errorf("the README has %d questions with answers, want 10", len(blocks))
	}
	for _, b := range blocks {
		got := ""
		inBench(t, func(bench *bench) {
			bench.run(append(strings.Fields(b[1]), "--timeout=5m")...)
			got = whyOf(bench.out.String())
		})
		if drawn.ReplaceAllString(got, "UUID") == drawn.ReplaceAllString(b[2], "UUID") {
			continue
		}
		if os.Getenv("UPDATE") == "" {
			t.Errorf("authscope %s answers another thing than the README shows (UPDATE=1 writes it):\n%s", b[1], got)
			continue
		}
		readme = strings.Replace(readme, b[0], strings.Replace(b[0], b[2]+"```", got+"```", 1), 1)
	}
	if readme != string(file) {
		if err := os.WriteFile(path, []byte(readme), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// whyOf is what sed makes of a report: from Why to the first line with spec.
func whyOf(text string) string {
	var out strings.Builder
	on := false
	for line := range strings.Lines(text) {
		if on = on || strings.HasPrefix(line, "Why"); on {
			out.WriteString(line)
			if strings.Contains(line, "spec") {
				break
			}
		}
	}
	return out.String()
}

// TestReadmePreset: the preset that the README shows can be read, and is used.
func TestReadmePreset(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "### What is known of providers")
	_, rest, _ = strings.Cut(rest, "```json\n")
	preset, _, _ := strings.Cut(rest, "```")
	config := t.TempDir()
	if err := os.MkdirAll(filepath.Join(config, "authscope", "providers"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(config, "authscope", "providers", "acme.json"), []byte(preset), 0o600); err != nil {
		t.Fatal(err)
	}
	inBench(t, func(b *bench) {
		b.world.ConfigDir = func() (string, error) { return config, nil }
		b.want(0, "explain", "code-rejected")
		b.prints("E1042: the code was issued by the other data centre.")
		if got := b.err.String(); got != "" {
			t.Errorf("the README's preset is complained of: %s", got)
		}
	})
}
