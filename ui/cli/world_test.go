package cli_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"authscope/flow/pipenet"
	"authscope/ui/cli"
)

// tenantKey is made once, and outside of the bubbles: it takes its time.
var tenantKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// stream is an output that several goroutines write to and the test reads while they do.
type stream struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *stream) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// bench is a world without sockets, with fake time, in which commands are run.
type bench struct {
	t        *testing.T
	net      *pipenet.Net
	env      map[string]string
	terminal bool
	ring     ring
	world    cli.World
	out, err *stream
	ctx      context.Context
	keys     string // file of the tenant's keys, of a run that was recorded
}

// inBench runs f in a bubble. At its end every goroutine must have ended.
func inBench(t *testing.T, f func(b *bench)) {
	t.Helper()
	key := tenantKey()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, net: &pipenet.Net{}, env: map[string]string{}, ctx: t.Context()}
		b.world = cli.World{
			Stdin: strings.NewReader(""), Listen: b.net.Listen, Transport: b.net.Transport(), TenantKey: key,
			LookupEnv:  func(name string) (string, bool) { v, ok := b.env[name]; return v, ok },
			IsTerminal: func(any) bool { return b.terminal },
			ConfigDir:  func() (string, error) { return "", errors.New("$HOME is not defined") },
			Vault:      b.ring.vault(),
			OpenURL: func(context.Context, string, string) error {
				t.Error("a browser was opened")
				return nil
			},
			Screen: func(context.Context, cli.ScreenOptions) error {
				t.Error("the screen was shown")
				return nil
			},
		}
		f(b)
		time.Sleep(time.Minute) // what closes in the background has time to
		for _, at := range []string{"127.0.0.1:8975", "127.0.0.1:8976"} {
			ln, err := b.net.Listen("tcp", at)
			if err != nil {
				t.Errorf("a listener is left at %s", at)
				continue
			}
			ln.Close()
		}
	})
}

// start starts a command, and run waits for it: both give its exit status.
func (b *bench) start(args ...string) <-chan int {
	b.out, b.err = &stream{}, &stream{}
	w := b.world
	w.Stdout, w.Stderr = b.out, b.err
	done := make(chan int, 1)
	go func() { done <- cli.Main(b.ctx, args, w) }()
	return done
}

func (b *bench) run(args ...string) int { return <-b.start(args...) }

// want runs a command and holds its exit status.
func (b *bench) want(status int, args ...string) {
	b.t.Helper()
	if got := b.run(args...); got != status {
		b.t.Errorf("authscope %s: exit status %d, want %d\n%s", strings.Join(args, " "), got, status, b.err)
	}
}

// says holds what stands on stderr.
func (b *bench) says(words ...string) {
	b.t.Helper()
	for _, w := range words {
		if !strings.Contains(b.err.String(), w) {
			b.t.Errorf("stderr does not say %q:\n%s", w, b.err)
		}
	}
}

// result is the part of the JSON that the tests look at.
type result struct {
	Schema   int
	Settings struct {
		ClientID    string `json:"client_id"`
		ClientAuth  string `json:"client_auth"`
		RedirectURI string `json:"redirect_uri"`
		Scope       string
	}
	Tenant struct{ Issuer string }
	Stages []struct {
		ID     string
		N      int
		Status string
		Reason *string
		Error  *string
	}
	Tokens []struct {
		Kind       string
		Generation int
		Format     string
		Value      *string
	}
	Findings    []struct{ ID string }
	Runs        []result
	Differences []struct{ Where, Name, Class string }
}

// result reads the JSON on stdout.
func (b *bench) result() (r result) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.out.String()), &r); err != nil {
		b.t.Fatalf("stdout is no JSON: %v\n%s\n%s", err, b.out, b.err)
	}
	return r
}

// stages writes the stages as "discover passed, …", shortened to what a table can hold.
func (r result) stages() string {
	var all []string
	for _, s := range r.Stages {
		all = append(all, s.ID+" "+s.Status)
	}
	return strings.Join(all, ", ")
}

func (r result) stage(id string) (status, reason string) {
	for _, s := range r.Stages {
		if s.ID == id {
			if s.Reason != nil {
				reason = *s.Reason
			}
			return s.Status, reason
		}
	}
	return "", ""
}

// file writes a file and returns its path.
func file(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// stdin is an input that stays open until the test closes it.
func (b *bench) stdin() io.WriteCloser {
	r, w := io.Pipe()
	b.world.Stdin = r
	return w
}
