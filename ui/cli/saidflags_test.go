package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authscope/flow/diagnose"
)

var flagSaid = regexp.MustCompile("(?:^|[\\s(\"`,])(--[a-z][a-z-]*)")

// TestSaidFlags holds that every flag that a finding names is one of run, which makes such a login.
func TestSaidFlags(t *testing.T) {
	inBench(t, func(b *bench) {
		b.want(0, "run", "--help")
		var known []string
		for _, m := range flagSaid.FindAllStringSubmatch(b.out.String(), -1) {
			known = append(known, m[1])
		}
		code, _ := filepath.Glob("../../flow/diagnose/*.go")
		presets, _ := filepath.Glob("../../flow/diagnose/provider/presets/*.json")
		met := 0
		for _, name := range append(code, presets...) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				b.t.Fatal(err)
			}
			for _, m := range flagSaid.FindAllStringSubmatch(string(text), -1) {
				met++
				if !slices.Contains(known, m[1]) {
					b.t.Errorf("%s names the flag %s, and authscope run has none", filepath.Base(name), m[1])
				}
			}
		}
		for _, k := range diagnose.Keys {
			if !slices.Contains(known, k.Flag) {
				b.t.Errorf("the key %s stands for the flag %s, and authscope run has none", k.Key, k.Flag)
			}
		}
		if met < 100 || len(known) < 40 {
			b.t.Errorf("%d flags are named and %d known: does the test still find them?", met, len(known))
		}
	})
}
