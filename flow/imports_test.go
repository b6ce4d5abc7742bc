package flow_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// forbidden says what a room must not know. Imports run one way: main, ui, flow, jwtview; demo, safe, theme and
// pipenet are leaves.
var forbidden = map[string][]string{
	"jwtview":       {"authscope/", "charm.land/", "github.com/charmbracelet/", "net/http", "net", "os"},
	"flow":          {"authscope/ui", "charm.land/", "github.com/charmbracelet/"},
	"flow/trace":    {"authscope/flow", "authscope/ui", "charm.land/"},
	"flow/story":    {"authscope/flow/diagnose", "authscope/flow/demo", "os", "net", "authscope/ui"},
	"flow/diagnose": {"authscope/flow/demo", "os", "net", "authscope/ui"},
	// What is known of providers is data: it knows neither a story nor a file system besides its own.
	"flow/diagnose/provider": {"authscope/", "os", "net", "net/http"},
	"flow/demo":              {"authscope/", "html/template", "charm.land/"},
	"flow/pipenet":           {"authscope/"},
	"flow/metadata":          {"authscope/", "os", "net"},
	"ui":                     {"net/http", "golang.org/x/oauth2", "github.com/golang-jwt", "authscope/flow/demo", "charm.land/lipgloss/v2/compat"},
	"ui/report":              {"charm.land/", "os", "net", "authscope/ui/cli", "authscope/flow/demo"},
	"ui/theme":               {"authscope/", "charm.land/bubbletea", "os"},
	"ui/qr":                  {"authscope/", "charm.land/", "os", "net"},
	"ui/safe":                {"authscope/", "charm.land/", "os"},
}

// own are packages inside a room that have a list of their own, or are its leaves.
func inRoom(dir, room string) bool {
	if dir == room {
		return true
	}
	return room == "flow" && strings.HasPrefix(dir, "flow/")
}

// TestImports holds the architecture.
func TestImports(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for room, bad := range forbidden {
			if !inRoom(dir, room) {
				continue
			}
			for _, imp := range f.Imports {
				name := strings.Trim(imp.Path.Value, `"`)
				for _, b := range bad {
					if name == b || strings.HasSuffix(b, "/") && strings.HasPrefix(name, b) || strings.HasPrefix(name, b+"/") && strings.Contains(b, "/") {
						t.Errorf("%s imports %s: %s must not know it", path, name, room)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestPure holds that what is read from a trace does not read the clock.
func TestPure(t *testing.T) {
	for _, dir := range []string{"../jwtview", "story", "diagnose", "diagnose/provider", "../ui/report", "../ui/theme", "../ui"} {
		files, err := filepath.Glob(dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"time.Now()", "time.Since(", "time.Until("} {
				if strings.Contains(string(src), call) {
					t.Errorf("%s calls %s: there the instant is an argument", path, call)
				}
			}
		}
	}
}

// TestTopLevel holds what stands at the top.
func TestTopLevel(t *testing.T) {
	allowed := map[string]bool{"main.go": true, "ui": true, "flow": true, "jwtview": true, "go.mod": true, "go.sum": true, "README.md": true, "LICENSE": true, "docs": true}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !allowed[e.Name()] && !strings.HasPrefix(e.Name(), ".") {
			t.Errorf("%s stands at the top level, which holds main.go, ui, flow, jwtview and little else", e.Name())
		}
	}
}
