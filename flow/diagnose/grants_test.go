package diagnose_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/story"
	"authscope/flow/trace"
)

const (
	devicePath = "/oauth2/device_authorization"
	introspect = "/oauth2/introspect"
	apiURL     = faulty.Issuer + "/api"
)

// polled answers the n-th poll with these, and goes on with the last.
func polled(answers ...string) func(*faulty.World) {
	return func(w *faulty.World) {
		n := 0
		w.Replace(token, func(o http.ResponseWriter, req *http.Request) {
			io.Copy(io.Discard, req.Body)
			answer := answers[min(n, len(answers)-1)]
			n++
			o.Header().Set("Content-Type", "application/json")
			if strings.Contains(answer, `"error"`) {
				o.WriteHeader(400)
			}
			io.WriteString(o, answer)
		})
	}
}

func deviceFaults() []fault {
	on := demo.Options{Device: true}
	device := [][]flow.Stage{flow.Device}
	grant := func(c *flow.Config) { c.Grant = trace.GrantDevice }
	refused := func(code string) func(*faulty.World) {
		return polled(oauthError("authorization_pending", ""), oauthError(code, ""))
	}
	return []fault{
		{name: "a device signs in", tenant: on, change: []func(*flow.Config){grant}, stages: device},
		{name: "no device grant on Authgear", change: []func(*flow.Config){grant}, stages: device, want: []string{"grant-not-offered"}, says: []string{"Authgear does not have this grant"}},
		{name: "no device grant elsewhere", change: []func(*flow.Config){grant}, break_: swap(discovery, "https://authgear.com/scopes/", "x:"), stages: device, want: []string{"grant-not-offered"}, says: []string{"grant_types_supported", "by hand"}},
		{name: "device: unknown client", tenant: on, change: []func(*flow.Config){func(c *flow.Config) { c.ClientID = "nobody" }}, stages: device, want: []string{"device-request-refused"}, says: []string{"client id is unknown"}},
		{name: "device: grant off", tenant: on, break_: say(devicePath, 400, "application/json", oauthError("unauthorized_client", "")), stages: device, want: []string{"device-request-refused"}, says: []string{"Switch the device grant on"}},
		{name: "device: scope", tenant: on, change: []func(*flow.Config){faulty.Scope("profile")}, stages: device, want: []string{"device-request-refused"}, says: []string{"`profile`"}},
		{name: "device: another error", tenant: on, break_: say(devicePath, 400, "application/json", oauthError("invalid_request", "no")), stages: device, want: []string{"device-request-refused"}, says: []string{"Candidates"}},
		{name: "device: html", tenant: on, break_: say(devicePath, 200, "text/html", "<title>Hm</title>"), stages: device, want: []string{"not-an-oauth-answer"}},
		{name: "device: an older draft", tenant: on, break_: swap(devicePath, `"verification_uri":`, `"verification_url":`), stages: device, want: []string{"device-response-incomplete"}, says: []string{"older draft"}},
		{name: "device: no user code", tenant: on, break_: swap(devicePath, `"user_code":`, `"code_of_user":`), stages: device, want: []string{"device-response-incomplete"}, says: []string{"`user_code`"}},
		{name: "device: denied", tenant: on, break_: refused("access_denied"), stages: device, want: []string{"device-denied"}},
		{name: "device: expired, the server says", tenant: on, break_: refused("expired_token"), stages: device, want: []string{"device-expired"}, says: []string{"10 min", "2 times"}},
		{name: "device: expired, by the clock", tenant: on, break_: func(w *faulty.World) {
			swap(devicePath, `"expires_in":600`, `"expires_in":63`)(w)
			polled(oauthError("authorization_pending", ""))(w)
		}, stages: device, want: []string{"device-expired"}, says: []string{"63 s", "12 times"}},
		{name: "device: code rejected", tenant: on, break_: refused("invalid_grant"), stages: device, want: []string{"device-code-rejected"}, says: []string{"poll number 2"}},
		{name: "device: grant unknown at the token endpoint", tenant: on, break_: polled(oauthError("unsupported_grant_type", "")), stages: device, want: []string{"grant-not-allowed"}},
		{name: "device: slowed down", tenant: on, break_: polled(oauthError("slow_down", ""), oauthError("slow_down", ""), oauthError("access_denied", "")), stages: device, want: []string{"device-denied"}, info: []string{"device-slowed-down"}},
		{name: "client credentials without a resource", change: machine(), stages: [][]flow.Stage{flow.ClientCredentials}, want: []string{"grant-not-allowed"}, says: []string{"--token-param resource=URI"}},
		{name: "client credentials of a public client", change: []func(*flow.Config){tokenParam("resource", "https://api.workshop.example")}, stages: [][]flow.Stage{flow.ClientCredentials}, want: []string{"client-authentication-failed"}},
		{name: "client credentials of a client for people", change: append(machine("https://api.workshop.example"), faulty.Client("third-party")), stages: [][]flow.Stage{flow.ClientCredentials}, want: []string{"grant-not-allowed"}},
		{name: "client credentials", change: machine("https://api.workshop.example"), stages: [][]flow.Stage{flow.ClientCredentials}, info: []string{"refresh-token-by-design"}, says: []string{"client_credentials"}},
		{name: "client credentials, strange", change: machine("https://api.workshop.example"), break_: polled(oauthError("invalid_grant", "no")), stages: [][]flow.Stage{flow.ClientCredentials}, want: []string{"token-request-refused"}},
	}
}

