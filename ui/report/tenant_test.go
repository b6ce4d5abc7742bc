package report_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/trace"
	"authscope/jwtview"
	"authscope/ui/report"
	"authscope/ui/safe"
	"authscope/ui/theme"
)

// shape reads a document in the shape of a well-known server; oauth stands at the place of RFC 8414.
func shape(name string, change func(*faulty.Published)) report.Tenant {
	doc, keys := faulty.Shape(name)
	p := faulty.Published{OIDC: doc, OAuth: doc, Keys: keys}
	if change != nil {
		change(&p)
	}
	return report.ReadTenant(diagnose.Reader{}, p.Trace())
}

// odd is a tenant at which everything is odd.
func odd() report.Tenant {
	const doc = `{"issuer":"https://op.example/","issuer":"https://op.example","authorization_endpoint":"http://op.example/auth","token_endpoint":"https://op.example/token","jwks_uri":"https://op.example/jwks",` +
		`"response_types_supported":["code","urn:authgear:params:oauth:response-type:settings-action"],"subject_types_supported":"public","id_token_signing_alg_values_supported":["RS256","none"],` +
		`"code_challenge_methods_supported":["plain"],"Token-Endpoint":"https://op.example/t2","x\u001b[31m":{"a":[1,{"b":"\u202e\u0007"}]},"claims_supported":[],"tenant_region_scope":"EU"}`
	const keys = `{"keys":[{"kty":"RSA","kid":"\u001b]0;x","n":"AQAB","e":"AQAB","d":"c2VjcmV0LXByaXZhdGUtcGFydA","created_at":1772366400},{"kty":"oct","kid":"s","k":"c2VjcmV0LXByaXZhdGUtcGFydA"},{"kty":"EC","x5c":["%"]}]}`
	return report.ReadTenant(diagnose.Reader{}, faulty.Published{Issuer: "https://op.example", OIDC: doc, OAuth: strings.Replace(doc, `"https://op.example/token"`, `"https://op.example/other"`, 1), Keys: keys,
		Header: trace.Header{{"Cache-Control", "max-age=3600"}, {"Age", "17"}}}.Trace())
}

// gone is a tenant whose certificate is not accepted.
func gone() report.Tenant {
	p := faulty.Published{Issuer: "https://op.example"}.Trace()
	at := p[len(p)-1].At
	cert := &trace.Certificate{Subject: "CN=proxy.internal", Issuer: "CN=Company CA", NotBefore: at, NotAfter: at.AddDate(1, 0, 0), Thumbprint: "AbC", Names: []string{"proxy.internal"}}
	return report.ReadTenant(diagnose.Reader{}, []trace.Event{p[0], p[1], {At: at, Call: 1, Data: trace.CallFailed{Class: trace.ErrTLS, Err: "tls: failed to verify certificate: x509: certificate signed by unknown authority", TLS: &trace.TLS{Server: cert}}}})
}

func tenants() map[string]report.Tenant {
	return map[string]report.Tenant{"keycloak": shape("keycloak", nil), "entra": shape("entra", func(p *faulty.Published) { p.OAuth = "" }), "odd": odd(), "gone": gone()}
}

