package story_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow/diagnose/faulty"
	"authscope/flow/metadata"
	"authscope/flow/story"
	"authscope/flow/trace"
)

func tenantOf(p faulty.Published) *story.Tenant { return story.Read(p.Trace()).Tenant() }

// TestTenantMembers holds that members stay as they came: their order, those that stand twice, those that nobody knows.
func TestTenantMembers(t *testing.T) {
	const doc = `{"x_first":1,"issuer":"https://op.example","token_endpoint":"https://op.example/t","Token-Endpoint":"https://op.example/t2","issuer":"https://op.example",` +
		`"response_types_supported":["code","urn:authgear:params:oauth:response-type:settings-action"],"tenant_region_scope":"EU","jwks_uri":"/keys","scopes_supported":"openid","claims_supported":[],"op_tos_uri":null}`
	tn := tenantOf(faulty.Published{OIDC: doc})
	var got []string
	for _, m := range tn.Members {
		if m.Absent() {
			continue
		}
		got = append(got, fmt.Sprintf("%d %s known=%v repeats=%v own=%s near=%s problem=%q", m.Order, m.Name, m.Known(), m.Repeats, m.Own, m.Near, m.Problem))
	}
	want := []string{
		`1 x_first known=false repeats=false own= near= problem=""`,
		`2 issuer known=true repeats=false own= near= problem=""`,
		`3 token_endpoint known=true repeats=false own= near= problem=""`,
		`4 Token-Endpoint known=false repeats=false own= near=token_endpoint problem=""`,
		`5 issuer known=true repeats=true own= near= problem=""`,
		`6 response_types_supported known=true repeats=false own=Authgear near= problem=""`,
		`7 tenant_region_scope known=true repeats=false own=Microsoft Entra near= problem=""`,
		`8 jwks_uri known=true repeats=false own= near= problem="no absolute URL"`,
		`9 scopes_supported known=true repeats=false own= near= problem="a string, and it is specified as an array of strings"`,
		`10 claims_supported known=true repeats=false own= near= problem="an empty array: such a member is left out (RFC 8414 §3.2)"`,
		`11 op_tos_uri known=true repeats=false own= near= problem="null: a member that does not apply is left out (RFC 8414 §3.2)"`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("members are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for name, def := range map[string]string{"grant_types_supported": "authorization_code, implicit", "response_modes_supported": "query, fragment", "token_endpoint_auth_methods_supported": "client_secret_basic"} {
		if m := tn.Member(name); m == nil || !m.Absent() || m.Default != def {
			t.Errorf("%s is absent, and read as %+v", name, m)
		}
	}
	if m := tn.Member("claims_locales_supported"); m != nil {
		t.Error("the absence of a member is told that nobody misses")
	}
}

func TestTenantDocuments(t *testing.T) {
	const doc = `{"issuer":"https://op.example","token_endpoint":"https://op.example/t","scopes_supported":["a","b"],"claims_supported":["x"],"display_values_supported":["page"]}`
	const other = `{"issuer":"https://op.example/","token_endpoint":"https://op.example/t","scopes_supported":["b","a"],"claims_supported":["x","y"],"service_documentation":"https://op.example/doc"}`
	tn := tenantOf(faulty.Published{Issuer: "https://op.example", OIDC: doc, OAuth: other})
	var got []string
	for _, d := range tn.Differences {
		got = append(got, fmt.Sprintf("%s %v/%v %s", d.Name, d.A != nil, d.B != nil, d.Note))
	}
	want := []string{"issuer true/true a slash at the end", "scopes_supported true/true the same in another order", "claims_supported true/true 1 more, 0 fewer",
		"service_documentation false/true ", "display_values_supported true/false "}
	if !slices.Equal(got, want) {
		t.Errorf("differences are %q, want %q", got, want)
	}
	if len(tn.Documents) != 2 || tn.Documents[1].Identical || tn.Documents[1].Same != 1 || tn.Documents[1].Place != story.PlaceOAuth || tn.Named() != "https://op.example" {
		t.Errorf("documents are read as %+v, the issuer as %q", tn.Documents[1], tn.Named())
	}
	if same := tenantOf(faulty.Published{OIDC: doc, OAuth: doc}); !same.Documents[1].Identical || len(same.Differences) != 0 {
		t.Error("two equal documents are not called identical")
	}
}

// TestOtherDocumentChangesNothing holds that looking at a tenant leaves a login what it was.
func TestOtherDocumentChangesNothing(t *testing.T) {
	const doc = `{"issuer":"https://op.example","token_endpoint":"https://op.example/t","jwks_uri":"https://op.example/k"}`
	const other = `{"issuer":"https://other.example","token_endpoint":"https://other.example/t"}`
	s := story.Read(faulty.Published{OIDC: doc, OAuth: other, Keys: `{"keys":[]}`}.Trace())
	if s.Metadata().TokenEndpoint != "https://op.example/t" {
		t.Errorf("the second document changed the token endpoint to %s", s.Metadata().TokenEndpoint)
	}
	var stages []string
	for _, st := range s.Stages() {
		stages = append(stages, string(st.ID))
	}
	if !slices.Equal(stages, []string{"discover"}) {
		t.Errorf("looking at a tenant made the stages %q", stages)
	}
	if c := s.Calls()[1]; c.Class != story.OtherMetadata || c.Stage != "" {
		t.Errorf("the second document is of class %s in stage %q", c.Class, c.Stage)
	}
	for url, want := range map[string]story.Class{
		"https://op.example/.well-known/openid-configuration":         story.Discovery, // asked again, as a login does
		"https://op.example/.well-known/oauth-authorization-server/x": story.OtherMetadata,
		"https://else.example/.well-known/openid-configuration":       story.Discovery,
		"https://op.example/.well-known/openid-configuration/jwks":    story.Unknown,
		"https://op.example/k": story.JWKS,
		"https://op.example/realms/a/.well-known/openid-configuration":  story.OtherMetadata,
		"https://op.example/.well-known/openid-configuration/realms/ab": story.OtherMetadata,
	} {
		s.Add(ready(100, "GET", url, nil, ""))
		if c := s.Call(100); c.Class != want {
			t.Errorf("%s is of class %s, want %s", url, c.Class, want)
		}
		s = story.Read(faulty.Published{OIDC: doc, OAuth: other, Keys: `{"keys":[]}`}.Trace())
	}
}

func TestTenantKeys(t *testing.T) {
	doc, keys := faulty.Shape("keycloak")
	h := trace.Header{{"Cache-Control", "public, max-age=3600, must-revalidate"}, {"Age", "120"}, {"Last-Modified", "Sat, 28 Feb 2026 10:00:00 GMT"}}
	set := tenantOf(faulty.Published{OIDC: doc, Keys: keys, Header: h}).KeySet
	if set == nil || len(set.Keys) != 2 {
		t.Fatalf("the key set is %+v", set)
	}
	k := set.Keys[0]
	if k.Type != "RSA" || k.Bits != 2048 || k.Use != "sig" || len(k.Thumbprint()) != 43 || k.Print != k.Thumbprint() || k.Cert == nil || k.CertErr != "" || k.Cert.Subject != "CN=demo" || k.Chain != 1 {
		t.Errorf("the first key is read as %+v", k)
	}
	if got := k.Age(faulty.PublishedAt); !strings.Contains(got, "by its certificate") {
		t.Errorf("its age is %q", got)
	}
	if got, want := set.AgeText(), "a cache had kept it for 120 s, may be kept for 60 min, last changed 2026-02-28 10:00 UTC"; got != want {
		t.Errorf("the set's age is %q, want %q", got, want)
	}
	none := tenantOf(faulty.Published{OIDC: doc, Keys: `{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","created_at":1772366400},{"kty":"EC","x5c":["%%%"]},{"kty":"oct","k":"AA"},7]}`}).KeySet
	if none.AgeText() != "how long it may be kept is not told" || none.Keys[0].Curve != "P-256" || none.Keys[0].Age(faulty.PublishedAt) != "0 s, by created_at, which is Authgear's own" ||
		none.Keys[0].Age(faulty.PublishedAt.Add(-time.Hour)) != "not told" || none.Keys[1].CertErr == "" || !none.Keys[2].Secret || none.Keys[3].Problem == "" {
		t.Errorf("odd keys are read as %+v, age %q", none.Keys, none.Keys[0].Age(faulty.PublishedAt))
	}
}

// TestAbilities holds what is made of documents, and that nothing is claimed that they do not say.
func TestAbilities(t *testing.T) {
	ask := func(doc string) map[string]story.Ability {
		out := map[string]story.Ability{}
		for _, a := range tenantOf(faulty.Published{Issuer: "https://op.example", OIDC: doc}).Abilities {
			out[a.ID] = a
			if a.Title == "" || a.Text == "" || a.Spec == "" || len(a.From) == 0 || !strings.HasSuffix(a.Text, ".") {
				t.Errorf("%s says too little: %+v", a.ID, a)
			}
			for _, name := range a.From {
				if _, known := metadata.Lookup(name); !known {
					t.Errorf("%s is read from %s, which is no member", a.ID, name)
				}
			}
		}
		return out
	}
	empty, keycloak := ask(`{"issuer":"https://op.example"}`), func() map[string]story.Ability { d, _ := faulty.Shape("keycloak"); return ask(d) }()
	for id, want := range map[string][2]story.Saying{
		"code": {story.SaysNo, story.SaysYes}, "refresh": {story.NotSaid, story.SaysYes}, "pkce": {story.NotSaid, story.SaysYes}, "client_auth": {story.NotSaid, story.SaysYes},
		"response_modes": {story.NotSaid, story.SaysYes}, "id_token": {story.NotSaid, story.SaysYes}, "client_credentials": {story.NotSaid, story.SaysYes}, "device": {story.SaysNo, story.SaysYes},
		"ciba": {story.SaysNo, story.SaysYes}, "token_exchange": {story.NotSaid, story.SaysYes}, "jwt_bearer": {story.NotSaid, story.SaysNo}, "userinfo": {story.SaysNo, story.SaysYes},
		"introspection": {story.SaysNo, story.SaysYes}, "revocation": {story.SaysNo, story.SaysYes}, "registration": {story.SaysNo, story.SaysYes}, "par": {story.SaysNo, story.SaysYes},
		"request_object": {story.SaysNo, story.SaysYes}, "bound_tokens": {story.SaysNo, story.SaysYes}, "logout": {story.SaysNo, story.SaysYes}, "iss_parameter": {story.SaysNo, story.SaysYes},
	} {
		if empty[id].Answer != want[0] || keycloak[id].Answer != want[1] {
			t.Errorf("%s: of an empty document %s, of Keycloak's %s; want %s and %s", id, empty[id].Answer, keycloak[id].Answer, want[0], want[1])
		}
	}
	for doc, part := range map[string]string{
		`{"grant_types_supported":["refresh_token"],"scopes_supported":["openid"]}`: "Says it takes refresh tokens. offline_access is not among its scopes",
		`{"grant_types_supported":["refresh_token"]}`:                               "Its scopes are not told",
		`{"grant_types_supported":["authorization_code"]}`:                          "refresh_token is not among its grants",
		`{"scopes_supported":["offline_access"]}`:                                   "its default does not name refresh_token. offline_access is among its scopes",
	} {
		if got := ask(doc)["refresh"].Text; !strings.Contains(got, part) {
			t.Errorf("of %s is said %q, without %q", doc, got, part)
		}
	}
}

// TestTenantAttempts lists every address with what came of it.
func TestTenantAttempts(t *testing.T) {
	s := story.Read(nil)
	for _, e := range []trace.Event{{Data: trace.Settings{Issuer: "https://a/x"}}, ready(1, "GET", "https://a/x/.well-known/openid-configuration", nil, "")} {
		s.Add(e)
	}
	if a := s.Tenant().Attempts; len(a) != 1 || a[0].Result != "not sent yet" || a[0].Place != story.PlaceOIDC {
		t.Errorf("a held request is told as %+v", a)
	}
	add := func(events ...trace.Event) {
		for _, e := range events {
			s.Add(e)
		}
	}
	add(done(1, 404, "<title>Nothing</title>")...)
	add(ready(2, "GET", "https://a/.well-known/oauth-authorization-server/x", nil, ""), trace.Event{Call: 2, Data: trace.CallFailed{Err: "x509: unknown authority", Class: trace.ErrTLS}})
	add(ready(3, "GET", "https://a/x/.well-known/oauth-authorization-server", nil, ""))
	add(done(3, 500, `{"error":"server_error"}`)...)
	add(ready(4, "GET", "https://a/.well-known/openid-configuration/x", nil, ""))
	add(done(4, 200, `[]`)...)
	var got []string
	for _, a := range s.Tenant().Attempts {
		got = append(got, string(a.Place)+": "+a.Result)
	}
	want := []string{"OpenID Connect: no content type: page titled “Nothing”", "RFC 8414: the certificate or TLS was not accepted: x509: unknown authority",
		"RFC 8414, behind the path: an error, as JSON", "OpenID Connect, between host and path: JSON, but no metadata"}
	if !slices.Equal(got, want) {
		t.Errorf("attempts are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if tn := s.Tenant(); tn.Known() || len(tn.Abilities) > 0 || tn.KeySet != nil {
		t.Error("something is told of a tenant that did not answer")
	}
}

// TestTenantIsBounded reads documents without end.
func TestTenantIsBounded(t *testing.T) {
	var doc, keys strings.Builder
	doc.WriteString(`{"issuer":"https://op.example","jwks_uri":"https://op.example/k"`)
	for i := range 20_000 {
		fmt.Fprintf(&doc, `,"m%d":%s1%s`, i%15_000, strings.Repeat("[", i%8), strings.Repeat("]", i%8))
	}
	doc.WriteString("}")
	keys.WriteString(`{"keys":[{}`)
	for range 10_000 {
		keys.WriteString(`,{"kty":"RSA","n":"AQAB","e":"AQAB"}`)
	}
	keys.WriteString("]}")
	began := time.Now()
	tn := tenantOf(faulty.Published{Issuer: "https://op.example", OIDC: doc.String(), OAuth: doc.String(), Keys: keys.String()})
	if len(tn.Members) > 1100 || tn.More != 20_002-1000 || len(tn.KeySet.Keys) != 500 || tn.KeySet.More != 9501 {
		t.Errorf("%d members and %d more, %d keys and %d more", len(tn.Members), tn.More, len(tn.KeySet.Keys), tn.KeySet.More)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("it took %s", d)
	}
}

func FuzzTenant(f *testing.F) {
	doc, keys := faulty.Shape("auth0")
	f.Add(doc, doc, keys)
	f.Add(`{"issuer":1,"jwks_uri":"https://a/k","issuer":null}`, `[]`, `{"keys":[{"kty":"RSA","x5c":[1]},null]}`)
	f.Fuzz(func(t *testing.T, oidc, oauth, keys string) {
		tn := tenantOf(faulty.Published{Issuer: "https://op.example", OIDC: oidc, OAuth: oauth, Keys: keys})
		for _, m := range tn.Members {
			if m.Absent() == (m.Order > 0) || m.Absent() && m.Value.String() != "null" {
				t.Errorf("member %+v", m)
			}
		}
	})
}
