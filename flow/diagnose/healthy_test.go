package diagnose_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
	"authscope/flow/diagnose"
	"authscope/flow/diagnose/faulty"
	"authscope/flow/recording"
	"authscope/flow/recording/harfile"
	"authscope/flow/story"
	"authscope/flow/trace"
	"authscope/jwtview"
)

// TestHealthyAnswers walks every client with every way of answering and every way of sending its secret, to the end of the
// session: no error and no warning at any step.
func TestHealthyAnswers(t *testing.T) {
	for _, client := range demo.Clients() {
		methods := []trace.AuthMethod{trace.AuthNone}
		if client.Secret != "" {
			methods = []trace.AuthMethod{trace.AuthBasic, trace.AuthPost}
		}
		for _, method := range methods {
			for _, mode := range append([]string{""}, flow.ResponseModes...) {
				t.Run(strings.TrimSpace(fmt.Sprint(client.ID, " ", method, " ", mode)), func(t *testing.T) {
					faulty.In(t, func(w *faulty.World) {
						s := w.Session(func(c *flow.Config) {
							c.ClientID, c.ClientAuth, c.ClientSecret, c.ResponseMode = client.ID, method, trace.NewSecret(client.Secret), mode
						})
						for _, step := range []struct {
							name   string
							stages []flow.Stage
						}{
							{"login", flow.LoginFor(trace.Settings{})}, {"refresh", flow.Refresh}, {"refresh", flow.Refresh}, {"UserInfo", flow.UserInfo},
							{"call of UserInfo as an API", flow.Call(faulty.Issuer + "/oauth2/userinfo")}, {"revocation", flow.Revoke},
						} {
							if err := w.Run(s, step.stages); err != nil {
								w.T.Fatalf("%s: %v", step.name, err)
							}
							calm(w.T, step.name, read(w.T, s))
						}
					})
				})
			}
		}
	}
}

// TestHealthyGrants walks the grants without a browser: devices of every client that may be one, and machines for every API.
func TestHealthyGrants(t *testing.T) {
	for _, client := range demo.Clients() {
		for _, scope := range []string{"openid", "openid offline_access"} {
			t.Run("device "+client.ID+" "+scope, func(t *testing.T) {
				faulty.InWith(t, demo.Options{Device: true}, func(w *faulty.World) {
					s := w.Session(faulty.Client(client.ID), faulty.Scope(scope), func(c *flow.Config) { c.Grant = trace.GrantDevice })
					if err := w.Run(s, flow.Device); err != nil {
						w.T.Fatal(err)
					}
					calm(w.T, "sign-in", read(w.T, s))
					if strings.Contains(scope, "offline_access") {
						w.Run(s, flow.Refresh)
						calm(w.T, "refresh", read(w.T, s))
					}
				})
			})
		}
	}
	for _, m := range demo.Machines() {
		for _, api := range demo.Resources {
			for _, method := range []trace.AuthMethod{trace.AuthBasic, trace.AuthPost} {
				t.Run(fmt.Sprint("machine ", m.ID, " ", api, " ", method), func(t *testing.T) {
					faulty.In(t, func(w *faulty.World) {
						s := w.Session(faulty.Scope(""), func(c *flow.Config) {
							c.Grant, c.ClientID, c.ClientAuth, c.ClientSecret = trace.GrantClientCredentials, m.ID, method, trace.NewSecret(m.Secret)
							c.TokenParams = append(c.TokenParams, param("resource", api))
						})
						if err := w.Run(s, flow.ClientCredentials); err != nil {
							w.T.Fatal(err)
						}
						calm(w.T, "grant", read(w.T, s))
					})
				})
			}
		}
	}
}

// captured are recordings of a real Authgear server whose first login is healthy.
var captured = []string{"30-spa-offline", "31-spa-no-offline", "33-spa-sdk-scopes", "40-rotation"}

