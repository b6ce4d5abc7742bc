package cli_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// echo is a token endpoint that repeats what it refuses.
type echo struct {
	http.RoundTripper
	code, verifier string
}

func (e *echo) RoundTrip(req *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(req.URL.Path, "/oauth2/token") {
		return e.RoundTripper.RoundTrip(req)
	}
	b, _ := io.ReadAll(req.Body)
	form, _ := url.ParseQuery(string(b))
	e.code, e.verifier = form.Get("code"), form.Get("code_verifier")
	body := `{"error":"invalid_grant","error_description":"code ` + e.code + ` does not fit ` + e.verifier + `"}`
	return &http.Response{StatusCode: 400, Proto: "HTTP/1.1", Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

// What a server repeats of the secrets that it got reaches neither stdout nor stderr.
func TestServerRepeatsSecrets(t *testing.T) {
	for _, args := range [][]string{{"run"}, {"run", "--json"}} {
		inBench(t, func(b *bench) {
			e := &echo{RoundTripper: b.world.Transport}
			b.world.Transport = e
			b.want(1, args...)
			b.says("invalid_grant: code ")
			if e.code == "" || e.verifier == "" {
				b.t.Fatal("the token endpoint was not asked")
			}
			for name, out := range map[string]string{"stdout": b.out.String(), "stderr": b.err.String()} {
				if strings.Contains(out, e.code) || strings.Contains(out, e.verifier) {
					b.t.Errorf("%v: %s shows the code or the verifier:\n%s", args, name, out)
				}
			}
		})
	}
}
