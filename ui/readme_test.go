package ui

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestReadmeKeys holds that the README's table of keys is made from the commands. UPDATE=1 writes it.
func TestReadmeKeys(t *testing.T) {
	const path, from, to = "../README.md", "<!-- keys -->\n", "<!-- /keys -->"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), from)
	table, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the keys between %q and %q", path, from, to)
	}
	want := keyTable()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(before+from+want+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table != want {
		t.Errorf("the README's table of keys is not that of the commands (UPDATE=1 writes it)\ngot:\n%s\nwant:\n%s", table, want)
	}
}

// TestReadmeScreens holds that the screens in the README are those of the program. UPDATE=1 writes them.
func TestReadmeScreens(t *testing.T) {
	const path, end = "../README.md", "<!-- /screen -->"
	readme, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	rest, n := string(readme), 0
	for {
		before, after, found := strings.Cut(rest, "<!-- screen ")
		out.WriteString(before)
		if !found {
			break
		}
		name, after, ok := strings.Cut(after, " -->\n")
		_, after, ok2 := strings.Cut(after, end)
		if !ok || !ok2 {
			t.Fatalf("the screen %.30q does not end with %q", name, end)
		}
		frame, err := os.ReadFile("testdata/frames/80x24/" + name + ".plain.golden")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "<!-- screen %s -->\n```\n%s```\n%s", name, body(string(frame)), end)
		rest, n = after, n+1
	}
	if n < 4 {
		t.Errorf("%d screens are in the README, want four at least", n)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if out.String() != string(readme) {
		t.Error("the screens in the README are not those of the program (UPDATE=1 go test ./ui -run 'Frames|Readme' writes them)")
	}
}

// body is what stands between the two rules of a frame, as text.
func body(frame string) string {
	lines := strings.Split(strings.TrimRight(ansi.Strip(frame), "\n"), "\n")
	var b strings.Builder
	for _, l := range lines[3 : len(lines)-3] {
		b.WriteString(strings.TrimRight(l, " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func keyTable() string {
	var b strings.Builder
	b.WriteString("| keys | what they do |\n|---|---|\n")
	for _, g := range groups() {
		fmt.Fprintf(&b, "| **%s** | |\n", g)
		for _, c := range commands {
			switch {
			case c.group != g:
			case len(c.keys) == 0:
				fmt.Fprintf(&b, "| `:` %s | %s |\n", c.name, c.help)
			default:
				fmt.Fprintf(&b, "| `%s` | %s |\n", strings.Join(strings.Fields(keyNames(c.keys)), "` `"), c.help)
			}
		}
	}
	return b.String()
}
