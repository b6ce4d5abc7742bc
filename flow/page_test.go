package flow_test

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"authscope/flow/diagnose/faulty"
	"authscope/flow/trace"
)

// The body of what comes to the redirect URI is bounded.
func TestCallbackBodyIsBounded(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		l := waitWith(w)
		req, _ := http.NewRequestWithContext(w.T.Context(), "POST", redirectURI, io.LimitReader(zeros{}, 4<<20))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if res, err := w.Net.Transport().RoundTrip(req); err == nil {
			res.Body.Close()
		}
		l.stillWaits("a long body")
		for _, e := range l.s.Log.Since(0) {
			if in, ok := e.Data.(trace.CallbackIn); ok && len(in.Body) > 256<<10 {
				w.T.Errorf("%d bytes were kept, want 256 KiB at most", len(in.Body))
			}
		}
		w.Browse("GET", l.answer())
		l.finish()
	})
}

// The page takes the code out of the address bar, and lets nothing load, send or run but that.
func TestCallbackPage(t *testing.T) {
	faulty.In(t, func(w *faulty.World) {
		t := w.T
		l := waitWith(w)
		for _, u := range []string{redirectURI + "?error=x<script>alert(1)</script>&error_description=%22%3E%3Cimg+src%3Dx%3E&state=" + l.url.Query().Get("state"), redirectURI} {
			req, _ := http.NewRequestWithContext(t.Context(), "GET", u, nil)
			res, err := w.Net.Transport().RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			page, _ := io.ReadAll(res.Body)
			res.Body.Close()
			checkPage(t, res.Header, string(page))
			if strings.Contains(string(page), "alert(1)</script>") || strings.Contains(string(page), "<img") {
				t.Errorf("what came stands on the page unescaped: %s", page)
			}
		}
		<-l.ended
		l.s.Close()
	})
}

func checkPage(t *testing.T, h http.Header, page string) {
	t.Helper()
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Type": "text/html; charset=utf-8"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	policy := h.Get("Content-Security-Policy")
	scripts := scriptTag.FindAllStringSubmatch(page, -1)
	if len(scripts) != 1 || !strings.Contains(scripts[0][1], "replaceState") {
		t.Fatalf("%d scripts on the page, want the one that clears the address bar", len(scripts))
	}
	sum := sha256.Sum256([]byte(scripts[0][1]))
	if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(policy, hash) || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("the policy %q does not allow the page's script %s, or allows more", policy, hash)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

var scriptTag = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
