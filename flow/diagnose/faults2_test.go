package diagnose_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/trace"
)

func newSecret(s string) trace.Secret      { return trace.NewSecret(s) }
func param(name, value string) trace.Param { return trace.Param{Name: name, Value: value} }
func set(name string, value any) func(*faulty.World) {
	return idToken(func(_, claims map[string]any) {
		if value == nil {
			delete(claims, name)
			return
		}
		claims[name] = value
	})
}

// both applies several faults to the same answer.
func both(fs ...func(*faulty.Answer)) func(*faulty.Answer) {
	return func(a *faulty.Answer) {
		for _, f := range fs {
			f(a)
		}
	}
}

func member(text string) func(*faulty.World) {
	return swap(token, `"token_type"`, text+`,"token_type"`)
}

func tokenFaults() []fault {
	expires := func(v string) func(*faulty.World) { return swap(token, `"expires_in":1800`, `"expires_in":`+v) }
	openid := []func(*flow.Config){faulty.Scope("openid")}
	return []fault{
		{name: "expires_in missing", break_: swap(token, `"expires_in":1800,`, ""), want: []string{"expires-in-missing"}},
		{name: "expires_in string", break_: expires(`"1800"`), want: []string{"expires-in-odd"}, says: []string{"is a string"}},
		{name: "expires_in word", break_: expires(`"30m"`), want: []string{"expires-in-odd"}},
		{name: "expires_in float", break_: expires(`1800.5`), want: []string{"expires-in-odd"}, says: []string{"fraction"}},
		{name: "expires_in zero", break_: expires(`0`), want: []string{"expires-in-odd"}},
		{name: "expires_in negative", break_: expires(`-5`), want: []string{"expires-in-odd"}},
		{name: "expires_in milliseconds", break_: expires(`1800000`), want: []string{"expires-in-odd"}, says: []string{"30 min"}},
		{name: "exp disagrees", change: []func(*flow.Config){faulty.Client("workshop-rotating")}, break_: expires(`3600`), want: []string{"exp-and-expires-in-disagree"}, says: []string{"1h0m0s", "30m0s"}},
		{name: "content type", break_: alter(token, func(a *faulty.Answer) { a.Header.Set("Content-Type", "text/plain") }), want: []string{"content-type-odd"}},
		{name: "token type", break_: swap(token, `"Bearer"`, `"DPoP"`), want: []string{"token-type-odd"}},
		{name: "id_token missing", break_: swap(token, `"id_token":`, `"token_of_id":`), want: []string{"id-token-missing"}},
		{name: "offline_access dropped", break_: alter(token, both(withoutRefresh, func(a *faulty.Answer) { a.Swap(`"token_type"`, `"scope":"openid","token_type"`) })),
			want: []string{"offline-access-dropped"}, says: []string{"prompt=consent", "`openid`", "Press P"}},
		{name: "refresh token missing", break_: alter(token, withoutRefresh), want: []string{"refresh-token-missing-though-asked"}, says: []string{"no scope"}},
		{name: "refresh token missing with consent", change: []func(*flow.Config){func(c *flow.Config) { c.Params = c.SetParam("prompt", "consent") }}, break_: alter(token, withoutRefresh),
			want: []string{"refresh-token-missing-though-asked"}, says: []string{"so that is not the cause"}},
		{name: "scope narrowed", change: []func(*flow.Config){faulty.Scope("openid email offline_access")}, break_: member(`"scope":"openid offline_access"`), want: []string{"scope-narrowed"}, says: []string{"`email`"}},
		{name: "no refresh token elsewhere", change: openid, break_: alter(discovery, func(a *faulty.Answer) { a.Swap("https://authgear.com/scopes/", "x:") }), info: []string{"no-refresh-token"},
			says: []string{"Many issue one only when"}},
	}
}

func withoutRefresh(a *faulty.Answer) { a.Swap(`"refresh_token":`, `"_":`) }

