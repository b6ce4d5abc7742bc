package flow

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html"
	"net/http"
	"strings"

	"authscope/flow/story"
)

// page is what the browser shows after it was sent to the redirect URI.
type page struct {
	status      int
	mark        string
	title, text string
	good        bool
}

// pageFor says to the person at the browser what became of the answer. Nothing that was
// received stands on it but the server's own words, escaped.
func pageFor(cb story.Callback) page {
	const back = "You can close this tab and return to the terminal."
	switch cb.Fit {
	case story.FitAnswer:
		return page{http.StatusOK, "✓", "Return to the terminal", "The answer has arrived. authscope goes on there; you can close this tab.", true}
	case story.FitError:
		words := strings.TrimSpace(cb.Params.Get("error") + ": " + cb.Params.Get("error_description"))
		return page{http.StatusOK, "✗", "The tenant answered with an error", clip(words, 400) + "\n" + back, false}
	case story.FitEarlier:
		return page{http.StatusConflict, "·", "This answer belongs to an earlier run", "It was recorded and not used. Finish the newest tab.", false}
	case story.FitBad:
		return page{http.StatusBadRequest, "✗", "This answer was not accepted", "It was recorded and not used: " + cb.Why + ".\n" + back, false}
	}
	return page{http.StatusNotFound, "·", "Nothing to see here", "authscope waits at this address for the answer to a login. This request was none: " + orText2(cb.Why, "it came too late") + ".", false}
}

// signedOutPage is where a logout ends.
var signedOutPage = page{http.StatusOK, "✓", "The tenant sent you back", "The logout has come back. authscope looks there whether the tokens still work; you can close this tab.", true}

func orText2(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// writePage writes p. The address bar loses the code, and nothing on the page may load or
// send anything, unless relay is the token with which it may hand a fragment over.
func writePage(w http.ResponseWriter, p page, relay string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	run, connect := script, ""
	if relay != "" {
		run, connect = relayScript, "connect-src 'self'; "
	}
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "+connect+"script-src "+scriptHash(run)+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.WriteHeader(p.status)
	class := "bad"
	if p.good {
		class = "good"
	}
	var text strings.Builder
	for line := range strings.Lines(p.text) {
		text.WriteString(paragraph(relay) + html.EscapeString(strings.TrimSpace(line)) + "</p>")
	}
	fmt.Fprintf(w, pageHTML, html.EscapeString(p.title), class, p.mark, html.EscapeString(p.title), text.String(), run)
}

// paragraph opens a paragraph: on a page that relays, the one that its script finds the token on and writes to.
func paragraph(relay string) string {
	if relay == "" {
		return "<p>"
	}
	return `<p id="relay" data-token="` + html.EscapeString(relay) + `">`
}

// script takes the code out of the address bar and the history.
const script = "history.replaceState(null,'',location.pathname)"

// scriptHash names a script in a Content-Security-Policy.
func scriptHash(script string) string {
	sum := sha256.Sum256([]byte(script))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

const pageHTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>%s · authscope</title>
<link rel="icon" href="data:,">
<style>
:root{--bg:#fafafa;--card:#fff;--text:#25283d;--dim:#5b6078;--line:#e3e5ee;--good:#1c7a3d;--bad:#b3261e;--brand:#2f5bd7}
@media (prefers-color-scheme:dark){:root{--bg:#16171f;--card:#1f212d;--text:#e4e7f5;--dim:#a3a9c2;--line:#32354a;--good:#8fd694;--bad:#ff9d94;--brand:#8fb0ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{max-width:30rem;width:100%%;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:40px 36px;text-align:center}
.mark{width:56px;height:56px;margin:0 auto 20px;border-radius:50%%;border:2px solid;display:grid;place-items:center;font-size:26px}
.good .mark{color:var(--good)}.bad .mark{color:var(--bad)}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 10px}
p{margin:6px 0;color:var(--dim);overflow-wrap:anywhere}
footer{margin-top:28px;font-size:.85rem;color:var(--dim)}
footer b{color:var(--brand);font-weight:600}
</style>
</head>
<body>
<main class="%s">
<div class="mark" aria-hidden="true">%s</div>
<h1>%s</h1>
%s
<footer><b>authscope</b> listens on this machine only</footer>
</main>
<script>%s</script>
</body>
</html>
`
