package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authscope/flow/trace"
	"authscope/ui/report"
)

// golden compares got with testdata/name; UPDATE=1 writes it instead.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; UPDATE=1 go test ./ui/report writes it", err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			t.Errorf("%s differs at line %d (UPDATE=1 accepts it)\n got: %s\nwant: %s", name, i+1, g[i], at(w, i))
			return
		}
	}
	t.Errorf("%s: the report ends at line %d, the golden file has %d", name, len(g), len(w))
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

func TestGolden(t *testing.T) {
	traces := play(t, full, openid, offline, web)
	for i, name := range []string{"full", "openid", "offline", "web"} {
		golden(t, name+".json", print(t, asJSON(false), traces[i]))
		golden(t, name+".txt", print(t, asText(report.Options{}), traces[i]))
	}
	golden(t, "full-shown.json", print(t, asJSON(true), traces[0]))
	golden(t, "full-narrow.txt", print(t, asText(report.Options{Width: 60}), traces[0]))
	both := func(f func(*strings.Builder, report.Run, report.Run) error, a, b []trace.Event) string {
		var out strings.Builder
		if err := f(&out, report.Make(a, a[len(a)-1].At), report.Make(b, b[len(b)-1].At)); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	golden(t, "compare.json", both(func(w *strings.Builder, a, b report.Run) error { return report.CompareJSON(w, a, b, report.Options{}) }, traces[0], traces[1]))
	golden(t, "compare.txt", both(func(w *strings.Builder, a, b report.Run) error { return report.CompareText(w, a, b, report.Options{}) }, traces[0], traces[1]))
}
