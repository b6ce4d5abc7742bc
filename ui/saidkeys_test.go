package ui

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"authscope/flow/diagnose"
	"authscope/flow/diagnose/provider"
)

// saidKeys are the keys that findings name, by what they say of them: the name of the command in the registry.
var saidKeys = map[string]string{
	"enter": "next", "n": "new run", "o": "offline_access", "p": "paste", "r": "refresh", "s": "scopes", "x": "revoke", "b": "browser", "c": "compare",
	"w": "side by side", "e": "edit", "P": "prompt=consent", "+": "parameters", "5": "Tenant", "E": "experiments", "A": "another grant", "u": "UserInfo", "i": "introspect",
}

// keysSaid finds where a text speaks of keys.
var keysSaid = regexp.MustCompile(`(?:[Pp]ress |(?:here|again|does|screen) with |, or |, and | with )(enter\b|[A-Za-z]\b|\+)|\(([A-Za-z0-9])[,)]|(?:^|\. )([b-hj-zB-HJ-Z]) (?:opens|uses)`)

// notKeys are single characters that stand there for something else.
var notKeys = []string{"a", "A", "I", "d", "X", "B"}

// TestSaidKeys holds that every key that a finding tells somebody to press is in the registry, and does what it says.
func TestSaidKeys(t *testing.T) {
	met := map[string]bool{}
	for where, text := range findingWords(t) {
		for _, m := range keysSaid.FindAllStringSubmatch(text, -1) {
			key := m[1] + m[2] + m[3]
			if slices.Contains(notKeys, key) && !strings.Contains(strings.ToLower(m[0]), "press") || strings.HasPrefix(m[0], "(") && isNumber(key) && key != "5" {
				continue
			}
			met[key] = true
			name, known := saidKeys[key]
			if !known {
				t.Errorf("%s speaks of the key %q, and the table of this test does not know what it is to do: %q", where, key, text)
				continue
			}
			if c := commandOf(key); c == nil || c.name != name {
				t.Errorf("%s speaks of the key %q for %q, and the screen has %+v there", where, key, name, c)
			}
		}
	}
	for _, key := range []string{"enter", "n", "o", "p", "r", "s", "x", "P", "+", "5"} {
		if !met[key] {
			t.Errorf("no finding was seen to name the key %q: does the test still find them?", key)
		}
	}
}

// TestKeysOfFlags holds that what findings say of the screen beside a flag is there: by its key, or by its name after a colon.
func TestKeysOfFlags(t *testing.T) {
	for _, k := range diagnose.Keys {
		if k.Key == ":" {
			if !slices.ContainsFunc(commands, func(c command) bool { return c.name == k.Name }) {
				t.Errorf("for %s findings name the command %q, and there is none", k.Flag, k.Name)
			}
			continue
		}
		if c := commandOf(k.Key); c == nil || c.name != k.Name {
			t.Errorf("for %s findings say %q is %q, and the screen has %+v there", k.Flag, k.Key, k.Name, c)
		}
	}
	for id, want := range map[string]string{
		"scope-odd": "On the screen: `s` scopes.", "client-unknown": "On the screen: `T` tenants.", "token-request-refused": "On the screen: `+` parameters.",
		"refresh-scope-refused": "On the screen: `R` refresh with.", "logout-no-return": "On the screen: `:` after logout.", "answer-encoded-twice": "On the screen: `:` answer by.",
	} {
		if e, _ := diagnose.Explain(id); !strings.HasSuffix(e.Do, want) {
			t.Errorf("what is to be done about %s does not end with %q: %s", id, want, e.Do)
		}
	}
	for _, e := range diagnose.Entries() {
		if strings.Count(e.Do, "On the screen: ") > 1 {
			t.Errorf("%s names keys twice: %s", e.ID, e.Do)
		}
	}
}

func isNumber(s string) bool { _, err := strconv.Atoi(s); return err == nil }

// findingWords are all texts that findings are made of, by where they stand: those in the code and those of the presets.
func findingWords(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	files, err := filepath.Glob("../flow/diagnose/*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("the rules are not where they were: %d files, %v", len(files), err)
	}
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, _ := strconv.Unquote(lit.Value); strings.Contains(text, " ") {
					out[fset.Position(lit.Pos()).String()] = text
				}
			}
			return true
		})
	}
	for _, p := range provider.Default().Presets() {
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		out["preset "+p.ID] = string(b)
	}
	return out
}

// TestSaidKeysAreFound holds the finder itself: what it would overlook, no test would miss.
func TestSaidKeysAreFound(t *testing.T) {
	for text, want := range map[string]string{
		"Press n for a new run.": "n", "Then press x again.": "x", "here with P; or": "P", "Refresh (r), and call": "r", "revoke it (x, or --revoke)": "x", "Press r, or n to sign in": "r n",
		"the address. b opens the browser": "b", "with offline_access, and c to compare": "c", "authscope does with r. In an": "r", "Press enter to try again": "enter", "the view Tenant (5), or": "5",
	} {
		var got []string
		for _, m := range keysSaid.FindAllStringSubmatch(text, -1) {
			got = append(got, m[1]+m[2]+m[3])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("in %q the keys %q are found, want %q", text, got, want)
		}
	}
}
