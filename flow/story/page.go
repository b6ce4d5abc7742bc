package story

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"sync"
)

// maxPage bounds what is read of a page, in bytes.
const maxPage = 64 << 10

// pattern compiles an expression when it is first needed: most programs never read a page.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

var (
	unseen    = pattern(`(?is)<(script|style|noscript|template|svg)\b.*?</(?:script|style|noscript|template|svg)\s*>|<!--.*?-->`)
	anyTag    = pattern(`(?s)<[^>]*>`)
	inputTag  = pattern(`(?is)<input\b[^>]*>`)
	formTag   = pattern(`(?is)<form\b[^>]*>`)
	attribute = pattern(`(?is)\b([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`)

	writtenError       = pattern(`(?i)\berror\b["']?\s*[:=]\s*["']?([a-z_]{3,60})`)
	writtenDescription = pattern(`(?i)\berror_description\b["']?\s*[:=]\s*["']?([^"'<]{1,300})`)
)

// visible returns the words of a page, in one line.
func visible(body []byte) string {
	text := string(body[:min(len(body), maxPage)])
	if strings.Contains(text, "<") {
		text = html.UnescapeString(anyTag().ReplaceAllString(unseen().ReplaceAllString(text, " "), " "))
	}
	return strings.Join(strings.Fields(text), " ")
}

func attributes(tag string) map[string]string {
	out := map[string]string{}
	for _, m := range attribute().FindAllStringSubmatch(tag, 20) {
		if name := strings.ToLower(m[1]); out[name] == "" {
			out[name] = html.UnescapeString(m[2] + m[3] + m[4])
		}
	}
	return out
}

// postedForm reads a page that posts an answer to the redirect URI (OAuth 2.0 Form Post Response Mode).
func postedForm(body []byte, redirectURI string) (url.Values, bool) {
	page := string(body[:min(len(body), maxPage)])
	form := attributes(formTag().FindString(page))
	if redirectURI == "" || form["action"] != redirectURI {
		return nil, false
	}
	q := url.Values{}
	for _, tag := range inputTag().FindAllString(page, 50) {
		if a := attributes(tag); a["name"] != "" {
			q.Add(a["name"], a["value"])
		}
	}
	return q, true
}

// pageError reads error and error_description as an error page writes them: in JSON, or by their names in its text.
func pageError(c *Call, text string) (code, description string) {
	if code, description = c.OAuthError(); code != "" {
		return code, description
	}
	if m := writtenError().FindStringSubmatch(text); m != nil && strings.Contains(m[1], "_") { // else it is prose
		code = strings.ToLower(m[1])
	}
	if m := writtenDescription().FindStringSubmatch(text); m != nil {
		description = strings.TrimSpace(m[1])
	}
	return code, description
}

// blames are the words by which servers say what they do not accept. The redirect URI comes first: its complaints often
// speak of the client too ("not registered for this client").
var blames = []struct {
	what  Blame
	words []string
}{
	{BlameClient, []string{"invalid client id", "unknown client", "client not found", "client_not_found", "could not find client", "aadsts700016", "client is invalid"}},
	{BlameRedirect, []string{"redirect_uri", "redirect uri", "redirecturi", "redirect url", "callback url", "reply url", "redirect_mismatch", "aadsts50011"}},
	{BlameClient, []string{"invalid_client", "unauthorized_client", "client_id", "client id", "invalid client", "unknown application", "application not found"}},
}

// blameOf says what words complain of.
func blameOf(words string) Blame {
	words = strings.ToLower(words)
	for _, b := range blames {
		for _, w := range b.words {
			if strings.Contains(words, w) {
				return b.what
			}
		}
	}
	return BlameNothing
}

// certain reports whether an error has one meaning alone: its code says it, or the words are known to be a server's for
// just that.
func certain(code, description string) bool {
	d := strings.ToLower(strings.TrimSpace(description))
	switch code {
	case "invalid_redirect_uri", "redirect_uri_mismatch":
		return true
	case "unauthorized_client":
		return d == "invalid client id" // Authgear
	case "invalid_request":
		return d == "redirect uri is not allowed" || strings.HasPrefix(d, "redirect_uri did not match")
	case "invalid_client":
		return true
	}
	return false
}