// machine is the tenant's client for machines, with a resource.
func machine(resource ...string) []func(*flow.Config) {
	m := demo.Machines()[0]
	return []func(*flow.Config){func(c *flow.Config) {
		c.ClientID, c.ClientAuth, c.ClientSecret = m.ID, trace.AuthBasic, newSecret(m.Secret)
		for _, r := range resource {
			c.TokenParams = append(c.TokenParams, param("resource", r))
		}
	}}
}

// challenged has the API answer with a status and a WWW-Authenticate.
func challenged(status int, header string) func(*faulty.World) {
	return func(w *faulty.World) {
		w.Replace("/api", func(o http.ResponseWriter, _ *http.Request) {
			if header != "" {
				o.Header().Set("WWW-Authenticate", header)
			}
			o.WriteHeader(status)
		})
	}
}

func apiFaults() []fault {
	call := [][]flow.Stage{flow.Login, flow.Call(apiURL)}
	return []fault{
		{name: "API: served", break_: challenged(200, ""), stages: call},
		{name: "API: step up", break_: challenged(401, `Bearer error="insufficient_user_authentication", error_description="A different level is required", acr_values="myACR", max_age="5"`), stages: call,
			want: []string{"api-step-up"}, says: []string{"--param \"acr_values=myACR\"", "--param max_age=5"}},
		{name: "API: step up without a word", break_: challenged(401, `Bearer error="insufficient_user_authentication"`), stages: call, want: []string{"api-step-up"}, says: []string{"does not say"}},
		{name: "API: DPoP", break_: challenged(401, `DPoP algs="ES256 PS256"`), stages: call, want: []string{"api-wants-dpop"}, says: []string{"`ES256 PS256`"}},
		{name: "API: DPoP nonce", break_: challenged(401, `Bearer, DPoP error="use_dpop_nonce", error_description="nonce"`), stages: call, want: []string{"api-wants-dpop"}, says: []string{"DPoP-Nonce"}},
		{name: "API: scope", break_: challenged(403, `Bearer realm="x", error="insufficient_scope", scope="orders:read openid"`), stages: call, want: []string{"api-scope-missing"}, says: []string{"`orders:read openid`", "Not among the scopes of this sign-in: `orders:read`"}},
		{name: "API: scope, in the body", break_: func(w *faulty.World) {
			w.Replace("/api", func(o http.ResponseWriter, _ *http.Request) {
				o.Header().Set("Content-Type", "application/json")
				o.WriteHeader(403)
				io.WriteString(o, oauthError("insufficient_scope", "more"))
			})
		}, stages: call, want: []string{"api-scope-missing"}},
		{name: "API: invalid token", break_: challenged(401, `Bearer error="invalid_token"`), stages: call, want: []string{"api-token-refused"}, says: []string{"opaque", "issue_jwt_access_token", "Candidates"}},
		{name: "API: invalid token, a JWT", change: []func(*flow.Config){faulty.Client("workshop-rotating")}, break_: challenged(401, ""), stages: call, want: []string{"api-token-refused"}, says: []string{"no WWW-Authenticate"}},
		{name: "API: Basic", break_: challenged(401, `Basic realm="x"`), stages: call, want: []string{"api-other-scheme"}, says: []string{"`Basic`"}},
		{name: "API: forbidden", break_: challenged(403, ""), stages: call, want: []string{"api-forbidden"}},
		{name: "API: redirect", break_: func(w *faulty.World) {
			w.Replace("/api", http.RedirectHandler("https://evil.example/api?x=1", http.StatusTemporaryRedirect).ServeHTTP)
		}, stages: call, want: []string{"api-redirected"}, says: []string{"`https://evil.example/api`"}},
		{name: "API: not found", stages: call, want: []string{"api-not-served"}, says: []string{"nothing about the token"}},
		{name: "API: broken", break_: challenged(500, ""), stages: call, want: []string{"server-error"}},
	}
}

