package diagnose_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
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

// spoke holds the ids of the findings that tests met.
var spoke = map[string]bool{}

// TestMain also holds that every rule speaks in some test.
func TestMain(m *testing.M) {
	code := m.Run()
	if whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.fuzz").Value.String() == ""; whole && code == 0 {
		for _, id := range diagnose.IDs() {
			if !spoke[id] {
				fmt.Printf("no test makes the rule %s speak\n", id)
				code = 1
			}
		}
	}
	os.Exit(code)
}

// wants runs stages without a person, and compares the findings.
func want(t *testing.T, s *flow.Session, when string, wanted ...string) []diagnose.Finding {
	t.Helper()
	fs := read(t, s)
	if got := ids(fs); !slices.Equal(got, wanted) {
		t.Errorf("%s: findings %v, want %v", when, got, wanted)
	}
	return fs
}

func TestNoAnswerYet(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- flow.Run(ctx, s, flow.Login, w.Nobody()) }()
		time.Sleep(19 * time.Second)
		want(t, s, "after 19 s")
		time.Sleep(2 * time.Second)
		fs := want(t, s, "after 21 s", "no-answer-yet")
		if !strings.Contains(fs[0].Means+fs[0].Do, "`http://127.0.0.1:8976/callback`") {
			t.Errorf("the exact redirect URI is not named: %s", fs[0].Do)
		}
		w.Browse("GET", "http://127.0.0.1:8976/callback/?code=1")
		fs = want(t, s, "after another path", "no-answer-yet", "stray-request")
		if !strings.Contains(fs[0].Seen, "GET `/callback/`") {
			t.Errorf("the other path is not named: %s", fs[0].Seen)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the cancelled run ended with %v", err)
		}
		s.Close()
	})
}

func TestNotListening(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session(func(c *flow.Config) { c.RedirectURI = "https://app.example/cb" })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- flow.Run(ctx, s, flow.Login, w.Nobody()) }()
		time.Sleep(time.Minute)
		fs := want(t, s, "with an https redirect URI", "not-listening")
		if !strings.Contains(fs[0].Do, "press p") {
			t.Errorf("how to paste is not said: %s", fs[0].Do)
		}
		cancel()
		<-done
	})
}

func TestAnswerAfterCancel(t *testing.T) {
	for _, client := range []string{"workshop-spa", "workshop-rotating"} {
		faulty.In(t, func(w *faulty.World) {
			t := w.T
			s := w.Session(faulty.Client(client))
			if err := w.Run(s, flow.Login); err != nil {
				t.Fatal(err)
			}
			w.Alter(token, func(*faulty.Answer) { time.Sleep(5 * time.Second) })
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			flow.Run(ctx, s, flow.Refresh, flow.Hooks{})
			time.Sleep(10 * time.Second)
			fs := read(t, s)
			if fs[0].ID != "answer-after-cancel" {
				t.Fatalf("%s: findings %v", client, ids(fs))
			}
			if says := strings.Contains(fs[0].Means, "used up the old refresh token"); says != (client == "workshop-rotating") {
				t.Errorf("%s: what became of the refresh token is wrong: %s", client, fs[0].Means)
			}
			w.Heal()
			if err := flow.Run(t.Context(), s, flow.Refresh, flow.Hooks{}); err != nil {
				t.Errorf("%s: the refresh after the late answer failed: %v", client, err)
			}
			calm(t, "refresh after a late answer", read(t, s))
		})
	}
}

// A lost answer cost the refresh token: the next refusal is explained by it.
func TestRefusedAfterLostAnswer(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session(faulty.Client("workshop-rotating"))
		if err := w.Run(s, flow.Login); err != nil {
			t.Fatal(err)
		}
		w.Alter(token, func(a *faulty.Answer) { time.Sleep(5 * time.Second); a.Swap(`"refresh_token":`, `"_":`) })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		flow.Run(ctx, s, flow.Refresh, flow.Hooks{})
		time.Sleep(10 * time.Second)
		w.Heal()
		flow.Run(t.Context(), s, flow.Refresh, flow.Hooks{})
		fs := read(t, s)
		if len(fs) == 0 || fs[0].ID != "refresh-refused" || !strings.Contains(fs[0].Seen, "given up") {
			t.Errorf("findings %v, want the lost answer as the cause: %+v", ids(fs), fs)
		}
	})
}

func TestExpiredAtUserInfo(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		if err := w.Run(s, flow.Login[:5]); err != nil {
			t.Fatal(err)
		}
		time.Sleep(31 * time.Minute)
		w.Run(s, flow.Login[5:])
		fs := want(t, s, "UserInfo with an expired token", "userinfo-refused")
		if !strings.Contains(fs[0].Means, "had expired") {
			t.Errorf("the expiry is not named as the cause: %s", fs[0].Means)
		}
	})
}

func TestOldCode(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		if err := w.Run(s, flow.Login[:3]); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Minute)
		w.Run(s, flow.LoginFrom(trace.Exchange))
		fs := want(t, s, "a code six minutes old", "code-rejected")
		if !strings.Contains(fs[0].Seen, "360 s old") || !strings.Contains(fs[0].Means, "too old") {
			t.Errorf("the age is not the cause: %s %s", fs[0].Seen, fs[0].Means)
		}
	})
}

func TestCodeUsedTwice(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		if err := w.Run(s, flow.Login[:4]); err != nil {
			t.Fatal(err)
		}
		w.Run(s, flow.Login[3:4])
		fs := read(t, s)
		if fs[0].ID != "code-rejected" || !strings.Contains(fs[0].Means, "works once") {
			t.Errorf("the second use is not the cause: %v %s", ids(fs), fs[0].Means)
		}
	})
}

