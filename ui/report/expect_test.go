package report_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/report"
)

// TestExpect judges every form, both ways.
func TestExpect(t *testing.T) {
	refused := scenario{client: "workshop-spa", scope: "openid unknown"}
	rotating := scenario{client: "workshop-rotating", scope: "openid offline_access", refreshes: 1}
	traces := play(t, full, openid, refused, rotating)
	for _, c := range []struct {
		run  int
		expr string
		want jwtview.Status
		got  string
	}{
		{0, "refresh_token", jwtview.Passed, ""},
		{1, "refresh_token", jwtview.Failed, "no refresh token"},
		{1, "no-refresh_token", jwtview.Passed, ""},
		{0, "rotation", jwtview.Failed, "the same refresh token"},
		{3, "rotation", jwtview.Passed, ""},
		{0, "no-rotation", jwtview.Passed, ""},
		{1, "no-rotation", jwtview.Failed, "no refresh succeeded"},
		{0, "aud=workshop-spa", jwtview.Passed, ""},
		{0, "aud=other", jwtview.Failed, "workshop-spa"},
		{3, "aud=http://localhost:8975", jwtview.Passed, ""},
		{0, "scope=openid offline_access", jwtview.Passed, ""},
		{0, "scope=email", jwtview.Failed, "openid offline_access"},
		{0, "claim.sub", jwtview.Passed, ""},
		{0, "claim.amr=pwd", jwtview.Passed, ""},
		{0, "claim.amr=otp", jwtview.Failed, "pwd"},
		{0, "claim.https://authgear.com/claims/user/is_verified=false", jwtview.Passed, ""},
		{0, "claim.email", jwtview.Failed, "absent"},
		{2, "claim.sub", jwtview.Failed, "no ID token"},
		{2, "error=invalid_scope", jwtview.Passed, ""},
		{1, "error=invalid_scope", jwtview.Failed, "none"},
		{2, "finding=scope-not-allowed", jwtview.Failed, "scope"},
		{0, "no-finding=alg-none", jwtview.Passed, ""},
		{0, "no-findings", jwtview.Passed, ""},
		{2, "no-findings", jwtview.Failed, ""},
	} {
		e, err := report.ParseExpectation(c.expr)
		if err != nil {
			t.Errorf("%s: %v", c.expr, err)
			continue
		}
		events := traces[c.run]
		if got := e.Judge(report.Make(events, events[len(events)-1].At)); got.Status != c.want || !strings.Contains(got.Got, c.got) {
			t.Errorf("run %d, %s: %s, got %q; want %s and %q", c.run, c.expr, got.Status, got.Got, c.want, c.got)
		}
	}
	for _, bad := range []string{"", "refresh", "aud", "aud=", "rotation=yes", "claim.", "finding="} {
		if _, err := report.ParseExpectation(bad); err == nil {
			t.Errorf("the expectation %q is taken", bad)
		}
	}
}

// TestJUnit reads back what is written, as a CI system does, and looks for secrets in it.
func TestJUnit(t *testing.T) {
	tried := full
	tried.experiment = "reuse"
	tried.params = []trace.Param{{Name: "ui_locales", Value: "<&\"\x1b[31m\u202e"}}
	events := play(t, tried)[0]
	expect, err := report.ParseExpectation("rotation")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	r := report.Make(events, events[len(events)-1].At)
	if err := report.JUnit(&b, r, report.Options{Expect: []report.Expectation{expect}, ShowSecrets: true}); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Suite struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Skipped  int `xml:"skipped,attr"`
			Cases    []struct {
				Class   string    `xml:"classname,attr"`
				Name    string    `xml:"name,attr"`
				Failure *struct{} `xml:"failure"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(b.String()), &doc); err != nil {
		t.Fatalf("it is no XML: %v\n%s", err, b.String())
	}
	failed, skipped, names := 0, 0, ""
	for _, c := range doc.Suite.Cases {
		names += c.Class + "/" + c.Name + "\n"
		if c.Failure != nil {
			failed++
		}
		if c.Skipped != nil {
			skipped++
		}
	}
	if doc.Suite.Tests != len(doc.Suite.Cases) || doc.Suite.Failures != failed || doc.Suite.Skipped != skipped || failed != 1 {
		t.Errorf("%d tests, %d failures, %d skipped are announced; there are %d, %d and %d", doc.Suite.Tests, doc.Suite.Failures, doc.Suite.Skipped, len(doc.Suite.Cases), failed, skipped)
	}
	for _, want := range []string{"stage/Exchange", "check Experiment/reuse", "expect/rotation", "check Verify ID token/signature"} {
		if !strings.Contains(names, want) {
			t.Errorf("there is no case %s among\n%s", want, names)
		}
	}
	for _, tok := range r.Story.Tokens() {
		if strings.Contains(b.String(), tok.Value.Reveal()) {
			t.Errorf("a %s stands in it", tok.Kind)
		}
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") {
		t.Error("it has characters that steer a terminal")
	}
}