func otherFaults() []fault {
	on := demo.Options{Introspection: true, SignedUserInfo: true}
	ask := [][]flow.Stage{flow.Login, flow.Introspect()}
	out := [][]flow.Stage{flow.Login, flow.Logout}
	rotating := []func(*flow.Config){faulty.Client("workshop-rotating"), faulty.Scope("openid")}
	return []fault{
		{name: "introspection", tenant: on, stages: ask},
		{name: "introspection: refused", tenant: on, break_: say(introspect, 401, "application/json", oauthError("invalid_client", "")), stages: ask, want: []string{"introspection-refused"}, says: []string{"public client"}},
		{name: "introspection: forbidden", tenant: on, change: []func(*flow.Config){faulty.Client("workshop-web")}, break_: say(introspect, 403, "application/json", oauthError("access_denied", "")), stages: ask, want: []string{"introspection-refused"}, says: []string{"Candidates"}},
		{name: "introspection: inactive", tenant: on, break_: say(introspect, 200, "application/json", `{"active":false}`), stages: ask, want: []string{"introspection-inactive", "introspection-inactive"}, says: []string{"Access token #1"}},
		{name: "introspection: active after revocation", tenant: demo.Options{Introspection: true}, change: rotating, stages: [][]flow.Stage{flow.Login, flow.RevokeToken(story.AccessToken), flow.Introspect(story.AccessToken)},
			want: []string{"revoked-but-alive"}, info: []string{"no-refresh-token"}},
		{name: "introspection: active though dead", tenant: demo.Options{Introspection: true}, break_: say(introspect, 200, "application/json", `{"active":true}`), stages: [][]flow.Stage{flow.Login, flow.Revoke, flow.Introspect(story.RefreshToken)},
			want: []string{"introspection-active-though-dead"}},
		{name: "introspection: html", tenant: on, break_: say(introspect, 200, "text/html", "<title>Hm</title>"), stages: ask, want: []string{"not-an-oauth-answer"}, says: []string{"/oauth2/introspect"}},
		{name: "signed UserInfo", tenant: on},
		{name: "signed UserInfo: bad signature", tenant: on, break_: alter(userinfo, func(a *faulty.Answer) { a.Body = []byte(flipLast(string(a.Body))) }), want: []string{"userinfo-signature-invalid"}},
		{name: "signed UserInfo: no JWT", tenant: on, break_: say(userinfo, 200, "application/jwt", "nothing"), want: []string{"userinfo-signature-invalid"}},
		{name: "signed UserInfo: unsigned", tenant: on, break_: alter(userinfo, func(a *faulty.Answer) { a.Body = []byte(faulty.Unsigned(string(a.Body))) }), want: []string{"userinfo-signature-invalid"}},
		{name: "signed UserInfo: another client", tenant: on, break_: alter(userinfo, resigned("aud", "somebody")), want: []string{"userinfo-other-party"}, says: []string{"`somebody`"}},
		{name: "signed UserInfo: another person", tenant: on, break_: alter(userinfo, resigned("sub", "somebody")), want: []string{"userinfo-other-person"}, says: []string{"`somebody`"}},
		{name: "logout elsewhere", break_: func(w *faulty.World) { w.Elsewhere = true }, stages: out, want: []string{"logout-tokens-live"}, says: []string{"session's cookie"}},
		{name: "logout", stages: out},
		{name: "logout: not registered", change: []func(*flow.Config){func(c *flow.Config) { c.PostLogoutURI = "http://127.0.0.1:8976/bye" }}, stages: out, want: []string{"logout-no-return"}, says: []string{"settings page", "`http://127.0.0.1:8976/bye`"}},
		{name: "logout: another state", break_: func(w *faulty.World) {
			w.Replace("/oauth2/end_session", func(o http.ResponseWriter, req *http.Request) {
				http.Redirect(o, req, req.FormValue("post_logout_redirect_uri")+"?state=other", http.StatusSeeOther)
			})
		}, stages: out, want: []string{"logout-state-wrong"}},
	}
}

