package flow

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"authscope/flow/story"
)

// maxHops is how many redirects within the tenant a look ahead follows.
const maxHops = 5

// preflight asks the authorization endpoint itself whether it accepts the request (RFC 6749 §4.1.1), with a state, a
// nonce and a verifier that are thrown away. It keeps no cookies, never leaves the tenant's host, and stops the login
// only for an error that a person's sign-in would meet too. A code that comes is never redeemed.
func preflight(ctx context.Context, r *runner) error {
	m := r.metadata()
	switch {
	case r.cfg.NoPreflight:
		return skipped{"switched off"}
	case m.AuthorizationEndpoint == "":
		return skipped{"the metadata has no authorization_endpoint"}
	}
	for _, name := range []string{"request_uri", "request"} {
		if _, ok := r.cfg.Param(name); ok {
			return skipped{"a " + name + " works once, and is kept for the login itself"}
		}
	}
	next, _ := r.authorizationURL(m.AuthorizationEndpoint)
	for range maxHops + 1 {
		p, err := r.look(ctx, next)
		if err != nil {
			return r.unclear(ctx, err)
		}
		if next = p.Next; next == "" {
			return outcome(p)
		}
	}
	return nil // sent on and on within the tenant, so it was not refused
}

// look makes one request of a look ahead, which follows no redirect by itself.
func (r *runner) look(ctx context.Context, url string) (p story.Preflight, err error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return p, fmt.Errorf("make a request for %q: %w", withoutQuery(url), err)
	}
	req.Header.Set("Accept", "text/html")
	alone := *r
	client := *r.http
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	alone.http = &client
	if _, err := alone.call(ctx, req); err != nil {
		return p, err
	}
	r.Read(func(s *story.Story) {
		if last := s.Preflight(); last != nil {
			p = *last
		}
	})
	return p, nil
}

// outcome is how the stage ends. Only a refusal is a failure.
func outcome(p story.Preflight) error {
	switch {
	case p.Verdict == story.Unclear:
		return skipped{p.Why + "; the login goes on"}
	case p.Verdict != story.Refused:
		return nil
	case p.Error != "":
		return &ProtocolError{Code: p.Error, Description: p.Description, Status: p.Call.Response.Status}
	}
	return &AnswerError{"a sign-in page", p.Why}
}

// unclear passes over what is no answer: the login itself will tell.
func (r *runner) unclear(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, ErrDropped) {
		return err
	}
	return skipped{"no answer: " + Reason(err) + "; the login goes on"}
}
