package report_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authscope/jwtview"
	"authscope/ui/report"
)

// decodeContract names every member of the JSON of `authscope decode`, in its order. The README documents them.
var decodeContract = map[string]string{
	"": "schema line verdict error kind format name reason spec provider size preview problems beside header claims payload payload_encoding " +
		"duplicates issued_at expires_at as_of checks keys findings signatures disclosures hidden_digests key_binding advice nested",
	"checks[]":      "id status want got detail spec",
	"keys[]":        "key kid type outcome why",
	"findings[]":    "id severity title seen means do spec catalogue",
	"signatures[]":  "header check",
	"disclosures[]": "name value digest signed problem",
	"advice":        "lifetime content jwt",
}

var decodeEnums = map[string]string{
	"verdict":             "read passed failed unreadable",
	"checks[].status":     "passed failed not_applicable",
	"keys[].outcome":      "verified mismatch refused not_named not_needed",
	"findings[].severity": "error warning info",
	"payload_encoding":    "utf-8 base64",
}

func TestDecodeContract(t *testing.T) {
	seen := map[string]bool{}
	all := samples(t)
	all["json"] = report.ReadToken(`{"payload":"e30","signatures":[{"protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AAAA"},{"protected":"eyJhbGciOiJIUzI1NiJ9","signature":"AAAB"}]}`, demand(nil))
	for name, tok := range all {
		doc := tokenJSON(t, tok)
		walkDecoded(t, name, "", parse(t, doc), seen)
		if again := tokenJSON(t, tok); again != doc {
			t.Errorf("%s: printed twice the JSON differs", name)
		}
	}
	for path := range decodeContract {
		if !seen[path] {
			t.Errorf("no token has %q: the contract promises it", path)
		}
	}
}

// walkDecoded holds a document, and the documents in it, against the contract.
func walkDecoded(t *testing.T, name, path string, v jwtview.Value, seen map[string]bool) {
	t.Helper()
	switch v.Kind {
	case jwtview.Object:
		if slices.Contains([]string{"header", "claims", "signatures[].header", "signatures[].check", "disclosures[].value"}, path) {
			return // the token's own, or known as a check
		}
		if path == "nested" || path == "key_binding" {
			path = ""
		}
		seen[path] = true
		var names []string
		for _, m := range v.Members {
			names = append(names, m.Name)
			walkDecoded(t, name, strings.TrimPrefix(path+"."+m.Name, "."), m.Value, seen)
		}
		if got := strings.Join(names, " "); got != decodeContract[path] {
			t.Errorf("%s: members of %q\n got: %s\nwant: %s", name, path, got, decodeContract[path])
		}
	case jwtview.Array:
		for _, e := range v.Elems {
			walkDecoded(t, name, path+"[]", e, seen)
		}
	case jwtview.String:
		if values, ok := decodeEnums[path]; ok && !slices.Contains(strings.Fields(values), v.Text) {
			t.Errorf("%s: %s is %q, want one of %s", name, path, v.Text, values)
		}
	}
}

// TestDecodeReadme holds the README's table and the contract together, in both directions.
func TestDecodeReadme(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(b), "<!-- decode -->")
	part, _, closed := strings.Cut(part, "<!-- /decode -->")
	if !found || !closed {
		t.Fatal("the README has no part between <!-- decode --> and <!-- /decode -->")
	}
	inReadme := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(part, -1) {
		inReadme[m[1]] = true
	}
	known := map[string]bool{}
	for _, set := range []map[string]string{decodeContract, decodeEnums} {
		for path, names := range set {
			for _, n := range strings.Fields(names) {
				known[n] = true
				if !inReadme[n] && !strings.Contains(part, n) {
					t.Errorf("the README does not name %q of %q", n, path)
				}
			}
		}
	}
	for n := range inReadme {
		if !known[n] {
			t.Errorf("the README names `%s`, which no output has", n)
		}
	}
}