func tenantText(t *testing.T, tn report.Tenant, o report.TokenOptions) string {
	t.Helper()
	var b strings.Builder
	if err := report.TenantText(&b, tn, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func tenantJSON(t *testing.T, tn report.Tenant) string {
	t.Helper()
	var b strings.Builder
	if err := report.TenantJSON(&b, tn); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTenantGolden(t *testing.T) {
	for name, tn := range tenants() {
		for _, w := range []int{80, 120} {
			got := tenantText(t, tn, report.TokenOptions{Width: w})
			golden(t, fmt.Sprintf("tenant-%s-%d.txt", name, w), got)
			narrow(t, name, got, w)
		}
		golden(t, "tenant-"+name+".json", tenantJSON(t, tn))
	}
	a, b := shape("keycloak", nil), shape("auth0", func(p *faulty.Published) { p.OAuth = "" })
	for _, w := range []int{80, 120} {
		var out strings.Builder
		if err := report.CompareTenantsText(&out, a, b, report.TokenOptions{Width: w}); err != nil {
			t.Fatal(err)
		}
		golden(t, fmt.Sprintf("tenants-%d.txt", w), out.String())
		narrow(t, "compare", out.String(), w)
	}
}

// narrow holds that no line is wider than the page, that nothing in it is obeyed by a terminal, and that no secret is told.
func narrow(t *testing.T, name, got string, w int) {
	t.Helper()
	for i, l := range strings.Split(got, "\n") {
		if safe.Width(l) > w {
			t.Errorf("%s: line %d is %d cells wide on a page of %d: %s", name, i+1, safe.Width(l), w, l)
		}
	}
	if strings.ContainsAny(got, "\x1b\x07\u202e") {
		t.Errorf("%s: a character of the server's is obeyed by terminals", name)
	}
	if strings.Contains(got, "c2VjcmV0") {
		t.Errorf("%s: a private key is told", name)
	}
}

// TestTenantColours holds that colour adds nothing but colour.
func TestTenantColours(t *testing.T) {
	for name, tn := range tenants() {
		plain, coloured := tenantText(t, tn, report.TokenOptions{Width: 100}), tenantText(t, tn, report.TokenOptions{Width: 100, Theme: theme.Basic(true)})
		stripped := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured, "")
		if stripped != plain || coloured == plain {
			t.Errorf("%s: without its colours the text differs, or there are none", name)
		}
	}
}

func TestTenantVerdict(t *testing.T) {
	for name, want := range map[string]report.TenantVerdict{"keycloak": "fine", "entra": "fine", "odd": "errors", "gone": "unknown"} {
		if got := tenants()[name].Verdict(); got != want {
			t.Errorf("%s: verdict %s, want %s", name, got, want)
		}
	}
	if got := tenantText(t, gone(), report.TokenOptions{Width: 100}); !strings.Contains(got, "CN=proxy.internal") || !strings.Contains(got, "--ca-file") {
		t.Errorf("a certificate that is not accepted is not named:\n%s", got)
	}
}

// tenantContract names every member of the JSON of `authscope tenant`, in its order. The README documents them.
var tenantContract = map[string]string{
	"":                        "schema verdict issuer named provider as_of documents members members_more differences tried keys abilities findings",
	"documents[]":             "place url identical same_members",
	"members[]":               "name group order value default meaning spec type own repeats by_hand near problem signature",
	"differences[]":           "document name a b note",
	"tried[]":                 "place url status result used duration_ms certificate",
	"tried[].certificate":     "subject issuer not_before not_after x5t_s256 self_signed",
	"keys":                    "url fetched_at age_s fresh_for_s changed_at keys more",
	"keys.keys[]":             "n kid kty alg use key_ops crv bits thumbprint since since_from certificate certificates certificate_error private_members symmetric problem",
	"keys.keys[].certificate": "subject issuer not_before not_after x5t_s256 self_signed",
	"abilities[]":             "id title answer text members spec",
	"findings[]":              "id severity title seen means do spec catalogue provider stage n call of",
	"findings[].of":           "kind name token generation",
	"compare":                 "schema tenants abilities members keys same same_below_issuer",
	"compare.abilities[]":     "id answer_a answer_b text_a text_b",
	"compare.members[]":       "name a b note",
	"compare.keys":            "a b same shared",
}

var tenantEnums = map[string]string{
	"verdict":             "fine errors unknown",
	"abilities[].answer":  "yes no not_told",
	"findings[].severity": "error warning info",
	"members[].group":     "endpoints|requests|clients|tokens|logout|other flows|about it|unregistered",
	"tried[].place":       "OpenID Connect|RFC 8414|OpenID Connect, between host and path|RFC 8414, behind the path|JWK set|elsewhere",
}

func TestTenantContract(t *testing.T) {
	seen := map[string]bool{}
	for name, tn := range tenants() {
		doc := tenantJSON(t, tn)
		walkTenant(t, name, "", parse(t, doc), seen)
		narrow(t, name, strings.ReplaceAll(doc, "\n", ""), 1<<30)
	}
	var b strings.Builder
	if err := report.CompareTenantsJSON(&b, shape("keycloak", nil), shape("auth0", nil)); err != nil {
		t.Fatal(err)
	}
	v := parse(t, b.String())
	list, _ := v.Get("tenants")
	walkTenant(t, "compare", "", list.Elems[1], seen)
	walkTenant(t, "compare", "compare", v, seen)
	for path := range tenantContract {
		if !seen[path] {
			t.Errorf("no output has %q: the contract promises it", path)
		}
	}
}

func walkTenant(t *testing.T, name, path string, v jwtview.Value, seen map[string]bool) {
	t.Helper()
	switch v.Kind {
	case jwtview.Object:
		seen[path] = true
		var names []string
		for _, m := range v.Members {
			names = append(names, m.Name)
			switch at := strings.TrimPrefix(path+"."+m.Name, "."); at {
			case "members[].value", "differences[].a", "differences[].b", "compare.members[].a", "compare.members[].b", "compare.tenants": // the tenant's own
			default:
				walkTenant(t, name, at, m.Value, seen)
			}
		}
		if got := strings.Join(names, " "); got != tenantContract[path] {
			t.Errorf("%s: members of %q\n got: %s\nwant: %s", name, path, got, tenantContract[path])
		}
	case jwtview.Array:
		for _, e := range v.Elems {
			walkTenant(t, name, path+"[]", e, seen)
		}
	case jwtview.String:
		values, ok := tenantEnums[path]
		split := strings.Split(values, "|")
		if len(split) == 1 {
			split = strings.Fields(values)
		}
		if ok && !slices.Contains(split, v.Text) {
			t.Errorf("%s: %s is %q, want one of %s", name, path, v.Text, values)
		}
	}
}

// TestTenantReadme holds the README's table and the contract together, in both directions.
func TestTenantReadme(t *testing.T) {
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, found := strings.Cut(string(b), "<!-- tenant -->")
	part, _, closed := strings.Cut(part, "<!-- /tenant -->")
	if !found || !closed {
		t.Fatal("the README has no part between <!-- tenant --> and <!-- /tenant -->")
	}
	known := map[string]bool{}
	for _, names := range tenantContract {
		for _, n := range strings.Fields(names) {
			known[n] = true
			if !strings.Contains(part, "`"+n+"`") {
				t.Errorf("the README does not name %q", n)
			}
		}
	}
	for _, m := range regexp.MustCompile("`([a-z0-9_]+)`").FindAllStringSubmatch(part, -1) {
		if !known[m[1]] {
			t.Errorf("the README names `%s`, which no output has", m[1])
		}
	}
}

// TestTenantHostile prints tenants that publish without end.
func TestTenantHostile(t *testing.T) {
	var keys, doc strings.Builder
	keys.WriteString(`{"keys":[{}`)
	for i := range 10_000 {
		fmt.Fprintf(&keys, `,{"kty":"RSA","kid":"%s%d"}`, strings.Repeat("k", i%300), i)
	}
	keys.WriteString("]}")
	doc.WriteString(`{"issuer":"https://op.example","jwks_uri":"https://op.example/k"`)
	for i := range 5000 {
		fmt.Fprintf(&doc, `,"m%d%s":"%s"`, i, strings.Repeat("x", i%90), strings.Repeat("\\u0007", i%40))
	}
	doc.WriteString(`,"deep":` + strings.Repeat("[", 60) + strings.Repeat("]", 60) + `,"scopes_supported":["` + strings.Repeat("a b,", 50_000) + `"],"long":"` + strings.Repeat("é", 300_000) + `"}`)
	tn := report.ReadTenant(diagnose.Reader{}, faulty.Published{Issuer: "https://op.example", OIDC: doc.String(), OAuth: `{"issuer":"https://op.example"}`, Keys: keys.String()}.Trace())
	got := tenantText(t, tn, report.TokenOptions{Width: 80})
	if n := len(got); n > 300_000 {
		t.Errorf("the text has %d bytes", n)
	}
	narrow(t, "hostile", got, 80)
	narrow(t, "hostile", strings.ReplaceAll(tenantJSON(t, tn), "\n", ""), 1<<30)
	var b strings.Builder
	if err := report.CompareTenantsText(&b, tn, shape("okta", nil), report.TokenOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	narrow(t, "hostile", b.String(), 80)
}
