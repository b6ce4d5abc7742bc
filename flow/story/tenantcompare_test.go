package story_test

import (
	"slices"
	"strings"
	"testing"

	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

func names(pairs []story.MemberPair) (out []string) {
	for _, p := range pairs {
		out = append(out, p.Name)
	}
	return out
}

// TestCompareTenants tells what differs from what only stands below another issuer, or is a default written out.
func TestCompareTenants(t *testing.T) {
	const a = `{"issuer":"https://a.example","token_endpoint":"https://a.example/oauth/token","authorization_endpoint":"https://a.example/auth","claims_parameter_supported":false,` +
		`"scopes_supported":["openid","email"],"grant_types_supported":["authorization_code","refresh_token"],"code_challenge_methods_supported":["S256"],"x":1,"jwks_uri":"https://a.example/k"}`
	const b = `{"issuer":"https://b.example/t/","token_endpoint":"https://b.example/t/oauth/token","authorization_endpoint":"https://b.example/elsewhere",` +
		`"scopes_supported":["email","openid"],"grant_types_supported":["authorization_code"],"response_modes_supported":["query","fragment"],"y":1,"jwks_uri":"https://keys.example/k"}`
	_, keys := faulty.Shape("okta")
	c := story.CompareTenants(tenantOf(faulty.Published{OIDC: a, Keys: keys}), tenantOf(faulty.Published{OIDC: b, Keys: keys}))
	if got, want := names(c.Members), []string{"issuer", "authorization_endpoint", "jwks_uri", "grant_types_supported", "code_challenge_methods_supported", "x", "y"}; !slices.Equal(got, want) {
		t.Errorf("these differ: %q, want %q", got, want)
	}
	if want := []string{"scopes_supported", "claims_parameter_supported", "response_modes_supported"}; !slices.Equal(slices.Sorted(slices.Values(c.Same)), slices.Sorted(slices.Values(want))) {
		t.Errorf("these are the same: %q, want %q", c.Same, want)
	}
	if want := []string{"token_endpoint"}; !slices.Equal(c.Below, want) {
		t.Errorf("these are the same below their issuer: %q, want %q", c.Below, want)
	}
	var answers []string
	for _, p := range c.Abilities {
		answers = append(answers, p.A.ID+" "+string(p.A.Answer)+" "+string(p.B.Answer))
	}
	if want := []string{"refresh yes no", "pkce yes not_told", "response_modes not_told yes"}; !slices.Equal(answers, want) {
		t.Errorf("they answer differently: %q, want %q", answers, want)
	}
	if !c.Keys.Same || c.Keys.Shared != 1 || len(c.Keys.A) != 1 || !strings.HasPrefix(c.Keys.A[0], "RSA 2048 bits, RS256") {
		t.Errorf("the keys are compared as %+v", c.Keys)
	}
	for _, p := range c.Members {
		if p.Name == "grant_types_supported" && p.Note != "0 more, 1 fewer" || p.Name == "x" && (p.A == nil || p.B != nil) || p.Name == "y" && (p.A != nil || p.B == nil) {
			t.Errorf("%s is compared as %+v", p.Name, p)
		}
	}
}

func TestCompareTenantsWithItself(t *testing.T) {
	for _, name := range faulty.Shapes {
		doc, keys := faulty.Shape(name)
		tn := tenantOf(faulty.Published{OIDC: doc, Keys: keys})
		if c := story.CompareTenants(tn, tn); len(c.Members)+len(c.Abilities)+len(c.Below) > 0 || !c.Keys.Same || c.Keys.Shared != len(tn.KeySet.Keys) {
			t.Errorf("%s differs from itself: %+v", name, c)
		}
	}
	empty := story.Read(nil).Tenant()
	if c := story.CompareTenants(empty, empty); len(c.Members) != 0 || !c.Keys.Same {
		t.Errorf("nothing differs from nothing: %+v", c)
	}
}

// TestTenantSurvivesRedaction holds that a saved session without its secrets tells the same of the tenant.
func TestTenantSurvivesRedaction(t *testing.T) {
	for _, name := range faulty.Shapes {
		doc, keys := faulty.Shape(name)
		events := faulty.Published{OIDC: doc, OAuth: doc, Keys: keys}.Trace()
		a, b := story.Read(events).Tenant(), story.Read(trace.Redact(events, nil)).Tenant()
		if c := story.CompareTenants(a, b); len(c.Members)+len(c.Abilities)+len(c.Below) > 0 || c.Keys.Shared != len(a.KeySet.Keys) || len(a.Attempts) != len(b.Attempts) {
			t.Errorf("%s without secrets differs: %q, %d of %d keys", name, names(c.Members), c.Keys.Shared, len(a.KeySet.Keys))
		}
	}
}

// TestTenantByHand says where the person's own endpoint wins over the metadata's.
func TestTenantByHand(t *testing.T) {
	events := faulty.Published{OIDC: `{"issuer":"https://op.example","token_endpoint":"https://op.example/t","jwks_uri":"https://op.example/k"}`, Keys: `{"keys":[]}`}.Trace()
	events[0].Data = trace.Settings{Issuer: "https://op.example", Endpoints: trace.Endpoints{Token: "https://op.example/mine", UserInfo: "https://op.example/me"}}
	tn := story.Read(events).Tenant()
	if m := tn.Member("token_endpoint"); m.Absent() || !m.ByHand || m.Value.Text != "https://op.example/t" || !strings.Contains(m.Notes(), "by hand") {
		t.Errorf("the token endpoint is read as %+v", m)
	}
	if m := tn.Member("userinfo_endpoint"); !m.Absent() || !m.ByHand {
		t.Errorf("the UserInfo endpoint is read as %+v", m)
	}
	only := story.Read(events[:1]).Tenant()
	if only.Known() || len(only.Members) != 0 {
		t.Error("endpoints by hand are taken for a document")
	}
}

// TestDiscreet takes private parts out of keys, wherever a document has them, and nothing else.
func TestDiscreet(t *testing.T) {
	const doc = `{"issuer":"https://op.example","d":"kept","jwks":{"keys":[{"kty":"RSA","n":"AQAB","d":"secret","p":"secret"},{"kty":"oct","k":"secret"},{"k":"kept"}]}}`
	m := tenantOf(faulty.Published{Issuer: "https://op.example", OIDC: doc}).Member("jwks")
	got := story.Discreet(m.Value).String()
	if want := `{"keys":[{"kty":"RSA","n":"AQAB","d":"hidden","p":"hidden"},{"kty":"oct","k":"hidden"},{"k":"kept"}]}`; got != want {
		t.Errorf("shown is %s, want %s", got, want)
	}
	if !strings.Contains(m.Value.String(), "secret") {
		t.Error("the value itself was changed")
	}
}
