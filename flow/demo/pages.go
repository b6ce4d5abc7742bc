package demo

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// page is one HTML page. Whatever is foreign in its body was escaped where it was put in: html/template would do that,
// for 2.9 MB of binary.
type page struct {
	title string
	body  string
}

// writePage writes a page that may load nothing, run nothing but submitForm, be framed by nobody, and tells no other
// site where the browser came from. There is no form-action: browsers hold redirects against it, and the last redirect
// after the form goes to the client.
func writePage(w http.ResponseWriter, status int, p page) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	w.WriteHeader(status)
	io.WriteString(w, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>`+esc(p.title)+` · embedded tenant</title>
<style>`+stylesheet+`</style>
</head>
<body>
<main>
<p class="brand"><span aria-hidden="true"></span>embedded tenant</p>
`+p.body+`</main>
<footer>This is authscope’s embedded tenant; nothing leaves this machine.</footer>
</body>
</html>
`)
}

func esc(s string) string { return html.EscapeString(s) }

var contentSecurityPolicy = "default-src 'none'; img-src data:; style-src " + cspHash(stylesheet) +
	"; script-src " + cspHash(submitForm) + "; base-uri 'none'; frame-ancestors 'none'"

func cspHash(inline string) string {
	sum := sha256.Sum256([]byte(inline))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// submitForm is the only script.
const submitForm = `document.forms[0].submit()`

// stylesheet has two palettes and one accent. Contrast of text is at least 4.5:1 in both (WCAG 2.2, 1.4.3).
const stylesheet = `
:root{--bg:#f4f5f7;--card:#fff;--ink:#1b1f27;--dim:#596273;--line:#d7dbe2;--field:#858e9d;--accent:#2457c5;--on:#fff;--bad:#b3261e;--badbg:#fdeceb;--hint:#eef2fb}
@media(prefers-color-scheme:dark){:root{--bg:#12151b;--card:#1a1f28;--ink:#e8ebf1;--dim:#9aa5b8;--line:#333b49;--field:#6b7689;--accent:#8ab0ff;--on:#10182b;--bad:#ffb4ab;--badbg:#3a1d1c;--hint:#202838}}
*{box-sizing:border-box}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;gap:1.25rem;padding:1.5rem 1rem;background:var(--bg);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:25rem;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:2rem;box-shadow:0 1px 2px rgb(0 0 0/.05),0 8px 24px rgb(0 0 0/.06);overflow-wrap:anywhere}
.brand{display:flex;align-items:center;gap:.5rem;margin:0 0 1.5rem;color:var(--dim);font-size:.875rem}
.brand span{width:.75rem;height:.75rem;border-radius:50%;border:3px solid var(--accent)}
h1{margin:0;font-size:1.5rem;line-height:1.25;font-weight:650;letter-spacing:-.01em}
.lead{margin:.25rem 0 1.5rem;color:var(--dim)}
label{display:block;margin:0 0 .25rem;font-size:.875rem;font-weight:600}
input{width:100%;margin:0 0 1rem;padding:.625rem .75rem;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--field);border-radius:8px}
input:focus-visible{outline-offset:-1px}
button{width:100%;padding:.6875rem 1rem;font:inherit;font-weight:600;border-radius:8px;border:1px solid var(--accent);background:var(--accent);color:var(--on);cursor:pointer}
button.second{background:none;color:var(--ink);border-color:var(--line)}
button+button,button+form{margin-top:.625rem}
button:hover{filter:brightness(1.08)}
.bad{margin:0 0 1rem;padding:.625rem .75rem;border-radius:8px;background:var(--badbg);color:var(--bad);font-size:.9375rem}
.hint{margin:1.5rem 0 0;padding:.75rem;border-radius:8px;background:var(--hint);font-size:.875rem;color:var(--dim)}
.hint code,dd code{color:var(--ink)}
code{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
ul{list-style:none;margin:0 0 1.5rem;padding:0;border-top:1px solid var(--line)}
li{padding:.625rem 0;border-bottom:1px solid var(--line)}
li code{display:block;color:var(--dim)}
.who{display:flex;align-items:center;gap:.75rem;margin:0 0 1.5rem;padding:.75rem;border:1px solid var(--line);border-radius:8px}
.who b{display:grid;place-items:center;flex:none;width:2.25rem;height:2.25rem;border-radius:50%;background:var(--hint);color:var(--accent)}
.who span{color:var(--dim);font-size:.875rem;display:block;line-height:1.3}
a{color:var(--accent)}
footer{max-width:25rem;text-wrap:balance;color:var(--dim);font-size:.8125rem;text-align:center}
`

// loginPage is the sign-in form; with a problem it says so and keeps the login.
func loginPage(c *Client, login, problem string) page {
	alert, invalid := "", ""
	if problem != "" {
		alert = `<p class="bad" role="alert" id="problem">` + esc(problem) + "</p>\n"
		invalid = ` aria-invalid="true" aria-describedby="problem"`
	}
	focusLogin, focusPassword := "", " autofocus"
	if login == "" {
		focusLogin, focusPassword = " autofocus", ""
	}
	u := DemoUser()
	return page{title: "Sign in", body: `<h1>Sign in</h1>
<p class="lead">to continue to ` + esc(c.Name) + `</p>
` + alert + `<form method="post">
<label for="login">Login</label>
<input id="login" name="login" type="text" value="` + esc(login) + `" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="200" required` + focusLogin + invalid + `>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="200" required` + focusPassword + invalid + `>
<button type="submit">Sign in</button>
</form>
<p class="hint">The demo account<br>login <code>` + esc(u.Login) + `</code>, password <code>` + esc(u.Password) + `</code></p>
`}
}

// account shows who is meant.
func account(u *User) string {
	name := orElse(u.Name, u.Login)
	return `<div class="who"><b aria-hidden="true">` + esc(strings.ToUpper(string([]rune(name)[:1]))) + `</b><div>` + esc(name) +
		`<span>` + esc(orElse(u.Email, u.Login)) + "</span></div></div>\n"
}

func selectAccountPage(c *Client, u *User) page {
	return page{title: "Choose an account", body: `<h1>Choose an account</h1>
<p class="lead">to continue to ` + esc(c.Name) + `</p>
` + account(u) + `<form method="post">
<button type="submit" name="action" value="continue" autofocus>Continue as ` + esc(orElse(u.Name, u.Login)) + `</button>
<button type="submit" name="action" value="other" class="second">Use another account</button>
</form>
`}
}

// scopeTexts say what a scope lets the client do.
var scopeTexts = map[string]string{
	scopeOpenID:       "Know who you are",
	scopeOffline:      "Stay signed in when you are away",
	"profile":         "See your name and profile",
	"email":           "See your email address",
	"phone":           "See your phone number",
	"address":         "See your address",
	scopeFullUserInfo: "See everything in your account",
}

func consentPage(c *Client, u *User, scopes []string) page {
	var list strings.Builder
	for _, s := range scopes {
		list.WriteString("<li>" + esc(orElse(scopeTexts[s], "Use this scope")) + "<code>" + esc(s) + "</code></li>\n")
	}
	return page{title: "Allow access", body: `<h1>Allow access?</h1>
<p class="lead">` + esc(c.Name) + ` is another party. It asks to:</p>
<ul>
` + list.String() + `</ul>
` + account(u) + `<form method="post">
<button type="submit" name="action" value="allow" autofocus>Allow</button>
<button type="submit" name="action" value="deny" class="second">Deny</button>
</form>
`}
}

func logoutPage() page {
	return page{title: "Sign out", body: `<h1>Sign out?</h1>
<p class="lead">The browser’s session at this tenant ends.</p>
<form method="post">
<button type="submit" autofocus>Sign out</button>
</form>
`}
}

func settingsPage(u *User) page {
	if u == nil {
		return notice("Signed out", "Nobody is signed in at this tenant in this browser.")
	}
	p := notice("Signed in", "There is nothing to set on the embedded tenant.")
	p.body += account(u)
	return p
}

func notFoundPage(path string) page {
	p := notice("Not found", "This tenant has no such page.")
	p.body += `<p class="hint"><code>` + esc(cut(path, 200)) + "</code></p>\n"
	return p
}

func expiredPage() page {
	return notice("This sign-in is over", "It was finished already or took longer than 25 minutes. Start again from the application.")
}

func indexPage(issuer string) page {
	p := notice("It works", "An OAuth 2.0 and OpenID Connect tenant that answers as Authgear does. Its metadata:")
	p.body += `<p class="hint"><a href="/.well-known/openid-configuration"><code>` + esc(issuer) + "/.well-known/openid-configuration</code></a></p>\n"
	return p
}

func notice(title, text string) page {
	return page{title: title, body: "<h1>" + esc(title) + "</h1>\n<p class=\"lead\">" + esc(text) + "</p>\n"}
}

// formPostPage posts the parameters to the client by itself, or by a button where scripts are off (OAuth 2.0 Form Post
// Response Mode).
func formPostPage(redirectURI string, params url.Values) page {
	var fields strings.Builder
	for _, name := range slices.Sorted(maps.Keys(params)) {
		fields.WriteString(`<input type="hidden" name="` + esc(name) + `" value="` + esc(params.Get(name)) + "\">\n")
	}
	return page{title: "Back to the application", body: `<h1>Back to the application</h1>
<p class="lead">One moment. If nothing happens, go on with the button.</p>
<form method="post" action="` + esc(redirectURI) + `">
` + fields.String() + `<button type="submit">Continue</button>
</form>
<script>` + submitForm + `</script>
`}
}

// cut shortens a text to at most n bytes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