func claimFaults() []fault {
	now := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	raw := func(f func(string) string) func(*faulty.World) { return alter(token, faulty.RawIDToken(f)) }
	return []fault{
		{name: "not a jwt", break_: raw(func(string) string { return "not-a-jwt" }), want: []string{"id-token-not-a-jwt"}, says: []string{"9 characters"}},
		{name: "cut jwt", break_: raw(func(s string) string { return s[:len(s)-200] }), want: []string{"signature-invalid"}},
		{name: "alg none", break_: raw(faulty.Unsigned), want: []string{"alg-none"}},
		{name: "unknown key", break_: idToken(func(h, _ map[string]any) { h["kid"] = "656ea50" }), want: []string{"signature-unknown-key"}, says: []string{"656ea50"}},
		{name: "bad signature", break_: raw(flipLast), want: []string{"signature-invalid"}},
		{name: "hs256", break_: raw(func(s string) string {
			return "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + strings.Split(s, ".")[1] + ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		}), want: []string{"alg-not-accepted"}},
		{name: "another issuer", break_: set("iss", "https://localhost:8975"), want: []string{"issuer-differs"}, says: []string{"http and https", "byte 5"}},
		{name: "no issuer", break_: set("iss", nil), want: []string{"issuer-differs"}},
		{name: "another audience", break_: set("aud", []string{"somebody"}), want: []string{"audience-wrong"}, says: []string{"somebody"}},
		{name: "another azp", break_: set("azp", "somebody"), want: []string{"audience-wrong"}},
		{name: "another nonce", break_: set("nonce", "other"), want: []string{"nonce-wrong"}},
		{name: "no nonce", break_: set("nonce", nil), want: []string{"nonce-missing"}},
		{name: "no sub", break_: set("sub", nil), want: []string{"claim-wrong"}},
		{name: "no exp", break_: set("exp", nil), want: []string{"claim-wrong"}},
		{name: "no iat", break_: set("iat", nil), want: []string{"claim-wrong"}},
		{name: "expired", break_: idToken(func(_, c map[string]any) { c["exp"] = now(-47 * time.Second) }), want: []string{"token-expired-on-arrival"}, says: []string{"47 s", "agrees with this machine"}},
		{name: "future", break_: idToken(func(_, c map[string]any) { c["iat"] = now(47 * time.Second) }), want: []string{"issued-in-future"}, says: []string{"47 s"}},
		{name: "our clock is behind", break_: alter(token, both(func(a *faulty.Answer) {
			a.Header.Set("Date", time.Now().Add(47*time.Second).UTC().Format(http.TimeFormat))
		}, faulty.IDToken(func(_, c map[string]any) { c["iat"] = now(47 * time.Second) }))), stages: [][]flow.Stage{flow.Login[:4]},
			want: []string{"issued-in-future", "clock-skew"}, says: []string{"NTP", "behind the server's"}},
		{name: "at_hash", break_: set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), want: []string{"at-hash-wrong"}},
		{name: "long claim", break_: set("iss", "https://"+strings.Repeat("x", 5000)), want: []string{"issuer-differs"}},
		{name: "keys html", break_: say(jwks, 200, "text/html", "<title>Keys</title>"), want: []string{"keys-unreadable"}},
		{name: "keys 404", break_: say(jwks, 404, "application/json", oauthError("not_found", "")), want: []string{"keys-unreadable"}},
	}
}

func flipLast(s string) string {
	i := len(s) - 10
	c := byte('A')
	if s[i] == c {
		c = 'B'
	}
	return s[:i] + string(c) + s[i+1:]
}

func laterFaults() []fault {
	refreshed := func(name string, value any) func(*faulty.World) {
		return onRefresh(faulty.IDToken(func(_, c map[string]any) { c[name] = value }))
	}
	kept := []string{"refresh-token-kept"}
	return []fault{
		{name: "userinfo 401", break_: say(userinfo, 401, "application/json", oauthError("invalid_grant", "invalid session")), want: []string{"userinfo-refused"}, says: []string{"Candidates"}},
		{name: "userinfo empty 401", break_: func(w *faulty.World) {
			w.Alter(userinfo, func(a *faulty.Answer) {
				a.Say(401, "", "")
				a.Header.Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			})
		}, want: []string{"userinfo-refused"}, says: []string{"invalid_token"}},
		{name: "userinfo 403", break_: say(userinfo, 403, "application/json", oauthError("insufficient_scope", "")), want: []string{"userinfo-refused"}, says: []string{"scope does not reach"}},
		{name: "userinfo html", break_: say(userinfo, 200, "text/html", "<title>Hi</title>"), want: []string{"not-an-oauth-answer"}},
		{name: "userinfo other sub", break_: alter(userinfo, func(a *faulty.Answer) { a.Swap(`"sub":"`, `"sub":"x`) }), want: []string{"userinfo-other-person"}},
		{name: "userinfo no sub", break_: swap(userinfo, `"sub":`, `"bus":`), want: []string{"userinfo-other-person"}},
		{name: "refresh refused", break_: onRefresh(func(a *faulty.Answer) {
			a.Say(400, "application/json", oauthError("invalid_grant", "invalid refresh token"))
		}), stages: loginRefresh(),
			want: []string{"refresh-refused"}, says: []string{"#1 was 0 s old", "newest of its line", "client is the same", "Candidates"}},
		{name: "refresh after revocation", stages: [][]flow.Stage{flow.Login, flow.Revoke, flow.Refresh}, want: []string{"refresh-refused"}, says: []string{"revoked here"}},
		{name: "refresh of another client", change: []func(*flow.Config){tokenParamOnRefresh()}, break_: onRefresh(func(a *faulty.Answer) {
			a.Say(400, "application/json", oauthError("invalid_request", "client id doesn't match the refresh token"))
		}), stages: loginRefresh(), want: []string{"refresh-refused"}, says: []string{"another client"}},
		{name: "refresh asks for more", change: refreshScope("openid email"), break_: onRefresh(func(a *faulty.Answer) {
			a.Say(400, "application/json", oauthError("invalid_scope", ""))
		}), stages: loginRefresh(), want: []string{"refresh-scope-refused"}, says: []string{"`email`"}},
		{name: "refresh with less, on Authgear", change: refreshScope("openid"), stages: loginRefresh(), want: []string{"refresh-scope-ignored"}, info: kept, says: []string{"never returns one"}},
		{name: "refresh with less, and told", change: refreshScope("openid"), break_: func(w *faulty.World) {
			w.Alter(discovery, func(a *faulty.Answer) { a.Swap("https://authgear.com/scopes/", "x:") })
			onRefresh(func(a *faulty.Answer) { a.Swap(`{"access_token"`, `{"scope":"openid offline_access","access_token"`) })(w)
		}, stages: loginRefresh(), want: []string{"refresh-scope-ignored"}, info: kept, says: []string{"`openid offline_access`"}},
		{name: "refresh with less, and taken", change: refreshScope("openid"), break_: func(w *faulty.World) {
			w.Alter(discovery, func(a *faulty.Answer) { a.Swap("https://authgear.com/scopes/", "x:") })
			onRefresh(func(a *faulty.Answer) { a.Swap(`{"access_token"`, `{"scope":"openid","access_token"`) })(w)
		}, stages: loginRefresh(), info: kept},
		{name: "refresh 503", break_: onRefresh(func(a *faulty.Answer) { a.Say(503, "text/html", "no") }), stages: loginRefresh(), want: []string{"server-error"}},
		{name: "refreshed sub", break_: refreshed("sub", "somebody"), stages: loginRefresh(), want: []string{"refreshed-id-token-sub"}, info: kept},
		{name: "refreshed iss", break_: refreshed("iss", "https://else"), stages: loginRefresh(), want: []string{"refreshed-id-token-iss"}, info: kept},
		{name: "refreshed aud", break_: refreshed("aud", []string{"workshop-spa", "more"}), stages: loginRefresh(), want: []string{"audience-wrong", "refreshed-id-token-aud"}, info: kept},
		{name: "refreshed azp", break_: refreshed("azp", "workshop-spa"), stages: loginRefresh(), want: []string{"refreshed-id-token-azp"}, info: kept},
		{name: "refreshed auth_time", break_: refreshed("auth_time", 12), stages: loginRefresh(), want: []string{"refreshed-id-token-auth-time"}, info: kept},
		{name: "refreshed nonce", break_: refreshed("nonce", "other"), stages: loginRefresh(), want: []string{"refreshed-id-token-nonce"}, info: kept},
		{name: "refreshed iat", break_: refreshed("iat", 12), stages: loginRefresh(), want: []string{"refreshed-id-token-iat"}, info: kept},
		{name: "refresh without id_token", break_: onRefresh(func(a *faulty.Answer) { a.Swap(`"id_token":`, `"_":`) }), stages: loginRefresh(), info: []string{"refresh-token-kept", "refresh-without-id-token"}},
		{name: "healthy revocation", stages: loginRevoke()},
		{name: "revoked and alive", change: []func(*flow.Config){faulty.Client("workshop-rotating"), faulty.Scope("openid")}, stages: loginRevoke(),
			want: []string{"revoked-but-alive"}, info: []string{"no-refresh-token"}, says: []string{"Authgear takes what has a dot"}},
		{name: "revocation of an opaque access token", change: []func(*flow.Config){faulty.Scope("openid")}, stages: loginRevoke(), info: []string{"no-refresh-token"}},
		{name: "revocation refused", break_: say(revoke, 400, "application/json", oauthError("unsupported_token_type", "")), stages: loginRevoke(), want: []string{"revocation-refused"}},
		{name: "revocation redirected", break_: func(w *faulty.World) { w.Replace(revoke, http.RedirectHandler("/else", http.StatusFound).ServeHTTP) }, stages: loginRevoke(), want: []string{"revocation-refused"}},
	}
}

func refreshScope(scope string) []func(*flow.Config) {
	return []func(*flow.Config){func(c *flow.Config) { c.RefreshParams = append(c.RefreshParams, param("scope", scope)) }}
}

func tokenParamOnRefresh() func(*flow.Config) { return func(*flow.Config) {} }

// A finding is bounded, whatever a server sends.
func TestFindingsAreBounded(t *testing.T) {
	long := strings.Repeat("é\\u001b[2J ", 4000)
	for i, break_ := range []func(*faulty.World){
		say(discovery, 200, "text/html", "<title>"+strings.Repeat("x", 9000)+"</title>"),
		func(w *faulty.World) {
			say(discovery, 404, strings.Repeat("y", 3000), strings.Repeat("x", 9000))(w)
			say(rfc8414, 404, "", "")(w)
		},
		say(token, 400, "application/json", oauthError("invalid_grant", long)),
		say(token, 400, "application/json", oauthError(strings.Repeat("z", 4000), long)),
		say(token, 307, strings.Repeat("y", 3000), ""),
		say(userinfo, 401, "application/json", oauthError("x", long)),
		alter(token, func(a *faulty.Answer) { a.Swap(`1800`, `"`+strings.Repeat("9", 5000)+`"`) }),
		set("aud", strings.Repeat("q", 8000)),
		idToken(func(h, _ map[string]any) { h["kid"] = strings.Repeat("k", 3000) }),
		answer("error=" + strings.Repeat("e", 3000) + "&state=STATE&error_description=" + strings.Repeat("d", 5000)),
		answer("code=1&state=" + strings.Repeat("s", 9000)),
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			faulty.In(t, func(w *faulty.World) {
				t := w.T
				break_(w)
				s := w.Session()
				w.Run(s, flow.Login)
				fs := read(t, s)
				if len(fs) == 0 {
					t.Error("nothing is said of it")
				}
			})
		})
	}
}
