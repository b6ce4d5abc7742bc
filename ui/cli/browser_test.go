package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"authscope/flow"
	"authscope/flow/demo"
)

// handover is a --browser command that leaves the URL where the test finds it. Who opens it is the test's affair.
type handover struct {
	t    *testing.T
	path string
}

func newHandover(t *testing.T) *handover {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the browser command of this test is a shell script")
	}
	return &handover{t, filepath.Join(t.TempDir(), "url")}
}

// command is what --browser is given.
func (h *handover) command() string {
	script := file(h.t, "browser", "printf %s \"$2\" >\"$1.part\" && mv \"$1.part\" \"$1\"\n", 0o600)
	return "/bin/sh '" + script + "' '" + h.path + "' %s"
}

// url waits for the URL that the program handed over.
func (h *handover) url() string {
	h.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		if url, err := os.ReadFile(h.path); err == nil {
			os.Remove(h.path)
			return string(url)
		}
		if time.Now().After(deadline) {
			h.t.Fatal("the program handed no URL to the browser")
		}
		time.Sleep(10 * time.Millisecond) // the program and its browser are real processes
	}
}

// headless is `authscope run` of the built program, with a browser command that hands over to the test.
type headless struct {
	*handover
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	done           chan error
}

// startRun starts the built program.
func startRun(t *testing.T, args ...string) *headless {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	h := &headless{handover: newHandover(t), done: make(chan error, 1)}
	args = append([]string{"run", "--json", "--sign-in", "browser", "--browser", h.command()}, args...)
	h.cmd = exec.CommandContext(t.Context(), bin, args...)
	h.cmd.Env = []string{"HOME=" + t.TempDir(), "PATH=" + os.Getenv("PATH"), "TZ=UTC"}
	h.cmd.Stdout, h.cmd.Stderr = &h.stdout, &h.stderr
	if err := h.cmd.Start(); err != nil {
		t.Fatalf("start the program: %v", err)
	}
	go func() { h.done <- h.cmd.Wait() }()
	return h
}

// ends waits for the program, holds its exit status and reads the JSON on stdout.
func (h *headless) ends(wantStatus int, into any) {
	h.t.Helper()
	select {
	case <-h.done:
	case <-time.After(40 * time.Second):
		h.cmd.Process.Kill()
		<-h.done
		h.t.Fatalf("the program did not end:\n%s", &h.stderr)
	}
	if got := h.cmd.ProcessState.ExitCode(); got != wantStatus {
		h.t.Errorf("exit status %d, want %d:\n%s\n%s", got, wantStatus, &h.stderr, &h.stdout)
	}
	if err := json.Unmarshal(h.stdout.Bytes(), into); err != nil {
		h.t.Fatalf("stdout is no JSON: %v\n%s\n%s", err, &h.stdout, &h.stderr)
	}
}

// toBrowser walks the screen of the embedded tenant until the authorization request is in the browser.
func toBrowser(t *testing.T, args ...string) (*terminal, *handover) {
	t.Helper()
	h := newHandover(t)
	x := open(t, 120, 36, append([]string{"--browser", h.command()}, args...)...)
	x.sees("ready, not sent yet")
	x.types(enter)
	x.sees("enter next: Look ahead")
	x.types(enter)
	x.sees("Ask first whether the request is accepted")
	x.sees("enter send")
	x.types(enter)
	x.sees("enter next: Authorize")
	x.types(enter)
	x.sees("enter sign in here")
	x.types("b")
	return x, h
}

// signIn fills in the sign-in page.
func (b *browser) signIn(login, password string) {
	b.t.Helper()
	b.sees("Sign in")
	b.fill("#login", login)
	b.fill("#password", password)
	b.click("button[type=submit]")
}

// worstContrast finds, of all text on the page, the one that stands out least (WCAG 2.2, 1.4.3).
const worstContrast = `
const rgba = s => { const n = s.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n }
const part = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4
const light = c => .2126 * part(c[0]) + .7152 * part(c[1]) + .0722 * part(c[2])
const ground = e => {
  for (; e; e = e.parentElement) {
    const c = rgba(getComputedStyle(e).backgroundColor)
    if (c[3] === 1) return c
  }
  return [255, 255, 255, 1]
}
const out = {ratio: 99, text: '', ground: light(ground(document.body))}
for (const e of document.body.querySelectorAll('*')) {
  const own = [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE).map(n => n.data.trim()).join('')
  const text = own || e.value || ''
  if (!text || e.tagName === 'SCRIPT') continue
  const [a, b] = [light(rgba(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x)
  const ratio = (a + .05) / (b + .05)
  if (ratio < out.ratio) Object.assign(out, {ratio, text})
}
return out`

