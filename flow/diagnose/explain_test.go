package diagnose_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"authscope/flow/diagnose"
	"authscope/jwtview"
)

var (
	kebab  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	number = regexp.MustCompile(`^D(0[1-9]|[1-5][0-9]|6[0-4])$`)
)

// TestEntries: every rule has a text of its own that stands without a run.
func TestEntries(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range diagnose.Entries() {
		if !kebab.MatchString(e.ID) || seen[e.ID] {
			t.Errorf("%s: the id is not in kebab-case, or there are two of it", e.ID)
		}
		seen[e.ID] = true
		for name, text := range map[string]string{"title": e.Title, "means": e.Means + strings.Join(e.Causes, ""), "do": e.Do, "spec": e.Spec} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: its text has no %s", e.ID, name)
			}
			if strings.Contains(text, "  ") || strings.Contains(text, "..") || strings.ContainsAny(text, "\n%") {
				t.Errorf("%s: its %s has a slip in it: %q", e.ID, name, text)
			}
		}
		if !slices.Contains([]jwtview.Severity{jwtview.Error, jwtview.Warning, jwtview.Info}, e.Severity) {
			t.Errorf("%s: severity %q", e.ID, e.Severity)
		}
		for _, n := range e.Catalogue {
			if !number.MatchString(n) {
				t.Errorf("%s: %q is no number of the catalogue", e.ID, n)
			}
		}
		if e.Open && len(e.Causes) < 2 {
			t.Errorf("%s: its causes are candidates, and its text lists %d", e.ID, len(e.Causes))
		}
		if again, ok := diagnose.Explain(e.ID); !ok || again.Title != e.Title {
			t.Errorf("%s: Explain does not find it", e.ID)
		}
	}
}

func TestNear(t *testing.T) {
	for name, want := range map[string]string{"code-rejcted": "code-rejected", "rejected code": "code-rejected", "state": "state-missing", "noncewrong": "nonce-wrong", "refresh_refused": "refresh-refused"} {
		if got := diagnose.Near(name, 3); !slices.Contains(got, want) {
			t.Errorf("near %q are %v, want %s among them", name, got, want)
		}
	}
	if got := diagnose.Near(strings.Repeat("x", 1<<20), 3); len(got) != 3 {
		t.Errorf("near a very long name are %v, want three", got)
	}
}
