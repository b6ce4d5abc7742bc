package cli_test

import (
	"context"
	"net/http"
	"testing"
	"time"
)

// TestInterrupted ends runs in the middle: the result is printed all the same.
func TestInterrupted(t *testing.T) {
	for _, c := range []struct {
		name, stage string
		args        []string
		block       string // the path whose request is never answered
		stages      string
	}{
		{"while it waits for the answer", "callback", []string{"--sign-in", "paste", "--refresh", "1", "--revoke"}, "",
			"discover passed, preflight passed, authorize passed, callback cancelled, exchange pending, verify pending, userinfo pending, refresh pending, revoke pending"},
		{"while it waits for the tenant", "discover", nil, "/.well-known/openid-configuration",
			"discover cancelled, preflight pending, authorize pending, callback pending, exchange pending, verify pending, userinfo pending"},
		{"while the code is under way", "exchange", nil, "/oauth2/token",
			"discover passed, preflight passed, authorize passed, callback passed, exchange cancelled, verify pending, userinfo pending"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inBench(t, func(b *bench) {
				defer b.stdin().Close()
				ctx, interrupt := context.WithCancel(b.ctx)
				b.ctx = ctx
				b.world.Transport = blocking{b.net.Transport(), c.block}
				time.AfterFunc(3*time.Second, interrupt)
				b.want(130, append([]string{"run", "--json"}, c.args...)...)
				if got := b.result().stages(); got != c.stages {
					t.Errorf("stages\n got: %s\nwant: %s", got, c.stages)
				}
				b.says("cancelled")
			})
		})
	}
}

// blocking never answers requests for a path.
type blocking struct {
	http.RoundTripper
	path string
}

func (r blocking) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Path == r.path {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	return r.RoundTripper.RoundTrip(req)
}

func TestTimeout(t *testing.T) {
	inBench(t, func(b *bench) {
		defer b.stdin().Close()
		began := time.Now()
		b.want(1, "run", "--json", "--sign-in", "paste", "--timeout", "7s", "--refresh", "1")
		if took := time.Since(began); took < 7*time.Second || took > 10*time.Second {
			t.Errorf("it took %s, want 7s", took)
		}
		want := "discover passed, preflight passed, authorize passed, callback cancelled, exchange pending, verify pending, userinfo pending, refresh pending"
		if got := b.result().stages(); got != want {
			t.Errorf("stages\n got: %s\nwant: %s", got, want)
		}
		b.says("--timeout")
	})
}

// TestInterruptedComparison ends a comparison in its first run: the second does not begin.
func TestInterruptedComparison(t *testing.T) {
	inBench(t, func(b *bench) {
		defer b.stdin().Close()
		ctx, interrupt := context.WithCancel(b.ctx)
		b.ctx = ctx
		time.AfterFunc(3*time.Second, interrupt)
		b.want(130, "run", "--json", "--sign-in", "paste", "--compare-scope", "openid")
		if r := b.result(); len(r.Runs) != 0 || len(r.Stages) == 0 {
			t.Errorf("want the one run that there was, got %d runs", len(r.Runs))
		}
	})
}
