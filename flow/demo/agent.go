package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
)

// The agent stops after so many pages, and reads so much of each.
const (
	maxSteps = 20
	maxPage  = 256 << 10
)

// errStuck is the reason why the walk ends on a page.
var errStuck = errors.New("the sign-in ended on a page")

// SignIn is a user agent without a screen: it walks the tenant's own pages over HTTP from authorizeURL, signs in as u,
// gives the consent that is asked for, and delivers the last redirect to the redirect URI by requesting it, as a
// browser does (RFC 6749, section 4.1). It returns the URL it requested last. If the walk ends on a page instead, the
// error says what the page says.
//
// Cookies are kept for the walk and forgotten. A fragment of the redirect stays in the returned URL and is not sent.
func SignIn(ctx context.Context, rt http.RoundTripper, authorizeURL string, u User) (final string, err error) {
	return new(Browser).SignIn(ctx, rt, authorizeURL, u)
}

// Browser is a user agent that keeps the cookies of its last sign-in for the logout, as a person's own does: only with them
// the tenant knows whose session is to end. Every sign-in begins without, so that all runs are alike. The zero value is ready.
type Browser struct {
	mu  sync.Mutex
	jar http.CookieJar
}

// SignIn is [SignIn], and walks a logout with the cookies of the sign-in before it.
func (b *Browser) SignIn(ctx context.Context, rt http.RoundTripper, authorizeURL string, u User) (final string, err error) {
	a := agent{user: u}
	if from, err := url.Parse(authorizeURL); err == nil && from.Path == "/oauth2/end_session" {
		b.mu.Lock()
		a.jar = b.jar
		b.mu.Unlock()
	}
	if a.jar == nil {
		if a.jar, err = cookiejar.New(nil); err != nil {
			return "", fmt.Errorf("sign-in: %w", err)
		}
	}
	b.mu.Lock()
	b.jar = a.jar
	b.mu.Unlock()
	return walk(ctx, rt, authorizeURL, a)
}

// walk has a walk from a URL.
func walk(ctx context.Context, rt http.RoundTripper, from string, a agent) (final string, err error) {
	start, err := url.Parse(from)
	if err != nil {
		return "", fmt.Errorf("sign-in: %w", err)
	}
	if a.jar == nil {
		if a.jar, err = cookiejar.New(nil); err != nil {
			return "", fmt.Errorf("sign-in: %w", err)
		}
	}
	if rt == nil {
		rt = http.DefaultTransport
	}
	a.ctx, a.rt, a.origin = ctx, rt, originOf(start)
	final, err = a.walk(&step{method: http.MethodGet, url: start})
	if err != nil {
		return final, fmt.Errorf("sign-in: %w", err)
	}
	return final, nil
}

func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }

// step is one request to make.
type step struct {
	method string
	url    *url.URL
	form   url.Values
}

type agent struct {
	ctx      context.Context
	rt       http.RoundTripper
	jar      http.CookieJar
	user     User
	origin   string // the tenant's; what lies elsewhere is the redirect URI
	signedIn bool   // the form was sent once: seeing it again means the password is wrong
	refuses  bool   // the last button is pressed, which refuses
}

func (a *agent) walk(s *step) (string, error) {
	for range maxSteps {
		res, body, err := a.do(s)
		if err != nil {
			return s.url.String(), err
		}
		if originOf(s.url) != a.origin {
			return s.url.String(), nil // delivered, whatever the listener answered
		}
		next, err := a.next(s, res, body)
		if err != nil {
			return s.url.String(), err
		}
		s = next
	}
	return s.url.String(), fmt.Errorf("more than %d pages", maxSteps)
}

// do makes one request and follows nothing.
func (a *agent) do(s *step) (*http.Response, []byte, error) {
	var body io.Reader
	if s.form != nil {
		body = strings.NewReader(s.form.Encode())
	}
	target := *s.url
	target.Fragment = "" // a browser keeps it to itself
	req, err := http.NewRequestWithContext(a.ctx, s.method, target.String(), body)
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Accept", "text/html")
	if s.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if originOf(s.url) == a.origin {
		for _, c := range a.jar.Cookies(s.url) {
			req.AddCookie(c)
		}
	}
	res, err := a.rt.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	a.jar.SetCookies(s.url, res.Cookies())
	page, err := io.ReadAll(io.LimitReader(res.Body, maxPage))
	return res, page, err
}

// next decides what a browser, and the person before it, would do with an answer.
func (a *agent) next(s *step, res *http.Response, body []byte) (*step, error) {
	if location := res.Header.Get("Location"); location != "" && res.StatusCode/100 == 3 {
		return a.follow(s, res.StatusCode, location)
	}
	doc := readDocument(body)
	if doc.refresh != "" {
		return a.follow(s, http.StatusSeeOther, doc.refresh)
	}
	for _, f := range doc.forms {
		if form, ok := a.fill(f); ok {
			action, err := s.url.Parse(f.action)
			if err != nil {
				return nil, err
			}
			return &step{method: f.method, url: action, form: form}, nil
		}
	}
	text := doc.text
	if !bytes.Contains(body, []byte("<")) {
		text = string(body)
	}
	return nil, fmt.Errorf("%w (%s): %s", errStuck, res.Status, cut(strings.Join(strings.Fields(text), " "), 300))
}

// follow goes where a redirect points; 307 and 308 keep method and form (RFC 9110, section 15.4).
func (a *agent) follow(s *step, status int, location string) (*step, error) {
	u, err := s.url.Parse(location)
	if err != nil {
		return nil, err
	}
	if status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect {
		a.origin = originOf(u) // the tenant's way to say that its name is another
		return &step{method: s.method, url: u, form: s.form}, nil
	}
	return &step{method: http.MethodGet, url: u}, nil
}

// fill fills in a form: login and password, or the first button that agrees. It refuses the sign-in form the second
// time.
func (a *agent) fill(f htmlForm) (url.Values, bool) {
	form := url.Values{}
	for _, field := range f.fields {
		switch {
		case field.kind == "password":
			if a.signedIn {
				return nil, false
			}
			a.signedIn = true
			form.Set(field.name, a.user.Password)
		case field.name == "login":
			form.Set(field.name, a.user.Login)
		case field.kind == "submit":
			if field.name != "" && (a.refuses || !form.Has(field.name)) {
				form.Set(field.name, field.value)
			}
		default:
			form.Set(field.name, field.value)
		}
	}
	return form, true
}
