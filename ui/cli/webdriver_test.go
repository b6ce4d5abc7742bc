package cli_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browser is a headless Chromium, driven over W3C WebDriver (https://www.w3.org/TR/webdriver2/). There is no library
// for it here: what the tests need of the protocol is a dozen requests.
type browser struct {
	t       *testing.T
	session string // its URL at the driver
}

// wants reports whether a test that needs a foreign program must run, and not skip: CI installs the program.
func wants(variable string) bool { return os.Getenv(variable) == "1" }

// needs skips a test, or fails it if it must run, where a program is missing.
func needs(t *testing.T, variable string, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if wants(variable) {
			t.Fatalf("%s is not installed, and %s=1 says that this test must run", p, variable)
		}
		t.Skipf("%s is not installed, so this was not tested (with %s=1 it would fail instead)", p, variable)
	}
}

// openBrowser starts a Chromium of its own, with nothing in it, that closes with the test.
func openBrowser(t *testing.T) *browser {
	t.Helper()
	needs(t, "AUTHSCOPE_BROWSER_TEST", "chromium", "chromedriver")
	b := &browser{t: t}
	driver := startDriver(t)
	var made struct{ SessionID string }
	b.session = driver + "/session"
	b.call("POST", "", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"browserName":       "chrome",
		"goog:loggingPrefs": map[string]string{"browser": "ALL"},
		"goog:chromeOptions": map[string]any{"args": []string{
			"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=900,800",
			"--disable-background-networking", "--disable-component-update",
			"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1", // it asks nobody outside
		}},
	}}}, &made)
	b.session += "/" + made.SessionID
	t.Cleanup(func() { b.call("DELETE", "", nil, nil) })
	return b
}

var driverReady = regexp.MustCompile(`started successfully on port (\d+)`)

// startDriver starts chromedriver at a port of its choice and returns its URL.
func startDriver(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "authscope-chromium-") // not t.TempDir: Chromium's last processes write while it is emptied
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("chromedriver", "--port=0")
	cmd.Env = append(os.Environ(), "HOME="+home)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start chromedriver: %v", err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		os.RemoveAll(home)
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if port := driverReady.FindStringSubmatch(lines.Text()); port != nil {
			go io.Copy(io.Discard, out)
			return "http://127.0.0.1:" + port[1]
		}
	}
	t.Fatal("chromedriver ended before it said at which port it listens")
	return ""
}

// try makes one request of the protocol. into gets the member "value" of the answer.
func (b *browser) try(method, path string, body, into any) error {
	if body == nil {
		body = struct{}{}
	}
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if method != http.MethodPost {
		data = nil
	}
	req, err := http.NewRequest(method, b.session+path, bytes.NewReader(data))
	if err != nil {
		return err
	}
	res, err := (&http.Client{Timeout: 60 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var answer struct{ Value json.RawMessage }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return fmt.Errorf("status %d without JSON: %w", res.StatusCode, err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %.500s", res.StatusCode, answer.Value)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer.Value, into)
}

func (b *browser) call(method, path string, body, into any) {
	b.t.Helper()
	if err := b.try(method, path, body, into); err != nil {
		b.t.Fatalf("WebDriver %s %s: %v", method, path, err)
	}
}

// visit opens a URL.
func (b *browser) visit(url string) {
	b.t.Helper()
	b.call("POST", "/url", map[string]string{"url": url}, nil)
}

// run runs a script in the page. Its result is what the script returns.
func (b *browser) run(script string, into any) {
	b.t.Helper()
	b.call("POST", "/execute/sync", map[string]any{"script": script, "args": []any{}}, into)
}

// element finds an element by its CSS selector and returns its path at the driver.
func (b *browser) element(css string) string {
	b.t.Helper()
	var found map[string]string
	b.call("POST", "/element", map[string]string{"using": "css selector", "value": css}, &found)
	for _, id := range found {
		return "/element/" + id
	}
	b.t.Fatalf("the driver found %s and did not name it", css)
	return ""
}

// fill types text into a field, in the place of what stands there.
func (b *browser) fill(css, text string) {
	b.t.Helper()
	e := b.element(css)
	b.call("POST", e+"/clear", nil, nil)
	b.call("POST", e+"/value", map[string]string{"text": text}, nil)
}

func (b *browser) click(css string) {
	b.t.Helper()
	b.call("POST", b.element(css)+"/click", nil, nil)
}

// sees waits until the page shows text. A page can go while it is asked, and the next one is asked then.
func (b *browser) sees(text string) {
	b.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		var page string
		err := b.try("POST", "/execute/sync", map[string]any{"script": "return document.body ? document.body.innerText : ''", "args": []any{}}, &page)
		if strings.Contains(page, text) {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("the page never showed %q (%v):\n%s", text, err, page)
		}
		time.Sleep(20 * time.Millisecond) // a real browser draws when it likes
	}
}

// scheme sets what the person prefers: light or dark.
func (b *browser) scheme(name string) {
	b.t.Helper()
	b.call("POST", "/goog/cdp/execute", map[string]any{"cmd": "Emulation.setEmulatedMedia",
		"params": map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": name}}}}, nil)
}

// console returns what the console said since it was asked last: script errors, refused resources, and violations of
// the page's policy.
func (b *browser) console() (lines []string) {
	b.t.Helper()
	var entries []struct{ Level, Source, Message string }
	b.call("POST", "/se/log", map[string]string{"type": "browser"}, &entries)
	for _, e := range entries {
		lines = append(lines, e.Level+" "+e.Source+": "+e.Message)
	}
	return lines
}

// shoot saves a picture of the page in the directory $AUTHSCOPE_SCREENSHOTS, for a person to look at.
func (b *browser) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("AUTHSCOPE_SCREENSHOTS")
	if dir == "" {
		return
	}
	var png string
	b.call("GET", "/screenshot", nil, &png)
	data, err := base64.StdEncoding.DecodeString(png)
	if err != nil {
		b.t.Fatalf("the screenshot is no Base64: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}
