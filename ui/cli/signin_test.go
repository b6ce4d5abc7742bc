package cli_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"authscope/flow/demo"
)

// urlOn waits until the authorization URL stands on stderr.
func (b *bench) urlOn() string {
	pattern := regexp.MustCompile(`(?m)^http\S+/oauth2/authorize\?\S+$`)
	for range 100 {
		if url := pattern.FindString(b.err.String()); url != "" {
			return url
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ""
}

// elsewhere is the network of a browser on another machine: what goes to the redirect URI ends there.
type elsewhere struct {
	http.RoundTripper
	last *string
}

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() == "localhost" {
		return e.RoundTripper.RoundTrip(r)
	}
	*e.last = r.URL.String()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

// signInElsewhere signs in on another machine and returns the URL at which the browser ends there.
func (b *bench) signInElsewhere(authorizeURL string) (final string) {
	if _, err := demo.SignIn(b.ctx, elsewhere{b.net.Transport(), &final}, authorizeURL, demo.DemoUser()); err != nil {
		b.t.Error(err)
	}
	return final
}

func TestPaste(t *testing.T) {
	for _, redirect := range []string{"https://app.example/callback", "http://127.0.0.1:8976/callback", "com.example.app:/callback"} {
		inBench(t, func(b *bench) {
			stdin := b.stdin()
			done := b.start("run", "--json", "--sign-in", "paste", "--redirect-uri", redirect)
			time.Sleep(time.Second)
			if redirect == "com.example.app:/callback" {
				stdin.Close() // what such a URI ends at, no test can tell
				if status := <-done; status != 1 {
					t.Errorf("exit status %d after stdin ended, want 1", status)
				}
				b.says("the standard input ended")
				return
			}
			io.WriteString(stdin, "\n  "+b.signInElsewhere(b.urlOn())+"\n")
			if status := <-done; status != 0 {
				t.Errorf("exit status %d, want 0\n%s", status, b.err)
			}
			if got := b.result().stages(); got != loggedIn {
				t.Errorf("stages %s", got)
			}
			stdin.Close()
		})
	}
}

func TestPasteOfSomethingElse(t *testing.T) {
	inBench(t, func(b *bench) {
		b.world.Stdin = strings.NewReader("http://127.0.0.1:8976/callback?code=stolen&state=somebody-elses\n")
		b.want(1, "run", "--json", "--sign-in", "paste")
		if status, reason := b.result().stage("callback"); status != "failed" || !strings.Contains(reason, "state") {
			t.Errorf("an answer with a wrong state: callback is %s: %s", status, reason)
		}
	})
}

func TestBrowser(t *testing.T) {
	inBench(t, func(b *bench) {
		b.env["BROWSER"] = "from-env"
		b.world.OpenURL = func(ctx context.Context, command, url string) error {
			if command != "from-env" {
				t.Errorf("the browser's command is %q, want that of $BROWSER", command)
			}
			go demo.SignIn(ctx, b.net.Transport(), url, demo.DemoUser())
			return nil
		}
		b.want(0, "run", "--json", "--sign-in", "browser")
		b.says("sign in in the browser")
	})
	inBench(t, func(b *bench) {
		b.env["BROWSER"] = "from-env"
		b.world.OpenURL = func(_ context.Context, command, _ string) error {
			if command != "from-flag %s" {
				t.Errorf("the browser's command is %q, want that of --browser", command)
			}
			return errors.New("no browser could be started")
		}
		stdin := b.stdin()
		done := b.start("run", "--json", "--sign-in", "browser", "--browser", "from-flag %s")
		time.Sleep(time.Second)
		io.WriteString(stdin, b.signInElsewhere(b.urlOn())+"\n")
		if status := <-done; status != 0 {
			t.Errorf("exit status %d after a paste, want 0\n%s", status, b.err)
		}
		b.says("no browser could be started", "paste the URL")
		stdin.Close()
	})
}

// TestRealTenant logs in to a tenant that is not embedded, with a client secret from a file.
func TestRealTenant(t *testing.T) {
	for _, c := range []struct{ content, method, want string }{
		{"workshop-web-secret\n", "", "client_secret_basic"},
		{"workshop-web-secret\r\n", "basic", "client_secret_basic"},
		{"workshop-web-secret", "post", "client_secret_post"},
	} {
		inBench(t, func(b *bench) {
			stop, err := b.net.Serve("127.0.0.1:3000", demo.New(demo.Options{Issuer: "http://localhost:3000", Key: tenantKey()}))
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			b.world.OpenURL = func(ctx context.Context, _, url string) error {
				go demo.SignIn(ctx, b.net.Transport(), url, demo.DemoUser())
				return nil
			}
			args := []string{"run", "--json", "--issuer", "http://localhost:3000", "--client-id", "workshop-web", "--client-secret-file", file(t, "secret", c.content, 0o600)}
			if c.method != "" {
				args = append(args, "--client-auth", c.method)
			}
			b.want(0, args...)
			if got := b.result().Settings.ClientAuth; got != c.want {
				t.Errorf("--client-auth %q: the method is %s, want %s", c.method, got, c.want)
			}
			if strings.Contains(b.out.String()+b.err.String(), "workshop-web-secret") {
				t.Error("the client secret stands in the output")
			}
		})
	}
}