// resigned changes a claim of signed UserInfo and signs it as the tenant does.
func resigned(name string, value any) func(*faulty.Answer) {
	return func(a *faulty.Answer) {
		wrap, _ := json.Marshal(map[string]string{"id_token": string(a.Body)})
		inner := &faulty.Answer{Request: a.Request, Status: a.Status, Header: a.Header, Body: wrap}
		faulty.IDToken(func(_, c map[string]any) { c[name] = value })(inner)
		var back map[string]string
		json.Unmarshal(inner.Body, &back)
		a.Body = []byte(back["id_token"])
	}
}

// TestPollingTooFast reads a recording of a client that does not wait: authscope itself always does.
func TestPollingTooFast(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var events []trace.Event
	add := func(after time.Duration, id trace.CallID, d trace.Data) {
		at = at.Add(after)
		events = append(events, trace.Event{At: at, Call: id, Data: d})
	}
	call := func(id trace.CallID, after time.Duration, body string, status int, answer string) {
		add(after, id, trace.Ready{Method: "POST", URL: "https://a.example/" + strconv.Itoa(int(id)), Header: trace.Header{{"Content-Type", "application/x-www-form-urlencoded"}}, Body: trace.Bytes(body)})
		add(0, id, trace.Sent{})
		add(0, id, trace.Head{Status: status, Header: trace.Header{{"Content-Type", "application/json"}}})
		add(0, id, trace.Body{Bytes: trace.Bytes(answer)})
	}
	add(0, 1, trace.Ready{Method: "GET", URL: "https://a.example/.well-known/openid-configuration"})
	add(0, 1, trace.Head{Status: 200})
	add(0, 1, trace.Body{Bytes: trace.Bytes(`{"issuer":"https://a.example","device_authorization_endpoint":"https://a.example/2","token_endpoint":"https://a.example/t","authorization_endpoint":"https://a.example/a","jwks_uri":"https://a.example/k"}`)})
	call(2, time.Second, "client_id=x", 200, `{"device_code":"device-code-0123456789abcdef","user_code":"WDJB-MJHT","verification_uri":"https://a.example/d","expires_in":600}`)
	const poll = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=device-code-0123456789abcdef"
	call(3, 5*time.Second, poll, 400, oauthError("authorization_pending", ""))
	call(4, time.Second, poll, 400, oauthError("slow_down", ""))
	call(5, 5*time.Second, poll, 400, oauthError("slow_down", ""))
	call(6, 15*time.Second, poll, 400, oauthError("authorization_pending", ""))
	for _, events := range [][]trace.Event{events, reopened(t, events)} {
		fs := diagnose.Read(story.Read(events), at)
		found := false
		for _, f := range fs {
			if found = found || f.ID == "device-slowed-down"; f.ID == "device-slowed-down" && (f.Severity != "warning" || !strings.Contains(f.Means, "2 times") || !strings.Contains(f.Seen, "no interval")) {
				t.Errorf("the finding is %+v, want a warning of two polls that came too soon", f)
			}
		}
		if !found {
			t.Errorf("nothing is said of it: %v", ids(fs))
		}
	}
}