// PKCE can only be missing where a held request was edited.
func TestPKCETakenOut(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		s := w.Session()
		defer s.Close()
		hooks := w.Agent()
		hooks.Hold = func(_ context.Context, d trace.Draft) (trace.Draft, error) {
			if d.Front {
				d.URL = strings.ReplaceAll(d.URL, "code_challenge", "no_challenge")
			}
			return d, nil
		}
		flow.Run(t.Context(), s, flow.Login, hooks)
		want(t, s, "without code_challenge", "pkce-required")
	})
}

// What a bubble cannot have is read from traces that were made by hand.
func TestHandMadeTraces(t *testing.T) {
	settings := trace.Settings{Issuer: "https://tenant.example", ClientID: "c", RedirectURI: flow.DefaultRedirectURI, Scope: "openid"}
	noTLS := settings
	noTLS.Issuer = "http://tenant.example"
	get := trace.Ready{Method: http.MethodGet, URL: "https://tenant.example/.well-known/openid-configuration"}
	for _, c := range []struct {
		id, says string
		settings trace.Settings
		data     []trace.Data
	}{
		{"unreachable-dns", "VPN", settings, []trace.Data{get, trace.CallFailed{Err: "lookup tenant.example: no such host", Class: trace.ErrDNS}}},
		{"unreachable-tls", "--ca-file", settings, []trace.Data{get, trace.CallFailed{Err: "tls: failed to verify certificate: x509: certificate signed by unknown authority", Class: trace.ErrTLS}}},
		{"unreachable-tls", "date and time", settings, []trace.Data{get, trace.CallFailed{Err: "x509: certificate has expired or is not yet valid: current time …", Class: trace.ErrTLS}}},
		{"unreachable-tls", "another name", settings, []trace.Data{get, trace.CallFailed{Err: "x509: certificate is valid for a.example, not tenant.example", Class: trace.ErrTLS}}},
		{"unreachable-tls", "does not speak TLS", settings, []trace.Data{get, trace.CallFailed{Err: "http: server gave HTTP response to HTTPS client", Class: trace.ErrTLS}}},
		{"unreachable-tls", "no certificate for this name", settings, []trace.Data{get, trace.CallFailed{Err: "remote error: tls: handshake failure", Class: trace.ErrTLS}}},
		{"unreachable", "no HTTP response", settings, []trace.Data{get, trace.CallFailed{Err: `net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0"`, Class: trace.ErrOther}}},
		{"unreachable", "Correct the address", settings, []trace.Data{get, trace.CallFailed{Err: `unsupported protocol scheme "file"`, Class: trace.ErrOther}}},
		{"unreachable-tls", "A proxy that opens TLS", settings, []trace.Data{get, trace.CallFailed{Err: "x509: certificate signed by unknown authority", Class: trace.ErrTLS, Proxy: "http://proxy.example:3128"}}},
		{"unreachable-timeout", "NO_PROXY", settings, []trace.Data{get, trace.CallFailed{Err: "context deadline exceeded", Class: trace.ErrTimeout, Proxy: "http://proxy.example:3128"}}},
		{"issuer-http", "--ca-file", noTLS, nil},
	} {
		events := []trace.Event{{At: time.Unix(1e9, 0), Data: c.settings}}
		for _, d := range c.data {
			events = append(events, trace.Event{At: time.Unix(1e9, 0), Call: 1, Data: d})
		}
		fs := diagnose.Read(story.Read(events), time.Unix(1e9, 0))
		note(fs)
		if len(fs) != 1 || fs[0].ID != c.id || !strings.Contains(fs[0].Means+fs[0].Do, c.says) {
			t.Errorf("%s: findings %+v, want one that says %q", c.id, fs, c.says)
		}
	}
}

func TestOpenIDNotAsked(t *testing.T) {
	faulty.InWith(t, demo.Options{AllowOfflineAccessAlone: true}, func(w *faulty.World) {
		s := w.Session(faulty.Scope("offline_access"))
		if err := w.Run(s, flow.Login); err != nil {
			w.T.Fatal(err)
		}
		want(w.T, s, "plain OAuth", "openid-not-asked")
	})
}

func TestSuspended(t *testing.T) {
	began := time.Unix(1e9, 0)
	fs := diagnose.Read(story.Read([]trace.Event{
		{At: began, Data: trace.Settings{Issuer: "https://tenant.example"}},
		{At: began.Add(time.Hour), Mono: time.Second, Data: trace.Choice{What: "x"}},
	}), began.Add(time.Hour))
	note(fs)
	if got := ids(fs); !slices.Equal(got, []string{"suspended"}) {
		t.Errorf("after an hour's sleep: findings %v", got)
	}
}

func note(fs []diagnose.Finding) {
	for _, f := range fs {
		spoke[f.ID] = true
	}
}

// A secret that a server repeats in its words is in no finding.
func TestNoSecretInFindings(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		var secret string
		w.Alter(userinfo, func(a *faulty.Answer) {
			_, secret, _ = strings.Cut(a.Request.Header.Get("Authorization"), " ")
			a.Say(401, "application/json", oauthError("invalid_token", "the token "+secret+" is not known; access_token="+secret))
		})
		s := w.Session()
		w.Run(s, flow.Login)
		fs := want(t, s, "a token in the words", "userinfo-refused")
		if text := asJSON(t, fs); secret == "" || strings.Contains(text, secret) || strings.Contains(text, secret[:8]) {
			t.Errorf("the access token stands in a finding: %s", text)
		}
	})
}
