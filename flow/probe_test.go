package flow_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"authscope/flow"
)

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		name    string
		issuers []string
		want    string // the issuer that answers
		err     string // or what is said
		others  int
	}{
		{"the issuer", []string{issuer}, issuer, "", 0},
		{"the second is it", []string{issuer + "/oauth2", issuer}, issuer, "", 0},
		{"with a slash it is another", []string{issuer + "/"}, "", "iss", 0},
		{"with a slash, and then without", []string{issuer + "/", issuer}, issuer, "", 0},
		{"none listens", []string{"http://localhost:9999", "http://localhost:9998"}, "", "localhost:9999", 1},
		{"no metadata", []string{"http://localhost:9001"}, "", "404", 0},
		{"a page", []string{"http://localhost:9002"}, "", "metadata", 0},
		{"none at all", nil, "", "no issuer", 0},
		{"no URL", []string{"::"}, "", "not an https URL", 0},
		{"hangs", []string{"http://localhost:9003"}, "", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				for at, h := range map[string]http.HandlerFunc{
					"127.0.0.1:9001": http.NotFound,
					"127.0.0.1:9002": func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<html>hello</html>")) },
					"127.0.0.1:9003": func(_ http.ResponseWriter, r *http.Request) {
						select {
						case <-r.Context().Done():
						case <-time.After(time.Hour):
						}
					},
				} {
					stop, err := w.net.Serve(at, h)
					if err != nil {
						w.t.Fatal(err)
					}
					defer stop()
				}
				got := flow.Probe(w.t.Context(), flow.Env{Transport: w.net.Transport(), Timeout: 5 * time.Second}, c.issuers...)
				if got.Issuer != c.want || got.Others != c.others {
					w.t.Errorf("%v answered as %q after %d others, want %q after %d", c.issuers, got.Issuer, got.Others, c.want, c.others)
				}
				switch {
				case c.want != "" && (got.Err != nil || got.Metadata == nil || !slices.Contains(got.Metadata.ScopesSupported, "openid")):
					w.t.Errorf("the metadata is %+v, and %v", got.Metadata, got.Err)
				case c.want == "" && (got.Err == nil || !strings.Contains(got.Err.Error(), c.err)):
					w.t.Errorf("%v: said %v, want %q in it", c.issuers, got.Err, c.err)
				}
			})
		})
	}
}

// TestProbeBounded holds that a long list of candidates is not a scan.
func TestProbeBounded(t *testing.T) {
	inWorld(t, func(w *world) {
		asked := map[string]bool{}
		rt := roundTrip(func(r *http.Request) (*http.Response, error) {
			asked[r.URL.Path] = true
			return w.net.Transport().RoundTrip(r)
		})
		var many []string
		for i := range 100 {
			many = append(many, issuer+"/"+strings.Repeat("x", i+1))
		}
		if got := flow.Probe(w.t.Context(), flow.Env{Transport: rt}, many...); got.Issuer != "" {
			w.t.Errorf("%s answered, want none", got.Issuer)
		}
		if len(asked) > 16 {
			w.t.Errorf("%d addresses were asked of 100 candidates, want 16 at most", len(asked))
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
