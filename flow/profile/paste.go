package profile

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// Kind says what a person brought.
type Kind string

// What [Read] knows.
const (
	KindIssuer       Kind = "issuer"
	KindMetadataURL  Kind = "metadata URL"
	KindAuthorizeURL Kind = "authorize URL"
	KindEndpointURL  Kind = "endpoint URL"
	KindDocument     Kind = "document" // JSON: metadata, or a client's settings
	KindCurl         Kind = "curl command"
)

// Guess is what was read from something that a person had at hand. Nothing was asked of anybody: that an issuer is one, only
// its metadata can tell.
type Guess struct {
	Kind    Kind
	Profile Profile
	// Issuers are what the issuer may be, the likeliest first, which is also the profile's. Where there is one, it was said.
	Issuers []string
	Taken   []string // sentences: what went into the profile
	Dropped []string // what did not, and why
	Notes   []string // what the person should know
	// Redirect judges the redirect URI, if there was one.
	Redirect *Redirect
}

// Sentences are all that there is to say of the guess, in order.
func (g Guess) Sentences() []string {
	all := append([]string{}, g.Taken...)
	all = append(append(all, g.Dropped...), g.Notes...)
	if g.Redirect != nil && !g.Redirect.Ours {
		all = append(all, g.Redirect.Seen+" "+g.Redirect.Do)
	}
	return all
}

func (g *Guess) take(format string, args ...any) {
	g.Taken = append(g.Taken, fmt.Sprintf(format, args...))
}
func (g *Guess) drop(format string, args ...any) {
	g.Dropped = append(g.Dropped, fmt.Sprintf(format, args...))
}
func (g *Guess) note(format string, args ...any) {
	g.Notes = append(g.Notes, fmt.Sprintf(format, args...))
}

// maxPaste is more than metadata has.
const maxPaste = 256 << 10

// Read understands what a person has at hand: an issuer, an Authgear endpoint, the address of metadata, an authorize URL of
// their application, a curl command, or JSON with metadata or a client's settings. It asks nobody.
func Read(input string) (Guess, error) {
	if len(input) > maxPaste {
		return Guess{}, fmt.Errorf("this has %d bytes, more than anything that is understood here", len(input))
	}
	s := trim(input)
	switch {
	case s == "":
		return Guess{}, errors.New("paste the tenant's URL, such as https://my-app.authgear.cloud, or an authorize URL of your application")
	case s[0] == '{':
		return readDocument(s)
	case s == "curl" || strings.HasPrefix(s, "curl ") || strings.HasPrefix(s, "curl.exe "):
		return readCurl(s)
	case strings.HasPrefix(s, "eyJ") && strings.Count(s, ".") >= 2:
		return Guess{}, errors.New("this is a token; what is wanted is the tenant's URL (it stands in the token's iss)")
	case strings.HasPrefix(s, "-----BEGIN"):
		return Guess{}, errors.New("this is a key or a certificate; what is wanted is the tenant's URL")
	}
	u, err := readURL(s)
	if err != nil {
		return Guess{}, err
	}
	return readAddress(u)
}

// trim takes off what copying leaves around a text.
func trim(s string) string {
	s = strings.TrimSpace(strings.Trim(s, "\ufeff\u200b\u00a0 \t\r\n"))
	for len(s) > 1 {
		first, last := s[0], s[len(s)-1]
		if first == last && strings.IndexByte("\"'`", first) >= 0 || first == '<' && last == '>' {
			s = strings.TrimSpace(s[1 : len(s)-1])
			continue
		}
		break
	}
	return s
}

// readURL finds the URL in a text: broken over lines, without a scheme, or after a word.
func readURL(s string) (*url.URL, error) {
	words := strings.Fields(s)
	switch {
	case strings.ContainsAny(s, "\r\n") && (strings.Contains(words[0], "://") || strings.Contains(words[0], ".")):
		s = strings.Join(words, "") // a terminal breaks long lines
	case len(words) > 1:
		s = ""
		for _, w := range words {
			if strings.Contains(w, "://") {
				s = strings.Trim(w, `"'<>,;`)
				break
			}
		}
		if s == "" {
			return nil, errors.New("there is no URL in this: paste the tenant's URL, such as https://my-app.authgear.cloud")
		}
	}
	if strings.HasPrefix(s, "/") || strings.HasPrefix(s, "?") {
		return nil, errors.New("this lacks its beginning: paste the URL from https:// on")
	}
	s = strings.TrimPrefix(s, "view-source:")
	if !strings.Contains(strings.SplitN(s, "?", 2)[0], "://") {
		s = withScheme(s)
	}
	if hasPassword(s) {
		return nil, errors.New("the URL holds a user name or password: leave them out")
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("this is not a URL: it begins with https://, and has no odd characters")
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("the URL is of the kind %.20s:, and what is wanted begins with https://", u.Scheme)
	}
	if host := u.Hostname(); host == "" || strings.ContainsAny(host, " %\\\"'<>{}|^`") || !strings.Contains(host, ".") && !strings.Contains(host, ":") && !isLoopback(host) && u.Port() == "" {
		return nil, errors.New("this has no host: what is wanted is the tenant's URL, such as https://my-app.authgear.cloud")
	}
	u.Host, u.Fragment, u.RawFragment = strings.ToLower(u.Host), "", ""
	return u, nil
}

