package flow

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"authscope/flow/story"
	"authscope/flow/trace"
)

// Call returns the stage that sends a GET with the access token to a URL that the person gave (RFC 6750 §2.1). It goes
// nowhere else: a redirect is not followed.
func Call(url string) []Stage {
	return []Stage{stage(trace.Call, func(ctx context.Context, r *runner) error { return callAPI(ctx, r, url) })}
}

// CheckAPI says why an access token must not be sent to a URL, or nil: it has to be https, or on this machine.
func CheckAPI(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "":
		return errors.New("the address of an API is an absolute URL, such as https://api.example/me")
	case u.User != nil:
		return errors.New("the address holds a user name or password: leave them out")
	case u.Fragment != "":
		return fmt.Errorf("%s has a fragment, which is never sent", withoutQuery(raw))
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return fmt.Errorf("%s is not https: whoever listens on the way could use the access token. Only loopback may be http", withoutQuery(raw))
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func callAPI(ctx context.Context, r *runner, raw string) error {
	if err := CheckAPI(raw); err != nil {
		return err
	}
	token := r.newest(story.AccessToken)
	if token == "" {
		return skipped{"there is no access token to call with: sign in first"}
	}
	req, err := http.NewRequest(http.MethodGet, raw, nil)
	if err != nil {
		return fmt.Errorf("make a request for %q: %w", withoutQuery(raw), err)
	}
	req.Header.Set("Accept", story.APIAccept)
	req.Header.Set("Authorization", "Bearer "+token)
	c, err := r.call(ctx, req)
	if err != nil {
		return err
	}
	if !c.OK() {
		return wrongAnswer(c, "status 2xx")
	}
	return r.problem(trace.Call)
}
