package flow_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/pipenet"
)

// web answers URLs from a table, as the whole internet would. A value that begins with > is a redirect.
type web struct {
	pages map[string]string
	asked []string
}

func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.asked = append(w.asked, r.URL.String())
	res := &http.Response{StatusCode: 200, Proto: "HTTP/1.1", Header: http.Header{"Content-Type": {"application/json"}}, Request: r}
	page, ok := w.pages[r.URL.String()]
	if to, redirect := strings.CutPrefix(page, ">"); redirect {
		res.StatusCode, page = http.StatusFound, ""
		res.Header.Set("Location", to)
	}
	if !ok {
		res.StatusCode = http.StatusNotFound
	}
	res.Body = io.NopCloser(strings.NewReader(page))
	return res, nil
}

const (
	issuerURL = "https://issuer.example"
	wellKnown = issuerURL + "/.well-known/openid-configuration"
	oneKey    = `{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`
)

func metadata(issuer, jwks string) string {
	return fmt.Sprintf(`{"issuer":%q,"jwks_uri":%q}`, issuer, jwks)
}

func TestFetchKeys(t *testing.T) {
	for _, c := range []struct {
		name, issuer string
		pages        map[string]string
		says         string // of the error, "" for one key
	}{
		{"plain", issuerURL, map[string]string{wellKnown: metadata(issuerURL, issuerURL+"/keys"), issuerURL + "/keys": oneKey}, ""},
		{"keys on another host", issuerURL, map[string]string{wellKnown: metadata(issuerURL, "https://keys.example/k"), "https://keys.example/k": oneKey}, ""},
		{"metadata of RFC 8414", issuerURL + "/t", map[string]string{issuerURL + "/.well-known/oauth-authorization-server/t": metadata(issuerURL+"/t", issuerURL+"/keys"), issuerURL + "/keys": oneKey}, ""},
		{"a redirect", issuerURL, map[string]string{wellKnown: metadata(issuerURL, issuerURL+"/keys"), issuerURL + "/keys": ">https://cdn.example/k", "https://cdn.example/k": oneKey}, ""},
		{"http on this machine", "http://127.0.0.1:9/", map[string]string{"http://127.0.0.1:9/.well-known/openid-configuration": metadata("http://127.0.0.1:9/", "http://localhost:9/k"), "http://localhost:9/k": oneKey}, ""},
		{"http", "http://issuer.example", nil, "is not https"},
		{"keys over http", issuerURL, map[string]string{wellKnown: metadata(issuerURL, "http://issuer.example/keys"), "http://issuer.example/keys": oneKey}, "is not https"},
		{"redirect to http", issuerURL, map[string]string{wellKnown: ">http://issuer.example/m"}, "is not https"},
		{"redirect to this machine", issuerURL, map[string]string{wellKnown: ">https://127.0.0.1/m"}, "is on this machine"},
		{"keys on this machine", issuerURL, map[string]string{wellKnown: metadata(issuerURL, "https://localhost:8443/keys")}, "is on this machine"},
		{"redirects without end", issuerURL, map[string]string{wellKnown: ">" + wellKnown}, "a redirect to"},
		{"another issuer", issuerURL, map[string]string{wellKnown: metadata("https://other.example", issuerURL+"/keys")}, "another issuer"},
		{"no metadata", issuerURL, nil, "metadata"},
		{"no jwks_uri", issuerURL, map[string]string{wellKnown: `{"issuer":"` + issuerURL + `"}`}, "no jwks_uri"},
		{"keys that are none", issuerURL, map[string]string{wellKnown: metadata(issuerURL, issuerURL+"/keys"), issuerURL + "/keys": "[]"}, "a set of keys"},
		{"no keys", issuerURL, map[string]string{wellKnown: metadata(issuerURL, issuerURL+"/keys")}, "status 404"},
		{"a file", "file:///etc/passwd", nil, "not an https URL"},
		{"with a password", "https://a:b@issuer.example", nil, "user name or password"},
		{"nothing", "", nil, "no issuer"},
	} {
		w := &web{pages: c.pages}
		keys, err := flow.FetchKeys(t.Context(), flow.Env{Transport: w}, c.issuer)
		switch {
		case c.says == "" && (err != nil || len(keys) != 1 || keys[0].ID != "k1"):
			t.Errorf("%s: %d keys, error %v, want the one key; asked %q", c.name, len(keys), err, w.asked)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s: error %v, want %q; asked %q", c.name, err, c.says, w.asked)
		}
		for _, u := range w.asked {
			if strings.HasPrefix(u, "http://issuer") || strings.Contains(u, "127.0.0.1/m") || strings.Contains(u, ":8443") {
				t.Errorf("%s: %s was asked", c.name, u)
			}
		}
		if len(w.asked) > 8 {
			t.Errorf("%s: %d requests", c.name, len(w.asked))
		}
	}
}

// TestFetchKeysOfTenant asks the embedded tenant over a network, and one that never answers.
func TestFetchKeysOfTenant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var net pipenet.Net
		tenant := demo.New(demo.Options{Issuer: "http://127.0.0.1:8975"})
		stop, err := net.Serve("127.0.0.1:8975", tenant)
		if err != nil {
			t.Fatal(err)
		}
		keys, err := flow.FetchKeys(t.Context(), flow.Env{Transport: net.Transport()}, "http://127.0.0.1:8975")
		if err != nil || len(keys) == 0 || keys[0].Public == nil {
			t.Errorf("keys of the embedded tenant: %v, error %v", keys, err)
		}
		stop()
		silent, err := net.Serve("127.0.0.1:8976", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err = flow.FetchKeys(context.Background(), flow.Env{Transport: net.Transport()}, "http://127.0.0.1:8976")
		if took := time.Since(began); err == nil || took > 31*time.Second {
			t.Errorf("an issuer that does not answer: error %v after %s, want one after 30 s", err, took)
		}
		silent()
		time.Sleep(time.Minute) // what closes in the background has time to
	})
}
