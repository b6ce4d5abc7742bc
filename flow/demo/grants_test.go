package demo

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// postForm sends a form to the tenant and reads the JSON that comes.
func postForm(t *testing.T, tenant *Tenant, path string, form url.Values) (int, map[string]any) {
	t.Helper()
	req := httptest.NewRequest("POST", "http://localhost:8975"+path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	tenant.ServeHTTP(rec, req)
	answer := map[string]any{}
	json.Unmarshal(rec.Body.Bytes(), &answer)
	return rec.Code, answer
}

func values(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Add(kv[i], kv[i+1])
	}
	return v
}

// What Authgear does not have is not there unless it is switched on by name.
func TestSwitchesAreOff(t *testing.T) {
	for _, path := range []string{devicePath, devicePagePath, introspectPath} {
		rec := httptest.NewRecorder()
		New(Options{}).ServeHTTP(rec, httptest.NewRequest("POST", "http://localhost:8975"+path, nil))
		if rec.Code != http.StatusNotFound || !strings.Contains(rec.Body.String(), "<html") {
			t.Errorf("%s: %d, want 404 with a page, as on Authgear", path, rec.Code)
		}
	}
	for _, s := range Switches {
		var o Options
		if !o.Switch(s.Name) || s.What == "" {
			t.Errorf("%s cannot be switched on", s.Name)
		}
		plain, _ := json.Marshal(New(Options{}).metadata())
		with, _ := json.Marshal(New(o).metadata())
		if string(plain) == string(with) {
			t.Errorf("%s does not show in the metadata", s.Name)
		}
		var last string
		for _, m := range New(o).metadata() {
			if m.name < last {
				t.Errorf("%s: %s comes after %s, want the alphabet", s.Name, m.name, last)
			}
			last = m.name
		}
	}
	if (&Options{}).Switch("nothing") {
		t.Error("a switch that does not exist was switched on")
	}
}

// The device endpoint and its polls answer as RFC 8628 §3.5 has it.
func TestDeviceGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tenant := New(Options{Device: true})
		status, codes := postForm(t, tenant, devicePath, values("client_id", "workshop-spa", "scope", "openid offline_access"))
		if status != 200 || codes["interval"] != 5.0 || codes["expires_in"] != 600.0 {
			t.Fatalf("%d %v", status, codes)
		}
		code, user := codes["device_code"].(string), codes["user_code"].(string)
		poll := func(after time.Duration, client, code string) string {
			time.Sleep(after)
			_, answer := postForm(t, tenant, "/oauth2/token", values("grant_type", grantDevice, "client_id", client, "device_code", code))
			if e, ok := answer["error"].(string); ok {
				return e
			}
			if answer["refresh_token"] != nil && answer["id_token"] != nil && answer["access_token"] != nil {
				return "tokens"
			}
			return "an odd answer"
		}
		agree := func(login, password, user, action string) string {
			form := values("login", login, "password", password, "user_code", user, "action", action)
			req := httptest.NewRequest("POST", "http://localhost:8975"+devicePagePath, strings.NewReader(form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			rec := httptest.NewRecorder()
			tenant.ServeHTTP(rec, req)
			return rec.Body.String()
		}
		ada := DemoUser()
		for _, c := range []struct {
			after        time.Duration
			client, code string
			want         string
		}{
			{0, "workshop-spa", "made-up", "invalid_grant"}, {0, "workshop-rotating", code, "invalid_grant"}, {5 * time.Second, "workshop-spa", code, "authorization_pending"},
			{4 * time.Second, "workshop-spa", code, "slow_down"}, {9 * time.Second, "workshop-spa", code, "slow_down"}, {15 * time.Second, "workshop-spa", code, "authorization_pending"},
		} {
			if got := poll(c.after, c.client, c.code); got != c.want {
				t.Errorf("a poll of %s after %s: %s, want %s", c.client, c.after, got, c.want)
			}
		}
		if page := agree(ada.Login, "wrong", user, "allow"); !strings.Contains(page, "do not belong together") {
			t.Error("a wrong password was taken")
		}
		if page := agree(ada.Login, ada.Password, "XXXX-XXXX", "allow"); !strings.Contains(page, "No device waits") {
			t.Error("a made-up code was taken")
		}
		if page := agree(ada.Login, ada.Password, strings.ToLower(strings.ReplaceAll(user, "-", " ")), "allow"); !strings.Contains(page, deviceAllowed) {
			t.Errorf("a code typed in another way was not taken: %s", page)
		}
		if page := agree(ada.Login, ada.Password, user, "allow"); !strings.Contains(page, "No device waits") {
			t.Error("a code was taken twice")
		}
		if got := poll(20*time.Second, "workshop-spa", code); got != "tokens" {
			t.Errorf("after the person agreed: %s", got)
		}
		if got := poll(20*time.Second, "workshop-spa", code); got != "invalid_grant" {
			t.Errorf("a code that was redeemed: %s", got)
		}
		for action, want := range map[string]string{"deny": "access_denied", "": "expired_token"} {
			_, codes := postForm(t, tenant, devicePath, values("client_id", "workshop-spa", "scope", "openid"))
			if action != "" {
				agree(ada.Login, ada.Password, codes["user_code"].(string), action)
			} else {
				time.Sleep(11 * time.Minute)
			}
			if got := poll(6*time.Second, "workshop-spa", codes["device_code"].(string)); got != want {
				t.Errorf("after %q: %s, want %s", action, got, want)
			}
		}
	})
}

