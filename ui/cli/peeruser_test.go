package cli_test

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// peerUser is a person with a browser: it signs in and consents on the peer's pages, and goes where the pages send it,
// the redirect URI included.
type peerUser struct {
	login       string
	denies      bool
	redirectURI string
	browser     http.CookieJar // nil: a new one for each visit
}

// errStays says that the person ended on a page of the peer.
var errStays = errors.New("the browser was not sent to the redirect URI")

// visit opens a URL and plays the person until the redirect URI answered. It returns the text of the last page.
func (u peerUser) visit(start string) (page string, err error) {
	jar := u.browser
	if jar == nil {
		if jar, err = cookiejar.New(nil); err != nil {
			return "", err
		}
	}
	c := &http.Client{Jar: jar, Timeout: 10 * time.Second}
	res, err := c.Get(start)
	for range 5 {
		if err != nil {
			return "", err
		}
		at := res.Request.URL
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return "", err
		}
		page = string(body)
		if strings.HasPrefix(at.String(), u.redirectURI+"?") {
			return page, nil
		}
		next := u.answer(page)
		if next == nil {
			return page, fmt.Errorf("%w: it shows a page with status %d at %s", errStays, res.StatusCode, at.Path)
		}
		if res, err = next(c, at); err != nil {
			return page, err
		}
	}
	return page, fmt.Errorf("%w: the pages do not end", errStays)
}

// step is what the person does on a page.
type step func(c *http.Client, at *url.URL) (*http.Response, error)

var (
	formAction  = regexp.MustCompile(`<form[^>]* action="([^"]*)"`)
	hiddenInput = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	abortLink   = regexp.MustCompile(`<a href="([^"]*/abort)"`)
)

// answer reads a page: a form is filled in and sent, and who denies follows the link that cancels at the consent. Nil:
// there is nothing to do on it.
func (u peerUser) answer(page string) step {
	action := formAction.FindStringSubmatch(page)
	if action == nil {
		return nil
	}
	fields := url.Values{}
	for _, f := range hiddenInput.FindAllStringSubmatch(page, -1) {
		fields.Set(html.UnescapeString(f[1]), html.UnescapeString(f[2]))
	}
	if abort := abortLink.FindStringSubmatch(page); u.denies && abort != nil && fields.Get("prompt") == "consent" {
		return func(c *http.Client, at *url.URL) (*http.Response, error) {
			return goTo(at, abort[1], func(to string) (*http.Response, error) { return c.Get(to) })
		}
	}
	if strings.Contains(page, `name="password"`) {
		fields.Set("login", u.login)
		fields.Set("password", "any")
	}
	return func(c *http.Client, at *url.URL) (*http.Response, error) {
		return goTo(at, action[1], func(to string) (*http.Response, error) { return c.PostForm(to, fields) })
	}
}

// goTo resolves a link of a page before it is followed.
func goTo(at *url.URL, link string, follow func(string) (*http.Response, error)) (*http.Response, error) {
	to, err := at.Parse(html.UnescapeString(link))
	if err != nil {
		return nil, err
	}
	return follow(to.String())
}