// TestCapturesAreCalm reads what a real Authgear server answered as somebody's recording: its metadata and keys, and of each
// login all up to the first answer of UserInfo. Nothing was wrong there, so nothing is called wrong.
func TestCapturesAreCalm(t *testing.T) {
	published := capture(t, "10-discovery", func(x harfile.Exchange) bool {
		return x.Status == http.StatusOK && (strings.Contains(x.URL, "openid-configuration") || strings.Contains(x.URL, "/jwks"))
	})
	if len(published) != 2 {
		t.Fatalf("metadata and keys are %d exchanges", len(published))
	}
	for _, name := range captured {
		t.Run(name, func(t *testing.T) {
			done := false
			login := capture(t, name, func(x harfile.Exchange) bool {
				before := done
				done = done || strings.HasSuffix(x.URL, "/userinfo") && x.Status == http.StatusOK
				return !before
			})
			all := append(slices.Clone(published), login...)
			for i := range all[:2] {
				all[i].At = login[0].At.Add(time.Duration(i-2) * time.Second)
				all[i].Done = all[i].At.Add(10 * time.Millisecond)
			}
			now := all[len(all)-1].Done
			r, err := recording.Read(harfile.Encode(all, harfile.Options{}), recording.Options{Now: now, Leeway: flow.DefaultLeeway})
			if err != nil || len(r.Sessions) != 1 {
				t.Fatalf("the capture is read as %d logins: %v", len(r.Sessions), err)
			}
			s := story.Read(r.Sessions[0])
			if s.Newest(story.AccessToken) == nil || s.Newest(story.IDToken) == nil {
				t.Fatal("the login has no tokens")
			}
			calm(t, "login", diagnose.Read(s, now))
			calm(t, "look at the tenant", diagnose.Tenant(s, now))
		})
	}
}

// capture reads exchanges of a capture, those that keep wants.
func capture(t *testing.T, name string, keep func(harfile.Exchange) bool) (out []harfile.Exchange) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "demo", "testdata", "captures", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 21, 8, 0, 0, time.UTC)
	if _, token, ok := strings.Cut(string(b), `"id_token":"`); ok { // the captures have no Date: the token tells when it was
		token, _, _ = strings.Cut(token, `"`)
		view := jwtview.Decode(token)
		at, _ = view.Time("iat")
	}
	for _, text := range strings.Split(string(b), strings.Repeat("-", 78)+"\n") {
		request, response, ok := strings.Cut(text, "\nHTTP/1.1 ")
		if !ok {
			continue // a remark
		}
		first, header, body := part(t, request)
		status, resHeader, resBody := part(t, response)
		method, target, _ := strings.Cut(strings.TrimSuffix(first, " HTTP/1.1"), " ")
		code, err := strconv.Atoi(status[:3])
		if err != nil {
			t.Fatal(err)
		}
		x := harfile.Exchange{At: at, Done: at.Add(10 * time.Millisecond), Method: method, URL: "http://localhost:3100" + target, Header: header, Body: []byte(body), Status: code, ResHeader: resHeader, ResBody: []byte(resBody)}
		if at = x.Done; keep(x) {
			out = append(out, x)
		}
	}
	return out
}

// part takes a message apart: its first line, header and body.
func part(t *testing.T, text string) (first string, h trace.Header, body string) {
	t.Helper()
	lines := strings.Split(strings.TrimLeft(text, "\n"), "\n")
	for len(lines) > 1 && (lines[0] == "" || strings.HasPrefix(lines[0], "#")) {
		lines = lines[1:]
	}
	first = lines[0]
	end := slices.Index(lines, "")
	if end < 0 {
		end = len(lines)
	}
	fields, err := textproto.NewReader(bufio.NewReader(strings.NewReader(strings.Join(lines[1:end], "\n") + "\n\n"))).ReadMIMEHeader()
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range fields {
		for _, v := range values {
			h = append(h, [2]string{name, v})
		}
	}
	return first, h, strings.TrimRight(strings.Join(lines[min(end+1, len(lines)):], "\n"), "\n")
}

// TestCapturedTokensAreCalm reads every JWT that a real Authgear server issued, by itself and with the keys of the capture.
func TestCapturedTokensAreCalm(t *testing.T) {
	published := capture(t, "10-discovery", func(x harfile.Exchange) bool {
		return x.Status == http.StatusOK && strings.Contains(x.URL, "/jwks")
	})
	keys, err := jwtview.ParseKeys(published[0].ResBody)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join("..", "demo", "testdata", "captures", "*.txt"))
	met := map[string]bool{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range regexp.MustCompile(`"(eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+)"`).FindAllStringSubmatch(string(b), -1) {
			if met[token[1]] {
				continue
			}
			met[token[1]] = true
			view := jwtview.Decode(token[1])
			for _, known := range []jwtview.Keys{nil, keys} {
				for _, f := range view.Lint(known) {
					t.Errorf("%s: %s %s: %s", filepath.Base(name), f.Severity, f.ID, f.Seen)
				}
			}
		}
	}
	t.Logf("%d tokens of %d captures", len(met), len(files))
	if len(met) < 20 {
		t.Errorf("%d tokens were found in the captures", len(met))
	}
}
