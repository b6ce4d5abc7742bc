package flow_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/pipenet"
	"authscope/flow/story"
	"authscope/flow/trace"
)

// What goes through a proxy says so, without the proxy's password, and what a proxy prevents is not laid at the tenant's door.
func TestProxy(t *testing.T) {
	for _, c := range []struct {
		name, ask string
		proxy     http.HandlerFunc // nil: nobody listens there
		title     string           // of the first finding, "" if an answer came
	}{
		{"passes on", "http://tenant.example/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "{}") }, ""},
		{"not there", "https://tenant.example/.well-known/openid-configuration", nil, "The proxy cannot be reached"},
		{"wants a password", "https://tenant.example/.well-known/openid-configuration", refuse(http.StatusProxyAuthRequired), "The proxy wants a password"},
		{"refuses", "https://tenant.example/.well-known/openid-configuration", refuse(http.StatusForbidden), "The proxy does not let the request through"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var net pipenet.Net
				if c.proxy != nil {
					stop, err := net.Serve("127.0.0.1:3128", c.proxy)
					if err != nil {
						t.Fatal(err)
					}
					defer stop()
				}
				base := net.Transport()
				base.Proxy = http.ProxyURL(&url.URL{Scheme: "http", User: url.UserPassword("ada", "proxy-password"), Host: "127.0.0.1:3128"})
				authority, err := demo.NewAuthority()
				if err != nil {
					t.Fatal(err)
				}
				through, err := flow.Trusting(base, authority.PEM())
				if err != nil {
					t.Fatal(err)
				}
				log := &trace.Log{}
				log.Append(0, trace.Settings{Issuer: "https://tenant.example", ClientID: "c"})
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.ask, nil)
				if err != nil {
					t.Fatal(err)
				}
				res, err := (&trace.Transport{Log: log, Base: through}).RoundTrip(req)
				if (err == nil) != (c.title == "") {
					t.Fatalf("asked through the proxy: %v", err)
				}
				if res != nil {
					res.Body.Close()
				}
				s := story.Read(log.Since(0))
				call := s.Calls()[0]
				if call.Proxy != "http://127.0.0.1:3128" {
					t.Errorf("the call went through the proxy %q, want its URL without the password", call.Proxy)
				}
				if shown := fmt.Sprint(call.Sections); !strings.Contains(shown, "NO_PROXY") || strings.Contains(shown, "proxy-password") {
					t.Errorf("the rows of the call are %s, want the proxy, without its password", shown)
				}
				if c.title == "" {
					return
				}
				found := diagnose.Read(s, time.Now())
				if len(found) != 1 || found[0].Title != c.title || !strings.Contains(found[0].Do, "NO_PROXY") {
					t.Errorf("findings %+v, want one: %s", found, c.title)
				}
				base.CloseIdleConnections()
			})
		})
	}
}

func refuse(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) }
}