func TestDeviceRequests(t *testing.T) {
	tenant := New(Options{Device: true})
	for want, form := range map[string]url.Values{
		"invalid_client":      values("client_id", "nobody"),
		"unauthorized_client": values("client_id", "workshop-machine", "client_secret", "workshop-machine-secret", "scope", "openid"),
		"invalid_scope":       values("client_id", "workshop-spa", "scope", "profile"),
	} {
		if status, answer := postForm(t, tenant, devicePath, form); status != 400 || answer["error"] != want {
			t.Errorf("%v: %d %v, want %s", form, status, answer, want)
		}
	}
	if _, answer := postForm(t, tenant, devicePath, values("client_id", "workshop-web", "client_secret", "wrong", "scope", "openid")); answer["error"] != "invalid_client" {
		t.Errorf("a wrong secret: %v", answer)
	}
}

// The device's page shows what was typed as text.
func TestDevicePageEscapes(t *testing.T) {
	rec := httptest.NewRecorder()
	New(Options{Device: true}).ServeHTTP(rec, httptest.NewRequest("GET", `http://localhost:8975/device?user_code=%22%3E%3Cscript%3E`, nil))
	if body := rec.Body.String(); strings.Contains(body, "<script>") || !strings.Contains(body, "Not Authgear") {
		t.Errorf("the page is %s", body)
	}
}

func TestMachines(t *testing.T) {
	tenant := New(Options{})
	m := Machines()[0]
	good := values("grant_type", "client_credentials", "client_id", m.ID, "client_secret", m.Secret, "resource", Resources[0])
	status, answer := postForm(t, tenant, "/oauth2/token", good)
	if status != 200 || answer["id_token"] != nil || answer["refresh_token"] != nil || answer["scope"] == nil {
		t.Fatalf("%d %v", status, answer)
	}
	claims, ok := tenant.key().open(answer["access_token"].(string))
	if !ok || claims["sub"] != "client_id_"+m.ID {
		t.Errorf("the token says %v", claims)
	}
	for _, c := range []struct{ name, value, code, text string }{
		{"resource", "", "invalid_target", "resource is required"}, {"resource", "https://else", "invalid_target", "resource not found"},
		{"client_secret", "", "invalid_client", "client secret is required"}, {"client_secret", "x", "invalid_request", "invalid client secret"},
		{"client_id", "workshop-spa", "unauthorized_client", "grant type is not allowed for this client"},
	} {
		form, _ := url.ParseQuery(good.Encode())
		form.Set(c.name, c.value)
		if status, answer := postForm(t, tenant, "/oauth2/token", form); status != 400 || answer["error"] != c.code || answer["error_description"] != c.text {
			t.Errorf("%s=%q: %d %v, want %s: %s", c.name, c.value, status, answer, c.code, c.text)
		}
	}
	rec := httptest.NewRecorder()
	tenant.ServeHTTP(rec, httptest.NewRequest("GET", "http://localhost:8975/oauth2/authorize?client_id="+m.ID, nil))
	if rec.Code != 400 || !strings.Contains(rec.Body.String(), "m2m clients are not allowed to use the authorize endpoint") {
		t.Errorf("a machine at the authorization endpoint: %d %s", rec.Code, rec.Body)
	}
}

// Introspection tells a client of its own tokens alone, and nobody without the secret.
func TestIntrospection(t *testing.T) {
	tenant := New(Options{Introspection: true})
	m := Machines()[0]
	_, answer := postForm(t, tenant, "/oauth2/token", values("grant_type", "client_credentials", "client_id", m.ID, "client_secret", m.Secret, "resource", Resources[0]))
	token := answer["access_token"].(string)
	for _, c := range []struct {
		form   url.Values
		status int
		active any
	}{
		{values("client_id", m.ID, "client_secret", m.Secret, "token", token), 200, true},
		{values("client_id", "workshop-spa", "token", token), 200, false},
		{values("client_id", m.ID, "client_secret", m.Secret, "token", "garbage"), 200, false},
		{values("client_id", m.ID, "client_secret", m.Secret, "token", "a.b.c"), 200, false},
		{values("client_id", m.ID, "token", token), 401, nil},
		{values("token", token), 401, nil},
		{values("client_id", "workshop-spa"), 400, nil},
	} {
		if status, answer := postForm(t, tenant, introspectPath, c.form); status != c.status || answer["active"] != c.active {
			t.Errorf("%v: %d %v, want %d and active %v", c.form, status, answer, c.status, c.active)
		}
	}
}