// readable checks the page in light and in dark, and that its policy lets all through that it needs.
func (b *browser) readable(name string) {
	b.t.Helper()
	for _, scheme := range []string{"dark", "light"} {
		b.scheme(scheme)
		b.shoot(name + "-" + scheme)
		var worst struct {
			Ratio, Ground float64
			Text          string
		}
		b.run(worstContrast, &worst)
		if worst.Ratio < 4.5 {
			b.t.Errorf("the page %q, %s: the contrast of %q is %.2f, less than 4.5", name, scheme, worst.Text, worst.Ratio)
		}
		if worst.Text == "" {
			b.t.Errorf("the page %q, %s: no text was found", name, scheme)
		}
		if dark := worst.Ground < 0.1; dark != (scheme == "dark") {
			b.t.Errorf("the page %q looks the same in light and dark: its background has the luminance %.2f in %s", name, worst.Ground, scheme)
		}
	}
	for _, line := range b.console() {
		b.t.Errorf("the page %q complains on the console: %s", name, line)
	}
}

// cleanURL checks that the page took the answer out of the address bar.
func (b *browser) cleanURL() {
	b.t.Helper()
	var at string
	b.run("return location.href", &at)
	if strings.ContainsAny(at, "?#") {
		b.t.Errorf("the code stays in the address bar and the history: %s", at)
	}
}

// TestBrowserSignIn signs in on the embedded tenant's page, with a real browser beside the screen.
func TestBrowserSignIn(t *testing.T) {
	b := openBrowser(t)
	x, h := toBrowser(t)
	ada := demo.DemoUser()

	b.visit(h.url())
	b.sees("to continue to Workshop")
	b.sees("Login")
	b.sees("Password")
	b.readable("signin")

	b.signIn(ada.Login, "wrong-password")
	var problem, kept string
	b.sees("do not belong together")
	b.run("return document.querySelector('[role=alert]')?.innerText ?? ''", &problem)
	b.run("return document.querySelector('#login').value", &kept)
	if problem == "" || kept != ada.Login {
		t.Errorf("after a wrong password the page says %q and keeps the login %q", problem, kept)
	}
	b.readable("wrong")
	x.sees("Waiting for the answer")

	b.signIn(ada.Login, ada.Password)
	b.sees("Return to the terminal")
	b.cleanURL()
	b.readable("callback")

	x.sees("as it was sent")
	x.sees("✓ state")
	for _, next := range []string{"will be sent", "refresh ready", "Verify the ID token", "✓ nonce", "Ask who signed in", ada.Email} {
		x.types(enter)
		x.sees(next)
	}
	x.types("q")
	x.ends(0)
}

// TestBrowserConsent lets a third party's client ask, which gets a yes and a no.
func TestBrowserConsent(t *testing.T) {
	b := openBrowser(t)
	ada := demo.DemoUser()
	ask := func(t *testing.T) *terminal {
		b.t = t
		x, h := toBrowser(t, "--demo-client", "third-party")
		b.visit(h.url())
		b.signIn(ada.Login, ada.Password)
		b.sees("Third Party Planner is another party")
		b.sees("offline_access")
		return x
	}
	defer func() { b.t = t }()
	t.Run("allow", func(t *testing.T) {
		x := ask(t)
		b.readable("consent")
		b.click("button[value=allow]")
		b.sees("Return to the terminal")
		b.readable("allowed")
		x.sees("✓ state")
		x.types("f")
		x.sees("r refresh   x revoke")
		x.types("q")
		x.ends(0)
	})
	t.Run("deny", func(t *testing.T) {
		x := ask(t)
		b.click("button[value=deny]")
		b.sees("The tenant answered with an error")
		b.sees("access_denied")
		b.sees("return to the terminal")
		b.cleanURL()
		b.readable("denied")
		x.sees("access_denied")
		x.sees("A person or a policy said no")
		x.types("q")
		x.ends(0)
	})
}

// TestBrowserRun signs in for a run without a screen, in every response mode.
func TestBrowserRun(t *testing.T) {
	for _, mode := range flow.ResponseModes {
		t.Run(mode, func(t *testing.T) {
			b := openBrowser(t)
			h := startRun(t, "--timeout", "30s", "--response-mode", mode)
			ada := demo.DemoUser()
			b.visit(h.url())
			b.signIn(ada.Login, ada.Password)
			b.sees("Return to the terminal")
			b.cleanURL()
			var r result
			h.ends(0, &r)
			const want = "discover passed, preflight passed, authorize passed, callback passed, exchange passed, verify passed, userinfo passed"
			if got := r.stages(); got != want {
				t.Errorf("the stages are %s, want %s", got, want)
			}
		})
	}
}
