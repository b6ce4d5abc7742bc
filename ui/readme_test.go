package ui

import (
	"fmt"
	"os"
	"strings"
	"testing"
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
