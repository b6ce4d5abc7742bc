package diagnose_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"authscope/flow"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
)

// lints returns what is said of a tenant that publishes p.
func lints(t *testing.T, p faulty.Published) []diagnose.Finding {
	t.Helper()
	latest = recorded{events: p.Trace(), now: faulty.PublishedAt, tenant: true}
	s := story.Read(latest.events)
	got := diagnose.Tenant(s, faulty.PublishedAt)
	for _, f := range got {
		wellFormed(t, f)
		subjectHolds(t, s, f)
		spoke[f.ID] = true
	}
	for _, f := range diagnose.Read(s, faulty.PublishedAt) {
		if !slices.ContainsFunc(got, func(g diagnose.Finding) bool { return g.ID == f.ID }) {
			t.Errorf("a login says %s of it, and the view of the tenant does not", f.ID)
		}
	}
	return got
}

// TestShapesAreCalm holds that documents as well-known servers have them are not called wrong.
func TestShapesAreCalm(t *testing.T) {
	for _, name := range faulty.Shapes {
		doc, keys := faulty.Shape(name)
		for _, oauth := range []string{"", doc} {
			for _, f := range lints(t, faulty.Published{OIDC: doc, OAuth: oauth, Keys: keys}) {
				if f.Severity != "info" {
					t.Errorf("%s: %s %s: %s", name, f.Severity, f.ID, f.Seen)
				}
			}
		}
	}
}

// TestEmbeddedIsCalm looks at the embedded tenant as the command does, with paths and without.
func TestEmbeddedIsCalm(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		s := w.Session()
		defer s.Close()
		if err := flow.Look(w.T.Context(), s); err != nil {
			t.Fatal(err)
		}
		st := faulty.Read(s)
		for _, f := range diagnose.Tenant(st, st.End()) {
			if f.Severity != "info" {
				t.Errorf("%s %s: %s", f.Severity, f.ID, f.Seen)
			}
		}
		if tn := st.Tenant(); len(tn.Documents) != 2 || !tn.Documents[1].Identical || tn.KeySet == nil || tn.Provider() != "Authgear" {
			t.Errorf("the embedded tenant is read as %+v", tn)
		}
	})
}

// smallKey is a public RSA key as JWK members.
func smallKey(bits int) string {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return `"kty":"RSA","e":"AQAB","n":"` + base64.RawURLEncoding.EncodeToString(key.N.Bytes()) + `"`
}