// withScheme adds what people leave out: https, and http for this machine.
func withScheme(s string) string {
	host, _, _ := strings.Cut(s, "/")
	host, _, _ = strings.Cut(host, "?")
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host, _, _ = strings.Cut(inner, "]")
	} else {
		host, _, _ = strings.Cut(host, ":")
	}
	if isLoopback(host) {
		return "http://" + s
	}
	return "https://" + s
}

// readAddress says what a URL is.
func readAddress(u *url.URL) (Guess, error) {
	q := u.Query()
	switch {
	case u.Host == "portal.authgear.com":
		return Guess{}, errors.New("this is the address of the Authgear portal: paste the endpoint that an application's page shows there, such as https://my-app.authgear.cloud")
	case strings.Contains(u.Path, "/.well-known/"):
		return readMetadataURL(u)
	case q.Has("client_id") || q.Has("request_uri") || q.Has("response_type"):
		return readAuthorize(u)
	case q.Has("code") && (q.Has("state") || q.Has("iss")) || q.Has("error") && q.Has("state"):
		return Guess{}, errors.New("this is the answer to a login (it has a code or an error): paste the URL at which the login began, with client_id in it")
	}
	return readIssuer(u), nil
}

// readMetadataURL takes the issuer out of the address of its metadata: OpenID Connect Discovery 1.0 §4 appends to the issuer, RFC
// 8414 §3 puts its part between host and path.
func readMetadataURL(u *url.URL) (Guess, error) {
	base := u.Scheme + "://" + u.Host
	before, after, _ := strings.Cut(u.EscapedPath(), "/.well-known/")
	name, rest, _ := strings.Cut(after, "/")
	if name != "openid-configuration" && name != "oauth-authorization-server" {
		return Guess{}, fmt.Errorf("/.well-known/%.40s is not the address of a tenant's metadata, which ends with /.well-known/openid-configuration", name)
	}
	g := Guess{Kind: KindMetadataURL}
	path := before
	if rest = strings.TrimRight(rest, "/"); rest != "" {
		path = before + "/" + rest
	}
	g.issuers(base + path)
	if path == "" {
		g.issuers(base + "/")
	}
	g.take("The issuer is %s: the address without /.well-known/%s.", g.Profile.Issuer, name)
	if u.RawQuery != "" {
		g.drop("What follows the ? of the address is no part of an issuer.")
	}
	return g, nil
}

// readIssuer takes a URL for an issuer, or for one of its pages.
func readIssuer(u *url.URL) Guess {
	base := u.Scheme + "://" + u.Host
	path := strings.TrimRight(u.EscapedPath(), "/")
	if isAuthgear(u.Hostname()) {
		g := Guess{Kind: KindIssuer}
		g.issuers(base)
		g.take("The issuer is %s, an Authgear endpoint.", base)
		if path != "" || u.RawQuery != "" {
			g.drop("What follows the host of the address is no part of it: on Authgear the endpoint is the issuer.")
		}
		return g
	}
	if list := issuersOf(u); len(list) > 0 {
		g := Guess{Kind: KindEndpointURL}
		g.issuers(list...)
		g.take("The issuer may be %s: what you pasted looks like one of its endpoints. The metadata will tell.", g.Profile.Issuer)
		return g
	}
	g := Guess{Kind: KindIssuer}
	g.issuers(base + path)
	if strings.HasSuffix(u.Path, "/") || strings.HasSuffix(u.Hostname(), ".auth0.com") {
		g.issuers(base + path + "/")
	}
	if strings.HasSuffix(u.Hostname(), ".auth0.com") && path == "" {
		g.Issuers[0], g.Issuers[1] = g.Issuers[1], g.Issuers[0] // Auth0's ends with a slash
		g.Profile.Issuer = g.Issuers[0]
	}
	g.take("The issuer is %s; the metadata will tell whether it is one.", g.Profile.Issuer)
	if u.RawQuery != "" {
		g.drop("What follows the ? of the address is no part of an issuer.")
	}
	if w := IssuerWarning(g.Profile.Issuer); w != "" {
		g.note("%s", upper(w)+".")
	}
	return g
}

// issuers adds candidates; the first of all is the profile's.
func (g *Guess) issuers(list ...string) {
	for _, s := range list {
		known := false
		for _, have := range g.Issuers {
			known = known || have == s
		}
		if !known {
			g.Issuers = append(g.Issuers, s)
		}
	}
	if len(g.Issuers) > 0 {
		g.Profile.Issuer = g.Issuers[0]
	}
}

func isAuthgear(host string) bool {
	return strings.HasSuffix(host, ".authgear.cloud") || strings.HasSuffix(host, ".authgearapps.com")
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
