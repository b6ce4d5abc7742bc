package demo

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// official are the relying-party tests of the conformance suite that the issue names: those that must fail a login, and
// those that must pass.
var official = []string{
	"invalid-iss", "missing-sub", "invalid-aud", "missing-aud", "missing-iat", "nonce-invalid", "invalid-sig-rs256", "invalid-sig-es256", "invalid-sig-hs256", "idtoken-sig-none",
	"userinfo-invalid-sub", "discovery-issuer-mismatch", "refresh-token-invalid-issuer", "refresh-token-invalid-sub", "refresh-token-invalid-aud",
}

var mustPass = []string{"kid-absent-single-jwks", "kid-absent-multiple-jwks", "signing-key-rotation", "signing-key-rotation-just-before-signing", "userinfo-signed", "client-secret-basic"}

// TestFaultList: every fault has a name of its own, a group that is not torn, a sentence, and does something.
func TestFaultList(t *testing.T) {
	var names, groups []string
	for _, f := range Faults() {
		if slices.Contains(names, f.Name) {
			t.Errorf("there are two faults %s", f.Name)
		}
		names = append(names, f.Name)
		if len(groups) == 0 || groups[len(groups)-1] != f.Group {
			if slices.Contains(groups, f.Group) {
				t.Errorf("the group %q is torn at %s", f.Group, f.Name)
			}
			groups = append(groups, f.Group)
		}
		if f.What == "" || strings.HasSuffix(f.What, ".") || f.Group == "" {
			t.Errorf("%s: says %q in group %q", f.Name, f.What, f.Group)
		}
		if f.Works != slices.Contains(mustPass, f.Name) {
			t.Errorf("%s: must the login work? it says %v", f.Name, f.Works)
		}
		if c := (&Tenant{}).findClient(f.Client); f.Client != "" && c == nil {
			t.Errorf("%s needs the client %s, which there is not", f.Name, f.Client)
		}
		inTenant := f.Name == "userinfo-signed" || f.Name == "access-token-opaque" // the tenant asks for these itself
		if f.request == nil && f.serve == nil && f.answer == nil && f.draft == nil && !inTenant {
			t.Errorf("%s does nothing", f.Name)
		}
	}
	for _, name := range slices.Concat(official, mustPass) {
		if !slices.Contains(names, name) {
			t.Errorf("the relying-party test %s is missing", name)
		}
	}
}

// TestSetFault switches on and off, and refuses what it does not know.
func TestSetFault(t *testing.T) {
	tenant := New(Options{Key: testKey()})
	for _, step := range []struct {
		name string
		on   bool
		want []string
	}{
		{"html", true, []string{"html"}}, {"invalid-iss", true, []string{"html", "invalid-iss"}}, {"html", true, []string{"invalid-iss", "html"}},
		{"invalid-iss", false, []string{"html"}}, {"invalid-iss", false, []string{"html"}}, {"html", false, nil},
	} {
		if err := tenant.SetFault(step.name, step.on); err != nil {
			t.Fatal(err)
		}
		if got := tenant.FaultsOn(); !slices.Equal(got, step.want) {
			t.Errorf("after %s=%v on are %v, want %v", step.name, step.on, got, step.want)
		}
	}
	if err := tenant.SetFault("no-such-fault", true); err == nil || !strings.Contains(err.Error(), "no-such-fault") {
		t.Errorf("an unknown fault: %v", err)
	}
}

// TestFaultsLeaveTheRest: with every fault that is about something else on, the metadata is what it was.
func TestFaultsLeaveTheRest(t *testing.T) {
	fetch := func(tenant *Tenant, path string) string {
		w := httptest.NewRecorder()
		tenant.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost:8975"+path, nil))
		return w.Body.String()
	}
	plain := fetch(New(Options{Key: testKey()}), discoveryPath)
	for _, f := range Faults() {
		tenant := New(Options{Key: testKey()})
		if err := tenant.SetFault(f.Name, true); err != nil {
			t.Fatal(err)
		}
		touched := []string{"discovery-issuer-mismatch", "issuer-trailing-slash", "issuer-behind-proxy", "invalid-sig-es256", "invalid-sig-hs256", "client-secret-basic"}
		if got := fetch(tenant, discoveryPath); (got != plain) != slices.Contains(touched, f.Name) {
			t.Errorf("%s: the metadata is another: %v, want %v", f.Name, got != plain, slices.Contains(touched, f.Name))
		}
	}
}

// TestEdit: the mistakes of an application change what they are about, and nothing else.
func TestEdit(t *testing.T) {
	const authorize = "http://localhost:8975/oauth2/authorize?client_id=c&code_challenge=x&code_challenge_method=S256&scope=openid+offline_access"
	exchange := []byte("grant_type=authorization_code&code=c&code_verifier=v")
	refresh := []byte("grant_type=refresh_token&refresh_token=first&client_id=c")
	for name, c := range map[string]struct {
		draft Draft
		want  func(url.Values) bool
	}{
		"scope-comma-separated":      {Draft{Front: true, URL: authorize}, func(q url.Values) bool { return q.Get("scope") == "openid,offline_access" }},
		"pkce-hex-digest":            {Draft{Front: true, URL: authorize}, func(q url.Values) bool { return len(q.Get("code_challenge")) == 86 }},
		"pkce-challenge-is-verifier": {Draft{Front: true, URL: authorize}, func(q url.Values) bool { return len(q.Get("code_challenge")) == 43 && q.Get("code_challenge") != "x" }},
		"pkce-mismatch":              {Draft{Body: exchange}, func(q url.Values) bool { return len(q.Get("code_verifier")) >= 43 && q.Get("code") == "c" }},
		"refresh-token-other-client": {Draft{Body: refresh}, func(q url.Values) bool { return q.Get("client_id") == "third-party" }},
	} {
		tenant := New(Options{Key: testKey()})
		if got := tenant.Edit(c.draft); got.URL != c.draft.URL || string(got.Body) != string(c.draft.Body) {
			t.Errorf("without a fault a request is changed: %+v", got)
		}
		tenant.SetFault(name, true)
		got := tenant.Edit(c.draft)
		q, err := url.ParseQuery(string(got.Body))
		if c.draft.Front {
			u, _ := url.Parse(got.URL)
			q = u.Query()
		}
		if err != nil || !c.want(q) {
			t.Errorf("%s: the request is %+v", name, q)
		}
		other := Draft{URL: "http://localhost:8975/oauth2/revoke", Body: []byte("token=t")}
		if got := tenant.Edit(other); got.URL != other.URL || string(got.Body) != string(other.Body) {
			t.Errorf("%s changes a revocation: %+v", name, got)
		}
	}
	tenant := New(Options{Key: testKey()})
	tenant.SetFault("refresh-token-rotated", true)
	tenant.Edit(Draft{Body: refresh})
	if got := tenant.Edit(Draft{Body: []byte("grant_type=refresh_token&refresh_token=second")}); !strings.Contains(string(got.Body), "refresh_token=first") {
		t.Errorf("the second refresh hands in %s, want the first token again", got.Body)
	}
}
