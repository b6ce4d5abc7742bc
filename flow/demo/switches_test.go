package demo

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// asked is one request to a tenant.
func asked(tenant http.Handler, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost:8975"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	tenant.ServeHTTP(w, r)
	return w
}

// What is switched on while the tenant answers is there from then on, and in the metadata.
func TestSwitch(t *testing.T) {
	tenant := New(Options{Key: testKey()})
	for _, c := range []struct{ name, path, member string }{
		{"device-grant", "/oauth2/device_authorization", "device_authorization_endpoint"},
		{"introspection", "/oauth2/introspect", "introspection_endpoint"},
		{"signed-userinfo", "", "userinfo_signing_alg_values_supported"},
	} {
		metadata := func() string { return asked(tenant, "GET", "/.well-known/openid-configuration", nil).Body.String() }
		form := url.Values{"client_id": {"workshop-spa"}, "scope": {"openid"}, "token": {"x"}}
		if c.path != "" && asked(tenant, "POST", c.path, form).Code != 404 || strings.Contains(metadata(), c.member) {
			t.Errorf("%s is on before it was switched on", c.name)
		}
		if !tenant.Switch(c.name) {
			t.Errorf("there is no switch %s", c.name)
		}
		if w := asked(tenant, "POST", c.path, form); c.path != "" && w.Code != 200 || !strings.Contains(metadata(), c.member) {
			t.Errorf("%s is not on: status %d", c.name, w.Code)
		}
	}
	if tenant.Switch("light") {
		t.Error("an unknown switch is there")
	}
}

// The demo user can refuse a device, which then gets nothing.
func TestRefuseDevice(t *testing.T) {
	tenant := New(Options{Device: true, Key: testKey()})
	w := asked(tenant, "POST", "/oauth2/device_authorization", url.Values{"client_id": {"workshop-spa"}, "scope": {"openid"}})
	member := func(name string) string {
		_, rest, _ := strings.Cut(w.Body.String(), `"`+name+`":"`)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	page := strings.ReplaceAll(member("verification_uri_complete"), `\u0026`, "&")
	if err := RefuseDevice(context.Background(), handled{tenant}, page, DemoUser()); err != nil {
		t.Fatalf("refuse at %s: %v", page, err)
	}
	got := asked(tenant, "POST", "/oauth2/token", url.Values{"client_id": {"workshop-spa"}, "device_code": {member("device_code")}, "grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}})
	if !strings.Contains(got.Body.String(), "access_denied") {
		t.Errorf("after a refusal the device is told %s", got.Body)
	}
	if err := RefuseDevice(context.Background(), handled{tenant}, page, DemoUser()); err == nil {
		t.Error("a code is refused twice")
	}
}

// handled is a transport to a handler.
type handled struct{ h http.Handler }

func (t handled) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	t.h.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestSetHabit turns habits on and off while the tenant answers, and knows no others; no fault has a habit's name.
func TestSetHabit(t *testing.T) {
	tenant := New(Options{Key: testKey(), Habits: []string{"rotation"}})
	if err := tenant.SetHabit("no-pkce-check", true); err != nil {
		t.Fatal(err)
	}
	if got := tenant.HabitsOn(); !slices.Equal(got, []string{"rotation", "no-pkce-check"}) {
		t.Errorf("on are %v", got)
	}
	if err := tenant.SetHabit("rotation", false); err != nil || tenant.habits.on("rotation") {
		t.Errorf("rotation is still on: %v", err)
	}
	if err := tenant.SetHabit("html", true); err == nil {
		t.Error("a fault is taken for a habit")
	}
	for _, h := range Habits {
		if slices.ContainsFunc(Faults(), func(f Fault) bool { return f.Name == h.Name }) {
			t.Errorf("%s is a fault and a habit", h.Name)
		}
	}
}
