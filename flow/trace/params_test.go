package trace_test

import (
	"slices"
	"strings"
	"testing"

	"authscope/flow/trace"
)

// What is offered can be read in one line, and says where it comes from.
func TestKnownParams(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range trace.ParamsFor(true) {
		if p.Name == "" || p.What == "" || p.Spec == "" || strings.Contains(p.What, "\n") || len(p.What) > 120 || strings.HasSuffix(p.What, ".") {
			t.Errorf("%+v is not a line of help", p)
		}
		for _, on := range strings.Fields(p.On) {
			if !slices.Contains([]string{trace.RequestAuthorize, trace.RequestToken, trace.RequestRefresh}, on) {
				t.Errorf("%s belongs on %q, which is no request", p.Name, on)
			}
		}
		if seen[p.Name] || p.On == "" {
			t.Errorf("%s is listed twice, or belongs nowhere", p.Name)
		}
		seen[p.Name] = true
	}
	for _, name := range []string{"prompt", "max_age", "login_hint", "ui_locales", "acr_values", "claims", "resource", "audience"} {
		if !slices.ContainsFunc(trace.ParamsFor(false), func(p trace.ParamHelp) bool { return p.Name == name }) {
			t.Errorf("%s is not offered", name)
		}
	}
	for _, p := range trace.ParamsFor(false) {
		if strings.HasPrefix(p.Name, "x_") {
			t.Errorf("%s is offered on any server, and is Authgear's", p.Name)
		}
	}
}