func TestTenantLints(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0")
	const plain = `{"issuer":"https://op.example","authorization_endpoint":"https://op.example/auth","token_endpoint":"https://op.example/token","jwks_uri":"https://op.example/jwks",` +
		`"response_types_supported":["code"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"],"code_challenge_methods_supported":["S256"],` +
		`"grant_types_supported":["authorization_code","refresh_token"],"scopes_supported":["openid","offline_access"],"authorization_response_iss_parameter_supported":true}`
	a, b := smallKey(2048), smallKey(2048)
	good := `{"keys":[{` + a + `,"kid":"a","alg":"RS256","use":"sig"}]}`
	swap := func(old, new string) string {
		if !strings.Contains(plain, old) {
			t.Fatalf("the document has no %s", old)
		}
		return strings.Replace(plain, old, new, 1)
	}
	_, withCert := faulty.Shape("keycloak")
	wrongCert := strings.Replace(withCert, `"n":"`, `"n":"AQAB`, 1)
	for _, c := range []struct {
		name string
		p    faulty.Published
		want string // ids with their severities, in order
		says string
	}{
		{"all is well", faulty.Published{OIDC: plain, OAuth: plain, Keys: good}, "", ""},
		{"a slash", faulty.Published{Issuer: "https://op.example/", OIDC: plain, Keys: good}, "error issuer-differs", "slash at the end"},
		{"the case", faulty.Published{Issuer: "https://op.example", OIDC: swap(`"https://op.example"`, `"https://OP.example"`), Keys: good}, "error issuer-differs", "upper and lower case"},
		{"the scheme", faulty.Published{Issuer: "https://op.example", OIDC: swap(`"https://op.example"`, `"http://op.example"`), Keys: good}, "error issuer-differs", "http and https"},
		{"the port", faulty.Published{Issuer: "https://op.example", OIDC: swap(`"https://op.example"`, `"https://op.example:8443"`), Keys: good}, "error issuer-differs, info endpoint-elsewhere", "port"},
		{"no document", faulty.Published{Issuer: "https://op.example"}, "error discovery-not-found", "oauth-authorization-server"},
		{"no subject types", faulty.Published{OIDC: swap(`"subject_types_supported":["public"],`, ``), Keys: good}, "warning metadata-incomplete", "subject_types_supported"},
		{"only OAuth", faulty.Published{Issuer: "https://op.example", OAuth: swap(`"subject_types_supported":["public"],`, ``), Keys: good}, "", ""},
		{"another endpoint", faulty.Published{OIDC: plain, OAuth: swap(`https://op.example/token`, `https://op.example/oauth/token`), Keys: good}, "warning metadata-documents-differ", "token_endpoint"},
		{"fewer members", faulty.Published{OIDC: plain, OAuth: swap(`"subject_types_supported":["public"],`, ``), Keys: good}, "info metadata-documents-differ", "subject_types_supported"},
		{"a member twice", faulty.Published{OIDC: swap(`"issuer"`, `"token_endpoint":"https://op.example/t2","issuer"`), Keys: good}, "warning metadata-member-repeated", "token_endpoint"},
		{"a list that is a string", faulty.Published{OIDC: swap(`["S256"]`, `"S256"`), Keys: good}, "warning metadata-member-odd, info pkce-not-advertised", "a string"},
		{"an empty list", faulty.Published{OIDC: swap(`"subject_types_supported":["public"]`, `"subject_types_supported":["public"],"acr_values_supported":[]`), Keys: good}, "info metadata-member-odd", "empty array"},
		{"misspelt", faulty.Published{OIDC: swap(`"code_challenge_methods_supported"`, `"code-challenge-methods-supported"`), Keys: good}, "info pkce-not-advertised, info metadata-member-misspelt", "code_challenge_methods_supported"},
		{"http", faulty.Published{OIDC: swap(`https://op.example/token`, `http://op.example/token`), Keys: good}, "warning endpoint-http", "token_endpoint"},
		{"elsewhere", faulty.Published{OIDC: swap(`https://op.example/token`, `https://tokens.example/token`), Keys: good}, "info endpoint-elsewhere", "tokens.example"},
		{"plain only", faulty.Published{OIDC: swap(`["S256"]`, `["plain"]`), Keys: good}, "warning pkce-plain-only", "plain"},
		{"no PKCE", faulty.Published{OIDC: swap(`"code_challenge_methods_supported":["S256"],`, ``), Keys: good}, "info pkce-not-advertised", "RFC 8414"},
		{"none", faulty.Published{OIDC: swap(`["RS256"]`, `["RS256","none"]`), Keys: good}, "warning id-token-unsigned-offered", "RS256"},
		{"implicit", faulty.Published{OIDC: swap(`["code"]`, `["code","id_token token"]`), Keys: good}, "info implicit-offered", "id_token token"},
		{"password", faulty.Published{OIDC: swap(`"refresh_token"]`, `"refresh_token","password"]`), Keys: good}, "info password-offered", "password"},
		{"no offline_access", faulty.Published{OIDC: swap(`,"offline_access"`, ``), Keys: good}, "info refresh-not-advertised", "offline_access"},
		{"no refresh grant", faulty.Published{OIDC: swap(`,"refresh_token"`, ``), Keys: good}, "info refresh-not-advertised", "refresh_token"},
		{"no iss", faulty.Published{OIDC: swap(`,"authorization_response_iss_parameter_supported":true`, ``), Keys: good}, "info iss-parameter-not-advertised", "mix-up"},
		{"a private key", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + a + `,"kid":"a","d":"c2VjcmV0LXByaXZhdGUtcGFydA"}]}`}, "error key-private-published", "kid `a`"},
		{"only a prime", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + a + `,"kid":"a","p":"c2VjcmV0LXByaXZhdGUtcGFydA"}]}`}, "error key-private-published", "kid `a`"},
		{"a secret", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + a + `,"kid":"a"},{"kty":"oct","kid":"s","k":"c2VjcmV0LXByaXZhdGUtcGFydA"}]}`}, "error key-secret-published", "kid `s`"},
		{"short", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + smallKey(1024) + `,"kid":"a"}]}`}, "error key-rsa-short", "2048"},
		{"no keys", faulty.Published{OIDC: plain, Keys: `{"keys":[]}`}, "warning keys-empty", "without a key"},
		{"keys that are a page", faulty.Published{OIDC: plain, Keys: "<html>"}, "error keys-unreadable", "no set of keys"},
		{"keys that are not there", faulty.Published{OIDC: plain}, "error keys-unreadable", "status 404"},
		{"a kid twice", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + a + `,"kid":"a"},{` + b + `,"kid":"a"}]}`}, "warning key-id-repeated", "kid `a`"},
		{"a kid for signing and encryption", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + a + `,"kid":"a","use":"sig"},{` + b + `,"kid":"a","use":"enc"}]}`}, "", ""},
		{"no kid", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + a + `},{` + b + `,"kid":"b"}]}`}, "warning key-id-missing", "the key number 1"},
		{"one key needs no kid", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + a + `}]}`}, "", ""},
		{"a certificate of another", faulty.Published{OIDC: plain, Keys: wrongCert}, "warning key-certificate-odd", "another key"},
		{"a curve", faulty.Published{OIDC: plain, Keys: `{"keys":[{` + a + `,"kid":"a"},{"kty":"OKP","crv":"X25519","kid":"x","use":"enc","x":"3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"}]}`}, "info key-unusable", "X25519"},
	} {
		got := lints(t, c.p)
		var ids []string
		text := ""
		for _, f := range got {
			ids = append(ids, string(f.Severity)+" "+f.ID)
			text += f.Title + f.Seen + f.Means + f.Do
		}
		if list := strings.Join(ids, ", "); list != c.want {
			t.Errorf("%s: found %q, want %q\n%+v", c.name, list, c.want, got)
		}
		hold(got)
		if !strings.Contains(text, c.says) {
			t.Errorf("%s: nothing says %q: %s", c.name, c.says, text)
		}
		if strings.Contains(text, "c2VjcmV0") {
			t.Errorf("%s: a secret is told: %s", c.name, text)
		}
	}
}

// TestManyKeys holds that a set without end costs no time and no long sentence.
func TestManyKeys(t *testing.T) {
	doc, _ := faulty.Shape("okta")
	var b strings.Builder
	b.WriteString(`{"keys":[`)
	for i := range 10_000 {
		fmt.Fprintf(&b, `{"kty":"oct","kid":"%d","k":"AAAA"},`, i)
	}
	b.WriteString(`{}]}`)
	for _, f := range lints(t, faulty.Published{OIDC: doc, Keys: b.String()}) {
		if len(f.Seen)+len(f.Means) > 2000 {
			t.Errorf("%s says too much: %d bytes", f.ID, len(f.Seen)+len(f.Means))
		}
	}
}
