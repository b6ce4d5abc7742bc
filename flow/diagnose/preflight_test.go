package diagnose_test

import (
	"net/http"
	"strings"

	"authscope/flow"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/trace"
)

// ahead is a login with the look ahead.
func ahead() [][]flow.Stage { return [][]flow.Stage{flow.LoginFor(trace.Settings{})} }

func preflightFaults() []fault {
	client := func(id string) []func(*flow.Config) {
		return []func(*flow.Config){func(c *flow.Config) { c.ClientID = id }}
	}
	redirect := func(uri string) []func(*flow.Config) {
		return []func(*flow.Config){func(c *flow.Config) { c.RedirectURI = uri }}
	}
	scope := func(s string) []func(*flow.Config) { return []func(*flow.Config){faulty.Scope(s)} }
	onlyBefore := func(h http.HandlerFunc) func(*faulty.World) { // the first request, which is the look ahead
		return func(w *faulty.World) {
			n := 0
			w.Replace(authorize, func(o http.ResponseWriter, req *http.Request) {
				if n++; n == 1 {
					h(o, req)
					return
				}
				w.Tenant.ServeHTTP(o, req)
			})
		}
	}
	return []fault{
		{name: "healthy", stages: ahead()},
		{name: "unknown client", stages: ahead(), change: client("workshop-spa "), want: []string{"client-unknown"}, says: []string{"invalid client ID", "does not know this client", "status 400"}},
		{name: "redirect URI", stages: ahead(), change: redirect("http://localhost:8976/callback/"), want: []string{"redirect-uri-not-registered"},
			says: []string{"redirect URI is not allowed", "The client is known", "Register `http://localhost:8976/callback/`"}},
		{name: "a page that may mean the client", stages: ahead(), break_: say(authorize, 401, "text/html", "<h1>Unknown application"), want: []string{"client-unknown"}, says: []string{"Candidates", "Unknown application"}},
		{name: "a page that may mean the redirect URI", stages: ahead(), break_: say(authorize, 400, "text/html", "<p>Invalid parameter: redirect_uri"), want: []string{"redirect-uri-not-registered"}, says: []string{"Candidates"}},
		{name: "m2m", stages: ahead(), break_: say(authorize, 400, "text/plain", "error: unauthorized_client\nerror_description: m2m clients are not allowed to use the authorize endpoint"),
			want: []string{"client-unknown"}, says: []string{"--grant client-credentials"}},
		{name: "a page that says nothing", stages: ahead(), break_: say(authorize, 400, "text/html", "<h1>Oops"), want: []string{"authorization-page-error"}, says: []string{"Candidates", "--no-preflight"}},
		{name: "no such page", stages: ahead(), break_: say(authorize, 404, "text/html", "<h1>Not here"), want: []string{"authorization-page-error"}, says: []string{"realm"}},
		{name: "an error in the address", stages: ahead(), break_: func(w *faulty.World) {
			w.Replace(authorize, http.RedirectHandler("/error?error=redirect_mismatch", http.StatusFound).ServeHTTP)
		}, want: []string{"redirect-uri-not-registered"}, says: []string{"redirect_mismatch", "sent on"}},
		{name: "offline_access alone, ahead", stages: ahead(), change: scope("offline_access"), want: []string{"offline-access-alone"}, says: []string{"Before anybody signed in"}},
		{name: "unknown scope, ahead", stages: ahead(), change: scope("openid nothing"), want: []string{"invalid-scope"}, says: []string{"`nothing`"}},
		{name: "overloaded ahead", stages: ahead(), break_: onlyBefore(func(o http.ResponseWriter, _ *http.Request) { o.WriteHeader(503) }), info: []string{"preflight-unclear"}, says: []string{"status 503"}},
		{name: "silent ahead", stages: ahead(), break_: onlyBefore(hang), info: []string{"preflight-unclear"}},
		{name: "a code ahead", stages: ahead(), break_: onlyBefore(func(o http.ResponseWriter, req *http.Request) {
			http.Redirect(o, req, req.FormValue("redirect_uri")+"?code="+strings.Repeat("c", 32)+"&state="+req.FormValue("state"), http.StatusFound)
		}), info: []string{"preflight-code"}, says: []string{"never redeemed"}},
	}
}
